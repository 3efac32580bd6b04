//! HTML that cannot be opened from within: tags and names of attributes are literals of this
//! program, everything else is escaped here. Must never write a text in any other way.

use std::io::{self, Write};

use crashcart_model::{LogText, Origin, Outcome, Timestamp};

use crate::citations::Citations;
use crate::escape;
use crate::zone::Zone;

/// A cell of a table.
pub(super) enum Cell<'a> {
    /// Words of ours, numbers.
    Text(String),
    /// How things stand: a word and the class it looks like.
    State(&'static str, &'static str),
    /// What a log said.
    Log(&'a LogText),
    /// Ids, names, paths: what is to be copied.
    Id(&'a str),
    /// A moment.
    Time(Option<Timestamp>),
    /// What became of a call.
    Outcome(Outcome),
    /// The records that prove the row.
    Cite(&'a [Origin]),
}

impl<'a> Cell<'a> {
    /// A log text that may be missing.
    pub(super) fn maybe(text: Option<&'a LogText>) -> Self {
        text.map_or(Cell::Text(String::new()), Cell::Log)
    }

    fn is_empty(&self) -> bool {
        match self {
            Cell::Text(text) => text.is_empty(),
            Cell::Log(text) => text.is_empty(),
            Cell::Id(text) => text.is_empty(),
            Cell::Cite(origins) => origins.is_empty(),
            Cell::Time(_) | Cell::Outcome(_) | Cell::State(..) => false,
        }
    }
}

/// Where the markup goes, and the records it cites.
pub(super) struct Markup<'a> {
    out: &'a mut dyn Write,
    pub(super) citations: Citations<'a>,
}

impl<'a> Markup<'a> {
    pub(super) fn new(out: &'a mut dyn Write, citations: Citations<'a>) -> Self {
        Self { out, citations }
    }

    /// A literal of this program, as it is.
    pub(super) fn literal(&mut self, markup: &'static str) -> io::Result<()> {
        self.out.write_all(markup.as_bytes())
    }

    /// Text, escaped.
    pub(super) fn text(&mut self, text: &str) -> io::Result<()> {
        self.out.write_all(escape::html(text).as_bytes())
    }

    /// What a log said: escaped, isolated from the direction of what surrounds it, and free to
    /// break after a colon or a slash (which changes nothing in what is copied).
    pub(super) fn log(&mut self, text: &str) -> io::Result<()> {
        self.element("bdi", &[], |markup| {
            text.split_inclusive([':', '/']).try_for_each(|piece| {
                markup.text(piece)?;
                if piece.ends_with([':', '/']) { markup.literal("<wbr>") } else { Ok(()) }
            })
        })
    }

    /// An element with its attributes and what is in it.
    pub(super) fn element(
        &mut self,
        tag: &'static str,
        attributes: &[(&'static str, &str)],
        inner: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        write!(self.out, "<{tag}")?;
        for (name, value) in attributes {
            write!(self.out, " {name}=\"{}\"", escape::html(value))?;
        }
        self.literal(">")?;
        inner(self)?;
        write!(self.out, "</{tag}>")
    }

    /// An element that holds nothing but text of a class.
    pub(super) fn span(&mut self, tag: &'static str, class: &str, text: &str) -> io::Result<()> {
        let attributes = [("class", class)];
        let attributes = if class.is_empty() { &[][..] } else { &attributes[..] };
        self.element(tag, attributes, |markup| markup.text(text))
    }

    /// A section with its heading and its anchor.
    pub(super) fn section(
        &mut self,
        anchor: &'static str,
        title: &'static str,
        inner: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        self.literal("\n")?;
        self.element("section", &[("id", anchor)], |markup| {
            markup.span("h2", "", title)?;
            inner(markup)
        })
    }

    /// Links to the records, `[1] [2]`.
    pub(super) fn cite(&mut self, origins: &'a [Origin]) -> io::Result<()> {
        for number in self.citations.numbers(origins, usize::MAX) {
            let target = format!("#r{number}");
            self.literal(" ")?;
            self.element("a", &[("class", "cite"), ("href", &target)], |markup| {
                markup.text(&format!("[{number}]"))
            })?;
        }
        Ok(())
    }

    /// A moment in UTC; machine-readable as well.
    pub(super) fn time(&mut self, time: Option<Timestamp>) -> io::Result<()> {
        let Some(moment) = time else {
            return self.span("span", "quiet", "time unknown");
        };
        self.element("time", &[("datetime", &moment.to_string())], |markup| {
            markup.text(&Zone::Utc.moment(time))
        })
    }

    /// A table: headings, and rows of as many cells. Rows whose call had no effect look so.
    pub(super) fn table(
        &mut self,
        headings: &[&'static str],
        rows: impl IntoIterator<Item = Vec<Cell<'a>>>,
    ) -> io::Result<()> {
        self.literal("<div class=\"scroll\"><table role=\"table\"><thead><tr role=\"row\">")?;
        for heading in headings {
            self.element("th", &[("role", "columnheader"), ("scope", "col")], |markup| {
                markup.text(heading)
            })?;
        }
        self.literal("</tr></thead><tbody>\n")?;
        for row in rows {
            self.row(headings, &row)?;
        }
        self.literal("</tbody></table></div>")
    }

    fn row(&mut self, headings: &[&'static str], row: &[Cell<'a>]) -> io::Result<()> {
        let idle =
            row.iter().any(|cell| matches!(cell, Cell::Outcome(Outcome::Denied | Outcome::Failed)));
        let mut attributes = vec![("role", "row")];
        attributes.extend(idle.then_some(("class", "no-effect")));
        self.element("tr", &attributes, |markup| {
            for (cell, heading) in row.iter().zip(headings) {
                let mut attributes = vec![("role", "cell"), ("data-label", *heading)];
                attributes.extend(cell.is_empty().then_some(("class", "empty")));
                markup.element("td", &attributes, |markup| markup.cell(cell))?;
            }
            Ok(())
        })?;
        self.literal("\n")
    }

    fn cell(&mut self, cell: &Cell<'a>) -> io::Result<()> {
        match cell {
            Cell::Text(text) => self.text(text),
            Cell::State(word, class) => self.span("span", class, word),
            Cell::Log(text) => self.log(text.raw()),
            Cell::Id(text) => self.element("span", &[("class", "id")], |markup| markup.log(text)),
            Cell::Time(time) => self.time(*time),
            Cell::Outcome(outcome) => self.span(
                "span",
                "outcome",
                match outcome {
                    Outcome::Done => "done",
                    Outcome::Denied => "denied, no effect",
                    Outcome::Failed => "failed, no effect",
                    Outcome::Unknown => "unknown",
                },
            ),
            Cell::Cite(origins) => self.element("span", &[], |markup| markup.cite(origins)),
        }
    }
}
