//! What came of a key or a principal, read from material.

use std::path::Path;

use crashcart_collect::Listing;
use crashcart_model::{Coverage, EventRef, Head, Record};
use crashcart_story::{Keys, Lineage};

use crate::Buckets;
use crate::progress::Progress;
use crate::reading::{self, Observer, ReadOptions};
use crate::{AppError, CaseRun, Inputs};

#[derive(Default)]
struct Gatherer(Keys);

impl Observer for Gatherer {
    fn event(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef) {
        self.0.observe(record, head, at);
    }
}

/// Reads the material for what descends from `of`: a key, or a principal by ARN, id or name. Data
/// trouble is in the coverage's gaps.
pub fn lineage(
    of: &str,
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
) -> (Lineage, Coverage) {
    let mut material = reading::read(listing, options, progress, &Gatherer::default);
    let mut keys = Keys::default();
    for Gatherer(own) in std::mem::take(&mut material.observers) {
        keys.merge(own);
    }
    let lineage = keys.lineage(of, &|number| material.table.id(number));
    (lineage, material.coverage)
}

/// The evidence that a case sealed, from its copies or from where it lay.
///
/// # Errors
/// When the folder is no case, or has no evidence.
pub fn evidence_of_case(folder: &Path, buckets: &Buckets<'_>) -> Result<Inputs, AppError> {
    let inputs = CaseRun { folder, copy_evidence: false, buckets }.sealed()?;
    if inputs.listing.files.is_empty() && inputs.listing.gaps.is_empty() {
        return Err(AppError::Request {
            what: format!("{} has no evidence yet", folder.display()),
            hint: "give the logs too, or `crashcart investigate` them into the case first",
        });
    }
    Ok(inputs)
}
