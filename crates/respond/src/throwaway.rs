//! What a selftest makes for itself and takes away again, as the journal tells it: noted before it
//! is made, so that whatever a crash left behind is known by name.
//!
//! It must never name a thing that was there before.

use serde::{Deserialize, Serialize};

use crate::journal::Entry;

/// Something that a selftest makes. Names are IAM's, without paths; ids and secrets of keys are not
/// known before they are made, and are found by their user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "user, role and name say what they are")]
pub enum Throwaway {
    /// A user.
    User { name: String },
    /// An inline policy of that user.
    UserPolicy { user: String, name: String },
    /// An access key of that user.
    AccessKey { user: String },
    /// A role.
    Role { name: String },
    /// An inline policy of that role.
    RolePolicy { role: String, name: String },
    /// A session. It ends with the user or role that it is of.
    Session { of: String },
    /// A plan that contains one of these; a run of it that was cut off ends with them.
    Plan { hash: String },
}

impl std::fmt::Display for Throwaway {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User { name } => write!(out, "user/{name}"),
            Self::UserPolicy { user, name } => write!(out, "inline policy {name} of user/{user}"),
            Self::AccessKey { user } => write!(out, "access key of user/{user}"),
            Self::Role { name } => write!(out, "role/{name}"),
            Self::RolePolicy { role, name } => write!(out, "inline policy {name} of role/{role}"),
            Self::Session { of } => write!(out, "session of {of}"),
            Self::Plan { hash } => write!(out, "plan {hash}"),
        }
    }
}

/// What a selftest left, with the number of its account; none where nothing is left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeftBehind {
    /// The account's number.
    pub account: String,
    /// In the order in which it was to be made.
    pub things: Vec<Throwaway>,
}

/// What was noted to be made since the last time that everything was taken away.
pub fn left_behind(history: &[Entry]) -> Option<LeftBehind> {
    let mut left: Option<LeftBehind> = None;
    for entry in history {
        match entry {
            Entry::Making { account, what, .. } => {
                let left = left.get_or_insert_with(|| LeftBehind {
                    account: account.clone(),
                    things: Vec::new(),
                });
                left.things.push(what.clone());
            }
            Entry::TakenAway { .. } => left = None,
            _ => {}
        }
    }
    left
}

#[cfg(test)]
mod tests {
    use crashcart_model::Timestamp;

    use super::*;

    #[test]
    fn what_was_noted_is_left_until_everything_was_taken_away() {
        let (at, account) = (Timestamp::from_millis(0), "111122223333".to_owned());
        let what = Throwaway::User { name: "crashcart-selftest-1".into() };
        let mut history = vec![Entry::Making { at, account: account.clone(), what: what.clone() }];
        let left = left_behind(&history);
        assert_eq!(left, Some(LeftBehind { account: account.clone(), things: vec![what] }));
        history.push(Entry::TakenAway { at, account });
        assert_eq!(left_behind(&history), None);
    }
}
