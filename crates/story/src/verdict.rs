//! Is it an incident? Yes only for something done that ordinary work does not explain; no only on
//! positive grounds; otherwise undecided, with what would decide it.

use std::collections::BTreeSet;

use crashcart_model::{Incident, Level, Outcome, Verdict};

use crate::principal;
use crate::scene::Scene;
use crate::suspects::{PLAUSIBLE, Profile, known_as};

/// A suspect that did something is an incident from here on.
const INCIDENT: u32 = 55;
/// Fewer events than this are too little to clear anybody.
const ENOUGH: u64 = 100;

pub(crate) fn verdict(scene: &Scene<'_>, profiles: &[Profile<'_>]) -> Verdict {
    let guilty: Vec<&Profile<'_>> =
        profiles.iter().filter(|p| p.act_now || p.score >= INCIDENT && p.did_something).collect();
    let mut verdict =
        if guilty.is_empty() { undecided_or_no(scene, profiles) } else { yes(scene, &guilty) };
    verdict.because.extend(not_accused(scene));
    verdict
}

fn yes(scene: &Scene<'_>, guilty: &[&Profile<'_>]) -> Verdict {
    let worst = guilty
        .iter()
        .flat_map(|profile| scene.entries_of(profile.name))
        .filter(|entry| crate::suspects::changes_or_reads(entry))
        .filter_map(|entry| entry.item.level())
        .max();
    let severity = worst.map_or(Level::High, |level| level.max(Level::High));
    let mut because = Vec::new();
    for profile in guilty.iter().take(5) {
        because.push(format!(
            "{} (score {}): {}",
            principal::short(profile.name),
            profile.score,
            profile.because.join("; ")
        ));
    }
    if guilty.len() > 5 {
        because.push(format!("and {} more principals", guilty.len() - 5));
    }
    Verdict { incident: Incident::Yes, severity: Some(severity), because }
}

fn undecided_or_no(scene: &Scene<'_>, profiles: &[Profile<'_>]) -> Verdict {
    let coverage = scene.material.coverage;
    let mut doubts = Vec::new();
    let strong: Vec<&str> = scene
        .material
        .findings
        .iter()
        .filter(|finding| finding.level >= Level::Medium)
        .map(|finding| finding.title.as_str())
        .collect();
    if !strong.is_empty() {
        let shown: Vec<&str> = strong.iter().take(4).copied().collect();
        doubts.push(format!(
            "{} rules fired at medium or above ({}), but nothing done by one principal adds up",
            strong.len(),
            shown.join("; ")
        ));
    }
    let burst = profiles.iter().filter(|p| p.actor.denied.len() >= 5).count();
    if burst > 0 {
        doubts.push(format!("{burst} principals had five or more different calls denied"));
    }
    for profile in profiles.iter().filter(|p| p.score >= PLAUSIBLE).take(3) {
        let name = principal::short(profile.name);
        doubts.push(format!("{name} (score {}): {}", profile.score, profile.because.join("; ")));
    }
    let undecided = |because| Verdict { incident: Incident::Undecided, severity: None, because };
    if !doubts.is_empty() {
        doubts.push("what would decide it: whether the people behind these principals meant it, and what they did before this material begins".to_owned());
        return undecided(doubts);
    }
    if coverage.events.max(scene.facts.events) < ENOUGH || coverage.gap_count > 0 {
        return undecided(vec![
            format!(
                "{} events and {} gaps are too little to clear anybody",
                scene.facts.events, coverage.gap_count
            ),
            "what would decide it: the trails of all accounts and regions for the days before and after".to_owned(),
        ]);
    }
    let denied: u64 = scene
        .entries
        .iter()
        .filter(|entry| entry.parts.outcome == Outcome::Denied)
        .map(|entry| entry.item.count)
        .sum();
    Verdict {
        incident: Incident::No,
        severity: None,
        because: vec![format!(
            "{} events without a gap; no rule fired at medium or above; {denied} calls denied, and no principal had five different ones denied; no workload's credentials in other hands",
            scene.facts.events
        )],
    }
}

/// Who was seen and left alone because the environment names it.
fn not_accused(scene: &Scene<'_>) -> Vec<String> {
    let lines: BTreeSet<String> = scene
        .actors()
        .into_iter()
        .filter_map(|(name, _)| {
            let known = known_as(scene.material.environment, name)?;
            Some(format!("not accused: {}, {known} of the environment", principal::short(name)))
        })
        .collect();
    lines.into_iter().take(20).collect()
}
