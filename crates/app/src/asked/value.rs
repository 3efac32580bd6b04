//! What one value of a finding is, by its own text: a key, a principal, an address, an instance, a
//! time. It must never search within a text.

use std::net::IpAddr;

use crashcart_model::{AccountId, IdKind, Timestamp, UniqueId};
use crashcart_story::Pivot;

use super::taking::Take;

/// Asks about a value that is of this kind; none where it is none of it.
pub(super) fn ask(pivot: &mut Pivot, what: Take, value: &str) -> Option<&'static str> {
    match what {
        Take::Key => access_key(value).map(|key| add(&mut pivot.keys, key, "access key")),
        Take::PrincipalId => Some(add(&mut pivot.principals, value.to_owned(), "principal id")),
        Take::Arn => value
            .starts_with("arn:")
            .then(|| add(&mut pivot.principals, value.to_owned(), "principal")),
        Take::Address => value
            .parse::<IpAddr>()
            .ok()
            .map(|address| add(&mut pivot.addresses, address.to_string(), "address")),
        Take::Instance => {
            instance(value).map(|id| add(&mut pivot.instances, id.to_owned(), "instance"))
        }
        Take::Resource => Some(add(&mut pivot.resources, value.to_owned(), "resource")),
        Take::Id => id(pivot, value),
        Take::Account => {
            AccountId::parse(value).map(|_| add(&mut pivot.accounts, value.to_owned(), "account"))
        }
        Take::Region => Some(add(&mut pivot.regions, value.to_owned(), "region")),
        Take::First => moment(value).map(|time| {
            pivot.first = pivot.first.into_iter().chain([time]).min();
            "first seen"
        }),
        Take::Last => moment(value).map(|time| {
            pivot.last = pivot.last.into_iter().chain([time]).max();
            "last seen"
        }),
        Take::Title | Take::Sample | Take::Known(_) => None,
    }
}

pub(super) fn add(list: &mut Vec<String>, text: String, meaning: &'static str) -> &'static str {
    if !list.contains(&text) {
        list.push(text);
    }
    meaning
}

fn access_key(text: &str) -> Option<String> {
    let id = UniqueId::parse(text)?;
    matches!(id.kind, IdKind::LongLivedAccessKey | IdKind::TemporaryAccessKey).then_some(id.id)
}

/// An instance's id, also at the end of its ARN.
fn instance(text: &str) -> Option<&str> {
    let id = text.rsplit('/').next()?;
    let digits = id.strip_prefix("i-")?;
    let hex = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    (matches!(digits.len(), 8 | 17) && hex).then_some(id)
}

/// What the id of a resource is; see Security Hub user guide, "Resources" of the ASFF.
fn id(pivot: &mut Pivot, text: &str) -> Option<&'static str> {
    if let Some(key) = text.rsplit(':').next().and_then(access_key) {
        return Some(add(&mut pivot.keys, key, "access key"));
    }
    if let Some(account) = text.strip_prefix("AWS::::Account:") {
        AccountId::parse(account)?;
        return Some(add(&mut pivot.accounts, account.to_owned(), "account"));
    }
    if let Some(id) = instance(text) {
        return Some(add(&mut pivot.instances, id.to_owned(), "instance"));
    }
    if is_principal(text) {
        return Some(add(&mut pivot.principals, text.to_owned(), "principal"));
    }
    text.starts_with("arn:").then(|| add(&mut pivot.resources, text.to_owned(), "resource"))
}

fn is_principal(text: &str) -> bool {
    let mut parts = text.splitn(6, ':');
    let service = parts.nth(2);
    let own = parts.nth(2).unwrap_or_default();
    text.starts_with("arn:")
        && (service == Some("iam")
            && (own == "root" || own.starts_with("user/") || own.starts_with("role/"))
            || service == Some("sts"))
}

pub(super) fn looks_like(text: &str) -> Option<&'static str> {
    if access_key(text).is_some() {
        Some("an access key")
    } else if is_principal(text) {
        Some("a principal")
    } else if instance(text).is_some() {
        Some("an instance")
    } else if text.parse::<IpAddr>().is_ok() {
        Some("an address")
    } else {
        None
    }
}

/// A time as findings write them: a text, or milliseconds since 1970 up to the year 9998.
fn moment(text: &str) -> Option<Timestamp> {
    match text.parse::<i64>() {
        Ok(millis) => {
            (0..253_370_764_800_000).contains(&millis).then_some(Timestamp::from_millis(millis))
        }
        Err(_) => Timestamp::parse(text),
    }
}
