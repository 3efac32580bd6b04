//! Asking a program's questions of a record, each at most once.

use crashcart_model::Value;

use crate::field::{Found, Scope, View};
use crate::leaf::{Leaf, any_leaf, any_scalar};
use crate::modifier::Anchor;
use crate::predicate::Predicate;
use crate::program::{FieldId, Item, Node, NodeId, Program, Quantifier};
use crate::text::fold;

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
                let predicate = program.predicate(id);
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
