//! What crashcart is worth on cases that others made: one table of figures, each beside the floor
//! that it must not fall below. Measures only; what to do about a figure is for people.

mod ground;
mod noise;
mod panther;
mod stratus;
mod traildiscover;
mod truth;
mod unpack;
mod written;

use std::path::Path;

use serde_json::{Value, json};

use crate::problem::Failure;
use crate::tally::Tally;
use ground::Ground;

/// One figure of the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What was counted, as one line of the table.
    pub name: String,
    /// How many did what they should.
    pub reached: usize,
    /// Of how many.
    pub of: usize,
    /// How many must at least: what was reached when the floor was last raised.
    pub floor: usize,
    /// Each that did not, and why as far as it is written down.
    pub notes: Vec<String>,
}

impl Figure {
    /// Whether it is at its floor or above.
    fn holds(&self) -> bool {
        self.reached >= self.floor
    }

    fn json(&self) -> Value {
        json!({
            "name": self.name, "reached": self.reached, "of": self.of, "floor": self.floor,
            "holds": self.holds(), "notes": self.notes,
        })
    }
}

/// What is measured on one set of cases.
struct Measurement {
    /// The set, as a person would name it.
    name: &'static str,
    /// What it needs, below the folder of shared data.
    needs: &'static str,
    /// Runs the product and counts.
    measure: fn(&Ground) -> Result<Vec<Figure>, Failure>,
}

const MEASUREMENTS: [Measurement; 5] = [
    Measurement {
        name: "real incidents",
        needs: "story-invictus",
        measure: |ground| truth::truth(&ground.root, &ground.binary(), &ground.data("")),
    },
    Measurement {
        name: "panther-analysis",
        needs: "panther-analysis/cases.dev.jsonl.gz",
        measure: panther::measure,
    },
    Measurement {
        name: "stratus-red-team",
        needs: "stratus-red-team/cases.dev.jsonl.gz",
        measure: stratus::measure,
    },
    Measurement {
        name: "traildiscover",
        needs: "traildiscover/cases.dev.jsonl.gz",
        measure: traildiscover::measure,
    },
    Measurement {
        name: "noise-opensearch-catalog",
        needs: "noise-opensearch-catalog",
        measure: noise::measure,
    },
];

/// All figures, and what could not be measured and why.
#[derive(Debug, Default)]
pub struct Score {
    figures: Vec<Figure>,
    skipped: Vec<String>,
}

impl Score {
    /// Measures what there is data for.
    pub fn measure(root: &Path) -> Result<Self, Failure> {
        let ground = Ground::new(root);
        let mut score = Score::default();
        let mut built = false;
        for measurement in MEASUREMENTS {
            let needed = ground.data(measurement.needs);
            if !needed.exists() {
                let reason = format!("{} is not there (set CRASHCART_DATA)", needed.display());
                score.skipped.push(format!("score of {}: {reason}", measurement.name));
                continue;
            }
            if !built {
                ground.build()?;
                built = true;
            }
            score.figures.extend((measurement.measure)(&ground)?);
        }
        Ok(score)
    }

    /// Each figure as one test that passed or failed.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for figure in &self.figures {
            tally.add(if figure.holds() { Tally::pass() } else { Tally::fail() });
        }
        self.skipped.iter().for_each(|reason| tally.add(Tally::skip(reason)));
        tally
    }

    /// The table, with the notes of the figures that `noted` picks.
    pub fn table(&self, noted: impl Fn(&Figure) -> bool) -> String {
        let width = self.figures.iter().map(|figure| figure.name.len()).max().unwrap_or_default();
        let mut text = String::new();
        for figure in &self.figures {
            let Figure { name, reached, of, floor, notes } = figure;
            let word = if figure.holds() { "ok" } else { "BELOW" };
            text.push_str(&format!(
                "{word:<6} {name:<width$} {reached:>5} of {of:<5} floor {floor}\n"
            ));
            if noted(figure) {
                notes.iter().for_each(|note| text.push_str(&format!("         {note}\n")));
            }
        }
        self.skipped.iter().for_each(|reason| text.push_str(&format!("skipped: {reason}\n")));
        text
    }

    /// The table of the figures that fell below their floor, for whoever broke them.
    pub fn failures(&self) -> String {
        let figures = self.figures.iter().filter(|figure| !figure.holds()).cloned().collect();
        Score { figures, skipped: Vec::new() }.table(|_| true)
    }

    fn json(&self) -> Value {
        let figures: Vec<Value> = self.figures.iter().map(Figure::json).collect();
        json!({ "figures": figures, "skipped": self.skipped })
    }
}

/// Measures and prints: `--json` for machines, `--notes` with what was missed by figures that hold.
pub fn run(root: &Path, words: &[&str]) -> Result<bool, Failure> {
    if let Some(word) = words.iter().find(|word| !["--json", "--notes"].contains(word)) {
        return Err(Failure::new(format!("score does not know {word}: it takes --json, --notes")));
    }
    let score = Score::measure(root)?;
    if words.contains(&"--json") {
        println!("{:#}", score.json());
    } else {
        let all = words.contains(&"--notes");
        print!("{}", score.table(|figure| all || !figure.holds()));
    }
    Ok(score.figures.iter().all(Figure::holds))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score() -> Score {
        let figure = |name: &str, reached| Figure {
            name: name.to_owned(),
            reached,
            of: 10,
            floor: 9,
            notes: vec![format!("{name} missed one")],
        };
        Score {
            figures: vec![figure("good", 9), figure("bad", 8)],
            skipped: vec!["score of x: y is not there".to_owned()],
        }
    }

    #[test]
    fn each_figure_is_one_test_and_what_was_not_measured_is_skipped_and_named() {
        let tally = score().tally();
        assert_eq!((tally.passed, tally.failed, tally.skipped), (1, 1, 1));
        assert!(tally.reasons.contains_key("score of x: y is not there"));
    }

    #[test]
    fn a_figure_below_its_floor_is_told_with_what_it_missed() {
        let table = score().table(|figure| !figure.holds());
        assert!(table.contains("BELOW  bad      8 of 10    floor 9"), "{table}");
        assert!(table.contains("bad missed one") && !table.contains("good missed one"), "{table}");
        assert!(!score().failures().contains("good"));
    }
}
