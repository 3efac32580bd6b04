//! Earlier logs as history: what principals did before the material begins. It must never hand an
//! event of theirs to rules or to the story.

use crashcart_collect::Listing;
use crashcart_model::{Baseline, EventRef, Head, Record};
use crashcart_story::History;

use crate::filter::Filter;
use crate::progress::Progress;
use crate::reading::{self, Observer, ReadOptions};

/// Remembers, and nothing else.
#[derive(Default)]
struct Recall(History);

impl Observer for Recall {
    fn event(&mut self, record: &Record<'_>, head: &Head<'_>, _: EventRef) {
        self.0.recall(record, head);
    }
}

/// Reads earlier logs. Filters are for what is told: history is all there is.
pub(crate) fn read(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
) -> (History, Baseline) {
    let options = ReadOptions { filter: Filter::default(), ..options.clone() };
    let material = reading::read(listing, &options, progress, &Recall::default);
    let mut history = History::default();
    material.observers.into_iter().for_each(|recall| history.merge(recall.0));
    let read = material.coverage;
    let baseline = Baseline {
        files: read.files,
        events: read.events,
        first: read.first,
        last: read.last,
        gaps: read.gaps,
        gap_count: read.gap_count,
        evidence: read.evidence,
    };
    (history, baseline)
}
