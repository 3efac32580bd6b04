//! Requests as their protocols write them, from the members of a typed request.

use serde_json::Value;

use crate::operation::{Operation, Protocol};

/// The body of a request. Members that are null are left out.
pub fn body(operation: &Operation, request: &Value) -> String {
    match operation.service.protocol {
        Protocol::Json { .. } => without_null(request).to_string(),
        Protocol::Query => form(operation, request, ".member"),
        Protocol::Ec2 => form(operation, request, ""),
        Protocol::RestXml => String::new(),
    }
}

/// Path and query of a request. Where the host names the bucket, the path does not.
pub fn uri(operation: &Operation, request: &Value, is_hosted: bool) -> String {
    let template = operation.http.uri;
    let hosted = template.strip_prefix("/{Bucket}").filter(|_| is_hosted);
    let template = hosted.unwrap_or(template);
    let (path, query) = template.split_once('?').unwrap_or((template, ""));
    let segments = path.split('/').map(|segment| filled(segment, request).unwrap_or_default());
    let path = segments.collect::<Vec<_>>().join("/");
    let parts = query.split('&').filter(|part| !part.is_empty());
    let query = parts.filter_map(|part| filled(part, request)).collect::<Vec<_>>().join("&");
    let path = if path.starts_with('/') { path } else { format!("/{path}") };
    if query.is_empty() { path } else { format!("{path}?{query}") }
}

/// A part of a template with its member in place; none where the member is absent.
fn filled(part: &str, request: &Value) -> Option<String> {
    let Some((before, name)) = part.strip_suffix('}').and_then(|part| part.split_once('{')) else {
        return Some(part.to_owned());
    };
    let value = text_of(request.get(name.trim_end_matches('+'))?)?;
    let value = match name.ends_with('+') {
        true => value.split('/').map(percent).collect::<Vec<_>>().join("/"),
        false => percent(&value),
    };
    Some(format!("{before}{value}"))
}

/// The headers of a request.
pub fn headers(operation: &Operation, request: &Value) -> Vec<(&'static str, String)> {
    let content = match operation.service.protocol {
        Protocol::Json { target } => vec![
            ("content-type", "application/x-amz-json-1.1".to_owned()),
            ("x-amz-target", format!("{target}.{}", operation.name)),
        ],
        Protocol::Query | Protocol::Ec2 => {
            vec![("content-type", "application/x-www-form-urlencoded".to_owned())]
        }
        Protocol::RestXml => Vec::new(),
    };
    let own = operation.http.headers.iter();
    let own = own.filter_map(|(name, member)| Some((*name, text_of(request.get(member)?)?)));
    content.into_iter().chain(own).collect()
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        _ => None,
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
