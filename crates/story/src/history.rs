//! What principals, keys, addresses and accounts did before: for each the days on which it was
//! seen, and when it first came to each account, region, service, address and tool.
//!
//! Sets with caps, never events. What a cap keeps depends on the material alone, so that the order
//! of reading and the split do not show. It must never judge whether something new is bad.

mod habits;
mod recalled;

use std::borrow::Cow;

use crashcart_model::{EventRef, Head, Outcome, Record, Timestamp, principal_name};

use crate::actor::{Caller, Kind, kind};
use crate::agent::Classes;
use crate::facts::Map;
use crate::prune::prune_by;
use crate::{agent, fnv, global, knowledge, principal};
pub(crate) use habits::{
    Before, DAY, DAYS, DAYS_OF_HISTORY, EVENTS_OF_HISTORY, Habits, Mark, Value,
};
use habits::{Seen, Source};
pub(crate) use recalled::Recalled;

/// Principals, keys, addresses and accounts kept, of each so many.
const SUBJECTS: usize = 10_000;

/// In which respect something may be new.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Dimension {
    Account,
    Region,
    Service,
    Address,
    Tool,
}

impl Dimension {
    pub(crate) const ALL: [Self; 5] =
        [Self::Account, Self::Region, Self::Service, Self::Address, Self::Tool];
}

/// Whose history it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Subject {
    /// A user, a role whatever its sessions are called, root.
    Principal,
    /// A key that lasts: `AKIA...`.
    Key,
    Address,
    Account,
}

/// What was done before. One per part of the material, then merged.
#[derive(Debug, Default)]
pub struct History {
    subjects: [Map<String, Habits>; 4],
    /// Events of the baseline.
    recalled: u64,
    /// Ways of working of the baseline.
    ways: Recalled,
    agents: Classes,
}

/// One event, as far as history needs it.
pub(crate) struct Moment<'e> {
    /// As `principal_name` has it.
    pub(crate) actor: &'e str,
    pub(crate) kind: Kind,
    pub(crate) key: &'e str,
    pub(crate) address: &'e str,
    /// See [`agent::Class::family`].
    pub(crate) tool: &'static str,
}

impl History {
    /// Takes in an event of earlier logs, which are no part of what is told.
    pub fn recall(&mut self, record: &Record<'_>, head: &Head<'_>) {
        let identity = head.identity();
        let text = |field: Option<crashcart_model::Str<'_>>| {
            field.map(|text| text.text().into_owned()).unwrap_or_default()
        };
        let agent = text(head.user_agent);
        let agent = agent::without_command(&agent);
        let mut class = self.agents.of(agent);
        class.automation |= agent::is_invoked_by_automation(identity);
        let (actor, key, address) =
            (principal_name(identity), text(identity.access_key), text(head.address));
        let (kind, tool) = (kind(identity), class.family);
        let moment = Moment { actor: &actor, kind, key: &key, address: &address, tool };
        self.recalled += 1;
        self.ways.observe(head, &actor, &Caller { class, kind, agent, address: &address });
        self.observe(record, head, None, &moment);
    }

    /// Takes in an event; one of the material itself comes with where it stands.
    pub(crate) fn observe(
        &mut self,
        record: &Record<'_>,
        head: &Head<'_>,
        at: Option<EventRef>,
        moment: &Moment<'_>,
    ) {
        let Some(time) = head.time else { return };
        if matches!(moment.kind, Kind::Service | Kind::ServiceLinked | Kind::Anonymous) {
            return;
        }
        let account = head.account().map(|text| text.text()).unwrap_or_default();
        let region = head.region.map(|text| text.text()).unwrap_or_default();
        let source = head.source.map(|text| text.text()).unwrap_or_default();
        let service = knowledge::service_of(&source);
        let local = if global::is_region_idle(service) { "" } else { &*region };
        let by_service = agent::is_service_address(moment.address);
        let role = role_taken_up(head, service);
        let seen = Seen {
            time,
            source: Source { record, head, at },
            moment,
            values: [
                (Dimension::Account, &*account),
                (Dimension::Account, role.as_deref().and_then(principal::account).unwrap_or("")),
                (Dimension::Region, local),
                (Dimension::Service, if by_service { "" } else { service }),
                (Dimension::Address, if by_service { "" } else { moment.address }),
                (Dimension::Tool, if by_service { "" } else { moment.tool }),
            ],
            role: role.as_deref().unwrap_or_default(),
        };
        self.note(Subject::Principal, subject_of(moment.actor), &seen);
        if moment.key.starts_with("AKIA") {
            self.note(Subject::Key, moment.key, &seen);
        }
        if !by_service {
            self.note(Subject::Address, moment.address, &Seen { values: NOTHING, ..seen });
        }
        let mut of_account = NOTHING;
        of_account[0] = (Dimension::Region, local);
        self.note(Subject::Account, &account, &Seen { values: of_account, ..seen });
    }

    fn note(&mut self, subject: Subject, name: &str, seen: &Seen<'_, '_>) {
        // An account's number stands for everybody in it.
        let everybody = subject == Subject::Principal && name.bytes().all(|b| b.is_ascii_digit());
        if name.is_empty() || everybody {
            return;
        }
        let Some(map) = self.subjects.get_mut(subject as usize) else { return };
        map.entry_ref(name).or_default().see(seen);
        if map.len() > 2 * SUBJECTS {
            prune_by(map, SUBJECTS, |name| fnv(name.as_bytes()));
        }
    }

    /// Joins two parts. The order of joining does not matter.
    pub fn merge(&mut self, other: Self) {
        self.recalled += other.recalled;
        self.ways.merge(other.ways);
        for (map, more) in self.subjects.iter_mut().zip(other.subjects) {
            for (name, habits) in more {
                map.entry(name).or_default().merge(habits);
            }
        }
        self.bound(2);
    }

    /// Cuts what is more than `slack` times its cap down to its cap.
    pub(crate) fn bound(&mut self, slack: usize) {
        self.ways.bound(slack);
        for map in &mut self.subjects {
            if map.len() > slack * SUBJECTS {
                prune_by(map, SUBJECTS, |name| fnv(name.as_bytes()));
            }
        }
    }

    /// Joins what is known of a principal under its id with what is known under its ARN.
    pub(crate) fn rename(&mut self, id: &str, arn: &str) {
        self.ways.rename(id, arn);
        let Some(map) = self.subjects.get_mut(Subject::Principal as usize) else { return };
        if let Some(habits) = map.remove(id) {
            map.entry_ref(subject_of(arn)).or_default().merge(habits.renamed(id, arn));
        }
    }

    /// The habits of one.
    pub(crate) fn of(&self, subject: Subject, name: &str) -> Option<&Habits> {
        self.subjects.get(subject as usize)?.get(name)
    }

    /// All of one kind, in order of name.
    pub(crate) fn all(&self, subject: Subject) -> Vec<(&str, &Habits)> {
        let map = self.subjects.get(subject as usize);
        let mut all: Vec<(&str, &Habits)> =
            map.into_iter().flatten().map(|(name, habits)| (name.as_str(), habits)).collect();
        all.sort_unstable_by_key(|(name, _)| *name);
        all
    }

    /// Ways of working of the baseline.
    pub(crate) const fn ways(&self) -> &Recalled {
        &self.ways
    }

    /// Events that were taken in from earlier logs.
    pub(crate) const fn recalled(&self) -> u64 {
        self.recalled
    }
}

/// Values of which there are none.
const NOTHING: [(Dimension, &str); 6] = [(Dimension::Account, ""); 6];

/// Whose history a principal's call belongs to: sessions of a role are the role, but those of
/// Identity Center are people (IAM Identity Center user guide, "Permission sets": its roles are
/// named `AWSReservedSSO_...`, the session is named after the user).
pub(crate) fn subject_of(actor: &str) -> &str {
    match principal::session(actor) {
        Some((role, session)) if !role.starts_with("AWSReservedSSO_") => {
            actor.strip_suffix(session).and_then(|role| role.strip_suffix('/')).unwrap_or(actor)
        }
        _ => actor,
    }
}

/// The ARN of the role that a call took up: with it a key comes to the role's account.
fn role_taken_up<'e>(head: &Head<'e>, service: &str) -> Option<Cow<'e, str>> {
    if service != "sts" || !head.name?.is("AssumeRole") || head.outcome() != Outcome::Done {
        return None;
    }
    Some(head.request?.text_of("roleArn")?.text())
}

/// The UTC day of a time, counted from 1970.
pub(crate) const fn day_of(time: Timestamp) -> i64 {
    time.millis().div_euclid(DAY)
}
