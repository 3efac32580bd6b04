//! The policies that apply to a user or a role, each read whole.

use std::collections::BTreeMap;

use crashcart_aws::services::iam::{
    GetGroupPolicy, GetPolicy, GetPolicyVersion, GetRolePolicy, GetUserPolicy,
    ListAttachedGroupPolicies, ListAttachedRolePolicies, ListAttachedUserPolicies,
    ListGroupPolicies, ListGroupsForUser, ListPolicyVersions, ListRolePolicies, ListUserPolicies,
    document,
};
use serde::Serialize;
use serde_json::Value;

use super::powers;
use crate::asking::Asking;

/// A policy that applies.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppliedPolicy {
    /// Its name.
    pub name: String,
    /// Of a managed policy.
    pub arn: Option<String>,
    /// `user`, `role`, `group NAME` or `boundary`.
    pub through: String,
    /// The version that counts, of a managed policy.
    pub version: Option<String>,
    /// The versions that were saved, of a managed policy.
    pub saved_versions: Vec<String>,
    /// What it says, in a line; none where it could not be read.
    pub says: Option<String>,
    /// Its text.
    #[serde(skip)]
    pub(crate) document: Option<Value>,
}

impl AppliedPolicy {
    pub(super) fn read(&self) -> powers::Read<'_> {
        powers::Read { name: &self.name, document: self.document.as_ref() }
    }

    fn new(name: String, through: &str, document: Option<Value>) -> Self {
        let says = document.as_ref().map(powers::summary);
        let through = through.to_owned();
        Self { name, arn: None, through, version: None, saved_versions: Vec::new(), says, document }
    }
}

/// A managed policy as read.
#[derive(Debug, Clone, Default)]
struct Managed {
    version: Option<String>,
    saved: Vec<String>,
    document: Option<Value>,
}

/// Reads policies, each managed one once.
pub(super) struct Policies<'a, 'd> {
    asking: &'a mut Asking<'d>,
    managed: BTreeMap<String, Managed>,
    /// What applies, in the order in which it was found.
    pub found: Vec<AppliedPolicy>,
    /// Whether every list was read to its end.
    pub whole: bool,
}

impl<'a, 'd> Policies<'a, 'd> {
    pub fn new(asking: &'a mut Asking<'d>) -> Self {
        Self { asking, managed: BTreeMap::new(), found: Vec::new(), whole: true }
    }

    /// A user's own, those attached to it, and those of its groups.
    pub fn of_user(&mut self, user: &str) {
        let user_name = || user.to_owned();
        let (own, whole) = self.asking.whole(&ListUserPolicies { user_name: user_name() });
        self.whole &= whole;
        for policy_name in own.into_iter().flat_map(|page| page.policy_names) {
            let call = GetUserPolicy { user_name: user_name(), policy_name: policy_name.clone() };
            let text = self.asking.ask(&call).map(|policy| policy.policy_document);
            self.inline(policy_name, "user", text);
        }
        let (pages, whole) =
            self.asking.whole(&ListAttachedUserPolicies { user_name: user_name() });
        self.whole &= whole;
        for policy in pages.into_iter().flat_map(|page| page.attached_policies) {
            self.attached(policy.policy_name, policy.policy_arn, "user");
        }
        let (groups, whole) = self.asking.whole(&ListGroupsForUser { user_name: user_name() });
        self.whole &= whole;
        for group in groups.into_iter().flat_map(|page| page.groups) {
            self.of_group(&group.group_name);
        }
    }

    fn of_group(&mut self, group: &str) {
        let group_name = || group.to_owned();
        let through = format!("group {group}");
        let (own, whole) = self.asking.whole(&ListGroupPolicies { group_name: group_name() });
        self.whole &= whole;
        for policy_name in own.into_iter().flat_map(|page| page.policy_names) {
            let call =
                GetGroupPolicy { group_name: group_name(), policy_name: policy_name.clone() };
            let text = self.asking.ask(&call).map(|policy| policy.policy_document);
            self.inline(policy_name, &through, text);
        }
        let call = ListAttachedGroupPolicies { group_name: group_name() };
        let (pages, whole) = self.asking.whole(&call);
        self.whole &= whole;
        for policy in pages.into_iter().flat_map(|page| page.attached_policies) {
            self.attached(policy.policy_name, policy.policy_arn, &through);
        }
    }

    /// A role's own and those attached to it.
    pub fn of_role(&mut self, role: &str) {
        let role_name = || role.to_owned();
        let (own, whole) = self.asking.whole(&ListRolePolicies { role_name: role_name() });
        self.whole &= whole;
        for policy_name in own.into_iter().flat_map(|page| page.policy_names) {
            let call = GetRolePolicy { role_name: role_name(), policy_name: policy_name.clone() };
            let text = self.asking.ask(&call).map(|policy| policy.policy_document);
            self.inline(policy_name, "role", text);
        }
        let (pages, whole) =
            self.asking.whole(&ListAttachedRolePolicies { role_name: role_name() });
        self.whole &= whole;
        for policy in pages.into_iter().flat_map(|page| page.attached_policies) {
            self.attached(policy.policy_name, policy.policy_arn, "role");
        }
    }

    /// The managed policy that bounds all others.
    pub fn boundary(&mut self, arn: &str) -> AppliedPolicy {
        let name = arn.rsplit('/').next().unwrap_or(arn).to_owned();
        self.of_arn(name, arn.to_owned(), "boundary")
    }

    fn inline(&mut self, name: String, through: &str, text: Option<String>) {
        let document = text.and_then(|text| parsed(&text));
        self.found.push(AppliedPolicy::new(name, through, document));
    }

    fn attached(&mut self, name: String, arn: String, through: &str) {
        let policy = self.of_arn(name, arn, through);
        self.found.push(policy);
    }

    fn of_arn(&mut self, name: String, arn: String, through: &str) -> AppliedPolicy {
        let managed = match self.managed.get(&arn) {
            Some(managed) => managed.clone(),
            None => {
                let managed = managed(self.asking, &arn);
                self.managed.insert(arn.clone(), managed.clone());
                managed
            }
        };
        AppliedPolicy {
            arn: Some(arn),
            version: managed.version,
            saved_versions: managed.saved,
            ..AppliedPolicy::new(name, through, managed.document)
        }
    }
}

/// Reads a managed policy: of the account's own every version that there is, for whoever may make
/// another one count; of AWS's the one that counts.
fn managed(asking: &mut Asking<'_>, arn: &str) -> Managed {
    let policy_arn = || arn.to_owned();
    let policy = asking.ask(&GetPolicy { policy_arn: policy_arn() });
    let listed = asking.all(&ListPolicyVersions { policy_arn: policy_arn() });
    let listed: Vec<_> = listed.into_iter().flat_map(|page| page.versions).collect();
    let default = listed.iter().find(|one| one.is_default_version);
    let version = policy
        .and_then(|policy| policy.policy.default_version_id)
        .or_else(|| default.map(|one| one.version_id.clone()));
    let is_of_aws = arn.split(':').nth(4) == Some("aws");
    let mut wanted: Vec<String> = version.iter().cloned().collect();
    let others = listed.into_iter().map(|one| one.version_id).filter(|_| !is_of_aws);
    wanted.extend(others.filter(|one| Some(one) != version.as_ref()));
    let mut found = Managed { version: version.clone(), ..Managed::default() };
    for version_id in wanted {
        let call = GetPolicyVersion { policy_arn: policy_arn(), version_id: version_id.clone() };
        let Some(read) = asking.ask(&call) else { continue };
        if Some(&version_id) == version.as_ref() {
            found.document = read.policy_version.document.and_then(|text| parsed(&text));
        }
        found.saved.push(version_id);
    }
    found
}

/// A policy's text; none where it is no policy.
pub(super) fn parsed(encoded: &str) -> Option<Value> {
    serde_json::from_str(&document(encoded)).ok().filter(Value::is_object)
}
