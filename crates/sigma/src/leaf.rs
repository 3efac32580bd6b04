//! A single value of a record, from the tape or from JSON text inside a string, as predicates
//! see it.

use std::borrow::Cow;

use crashcart_model::{Record, Value};
use serde_json::Value as Json;

/// A value that is not an array.
#[derive(Debug)]
pub(crate) enum Leaf<'a> {
    Null,
    Bool(bool),
    Number(Cow<'a, str>),
    Text(Cow<'a, str>),
    Object(Whole<'a>),
}

/// An object, taken as one value.
#[derive(Debug)]
pub(crate) enum Whole<'a> {
    Tape(Record<'a>),
    Json(&'a Json),
}

impl Leaf<'_> {
    pub const fn is_null(&self) -> bool {
        matches!(self, Leaf::Null)
    }

    /// The value as text; none for null and objects.
    pub fn text(&self) -> Option<&str> {
        match self {
            Leaf::Text(text) | Leaf::Number(text) => Some(text),
            Leaf::Bool(value) => Some(if *value { "true" } else { "false" }),
            Leaf::Null | Leaf::Object(_) => None,
        }
    }
}

impl Whole<'_> {
    /// The object's JSON text, as it was written where that is known.
    pub fn json(&self) -> Cow<'_, str> {
        match self {
            Whole::Tape(record) => Cow::Borrowed(record.json()),
            Whole::Json(value) => Cow::Owned(value.to_string()),
        }
    }

    /// Whether `test` holds for any scalar inside, however deep.
    pub fn any_scalar(&self, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
        match self {
            Whole::Tape(record) => record.members().any(|(_, value)| any_scalar(value, &mut *test)),
            Whole::Json(value) => any_json_scalar(value, test),
        }
    }
}

/// Whether `test` holds for the value, or, where it is an array, for any of its elements.
pub(crate) fn any_leaf<'a>(value: Value<'a>, test: &mut dyn FnMut(&Leaf<'a>) -> bool) -> bool {
    test(&match value {
        Value::Array(items) => return items.members().any(|(_, item)| any_leaf(item, &mut *test)),
        Value::Object(object) => Leaf::Object(Whole::Tape(object)),
        Value::Null => Leaf::Null,
        Value::Bool(value) => Leaf::Bool(value),
        Value::Number(text) => Leaf::Number(Cow::Borrowed(text)),
        Value::String(text) => Leaf::Text(text.text()),
    })
}

/// Like [`any_leaf`], for JSON that was text inside a string.
pub(crate) fn any_json_leaf(value: &Json, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
    test(&match value {
        Json::Array(items) => return items.iter().any(|item| any_json_leaf(item, &mut *test)),
        Json::Object(_) => Leaf::Object(Whole::Json(value)),
        Json::Null => Leaf::Null,
        Json::Bool(value) => Leaf::Bool(*value),
        Json::Number(number) => Leaf::Number(Cow::Owned(number.to_string())),
        Json::String(text) => Leaf::Text(Cow::Borrowed(text)),
    })
}

/// Whether `test` holds for any scalar in the value, however deep.
pub(crate) fn any_scalar(value: Value<'_>, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
    match value {
        Value::Object(items) | Value::Array(items) => {
            items.members().any(|(_, item)| any_scalar(item, &mut *test))
        }
        scalar => any_leaf(scalar, &mut |leaf| test(leaf)),
    }
}

pub(crate) fn any_json_scalar(value: &Json, test: &mut dyn FnMut(&Leaf<'_>) -> bool) -> bool {
    match value {
        Json::Object(members) => members.values().any(|item| any_json_scalar(item, &mut *test)),
        Json::Array(items) => items.iter().any(|item| any_json_scalar(item, &mut *test)),
        scalar => any_json_leaf(scalar, test),
    }
}
