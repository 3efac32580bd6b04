//! Before an action starts: which of the permissions that it can need the caller has, asked of IAM's
//! policy simulator. It tries nothing, and calls nothing there that could not be asked.

use std::collections::BTreeSet;

use crashcart_aws::services::iam::{Evaluation, GetRole, SimulatePrincipalPolicy};
use crashcart_aws::services::sts::GetCallerIdentity;
use crashcart_aws::{AwsError, Call, Door, Operation, Reader};
use crashcart_respond::Plan;
use serde::Serialize;

use crate::AppError;
use crate::permissions::Action;

/// What a preflight can call.
pub(crate) const CALLS: &[Operation] = &[GetRole::OPERATION, SimulatePrincipalPolicy::OPERATION];

/// What the simulator does not see (IAM API reference, "SimulatePrincipalPolicy": it evaluates
/// identity-based policies, boundaries and service control policies).
const UNSEEN: &str = "not seen by the simulator: the policy of the session, resource control \
     policies, policies of resources, and conditions on what only a real request holds";

/// Which permissions of an action there are.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Preflight {
    /// The action.
    pub action: &'static str,
    /// The ARN of the caller.
    pub caller: String,
    /// What policies allow, sorted.
    pub allowed: Vec<String>,
    /// What they do not, sorted.
    pub missing: Vec<Lacking>,
    /// What could not be found out, sorted.
    pub unknown: Vec<Lacking>,
    /// What one should know.
    pub notes: Vec<String>,
}

/// A permission, and why it is not simply there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Lacking {
    /// Such as `iam:GetUser`.
    pub permission: String,
    /// Why.
    pub because: String,
}

/// What is about to start.
#[derive(Debug, Clone)]
pub struct Needs {
    /// The action, by the name that `crashcart permissions` has for it.
    pub action: &'static str,
    /// The permissions that it can need.
    pub permissions: Vec<String>,
    /// The ARN of what it is about, or `user/NAME` or `role/NAME`: whoever is allowed something on
    /// that alone has what it takes.
    pub on: Option<String>,
}

impl Needs {
    /// Everything that an action can need.
    pub fn of_action(action: Action, on: Option<String>) -> Self {
        // Whose credentials these are needs no permission (STS API reference, "GetCallerIdentity").
        let calls = action.calls().into_iter().map(|call| call.action);
        let needed = calls.filter(|action| *action != GetCallerIdentity::OPERATION.action);
        let permissions = needed.map(str::to_owned).collect();
        Self { action: action.name(), permissions, on }
    }

    /// Everything that a command of several actions can need.
    pub fn of_actions(name: &'static str, actions: &[Action]) -> Self {
        let each = actions.iter().flat_map(|action| Self::of_action(*action, None).permissions);
        Self { action: name, permissions: each.collect(), on: None }
    }

    /// What carrying out a plan, and giving back, can need.
    pub fn of_plan(plan: &Plan) -> Self {
        let permissions = plan.permissions().into_iter().map(str::to_owned).collect();
        let on = Some(plan.target.clone()).filter(|target| target.starts_with("arn:"));
        Self { action: Action::Apply.name(), permissions, on }
    }
}

/// Asks which permissions the caller has.
///
/// # Errors
/// When there is no account to ask.
pub fn preflight(door: &Door, needs: &Needs) -> Result<Preflight, AppError> {
    let door = door.only(Action::Preflight.calls());
    let reader = door.reader();
    let caller = reader.ask(&GetCallerIdentity {})?.answer;
    let wanted: BTreeSet<String> = needs.permissions.iter().cloned().collect();
    let wanted: Vec<String> = wanted.into_iter().collect();
    let mut found =
        Preflight { action: needs.action, caller: caller.arn.clone(), ..Preflight::default() };
    let asked = source(reader, &caller.arn).and_then(|source| {
        simulate(reader, &source, wanted.clone(), "*").map_err(not_asked).map(|all| (source, all))
    });
    let (source, evaluations) = match asked {
        Ok(asked) => asked,
        Err(because) => {
            let unknown = |permission| Lacking { permission, because: because.clone() };
            found.unknown = wanted.into_iter().map(unknown).collect();
            return Ok(found);
        }
    };
    found.notes.push(UNSEEN.to_owned());
    let lacking: Vec<String> = evaluations
        .iter()
        .filter(|one| one.eval_decision != "allowed")
        .map(|one| one.eval_action_name.clone())
        .collect();
    // Whoever may act on this one thing alone has what it takes.
    let narrower = match needs.on.as_deref().map(|on| arn_of(on, &caller.arn, &caller.account)) {
        Some(on) if !lacking.is_empty() => simulate(reader, &source, lacking, &on).ok(),
        _ => None,
    };
    for permission in wanted {
        let of = |list: &[Evaluation]| {
            list.iter().find(|one| one.eval_action_name == permission).cloned()
        };
        let narrow = narrower.as_deref().and_then(of);
        found.note(
            permission.clone(),
            narrow.filter(|one| one.eval_decision == "allowed").or_else(|| of(&evaluations)),
        );
    }
    if !found.missing.is_empty() {
        let text = "a permission for some users, roles or policies alone is told as missing, unless \
                    it is for the one that the action names";
        found.notes.push(text.to_owned());
    }
    Ok(found)
}

impl Preflight {
    fn note(&mut self, permission: String, evaluation: Option<Evaluation>) {
        let because = |because: String| Lacking { permission: permission.clone(), because };
        match evaluation {
            None => self.unknown.push(because("the simulator did not answer".to_owned())),
            Some(one) if !one.missing_context_values.is_empty() => {
                let keys = one.missing_context_values.join(", ");
                self.unknown.push(because(format!("it depends on {keys}")));
            }
            Some(one) => match one.eval_decision.as_str() {
                "allowed" => self.allowed.push(permission),
                "explicitDeny" => self.missing.push(because("a policy denies it".to_owned())),
                _ => self.missing.push(because("no policy allows it".to_owned())),
            },
        }
    }
}

fn simulate(
    reader: Reader<'_>,
    source: &str,
    action_names: Vec<String>,
    resource: &str,
) -> Result<Vec<Evaluation>, AwsError> {
    let call = SimulatePrincipalPolicy {
        policy_source_arn: source.to_owned(),
        action_names,
        resource_arns: vec![resource.to_owned()],
    };
    match reader.all(reader.region(), &call) {
        (pages, None) => {
            Ok(pages.into_iter().flat_map(|page| page.answer.evaluation_results).collect())
        }
        (_, Some(error)) => Err(error),
    }
}

/// The user or role whose policies the caller has; or why they cannot be asked about.
fn source(reader: Reader<'_>, caller: &str) -> Result<String, String> {
    let parts: Vec<&str> = caller.splitn(6, ':').collect();
    let [_, partition, service, _, account, resource] = parts.as_slice() else {
        return Err(format!("{caller} is no principal of IAM"));
    };
    match (*service, resource.split('/').collect::<Vec<_>>().as_slice()) {
        ("iam", ["user", ..]) => Ok(caller.to_owned()),
        ("iam", ["root"]) => {
            Err("no policy of IAM applies to the root user, so the simulator cannot tell"
                .to_owned())
        }
        ("sts", ["assumed-role", role, ..]) => {
            match reader.ask(&GetRole { role_name: (*role).to_owned() }) {
                Ok(role) => Ok(role.answer.role.arn),
                // Only the role itself tells its path, and those of Identity Center have one.
                Err(error) if role.starts_with("AWSReservedSSO_") => Err(not_asked(error)),
                Err(_) => Ok(format!("arn:{partition}:iam::{account}:role/{role}")),
            }
        }
        _ => Err(format!("the simulator knows users and roles only, not {caller}")),
    }
}

fn not_asked(error: AwsError) -> String {
    match error.missing() {
        Some(permission) => format!("it could not be asked: {error} (needs {permission})"),
        None => format!("it could not be asked: {error}"),
    }
}

/// The ARN of what an action is about.
fn arn_of(on: &str, caller: &str, account: &str) -> String {
    match on.starts_with("arn:") {
        true => on.to_owned(),
        false => {
            let partition = caller.split(':').nth(1).unwrap_or("aws");
            format!("arn:{partition}:iam::{account}:{on}")
        }
    }
}
