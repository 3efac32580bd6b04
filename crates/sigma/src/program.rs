//! All conditions of a rule set as one graph without repeats: what two rules both ask is one
//! node, asked once per record.

use std::collections::HashMap;

use rsigma_parser::ArrayQuantifier;

use crate::field::Field;
use crate::modifier::Anchor;
use crate::predicate::{Predicate, PredicateSet};
use crate::problem::Fault;
use crate::slots::SlotNames;

pub(crate) type NodeId = u32;
pub(crate) type FieldId = u32;

/// One question about a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    /// The field has a value that is not null.
    Exists(FieldId),
    /// The field is absent, or one of its values is null.
    Missing(FieldId),
    /// A value of the field satisfies the predicate.
    Any(FieldId, PredicateSet),
    /// A value of the first field stands to a value of the second as told; cased or not.
    Reference(FieldId, FieldId, Anchor, bool),
    /// Any scalar of the record satisfies the predicate.
    Keyword(PredicateSet),
    /// The value looked at itself, within an array, satisfies the predicate.
    Itself(PredicateSet),
    /// The value looked at itself, within an array, stands to a value of the field as told.
    ItselfReference(FieldId, Anchor, bool),
    /// So many elements of the array satisfy the node.
    Elements(FieldId, Quantifier, NodeId),
}

/// How many elements of an array.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Quantifier {
    Any,
    All,
    AllOrEmpty,
    None,
}

impl From<ArrayQuantifier> for Quantifier {
    fn from(quantifier: ArrayQuantifier) -> Self {
        match quantifier {
            ArrayQuantifier::Any => Quantifier::Any,
            ArrayQuantifier::All => Quantifier::All,
            ArrayQuantifier::AllOrEmpty => Quantifier::AllOrEmpty,
            ArrayQuantifier::None => Quantifier::None,
        }
    }
}

/// One node of the graph. Children come before their parents.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Node {
    Constant(bool),
    Item(Item),
    Not(NodeId),
    And(Vec<NodeId>),
    Or(Vec<NodeId>),
    AtLeast(u64, Vec<NodeId>),
}

/// A node, and whether it must hold or must not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Conjunct {
    pub node: NodeId,
    pub holds: bool,
}

/// The graph.
#[derive(Debug)]
pub(crate) struct Program {
    nodes: Vec<Node>,
    costs: Vec<u32>,
    /// By node: the predicate of its item, where it has one.
    predicates: Vec<Option<Predicate>>,
    /// By node: the number of its question among the costly ones about its field, if it is one.
    questions: Vec<Option<usize>>,
    /// By field: the number of costly questions.
    counts: HashMap<FieldId, usize>,
    known: HashMap<Node, NodeId>,
    fields: Vec<Field>,
    field_ids: HashMap<String, FieldId>,
    pub slots: SlotNames,
}

impl Program {
    pub fn new() -> Self {
        Self {
            nodes: Vec::new(),
            costs: Vec::new(),
            predicates: Vec::new(),
            questions: Vec::new(),
            counts: HashMap::new(),
            known: HashMap::new(),
            fields: Vec::new(),
            field_ids: HashMap::new(),
            slots: SlotNames::new(),
        }
    }

    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    pub fn node(&self, id: NodeId) -> Option<&Node> {
        self.nodes.get(id as usize)
    }

    pub fn field(&mut self, name: &str) -> FieldId {
        if let Some(id) = self.field_ids.get(name) {
            return *id;
        }
        let id = u32::try_from(self.fields.len()).unwrap_or(u32::MAX);
        self.fields.push(Field::new(name, &mut self.slots));
        self.field_ids.insert(name.to_owned(), id);
        id
    }

    pub fn field_at(&self, id: FieldId) -> Option<&Field> {
        self.fields.get(id as usize)
    }

    /// The predicate of an item's node.
    pub fn predicate(&self, id: NodeId) -> Option<&Predicate> {
        self.predicates.get(id as usize).and_then(Option::as_ref)
    }

    /// # Errors
    /// A predicate that cannot be used.
    pub fn item(&mut self, item: Item) -> Result<NodeId, Fault> {
        let node = Node::Item(item);
        if let Some(id) = self.known.get(&node) {
            return Ok(*id);
        }
        let Node::Item(item) = &node else { return Ok(self.constant(false)) };
        let (predicate, cost) = match item {
            Item::Any(field, set) => {
                let nested = self.field_at(*field).is_some_and(|field| !field.is_top_level());
                (Some(Predicate::new(set)?), set.cost() + if nested { 3 } else { 0 })
            }
            Item::Itself(set) => (Some(Predicate::new(set)?), set.cost()),
            Item::Keyword(set) => (Some(Predicate::new(set)?), 200),
            Item::Exists(_) | Item::Missing(_) => (None, 1),
            Item::Reference(..) | Item::ItselfReference(..) => (None, 20),
            Item::Elements(.., body) => (None, 50 + self.cost(*body)),
        };
        let question = match item {
            Item::Any(field, set) if set.is_costly() => Some(self.next_question(*field)),
            _ => None,
        };
        let id = self.push(node, predicate, cost);
        if let Some(slot) = self.questions.last_mut() {
            *slot = question;
        }
        Ok(id)
    }

    fn next_question(&mut self, field: FieldId) -> usize {
        let count = self.counts.entry(field).or_default();
        *count += 1;
        *count - 1
    }

    /// The number of a costly question about a field's text.
    pub fn question(&self, id: NodeId) -> Option<usize> {
        self.questions.get(id as usize).copied().flatten()
    }

    pub fn constant(&mut self, value: bool) -> NodeId {
        self.plain(Node::Constant(value), 0)
    }

    pub fn not(&mut self, child: NodeId) -> NodeId {
        match self.node(child) {
            Some(Node::Not(inner)) => *inner,
            Some(Node::Constant(value)) => {
                let value = !value;
                self.constant(value)
            }
            _ => self.plain(Node::Not(child), self.cost(child)),
        }
    }

    /// All of the children, those of inner conjunctions among them: what most often fails at the
    /// least cost is asked first, wherever the rule wrote it.
    pub fn and(&mut self, children: Vec<NodeId>) -> NodeId {
        let mut flat = Vec::with_capacity(children.len());
        for child in children {
            match self.node(child) {
                Some(Node::And(inner)) => flat.extend_from_slice(inner),
                _ => flat.push(child),
            }
        }
        flat.sort_by_key(|child| (self.cost(*child) + self.likelihood(*child), *child));
        flat.dedup();
        let children = flat;
        match children.as_slice() {
            [] => self.constant(true),
            [only] => *only,
            _ => {
                let cost = children.iter().map(|child| self.cost(*child)).sum();
                self.plain(Node::And(children), cost)
            }
        }
    }

    pub fn or(&mut self, children: Vec<NodeId>) -> NodeId {
        let children = self.sorted(children);
        match children.as_slice() {
            [] => self.constant(false),
            [only] => *only,
            _ => {
                let cost = children.iter().map(|child| self.cost(*child)).sum();
                self.plain(Node::Or(children), cost)
            }
        }
    }

    /// At least `count` of the children; the same question twice counts twice.
    pub fn at_least(&mut self, count: u64, mut children: Vec<NodeId>) -> NodeId {
        if count == 1 {
            return self.or(children);
        }
        children.sort_by_key(|child| (self.cost(*child), *child));
        let cost = children.iter().map(|child| self.cost(*child)).sum();
        self.plain(Node::AtLeast(count, children), cost)
    }

    /// What must all be so for the node to hold, cut as small as it goes.
    pub fn conjuncts(&self, id: NodeId) -> Vec<Conjunct> {
        match self.node(id) {
            Some(Node::And(children)) => {
                children.iter().flat_map(|child| self.conjuncts(*child)).collect()
            }
            Some(Node::Not(child)) => match self.node(*child) {
                Some(Node::Or(children)) => {
                    children.iter().map(|node| Conjunct { node: *node, holds: false }).collect()
                }
                _ => vec![Conjunct { node: *child, holds: false }],
            },
            _ => vec![Conjunct { node: id, holds: true }],
        }
    }

    /// The slot of the one top-level field that the node asks about, if it is one.
    pub fn only_slot(&self, id: NodeId) -> Option<u32> {
        let slot = |field: FieldId| self.field_at(field).map(Field::first_slot);
        match self.node(id)? {
            // What is asked of elements may look at the record around them.
            Node::Constant(_)
            | Node::Item(
                Item::Keyword(_) | Item::Itself(_) | Item::ItselfReference(..) | Item::Elements(..),
            ) => None,
            Node::Item(Item::Exists(field) | Item::Missing(field) | Item::Any(field, _)) => {
                slot(*field)
            }
            Node::Item(Item::Reference(left, right, ..)) => {
                slot(*left).filter(|left| slot(*right) == Some(*left))
            }
            Node::Not(child) => self.only_slot(*child),
            Node::And(children) | Node::Or(children) | Node::AtLeast(_, children) => {
                let (first, others) = children.split_first()?;
                let slot = self.only_slot(*first)?;
                others.iter().all(|child| self.only_slot(*child) == Some(slot)).then_some(slot)
            }
        }
    }

    /// Whether a node asks about what is inside a field of the top level.
    pub fn is_nested(&self, id: NodeId) -> bool {
        let inside = |field: FieldId| self.field_at(field).is_some_and(|f| !f.is_top_level());
        match self.node(id) {
            Some(Node::Item(Item::Exists(field) | Item::Missing(field) | Item::Any(field, _))) => {
                inside(*field)
            }
            Some(Node::Item(Item::Reference(left, right, ..))) => inside(*left) || inside(*right),
            Some(Node::Not(child)) => self.is_nested(*child),
            Some(Node::And(children) | Node::Or(children) | Node::AtLeast(_, children)) => {
                children.iter().any(|child| self.is_nested(*child))
            }
            _ => false,
        }
    }

    /// How likely a node holds, in units of cost: equality seldom does, negation mostly.
    fn likelihood(&self, id: NodeId) -> u32 {
        match self.node(id) {
            Some(Node::Item(Item::Any(_, set))) if set.texts.only_equals() => 0,
            Some(Node::Item(Item::Any(..))) => 2,
            Some(Node::Not(_)) => 8,
            _ => 4,
        }
    }

    /// Cheap questions first; no question twice.
    fn sorted(&self, mut children: Vec<NodeId>) -> Vec<NodeId> {
        children.sort_by_key(|child| (self.cost(*child), *child));
        children.dedup();
        children
    }

    fn cost(&self, id: NodeId) -> u32 {
        self.costs.get(id as usize).copied().unwrap_or_default()
    }

    fn plain(&mut self, node: Node, cost: u32) -> NodeId {
        match self.known.get(&node) {
            Some(id) => *id,
            None => self.push(node, None, cost),
        }
    }

    fn push(&mut self, node: Node, predicate: Option<Predicate>, cost: u32) -> NodeId {
        let id = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        self.known.insert(node.clone(), id);
        self.nodes.push(node);
        self.predicates.push(predicate);
        self.questions.push(None);
        self.costs.push(cost.min(1_000_000));
        id
    }

    /// Frees what only building needs.
    pub fn finish(&mut self) {
        self.known = HashMap::new();
    }
}
