//! JSON inside a string of a record (a policy document, plain or percent-encoded), parsed only when
//! a rule's path leads into it. One level deep: a string within is a string.

use std::cell::RefCell;
use std::sync::Arc;

use crashcart_model::Str;
use serde_json::Value as Json;

/// JSON documents found inside strings of the current record, each parsed at most once.
#[derive(Debug, Default)]
pub(crate) struct Embedded {
    parsed: RefCell<Vec<Parsed>>,
}

/// By place and length of the string's text, which stand still while one record is looked at.
#[derive(Debug)]
struct Parsed {
    place: usize,
    length: usize,
    document: Option<Arc<Json>>,
}

impl Embedded {
    pub fn clear(&mut self) {
        self.parsed.get_mut().clear();
    }

    /// The document that a string holds; none where it holds none.
    pub fn parse(&self, text: Str<'_>) -> Option<Arc<Json>> {
        let raw = text.raw();
        let start = raw.trim_start();
        if !start.starts_with(['{', '[']) && !start.starts_with("%7B") {
            return None;
        }
        let (place, length) = (raw.as_ptr().addr(), raw.len());
        let known = self.parsed.borrow().iter().find_map(|known| {
            (known.place == place && known.length == length).then(|| known.document.clone())
        });
        if let Some(document) = known {
            return document;
        }
        let text = text.text();
        let document = if start.starts_with('%') {
            serde_json::from_slice(&percent_decoded(&text))
        } else {
            serde_json::from_str(&text)
        };
        let document = document.ok().map(Arc::new);
        self.parsed.borrow_mut().push(Parsed { place, length, document: document.clone() });
        document
    }
}

/// IAM answers with policy documents percent-encoded (RFC 3986).
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.extend_from_slice(before.as_bytes());
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    out.extend_from_slice(rest.as_bytes());
    out
}
