//! What descends from a key, in the words of the account: roles and users that are here are read,
//! everything else is said.

use std::collections::BTreeSet;

use crashcart_aws::{AwsError, Reader};
use crashcart_respond::{Descent, SessionFacts, UserFacts};
use crashcart_story::{Descendant, Lineage};

use super::facts;

/// How many keys are named in one sentence.
const NAMED: usize = 5;

/// A principal, taken apart.
enum Whose<'p> {
    Session { account: &'p str, role: &'p str, name: &'p str },
    User { account: &'p str, name: &'p str },
    Other,
}

/// Reads the roles and users of the account whose sessions descend.
pub(super) fn read(
    reader: Reader<'_>,
    account: &str,
    (lineage, planned): (&Lineage, &BTreeSet<String>),
    whole_roles: bool,
) -> Result<Descent, AwsError> {
    let mut descent = Descent { whole_roles, ..Descent::default() };
    let mut seen = BTreeSet::new();
    for one in &lineage.descends {
        let key = one.key.as_ref().map(|key| key.raw()).unwrap_or_default();
        let principal = one.principal.as_ref().map(|principal| principal.raw()).unwrap_or_default();
        if key.starts_with("AKIA") {
            if !one.is_start {
                descent.notes.push(made(key, principal, one));
            }
            continue;
        }
        if !seen.insert(if principal.is_empty() { key } else { principal }) {
            continue;
        }
        match whose(one, principal) {
            Whose::Session { account: owner, .. } | Whose::User { account: owner, .. }
                if owner != account =>
            {
                descent.notes.push(elsewhere((owner, account), principal, planned));
            }
            Whose::Session { role, name, .. } => match facts::role_and_id(reader, account, role) {
                Ok((role, role_id)) => descent.sessions.push(SessionFacts {
                    role,
                    role_id,
                    name: name.to_owned(),
                    others_of_its_name: one.others_of_its_name,
                }),
                Err(AwsError::NotFound { .. }) => descent.notes.push(format!(
                    "role {role} is not there any more: no policy can be put on it for {principal}"
                )),
                Err(error) => return Err(error),
            },
            Whose::User { name, .. } => match facts::user(reader, account, name) {
                Ok(user) => descent.users.push(user),
                Err(AwsError::NotFound { .. }) => descent.notes.push(format!(
                    "user {name} is not there any more: no policy can be put on it for {principal}"
                )),
                Err(error) => return Err(error),
            },
            Whose::Other if principal.ends_with(":root") => descent.users.push(UserFacts {
                arn: principal.to_owned(),
                account: account.to_owned(),
                ..UserFacts::default()
            }),
            Whose::Other => descent.notes.push(format!(
                "of the session with the key {key} no record names the role or user: give more \
                 logs, from where it was used"
            )),
        }
    }
    descent.notes.extend(unknown(lineage));
    Ok(descent)
}

/// The accounts of the sessions and users that descend, as far as records name them.
pub fn accounts(lineage: &Lineage) -> BTreeSet<String> {
    let of = |one: &Descendant| {
        let principal = one.principal.as_ref().map(|principal| principal.raw()).unwrap_or_default();
        match whose(one, principal) {
            Whose::Session { account, .. } | Whose::User { account, .. } => {
                Some(account.to_owned())
            }
            Whose::Other => None,
        }
    };
    lineage.descends.iter().filter_map(of).collect()
}

fn whose<'p>(one: &'p Descendant, principal: &'p str) -> Whose<'p> {
    let federated = principal.contains(":federated-user/");
    // A federated session is limited by the policies of the user who asked for it.
    let arn = match one.issued_by.as_ref().and_then(|issued| issued.principal.as_ref()) {
        Some(asked) if federated => asked.raw(),
        _ => principal,
    };
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, _, _, account, resource] = parts.as_slice() else { return Whose::Other };
    if let Some((role, name)) =
        resource.strip_prefix("assumed-role/").and_then(|rest| rest.split_once('/'))
    {
        return Whose::Session { account, role, name };
    }
    match resource.strip_prefix("user/").and_then(|path| path.rsplit('/').next()) {
        Some(name) => Whose::User { account, name },
        None => Whose::Other,
    }
}

/// A session or user of another account.
fn elsewhere((owner, here): (&str, &str), principal: &str, planned: &BTreeSet<String>) -> String {
    if planned.contains(owner) {
        return format!("in account {owner}: {principal}, in a plan of its own");
    }
    format!(
        "in account {owner}, not in {here}: {principal}; plan there too, with --assume-role and a \
         role of that account"
    )
}

/// A key that was made by what descends, and lasts.
fn made(key: &str, principal: &str, one: &Descendant) -> String {
    let because = one.issued_by.as_ref().map(|issued| issued.because.as_str()).unwrap_or_default();
    let whose = if principal.is_empty() { because } else { principal };
    let made = made_key(key);
    format!("{made} ({whose}): contain it too, with `crashcart contain key`")
}

/// How that begins: where a plan takes the key too, it is left out.
pub(super) fn made_key(key: &str) -> String {
    format!("access key {key} was made by it and lasts")
}

/// What the material cannot show.
pub(super) fn unknown(lineage: &Lineage) -> Vec<String> {
    let mut notes = Vec::new();
    let unexplained = &lineage.unexplained;
    if !unexplained.is_empty() {
        let told: Vec<String> = unexplained
            .iter()
            .take(NAMED)
            .map(|one| match &one.principal {
                Some(principal) => format!("{} of {}", one.key.raw(), principal.raw()),
                None => one.key.raw().to_owned(),
            })
            .collect();
        let more = unexplained.len().saturating_sub(NAMED);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!(
            "UNKNOWN: of {} temporary keys the material does not show which key asked for them, \
             so they may descend from it too: {}{more}",
            unexplained.len(),
            told.join(", ")
        ));
    }
    if lineage.crowded {
        notes.push(
            "UNKNOWN: there are more keys in the material than are kept: give less of it, around \
             the time of the incident"
                .to_owned(),
        );
    }
    notes
}
