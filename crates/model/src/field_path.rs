//! A dotted field path, as Sigma rules and filters name fields: `requestParameters.bucketName`.

use crate::record::{Record, Value};

/// A compiled path. A name that itself holds dots is tried whole before it is split.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FieldPath {
    whole: String,
    /// Byte offsets of the dots in `whole`.
    dots: Vec<usize>,
}

impl FieldPath {
    /// Compiles a dotted path.
    pub fn new(path: &str) -> Self {
        Self { whole: path.to_owned(), dots: path.match_indices('.').map(|(at, _)| at).collect() }
    }

    /// The path as written.
    pub fn as_str(&self) -> &str {
        &self.whole
    }

    /// The first segment: the top-level field.
    pub fn first(&self) -> &str {
        let end = self.dots.first().copied().unwrap_or(self.whole.len());
        self.whole.get(..end).unwrap_or_default()
    }

    /// Calls `visit` for each value at this path until it returns true; arrays on the way are
    /// entered, an array at the end is given as it is. Returns whether any visit returned true.
    ///
    /// `embedded` is called with the rest of the path where the path goes on inside a string
    /// (a policy document kept as JSON text).
    pub fn visit<'a>(
        &self,
        record: &Record<'a>,
        visit: &mut dyn FnMut(Value<'a>) -> bool,
        embedded: &mut dyn FnMut(crate::Str<'a>, &str) -> bool,
    ) -> bool {
        walk(record.as_value(), &self.whole, &self.dots, 0, visit, embedded)
    }

    /// The first scalar at this path, as text.
    pub fn text<'a>(&self, record: &Record<'a>) -> Option<std::borrow::Cow<'a, str>> {
        let mut found = None;
        self.visit(
            record,
            &mut |value| {
                found = value.scalar();
                found.is_some()
            },
            &mut |_, _| false,
        );
        found
    }
}

fn walk<'a>(
    value: Value<'a>,
    rest: &str,
    dots: &[usize],
    base: usize,
    visit: &mut dyn FnMut(Value<'a>) -> bool,
    embedded: &mut dyn FnMut(crate::Str<'a>, &str) -> bool,
) -> bool {
    if rest.is_empty() {
        return visit(value);
    }
    match value {
        Value::Object(object) => {
            for (key, member) in object.members() {
                if key.is(rest) {
                    return visit(member);
                }
            }
            for (index, dot) in dots.iter().enumerate() {
                let (Some(name), Some(tail)) = (rest.get(..dot - base), rest.get(dot - base + 1..))
                else {
                    continue;
                };
                let Some(member) = object.get(name) else {
                    continue;
                };
                let later = dots.get(index + 1..).unwrap_or_default();
                if walk(member, tail, later, dot + 1, visit, embedded) {
                    return true;
                }
            }
            false
        }
        Value::Array(items) => {
            items.members().any(|(_, item)| walk(item, rest, dots, base, visit, embedded))
        }
        Value::String(text) => embedded(text, rest),
        _ => false,
    }
}
