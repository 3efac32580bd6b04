//! The throw-away user and role of a selftest: made under a path of their own, each noted in the
//! case's journal before it is made, and taken away again, also after a crash.
//!
//! It must never touch a user or role that is not under that path, nor let a secret out.

use std::time::{Duration, Instant};

use crashcart_aws::services::ec2::DescribeRegions;
use crashcart_aws::services::iam::{
    CreateAccessKey, CreateRole, CreateUser, DeleteAccessKey, DeleteRole, DeleteRolePolicy,
    DeleteUser, DeleteUserPolicy, GetRole, GetUser, ListAccessKeys, ListRolePolicies,
    ListUserPolicies, NewAccessKey, PutRolePolicy, PutUserPolicy,
};
use crashcart_aws::services::sts::{AssumeRole, GetSessionToken};
use crashcart_aws::{AwsError, Call, Door, Operation, Reads, Writes};
use crashcart_respond::{Entry, LeftBehind, Throwaway};
use crashcart_store::{Case, Journal};
use serde_json::{Value, json};

use crate::AppError;

/// The path of what a selftest makes: nothing outside of it is made or removed.
pub(crate) const PATH: &str = "/crashcart-selftest/";
/// The name of the policies that allow the probes.
const ALLOWS: &str = "probe";
/// How soon to look again for what was not found.
const SOON: Duration = Duration::from_secs(1);
/// How often something is removed at most.
const ATTEMPTS: u32 = 10;

/// Every call that making and taking away can need.
pub(crate) const CALLS: &[Operation] = &[
    CreateUser::OPERATION,
    PutUserPolicy::OPERATION,
    CreateAccessKey::OPERATION,
    CreateRole::OPERATION,
    PutRolePolicy::OPERATION,
    GetUser::OPERATION,
    ListAccessKeys::OPERATION,
    DeleteAccessKey::OPERATION,
    ListUserPolicies::OPERATION,
    DeleteUserPolicy::OPERATION,
    DeleteUser::OPERATION,
    GetRole::OPERATION,
    ListRolePolicies::OPERATION,
    DeleteRolePolicy::OPERATION,
    DeleteRole::OPERATION,
];

/// What the throw-away principals call with their own credentials; the responder needs none of it.
pub(super) static PROBES: [Operation; 3] =
    [DescribeRegions::OPERATION, GetSessionToken::OPERATION, AssumeRole::OPERATION];

/// A throw-away user and role of one name.
#[derive(Debug)]
pub(super) struct Sandbox<'d> {
    pub(super) door: &'d Door,
    pub(super) account: String,
    /// The name of both.
    pub(super) name: String,
    partition: String,
}

impl<'d> Sandbox<'d> {
    /// In the account of `caller`, an ARN; nothing is made yet.
    pub(super) fn new(door: &'d Door, account: &str, caller: &str) -> Self {
        use std::hash::BuildHasher;
        // Seeded by the operating system: nobody has a user of this name.
        let suffix = std::hash::RandomState::new().hash_one(caller);
        let partition = caller.split(':').nth(1).unwrap_or("aws").to_owned();
        let name = format!("crashcart-selftest-{suffix:016x}");
        Self { door, account: account.to_owned(), name, partition }
    }

    pub(super) fn user_arn(&self) -> String {
        format!("arn:{}:iam::{}:user{PATH}{}", self.partition, self.account, self.name)
    }

    pub(super) fn role_arn(&self) -> String {
        format!("arn:{}:iam::{}:role{PATH}{}", self.partition, self.account, self.name)
    }

    /// A session of the role, as STS names it.
    pub(super) fn session_arn(&self, session: &str) -> String {
        let Self { partition, account, name, .. } = self;
        format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}")
    }

    /// Makes the user, the role and last of all the key, which is the only one that could be misused.
    pub(super) fn make(&self, case: &Case) -> Result<NewAccessKey, AppError> {
        let name = || self.name.clone();
        let (path, policy) = (PATH.to_owned(), ALLOWS.to_owned());
        let user = CreateUser { path: path.clone(), user_name: name() };
        self.make_one(case, Throwaway::User { name: name() }, &user)?;
        let regions = json!({
            "Effect": "Allow", "Action": DescribeRegions::OPERATION.action, "Resource": "*",
        });
        let assume = json!({
            "Effect": "Allow", "Action": AssumeRole::OPERATION.action, "Resource": self.role_arn(),
        });
        let allows = PutUserPolicy {
            user_name: name(),
            policy_name: policy.clone(),
            policy_document: document(&json!([&regions, assume])),
        };
        let what = Throwaway::UserPolicy { user: name(), name: policy.clone() };
        self.make_one(case, what, &allows)?;
        let trust = json!([{
            "Effect": "Allow", "Action": AssumeRole::OPERATION.action,
            "Principal": {"AWS": format!("arn:{}:iam::{}:root", self.partition, self.account)},
            "Condition": {"ArnEquals": {"aws:PrincipalArn": self.user_arn()}},
        }]);
        let assume_role_policy_document = document(&trust);
        let role = CreateRole { path, role_name: name(), assume_role_policy_document };
        self.make_one(case, Throwaway::Role { name: name() }, &role)?;
        let policy_document = document(&json!([regions]));
        let allows =
            PutRolePolicy { role_name: name(), policy_name: policy.clone(), policy_document };
        let what = Throwaway::RolePolicy { role: name(), name: policy };
        self.make_one(case, what, &allows)?;
        let key = CreateAccessKey { user_name: name() };
        let made = self.make_one(case, Throwaway::AccessKey { user: name() }, &key)?;
        Ok(made.access_key)
    }

    fn make_one<C: Writes>(
        &self,
        case: &Case,
        what: Throwaway,
        call: &C,
    ) -> Result<C::Answer, AppError> {
        self.note(case, what)?;
        Ok(self.door.writer().send(call)?.answer)
    }

    /// Notes what is about to be made; returns once the disk has it.
    pub(super) fn note(&self, case: &Case, what: Throwaway) -> Result<(), AppError> {
        let entry = Entry::Making { at: self.door.now(), account: self.account.clone(), what };
        Ok(Journal::open(case)?.append(&entry)?)
    }
}

fn document(statements: &Value) -> String {
    json!({"Version": "2012-10-17", "Statement": statements}).to_string()
}

/// Takes away all that a selftest left, and notes that. `settle` is how long something must not be
/// found to count as gone: IAM shows what was just made a moment later.
///
/// # Errors
/// The first that could not be taken away; the others are, as far as that goes.
pub(super) fn take_away(
    door: &Door,
    case: &Case,
    left: &LeftBehind,
    settle: Duration,
) -> Result<(), AppError> {
    let mut failed = None;
    for thing in &left.things {
        let removed = match thing {
            Throwaway::User { name } => remove_user(door, name, settle),
            Throwaway::Role { name } => remove_role(door, name, settle),
            // They go with their user or role.
            _ => Ok(()),
        };
        if let Err(error) = removed {
            failed.get_or_insert(error);
        }
    }
    if let Some(failed) = failed {
        return Err(failed);
    }
    let entry = Entry::TakenAway { at: door.now(), account: left.account.clone() };
    Ok(Journal::open(case)?.append(&entry)?)
}

fn remove_user(door: &Door, name: &str, settle: Duration) -> Result<(), AppError> {
    let user_name = || name.to_owned();
    let Some(found) = found(door, &GetUser { user_name: user_name() }, settle)? else {
        return Ok(());
    };
    must_be_ours(&found.user.arn)?;
    for page in pages(door, &ListAccessKeys { user_name: user_name() })? {
        for key in page.access_key_metadata {
            let access_key_id = key.access_key_id;
            remove(door, &DeleteAccessKey { user_name: user_name(), access_key_id })?;
        }
    }
    for page in pages(door, &ListUserPolicies { user_name: user_name() })? {
        for policy_name in page.policy_names {
            remove(door, &DeleteUserPolicy { user_name: user_name(), policy_name })?;
        }
    }
    Ok(remove(door, &DeleteUser { user_name: user_name() })?)
}

fn remove_role(door: &Door, name: &str, settle: Duration) -> Result<(), AppError> {
    let role_name = || name.to_owned();
    let Some(found) = found(door, &GetRole { role_name: role_name() }, settle)? else {
        return Ok(());
    };
    must_be_ours(&found.role.arn)?;
    for page in pages(door, &ListRolePolicies { role_name: role_name() })? {
        for policy_name in page.policy_names {
            remove(door, &DeleteRolePolicy { role_name: role_name(), policy_name })?;
        }
    }
    Ok(remove(door, &DeleteRole { role_name: role_name() })?)
}

/// What is there; none where it was not found for as long as `settle`.
fn found<C: Reads>(door: &Door, call: &C, settle: Duration) -> Result<Option<C::Answer>, AwsError> {
    let until = Instant::now() + settle;
    loop {
        match door.reader().ask(call) {
            Ok(found) => return Ok(Some(found.answer)),
            Err(AwsError::NotFound { .. }) if Instant::now() >= until => return Ok(None),
            Err(AwsError::NotFound { .. }) => std::thread::sleep(SOON.min(settle)),
            Err(error) => return Err(error),
        }
    }
}

fn pages<C: Reads>(door: &Door, call: &C) -> Result<Vec<C::Answer>, AwsError> {
    let reader = door.reader();
    match reader.all(reader.region(), call) {
        (pages, None) => Ok(pages.into_iter().map(|page| page.answer).collect()),
        (_, Some(error)) => Err(error),
    }
}

/// Gone is gone. IAM may take a moment to see that nothing hangs on a user or role any more.
fn remove<C: Writes>(door: &Door, call: &C) -> Result<(), AwsError> {
    let mut attempts = 1;
    loop {
        match door.writer().send(call) {
            Ok(_) | Err(AwsError::NotFound { .. }) => return Ok(()),
            Err(AwsError::Other { code, .. })
                if code == "DeleteConflict" && attempts < ATTEMPTS =>
            {
                std::thread::sleep(SOON);
                attempts += 1;
            }
            Err(error) => return Err(error),
        }
    }
}

fn must_be_ours(arn: &str) -> Result<(), AppError> {
    if arn.contains(PATH) {
        return Ok(());
    }
    Err(AppError::Request {
        what: format!("{arn} is not under {PATH}: it is left alone"),
        hint: "look at who made it; a selftest makes things under that path alone",
    })
}
