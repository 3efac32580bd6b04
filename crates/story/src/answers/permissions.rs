//! What it may do, as far as what it did and was denied shows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crashcart_model::{Answer, Level, Origin, Outcome};

use super::{Known, UNKNOWN, answer};
use crate::principal::{plain, short};
use crate::suspects::Profile;
use crate::words::{counted_len, listed};

/// Services named of one principal.
const SERVICES: usize = 12;
/// Calls named of one service; how many more there are is said.
const NAMED: usize = 4;

pub(super) fn may_do(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "What may it do?";
    let mut lines = Vec::new();
    let mut origins = Vec::new();
    for profile in known.listed().take(3) {
        let parts = may_do_of(known, profile, &mut origins);
        if !parts.is_empty() {
            lines.push(format!("{} {}", short(profile.name), parts.join("; ")));
        }
    }
    origins.truncate(5);
    if lines.is_empty() {
        let because =
            "nothing telling was done or denied; what its policies allow only the account can tell";
        return answer(QUESTION, UNKNOWN.to_owned(), because.to_owned(), origins);
    }
    let because = "what succeeded here it was permitted, what was denied it was not; not all calls are named; the rest of its permissions only the account can tell";
    answer(QUESTION, lines.join(". "), because.to_owned(), origins)
}

/// Different calls by service.
type Calls = BTreeMap<String, BTreeMap<String, Reverse<Option<Level>>>>;

/// What one principal did, reads included, could have done and was denied.
fn may_do_of(
    known: &Known<'_, '_>,
    profile: &Profile<'_>,
    origins: &mut Vec<Origin>,
) -> Vec<String> {
    let mut calls: [(&str, Calls); 4] = [
        ("did", Calls::new()),
        ("did in its usual work", Calls::new()),
        ("tried as a dry run, permitted and not done", Calls::new()),
        ("was denied", Calls::new()),
    ];
    let aside = known.scene.aside.iter().filter(|entry| entry.parts.actor == profile.name);
    let told = known.scene.entries_of(profile.name).map(|entry| (entry, false));
    for (entry, usual) in told.chain(aside.map(|entry| (entry, true))) {
        let at = match entry.parts.outcome {
            Outcome::Done => usize::from(usual),
            Outcome::Failed if entry.parts.error.contains("DryRunOperation") => 2,
            Outcome::Denied if !usual => 3,
            _ => continue,
        };
        if at == 0 && entry.matters() {
            origins.extend(known.scene.origins(entry.item).into_iter().take(1));
        }
        if let Some((_, calls)) = calls.get_mut(at) {
            let level = Reverse(entry.item.level());
            let calls = calls.entry(entry.parts.service.to_owned()).or_default();
            let known = calls.entry(entry.parts.name.to_owned()).or_insert(level);
            *known = level.min(*known);
        }
    }
    let [did, usual, ..] = &mut calls;
    for (service, calls) in &mut usual.1 {
        calls.retain(|call, _| !did.1.get(service).is_some_and(|did| did.contains_key(call)));
    }
    usual.1.retain(|_, calls| !calls.is_empty());
    calls
        .iter()
        .filter(|(_, calls)| !calls.is_empty())
        .map(|(words, calls)| format!("{words}: {}", by_service(calls)))
        .collect()
}

/// `iam (CreateUser, ListUsers and 10 more)`, what rules fired on first.
fn by_service(calls: &Calls) -> String {
    let mut services: Vec<_> = calls.iter().collect();
    services.sort_by_key(|(_, calls)| calls.values().min().copied());
    let more = services.len().saturating_sub(SERVICES);
    let services = services.into_iter().take(SERVICES).map(|(service, calls)| {
        let mut order: Vec<_> = calls.iter().map(|(call, level)| (*level, call.as_str())).collect();
        order.sort_unstable();
        let names = listed(order.into_iter().map(|(_, call)| call), NAMED);
        format!("{} ({names})", plain(service))
    });
    let tail = if more > 0 {
        format!(" and {}", counted_len(more, "more service"))
    } else {
        String::new()
    };
    format!("{}{tail}", services.collect::<Vec<_>>().join(", "))
}
