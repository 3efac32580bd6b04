//! placeholder
use crate::problem::Failure;
use std::path::Path;
pub fn run(_root: &Path, _words: &[&str]) -> Result<bool, Failure> {
    Ok(true)
}
