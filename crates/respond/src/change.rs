//! Everything that containment can do to an account, on one page to audit: a thing, and the state
//! that it shall have. What is not here cannot be done.
//!
//! It must never hold a way to make a credential, to widen what somebody may do, or to delete
//! evidence.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One thing in an account whose state containment can set. Names are IAM's, without paths.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "user, role, name and id say what they are")]
pub enum Thing {
    /// A long-lived access key (`AKIA...`).
    AccessKey { user: String, id: String },
    /// An inline policy of a user.
    UserPolicy { user: String, name: String },
    /// An inline policy of a role.
    RolePolicy { role: String, name: String },
    /// Who may assume a role.
    TrustPolicy { role: String },
    /// A user's console password.
    LoginProfile { user: String },
    /// A user's SSH public key for CodeCommit (`APKA...`).
    SshKey { user: String, id: String },
    /// A user's password or key for one service (`ACCA...`).
    ServiceCredential { user: String, id: String },
    /// A user's X.509 signing certificate.
    SigningCertificate { user: String, id: String },
}

/// The state of a thing. Documents compare as JSON values, whatever the order of their members.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It is not there.
    Absent,
    /// It is there and has no other state: a login profile.
    Present,
    /// A credential that can be used.
    Active,
    /// A credential that can be made active again.
    Inactive,
    /// A credential that AWS ended; it cannot be used or changed.
    Expired,
    /// A policy.
    Document(Value),
}

impl State {
    /// In words, without the document.
    pub const fn words(&self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::Present => "present",
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Expired => "expired",
            Self::Document(_) => "a policy document",
        }
    }

    /// In words, with the beginning of the document: it may be somebody's who works against us.
    pub fn told(&self) -> String {
        let Self::Document(document) = self else { return self.words().to_owned() };
        let whole = document.to_string();
        let beginning: String = whole.chars().take(DOCUMENT_TOLD).collect();
        let more = if beginning.len() < whole.len() { "..." } else { "" };
        format!("the policy {beginning}{more}")
    }
}

/// Characters of a policy that are told in a sentence.
const DOCUMENT_TOLD: usize = 300;

/// Sets a thing to a state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The account's number.
    pub account: String,
    /// What is changed.
    pub thing: Thing,
    /// What it becomes.
    pub to: State,
}

impl Change {
    /// Whether this can be done at all: a credential is made inactive or active, never deleted or
    /// made; a login profile can only go, since nobody knows the password to give back.
    pub const fn possible(&self) -> bool {
        self.thing.can_become(&self.to)
    }
}

/// Things that a rule reaches, also those that appear after the plan was approved. Closed: it
/// cannot reach beyond one user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case", deny_unknown_fields)]
#[allow(missing_docs, reason = "the user's name")]
pub enum Scope {
    /// Every access key of a user.
    AccessKeyOf { user: String },
    /// Every SSH public key of a user.
    SshKeyOf { user: String },
    /// Every service-specific credential of a user.
    ServiceCredentialOf { user: String },
    /// Every signing certificate of a user.
    SigningCertificateOf { user: String },
}

impl Scope {
    /// Whose they are, as in [`Thing::owner`].
    pub fn owner(&self) -> String {
        self.thing(String::new()).owner()
    }

    /// Whether the rule reaches this thing.
    pub fn covers(&self, thing: &Thing) -> bool {
        match (self, thing) {
            (Self::AccessKeyOf { user }, Thing::AccessKey { user: owner, .. })
            | (Self::SshKeyOf { user }, Thing::SshKey { user: owner, .. })
            | (Self::ServiceCredentialOf { user }, Thing::ServiceCredential { user: owner, .. })
            | (
                Self::SigningCertificateOf { user },
                Thing::SigningCertificate { user: owner, .. },
            ) => user == owner,
            _ => false,
        }
    }

    /// The thing with this id that the rule reaches.
    pub fn thing(&self, id: String) -> Thing {
        match self.clone() {
            Self::AccessKeyOf { user } => Thing::AccessKey { user, id },
            Self::SshKeyOf { user } => Thing::SshKey { user, id },
            Self::ServiceCredentialOf { user } => Thing::ServiceCredential { user, id },
            Self::SigningCertificateOf { user } => Thing::SigningCertificate { user, id },
        }
    }

    /// The IAM actions that listing it needs, and setting what it reaches.
    pub const fn permissions(&self) -> [&'static str; 2] {
        match self {
            Self::AccessKeyOf { .. } => ["iam:ListAccessKeys", "iam:UpdateAccessKey"],
            Self::SshKeyOf { .. } => ["iam:ListSSHPublicKeys", "iam:UpdateSSHPublicKey"],
            Self::ServiceCredentialOf { .. } => {
                ["iam:ListServiceSpecificCredentials", "iam:UpdateServiceSpecificCredential"]
            }
            Self::SigningCertificateOf { .. } => {
                ["iam:ListSigningCertificates", "iam:UpdateSigningCertificate"]
            }
        }
    }
}

impl Thing {
    /// Whose it is: `user/NAME` or `role/NAME`, as at the end of an ARN without a path.
    pub fn owner(&self) -> String {
        match self {
            Self::AccessKey { user, .. }
            | Self::UserPolicy { user, .. }
            | Self::LoginProfile { user }
            | Self::SshKey { user, .. }
            | Self::ServiceCredential { user, .. }
            | Self::SigningCertificate { user, .. } => format!("user/{user}"),
            Self::RolePolicy { role, .. } | Self::TrustPolicy { role } => format!("role/{role}"),
        }
    }

    /// See [`Change::possible`].
    pub const fn can_become(&self, to: &State) -> bool {
        match self {
            Self::AccessKey { .. }
            | Self::SshKey { .. }
            | Self::ServiceCredential { .. }
            | Self::SigningCertificate { .. } => matches!(to, State::Active | State::Inactive),
            Self::UserPolicy { .. } | Self::RolePolicy { .. } => {
                matches!(to, State::Absent | State::Document(_))
            }
            Self::TrustPolicy { .. } => matches!(to, State::Document(_)),
            Self::LoginProfile { .. } => matches!(to, State::Absent),
        }
    }

    /// What setting it to a state has done, in words.
    pub(crate) fn set_to(&self, to: &State) -> String {
        match (self, to) {
            (Self::LoginProfile { .. }, State::Absent) => format!("{self} deleted"),
            (_, State::Absent) => format!("{self} removed"),
            (_, State::Document(_)) => format!("{self} is now {}", to.told()),
            (_, to) => format!("{self} made {}", to.words()),
        }
    }

    /// Whether it lets somebody in while it is active.
    pub const fn is_credential(&self) -> bool {
        matches!(
            self,
            Self::AccessKey { .. }
                | Self::SshKey { .. }
                | Self::ServiceCredential { .. }
                | Self::SigningCertificate { .. }
                | Self::LoginProfile { .. }
        )
    }

    /// The IAM actions that reading its state needs, and setting it to `to`; the latter is empty
    /// where that cannot be done. Source: "Actions, resources, and condition keys for AWS IAM".
    pub const fn permissions(&self, to: &State) -> (&'static str, &'static [&'static str]) {
        let gone = matches!(to, State::Absent);
        let (read, set): (_, &'static [&'static str]) = match self {
            Self::AccessKey { .. } => ("iam:ListAccessKeys", &["iam:UpdateAccessKey"]),
            Self::UserPolicy { .. } if gone => ("iam:GetUserPolicy", &["iam:DeleteUserPolicy"]),
            Self::UserPolicy { .. } => ("iam:GetUserPolicy", &["iam:PutUserPolicy"]),
            Self::RolePolicy { .. } if gone => ("iam:GetRolePolicy", &["iam:DeleteRolePolicy"]),
            Self::RolePolicy { .. } => ("iam:GetRolePolicy", &["iam:PutRolePolicy"]),
            Self::TrustPolicy { .. } => ("iam:GetRole", &["iam:UpdateAssumeRolePolicy"]),
            Self::LoginProfile { .. } => ("iam:GetLoginProfile", &["iam:DeleteLoginProfile"]),
            Self::SshKey { .. } => ("iam:ListSSHPublicKeys", &["iam:UpdateSSHPublicKey"]),
            Self::ServiceCredential { .. } => {
                ("iam:ListServiceSpecificCredentials", &["iam:UpdateServiceSpecificCredential"])
            }
            Self::SigningCertificate { .. } => {
                ("iam:ListSigningCertificates", &["iam:UpdateSigningCertificate"])
            }
        };
        (read, if self.can_become(to) { set } else { &[] })
    }
}

impl std::fmt::Display for Thing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AccessKey { user, id } => write!(out, "access key {id} of user/{user}"),
            Self::UserPolicy { user, name } => write!(out, "inline policy {name} of user/{user}"),
            Self::RolePolicy { role, name } => write!(out, "inline policy {name} of role/{role}"),
            Self::TrustPolicy { role } => write!(out, "trust policy of role/{role}"),
            Self::LoginProfile { user } => write!(out, "console password of user/{user}"),
            Self::SshKey { user, id } => write!(out, "SSH key {id} of user/{user}"),
            Self::ServiceCredential { user, id } => {
                write!(out, "service credential {id} of user/{user}")
            }
            Self::SigningCertificate { user, id } => {
                write!(out, "signing certificate {id} of user/{user}")
            }
        }
    }
}

impl std::fmt::Display for Scope {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::AccessKeyOf { user } => write!(out, "every access key of user/{user}"),
            Self::SshKeyOf { user } => write!(out, "every SSH key of user/{user}"),
            Self::ServiceCredentialOf { user } => {
                write!(out, "every service credential of user/{user}")
            }
            Self::SigningCertificateOf { user } => {
                write!(out, "every signing certificate of user/{user}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_can_go_and_cannot_come_back() {
        let thing = Thing::LoginProfile { user: "ada".into() };
        assert!(thing.can_become(&State::Absent));
        assert!(!thing.can_become(&State::Present));
        assert!(thing.permissions(&State::Present).1.is_empty());
    }

    #[test]
    fn no_credential_can_be_deleted_or_made() {
        let thing = Thing::AccessKey { user: "ada".into(), id: "AKIAEXAMPLE".into() };
        assert!(thing.can_become(&State::Inactive) && thing.can_become(&State::Active));
        assert!(!thing.can_become(&State::Absent) && !thing.can_become(&State::Present));
    }

    #[test]
    fn documents_with_members_in_another_order_are_the_same() {
        let one = serde_json::from_str(r#"{"Version":"2012-10-17","Statement":[]}"#).unwrap();
        let two = serde_json::from_str(r#"{"Statement":[],"Version":"2012-10-17"}"#).unwrap();
        assert_eq!(State::Document(one), State::Document(two));
    }

    #[test]
    fn a_rule_reaches_the_things_of_its_user_and_no_others() {
        let scope = Scope::AccessKeyOf { user: "ada".into() };
        assert!(scope.covers(&Thing::AccessKey { user: "ada".into(), id: "AKIA1".into() }));
        assert!(!scope.covers(&Thing::AccessKey { user: "bob".into(), id: "AKIA1".into() }));
        assert!(!scope.covers(&Thing::SshKey { user: "ada".into(), id: "APKA1".into() }));
    }
}
