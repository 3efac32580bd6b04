//! Why a case cannot be opened, written or read, each with what to do next. Evidence that
//! changed or is gone is no error: `verify` lists it.

use std::io;
use std::path::{Path, PathBuf};

/// The case cannot go on.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// Somebody else writes to the case.
    #[error("lock case {}: another crashcart is writing to it", dir.display())]
    Locked {
        /// The case folder.
        dir: PathBuf,
    },
    /// The folder holds something else.
    #[error("open case {}: the folder is not a case", dir.display())]
    NotACase {
        /// The folder.
        dir: PathBuf,
    },
    /// The case was written by a later version.
    #[error("open case {}: its schema {found} is newer than this crashcart knows", dir.display())]
    Newer {
        /// The case folder.
        dir: PathBuf,
        /// Schema found in `case.toml`.
        found: u32,
    },
    /// `case.toml` is damaged.
    #[error("read {}: {reason}", path.display())]
    CaseFile {
        /// The file.
        path: PathBuf,
        /// What the parser said.
        reason: String,
    },
    /// The manifest was changed by something else than crashcart.
    #[error("read {}: line {line} {reason}", path.display())]
    ManifestBroken {
        /// The manifest.
        path: PathBuf,
        /// Line, from 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A result's name leaves the case or hits what crashcart keeps there.
    #[error("publish {name:?}: not a name for a result of a case")]
    BadName {
        /// The name.
        name: String,
    },
    /// Another answer of AWS is kept under that name already.
    #[error("keep {name}: the case holds another answer under that name")]
    CollectedAlready {
        /// The name.
        name: String,
    },
    /// The bytes to be kept are not those that were read.
    #[error("copy evidence {expected}: the bytes are now {found}")]
    EvidenceChanged {
        /// Digest when it was read.
        expected: String,
        /// Digest of what was to be copied.
        found: String,
    },
    /// The disk or the permissions.
    #[error("{operation} {}", path.display())]
    Io {
        /// What was tried.
        operation: &'static str,
        /// On which path.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

impl StoreError {
    /// What to do next, in one sentence.
    pub fn hint(&self) -> Option<String> {
        Some(self.next_step().to_owned())
    }

    fn next_step(&self) -> &'static str {
        match self {
            Self::Locked { .. } => {
                "wait until the other one is done, read the case meanwhile, or use another folder"
            }
            Self::NotACase { .. } => {
                "give an empty folder, one that does not exist yet, or one made by crashcart"
            }
            Self::Newer { .. } => "use the crashcart that wrote it, or a later one",
            Self::CaseFile { .. } => "restore case.toml from a copy, or begin a new case folder",
            Self::ManifestBroken { .. } => {
                "`crashcart case verify` lists what changed; keep the folder as it is and begin a \
                 new one"
            }
            Self::BadName { .. } => "give a relative path of plain names",
            Self::CollectedAlready { .. } => {
                "nothing that was collected is replaced; collect into a new case folder"
            }
            Self::EvidenceChanged { .. } => {
                "something writes to the file; copy it elsewhere first and read the copy"
            }
            Self::Io { operation: "read" | "open case", source, .. }
                if source.kind() == io::ErrorKind::PermissionDenied =>
            {
                "check your permission to read it"
            }
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::StorageFull
                | io::ErrorKind::QuotaExceeded
                | io::ErrorKind::FileTooLarge => {
                    "make room or use a folder on another disk; what was written before is whole"
                }
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    "use a folder that you may write to"
                }
                io::ErrorKind::NotFound => "check the path",
                _ => "check the path and the disk; what was written before is whole",
            },
        }
    }

    /// For `map_err`: an operation on a path that the system refused.
    pub(crate) fn io(operation: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { operation, path, source }
    }
}
