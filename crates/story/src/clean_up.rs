//! Who cut suspects off or took away what they had made: a responder's clean-up, told apart from
//! the attack. It must never take an attacker's removal of its own traces for clean-up, nor clear
//! anybody of something else that it did.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{CleanUp, Environment, LogText, Timestamp};

use crate::agent;
use crate::facts::earlier;
use crate::incidents::Groups;
use crate::knowledge::{By, Effect};
use crate::principal::{self, bare};
use crate::removal::Removals;
use crate::scene::{Entry, Scene};
use crate::suspects::{ACT_NOW, LISTED, PLAUSIBLE, Profile, changes_or_reads};
use crate::witness::Witnesses;

/// Calls named of one clean-up.
const NAMED: usize = 8;
/// Who cleaned up is named so often.
const PEOPLE: usize = 8;

/// Calls that cleaned up, by group and principal, in order of time.
pub(crate) struct CleanUps<'f> {
    by: BTreeMap<(&'f str, &'f str), Vec<Entry<'f>>>,
}

impl<'f> CleanUps<'f> {
    /// Those who only look like cleaning up: the environment names none of them.
    pub(crate) fn people(&self, scene: &Scene<'_>) -> BTreeSet<&'f str> {
        let by = self.by.keys().map(|(_, by)| *by);
        by.filter(|by| !is_responder(scene, by)).collect()
    }
}

/// Finds all clean-up after the suspects of each group that are worth cutting off.
pub(crate) fn find<'f>(
    scene: &Scene<'f>,
    removals: &Removals<'f>,
    groups: &Groups<'f>,
    profiles: &[Profile<'f>],
) -> CleanUps<'f> {
    let mut by: BTreeMap<(&str, &str), Vec<Entry<'f>>> = BTreeMap::new();
    let entries = || scene.entries.iter().chain(&scene.aside);
    let cuts: Vec<&Entry<'f>> = entries().filter(|entry| entry.done() && may_cut(entry)).collect();
    for (group, members) in groups.members(profiles) {
        if members.iter().all(|profile| profile.score < PLAUSIBLE) {
            continue;
        }
        let since = members.iter().fold(None, |first, p| earlier(first, p.actor.first));
        let addresses: BTreeSet<&str> = members
            .iter()
            .flat_map(|profile| profile.actor.addresses.iter())
            .filter(|address| !agent::is_service_address(address))
            .collect();
        let mut add = |entry: Entry<'f>| {
            let actor = entry.parts.actor;
            if groups.of(actor) == Some(group) || scene.is_service(actor) || entry.item.last < since
            {
                return;
            }
            let near = scene
                .facts
                .actors
                .get(actor)
                .is_none_or(|actor| actor.addresses.iter().any(|a| addresses.contains(a)));
            if !near || is_responder(scene, actor) {
                let calls = by.entry((group, actor)).or_default();
                if !calls.iter().any(|known| std::ptr::eq(known.item, entry.item)) {
                    calls.push(entry);
                }
            }
        };
        for profile in &members {
            for made in scene.entries_of(profile.name).filter(|entry| entry.done()) {
                if let Some(Effect::Make(kind) | Effect::Change(kind)) = made.effect()
                    && let Some(removed) = removals.of(made, kind)
                {
                    add(removed);
                }
            }
        }
        for entry in &cuts {
            if members.iter().any(|profile| cuts_off(entry, profile)) {
                add(**entry);
            }
        }
    }
    for calls in by.values_mut() {
        calls.sort_by_key(|entry| (entry.item.first.is_none(), entry.item.first, entry.what()));
    }
    CleanUps { by }
}

fn is_responder(scene: &Scene<'_>, name: &str) -> bool {
    Environment::names(&scene.material.environment.responders, name)
}

/// Whether a call of IAM takes something away from somebody.
fn may_cut(entry: &Entry<'_>) -> bool {
    let removes = matches!(entry.effect(), Some(Effect::Remove(_)));
    entry.parts.service == "iam" && (removes || denies_all(entry))
}

/// Whether it writes a policy that takes everything away, by the names that AWS itself uses (IAM
/// user guide, "Revoking IAM role temporary security credentials"; AWS managed policy reference).
fn denies_all(entry: &Entry<'_>) -> bool {
    let policy = bare(entry.parts.thing);
    matches!(entry.effect(), Some(Effect::Make(_) | Effect::Change(_) | Effect::Act))
        && ["AWSRevokeOlderSessions", "AWSDenyAll", "AWSCompromisedKeyQuarantine"]
            .iter()
            .any(|name| policy.starts_with(name))
}

/// Whether a call takes a principal's key, password, policies, sessions or itself away.
fn cuts_off(entry: &Entry<'_>, profile: &Profile<'_>) -> bool {
    let parts = &entry.parts;
    if principal::account(profile.name) != Some(parts.account) {
        return false;
    }
    let user = principal::user(profile.name);
    let role = principal::session(profile.name).map(|(role, _)| role);
    let is = |text: &str| {
        let named = Some(bare(text)).filter(|text| !text.is_empty());
        named.is_some() && (named == user || named == role)
    };
    match entry.effect() {
        Some(Effect::Remove(kinds)) => kinds.iter().any(|(kind, by)| match *kind {
            "access key" if *by == By::Thing => profile.actor.keys.contains(parts.thing),
            "IAM user" | "IAM role" | "login profile" => is(parts.thing),
            _ => false,
        }),
        _ => denies_all(entry) && is(parts.owner),
    }
}

/// Takes the suspicion from whom did nothing but clean up: what it took away or changed was a
/// suspect's, and it used no attack tool.
pub(crate) fn spare(scene: &Scene<'_>, clean_ups: &CleanUps<'_>, profiles: &mut [Profile<'_>]) {
    for profile in profiles.iter_mut() {
        if profile.score < LISTED || profile.score >= ACT_NOW || profile.actor.tools.len() > 0 {
            continue;
        }
        let calls: Vec<&Entry<'_>> = clean_ups
            .by
            .iter()
            .filter(|((_, by), _)| *by == profile.name)
            .flat_map(|(_, calls)| calls)
            .collect();
        let cleaned =
            |entry: &Entry<'_>| calls.iter().any(|call| std::ptr::eq(call.item, entry.item));
        let mut did = scene.entries_of(profile.name).filter(|entry| changes_or_reads(entry));
        if !calls.is_empty() && did.all(cleaned) {
            profile.score = LISTED - 1;
            profile.act_now = false;
            let text =
                "all that it changed was taking back what a suspect had: clean-up by its looks";
            profile.because.add(0, text.to_owned());
        }
    }
}

/// Who cleaned up after a group, as the document shows it.
pub(crate) fn told(scene: &Scene<'_>, clean_ups: &CleanUps<'_>, group: &str) -> Vec<CleanUp> {
    let mut told: Vec<CleanUp> = clean_ups
        .by
        .iter()
        .filter(|((of, _), _)| *of == group)
        .map(|((_, by), calls)| one(scene, by, calls))
        .collect();
    told.sort_by(|one, two| {
        (!one.certain, one.first, &one.by).cmp(&(!two.certain, two.first, &two.by))
    });
    told.truncate(PEOPLE);
    told
}

fn one(scene: &Scene<'_>, by: &str, calls: &[Entry<'_>]) -> CleanUp {
    let mut witnesses = Witnesses::default();
    let (mut first, mut last): (Option<Timestamp>, Option<Timestamp>) = (None, None);
    let mut what: Vec<LogText> = Vec::new();
    for entry in calls {
        witnesses.merge(entry.item.witnesses.clone());
        first = earlier(first, entry.item.first);
        last = last.max(entry.item.last);
        let target = entry.target().map(|target| format!(" {}", target.raw())).unwrap_or_default();
        let text = LogText::new(format!("{}{target}", entry.what().raw()));
        if what.len() < NAMED && !what.contains(&text) {
            what.push(text);
        }
    }
    CleanUp {
        by: LogText::from(by),
        certain: is_responder(scene, by),
        what,
        count: calls.iter().map(|entry| entry.item.count).sum(),
        first,
        last,
        origins: witnesses.origins(scene.material.evidence),
    }
}
