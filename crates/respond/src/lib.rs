//! Containment. Planning cannot write; a change needs an approved plan; what was done can be undone.
//!
//! Nothing here reads the clock, sleeps or reaches a network: an [`Account`] does, and is handed in.

#![forbid(unsafe_code)]

mod account;
mod approve;
mod change;
pub mod documents;
mod plan;

pub use account::{Account, Sent};
pub use approve::{ApprovalError, Approved, SHORTEST};
pub use change::{Change, Scope, State, Thing};
pub use plan::{CutOff, Plan, PlanError, Planned, SCHEMA, Step, Undo};
