//! Making users, keys and roles, and taking them away again: for a selftest's own throw-away
//! principals, and for nothing else.

use serde::Deserialize;

use super::{IAM, Nothing, OneRole, OneUser};
use crate::operation::calls;

calls! { IAM;
    /// Makes a user.
    writes "iam:CreateUser" CreateUser { path: String, user_name: String } -> OneUser;

    /// Removes a user that has nothing any more.
    writes "iam:DeleteUser" DeleteUser { user_name: String } -> Nothing;

    /// Makes an access key. The answer is the only place where its secret ever stands.
    writes "iam:CreateAccessKey" CreateAccessKey { user_name: String } -> MadeAccessKey;

    /// Removes an access key.
    writes "iam:DeleteAccessKey" DeleteAccessKey { user_name: String, access_key_id: String }
        -> Nothing;

    /// Makes a role.
    writes "iam:CreateRole" CreateRole {
        path: String, role_name: String, assume_role_policy_document: String,
    } -> OneRole;

    /// Removes a role that has nothing any more.
    writes "iam:DeleteRole" DeleteRole { role_name: String } -> Nothing;
}

/// Answer of [`CreateAccessKey`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MadeAccessKey {
    /// What to sign with.
    pub access_key: NewAccessKey,
}

/// A long-lived key with its secret: never printed, never stored.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct NewAccessKey {
    /// The key's id.
    pub access_key_id: String,
    /// A secret.
    pub secret_access_key: String,
}

impl std::fmt::Debug for NewAccessKey {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "NewAccessKey({})", self.access_key_id)
    }
}
