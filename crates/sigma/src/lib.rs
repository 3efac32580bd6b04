//! Sigma rules, correlations and filters: compiled once, indexed, matched on the record in place.
//!
//! Reads no files and no clock: the caller brings the text of the rules. A rule that is broken or
//! asks for what is not supported is named and skipped, never guessed.

#![forbid(unsafe_code)]

mod check;
mod condition;
mod correlation;
mod document;
mod embedded;
mod encode;
mod evaluation;
mod field;
mod index;
#[cfg(test)]
mod index_test;
mod item;
mod leaf;
mod matcher;
mod meta;
mod modifier;
mod plan;
mod predicate;
mod problem;
mod program;
mod reference;
mod rule_set;
mod rule_test;
mod selection;
mod sieve;
mod slots;
mod text;
mod values;

pub use check::check;
pub use correlation::{CorrelationMatch, Correlator, MatchedEvent};
pub use document::RuleFile;
pub use item::Placeholders;
pub use matcher::Matcher;
pub use meta::RuleMeta;
pub use problem::{Problem, Severity};
pub use rule_set::RuleSet;
pub use rule_test::{RuleTest, rule_tests};
pub use selection::Selection;
