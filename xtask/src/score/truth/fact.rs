//! What a truth file holds. The form is described in `tests/truth/README.md`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::pattern::Pattern;

/// One incident: which logs, and what is true of them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Truth {
    /// The logs, from the folder of the data sets.
    pub logs: String,
    /// Further arguments for `investigate`.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// Who did it: patterns for `story.suspects[].principal`.
    pub guilty: Vec<Pattern>,
    /// How many facts are told today; fewer is a step back.
    pub floor: usize,
    /// The facts.
    pub fact: Vec<Fact>,
}

/// One fact.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fact {
    /// The fact, as an analyst would say it.
    pub says: String,
    /// The `eventID`s that prove it. Empty where it is proved by all records or by none.
    #[serde(default)]
    pub events: Vec<String>,
    /// What the investigation must say.
    pub expect: Expectation,
}

/// What the investigation must say. Exactly one form.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Expectation {
    /// Something stands in a list or an object of the document.
    Stands(Stands),
    /// `innocent`: whoever this matches is nobody to act on.
    Innocent(Innocent),
    /// `honest = true`: nothing that failed in the logs is told as done.
    Honest(Honest),
    /// All of them.
    All(Vec<Expectation>),
}

/// Something stands in a list or an object of the document.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stands {
    /// Which list or object, as `story.persistence`.
    pub r#in: String,
    /// What an item must look like: its fields by dotted path, or one pattern for a list of texts.
    pub r#where: Where,
    /// Exactly how many items; without it and `at_least`, at least one.
    pub count: Option<usize>,
    /// At least how many items.
    pub at_least: Option<usize>,
    /// No item at all.
    #[serde(default)]
    pub absent: bool,
    /// What the numbers of a field add up to over the items.
    #[serde(default)]
    pub total: BTreeMap<String, u64>,
    /// Whether an item must cite one of the fact's events, where its kind cites at all.
    #[serde(default = "yes")]
    pub cites: bool,
}

/// How an item is recognised.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Where {
    /// By its fields; any item, where none is named.
    Fields(BTreeMap<String, Pattern>),
    /// By itself: a text of a list of texts.
    Itself(Pattern),
}

/// Nobody to act on: not in the containment, not to be cut off, below everybody guilty.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Innocent {
    /// A pattern for `story.suspects[].principal`.
    pub innocent: Pattern,
}

/// Nothing that failed is told as done.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Honest {
    /// Always true.
    pub honest: bool,
}

fn yes() -> bool {
    true
}
