//! Standard input, kept in a temporary file: it can then be read like any other evidence, also a
//! second time when corrections demand it.

use std::io::Read;
use std::path::Path;

use crate::Found;

/// The spool could not be written.
#[derive(Debug, thiserror::Error)]
#[error("keep standard input in a temporary file under {folder}")]
pub struct SpoolError {
    folder: String,
    #[source]
    source: std::io::Error,
}

/// Copies `input` to a file in `folder`; the file goes with the returned handle.
///
/// # Errors
/// When the folder cannot be written or the disk is full: nothing was decoded.
pub fn spool(
    input: &mut dyn Read,
    folder: &Path,
) -> Result<(Found, tempfile::TempPath), SpoolError> {
    let failed = |source| SpoolError { folder: folder.display().to_string(), source };
    let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
    let size = std::io::copy(input, &mut file).map_err(failed)?;
    let path = file.into_temp_path();
    let (shown, object) = ("standard input".to_owned(), None);
    Ok((Found { path: path.to_path_buf(), shown, size, object }, path))
}
