//! The facts laid out for telling: items in order of time, principals by name, and what the
//! responder asked about. It must never decide what any of it means.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Finding, Level, LogText, Origin, Outcome, Timestamp};

use crate::Material;
use crate::actor::{Actor, Kind};
use crate::aliases::Aliases;
use crate::facts::{Facts, Issued, Item, Map};
use crate::firsts::Firsts;
use crate::key::Parts;
use crate::knowledge::{self, Call, Effect};
use crate::log_bucket;
use crate::own::Own;
use crate::principal;
use crate::touched::Touched;
use crate::usual::{Split, Usual};

/// A day in milliseconds.
const DAY: i64 = 86_400_000;

/// One item with its row of the knowledge table.
#[derive(Clone, Copy)]
pub(crate) struct Entry<'f> {
    pub(crate) parts: Parts<'f>,
    pub(crate) call: Option<&'static Call>,
    pub(crate) item: &'f Item,
    /// It takes back what the same principal did before: no end of an attack by itself.
    pub(crate) undo: bool,
    /// When the same principal made what it is about.
    pub(crate) made: Option<Timestamp>,
}

impl Entry<'_> {
    pub(crate) fn done(&self) -> bool {
        self.parts.outcome == Outcome::Done
    }

    /// Whether it takes away what the same principal made within a day before: that destroys
    /// nothing that was there.
    pub(crate) fn ends_own(&self) -> bool {
        self.call.is_some_and(|call| call.tactic() == knowledge::IMPACT) && self.made_lately()
    }

    /// Whether the same principal made what it is about within a day before.
    fn made_lately(&self) -> bool {
        let lived = |made: Timestamp| {
            self.item.first.is_some_and(|end| end.millis().saturating_sub(made.millis()) <= DAY)
        };
        self.made.is_some_and(lived)
    }

    /// Whether it is a policy that lets nobody in but its own and services of AWS: of another
    /// policy of the same call it has the name, and serves none of its ends.
    pub(crate) fn lets_nobody_in(&self) -> bool {
        matches!(self.parts.variant, "inside" | "deliverers")
    }

    /// Whether it served no end of an attack by itself.
    pub(crate) fn serves_nothing(&self) -> bool {
        self.undo || self.ends_own() || self.lets_nobody_in()
    }

    /// As `iam:CreateAccessKey`.
    pub(crate) fn what(&self) -> LogText {
        LogText::new(format!("{}:{}", self.parts.service, self.parts.name))
    }

    pub(crate) fn effect(&self) -> Option<Effect> {
        self.call.map(Call::effect)
    }

    pub(crate) fn tactic(&self) -> Option<&'static str> {
        match self.call {
            _ if self.serves_nothing() => None,
            Some(call) => Some(call.tactic()),
            None => self.looks().then_some(knowledge::DISCOVERY),
        }
    }

    pub(crate) fn technique(&self) -> Option<&'static str> {
        match self.call {
            _ if self.serves_nothing() => None,
            Some(call) => Some(call.technique()),
            None => knowledge::discovery_technique(
                self.parts.service,
                knowledge::plain_name(self.parts.name),
            ),
        }
    }

    /// Whether it only looks.
    pub(crate) fn looks(&self) -> bool {
        match self.effect() {
            Some(effect) => effect == Effect::Look,
            None => knowledge::discovery_technique(self.parts.service, self.parts.name).is_some(),
        }
    }

    /// Whether it changes something that a story tells, or reads data.
    pub(crate) fn matters(&self) -> bool {
        !self.looks() && (self.call.is_some() || !self.parts.read_only)
    }

    /// Whether a finding at this level or above cites it.
    pub(crate) fn cited(&self, level: Level) -> bool {
        self.item.level() >= Some(level)
    }

    /// Thing, owner and detail in one line; none where the record names nothing.
    pub(crate) fn target(&self) -> Option<LogText> {
        let Parts { thing, owner, detail, .. } = self.parts;
        let mut text = String::from(thing);
        if !owner.is_empty() && owner != thing {
            if !text.is_empty() {
                text.push_str(" of ");
            }
            text.push_str(owner);
        }
        if !detail.is_empty() {
            if text.is_empty() {
                text.push_str(detail);
            } else {
                text.push_str(" (");
                text.push_str(detail);
                text.push(')');
            }
        }
        (!text.is_empty()).then(|| LogText::new(text))
    }
}

/// Everything a telling needs.
pub(crate) struct Scene<'f> {
    pub(crate) facts: &'f Facts,
    pub(crate) material: &'f Material<'f>,
    usual: &'f Usual,
    /// What was done for the first time.
    pub(crate) firsts: &'f Firsts,
    /// Sorted by first time, then key; without what was set apart.
    pub(crate) entries: Vec<Entry<'f>>,
    /// The usual work of principals with something suspicious about them, in the same order.
    pub(crate) aside: Vec<Entry<'f>>,
    /// Numbers of entries by principal.
    by_actor: BTreeMap<&'f str, Vec<usize>>,
    /// Sessions by who asked for them, in order of name.
    by_asker: BTreeMap<&'f str, Vec<(&'f str, &'f Issued)>>,
    /// What principals laid hands on themselves.
    pub(crate) touched: Touched<'f>,
    /// Who is meant where principals were asked about by name; empty where none was.
    pub(crate) aliases: Aliases<'f>,
    /// Principals that the responder asked about.
    pub(crate) pivots: BTreeSet<&'f str>,
    /// Users on whom AWS put its quarantine policy.
    pub(crate) quarantined: BTreeSet<&'f str>,
    /// Findings by whom they name, in their order.
    by_named: BTreeMap<&'f str, Vec<&'f Finding>>,
}

impl<'f> Scene<'f> {
    pub(crate) fn new(
        facts: &'f Facts,
        (usual, firsts): (&'f Usual, &'f Firsts),
        material: &'f Material<'f>,
    ) -> Self {
        let (mut entries, mut aside) = (in_order(&facts.items), in_order(&usual.items));
        let own = Own::new(&entries);
        for entry in &mut entries {
            entry.undo = own.takes_back(entry);
            entry.made = own.made(entry);
        }
        let logs = |bucket: &str| facts.log_buckets.contains(bucket);
        let not_own = |entry: &&mut Entry<'_>| !entry.undo && !entry.made_lately();
        for entry in entries.iter_mut().chain(&mut aside).filter(not_own) {
            entry.call = log_bucket::call(&entry.parts, logs).or(entry.call);
        }
        let mut by_actor: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (at, entry) in entries.iter().enumerate() {
            by_actor.entry(entry.parts.actor).or_default().push(at);
        }
        let mut by_asker: BTreeMap<&str, Vec<(&str, &Issued)>> = BTreeMap::new();
        for (name, issued) in &facts.sessions {
            for asker in issued.by.iter() {
                by_asker.entry(asker).or_default().push((name, issued));
            }
        }
        by_asker.values_mut().for_each(|sessions| sessions.sort_unstable_by_key(|(name, _)| *name));
        let quarantines =
            entries.iter().filter(|entry| entry.parts.variant == "quarantine" && entry.done());
        let quarantined = quarantines.map(|entry| entry.parts.owner).collect();
        let mut by_named: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
        for finding in material.findings {
            for name in finding.principals.iter().map(LogText::raw).collect::<BTreeSet<_>>() {
                by_named.entry(name).or_default().push(finding);
            }
        }
        let (touched, pivots) = (Touched::new(&entries), BTreeSet::new());
        let named = facts.actors.iter().filter(|_| !material.pivot.principals.is_empty());
        let aliases = Aliases::new(named.map(|(name, actor)| (name.as_str(), Some(actor))));
        let mut scene = Self {
            facts,
            material,
            usual,
            firsts,
            entries,
            aside,
            by_actor,
            by_asker,
            touched,
            aliases,
            pivots,
            quarantined,
            by_named,
        };
        scene.pivots = scene.pivots();
        scene
    }

    fn pivots(&self) -> BTreeSet<&'f str> {
        let pivot = self.material.pivot;
        let set = |texts: &'f [String]| texts.iter().map(String::as_str).collect();
        let (keys, addresses): (BTreeSet<&str>, BTreeSet<&str>) =
            (set(&pivot.keys), set(&pivot.addresses));
        let instances: BTreeSet<&str> = set(&pivot.instances);
        let asked = |name: &str, actor: &Actor| {
            principal::session(name).is_some_and(|(_, session)| instances.contains(session))
                || actor.keys.iter().any(|key| keys.contains(key))
                || actor.addresses.iter().any(|address| addresses.contains(address))
        };
        let actors = self.facts.actors.iter().filter(|(name, actor)| asked(name, actor));
        let named = pivot.principals.iter().flat_map(|asked| self.aliases.find(asked));
        actors.map(|(name, _)| name.as_str()).chain(named).collect()
    }

    /// Principals in order of name, without what was set apart.
    pub(crate) fn actors(&self) -> Vec<(&'f str, &'f Actor)> {
        let mut actors: Vec<(&str, &Actor)> = self
            .facts
            .actors
            .iter()
            .map(|(name, actor)| {
                let view = self.split(name).and_then(|split| split.view.as_ref());
                (name.as_str(), view.unwrap_or(actor))
            })
            .collect();
        actors.sort_by_key(|(name, _)| *name);
        actors
    }

    /// Whether earlier logs were given as history.
    pub(crate) const fn has_baseline(&self) -> bool {
        self.material.coverage.baseline.is_some() || self.firsts.recalled > 0
    }

    /// How a principal's usual work was told from the rest; none where nothing is suspicious.
    pub(crate) fn split(&self, actor: &str) -> Option<&'f Split> {
        self.usual.splits.get(actor)
    }

    /// The items of a principal in order of time.
    pub(crate) fn entries_of(&self, actor: &str) -> impl Iterator<Item = &Entry<'f>> {
        let numbers = self.by_actor.get(actor).map(Vec::as_slice).unwrap_or_default();
        numbers.iter().filter_map(|at| self.entries.get(*at))
    }

    /// The findings that name a principal.
    pub(crate) fn findings_of(&self, actor: &str) -> &[&'f Finding] {
        self.by_named.get(actor).map(Vec::as_slice).unwrap_or_default()
    }

    /// The sessions that a principal asked for, apart from its usual work.
    pub(crate) fn sessions_of<'s>(
        &'s self,
        actor: &'s str,
    ) -> impl Iterator<Item = &'f str> + use<'s, 'f> {
        let sessions = self.by_asker.get(actor).map(Vec::as_slice).unwrap_or_default();
        let mine = sessions.iter().filter(move |(_, issued)| self.is_strange(actor, issued));
        mine.map(|(name, _)| *name)
    }

    /// Whether a session was asked for from where the principal's usual work does not come from.
    pub(crate) fn is_strange(&self, by: &str, issued: &Issued) -> bool {
        let split = self.split(by).filter(|split| !split.left.is_empty());
        split.is_none_or(|split| {
            issued.from.len() == 0 || issued.from.iter().any(|from| !split.is_usual_address(from))
        })
    }

    pub(crate) fn kind_of(&self, actor: &str) -> Kind {
        self.facts.actors.get(actor).map(|actor| actor.kind).unwrap_or_default()
    }

    /// Whether AWS itself was at work.
    pub(crate) fn is_service(&self, actor: &str) -> bool {
        matches!(self.kind_of(actor), Kind::Service | Kind::ServiceLinked)
            || actor.ends_with(".amazonaws.com")
    }

    pub(crate) fn origins(&self, item: &Item) -> Vec<Origin> {
        item.witnesses.origins(self.material.evidence)
    }
}

/// Items by first time, then key.
fn in_order(items: &Map<Vec<u8>, Item>) -> Vec<Entry<'_>> {
    let mut keyed: Vec<(&[u8], Entry<'_>)> = items
        .iter()
        .filter_map(|(key, item)| {
            let parts = Parts::read(key)?;
            Some((
                key.as_slice(),
                Entry { parts, call: parts.call(), item, undo: false, made: None },
            ))
        })
        .collect();
    keyed.sort_by_key(|(key, entry)| (entry.item.first.is_none(), entry.item.first, *key));
    keyed.into_iter().map(|(_, entry)| entry).collect()
}
