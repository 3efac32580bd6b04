//! What a run did, step by step, and what is proved of it. It must never say more than was read
//! back or seen.

use crashcart_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::Left;
use crate::journal::Run;

/// The form that this version writes and reads.
pub const RECEIPT_SCHEMA: &str = "crashcart.receipt/1";

/// The record of one run. The journal has it; the file in the case is a copy, and points to what the
/// journal says is to be given back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Receipt {
    /// [`RECEIPT_SCHEMA`].
    pub schema: String,
    /// The plan's hash.
    pub plan: String,
    /// The plan's action.
    pub action: String,
    /// The plan's target.
    pub target: String,
    /// The account's number.
    pub account: String,
    /// What was run.
    pub run: Run,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// How.
    pub ending: Ending,
    /// The plan's steps, or what was given back, in the order in which it was done.
    pub steps: Vec<StepReceipt>,
    /// What is not as it was before the plan.
    pub left: Vec<Left>,
    /// What somebody must know, such as what stays denied until when.
    pub notes: Vec<String>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// Every step is in place and was read back.
    Contained,
    /// Every step was done, and something would not hold.
    NotProven,
    /// Every step was done, and something could not be read back.
    NotReadBack,
    /// Some steps failed and the rest is in place, as was asked for.
    Partly,
    /// A step failed; everything was given back.
    FailedAndUndone,
    /// A step failed, or the run was not to be finished: what it had changed was given back, and
    /// what earlier runs of the plan hold stays.
    Stopped,
    /// Everything that was asked for was given back.
    GivenBack,
    /// Something could not be given back.
    UndoIncomplete,
    /// The journal could not be written: nothing more was sent. Resume it.
    Halted,
}

impl Ending {
    /// The exit code of a command that ended so.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Contained | Self::GivenBack => 0,
            Self::NotProven | Self::NotReadBack | Self::Partly | Self::Stopped => 4,
            Self::FailedAndUndone => 5,
            Self::UndoIncomplete | Self::Halted => 6,
        }
    }

    /// What to do next, where the run did not end as it was meant to.
    pub(crate) const fn next_step(self) -> Option<&'static str> {
        match self {
            Self::Contained | Self::GivenBack => None,
            Self::NotProven => Some(
                "what was done is in place, but did not hold: somebody may be working against it; \
                 attach a service control policy, then apply the plan again",
            ),
            Self::NotReadBack => Some(
                "what was done was accepted, and could not be read back: correct what is said at \
                 the step, such as a permission that is missing, then apply the plan again",
            ),
            Self::Partly => Some("some steps failed: correct what is said there and apply again"),
            Self::FailedAndUndone => Some(
                "NOTHING IS CUT OFF: everything is as it was before, and whoever was to be contained \
                 can go on. Apply with --keep-going, which leaves in place whatever can be done; or \
                 correct what is said at the failed step and plan again",
            ),
            Self::Stopped => Some(
                "what earlier runs of the plan hold is left alone: correct what is said at the \
                 failed step, then apply again, or plan again where somebody changed something",
            ),
            Self::UndoIncomplete => {
                Some("what is left is listed: correct what is said there and revert again")
            }
            Self::Halted => Some("nothing more was sent: `crashcart resume` goes on from here"),
        }
    }
}

/// What became of a step, or of one thing on the way back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepReceipt {
    /// The step's name.
    pub name: String,
    /// What became of it.
    pub outcome: StepOutcome,
    /// What is proved.
    pub verified: Verified,
    /// In words: what was changed, why it failed.
    pub said: Vec<String>,
}

/// What became of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StepOutcome {
    /// Changed by us.
    Done,
    /// It was so before.
    Already,
    /// It did not go through.
    Failed,
    /// An earlier step failed.
    NotReached,
    /// It is as it was before the plan.
    GivenBack,
    /// Somebody deleted it, or its user or role, meanwhile: there is nothing to give back.
    Gone,
    /// Left as it is: giving it back would re-arm somebody, or let go what another plan holds.
    Kept,
    /// It cannot be given back, as its plan said.
    Lost,
}

/// What is proved of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verified {
    /// IAM told it so for the whole window; whether calls are denied everywhere was not seen.
    Configured,
    /// A call was seen to be denied.
    EffectObserved,
    /// Nothing.
    NotProven,
}

impl Receipt {
    /// As it is kept: JSON, for people too.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Reads a receipt.
    ///
    /// # Errors
    /// What the parser says, or that the schema is another one.
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        let receipt: Self =
            serde_json::from_slice(bytes).map_err(|error| format!("read receipt: {error}"))?;
        if receipt.schema != RECEIPT_SCHEMA {
            return Err(format!("read receipt: its schema is not {RECEIPT_SCHEMA}"));
        }
        Ok(receipt)
    }
}

impl Receipt {
    /// Whether something was left as it is that would be given back.
    pub(crate) fn keeps(&self) -> bool {
        self.steps.iter().any(|step| step.outcome == StepOutcome::Kept)
    }
}

impl StepReceipt {
    pub(crate) fn new(name: &str, outcome: StepOutcome, said: impl Into<String>) -> Self {
        let said = Some(said.into()).filter(|said| !said.is_empty()).into_iter().collect();
        Self { name: name.to_owned(), outcome, verified: Verified::NotProven, said }
    }
}
