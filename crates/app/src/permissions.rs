//! What each action that talks to an account can call. The door makes none but these calls for it,
//! so that the policy that is printed here is all that it needs.

use crashcart_aws::services::sts::{AssumeRole, GetCallerIdentity};
use crashcart_aws::{Call, Operation, policy as aws_policy};
use crashcart_collect::{IDENTITY_CALLS, OBJECT_CALLS, OWNER_CALLS, REGION_CALLS};

use serde_json::json;

use crate::{AppError, containment, event_history, preflight, responder, selftest, trail};

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
    /// Assuming the responder role in another account.
    Responder,
    /// `--preflight`, beside the action that it is about.
    Preflight,
    /// `collect trail`.
    CollectTrail,
    /// Reading `s3://` addresses, in whatever command.
    Buckets,
    /// `collect logs`, and `investigate --live`.
    CollectLogs,
    /// `selftest`.
    Selftest,
}

/// Whose the credentials are: every action asks, and everybody may.
const CALLER: Operation = GetCallerIdentity::OPERATION;

impl Action {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Whois,
        Self::Contain,
        Self::Apply,
        Self::CollectIdentity,
        Self::Responder,
        Self::CollectLogs,
        Self::Preflight,
        Self::CollectTrail,
        Self::Buckets,
        Self::Selftest,
    ];

    /// Its name for people, and on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Whois => "whois",
            Self::Contain => "contain",
            Self::Apply => "apply",
            Self::CollectIdentity => "collect-identity",
            Self::Responder => "responder",
            Self::Preflight => "preflight",
            Self::CollectTrail => "collect-trail",
            Self::Buckets => "s3",
            Self::CollectLogs => "collect-logs",
            Self::Selftest => "selftest",
        }
    }

    /// Every call that it can make.
    pub fn calls(self) -> Vec<&'static Operation> {
        let own: &[&[Operation]] = match self {
            Self::Whois => &[OWNER_CALLS],
            Self::Contain => &[containment::PLAN_CALLS],
            Self::Apply => &[containment::APPLY_CALLS],
            Self::CollectIdentity => &[OWNER_CALLS, IDENTITY_CALLS],
            Self::Responder => &[responder::CALLS],
            Self::Preflight => &[preflight::CALLS],
            Self::CollectTrail => &[trail::CALLS, OBJECT_CALLS],
            // Without the question whose the credentials are: whoever may only read logs is enough.
            Self::Buckets => return OBJECT_CALLS.iter().collect(),
            Self::CollectLogs => &[REGION_CALLS, event_history::CALLS],
            Self::Selftest => &[selftest::CALLS, containment::PLAN_CALLS, containment::APPLY_CALLS],
        };
        std::iter::once(&CALLER).chain(own.iter().copied().flatten()).collect()
    }
}

/// The least-privilege policy of actions, as JSON.
///
/// # Errors
/// When there is no such action.
pub fn permissions(actions: &[String]) -> Result<serde_json::Value, AppError> {
    let (mut operations, mut has_selftest): (Vec<&Operation>, _) = (Vec::new(), false);
    for name in actions {
        let action = Action::ALL.into_iter().find(|action| action.name() == name);
        let known = Action::ALL.map(Action::name).join(", ");
        let action = action.ok_or_else(|| AppError::Request {
            what: format!("no action is called {name}; there are {known}"),
            hint: "`crashcart permissions whois` prints one",
        })?;
        match action {
            Action::Selftest => has_selftest = true,
            action => operations.extend(action.calls()),
        }
    }
    // Who was asked for nothing else needs to know whose the credentials are, too.
    if operations.is_empty() {
        operations.push(&CALLER);
    }
    // Whoever may assume any role may do what they may: this one is held to its name.
    let assumes = |operation: &&Operation| operation.action == AssumeRole::OPERATION.action;
    let is_responder = operations.iter().any(assumes);
    let mut policy = aws_policy(operations.into_iter().filter(|operation| !assumes(operation)));
    if is_responder && let Some(statements) = policy["Statement"].as_array_mut() {
        let role = format!("arn:aws:iam::*:role/{}", responder::ROLE);
        statements.push(json!({
            "Sid": "CrashcartResponder", "Effect": "Allow",
            "Action": [AssumeRole::OPERATION.action], "Resource": role,
        }));
    }
    // Whoever may make keys of any user may become any user: this is held to the selftest's own.
    if has_selftest && let Some(statements) = policy["Statement"].as_array_mut() {
        let calls = Action::Selftest.calls().into_iter();
        let own = aws_policy(calls.filter(|call| call.action != CALLER.action));
        let resources =
            ["user", "role"].map(|kind| format!("arn:aws:iam::*:{kind}{}*", selftest::PATH));
        statements.push(json!({
            "Sid": "CrashcartSelftest", "Effect": "Allow",
            "Action": own["Statement"][0]["Action"], "Resource": resources,
        }));
    }
    Ok(policy)
}
