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

/// How many calls had each outcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Outcomes {
    /// Took effect.
    pub done: u64,
    /// Refused for lack of permission.
    pub denied: u64,
    /// Without effect for another reason.
    pub failed: u64,
    /// Not told by the record.
    pub unknown: u64,
}

impl Outcomes {
    /// One more.
    pub const fn add(&mut self, outcome: Outcome) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::Denied => self.denied += 1,
            Outcome::Failed => self.failed += 1,
            Outcome::Unknown => self.unknown += 1,
        }
    }

    /// Those of another part of the same material.
    pub const fn merge(&mut self, other: Self) {
        self.done += other.done;
        self.denied += other.denied;
        self.failed += other.failed;
        self.unknown += other.unknown;
    }

    /// What had no effect, or does not tell, in words: `all refused`, `12 of 15 refused, 1 failed`,
    /// `outcome unknown`; empty where all took effect.
    pub fn without_effect(&self) -> String {
        let all = self.done + self.denied + self.failed + self.unknown;
        let unknown = match self.unknown {
            0 => None,
            unknown if unknown == all => Some("outcome unknown".to_owned()),
            unknown => Some(format!("outcome of {unknown} unknown")),
        };
        let refused = match (self.denied, self.failed) {
            (0, 0) => None,
            (denied, 0) if denied == all => Some("all refused".to_owned()),
            (0, failed) if failed == all => Some("all failed".to_owned()),
            (denied, 0) => Some(format!("{denied} of {all} refused")),
            (0, failed) => Some(format!("{failed} of {all} failed")),
            (denied, failed) if denied + failed == all => {
                Some(format!("none had an effect: {denied} refused, {failed} failed"))
            }
            (denied, failed) => Some(format!("{denied} of {all} refused, {failed} failed")),
        };
        refused.into_iter().chain(unknown).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_had_no_effect_is_told_beside_what_had_one() {
        let words =
            |done, denied, failed| Outcomes { done, denied, failed, unknown: 0 }.without_effect();
        let untold =
            |done, denied, unknown| Outcomes { done, denied, failed: 0, unknown }.without_effect();
        assert_eq!(words(3, 0, 0), "");
        assert_eq!(words(0, 3, 0), "all refused");
        assert_eq!(words(3, 12, 0), "12 of 15 refused");
        assert_eq!(words(0, 0, 2), "all failed");
        assert_eq!(words(0, 1, 2), "none had an effect: 1 refused, 2 failed");
        assert_eq!(words(1, 1, 2), "1 of 4 refused, 2 failed");
        assert_eq!(untold(0, 0, 3), "outcome unknown");
        assert_eq!(untold(2, 0, 1), "outcome of 1 unknown");
        assert_eq!(untold(0, 12, 3), "12 of 15 refused, outcome of 3 unknown");
    }
}
