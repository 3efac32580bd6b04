//! Whether a text or a record names an id.

use crashcart_model::Value;
use memchr::memmem;

/// Whether the name of the thing that is created begins with this part, as `User` with `user`.
pub(super) fn starts(thing: &str, part: &str) -> bool {
    !part.is_empty()
        && thing.get(..part.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(part))
        // CreateUserPool makes no user; CreateFunction20150331 makes a function.
        && thing.get(part.len()..).is_some_and(|rest| !rest.starts_with(char::is_uppercase))
}

/// Whether the text names the id: not as a part of a longer name.
pub(super) fn names(text: &str, id: &str) -> bool {
    let part = |byte: Option<&u8>| {
        byte.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"_-.@".contains(byte))
    };
    let bytes = text.as_bytes();
    !id.is_empty()
        && memmem::find_iter(bytes, id).any(|at| {
            let before = at.checked_sub(1).and_then(|before| bytes.get(before));
            !part(before) && !part(bytes.get(at + id.len()))
        })
}

/// Whether any string satisfies `wanted`, which is given the nearest field's name and the text.
pub(super) fn holds(value: Value<'_>, wanted: &mut dyn FnMut(&str, &str) -> bool) -> bool {
    fn walk(field: &str, value: Value<'_>, wanted: &mut dyn FnMut(&str, &str) -> bool) -> bool {
        match value {
            Value::String(text) => wanted(field, &text.text()),
            Value::Array(items) => items.members().any(|(_, item)| walk(field, item, wanted)),
            Value::Object(items) => {
                items.members().any(|(key, item)| walk(&key.text(), item, wanted))
            }
            _ => false,
        }
    }
    walk("", value, wanted)
}
