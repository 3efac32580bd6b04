//! Everything that an account says of one principal, for evidence, and in short what its policies
//! let it do. The door seals each answer as it comes ([`crashcart_aws::Keep`]); here is decided only
//! what is asked, in which order.
//!
//! It must never change anything, nor call something read that was not.

mod account;
mod calls;
mod policies;
mod powers;
mod target;

use std::collections::BTreeMap;
use std::time::Duration;

use crashcart_aws::services::ec2::DescribeInstances;
use crashcart_aws::services::iam::{
    GetInstanceProfile, GetRole, GetUser, ListInstanceProfilesForRole,
};
use crashcart_aws::{AwsError, Reader};
use serde::Serialize;

use crate::asking::Asking;
use crate::{Owner, owner_by_name, owner_of_key};
use account::Reports;
pub use account::{OrganizationPolicy, ServiceUse};
pub use calls::CALLS;
pub use policies::AppliedPolicy;
use policies::Policies;
pub use powers::Everything;
pub use target::IdentityTarget;

/// What an account says of a principal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Identity {
    /// `user`, `role` or `root`.
    pub kind: &'static str,
    /// The account.
    pub account: String,
    /// The ARN; none where it could not be asked.
    pub principal: Option<String>,
    /// The name; none of root.
    pub name: Option<String>,
    /// What a user comes in with.
    pub owner: Option<Owner>,
    /// Who may assume a role; none where that could not be asked, or it is no role.
    pub trusts: Option<Vec<String>>,
    /// Instance profiles that hand a role to instances.
    pub instance_profiles: Vec<String>,
    /// What applies.
    pub policies: Vec<AppliedPolicy>,
    /// Whether these are all policies.
    pub policies_whole: bool,
    /// What bounds them.
    pub boundary: Option<AppliedPolicy>,
    /// Service control policies above the account; none where that could not be asked.
    pub organization_policies: Option<Vec<OrganizationPolicy>>,
    /// Whether its policies allow everything.
    pub everything: Everything,
    /// What they let it do, in short.
    pub may: Vec<String>,
    /// Services that it used, last first; none where that could not be asked.
    pub services_used: Option<Vec<ServiceUse>>,
    /// Its line of the credential report, by heading.
    pub credential_report: BTreeMap<String, String>,
    /// What could not be asked, and why.
    pub gaps: Vec<String>,
    /// The permissions that were missing, sorted.
    pub missing_permissions: Vec<String>,
}

/// Why there is nobody to tell of.
#[derive(Debug, thiserror::Error)]
pub enum NoIdentity {
    /// It could not be found out who it is.
    #[error("{0}")]
    Unknown(String),
    /// It could not be asked who it is.
    #[error(transparent)]
    Aws(#[from] AwsError),
}

/// Asks the account that the credentials are of, `here`, for everything about a principal. `pause`
/// waits for reports that take a moment.
///
/// # Errors
/// When it cannot be found out who that is; then little was asked.
pub fn identity(
    reader: Reader<'_>,
    here: &str,
    target: &IdentityTarget,
    pause: &dyn Fn(Duration),
) -> Result<Identity, NoIdentity> {
    let mut collecting =
        Collecting { asking: Asking::new(reader), found: Identity::default(), pause };
    collecting.found.account = here.to_owned();
    match collecting.who(target)? {
        Who::User(owner) => collecting.user(*owner),
        Who::Role(name) => collecting.role(&name),
        Who::Root => collecting.root(),
    }
    let Collecting { asking, mut found, .. } = collecting;
    let owner = found.owner.as_ref();
    let (gaps, missing) =
        owner.map(|one| (one.gaps.clone(), one.missing_permissions.clone())).unwrap_or_default();
    found.gaps = gaps;
    // Some things are asked once for the owner and once for its policies.
    let fresh: Vec<String> =
        asking.gaps.into_iter().filter(|gap| !found.gaps.contains(gap)).collect();
    found.gaps.extend(fresh);
    found.missing_permissions = missing.into_iter().chain(asking.missing).collect();
    found.missing_permissions.sort();
    found.missing_permissions.dedup();
    Ok(found)
}

enum Who {
    User(Box<Owner>),
    Role(String),
    Root,
}

struct Collecting<'a, 'd> {
    asking: Asking<'d>,
    found: Identity,
    pause: &'a dyn Fn(Duration),
}

impl Collecting<'_, '_> {
    fn who(&mut self, target: &IdentityTarget) -> Result<Who, NoIdentity> {
        let here = self.found.account.clone();
        let reader = self.asking.reader;
        let user = |name: &str| {
            Who::User(Box::new(owner_by_name(reader, &here, (Some(here.as_str()), name))))
        };
        Ok(match target {
            IdentityTarget::Key(key) => {
                let owner = owner_of_key(reader, &here, key);
                match (owner.kind, owner.notes.first().or(owner.gaps.first())) {
                    (Some("user"), _) => Who::User(Box::new(owner)),
                    (Some("root"), _) => Who::Root,
                    (_, note) => {
                        let why = note.cloned().unwrap_or_default();
                        return Err(NoIdentity::Unknown(format!("whose {key} is: {why}")));
                    }
                }
            }
            IdentityTarget::User(name) => {
                must_be_there(reader.ask(&GetUser { user_name: name.clone() }))?;
                user(name)
            }
            IdentityTarget::Role(name) => {
                must_be_there(reader.ask(&GetRole { role_name: name.clone() }))?;
                Who::Role(name.clone())
            }
            IdentityTarget::Root => Who::Root,
            IdentityTarget::Name(name) => {
                let is_user = reader.ask(&GetUser { user_name: name.clone() });
                let is_role = reader.ask(&GetRole { role_name: name.clone() });
                match (is_user, is_role) {
                    (Ok(_), Ok(_)) => {
                        return Err(NoIdentity::Unknown(format!(
                            "both a user and a role are called {name}"
                        )));
                    }
                    (Ok(_), Err(_)) => user(name),
                    (Err(_), Ok(_)) => Who::Role(name.clone()),
                    (Err(AwsError::NotFound { .. }), Err(error)) | (Err(error), Err(_)) => {
                        return Err(error.into());
                    }
                }
            }
            IdentityTarget::Profile(name) => Who::Role(self.of_profile(name)?),
            IdentityTarget::Instance(id) => {
                let call = DescribeInstances { instance_ids: vec![id.clone()] };
                let answer = reader.ask(&call)?.answer;
                let mut instances = answer.reservations.into_iter().flat_map(|one| one.instances);
                let profile = instances.find_map(|instance| instance.iam_instance_profile);
                let name = profile.and_then(|one| one.arn.rsplit('/').next().map(str::to_owned));
                let name = name.ok_or_else(|| {
                    NoIdentity::Unknown(format!("instance {id} has no instance profile"))
                })?;
                Who::Role(self.of_profile(&name)?)
            }
        })
    }

    fn of_profile(&mut self, name: &str) -> Result<String, NoIdentity> {
        let call = GetInstanceProfile { instance_profile_name: name.to_owned() };
        let roles = self.asking.reader.ask(&call)?.answer.instance_profile.roles;
        let role = roles.into_iter().next().map(|role| role.role_name);
        role.ok_or_else(|| {
            NoIdentity::Unknown(format!("instance profile {name} hands out no role"))
        })
    }

    fn user(&mut self, owner: Owner) {
        let name = owner.user.clone().unwrap_or_default();
        self.found.kind = "user";
        self.found.principal.clone_from(&owner.principal);
        self.found.name = Some(name.clone());
        let boundary = owner.boundary.clone();
        self.found.owner = Some(owner);
        let reports = Reports::order(&mut self.asking, self.found.principal.as_deref());
        let boundary_known = self.found.principal.is_some();
        self.policies(|policies| policies.of_user(&name), boundary.as_deref(), boundary_known);
        self.rest(reports, &name);
    }

    fn role(&mut self, name: &str) {
        self.found.kind = "role";
        self.found.name = Some(name.to_owned());
        let role = self.asking.ask(&GetRole { role_name: name.to_owned() }).map(|one| one.role);
        self.found.principal = role.as_ref().map(|role| role.arn.clone());
        let trust = role.as_ref().and_then(|role| role.assume_role_policy_document.as_deref());
        self.found.trusts = trust.and_then(policies::parsed).as_ref().map(powers::trusted);
        let profiles = self.asking.all(&ListInstanceProfilesForRole { role_name: name.to_owned() });
        let profiles = profiles.into_iter().flat_map(|page| page.instance_profiles);
        self.found.instance_profiles = profiles.map(|one| one.instance_profile_name).collect();
        let reports = Reports::order(&mut self.asking, self.found.principal.as_deref());
        let known = role.is_some();
        let boundary = role
            .and_then(|role| role.permissions_boundary)
            .and_then(|boundary| boundary.permissions_boundary_arn);
        self.policies(|policies| policies.of_role(name), boundary.as_deref(), known);
        self.rest(reports, "");
    }

    fn root(&mut self) {
        self.found.kind = "root";
        self.found.principal = Some(format!("arn:aws:iam::{}:root", self.found.account));
        self.found.policies_whole = true;
        self.found.everything = Everything::Yes;
        self.found.may = vec![
            "the root user may do everything: no policy of IAM applies to it, in a member account \
             service control policies do"
                .to_owned(),
        ];
        let reports = Reports::order(&mut self.asking, None);
        self.rest(reports, "<root_account>");
    }

    fn policies(
        &mut self,
        read: impl FnOnce(&mut Policies<'_, '_>),
        boundary: Option<&str>,
        boundary_known: bool,
    ) {
        let mut policies = Policies::new(&mut self.asking);
        read(&mut policies);
        let bound = boundary.map(|arn| policies.boundary(arn));
        let (found, whole) = (policies.found, policies.whole);
        let applied: Vec<powers::Read<'_>> = found.iter().map(AppliedPolicy::read).collect();
        let unknown = powers::Read { name: "(whether there is one)", document: None };
        let judged = match (&bound, boundary_known) {
            (Some(bound), _) => Some(bound.read()),
            (None, true) => None,
            (None, false) => Some(unknown),
        };
        (self.found.everything, self.found.may) = powers::judge(&applied, whole, judged);
        (self.found.policies, self.found.policies_whole) = (found, whole);
        self.found.boundary = bound;
    }

    /// What is of the whole account, last: the rest is worth more if the credentials end.
    fn rest(&mut self, reports: Reports, user: &str) {
        let account = self.found.account.clone();
        self.found.organization_policies = account::organization(&mut self.asking, &account);
        account::authorization_details(&mut self.asking);
        self.found.credential_report = reports.credentials(&mut self.asking, user, self.pause);
        self.found.services_used = reports.services(&mut self.asking, self.pause);
    }
}

/// Somebody who is not there is nobody to tell of; whoever may not be asked about still is.
fn must_be_there<T>(asked: Result<T, AwsError>) -> Result<(), NoIdentity> {
    match asked {
        Err(error @ AwsError::NotFound { .. }) => Err(error.into()),
        _ => Ok(()),
    }
}
