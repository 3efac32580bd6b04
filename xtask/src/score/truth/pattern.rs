//! How a value of the document is recognised.

use serde::Deserialize;
use serde_json::Value;

/// A pattern. Over a list it holds when it holds for one of the elements.
#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub enum Pattern {
    /// Exactly this.
    Flag(bool),
    /// Exactly this.
    Number(u64),
    /// `~text`: contains it; `*`: there, and not null; `!` before any: not so; else exactly this.
    Text(String),
    /// Each of these.
    Each(Vec<Pattern>),
    /// A number between bounds.
    Bounds(Bounds),
}

/// A number between bounds, both included.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bounds {
    at_least: Option<u64>,
    at_most: Option<u64>,
}

impl Pattern {
    /// Whether a value is meant; null stands for a field that is not there.
    pub fn matches(&self, value: &Value) -> bool {
        match self {
            Self::Each(patterns) => patterns.iter().all(|pattern| pattern.matches(value)),
            Self::Text(text) => match text.strip_prefix('!') {
                Some(denied) => !Self::Text(denied.to_owned()).matches(value),
                None => some(value, &|value| text_matches(text, value)),
            },
            Self::Flag(flag) => some(value, &|value| value.as_bool() == Some(*flag)),
            Self::Number(number) => some(value, &|value| value.as_u64() == Some(*number)),
            Self::Bounds(bounds) => some(value, &|value| bounds.hold(value)),
        }
    }
}

impl Bounds {
    fn hold(&self, value: &Value) -> bool {
        value.as_u64().is_some_and(|number| {
            self.at_least.is_none_or(|least| number >= least)
                && self.at_most.is_none_or(|most| number <= most)
        })
    }
}

/// Whether it holds for the value, or for one element of the list.
fn some(value: &Value, holds: &dyn Fn(&Value) -> bool) -> bool {
    value.as_array().map_or_else(|| holds(value), |elements| elements.iter().any(holds))
}

fn text_matches(text: &str, value: &Value) -> bool {
    if text == "*" {
        return !value.is_null();
    }
    value.as_str().is_some_and(|value| match text.strip_prefix('~') {
        Some(part) => value.contains(part),
        None => value == text,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn pattern(json: Value) -> Pattern {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_text_is_meant_exactly_or_by_a_part_of_it() {
        assert!(pattern(json!("user/a")).matches(&json!("user/a")));
        assert!(!pattern(json!("user/a")).matches(&json!("user/ab")));
        assert!(pattern(json!("~user/a")).matches(&json!("arn:user/ab")));
        assert!(!pattern(json!("!~user/a")).matches(&json!("arn:user/ab")));
    }

    #[test]
    fn what_is_not_there_matches_only_a_denied_pattern() {
        assert!(!pattern(json!("*")).matches(&Value::Null));
        assert!(pattern(json!("!*")).matches(&Value::Null));
        assert!(!pattern(json!("~")).matches(&Value::Null));
    }

    #[test]
    fn of_a_list_one_element_is_enough_and_each_pattern_needs_one() {
        let addresses = json!(["192.0.2.1", "192.0.2.9"]);
        assert!(pattern(json!("192.0.2.9")).matches(&addresses));
        assert!(pattern(json!(["192.0.2.9", "192.0.2.1"])).matches(&addresses));
        assert!(!pattern(json!(["192.0.2.9", "192.0.2.3"])).matches(&addresses));
        assert!(!pattern(json!("!192.0.2.9")).matches(&addresses));
    }

    #[test]
    fn a_number_is_meant_exactly_or_between_bounds() {
        assert!(pattern(json!(42)).matches(&json!(42)));
        assert!(!pattern(json!(42)).matches(&json!(43)));
        assert!(pattern(json!({"at_least": 40})).matches(&json!(43)));
        assert!(!pattern(json!({"at_least": 40, "at_most": 42})).matches(&json!(43)));
    }
}
