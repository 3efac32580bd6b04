//! Whose a key is, and what else its owner can come in with: asked of the account.
//!
//! Nothing is written. What is denied is a gap that names the missing permission; everything else
//! is still asked.

use crashcart_aws::services::iam::{
    GetAccessKeyLastUsed, GetLoginProfile, GetUser, LastUsed, ListAccessKeys,
    ListAttachedGroupPolicies, ListAttachedUserPolicies, ListGroupPolicies, ListGroupsForUser,
    ListMFADevices, ListSSHPublicKeys, ListServiceSpecificCredentials, ListSigningCertificates,
    ListUserPolicies, ListUsers, User,
};
use crashcart_aws::services::organizations::{
    DescribeAccount, DescribeOrganizationalUnit, ListParents,
};
use crashcart_aws::services::sts::GetAccessKeyInfo;
use crashcart_aws::{AwsError, Operation, Reader};
use serde::Serialize;

use crate::asking::Asking;

/// Policies that AWS itself attaches to a user whose key was found in public (IAM User Guide,
/// "AWS managed policies": `AWSCompromisedKeyQuarantine`, V2, V3).
const QUARANTINE: &str = "AWSCompromisedKeyQuarantine";

/// What the account says of a key or a user.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Owner {
    /// `user` or `root`; none where nobody was found.
    pub kind: Option<&'static str>,
    /// The account that was asked about.
    pub account: Option<String>,
    /// Its name in the organization.
    pub account_name: Option<String>,
    /// The organizational units that it lies in, from the root.
    pub units: Vec<String>,
    /// The owner's ARN.
    pub principal: Option<String>,
    /// The user's name.
    pub user: Option<String>,
    /// The user's unique id.
    pub user_id: Option<String>,
    /// When the user was made, as AWS writes it (RFC 3339).
    pub created: Option<String>,
    /// All of the user's keys, the asked one among them.
    pub access_keys: Vec<Key>,
    /// Whether the user has a password for the console; none where that could not be asked.
    pub console: Option<bool>,
    /// MFA devices, by serial number or ARN; none where that could not be asked.
    pub mfa: Option<Vec<String>>,
    /// SSH keys for CodeCommit.
    pub ssh_keys: Vec<Credential>,
    /// Passwords for single services.
    pub service_credentials: Vec<Credential>,
    /// Signing certificates.
    pub certificates: Vec<Credential>,
    /// Groups.
    pub groups: Vec<String>,
    /// Policies that apply: the user's own, attached ones, and those of groups.
    pub policies: Vec<Policy>,
    /// The managed policy that bounds all others.
    pub boundary: Option<String>,
    /// Tags.
    pub tags: Vec<(String, String)>,
    /// Whether AWS itself has limited the user, because a key was found in public; none where not
    /// all policies could be asked.
    pub quarantined: Option<bool>,
    /// What one should know.
    pub notes: Vec<String>,
    /// What could not be asked, and why.
    pub gaps: Vec<String>,
    /// The permissions that were missing, sorted.
    pub missing_permissions: Vec<String>,
}

/// An access key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Key {
    /// Its id.
    pub id: String,
    /// Active or Inactive.
    pub status: String,
    /// As AWS writes it (RFC 3339).
    pub created: Option<String>,
    /// Its last use that IAM knows of; none where it was never used, or could not be asked.
    pub last_used: Option<Use>,
}

/// The last use of a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Use {
    /// As AWS writes it (RFC 3339).
    pub at: String,
    /// The service.
    pub service: String,
    /// The region.
    pub region: String,
}

/// Something else to come in with.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Credential {
    /// Its id.
    pub id: String,
    /// Active or Inactive.
    pub status: String,
}

/// A policy that applies to a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Policy {
    /// Its name.
    pub name: String,
    /// Of a managed policy.
    pub arn: Option<String>,
    /// `user`, or `group NAME`.
    pub through: String,
}

/// Finds the owner of an access key, and what else the owner has; `here` is the account of the
/// credentials at hand.
pub fn owner_of_key(reader: Reader<'_>, here: &str, key: &str) -> Owner {
    let mut finding = Finding::new(reader);
    let info = finding.asking.ask(&GetAccessKeyInfo { access_key_id: key.to_owned() });
    finding.owner.account = info.map(|info| info.account);
    if !finding.is_here(here) {
        return finding.end();
    }
    if key.starts_with("ASIA") {
        finding.owner.notes.push(
            "a temporary key: only logs tell the session and the role or user that it belongs to"
                .to_owned(),
        );
        return finding.end();
    }
    match reader.ask(&GetAccessKeyLastUsed { access_key_id: key.to_owned() }) {
        Ok(used) => {
            finding.asked = Some(Key {
                id: key.to_owned(),
                status: "unknown whether active".to_owned(),
                created: None,
                last_used: last_use(used.answer.access_key_last_used),
            });
            match used.answer.user_name.filter(|user| !user.is_empty()) {
                Some(user) => finding.user(&user),
                None => finding.root(),
            }
        }
        Err(error) => {
            finding.asking.gap(&error);
            match finding.by_listing(key) {
                Some(user) => finding.user(&user),
                None => finding.owner.notes.push(
                    "no user of this account has the key: it was deleted, is the root user's where \
                     that could not be asked, or is mistyped"
                        .to_owned(),
                ),
            }
        }
    }
    finding.end()
}

/// What the account says of a user by name; `here` is the account of the credentials at hand.
pub fn owner_by_name(
    reader: Reader<'_>,
    here: &str,
    (account, user): (Option<&str>, &str),
) -> Owner {
    let mut finding = Finding::new(reader);
    finding.owner.account = account.map(str::to_owned);
    if finding.is_here(here) {
        finding.user(user);
    }
    finding.end()
}

/// A use that IAM knows of.
fn last_use(used: LastUsed) -> Option<Use> {
    let at = used.last_used_date?;
    Some(Use { at, service: used.service_name, region: used.region })
}

struct Finding<'d> {
    asking: Asking<'d>,
    owner: Owner,
    /// The key that was asked about, as far as it is known without a list.
    asked: Option<Key>,
}

impl<'d> Finding<'d> {
    fn new(reader: Reader<'d>) -> Self {
        Self { asking: Asking::new(reader), owner: Owner::default(), asked: None }
    }

    fn end(mut self) -> Owner {
        self.owner.gaps = self.asking.gaps;
        self.owner.missing_permissions = self.asking.missing.into_iter().collect();
        self.owner
    }

    /// Whether the credentials at hand are of the account that is asked about; tells its name.
    fn is_here(&mut self, here: &str) -> bool {
        let account = self.owner.account.get_or_insert_with(|| here.to_owned()).clone();
        self.name_account(&account);
        if account == here {
            return true;
        }
        self.owner.notes.push(format!(
            "the key belongs to account {account}, the credentials at hand to {here}: ask again \
             with --assume-role and a role in {account}"
        ));
        false
    }

    fn name_account(&mut self, account: &str) {
        let found = self.asking.reader.ask(&DescribeAccount { account_id: account.to_owned() });
        match found {
            Ok(found) => self.owner.account_name = Some(found.answer.account.name),
            // An account without an organization has no name to ask for.
            Err(AwsError::Other { code, .. }) if code == "AWSOrganizationsNotInUseException" => {
                return;
            }
            Err(error) => return self.asking.gap(&error),
        }
        let mut child = account.to_owned();
        while let Some(parent) = self.parent(&child) {
            let unit = DescribeOrganizationalUnit { organizational_unit_id: parent.clone() };
            let Some(unit) = self.asking.ask(&unit) else { return };
            self.owner.units.insert(0, unit.organizational_unit.name);
            child = parent;
        }
    }

    /// The unit that an account or unit lies in; none directly under the root.
    fn parent(&mut self, child: &str) -> Option<String> {
        let parents = self.asking.ask(&ListParents { child_id: child.to_owned() })?.parents;
        parents.into_iter().find(|parent| parent.kind == "ORGANIZATIONAL_UNIT").map(|one| one.id)
    }

    /// Goes through all users for a key.
    fn by_listing(&mut self, key: &str) -> Option<String> {
        let users: Vec<User> =
            self.asking.all(&ListUsers {}).into_iter().flat_map(|page| page.users).collect();
        users.into_iter().map(|user| user.user_name).find(|user| {
            let keys = self.asking.all(&ListAccessKeys { user_name: user.clone() });
            keys.iter()
                .flat_map(|page| &page.access_key_metadata)
                .any(|one| one.access_key_id == key)
        })
    }

    fn root(&mut self) {
        self.owner.kind = Some("root");
        self.owner.principal =
            self.owner.account.as_ref().map(|id| format!("arn:aws:iam::{id}:root"));
        self.owner.notes.push(
            "the key is of the account's root user: IAM can neither limit nor disable it; an SCP \
             limits it in a member account, root itself or centralized root access removes it"
                .to_owned(),
        );
    }

    fn user(&mut self, name: &str) {
        let user_name = || name.to_owned();
        self.owner.kind = Some("user");
        self.owner.user = Some(user_name());
        if let Some(user) = self.asking.ask(&GetUser { user_name: user_name() }) {
            let user = user.user;
            self.owner.principal = Some(user.arn);
            self.owner.user_id = Some(user.user_id);
            self.owner.created = Some(user.create_date);
            self.owner.boundary =
                user.permissions_boundary.and_then(|boundary| boundary.permissions_boundary_arn);
            self.owner.tags = user.tags.into_iter().map(|tag| (tag.key, tag.value)).collect();
        }
        self.keys(name);
        self.owner.console =
            match self.asking.reader.ask(&GetLoginProfile { user_name: user_name() }) {
                Ok(_) => Some(true),
                Err(AwsError::NotFound { .. }) => Some(false),
                Err(error) => {
                    self.asking.gap(&error);
                    None
                }
            };
        let gaps = self.asking.failed;
        let devices = self.asking.all(&ListMFADevices { user_name: user_name() });
        let devices = devices.into_iter().flat_map(|page| page.mfa_devices);
        let devices = devices.map(|device| device.serial_number).collect();
        self.owner.mfa = (self.asking.failed == gaps).then_some(devices);
        let keys = self.asking.all(&ListSSHPublicKeys { user_name: user_name() });
        let keys = keys.into_iter().flat_map(|page| page.ssh_public_keys);
        self.owner.ssh_keys =
            keys.map(|key| Credential { id: key.ssh_public_key_id, status: key.status }).collect();
        let passwords = self.asking.all(&ListServiceSpecificCredentials { user_name: user_name() });
        let passwords = passwords.into_iter().flat_map(|page| page.service_specific_credentials);
        self.owner.service_credentials = passwords
            .map(|one| Credential { id: one.service_specific_credential_id, status: one.status })
            .collect();
        let certificates = self.asking.all(&ListSigningCertificates { user_name: user_name() });
        let certificates = certificates.into_iter().flat_map(|page| page.certificates);
        self.owner.certificates = certificates
            .map(|one| Credential { id: one.certificate_id, status: one.status })
            .collect();
        let gaps = self.asking.failed;
        self.policies(name);
        let found = self.owner.policies.iter().any(|policy| policy.name.starts_with(QUARANTINE));
        self.owner.quarantined = (found || self.asking.failed == gaps).then_some(found);
    }

    fn keys(&mut self, name: &str) {
        let gaps = self.asking.failed;
        let pages = self.asking.all(&ListAccessKeys { user_name: name.to_owned() });
        if self.asking.failed > gaps {
            let asked = self.asked.take().filter(|asked| {
                let ids = pages.iter().flat_map(|page| &page.access_key_metadata);
                !ids.map(|key| &key.access_key_id).any(|id| *id == asked.id)
            });
            self.owner.access_keys.extend(asked);
        }
        for key in pages.into_iter().flat_map(|page| page.access_key_metadata) {
            let used =
                self.asking.ask(&GetAccessKeyLastUsed { access_key_id: key.access_key_id.clone() });
            let last_used = used.and_then(|used| last_use(used.access_key_last_used));
            self.owner.access_keys.push(Key {
                id: key.access_key_id,
                status: key.status,
                created: key.create_date,
                last_used,
            });
        }
    }

    fn policies(&mut self, name: &str) {
        let user_name = || name.to_owned();
        let own = self.asking.all(&ListUserPolicies { user_name: user_name() });
        let own = own.into_iter().flat_map(|page| page.policy_names);
        let through = || "user".to_owned();
        self.owner.policies =
            own.map(|name| Policy { name, arn: None, through: through() }).collect();
        let attached = self.asking.all(&ListAttachedUserPolicies { user_name: user_name() });
        let attached = attached.into_iter().flat_map(|page| page.attached_policies);
        self.owner.policies.extend(attached.map(|policy| Policy {
            name: policy.policy_name,
            arn: Some(policy.policy_arn),
            through: through(),
        }));
        let groups = self.asking.all(&ListGroupsForUser { user_name: user_name() });
        for group in groups.into_iter().flat_map(|page| page.groups) {
            let group_name = || group.group_name.clone();
            let through = || format!("group {}", group.group_name);
            let own = self.asking.all(&ListGroupPolicies { group_name: group_name() });
            let own = own.into_iter().flat_map(|page| page.policy_names);
            self.owner.policies.extend(own.map(|name| Policy {
                name,
                arn: None,
                through: through(),
            }));
            let attached = self.asking.all(&ListAttachedGroupPolicies { group_name: group_name() });
            let attached = attached.into_iter().flat_map(|page| page.attached_policies);
            self.owner.policies.extend(attached.map(|policy| Policy {
                name: policy.policy_name,
                arn: Some(policy.policy_arn),
                through: through(),
            }));
            self.owner.groups.push(group.group_name);
        }
    }
}

/// Every call that finding an owner can make.
pub const CALLS: &[Operation] = &[
    <GetAccessKeyInfo as crashcart_aws::Call>::OPERATION,
    <DescribeAccount as crashcart_aws::Call>::OPERATION,
    <ListParents as crashcart_aws::Call>::OPERATION,
    <DescribeOrganizationalUnit as crashcart_aws::Call>::OPERATION,
    <GetAccessKeyLastUsed as crashcart_aws::Call>::OPERATION,
    <ListUsers as crashcart_aws::Call>::OPERATION,
    <ListAccessKeys as crashcart_aws::Call>::OPERATION,
    <GetUser as crashcart_aws::Call>::OPERATION,
    <GetLoginProfile as crashcart_aws::Call>::OPERATION,
    <ListMFADevices as crashcart_aws::Call>::OPERATION,
    <ListSSHPublicKeys as crashcart_aws::Call>::OPERATION,
    <ListServiceSpecificCredentials as crashcart_aws::Call>::OPERATION,
    <ListSigningCertificates as crashcart_aws::Call>::OPERATION,
    <ListUserPolicies as crashcart_aws::Call>::OPERATION,
    <ListAttachedUserPolicies as crashcart_aws::Call>::OPERATION,
    <ListGroupsForUser as crashcart_aws::Call>::OPERATION,
    <ListGroupPolicies as crashcart_aws::Call>::OPERATION,
    <ListAttachedGroupPolicies as crashcart_aws::Call>::OPERATION,
];
