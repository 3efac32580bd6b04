//! What somebody did for the first time, and what is known of the time before.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{LogText, Origin, Outcome, Timestamp};

/// In which respect something is new.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum FirstKind {
    /// The account in which a call was recorded, or whose role was taken up.
    Account,
    /// The country of the address, by a database that the responder gave.
    Country,
    /// The network of the address, by the same.
    Network,
    /// The address itself.
    Address,
    /// The region.
    Region,
    /// The service that was called.
    Service,
    /// The kind of tool, by its user agent.
    UserAgent,
}

impl FirstKind {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Account,
        Self::Country,
        Self::Network,
        Self::Address,
        Self::Region,
        Self::Service,
        Self::UserAgent,
    ];

    /// As people say it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Country => "country",
            Self::Network => "network",
            Self::Address => "address",
            Self::Region => "region",
            Self::Service => "service",
            Self::UserAgent => "tool",
        }
    }
}

/// Whether it is news.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Novelty {
    /// There is a history, and it was not in it.
    New,
    /// There is too little history to tell.
    Unknown,
}

/// What is known of the days before.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Before {
    /// Days with events before that day; 64 stands for 64 or more.
    pub days: u64,
    /// Events on these days.
    pub events: u64,
    /// Midnight (UTC) of the first of these days.
    pub since: Option<Timestamp>,
    /// What of the same kind there was before, latest first, at most six.
    pub seen: Vec<LogText>,
    /// How many there were.
    pub count: u64,
}

/// Something that a principal or a key did for the first time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct First {
    /// In which respect.
    pub kind: FirstKind,
    /// Whether it is known to be new.
    pub novelty: Novelty,
    /// Who.
    pub who: LogText,
    /// With which key.
    pub access_key: Option<LogText>,
    /// The account, region, service, address, network, country or tool.
    pub what: LogText,
    /// When.
    pub at: Option<Timestamp>,
    /// From which address.
    pub address: Option<LogText>,
    /// The role through which the account was reached.
    pub through: Option<LogText>,
    /// What became of that first call.
    pub outcome: Outcome,
    /// What there was before.
    pub before: Before,
    /// In words.
    pub because: String,
    /// The record.
    pub origins: Vec<Origin>,
}

impl First {
    /// Whether a reader in a hurry is told of it: news of a suspect, or of an account that somebody
    /// never used before.
    pub fn matters(&self, story: &crate::Story) -> bool {
        let suspect = || story.suspects.iter().any(|suspect| suspect.principal == self.who);
        self.novelty == Novelty::New && (self.kind == FirstKind::Account || suspect())
    }
}
