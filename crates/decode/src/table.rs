//! Cuts a table into rows and cells: commas, tabs or semicolons, quotes that may hold line ends.
//! What the cells mean is [`Columns`]' business.

use crashcart_model::GapReason;

use crate::formats::columns::{Columns, NAME, Row};
use crate::framing::{Framing, HEAD};
use crate::opener::Opener;

/// How many headings a gap names.
const NAMED: usize = 20;
/// Longest text that is taken for a heading, bytes.
const HEADING: usize = 80;

/// Reads the rest of the stream as a table, if its first line holds the headings of one. A line
/// that looks like headings, but not of CloudTrail, is lost and its gap names them.
pub(crate) fn read(framing: &mut Framing<'_, '_>) -> bool {
    framing.want(HEAD);
    let text = framing.window.ahead(HEAD);
    let whole = text.len() < HEAD;
    let Some(length) = text.find('\n').map(|at| at + 1).or(whole.then_some(text.len())) else {
        return too_wide(framing);
    };
    let line = text.get(..length).unwrap_or_default().trim_end().to_owned();
    let next =
        text.get(length..).and_then(|rest| rest.lines().next()).unwrap_or_default().to_owned();
    let mut cutter = Cutter::of(&line);
    let Some(headings) = cutter.cut(&line, HEAD) else { return false };
    if headings.iter().any(|heading| heading.contains('\r')) {
        let detail = "a table whose lines end with carriage returns alone: give each a line feed";
        framing.lose(length, GapReason::NotJson, detail);
        return true;
    }
    if headings.len() > 1 {
        framing.sink.headings(&headings);
    }
    let Some(mut columns) = Columns::of(&headings, framing.sink.column_map()) else {
        let detail = foreign(&headings);
        let Some(detail) =
            detail.filter(|_| cutter.cut(&next, HEAD).is_some_and(|cells| cells.len() > 2))
        else {
            return false;
        };
        framing.lose(length, GapReason::NotJson, &detail);
        return true;
    };
    framing.frame(length);
    rows(framing, &mut columns, &mut cutter, &line);
    if !framing.ledger.refused
        && let Some(told) = columns.told()
    {
        framing.sink.table(told);
    }
    true
}

/// Loses the beginning of a first line that holds more headings than are read, if they are those
/// of a table.
fn too_wide(framing: &mut Framing<'_, '_>) -> bool {
    let line = framing.window.ahead(HEAD).to_owned();
    let mut cutter = Cutter::of(&line);
    let whole = line.rfind(char::from(cutter.delimiter)).unwrap_or_default();
    let headings = cutter.cut(line.get(..whole).unwrap_or_default(), HEAD).unwrap_or_default();
    if Columns::of(&headings, framing.sink.column_map()).is_none() {
        return false;
    }
    let detail = format!(
        "a table whose headings take more than {HEAD} bytes, {} of them and more: leave out columns \
         that no record of CloudTrail has",
        headings.len()
    );
    framing.lose(line.len(), GapReason::NotJson, &detail);
    true
}

/// What is said of a line that looks like the headings of a table of something else; none where it
/// does not.
fn foreign(headings: &[&str]) -> Option<String> {
    let word = |heading: &str| {
        let heading = heading.trim();
        let letters =
            heading.starts_with(|first: char| first.is_alphabetic() || "_@#".contains(first));
        letters && heading.len() <= HEADING && !heading.contains(['{', '\n'])
    };
    if headings.len() < 3 || !headings.iter().all(|heading| word(heading)) {
        return None;
    }
    let mut named: Vec<String> =
        headings.iter().take(NAMED).map(|heading| format!("{:?}", heading.trim())).collect();
    if headings.len() > NAMED {
        named.push(format!("{} more", headings.len() - NAMED));
    }
    Some(format!(
        "a table whose headings are not CloudTrail's: {}; --columns says what they hold",
        named.join(", ")
    ))
}

fn rows(framing: &mut Framing<'_, '_>, columns: &mut Columns, cutter: &mut Cutter, headings: &str) {
    while let Some((length, seen)) = row_length(framing, cutter.delimiter)
        && !framing.ledger.refused
    {
        let text = framing.window.text().get(..length).unwrap_or_default();
        // Tables that were joined carry their headings again.
        if text.trim().is_empty() || text.trim_end() == headings {
            framing.frame(length);
        } else {
            let before = framing.window.offset();
            row(framing, columns, cutter, length);
            let moved = framing.window.offset() - before;
            framing.earn(moved);
            framing.afford(seen, usize::try_from(moved).unwrap_or(usize::MAX));
        }
    }
}

/// Where in a row the cutting stands.
#[derive(Clone, Copy)]
enum Place {
    Start,
    Plain,
    Quoted,
    /// Behind a quote that ends the cell, or is the first of two that stand for one.
    Closing,
    /// Behind a quote in the middle of a cell.
    Damaged,
}

/// The next row with its line end: how long it is, and how much was looked at for that. Where a
/// quote is not closed, or closed in the middle of a cell, the line is the row: what follows would
/// vanish in that cell.
fn row_length(framing: &mut Framing<'_, '_>, delimiter: u8) -> Option<(usize, usize)> {
    let (mut place, mut at) = (Place::Start, 0);
    // The first line's end, with its line feed.
    let mut line = None;
    loop {
        let text = framing.window.ahead(framing.caps.record_bytes);
        for byte in text.as_bytes().get(at..).unwrap_or_default() {
            at += 1;
            if *byte == b'\n' {
                line = line.or(Some(at));
            }
            place = match (place, *byte) {
                (Place::Quoted, b'"') => Place::Closing,
                (Place::Quoted, _) | (Place::Start | Place::Closing, b'"') => Place::Quoted,
                (_, b'\n') => return Some((at, at)),
                (Place::Damaged, _) => Place::Damaged,
                (_, byte) if byte == delimiter => Place::Start,
                (Place::Closing, b'\r') => Place::Closing,
                (Place::Closing, _) if line.is_some() => return Some((line?, at)),
                (Place::Closing, _) => Place::Damaged,
                (Place::Start | Place::Plain, _) => Place::Plain,
            };
        }
        if at >= framing.caps.record_bytes || !framing.more() {
            let whole = (at > 0).then_some(at);
            let end = if matches!(place, Place::Quoted) { line.or(whole) } else { whole };
            return end.map(|end| (end, at));
        }
    }
}

/// Reads a row. If it is none, its first line may be one by itself (a quote that stands alone in
/// a cell), else that line is lost and the next row may begin behind it.
fn row(framing: &mut Framing<'_, '_>, columns: &mut Columns, cutter: &mut Cutter, length: usize) {
    let text = framing.window.text().get(..length).unwrap_or_default();
    let line = text.find('\n').map_or(length, |at| at + 1);
    let mut found = 0;
    for end in [length, line] {
        let cells = cutter.cut(text.get(..end).unwrap_or_default(), columns.count());
        if let Some(cells) = cells.as_ref().filter(|cells| cells.len() == columns.count()) {
            let mut opener = Opener::new(framing.sink, &mut framing.ledger, framing.caps.depth, "");
            let read = columns.open(cells, NAME, &mut opener);
            let (losses, handed) = opener.finish();
            let unknown = GapReason::UnknownShape;
            match read {
                Row::TooDeep => {
                    framing.lose(end, GapReason::TooDeep, "a row nested too deep (--max-depth)");
                }
                Row::Nameless => framing.lose(end, unknown, "a row that names no event"),
                Row::Read if losses.is_empty() && !handed => {
                    framing.lose(end, unknown, "a row whose column of records is empty");
                }
                Row::Read => framing.settle(end, losses, handed),
            }
            return;
        }
        found = cells.map_or(0, |cells| cells.len());
    }
    let detail = format!("a row of {found} columns under {} headings", columns.count());
    loop {
        let text = framing.window.text();
        let line = text.find('\n').map(|at| at + 1);
        let end = line.unwrap_or(text.len());
        framing.lose(end, GapReason::NotJson, &detail);
        if line.is_some() || !framing.window.fill() {
            return;
        }
    }
}

/// Cuts rows into cells; its buffers are used again for every row.
struct Cutter {
    delimiter: u8,
    reader: csv_core::Reader,
    text: Vec<u8>,
    ends: Vec<usize>,
}

impl Cutter {
    /// For a table with these headings: what parts them parts the cells.
    fn of(headings: &str) -> Self {
        let count = |delimiter: &u8| headings.bytes().filter(|byte| byte == delimiter).count();
        let delimiter = [b';', b'\t', b','].into_iter().max_by_key(count).unwrap_or(b',');
        let reader = csv_core::ReaderBuilder::new()
            .delimiter(delimiter)
            // A lone carriage return is part of a cell, or what follows it would be passed over.
            .terminator(csv_core::Terminator::Any(b'\n'))
            .build();
        Self { delimiter, reader, text: Vec::new(), ends: Vec::new() }
    }

    /// The cells of one row, if there are at most `most`; none when it is more or less than one.
    fn cut(&mut self, row: &str, most: usize) -> Option<Vec<&str>> {
        let row = row.trim_end_matches(['\r', '\n']).as_bytes();
        self.reader.reset();
        // Never made smaller: to fill a large buffer again for every other row takes for ever.
        self.text.resize(self.text.len().max(row.len() + 1), 0);
        self.ends.resize(self.ends.len().max(most.min(row.len()) + 2), 0);
        let (_, read, written, ended) =
            self.reader.read_record(row, &mut self.text, &mut self.ends);
        let (result, _, _, last) = self.reader.read_record(
            &[],
            self.text.get_mut(written..)?,
            self.ends.get_mut(ended..)?,
        );
        if read != row.len() || result != csv_core::ReadRecordResult::Record {
            return None;
        }
        let mut start = 0;
        let cell = |end: &usize| {
            let cell = self.text.get(start..*end).and_then(|cell| std::str::from_utf8(cell).ok());
            start = *end;
            cell
        };
        self.ends.get(..ended + last)?.iter().map(cell).collect()
    }
}
