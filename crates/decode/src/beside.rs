//! What stands beside the record that a wrapper is there for: another record is read too, a copy
//! of the same is not read twice, and what may hold one and cannot be read is told.

use std::collections::BTreeSet;

use crashcart_model::{Record, Value};
use memchr::memmem::find;
use serde_json::Value as Json;

use crate::opener::Opener;

const UNREAD: &str = "what may be a record, beside the one that was read";
/// How deep such a record is looked for.
const LEVELS: usize = 4;

impl Opener<'_> {
    /// Looks at the members of a unit, of which `read` were opened already.
    pub(crate) fn beside(&mut self, unit: &Record<'_>, read: &[Value<'_>], format: &'static str) {
        let mut known = Known::default();
        // What is most units: nothing of the kind, so that nothing need be compared.
        let further =
            || unit.members().map(|(_, value)| value).filter(|value| may_hold_record(*value));
        if further().all(|value| read.iter().any(|other| place(*other) == place(value))) {
            return;
        }
        read.iter().for_each(|value| known.add(*value));
        further().for_each(|value| self.further(value, (&mut known, LEVELS), format));
    }

    /// A value that may hold a record.
    fn further(
        &mut self,
        value: Value<'_>,
        (read, levels): (&mut Known, usize),
        format: &'static str,
    ) {
        if read.has(value) {
            return;
        }
        let inner = match value {
            Value::Array(inner) => inner,
            Value::Object(inner) if !self.nested(&inner, format) => inner,
            Value::Object(_) => return read.add(value),
            _ => {
                self.embedded(value, format);
                return read.add(value);
            }
        };
        let inside =
            || inner.members().map(|(_, value)| value).filter(|value| may_hold_record(*value));
        if levels == 0 || inside().next().is_none() {
            return self.unknown(value, UNREAD);
        }
        inside().for_each(|value| self.further(value, (read, levels - 1), format));
    }

    /// Records in the cells of a row: in the columns that are there for them, and in any other.
    pub(crate) fn cells(&mut self, whole: &[&str], cells: &[&str], format: &'static str) {
        let filled = || whole.iter().filter(|cell| !cell.trim().is_empty());
        let first = filled().find(|cell| is_object(cell)).or_else(|| filled().next());
        let mut read: BTreeSet<String> = BTreeSet::new();
        let further = cells.iter().filter(|cell| is_object(cell) && names_event(cell, "\""));
        for cell in first.into_iter().chain(further) {
            let said = serde_json::from_str::<Json>(cell).map(in_order);
            if read.insert(said.unwrap_or_else(|_| (*cell).to_owned())) {
                self.text(cell, format);
            }
        }
    }
}

/// Whether a value names what every record names.
fn may_hold_record(value: Value<'_>) -> bool {
    match value {
        // In a string the quotes around names are escaped.
        Value::String(text) => text.is_escaped() && names_event(text.raw(), "\\\""),
        Value::Array(inner) | Value::Object(inner) => names_event(inner.json(), "\""),
        _ => false,
    }
}

fn names_event(text: &str, quote: &str) -> bool {
    let named = |name: &str| find(text.as_bytes(), format!("{name}{quote}").as_bytes()).is_some();
    // A record inside a text inside an object has more backslashes.
    ["eventName", "eventSource"]
        .iter()
        .all(|name| named(name) || find(text.as_bytes(), format!("{name}\\").as_bytes()).is_some())
}

pub(crate) fn is_object(cell: &str) -> bool {
    cell.trim_start().starts_with('{')
}

/// What was read of a unit, by its place and by what it says. As many records may stand beside
/// each other as fit a unit: to compare each with each takes for ever.
#[derive(Default)]
struct Known {
    places: BTreeSet<usize>,
    said: BTreeSet<String>,
}

impl Known {
    fn add(&mut self, value: Value<'_>) {
        self.places.insert(place(value));
        if !matches!(value, Value::Array(_)) {
            self.said.insert(said(value));
        }
    }

    /// Whether a value was read, or says the same as one that was.
    fn has(&self, value: Value<'_>) -> bool {
        self.places.contains(&place(value)) || self.said.contains(&said(value))
    }
}

/// Where a value stands in memory; 0 for one that holds nothing.
fn place(value: Value<'_>) -> usize {
    match value {
        Value::String(text) => text.raw().as_ptr() as usize,
        Value::Array(inner) | Value::Object(inner) => inner.json().as_ptr() as usize,
        _ => 0,
    }
}

/// A value, or the JSON text in it, the same for all that say the same.
fn said(value: Value<'_>) -> String {
    let parsed = value.as_str().and_then(|text| serde_json::from_str(&text.text()).ok());
    in_order(parsed.unwrap_or_else(|| value.to_json()))
}

/// JSON text with members in order of name.
fn in_order(mut json: Json) -> String {
    json.sort_all_objects();
    json.to_string()
}
