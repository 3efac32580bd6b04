//! Is it an incident? Yes only for something done that ordinary work does not explain; no only on
//! positive grounds; otherwise undecided, with what would decide it.

use std::collections::BTreeSet;

use crashcart_model::{Incident, Level, LogText, Outcome, Verdict};

use crate::clean_up::CleanUps;
use crate::denial::Denials;
use crate::firsts;
use crate::outsiders::Outsider;
use crate::scene::Scene;
use crate::suspects::{PLAUSIBLE, Profile, known_as};
use crate::words::{counted, counted_len, listed};
use crate::{outsiders, principal, would_decide};

/// A suspect that did something is an incident from here on.
const INCIDENT: u32 = 55;
/// Reasons told of the worst suspect.
const REASONS: usize = 3;
/// Principals named that are not accused.
const SPARED: usize = 3;
/// Accounts told whose principals came in.
const OUTSIDERS: usize = 2;
/// Fewer events than this are too little to clear anybody.
const ENOUGH: u64 = 100;
/// Of so many events one may leave open whether it succeeded.
const TOLD_OF: u64 = 10;

pub(crate) fn verdict(
    scene: &Scene<'_>,
    profiles: &[Profile<'_>],
    clean_ups: &CleanUps<'_>,
) -> Verdict {
    let guilty: Vec<&Profile<'_>> =
        accusable(profiles).filter(|p| p.act_now || p.score >= INCIDENT && did(scene, p)).collect();
    let mut verdict = if guilty.is_empty() {
        undecided_or_no(scene, profiles)
    } else {
        let would_decide = would_decide::confirm(scene, &guilty, clean_ups);
        Verdict { would_decide, ..yes(scene, &guilty) }
    };
    verdict.because.extend(not_accused(scene));
    verdict
}

/// Whom the environment names is among them for the question alone: no verdict rests on that.
fn accusable<'p, 'f>(
    profiles: &'p [Profile<'f>],
) -> impl Iterator<Item = &'p Profile<'f>> + use<'p, 'f> {
    profiles.iter().filter(|profile| profile.known.is_none())
}

/// Whether it changed or read something, itself or through a session in an account that it had
/// never used.
fn did(scene: &Scene<'_>, profile: &Profile<'_>) -> bool {
    profile.did_something || firsts::took_through_session(scene, profile.name)
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
    if let Some(worst) = guilty.first() {
        let who = principal::short(worst.name);
        let cut = if worst.act_now { "cut it off now" } else { "consider cutting it off" };
        because.push(format!("{who} has a score of {} of 100: {cut}", worst.score));
        because.extend(worst.because.weightiest(REASONS).into_iter().map(str::to_owned));
    }
    let others: Vec<String> = guilty
        .iter()
        .skip(1)
        .map(|profile| format!("{} with {}", principal::short(profile.name), profile.score))
        .collect();
    if !others.is_empty() {
        let names = listed(others.iter().map(String::as_str), 2);
        because.push(format!("{} besides: {names}", counted_len(others.len(), "suspect")));
    }
    because.push(severity_in_words(scene, guilty, severity));
    let would_decide = Vec::new();
    Verdict { incident: Incident::Yes, severity: Some(severity), because, would_decide }
}

/// Why it is so severe: the rule that fired on something done, or the score alone.
fn severity_in_words(scene: &Scene<'_>, guilty: &[&Profile<'_>], severity: Level) -> String {
    let rule = guilty
        .iter()
        .flat_map(|profile| scene.entries_of(profile.name))
        .filter(|entry| crate::suspects::proves(entry, severity))
        .flat_map(|entry| entry.item.rules.iter().map(move |hit| (hit, entry)))
        .find(|(hit, _)| hit.level == severity);
    let word = severity.word();
    match rule {
        Some((hit, entry)) => {
            let title = (scene.material.rules)(hit.rule).title;
            let at = entry.item.first.map(|at| format!(" at {at}")).unwrap_or_default();
            format!("severity {word}: '{title}' fired on something done{at}")
        }
        None => {
            format!("severity {word}: by the scores; no rule of that level fired on what was done")
        }
    }
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
    if let Some(shown) = strong.get(..strong.len().min(2)).filter(|shown| !shown.is_empty()) {
        doubts.push(format!(
            "{} fired at medium or above ({}), but nothing done by one principal adds up",
            counted_len(strong.len(), "rule"),
            shown.join("; ")
        ));
    }
    let burst = profiles.iter().filter(|p| Denials::new(scene, p.name, p.actor).calls >= 5).count();
    if burst > 0 {
        let who = counted_len(burst, "principal");
        doubts.push(format!("{who} had five or more different calls denied"));
    }
    for profile in accusable(profiles).filter(|p| p.score >= PLAUSIBLE).take(2) {
        let (name, score) = (principal::short(profile.name), profile.score);
        let reason = profile.because.weightiest(1).join("; ");
        doubts.push(format!("{name} has a score of {score} of 100: {reason}"));
    }
    let told: BTreeSet<&str> =
        profiles.iter().filter(|p| p.score >= PLAUSIBLE).map(|profile| profile.name).collect();
    doubts.extend(firsts::doubts(scene, &told));
    let outsiders = outsiders::outsiders(scene);
    doubts.extend(outsiders.iter().take(OUTSIDERS).map(Outsider::doubt));
    let undecided = |because, would_decide| Verdict {
        incident: Incident::Undecided,
        severity: None,
        because,
        would_decide,
    };
    if !doubts.is_empty() {
        return undecided(doubts, would_decide::doubts(scene, profiles, &outsiders));
    }
    if coverage.events.max(scene.facts.events) < ENOUGH || coverage.gap_count > 0 {
        let because = vec![format!(
            "{} and {}: too little to clear anybody",
            counted(scene.facts.events, "event"),
            counted(coverage.gap_count, "gap")
        )];
        return undecided(because, would_decide::more(scene));
    }
    let unknown = count(scene, Outcome::Unknown);
    if unknown * TOLD_OF > scene.facts.events {
        let because = vec![format!(
            "{} of {} do not tell whether they succeeded: nobody can be cleared",
            unknown,
            counted(scene.facts.events, "event")
        )];
        let ask = "read the same events with their error codes, as the trail delivers them";
        return undecided(because, vec![ask.to_owned()]);
    }
    let no = no(scene);
    if coverage.filtered_by.is_empty() { no } else { no_in_part(scene, no) }
}

/// Events with this outcome.
fn count(scene: &Scene<'_>, outcome: Outcome) -> u64 {
    let entries = scene.entries.iter().filter(|entry| entry.parts.outcome == outcome);
    entries.map(|entry| entry.item.count).sum()
}

/// No, on positive grounds.
fn no(scene: &Scene<'_>) -> Verdict {
    let denied = count(scene, Outcome::Denied);
    Verdict {
        incident: Incident::No,
        severity: None,
        because: vec![
            format!("{} without a gap", counted(scene.facts.events, "event")),
            "no rule fired at medium or above".to_owned(),
            format!(
                "{} denied, and no principal had five different ones denied",
                counted(denied, "call")
            ),
            "no workload's credentials were seen in other hands".to_owned(),
        ],
        would_decide: Vec::new(),
    }
}

/// No in the part that was asked for is no answer about the rest.
fn no_in_part(scene: &Scene<'_>, no: Verdict) -> Verdict {
    let filters = scene.material.coverage.filtered_by.iter().map(LogText::raw);
    let part = listed(filters, usize::MAX);
    let mut because = vec![format!("no, in the part that was asked for: {part} only")];
    because.extend(no.because);
    because.push("what was left out was not judged".to_owned());
    let ask = format!("read the same material without this filter ({part})");
    Verdict { incident: Incident::Undecided, because, would_decide: vec![ask], ..no }
}

/// Who was seen and left alone because the environment names it.
fn not_accused(scene: &Scene<'_>) -> Option<String> {
    let known: Vec<String> = scene
        .actors()
        .into_iter()
        .filter_map(|(name, _)| {
            let known = known_as(scene.material.environment, name)?;
            Some(format!("{}, {known} of the environment", principal::short(name)))
        })
        .collect();
    let more = known.len().saturating_sub(SPARED);
    let shown = known.get(..SPARED.min(known.len())).unwrap_or_default().join("; ");
    let tail = if more > 0 { format!("; and {more} more") } else { String::new() };
    (!known.is_empty()).then(|| format!("not accused: {shown}{tail}"))
}
