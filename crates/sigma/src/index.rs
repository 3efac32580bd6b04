//! Which rules can match a record at all, told from its event source and event name.
//!
//! A rule is filed under every pair that its condition admits; the filing only ever admits too
//! much. A rule that admits any source and any name is asked for every record.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use foldhash::fast::FixedState;

use crate::program::{Item, Node, NodeId, Program};
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
    by_source: Map<Vec<u32>>,
    /// Rules that admit any name and source, by the node to ask before all else.
    always: Vec<(NodeId, Vec<u32>)>,
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
        let mut always: BTreeMap<NodeId, Vec<u32>> = BTreeMap::new();
        for (rule, node) in rules {
            match (sources.of(*node), names.of(*node)) {
                (None, None) => always.entry(program.guard(*node)).or_default().push(*rule),
                (Some(sources), None) => {
                    for source in sources {
                        let key = source.into_bytes().into();
                        index.by_source.entry(key).or_default().push(*rule);
                    }
                }
                (sources, Some(names)) => index.file(*rule, sources, names),
            }
        }
        index.always = always.into_iter().collect();
        index
    }

    fn file(&mut self, rule: u32, sources: Admitted, names: BTreeSet<String>) {
        let sources = sources.filter(|sources| sources.len() * names.len() <= PAIRS);
        for name in names {
            let named = self.by_name.entry(name.into_bytes().into()).or_default();
            match &sources {
                None => named.any_source.push(rule),
                Some(sources) => sources.iter().for_each(|source| named.file(source, rule)),
            }
        }
    }

    /// Rules that any record may match, by a node that holds where any of them does.
    pub fn always(&self) -> &[(NodeId, Vec<u32>)] {
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
        if let Some(source) = source.filter(|_| !self.by_source.is_empty())
            && let Some(rules) = self.by_source.get(folded(source, key))
        {
            out.extend_from_slice(rules);
        }
    }
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
                let exact = set.clauses.is_empty() && set.texts.only_equals();
                (named && exact).then(|| set.texts.equals.iter().map(|text| fold(text)).collect())
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
