//! The events that a rule file brings along to prove its rules: the key `tests` beside `detection`.

use serde_json::Value as Json;

use crate::document::{Content, Document, RuleFile, parse};
use crate::meta::RuleMeta;
use crate::problem::{Fault, Problem, Severity};

/// An event that a rule must or must not match.
#[derive(Debug, Clone, PartialEq)]
pub struct RuleTest {
    /// The rule's id, as [`RuleMeta::id`].
    pub rule: String,
    /// Whether the rule must match.
    pub must_match: bool,
    /// Its place among the events of its list, from 0.
    pub number: usize,
    /// The event.
    pub event: Json,
}

/// The tests of all rules in a file, in order; none where no rule has any.
///
/// # Errors
/// The file cannot be parsed, or its tests are not two lists of events.
pub fn rule_tests(file: &RuleFile) -> Result<Vec<RuleTest>, Problem> {
    let mut problems = Vec::new();
    let documents = parse(std::slice::from_ref(file), 1, &mut problems);
    if let Some(error) = problems.into_iter().find(|one| one.severity == Severity::Error) {
        return Err(error);
    }
    let mut out = Vec::new();
    for document in &documents {
        of(document, &mut out).map_err(|fault| {
            let fault = fault
                .hint("write `tests:` with the lists `match:` and `no_match:` of events")
                .near("tests:");
            document.problem(Severity::Error, fault)
        })?;
    }
    Ok(out)
}

fn of(document: &Document<'_>, out: &mut Vec<RuleTest>) -> Result<(), Fault> {
    let attributes = match &document.content {
        Content::Rule(rule) => &rule.custom_attributes,
        Content::Correlation(rule) => &rule.custom_attributes,
        Content::Filter(filter) => &filter.custom_attributes,
    };
    let Some(tests) = attributes.get("tests") else { return Ok(()) };
    let tests = serde_json::to_value(tests)
        .map_err(|error| Fault::new(format!("the tests are not events: {error}")))?;
    let Json::Object(lists) = tests else { return Err(Fault::new("the tests are no mapping")) };
    let rule = RuleMeta::of(document).id;
    for (key, list) in lists {
        let must_match = match key.as_str() {
            "match" => true,
            "no_match" => false,
            other => return Err(Fault::new(format!("unknown list of tests {other:?}"))),
        };
        let Json::Array(events) = list else {
            return Err(Fault::new(format!("{key:?} is no list of events")));
        };
        for (number, event) in events.into_iter().enumerate() {
            if !event.is_object() {
                return Err(Fault::new(format!("event {} of {key:?} is no mapping", number + 1)));
            }
            out.push(RuleTest { rule: rule.clone(), must_match, number, event });
        }
    }
    Ok(())
}
