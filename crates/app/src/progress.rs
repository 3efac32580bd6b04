//! How far a reading is: counters that a command line may show. Nothing is decided by them.

use std::sync::atomic::{AtomicU64, Ordering};

/// Shared counters.
#[derive(Debug, Default)]
pub struct Progress {
    total: AtomicU64,
    read: AtomicU64,
    inflated: AtomicU64,
    events: AtomicU64,
}

/// The counters at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    /// Bytes of all files, as stored.
    pub total: u64,
    /// Of those, bytes of files that are finished.
    pub read: u64,
    /// Bytes that came out of the decompressors.
    pub inflated: u64,
    /// Records read.
    pub events: u64,
}

impl Progress {
    pub(crate) fn expect(&self, total: u64) {
        self.total.store(total, Ordering::Relaxed);
        self.read.store(0, Ordering::Relaxed);
    }

    pub(crate) fn finished(&self, stored: u64) {
        self.read.fetch_add(stored, Ordering::Relaxed);
    }

    pub(crate) fn count(&self, inflated: u64, events: u64) {
        self.inflated.fetch_add(inflated, Ordering::Relaxed);
        self.events.fetch_add(events, Ordering::Relaxed);
    }

    /// The counters now.
    pub fn now(&self) -> Moment {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        Moment {
            total: get(&self.total),
            read: get(&self.read),
            inflated: get(&self.inflated),
            events: get(&self.events),
        }
    }
}
