//! `investigate --live`: the event history is collected into the case, or into one that lasts as long as
//! the run, and investigated at once.

use std::path::{Path, PathBuf};

use crashcart_store::Case;

use super::{Lookup, WantedHistory, collect_event_history};
use crate::{AppError, Door, Filter};

/// How many keys that a looked-up one had issued are looked up too.
pub const FOLLOWED: usize = 50;

/// A case folder that is removed with this value.
#[derive(Debug)]
pub struct PassingCase(tempfile::TempDir);

impl PassingCase {
    /// Makes one in the folder for temporary files.
    ///
    /// # Errors
    /// When nothing can be written there.
    pub fn new() -> Result<Self, AppError> {
        let room = tempfile::env::temp_dir();
        let folder = tempfile::Builder::new().prefix("crashcart-").tempdir_in(&room);
        folder.map(Self).map_err(|error| AppError::write(&room, error))
    }

    /// Where the case is.
    pub fn folder(&self) -> PathBuf {
        self.0.path().join("case")
    }
}

/// Collects what the filter's time and regions let through into a case: the lookups, or everything where
/// there are none.
///
/// # Errors
/// As [`collect_event_history`], and when the case cannot be opened.
pub fn collect_live(
    door: &Door,
    (folder, version): (&Path, &str),
    (lookups, filter): (&[Lookup], &Filter),
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<(), AppError> {
    let everything = [Lookup::All];
    for lookup in if lookups.is_empty() { &everything } else { lookups } {
        let wanted = WantedHistory {
            lookup: lookup.clone(),
            since: filter.since,
            until: filter.until,
            regions: filter.regions.clone(),
            follow: FOLLOWED,
        };
        let case = Case::open_for_writing(folder, version, None)?;
        collect_event_history(door, case, &wanted, progress)?;
    }
    Ok(())
}
