//! What it may do, as far as what it did and was denied shows.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use crashcart_model::{Answer, Level, Origin, Outcome};

use super::{Known, LISTED, UNKNOWN, answer};
use crate::principal::short;
use crate::suspects::Profile;
use crate::words::listed;

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
    let because = "only what succeeded or was denied here is known; the rest of its permissions only the account can tell";
    answer(QUESTION, lines.join(". "), because.to_owned(), origins)
}

/// Calls with the highest level of a rule that fired on them.
type Calls = BTreeMap<String, Reverse<Option<Level>>>;

/// What one principal did, could have done and was denied, what rules fired on first.
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
            Outcome::Done if entry.matters() => usize::from(usual),
            Outcome::Failed if entry.parts.error.contains("DryRunOperation") => 2,
            Outcome::Denied if !usual => 3,
            _ => continue,
        };
        if at == 0 {
            origins.extend(known.scene.origins(entry.item).into_iter().take(1));
        }
        if let Some((_, calls)) = calls.get_mut(at) {
            let level = Reverse(entry.item.level());
            let known = calls.entry(entry.what().raw().to_owned()).or_insert(level);
            *known = level.min(*known);
        }
    }
    let [did, usual, ..] = &mut calls;
    usual.1.retain(|call, _| !did.1.contains_key(call));
    let in_order = |calls: &Calls| {
        let mut order: Vec<_> = calls.iter().map(|(call, level)| (*level, call.as_str())).collect();
        order.sort_unstable();
        listed(order.into_iter().map(|(_, call)| call), LISTED)
    };
    calls
        .iter()
        .filter(|(_, calls)| !calls.is_empty())
        .map(|(words, calls)| format!("{words}: {}", in_order(calls)))
        .collect()
}
