//! Calls about who may do what: IAM, STS, sign-in, Roles Anywhere, Identity Center, Organizations.
//! Rows are sorted by name and variant; this file must hold nothing but rows.

use super::Effect::{Act, Change, Look, Make, Read, Remove, Replace};
use super::{
    By, Call, DISCOVERY, Detail, ESCALATION, EVASION, IMPACT, INITIAL, LATERAL, NO_TARGET,
    PERSISTENCE, Target, owned, thing,
};

const USER: Target = thing(&["q.userName", "r.user.userName", "i.userName"]);
const ROLE: Target = thing(&["q.roleName", "r.role.roleName"]);
const KEY: Target = owned(
    &["r.accessKey.accessKeyId", "q.accessKeyId"],
    &["q.userName", "r.accessKey.userName", "i.userName"],
);
const POLICY_OF_USER: Target = owned(&["q.policyName", "q.policyArn"], &["q.userName"]);
const POLICY_OF_ROLE: Target = owned(&["q.policyName", "q.policyArn"], &["q.roleName"]);
const POLICY_OF_GROUP: Target = owned(&["q.policyName", "q.policyArn"], &["q.groupName"]);
const POLICY: Target = thing(&["r.policy.arn", "q.policyArn", "q.policyName"]);
const VERSION: Target = owned(&["r.policyVersion.versionId", "q.versionId"], &["q.policyArn"]);
const MEMBER: Target = owned(&["q.groupName"], &["q.userName"]);
const TRUST: Target =
    Target { thing: &["q.roleName"], owner: &[], detail: Detail::PolicyPrincipals };
const PROVIDER: Target = thing(&[
    "r.sAMLProviderArn",
    "r.openIDConnectProviderArn",
    "q.sAMLProviderArn",
    "q.openIDConnectProviderArn",
    "q.name",
    "q.url",
]);
/// The role alone: its sessions are told apart elsewhere, and each has a key of its own.
const SESSION: Target = thing(&["q.roleArn", "r.assumedRoleUser.arn"]);
const ASSIGNMENT: Target = Target {
    thing: &["q.principalId"],
    owner: &["q.permissionSetArn"],
    detail: Detail::Paths(&["q.targetId"]),
};
const OF_USER_ALL: &[(&str, By)] = &[
    ("IAM user", By::Thing),
    ("access key", By::Owner),
    ("login profile", By::Owner),
    ("login profile", By::Thing),
    ("user policy", By::Owner),
    ("group membership", By::Owner),
    ("SSH key", By::Owner),
    ("service credential", By::Owner),
    ("signing certificate", By::Owner),
    ("MFA device", By::Owner),
];
const OF_ROLE_ALL: &[(&str, By)] = &[
    ("IAM role", By::Thing),
    ("trust policy", By::Thing),
    ("role policy", By::Owner),
    ("instance profile role", By::Thing),
];

#[rustfmt::skip]
pub(super) static IAM: &[Call] = &[
    Call("AddClientIDToOpenIDConnectProvider", "", "let an identity provider serve another application", ESCALATION, "T1484.002", Make("identity provider client"), owned(&["q.clientID"], &["q.openIDConnectProviderArn"])),
    Call("AddRoleToInstanceProfile", "", "gave an instance profile a role", ESCALATION, "T1098.003", Make("instance profile role"), owned(&["q.roleName"], &["q.instanceProfileName"])),
    Call("AddUserToGroup", "", "added a user to a group", ESCALATION, "T1098.003", Make("group membership"), MEMBER),
    Call("AttachGroupPolicy", "", "attached a policy to a group", ESCALATION, "T1098.003", Make("group policy"), POLICY_OF_GROUP),
    Call("AttachRolePolicy", "", "attached a policy to a role", ESCALATION, "T1098.003", Make("role policy"), POLICY_OF_ROLE),
    Call("AttachUserPolicy", "", "attached a policy to a user", ESCALATION, "T1098.003", Make("user policy"), POLICY_OF_USER),
    Call("AttachUserPolicy", "quarantine", "attached AWS's quarantine policy to a user", ESCALATION, "T1098.003", Act, POLICY_OF_USER),
    Call("ChangePassword", "", "changed its own password", PERSISTENCE, "T1098.001", Act, USER),
    Call("CreateAccessKey", "", "made an access key", PERSISTENCE, "T1098.001", Make("access key"), KEY),
    Call("CreateAccountAlias", "", "renamed the account", IMPACT, "T1531", Act, thing(&["q.accountAlias"])),
    Call("CreateGroup", "", "made a group", PERSISTENCE, "T1136.003", Act, thing(&["q.groupName"])),
    Call("CreateInstanceProfile", "", "made an instance profile", ESCALATION, "T1098.003", Act, thing(&["q.instanceProfileName"])),
    Call("CreateLoginProfile", "", "gave a user a console password", PERSISTENCE, "T1098.001", Make("login profile"), USER),
    Call("CreateOpenIDConnectProvider", "", "made an OpenID Connect identity provider", ESCALATION, "T1484.002", Make("identity provider"), PROVIDER),
    Call("CreatePolicy", "", "made a managed policy", ESCALATION, "T1098.003", Act, POLICY),
    Call("CreatePolicyVersion", "", "made a version of a managed policy", ESCALATION, "T1098.003", Make("policy version"), VERSION),
    Call("CreateRole", "", "made a role", PERSISTENCE, "T1136.003", Make("IAM role"), ROLE),
    Call("CreateSAMLProvider", "", "made a SAML identity provider", ESCALATION, "T1484.002", Make("identity provider"), PROVIDER),
    Call("CreateServiceLinkedRole", "", "made a service-linked role", PERSISTENCE, "T1098.003", Act, thing(&["q.aWSServiceName"])),
    Call("CreateServiceSpecificCredential", "", "made a service-specific credential", PERSISTENCE, "T1098.001", Make("service credential"), owned(&["r.serviceSpecificCredential.serviceSpecificCredentialId"], &["q.userName"])),
    Call("CreateUser", "", "made an IAM user", PERSISTENCE, "T1136.003", Make("IAM user"), USER),
    Call("CreateVirtualMFADevice", "", "made a virtual MFA device", PERSISTENCE, "T1556.006", Act, thing(&["q.virtualMFADeviceName"])),
    Call("DeactivateMFADevice", "", "switched off a user's MFA device", EVASION, "T1556.006", Replace("MFA", &[("MFA device", By::Thing)]), owned(&["q.serialNumber"], &["q.userName"])),
    Call("DeleteAccessKey", "", "deleted an access key", EVASION, "T1070", Remove(&[("access key", By::Thing)]), KEY),
    Call("DeleteAccountPasswordPolicy", "", "deleted the account's password policy", EVASION, "T1556", Change("password policy"), NO_TARGET),
    Call("DeleteGroup", "", "deleted a group", IMPACT, "T1531", Remove(&[("group policy", By::Owner), ("group membership", By::Thing)]), thing(&["q.groupName"])),
    Call("DeleteGroupPolicy", "", "deleted a group's inline policy", ESCALATION, "T1098.003", Remove(&[("group policy", By::Thing)]), POLICY_OF_GROUP),
    Call("DeleteInstanceProfile", "", "deleted an instance profile", IMPACT, "T1531", Remove(&[("instance profile role", By::Owner)]), thing(&["q.instanceProfileName"])),
    Call("DeleteLoginProfile", "", "took away a console password", IMPACT, "T1531", Remove(&[("login profile", By::Thing)]), USER),
    Call("DeleteOpenIDConnectProvider", "", "deleted an identity provider", EVASION, "T1484.002", Remove(&[("identity provider", By::Thing)]), PROVIDER),
    Call("DeletePolicy", "", "deleted a managed policy", ESCALATION, "T1098.003", Remove(&[("policy version", By::Owner), ("role policy", By::Thing), ("user policy", By::Thing), ("group policy", By::Thing)]), POLICY),
    Call("DeletePolicyVersion", "", "deleted a version of a managed policy", ESCALATION, "T1098.003", Remove(&[("policy version", By::Thing)]), VERSION),
    Call("DeleteRole", "", "deleted a role", IMPACT, "T1531", Remove(OF_ROLE_ALL), ROLE),
    Call("DeleteRolePermissionsBoundary", "", "removed a role's permissions boundary", ESCALATION, "T1098.003", Change("permissions boundary"), ROLE),
    Call("DeleteRolePolicy", "", "deleted a role's inline policy", ESCALATION, "T1098.003", Remove(&[("role policy", By::Thing)]), POLICY_OF_ROLE),
    Call("DeleteSAMLProvider", "", "deleted an identity provider", EVASION, "T1484.002", Remove(&[("identity provider", By::Thing)]), PROVIDER),
    Call("DeleteSSHPublicKey", "", "deleted an SSH key", EVASION, "T1070", Remove(&[("SSH key", By::Thing)]), owned(&["q.sSHPublicKeyId"], &["q.userName"])),
    Call("DeleteServiceSpecificCredential", "", "deleted a service-specific credential", EVASION, "T1070", Remove(&[("service credential", By::Thing)]), owned(&["q.serviceSpecificCredentialId"], &["q.userName"])),
    Call("DeleteSigningCertificate", "", "deleted a signing certificate", EVASION, "T1070", Remove(&[("signing certificate", By::Thing)]), owned(&["q.certificateId"], &["q.userName"])),
    Call("DeleteUser", "", "deleted an IAM user", IMPACT, "T1531", Remove(OF_USER_ALL), USER),
    Call("DeleteUserPermissionsBoundary", "", "removed a user's permissions boundary", ESCALATION, "T1098.003", Change("permissions boundary"), USER),
    Call("DeleteUserPolicy", "", "deleted a user's inline policy", ESCALATION, "T1098.003", Remove(&[("user policy", By::Thing)]), POLICY_OF_USER),
    Call("DeleteVirtualMFADevice", "", "deleted a virtual MFA device", EVASION, "T1556.006", Replace("MFA", &[("MFA device", By::Thing)]), thing(&["q.serialNumber"])),
    Call("DetachGroupPolicy", "", "detached a policy from a group", ESCALATION, "T1098.003", Remove(&[("group policy", By::Thing)]), POLICY_OF_GROUP),
    Call("DetachRolePolicy", "", "detached a policy from a role", ESCALATION, "T1098.003", Remove(&[("role policy", By::Thing)]), POLICY_OF_ROLE),
    Call("DetachUserPolicy", "", "detached a policy from a user", ESCALATION, "T1098.003", Remove(&[("user policy", By::Thing)]), POLICY_OF_USER),
    Call("EnableMFADevice", "", "registered an MFA device", PERSISTENCE, "T1556.006", Make("MFA device"), owned(&["q.serialNumber"], &["q.userName"])),
    Call("GenerateCredentialReport", "", "asked for the credential report", DISCOVERY, "T1087.004", Look, NO_TARGET),
    Call("GetAccountAuthorizationDetails", "", "read all users, roles and policies", DISCOVERY, "T1087.004", Look, NO_TARGET),
    Call("GetCredentialReport", "", "read the credential report", DISCOVERY, "T1087.004", Look, NO_TARGET),
    Call("PutGroupPolicy", "", "wrote a group's inline policy", ESCALATION, "T1098.003", Make("group policy"), POLICY_OF_GROUP),
    Call("PutRolePermissionsBoundary", "", "changed a role's permissions boundary", ESCALATION, "T1098.003", Change("permissions boundary"), ROLE),
    Call("PutRolePolicy", "", "wrote a role's inline policy", ESCALATION, "T1098.003", Make("role policy"), POLICY_OF_ROLE),
    Call("PutUserPermissionsBoundary", "", "changed a user's permissions boundary", ESCALATION, "T1098.003", Change("permissions boundary"), USER),
    Call("PutUserPolicy", "", "wrote a user's inline policy", ESCALATION, "T1098.003", Make("user policy"), POLICY_OF_USER),
    Call("RemoveClientIDFromOpenIDConnectProvider", "", "took an application from an identity provider", EVASION, "T1070", Remove(&[("identity provider client", By::Thing)]), owned(&["q.clientID"], &["q.openIDConnectProviderArn"])),
    Call("RemoveRoleFromInstanceProfile", "", "took a role from an instance profile", ESCALATION, "T1098.003", Remove(&[("instance profile role", By::Thing)]), owned(&["q.roleName"], &["q.instanceProfileName"])),
    Call("RemoveUserFromGroup", "", "took a user from a group", IMPACT, "T1531", Remove(&[("group membership", By::Thing)]), MEMBER),
    Call("ResyncMFADevice", "", "resynchronised an MFA device", PERSISTENCE, "T1556.006", Act, owned(&["q.serialNumber"], &["q.userName"])),
    Call("SetDefaultPolicyVersion", "", "made another version of a managed policy the default", ESCALATION, "T1098.003", Make("policy version"), VERSION),
    Call("UpdateAccessKey", "", "changed the status of an access key", PERSISTENCE, "T1098.001", Act, KEY),
    Call("UpdateAccessKey", "active", "activated an access key", PERSISTENCE, "T1098.001", Make("access key"), KEY),
    Call("UpdateAccessKey", "inactive", "deactivated an access key", IMPACT, "T1531", Remove(&[("access key", By::Thing)]), KEY),
    Call("UpdateAccountPasswordPolicy", "", "changed the account's password policy", EVASION, "T1556", Change("password policy"), NO_TARGET),
    Call("UpdateAssumeRolePolicy", "", "changed who may assume a role", PERSISTENCE, "T1098.003", Make("trust policy"), TRUST),
    Call("UpdateAssumeRolePolicy", "services", "let only AWS services assume a role", ESCALATION, "T1098.003", Remove(&[("trust policy", By::Thing)]), ROLE),
    Call("UpdateLoginProfile", "", "changed a user's console password", PERSISTENCE, "T1098.001", Make("login profile"), USER),
    Call("UpdateOpenIDConnectProviderThumbprint", "", "changed an identity provider", ESCALATION, "T1484.002", Make("identity provider"), PROVIDER),
    Call("UpdateRole", "", "changed a role", PERSISTENCE, "T1098.003", Act, ROLE),
    Call("UpdateSAMLProvider", "", "changed a SAML identity provider", PERSISTENCE, "T1098", Make("identity provider"), PROVIDER),
    Call("UploadSSHPublicKey", "", "uploaded an SSH key", PERSISTENCE, "T1098.004", Make("SSH key"), owned(&["r.sSHPublicKey.sSHPublicKeyId"], &["q.userName"])),
    Call("UploadSigningCertificate", "", "uploaded a signing certificate", PERSISTENCE, "T1098.001", Make("signing certificate"), owned(&["r.certificate.certificateId"], &["q.userName"])),
];

#[rustfmt::skip]
pub(super) static STS: &[Call] = &[
    Call("AssumeRole", "", "assumed a role", ESCALATION, "T1078.004", Act, SESSION),
    Call("AssumeRoleWithSAML", "", "assumed a role through SAML", INITIAL, "T1199", Act, SESSION),
    Call("AssumeRoleWithWebIdentity", "", "assumed a role through a web identity", INITIAL, "T1199", Act, SESSION),
    Call("AssumeRoot", "", "took a root session of a member account", ESCALATION, "T1078.004", Act, thing(&["q.targetPrincipal"])),
    Call("GetAccessKeyInfo", "", "asked which account a key belongs to", DISCOVERY, "T1087.004", Look, thing(&["q.accessKeyId"])),
    Call("GetCallerIdentity", "", "asked who it is", DISCOVERY, "T1087.004", Look, NO_TARGET),
    Call("GetFederationToken", "", "took a federation token", PERSISTENCE, "T1078.004", Make("federation token"), Target { thing: &["r.federatedUser.arn", "q.name"], owner: &[], detail: Detail::Paths(&["r.credentials.accessKeyId"]) }),
    Call("GetSessionToken", "", "took a session token", PERSISTENCE, "T1078.004", Make("session token"), thing(&["r.credentials.accessKeyId"])),
];

#[rustfmt::skip]
pub(super) static SIGNIN: &[Call] = &[
    Call("ConsoleLogin", "", "signed in to the console", INITIAL, "T1078.004", Act, NO_TARGET),
    Call("ConsoleLogin", "no-mfa", "signed in to the console without MFA", INITIAL, "T1078.004", Act, NO_TARGET),
    Call("CredentialVerification", "", "verified a sign-in", INITIAL, "T1078.004", Act, NO_TARGET),
    Call("GetSigninToken", "", "turned keys into a console session", LATERAL, "T1550.001", Act, NO_TARGET),
    Call("PasswordRecoveryCompleted", "", "completed a password recovery", INITIAL, "T1078.004", Act, NO_TARGET),
    Call("PasswordRecoveryRequested", "", "asked for a password recovery", INITIAL, "T1078.004", Act, NO_TARGET),
    Call("PasswordUpdated", "", "changed the root password", PERSISTENCE, "T1098", Act, NO_TARGET),
    Call("SwitchRole", "", "switched roles in the console", LATERAL, "T1021.007", Act, NO_TARGET),
];

#[rustfmt::skip]
pub(super) static ROLES_ANYWHERE: &[Call] = &[
    Call("CreateProfile", "", "made a Roles Anywhere profile", PERSISTENCE, "T1098.001", Make("Roles Anywhere profile"), thing(&["r.profile.profileId", "q.name"])),
    Call("CreateTrustAnchor", "", "made a Roles Anywhere trust anchor", PERSISTENCE, "T1098.001", Make("Roles Anywhere trust anchor"), thing(&["r.trustAnchor.trustAnchorId", "q.name"])),
    Call("DeleteCrl", "", "deleted a list of revoked certificates", EVASION, "T1562.001", Change("certificate revocation list"), thing(&["q.crlId"])),
    Call("DeleteProfile", "", "deleted a Roles Anywhere profile", EVASION, "T1070", Remove(&[("Roles Anywhere profile", By::Thing)]), thing(&["q.profileId"])),
    Call("DeleteTrustAnchor", "", "deleted a Roles Anywhere trust anchor", EVASION, "T1070", Remove(&[("Roles Anywhere trust anchor", By::Thing)]), thing(&["q.trustAnchorId"])),
    Call("DisableCrl", "", "disabled a list of revoked certificates", EVASION, "T1562.001", Change("certificate revocation list"), thing(&["q.crlId"])),
    Call("DisableProfile", "", "disabled a Roles Anywhere profile", EVASION, "T1070", Remove(&[("Roles Anywhere profile", By::Thing)]), thing(&["q.profileId"])),
    Call("DisableTrustAnchor", "", "disabled a Roles Anywhere trust anchor", EVASION, "T1070", Remove(&[("Roles Anywhere trust anchor", By::Thing)]), thing(&["q.trustAnchorId"])),
    Call("EnableProfile", "", "enabled a Roles Anywhere profile", PERSISTENCE, "T1098.001", Make("Roles Anywhere profile"), thing(&["q.profileId"])),
    Call("EnableTrustAnchor", "", "enabled a Roles Anywhere trust anchor", PERSISTENCE, "T1098.001", Make("Roles Anywhere trust anchor"), thing(&["q.trustAnchorId"])),
    Call("UpdateProfile", "", "changed a Roles Anywhere profile", PERSISTENCE, "T1098.001", Make("Roles Anywhere profile"), thing(&["q.profileId"])),
    Call("UpdateTrustAnchor", "", "changed a Roles Anywhere trust anchor", PERSISTENCE, "T1098.001", Make("Roles Anywhere trust anchor"), thing(&["q.trustAnchorId"])),
];

#[rustfmt::skip]
pub(super) static SSO: &[Call] = &[
    Call("AttachCustomerManagedPolicyReferenceToPermissionSet", "", "attached a policy to a permission set", ESCALATION, "T1098.003", Make("permission set policy"), owned(&["q.customerManagedPolicyReference.name"], &["q.permissionSetArn"])),
    Call("AttachManagedPolicyToPermissionSet", "", "attached a policy to a permission set", ESCALATION, "T1098.003", Make("permission set policy"), owned(&["q.managedPolicyArn"], &["q.permissionSetArn"])),
    Call("CreateAccountAssignment", "", "assigned an account to a user or group", PERSISTENCE, "T1098.003", Make("account assignment"), ASSIGNMENT),
    Call("CreatePermissionSet", "", "made a permission set", PERSISTENCE, "T1098.003", Make("permission set"), thing(&["r.permissionSet.permissionSetArn", "q.name"])),
    Call("CreateTrustedTokenIssuer", "", "made a trusted token issuer", PERSISTENCE, "T1484.002", Make("trusted token issuer"), thing(&["r.trustedTokenIssuerArn", "q.name"])),
    Call("DeleteAccountAssignment", "", "took away an account assignment", IMPACT, "T1531", Remove(&[("account assignment", By::Thing)]), ASSIGNMENT),
    Call("DeleteInlinePolicyFromPermissionSet", "", "deleted a permission set's inline policy", ESCALATION, "T1098.003", Remove(&[("permission set policy", By::Thing)]), owned(&["q.permissionSetArn"], &["q.permissionSetArn"])),
    Call("DeletePermissionSet", "", "deleted a permission set", IMPACT, "T1531", Remove(&[("permission set", By::Thing), ("permission set policy", By::Owner), ("account assignment", By::Owner)]), thing(&["q.permissionSetArn"])),
    Call("DeletePermissionsBoundaryFromPermissionSet", "", "removed a permission set's boundary", ESCALATION, "T1098.003", Change("permissions boundary"), thing(&["q.permissionSetArn"])),
    Call("DeleteTrustedTokenIssuer", "", "deleted a trusted token issuer", EVASION, "T1070", Remove(&[("trusted token issuer", By::Thing)]), thing(&["q.trustedTokenIssuerArn"])),
    Call("DetachCustomerManagedPolicyReferenceFromPermissionSet", "", "detached a policy from a permission set", ESCALATION, "T1098.003", Remove(&[("permission set policy", By::Thing)]), owned(&["q.customerManagedPolicyReference.name"], &["q.permissionSetArn"])),
    Call("DetachManagedPolicyFromPermissionSet", "", "detached a policy from a permission set", ESCALATION, "T1098.003", Remove(&[("permission set policy", By::Thing)]), owned(&["q.managedPolicyArn"], &["q.permissionSetArn"])),
    Call("PutInlinePolicyToPermissionSet", "", "wrote a permission set's inline policy", ESCALATION, "T1098.003", Make("permission set policy"), owned(&["q.permissionSetArn"], &["q.permissionSetArn"])),
    Call("UpdateSsoConfiguration", "", "changed the Identity Center's settings", PERSISTENCE, "T1098", Change("Identity Center settings"), thing(&["q.instanceArn"])),
];

#[rustfmt::skip]
pub(super) static SSO_DIRECTORY: &[Call] = &[
    Call("AddMemberToGroup", "", "added a user to an Identity Center group", PERSISTENCE, "T1098.003", Make("Identity Center membership"), owned(&["q.memberId.userId", "q.memberId"], &["q.groupId"])),
    Call("CompleteVirtualMfaDeviceRegistration", "", "registered an MFA device", PERSISTENCE, "T1556.006", Make("Identity Center MFA device"), thing(&["q.userId"])),
    Call("CompleteWebAuthnDeviceRegistration", "", "registered an MFA device", PERSISTENCE, "T1556.006", Make("Identity Center MFA device"), thing(&["q.userId"])),
    Call("CreateGroup", "", "made an Identity Center group", PERSISTENCE, "T1098.003", Act, thing(&["q.groupName", "q.displayName"])),
    Call("CreateGroupMembership", "", "added a user to an Identity Center group", PERSISTENCE, "T1098.003", Make("Identity Center membership"), Target { thing: &["r.membershipId"], owner: &["q.groupId"], detail: Detail::Paths(&["q.memberId.userId"]) }),
    Call("CreateUser", "", "made an Identity Center user", PERSISTENCE, "T1136.003", Make("Identity Center user"), thing(&["r.user.userId", "r.userId", "q.userName"])),
    Call("DeleteGroupMembership", "", "took a user from an Identity Center group", IMPACT, "T1531", Remove(&[("Identity Center membership", By::Thing)]), thing(&["q.membershipId"])),
    Call("DeleteMfaDeviceForUser", "", "took away a user's MFA device", EVASION, "T1556.006", Replace("MFA", &[("Identity Center MFA device", By::Thing)]), thing(&["q.userId"])),
    Call("DeleteUser", "", "deleted an Identity Center user", IMPACT, "T1531", Remove(&[("Identity Center user", By::Thing)]), thing(&["q.userId"])),
    Call("DisableUser", "", "disabled an Identity Center user", IMPACT, "T1531", Remove(&[("Identity Center user", By::Thing)]), thing(&["q.userId"])),
    Call("EnableUser", "", "enabled an Identity Center user", PERSISTENCE, "T1098", Make("Identity Center user"), thing(&["q.userId"])),
    Call("RemoveMemberFromGroup", "", "took a user from an Identity Center group", IMPACT, "T1531", Remove(&[("Identity Center membership", By::Thing)]), owned(&["q.memberId.userId", "q.memberId"], &["q.groupId"])),
    Call("UpdatePassword", "", "changed an Identity Center user's password", PERSISTENCE, "T1098.001", Act, thing(&["q.userId"])),
];

#[rustfmt::skip]
pub(super) static ORGANIZATIONS: &[Call] = &[
    Call("CreateAccount", "", "made an account", PERSISTENCE, "T1136.003", Make("account"), thing(&["r.createAccountStatus.accountId", "q.email"])),
    Call("DeletePolicy", "", "deleted a policy of the organization", EVASION, "T1562.001", Change("service control policy"), thing(&["q.policyId"])),
    Call("DeregisterDelegatedAdministrator", "", "took an account's administration of a service away", EVASION, "T1070", Remove(&[("delegated administrator", By::Thing)]), owned(&["q.accountId"], &["q.servicePrincipal"])),
    Call("DetachPolicy", "", "detached a policy of the organization", EVASION, "T1562.001", Change("service control policy"), owned(&["q.policyId"], &["q.targetId"])),
    Call("DisablePolicyType", "", "switched off policies of the organization", EVASION, "T1562.001", Change("service control policy"), thing(&["q.policyType"])),
    Call("InviteAccountToOrganization", "", "invited an account", PERSISTENCE, "T1666", Act, thing(&["q.target.id"])),
    Call("LeaveOrganization", "", "took the account out of its organization", EVASION, "T1666", Change("organization membership"), NO_TARGET),
    Call("MoveAccount", "", "moved an account within the organization", EVASION, "T1666", Change("organization membership"), thing(&["q.accountId"])),
    Call("RegisterDelegatedAdministrator", "", "let an account administer a service for the organization", ESCALATION, "T1098.003", Make("delegated administrator"), owned(&["q.accountId"], &["q.servicePrincipal"])),
    Call("RemoveAccountFromOrganization", "", "removed an account from the organization", EVASION, "T1666", Change("organization membership"), thing(&["q.accountId"])),
    Call("UpdatePolicy", "", "changed a policy of the organization", EVASION, "T1562.001", Change("service control policy"), thing(&["q.policyId"])),
];

#[rustfmt::skip]
pub(super) static COGNITO_IDENTITY: &[Call] = &[
    Call("GetCredentialsForIdentity", "", "took credentials of an identity pool", INITIAL, "T1078.004", Read("identity pool credentials"), thing(&["q.identityId"])),
    Call("GetId", "", "took an identity of an identity pool", INITIAL, "T1078.004", Act, thing(&["q.identityPoolId"])),
    Call("SetIdentityPoolRoles", "", "changed the roles of an identity pool", ESCALATION, "T1098.003", Make("identity pool roles"), thing(&["q.identityPoolId"])),
];
