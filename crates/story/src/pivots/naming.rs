//! Calls that are about the thing that was asked about, made by others. It must never take a call
//! about something for a call by it.

use crate::principal::{self, short};
use crate::scene::{Entry, Scene};
use crate::words::{counted, counted_len, listed};

use super::Kind;

/// Calls told in one sentence.
const TOLD: usize = 6;

/// Whether a call is about it.
pub(super) fn names(entry: &Entry<'_>, kind: Kind, asked: &str) -> bool {
    let bare = principal::bare(asked);
    let is =
        |text: &str| text.split(", ").any(|thing| thing == asked || principal::bare(thing) == bare);
    let named = is(entry.parts.thing) || kind != Kind::Key && is(entry.parts.owner);
    match kind {
        Kind::Address => false,
        Kind::Key | Kind::Instance | Kind::Resource => named,
        Kind::Principal => named && may_be_a_principal(entry, asked),
    }
}

/// Whether what a call names may be the principal, and not something else of the same name.
fn may_be_a_principal(entry: &Entry<'_>, asked: &str) -> bool {
    let parts = &entry.parts;
    let here = principal::account(asked).is_none_or(|account| account == parts.account);
    let other_kind = asked.contains(":user/") && parts.name.contains("Role")
        || asked.contains(":role/") && parts.name.contains("User");
    matches!(parts.service, "iam" | "sts") && here && !other_kind
}

/// Which calls name it, by whom and when, and which sessions carry its name; empty where none do.
pub(super) fn sentence(
    scene: &Scene<'_>,
    named: &[&Entry<'_>],
    sessions: &[&str],
    silent: bool,
) -> String {
    let calls: u64 = named.iter().map(|entry| entry.item.count).sum();
    let mut parts = Vec::new();
    if calls > 0 {
        let told: Vec<String> = named.iter().map(|entry| call(entry)).collect();
        let told = match silent {
            true => format!(": {}", listed(told.iter().map(String::as_str), TOLD)),
            false => String::new(),
        };
        parts.push(format!("named by {}{told}", counted(calls, "call")));
    }
    if silent && !sessions.is_empty() {
        let told: Vec<String> = sessions.iter().map(|name| session(scene, name)).collect();
        let told = listed(told.iter().map(String::as_str), TOLD);
        parts.push(format!("{} of its name: {told}", counted_len(sessions.len(), "session")));
    }
    parts.join("; ")
}

/// `iam:CreateUser by user bob at 2026-05-04T02:10:00Z (denied)`
fn call(entry: &Entry<'_>) -> String {
    use crashcart_model::Outcome;
    let became = match entry.parts.outcome {
        Outcome::Done => "",
        Outcome::Denied => " (denied)",
        Outcome::Failed => " (failed)",
        Outcome::Unknown => " (outcome unknown)",
    };
    let at = entry.item.first.map(|at| format!(" at {at}")).unwrap_or_default();
    let what = principal::plain(entry.what().raw());
    format!("{what} by {}{at}{became}", short(entry.parts.actor))
}

/// `role shop (session i-0abc) issued to ec2.amazonaws.com`
fn session(scene: &Scene<'_>, name: &str) -> String {
    let issued = scene.facts.sessions.get(name);
    let mut by: Vec<String> = issued.into_iter().flat_map(|i| i.by.iter()).map(short).collect();
    by.sort();
    format!("{}, asked for by {}", short(name), listed(by.iter().map(String::as_str), TOLD))
}
