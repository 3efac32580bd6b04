//! Files that are whole or not there: written beside their place, flushed to the disk, renamed.
//! It must never follow a link at a temporary name, and never give others access on Unix.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::StoreError;

/// Creates a folder and those above it, for the owner alone; the disk has their names on return.
pub(crate) fn create_folder(path: &Path) -> Result<(), StoreError> {
    let new: Vec<&Path> = path.ancestors().take_while(|folder| !folder.exists()).collect();
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt;
        builder.mode(0o700);
    }
    builder.create(path).map_err(StoreError::io("create folder", path))?;
    let parents = new.iter().filter_map(|folder| folder.parent());
    parents.filter(|parent| !parent.as_os_str().is_empty()).try_for_each(sync_folder)
}

/// Options that create files for the owner alone.
pub(crate) fn private() -> OpenOptions {
    #[cfg_attr(not(unix), allow(unused_mut, reason = "only Unix has modes"))]
    let mut options = OpenOptions::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        options.mode(0o600);
    }
    options
}

/// Makes the names in a folder survive a power cut; only Unix needs and allows it.
pub(crate) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        let failed = || StoreError::io("flush folder", path);
        File::open(path).and_then(|folder| folder.sync_all()).map_err(failed())?;
    }
    Ok(())
}

/// Where a file is written before it takes its name.
pub(crate) fn partial(path: &Path) -> PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!("{PARTIAL_PREFIX}{name}.partial"))
}

/// How the names of unfinished files begin.
pub(crate) const PARTIAL_PREFIX: &str = ".crashcart-";

/// Writes all bytes beside `path` and flushes them; `finish` gives them their name.
pub(crate) fn prepare(path: &Path, mut from: impl Read) -> Result<Digested, StoreError> {
    let beside = partial(path);
    discard(&beside)?;
    let file = private().write(true).create_new(true).open(&beside);
    let file = file.map_err(StoreError::io("create", &beside))?;
    let written = copy(&mut from, &file).and_then(|digested| file.sync_all().map(|()| digested));
    written.map_err(|source| {
        // Half a file helps nobody; that it cannot be removed matters less than why it is half.
        let _ = fs::remove_file(&beside);
        StoreError::Io { operation: "write", path: path.to_owned(), source }
    })
}

/// Gives what `prepare` wrote its name.
pub(crate) fn finish(path: &Path) -> Result<(), StoreError> {
    fs::rename(partial(path), path).map_err(StoreError::io("rename into place", path))?;
    path.parent().map_or(Ok(()), sync_folder)
}

/// Gives what `prepare` wrote for `path` another name.
pub(crate) fn finish_elsewhere(path: &Path, other: &Path) -> Result<(), StoreError> {
    fs::rename(partial(path), other).map_err(StoreError::io("rename into place", other))?;
    other.parent().map_or(Ok(()), sync_folder)
}

/// Removes a file if it is there.
pub(crate) fn discard(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

/// What went by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Digested {
    /// SHA-256 in lower-case hex.
    pub(crate) sha256: String,
    /// Bytes.
    pub(crate) size: u64,
}

/// The digest of bytes at hand.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Reads a file to its end for its digest.
pub(crate) fn digest(path: &Path) -> io::Result<Digested> {
    copy(&mut File::open(path)?, io::sink())
}

/// Copies in one pass and digests what went by.
fn copy(from: &mut impl Read, mut into: impl Write) -> io::Result<Digested> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 128 * 1024];
    let mut size = 0;
    loop {
        let count = match from.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let chunk = buffer.get(..count).unwrap_or_default();
        hasher.update(chunk);
        into.write_all(chunk)?;
        size += chunk.len() as u64;
    }
    Ok(Digested { sha256: hex(&hasher.finalize()), size })
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |value: u8| char::from(DIGITS[usize::from(value)]);
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_digest_is_sha_256() {
        // FIPS 180-2, appendix B.1.
        assert_eq!(
            sha256(b"abc"),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        );
    }

    #[test]
    fn a_reader_that_fails_leaves_neither_a_file_nor_half_of_one() {
        struct Fails;
        impl Read for Fails {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("unplugged"))
            }
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("result");
        let from = io::Cursor::new(vec![1; 300_000]).chain(Fails);
        let error = prepare(&path, from).unwrap_err();
        assert!(error.to_string().starts_with("write "), "{error}");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
