//! What planning was told of an account: plain data, read by whoever has the account. It must
//! never hold a secret.

use std::collections::BTreeMap;

use crashcart_model::{Environment, Timestamp};
use serde_json::Value;

use crate::State;

/// One credential of a user.
#[derive(Debug, Clone, PartialEq)]
pub struct Credential {
    /// Its id.
    pub id: String,
    /// `Active`, `Inactive` or `Expired`.
    pub state: State,
    /// When it was made.
    pub created: Option<Timestamp>,
    /// When and where it was last used, as IAM tells it; none where never or not told.
    pub last_used: Option<LastUsed>,
}

/// The last use of a credential.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUsed {
    /// When.
    pub at: Timestamp,
    /// Which service, such as `s3`.
    pub service: String,
    /// In which region.
    pub region: String,
}

/// An IAM user.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct UserFacts {
    /// Its ARN; `...:root` for the root user.
    pub arn: String,
    /// The account's number.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Access keys.
    pub access_keys: Vec<Credential>,
    /// SSH public keys.
    pub ssh_keys: Vec<Credential>,
    /// Service-specific credentials.
    pub service_credentials: Vec<Credential>,
    /// Signing certificates.
    pub signing_certificates: Vec<Credential>,
    /// Whether it has a console password.
    pub has_login_profile: bool,
    /// Inline policies, by name.
    pub inline_policies: BTreeMap<String, Value>,
}

/// An IAM role.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RoleFacts {
    /// Its ARN.
    pub arn: String,
    /// The account's number.
    pub account: String,
    /// Its name.
    pub name: String,
    /// Its path, such as `/aws-service-role/...`.
    pub path: String,
    /// Its trust policy.
    pub trust: Value,
    /// The longest session that it gives, in seconds.
    pub max_session_seconds: u32,
    /// Inline policies, by name.
    pub inline_policies: BTreeMap<String, Value>,
    /// When and where it was last used.
    pub last_used: Option<LastUsed>,
    /// Who uses it, in words, where that is known.
    pub used_by: Vec<String>,
}

/// Who plans, and when.
#[derive(Debug, Clone, Copy)]
pub struct Situation<'s> {
    /// The caller's ARN, as STS tells it.
    pub caller: &'s str,
    /// The ARNs through which the caller came to be: roles it assumed on the way, its user.
    pub chain: &'s [String],
    /// What the responder knows about the place.
    pub environment: &'s Environment,
    /// When the facts were read.
    pub now: Timestamp,
    /// Whether a selftest has shown that the action works against AWS.
    pub tried_on_aws: bool,
}

/// The state of an inline policy by name.
pub(crate) fn policy(policies: &BTreeMap<String, Value>, name: &str) -> State {
    policies.get(name).map_or(State::Absent, |document| State::Document(document.clone()))
}
