//! What containment needs of an account. The real one is a door to AWS; tests bring one that
//! breaks. Reading needs no approval, changing does.

use std::time::Duration;

use crashcart_aws::AwsError;
use crashcart_model::Timestamp;

use crate::{Approved, Change, Scope, State, Thing};

/// An account, reached with the caller's credentials.
pub trait Account {
    /// The state of a thing now, as IAM tells it; `Absent` where it, or its user or role, is gone.
    ///
    /// # Errors
    /// Whatever kept the answer away; never `NotFound`.
    fn state(&self, thing: &Thing) -> Result<State, AwsError>;

    /// Every thing that a rule reaches now, with its state; empty where the user is gone. One
    /// call: IAM's lists carry the states.
    ///
    /// # Errors
    /// See [`Account::state`].
    fn list(&self, scope: &Scope) -> Result<Vec<(Thing, State)>, AwsError>;

    /// Makes a change. `NotFound` where the thing is gone; `NoAnswer` where it is not known
    /// whether the change took effect. Must refuse what `approved` does not cover.
    ///
    /// # Errors
    /// Why the change was not made, or that nobody knows whether it was.
    fn send(&self, approved: &Approved, change: &Change) -> Result<Sent, AwsError>;

    /// Lets time pass.
    fn wait(&self, time: Duration);

    /// The time now.
    fn now(&self) -> Timestamp;
}

/// A change that AWS accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// AWS's id of the request, to be found in CloudTrail.
    pub request_id: String,
}
