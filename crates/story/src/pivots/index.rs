//! Where the material holds what was asked about: by key, address, name and thing, so that a
//! thousand findings cost no more than the material. It must never decide what any of it means.

use std::collections::BTreeMap;

use super::{Kind, naming};
use crate::aliases::Aliases;
use crate::principal::{self, bare};
use crate::scene::{Entry, Scene};

/// Names by something about them.
type Names<'f> = BTreeMap<&'f str, Vec<&'f str>>;
/// Numbers of calls by what they are about.
type Numbers<'f> = BTreeMap<&'f str, Vec<usize>>;

/// What the material knows, by what may be asked about.
pub(super) struct Index<'s, 'f> {
    scene: &'s Scene<'f>,
    keys: Names<'f>,
    addresses: Names<'f>,
    /// Sessions that made a call, by the session's name.
    runs: Names<'f>,
    /// Sessions that were issued: by key, by the session's name, and by their other names.
    issued_keys: Names<'f>,
    issued_runs: Names<'f>,
    issued: Aliases<'f>,
    /// Calls in order of time, what was set apart last.
    calls: Vec<&'s Entry<'f>>,
    things: Numbers<'f>,
}

/// Where one thing that was asked about occurs.
#[derive(Default)]
pub(super) struct Found<'s, 'f> {
    /// The principals that are it, used it, or came from it, in order of name.
    pub(super) users: Vec<&'f str>,
    /// Calls about it, in order of time, what was set apart last.
    pub(super) named: Vec<&'s Entry<'f>>,
    /// Sessions that a key was issued for, or that carry its name, whether or not they made a
    /// call; in order of name.
    pub(super) issued: Vec<&'f str>,
}

impl Found<'_, '_> {
    pub(super) fn is_here(&self) -> bool {
        !(self.users.is_empty() && self.named.is_empty() && self.issued.is_empty())
    }
}

impl<'s, 'f> Index<'s, 'f> {
    pub(super) fn new(scene: &'s Scene<'f>) -> Self {
        let sessions = &scene.facts.sessions;
        let mut index = Self {
            scene,
            keys: Names::new(),
            addresses: Names::new(),
            runs: Names::new(),
            issued_keys: Names::new(),
            issued_runs: Names::new(),
            issued: Aliases::new(sessions.keys().map(|name| (name.as_str(), None))),
            calls: scene.entries.iter().chain(&scene.aside).collect(),
            things: Numbers::new(),
        };
        for (name, actor) in &scene.facts.actors {
            for (names, texts) in
                [(&mut index.keys, &actor.keys), (&mut index.addresses, &actor.addresses)]
            {
                texts.iter().for_each(|text| names.entry(text).or_default().push(name));
            }
            if let Some((_, run)) = principal::session(name) {
                index.runs.entry(run).or_default().push(name);
            }
        }
        for (name, issued) in sessions {
            for key in issued.keys.by_time() {
                index.issued_keys.entry(key).or_default().push(name);
            }
            if let Some((_, run)) = principal::session(name) {
                index.issued_runs.entry(run).or_default().push(name);
            }
        }
        for (number, entry) in index.calls.iter().enumerate() {
            for thing in [entry.parts.thing, entry.parts.owner].iter().flat_map(|t| t.split(", ")) {
                index.things.entry(bare(thing)).or_default().push(number);
            }
        }
        index
    }

    /// Where something occurs.
    pub(super) fn find(&self, kind: Kind, asked: &str) -> Found<'s, 'f> {
        let of = |names: &Names<'f>| names.get(asked).cloned().unwrap_or_default();
        let mut found = match kind {
            Kind::Key => {
                Found { users: of(&self.keys), issued: of(&self.issued_keys), ..Found::default() }
            }
            Kind::Principal => {
                let mut issued = self.issued.find(asked);
                issued.extend(of(&self.issued_runs));
                Found { users: self.scene.aliases.find(asked), issued, ..Found::default() }
            }
            Kind::Address => Found { users: of(&self.addresses), ..Found::default() },
            Kind::Instance => {
                Found { users: of(&self.runs), issued: of(&self.issued_runs), ..Found::default() }
            }
            Kind::Resource => Found::default(),
        };
        for names in [&mut found.users, &mut found.issued] {
            names.sort_unstable();
            names.dedup();
        }
        found.named = self.naming(kind, asked);
        found
    }

    /// Calls that are about it.
    fn naming(&self, kind: Kind, asked: &str) -> Vec<&'s Entry<'f>> {
        let mut numbers = self.things.get(bare(asked)).cloned().unwrap_or_default();
        numbers.dedup();
        let calls = numbers.iter().filter_map(|number| self.calls.get(*number).copied());
        calls.filter(|entry| naming::names(entry, kind, asked)).collect()
    }
}
