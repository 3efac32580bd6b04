//! What a plan needs to know, read from the account. Whatever cannot be read stops planning: a plan
//! that knows half of a user's credentials would look complete.

use std::collections::BTreeMap;

use crashcart_aws::services::iam::{
    GetAccessKeyLastUsed, GetLoginProfile, GetRole, GetRolePolicy, GetUser, GetUserPolicy,
    ListAccessKeys, ListInstanceProfilesForRole, ListRolePolicies, ListSSHPublicKeys,
    ListServiceSpecificCredentials, ListSigningCertificates, ListUserPolicies,
};
use crashcart_aws::{AwsError, Call, Operation, Reader, Reads};
use crashcart_model::Timestamp;
use crashcart_respond::{Credential, LastUsed, RoleFacts, State, UserFacts};
use serde_json::Value;

use super::account::{parsed, status};

/// Every call that planning can make.
pub(crate) const CALLS: &[Operation] = &[
    GetUser::OPERATION,
    ListAccessKeys::OPERATION,
    GetAccessKeyLastUsed::OPERATION,
    ListSSHPublicKeys::OPERATION,
    ListServiceSpecificCredentials::OPERATION,
    ListSigningCertificates::OPERATION,
    GetLoginProfile::OPERATION,
    ListUserPolicies::OPERATION,
    GetUserPolicy::OPERATION,
    GetRole::OPERATION,
    ListRolePolicies::OPERATION,
    GetRolePolicy::OPERATION,
    ListInstanceProfilesForRole::OPERATION,
];

/// Reads a user.
pub(super) fn user(reader: Reader<'_>, account: &str, name: &str) -> Result<UserFacts, AwsError> {
    let user_name = || name.to_owned();
    let found = reader.ask(&GetUser { user_name: user_name() })?.answer.user;
    let keys = all(reader, &ListAccessKeys { user_name: user_name() })?;
    let keys = keys.into_iter().flat_map(|page| page.access_key_metadata);
    let ssh = all(reader, &ListSSHPublicKeys { user_name: user_name() })?;
    let ssh = ssh.into_iter().flat_map(|page| page.ssh_public_keys);
    let service = all(reader, &ListServiceSpecificCredentials { user_name: user_name() })?;
    let service = service.into_iter().flat_map(|page| page.service_specific_credentials);
    let certificates = all(reader, &ListSigningCertificates { user_name: user_name() })?;
    let certificates = certificates.into_iter().flat_map(|page| page.certificates);
    let has_login_profile = match reader.ask(&GetLoginProfile { user_name: user_name() }) {
        Ok(_) => true,
        Err(AwsError::NotFound { .. }) => false,
        Err(error) => return Err(error),
    };
    let mut inline_policies = BTreeMap::new();
    let names = all(reader, &ListUserPolicies { user_name: user_name() })?;
    for policy_name in names.into_iter().flat_map(|page| page.policy_names) {
        let call = GetUserPolicy { user_name: user_name(), policy_name: policy_name.clone() };
        let encoded = reader.ask(&call)?.answer.policy_document;
        inline_policies.insert(policy_name, json(&encoded, "iam:GetUserPolicy")?);
    }
    Ok(UserFacts {
        arn: found.arn,
        account: account.to_owned(),
        name: user_name(),
        access_keys: keys
            .map(|key| Credential {
                last_used: last_used(reader, &key.access_key_id),
                created: key.create_date.as_deref().and_then(Timestamp::parse),
                state: status(&key.status),
                id: key.access_key_id,
            })
            .collect(),
        ssh_keys: ssh.map(|one| credential(one.ssh_public_key_id, &one.status)).collect(),
        service_credentials: service
            .map(|one| credential(one.service_specific_credential_id, &one.status))
            .collect(),
        signing_certificates: certificates
            .map(|one| credential(one.certificate_id, &one.status))
            .collect(),
        has_login_profile,
        inline_policies,
    })
}

/// Reads a role.
pub(super) fn role(reader: Reader<'_>, account: &str, name: &str) -> Result<RoleFacts, AwsError> {
    role_and_id(reader, account, name).map(|(role, _)| role)
}

/// Reads a role, with its unique id.
pub(super) fn role_and_id(
    reader: Reader<'_>,
    account: &str,
    name: &str,
) -> Result<(RoleFacts, String), AwsError> {
    let role_name = || name.to_owned();
    let role = reader.ask(&GetRole { role_name: role_name() })?.answer.role;
    let mut inline_policies = BTreeMap::new();
    let names = all(reader, &ListRolePolicies { role_name: role_name() })?;
    for policy_name in names.into_iter().flat_map(|page| page.policy_names) {
        let call = GetRolePolicy { role_name: role_name(), policy_name: policy_name.clone() };
        let encoded = reader.ask(&call)?.answer.policy_document;
        inline_policies.insert(policy_name, json(&encoded, "iam:GetRolePolicy")?);
    }
    // Only told: that nobody may ask is no reason not to plan.
    let profiles = all(reader, &ListInstanceProfilesForRole { role_name: role_name() });
    let profiles = profiles.unwrap_or_default().into_iter().flat_map(|page| page.instance_profiles);
    let facts = RoleFacts {
        arn: role.arn,
        account: account.to_owned(),
        name: role.role_name,
        path: role.path,
        trust: json(&role.assume_role_policy_document.unwrap_or_default(), "iam:GetRole")?,
        max_session_seconds: role.max_session_duration.unwrap_or(3600),
        inline_policies,
        last_used: None,
        used_by: profiles
            .map(|profile| format!("instances with the profile {}", profile.instance_profile_name))
            .collect(),
    };
    Ok((facts, role.role_id))
}

fn all<C: Reads>(reader: Reader<'_>, call: &C) -> Result<Vec<C::Answer>, AwsError> {
    match reader.all(reader.region(), call) {
        (pages, None) => Ok(pages.into_iter().map(|page| page.answer).collect()),
        (_, Some(error)) => Err(error),
    }
}

fn json(encoded: &str, operation: &str) -> Result<Value, AwsError> {
    match parsed(encoded, operation)? {
        State::Document(document) => Ok(document),
        _ => Ok(Value::Null),
    }
}

fn credential(id: String, told: &str) -> Credential {
    Credential { id, state: status(told), created: None, last_used: None }
}

/// Only told: none where it cannot be asked.
fn last_used(reader: Reader<'_>, id: &str) -> Option<LastUsed> {
    let used = reader.ask(&GetAccessKeyLastUsed { access_key_id: id.to_owned() }).ok()?;
    let used = used.answer.access_key_last_used;
    let at = Timestamp::parse(&used.last_used_date?)?;
    Some(LastUsed { at, service: used.service_name, region: used.region })
}
