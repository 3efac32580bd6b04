//! What a cell of a table holds: JSON, the text forms of Athena and Python, or plain text.

use serde_json::{Map, Value as Json};

use crate::headings::inner_name;

/// Nesting in the text forms of Athena and Python.
const DEPTH: usize = 16;

/// A cell as JSON: empty is null, JSON text is itself, Athena's `{name=value}` and Python's
/// `{'name': value}` are objects.
pub(crate) fn value(cell: &str) -> Json {
    let text = cell.trim();
    if text.is_empty() || text == "null" || text == "-" {
        return Json::Null;
    }
    if text.starts_with(['{', '[']) {
        if let Ok(value) = serde_json::from_str(text) {
            return value;
        }
        if let Some((value, "")) = literal(text, 0).or_else(|| structure(text, 0)) {
            return value;
        }
    }
    Json::String(cell.to_owned())
}

/// How programs write that there is nothing, where a word would be taken for the name of an error.
pub(crate) fn is_nothing(cell: &str) -> bool {
    ["none", "null", "(null)", "nil", "nan", "n/a", "\\n"]
        .iter()
        .any(|word| word.eq_ignore_ascii_case(cell.trim()))
}

/// Athena's text form of a struct: `{type=IAMUser, arn=..., sessioncontext={...}}`.
fn structure(text: &str, depth: usize) -> Option<(Json, &str)> {
    let mut rest = text.strip_prefix('{').filter(|_| depth < DEPTH)?;
    let mut out = Map::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((Json::Object(out), rest));
        }
        let (name, value) = rest.split_once('=')?;
        let (value, tail) = if value.starts_with('{') {
            structure(value, depth + 1)?
        } else {
            // A value may hold commas; the next name is what ends it.
            let end = value_end(value)?;
            let plain = value.get(..end)?;
            let json = if plain == "null" { Json::Null } else { Json::String(plain.to_owned()) };
            (json, value.get(end..)?)
        };
        out.insert(inner_name(name.trim()), value);
        rest = tail;
    }
}

fn value_end(value: &str) -> Option<usize> {
    let comma = value.match_indices(", ").map(|(at, _)| at).find(|at| {
        let name = value.get(at + 2..).unwrap_or_default();
        let name = name.split('=').next().unwrap_or_default();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    let brace = value.find('}');
    comma.into_iter().chain(brace).min()
}

/// Python's text form of a value, as `str()` of a parsed record gives it (Python Language
/// Reference, "Literals").
fn literal(text: &str, depth: usize) -> Option<(Json, &str)> {
    if depth >= DEPTH {
        return None;
    }
    match text.as_bytes().first()? {
        b'{' => dictionary(text.get(1..)?, depth),
        b'[' => list(text.get(1..)?, depth),
        quote @ (b'\'' | b'"') => {
            let (value, rest) = string(text.get(1..)?, char::from(*quote))?;
            Some((Json::String(value), rest))
        }
        _ => {
            let end = text.find([',', '}', ']', ' '])?;
            let (word, rest) = text.split_at(end);
            let value = match word {
                "None" => Json::Null,
                "True" => Json::Bool(true),
                "False" => Json::Bool(false),
                number => Json::Number(serde_json::from_str(number).ok()?),
            };
            Some((value, rest))
        }
    }
}

fn dictionary(mut rest: &str, depth: usize) -> Option<(Json, &str)> {
    let mut out = Map::new();
    while let Some(item) = item(&mut rest, '}', out.is_empty())? {
        let quote = item.chars().next().filter(|quote| ['\'', '"'].contains(quote))?;
        let (name, after) = string(item.get(1..)?, quote)?;
        let (value, after) = literal(after.strip_prefix(':')?.trim_start(), depth + 1)?;
        out.insert(name, value);
        rest = after;
    }
    Some((Json::Object(out), rest))
}

fn list(mut rest: &str, depth: usize) -> Option<(Json, &str)> {
    let mut out = Vec::new();
    while let Some(item) = item(&mut rest, ']', out.is_empty())? {
        let (value, after) = literal(item, depth + 1)?;
        out.push(value);
        rest = after;
    }
    Some((Json::Array(out), rest))
}

/// Where the next item begins; none at the end, behind which `rest` then stands.
fn item<'a>(rest: &mut &'a str, end: char, first: bool) -> Option<Option<&'a str>> {
    let text = rest.trim_start();
    if let Some(after) = text.strip_prefix(end) {
        *rest = after;
        return Some(None);
    }
    if first {
        Some(Some(text))
    } else {
        text.strip_prefix(',').map(|text| Some(text.trim_start()))
    }
}

/// A string behind its opening quote, and what follows its closing one.
fn string(text: &str, quote: char) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut rest = text;
    loop {
        let at = rest.find([quote, '\\'])?;
        out.push_str(rest.get(..at)?);
        let after = rest.get(at + 1..)?;
        if !rest.get(at..)?.starts_with('\\') {
            return Some((out, after));
        }
        let escaped = after.chars().next()?;
        rest = after.get(escaped.len_utf8()..)?;
        let digits = match escaped {
            'n' => push(&mut out, '\n'),
            'r' => push(&mut out, '\r'),
            't' => push(&mut out, '\t'),
            '\\' | '\'' | '"' => push(&mut out, escaped),
            'x' => 2,
            'u' => 4,
            'U' => 8,
            _ => return None,
        };
        if digits > 0 {
            let code = u32::from_str_radix(rest.get(..digits)?, 16).ok()?;
            out.push(char::from_u32(code).unwrap_or('\u{fffd}'));
            rest = rest.get(digits..)?;
        }
    }
}

/// Pushes a character that needs no digits.
fn push(out: &mut String, character: char) -> usize {
    out.push(character);
    0
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_python_prints_of_a_record_is_read_as_that_record() {
        let cell = r#"{'type': 'AWSAccount', 'principalId': '', 'mfa': False, 'none': None, 'n': [1, -2.5, []], 'quote': "it's", 'path': 'C:\\x\n\xe9\u20ac', 'deep': {'a': {}}}"#;
        assert_eq!(
            value(cell),
            json!({
                "type": "AWSAccount", "principalId": "", "mfa": false, "none": null,
                "n": [1, -2.5, []], "quote": "it's", "path": "C:\\x\né€", "deep": {"a": {}}
            })
        );
    }

    #[test]
    fn what_only_looks_like_it_stays_text() {
        for cell in [
            "{'a': 1",
            "{'a' 1}",
            "{'a': 1} and more",
            "{'a': b}",
            "{a: 1}",
            "['a' 'b']",
            "{'a': '\\q'}",
            "{,'a': 1}",
            "['a',,]",
        ] {
            assert_eq!(value(cell), json!(cell));
        }
        let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
        assert_eq!(value(&deep), json!(deep), "neither JSON's cap nor ours");
    }
}
