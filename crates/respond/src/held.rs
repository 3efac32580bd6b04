//! What the plans of a case hold: changed and not given back, worked out from the journal alone. It
//! must never guess; whether it still is so, only the account can tell.

use std::collections::BTreeSet;

use crashcart_model::Timestamp;

use crate::ledger::{Ledger, Left};
use crate::{Entry, State, Thing, Throwaway, alive};

/// One thing that a plan holds.
#[derive(Debug, Clone, PartialEq)]
pub struct Held {
    /// The plan's hash.
    pub plan: String,
    /// The account's number.
    pub account: String,
    /// The thing, and its states before and after.
    pub left: Left,
    /// Since when, without a break.
    pub since: Timestamp,
}

impl Held {
    /// The credential that cannot be used because of it.
    pub fn credential(&self) -> Option<&str> {
        match (&self.left.thing, &self.left.to) {
            (
                Thing::AccessKey { id, .. }
                | Thing::SshKey { id, .. }
                | Thing::ServiceCredential { id, .. }
                | Thing::SigningCertificate { id, .. },
                State::Inactive,
            ) => Some(id),
            _ => None,
        }
    }

    /// The user that may do nothing because of it.
    pub fn denied_user(&self) -> Option<&str> {
        alive::denied_user(&self.left.thing, &self.left.to)
    }
}

/// What is held, in the order of plan and first change.
pub fn held(journal: &[Entry]) -> Vec<Held> {
    let (mut made, mut taken_away) = (Vec::new(), BTreeSet::new());
    for entry in journal {
        match entry {
            Entry::Making { what: Throwaway::Plan { hash }, .. } => made.push(hash.as_str()),
            // What a selftest held is gone with the principals that it made.
            Entry::TakenAway { .. } => taken_away.extend(made.drain(..)),
            _ => {}
        }
    }
    let mut ledgers = Ledger::of_each(journal);
    ledgers.retain(|plan, _| !taken_away.contains(plan));
    let held = ledgers.into_iter().flat_map(|(plan, ledger)| {
        let held = ledger.left.iter().filter_map(|left| {
            let (plan, account) = (plan.to_owned(), ledger.account.clone());
            Some(Held { plan, account, left: left.clone(), since: ledger.since(&left.thing)? })
        });
        held.collect::<Vec<_>>()
    });
    held.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Change, Effect, Purpose, Undo};

    fn key() -> Thing {
        Thing::AccessKey { user: "ada".into(), id: "AKIAEXAMPLE".into() }
    }

    /// A change of the key by a plan, and that it was made, at so many milliseconds.
    fn change(plan: &str, purpose: Purpose, to: State, at: i64) -> [Entry; 2] {
        let before = if to == State::Active { State::Inactive } else { State::Active };
        let (plan, at, step) = (plan.to_owned(), Timestamp::from_millis(at), "step".to_owned());
        let effect = Effect::Done("1".into());
        [
            Entry::Intent {
                at,
                plan: plan.clone(),
                step: step.clone(),
                purpose,
                undo: Undo::to("111122223333", &key(), &before),
                before,
                change: Change { account: "111122223333".into(), thing: key(), to },
            },
            Entry::Outcome { at, plan, step, thing: key(), effect },
        ]
    }

    fn since(journal: &[Entry]) -> Vec<(String, i64)> {
        let told = held(journal).into_iter();
        told.map(|held| {
            assert_eq!(held.credential(), Some("AKIAEXAMPLE"));
            (held.plan, held.since.millis())
        })
        .collect()
    }

    #[test]
    fn a_thing_is_held_since_the_first_change_that_was_not_given_back() {
        let mut journal = Vec::new();
        journal.extend(change("a", Purpose::Contain, State::Inactive, 1));
        journal.extend(change("a", Purpose::Undo, State::Active, 2));
        assert_eq!(since(&journal), []);
        journal.extend(change("a", Purpose::Contain, State::Inactive, 3));
        // It had not held, and was done again: what was used meanwhile was used after the cut-off.
        journal.extend(change("a", Purpose::Again, State::Inactive, 4));
        assert_eq!(since(&journal), [("a".to_owned(), 3)]);
    }

    #[test]
    fn each_plan_that_holds_a_thing_is_told() {
        let mut journal = Vec::new();
        journal.extend(change("b", Purpose::Contain, State::Inactive, 1));
        journal.extend(change("a", Purpose::Contain, State::Inactive, 2));
        assert_eq!(since(&journal), [("a".to_owned(), 2), ("b".to_owned(), 1)]);
    }
}
