//! Whose it is and how it was used.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Answer, FirstKind, Origin, Outcome, Timestamp, UniqueId};

use super::{Known, LISTED, UNKNOWN, answer};
use crate::actor::Actor;
use crate::principal::{plain, short};
use crate::suspects::Profile;
use crate::words::{counted, counted_len, listed, listed_of};
use crate::{agent, firsts, workload};

/// Keys named of one suspect.
const KEYS: usize = 2;

pub(super) fn whose(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "Whose key is it?";
    let pivot = &known.scene.material.pivot.keys;
    let mut lines = Vec::new();
    let mut origins = Vec::new();
    if pivot.is_empty() {
        for profile in known.listed().take(3) {
            origins.extend(known.seen(profile).into_iter().take(2));
            lines.push(owner(known, profile, &mut origins));
        }
    }
    let asked: BTreeSet<&str> = pivot.iter().map(String::as_str).collect();
    let mut users: BTreeMap<&str, BTreeMap<&str, &Actor>> = BTreeMap::new();
    for (name, actor) in &known.scene.facts.actors {
        for key in actor.keys.iter().filter(|key| asked.contains(key)) {
            users.entry(key).or_default().insert(name, actor);
        }
    }
    let mut keys: Vec<&str> = pivot.iter().map(String::as_str).collect();
    if keys.len() > LISTED {
        keys.sort_by_key(|key| !users.contains_key(key));
    }
    for key in keys.iter().take(LISTED) {
        let users = users.remove(key).unwrap_or_default();
        let owners: Vec<String> = users
            .into_iter()
            .map(|(name, actor)| {
                origins
                    .extend(actor.seen.origins(known.scene.material.evidence).into_iter().take(2));
                let issued = issued(known, name, key);
                let at = issued.iter().find_map(|(at, _)| *at);
                let at = at.map_or_else(String::new, |at| format!(" (issued at {at})"));
                origins.extend(issued.map(|(_, origin)| origin));
                format!("{}{at}", short(name))
            })
            .collect();
        let encoded = UniqueId::parse(key).map_or_else(String::new, |id| {
            let account = id.account.map_or_else(String::new, |id| format!(" of account {id}"));
            format!(" ({}{account})", id.kind.words())
        });
        let owners = match &*owners {
            [] => "not used in this material".to_owned(),
            owners => listed(owners.iter().map(String::as_str), LISTED),
        };
        lines.push(format!("{}{encoded}: {owners}", plain(key)));
    }
    if let Some(more) = keys.len().checked_sub(LISTED).filter(|more| *more > 0) {
        lines.push(format!("and {}", counted_len(more, "more key")));
    }
    if lines.is_empty() {
        let because = "no key was asked about and nobody is suspect";
        return answer(QUESTION, UNKNOWN.to_owned(), because.to_owned(), origins);
    }
    let because =
        "userIdentity of the records; the person behind a name, tags or the directory tell";
    answer(QUESTION, lines.join("; "), because.to_owned(), origins)
}

/// A suspect with its keys, those that last first, and the workload that it belongs to.
fn owner(known: &Known<'_, '_>, profile: &Profile<'_>, origins: &mut Vec<Origin>) -> String {
    let mut keys = profile.actor.keys.by_time();
    keys.sort_by_key(|key| !key.starts_with("AKIA"));
    let mut keys: Vec<String> = keys.into_iter().map(str::to_owned).collect();
    for key in keys.iter_mut().take(KEYS) {
        if let Some((at, origin)) = issued(known, profile.name, key) {
            at.iter().for_each(|at| key.push_str(&format!(" (issued at {at})")));
            origins.push(origin);
        }
    }
    let keys = match &*keys {
        [] => "no key logged".to_owned(),
        keys => {
            let whole = !profile.actor.keys.is_full();
            listed_of(keys.iter().map(String::as_str), KEYS, whole)
        }
    };
    let workload = workload::what(known.scene.facts, profile.name);
    let workload = workload.map(|what| format!(", credentials of {what}")).unwrap_or_default();
    format!("{}: {keys}{workload}", short(profile.name))
}

/// When and by which record a key of a session was issued.
fn issued(known: &Known<'_, '_>, session: &str, key: &str) -> Option<(Option<Timestamp>, Origin)> {
    known.scene.facts.sessions.get(session)?.keys.first(key, known.scene.material.evidence)
}

pub(super) fn used(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "How was it used?";
    let mut lines = Vec::new();
    let mut origins = Vec::new();
    for profile in known.listed().take(3) {
        lines.push(use_of(known, profile));
        origins.extend(known.seen(profile).into_iter().take(2));
    }
    if lines.is_empty() {
        let because = "nobody is suspect and nothing was asked about";
        return answer(QUESTION, UNKNOWN.to_owned(), because.to_owned(), origins);
    }
    let left_out = |name: &str| known.scene.split(name).is_some_and(|split| split.calls() > 0);
    let apart = known.listed().take(3).any(|profile| left_out(profile.name));
    let told = known.listed().take(3).map(|p| p.name).collect();
    if let Some((news, more)) = firsts::answer(known.scene, &told, &FirstKind::ALL) {
        lines.push(format!("for the first time: {news}"));
        origins.extend(more);
    }
    let but = if apart { " but the usual work" } else { "" };
    let before = firsts::reach(known.scene, &told);
    let because = format!("counted over all records of this material{but}; {before}");
    answer(QUESTION, lines.join("; "), because, origins)
}

/// `user bob: 35 calls (12 done, 23 denied) from ... to ..., of 8 services, from ..., with ...`
fn use_of(known: &Known<'_, '_>, profile: &Profile<'_>) -> String {
    let actor = profile.actor;
    let mut outcomes = [(0, "done"), (0, "denied"), (0, "failed"), (0, "of unknown outcome")];
    for entry in known.scene.entries_of(profile.name) {
        let at = match entry.parts.outcome {
            Outcome::Done => 0,
            Outcome::Denied => 1,
            Outcome::Failed => 2,
            Outcome::Unknown => 3,
        };
        if let Some((count, _)) = outcomes.get_mut(at) {
            *count += entry.item.count;
        }
    }
    let seen = outcomes.iter().filter(|(count, _)| *count > 0);
    let outcomes: Vec<String> = seen.map(|(count, word)| format!("{count} {word}")).collect();
    let moment = |time: Option<Timestamp>| {
        time.map_or_else(|| "an unknown time".to_owned(), |time| time.to_string())
    };
    let when = if actor.first == actor.last {
        format!("at {}", moment(actor.first))
    } else {
        format!("from {} to {}", moment(actor.first), moment(actor.last))
    };
    let real =
        actor.addresses.by_time().into_iter().filter(|text| !agent::is_service_address(text));
    let mut text = format!(
        "{}: {} ({}) {when}, of {}",
        short(profile.name),
        counted(actor.events, "call"),
        outcomes.join(", "),
        counted_len(actor.services.len(), "service"),
    );
    let tools = profile.tools();
    let tools = tools.iter().map(String::as_str);
    for (word, names) in [
        ("from", listed_of(real, 4, !actor.addresses.is_full())),
        ("with", listed_of(tools, 4, !actor.agents.is_full())),
    ] {
        if !names.is_empty() {
            text.push_str(&format!(", {word} {names}"));
        }
    }
    text
}
