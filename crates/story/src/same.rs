//! One principal under one name: records that name a caller by its principal id alone (a sign-in's
//! check of MFA, another account's view of a session) are joined with those that name its ARN.
//!
//! AWS gives a principal id once and never again (IAM user guide, "IAM identifiers"). It must never
//! join two ARNs, nor anything by an account's number, which stands for everybody in it.

use std::collections::{BTreeMap, BTreeSet};

use crate::facts::Facts;
use crate::key::Parts;

/// Joins what is known of principals that have two names.
pub(crate) fn join(facts: &mut Facts) {
    let names = names(facts);
    if names.is_empty() {
        return;
    }
    let mut joined = BTreeSet::new();
    for (id, arn) in &names {
        facts.history.rename(id, arn);
        let (Some(actor), Some(known)) = (facts.actors.remove(id), facts.actors.get_mut(arn))
        else {
            continue;
        };
        known.merge(actor);
        joined.insert(id.as_str());
    }
    for issued in facts.sessions.values_mut() {
        let renamed = issued.by.iter().filter_map(|by| joined.get(by).copied());
        for id in renamed.collect::<BTreeSet<_>>() {
            names.get(id).into_iter().for_each(|arn| issued.by.rename(id, arn));
        }
    }
    let actor_of =
        |key: &[u8]| Parts::read(key).is_some_and(|parts| names.contains_key(parts.actor));
    let keys: Vec<Vec<u8>> = facts.items.keys().filter(|key| actor_of(key)).cloned().collect();
    let mut joined = Vec::new();
    for key in keys {
        let Some(item) = facts.items.remove(&key) else { continue };
        let Some(parts) = Parts::read(&key) else { continue };
        let actor = names.get(parts.actor).map_or(parts.actor, String::as_str);
        Parts { actor, ..parts }.write(&mut joined);
        facts.items.entry_ref(joined.as_slice()).or_default().merge(item);
    }
}

/// The ARN of each principal that some records name by its id alone, where there is only one.
fn names(facts: &Facts) -> BTreeMap<String, String> {
    let mut arns: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, actor) in &facts.actors {
        for id in actor.ids.iter() {
            arns.entry(id).or_default().insert(name);
        }
    }
    let mut names = BTreeMap::new();
    for id in facts.actors.keys() {
        let arns = arns.get(id.as_str()).into_iter().flatten().copied().collect::<Vec<_>>();
        if let [arn] = *arns
            && arn != id
        {
            names.insert(id.clone(), arn.to_owned());
        }
    }
    names
}

/// Whether a principal id is one that AWS gives once: of a user, or of a role's session.
pub(crate) fn is_unique(id: &str) -> bool {
    ["AIDA", "AROA"].iter().any(|kind| id.starts_with(kind))
}
