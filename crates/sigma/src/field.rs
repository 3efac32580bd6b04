//! Finding a rule's field in a record, and inside the JSON that a string of it may hold.

use std::cell::RefCell;

use crashcart_model::{FieldPath, Record, Str, Value};
use serde_json::Value as Json;

use crate::embedded::Embedded;
use crate::leaf::{Leaf, any_json_leaf, any_json_scalar, any_leaf, any_scalar};
use crate::slots::{SlotNames, Slots};

/// A field that rules name.
#[derive(Debug)]
pub(crate) struct Field {
    path: FieldPath,
    /// Ways from the top level: the whole name, then each way to split it.
    routes: Vec<Route>,
}

#[derive(Debug)]
struct Route {
    slot: u32,
    tail: Option<FieldPath>,
}

impl Field {
    pub fn new(name: &str, names: &mut SlotNames) -> Self {
        let mut routes = vec![Route { slot: names.slot(name), tail: None }];
        for (at, _) in name.match_indices('.') {
            if let (Some(head), Some(tail)) = (name.get(..at), name.get(at + 1..)) {
                let slot = names.slot(head);
                routes.push(Route { slot, tail: Some(FieldPath::new(tail)) });
            }
        }
        Self { path: FieldPath::new(name), routes }
    }

    pub fn name(&self) -> &str {
        self.path.as_str()
    }

    /// Whether the field is one of the top level.
    pub fn is_top_level(&self) -> bool {
        self.routes.len() == 1
    }

    /// Whether `test` holds for a value of the field, or an element of it where it is an array.
    pub fn any<'a>(&self, scope: &Scope<'_, 'a>, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
        let test = RefCell::new(test);
        self.visit(scope, &mut |found| match found {
            Found::Tape(value) => any_leaf(value, &mut |leaf| (test.borrow_mut())(leaf)),
            Found::Json(value) => any_json_leaf(value, &mut |leaf| (test.borrow_mut())(leaf)),
        })
    }

    /// The slot of the name before the first dot: where that and all names with dots are known,
    /// so is the field.
    pub fn first_slot(&self) -> u32 {
        // Ways to split the name stand behind the whole name, the shortest first.
        self.routes.get(1).or(self.routes.first()).map_or(u32::MAX, |route| route.slot)
    }

    /// Where the field stands in a record whose top level has been walked.
    pub fn place(&self, record: &Record<'_>, slots: &Slots) -> Place {
        let mut place = Place::Absent;
        for route in &self.routes {
            let Some(position) = slots.position(route.slot) else { continue };
            let Some(tail) = &route.tail else { return Place::At(position) };
            place = place.or(descend(record.value_at(position), tail.as_str()));
        }
        place
    }

    /// Calls `visit` for each value of the field until it returns true.
    pub fn visit<'a>(
        &self,
        scope: &Scope<'_, 'a>,
        visit: &mut dyn FnMut(Found<'_, 'a>) -> bool,
    ) -> bool {
        match scope.view {
            View::Root { record, slots } => {
                for route in &self.routes {
                    let Some(value) = slots.value(record, route.slot) else { continue };
                    let Some(tail) = &route.tail else { return visit(Found::Tape(value)) };
                    if scope.follow(tail, value, visit) {
                        return true;
                    }
                }
                false
            }
            View::Element(value) => scope.follow(&self.path, value, visit),
            View::Embedded(value) => {
                walk(value, self.path.as_str(), &mut |value| visit(Found::Json(value)))
            }
        }
    }
}

/// Where a field stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// Nowhere.
    Absent,
    /// At one place of the tape.
    At(u32),
    /// At several places, perhaps: the path leads through an array or into a string.
    Several,
}

impl Place {
    fn or(self, other: Self) -> Self {
        match (self, other) {
            (place, Place::Absent) | (Place::Absent, place) => place,
            _ => Place::Several,
        }
    }
}

/// Follows a path through objects, as [`FieldPath::visit`] does, in one walk over each.
pub(crate) fn descend(value: Value<'_>, rest: &str) -> Place {
    let object = match value {
        Value::Object(object) => object,
        Value::Array(_) | Value::String(_) => return Place::Several,
        Value::Null | Value::Bool(_) | Value::Number(_) => return Place::Absent,
    };
    let mut place = Place::Absent;
    let mut members = object.members();
    loop {
        let position = members.position();
        let Some(name) = members.next_name() else { return place };
        let name = name.text();
        match rest.as_bytes().get(name.len()) {
            // The whole name counts before all ways to split it.
            None if *name == *rest => return Place::At(position),
            // Of a name that stands twice the first counts, as everywhere else.
            Some(b'.')
                if rest.starts_with(&*name) && object.position_of(&name) == Some(position) =>
            {
                let tail = rest.get(name.len() + 1..).unwrap_or_default();
                place = place.or(descend(object.value_at(position), tail));
            }
            _ => {}
        }
    }
}

/// The first scalar at a path, as text; an array gives its first.
pub(crate) fn first_text(
    path: &FieldPath,
    record: &Record<'_>,
    embedded: &Embedded,
) -> Option<String> {
    let value = record.as_value();
    let scope = Scope { view: View::Element(value), embedded };
    let mut first = None;
    let mut take = |leaf: &Leaf<'_>| {
        first = leaf.text().map(str::to_owned);
        first.is_some()
    };
    scope.follow(path, value, &mut |found| match found {
        Found::Tape(value) => any_leaf(value, &mut |leaf| take(leaf)),
        Found::Json(value) => any_json_leaf(value, &mut take),
    });
    first
}

/// A value that a path leads to.
pub(crate) enum Found<'f, 'a> {
    /// In the record.
    Tape(Value<'a>),
    /// In JSON text inside a string of the record.
    Json(&'f Json),
}

/// Where fields are looked up.
#[derive(Debug, Clone, Copy)]
pub(crate) enum View<'v, 'a> {
    /// A whole record whose top level has been walked.
    Root { record: &'v Record<'a>, slots: &'v Slots },
    /// Any other value: an element of an array, a record that is not an object.
    Element(Value<'a>),
    /// An element of an array that stands in JSON text inside a string.
    Embedded(&'v Json),
}

/// A view, and what has been parsed for this record so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'v, 'a> {
    pub view: View<'v, 'a>,
    pub embedded: &'v Embedded,
}

impl<'a> Scope<'_, 'a> {
    /// Whether `test` holds for what is looked at, or an element of it where it is an array.
    pub fn any_leaf(&self, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
        match self.view {
            View::Root { record, .. } => any_leaf(record.as_value(), &mut |leaf| test(leaf)),
            View::Element(value) => any_leaf(value, &mut |leaf| test(leaf)),
            View::Embedded(value) => any_json_leaf(value, test),
        }
    }

    /// Whether `test` holds for any scalar of what is looked at, however deep.
    pub fn any_scalar(&self, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
        match self.view {
            View::Root { record, .. } => any_scalar(record.as_value(), test),
            View::Element(value) => any_scalar(value, test),
            View::Embedded(value) => any_json_scalar(value, test),
        }
    }

    fn follow(
        &self,
        path: &FieldPath,
        value: Value<'a>,
        visit: &mut dyn FnMut(Found<'_, 'a>) -> bool,
    ) -> bool {
        match value {
            Value::Object(record) | Value::Array(record) => {
                let visit = RefCell::new(visit);
                path.visit(
                    &record,
                    &mut |value| (visit.borrow_mut())(Found::Tape(value)),
                    &mut |text, rest| self.enter(text, rest, *visit.borrow_mut()),
                )
            }
            Value::String(text) => self.enter(text, path.as_str(), visit),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }

    /// Goes on along `rest` inside a string that holds JSON.
    fn enter(
        &self,
        text: Str<'a>,
        rest: &str,
        visit: &mut dyn FnMut(Found<'_, 'a>) -> bool,
    ) -> bool {
        self.embedded
            .parse(text)
            .is_some_and(|document| walk(&document, rest, &mut |value| visit(Found::Json(value))))
    }
}

/// Follows a path through JSON as [`FieldPath::visit`] does through a record.
fn walk(value: &Json, rest: &str, visit: &mut dyn FnMut(&Json) -> bool) -> bool {
    match value {
        Json::Object(members) => {
            if let Some(member) = members.get(rest) {
                return visit(member);
            }
            rest.match_indices('.').any(|(dot, _)| {
                let (name, tail) = (rest.get(..dot), rest.get(dot + 1..));
                let member = name.and_then(|name| members.get(name));
                member.zip(tail).is_some_and(|(member, tail)| walk(member, tail, &mut *visit))
            })
        }
        Json::Array(items) => items.iter().any(|item| walk(item, rest, &mut *visit)),
        _ => false,
    }
}
