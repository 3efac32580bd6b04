//! What a use case reads: paths made into a listing.

use std::io::Read;
use std::path::{Path, PathBuf};

use crashcart_collect::{Found, Listing};

use crate::given;
use crate::{AppError, Buckets, ReadOptions};

/// How [`crashcart_collect::spool`] shows standard input.
pub(crate) const STANDARD_INPUT: &str = "standard input";

/// Files that were found, and the temporary file that holds standard input.
#[derive(Debug)]
pub struct Inputs {
    /// What to read.
    pub listing: Listing,
    /// Removed when dropped.
    spooled: Option<tempfile::TempPath>,
    /// What is to be said of them before they are read.
    pub notes: Vec<String>,
}

impl Inputs {
    /// Finds all files at or below the paths; `-` is standard input. Buckets are asked only where
    /// a path is the address of one.
    ///
    /// # Errors
    /// When none of the paths exists, none may be looked at, or standard input cannot be kept;
    /// when a bucket cannot be asked.
    pub fn find(
        paths: &[PathBuf],
        standard_input: &mut dyn Read,
        buckets: &Buckets<'_>,
    ) -> Result<Self, AppError> {
        let (dash, paths): (Vec<_>, Vec<_>) =
            paths.iter().cloned().partition(|path| path == Path::new("-"));
        let (addresses, paths): (Vec<_>, Vec<_>) =
            paths.into_iter().partition(|path| is_bucket(path));
        let found = buckets.find(&addresses)?;
        if dash.is_empty() && addresses.is_empty() && !paths.is_empty() && nothing_is_there(&paths)?
        {
            let shown: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            return Err(AppError::Request {
                what: format!("nothing is there: {}", shown.join(", ")),
                hint: "give a file, a folder or an archive of logs, or - for standard input",
            });
        }
        let mut listing = crashcart_collect::find(&paths);
        listing.files.extend(found.files);
        listing.gaps.extend(found.gaps);
        let mut spooled = None;
        if !dash.is_empty() {
            let folder = tempfile::env::temp_dir();
            let (found, path) = crashcart_collect::spool(standard_input, &folder)
                .map_err(AppError::StandardInput)?;
            listing.files.push(found);
            spooled = Some(path);
        }
        Ok(Self { listing, spooled, notes: found.notes })
    }

    /// Looks whether the headings that `options` name for columns exist.
    ///
    /// # Errors
    /// When one stands in no table of the material.
    pub fn check_columns(&self, options: &ReadOptions) -> Result<(), AppError> {
        crate::columns::check(&self.listing, &options.columns, &options.caps)
    }

    /// Shows every file under its absolute path, so that a case does not depend on where
    /// crashcart was called from.
    pub(crate) fn make_absolute(&mut self) {
        make_absolute(&mut self.listing.files, self.spooled.as_deref());
    }

    /// Where the files are that were found, as far as they are files.
    pub fn files(&self) -> Vec<PathBuf> {
        let files = self.listing.files.iter().filter(|file| file.object.is_none());
        files.map(|file| file.path.clone()).collect()
    }

    /// The temporary file that holds standard input.
    pub(crate) fn spooled(&self) -> Option<&Path> {
        self.spooled.as_deref()
    }
}

/// Shows files under their absolute paths, except the one that holds standard input.
pub(crate) fn make_absolute(files: &mut [Found], spooled: Option<&Path>) {
    let files = files.iter_mut().filter(|file| file.object.is_none());
    for file in files.filter(|file| spooled != Some(file.path.as_path())) {
        if let Ok(path) = file.path.canonicalize() {
            file.shown = path.display().to_string();
            file.path = path;
        }
    }
}

/// Whether none of the paths leads to something.
///
/// # Errors
/// When that cannot be told, and nothing else is there.
fn nothing_is_there(paths: &[PathBuf]) -> Result<bool, AppError> {
    let mut unknown = None;
    for path in paths {
        match given::exists(path) {
            Ok(true) => return Ok(false),
            Ok(false) => {}
            Err(error) => unknown = unknown.or(Some(error)),
        }
    }
    unknown.map_or(Ok(true), Err)
}

/// Whether a path is the address of a bucket, which no file here has for its name.
pub(crate) fn is_bucket(path: &Path) -> bool {
    let scheme = path.to_str().and_then(|text| text.get(..5));
    scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("s3://")) && !path.exists()
}
