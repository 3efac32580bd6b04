//! A row as CSV. Cells are escaped against formulas; quoting is the csv crate's.

use std::io::{self, Write};

use super::Row;
use crate::escape;

const HEADER: [&str; 19] = [
    "time",
    "level",
    "rule",
    "rule_name",
    "rule_title",
    "source",
    "name",
    "outcome",
    "error",
    "account",
    "region",
    "principal",
    "access_key",
    "address",
    "user_agent",
    "event_id",
    "evidence",
    "record",
    "path",
];

/// The names of the columns.
pub(super) fn header(out: &mut dyn Write) -> io::Result<()> {
    write(HEADER.iter().map(|name| (*name).to_owned()), out)
}

/// One record.
pub(super) fn record(row: &Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    let event = row.event;
    let (rule, name, title, level) = row
        .finding
        .map_or(("", "", "", ""), |(rule, name, title, level)| (rule, name, title, level.word()));
    let time = event.time.map(|time| time.to_string()).unwrap_or_default();
    let number = event.origin.record.to_string();
    let cells: [&str; HEADER.len()] = [
        &time,
        level,
        rule,
        name,
        title,
        event.source.raw(),
        event.name.raw(),
        event.outcome.word(),
        event.error.raw(),
        event.account.raw(),
        event.region.raw(),
        event.principal.raw(),
        event.access_key.raw(),
        event.address.raw(),
        event.user_agent.raw(),
        event.origin.event_id.as_ref().map_or("", |id| id.raw()),
        event.origin.evidence.as_str(),
        &number,
        row.local_path.unwrap_or_default(),
    ];
    csv_record(cells, out)
}

/// Writes one record of any table, its cells escaped.
///
/// # Errors
/// When `out` takes no more.
pub fn csv_record<'a>(
    cells: impl IntoIterator<Item = &'a str>,
    out: &mut dyn Write,
) -> io::Result<()> {
    write(cells.into_iter().map(|cell| escape::csv_cell(cell).into_owned()), out)
}

/// Writes one record through a csv writer of its own, which holds nothing back.
fn write(cells: impl Iterator<Item = String>, out: &mut dyn Write) -> io::Result<()> {
    let mut writer = csv::WriterBuilder::new().buffer_capacity(1024).from_writer(out);
    writer.write_record(cells)?;
    writer.flush()
}
