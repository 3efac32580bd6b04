//! A row for people: when, what, what became of it, who, from where; under it the record.

use std::io::{self, Write};

use super::Row;
use crate::page::{Lead, Page, Style, Words};
use crate::text::outcome;
use crate::zone::Zone;

/// Writes one row.
pub(super) fn row(
    row: &Row<'_>,
    width: usize,
    colour: bool,
    zone: &Zone,
    out: &mut dyn Write,
) -> io::Result<()> {
    let event = row.event;
    let mut page = Page::new(out, width, colour);
    let (style, word) = outcome(event.outcome);
    let lead =
        Lead::default().column(Style::Plain, &zone.moment(event.time), 20).column(style, word, 9);
    let mut words = Words::default();
    if let Some((_, name, title, level)) = row.finding {
        words = words
            .styled(Style::Warning, level.word())
            .styled(Style::Bold, title)
            .text(&format!("({name}):"));
    }
    let words = words
        .styled(Style::Bold, &called(row))
        .maybe("", event.error.raw())
        .then("by ", event.principal.raw())
        .then("key ", event.access_key.raw())
        .then("from ", event.address.raw())
        .then("in ", &place(row))
        .then("with ", event.user_agent.raw());
    page.paragraph(&lead, &words)?;
    let origin = &event.origin;
    let id = origin.event_id.as_ref().map_or("without id", |id| id.raw());
    let path = row.local_path.unwrap_or_else(|| origin.evidence.as_str());
    let evidence = Words::default()
        .styled(Style::Dim, &format!("event {id}, record {} of", origin.record))
        .styled(Style::Dim, path);
    page.paragraph(&Lead::indent(4), &evidence)
}

/// `iam:CreateUser`
pub(super) fn called(row: &Row<'_>) -> String {
    let source = row.event.source.raw();
    let service = source.strip_suffix(".amazonaws.com").unwrap_or(source);
    if service.is_empty() {
        row.event.name.raw().to_owned()
    } else {
        format!("{service}:{}", row.event.name.raw())
    }
}

fn place(row: &Row<'_>) -> String {
    let (account, region) = (row.event.account.raw(), row.event.region.raw());
    [account, region].into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}
