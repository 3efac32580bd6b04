//! Work of infrastructure-as-code tools that fires rules: recognised as such and ranked below
//! every suspect. The tool is known by its user agent, which the caller chose, so that it clears
//! nobody: what the same principal did by hand is judged for itself.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{IncidentGroup, Level, LogText};

use super::Groups;
use crate::agent;
use crate::facts::earlier;
use crate::key::Parts;
use crate::knowledge::plain_name;
use crate::principal::{plain, short};
use crate::scene::Scene;
use crate::suspects::{LISTED, known_as};
use crate::words::{counted, counted_len, listed};

/// So many rules, or one at medium or above, make a scaffold worth a word.
const RULES: usize = 3;
/// Tools named.
const TOOLS: usize = 3;

/// The work of tools under one principal.
#[derive(Default)]
struct Work {
    calls: u64,
    made: u64,
    removed: u64,
    rules: BTreeSet<u32>,
    level: Option<Level>,
    incident: IncidentGroup,
}

/// Scaffolds, most rules first.
pub(super) fn incidents(scene: &Scene<'_>, groups: &Groups<'_>) -> Vec<IncidentGroup> {
    let mut works: BTreeMap<&str, Work> = BTreeMap::new();
    for entry in scene.entries.iter().chain(&scene.aside).filter(|e| e.parts.automation) {
        let work = works.entry(entry.parts.actor).or_default();
        work.calls += entry.item.count;
        if entry.done() {
            work.made += u64::from(makes(&entry.parts)) * entry.item.count;
            work.removed += u64::from(removes(&entry.parts)) * entry.item.count;
        }
        work.rules.extend(entry.item.rules.iter().map(|hit| hit.rule));
        work.level = work.level.max(entry.item.level());
        work.incident.first = earlier(work.incident.first, entry.item.first);
        work.incident.last = work.incident.last.max(entry.item.last);
    }
    let mut told: Vec<(usize, IncidentGroup)> = works
        .into_iter()
        .filter(|(_, work)| work.rules.len() >= RULES || work.level >= Some(Level::Medium))
        .map(|(name, work)| (work.rules.len(), incident(scene, groups, name, work)))
        .collect();
    told.sort_by(|(one_rules, one), (two_rules, two)| {
        two_rules.cmp(one_rules).then_with(|| one.principals.cmp(&two.principals))
    });
    told.into_iter().map(|(_, incident)| incident).collect()
}

fn incident(scene: &Scene<'_>, groups: &Groups<'_>, name: &str, work: Work) -> IncidentGroup {
    let mut incident = work.incident;
    let actor = scene.facts.actors.get(name);
    let agents = actor.into_iter().flat_map(|actor| actor.agents.by_time());
    let tools: BTreeSet<String> =
        agents.filter(|agent| agent::Class::of(agent).automation).map(agent::tool).collect();
    let tool = if tools.is_empty() {
        "CloudFormation".to_owned()
    } else {
        listed(tools.iter().map(String::as_str), TOOLS)
    };
    incident.scaffold = true;
    incident.name = LogText::new(format!("scaffold: {tool} of {}", short(name)));
    incident.principals = vec![LogText::from(name)];
    // Below whoever is listed for anything.
    let rules = u32::try_from(work.rules.len()).unwrap_or(u32::MAX);
    incident.score = rules.min(LISTED - 1);
    incident.because.push(format!(
        "{} by {}, by user agent: {} made, {} taken away again",
        counted(work.calls, "call"),
        plain(&tool),
        work.made,
        work.removed
    ));
    let rules = counted_len(work.rules.len(), "rule");
    incident.because.push(format!("{rules} fired on these calls, which by themselves say little"));
    if let Some(known) = known_as(scene.material.environment, name) {
        incident.because.push(format!("the environment names it as {known}"));
    }
    if groups.of(name).is_some() {
        incident.because.push(
            "the same principal is a suspect for other calls; a user agent is the caller's to \
             choose: ask its owner whose runs these were"
                .to_owned(),
        );
    }
    incident
}

fn makes(parts: &Parts<'_>) -> bool {
    let name = plain_name(parts.name);
    ["Create", "Put", "Run", "Attach", "Register"].iter().any(|verb| name.starts_with(verb))
}

fn removes(parts: &Parts<'_>) -> bool {
    let name = plain_name(parts.name);
    ["Delete", "Remove", "Terminate", "Detach", "Deregister"]
        .iter()
        .any(|verb| name.starts_with(verb))
}
