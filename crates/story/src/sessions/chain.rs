//! From keys and calls to chains: each key after the one that asked for it.
//!
//! It must never make a chain guilty by itself: the caller says with which keys it starts and
//! which calls it follows.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{EvidenceId, Issuance, LogText, Session};

use super::issuing::{Sign, identity_words};
use super::origin::{From, MADE};
use super::{Keys, Used};
use crate::earliest::sortable;
use crate::principal;
use crate::same;

/// Keys told of one that asked for many.
const CHILDREN: usize = 50;
/// Keys told in all.
const TOLD: usize = 300;
/// The longest chain that is followed.
const HOPS: usize = 32;

/// The keys of the material with their links.
pub(crate) struct Chains<'k> {
    pub(super) keys: &'k Keys,
    pub(super) evidence: &'k dyn Fn(u32) -> EvidenceId,
    /// ARNs by principal id, where there is only one.
    arns: BTreeMap<&'k str, &'k str>,
    /// Keys by principal.
    holders: BTreeMap<&'k str, BTreeSet<&'k str>>,
    links: BTreeMap<&'k str, From<'k>>,
    children: BTreeMap<String, Vec<(i64, &'k str)>>,
}

/// What is asked of the chains.
pub(crate) struct Asked<'a> {
    /// Keys from which to go up and down.
    pub(crate) starts: BTreeSet<&'a str>,
    /// Whether what a principal asked for from an address belongs to whoever holds the start.
    pub(crate) follows: &'a dyn Fn(&str, &str) -> bool,
    /// Whether the starts are suspects'.
    pub(crate) suspect: bool,
}

/// Keys in the order of telling, and how many there are besides.
#[derive(Debug, Default)]
pub(crate) struct Told {
    pub(crate) sessions: Vec<Session>,
    pub(crate) more: u64,
}

impl<'k> Chains<'k> {
    pub(crate) fn new(keys: &'k Keys, evidence: &'k dyn Fn(u32) -> EvidenceId) -> Self {
        let (mut ids, mut holders) = (BTreeMap::new(), BTreeMap::new());
        for (key, used) in &keys.used {
            for name in used.principal.iter() {
                holders.entry(name).or_insert_with(BTreeSet::new).insert(key.as_str());
                for id in used.id.iter().filter(|id| *id != name && same::is_unique(id)) {
                    ids.entry(id).or_insert_with(BTreeSet::new).insert(name);
                }
            }
        }
        let arns = ids
            .into_iter()
            .filter_map(|(id, names): (&str, BTreeSet<&str>)| {
                let mut names = names.into_iter();
                Some((id, names.next()?)).filter(|_| names.next().is_none())
            })
            .collect();
        let (links, children) = (BTreeMap::new(), BTreeMap::new());
        let mut chains = Self { keys, evidence, arns, holders, links, children };
        chains.link();
        chains
    }

    fn link(&mut self) {
        let issued = self.keys.issued.keys().filter(|key| !key.starts_with("arn:"));
        let all: BTreeSet<&str> = self.keys.used.keys().chain(issued).map(String::as_str).collect();
        for key in all {
            let from = self.origin(key, self.keys.used.get(key));
            if let Some(issuance) = &from.issuance
                && let Some(parent) = &issuance.key
                && parent.raw() != key
            {
                let children = self.children.entry(parent.raw().to_owned()).or_default();
                children.push((sortable(issuance.at), key));
            }
            self.links.insert(key, from);
        }
        self.children.values_mut().for_each(|children| children.sort_unstable());
    }

    /// The name under which a principal is known by its own calls.
    pub(super) fn known_as<'n>(&self, name: &'n str) -> &'n str
    where
        'k: 'n,
    {
        self.arns.get(name).copied().unwrap_or(name)
    }

    pub(super) fn only_key_of(&self, principal: &str) -> Option<&'k str> {
        let mut keys = self.holders.get(principal)?.iter();
        keys.next().copied().filter(|_| keys.next().is_none())
    }

    /// Whether the account is one whose trail is not here.
    pub(super) fn is_foreign(&self, account: &str) -> bool {
        account.len() == 12 && !self.keys.trails.contains(account)
    }

    pub(super) fn signs(&self, who: &str) -> &'k [Sign] {
        self.keys.signs.get(who).map(Vec::as_slice).unwrap_or_default()
    }

    fn parent(&self, key: &str) -> Option<&'k str> {
        let parent = self.links.get(key)?.issuance.as_ref()?.key.as_ref()?;
        self.links.get_key_value(parent.raw()).map(|(parent, _)| *parent)
    }

    /// The chains of some keys: up to their roots, and down to what they asked for.
    pub(crate) fn tell(&self, asked: &Asked<'_>) -> Told {
        let below = self.below(asked);
        let mut chosen = below.clone();
        for start in asked.starts.iter().filter_map(|key| self.key(key)) {
            let mut at = start;
            for _ in 0..HOPS {
                let Some(parent) = self.parent(at) else { break };
                chosen.insert(parent);
                at = parent;
            }
        }
        let order = self.in_order(&chosen);
        let told = order.len().min(TOLD);
        let sessions = order.into_iter().take(TOLD).map(|key| {
            let suspect = asked.suspect && below.contains(key);
            self.session(key, suspect)
        });
        let sessions = sessions.collect();
        let more = (self.links.len() - told) as u64;
        Told { sessions, more }
    }

    /// The keys that it starts with, and all that they asked for, and so on.
    pub(super) fn below(&self, asked: &Asked<'_>) -> BTreeSet<&'k str> {
        let mut below: BTreeSet<&str> = BTreeSet::new();
        let mut open: Vec<&str> = asked.starts.iter().filter_map(|key| self.key(key)).collect();
        while let Some(key) = open.pop() {
            if !below.insert(key) {
                continue;
            }
            open.extend(self.children_of(key).filter(|child| self.is_followed(child, asked)));
        }
        below
    }

    /// The key as it is kept, where the material knows it.
    pub(super) fn key(&self, key: &str) -> Option<&'k str> {
        self.links.get_key_value(key).map(|(key, _)| *key)
    }

    /// Every key that the material knows.
    pub(super) fn all_keys(&self) -> impl Iterator<Item = &'k str> {
        self.links.keys().copied()
    }

    /// How a key came to be, where that is known.
    pub(super) fn issuance(&self, key: &str) -> Option<&Issuance> {
        self.links.get(key)?.issuance.as_ref()
    }

    /// The keys that a principal called with.
    pub(super) fn keys_of_one(&self, principal: &str) -> impl Iterator<Item = &'k str> {
        self.holders.get(principal).into_iter().flatten().copied()
    }

    /// The chain of one key; empty where the material does not know it.
    pub(crate) fn of(&self, key: &str) -> Vec<Session> {
        let starts = BTreeSet::from([key]);
        self.tell(&Asked { starts, follows: &|_, _| true, suspect: false }).sessions
    }

    fn children_of(&self, key: &str) -> impl Iterator<Item = &'k str> {
        let children = self.children.get(key).map(Vec::as_slice).unwrap_or_default();
        children.iter().map(|(_, child)| *child)
    }

    fn is_followed(&self, key: &str, asked: &Asked<'_>) -> bool {
        let Some(from) = self.links.get(key) else { return false };
        let by = from.issuance.as_ref().and_then(|issuance| issuance.principal.as_ref());
        by.is_none_or(|by| (asked.follows)(by.raw(), from.address))
    }

    /// Each key after the one that asked for it; otherwise by time, then key, and what AWS
    /// services called with on a principal's behalf last.
    pub(super) fn in_order(&self, chosen: &BTreeSet<&'k str>) -> Vec<&'k str> {
        let mut roots: Vec<(bool, i64, &str)> = chosen
            .iter()
            .filter(|key| self.parent(key).is_none_or(|parent| !chosen.contains(parent)))
            .map(|key| (self.is_forwarded(key), self.since(key), *key))
            .collect();
        roots.sort_unstable();
        let mut open: Vec<&str> = roots.into_iter().rev().map(|(_, _, key)| key).collect();
        let mut order = Vec::new();
        let mut seen = BTreeSet::new();
        while let Some(key) = open.pop() {
            if !seen.insert(key) {
                continue;
            }
            order.push(key);
            let mut children: Vec<&str> =
                self.children_of(key).filter(|child| chosen.contains(child)).collect();
            children.reverse();
            open.extend(children);
        }
        // What hangs on itself has no root.
        order.extend(chosen.iter().filter(|key| !seen.contains(*key)));
        order
    }

    fn is_forwarded(&self, key: &str) -> bool {
        self.links.get(key).is_some_and(From::is_forwarded)
    }

    fn since(&self, key: &str) -> i64 {
        let used = self.keys.used.get(key).and_then(|used| used.first);
        let at = self.links.get(key).and_then(|from| from.issuance.as_ref()?.at);
        sortable(at.or(used))
    }

    pub(super) fn session(&self, key: &'k str, suspect: bool) -> Session {
        let from = self.links.get(key);
        let issue = self.keys.issued.get(key);
        let none = Used::default();
        let used = self.keys.used.get(key).unwrap_or(&none);
        let told = used.principal.by_time().first().copied();
        // A key that was never used is whose it was issued to.
        let issued_to = || {
            let issue = issue?;
            let own = if issue.session.is_empty() { &issue.principal } else { &issue.session };
            Some(self.known_as(own)).filter(|_| issue.call != MADE)
        };
        let principal = told.or_else(issued_to);
        let account = used.account.by_time().first().copied();
        let account = account.or_else(|| principal::account(principal?));
        let mut unknown = from.map(|from| from.unknown.clone()).unwrap_or_default();
        if let Some(account) = account.filter(|account| used.count == 0 && self.is_foreign(account))
        {
            let account = principal::plain(account);
            unknown.push(format!(
                "what was done with it is not in this material: look in account {account}'s trail"
            ));
        }
        let identity = match (used.identity, principal) {
            ("", Some(arn)) => words_of(arn),
            ("", None) if issue.is_some_and(|issue| issue.call == MADE) => "IAM user",
            ("", None) => "unknown",
            (words, _) => words,
        };
        let children = self.children.get(key).map(Vec::as_slice).unwrap_or_default();
        Session {
            key: LogText::from(key),
            identity: identity.to_owned(),
            principal: principal.map(LogText::from),
            account: account.map(LogText::from),
            issued_by: from.and_then(|from| from.issuance.clone()),
            unknown,
            first: used.first,
            last: used.last,
            count: used.count,
            addresses: used.addresses.sorted(),
            regions: used.regions.sorted(),
            children: children.iter().take(CHILDREN).map(|(_, key)| LogText::from(*key)).collect(),
            child_count: children.len() as u64,
            suspect,
            origins: used.seen.origins(self.evidence),
        }
    }
}

/// What an ARN names, in the words of [`identity_words`].
fn words_of(arn: &str) -> &'static str {
    let kind = if arn.contains(":assumed-role/") {
        "AssumedRole"
    } else if arn.contains(":federated-user/") {
        "FederatedUser"
    } else if arn.contains(":user/") {
        "IAMUser"
    } else {
        return "unknown";
    };
    let identity = crashcart_model::Identity {
        kind: Some(crashcart_model::Str::plain(kind)),
        arn: Some(crashcart_model::Str::plain(arn)),
        ..crashcart_model::Identity::default()
    };
    identity_words(&identity, arn)
}

impl Keys {
    /// The chain of one key: up to its root and down to what it asked for, each key after the one
    /// that asked for it; empty where the material does not know the key.
    pub fn chain(&self, key: &str, evidence: &dyn Fn(u32) -> EvidenceId) -> Vec<Session> {
        Chains::new(self, evidence).of(key)
    }

    /// Whether there were more keys than are kept.
    pub(crate) const fn is_crowded(&self) -> bool {
        self.crowded
    }
}
