//! What the responder asked about: what it is, what was done with it, whom it leads to; and where
//! the material does not hold it, so much in plain words, with where to look. It must never take
//! silence for innocence, nor narrow the story to what was asked.

mod kin;
mod missing;
mod naming;

use std::collections::BTreeSet;

use crashcart_model::{LogText, PivotTold, UniqueId};

use crate::principal::{self, short};
use crate::scene::{Entry, Scene, same_principal};
use crate::witness::Witnesses;
use crate::words::{counted_len, listed};
use crate::{knowledge::Effect, workload};

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

/// All that was asked about, in the order in which it was asked.
pub(crate) fn told(scene: &Scene<'_>) -> Vec<PivotTold> {
    let pivot = scene.material.pivot;
    let asked = [
        (Kind::Key, &pivot.keys),
        (Kind::Principal, &pivot.principals),
        (Kind::Address, &pivot.addresses),
        (Kind::Instance, &pivot.instances),
        (Kind::Resource, &pivot.resources),
    ];
    let mut seen = BTreeSet::new();
    let mut told = Vec::new();
    for (kind, texts) in asked {
        for text in texts {
            if seen.insert((kind.words(), text)) {
                told.push(one(scene, (kind, text)));
            }
        }
    }
    told
}

fn one(scene: &Scene<'_>, (kind, asked): (Kind, &str)) -> PivotTold {
    let users = users(scene, kind, asked);
    let named: Vec<&Entry<'_>> = scene
        .entries
        .iter()
        .chain(&scene.aside)
        .filter(|entry| naming::names(entry, kind, asked))
        .collect();
    let issued = match kind {
        Kind::Key => issued_to(scene, asked),
        _ => kin::sessions_named(scene, kind, asked),
    };
    let found = !users.is_empty() || !named.is_empty() || !issued.is_empty();
    let mut witnesses = Witnesses::default();
    for name in &users {
        if let Some(actor) = scene.facts.actors.get(*name) {
            witnesses.merge(actor.seen.clone());
        }
    }
    named.iter().for_each(|entry| witnesses.merge(entry.item.witnesses.clone()));
    for session in issued.iter().filter_map(|name| scene.facts.sessions.get(*name)) {
        witnesses.merge(session.witnesses.clone());
    }
    let chain = kin::chain(scene, kind, asked);
    PivotTold {
        asked: LogText::from(asked),
        kind: kind.words().to_owned(),
        found,
        what: LogText::new(what(scene, (kind, asked), &users, (&named, &issued))),
        touched: touched(scene, (kind, asked), &users, &named),
        comes_from: kin::comes_from(scene, (kind, asked), (&users, &named), &chain),
        leads_to: kin::leads_to(scene, (kind, asked), &users, &chain),
        next: if found { Vec::new() } else { missing::next(scene, kind, asked) },
        origins: witnesses.origins(scene.material.evidence),
    }
}

/// The principals that are it, used it, or came from it, in order of name.
fn users<'f>(scene: &Scene<'f>, kind: Kind, asked: &str) -> Vec<&'f str> {
    let actors = scene.facts.actors.iter();
    let mut users: Vec<&str> = actors
        .filter(|(name, actor)| match kind {
            Kind::Key => actor.keys.contains(asked),
            Kind::Principal => same_principal(asked, name, actor),
            Kind::Address => actor.addresses.contains(asked),
            Kind::Instance => is_session_of(name, asked),
            Kind::Resource => false,
        })
        .map(|(name, _)| name.as_str())
        .collect();
    users.sort_unstable();
    users
}

/// Whether a principal is the session that EC2 gave to an instance.
pub(crate) fn is_session_of(name: &str, instance: &str) -> bool {
    principal::session(name).is_some_and(|(_, session)| session == instance)
}

/// Sessions that a key was issued for.
fn issued_to<'f>(scene: &Scene<'f>, key: &str) -> Vec<&'f str> {
    let sessions = scene.facts.sessions.iter();
    let mut names: Vec<&str> = sessions
        .filter(|(_, issued)| issued.keys.by_time().contains(&key))
        .map(|(name, _)| name.as_str())
        .collect();
    names.sort_unstable();
    names
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
fn touched(
    scene: &Scene<'_>,
    (kind, asked): (Kind, &str),
    users: &[&str],
    named: &[&Entry<'_>],
) -> Vec<LogText> {
    let by_users = users
        .iter()
        .flat_map(|name| scene.entries_of(name))
        .filter(|entry| !kind.is_of_one_call() || entry.item.asked.contains(asked));
    let mut calls: Vec<&Entry<'_>> = match kind {
        Kind::Key | Kind::Address => by_users.collect(),
        Kind::Principal if !users.is_empty() => by_users.collect(),
        Kind::Principal | Kind::Instance | Kind::Resource => {
            by_users.chain(named.iter().copied()).collect()
        }
    };
    calls.retain(|entry| entry.done() && entry.matters());
    let rank = |entry: &Entry<'_>| match entry.effect() {
        _ if entry.undo || entry.parts.automation => 3,
        Some(Effect::Make(_)) => 0,
        Some(Effect::Change(_) | Effect::Remove(_) | Effect::Read(_)) => 1,
        _ => 2,
    };
    calls.sort_by_key(|entry| (std::cmp::Reverse(entry.item.level()), rank(entry)));
    let mut touched: Vec<LogText> = Vec::new();
    for entry in calls {
        let target = entry.target().map(|target| format!(" {}", target.raw())).unwrap_or_default();
        let by = if named.iter().any(|named| std::ptr::eq(named.item, entry.item)) {
            format!(" by {}", short(entry.parts.actor))
        } else {
            String::new()
        };
        let text = LogText::new(format!("{}{target}{by}", entry.what().raw()));
        if touched.len() < TOUCHED && !touched.contains(&text) {
            touched.push(text);
        }
    }
    touched
}
