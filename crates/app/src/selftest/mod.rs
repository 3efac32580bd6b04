//! A selftest: in the user's own sandbox account, throw-away principals are contained by the very
//! plans and executor that `contain` and `apply` use, and their credentials tell when calls are
//! denied. In the end the account is as it was.
//!
//! It must never begin in an account that was not named, nor leave something without saying so.

mod probe;
mod receipt;
mod rounds;
mod sandbox;

use std::time::{Duration, Instant};

use crashcart_aws::services::ec2::EC2;
use crashcart_aws::services::iam::IAM;
use crashcart_aws::services::sts::{
    CallerIdentity, GetCallerIdentity, GetSessionToken, RoleCredentials, STS,
};
use crashcart_aws::{AwsError, Door};
use crashcart_model::Environment;
use crashcart_respond::{Entry, LeftBehind, Options, Throwaway, left_behind};
use crashcart_store::{Case, Journal};

use crate::AppError;
use crate::containment;
use crate::permissions;
use probe::{Probe, Who, assuming};
pub use receipt::{
    ActionShown, CredentialShown, Denied, SELFTEST_SCHEMA, SelftestReceipt, StepShown, TriedOnAws,
};
use rounds::{Action, Rounds};
pub(crate) use sandbox::{CALLS, PATH};
use sandbox::{PROBES, Sandbox, take_away};

/// The pause before a session is asked for again.
const SOON: Duration = Duration::from_millis(500);

/// How long a selftest waits.
#[derive(Debug, Clone, Copy)]
pub struct SelftestOptions {
    /// How changes are read back.
    pub hold: Options,
    /// For a denial, and for credentials to work.
    pub bound: Duration,
}

/// What a selftest came to.
#[derive(Debug)]
pub struct Selftest {
    /// What was seen.
    pub receipt: SelftestReceipt,
    /// Where the case keeps it.
    pub kept: Result<String, AppError>,
    /// Why it could not go on.
    pub stopped: Option<AppError>,
    /// Why not all that was made could be taken away.
    pub left: Option<AppError>,
}

/// What an earlier selftest of the case left in an account, if anything.
///
/// # Errors
/// When the journal cannot be read.
pub fn selftest_left(case: &Case) -> Result<Option<LeftBehind>, AppError> {
    let history: Vec<Entry> = Journal::open(case)?.entries()?;
    Ok(left_behind(&history))
}

/// Takes away what an earlier selftest of the case left.
///
/// # Errors
/// When the credentials are of another account, or something cannot be taken away.
pub fn clean_up_selftest(
    door: &Door,
    case: &Case,
    left: &LeftBehind,
    hold: Options,
) -> Result<(), AppError> {
    let door = door.only(permissions::Action::Selftest.calls());
    must_be(&door.reader().ask(&GetCallerIdentity {})?.answer, &left.account)?;
    take_away(&door, case, left, hold.window)
}

/// An account that somebody approved for a selftest by its number. Only [`approve_selftest`] makes
/// one.
#[derive(Debug)]
pub struct ApprovedAccount {
    /// For making and taking away.
    door: Door,
    caller: CallerIdentity,
    environment: Environment,
}

/// Approves the account of the credentials, if `account` is its number.
///
/// # Errors
/// When they are of another account, or the environment calls it production.
pub fn approve_selftest(
    door: &Door,
    account: &str,
    environment: Environment,
) -> Result<ApprovedAccount, AppError> {
    let door = door.only(permissions::Action::Selftest.calls());
    let caller = door.reader().ask(&GetCallerIdentity {})?.answer;
    must_be(&caller, account)?;
    must_not_be_production(&environment, account)?;
    Ok(ApprovedAccount { door, caller, environment })
}

/// Runs a selftest in an approved account. `told` is told how it goes on.
///
/// # Errors
/// Only where nothing was made; whatever happens later is in what is returned.
pub fn selftest(
    approved: &ApprovedAccount,
    case: &mut Case,
    options: &SelftestOptions,
    told: &dyn Fn(&str),
) -> Result<Selftest, AppError> {
    let ApprovedAccount { door, caller, environment } = approved;
    if selftest_left(case)?.is_some() || containment::cut_off(case)?.is_some() {
        return Err(AppError::Request {
            what: "an earlier run was cut off in this case".to_owned(),
            hint: "`crashcart resume CASE` finishes or clears up; then run the selftest",
        });
    }
    let sandbox = Sandbox::new(door, &caller.account, &caller.arn);
    let mut receipt = SelftestReceipt {
        schema: SELFTEST_SCHEMA.into(),
        tool_version: receipt::VERSION.into(),
        account: caller.account.clone(),
        region: door.region().into(),
        against: against(door),
        caller: caller.arn.clone(),
        began: door.now(),
        ended: door.now(),
        name: sandbox.name.clone(),
        actions: Vec::new(),
        stopped: None,
        left: Vec::new(),
    };
    let ran = run(&sandbox, case, (environment, options), &mut receipt, told);
    told("taking everything away again");
    let left = selftest_left(case)?;
    let cleaned = left.as_ref().map(|left| take_away(door, case, left, options.hold.window));
    let failed = cleaned.and_then(Result::err);
    if failed.is_some() {
        receipt.left = left.map(|left| names(&left)).unwrap_or_default();
    }
    receipt.stopped = ran.as_ref().err().map(in_words);
    receipt.ended = door.now();
    let name = format!("selftest/{}.json", receipt.ended.to_string().replace(':', ""));
    let kept = case.publish(&name, &receipt.bytes()).map(|()| name).map_err(AppError::from);
    Ok(Selftest { receipt, kept, stopped: ran.err(), left: failed })
}

fn run(
    sandbox: &Sandbox<'_>,
    case: &mut Case,
    (environment, options): (&Environment, &SelftestOptions),
    receipt: &mut SelftestReceipt,
    told: &dyn Fn(&str),
) -> Result<(), AppError> {
    told(&format!("making the user and the role {}", sandbox.name));
    let (probes, ids) = credentials(sandbox, case, options.bound)?;
    let rounds = Rounds { sandbox, environment, options, probes: &probes, ids };
    told("waiting for every credential to work");
    let mut alive = rounds.all_work();
    for action in Action::ALL {
        if let Err(because) = &alive {
            return Err(AppError::Request {
                what: format!("contain {} was not tried: {because}", action.name()),
                hint: "IAM or EC2 may be slow, or an organization's policy denies them: run it \
                       again with a longer --within",
            });
        }
        told(&format!("contain {}", action.name()));
        let (shown, works) = rounds.round(case, action)?;
        let broken = || shown.said.last().cloned().unwrap_or_default();
        alive = if works { Ok(sandbox.door.now()) } else { Err(broken()) };
        receipt.actions.push(shown);
    }
    Ok(())
}

/// Makes everything that calls: the key, and the sessions that are had with it.
fn credentials(
    sandbox: &Sandbox<'_>,
    case: &Case,
    bound: Duration,
) -> Result<(Vec<Probe>, [String; 3]), AppError> {
    let key = sandbox.make(case)?;
    let (id, role) = (key.access_key_id.clone(), sandbox.role_arn());
    let as_key = sandbox.door.only(&PROBES).as_key(key);
    let (user, reader) = (sandbox.user_arn(), as_key.reader());
    sandbox.note(case, Throwaway::Session { of: format!("user/{}", sandbox.name) })?;
    let user_session = until_it_works(bound, || {
        let asked = reader.ask(&GetSessionToken { duration_seconds: None })?;
        Ok(asked.answer.credentials)
    })?;
    let session_of_role = |name: &str| {
        sandbox.note(case, Throwaway::Session { of: format!("role/{}", sandbox.name) })?;
        let asked = || Ok(reader.ask(&assuming(&role, name))?.answer.credentials);
        until_it_works(bound, asked).map_err(AppError::from)
    };
    let contained = session_of_role(rounds::SESSION)?;
    let other = session_of_role("other")?;
    let ids = [&id, &user_session.access_key_id, &contained.access_key_id].map(Clone::clone);
    let regions = |who, name: String, door| Probe { who, name, door, assume: None };
    let session = |who, of: &str, credentials: RoleCredentials| {
        let name = format!("session {} of the {of}", credentials.access_key_id);
        regions(who, name, as_key.as_role(credentials, user.clone()))
    };
    let assuming = format!("access key {id}, assuming the role");
    let probes = vec![
        regions(Who::Key, format!("access key {id}"), as_key.clone()),
        Probe { assume: Some(role.clone()), ..regions(Who::Assuming, assuming, as_key.clone()) },
        session(Who::UserSession, "user", user_session),
        session(Who::RoleSession, "role, the one that is contained", contained),
        session(Who::OtherSession, "role, another one", other),
    ];
    Ok((probes, ids))
}

/// Asks until the credentials are known and their policy has spread.
fn until_it_works(
    bound: Duration,
    ask: impl Fn() -> Result<RoleCredentials, AwsError>,
) -> Result<RoleCredentials, AwsError> {
    let until = Instant::now() + bound;
    loop {
        match ask() {
            Err(AwsError::Denied { .. } | AwsError::Credentials { .. })
                if Instant::now() < until =>
            {
                std::thread::sleep(SOON);
            }
            answer => return answer,
        }
    }
}

fn must_be(caller: &CallerIdentity, account: &str) -> Result<(), AppError> {
    if caller.account == account {
        return Ok(());
    }
    Err(AppError::Request {
        what: format!(
            "the selftest is for account {account}, the credentials at hand are of {}; nothing \
             was made",
            caller.account
        ),
        hint: "name your sandbox account with --account, and its credentials with --profile",
    })
}

/// Whoever calls an account production in `environment.toml` wants nothing made there.
fn must_not_be_production(environment: &Environment, account: &str) -> Result<(), AppError> {
    let name = environment.accounts.get(account).map(|account| account.name.to_ascii_lowercase());
    let name = name.unwrap_or_default();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    if !words.any(|word| word == "prod" || word == "production") {
        return Ok(());
    }
    Err(AppError::Request {
        what: format!("environment.toml calls account {account} {name}; nothing was made"),
        hint: "run the selftest in a sandbox account",
    })
}

/// `AWS`, or what stands in its place.
fn against(door: &Door) -> String {
    let mut others: Vec<String> =
        [&IAM, &STS, &EC2].into_iter().filter_map(|service| door.instead_of_aws(service)).collect();
    others.sort();
    others.dedup();
    match others.is_empty() {
        true => receipt::AWS.to_owned(),
        false => format!("{}, not AWS", others.join(" and ")),
    }
}

/// The users and roles of what was left: all else hangs on them.
fn names(left: &LeftBehind) -> Vec<String> {
    let things = left.things.iter();
    let whole =
        |thing: &&Throwaway| matches!(thing, Throwaway::User { .. } | Throwaway::Role { .. });
    things.filter(whole).map(|thing| format!("{thing} under {PATH}")).collect()
}

/// An error with what caused it.
fn in_words(error: &AppError) -> String {
    let mut out = error.to_string();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        out.push_str(": ");
        out.push_str(&cause.to_string());
        next = cause.source();
    }
    out
}
