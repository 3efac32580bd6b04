//! What people see of a rule.

use std::collections::BTreeSet;

use crashcart_model::Level;

use crate::document::{Content, Document};

/// A rule's own words about itself.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct RuleMeta {
    /// Its Sigma id; where it has none, its file's stem (and its number within the file, from
    /// the second on).
    pub id: String,
    /// Its file's name without the extension.
    pub name: String,
    /// Its title.
    pub title: String,
    /// Its level; a rule without one counts as informational.
    pub level: Level,
    /// ATT&CK tactics as `defense-evasion`, sorted.
    pub tactics: Vec<String>,
    /// ATT&CK techniques as `T1562.008`, sorted.
    pub techniques: Vec<String>,
    /// Its file.
    pub path: String,
    /// A correlation: its matches come from [`crate::Correlator::finish`].
    pub correlation: bool,
    /// Only correlations use it: its own matches are not reported.
    pub hidden: bool,
    /// What it detects.
    pub description: String,
    /// When it is wrong.
    pub falsepositives: Vec<String>,
    /// Where to read more.
    pub references: Vec<String>,
}

impl RuleMeta {
    pub(crate) fn of(document: &Document<'_>) -> Self {
        let facts = facts(&document.content);
        let (tactics, techniques) = attack(facts.tags);
        let stem = document.file.stem();
        Self {
            id: document.id().map_or_else(|| own_id(stem, document.number), str::to_owned),
            name: stem.to_owned(),
            title: document.title().to_owned(),
            level: facts.level.map_or(Level::Informational, level),
            tactics,
            techniques,
            path: document.file.path.clone(),
            correlation: matches!(document.content, Content::Correlation(_)),
            hidden: false,
            description: facts.description.unwrap_or_default().to_owned(),
            falsepositives: facts.falsepositives.to_vec(),
            references: facts.references.to_vec(),
        }
    }
}

fn own_id(stem: &str, number: usize) -> String {
    if number == 0 { stem.to_owned() } else { format!("{stem}#{}", number + 1) }
}

/// The parts of a document that all kinds have.
pub(crate) struct Facts<'d> {
    pub level: Option<rsigma_parser::Level>,
    pub tags: &'d [String],
    description: Option<&'d str>,
    falsepositives: &'d [String],
    references: &'d [String],
}

pub(crate) fn facts(content: &Content) -> Facts<'_> {
    match content {
        Content::Rule(rule) => Facts {
            level: rule.level,
            tags: &rule.tags,
            description: rule.description.as_deref(),
            falsepositives: &rule.falsepositives,
            references: &rule.references,
        },
        Content::Correlation(rule) => Facts {
            level: rule.level,
            tags: &rule.tags,
            description: rule.description.as_deref(),
            falsepositives: &rule.falsepositives,
            references: &rule.references,
        },
        Content::Filter(rule) => Facts {
            level: rule.level,
            tags: &rule.tags,
            description: rule.description.as_deref(),
            falsepositives: &rule.falsepositives,
            references: &rule.references,
        },
    }
}

const fn level(level: rsigma_parser::Level) -> Level {
    match level {
        rsigma_parser::Level::Informational => Level::Informational,
        rsigma_parser::Level::Low => Level::Low,
        rsigma_parser::Level::Medium => Level::Medium,
        rsigma_parser::Level::High => Level::High,
        rsigma_parser::Level::Critical => Level::Critical,
    }
}

/// Tactics and techniques of `attack.` tags; both spellings of a tactic occur in the wild.
fn attack(tags: &[String]) -> (Vec<String>, Vec<String>) {
    let (mut tactics, mut techniques) = (BTreeSet::new(), BTreeSet::new());
    for tag in tags {
        let tag = tag.to_ascii_lowercase();
        let Some(tag) = tag.strip_prefix("attack.") else { continue };
        let mut letters = tag.chars();
        match (letters.next(), letters.next()) {
            (Some('t'), Some('0'..='9')) => _ = techniques.insert(tag.to_ascii_uppercase()),
            // Groups and software are neither.
            (Some('g' | 's'), Some('0'..='9')) => {}
            _ => _ = tactics.insert(tag.replace('_', "-")),
        }
    }
    (tactics.into_iter().collect(), techniques.into_iter().collect())
}

/// Whether one of a rule's tags is the one asked for: the tag itself with or without its
/// namespace, or the technique that a sub-technique belongs to.
pub(crate) fn has_tag(tags: &[String], wanted: &str) -> bool {
    let plain = |tag: &str| tag.to_ascii_lowercase().replace('_', "-");
    let wanted = plain(wanted.trim());
    tags.iter().any(|tag| {
        let tag = plain(tag);
        let short = tag.split_once('.').map_or(tag.as_str(), |(_, rest)| rest);
        let is = |tag: &str| {
            tag == wanted || tag.strip_prefix(&wanted).is_some_and(|rest| rest.starts_with('.'))
        };
        is(short) || tag == wanted || (wanted.contains('.') && is(&tag))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_spellings_of_a_tactic_are_one() {
        let tags =
            ["attack.defense_evasion", "attack.Defense-Evasion", "attack.t1562.008", "cve.x"];
        let (tactics, techniques) = attack(&tags.map(str::to_owned));
        assert_eq!(tactics, ["defense-evasion"]);
        assert_eq!(techniques, ["T1562.008"]);
    }

    #[test]
    fn a_tag_is_found_by_each_of_its_names() {
        let tags = ["attack.t1562.008".to_owned(), "attack.initial_access".to_owned()];
        for wanted in ["attack.t1562.008", "T1562.008", "t1562", "attack.t1562", "initial-access"] {
            assert!(has_tag(&tags, wanted), "{wanted}");
        }
        for wanted in ["t156", "008", "access", "attack"] {
            assert!(!has_tag(&tags, wanted), "{wanted}");
        }
    }
}
