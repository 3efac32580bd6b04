//! What came from the thing that was asked about, and where it comes from itself. It must never
//! name whom it shares a thief, an address or an incident with: those are told as suspects.

use std::collections::BTreeSet;

use crashcart_model::{LogText, Session};

use super::Kind;
use crate::knowledge::Effect;
use crate::principal::plain;
use crate::scene::{Entry, Scene};

/// Principals and things named.
const KIN: usize = 20;

/// What a call makes that somebody can act under.
fn made(entry: &Entry<'_>) -> Option<&'static str> {
    match entry.effect() {
        Some(Effect::Make(made @ ("IAM user" | "access key" | "IAM role"))) => {
            (entry.done() && !entry.parts.automation).then_some(made)
        }
        _ => None,
    }
}

/// Sessions that were asked for with or from it, then what was made with or from it.
pub(super) fn leads_to<'f>(
    scene: &Scene<'f>,
    (kind, asked): (Kind, &str),
    users: &[&'f str],
    chain: &[Session],
) -> Vec<LogText> {
    let mut leads = Kin::default();
    match kind {
        Kind::Key => {
            let by_it = |session: &&Session| {
                let issued = session.issued_by.as_ref();
                let key = issued.and_then(|issued| issued.key.as_ref());
                // A user's key is told among what was made, with its user.
                let made = issued.is_some_and(|issued| issued.call.raw() == crate::sessions::MADE);
                session.key.raw() != asked && !made && key.is_some_and(|key| key.raw() == asked)
            };
            for session in chain.iter().filter(by_it) {
                let key = format!("access key {}", session.key.raw());
                leads.add(session.principal.as_ref().map_or(&key, LogText::raw));
            }
        }
        Kind::Address => {
            for name in users.iter().flat_map(|name| scene.sessions_of(name)) {
                let issued = scene.facts.sessions.get(name);
                if issued.is_some_and(|issued| issued.from.contains(asked)) {
                    leads.add(name);
                }
            }
        }
        Kind::Principal | Kind::Instance => {
            users.iter().flat_map(|name| scene.sessions_of(name)).for_each(|name| leads.add(name));
        }
        Kind::Resource => {}
    }
    let own =
        |name: &str| matches!(kind, Kind::Principal | Kind::Instance) && users.contains(&name);
    leads.names.retain(|name| !own(name.raw()));
    for entry in users.iter().flat_map(|name| scene.entries_of(name)) {
        let with = !kind.is_of_one_call() || entry.item.asked.contains(asked);
        if let Some(made) = made(entry).filter(|_| with) {
            let target = entry.target().map(|target| plain(target.raw())).unwrap_or_default();
            leads.add(&format!("{made} {target}"));
        }
    }
    leads.names
}

/// Who issued, made or started it.
pub(super) fn comes_from<'f>(
    scene: &Scene<'f>,
    (kind, asked): (Kind, &str),
    (users, named): (&[&'f str], &[&Entry<'_>]),
    chain: &[Session],
) -> Vec<LogText> {
    let mut from = Kin::default();
    match kind {
        Kind::Key => {
            let own = chain.iter().find(|session| session.key.raw() == asked);
            let issued = own.and_then(|session| session.issued_by.as_ref());
            if let Some(by) = issued.and_then(|issued| issued.principal.as_ref()) {
                from.add(by.raw());
            }
        }
        Kind::Principal => {
            let askers: BTreeSet<&str> = users
                .iter()
                .filter_map(|name| scene.facts.sessions.get(*name))
                .flat_map(|issued| issued.by.iter())
                .collect();
            askers.into_iter().for_each(|name| from.add(name));
        }
        Kind::Address | Kind::Instance | Kind::Resource => {}
    }
    let makes = |entry: &&&Entry<'_>| {
        let kinds: &[&str] = match kind {
            Kind::Key => &["access key"],
            Kind::Principal => &["IAM user", "IAM role"],
            Kind::Instance | Kind::Resource => return starts(entry),
            Kind::Address => &[],
        };
        made(entry).is_some_and(|made| kinds.contains(&made))
    };
    for entry in named.iter().filter(makes) {
        from.add(entry.parts.actor);
    }
    from.names
}

/// Whether a call made what it is about, or set it going.
fn starts(entry: &Entry<'_>) -> bool {
    let made = matches!(entry.effect(), Some(Effect::Make(_)));
    entry.done() && (made || matches!(entry.parts.name, "RunInstances" | "StartInstances"))
}

/// Names, each once, in the order of adding.
#[derive(Default)]
struct Kin {
    names: Vec<LogText>,
}

impl Kin {
    fn add(&mut self, name: &str) {
        let text = LogText::from(name);
        if self.names.len() < KIN && !self.names.contains(&text) {
            self.names.push(text);
        }
    }
}
