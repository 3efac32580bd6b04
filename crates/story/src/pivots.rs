//! What the responder asked about: what it is, what was done with it, whom it leads to; and where
//! the material does not hold it, so much in plain words, with where to look. It must never take
//! silence for innocence, nor narrow the story to what was asked.

mod missing;

use std::collections::BTreeSet;

use crashcart_model::{LogText, PivotTold, UniqueId};

use crate::incidents::{Groups, Members};
use crate::principal::{self, plain, short};
use crate::scene::{Entry, Scene, same_principal};
use crate::suspects::Profile;
use crate::witness::Witnesses;
use crate::words::{counted, counted_len, listed};
use crate::{knowledge::Effect, workload};

/// Calls named of one thing that was asked about.
const TOUCHED: usize = 12;
/// Principals named.
const LEADS: usize = 20;
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
}

/// All that was asked about, in the order in which it was asked.
pub(crate) fn told<'f>(
    scene: &Scene<'f>,
    groups: &Groups<'f>,
    profiles: &[Profile<'f>],
) -> Vec<PivotTold> {
    let pivot = scene.material.pivot;
    let asked = [
        (Kind::Key, &pivot.keys),
        (Kind::Principal, &pivot.principals),
        (Kind::Address, &pivot.addresses),
        (Kind::Instance, &pivot.instances),
        (Kind::Resource, &pivot.resources),
    ];
    let mut seen = BTreeSet::new();
    let members = groups.members(profiles);
    let mut told = Vec::new();
    for (kind, texts) in asked {
        for text in texts {
            if seen.insert((kind.words(), text)) {
                told.push(one(scene, groups, &members, (kind, text)));
            }
        }
    }
    told
}

fn one<'f>(
    scene: &Scene<'f>,
    groups: &Groups<'f>,
    members: &Members<'f, '_>,
    (kind, asked): (Kind, &str),
) -> PivotTold {
    let users = users(scene, kind, asked);
    let named: Vec<&Entry<'_>> = scene
        .entries
        .iter()
        .chain(&scene.aside)
        .filter(|entry| names(entry, kind, asked))
        .collect();
    let issued = if kind == Kind::Key { issued_to(scene, asked) } else { Vec::new() };
    let found = !users.is_empty() || !named.is_empty() || !issued.is_empty();
    let mut witnesses = Witnesses::default();
    for name in &users {
        if let Some(actor) = scene.facts.actors.get(*name) {
            witnesses.merge(actor.seen.clone());
        }
    }
    named.iter().for_each(|entry| witnesses.merge(entry.item.witnesses.clone()));
    PivotTold {
        asked: LogText::from(asked),
        kind: kind.words().to_owned(),
        found,
        what: LogText::new(what(scene, (kind, asked), &users, (&named, &issued))),
        touched: touched(scene, kind, &users, &named),
        leads_to: leads_to(scene, groups, members, (kind, &users, &named, &issued)),
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

/// Whether a call is about it.
fn names(entry: &Entry<'_>, kind: Kind, asked: &str) -> bool {
    if !matches!(kind, Kind::Key | Kind::Instance | Kind::Resource) {
        return false;
    }
    let bare = principal::bare(asked);
    let is =
        |text: &str| text.split(", ").any(|thing| thing == asked || principal::bare(thing) == bare);
    is(entry.parts.thing) || kind != Kind::Key && is(entry.parts.owner)
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
    if let [session, ..] = issued {
        parts.push(format!("issued to {}", short(session)));
    }
    let workloads: BTreeSet<String> =
        users.iter().filter_map(|name| workload::what(scene.facts, name)).collect();
    if kind != Kind::Instance && !workloads.is_empty() {
        let names = listed(workloads.iter().map(String::as_str), NAMED);
        parts.push(format!("credentials of {names}"));
    }
    let calls: u64 = named.iter().map(|entry| entry.item.count).sum();
    if calls > 0 {
        parts.push(format!("named by {}", counted(calls, "call")));
    }
    parts.join("; ")
}

/// What was done with it, dearest first, each call once.
fn touched(scene: &Scene<'_>, kind: Kind, users: &[&str], named: &[&Entry<'_>]) -> Vec<LogText> {
    let by_users = users.iter().flat_map(|name| scene.entries_of(name));
    let mut calls: Vec<&Entry<'_>> = match kind {
        Kind::Key | Kind::Principal | Kind::Address => by_users.collect(),
        Kind::Instance | Kind::Resource => by_users.chain(named.iter().copied()).collect(),
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

/// Who is behind it, then who belongs to them, then whom they made or asked for.
fn leads_to<'f>(
    scene: &Scene<'f>,
    groups: &Groups<'f>,
    members: &Members<'f, '_>,
    (kind, users, named, issued): (Kind, &[&str], &[&Entry<'_>], &[&str]),
) -> Vec<LogText> {
    let mut names: Vec<&str> = Vec::new();
    if kind != Kind::Principal {
        names.extend(users);
    }
    names.extend(issued);
    let by = named.iter().filter(|entry| entry.matters()).map(|entry| entry.parts.actor);
    names.extend(by.filter(|name| !scene.is_service(name)));
    for group in users.iter().filter_map(|name| groups.of(name)) {
        names.extend(members.get(group).into_iter().flatten().map(|profile| profile.name));
    }
    names.extend(users.iter().flat_map(|name| scene.sessions_of(name)));
    let mut leads: Vec<LogText> = Vec::new();
    let own = |name: &str| kind == Kind::Principal && users.contains(&name);
    for name in names {
        let text = LogText::from(name);
        if leads.len() < LEADS && !own(name) && !leads.contains(&text) {
            leads.push(text);
        }
    }
    for entry in users.iter().flat_map(|name| scene.entries_of(name)) {
        if let Some(Effect::Make(made @ ("IAM user" | "access key" | "IAM role"))) = entry.effect()
            && entry.done()
            && !entry.parts.automation
        {
            let target = entry.target().map(|target| plain(target.raw())).unwrap_or_default();
            let text = LogText::new(format!("{made} {target}"));
            if leads.len() < LEADS && !leads.contains(&text) {
                leads.push(text);
            }
        }
    }
    leads
}
