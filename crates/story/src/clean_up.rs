//! Who cut suspects off or took away what they had made: a responder's clean-up, told apart from
//! the attack. It must never take an attacker's removal of its own traces for clean-up, nor clear
//! anybody of something else that it did.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{CleanUp, Environment, LogText, Timestamp};

use crate::agent;
use crate::facts::{Item, earlier};
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
    let mut known: BTreeSet<(&str, *const Item)> = BTreeSet::new();
    let cuts = Cuts::new(scene);
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
            let may = !near || is_responder(scene, actor);
            if may && known.insert((group, std::ptr::from_ref(entry.item))) {
                by.entry((group, actor)).or_default().push(entry);
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
        let cut: BTreeSet<usize> = members.iter().flat_map(|profile| cuts.off(profile)).collect();
        cut.into_iter().filter_map(|number| cuts.calls.get(number)).for_each(|call| add(**call));
    }
    for calls in by.values_mut() {
        calls.sort_by_key(|entry| (entry.item.first.is_none(), entry.item.first, entry.what()));
    }
    CleanUps { by }
}

fn is_responder(scene: &Scene<'_>, name: &str) -> bool {
    Environment::names(&scene.material.environment.responders, name)
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

/// Calls that take a principal's key, password, policies, sessions or itself away.
struct Cuts<'f, 's> {
    calls: Vec<&'s Entry<'f>>,
    /// Numbers of the calls by account and key.
    keys: BTreeMap<(&'f str, &'f str), Vec<usize>>,
    /// By account and the user's or role's name.
    names: BTreeMap<(&'f str, &'f str), Vec<usize>>,
}

impl<'f, 's> Cuts<'f, 's> {
    fn new(scene: &'s Scene<'f>) -> Self {
        let mut cuts = Self { calls: Vec::new(), keys: BTreeMap::new(), names: BTreeMap::new() };
        let entries = scene.entries.iter().chain(&scene.aside);
        for entry in entries.filter(|entry| entry.done() && entry.parts.service == "iam") {
            let (parts, number) = (entry.parts, cuts.calls.len());
            let (key, name) = match entry.effect() {
                Some(Effect::Remove(kinds)) => {
                    let key = kinds.contains(&("access key", By::Thing));
                    let own =
                        |kind: &str| matches!(kind, "IAM user" | "IAM role" | "login profile");
                    let own = kinds.iter().any(|(kind, _)| own(kind));
                    (key.then_some(parts.thing), own.then_some(parts.thing))
                }
                _ if denies_all(entry) => (None, Some(parts.owner)),
                _ => continue,
            };
            if let Some(key) = key {
                cuts.keys.entry((parts.account, key)).or_default().push(number);
            }
            if let Some(name) = name.map(bare).filter(|name| !name.is_empty()) {
                cuts.names.entry((parts.account, name)).or_default().push(number);
            }
            cuts.calls.push(entry);
        }
        cuts
    }

    /// Numbers of the calls that cut a principal off.
    fn off(&self, profile: &Profile<'f>) -> Vec<usize> {
        let Some(account) = principal::account(profile.name) else { return Vec::new() };
        let keys = profile.actor.keys.iter().filter_map(|key| self.keys.get(&(account, key)));
        let role = principal::session(profile.name).map(|(role, _)| role);
        let names = [principal::user(profile.name), role].into_iter().flatten();
        let named = names.filter_map(|name| self.names.get(&(account, name)));
        keys.chain(named).flatten().copied().collect()
    }
}

/// Takes the suspicion from whom did nothing but clean up: what it took away or changed was a
/// suspect's, and it used no attack tool.
pub(crate) fn spare(scene: &Scene<'_>, clean_ups: &CleanUps<'_>, profiles: &mut [Profile<'_>]) {
    let people: BTreeSet<&str> = clean_ups.by.keys().map(|(_, by)| *by).collect();
    let calls: BTreeSet<*const Item> =
        clean_ups.by.values().flatten().map(|call| std::ptr::from_ref(call.item)).collect();
    for profile in profiles.iter_mut().filter(|profile| people.contains(profile.name)) {
        if profile.score < LISTED || profile.score >= ACT_NOW || profile.actor.tools.len() > 0 {
            continue;
        }
        let mut did = scene.entries_of(profile.name).filter(|entry| changes_or_reads(entry));
        if did.all(|entry| calls.contains(&std::ptr::from_ref(entry.item))) {
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
        .range((group, "")..)
        .take_while(|((of, _), _)| *of == group)
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
