//! Lines of text that fit a width: words with a style, wrapped with a hanging indent, never in
//! the middle of an id. Escapes all that it is given; must never know what it prints.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::escape;

/// Ids are no longer than this (a SHA-256 in hex); what is longer may be cut at the margin.
const LONGEST_ID: usize = 64;

/// Lines that continue another start no further left than this.
const MARGIN: usize = 4;

/// Texts longer than this are cut and the rest is counted: a log field must not flood the page.
const LONGEST_TEXT: usize = 2_000;

/// The narrowest page: below it, wrapping would leave single words.
const NARROWEST: usize = 40;

/// How a word looks where there is colour. Nothing may depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    Bold,
    Dim,
    Alarm,
    Warning,
    Good,
}

impl Style {
    /// The select-graphic-rendition code.
    const fn code(self) -> &'static str {
        match self {
            Style::Plain => "",
            Style::Bold => "1",
            Style::Dim => "2",
            Style::Alarm => "1;31",
            Style::Warning => "33",
            Style::Good => "32",
        }
    }
}

/// A run of text without a break.
#[derive(Debug, Clone)]
struct Word {
    text: String,
    style: Style,
}

/// Words to be wrapped.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words(Vec<Word>);

impl Words {
    pub(crate) fn of(text: &str) -> Self {
        Self::default().text(text)
    }

    /// Adds text, which may be broken at its spaces.
    pub(crate) fn text(self, text: &str) -> Self {
        self.styled(Style::Plain, text)
    }

    /// Adds text in a style.
    pub(crate) fn styled(mut self, style: Style, text: &str) -> Self {
        let (text, left) = clipped(text);
        let shown = escape::terminal(text);
        self.0.extend(
            shown
                .split(' ')
                .filter(|word| !word.is_empty())
                .map(|word| Word { text: word.to_owned(), style }),
        );
        if left > 0 {
            let note = format!("({} more characters)", crate::zone::number(left as u64));
            self.0.push(Word { text: note, style: Style::Warning });
        }
        self
    }

    /// Adds the text only where there is one, after `before`.
    pub(crate) fn maybe(self, before: &str, text: &str) -> Self {
        if text.is_empty() { self } else { self.text(&format!("{before}{text}")) }
    }

    /// Adds the text only where there is one, after a comma and `before`.
    pub(crate) fn then(mut self, before: &str, text: &str) -> Self {
        if text.is_empty() {
            return self;
        }
        if let Some(last) = self.0.last_mut() {
            last.text.push(',');
        }
        self.text(&format!("{before}{text}"))
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Fixed columns at the start of a paragraph, each padded to its width.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lead {
    columns: Vec<(Word, usize)>,
    indent: usize,
}

impl Lead {
    /// An indent and nothing else.
    pub(crate) fn indent(indent: usize) -> Self {
        Self { columns: Vec::new(), indent }
    }

    /// Adds a column; the paragraph's text starts after the last one.
    pub(crate) fn column(mut self, style: Style, text: &str, width: usize) -> Self {
        self.columns.push((Word { text: escape::terminal(text).into_owned(), style }, width));
        self
    }

    fn width(&self) -> usize {
        self.indent + self.columns.iter().map(|(_, width)| width).sum::<usize>()
    }
}

/// Where the lines go.
pub(crate) struct Page<'a> {
    out: &'a mut dyn Write,
    width: usize,
    colour: bool,
}

impl<'a> Page<'a> {
    pub(crate) fn new(out: &'a mut dyn Write, width: usize, colour: bool) -> Self {
        Self { out, width: width.max(NARROWEST), colour }
    }

    pub(crate) fn width(&self) -> usize {
        self.width
    }

    pub(crate) fn blank(&mut self) -> io::Result<()> {
        writeln!(self.out)
    }

    /// A line of its own that is never wrapped, for what must be copied whole.
    pub(crate) fn verbatim(&mut self, style: Style, text: &str) -> io::Result<()> {
        let shown = escape::terminal(text);
        self.put(&Word { text: shown.into_owned(), style })?;
        writeln!(self.out)
    }

    /// Words, all at the margin.
    pub(crate) fn words(&mut self, words: &Words) -> io::Result<()> {
        self.paragraph(&Lead::default(), words)
    }

    /// The lead's columns, then the words, wrapped under the first of them.
    pub(crate) fn paragraph(&mut self, lead: &Lead, words: &Words) -> io::Result<()> {
        let mut at = lead.indent;
        write!(self.out, "{:at$}", "")?;
        let mut target = lead.indent;
        for (word, width) in &lead.columns {
            target += width;
            self.put(word)?;
            at += word.text.width();
            if words.is_empty() && std::ptr::eq(word, last_word(lead)) {
                break;
            }
            let pad = target.saturating_sub(at).max(usize::from(!word.text.is_empty()));
            write!(self.out, "{:pad$}", "")?;
            at += pad;
        }
        // A narrow page has no room for a deep indent.
        let hang = if lead.width() + 24 > self.width { lead.indent + 4 } else { lead.width() };
        self.flow(words, at, hang)?;
        writeln!(self.out)
    }

    fn flow(&mut self, words: &Words, mut at: usize, hang: usize) -> io::Result<()> {
        let mut fresh = true;
        for word in &words.0 {
            // What does not fit under the others but does fit the page moves to the left.
            let list = pieces(&word.text, self.width.saturating_sub(MARGIN.min(hang)));
            for (index, piece) in list.into_iter().enumerate() {
                let columns = piece.width();
                let space = usize::from(index == 0 && !fresh);
                let start = hang.min(self.width.saturating_sub(columns)).max(MARGIN.min(hang));
                if at > start && at + space + columns > self.width {
                    write!(self.out, "\n{:start$}", "")?;
                    at = start;
                } else {
                    write!(self.out, "{:space$}", "")?;
                    at += space;
                }
                self.put(&Word { text: piece.to_owned(), style: word.style })?;
                at += columns;
                fresh = false;
            }
        }
        Ok(())
    }

    fn put(&mut self, word: &Word) -> io::Result<()> {
        if self.colour && word.style != Style::Plain && !word.text.is_empty() {
            write!(self.out, "\u{1b}[{}m{}\u{1b}[0m", word.style.code(), word.text)
        } else {
            write!(self.out, "{}", word.text)
        }
    }
}

fn last_word(lead: &Lead) -> *const Word {
    lead.columns.last().map_or(std::ptr::null(), |(word, _)| word)
}

/// The word whole, where it fits; else broken after its slashes and colons; a piece that is longer than any
/// id and still does not fit is cut at the margin.
fn pieces(word: &str, room: usize) -> Vec<&str> {
    let room = room.max(1);
    if word.width() <= room {
        return vec![word];
    }
    let mut out = Vec::new();
    for mut part in word.split_inclusive(['/', ':']) {
        let is_no_id = part.width() > LONGEST_ID;
        while is_no_id && part.width() > room {
            let (head, tail) = part.split_at(cut(part, room));
            out.push(head);
            part = tail;
        }
        out.push(part);
    }
    out
}

/// Writes a label in a column of its own and beside it a text, wrapped under itself.
///
/// # Errors
/// When `out` takes no more.
pub fn labelled(label: &str, text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    const COLUMN: usize = 10;
    let lead = Lead::default().column(Style::Plain, label, COLUMN);
    Page::new(out, width, false).paragraph(&lead, &Words::of(text))
}

/// Writes a text after a lead of any length, wrapped under itself.
///
/// # Errors
/// When `out` takes no more.
pub fn hanging(lead: &str, text: &str, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let lead = Lead::default().column(Style::Plain, lead, escape::terminal(lead).width() + 2);
    Page::new(out, width, false).paragraph(&lead, &Words::of(text))
}

/// The width that a word needs at the least, broken where it may be.
pub(crate) fn least_width(word: &str) -> usize {
    pieces(word, 1).into_iter().map(UnicodeWidthStr::width).max().unwrap_or(0)
}

/// Escaped text in lines of `width`, each as full as it can be.
pub(crate) fn wrapped(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        for (index, piece) in pieces(word, width).into_iter().enumerate() {
            let Some(line) = lines.last_mut() else { continue };
            let space = usize::from(index == 0 && !line.is_empty());
            if !line.is_empty() && line.width() + space + piece.width() > width {
                lines.push(piece.to_owned());
            } else {
                line.extend([" ".get(..space).unwrap_or_default(), piece]);
            }
        }
    }
    lines
}

/// As much of a text as is shown, and how many characters are left.
fn clipped(text: &str) -> (&str, usize) {
    match text.char_indices().nth(LONGEST_TEXT) {
        Some((at, _)) => {
            let (shown, rest) = text.split_at(at);
            (shown, rest.chars().count())
        }
        None => (text, 0),
    }
}

/// The byte after as many characters as fit in `room` columns, at least one.
fn cut(text: &str, room: usize) -> usize {
    let mut columns = 0;
    text.char_indices()
        .find(|(at, character)| {
            columns += unicode_width::UnicodeWidthChar::width(*character).unwrap_or(0);
            *at > 0 && columns > room
        })
        .map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(width: usize, write: impl FnOnce(&mut Page<'_>) -> io::Result<()>) -> String {
        let mut out = Vec::new();
        write(&mut Page::new(&mut out, width, false)).expect("a Vec takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn words_wrap_under_the_first_of_them() {
        let lead = Lead::indent(2).column(Style::Plain, "why", 8);
        let text = page(40, |page| {
            page.paragraph(&lead, &Words::of("first time in this account; never used before"))
        });
        assert_eq!(text, "  why     first time in this account;\n          never used before\n");
    }

    #[test]
    fn an_id_is_never_cut_and_a_path_breaks_after_a_slash() {
        let id = "0123456789abcdef".repeat(4);
        let text = page(40, |page| page.words(&Words::of(&format!("see {id}"))));
        assert_eq!(text, format!("see\n{id}\n"));
        let text = page(40, |page| {
            page.words(&Words::of("AWSLogs/111122223333/CloudTrail/us-east-1/2026/file.json.gz"))
        });
        assert_eq!(text, "AWSLogs/111122223333/CloudTrail/\nus-east-1/2026/file.json.gz\n");
        let secret = "arn:aws:secretsmanager:us-east-1:111122223333:secret:a-name-of-some-length";
        let text = page(60, |page| page.words(&Words::of(secret)));
        assert_eq!(text, secret.replace("secret:a", "secret:\na") + "\n");
    }

    #[test]
    fn what_is_longer_than_any_id_is_cut_at_the_margin() {
        let text = page(40, |page| page.words(&Words::of(&"x".repeat(90))));
        assert_eq!(text, format!("{0}\n{0}\n{1}\n", "x".repeat(40), "x".repeat(10)));
    }

    #[test]
    fn a_field_that_would_flood_the_page_is_cut_and_the_rest_counted() {
        let text = page(80, |page| page.words(&Words::of(&"ab ".repeat(1_000))));
        assert!(text.ends_with("(1,000 more characters)\n"), "{text}");
        assert_eq!(text.matches("ab").count(), 667, "2,000 characters hold 666 and a last 'ab'");
    }

    #[test]
    fn colour_adds_codes_and_changes_no_word() {
        let mut out = Vec::new();
        let mut page = Page::new(&mut out, 40, true);
        page.words(&Words::default().styled(Style::Alarm, "ACT NOW").text("user")).expect("a Vec");
        let text = String::from_utf8(out).expect("text");
        assert_eq!(text, "\u{1b}[1;31mACT\u{1b}[0m \u{1b}[1;31mNOW\u{1b}[0m user\n");
    }
}
