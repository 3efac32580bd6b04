//! Which rules can match a record at all, told from its event source and event name.
//!
//! A rule is filed under every pair that its condition admits; the filing only ever admits too
//! much. A rule that admits any source and any name is asked for every record.

use std::collections::{BTreeSet, HashMap};

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

/// Rules by what they admit. Keys are `name`, a zero byte and `source`, in lower case; a part
/// that may be anything is empty.
#[derive(Debug, Default)]
pub(crate) struct Index {
    filed: hashbrown::HashMap<Box<[u8]>, Vec<u32>, FixedState>,
    always: Vec<u32>,
}

impl Index {
    /// Files rules by number, each with its node.
    pub fn new(program: &Program, rules: &[(u32, NodeId)]) -> Self {
        let mut index = Self::default();
        let mut sources = Admission { program, field: SOURCE, known: HashMap::new() };
        let mut names = Admission { program, field: NAME, known: HashMap::new() };
        for (rule, node) in rules {
            index.file(*rule, sources.of(*node), names.of(*node));
        }
        index
    }

    fn file(&mut self, rule: u32, sources: Admitted, names: Admitted) {
        let any = || BTreeSet::from([String::new()]);
        // The empty key part means 'any': a rule that asks for an empty name is filed so.
        let told = |set: Admitted| set.filter(|set| !set.contains(""));
        let (sources, names) = match (told(sources), told(names)) {
            (None, None) => return self.always.push(rule),
            (Some(sources), Some(names)) if sources.len() * names.len() > PAIRS => (any(), names),
            (sources, names) => (sources.unwrap_or_else(any), names.unwrap_or_else(any)),
        };
        for name in &names {
            for source in &sources {
                let key = [name.as_bytes(), &[0], source.as_bytes()].concat();
                self.filed.entry(key.into()).or_default().push(rule);
            }
        }
    }

    /// Rules that are asked for every record.
    pub fn always(&self) -> &[u32] {
        &self.always
    }

    /// Rules filed under exactly this name and source; either may be empty for 'any'.
    fn filed(&self, key: &[u8]) -> &[u32] {
        self.filed.get(key).map_or(&[], Vec::as_slice)
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
        key.clear();
        if let Some(name) = name {
            push_folded(name, key);
        }
        key.push(0);
        let middle = key.len();
        if middle > 1 {
            out.extend_from_slice(self.filed(key));
        }
        if let Some(source) = source.filter(|source| !source.is_empty()) {
            push_folded(source, key);
            out.extend_from_slice(self.filed(key));
            if middle > 1 {
                out.extend_from_slice(self.filed(key.get(middle - 1..).unwrap_or_default()));
            }
        }
    }
}

fn push_folded(text: &str, key: &mut Vec<u8>) {
    if text.is_ascii() {
        let from = key.len();
        key.extend_from_slice(text.as_bytes());
        key.get_mut(from..).unwrap_or_default().make_ascii_lowercase();
    } else {
        key.extend_from_slice(fold(text).as_bytes());
    }
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
