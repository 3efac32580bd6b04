//! The account as containment needs it, behind the door to AWS: reads one thing's state, lists a
//! scope, makes one approved change.

use std::time::Duration;

use crashcart_aws::services::iam::{
    DeleteLoginProfile, DeleteRolePolicy, DeleteUserPolicy, GetLoginProfile, GetRole,
    GetRolePolicy, GetUserPolicy, ListAccessKeys, ListSSHPublicKeys,
    ListServiceSpecificCredentials, ListSigningCertificates, PutRolePolicy, PutUserPolicy,
    UpdateAccessKey, UpdateAssumeRolePolicy, UpdateSSHPublicKey, UpdateServiceSpecificCredential,
    UpdateSigningCertificate, document,
};
use crashcart_aws::{AwsError, Call, Door, Operation, Reads, Writes};
use crashcart_model::Timestamp;
use crashcart_respond::{Account, Approved, Change, Scope, Sent, State, Thing};

/// Every call that applying, resuming and reverting can make.
pub(crate) const CALLS: &[Operation] = &[
    ListAccessKeys::OPERATION,
    ListSSHPublicKeys::OPERATION,
    ListServiceSpecificCredentials::OPERATION,
    ListSigningCertificates::OPERATION,
    GetUserPolicy::OPERATION,
    GetRolePolicy::OPERATION,
    GetRole::OPERATION,
    GetLoginProfile::OPERATION,
    UpdateAccessKey::OPERATION,
    UpdateSSHPublicKey::OPERATION,
    UpdateServiceSpecificCredential::OPERATION,
    UpdateSigningCertificate::OPERATION,
    PutUserPolicy::OPERATION,
    DeleteUserPolicy::OPERATION,
    PutRolePolicy::OPERATION,
    DeleteRolePolicy::OPERATION,
    UpdateAssumeRolePolicy::OPERATION,
    DeleteLoginProfile::OPERATION,
];

/// An account behind the door.
pub(crate) struct Live<'d>(pub &'d Door);

impl Account for Live<'_> {
    fn state(&self, thing: &Thing) -> Result<State, AwsError> {
        let reader = self.0.reader();
        let found = match thing {
            Thing::AccessKey { user, .. } => {
                self.one(thing, &Scope::AccessKeyOf { user: user.clone() })
            }
            Thing::SshKey { user, .. } => self.one(thing, &Scope::SshKeyOf { user: user.clone() }),
            Thing::ServiceCredential { user, .. } => {
                self.one(thing, &Scope::ServiceCredentialOf { user: user.clone() })
            }
            Thing::SigningCertificate { user, .. } => {
                self.one(thing, &Scope::SigningCertificateOf { user: user.clone() })
            }
            Thing::UserPolicy { user, name } => reader
                .ask(&GetUserPolicy { user_name: user.clone(), policy_name: name.clone() })
                .and_then(|policy| parsed(&policy.answer.policy_document, "iam:GetUserPolicy")),
            Thing::RolePolicy { role, name } => reader
                .ask(&GetRolePolicy { role_name: role.clone(), policy_name: name.clone() })
                .and_then(|policy| parsed(&policy.answer.policy_document, "iam:GetRolePolicy")),
            Thing::TrustPolicy { role } => {
                reader.ask(&GetRole { role_name: role.clone() }).and_then(|role| {
                    let policy = role.answer.role.assume_role_policy_document;
                    parsed(&policy.unwrap_or_default(), "iam:GetRole")
                })
            }
            Thing::LoginProfile { user } => {
                let asked = reader.ask(&GetLoginProfile { user_name: user.clone() });
                asked.map(|_| State::Present)
            }
        };
        gone_is(found, State::Absent)
    }

    fn list(&self, scope: &Scope) -> Result<Vec<(Thing, State)>, AwsError> {
        gone_is(self.all_of(scope), Vec::new())
    }

    fn send(&self, approved: &Approved, change: &Change) -> Result<Sent, AwsError> {
        let refused = |code: &str| AwsError::Other {
            operation: format!("set the {}", change.thing),
            code: code.to_owned(),
            message: "nothing was sent".to_owned(),
        };
        if !approved.covers(&change.account, &change.thing) {
            return Err(refused("NotApproved"));
        }
        if !change.possible() {
            return Err(refused("NotPossible"));
        }
        let status = || match change.to {
            State::Active => Ok("Active".to_owned()),
            State::Inactive => Ok("Inactive".to_owned()),
            _ => Err(refused("NotPossible")),
        };
        let policy_document = match &change.to {
            State::Document(document) => Some(document.to_string()),
            _ => None,
        };
        match (change.thing.clone(), policy_document) {
            (Thing::AccessKey { user, id }, _) => self.write(&UpdateAccessKey {
                user_name: user,
                access_key_id: id,
                status: status()?,
            }),
            (Thing::SshKey { user, id }, _) => self.write(&UpdateSSHPublicKey {
                user_name: user,
                ssh_public_key_id: id,
                status: status()?,
            }),
            (Thing::ServiceCredential { user, id }, _) => {
                self.write(&UpdateServiceSpecificCredential {
                    user_name: user,
                    service_specific_credential_id: id,
                    status: status()?,
                })
            }
            (Thing::SigningCertificate { user, id }, _) => self.write(&UpdateSigningCertificate {
                user_name: user,
                certificate_id: id,
                status: status()?,
            }),
            (Thing::UserPolicy { user, name }, Some(policy_document)) => {
                self.write(&PutUserPolicy { user_name: user, policy_name: name, policy_document })
            }
            (Thing::RolePolicy { role, name }, Some(policy_document)) => {
                self.write(&PutRolePolicy { role_name: role, policy_name: name, policy_document })
            }
            (Thing::TrustPolicy { role }, Some(policy_document)) => {
                self.write(&UpdateAssumeRolePolicy { role_name: role, policy_document })
            }
            (thing, None) if change.to == State::Absent => self.remove(thing, &refused),
            _ => Err(refused("NotPossible")),
        }
    }

    fn wait(&self, time: Duration) {
        std::thread::sleep(time);
    }

    fn now(&self) -> Timestamp {
        self.0.now()
    }
}

impl Live<'_> {
    fn one(&self, thing: &Thing, scope: &Scope) -> Result<State, AwsError> {
        let all = self.all_of(scope)?;
        let found = all.into_iter().find(|(one, _)| one == thing);
        Ok(found.map_or(State::Absent, |(_, state)| state))
    }

    fn all_of(&self, scope: &Scope) -> Result<Vec<(Thing, State)>, AwsError> {
        let told: Vec<(String, String)> = match scope {
            Scope::AccessKeyOf { user } => self
                .pages(&ListAccessKeys { user_name: user.clone() }, |page| {
                    page.access_key_metadata
                })?
                .map(|key| (key.access_key_id, key.status))
                .collect(),
            Scope::SshKeyOf { user } => self
                .pages(&ListSSHPublicKeys { user_name: user.clone() }, |page| page.ssh_public_keys)?
                .map(|key| (key.ssh_public_key_id, key.status))
                .collect(),
            Scope::ServiceCredentialOf { user } => self
                .pages(&ListServiceSpecificCredentials { user_name: user.clone() }, |page| {
                    page.service_specific_credentials
                })?
                .map(|one| (one.service_specific_credential_id, one.status))
                .collect(),
            Scope::SigningCertificateOf { user } => self
                .pages(&ListSigningCertificates { user_name: user.clone() }, |page| {
                    page.certificates
                })?
                .map(|one| (one.certificate_id, one.status))
                .collect(),
        };
        Ok(told.into_iter().map(|(id, told)| (scope.thing(id), status(&told))).collect())
    }

    /// What the pages of a list hold.
    fn pages<C: Reads, T>(
        &self,
        call: &C,
        of: impl Fn(C::Answer) -> Vec<T>,
    ) -> Result<impl Iterator<Item = T>, AwsError> {
        let reader = self.0.reader();
        match reader.all(reader.region(), call) {
            (pages, None) => Ok(pages.into_iter().flat_map(move |page| of(page.answer))),
            (_, Some(error)) => Err(error),
        }
    }

    fn remove(&self, thing: Thing, refused: &dyn Fn(&str) -> AwsError) -> Result<Sent, AwsError> {
        match thing {
            Thing::UserPolicy { user, name } => {
                self.write(&DeleteUserPolicy { user_name: user, policy_name: name })
            }
            Thing::RolePolicy { role, name } => {
                self.write(&DeleteRolePolicy { role_name: role, policy_name: name })
            }
            Thing::LoginProfile { user } => self.write(&DeleteLoginProfile { user_name: user }),
            _ => Err(refused("NotPossible")),
        }
    }

    fn write<C: Writes>(&self, call: &C) -> Result<Sent, AwsError> {
        let sent = self.0.writer().send(call)?;
        Ok(Sent { request_id: sent.request_id.unwrap_or_default() })
    }
}

/// What is gone, with its user or role, has a state too.
fn gone_is<T>(found: Result<T, AwsError>, gone: T) -> Result<T, AwsError> {
    match found {
        Err(AwsError::NotFound { .. }) => Ok(gone),
        found => found,
    }
}

pub(super) fn status(text: &str) -> State {
    match text {
        "Active" => State::Active,
        "Inactive" => State::Inactive,
        _ => State::Expired,
    }
}

/// A policy document as an answer writes it.
pub(super) fn parsed(encoded: &str, operation: &str) -> Result<State, AwsError> {
    let parsed = serde_json::from_str(&document(encoded));
    parsed.map(State::Document).map_err(|error| AwsError::Other {
        operation: operation.to_owned(),
        code: "UnreadableAnswer".to_owned(),
        message: error.to_string(),
    })
}
