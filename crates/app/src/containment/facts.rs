//! What a plan needs to know, read from the account. Whatever cannot be read stops planning for a
//! user: a plan that knows half of its credentials would look complete.

use std::collections::BTreeMap;

use crashcart_aws::services::iam::{
    AccessKey, GetAccessKeyLastUsed, GetLoginProfile, GetRole, GetRolePolicy, GetUser,
    GetUserPolicy, ListAccessKeys, ListInstanceProfilesForRole, ListRolePolicies,
    ListSSHPublicKeys, ListServiceSpecificCredentials, ListSigningCertificates, ListUserPolicies,
};
use crashcart_aws::{AwsError, Call, Operation, Reader, Reads};
use crashcart_model::Timestamp;
use crashcart_respond::documents::{DENY_ALL, deny_all};
use crashcart_respond::{Credential, LastUsed, RoleFacts, State, UserFacts};
use serde_json::Value;

use super::Standing;
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

/// Reads of a user no more than a plan for one of its keys needs: that other things cannot be read
/// must not keep a leaked key alive. What is unknown then is told.
pub(super) fn owner_of_key(
    reader: Reader<'_>,
    account: &str,
    name: &str,
) -> Result<(UserFacts, Vec<String>), AwsError> {
    let found = reader.ask(&GetUser { user_name: name.to_owned() })?.answer.user;
    let (has_login_profile, unknown) = match has_login_profile(reader, name) {
        Ok(has) => (has, Vec::new()),
        Err(error) => {
            (false, vec![format!("whether the owner has a console password is unknown: {error}")])
        }
    };
    let facts = UserFacts {
        arn: found.arn,
        account: account.to_owned(),
        name: name.to_owned(),
        access_keys: access_keys(reader, name)?,
        has_login_profile,
        ..UserFacts::default()
    };
    Ok((facts, unknown))
}

/// Whether a key can be used now.
pub(super) fn standing(reader: Reader<'_>, user: &str, key: &str) -> Result<Standing, AwsError> {
    let call = ListAccessKeys { user_name: user.to_owned() };
    let keys = match all(reader, &call) {
        Err(AwsError::NotFound { .. }) => return Ok(Standing::Gone),
        keys => keys?,
    };
    let mut keys = keys.into_iter().flat_map(|page| page.access_key_metadata);
    let Some(key) = keys.find(|one| one.access_key_id == key) else { return Ok(Standing::Gone) };
    if status(&key.status) != State::Active {
        return Ok(Standing::Inactive);
    }
    let call = GetUserPolicy { user_name: user.to_owned(), policy_name: DENY_ALL.to_owned() };
    match reader.ask(&call) {
        Ok(policy) => {
            let document = json(&policy.answer.policy_document, "iam:GetUserPolicy")?;
            Ok(if document == deny_all() { Standing::Denied } else { Standing::Works })
        }
        Err(AwsError::NotFound { .. }) => Ok(Standing::Works),
        Err(error) => Err(error),
    }
}

fn access_keys(reader: Reader<'_>, user: &str) -> Result<Vec<Credential>, AwsError> {
    let keys = all(reader, &ListAccessKeys { user_name: user.to_owned() })?;
    let keys = keys.into_iter().flat_map(|page| page.access_key_metadata);
    let credential = |key: AccessKey| Credential {
        last_used: last_used(reader, &key.access_key_id),
        created: key.create_date.as_deref().and_then(Timestamp::parse),
        state: status(&key.status),
        id: key.access_key_id,
    };
    Ok(keys.map(credential).collect())
}

fn has_login_profile(reader: Reader<'_>, user: &str) -> Result<bool, AwsError> {
    match reader.ask(&GetLoginProfile { user_name: user.to_owned() }) {
        Ok(_) => Ok(true),
        Err(AwsError::NotFound { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads a user.
pub(super) fn user(reader: Reader<'_>, account: &str, name: &str) -> Result<UserFacts, AwsError> {
    let user_name = || name.to_owned();
    let found = reader.ask(&GetUser { user_name: user_name() })?.answer.user;
    let access_keys = access_keys(reader, name)?;
    let ssh = all(reader, &ListSSHPublicKeys { user_name: user_name() })?;
    let ssh = ssh.into_iter().flat_map(|page| page.ssh_public_keys);
    let service = all(reader, &ListServiceSpecificCredentials { user_name: user_name() })?;
    let service = service.into_iter().flat_map(|page| page.service_specific_credentials);
    let certificates = all(reader, &ListSigningCertificates { user_name: user_name() })?;
    let certificates = certificates.into_iter().flat_map(|page| page.certificates);
    let has_login_profile = has_login_profile(reader, name)?;
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
        access_keys,
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
