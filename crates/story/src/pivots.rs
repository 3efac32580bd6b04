//! What the responder asked about: what it is, what was done with it, whom it leads to; and where
//! the material does not hold it, so much in plain words, with where to look. It must never take
//! silence for innocence, nor narrow the story to what was asked.

mod index;
mod kin;
mod missing;
mod naming;

use std::collections::BTreeSet;

use crashcart_model::{FindingRead, LogText, PivotTold, Session, UniqueId};

use crate::blind_spots::LeftOut;
use crate::knowledge::Effect;
use crate::principal::{plain, short};
use crate::scene::{Entry, Scene};
use crate::sessions::Chains;
use crate::witness::Witnesses;
use crate::words::{counted_len, listed};
use crate::{Alert, Pivot, workload};
use index::{Found, Index};

/// Calls named of one thing that was asked about.
const TOUCHED: usize = 12;
/// Names in one sentence.
const NAMED: usize = 4;

/// What one pivot is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Key,
    Principal,
    Address,
    Instance,
    Resource,
}

impl Kind {
    const fn words(self) -> &'static str {
        match self {
            Kind::Key => "access key",
            Kind::Principal => "principal",
            Kind::Address => "address",
            Kind::Instance => "instance",
            Kind::Resource => "resource",
        }
    }

    /// Whether each call tells by itself if it was made with it or from it.
    const fn is_of_one_call(self) -> bool {
        matches!(self, Kind::Key | Kind::Address)
    }
}

/// What was asked about, and the findings that were given.
pub(crate) struct Told {
    pub(crate) pivots: Vec<PivotTold>,
    pub(crate) findings: Vec<FindingRead>,
}

/// All that was asked about, in the order in which it was asked. Where findings ask, what is in the
/// material comes first: they may name thousands of things, and not all are told.
pub(crate) fn told(scene: &Scene<'_>, left_out: &mut LeftOut) -> Told {
    let asked = each(scene.material.pivot);
    if asked.is_empty() && scene.material.alerts.is_empty() {
        return Told { pivots: Vec::new(), findings: Vec::new() };
    }
    let index = Index::new(scene);
    let mut seen = BTreeSet::new();
    let new = asked.into_iter().filter(|(kind, text)| seen.insert((kind.words(), *text)));
    let mut found: Vec<_> = new.map(|(kind, text)| (kind, text, index.find(kind, text))).collect();
    if !scene.material.alerts.is_empty() {
        found.sort_by_key(|(_, _, found)| !found.is_here());
    }
    let found = left_out.cut("what was asked about", found);
    let chains = Chains::new(&scene.facts.keys, scene.material.evidence);
    let pivots = found.into_iter().map(|(kind, text, found)| {
        let chain = if kind == Kind::Key { chains.of(text) } else { Vec::new() };
        one(scene, (kind, text), &found, &chain)
    });
    Told { pivots: pivots.collect(), findings: findings(scene, &index, left_out) }
}

/// The findings: those that name what is in the material, those that nobody could read, the rest.
fn findings(scene: &Scene<'_>, index: &Index<'_, '_>, left_out: &mut LeftOut) -> Vec<FindingRead> {
    let rank = |alert: &Alert| {
        let here = each(&alert.asks).iter().any(|(kind, text)| index.find(*kind, text).is_here());
        (!here, alert.read.form != FindingRead::UNKNOWN)
    };
    let mut alerts: Vec<&Alert> = scene.material.alerts.iter().collect();
    let unread: Vec<&FindingRead> =
        alerts.iter().map(|a| &a.read).filter(|read| read.form == FindingRead::UNKNOWN).collect();
    left_out.unread = unread.first().map(|read| {
        let part = read.not_understood.first();
        let (place, why) = part.map(|part| (part.path.raw(), &*part.meaning)).unwrap_or_default();
        (unread.len(), plain(&format!("{}: {why}", format!("{} {place}", read.path).trim_end())))
    });
    alerts.sort_by_cached_key(|alert| rank(alert));
    let alerts = left_out.cut("findings that were given", alerts);
    alerts.into_iter().map(|alert| alert.read.clone()).collect()
}

/// What is asked about, with its kind.
fn each(pivot: &Pivot) -> Vec<(Kind, &str)> {
    let asked = [
        (Kind::Key, &pivot.keys),
        (Kind::Principal, &pivot.principals),
        (Kind::Address, &pivot.addresses),
        (Kind::Instance, &pivot.instances),
        (Kind::Resource, &pivot.resources),
    ];
    let each = asked.iter().flat_map(|(kind, texts)| texts.iter().map(|text| (*kind, &**text)));
    each.collect()
}

fn one(
    scene: &Scene<'_>,
    (kind, asked): (Kind, &str),
    found: &Found<'_, '_>,
    chain: &[Session],
) -> PivotTold {
    let Found { users, named, issued } = found;
    let mut witnesses = Witnesses::default();
    for name in users {
        if let Some(actor) = scene.facts.actors.get(*name) {
            witnesses.merge(actor.seen.clone());
        }
    }
    named.iter().for_each(|entry| witnesses.merge(entry.item.witnesses.clone()));
    for session in issued.iter().filter_map(|name| scene.facts.sessions.get(*name)) {
        witnesses.merge(session.witnesses.clone());
    }
    let next = if found.is_here() { Vec::new() } else { missing::next(scene, kind, asked) };
    PivotTold {
        asked: LogText::from(asked),
        kind: kind.words().to_owned(),
        found: found.is_here(),
        what: LogText::new(what(scene, (kind, asked), users, (named, issued))),
        touched: touched(scene, (kind, asked), users),
        done_to: done_to(kind, users, named),
        comes_from: kin::comes_from(scene, (kind, asked), (users, named), chain),
        leads_to: kin::leads_to(scene, (kind, asked), users, chain),
        next,
        origins: witnesses.origins(scene.material.evidence),
    }
}

fn what(
    scene: &Scene<'_>,
    (kind, asked): (Kind, &str),
    users: &[&str],
    (named, issued): (&[&Entry<'_>], &[&str]),
) -> String {
    let people = || {
        let names: Vec<String> = users.iter().map(|name| short(name)).collect();
        listed(names.iter().map(String::as_str), NAMED)
    };
    let mut parts = Vec::new();
    if let Some(id) = UniqueId::parse(asked) {
        let account = id.account.map(|account| format!(" of account {account}"));
        parts.push(format!("{}{}", id.kind.words(), account.unwrap_or_default()));
    }
    match (kind, users) {
        (_, []) => {}
        (Kind::Key, _) => parts.push(format!("used by {}", people())),
        (Kind::Principal, [_]) => parts.push(people()),
        (Kind::Principal, many) => {
            parts.push(format!("{}: {}", counted_len(many.len(), "principal"), people()));
        }
        (Kind::Address, [_]) => parts.push(format!("used by {} alone", people())),
        (Kind::Address, many) => parts.push(format!(
            "shared by {} ({}): one person's names, a network, or anonymised logs",
            counted_len(many.len(), "principal"),
            people()
        )),
        (Kind::Instance | Kind::Resource, _) => {
            parts.push(format!("its credentials are {}", people()));
        }
    }
    if let ([session, ..], Kind::Key) = (issued, kind) {
        parts.push(format!("issued to {}", short(session)));
    }
    let workloads: BTreeSet<String> =
        users.iter().filter_map(|name| workload::what(scene.facts, name)).collect();
    if kind != Kind::Instance && !workloads.is_empty() {
        let names = listed(workloads.iter().map(String::as_str), NAMED);
        parts.push(format!("credentials of {names}"));
    }
    let silent = users.is_empty();
    if silent && !(named.is_empty() && issued.is_empty()) && kind != Kind::Resource {
        parts.push("made no call here".to_owned());
    }
    let of_its_name = if kind == Kind::Key { &[] } else { issued };
    let named = naming::sentence(scene, named, of_its_name, silent);
    parts.extend(Some(named).filter(|named| !named.is_empty()));
    parts.join("; ")
}

/// What was done by it, with it or from it, dearest first, each call once. What a principal did
/// with other keys or from elsewhere is not the key's or the address's doing.
fn touched(scene: &Scene<'_>, (kind, asked): (Kind, &str), users: &[&str]) -> Vec<LogText> {
    let calls = users
        .iter()
        .flat_map(|name| scene.entries_of(name))
        .filter(|entry| !kind.is_of_one_call() || entry.item.asked.contains(asked));
    dearest(calls.collect(), |_| String::new())
}

/// What others did that is about it, each with who. Of a key that is how it came to be, and of a
/// principal that made calls its own say more.
fn done_to(kind: Kind, users: &[&str], named: &[&Entry<'_>]) -> Vec<LogText> {
    let told = match kind {
        Kind::Key | Kind::Address => false,
        Kind::Principal => users.is_empty(),
        Kind::Instance | Kind::Resource => true,
    };
    let others = named.iter().filter(|entry| told && !users.contains(&entry.parts.actor));
    dearest(others.copied().collect(), |entry| format!(" by {}", short(entry.parts.actor)))
}

/// Calls that were done and matter in words, dearest first.
fn dearest(mut calls: Vec<&Entry<'_>>, by: impl Fn(&Entry<'_>) -> String) -> Vec<LogText> {
    calls.retain(|entry| entry.done() && entry.matters());
    let rank = |entry: &Entry<'_>| match entry.effect() {
        _ if entry.undo || entry.parts.automation => 3,
        Some(Effect::Make(_)) => 0,
        Some(Effect::Change(_) | Effect::Remove(_) | Effect::Read(_)) => 1,
        _ => 2,
    };
    calls.sort_by_key(|entry| (std::cmp::Reverse(entry.item.level()), rank(entry)));
    let mut told: Vec<LogText> = Vec::new();
    for entry in calls {
        let target = entry.target().map(|target| format!(" {}", target.raw())).unwrap_or_default();
        let text = LogText::new(format!("{}{target}{}", entry.what().raw(), by(entry)));
        if told.len() < TOUCHED && !told.contains(&text) {
            told.push(text);
        }
    }
    told
}
