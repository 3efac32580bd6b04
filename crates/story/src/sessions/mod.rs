//! Access keys and the calls that issued them, gathered in the one pass over the records.
//!
//! Memory is bounded by caps on keys and on signs; what stays under a cap depends on the material
//! alone, so that parts may be merged in any order. It must never decide who is guilty.

mod chain;
mod issuing;
mod lineage;
mod origin;

use std::cmp::Ordering;

use crashcart_model::{EventRef, Head, Record, Str, Timestamp, principal_name};

use crate::agent;
use crate::earliest::{Earliest, sortable};
use crate::facts::{Map, earlier};
use crate::fnv;
use crate::principal;
use crate::witness::Witnesses;
use issuing::{Issue, Sign};

pub(crate) use chain::{Asked, Chains, Told};
pub use lineage::{Descendant, Lineage};
pub(crate) use origin::MADE;

/// Keys kept that were used, and calls kept that issued one.
const KEYS: usize = 30_000;
/// Principals kept with their sign-ins.
const SIGNERS: usize = 5_000;

/// The keys of one part of the material.
#[derive(Debug, Default)]
pub struct Keys {
    used: Map<String, Used>,
    /// By the key that was issued; by the session's ARN where the record names no key.
    issued: Map<String, Issue>,
    /// Console sign-ins by principal, and fetches from Identity Center by account and role.
    signs: Map<String, Vec<Sign>>,
    /// Accounts whose trails these are.
    trails: Earliest<64>,
    /// Keys and calls that were cut off by the caps in some part: there are more than are kept.
    crowded: bool,
}

/// How one key was used.
#[derive(Debug, Default)]
struct Used {
    principal: Earliest<2>,
    /// `principalId`
    id: Earliest<2>,
    account: Earliest<2>,
    /// What kind of identity, in words.
    identity: &'static str,
    first: Option<Timestamp>,
    last: Option<Timestamp>,
    count: u64,
    addresses: Earliest<16>,
    regions: Earliest<32>,
    /// When the session began, as its records say.
    born: Option<Timestamp>,
    /// Handed out by an instance's metadata service of this version.
    metadata: u8,
    /// Its records call it a session of the console.
    console: bool,
    /// The runtime that it was used in, by the user agent.
    runtime: &'static str,
    /// AWS services that used it on the principal's behalf.
    services: Earliest<4>,
    /// Some call came from a real address.
    direct: bool,
    rank: u8,
    seen: Witnesses,
}

impl Keys {
    /// Takes in one distinct event.
    pub fn observe(&mut self, record: &Record<'_>, head: &Head<'_>, event: EventRef) {
        if let Some(trail) = head.account() {
            self.trails.add(&trail.text(), head.time);
        }
        if let Some(key) = head.identity().access_key {
            let used = self.used.entry_ref(&*key.text()).or_default();
            used.observe(record, head, event);
            if self.used.len() > 2 * KEYS {
                self.crowded = true;
                prune(&mut self.used, KEYS, |used| used.rank);
            }
        }
        if let Some((key, issue)) = issuing::issue(record, head, event) {
            add_issue(&mut self.issued, key, issue);
            if self.issued.len() > 2 * KEYS {
                self.crowded = true;
                prune(&mut self.issued, KEYS, Issue::rank);
            }
        }
        if let Some((who, sign)) = issuing::sign(record, head, event) {
            issuing::add_sign(self.signs.entry(who).or_default(), sign);
            if self.signs.len() > 2 * SIGNERS {
                prune(&mut self.signs, SIGNERS, |_| 0);
            }
        }
    }

    /// Joins two parts; the order does not matter.
    pub fn merge(&mut self, other: Self) {
        for (key, used) in other.used {
            self.used.entry(key).or_default().merge(used);
        }
        for (key, issue) in other.issued {
            add_issue(&mut self.issued, key, issue);
        }
        for (who, signs) in other.signs {
            let known = self.signs.entry(who).or_default();
            signs.into_iter().for_each(|sign| issuing::add_sign(known, sign));
        }
        self.trails.merge(&other.trails);
        self.crowded |= other.crowded;
        self.bound(2);
    }

    /// Cuts down what is more than `slack` times its cap.
    pub(crate) fn bound(&mut self, slack: usize) {
        self.crowded |= self.used.len().max(self.issued.len()) > KEYS;
        if self.used.len() > slack * KEYS {
            prune(&mut self.used, KEYS, |used| used.rank);
        }
        if self.issued.len() > slack * KEYS {
            prune(&mut self.issued, KEYS, Issue::rank);
        }
        if self.signs.len() > slack * SIGNERS {
            prune(&mut self.signs, SIGNERS, |_| 0);
        }
    }
}

fn add_issue(issued: &mut Map<String, Issue>, key: String, issue: Issue) {
    match issued.get_mut(&key) {
        Some(known) => known.merge(issue),
        None => drop(issued.insert(key, issue)),
    }
}

/// Keeps `cap` entries, those of the lowest rank first: a rank must follow from the key alone.
fn prune<V>(map: &mut Map<String, V>, cap: usize, rank: impl Fn(&V) -> u8) {
    let order = |key: &str, value: &V| (rank(value), fnv(key.as_bytes()));
    let mut all: Vec<(u8, u64)> = map.iter().map(|(key, value)| order(key, value)).collect();
    all.sort_unstable();
    if let Some(limit) = all.get(cap) {
        map.retain(|key, value| order(key, value) < *limit);
    }
}

impl Used {
    fn observe(&mut self, record: &Record<'_>, head: &Head<'_>, event: EventRef) {
        let (identity, time) = (head.identity(), head.time);
        // What only one record tells is that of the earliest, whatever the order of reading.
        let early = self.count == 0 || sortable(time) <= sortable(self.first);
        let same = self.count > 0 && sortable(time) == sortable(self.first);
        self.count += 1;
        self.first = earlier(self.first, time);
        self.last = self.last.max(time);
        let name = principal_name(identity);
        self.principal.add(&name, time);
        if early {
            let words = issuing::identity_words(identity, &name);
            self.identity = if same { self.identity.max(words) } else { words };
        }
        self.rank = self.rank.max(rank(identity.access_key, &name));
        for (set, text) in
            [(&mut self.id, identity.principal_id), (&mut self.account, identity.account)]
        {
            if let Some(text) = text {
                set.add(&text.text(), time);
            }
        }
        let address = head.address.map(Str::text).unwrap_or_default();
        self.addresses.add(&address, time);
        self.direct |= !agent::is_service_address(&address);
        if let Some(region) = head.region {
            self.regions.add(&region.text(), time);
        }
        if let Some(service) = identity.invoked_by {
            self.services.add(&service.text(), time);
        }
        if let Some(born) = identity.attributes.and_then(|own| own.text_of("creationDate")) {
            self.born = earlier(self.born, Timestamp::parse(&born.text()));
        }
        if let Some(version) = identity.role_delivery {
            self.metadata = self.metadata.max(if version.is("1.0") { 1 } else { 2 });
        }
        self.console |= head.from_console == Some(true);
        if self.runtime != "Lambda" {
            let runtime = head.user_agent.map(|own| runtime(own.raw())).unwrap_or_default();
            self.runtime = self.runtime.max(runtime);
        }
        self.seen.add(record, head, event);
    }

    fn merge(&mut self, other: Self) {
        self.principal.merge(&other.principal);
        self.id.merge(&other.id);
        self.account.merge(&other.account);
        self.identity = match sortable(self.first).cmp(&sortable(other.first)) {
            Ordering::Less if self.count > 0 => self.identity,
            Ordering::Equal => self.identity.max(other.identity),
            _ => other.identity,
        };
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        self.count += other.count;
        self.addresses.merge(&other.addresses);
        self.regions.merge(&other.regions);
        self.born = earlier(self.born, other.born);
        self.metadata = self.metadata.max(other.metadata);
        self.console |= other.console;
        self.runtime = self.runtime.max(other.runtime);
        self.services.merge(&other.services);
        self.direct |= other.direct;
        self.rank = self.rank.max(other.rank);
        self.seen.merge(other.seen);
    }
}

/// How dear a key is when there are too many: those that last first, those of machines last.
fn rank(key: Option<Str<'_>>, name: &str) -> u8 {
    if key.is_some_and(|key| key.raw().starts_with("AKIA")) {
        return 0;
    }
    match principal::session(name) {
        Some((role, _)) if role.starts_with("AWSServiceRole") => 3,
        Some((_, session)) if principal::is_instance(session) => 2,
        _ => 1,
    }
}

/// The runtime that an agent names.
fn runtime(agent: &str) -> &'static str {
    if agent.contains("exec-env/AWS_Lambda") {
        "Lambda"
    } else if agent.contains("exec-env/AWS_ECS") {
        "ECS"
    } else {
        ""
    }
}
