//! A log record, borrowed from the buffer it was read into and reached by field path.
//!
//! A record is a flat tape of nodes over the text of one JSON object, in document order. The
//! parser in `decode` writes the tape; rules, facts and filters read it. Nothing here knows
//! CloudTrail: a later log format only has to produce the same tape.

use std::borrow::Cow;

/// What a node of the tape is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeKind {
    /// `null`
    Null,
    /// `true`
    True,
    /// `false`
    False,
    /// A number, kept as it was written.
    Number,
    /// A string without escapes: its text is its value.
    Plain,
    /// A string with at least one backslash escape.
    Escaped,
    /// An array; its elements follow.
    Array,
    /// An object; its members follow.
    Object,
}

/// One value on the tape. Positions are byte offsets into the record's text.
#[derive(Debug, Clone, Copy)]
pub struct Node {
    /// First byte of the member's name (after the quote); `key_end == key_start` in an array.
    pub key_start: u32,
    /// End of the member's name.
    pub key_end: u32,
    /// First byte of the value; for a string, after its quote.
    pub start: u32,
    /// End of the value; for a string, before its closing quote.
    pub end: u32,
    /// Index of the node that follows this value and everything in it.
    pub next: u32,
    /// What the value is.
    pub kind: NodeKind,
    /// The member's name holds a backslash escape.
    pub key_escaped: bool,
}

/// A record: the text it came from, its tape, and where on the tape it starts.
#[derive(Debug, Clone, Copy)]
pub struct Record<'a> {
    text: &'a str,
    nodes: &'a [Node],
    root: u32,
    partial: bool,
}

/// A JSON string as it stands in the text, between its quotes.
#[derive(Debug, Clone, Copy)]
pub struct Str<'a> {
    raw: &'a str,
    escaped: bool,
}

/// A value inside a record.
#[derive(Debug, Clone, Copy)]
pub enum Value<'a> {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number as written.
    Number(&'a str),
    /// A string.
    String(Str<'a>),
    /// An array or an object: a record of its own, rooted here.
    Array(Record<'a>),
    /// See [`Value::Array`].
    Object(Record<'a>),
}

impl<'a> Str<'a> {
    /// A string without escapes.
    pub const fn plain(raw: &'a str) -> Self {
        Self { raw, escaped: false }
    }

    /// The text between the quotes, escapes not resolved.
    #[inline]
    pub const fn raw(self) -> &'a str {
        self.raw
    }

    /// Whether the raw text holds escapes.
    pub const fn is_escaped(self) -> bool {
        self.escaped
    }

    /// Whether the raw text is empty.
    pub const fn is_empty(self) -> bool {
        self.raw.is_empty()
    }

    /// The string's value. Lone surrogates become U+FFFD.
    #[inline]
    pub fn text(self) -> Cow<'a, str> {
        if self.escaped { Cow::Owned(unescape(self.raw)) } else { Cow::Borrowed(self.raw) }
    }

    /// Whether the value equals `other`, case-sensitive.
    #[inline]
    pub fn is(self, other: &str) -> bool {
        if self.escaped { self.text() == other } else { self.raw == other }
    }
}

/// Resolves JSON escapes; what is not a valid escape is kept as it stands.
fn unescape(raw: &str) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        out.push_str(rest.get(..at).unwrap_or_default());
        let tail = rest.get(at + 1..).unwrap_or_default();
        let (text, used) = escape(tail);
        out.push(text);
        rest = tail.get(used..).unwrap_or_default();
    }
    out.push_str(rest);
    out
}

/// The character an escape stands for, and how many bytes after the backslash it takes.
fn escape(tail: &str) -> (char, usize) {
    match tail.as_bytes().first() {
        Some(b'n') => ('\n', 1),
        Some(b't') => ('\t', 1),
        Some(b'r') => ('\r', 1),
        Some(b'b') => ('\u{8}', 1),
        Some(b'f') => ('\u{c}', 1),
        Some(b'u') => unicode(tail),
        Some(_) => {
            let character = tail.chars().next().unwrap_or('\u{fffd}');
            (character, character.len_utf8())
        }
        None => ('\\', 0),
    }
}

fn unicode(tail: &str) -> (char, usize) {
    let unit = |from: usize| {
        tail.get(from..from + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok())
    };
    let Some(high) = unit(1) else { return ('u', 1) };
    if (0xd800..0xdc00).contains(&high)
        && tail.get(5..7) == Some("\\u")
        && let Some(low) = unit(7).filter(|low| (0xdc00..0xe000).contains(low))
    {
        let code = 0x1_0000 + ((high - 0xd800) << 10) + (low - 0xdc00);
        return (char::from_u32(code).unwrap_or('\u{fffd}'), 11);
    }
    (char::from_u32(high).unwrap_or('\u{fffd}'), 5)
}

impl<'a> Record<'a> {
    /// A record over `text` and a tape whose first node is the record itself.
    pub const fn new(text: &'a str, nodes: &'a [Node]) -> Self {
        Self { text, nodes, root: 0, partial: false }
    }

    /// Marks a record of a format that may lack columns, so that an absent error code does not
    /// mean success.
    #[must_use]
    pub const fn into_partial(mut self) -> Self {
        self.partial = true;
        self
    }

    /// Whether the format may have dropped fields; see [`Record::into_partial`].
    pub const fn is_partial(&self) -> bool {
        self.partial
    }

    /// The JSON text of this record.
    pub fn json(&self) -> &'a str {
        self.node(self.root)
            .and_then(|node| self.text.get(node.start as usize..node.end as usize))
            .unwrap_or_default()
    }

    #[inline]
    fn node(&self, at: u32) -> Option<&'a Node> {
        self.nodes.get(at as usize)
    }

    #[inline]
    fn value(&self, at: u32, node: &Node) -> Value<'a> {
        let text = || self.text.get(node.start as usize..node.end as usize).unwrap_or_default();
        match node.kind {
            NodeKind::Null => Value::Null,
            NodeKind::True => Value::Bool(true),
            NodeKind::False => Value::Bool(false),
            NodeKind::Number => Value::Number(text()),
            NodeKind::Plain => Value::String(Str { raw: text(), escaped: false }),
            NodeKind::Escaped => Value::String(Str { raw: text(), escaped: true }),
            NodeKind::Array => Value::Array(Record { root: at, ..*self }),
            NodeKind::Object => Value::Object(Record { root: at, ..*self }),
        }
    }

    /// The record as a value: an object, or an array if the tape starts with one.
    pub fn as_value(&self) -> Value<'a> {
        self.node(self.root).map_or(Value::Null, |node| self.value(self.root, node))
    }

    /// Members of an object (name and value) or elements of an array (empty name), in order.
    #[inline]
    pub fn members(&self) -> Members<'a> {
        let end = self.node(self.root).map_or(0, |node| node.next);
        Members { record: *self, at: self.root + 1, end }
    }

    /// The value at a place on the tape that `Members::position` gave for this record; `null`
    /// for any other place off the tape. A reader that comes back to a member many times keeps
    /// its place, which outlives no borrow.
    #[inline]
    pub fn value_at(&self, position: u32) -> Value<'a> {
        self.node(position).map_or(Value::Null, |node| self.value(position, node))
    }

    /// Where on the tape the first member named `name` stands; see [`Record::value_at`].
    pub fn position_of(&self, name: &str) -> Option<u32> {
        let end = self.node(self.root)?.next;
        let mut at = self.root + 1;
        while at < end {
            let node = self.node(at)?;
            let (start, stop) = (node.key_start as usize, node.key_end as usize);
            if node.key_escaped || stop.wrapping_sub(start) == name.len() {
                let raw = self.text.get(start..stop).unwrap_or_default();
                if (Str { raw, escaped: node.key_escaped }).is(name) {
                    return Some(at);
                }
            }
            // A tape that does not move forward would loop for ever: end instead.
            at = if node.next > at { node.next } else { end };
        }
        None
    }

    /// The first member named `name`.
    pub fn get(&self, name: &str) -> Option<Value<'a>> {
        self.position_of(name).map(|position| self.value_at(position))
    }

    /// The member named `name`, if it is a string.
    pub fn text_of(&self, name: &str) -> Option<Str<'a>> {
        self.get(name)?.as_str()
    }

    /// The member named `name`, if it is an object.
    pub fn object(&self, name: &str) -> Option<Record<'a>> {
        self.get(name)?.as_object()
    }
}

impl<'a> Value<'a> {
    /// The string, if it is one.
    #[inline]
    pub const fn as_str(self) -> Option<Str<'a>> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The object, if it is one.
    #[inline]
    pub const fn as_object(self) -> Option<Record<'a>> {
        match self {
            Value::Object(record) => Some(record),
            _ => None,
        }
    }

    /// The boolean; exports write it as a string too.
    pub fn as_bool(self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(value),
            Value::String(text) if text.raw.eq_ignore_ascii_case("true") => Some(true),
            Value::String(text) if text.raw.eq_ignore_ascii_case("false") => Some(false),
            _ => None,
        }
    }

    /// A string, a number or a boolean as text; none for `null`, arrays and objects.
    pub fn scalar(self) -> Option<Cow<'a, str>> {
        match self {
            Value::String(text) => Some(text.text()),
            Value::Number(text) => Some(Cow::Borrowed(text)),
            Value::Bool(value) => Some(Cow::Borrowed(if value { "true" } else { "false" })),
            Value::Null | Value::Array(_) | Value::Object(_) => None,
        }
    }

    /// Copies the value. Depth is bounded by the parser's cap.
    pub fn to_json(self) -> serde_json::Value {
        use serde_json::Value as Json;
        match self {
            Value::Null => Json::Null,
            Value::Bool(value) => Json::Bool(value),
            Value::Number(text) => {
                serde_json::from_str(text).unwrap_or_else(|_| Json::String(text.to_owned()))
            }
            Value::String(text) => Json::String(text.text().into_owned()),
            Value::Array(items) => Json::Array(items.members().map(|(_, v)| v.to_json()).collect()),
            Value::Object(items) => Json::Object(
                items.members().map(|(key, v)| (key.text().into_owned(), v.to_json())).collect(),
            ),
        }
    }
}

/// Iterator over the members of a record; see [`Record::members`].
#[derive(Debug, Clone)]
pub struct Members<'a> {
    record: Record<'a>,
    at: u32,
    end: u32,
}

impl<'a> Members<'a> {
    /// Where on the tape the next member stands; see [`Record::value_at`].
    pub const fn position(&self) -> u32 {
        self.at
    }

    /// The next member's name, without its value; see [`Members::position`].
    #[inline]
    pub fn next_name(&mut self) -> Option<Str<'a>> {
        if self.at >= self.end {
            return None;
        }
        let node = self.record.node(self.at)?;
        // A tape that does not move forward would loop for ever: end instead.
        self.at = if node.next > self.at { node.next } else { self.end };
        let raw = self.record.text.get(node.key_start as usize..node.key_end as usize);
        Some(Str { raw: raw.unwrap_or_default(), escaped: node.key_escaped })
    }
}

impl<'a> Iterator for Members<'a> {
    type Item = (Str<'a>, Value<'a>);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let name = self.next_name()?;
        Some((name, self.record.value_at(at)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_resolve_as_json_says() {
        let text = Str { raw: r#"a\n\"\\\/\u00e9\ud83d\ude00\ud800x"#, escaped: true };
        assert_eq!(text.text(), "a\n\"\\/é😀\u{fffd}x");
    }

    #[test]
    fn a_broken_escape_is_kept_and_does_not_panic() {
        for raw in ["\\", "\\u12", "\\ué", "\\ud83d\\u", "\\é"] {
            let text = Str { raw, escaped: true };
            assert!(!text.text().is_empty());
        }
    }
}
