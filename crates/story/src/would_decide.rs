//! What would decide whether it is an incident, or how far it went: the next log to read or the
//! question to ask, as concrete as the material allows. It must never ask for what was read.

use std::collections::BTreeSet;

use crashcart_model::{Gap, GapReason, LogText};

use crate::clean_up::CleanUps;
use crate::denial::Denials;
use crate::outsiders::Outsider;
use crate::principal::{self, plain, short};
use crate::scene::{Entry, Scene};
use crate::suspects::{PLAUSIBLE, Profile, changes_or_reads};
use crate::words::listed;
use crate::{agent, workload};

/// Questions told.
const TOLD: usize = 5;
/// People asked.
const PEOPLE: usize = 2;
/// Names in one question.
const NAMED: usize = 3;

/// For an incident: what would confirm it and tell its extent.
pub(crate) fn confirm(
    scene: &Scene<'_>,
    guilty: &[&Profile<'_>],
    clean_ups: &CleanUps<'_>,
) -> Vec<String> {
    let mut ask: Vec<String> = guilty.iter().take(1).map(|profile| owner(scene, profile)).collect();
    ask.extend(cleaning(scene, clean_ups));
    ask.extend(issuers(scene, guilty));
    ask.extend(accounts(scene, guilty));
    ask.extend(objects(scene, guilty));
    ask.truncate(TOLD);
    ask
}

/// For doubts: whom to ask about what, and which log to read.
pub(crate) fn doubts(
    scene: &Scene<'_>,
    profiles: &[Profile<'_>],
    outsiders: &[Outsider<'_, '_>],
) -> Vec<String> {
    let doubtful: Vec<&Profile<'_>> = profiles
        .iter()
        .filter(|profile| {
            profile.score >= PLAUSIBLE
                || profile.pivot
                || Denials::new(scene, profile.name, profile.actor).calls >= 5
        })
        .collect();
    let mut ask: Vec<String> =
        doubtful.iter().take(PEOPLE).map(|profile| owner(scene, profile)).collect();
    ask.extend(outsiders.iter().take(PEOPLE).flat_map(|outsider| outsider.asks(scene)));
    if ask.is_empty() {
        ask.extend(cited(scene));
    }
    ask.extend(issuers(scene, &doubtful));
    ask.extend(accounts(scene, &doubtful));
    ask.extend(objects(scene, &doubtful));
    ask.extend(before(scene));
    ask.truncate(TOLD);
    ask
}

/// What the owner of a principal is to be asked.
fn owner(scene: &Scene<'_>, profile: &Profile<'_>) -> String {
    let mut calls: Vec<&Entry<'_>> =
        scene.entries_of(profile.name).filter(|entry| changes_or_reads(entry)).collect();
    if calls.is_empty() {
        calls = scene.entries_of(profile.name).collect();
    }
    calls.sort_by_key(|entry| std::cmp::Reverse(entry.item.level()));
    let did = calls.first().map_or_else(String::new, |entry| {
        let from = address_of(entry, profile).map(|from| format!(", from {from}"));
        format!("{}{}", call_in_words(entry), plain(&from.unwrap_or_default()))
    });
    let who = short(profile.name);
    match workload::what(scene.facts, profile.name) {
        Some(what) => format!("ask the owner of {what}: whether its own code as {who}{did}"),
        None => format!("ask the owner of {who}: whether it was they who{did}"),
    }
}

/// ` called iam:CreateUser mallory at ...`
pub(crate) fn call_in_words(entry: &Entry<'_>) -> String {
    let at = entry.item.first.map(|at| format!(" at {at}")).unwrap_or_default();
    let target = entry.target().map(|target| format!(" {}", target.raw())).unwrap_or_default();
    plain(&format!(" called {}{target}{at}", entry.what().raw()))
}

/// Where that very call came from: none where a service made it, or where its caller worked in
/// more ways than are told apart and came from several addresses.
fn address_of<'p>(entry: &Entry<'p>, profile: &Profile<'p>) -> Option<&'p str> {
    let way = Some(entry.parts.way.address).filter(|address| !address.is_empty());
    let only = || match profile.actor.addresses.by_time()[..] {
        [only] if !agent::is_service_address(only) => Some(only),
        _ => None,
    };
    way.or_else(only)
}

/// Sessions whose issuing call is not here.
fn issuers(scene: &Scene<'_>, suspects: &[&Profile<'_>]) -> Option<String> {
    let orphans: Vec<&&Profile<'_>> = suspects
        .iter()
        .filter(|profile| principal::session(profile.name).is_some())
        .filter(|profile| !scene.facts.sessions.contains_key(profile.name))
        .collect();
    let first = orphans.first()?;
    let account = principal::account(first.name).unwrap_or("unknown");
    let before =
        first.actor.first.map(|at| format!(" in the 12 hours before {at}")).unwrap_or_default();
    let who = short(first.name);
    Some(format!(
        "read the AssumeRole call behind {who}{before}, in the CloudTrail of account {account}, \
         us-east-1 too: it names who asked for it and from where"
    ))
}

/// Accounts that suspects came from or let in, whose trails are not here.
fn accounts(scene: &Scene<'_>, suspects: &[&Profile<'_>]) -> Option<String> {
    let read: BTreeSet<&str> = scene.material.coverage.accounts.iter().map(LogText::raw).collect();
    if read.is_empty() {
        return None;
    }
    let mut others: BTreeSet<&str> = BTreeSet::new();
    for profile in suspects {
        let own = profile.actor.accounts.iter();
        others.extend(own.filter(|account| is_account(account) && !read.contains(account)));
    }
    (!others.is_empty()).then(|| {
        let others = listed(others, NAMED);
        format!("read the CloudTrail of account {others}, where a suspect belongs")
    })
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Buckets that suspects looked into or opened, where reads of objects are not logged.
fn objects(scene: &Scene<'_>, suspects: &[&Profile<'_>]) -> Option<String> {
    if scene.facts.s3_data_events {
        return None;
    }
    let buckets: BTreeSet<&str> = suspects
        .iter()
        .flat_map(|profile| scene.entries_of(profile.name))
        .filter(|entry| entry.parts.service == "s3" && entry.done())
        .map(|entry| entry.parts.thing)
        .filter(|thing| !thing.is_empty() && !thing.contains(", "))
        .collect();
    (!buckets.is_empty()).then(|| {
        let buckets = listed(buckets, NAMED);
        format!(
            "read S3 data events or S3 access logs of {buckets}: this material does not show \
             whether objects were read"
        )
    })
}

/// The strongest call that a finding cites, where it is nobody's in particular.
fn cited(scene: &Scene<'_>) -> Option<String> {
    let finding = scene.material.findings.first()?;
    let who: Vec<String> = finding.principals.iter().map(|name| short(name.raw())).collect();
    if who.is_empty() {
        return None;
    }
    let who = listed(who.iter().map(String::as_str), NAMED);
    let at = finding.first.map(|at| format!(" at {at}")).unwrap_or_default();
    Some(format!("ask the owner of {who}: whether '{}'{at} was their work", plain(&finding.title)))
}

fn before(scene: &Scene<'_>) -> Option<String> {
    let first = scene.material.coverage.first?;
    Some(format!(
        "read the trails of all accounts and regions for the days before {first}: whether these \
         principals have worked like this before"
    ))
}

/// For too little material, or none that tells outcomes.
pub(crate) fn more(scene: &Scene<'_>) -> Vec<String> {
    let coverage = scene.material.coverage;
    let mut ask = Vec::new();
    ask.extend(unread(&coverage.gaps));
    let range = coverage.first.zip(coverage.last);
    let days = range.map(|(first, last)| format!(" before {first} and after {last}"));
    let days = days.unwrap_or_else(|| " before and after".to_owned());
    ask.push(format!("read the trails of all accounts and regions for the days{days}"));
    ask
}

/// What to do about a stretch that was not read: what came damaged is fetched again first. What is
/// no record that is known here would be none the second time either.
fn unread(gaps: &[Gap]) -> Option<String> {
    let damaged = |gap: &&Gap| {
        use GapReason::{Changed, Corrupt, Missing, Truncated, Unreadable};
        matches!(gap.reason, Changed | Corrupt | Missing | Truncated | Unreadable)
    };
    if let Some(gap) = gaps.iter().find(damaged) {
        let path = plain(&gap.path);
        return Some(format!("get {path} again, whole, and read it: part of it could not be read"));
    }
    let gap = gaps.iter().find(|gap| gap.reason != GapReason::NotUtf8)?;
    let (path, reason) = (plain(&gap.path), gap.reason.words());
    Some(format!("look into {path} by other means, if it may matter: not read here ({reason})"))
}

/// For an incident that somebody has begun to clean up.
fn cleaning(scene: &Scene<'_>, clean_ups: &CleanUps<'_>) -> Option<String> {
    let by: Vec<String> = clean_ups.people(scene).into_iter().map(short).collect();
    (!by.is_empty()).then(|| {
        let by = listed(by.iter().map(String::as_str), NAMED);
        format!("ask {by}: whether taking away what suspects made was the response to this")
    })
}
