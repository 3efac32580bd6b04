//! What a reviewer would have to say again and again, said by the build instead: lengths, headers,
//! names, white space, links, schemas. Reads the files that git tracks or would track.

mod layout;
mod links;
mod rust;
mod text;

use std::path::Path;

use crate::problem::{Failure, Problem};
use crate::repository::{self, File};

/// What is only worth a thought.
pub fn notes(root: &Path) -> Result<Vec<String>, Failure> {
    Ok(repository::files(root)?.iter().filter_map(rust::note).collect())
}

/// Reads every file and tells what is untidy.
pub fn check(root: &Path) -> Result<Vec<Problem>, Failure> {
    let files = repository::files(root)?;
    let mut found = problems(&files);
    found.extend(files.iter().flat_map(|file| links::problems(file, root)));
    found.sort();
    Ok(found)
}

/// The checks that need nothing but the text.
fn problems(files: &[File]) -> Vec<Problem> {
    let mut found = Vec::new();
    for file in files {
        text::check(file, &mut found);
        rust::check(file, &mut found);
        layout::check(file, &mut found);
    }
    layout::check_unsafe(files, &mut found);
    layout::check_fuzzed(files, &mut found);
    found
}
