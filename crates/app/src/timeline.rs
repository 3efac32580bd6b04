//! Every event that passes the filter, in order of time.

use std::io;

use crashcart_collect::Listing;
use crashcart_model::{Coverage, Event, EventRef, EvidenceId, Head, LogText, Origin, Record};

use crate::progress::Progress;
use crate::reading::{self, Observer, ReadOptions};
use crate::sorted::{self, Rows, SortError};

/// Reads the material and gives out its events in order of time, evidence and record; events
/// without a time come last.
///
/// # Errors
/// When a temporary file fails or `emit` does. Data trouble is in the coverage's gaps.
pub fn timeline(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    emit: &mut dyn FnMut(&Event) -> io::Result<()>,
) -> Result<Coverage, SortError> {
    let make = || Keeper(Rows::new(options.threads));
    let mut material = reading::read(listing, options, progress, &make);
    let rows = std::mem::take(&mut material.observers).into_iter().map(|keeper| keeper.0);
    sorted::merge(rows.collect(), &material, &mut |row| emit(&row.event))?;
    Ok(material.coverage)
}

struct Keeper(Rows);

impl Observer for Keeper {
    fn event(&mut self, _: &Record<'_>, head: &Head<'_>, at: EventRef) {
        self.0.push(&Event::of(head, unplaced(head)), at, None, None);
    }
}

/// An origin whose evidence is not known yet.
pub(crate) fn unplaced(head: &Head<'_>) -> Origin {
    let event_id = head.event_id.filter(|id| !id.is_empty());
    Origin {
        evidence: EvidenceId::new("unread", None),
        record: 0,
        event_id: event_id.map(|id| LogText::new(id.text())),
    }
}
