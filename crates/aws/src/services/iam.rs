//! AWS Identity and Access Management (API reference, version 2010-05-08).
//!
//! Policy documents in answers are URL-encoded (RFC 3986); see [`document`].

use serde::Deserialize;

use crate::operation::calls;
use crate::{Endpoints, Protocol, Service};

mod answers;
pub(super) mod making;

pub use answers::*;
pub use making::{
    CreateAccessKey, CreateRole, CreateUser, DeleteAccessKey, DeleteRole, DeleteUser,
    MadeAccessKey, NewAccessKey,
};

/// See the module.
pub const IAM: Service = Service {
    id: "iam",
    version: "2010-05-08",
    protocol: Protocol::Query,
    endpoints: Endpoints::Global,
};

calls! { IAM;
    /// Whose key it is, and where and when it was used last.
    reads "iam:GetAccessKeyLastUsed" GetAccessKeyLastUsed { access_key_id: String } -> KeyLastUsed;

    /// The account's users.
    reads "iam:ListUsers" ListUsers {} -> Users, pages "Marker" "Marker";

    /// A user.
    reads "iam:GetUser" GetUser { user_name: String } -> OneUser;

    /// A user's access keys.
    reads "iam:ListAccessKeys" ListAccessKeys { user_name: String } -> AccessKeys,
        pages "Marker" "Marker";

    /// Whether a user has a password for the console.
    reads "iam:GetLoginProfile" GetLoginProfile { user_name: String } -> OneLoginProfile;

    /// A user's MFA devices.
    reads "iam:ListMFADevices" ListMFADevices { user_name: String } -> MfaDevices,
        pages "Marker" "Marker";

    /// A user's SSH keys for CodeCommit.
    reads "iam:ListSSHPublicKeys" ListSSHPublicKeys { user_name: String } -> SshKeys,
        pages "Marker" "Marker";

    /// A user's passwords for single services.
    reads "iam:ListServiceSpecificCredentials" ListServiceSpecificCredentials { user_name: String }
        -> ServiceCredentials;

    /// A user's signing certificates.
    reads "iam:ListSigningCertificates" ListSigningCertificates { user_name: String }
        -> Certificates, pages "Marker" "Marker";

    /// The groups that a user is in.
    reads "iam:ListGroupsForUser" ListGroupsForUser { user_name: String } -> Groups,
        pages "Marker" "Marker";

    /// Managed policies of a user.
    reads "iam:ListAttachedUserPolicies" ListAttachedUserPolicies { user_name: String }
        -> AttachedPolicies, pages "Marker" "Marker";

    /// Names of a user's own policies.
    reads "iam:ListUserPolicies" ListUserPolicies { user_name: String } -> PolicyNames,
        pages "Marker" "Marker";

    /// A policy of a user's own.
    reads "iam:GetUserPolicy" GetUserPolicy { user_name: String, policy_name: String }
        -> InlinePolicy;

    /// Managed policies of a group.
    reads "iam:ListAttachedGroupPolicies" ListAttachedGroupPolicies { group_name: String }
        -> AttachedPolicies, pages "Marker" "Marker";

    /// Names of a group's own policies.
    reads "iam:ListGroupPolicies" ListGroupPolicies { group_name: String } -> PolicyNames,
        pages "Marker" "Marker";

    /// A policy of a group's own.
    reads "iam:GetGroupPolicy" GetGroupPolicy { group_name: String, policy_name: String }
        -> InlinePolicy;

    /// A role, with its trust policy.
    reads "iam:GetRole" GetRole { role_name: String } -> OneRole;

    /// Managed policies of a role.
    reads "iam:ListAttachedRolePolicies" ListAttachedRolePolicies { role_name: String }
        -> AttachedPolicies, pages "Marker" "Marker";

    /// Names of a role's own policies.
    reads "iam:ListRolePolicies" ListRolePolicies { role_name: String } -> PolicyNames,
        pages "Marker" "Marker";

    /// A policy of a role's own.
    reads "iam:GetRolePolicy" GetRolePolicy { role_name: String, policy_name: String }
        -> InlinePolicy;

    /// The instance profiles that hand a role to instances.
    reads "iam:ListInstanceProfilesForRole" ListInstanceProfilesForRole { role_name: String }
        -> InstanceProfiles, pages "Marker" "Marker";

    /// A managed policy.
    reads "iam:GetPolicy" GetPolicy { policy_arn: String } -> OnePolicy;

    /// A version of a managed policy.
    reads "iam:GetPolicyVersion" GetPolicyVersion { policy_arn: String, version_id: String }
        -> OnePolicyVersion;

    /// The versions of a managed policy.
    reads "iam:ListPolicyVersions" ListPolicyVersions { policy_arn: String } -> PolicyVersions,
        pages "Marker" "Marker";

    /// An instance profile, with its role.
    reads "iam:GetInstanceProfile" GetInstanceProfile { instance_profile_name: String }
        -> OneInstanceProfile;

    /// Asks for when a principal last used which service; it takes a moment.
    reads "iam:GenerateServiceLastAccessedDetails" GenerateServiceLastAccessedDetails {
        arn: String,
        /// SERVICE_LEVEL or ACTION_LEVEL.
        granularity: Option<String>,
    } -> LastAccessedJob;

    /// When a principal last used which service, once that is ready.
    reads "iam:GetServiceLastAccessedDetails" GetServiceLastAccessedDetails {
        job_id: String,
        marker: Option<String>,
    } -> LastAccessed;

    /// What the policies of a user or role would decide. Nothing is tried.
    reads "iam:SimulatePrincipalPolicy" SimulatePrincipalPolicy {
        policy_source_arn: String,
        action_names: Vec<String>,
        resource_arns: Vec<String>,
    } -> Simulated, pages "Marker" "Marker";

    /// Asks for the credential report; it takes a moment.
    reads "iam:GenerateCredentialReport" GenerateCredentialReport {} -> ReportState;

    /// The credential report: CSV in base64.
    reads "iam:GetCredentialReport" GetCredentialReport {} -> CredentialReport;

    /// Users, groups, roles and policies of the account at once.
    reads "iam:GetAccountAuthorizationDetails" GetAccountAuthorizationDetails {}
        -> AuthorizationDetails, pages "Marker" "Marker";

    /// Enables or disables a key.
    writes "iam:UpdateAccessKey" UpdateAccessKey {
        user_name: String, access_key_id: String, status: String,
    } -> Nothing;

    /// Writes a policy of a user's own.
    writes "iam:PutUserPolicy" PutUserPolicy {
        user_name: String, policy_name: String, policy_document: String,
    } -> Nothing;

    /// Removes a policy of a user's own.
    writes "iam:DeleteUserPolicy" DeleteUserPolicy { user_name: String, policy_name: String }
        -> Nothing;

    /// Writes a policy of a role's own.
    writes "iam:PutRolePolicy" PutRolePolicy {
        role_name: String, policy_name: String, policy_document: String,
    } -> Nothing;

    /// Removes a policy of a role's own.
    writes "iam:DeleteRolePolicy" DeleteRolePolicy { role_name: String, policy_name: String }
        -> Nothing;

    /// Replaces a role's trust policy.
    writes "iam:UpdateAssumeRolePolicy" UpdateAssumeRolePolicy {
        role_name: String, policy_document: String,
    } -> Nothing;

    /// Removes a user's password for the console. It cannot be given back.
    writes "iam:DeleteLoginProfile" DeleteLoginProfile { user_name: String } -> Nothing;

    /// Enables or disables an SSH key.
    writes "iam:UpdateSSHPublicKey" UpdateSSHPublicKey {
        user_name: String,
        #[serde(rename = "SSHPublicKeyId")]
        ssh_public_key_id: String,
        status: String,
    } -> Nothing;

    /// Enables or disables a password for one service.
    writes "iam:UpdateServiceSpecificCredential" UpdateServiceSpecificCredential {
        user_name: String, service_specific_credential_id: String, status: String,
    } -> Nothing;

    /// Enables or disables a signing certificate.
    writes "iam:UpdateSigningCertificate" UpdateSigningCertificate {
        user_name: String, certificate_id: String, status: String,
    } -> Nothing;
}

/// A policy document as an answer writes it, decoded.
pub fn document(encoded: &str) -> String {
    let bytes = encoded.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = (*byte == b'%').then(|| encoded.get(at + 1..at + 3)).flatten();
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// The CSV in a credential report; none where it is not base64 of text.
pub fn report(content: &str) -> Option<String> {
    let bytes = aws_smithy_types::base64::decode(content.trim()).ok()?;
    String::from_utf8(bytes).ok()
}

/// The answer of a call that has none.
#[derive(Debug, Clone, Deserialize)]
pub struct Nothing {}
