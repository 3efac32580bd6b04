//! Logs that were collected into a case are investigated with the rest, and what could not be collected
//! is a gap of the investigation.

use std::collections::BTreeMap;
use std::path::Path;

use crashcart_collect::Found;
use crashcart_store::Case;
use serde::de::DeserializeOwned;

use crate::AppError;
use crate::event_history::{EventHistory, FOLDER, RESULTS};
use crate::inputs::Inputs;
use crate::trail::CollectedTrails;

/// Adds the logs among the answers of AWS; returns under which path each is shown, with its digest.
pub(super) fn add(case: &Case, inputs: &mut Inputs) -> Result<BTreeMap<String, String>, AppError> {
    let mut shown = BTreeMap::new();
    for entry in case.collected() {
        if entry.name.split('/').nth(1) != Some(FOLDER) {
            continue;
        }
        let path = case.collected_path(&entry.name)?;
        let place = format!("evidence/collected/{}", entry.name);
        inputs.listing.files.push(Found {
            path,
            shown: place.clone(),
            size: entry.size,
            object: None,
        });
        shown.insert(place, entry.sha256.clone());
    }
    let told = case.dir().join(RESULTS);
    for history in earlier::<EventHistory>(&told) {
        inputs.listing.gaps.extend(history.coverage());
    }
    for trails in earlier::<CollectedTrails>(&told) {
        inputs.listing.gaps.extend(trails.gaps);
    }
    Ok(shown)
}

/// What earlier runs told of one kind; nothing where there was none.
fn earlier<T: DeserializeOwned>(folder: &Path) -> Vec<T> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<_> = files.map(|file| file.path()).collect();
    paths.sort();
    let read = |path: &Path| serde_json::from_slice(&std::fs::read(path).ok()?).ok();
    paths.iter().filter_map(|path| read(path)).collect()
}
