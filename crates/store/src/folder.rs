//! The folder of a case: its `case.toml`, its lock, and the names that things may have in it. It
//! must never make a case of a folder that holds something else, nor let a name lead out of it.

use std::fs::{self, File, TryLockError};
use std::path::{Component, Path, PathBuf};

use crashcart_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::StoreError;
use crate::files::{self, PARTIAL_PREFIX};
use crate::journal::JOURNAL_FILE;

/// The layout that this version writes.
const SCHEMA: u32 = 1;
const CASE_FILE: &str = "case.toml";
const LOCK_FILE: &str = ".lock";

/// `case.toml`. Later versions may add to it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CaseFile {
    schema: u32,
    tool_version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    /// When the case was made, where that was told.
    pub(crate) created: Option<Timestamp>,
}

/// Locks a folder for writing, and makes a case of it where it is absent or empty.
pub(crate) fn take(
    dir: &Path,
    tool_version: &str,
    created: Option<Timestamp>,
) -> Result<File, StoreError> {
    let is_case = || dir.join(CASE_FILE).is_file();
    if !is_case() && holds_other_things(dir)? {
        return Err(StoreError::NotACase { dir: dir.to_owned() });
    }
    files::create_folder(&dir.join("evidence"))?;
    let lock = lock(dir)?;
    if !is_case() {
        write_case_file(dir, tool_version, created)?;
    }
    Ok(lock)
}

/// Where a result stands; none where the name leaves the case or is taken by the case itself.
pub(crate) fn result_path(dir: &Path, name: &str) -> Option<PathBuf> {
    let parts = plain_parts(name)?;
    let taken = matches!(parts.as_slice(), ["evidence", ..] | [CASE_FILE | JOURNAL_FILE]);
    (!taken).then(|| dir.join(parts.iter().collect::<PathBuf>()))
}

/// The folder of what AWS answered.
pub(crate) fn collected_folder(dir: &Path) -> PathBuf {
    dir.join("evidence").join("collected")
}

/// Where an answer of AWS stands; none where the name leads elsewhere.
pub(crate) fn collected_path(dir: &Path, name: &str) -> Option<PathBuf> {
    let parts = plain_parts(name)?;
    Some(collected_folder(dir).join(parts.iter().collect::<PathBuf>()))
}

/// The parts of a relative path with `/`, where each is a plain name.
fn plain_parts(name: &str) -> Option<Vec<&str>> {
    let parts: Vec<&str> = name.split('/').collect();
    let plain = |part: &&str| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.contains(['\\', ':', '\0'])
            && matches!(Path::new(part).components().next(), Some(Component::Normal(_)))
    };
    parts.iter().all(plain).then_some(parts)
}

/// Where a copy of evidence stands; none where that is not a digest.
pub(crate) fn copy_path(dir: &Path, sha256: &str) -> Option<PathBuf> {
    let is_hex = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
    let first = sha256.get(..2)?;
    (sha256.len() == 64 && sha256.bytes().all(is_hex))
        .then(|| dir.join("evidence").join("sha256").join(first).join(sha256))
}

fn holds_other_things(dir: &Path) -> Result<bool, StoreError> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        Err(error) => return Err(StoreError::io("open case", dir)(error)),
    };
    for entry in entries {
        let name = entry.map_err(StoreError::io("open case", dir))?.file_name();
        let name = name.to_string_lossy();
        // What a responder may put there first, and what a writer leaves that was killed while it
        // made the case.
        if name != "environment.toml"
            && name != LOCK_FILE
            && name != "evidence"
            && !name.starts_with(PARTIAL_PREFIX)
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn lock(dir: &Path) -> Result<File, StoreError> {
    let path = dir.join(LOCK_FILE);
    let file = files::private().write(true).create(true).truncate(false).open(&path);
    let file = file.map_err(StoreError::io("open", &path))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::Locked { dir: dir.to_owned() }),
        Err(TryLockError::Error(error)) => Err(StoreError::io("lock", &path)(error)),
    }
}

fn write_case_file(
    dir: &Path,
    tool_version: &str,
    created: Option<Timestamp>,
) -> Result<(), StoreError> {
    let path = dir.join(CASE_FILE);
    let file = CaseFile { schema: SCHEMA, tool_version: tool_version.to_owned(), created };
    let text = toml::to_string(&file)
        .map_err(|error| StoreError::CaseFile { path: path.clone(), reason: error.to_string() })?;
    let text =
        format!("# A case of crashcart. `crashcart case verify` checks this folder.\n{text}");
    files::prepare(&path, text.as_bytes())?;
    files::finish(&path)
}

/// Reads `case.toml` and refuses a schema that is not known yet.
pub(crate) fn read_case_file(dir: &Path) -> Result<CaseFile, StoreError> {
    let path = dir.join(CASE_FILE);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            return Err(StoreError::NotACase { dir: dir.to_owned() });
        }
        Err(error) => return Err(StoreError::io("read", &path)(error)),
    };
    let file: CaseFile = toml::from_str(&text)
        .map_err(|error| StoreError::CaseFile { path, reason: error.message().to_owned() })?;
    if file.schema > SCHEMA {
        return Err(StoreError::Newer { dir: dir.to_owned(), found: file.schema });
    }
    Ok(file)
}
