//! A row as JSON, and as Timesketch takes it.

use std::io::{self, Write};

use crashcart_model::{LogText, Origin, Outcome, Timestamp};
use serde::Serialize;

use super::Row;
use crate::{escape, json_document};

/// The event with the rule that matched it.
#[derive(Serialize)]
struct Object<'a> {
    time: Option<Timestamp>,
    source: &'a LogText,
    name: &'a LogText,
    outcome: Outcome,
    error: &'a LogText,
    account: &'a LogText,
    region: &'a LogText,
    principal: &'a LogText,
    access_key: &'a LogText,
    address: &'a LogText,
    user_agent: &'a LogText,
    origin: &'a Origin,
    path: Option<&'a str>,
    finding: Option<Matched<'a>>,
}

/// The rule that matched.
#[derive(Serialize)]
struct Matched<'a> {
    rule: &'a str,
    name: &'a str,
    title: &'a str,
    level: &'a str,
}

impl<'a> Object<'a> {
    fn of(row: &Row<'a>) -> Self {
        let event = row.event;
        Self {
            time: event.time,
            source: &event.source,
            name: &event.name,
            outcome: event.outcome,
            error: &event.error,
            account: &event.account,
            region: &event.region,
            principal: &event.principal,
            access_key: &event.access_key,
            address: &event.address,
            user_agent: &event.user_agent,
            origin: &event.origin,
            path: row.local_path,
            finding: row.finding.map(|(rule, name, title, level)| Matched {
                rule,
                name,
                title,
                level: level.word(),
            }),
        }
    }
}

/// One element of the array, on a line of its own.
pub(super) fn element(row: &Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    out.write_all(b"\n")?;
    let mut line = Vec::new();
    json_document(&Object::of(row), false, &mut line)?;
    out.write_all(line.strip_suffix(b"\n").unwrap_or(&line))
}

/// One line.
pub(super) fn line(row: &Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    json_document(&Object::of(row), false, out)
}

/// The columns that Timesketch asks for, then the event's own.
#[derive(Serialize)]
struct Timesketch<'a> {
    message: String,
    datetime: String,
    timestamp_desc: &'static str,
    /// A label a row can be filtered by.
    tag: Vec<&'a str>,
    #[serde(flatten)]
    event: Object<'a>,
}

/// One line for Timesketch. It refuses rows without a time: those stand at 1970 and say so.
pub(super) fn timesketch(row: &Row<'_>, out: &mut dyn Write) -> io::Result<()> {
    let event = row.event;
    let called = super::text::called(row);
    let told = |text: &LogText| {
        if text.is_empty() {
            "unknown".to_owned()
        } else {
            escape::terminal(text.raw()).into_owned()
        }
    };
    let title = row.finding.map_or(String::new(), |(_, _, title, level)| {
        format!("[{}] {}: ", level.word(), escape::terminal(title))
    });
    let message = format!(
        "{title}{} by {} from {}: {}",
        escape::terminal(&called),
        told(&event.principal),
        told(&event.address),
        event.outcome.word(),
    );
    let time = event.time.unwrap_or(Timestamp::from_millis(0)).to_string();
    // Timesketch documents the offset form.
    let datetime = time.strip_suffix('Z').map_or(time.clone(), |plain| format!("{plain}+00:00"));
    let timestamp_desc = if event.time.is_some() { "Event time" } else { "No time in the record" };
    let tag = row.finding.map(|(_, name, _, level)| vec![level.word(), name]).unwrap_or_default();
    json_document(
        &Timesketch { message, datetime, timestamp_desc, tag, event: Object::of(row) },
        false,
        out,
    )
}
