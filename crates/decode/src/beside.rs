//! What stands beside the record that a wrapper is there for: another record is read too, a copy
//! of the same is not read twice, and what may hold one and cannot be read is told.

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
        let mut read = read.to_vec();
        for (_, value) in unit.members() {
            self.further(value, (&mut read, LEVELS), format);
        }
    }

    fn further<'v>(
        &mut self,
        value: Value<'v>,
        (read, levels): (&mut Vec<Value<'v>>, usize),
        format: &'static str,
    ) {
        if !may_hold_record(value) || is_read(value, read) {
            return;
        }
        let inner = match value {
            Value::Array(inner) => inner,
            Value::Object(inner) if !self.nested(&inner, format) => inner,
            Value::Object(_) => return read.push(value),
            _ => {
                self.embedded(value, format);
                return read.push(value);
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
        let mut read: Vec<&str> = Vec::new();
        let further = cells.iter().filter(|cell| is_object(cell) && names_event(cell, "\""));
        for cell in first.into_iter().chain(further) {
            let parsed = || serde_json::from_str::<Json>(cell).ok();
            let same = |other: &&str| {
                *other == *cell
                    || parsed().is_some() && parsed() == serde_json::from_str(other).ok()
            };
            if !read.iter().any(same) {
                self.text(cell, format);
                read.push(cell);
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

/// Whether a value is one of those that were read, or says the same.
fn is_read(value: Value<'_>, read: &[Value<'_>]) -> bool {
    let place = |value: Value<'_>| match value {
        Value::String(text) => text.raw().as_ptr(),
        Value::Array(inner) | Value::Object(inner) => inner.json().as_ptr(),
        _ => std::ptr::null(),
    };
    read.iter().any(|other| place(*other) == place(value)) || {
        let same = json(value);
        read.iter().any(|other| !matches!(other, Value::Array(_)) && json(*other) == same)
    }
}

/// A value, or the JSON text in it, for comparison.
fn json(value: Value<'_>) -> Json {
    let parsed = value.as_str().and_then(|text| serde_json::from_str(&text.text()).ok());
    parsed.unwrap_or_else(|| value.to_json())
}
