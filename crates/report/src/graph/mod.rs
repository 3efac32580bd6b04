//! How far it reaches, as a graph: keys, principals, accounts and what was touched. Solid lines
//! for what had an effect or is certain, dashed ones for what was only tried or is inferred.
//!
//! Names of nodes are numbers of ours; every label goes through the escape of its medium. What is
//! not drawn is counted.

mod dot;
mod mermaid;

use std::collections::BTreeMap;

use crashcart_model::{Investigation, LogText, Outcome, Session, Story};

use crate::zone::{counted, number};

pub use dot::Dot;
pub use mermaid::Mermaid;
pub(crate) use mermaid::lines;

/// More lines of keys than this cannot be read.
const CHAIN: usize = 40;
/// Nor more lines to what was touched.
const REACH: usize = 40;
/// Longer labels are cut.
const LABEL: usize = 60;

/// What a node stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Key,
    Principal,
    Account,
    Resource,
}

impl Kind {
    const fn word(self) -> &'static str {
        match self {
            Self::Key => "key ",
            Self::Account => "account ",
            Self::Principal | Self::Resource => "",
        }
    }
}

/// A line from one node to another; labels are not escaped yet.
#[derive(Debug)]
pub(crate) struct Edge {
    pub from: usize,
    pub to: usize,
    pub label: String,
    pub solid: bool,
}

/// Nodes are numbered from 1.
#[derive(Debug, Default)]
pub(crate) struct Graph<'a> {
    numbers: BTreeMap<(Kind, &'a str), usize>,
    pub nodes: Vec<(Kind, &'a str)>,
    pub edges: Vec<Edge>,
    /// Lines that are not drawn.
    pub more: u64,
}

impl<'a> Graph<'a> {
    pub(crate) fn of(story: &'a Story) -> Self {
        let mut graph = Self::default();
        // What was never used and asked for nothing comes last.
        let (used, unused): (Vec<_>, Vec<_>) =
            story.sessions.iter().partition(|session| session.count > 0 || session.child_count > 0);
        used.into_iter().chain(unused).for_each(|session| graph.session(session));
        graph.reach(story);
        // Those who touched something stand in their accounts.
        graph.accounts(story);
        graph
    }

    fn node(&mut self, kind: Kind, text: &'a str) -> usize {
        let next = self.nodes.len() + 1;
        let number = *self.numbers.entry((kind, text)).or_insert(next);
        if number == next {
            self.nodes.push((kind, text));
        }
        number
    }

    fn line(&mut self, from: (Kind, &'a str), to: (Kind, &'a str), (label, solid): (String, bool)) {
        let (from, to) = (self.node(from.0, from.1), self.node(to.0, to.1));
        self.edges.push(Edge { from, to, label, solid });
    }

    /// Who asked for a key, and whose it is.
    fn session(&mut self, session: &'a Session) {
        // What AWS services call with on a principal's behalf would draw circles.
        let own = |issued: &crashcart_model::Issuance| {
            issued.key.is_none() && issued.principal.is_some() && issued.origins.is_empty()
        };
        if session.issued_by.as_ref().is_some_and(own) {
            return;
        }
        if self.edges.len() + 2 > CHAIN {
            self.more += 1 + u64::from(session.issued_by.is_some());
            return;
        }
        let key = (Kind::Key, session.key.raw());
        if let Some(issued) = &session.issued_by {
            let by = issued.key.as_ref().map(|key| (Kind::Key, key.raw()));
            let by = by.or_else(|| Some((Kind::Principal, issued.principal.as_ref()?.raw())));
            let call = issued.call.raw();
            match by {
                Some(by) if by != key => {
                    let inferred = if issued.inferred { " (inferred)" } else { "" };
                    self.line(by, key, (format!("{call}{inferred}"), !issued.inferred));
                }
                _ => {}
            }
        }
        if let Some(principal) = &session.principal {
            self.line(key, (Kind::Principal, principal.raw()), ("acts as".to_owned(), true));
        }
    }

    /// What suspects did to what.
    fn reach(&mut self, story: &'a Story) {
        let mut reached: BTreeMap<(&LogText, &LogText), (u64, u64)> = BTreeMap::new();
        let suspected =
            |actor: &LogText| story.suspects.iter().any(|suspect| suspect.principal == *actor);
        for step in story.steps.iter().filter(|step| suspected(&step.actor)) {
            let Some(target) = step.target.as_ref().filter(|target| !target.is_empty()) else {
                continue;
            };
            let (done, tried) = reached.entry((&step.actor, target)).or_default();
            match step.outcome {
                Outcome::Done => *done += step.count,
                Outcome::Denied | Outcome::Failed | Outcome::Unknown => *tried += step.count,
            }
        }
        // What had an effect is drawn first.
        let mut ordered: Vec<_> = reached.into_iter().collect();
        ordered.sort_by_key(|(_, (done, _))| *done == 0);
        self.more += ordered.len().saturating_sub(REACH) as u64;
        for ((actor, target), (done, tried)) in ordered.into_iter().take(REACH) {
            let from = (Kind::Principal, actor.raw());
            let to = (Kind::Resource, target.raw());
            if done > 0 {
                self.line(from, to, (format!("{} done", number(done)), true));
            }
            if tried > 0 {
                let label = format!("{} without known effect", number(tried));
                self.line(from, to, (label, false));
            }
        }
    }

    fn accounts(&mut self, story: &'a Story) {
        let told: BTreeMap<&str, &str> = story
            .sessions
            .iter()
            .filter_map(|one| Some((one.principal.as_ref()?.raw(), one.account.as_ref()?.raw())))
            .collect();
        let drawn: Vec<&str> = self
            .nodes
            .iter()
            .filter(|(kind, _)| *kind == Kind::Principal)
            .map(|(_, name)| *name)
            .collect();
        for name in drawn {
            let account = told.get(name).copied().or_else(|| account_in(name));
            if let Some(account) = account {
                let to = (Kind::Account, account);
                self.line((Kind::Principal, name), to, ("in".to_owned(), true));
            }
        }
    }

    /// What is said where lines are not drawn, or where there is none.
    pub(crate) fn note(&self) -> Option<String> {
        match (self.edges.is_empty(), self.more) {
            (true, 0) => Some("nobody is suspect: nothing to draw".to_owned()),
            (_, 0) => None,
            (_, more) => {
                Some(format!("and {} not drawn; the JSON has all", counted(more, "more line")))
            }
        }
    }
}

/// The account number in an ARN.
fn account_in(arn: &str) -> Option<&str> {
    let account = arn.strip_prefix("arn:")?.split(':').nth(3)?;
    (account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit())).then_some(account)
}

/// What a node shows, not escaped yet.
pub(crate) fn label(kind: Kind, text: &str) -> String {
    let short: String = text.chars().take(LABEL).collect();
    let dots = if short.len() < text.len() { " ..." } else { "" };
    format!("{}{short}{dots}", kind.word())
}

/// The graph of an investigation.
pub(crate) fn graph(investigation: &Investigation) -> Graph<'_> {
    Graph::of(&investigation.story)
}
