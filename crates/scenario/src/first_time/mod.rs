//! Thirty days of three accounts, in which the lasting key of a build user once reaches an account
//! that it never used: at night, from a new address, in a new region, with few and harmless calls
//! that no rule need name. Beside it what looks alike and is not: a newly hired engineer's first
//! day, a deploy role that goes to a new region, an engineer at a new address.
//!
//! The truth handed out with the files is written in the same step as each call, never derived
//! from the files.

mod cast;
mod days;
mod incident;

use crashcart_model::Timestamp;

use crate::layout::LogFile;
use crate::leaked_key::ledger::Ledger;
use crate::random::{Random, Uuid};
use cast::Cast;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 2026-05-01T00:00:00Z
const START: i64 = 1_777_593_600;
/// How many days.
const DAYS: i64 = 30;
/// Days before the one of the incident.
const BEFORE: i64 = 27;

/// Files and what they tell.
#[derive(Debug, Clone)]
pub struct FirstTime {
    /// Delivered log files, sorted by path; a path names the day of its delivery.
    pub files: Vec<LogFile>,
    /// What happened.
    pub truth: FirstTimeTruth,
}

/// What happened, for whoever checks an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FirstTimeTruth {
    /// The leaked key.
    pub key: String,
    /// ARN of the user that it belongs to.
    pub user: String,
    /// The account that the key never used, and its two usual ones.
    pub new_account: String,
    /// See `new_account`.
    pub usual_accounts: Vec<String>,
    /// The attacker's address and region.
    pub address: String,
    /// See `address`.
    pub region: String,
    /// The owner's address.
    pub usual_address: String,
    /// ARN of the role that was taken up in the new account, and of its session.
    pub role: String,
    /// See `role`.
    pub session: String,
    /// When the key reached the new account, and the record of it.
    pub reached: Timestamp,
    /// See `reached`.
    pub reached_event: String,
    /// `eventID` of each record of the attacker's, sorted.
    pub events: Vec<String>,
    /// The date of the incident as it stands in paths: `2026/05/28`.
    pub date: String,
    /// The newly hired engineer, whose first day nobody can hold against a history.
    pub hired: String,
    /// ARN of the deploy role's sessions up to their name, and the region that it goes to.
    pub deploy: String,
    /// See `deploy`.
    pub deploy_region: String,
    /// The engineer who moves, and the new address.
    pub moved: String,
    /// See `moved`.
    pub moved_to: String,
}

/// Makes the thirty days. The same seed gives the same bytes; another seed gives other keys, ids
/// and seconds, but the same story.
pub fn first_time(seed: u64) -> FirstTime {
    let mut random = Random::seeded(seed, 1);
    let cast = Cast::new(&mut random);
    let mut ledger = Ledger::new(random);
    for day in 0..DAYS {
        days::write(&mut ledger, &cast, day, START + day * DAY);
    }
    let truth = incident::write(&mut ledger, &cast, START + BEFORE * DAY + 2 * HOUR + 40 * MINUTE);
    FirstTime { files: ledger.deliver(Uuid::NIL).files, truth }
}
