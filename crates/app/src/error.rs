//! Why a use case cannot go on. Data trouble is never here: it is a Gap.

use std::path::{Path, PathBuf};

use crashcart_store::StoreError;

use crate::SortError;

/// The operation, the thing, and through [`AppError::hint`] the next step.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// A file or folder cannot be read.
    #[error("read {}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A file cannot be written.
    #[error("write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The output cannot be written.
    #[error("write the result")]
    Output(#[source] std::io::Error),
    /// Standard input cannot be kept.
    #[error("read standard input")]
    StandardInput(#[source] crashcart_collect::SpoolError),
    /// The environment file is not right.
    #[error("read {}", path.display())]
    Environment {
        /// Which.
        path: PathBuf,
        /// What is wrong, with its place.
        #[source]
        source: crashcart_store::environment_file::EnvironmentError,
    },
    /// The case folder refuses.
    #[error("open the case")]
    Case(#[from] StoreError),
    /// Rows cannot be sorted.
    #[error("sort the events")]
    Sort(#[from] SortError),
    /// What is asked for is not there.
    #[error("{0}")]
    Request(String),
}

impl AppError {
    pub(crate) fn read(path: &Path, source: std::io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path, source: std::io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read { .. } => "check the path and your permission to read it".to_owned(),
            Self::Write { .. } | Self::Output(_) => {
                "check the free space and your permission to write there".to_owned()
            }
            Self::StandardInput(_) => {
                "make room in the temporary folder (TMPDIR), or give the file itself".to_owned()
            }
            Self::Environment { .. } => {
                "`crashcart environment init PATH...` writes one of the right form".to_owned()
            }
            Self::Case(error) => return error.hint(),
            Self::Sort(error) => return error.hint().map(str::to_owned),
            Self::Request(_) => return None,
        })
    }

    /// Whether the user asked for something that cannot be done as asked.
    pub const fn is_bad_request(&self) -> bool {
        matches!(
            self,
            Self::Read { .. }
                | Self::Environment { .. }
                | Self::Request(_)
                | Self::Case(StoreError::NotACase { .. } | StoreError::Newer { .. })
        )
    }

    /// Whether a reader of our output went away, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) | Self::Sort(SortError::Output(error))
            if error.kind() == std::io::ErrorKind::BrokenPipe)
    }
}
