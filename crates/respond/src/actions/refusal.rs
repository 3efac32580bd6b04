//! Who is never contained: whoever would lock the responder out, or whom IAM does not let contain.
//! Each refusal says what to do instead.

use thiserror::Error;

use crate::Plan;
use crate::facts::Situation;

/// Why there is no plan.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Refusal {
    /// The caller, or a role or user through which the caller came to be.
    #[error("contain {0}: it is you, or what you came through")]
    Yourself(String),
    /// The root user.
    #[error("contain {0}: IAM cannot limit the root user, its keys or its sessions")]
    Root(String),
    /// A break-glass principal of `environment.toml`.
    #[error("contain {0}: environment.toml keeps it for breaking glass")]
    BreakGlass(String),
    /// A role that only its service may change.
    #[error("contain {0}: a service-linked role cannot be changed")]
    ServiceLinked(String),
    /// A role that Identity Center makes and overwrites.
    #[error("contain {0}: the role belongs to Identity Center, which undoes changes to it")]
    IdentityCenter(String),
    /// The user has no such key.
    #[error("contain {0}: the user has no such access key")]
    NoSuchKey(String),
    /// A trust policy that AWS would not take back.
    #[error(
        "close the trust policy of {0}: it names a principal that is gone, so AWS would refuse to take it back"
    )]
    TrustNotRestorable(String),
    /// Nothing in this account descends from a key.
    #[error("contain the sessions of {of}: none that could be contained here descends from it{}", beside(.notes))]
    NoSession {
        /// The key or principal.
        of: String,
        /// What goes on elsewhere.
        notes: String,
    },
    /// A user whose password was to be deleted has none.
    #[error("delete the console password of {0}: it has none")]
    NoPassword(String),
}

impl Refusal {
    /// What to do instead.
    pub const fn next_step(&self) -> &'static str {
        match self {
            Self::Yourself(_) => {
                "plan from another identity; if yours is the one that leaked, use a break-glass one"
            }
            Self::Root(_) => {
                "in a member account: attach a service control policy that denies \
                 aws:PrincipalArn arn:aws:iam::*:root, then delete root's keys and password with \
                 centralized root access; in the management account: sign in as root, delete its \
                 keys, change its password and MFA"
            }
            Self::BreakGlass(_) => {
                "if it is the one that leaked, take it out of break_glass in environment.toml \
                 first, and make sure that another way in works"
            }
            Self::ServiceLinked(_) => {
                "stop what uses it in its service: disable the integration there, or delete the \
                 resource"
            }
            Self::IdentityCenter(_) => {
                "in this order: a service control policy on identitystore:userId, remove the \
                 user's assignments and groups, disable the user in the identity provider, end \
                 the portal session in the console"
            }
            Self::NoSuchKey(_) => "`crashcart whois` tells the owner of a key",
            Self::TrustNotRestorable(_) => {
                "remove the principal (AIDA... or AROA...) from the trust policy and plan again, \
                 or plan without closing it"
            }
            Self::NoSession { .. } => {
                "give more logs, or contain the key or its owner: `crashcart contain user`"
            }
            Self::NoPassword(_) => "plan without deleting it",
        }
    }
}

fn beside(notes: &str) -> String {
    if notes.is_empty() { String::new() } else { format!("; {notes}") }
}

/// Refuses what must not be contained.
pub(super) fn check(arn: &str, situation: &Situation<'_>) -> Result<(), Refusal> {
    let is_target = |other: &String| is_same(arn, other);
    if arn.ends_with(":root") {
        return Err(Refusal::Root(arn.into()));
    }
    if is_same(arn, situation.caller) || situation.chain.iter().any(is_target) {
        return Err(Refusal::Yourself(arn.into()));
    }
    if situation.environment.break_glass.iter().any(is_target) {
        return Err(Refusal::BreakGlass(arn.into()));
    }
    Ok(())
}

/// Refuses a plan that would now take from whoever must not be contained: another identity may
/// carry it out than planned it, and `environment.toml` may name others than when it was made.
/// `yourself` are the ARNs of the caller and of what it came through.
///
/// # Errors
/// Whom the plan would lock out, and what to do instead.
pub fn refuse_again(
    plan: &Plan,
    yourself: &[String],
    break_glass: &[String],
) -> Result<(), Refusal> {
    if plan.action == "role" && plan.target.contains(":role/aws-service-role/") {
        return Err(Refusal::ServiceLinked(plan.target.clone()));
    }
    for arn in plan.principals() {
        if yourself.iter().any(|other| is_same(&arn, other)) {
            return Err(Refusal::Yourself(arn));
        }
        if break_glass.iter().any(|other| is_same(&arn, other)) {
            return Err(Refusal::BreakGlass(arn));
        }
    }
    Ok(())
}

/// Whether two ARNs are of one user or role; a session is its role.
fn is_same(one: &str, other: &str) -> bool {
    one == other || whose(one).is_some_and(|whose_one| whose(other) == Some(whose_one))
}

/// Account, kind and name of a user or a role. IAM tells names of one account apart neither by their
/// path nor by capitals (IAM User Guide, "IAM and AWS STS quotas").
fn whose(arn: &str) -> Option<(&str, &'static str, String)> {
    let mut parts = arn.splitn(6, ':').skip(4);
    let (account, resource) = (parts.next()?, parts.next()?);
    let (kind, rest) = resource.split_once('/')?;
    let (kind, name) = match kind {
        "user" => ("user", rest.rsplit('/').next()?),
        "role" => ("role", rest.rsplit('/').next()?),
        "assumed-role" => ("role", rest.split('/').next()?),
        _ => return None,
    };
    Some((account, kind, name.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_capitals_and_a_session_make_no_other_principal() {
        let user = "arn:aws:iam::111122223333:user/glass";
        assert!(is_same(user, "arn:aws:iam::111122223333:user/ops/Glass"));
        assert!(!is_same(user, "arn:aws:iam::444455556666:user/glass"));
        assert!(!is_same(user, "arn:aws:iam::111122223333:role/glass"));
        let role = "arn:aws:iam::111122223333:role/ci/deploy";
        assert!(is_same(role, "arn:aws:sts::111122223333:assumed-role/deploy/run-7"));
        assert!(!is_same(role, "arn:aws:sts::111122223333:assumed-role/deployer/x"));
    }
}
