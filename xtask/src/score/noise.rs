//! A log without a known attack: what fires at high or above is defended in a written sentence, and
//! nobody is told to act now.

use serde_json::Value;

use super::Figure;
use super::ground::{Ground, list, text};
use super::written::Written;
use crate::problem::Failure;

/// `RULE: why it is right to wake somebody for this`.
const DEFENCES: &str = include_str!("noise_defences.txt");

/// Runs `investigate` on the folder and counts what would wake somebody.
pub fn measure(ground: &Ground) -> Result<Vec<Figure>, Failure> {
    let folder = ground.data("noise-opensearch-catalog").display().to_string();
    let investigation = ground.crashcart(&["investigate", "--json", &folder], "")?;
    Ok(figures(&investigation, &Written::read(DEFENCES)).into())
}

fn figures(investigation: &Value, defences: &Written) -> [Figure; 2] {
    let loud = list(investigation, "/findings")
        .iter()
        .filter(|finding| ["high", "critical"].contains(&text(finding, "/level")))
        .map(|finding| text(finding, "/name"));
    let woken = list(investigation, "/story/suspects")
        .iter()
        .map(|suspect| (text(suspect, "/principal"), suspect["act_now"] == true));
    [
        all(
            "noise: findings at high or above that are defended",
            loud.map(|name| (name, defences.about(name).is_none())),
        ),
        all("noise: suspects that nobody is told to act on now", woken),
    ]
}

/// A figure that must be reached by all; each comes with whether it is wrong.
fn all<'a>(name: &str, judged: impl Iterator<Item = (&'a str, bool)>) -> Figure {
    let judged: Vec<(&str, bool)> = judged.collect();
    let wrong = judged.iter().filter(|(_, wrong)| *wrong).map(|(name, _)| (*name).to_owned());
    let notes: Vec<String> = wrong.collect();
    Figure {
        name: name.to_owned(),
        reached: judged.len() - notes.len(),
        of: judged.len(),
        floor: judged.len(),
        notes,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_loud_finding_without_a_defence_and_a_suspect_to_act_on_fall_below_the_floor() {
        let investigation = json!({
            "findings": [
                { "name": "quiet", "level": "medium" },
                { "name": "defended", "level": "high" },
                { "name": "loud", "level": "critical" },
            ],
            "story": { "suspects": [
                { "principal": "ann", "act_now": false },
                { "principal": "ben", "act_now": true },
            ]},
        });
        let [findings, suspects] = figures(&investigation, &Written::read("defended: why\n"));
        assert_eq!(
            (findings.reached, findings.of, findings.notes),
            (1, 2, vec!["loud".to_owned()])
        );
        assert_eq!((suspects.reached, suspects.of, suspects.notes), (1, 2, vec!["ben".to_owned()]));
    }
}
