//! The built-in incident: the access key of a build user leaks, and within half an hour reaches
//! a second account. Three days of two accounts, in which the incident takes half an hour.
//!
//! The truth handed out with the files is written in the same step as each call, never derived
//! from the files.

mod cast;
mod incident;
pub(crate) mod ledger;
mod ordinary;
mod people;

use crashcart_model::Timestamp;

use crate::layout::LogFile;
use crate::random::Random;
use cast::{ATTACKER, Cast, HOME, OTHER_USER, SECOND};
use incident::{Incident, POLICY, QUARANTINE};
use ledger::Ledger;

const MINUTE: i64 = 60;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;
/// 2026-05-03T00:00:00Z
const START: i64 = 1_777_766_400;
/// 2026-05-04T02:13:00Z
const INCIDENT: i64 = START + 26 * HOUR + 13 * MINUTE;
/// Nobody works here; the attacker looks and tries.
const UNUSED_REGION: &str = "ap-southeast-1";

/// Files and what they tell.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// Delivered log files, sorted by path.
    pub files: Vec<LogFile>,
    /// What happened.
    pub truth: Truth,
}

/// What happened, for whoever checks an answer. Times are those of the first and the last call of
/// the attacker; ids are those in the records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Truth {
    /// The leaked key.
    pub key: String,
    /// ARN of the user that it belongs to.
    pub user: String,
    /// The attacker's address.
    pub address: String,
    /// The attacker's first call.
    pub first: Timestamp,
    /// The attacker's last call.
    pub last: Timestamp,
    /// Home account, then the one that the attacker went on to.
    pub accounts: Vec<String>,
    /// Regions that the attacker called, sorted.
    pub regions: Vec<String>,
    /// The region in which nobody but the attacker ever called.
    pub unused_region: String,
    /// `eventID` of each of the attacker's records, sorted.
    pub events: Vec<String>,
    /// How many of them were refused.
    pub denied: usize,
    /// The inline policy that the user gave itself; still in place.
    pub policy: String,
    /// The key that was made; still in place, and used.
    pub created_key: String,
    /// Name of the user that it was made for.
    pub created_key_user: String,
    /// ARN of the role in the second account.
    pub assumed_role: String,
    /// Key of the session in the second account.
    pub session_key: String,
    /// `eventID`s of the two copies of the `AssumeRole`: home account, then the second.
    pub assume_role_copies: Vec<String>,
    /// Secrets read, in the second account.
    pub secrets: Vec<String>,
    /// The bucket that objects were taken from, in the second account.
    pub bucket: String,
    /// Objects taken.
    pub objects: usize,
    /// Their bytes.
    pub bytes: u64,
    /// The security group that was opened to the world, and closed by the administrator.
    pub security_group: String,
    /// `eventID` of the administrator's clean-up.
    pub cleaned_up: String,
    /// ARN of the administrator.
    pub responder: String,
    /// ARN of the policy that AWS attached; still in place.
    pub quarantine_policy: String,
    /// `eventID` of its attachment.
    pub quarantined: String,
    /// ARN of the role that is not to be accused: the attacker's network, but its usual work.
    pub innocent: String,
    /// Paths of the two files that hold the same records.
    pub redelivered: Vec<String>,
    /// Records in all files, repeats included.
    pub records: usize,
    /// Records that are there twice.
    pub duplicates: usize,
}

impl Truth {
    fn before(cast: &Cast, at: i64) -> Self {
        let mut regions: Vec<String> =
            ordinary::REGIONS.into_iter().chain([UNUSED_REGION]).map(str::to_owned).collect();
        regions.sort();
        Self {
            key: cast.owner.key.clone(),
            user: cast.owner.arn(),
            address: ATTACKER.to_owned(),
            first: Timestamp::from_millis(at * 1000),
            last: Timestamp::from_millis(at * 1000),
            accounts: vec![HOME.to_owned(), SECOND.to_owned()],
            regions,
            unused_region: UNUSED_REGION.to_owned(),
            events: Vec::new(),
            denied: 0,
            policy: POLICY.to_owned(),
            created_key: String::new(),
            created_key_user: OTHER_USER.to_owned(),
            assumed_role: cast.cross.arn(),
            session_key: String::new(),
            assume_role_copies: Vec::new(),
            secrets: Vec::new(),
            bucket: ordinary::EXPORT_BUCKET.to_owned(),
            objects: 0,
            bytes: 0,
            security_group: cast.group.clone(),
            cleaned_up: String::new(),
            responder: cast.nina.arn(),
            quarantine_policy: QUARANTINE.to_owned(),
            quarantined: String::new(),
            innocent: cast.terraform.arn(),
            redelivered: Vec::new(),
            records: 0,
            duplicates: 0,
        }
    }
}

/// Makes the incident. The same seed gives the same bytes; another seed gives other keys, ids and
/// seconds, but the same story.
pub fn leaked_key(seed: u64) -> Scenario {
    let mut random = Random::seeded(seed, 0);
    let cast = Cast::new(&mut random);
    let mut ledger = Ledger::new(random);
    ordinary::write(&mut ledger, &cast);
    let (mut truth, escalation) = Incident::new(&mut ledger, &cast).write();
    let delivered = ledger.deliver(escalation);
    truth.redelivered = delivered.redelivered;
    truth.records = delivered.records;
    truth.duplicates = delivered.duplicates;
    Scenario { files: delivered.files, truth }
}
