//! The use cases, one function each: what the command line calls and tests call alike.

#![forbid(unsafe_code)]

mod filter;
mod progress;
mod reading;
mod sorted;
#[cfg(test)]
mod testing;
mod timeline;

pub use filter::Filter;
pub use progress::{Moment, Progress};
pub use reading::ReadOptions;
pub use sorted::SortError;
pub use timeline::timeline;
