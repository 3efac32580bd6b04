//! Finding a rule's field in a record: one walk over the record's top level per record, then a
//! lookup by number for each field that any rule names.
//!
//! A path goes on inside a string that holds JSON (a policy document, plain or
//! percent-encoded), one level deep.

use std::cell::RefCell;
use std::sync::Arc;

use crashcart_model::{FieldPath, Record, Str, Value};
use serde_json::Value as Json;

use crate::leaf::{Leaf, any_json_leaf, any_leaf};

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
        }
    }
}

/// The first scalar at a path, as text; an array gives its first.
pub(crate) fn first_text(
    path: &FieldPath,
    record: &Record<'_>,
    embedded: &Embedded,
) -> Option<String> {
    let scope = Scope { view: View::Element(record.as_value()), embedded };
    let mut first = None;
    let mut take = |leaf: &Leaf<'_>| {
        first = leaf.text().map(str::to_owned);
        first.is_some()
    };
    scope.follow(path, scope.value(), &mut |found| match found {
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
}

/// A view, and what has been parsed for this record so far.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scope<'v, 'a> {
    pub view: View<'v, 'a>,
    pub embedded: &'v Embedded,
}

impl<'a> Scope<'_, 'a> {
    /// The value looked at.
    pub fn value(&self) -> Value<'a> {
        match self.view {
            View::Root { record, .. } => record.as_value(),
            View::Element(value) => value,
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

/// JSON documents found inside strings of the current record, each parsed at most once.
#[derive(Debug, Default)]
pub(crate) struct Embedded {
    /// By place and length of the string's text, which stand still while one record is looked at.
    parsed: RefCell<Vec<(usize, usize, Option<Arc<Json>>)>>,
}

impl Embedded {
    pub fn clear(&mut self) {
        self.parsed.get_mut().clear();
    }

    fn parse(&self, text: Str<'_>) -> Option<Arc<Json>> {
        let raw = text.raw();
        let start = raw.trim_start();
        if !start.starts_with(['{', '[']) && !start.starts_with("%7B") {
            return None;
        }
        let (place, length) = (raw.as_ptr().addr(), raw.len());
        let known = self.parsed.borrow().iter().find_map(|(at, long, document)| {
            (*at == place && *long == length).then(|| document.clone())
        });
        if let Some(document) = known {
            return document;
        }
        let text = text.text();
        let document = if start.starts_with('%') {
            serde_json::from_slice(&percent_decoded(&text))
        } else {
            serde_json::from_str(&text)
        };
        let document = document.ok().map(Arc::new);
        self.parsed.borrow_mut().push((place, length, document.clone()));
        document
    }
}

/// IAM answers with policy documents percent-encoded (RFC 3986).
fn percent_decoded(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        out.extend_from_slice(before.as_bytes());
        let byte = after.get(..2).and_then(|digits| u8::from_str_radix(digits, 16).ok());
        out.push(byte.unwrap_or(b'%'));
        rest = if byte.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    out.extend_from_slice(rest.as_bytes());
    out
}

/// The names of the top level that any rule reaches for, by number.
#[derive(Debug)]
pub(crate) struct SlotNames {
    names: Vec<Box<str>>,
    /// Slots by a cheap hash of the name.
    buckets: Vec<Vec<u32>>,
}

const BUCKETS: usize = 256;

fn bucket(name: &[u8]) -> usize {
    let first = name.first().copied().unwrap_or_default();
    let last = name.last().copied().unwrap_or_default();
    let middle = name.get(name.len() / 2).copied().unwrap_or_default();
    (name.len() * 31 + usize::from(first) * 7 + usize::from(last) * 13 + usize::from(middle) * 3)
        % BUCKETS
}

impl SlotNames {
    pub fn new() -> Self {
        Self { names: Vec::new(), buckets: vec![Vec::new(); BUCKETS] }
    }

    /// The slot of a name, a new one if need be.
    pub fn slot(&mut self, name: &str) -> u32 {
        if let Some(slot) = self.find(name) {
            return slot;
        }
        let slot = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.into());
        if let Some(bucket) = self.buckets.get_mut(bucket(name.as_bytes())) {
            bucket.push(slot);
        }
        slot
    }

    #[inline]
    fn find(&self, name: &str) -> Option<u32> {
        let bucket = self.buckets.get(bucket(name.as_bytes()))?;
        bucket
            .iter()
            .find(|slot| self.names.get(**slot as usize).is_some_and(|known| **known == *name))
            .copied()
    }
}

/// Where the fields of the current record's top level stand.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// Generation and place on the tape; another generation's place is void.
    places: Vec<(u32, u32)>,
    generation: u32,
}

impl Slots {
    /// Walks the top level of a record that is an object.
    pub fn fill(&mut self, record: &Record<'_>, names: &SlotNames) {
        self.places.resize(names.names.len(), (0, 0));
        if self.generation == u32::MAX {
            self.places.fill((0, 0));
            self.generation = 0;
        }
        self.generation += 1;
        let mut members = record.members();
        loop {
            let position = members.position();
            let Some((key, _)) = members.next() else { return };
            let slot =
                if key.is_escaped() { names.find(&key.text()) } else { names.find(key.raw()) };
            let Some(place) = slot.and_then(|slot| self.places.get_mut(slot as usize)) else {
                continue;
            };
            // Of a name that stands twice the first counts, as everywhere else.
            if place.0 != self.generation {
                *place = (self.generation, position);
            }
        }
    }

    /// The value in a slot.
    pub fn value<'a>(&self, record: &Record<'a>, slot: u32) -> Option<Value<'a>> {
        let (generation, position) = *self.places.get(slot as usize)?;
        (generation == self.generation).then(|| record.value_at(position))
    }
}
