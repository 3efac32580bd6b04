//! Whether the investigation's JSON tells a fact.

use serde_json::Value;

use super::fact::{Expectation, Fact, Innocent, Stands, Where};
use super::pattern::Pattern;
use super::raw::Raw;

/// What the product told, beside what the logs say.
pub struct Told<'t> {
    /// What `investigate --json` printed.
    pub document: &'t Value,
    /// The raw logs.
    pub raw: &'t Raw,
    /// Patterns for the principals who did it.
    pub guilty: &'t [Pattern],
}

impl Told<'_> {
    /// Why the fact is not told; none when it is.
    pub fn misses(&self, fact: &Fact) -> Option<String> {
        if let Some(unknown) = fact.events.iter().find(|id| !self.raw.events.contains(*id)) {
            return Some(format!("the truth file is wrong: no event {unknown} in the logs"));
        }
        self.judge(&fact.expect, &fact.events)
    }

    fn judge(&self, expectation: &Expectation, events: &[String]) -> Option<String> {
        match expectation {
            Expectation::Stands(stands) => self.stands(stands, events),
            Expectation::Innocent(innocent) => self.innocent(innocent),
            Expectation::Honest(honest) => honest.honest.then(|| self.dishonest()).flatten(),
            Expectation::All(all) => all.iter().find_map(|one| self.judge(one, events)),
        }
    }

    fn stands(&self, stands: &Stands, events: &[String]) -> Option<String> {
        let place = at(self.document, &stands.r#in);
        let alone = std::slice::from_ref(place);
        let items = place.as_array().map_or(alone, Vec::as_slice);
        let matched: Vec<&Value> =
            items.iter().filter(|item| means(&stands.r#where, item)).collect();
        if stands.absent {
            return (!matched.is_empty()).then(|| format!("{} says so", stands.r#in));
        }
        let (least, most) = match stands.count {
            Some(count) => (count, count),
            None => (stands.at_least.unwrap_or(1), usize::MAX),
        };
        if matched.len() < least || matched.len() > most {
            return Some(format!("{} items match in {}", matched.len(), stands.r#in));
        }
        for (field, expected) in &stands.total {
            let total: u64 = matched.iter().filter_map(|item| at(item, field).as_u64()).sum();
            if total != *expected {
                return Some(format!("{field} adds up to {total} in {}", stands.r#in));
            }
        }
        (stands.cites && !events.is_empty() && !cites(&matched, events))
            .then(|| format!("none of these events is cited in {}", stands.r#in))
    }

    /// Nobody innocent is to be cut off, stands level with somebody guilty, or is contained.
    fn innocent(&self, innocent: &Innocent) -> Option<String> {
        let pattern = &innocent.innocent;
        let suspects = list(self.document, "story.suspects");
        let guilty = suspects.iter().filter(|suspect| {
            self.guilty.iter().any(|guilty| guilty.matches(at(suspect, "principal")))
        });
        let lowest = guilty.filter_map(|suspect| at(suspect, "score").as_u64()).min();
        for suspect in suspects.iter().filter(|one| pattern.matches(at(one, "principal"))) {
            if at(suspect, "act_now") == &Value::Bool(true) {
                return Some("told to be cut off now".to_owned());
            }
            let score = at(suspect, "score").as_u64().unwrap_or_default();
            if lowest.is_some_and(|lowest| score >= lowest) {
                return Some("ranked with those who did it".to_owned());
            }
        }
        let contained = list(self.document, "containment");
        contained
            .iter()
            .any(|action| pattern.matches(at(action, "target")))
            .then(|| "among those to contain".to_owned())
    }

    /// What failed in the logs and is told as done.
    fn dishonest(&self) -> Option<String> {
        let failed = |item: &Value| {
            let cited = cited(item);
            cited.into_iter().find(|id| self.raw.failed.contains(*id)).map(str::to_owned)
        };
        let steps = list(self.document, "story.steps").iter();
        let done = steps.filter(|step| at(step, "outcome") == "done");
        let told = ["story.persistence", "story.changes", "story.accessed"];
        let told = told.iter().flat_map(|place| list(self.document, place));
        done.chain(told).find_map(failed).map(|id| format!("event {id} failed and is told as done"))
    }
}

/// Whether one of the items cites one of the events, or items of this kind do not cite.
fn cites(items: &[&Value], events: &[String]) -> bool {
    let mut citing = items.iter().filter(|item| origins(item).is_some()).peekable();
    citing.peek().is_none()
        || citing.any(|item| cited(item).iter().any(|id| events.iter().any(|event| event == id)))
}

/// The origins of an item: `origins`, or `events` of a finding.
fn origins(item: &Value) -> Option<&Vec<Value>> {
    item.get("origins").or_else(|| item.get("events")).and_then(Value::as_array)
}

/// The event ids that an item cites.
fn cited(item: &Value) -> Vec<&str> {
    let origins = origins(item).into_iter().flatten();
    origins.filter_map(|origin| at(origin, "event_id").as_str()).collect()
}

fn means(means: &Where, item: &Value) -> bool {
    match means {
        Where::Itself(pattern) => pattern.matches(item),
        Where::Fields(fields) => {
            fields.iter().all(|(path, pattern)| pattern.matches(at(item, path)))
        }
    }
}

/// The list at a dotted path; empty where there is none.
fn list<'v>(value: &'v Value, path: &str) -> &'v [Value] {
    at(value, path).as_array().map_or(&[], Vec::as_slice)
}

/// The value at a dotted path, where a number counts the items of a list from 0; null where there
/// is none.
fn at<'v>(value: &'v Value, path: &str) -> &'v Value {
    let step = |value: &'v Value, name: &str| match name.parse::<usize>() {
        Ok(index) => value.get(index),
        Err(_) => value.get(name),
    };
    path.split('.').try_fold(value, step).unwrap_or(&Value::Null)
}

#[cfg(test)]
#[path = "check_tests.rs"]
mod tests;
