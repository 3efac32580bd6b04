//! Firsts in words, and as the document shows them.

use std::collections::BTreeSet;

use crashcart_model::{First, FirstKind, LogText, Novelty, Origin, Timestamp};

use super::{Fresh, weight};
use crate::history::{Before, DAYS, DAYS_OF_HISTORY, EVENTS_OF_HISTORY, Subject, subject_of};
use crate::principal::{plain, short};
use crate::scene::Scene;
use crate::suspects::known_as;
use crate::witness;
use crate::words::{counted, counted_len, listed};

/// Values named that there were before.
const SEEN: usize = 6;

/// `first time in account 4444..., by taking up role x, after 29 earlier days with 812 calls ...`
pub(super) fn account(scene: &Scene<'_>, first: &Fresh, accounts: usize) -> String {
    let mut text = format!("first time in account {}", plain(&first.what));
    if accounts > 1 {
        text.push_str(&format!(" (and {} more)", accounts - 1));
    }
    if first.key.starts_with("AKIA") {
        text.push_str(&format!(" with key {}", plain(&first.key)));
    }
    if !first.role.is_empty() {
        text.push_str(&format!(", by taking up {}", short(&first.role)));
    }
    text.push_str(&format!(", after {}", before(first)));
    if first.subject.0 == Subject::Key {
        text.push_str("; its owner was there before, this key was not");
    }
    if weight::is_refused(scene, first) {
        text.push_str("; all that it called there was refused");
    }
    if weight::is_own(scene, first) {
        text.push_str("; the environment names the account as own");
    }
    if weight::is_from_usual_place(scene, first) {
        text.push_str("; from where it or others worked before, so it may be by design");
    }
    text
}

/// `29 earlier days with 812 calls in 111122223333 only`
fn before(first: &Fresh) -> String {
    let places = listed(first.seen.iter().map(String::as_str), 3);
    let only = if first.seen.len() == 1 { " only" } else { "" };
    format!("{} in {places}{only}", days(first))
}

/// `29 earlier days with 812 calls`
fn days(first: &Fresh) -> String {
    let least = if first.before.days >= DAYS { "at least " } else { "" };
    let calls = counted(first.before.events, "call");
    format!("{least}{} with {calls}", counted_len(first.before.days, "earlier day"))
}

pub(super) fn address(first: &Fresh) -> String {
    let usual = listed(first.seen.iter().map(String::as_str), 3);
    let what = match first.kind {
        FirstKind::Country => format!(", and its first from {}", plain(&first.what)),
        FirstKind::Network => format!(", and its first from the network {}", plain(&first.what)),
        _ => String::new(),
    };
    format!("from {}, an address new to it{what} (before: {usual})", plain(&first.address))
}

/// Why it is news or unknown.
fn because(scene: &Scene<'_>, first: &Fresh) -> String {
    let what = plain(&first.what);
    let mut text = match (first.novelty, first.kind) {
        (Novelty::Unknown, _) => {
            format!("unknown whether it is new: {} are too little; {}", days(first), lack(scene))
        }
        (_, FirstKind::Account) => account(scene, first, 1),
        (_, FirstKind::Address | FirstKind::Network | FirstKind::Country) => address(first),
        (_, FirstKind::Region) => format!("first time in region {what}, after {}", days(first)),
        (_, FirstKind::UserAgent) => {
            format!("first use of the tool {what}, after {}", days(first))
        }
        (_, FirstKind::Service) => format!("first use of {what}, after {}", days(first)),
    };
    if first.others {
        text.push_str(match first.kind {
            FirstKind::Region => "; its account used the region before",
            _ => "; others worked from there before",
        });
    }
    if let Some(known) = known_as(scene.material.environment, &first.actor) {
        text.push_str(&format!("; the environment names it as {known}"));
    }
    text
}

/// What would make a history.
fn lack(scene: &Scene<'_>) -> String {
    match scene.has_baseline() {
        true => format!(
            "{DAYS_OF_HISTORY} days with {EVENTS_OF_HISTORY} calls are needed, and the baseline \
             does not hold them"
        ),
        false => "--baseline takes earlier logs".to_owned(),
    }
}

/// All firsts for the document.
pub(crate) fn rows(scene: &Scene<'_>) -> Vec<First> {
    scene.firsts.all.iter().map(|first| row(scene, first)).collect()
}

fn row(scene: &Scene<'_>, first: &Fresh) -> First {
    let some = |text: &str| (!text.is_empty()).then(|| LogText::from(text));
    let seen = first.seen.iter().rev().take(SEEN).map(|text| LogText::from(text.as_str()));
    First {
        kind: first.kind,
        novelty: first.novelty,
        who: LogText::from(first.actor.as_str()),
        access_key: some(&first.key),
        what: LogText::from(first.what.as_str()),
        at: Some(Timestamp::from_millis(first.at)),
        address: some(&first.address),
        through: some(&first.role),
        outcome: first.outcome,
        before: crashcart_model::Before {
            days: u64::try_from(first.before.days).unwrap_or(u64::MAX),
            events: first.before.events,
            since: first.before.since.map(Timestamp::from_millis),
            seen: seen.collect(),
            count: u64::try_from(first.seen.len()).unwrap_or(u64::MAX),
        },
        because: because(scene, first),
        origins: origins(scene, first),
    }
}

fn origins(scene: &Scene<'_>, first: &Fresh) -> Vec<Origin> {
    witness::origins(std::iter::once(&first.witness), scene.material.evidence)
}

/// What was new about some principals, for an answer; none where nothing is known to be.
pub(crate) fn answer(
    scene: &Scene<'_>,
    actors: &BTreeSet<&str>,
    kinds: &[FirstKind],
) -> Option<(String, Vec<Origin>)> {
    let told = || {
        let wanted = |first: &&Fresh| first.is_new() && kinds.contains(&first.kind);
        let mine = |first: &&Fresh| actors.contains(first.actor.as_str());
        scene.firsts.all.iter().filter(wanted).filter(mine)
    };
    let whats: BTreeSet<String> = told()
        .map(|first| match first.kind {
            FirstKind::Account => format!("account {}", first.what),
            FirstKind::UserAgent => format!("the tool {}", first.what),
            FirstKind::Address => format!("address {}", first.what),
            FirstKind::Country => format!("the country {}", first.what),
            FirstKind::Network => format!("the network {}", first.what),
            FirstKind::Region | FirstKind::Service => first.what.clone(),
        })
        .collect();
    let origins = told().take(2).flat_map(|first| origins(scene, first)).collect();
    (!whats.is_empty()).then(|| (listed(whats.iter().map(String::as_str), SEEN), origins))
}

/// How far back the history of some principals reaches.
pub(crate) fn reach(scene: &Scene<'_>, actors: &BTreeSet<&str>) -> String {
    let history = &scene.facts.history;
    let days = |actor: &&str| {
        let habits = history.of(Subject::Principal, subject_of(actor))?;
        let last = scene.facts.actors.get(*actor)?.last?;
        Some(habits.before(last.millis()))
    };
    let befores = || actors.iter().map(|actor| (days(actor).unwrap_or_default(), *actor));
    let least = befores().map(|(before, _)| before.days).min();
    let short = befores().filter(|(before, _)| !before.is_history());
    let short = short.min_by_key(|(before, actor)| (before.days, before.events, *actor));
    let least = match (least, short) {
        (Some(least), None) => least,
        (_, short) => return too_short(scene, short),
    };
    let logs = if scene.has_baseline() { " and the baseline" } else { "" };
    let places = match scene.material.places {
        Some(_) => "",
        None => "; addresses are compared as such, their country and network are unknown (--geoip)",
    };
    let days = counted_len(least, "earlier day");
    format!("new is what was not there on {days} of this material{logs}{places}")
}

/// Why nothing can be told of what came before.
fn too_short(scene: &Scene<'_>, least: Option<(Before, &str)>) -> String {
    let (Some((before, actor)), true) = (least, scene.has_baseline()) else {
        return format!(
            "what came before is unknown: fewer than {DAYS_OF_HISTORY} earlier days with \
             {EVENTS_OF_HISTORY} calls (--baseline takes earlier logs)"
        );
    };
    format!(
        "what came before is unknown: with the baseline there are {} with {} of {}, and \
         {DAYS_OF_HISTORY} days with {EVENTS_OF_HISTORY} calls are needed",
        counted_len(before.days, "earlier day"),
        counted(before.events, "call"),
        short(actor)
    )
}
