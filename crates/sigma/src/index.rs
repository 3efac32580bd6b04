//! Which rules can match a record at all, told from its event source and event name.
//!
//! A rule is filed under every pair that its condition admits; the filing only ever admits too
//! much. A rule that admits any name is asked for every record, by way of a sieve.

use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;

use crate::predicate::PredicateSet;
use crate::program::{Conjunct, Item, Node, NodeId, Program};
use crate::sieve::Sieve;
use crate::text::fold;

/// The top-level fields that rules are filed by.
pub(crate) const SOURCE: &str = "eventSource";
pub(crate) const NAME: &str = "eventName";

/// Beyond so many pairs a rule is filed by name alone.
const PAIRS: usize = 4096;

/// The values that a field may have where a node holds; none where it may have any.
type Admitted = Option<BTreeSet<String>>;

type Map<V> = hashbrown::HashMap<Box<[u8]>, V, FixedState>;

/// Rules by what they admit. Names and sources are in lower case.
#[derive(Debug, Default)]
pub(crate) struct Index {
    by_name: Map<Named>,
    /// Rules that admit any name.
    always: Sieve,
    /// By rule: what is left to ask of a record with a source and a name that it is filed under.
    rest: Vec<Vec<Conjunct>>,
}

/// Rules that admit one name.
#[derive(Debug, Default)]
struct Named {
    any_source: Vec<u32>,
    /// Few sources share a name.
    by_source: Vec<(Box<[u8]>, Vec<u32>)>,
}

impl Index {
    /// Files rules by number, each with its node.
    pub fn new(program: &Program, rules: &[(u32, NodeId)]) -> Self {
        let mut index = Self::default();
        let mut sources = Admission { program, field: SOURCE, known: HashMap::new() };
        let mut names = Admission { program, field: NAME, known: HashMap::new() };
        let mut always = Vec::new();
        for (rule, node) in rules {
            let Some(names) = names.of(*node) else {
                // For the sieve the source is a field like any other.
                always.push((*rule, *node));
                continue;
            };
            let pairs = |sources: &BTreeSet<String>| sources.len() * names.len();
            let sources = sources.of(*node).filter(|sources| pairs(sources) <= PAIRS);
            let told: &[&str] = if sources.is_some() { &[NAME, SOURCE] } else { &[NAME] };
            index.leave(*rule, rest(program, *node, told));
            index.file(*rule, sources, names);
        }
        index.always = Sieve::new(program, &always);
        index
    }

    fn file(&mut self, rule: u32, sources: Admitted, names: BTreeSet<String>) {
        for name in names {
            let named = self.by_name.entry(name.into_bytes().into()).or_default();
            match &sources {
                None => named.any_source.push(rule),
                Some(sources) => sources.iter().for_each(|source| named.file(source, rule)),
            }
        }
    }

    fn leave(&mut self, rule: u32, rest: Vec<Conjunct>) {
        let at = rule as usize;
        if self.rest.len() <= at {
            self.rest.resize_with(at + 1, Vec::new);
        }
        if let Some(slot) = self.rest.get_mut(at) {
            *slot = rest;
        }
    }

    /// What must be so for a rule that [`Index::candidates`] gave to match.
    pub fn rest(&self, rule: u32) -> Option<&[Conjunct]> {
        self.rest.get(rule as usize).map(Vec::as_slice)
    }

    /// Rules that any record may match.
    pub const fn always(&self) -> &Sieve {
        &self.always
    }

    /// Adds the rules that a record with this name and source may match, those of
    /// [`Index::always`] apart. `key` is scratch.
    pub fn candidates(
        &self,
        name: Option<&str>,
        source: Option<&str>,
        key: &mut Vec<u8>,
        out: &mut Vec<u32>,
    ) {
        if let Some(named) = name.and_then(|name| self.by_name.get(folded(name, key))) {
            out.extend_from_slice(&named.any_source);
            if let Some(source) = source.filter(|_| !named.by_source.is_empty()) {
                let source = folded(source, key);
                for (_, rules) in named.by_source.iter().filter(|(known, _)| **known == *source) {
                    out.extend_from_slice(rules);
                }
            }
        }
    }
}

/// What a rule asks beyond what its filing under these fields tells already.
fn rest(program: &Program, node: NodeId, told: &[&str]) -> Vec<Conjunct> {
    let mut conjuncts = program.conjuncts(node);
    conjuncts.retain(|conjunct| match program.node(conjunct.node) {
        Some(Node::Item(Item::Any(field, set))) if conjunct.holds => {
            let filed = program.field_at(*field).is_some_and(|field| told.contains(&field.name()));
            !filed || !is_filed(set) || set.texts.cased
        }
        _ => true,
    });
    conjuncts
}

/// Whether rules are filed by the texts of the set: nothing but whole texts.
fn is_filed(set: &PredicateSet) -> bool {
    set.clauses.is_empty() && set.texts.only_equals()
}

impl Named {
    fn file(&mut self, source: &str, rule: u32) {
        match self.by_source.iter_mut().find(|(known, _)| **known == *source.as_bytes()) {
            Some((_, rules)) => rules.push(rule),
            None => self.by_source.push((source.as_bytes().into(), vec![rule])),
        }
    }
}

/// The text in lower case, in `key`.
fn folded<'k>(text: &str, key: &'k mut Vec<u8>) -> &'k [u8] {
    key.clear();
    if text.is_ascii() {
        key.extend_from_slice(text.as_bytes());
        key.make_ascii_lowercase();
    } else {
        key.extend_from_slice(fold(text).as_bytes());
    }
    key
}

/// Works out what nodes admit for one field.
struct Admission<'p> {
    program: &'p Program,
    field: &'static str,
    known: HashMap<NodeId, Admitted>,
}

impl Admission<'_> {
    fn of(&mut self, id: NodeId) -> Admitted {
        if let Some(known) = self.known.get(&id) {
            return known.clone();
        }
        let admitted = self.work_out(id);
        self.known.insert(id, admitted.clone());
        admitted
    }

    fn work_out(&mut self, id: NodeId) -> Admitted {
        let program = self.program;
        match program.node(id)? {
            Node::Constant(value) => (!value).then(BTreeSet::new),
            Node::Item(Item::Any(field, set)) => {
                let named = program.field_at(*field).is_some_and(|f| f.name() == self.field);
                (named && is_filed(set))
                    .then(|| set.texts.equals.iter().map(|text| fold(text)).collect())
            }
            Node::Item(_) | Node::Not(_) | Node::AtLeast(0, _) => None,
            Node::And(children) => {
                let mut out: Admitted = None;
                for child in children {
                    let Some(admitted) = self.of(*child) else { continue };
                    out = Some(match out {
                        Some(already) => already.intersection(&admitted).cloned().collect(),
                        None => admitted,
                    });
                }
                out
            }
            Node::Or(children) | Node::AtLeast(_, children) => {
                let mut out = BTreeSet::new();
                for child in children {
                    out.extend(self.of(*child)?);
                }
                Some(out)
            }
        }
    }
}
