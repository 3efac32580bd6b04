//! Seeded CloudTrail in AWS's own file layout: an incident for the demo, the tests and exercises,
//! and a large ordinary corpus for the benchmark.
//!
//! The same seed gives the same bytes. Nothing here reads the clock, the environment or a disk,
//! and no address, account or name in it belongs to anybody: public addresses are from the ranges
//! kept for documentation (RFC 5737).

#![forbid(unsafe_code)]

mod corpus;
mod first_time;
mod layout;
mod leaked_key;
mod random;
mod record;
mod unique_id;

pub use corpus::{CORPUS_EVENTS_PER_FILE, CORPUS_FILES, corpus, corpus_file};
pub use first_time::{FirstTime, FirstTimeTruth, first_time};
pub use layout::LogFile;
pub use leaked_key::{Scenario, Truth, leaked_key};
