//! The text of a file that others published, plain or compressed with gzip. Not for evidence: what
//! a responder hands in is read by the product, behind its caps.

use std::fs;
use std::path::Path;

use crate::problem::Failure;
use crate::repository;

/// Reads a file as text; one that ends in `.gz` goes through `gzip`.
pub fn text(root: &Path, path: &Path) -> Result<String, Failure> {
    if path.extension().is_none_or(|extension| extension != "gz") {
        return fs::read_to_string(path)
            .map_err(|cause| Failure::during("reading", path.display(), cause));
    }
    let mut gzip = repository::program(root, "gzip", &["-dc", "--"]);
    let printed = repository::capture(gzip.arg(path))?;
    if printed.success {
        return Ok(printed.stdout);
    }
    Err(Failure::during("unpacking", path.display(), printed.stderr.trim()))
}
