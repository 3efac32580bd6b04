//! Asking a program's questions of a record, each at most once.

use crashcart_model::Value;
use serde_json::Value as Json;

use crate::field::{Field, Found, Place, Scope, View};
use crate::leaf::{Leaf, any_leaf};
use crate::modifier::Anchor;
use crate::predicate::Predicate;
use crate::program::{Conjunct, FieldId, Item, Node, NodeId, Program, Quantifier};
use crate::text::fold;
use crate::values::Values;

/// Answers already known for the current record, by node; never cleared, but stamped.
#[derive(Debug, Default)]
pub(crate) struct Memo {
    answers: Vec<u32>,
    /// By field: where it stands, and the generation for which that is known.
    places: Vec<(u32, Place)>,
    generation: u32,
    values: Values,
}

impl Memo {
    /// Forgets the last record.
    pub fn start(&mut self, nodes: usize) {
        self.answers.resize(nodes, 0);
        if self.generation >= u32::MAX / 2 {
            self.answers.fill(0);
            self.places.clear();
            self.generation = 0;
        }
        self.generation += 1;
        self.values.start();
    }
}

/// What a field is in the record looked at.
enum Lookup<'a> {
    Absent,
    One(Value<'a>),
    /// Several values, perhaps, or not looked up before.
    Several,
}

/// The questions, asked of one record (with a memory) or of an element within it (without).
pub(crate) struct Evaluation<'e, 'a> {
    pub program: &'e Program,
    pub scope: Scope<'e, 'a>,
    /// The record around an element, where references look for what the element does not have.
    pub around: Option<Scope<'e, 'a>>,
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

    /// Whether the node holds where it must, or does not where it must not.
    pub fn agrees(&mut self, conjunct: Conjunct) -> bool {
        self.holds(conjunct.node) == conjunct.holds
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
            Some(Node::Item(item)) => self.item(id, item),
            None => false,
        }
    }

    fn item(&mut self, id: NodeId, item: &Item) -> bool {
        let predicate = self.program.predicate(id);
        let satisfies =
            |leaf: &Leaf<'_>| predicate.is_some_and(|predicate| predicate.matches(leaf));
        match item {
            Item::Exists(field) => self.exists(*field),
            Item::Missing(field) => self.missing(*field),
            Item::Any(field, _) => match (self.find(*field), predicate) {
                (Lookup::Absent, _) | (_, None) => false,
                (Lookup::One(value), Some(predicate)) => self.asked(id, *field, value, predicate),
                (Lookup::Several, _) => self.any(*field, &mut |leaf| satisfies(leaf)),
            },
            Item::Reference(left, right, anchor, cased) => {
                self.refers(*left, *right, *anchor, *cased)
            }
            Item::Keyword(_) => self.scope.any_scalar(&mut |leaf| satisfies(leaf)),
            Item::Itself(_) => self.scope.any_leaf(&mut |leaf| satisfies(leaf)),
            Item::ItselfReference(right, anchor, cased) => {
                self.scope.any_leaf(&mut |left| self.relates(left, *right, *anchor, *cased))
            }
            Item::Elements(field, quantifier, body) => self.elements(*field, *quantifier, *body),
        }
    }

    /// Looks a field up, once per record.
    fn find(&mut self, id: FieldId) -> Lookup<'a> {
        let (View::Root { record, slots }, Some(memo)) = (self.scope.view, &mut self.memo) else {
            return Lookup::Several;
        };
        let at = id as usize;
        if memo.places.len() <= at {
            memo.places.resize(at + 1, (0, Place::Absent));
        }
        let Some((generation, place)) = memo.places.get_mut(at) else { return Lookup::Several };
        if *generation != memo.generation {
            let field = self.program.field_at(id);
            *place = field.map_or(Place::Absent, |field| field.place(record, slots));
            *generation = memo.generation;
        }
        match *place {
            Place::Absent => Lookup::Absent,
            Place::At(position) => Lookup::One(record.value_at(position)),
            Place::Several => Lookup::Several,
        }
    }

    /// Asks about one value; where the question is costly and the value a text, the answer may
    /// be known from another record.
    fn asked(
        &mut self,
        id: NodeId,
        field: FieldId,
        value: Value<'a>,
        predicate: &Predicate,
    ) -> bool {
        if let (Value::String(text), Some(question)) = (value, self.program.question(id))
            && let Some(memo) = self.memo.as_mut().filter(|_| !text.is_escaped())
            && let Some(answer) =
                memo.values.answer(field, question, text.raw(), |text| predicate.matches_text(text))
        {
            return answer;
        }
        any_leaf(value, &mut |leaf| predicate.matches(leaf))
    }

    fn any(&self, field: FieldId, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
        self.program.field_at(field).is_some_and(|field| field.any(&self.scope, test))
    }

    /// An empty array is a value too; null is none.
    fn exists(&mut self, field: FieldId) -> bool {
        match self.find(field) {
            Lookup::Absent => false,
            Lookup::One(value) => !matches!(value, Value::Null),
            Lookup::Several => self.program.field_at(field).is_some_and(|field| {
                field.visit(&self.scope, &mut |found| match found {
                    Found::Tape(value) => !matches!(value, Value::Null),
                    Found::Json(value) => !value.is_null(),
                })
            }),
        }
    }

    fn missing(&mut self, field: FieldId) -> bool {
        match self.find(field) {
            Lookup::Absent => true,
            Lookup::One(value) => any_leaf(value, &mut |leaf| leaf.is_null()),
            Lookup::Several => {
                let there = |field: &Field| field.visit(&self.scope, &mut |_| true);
                self.any(field, &mut |leaf| leaf.is_null())
                    || !self.program.field_at(field).is_some_and(there)
            }
        }
    }

    fn refers(&self, left: FieldId, right: FieldId, anchor: Anchor, cased: bool) -> bool {
        self.any(left, &mut |left| self.relates(left, right, anchor, cased))
    }

    /// Whether a value stands to one of the field, looked for where the value stands, else around.
    fn relates(&self, left: &Leaf<'_>, right: FieldId, anchor: Anchor, cased: bool) -> bool {
        let (Some(left), Some(right)) = (left.text(), self.program.field_at(right)) else {
            return false;
        };
        let named = |scope: &Scope<'_, 'a>| right.visit(scope, &mut |_| true);
        let around = self.around.filter(|_| !named(&self.scope));
        let scope = around.unwrap_or(self.scope);
        right.any(&scope, &mut |right| {
            right.text().is_some_and(|right| {
                // Most often they are equal by the letter: folding would only cost.
                stands(left, right, anchor) || (!cased && stands(&fold(left), &fold(right), anchor))
            })
        })
    }

    fn elements(&self, field: FieldId, quantifier: Quantifier, body: NodeId) -> bool {
        let (mut holding, mut failing) = (false, false);
        let around = self.around.or(Some(self.scope));
        let mut ask = |view: View<'_, 'a>| {
            let scope = Scope { view, embedded: self.scope.embedded };
            let holds = Evaluation { program: self.program, scope, around, memo: None }.holds(body);
            holding |= holds;
            failing |= !holds;
            false
        };
        if let Some(field) = self.program.field_at(field) {
            field.visit(&self.scope, &mut |found| match found {
                Found::Tape(value) => any_element(value, &mut |item| ask(View::Element(item))),
                Found::Json(value) => {
                    any_json_element(value, &mut |item| ask(View::Embedded(item)))
                }
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

/// Like [`any_element`], for JSON that was text inside a string.
fn any_json_element(value: &Json, visit: &mut dyn FnMut(&Json) -> bool) -> bool {
    match value {
        Json::Array(items) => items.iter().any(|item| any_json_element(item, &mut *visit)),
        Json::Null => false,
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
