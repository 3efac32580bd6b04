//! The parser of the hot path: one JSON value onto a flat tape, in one pass, without allocation
//! once the tape has grown, and with the exact place of an error.
//!
//! Measured against serde_json, sonic-rs and simd-json in `docs/decisions/0001-json-and-inflate.md`.
//! It accepts what RFC 8259 accepts, and raw control characters inside strings, which exports
//! write; a fuzz target and a property test hold it against serde_json.

use crashcart_model::{Node, NodeKind, Record};

/// Why parsing stopped. Positions are byte offsets from the start of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stop {
    /// The text ends inside the value.
    Incomplete,
    /// Not JSON at this byte.
    Bad(usize),
    /// Nested deeper than the cap at this byte.
    TooDeep(usize),
}

/// A reusable tape.
#[derive(Debug, Default)]
pub struct Tape {
    nodes: Vec<Node>,
    open: Vec<u32>,
}

/// The name in front of the value that comes next.
#[derive(Clone, Copy, Default)]
struct Key {
    start: usize,
    end: usize,
    escaped: bool,
}

impl Tape {
    /// An empty tape.
    pub fn new() -> Self {
        Self::default()
    }

    /// Parses the value at the start of `text`, which holds at most 4 GiB; returns where it ends.
    ///
    /// # Errors
    /// Where and why it is not one JSON value.
    pub fn parse(&mut self, text: &str, depth: usize) -> Result<usize, Stop> {
        self.nodes.clear();
        self.open.clear();
        let bytes = text.as_bytes();
        let mut at = 0;
        let mut key = Key::default();
        loop {
            at = space(bytes, at);
            let opened = match bytes.get(at) {
                Some(b'"') => {
                    let (end, escaped) = string(bytes, at + 1)?;
                    let kind = if escaped { NodeKind::Escaped } else { NodeKind::Plain };
                    self.leaf(key, at + 1, end, kind);
                    at = end + 1;
                    false
                }
                Some(b'{') => self.open(key, at, NodeKind::Object, depth)?,
                Some(b'[') => self.open(key, at, NodeKind::Array, depth)?,
                Some(_) => {
                    let (end, kind) = literal(bytes, at)?;
                    self.leaf(key, at, end, kind);
                    at = end;
                    false
                }
                None => return Err(Stop::Incomplete),
            };
            if opened {
                at += 1;
            }
            match self.after(bytes, at, opened)? {
                Next::Value(from, name) => (at, key) = (from, name),
                Next::End(end) => return Ok(end),
            }
        }
    }

    /// Closes containers and finds the next value, or the end.
    fn after(&mut self, bytes: &[u8], mut at: usize, mut opened: bool) -> Result<Next, Stop> {
        loop {
            let Some(&top) = self.open.last() else {
                return Ok(Next::End(at));
            };
            let length = self.nodes.len();
            let Some(node) = self.nodes.get_mut(top as usize) else {
                return Ok(Next::End(at));
            };
            let object = node.kind == NodeKind::Object;
            at = space(bytes, at);
            let byte = *bytes.get(at).ok_or(Stop::Incomplete)?;
            if byte == if object { b'}' } else { b']' } {
                at += 1;
                node.end = narrow(at);
                node.next = narrow(length);
                self.open.pop();
                opened = false;
                continue;
            }
            if !opened {
                if byte != b',' {
                    return Err(Stop::Bad(at));
                }
                at = space(bytes, at + 1);
            }
            return if object { name(bytes, at) } else { Ok(Next::Value(at, Key::default())) };
        }
    }

    fn leaf(&mut self, key: Key, start: usize, end: usize, kind: NodeKind) {
        let next = narrow(self.nodes.len() + 1);
        self.push(key, (start, end), next, kind);
    }

    fn open(&mut self, key: Key, at: usize, kind: NodeKind, depth: usize) -> Result<bool, Stop> {
        if self.open.len() >= depth {
            return Err(Stop::TooDeep(at));
        }
        self.open.push(narrow(self.nodes.len()));
        self.push(key, (at, at), 0, kind);
        Ok(true)
    }

    fn push(&mut self, key: Key, (start, end): (usize, usize), next: u32, kind: NodeKind) {
        self.nodes.push(Node {
            key_start: narrow(key.start),
            key_end: narrow(key.end),
            start: narrow(start),
            end: narrow(end),
            next,
            kind,
            key_escaped: key.escaped,
        });
    }

    /// The record on the tape, over the text that was parsed.
    pub fn record<'a>(&'a self, text: &'a str) -> Record<'a> {
        Record::new(text, &self.nodes)
    }
}

enum Next {
    Value(usize, Key),
    End(usize),
}

/// Positions fit 32 bits: the caller caps a record far below 4 GiB.
#[allow(
    clippy::cast_possible_truncation,
    reason = "capped by the caller; the tape is half as large"
)]
const fn narrow(position: usize) -> u32 {
    position as u32
}

#[inline]
fn space(bytes: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
    }
    at
}

/// A member's name and the colon after it.
fn name(bytes: &[u8], at: usize) -> Result<Next, Stop> {
    match bytes.get(at) {
        Some(b'"') => {}
        Some(_) => return Err(Stop::Bad(at)),
        None => return Err(Stop::Incomplete),
    }
    let (end, escaped) = string(bytes, at + 1)?;
    let colon = space(bytes, end + 1);
    match bytes.get(colon) {
        Some(b':') => Ok(Next::Value(colon + 1, Key { start: at + 1, end, escaped })),
        Some(_) => Err(Stop::Bad(colon)),
        None => Err(Stop::Incomplete),
    }
}

/// Finds the closing quote of a string that starts at `at`; tells whether it holds escapes.
#[inline]
fn string(bytes: &[u8], mut at: usize) -> Result<(usize, bool), Stop> {
    let mut escaped = false;
    loop {
        at = quote_or_backslash(bytes, at).ok_or(Stop::Incomplete)?;
        if bytes.get(at) == Some(&b'"') {
            return Ok((at, escaped));
        }
        escaped = true;
        match bytes.get(at + 1) {
            Some(b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't') => at += 2,
            Some(b'u') => {
                for digit in at + 2..at + 6 {
                    match bytes.get(digit) {
                        Some(byte) if byte.is_ascii_hexdigit() => {}
                        Some(_) => return Err(Stop::Bad(digit)),
                        None => return Err(Stop::Incomplete),
                    }
                }
                at += 6;
            }
            Some(_) => return Err(Stop::Bad(at + 1)),
            None => return Err(Stop::Incomplete),
        }
    }
}

/// Most strings are short, so the first 32 bytes are searched eight at a time, without a call.
#[inline]
fn quote_or_backslash(bytes: &[u8], at: usize) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const TOPS: u64 = 0x8080_8080_8080_8080;
    let zero = |word: u64| word.wrapping_sub(ONES) & !word & TOPS;
    let rest = bytes.get(at..)?;
    let (chunks, _) = rest.as_chunks::<8>();
    for (index, chunk) in chunks.iter().take(4).enumerate() {
        let word = u64::from_le_bytes(*chunk);
        let hit = zero(word ^ (ONES * u64::from(b'"'))) | zero(word ^ (ONES * u64::from(b'\\')));
        if hit != 0 {
            return Some(at + index * 8 + hit.trailing_zeros() as usize / 8);
        }
    }
    let from = (chunks.len().min(4)) * 8;
    memchr::memchr2(b'"', b'\\', rest.get(from..)?).map(|found| at + from + found)
}

fn literal(bytes: &[u8], at: usize) -> Result<(usize, NodeKind), Stop> {
    let rest = bytes.get(at..).unwrap_or_default();
    for (word, kind) in [
        (b"null".as_slice(), NodeKind::Null),
        (b"true", NodeKind::True),
        (b"false", NodeKind::False),
    ] {
        if rest.first() == word.first() {
            let same = rest.iter().zip(word).take_while(|(a, b)| a == b).count();
            return match (same == word.len(), same == rest.len()) {
                (true, _) => Ok((at + same, kind)),
                (false, true) => Err(Stop::Incomplete),
                (false, false) => Err(Stop::Bad(at + same)),
            };
        }
    }
    number(rest, at).map(|end| (end, NodeKind::Number))
}

/// A number as RFC 8259 has it.
fn number(rest: &[u8], base: usize) -> Result<usize, Stop> {
    let digits = |mut at: usize| {
        let start = at;
        while rest.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        match (at > start, at < rest.len()) {
            (true, _) => Ok(at),
            (false, true) => Err(Stop::Bad(base + at)),
            (false, false) => Err(Stop::Incomplete),
        }
    };
    let mut at = usize::from(rest.first() == Some(&b'-'));
    at = if rest.get(at) == Some(&b'0') { at + 1 } else { digits(at)? };
    if rest.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = rest.get(at) {
        let signed = matches!(rest.get(at + 1), Some(b'+' | b'-'));
        at = digits(at + 1 + usize::from(signed))?;
    }
    Ok(base + at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(text: &str) -> Result<serde_json::Value, Stop> {
        let mut tape = Tape::new();
        let end = tape.parse(text, 128)?;
        assert!(end <= text.len());
        Ok(tape.record(text).as_value().to_json())
    }

    #[test]
    fn values_read_as_serde_json_reads_them() {
        for text in [
            "{}",
            "[]",
            r#"{"a":[1,-2.5e+3,{"b":null}],"c":"x\"\u00e9\\","d":[[],{}],"e":true,"f":false}"#,
            " [ 1 , 2 ] ",
            r#"{"long":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\\b"}"#,
            r#"{"exactly8":"12345678","exactly7":"1234567"}"#,
        ] {
            assert_eq!(parse(text).ok(), serde_json::from_str(text).ok(), "{text}");
        }
    }

    #[test]
    fn errors_say_where() {
        assert_eq!(parse(r#"{"a":1,}"#), Err(Stop::Bad(7)));
        assert_eq!(parse(r#"{"a" 1}"#), Err(Stop::Bad(5)));
        assert_eq!(parse(r#"{"a":"\x"}"#), Err(Stop::Bad(7)));
        assert_eq!(parse(r#"{"a":tru"#), Err(Stop::Incomplete));
        assert_eq!(parse(r#"[1 2]"#), Err(Stop::Bad(3)));
        assert_eq!(parse("[01]"), Err(Stop::Bad(2)));
        let deep = "[".repeat(10_000);
        assert_eq!(parse(&deep), Err(Stop::TooDeep(128)));
    }

    #[test]
    fn every_prefix_of_a_value_is_incomplete() {
        let text = r#"{"a":[1.5e3,"x\"\u00e9\\",null,true,false],"b":{"c":""}}"#;
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert_eq!(parse(&text[..end]), Err(Stop::Incomplete), "{}", &text[..end]);
        }
    }

    proptest! {
        #[test]
        fn what_serde_json_accepts_reads_the_same(text in r#"[\[\]{}",:0-9a-z\\ .eE+-]{0,40}"#) {
            if let Ok(expected) = serde_json::from_str::<serde_json::Value>(&text) {
                // A name that stands twice: serde_json keeps the last, the tape both.
                let mut tape = Tape::new();
                let end = tape.parse(&text, 128);
                prop_assert_eq!(end.map(|end| text[end..].trim().len()), Ok(0));
                if !text.contains('{') {
                    prop_assert_eq!(tape.record(&text).as_value().to_json(), expected);
                }
            } else {
                let whole = Tape::new().parse(&text, 128).is_ok_and(|end| text[end..].trim().is_empty());
                prop_assert!(!whole, "accepted what serde_json refuses: {}", text);
            }
        }
    }
}
