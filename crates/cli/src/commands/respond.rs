//! `crashcart respond`: the stages in their order, and their approval.

mod cut;
mod found;
mod logs;
mod remains;
mod watch;

use std::io::{IsTerminal, Write};
use std::path::PathBuf;

use clap::{Args, Subcommand};
use crashcart_app::containment::{self, ContainmentPlan, Onward, Run};
use crashcart_app::{Action, AppError, Door, Needs, Owner};
use crashcart_model::{IdKind, UniqueId};
use crashcart_report::{counted, escape, labelled};

use crate::arguments::{AccountArguments, Bounds, PreflightArguments};
use crate::commands::{self, plans};
use crate::exit::Exit;
use crate::terminal::Terminal;

/// From a leaked key to an account without the intruder, in the right order
///
/// Asks whose the key is, seals what its owner may do, cuts the owner off, asks every region for
/// the event history of the key and its owner, investigates it with the logs that were given, and
/// plans what the story adds: sessions that descend from the key, keys and users that were made.
/// Each plan has an approval of its own. What fails does not lose what was done; run it again to go
/// on.
///
/// Examples:
///   crashcart respond key AKIAIOSFODNN7EXAMPLE ./AWSLogs --case ./case
///   crashcart respond key AKIAIOSFODNN7EXAMPLE --case ./case --yes-contain 111122223333
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Respond {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// A long-lived access key (AKIA...)
    Key(Key),
}

#[derive(Debug, Args)]
struct Key {
    /// The key's id
    #[arg(value_name = "AKIA...")]
    id: String,
    /// More logs, besides the event history and what the case has
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Keep everything in this case folder
    #[arg(long, value_name = "DIR")]
    case: PathBuf,
    /// Approve cutting the owner off, in this account alone: a script cannot know the plan's hash
    /// before there is a plan
    #[arg(long, value_name = "ACCOUNT", help_heading = "Approval")]
    yes_contain: Option<String>,
    /// Approve what the story adds, in this account (may be repeated); it rests on what the logs show
    #[arg(long, value_name = "ACCOUNT", help_heading = "Approval")]
    yes_contain_found: Vec<String>,
    /// Delete the owner's console password too. Nobody can give it back
    #[arg(long)]
    delete_console_password: bool,
    /// Read the logs before the owner is cut off
    #[arg(long)]
    investigate_first: bool,
    /// Do not ask the account for its event history: only the logs that were given
    #[arg(long)]
    no_event_history: bool,
    /// Afterwards watch so long for use of the key after it was cut off, in minutes; 0 looks once
    #[arg(long, value_name = "MINUTES")]
    watch: Option<u64>,
    /// Seconds for which everything must be read back unchanged
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    window: u64,
    /// What is known of the place [default: environment.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    environment: Option<PathBuf>,
    #[command(flatten)]
    bounds: Bounds,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
}

/// As `crashcart permissions` takes them.
const PERMISSIONS: &str = "whois collect-identity contain apply collect-logs";

/// What it does, in its order.
const ACTIONS: [Action; 5] =
    [Action::Whois, Action::CollectIdentity, Action::Contain, Action::Apply, Action::CollectLogs];

impl Respond {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let What::Key(key) = &self.what;
        key.run()
    }
}

impl Key {
    fn run(&self) -> Result<Exit, AppError> {
        self.check()?;
        let open = || self.account.open_for(&self.id);
        let needs = || Needs::of_actions(PERMISSIONS, &ACTIONS);
        if let Some(exit) = self.preflight.run(open, false, needs)? {
            return Ok(exit);
        }
        let door = open()?;
        let owner = self.whose(&door)?;
        let mut exit = if owner.gaps.is_empty() { Exit::Done } else { Exit::Gaps };
        exit = exit.or(self.stage("EVIDENCE", || self.evidence(&door)));
        exit = exit.or(self.stage("RESUME", || self.go_on(&owner)));
        let mut story = None;
        let mut logs = || self.stage("LOGS", || self.logs(&door, &owner, &mut story));
        let cut = || self.stage("CUT OFF", || self.cut_off(&door, &owner));
        let (read, cut) = if self.investigate_first {
            let read = logs();
            (read, cut())
        } else {
            let cut = cut();
            (logs(), cut)
        };
        exit = exit.or(read).or(cut);
        let now = self.stage("NOW", || self.stands(&door, &owner));
        exit = exit.or(now);
        if let Some(minutes) = self.watch {
            exit = exit.or(self.stage("WATCH", || self.watch(&door, &owner, minutes)));
        }
        if let Some(story) = story {
            exit = exit.or(self.stage("STORY", || self.remains(story)));
        }
        self.tell(
            "NEXT",
            "read what is STILL IN PLACE and what was read in the report; run this again for what \
             comes late: what is done already is not done twice; silence in the logs is no proof",
        )?;
        Ok(exit)
    }

    /// Only a long-lived key leads to whom IAM knows.
    fn check(&self) -> Result<(), AppError> {
        let hint = match UniqueId::parse(&self.id).map(|id| id.kind) {
            Some(IdKind::LongLivedAccessKey) => return Ok(()),
            Some(IdKind::TemporaryAccessKey) => {
                "a temporary key belongs to a session: `crashcart contain session ASIA... PATH` \
                 with logs that have it"
            }
            _ => {
                "give the id of the key, AKIA and 16 more; of a user: `crashcart contain user NAME`"
            }
        };
        Err(AppError::Request { what: format!("{} is no long-lived access key", self.id), hint })
    }

    /// One stage; what fails is said, and the rest goes on.
    fn stage(&self, name: &str, run: impl FnOnce() -> Result<Exit, AppError>) -> Exit {
        match run() {
            Ok(exit) => exit,
            Err(error) => {
                let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
                let mut because = String::new();
                let mut cause = std::error::Error::source(&error);
                while let Some(inner) = cause {
                    because.push_str(&format!(": {inner}"));
                    cause = inner.source();
                }
                let _ = self.tell(name, &format!("NOT DONE: {error}{because}{hint}"));
                Exit::of(&error)
            }
        }
    }

    fn tell(&self, label: &str, text: &str) -> Result<(), AppError> {
        let mut out = commands::output();
        labelled(label, &escape::terminal(text), Terminal::look(false).width, &mut out)
            .and_then(|()| out.flush())
            .map_err(AppError::Output)
    }

    fn whose(&self, door: &Door) -> Result<Owner, AppError> {
        let owner = crashcart_app::whose(door, &self.id)?;
        let account = owner.account.as_deref().unwrap_or("unknown");
        let text = match &owner.principal {
            Some(principal) => {
                let console = match owner.console {
                    Some(true) => "a console password",
                    Some(false) => "no console password",
                    None => "a console password: unknown",
                };
                let keys = counted(owner.access_keys.len() as u64, "access key");
                format!("{principal}, account {account}; {keys}, {console}")
            }
            None => format!("account {account}; which user: unknown"),
        };
        self.tell("WHOSE", &text)?;
        for note in owner.notes.iter().chain(&owner.gaps) {
            self.tell("", note)?;
        }
        Ok(owner)
    }

    fn evidence(&self, door: &Door) -> Result<Exit, AppError> {
        let case = plans::open_case(&self.case)?;
        let collected = crashcart_app::collect_identity(door, case, &self.id)?;
        let gaps = collected.identity.gaps.len();
        let answers = collected.collected.len();
        self.tell("EVIDENCE", &format!("{answers} answers about it sealed in the case"))?;
        for gap in &collected.identity.gaps {
            self.tell("GAP", gap)?;
        }
        Ok(if gaps == 0 { Exit::Done } else { Exit::Gaps })
    }

    /// Finishes what a crash cut off. An approval covers the owner, or what was found of this key: a
    /// run of another plan is asked for.
    fn go_on(&self, owner: &Owner) -> Result<Exit, AppError> {
        let cut_off = {
            let mut case = plans::open_case(&self.case)?;
            plans::missing_receipts(&mut case)?;
            containment::cut_off(&case)?
        };
        let Some(hash) = cut_off else { return Ok(Exit::Done) };
        let plan = plans::plan_of(&self.case, &hash)?;
        let text = format!("a run of the plan {hash} was cut off, of {}", plan.target);
        self.tell("RESUME", &text)?;
        let given = match plan.action.as_str() {
            "found" if plan.target == self.id => &self.yes_contain_found[..],
            _ if owner.principal.as_ref() == Some(&plan.target) => self.yes_contain.as_slice(),
            _ => &[],
        };
        let approval = self.approval(&plan, given)?;
        let door = self.account.open_for(&plan.account)?;
        let run = Run::Resume(Onward::Finish);
        self.carry_out(&door, (&plan, &approval), run, self.window)
    }

    /// Keeps a plan in the case, and says so.
    fn keep(&self, label: &str, plan: &ContainmentPlan) -> Result<(), AppError> {
        let mut case = plans::open_case(&self.case)?;
        let path = self.case.join(containment::keep_plan(&mut case, plan)?);
        let steps = counted(plan.steps.len() as u64, "step");
        let text = format!("{steps} planned in account {}: {}", plan.account, path.display());
        self.tell(label, &text)
    }

    /// The approval of a plan: by the number of its account, or its hash is asked for.
    fn approval(&self, plan: &ContainmentPlan, given: &[String]) -> Result<String, AppError> {
        // Whoever is asked is shown them with the steps.
        if !given.is_empty() || !std::io::stdin().is_terminal() {
            plan.notes.iter().try_for_each(|note| self.tell("note", note))?;
        }
        if given.contains(&plan.account) {
            return Ok(plan.hash());
        }
        if let Some(other) = given.first() {
            return Err(AppError::Request {
                what: format!("the plan is for account {}, approved was {other}", plan.account),
                hint: "look at the plan with `crashcart plan show`, then approve its own account",
            });
        }
        if !std::io::stdin().is_terminal() {
            return Err(AppError::Request {
                what: "the plan is not approved".to_owned(),
                hint: "carry it out with `crashcart apply PLAN`, go on with one that was cut off with \
                       `crashcart resume CASE`, or run this again with --yes-contain and, for what \
                       was found, --yes-contain-found",
            });
        }
        plans::Running::of(None, self.window).approval(plan, plans::Asked::Plan)
    }

    /// Carries out a plan that is approved.
    fn carry_out(
        &self,
        door: &Door,
        (plan, approval): (&ContainmentPlan, &str),
        run: Run<'_>,
        window: u64,
    ) -> Result<Exit, AppError> {
        let running = plans::Running::of(Some(approval.to_owned()), window);
        // What could be cut off stays so where a step fails: giving it back would wake the intruder.
        let options = running.options(true);
        let mut case = plans::open_case(&self.case)?;
        let ran = containment::run_plan((door, &mut case), plan, approval, run, options)?;
        running.tell(ran, &self.case)
    }

    fn environment(&self) -> Result<crashcart_model::Environment, AppError> {
        commands::environment::load(self.environment.as_deref(), Some(&self.case))
    }
}
