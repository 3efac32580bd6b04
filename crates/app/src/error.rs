//! Why a use case cannot go on. Data trouble is never here: it is a Gap.

use std::io;
use std::path::{Path, PathBuf};

use crashcart_aws::AwsError;
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
        source: io::Error,
    },
    /// A file cannot be written.
    #[error("write {}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The output cannot be written.
    #[error("write the result")]
    Output(#[source] io::Error),
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
    /// AWS does not answer, or not this caller.
    #[error("ask AWS")]
    Aws(#[from] AwsError),
    /// It cannot be done as asked.
    #[error("{what}")]
    Request {
        /// What stands in the way.
        what: String,
        /// What to ask for instead.
        hint: &'static str,
    },
}

impl AppError {
    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::Read { path: path.to_owned(), source }
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        Self::Write { path: path.to_owned(), source }
    }

    /// What to do next.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Read { .. } => "check the path and your permission to read it".to_owned(),
            Self::Write { source, .. } | Self::Output(source) => to_write(source).to_owned(),
            Self::StandardInput(_) => {
                "make room in the temporary folder (TMPDIR), or give the file itself".to_owned()
            }
            Self::Environment { .. } => {
                "`crashcart environment init PATH...` writes one of the right form".to_owned()
            }
            Self::Case(error) => return error.hint(),
            Self::Sort(error) => return error.hint().map(str::to_owned),
            Self::Aws(error) => to_ask(error),
            Self::Request { hint, .. } => (*hint).to_owned(),
        })
    }

    /// Whether the user asked for something that cannot be done as asked; otherwise access, room
    /// or somebody else's lock stands in the way, and the same request may succeed later.
    pub fn is_bad_request(&self) -> bool {
        match self {
            Self::Environment { .. } | Self::Request { .. } => true,
            Self::Read { source, .. }
            | Self::Write { source, .. }
            | Self::Case(StoreError::Io { source, .. }) => is_wrong_path(source),
            Self::Case(StoreError::Locked { .. }) => false,
            Self::Case(_) => true,
            // A user, a role or a bucket of another name: asking again finds it no more.
            Self::Aws(error) => matches!(error, AwsError::NotFound { .. }),
            Self::Output(_) | Self::StandardInput(_) | Self::Sort(_) => false,
        }
    }

    /// Whether a reader of our output went away, which is no failure.
    pub fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Output(error) | Self::Sort(SortError::Output(error))
            if error.kind() == io::ErrorKind::BrokenPipe)
    }
}

fn to_ask(error: &AwsError) -> String {
    match error {
        AwsError::Denied { permission, .. } => {
            format!("the caller needs {permission}; `crashcart permissions` prints a whole policy")
        }
        AwsError::Credentials { .. } => {
            "name a profile with --profile, sign in (`aws sso login`), or check the clock"
                .to_owned()
        }
        AwsError::Setting { .. } => {
            "look for a line break or a blank at its end, in the options, the environment (AWS_...) \
             and the profile"
                .to_owned()
        }
        AwsError::RegionDisabled { .. } => "name a region that the account has enabled".to_owned(),
        AwsError::NotFound { .. } => {
            "check the name, and that the credentials are of the account that has it".to_owned()
        }
        _ => "check the network, the proxy and AWS_ENDPOINT_URL, then ask again".to_owned(),
    }
}

fn to_write(error: &io::Error) -> &'static str {
    match error.kind() {
        io::ErrorKind::AlreadyExists => {
            "what is there is never overwritten: name another file, or move this one away"
        }
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            "make the folder first, or name another"
        }
        io::ErrorKind::IsADirectory => "name a file, not a folder",
        _ => "check the free space and your permission to write there",
    }
}

/// Whether the path itself is wrong, whoever asks.
fn is_wrong_path(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::NotFound
            | Kind::AlreadyExists
            | Kind::IsADirectory
            | Kind::NotADirectory
            | Kind::InvalidInput
            | Kind::InvalidData
    )
}
