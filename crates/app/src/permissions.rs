//! What each action that talks to an account can call. The door makes none but these calls for it,
//! so that the policy that is printed here is all that it needs.

use crashcart_aws::services::sts::GetCallerIdentity;
use crashcart_aws::{Call, Operation, policy};
use crashcart_collect::{IDENTITY_CALLS, OBJECT_CALLS, OWNER_CALLS};

use crate::{AppError, containment, preflight};

/// An action that talks to an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// `whois --live`.
    Whois,
    /// `contain`: planning.
    Contain,
    /// `apply`, `resume` and `revert`.
    Apply,
    /// `collect identity`.
    CollectIdentity,
    /// `--preflight`, beside the action that it is about.
    Preflight,
    /// Reading `s3://` addresses, in whatever command.
    Buckets,
}

/// Whose the credentials are: every action asks, and everybody may.
const CALLER: Operation = GetCallerIdentity::OPERATION;

impl Action {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Whois,
        Self::Contain,
        Self::Apply,
        Self::CollectIdentity,
        Self::Preflight,
        Self::Buckets,
    ];

    /// Its name for people, and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whois => "whois",
            Self::Contain => "contain",
            Self::Apply => "apply",
            Self::CollectIdentity => "collect-identity",
            Self::Preflight => "preflight",
            Self::Buckets => "s3",
        }
    }

    /// Every call that it can make.
    pub fn calls(self) -> Vec<&'static Operation> {
        let own: &[&[Operation]] = match self {
            Self::Whois => &[OWNER_CALLS],
            Self::Contain => &[containment::PLAN_CALLS],
            Self::Apply => &[containment::APPLY_CALLS],
            Self::CollectIdentity => &[OWNER_CALLS, IDENTITY_CALLS],
            Self::Preflight => &[preflight::CALLS],
            // Without the question whose the credentials are: whoever may only read logs is enough.
            Self::Buckets => return OBJECT_CALLS.iter().collect(),
        };
        std::iter::once(&CALLER).chain(own.iter().copied().flatten()).collect()
    }
}

/// The least-privilege policy of actions, as JSON.
///
/// # Errors
/// When there is no such action.
pub fn permissions(actions: &[String]) -> Result<serde_json::Value, AppError> {
    let mut operations: Vec<&Operation> = Vec::new();
    for name in actions {
        let action = Action::ALL.into_iter().find(|action| action.name() == name);
        let known = Action::ALL.map(Action::name).join(", ");
        operations.extend(action.map(Action::calls).ok_or_else(|| AppError::Request {
            what: format!("no action is called {name}; there are {known}"),
            hint: "`crashcart permissions whois` prints one",
        })?);
    }
    Ok(policy(operations))
}
