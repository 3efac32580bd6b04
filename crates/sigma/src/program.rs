//! All conditions of a rule set as one graph without repeats: what two rules both ask is one
//! node, asked once per record.

use std::collections::HashMap;

use crashcart_model::Value;
use rsigma_parser::ArrayQuantifier;

use crate::field::{Field, Found, Scope, SlotNames, View};
use crate::leaf::{Leaf, any_leaf, any_scalar};
use crate::modifier::Anchor;
use crate::predicate::{Predicate, PredicateSet};
use crate::problem::Fault;
use crate::text::fold;

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

/// The graph.
#[derive(Debug)]
pub(crate) struct Program {
    nodes: Vec<Node>,
    costs: Vec<u32>,
    /// By node: the predicate of its item, where it has one.
    predicates: Vec<Option<Predicate>>,
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
            Item::Reference(..) => (None, 20),
            Item::Elements(.., body) => (None, 50 + self.cost(*body)),
        };
        Ok(self.push(node, predicate, cost))
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

    pub fn and(&mut self, children: Vec<NodeId>) -> NodeId {
        let children = self.sorted(children);
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
        self.costs.push(cost.min(1_000_000));
        id
    }

    /// Frees what only building needs.
    pub fn finish(&mut self) {
        self.known = HashMap::new();
    }
}

/// Answers already known for the current record, by node; never cleared, but stamped.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    answers: Vec<u32>,
    generation: u32,
}

impl Memo {
    /// Forgets the last record.
    pub fn start(&mut self, nodes: usize) {
        self.answers.resize(nodes, 0);
        if self.generation >= u32::MAX / 2 {
            self.answers.fill(0);
            self.generation = 0;
        }
        self.generation += 1;
    }
}

/// The questions, asked of one record (with a memory) or of an element within it (without).
pub(crate) struct Evaluation<'e, 'a> {
    pub program: &'e Program,
    pub scope: Scope<'e, 'a>,
    pub memo: Option<&'e mut Memo>,
}

impl<'a> Evaluation<'_, 'a> {
    /// Whether the node holds.
    pub fn holds(&mut self, id: NodeId) -> bool {
        if let Some(memo) = &self.memo
            && let Some(answer) = memo.answers.get(id as usize)
            && answer >> 1 == memo.generation
        {
            return answer & 1 == 1;
        }
        let answer = self.ask(id);
        if let Some(memo) = &mut self.memo {
            let stamped = memo.generation << 1 | u32::from(answer);
            if let Some(slot) = memo.answers.get_mut(id as usize) {
                *slot = stamped;
            }
        }
        answer
    }

    fn ask(&mut self, id: NodeId) -> bool {
        let program = self.program;
        match program.node(id) {
            Some(Node::Constant(value)) => *value,
            Some(Node::Not(child)) => !self.holds(*child),
            Some(Node::And(children)) => children.iter().all(|child| self.holds(*child)),
            Some(Node::Or(children)) => children.iter().any(|child| self.holds(*child)),
            Some(Node::AtLeast(count, children)) => {
                let holding = children.iter().filter(|child| self.holds(**child)).count();
                holding as u64 >= *count
            }
            Some(Node::Item(item)) => {
                let predicate = program.predicates.get(id as usize).and_then(Option::as_ref);
                self.item(item, predicate)
            }
            None => false,
        }
    }

    fn item(&self, item: &Item, predicate: Option<&Predicate>) -> bool {
        let satisfies =
            |leaf: &Leaf<'_>| predicate.is_some_and(|predicate| predicate.matches(leaf));
        match item {
            Item::Exists(field) => self.exists(*field),
            Item::Missing(field) => self.missing(*field),
            Item::Any(field, _) => self
                .program
                .field_at(*field)
                .is_some_and(|field| field.any(&self.scope, &mut |leaf| satisfies(leaf))),
            Item::Reference(left, right, anchor, cased) => {
                self.refers(*left, *right, *anchor, *cased)
            }
            Item::Keyword(_) => any_scalar(self.scope.value(), &mut |leaf| satisfies(leaf)),
            Item::Itself(_) => any_leaf(self.scope.value(), &mut |leaf| satisfies(leaf)),
            Item::Elements(field, quantifier, body) => self.elements(*field, *quantifier, *body),
        }
    }

    /// An empty array is a value too; null is none.
    fn exists(&self, field: FieldId) -> bool {
        self.program.field_at(field).is_some_and(|field| {
            field.visit(&self.scope, &mut |found| match found {
                Found::Tape(value) => !matches!(value, Value::Null),
                Found::Json(value) => !value.is_null(),
            })
        })
    }

    fn missing(&self, field: FieldId) -> bool {
        let Some(field) = self.program.field_at(field) else { return true };
        field.any(&self.scope, &mut |leaf| leaf.is_null())
            || !field.visit(&self.scope, &mut |_| true)
    }

    fn refers(&self, left: FieldId, right: FieldId, anchor: Anchor, cased: bool) -> bool {
        let (Some(left), Some(right)) = (self.program.field_at(left), self.program.field_at(right))
        else {
            return false;
        };
        left.any(&self.scope, &mut |left| {
            let Some(left) = left.text() else { return false };
            right.any(&self.scope, &mut |right| {
                right.text().is_some_and(|right| {
                    if cased {
                        stands(left, right, anchor)
                    } else {
                        stands(&fold(left), &fold(right), anchor)
                    }
                })
            })
        })
    }

    fn elements(&self, field: FieldId, quantifier: Quantifier, body: NodeId) -> bool {
        let (mut holding, mut failing) = (false, false);
        if let Some(field) = self.program.field_at(field) {
            field.visit(&self.scope, &mut |found| {
                if let Found::Tape(value) = found {
                    any_element(value, &mut |element| {
                        let view = View::Element(element);
                        let scope = Scope { view, embedded: self.scope.embedded };
                        let mut inner = Evaluation { program: self.program, scope, memo: None };
                        let holds = inner.holds(body);
                        holding |= holds;
                        failing |= !holds;
                        false
                    });
                }
                false
            });
        }
        match quantifier {
            Quantifier::Any => holding,
            Quantifier::All => holding && !failing,
            Quantifier::AllOrEmpty => !failing,
            Quantifier::None => !holding,
        }
    }
}

/// Calls `visit` for each element of an array; a value that is no array is its own element.
fn any_element<'a>(value: Value<'a>, visit: &mut dyn FnMut(Value<'a>) -> bool) -> bool {
    match value {
        Value::Array(items) => items.members().any(|(_, item)| any_element(item, &mut *visit)),
        Value::Null => false,
        single => visit(single),
    }
}

fn stands(left: &str, right: &str, anchor: Anchor) -> bool {
    match anchor {
        Anchor::Whole => left == right,
        Anchor::Contains => left.contains(right),
        Anchor::Starts => left.starts_with(right),
        Anchor::Ends => left.ends_with(right),
    }
}
