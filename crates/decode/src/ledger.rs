//! Byte and record accounts of one stream, and its gaps on their way to the sink.
//!
//! Gaps that touch, or have nothing but separators between them, become one; after many, the rest
//! is summed up by reason. So a folder of foreign logs reads as a few gaps, and hostile input
//! cannot fill memory with them. The bytes told are always exactly the bytes lost.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::GapReason;

use crate::sink::{Sink, Stretch, Tally};

/// Gaps of one stream that are told one by one.
const TOLD: u32 = 1_000;

/// See the module.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub decoded: u64,
    pub framing: u64,
    lost: u64,
    pub records: u32,
    pub formats: BTreeSet<&'static str>,
    /// The sink was asked whether it wants this stream; see [`Sink::admits`].
    pub asked: bool,
    /// The sink does not want this stream now.
    pub refused: bool,
    /// The last gap, which what follows may still join.
    open: Option<Stretch>,
    told: u32,
    further: BTreeMap<GapReason, (u64, Stretch)>,
}

impl Ledger {
    /// Counts a stretch that did not become records.
    pub fn lose(&mut self, sink: &mut dyn Sink, gap: Stretch) {
        let size = gap.size.unwrap_or_default();
        if size == 0 {
            return;
        }
        self.lost += size;
        if let Some(open) = self.open.as_mut().filter(|open| open.reason == gap.reason) {
            // Records close a gap, so all that lies between is framing.
            let end = open.offset + open.size.unwrap_or_default();
            let between = gap.offset.saturating_sub(end);
            self.framing -= between;
            self.lost += between;
            open.size = Some(gap.offset + size - open.offset);
            return;
        }
        self.close(sink);
        self.open = Some(gap);
    }

    /// Tells the last gap: what follows cannot join it.
    pub fn close(&mut self, sink: &mut dyn Sink) {
        if let Some(gap) = self.open.take() {
            self.tell(sink, gap);
        }
    }

    /// Counts and tells a part of a record that could not be read.
    pub fn lose_part(&mut self, sink: &mut dyn Sink, gap: Stretch) {
        let size = gap.size.unwrap_or_default();
        if size > 0 {
            self.lost += size;
            self.tell(sink, gap);
        }
    }

    fn tell(&mut self, sink: &mut dyn Sink, gap: Stretch) {
        if self.told < TOLD {
            self.told += 1;
            return sink.gap(gap);
        }
        let (count, sum) = self
            .further
            .entry(gap.reason)
            .or_insert_with(|| (0, Stretch { size: Some(0), ..gap.clone() }));
        *count += 1;
        sum.size = Some(sum.size.unwrap_or_default() + gap.size.unwrap_or_default());
    }

    /// Tells what is left, and how the stream ended where it did not end well.
    pub fn finish(mut self, sink: &mut dyn Sink, inflated: u64, end: Option<Stretch>) -> Tally {
        self.close(sink);
        for (count, mut sum) in std::mem::take(&mut self.further).into_values() {
            sum.detail = format!("{} (the first of {count} stretches from here on)", sum.detail);
            sink.gap(sum);
        }
        if let Some(end) = end {
            sink.gap(end);
        }
        Tally {
            inflated,
            decoded: self.decoded,
            framing: self.framing,
            lost: self.lost,
            records: u64::from(self.records),
            formats: self.formats.into_iter().collect(),
        }
    }
}
