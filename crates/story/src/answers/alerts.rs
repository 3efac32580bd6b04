//! Whether there was an alert: what AWS did by itself, the findings that were given, and the calls
//! about findings. It must
//! never say that no other fired.

use crashcart_model::{FindingRead, Origin};

use super::{Known, UNKNOWN, answer, findings_seen};
use crate::principal::{plain, user};
use crate::suspects::Profile;
use crate::words::listed;

const QUESTION: &str = "Was there an alert?";
/// Findings named.
const NAMED: usize = 3;

pub(super) fn alert(known: &Known<'_, '_>) -> crashcart_model::Answer {
    let (mut told, mut because) = (Vec::new(), Vec::new());
    let given = &known.scene.material.alerts;
    let findings: Vec<String> = given.iter().map(|alert| in_words(&alert.read)).collect();
    if !findings.is_empty() {
        let noun = if findings.len() == 1 { "the finding" } else { "the findings" };
        told.push(format!("{noun} given: {}", among(&findings)));
    }
    let quarantined = quarantine(known);
    let origins = quarantined.map(|(text, origins)| {
        told.push(text);
        because.push("AWS does so when it finds a key in public".to_owned());
        origins
    });
    let seen = findings_seen::seen(known);
    told.extend(seen.proved);
    because.push(others(known).to_owned());
    because.extend(seen.asked);
    let text = if told.is_empty() {
        UNKNOWN.to_owned()
    } else {
        told.push("others: unknown".to_owned());
        told.join("; ")
    };
    let mut origins = origins.unwrap_or_default();
    origins.extend(seen.origins);
    answer(QUESTION, text, because.join("; "), origins)
}

fn among(findings: &[String]) -> String {
    listed(findings.iter().map(String::as_str), NAMED)
}

/// What would tell of others.
fn others(known: &Known<'_, '_>) -> &'static str {
    let types = &known.scene.material.coverage.log_types;
    let has = |word: &str| types.iter().any(|kind| kind.name.to_ascii_lowercase().contains(word));
    if has("guardduty") || has("security hub") {
        "findings are among the material, but are not matched with these actions"
    } else if known.scene.material.alerts.is_empty() {
        "findings of GuardDuty, Macie and Security Hub are not in this material: list them for the time of the story"
    } else {
        "whether other findings fired the material does not tell: list those of GuardDuty, Macie and Security Hub for the time of the story"
    }
}

/// `GuardDuty UnauthorizedAccess:..., severity 8, from ... to ..., id ...`
fn in_words(finding: &FindingRead) -> String {
    let name = [&finding.finding_type, &finding.title].into_iter().find(|text| !text.is_empty());
    let mut text = plain(&finding.form);
    if let Some(name) = name {
        text.push_str(&format!(" {}", plain(name.raw())));
    }
    if !finding.severity.is_empty() {
        text.push_str(&format!(", severity {}", plain(finding.severity.raw())));
    }
    match (finding.first, finding.last) {
        (Some(first), Some(last)) if first != last => {
            text.push_str(&format!(", {first} to {last}"));
        }
        (Some(at), _) | (None, Some(at)) => text.push_str(&format!(", {at}")),
        (None, None) => {}
    }
    if !finding.id.is_empty() {
        text.push_str(&format!(", id {}", plain(finding.id.raw())));
    }
    text
}

/// The policy by which AWS answers a key that it found in public.
fn quarantine(known: &Known<'_, '_>) -> Option<(String, Vec<Origin>)> {
    let entry = known.scene.entries.iter().find(|entry| {
        let is = |profile: &Profile<'_>| user(profile.name) == Some(entry.parts.owner);
        entry.parts.variant == "quarantine" && entry.done() && known.listed().any(is)
    })?;
    let at = entry.item.first.map(|at| format!(" at {at}")).unwrap_or_default();
    let text = format!("AWS put its quarantine policy on user {}{at}", plain(entry.parts.owner));
    Some((text, known.scene.origins(entry.item)))
}
