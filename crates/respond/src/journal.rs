//! What is written down before and after each change, so that a crash at any moment leaves an
//! account that can be understood. It must never be written after the fact.

use crashcart_model::Timestamp;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::{Change, Receipt, State, Thing, Throwaway, Undo};

/// A place for entries that survives a crash.
pub trait Journal {
    /// Adds an entry and returns once the disk has it.
    ///
    /// # Errors
    /// It could not be written: then no change may follow.
    fn append(&mut self, entry: &Entry) -> Result<(), JournalError>;
}

/// An entry could not be kept.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("write the journal: {0}")]
pub struct JournalError(pub String);

/// The journal of a case.
impl Journal for crashcart_store::Journal<'_> {
    fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        Self::append(self, entry).map_err(|error| JournalError(told(&error)))
    }
}

/// An error with what caused it.
fn told(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(source) => format!("{error}: {}", told(source)),
        None => error.to_string(),
    }
}

/// One line of the journal. Every one of a run names its plan by hash.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Entry {
    /// A run begins.
    Begun {
        /// When.
        at: Timestamp,
        /// The plan's hash.
        plan: String,
        /// What is run.
        run: Run,
    },
    /// A change is about to be sent.
    Intent {
        /// When.
        at: Timestamp,
        /// The plan's hash.
        plan: String,
        /// The step's name.
        step: String,
        /// What it is for.
        purpose: Purpose,
        /// The state before, as read.
        before: State,
        /// The change.
        change: Change,
        /// How it will be undone.
        undo: Undo,
    },
    /// What became of the intent before it.
    Outcome {
        /// When.
        at: Timestamp,
        /// The plan's hash.
        plan: String,
        /// The step's name.
        step: String,
        /// The thing.
        thing: Thing,
        /// What became of it.
        effect: Effect,
    },
    /// A run came to its end; without it, it was cut off and can be resumed.
    Ended {
        /// When.
        at: Timestamp,
        /// The plan's hash.
        plan: String,
        /// Its receipt: the file in the case is a copy of this, which can be made again.
        receipt: Box<Receipt>,
    },
    /// A selftest is about to make something of its own. It belongs to no plan.
    Making {
        /// When.
        at: Timestamp,
        /// The account's number.
        account: String,
        /// What.
        what: Throwaway,
    },
    /// All that a selftest made is gone again.
    TakenAway {
        /// When.
        at: Timestamp,
        /// The account's number.
        account: String,
    },
}

/// What is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Run {
    /// The plan.
    Apply,
    /// What the run itself changed exactly back: a step failed.
    BackOut,
    /// Everything exactly back: the wrong principal was contained, or a run that was cut off is
    /// not to be finished.
    Undo,
    /// Back, except for what would re-arm somebody.
    Revert,
}

/// What a change is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// A step of the plan.
    Contain,
    /// The same once more: it had not held, or its moment moves on.
    Again,
    /// Giving back.
    Undo,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// AWS accepted it; its id of the request.
    Done(String),
    /// No answer, or a crash: the live state says that it took effect.
    Seen,
    /// It took no effect, and why.
    None(String),
    /// Nobody knows, and why: whoever undoes must look.
    Unknown(String),
}
