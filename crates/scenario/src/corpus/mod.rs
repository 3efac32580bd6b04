//! thin
use crate::layout::LogFile;
/// Files of the whole corpus.
pub const CORPUS_FILES: usize = 1_615;
/// Events in each.
pub const CORPUS_EVENTS_PER_FILE: usize = 500;
/// file
pub fn corpus_file(_seed: u64, _index: usize, _events: usize) -> LogFile {
    LogFile { path: String::new(), bytes: Vec::new() }
}
/// all
pub fn corpus(seed: u64, files: usize, events_per_file: usize) -> impl Iterator<Item = LogFile> {
    (0..files).map(move |index| corpus_file(seed, index, events_per_file))
}
