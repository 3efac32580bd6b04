//! What can be contained, one file each. A planner is a function from what was read to a plan; it
//! must never reach an account.

mod found;
mod key;
mod refusal;
mod role;
mod session;
mod user;

pub use found::plan_found;
pub use key::plan_key;
pub use refusal::{Refusal, refuse_again};
pub use role::{RoleOptions, plan_role};
pub use session::{Descent, SessionFacts, plan_sessions};
pub use user::{UserOptions, plan_user};

use crate::facts::{LastUsed, Situation};
use crate::{Plan, SCHEMA, Step};

/// Seconds from when a cut-off is put to its moment.
const AHEAD_SECONDS: u32 = 60;

/// A plan of these steps.
fn plan(
    (action, target, account): (&str, &str, &str),
    situation: &Situation<'_>,
    steps: Vec<Step>,
    mut notes: Vec<String>,
) -> Plan {
    if !situation.tried_on_aws {
        notes.push(
            "never run against AWS, only against servers that speak its protocols: try it in a \
             sandbox account first"
                .into(),
        );
    }
    Plan {
        schema: SCHEMA.into(),
        action: action.into(),
        target: target.into(),
        account: account.into(),
        made_at: situation.now,
        caller_arn: situation.caller.into(),
        steps,
        notes,
    }
}

/// What a moment that lies ahead costs those who do nothing wrong.
fn ahead_is_denied_too() -> String {
    format!(
        "a session that ordinary work opens in the {AHEAD_SECONDS} seconds after it is put is \
         denied too, until the work asks for a new one: the moment lies ahead because clocks \
         differ and IAM takes time to spread it"
    )
}

/// Until when sessions are denied.
fn until_ahead() -> String {
    format!("issued until {AHEAD_SECONDS} seconds after it is put")
}

/// What a step could break, from the last use.
fn last_used(what: &str, used: Option<&LastUsed>) -> String {
    match used {
        Some(LastUsed { at, service, region }) => {
            format!("{what} was last used {at} for {service} in {region}: whatever uses it stops")
        }
        None => format!("IAM tells no use of {what}"),
    }
}

/// Sentences, owned.
fn sentences(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}
