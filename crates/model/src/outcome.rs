//! What became of a call.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whether a call did what it asked.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It took effect.
    Done,
    /// AWS refused it for lack of permission.
    Denied,
    /// It did not take effect, for another reason.
    Failed,
    /// The record does not tell.
    Unknown,
}

impl Outcome {
    /// From an error code. `DryRunOperation` means permitted and not done, so it is a failure to
    /// take effect (EC2 API reference, "Error codes").
    pub fn of_error(code: &str) -> Self {
        const DENIED: [&str; 9] = [
            "AccessDenied",
            "Unauthorized",
            "NotAuthorized",
            "AuthorizationError",
            "AuthFailure",
            "Forbidden",
            "OptInRequired",
            "ExplicitDeny",
            "InsufficientPrivileges",
        ];
        if code.is_empty() {
            Outcome::Done
        } else if DENIED.iter().any(|denied| code.contains(denied)) {
            Outcome::Denied
        } else {
            Outcome::Failed
        }
    }

    /// One lower-case word.
    pub const fn word(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Denied => "denied",
            Outcome::Failed => "failed",
            Outcome::Unknown => "unknown",
        }
    }
}
