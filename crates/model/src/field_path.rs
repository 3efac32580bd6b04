//! A dotted field path, as Sigma rules and filters name fields: `requestParameters.bucketName`.

use crate::record::{Record, Str, Value};

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
        embedded: &mut dyn FnMut(Str<'a>, &str) -> bool,
    ) -> bool {
        let mut visitor = Visitor { visit, embedded };
        visitor.walk(record.as_value(), &self.whole, &self.dots, 0)
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

struct Visitor<'v, 'a> {
    visit: &'v mut dyn FnMut(Value<'a>) -> bool,
    embedded: &'v mut dyn FnMut(Str<'a>, &str) -> bool,
}

impl<'a> Visitor<'_, 'a> {
    /// Follows `rest`, whose dots stand at `dots`, counted from `base` in the whole path.
    fn walk(&mut self, value: Value<'a>, rest: &str, dots: &[usize], base: usize) -> bool {
        match value {
            _ if rest.is_empty() => (self.visit)(value),
            Value::Object(object) => {
                if let Some(member) = object.get(rest) {
                    return (self.visit)(member);
                }
                dots.iter().enumerate().any(|(index, dot)| {
                    let name = rest.get(..dot - base);
                    let tail = rest.get(dot - base + 1..);
                    let (Some(name), Some(tail)) = (name, tail) else { return false };
                    let later = dots.get(index + 1..).unwrap_or_default();
                    object.get(name).is_some_and(|member| self.walk(member, tail, later, dot + 1))
                })
            }
            Value::Array(items) => {
                items.members().any(|(_, item)| self.walk(item, rest, dots, base))
            }
            Value::String(text) => (self.embedded)(text, rest),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_knows_its_first_segment() {
        assert_eq!(FieldPath::new("userIdentity.arn").first(), "userIdentity");
        assert_eq!(FieldPath::new("eventName").first(), "eventName");
    }
}
