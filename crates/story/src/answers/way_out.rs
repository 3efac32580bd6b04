//! How credentials got out: the signs of it. The material itself never proves how.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Answer, Origin};

use super::{Known, UNKNOWN, answer};
use crate::facts::earlier;
use crate::knowledge::plain_name;
use crate::principal::{self, bare, plain, short};
use crate::scene::{Entry, Scene};
use crate::suspects::Profile;
use crate::witness::Witnesses;
use crate::words::{counted, listed};
use crate::workload;

pub(super) fn got_out(known: &Known<'_, '_>) -> Answer {
    let hints: Vec<String> = known
        .listed()
        .flat_map(|p| p.because.iter().map(move |text| (p, text)))
        .filter(|(_, text)| {
            text.starts_with("AWS put")
                || text.starts_with("credentials of") && text.contains(" used from ")
        })
        .map(|(p, text)| format!("{}: {text}", short(p.name)))
        .take(3)
        .collect();
    let delivered = known.listed().filter(|p| p.actor.metadata_v1).map(|p| {
        let who = short(p.name);
        format!("{who} got them by IMDSv1, which a flaw of a web application can reach, and which proves no theft")
    });
    let calls = invocations(known.scene);
    let invoked: Vec<Invoked> =
        known.listed().filter_map(|profile| invoked(known, &calls, profile)).take(3).collect();
    let called = invoked.iter().map(|invoked| invoked.sentence.clone());
    let hints: Vec<String> = hints.into_iter().chain(delivered.take(1)).chain(called).collect();
    let origins: Vec<Origin> = known
        .listed()
        .flat_map(|p| [&p.actor.desktop, &p.actor.attack])
        .flat_map(|seen| seen.origins(known.scene.material.evidence).into_iter().take(1))
        .take(5)
        .chain(invoked.into_iter().flat_map(|invoked| invoked.origins.into_iter().take(2)))
        .collect();
    let because = if hints.is_empty() {
        "not in this material: code repositories, images, the hosts that held the key and their web logs would tell".to_owned()
    } else {
        format!(
            "signs: {}; how they were taken, the host's and its web server's logs would tell",
            hints.join("; ")
        )
    };
    answer("How did it get out?", UNKNOWN.to_owned(), because, origins)
}

/// Calls of a function whose credentials are in other hands.
struct Invoked {
    sentence: String,
    origins: Vec<Origin>,
}

/// Calls of functions that were done, by function.
type Invocations<'s, 'f> = BTreeMap<&'f str, Vec<&'s Entry<'f>>>;

fn invocations<'s, 'f>(scene: &'s Scene<'f>) -> Invocations<'s, 'f> {
    let mut calls = Invocations::new();
    for entry in scene.entries.iter().filter(|entry| entry.done()) {
        let name = plain_name(entry.parts.name);
        if entry.parts.service == "lambda" && matches!(name, "Invoke" | "InvokeAsync") {
            calls.entry(bare(entry.parts.thing)).or_default().push(entry);
        }
    }
    calls
}

/// Who called the function that a suspect's session belongs to, where the material tells; Lambda
/// names the session after the function. A caller's input is what reaches a function first.
fn invoked(
    known: &Known<'_, '_>,
    calls: &Invocations<'_, '_>,
    profile: &Profile<'_>,
) -> Option<Invoked> {
    let (_, function) = principal::session(profile.name)?;
    let scene = known.scene;
    workload::what(scene.facts, profile.name).filter(|what| what == workload::FUNCTION)?;
    let (mut count, mut first, mut last) = (0, None, None);
    let (mut by, mut witnesses) = (BTreeSet::new(), Witnesses::default());
    for entry in calls.get(function)? {
        count += entry.item.count;
        first = earlier(first, entry.item.first);
        last = last.max(entry.item.last);
        by.insert(entry.parts.actor);
        witnesses.merge(entry.item.witnesses.clone());
    }
    let (first, last) = (first?, last?);
    let when =
        if first == last { format!("at {first}") } else { format!("from {first} to {last}") };
    let by: Vec<String> = by.into_iter().map(short).collect();
    let sentence = format!(
        "function {} was called {} {when} by {}, and what a caller sends can make a function tell them",
        plain(function),
        counted(count, "time"),
        listed(by.iter().map(String::as_str), 2)
    );
    Some(Invoked { sentence, origins: witnesses.origins(scene.material.evidence) })
}
