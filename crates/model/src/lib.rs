//! The nouns that every other crate speaks: records, origins, gaps, findings, the story.
//!
//! No I/O, no clock, no environment, no terminal. Whatever a log wrote is [`LogText`] or is
//! borrowed from a [`Record`]; neither can be printed without a writer that escapes it.

#![forbid(unsafe_code)]

mod delivery;
mod environment;
mod event;
mod evidence;
mod field_path;
mod finding;
mod first;
mod gap;
mod head;
mod ids;
mod incident;
mod investigation;
mod log_text;
mod outcome;
mod principal;
mod record;
mod secret;
mod secret_text;
mod session;
mod story;
mod table;
mod time_text;
mod timestamp;

pub use delivery::Delivery;
pub use environment::{Account, Environment};
pub use event::Event;
pub use evidence::{EventRef, Evidence, EvidenceId, Origin, RuleHit};
pub use field_path::FieldPath;
pub use finding::{Finding, Level};
pub use first::{Before, First, FirstKind, Novelty};
pub use gap::{Gap, GapReason};
pub use head::{Head, Identity};
pub use ids::{AccountId, IdKind, UniqueId};
pub use incident::{CleanUp, FindingPart, FindingRead, IncidentGroup, PivotTold};
pub use investigation::{Baseline, Coverage, CutOff, Investigation, LogTypeCount, Tool};
pub use log_text::LogText;
pub use outcome::{Outcome, Outcomes};
pub use principal::principal_name;
pub use record::{Node, NodeKind, Record, Str, Value};
pub use secret::{MASK, is_secret_name, mask};
pub use session::{Issuance, Session};
pub use story::{
    Accessed, Answer, BlastRadius, Changed, Containment, Failed, Incident, Persistence,
    PersistenceState, Step, Story, Suspect, TriedBefore, Verdict,
};
pub use table::{ColumnRead, FieldGiven, TableRead};
pub use timestamp::Timestamp;
