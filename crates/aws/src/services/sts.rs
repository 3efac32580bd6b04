//! AWS Security Token Service (API reference, version 2011-06-15).

use serde::Deserialize;

use crate::operation::calls;
use crate::{Endpoints, Protocol, Service};

/// See the module.
pub const STS: Service = Service {
    id: "sts",
    version: "2011-06-15",
    protocol: Protocol::Query,
    endpoints: Endpoints::Regional,
};

calls! { STS;
    /// Whose credentials these are. Needs no permission.
    reads "sts:GetCallerIdentity" GetCallerIdentity {} -> CallerIdentity;

    /// The account that a key belongs to, whoever asks.
    reads "sts:GetAccessKeyInfo" GetAccessKeyInfo { access_key_id: String } -> KeyInfo;

    /// Credentials of a role. Changes nothing in the account but its trail.
    reads "sts:AssumeRole" AssumeRole {
        role_arn: String,
        role_session_name: String,
        duration_seconds: Option<u32>,
        serial_number: Option<String>,
        token_code: Option<String>,
    } -> AssumedRole;

    /// Credentials of the user who asks. Needs no permission, and no policy can deny it.
    reads "sts:GetSessionToken" GetSessionToken { duration_seconds: Option<u32> } -> UserSession;
}

/// Answer of [`GetSessionToken`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct UserSession {
    /// What to sign with.
    pub credentials: RoleCredentials,
}

/// Answer of [`GetCallerIdentity`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CallerIdentity {
    /// The account.
    pub account: String,
    /// The principal; for a role its session.
    pub arn: String,
    /// The principal's unique id, with the session's name for a role.
    pub user_id: String,
}

/// Answer of [`GetAccessKeyInfo`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyInfo {
    /// The account.
    pub account: String,
}

/// Answer of [`AssumeRole`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AssumedRole {
    /// What to sign with.
    pub credentials: RoleCredentials,
}

/// Temporary credentials: never printed, never stored.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct RoleCredentials {
    /// The key's id.
    pub access_key_id: String,
    /// A secret.
    pub secret_access_key: String,
    /// A secret.
    pub session_token: String,
    /// When they end, as RFC 3339 writes it.
    pub expiration: String,
}

impl std::fmt::Debug for RoleCredentials {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "RoleCredentials({})", self.access_key_id)
    }
}
