//! What can go wrong with a call, classified once.
//!
//! Codes: "Common errors" in the reference of each service's API, and the codes that botocore
//! retries (`botocore/data/_retry.json`).

use thiserror::Error;

/// Why a call brought no answer. Each kind names the operation.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AwsError {
    /// The caller may not make the call.
    #[error("{operation} was denied: {message}")]
    Denied {
        /// The operation, such as `iam:ListUsers`.
        operation: String,
        /// The permission that is missing, such as `iam:ListUsers`.
        permission: String,
        /// What AWS said.
        message: String,
    },
    /// AWS asked to slow down, and retries did not help.
    #[error("{operation} was throttled")]
    Throttled {
        /// See [`AwsError::Denied`].
        operation: String,
    },
    /// The credentials have expired or are not valid.
    #[error("the credentials for {operation} are not valid: {message}")]
    Credentials {
        /// See [`AwsError::Denied`].
        operation: String,
        /// What AWS said, or why there are none.
        message: String,
    },
    /// What was asked for is not there.
    #[error("{operation} found nothing: {message}")]
    NotFound {
        /// See [`AwsError::Denied`].
        operation: String,
        /// What AWS said.
        message: String,
    },
    /// The region is not enabled for the account.
    #[error("{operation} cannot be called in {region}, which is not enabled")]
    RegionDisabled {
        /// See [`AwsError::Denied`].
        operation: String,
        /// The region.
        region: String,
    },
    /// The bucket lies in another region.
    #[error("{operation} must be asked in {region}")]
    Elsewhere {
        /// See [`AwsError::Denied`].
        operation: String,
        /// The region.
        region: String,
    },
    /// The call may or may not have been carried out: the answer did not arrive.
    #[error("no answer to {operation}: {message}")]
    NoAnswer {
        /// See [`AwsError::Denied`].
        operation: String,
        /// What happened.
        message: String,
    },
    /// Something that was configured cannot be what is meant; nothing was sent.
    #[error("{what} cannot be used: {message}")]
    Setting {
        /// What, with its value where that is no secret.
        what: String,
        /// Why.
        message: String,
    },
    /// The action made a call whose permission it does not name: a bug; nothing was sent.
    #[error("{operation} is not among the calls of this action: nothing was sent")]
    NotListed {
        /// See [`AwsError::Denied`].
        operation: String,
    },
    /// There was an answer, but it could not be kept.
    #[error("the answer to {operation} could not be kept: {message}")]
    NotKept {
        /// See [`AwsError::Denied`].
        operation: String,
        /// Why.
        message: String,
    },
    /// Anything else that AWS answered.
    #[error("{operation} failed: {code}: {message}")]
    Other {
        /// See [`AwsError::Denied`].
        operation: String,
        /// AWS's error code.
        code: String,
        /// What AWS said.
        message: String,
    },
}

impl AwsError {
    /// The permission that is missing, where that is why.
    pub fn missing(&self) -> Option<&str> {
        match self {
            Self::Denied { permission, .. } => Some(permission),
            _ => None,
        }
    }
}
