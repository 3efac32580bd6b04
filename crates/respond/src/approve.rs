//! Approval: the hash of exactly one plan, said by a person. It must never be made in another way.

use thiserror::Error;

use crate::{Plan, Thing};

/// The fewest characters of a hash that name a plan.
pub const SHORTEST: usize = 8;

/// A plan that somebody approved. Only [`Plan::approve`] makes one.
#[derive(Debug, Clone, PartialEq)]
pub struct Approved {
    hash: String,
    plan: Plan,
}

/// The approval names another plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ApprovalError {
    /// Too few characters.
    #[error("approve the plan: give at least the first {SHORTEST} characters of its hash")]
    TooShort,
    /// Not this plan.
    #[error("approve the plan: {given:?} is not the beginning of its hash {hash}")]
    OtherPlan {
        /// What was given.
        given: String,
        /// The hash of the plan at hand.
        hash: String,
    },
}

impl Plan {
    /// Approves the plan, if `given` is its hash or at least the first eight characters of it.
    ///
    /// # Errors
    /// `TooShort`, `OtherPlan`.
    pub fn approve(&self, given: &str) -> Result<Approved, ApprovalError> {
        let hash = self.hash();
        if given.len() < SHORTEST {
            return Err(ApprovalError::TooShort);
        }
        if !hash.starts_with(&given.to_ascii_lowercase()) {
            return Err(ApprovalError::OtherPlan { given: given.to_owned(), hash });
        }
        Ok(Approved { hash, plan: self.clone() })
    }
}

impl Approved {
    /// The whole hash.
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// The plan.
    pub const fn plan(&self) -> &Plan {
        &self.plan
    }

    /// Whether the plan may change this thing, to do or to undo it. The door asks before it sends.
    pub fn covers(&self, account: &str, thing: &Thing) -> bool {
        self.plan.account == account && self.plan.steps.iter().any(|step| step.covers(thing))
    }
}
