//! One investigation that has something in every part, written by hand, and its hostile twins.

use crashcart_model::{Before, First, FirstKind, Investigation, LogText, Novelty, Outcome};
use crashcart_report::Writer;
use serde_json::Value;

/// The document.
pub const DOCUMENT: &str = include_str!("../sample.json");

/// The document as the writers take it.
pub fn investigation() -> Investigation {
    serde_json::from_str(DOCUMENT).expect("the sample is an investigation")
}

/// The document with `text` in every place that holds text (ids of evidence get it as the name
/// of an archive's member), but for `kept`.
#[allow(dead_code, reason = "not every test needs it")]
pub fn filled_with(text: &str, kept: &[&str]) -> Investigation {
    let mut document: Value = serde_json::from_str(DOCUMENT).expect("JSON");
    fill(&mut document, "", text, kept);
    let mut filled: Investigation =
        serde_json::from_value(document).expect("still an investigation");
    filled.story.firsts.push(first(text));
    filled
}

/// Something done for the first time, with `text` in every place that holds text.
fn first(text: &str) -> First {
    let log = || LogText::from(text);
    First {
        kind: FirstKind::Account,
        novelty: Novelty::New,
        who: log(),
        access_key: Some(log()),
        what: log(),
        at: None,
        address: Some(log()),
        through: Some(log()),
        outcome: Outcome::Done,
        before: Before { seen: vec![log()], ..Before::default() },
        because: text.to_owned(),
        origins: Vec::new(),
    }
}

/// Fields that hold a word of ours or a time, not a text.
const CLOSED: [&str; 9] =
    ["level", "severity", "incident", "outcome", "state", "reason", "at", "first", "last"];

fn fill(value: &mut Value, name: &str, text: &str, kept: &[&str]) {
    match value {
        Value::String(_) if CLOSED.contains(&name) || kept.contains(&name) => {}
        Value::String(old) if name == "id" || name == "evidence" => {
            let digest = old.split('#').next().unwrap_or_default().to_owned();
            *old = format!("{digest}#{text}");
        }
        Value::String(old) => text.clone_into(old),
        Value::Array(items) => items.iter_mut().for_each(|item| fill(item, name, text, kept)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(name, member)| fill(member, name, text, kept));
        }
        _ => {}
    }
}

/// What a writer writes.
pub fn written(writer: &dyn Writer, investigation: &Investigation) -> String {
    let mut out = Vec::new();
    writer.write(investigation, &mut out).expect("a Vec takes all");
    String::from_utf8(out).expect("every output is UTF-8")
}
