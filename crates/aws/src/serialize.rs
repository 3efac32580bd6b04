//! Requests as their protocols write them, from the members of a typed request.

use serde_json::Value;

use crate::operation::{Operation, Protocol};

/// The body of a request. Members that are null are left out.
pub fn body(operation: &Operation, request: &Value) -> String {
    match operation.service.protocol {
        Protocol::Json { .. } => without_null(request).to_string(),
        Protocol::Query => form(operation, request, ".member"),
        Protocol::Ec2 => form(operation, request, ""),
    }
}

fn without_null(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let kept = members.iter().filter(|(_, value)| !value.is_null());
            Value::Object(kept.map(|(name, value)| (name.clone(), without_null(value))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_null).collect()),
        _ => value.clone(),
    }
}

fn form(operation: &Operation, request: &Value, list: &str) -> String {
    let mut pairs = vec![
        ("Action".to_owned(), operation.name.to_owned()),
        ("Version".to_owned(), operation.service.version.to_owned()),
    ];
    flatten(String::new(), request, list, &mut pairs);
    let pairs = pairs.iter().map(|(name, value)| format!("{}={}", percent(name), percent(value)));
    pairs.collect::<Vec<_>>().join("&")
}

/// Members as dotted names; list items are numbered from 1. An empty list is not sent.
fn flatten(name: String, value: &Value, list: &str, out: &mut Vec<(String, String)>) {
    let within =
        |part: &str| if name.is_empty() { part.to_owned() } else { format!("{name}.{part}") };
    match value {
        Value::Null => {}
        Value::Bool(value) => out.push((name, value.to_string())),
        Value::Number(value) => out.push((name, value.to_string())),
        Value::String(value) => out.push((name, value.clone())),
        Value::Array(items) => {
            for (number, item) in (1..).zip(items) {
                flatten(format!("{name}{list}.{number}"), item, list, out);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                flatten(within(member), value, list, out);
            }
        }
    }
}

/// RFC 3986: what is not unreserved is escaped, as signing demands.
fn percent(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
