//! Containment from plan to undo: read, plan, keep the plan; approve and apply; resume; give back.
//!
//! Plans and receipts are results of a case (`plans/`, `receipts/`), the journal is its own file.

mod account;
mod descent;
mod facts;
mod found;
mod told;

use std::collections::BTreeSet;
use std::path::Path;

use crashcart_aws::services::iam::GetAccessKeyLastUsed;
use crashcart_aws::services::sts::GetCallerIdentity;
use crashcart_aws::{AwsError, Door};
use crashcart_model::{Environment, Timestamp};
use crashcart_respond::documents::Whose;
use crashcart_respond::{
    Entry, Options, Plan, Receipt, Refusal, Resume, RoleOptions, RunError, Situation, UserFacts,
    UserOptions, cut_off_plan,
};
use crashcart_store::{Case, Journal, StoreError};
use crashcart_story::Lineage;

use crate::permissions::Action;
use crate::{AppError, TriedOnAws};
pub(crate) use account::CALLS as APPLY_CALLS;
use account::Live;
pub(crate) use facts::CALLS as PLAN_CALLS;

pub(crate) use told::tell_what_is_held;

pub use descent::accounts as accounts_of_descent;
pub use found::{Found, Searched, plan_what_was_found};

pub use crashcart_respond::{
    Change, Ending, Held, Options as HoldOptions, Plan as ContainmentPlan, Planned,
    Receipt as ContainmentReceipt, Rehearsal, Resume as Onward, Return, RevertOptions, State, Step,
    StepCommands, StepOutcome, StepReceipt, Undo, Verified, Would,
};

/// Whom to contain, and how far to go.
#[derive(Debug, Clone)]
pub enum Target {
    /// One access key, by its id.
    Key(String),
    /// An IAM user, by name or ARN.
    User {
        /// Name or ARN.
        user: String,
        /// Delete the console password, which cannot be undone.
        delete_console_password: bool,
    },
    /// An IAM role, by name or ARN.
    Role {
        /// Name or ARN.
        role: String,
        /// Only sessions with this source identity.
        source_identity: Option<String>,
        /// Let nobody assume the role any more.
        close_trust: bool,
    },
    /// The sessions that descend from a key or a principal.
    Sessions {
        /// The key or principal.
        of: String,
        /// What descends from it, by the material.
        lineage: Lineage,
        /// Other accounts in which it is planned too.
        planned: BTreeSet<String>,
        /// Deny every session of their roles.
        whole_roles: bool,
    },
}

impl Target {
    /// The action's name in plans and receipts.
    const fn action(&self) -> &'static str {
        match self {
            Self::Key(_) => "key",
            Self::User { .. } => "user",
            Self::Role { .. } => "role",
            Self::Sessions { .. } => "session",
        }
    }
}

/// Reads the account and plans. Changes nothing. `tried` is what selftests have shown.
///
/// # Errors
/// Who must not be contained, and what to do instead; what could not be read.
pub fn plan_containment(
    door: &Door,
    environment: &Environment,
    target: &Target,
    tried: &TriedOnAws,
) -> Result<Plan, AppError> {
    let door = &door.only(Action::Contain.calls());
    let reader = door.reader();
    let caller = reader.ask(&GetCallerIdentity {})?.answer;
    let chain = yourself(door, &caller.arn);
    let (caller_arn, now) = (&*caller.arn, door.now());
    let tried_on_aws = tried.has(target.action());
    let situation = Situation { caller: caller_arn, chain: &chain, environment, now, tried_on_aws };
    let planned = match target {
        Target::Key(id) => {
            let used = reader.ask(&GetAccessKeyLastUsed { access_key_id: id.clone() })?.answer;
            let (owner, unknown) = match used.user_name.filter(|name| !name.is_empty()) {
                Some(name) => facts::owner_of_key(reader, &caller.account, &name)?,
                None => {
                    let arn = format!("arn:aws:iam::{}:root", caller.account);
                    let account = caller.account.clone();
                    (UserFacts { arn, account, ..UserFacts::default() }, Vec::new())
                }
            };
            crashcart_respond::plan_key(id, &owner, &situation).map(|mut plan| {
                plan.notes.extend(unknown);
                plan
            })
        }
        Target::User { user, delete_console_password } => {
            if user.starts_with("arn:") && user.ends_with(":root") {
                return Err(refused(Refusal::Root(user.clone())));
            }
            let name = name_in(user, "user/", &caller.account)?;
            let user = match facts::user(reader, &caller.account, name) {
                // There may be a user of this name; where there is none, the root user is meant.
                Err(AwsError::NotFound { .. }) if name == "root" => {
                    return Err(refused(Refusal::Root(name.to_owned())));
                }
                user => user?,
            };
            let options = UserOptions { delete_console_password: *delete_console_password };
            crashcart_respond::plan_user(&user, options, &situation)
        }
        Target::Role { role, source_identity, close_trust } => {
            let name = name_in(role, "role/", &caller.account)?;
            let role = facts::role(reader, &caller.account, name)?;
            let whose = source_identity.clone().map_or(Whose::All, Whose::SourceIdentity);
            let options = RoleOptions { whose, close_trust: *close_trust };
            crashcart_respond::plan_role(&role, &options, &situation)
        }
        Target::Sessions { of, lineage, planned, whole_roles } => {
            let lineage = (lineage, planned);
            let descent = descent::read(reader, &caller.account, lineage, *whole_roles)?;
            crashcart_respond::plan_sessions((of, &caller.account), &descent, &situation)
        }
    };
    planned.map_err(refused)
}

/// Whether a key can be used, as far as IAM tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is there and active, and its user is not denied everything by a policy of ours.
    Works,
    /// It is active, but its user may do nothing.
    Denied,
    /// It is inactive.
    Inactive,
    /// The user has no such key.
    Gone,
}

/// Reads whether a user's key can be used now.
///
/// # Errors
/// When the account cannot be asked.
pub fn standing(door: &Door, user: &str, key: &str) -> Result<Standing, AppError> {
    let door = door.only(Action::Contain.calls());
    Ok(facts::standing(door.reader(), user, key)?)
}

/// The name in an ARN of the account, or the name as given: also `user/NAME` and `role/PATH/NAME`, as an
/// ARN ends and as plans tell it.
fn name_in<'t>(text: &'t str, kind: &str, account: &str) -> Result<&'t str, AppError> {
    if !text.starts_with("arn:") {
        let own = text.strip_prefix(kind).and_then(|path| path.rsplit('/').next());
        return Ok(own.filter(|name| !name.is_empty()).unwrap_or(text));
    }
    let mut parts = text.splitn(6, ':').skip(4);
    let (owner, resource) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
    let name = resource.strip_prefix(kind).and_then(|path| path.rsplit('/').next());
    match name.filter(|name| !name.is_empty()) {
        Some(name) if owner == account => Ok(name),
        Some(_) => Err(AppError::Request {
            what: format!("{text} is in account {owner}, the credentials at hand are of {account}"),
            hint: "assume a role of that account with --assume-role",
        }),
        None => Err(AppError::Request {
            what: format!("{text} names no {}", kind.trim_end_matches('/')),
            hint: "give the name or the ARN of what is to be contained",
        }),
    }
}

/// The caller's ARN and those that it came through.
fn yourself(door: &Door, caller: &str) -> Vec<String> {
    let links = std::iter::once(caller).chain(door.through().iter().map(String::as_str));
    links.flat_map(came_through).collect()
}

/// An ARN on the way to the caller, and for a session its role's.
fn came_through(link: &str) -> Vec<String> {
    let parts: Vec<&str> = link.splitn(6, ':').collect();
    let mut out = vec![link.to_owned()];
    if let [_, partition, _, _, account, resource] = parts.as_slice()
        && let Some(rest) = resource.strip_prefix("assumed-role/")
    {
        let role = rest.split('/').next().unwrap_or_default();
        out.push(format!("arn:{partition}:iam::{account}:role/{role}"));
    }
    out
}

fn refused(refusal: Refusal) -> AppError {
    AppError::Request { what: refusal.to_string(), hint: refusal.next_step() }
}

/// Keeps a plan in the case; returns its path there.
///
/// # Errors
/// When the case cannot be written.
pub fn keep_plan(case: &mut Case, plan: &Plan) -> Result<String, AppError> {
    let hash = plan.hash();
    let name = format!("plans/{}-{}.json", plan.action, hash.get(..12).unwrap_or_default());
    case.publish(&name, &plan.bytes())?;
    Ok(name)
}

/// A plan and its undo as AWS CLI commands, as if carried out now by this machine's clock: no
/// account is asked, and whoever carries them out may only read.
#[allow(clippy::disallowed_methods, reason = "there is no account whose time could be asked")]
pub fn plan_commands(plan: &Plan) -> Vec<StepCommands> {
    let now = Timestamp::from_millis(jiff::Timestamp::now().as_millisecond());
    crashcart_respond::commands(plan, now)
}

/// Refuses to take from whoever breaks glass now, by the environment as it stands: a plan may be older.
///
/// # Errors
/// Who it is, and what to do instead.
pub fn spares_break_glass(plan: &Plan, environment: &Environment) -> Result<(), AppError> {
    crashcart_respond::refuse_again(plan, &[], &environment.break_glass).map_err(refused)
}

/// Reads a plan.
///
/// # Errors
/// When the file cannot be read, or is no plan as crashcart writes them.
pub fn read_plan(path: &Path) -> Result<Plan, AppError> {
    let bytes = std::fs::read(path).map_err(|source| AppError::read(path, source))?;
    Plan::parse(&bytes).map_err(|error| AppError::Request {
        what: format!("{}: {error}", path.display()),
        hint: "plan again with `crashcart contain`; a plan is never edited",
    })
}

/// Reads a receipt.
///
/// # Errors
/// When the file cannot be read, or is no receipt.
pub fn read_receipt(path: &Path) -> Result<Receipt, AppError> {
    let bytes = std::fs::read(path).map_err(|source| AppError::read(path, source))?;
    Receipt::parse(&bytes).map_err(|error| AppError::Request {
        what: format!("{}: {error}", path.display()),
        hint: "give a file of the case's receipts/ folder",
    })
}

/// What to do with an approved plan.
#[derive(Debug, Clone, Copy)]
pub enum Run<'r> {
    /// Carry it out.
    Apply,
    /// Give back what a receipt says is left.
    Revert(&'r Receipt, RevertOptions<'r>),
    /// Go on where a run was cut off.
    Resume(Resume),
}

/// What a run did, and where the case keeps it; or why it could not be kept. What was done stands
/// in the journal either way.
pub type Ran = (Receipt, Result<String, AppError>);

impl Run<'_> {
    /// Whether whoever runs it would be cut off, were the plan about them. A revert that does not
    /// re-arm ends sessions that are older than it; other ways back only free.
    const fn cuts_off(&self) -> bool {
        match self {
            Self::Apply | Self::Resume(Resume::Finish) => true,
            Self::Revert(_, how) => !how.rearm,
            Self::Resume(Resume::Undo) => false,
        }
    }
}

/// Runs an approved plan in the account.
///
/// # Errors
/// When the approval names another plan or account, it would lock out the caller, an earlier run was
/// cut off, or the case cannot be written: then nothing was sent.
pub fn run_plan(
    (door, case): (&Door, &mut Case),
    plan: &Plan,
    approval: &str,
    run: Run<'_>,
    options: Options,
) -> Result<Ran, AppError> {
    let approved = plan.approve(approval).map_err(|error| AppError::Request {
        what: error.to_string(),
        hint: "`crashcart plan show` prints the plan and its hash",
    })?;
    if let Some(other) = cut_off(case)?.filter(|other| *other != approved.hash()) {
        return Err(AppError::Request {
            what: format!("a run of the plan {other} was cut off in this case"),
            hint: "`crashcart resume CASE` finishes it or gives it back; then run this one",
        });
    }
    let door = &door.only(Action::Apply.calls());
    let caller = must_be_of_account(door, plan)?;
    if run.cuts_off() {
        let yourself = yourself(door, &caller);
        crashcart_respond::refuse_again(plan, &yourself, &[]).map_err(refused)?;
    }
    let live = Live(door);
    let receipt = {
        let mut journal = Journal::open(case)?;
        let history: Vec<Entry> = journal.entries()?;
        match run {
            Run::Apply => {
                crashcart_respond::apply(&approved, &history, &live, &mut journal, options)
            }
            Run::Revert(receipt, how) => {
                let how = RevertOptions { options, ..how };
                crashcart_respond::revert((receipt, &approved), &history, &live, &mut journal, how)
            }
            Run::Resume(how) => {
                let hands = (&live as _, &mut journal as _);
                crashcart_respond::resume(&approved, &history, hands, how, options)
            }
        }
        .map_err(|error| not_run(error, case.dir()))?
    };
    let name = receipt_name(&receipt);
    let kept = case.publish(&name, &receipt.bytes()).map_err(AppError::from);
    Ok((receipt, kept.map(|()| name)))
}

/// The caller's ARN, if it is of the plan's account.
fn must_be_of_account(door: &Door, plan: &Plan) -> Result<String, AppError> {
    let caller = door.reader().ask(&GetCallerIdentity {})?.answer;
    if caller.account == plan.account {
        return Ok(caller.arn);
    }
    Err(AppError::Request {
        what: format!(
            "the plan is for account {}, the credentials at hand are of {}",
            plan.account, caller.account
        ),
        hint: "assume a role of that account with --assume-role",
    })
}

/// Where a case keeps a receipt.
fn receipt_name(receipt: &Receipt) -> String {
    let at = receipt.ended.to_string().replace(':', "");
    let short = receipt.plan.get(..12).unwrap_or_default();
    format!("receipts/{at}-{short}.json")
}

/// Writes the receipts that the journal has and the case's folder has not: of a run that was killed
/// when it had ended. Returns each with its name.
///
/// # Errors
/// When the journal cannot be read or the case cannot be written.
pub fn write_missing_receipts(case: &mut Case) -> Result<Vec<(Receipt, String)>, AppError> {
    let history: Vec<Entry> = Journal::open(case)?.entries()?;
    let mut written = Vec::new();
    for receipt in crashcart_respond::receipts(&history) {
        let name = receipt_name(receipt);
        if !case.dir().join(&name).exists() {
            case.publish(&name, &receipt.bytes())?;
            written.push((receipt.clone(), name));
        }
    }
    Ok(written)
}

/// What carrying a plan out would do now. Sends nothing that changes anything.
///
/// # Errors
/// As [`run_plan`] refuses to begin.
pub fn rehearse(
    (door, case): (&Door, &Case),
    plan: &Plan,
    options: Options,
) -> Result<Rehearsal, AppError> {
    let approved = looked_at(plan)?;
    let door = &door.only(Action::Apply.calls());
    let caller = must_be_of_account(door, plan)?;
    crashcart_respond::refuse_again(plan, &yourself(door, &caller), &[]).map_err(refused)?;
    let history: Vec<Entry> = Journal::open(case)?.entries()?;
    crashcart_respond::rehearse(&approved, &history, &Live(door), options)
        .map_err(|error| not_run(error, case.dir()))
}

/// What giving a receipt back will do, thing by thing. Sends nothing that changes anything.
///
/// # Errors
/// As [`run_plan`] refuses the receipt.
pub fn returns(
    (door, case): (&Door, &Case),
    plan: &Plan,
    receipt: &Receipt,
    how: RevertOptions<'_>,
) -> Result<Vec<Return>, AppError> {
    let approved = looked_at(plan)?;
    let door = &door.only(Action::Apply.calls());
    must_be_of_account(door, plan)?;
    let history: Vec<Entry> = Journal::open(case)?.entries()?;
    crashcart_respond::returns((receipt, &approved), &history, &Live(door), how)
        .map_err(|error| not_run(error, case.dir()))
}

/// The plan as those need it who only look: nothing is sent with it.
fn looked_at(plan: &Plan) -> Result<crashcart_respond::Approved, AppError> {
    plan.approve(&plan.hash()).map_err(|error| AppError::Request {
        what: error.to_string(),
        hint: "plan again with `crashcart contain`",
    })
}

fn not_run(error: RunError, case: &Path) -> AppError {
    // A full disk is no wrong request: nothing was sent, and the same again may go through.
    if let RunError::Journal(error) = &error {
        let source = std::io::Error::other(format!("nothing was sent: {error}"));
        return AppError::Write { path: case.join("journal.jsonl"), source };
    }
    let hint = match error {
        RunError::NotInJournal => {
            "`crashcart case verify CASE` names what changed; move the file away, then `crashcart \
             resume CASE` writes the receipt once more from the journal"
        }
        _ => "nothing was sent; `crashcart resume CASE` goes on with a run that was cut off",
    };
    AppError::Request { what: error.to_string(), hint }
}

/// What the plans of a case changed and did not give back, as its journal tells.
///
/// # Errors
/// When the journal cannot be read.
pub fn held(case: &Case) -> Result<Vec<Held>, StoreError> {
    let history: Vec<Entry> = Journal::open(case)?.entries()?;
    Ok(crashcart_respond::held(&history))
}

/// The hash of the plan whose run was cut off, if there is one.
///
/// # Errors
/// When the journal cannot be read.
pub fn cut_off(case: &Case) -> Result<Option<String>, StoreError> {
    let history: Vec<Entry> = Journal::open(case)?.entries()?;
    Ok(cut_off_plan(&history).map(str::to_owned))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_be_given_as_an_arn_ends() {
        let names = ["web", "role/web", "role/ci/web", "arn:aws:iam::111122223333:role/ci/web"];
        for name in names {
            assert_eq!(name_in(name, "role/", "111122223333").unwrap(), "web", "{name}");
        }
        assert!(name_in("arn:aws:iam::111122223333:user/web", "role/", "111122223333").is_err());
    }

    #[test]
    fn a_journal_that_cannot_be_written_is_no_wrong_request() {
        let full = crashcart_respond::JournalError("no space left on device".into());
        let error = not_run(RunError::Journal(full), Path::new("case"));
        assert!(!error.is_bad_request(), "it ends with 3: the same may go through later");
        assert!(not_run(RunError::CutOff, Path::new("case")).is_bad_request());
    }
}
