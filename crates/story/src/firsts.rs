//! What somebody did for the first time, told against what the same principal or key did before.
//!
//! New is news only against a history: five earlier days with twenty events. With less it is
//! unknown, and whoever often comes to new things is not told of one more. A first alone proves
//! nothing: a key in an account that it never used, from an address that it never used, is what a
//! leaked key looks like; what weighs how much is decided in `weight.rs`.

mod judge;
mod weight;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{FirstKind, Novelty, Outcome, Timestamp};

use crate::history::{Before, DAY, Subject, subject_of};
use crate::witness::Witness;
pub(crate) use judge::firsts;
pub(crate) use weight::{doubts, points, took_through_session};
pub(crate) use words::{answer, reach, rows};

/// What is known of where an address lies, from a database that the responder gave.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// ISO code of the country.
    pub country: Option<String>,
    /// The network's operator, or the network itself.
    pub network: Option<String>,
}

/// Tells where an address lies.
pub type Places<'a> = &'a dyn Fn(&str) -> Option<Place>;

/// Days before an account is first reached on which another first belongs to it: an intruder who
/// settles in a day or two is still the same one.
const TOGETHER: i64 = 3 * DAY;

/// One first.
#[derive(Debug, Clone)]
pub(crate) struct Fresh {
    pub(crate) kind: FirstKind,
    /// Whose history it was held against.
    subject: (Subject, String),
    pub(crate) actor: String,
    key: String,
    what: String,
    at: i64,
    address: String,
    role: String,
    outcome: Outcome,
    pub(crate) novelty: Novelty,
    before: Before,
    /// What of this kind there was before, earliest first.
    seen: Vec<String>,
    /// Others were there long before, as in an office or a region that the account uses.
    others: bool,
    witness: Witness,
}

impl Fresh {
    fn is_new(&self) -> bool {
        self.novelty == Novelty::New
    }

    /// Whether a first of the same principal belongs to reaching this account.
    fn goes_with(&self, other: &Self) -> bool {
        subject_of(&self.actor) == subject_of(&other.actor)
            && other.at.saturating_add(TOGETHER) >= self.at
            && other.at <= self.at.saturating_add(TOGETHER)
    }
}

/// All firsts of the material, the weightiest first.
#[derive(Debug, Default)]
pub(crate) struct Firsts {
    all: Vec<Fresh>,
    /// Numbers of the firsts, by user, role or root.
    by_subject: BTreeMap<String, Vec<usize>>,
    /// Principals with an address that was theirs well before they reached a new account.
    habits: BTreeSet<(String, String)>,
    /// Events of earlier logs that were read as history.
    pub(crate) recalled: u64,
}

impl Firsts {
    /// The firsts of a user, role or root, whatever its sessions are called.
    fn of_subject<'s>(&'s self, actor: &str) -> impl Iterator<Item = &'s Fresh> + use<'s> {
        let numbers = self.by_subject.get(subject_of(actor)).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(|number| self.all.get(*number))
    }

    /// New accounts that a principal reached.
    fn reached<'s>(&'s self, actor: &str) -> impl Iterator<Item = &'s Fresh> {
        let new = |first: &&Fresh| first.kind == FirstKind::Account && first.is_new();
        self.of_subject(actor).filter(new).filter(move |first| first.actor == actor)
    }

    /// New addresses that go with a new account.
    fn new_address<'s>(&'s self, account: &'s Fresh) -> Option<&'s Fresh> {
        let from = |first: &&Fresh| {
            first.is_new() && first.is_address() && first.address == account.address
        };
        self.of_subject(&account.actor).filter(from).find(|first| account.goes_with(first))
    }

    /// Since when calls from this address are a stranger's: where the principal reached a new
    /// account from it, and it was new itself.
    pub(crate) fn stranger_since(&self, actor: &str, address: &str) -> Option<Timestamp> {
        self.reached(actor)
            .filter(|account| account.address == address)
            .filter_map(|account| self.new_address(account))
            .map(|first| Timestamp::from_millis(first.at))
            .min()
    }

    /// Whether a principal with a history used a service for the first time.
    pub(crate) fn is_new_service(&self, actor: &str, service: &str) -> bool {
        let new = |first: &&Fresh| first.kind == FirstKind::Service && first.is_new();
        self.all.iter().filter(new).any(|first| first.actor == actor && first.what == service)
    }

    /// New addresses where nobody worked before, with who came from them first and when, in
    /// milliseconds.
    pub(crate) fn new_addresses(&self) -> impl Iterator<Item = (&str, &str, i64)> {
        let new = |first: &&Fresh| first.is_address() && first.is_new() && !first.others;
        let all = self.all.iter().filter(new).filter(|first| !first.address.is_empty());
        all.map(|first| (first.address.as_str(), first.actor.as_str(), first.at))
    }

    /// Whether an address was the principal's before it reached a new account.
    pub(crate) fn is_habit(&self, actor: &str, address: &str) -> bool {
        !self.habits.is_empty() && self.habits.contains(&(actor.to_owned(), address.to_owned()))
    }
}

impl Fresh {
    fn is_address(&self) -> bool {
        matches!(self.kind, FirstKind::Address | FirstKind::Network | FirstKind::Country)
    }
}
