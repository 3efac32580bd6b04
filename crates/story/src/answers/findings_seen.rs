//! What calls of the material tell of findings: that there were some, that somebody asked for them,
//! that they were hidden. It must never take a question for an answer: CloudTrail does not log what
//! a listing returned.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::Origin;

use super::Known;
use crate::principal::short;
use crate::scene::Entry;
use crate::words::listed;

/// Names in one sentence.
const NAMED: usize = 3;

/// What one kind of call proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    /// There were findings: the call names them, or brings them.
    Existed,
    /// They were hidden, or would be.
    Hidden,
    /// Somebody asked.
    Asked,
}

/// The services that hold findings, as people call them.
fn service(name: &str) -> Option<&'static str> {
    Some(match name {
        "guardduty" => "GuardDuty",
        "securityhub" => "Security Hub",
        "macie2" => "Macie",
        "inspector2" => "Inspector",
        "access-analyzer" => "Access Analyzer",
        "detective" => "Detective",
        _ => return None,
    })
}

fn sign(entry: &Entry<'_>) -> Option<Sign> {
    let (name, variant) = (entry.parts.name, entry.parts.variant);
    match name {
        "GetFindings" if variant == "named" => Some(Sign::Existed),
        "BatchImportFindings" | "UnarchiveFindings" | "UpdateFindingsFeedback" => {
            Some(Sign::Existed)
        }
        "ArchiveFindings"
        | "BatchUpdateFindings"
        | "UpdateFindings"
        | "CreateArchiveRule"
        | "ApplyArchiveRule"
        | "CreateFilter"
        | "CreateFindingsFilter"
        | "CreateAutomationRule" => Some(Sign::Hidden),
        "GetFindings"
        | "GetFindingsV2"
        | "ListFindings"
        | "ListFindingsV2"
        | "GetFindingsStatistics"
        | "GetFindingStatistics"
        | "GetFindingHistory" => Some(Sign::Asked),
        _ => None,
    }
}

/// What the calls of a material tell of findings.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// That there were some, or that they were hidden: sentences.
    pub(super) proved: Vec<String>,
    /// That somebody asked, which tells nothing of what there was: sentences.
    pub(super) asked: Vec<String>,
    /// The records of both.
    pub(super) origins: Vec<Origin>,
}

/// What the material's calls tell, with the records that prove it.
pub(super) fn seen(known: &Known<'_, '_>) -> Seen {
    let scene = known.scene;
    let mut calls: BTreeMap<(Sign, &str), Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in scene.entries.iter().chain(&scene.aside).filter(|entry| entry.done()) {
        if let (Some(service), Some(sign)) = (service(entry.parts.service), sign(entry)) {
            calls.entry((sign, service)).or_default().push(entry);
        }
    }
    let mut seen = Seen::default();
    for ((sign, service), entries) in calls {
        let names: BTreeSet<&str> = entries.iter().map(|entry| entry.parts.name).collect();
        let people: BTreeSet<String> = entries.iter().map(|e| short(e.parts.actor)).collect();
        let names = listed(names, NAMED);
        let who = listed(people.iter().map(String::as_str), NAMED);
        let first = entries.iter().filter_map(|entry| entry.item.first).min();
        let at = first.map(|at| format!(", first at {at}")).unwrap_or_default();
        match sign {
            Sign::Existed => seen
                .proved
                .push(format!("{service} held findings: {who} called {names}{at}")),
            Sign::Hidden => seen.proved.push(format!(
                "{service}: findings were hidden or changed by {who} ({names}{at})"
            )),
            Sign::Asked => seen.asked.push(format!(
                "{service} was asked for findings by {who} ({names}{at}), and whether it held any these calls do not tell"
            )),
        }
        seen.origins.extend(
            entries
                .first()
                .into_iter()
                .flat_map(|entry| scene.origins(entry.item).into_iter().take(1)),
        );
    }
    seen
}
