//! What is read of IAM's answers.

use serde::Deserialize;

#[cfg(doc)]
use super::*;
use crate::response::members;

/// Answer of [`GetAccessKeyLastUsed`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct KeyLastUsed {
    /// The owner; none for root's keys.
    #[serde(default)]
    pub user_name: Option<String>,
    /// When and where.
    pub access_key_last_used: LastUsed,
}

/// The last use of a key that IAM knows.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastUsed {
    /// RFC 3339; none where it was never used since April 2015.
    #[serde(default)]
    pub last_used_date: Option<String>,
    /// The service, `N/A` where there was none.
    pub service_name: String,
    /// The region, `N/A` where there was none.
    pub region: String,
}

/// Answer of [`ListUsers`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Users {
    /// The users.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub users: Vec<User>,
}

/// Answer of [`GetUser`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneUser {
    /// The user.
    pub user: User,
}

/// A user.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct User {
    /// Name.
    pub user_name: String,
    /// Unique id.
    pub user_id: String,
    /// ARN.
    pub arn: String,
    /// RFC 3339.
    pub create_date: String,
    /// When the password was used last.
    #[serde(default)]
    pub password_last_used: Option<String>,
    /// The boundary of what policies can allow.
    #[serde(default)]
    pub permissions_boundary: Option<Boundary>,
    /// Tags; only of a single user.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub tags: Vec<Tag>,
}

/// A permissions boundary.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Boundary {
    /// ARN of a managed policy.
    #[serde(default)]
    pub permissions_boundary_arn: Option<String>,
}

/// A tag.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Tag {
    /// Its key.
    pub key: String,
    /// Its value.
    pub value: String,
}

/// Answer of [`ListAccessKeys`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKeys {
    /// The keys.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub access_key_metadata: Vec<AccessKey>,
}

/// An access key.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AccessKey {
    /// Its id.
    pub access_key_id: String,
    /// Active or Inactive.
    pub status: String,
    /// RFC 3339.
    #[serde(default)]
    pub create_date: Option<String>,
}

/// Answer of [`GetLoginProfile`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneLoginProfile {
    /// The profile.
    pub login_profile: LoginProfile,
}

/// A password for the console.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LoginProfile {
    /// RFC 3339.
    pub create_date: String,
    /// Whether it must be changed at the next sign-in.
    #[serde(default)]
    pub password_reset_required: Option<bool>,
}

/// Answer of [`ListMFADevices`].
#[derive(Debug, Clone, Deserialize)]
pub struct MfaDevices {
    /// The devices.
    #[serde(rename = "MFADevices", deserialize_with = "members", default = "Vec::new")]
    pub mfa_devices: Vec<MfaDevice>,
}

/// An MFA device.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct MfaDevice {
    /// Serial number or ARN.
    pub serial_number: String,
    /// RFC 3339.
    #[serde(default)]
    pub enable_date: Option<String>,
}

/// Answer of [`ListSSHPublicKeys`].
#[derive(Debug, Clone, Deserialize)]
pub struct SshKeys {
    /// The keys.
    #[serde(rename = "SSHPublicKeys", deserialize_with = "members", default = "Vec::new")]
    pub ssh_public_keys: Vec<SshKey>,
}

/// An SSH key.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct SshKey {
    /// Its id.
    #[serde(rename = "SSHPublicKeyId")]
    pub ssh_public_key_id: String,
    /// Active or Inactive.
    pub status: String,
}

/// Answer of [`ListServiceSpecificCredentials`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceCredentials {
    /// The credentials.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub service_specific_credentials: Vec<ServiceCredential>,
}

/// A password for one service.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceCredential {
    /// Its id.
    pub service_specific_credential_id: String,
    /// The service.
    pub service_name: String,
    /// Active or Inactive.
    pub status: String,
}

/// Answer of [`ListSigningCertificates`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificates {
    /// The certificates.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub certificates: Vec<Certificate>,
}

/// A signing certificate.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Certificate {
    /// Its id.
    pub certificate_id: String,
    /// Active or Inactive.
    pub status: String,
}

/// Answer of [`ListGroupsForUser`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Groups {
    /// The groups.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub groups: Vec<Group>,
}

/// A group.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Group {
    /// Name.
    pub group_name: String,
    /// ARN.
    pub arn: String,
}

/// Managed policies of a user, group or role.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicies {
    /// The policies.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub attached_policies: Vec<AttachedPolicy>,
}

/// A managed policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct AttachedPolicy {
    /// Name.
    pub policy_name: String,
    /// ARN.
    pub policy_arn: String,
}

/// Names of policies of a user's, group's or role's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyNames {
    /// The names.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub policy_names: Vec<String>,
}

/// A policy of a user's, group's or role's own.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InlinePolicy {
    /// Name.
    pub policy_name: String,
    /// URL-encoded; see [`document`].
    pub policy_document: String,
}

/// Answer of [`GetRole`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneRole {
    /// The role.
    pub role: Role,
}

/// A role.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Role {
    /// Name.
    pub role_name: String,
    /// Unique id.
    pub role_id: String,
    /// ARN.
    pub arn: String,
    /// Path.
    pub path: String,
    /// RFC 3339.
    pub create_date: String,
    /// Who may assume it: URL-encoded, see [`document`].
    #[serde(default)]
    pub assume_role_policy_document: Option<String>,
    /// Seconds that a session lasts at most.
    #[serde(default)]
    pub max_session_duration: Option<u32>,
    /// The boundary of what policies can allow.
    #[serde(default)]
    pub permissions_boundary: Option<Boundary>,
}

/// Answer of [`ListInstanceProfilesForRole`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfiles {
    /// The profiles.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub instance_profiles: Vec<InstanceProfile>,
}

/// What hands a role to instances.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct InstanceProfile {
    /// Name.
    pub instance_profile_name: String,
    /// ARN.
    pub arn: String,
}

/// Answer of [`GetPolicy`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnePolicy {
    /// The policy.
    pub policy: Policy,
}

/// A managed policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Policy {
    /// ARN.
    #[serde(default)]
    pub arn: Option<String>,
    /// The version that counts.
    #[serde(default)]
    pub default_version_id: Option<String>,
}

/// Answer of [`GetPolicyVersion`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OnePolicyVersion {
    /// The version.
    pub policy_version: PolicyVersion,
}

/// A version of a managed policy.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersion {
    /// URL-encoded; see [`document`].
    #[serde(default)]
    pub document: Option<String>,
}

/// Answer of [`GenerateCredentialReport`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ReportState {
    /// STARTED, INPROGRESS or COMPLETE.
    #[serde(default)]
    pub state: Option<String>,
}

/// Answer of [`GetCredentialReport`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct CredentialReport {
    /// CSV, base64.
    #[serde(default)]
    pub content: Option<String>,
}

/// Answer of [`GetAccountAuthorizationDetails`]; saved whole, nothing of it is read.
#[derive(Debug, Clone, Deserialize)]
pub struct AuthorizationDetails {}

/// Answer of [`ListPolicyVersions`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct PolicyVersions {
    /// The versions.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub versions: Vec<ListedVersion>,
}

/// A version of a managed policy, as it is listed.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ListedVersion {
    /// Such as `v1`.
    pub version_id: String,
    /// Whether it is the one that counts.
    #[serde(default)]
    pub is_default_version: bool,
}

/// Answer of [`GetInstanceProfile`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct OneInstanceProfile {
    /// The profile.
    pub instance_profile: ProfileWithRoles,
}

/// An instance profile with its role.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ProfileWithRoles {
    /// One at most, as the API stands.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub roles: Vec<Role>,
}

/// Answer of [`GenerateServiceLastAccessedDetails`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastAccessedJob {
    /// What to ask for the result by.
    pub job_id: String,
}

/// Answer of [`GetServiceLastAccessedDetails`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct LastAccessed {
    /// IN_PROGRESS, COMPLETED or FAILED.
    pub job_status: String,
    /// The services.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub services_last_accessed: Vec<ServiceLastAccessed>,
    /// Whether it goes on.
    #[serde(default)]
    pub is_truncated: bool,
    /// Where.
    #[serde(default)]
    pub marker: Option<String>,
}

/// The last use of a service.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct ServiceLastAccessed {
    /// Such as `s3`.
    pub service_namespace: String,
    /// RFC 3339; none where it was not used in the time that IAM tracks.
    #[serde(default)]
    pub last_authenticated: Option<String>,
}

/// Answer of [`SimulatePrincipalPolicy`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Simulated {
    /// One for each action.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub evaluation_results: Vec<Evaluation>,
}

/// What policies would decide of an action.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Evaluation {
    /// The action.
    pub eval_action_name: String,
    /// allowed, explicitDeny or implicitDeny.
    pub eval_decision: String,
    /// Condition keys whose values the simulation did not have.
    #[serde(deserialize_with = "members", default = "Vec::new")]
    pub missing_context_values: Vec<String>,
}
