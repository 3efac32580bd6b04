//! `crashcart respond`

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use crashcart_app::containment::{self, ContainmentPlan, Onward, Run, Target};
use crashcart_app::{
    AppError, CaseRun, Door, FOLLOWED, Filter, Lookup, Owner, Pivot, Question, RuleOptions, Rules,
    WantedHistory,
};
use crashcart_model::{IdKind, UniqueId};
use crashcart_report::{counted, escape, labelled};

use crate::arguments::{AccountArguments, Bounds, Filters};
use crate::commands::{self, plans};
use crate::exit::Exit;
use crate::progress::{Asked, Shown};
use crate::terminal::Terminal;

/// How often the event history is asked while it is watched.
const BETWEEN: Duration = Duration::from_secs(60);

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
    /// Approve what the story adds, in this account alone; it rests on what the logs show
    #[arg(long, value_name = "ACCOUNT", help_heading = "Approval")]
    yes_contain_found: Option<String>,
    /// Delete the owner's console password too. Nobody can give it back
    #[arg(long)]
    delete_console_password: bool,
    /// Read the logs before the owner is cut off
    #[arg(long)]
    investigate_first: bool,
    /// Do not ask the account for its event history: only the logs that were given
    #[arg(long)]
    no_event_history: bool,
    /// Afterwards watch so long for further use of the key, in minutes
    #[arg(long, value_name = "MINUTES", default_value_t = 0)]
    watch: u64,
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
}

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
        let door = self.account.open_for(&self.id)?;
        let owner = self.whose(&door)?;
        let mut exit = if owner.gaps.is_empty() { Exit::Done } else { Exit::Gaps };
        exit = exit.or(self.stage("EVIDENCE", || self.evidence(&door)));
        exit = exit.or(self.stage("RESUME", || self.go_on(&door)));
        let cut = || self.stage("CUT OFF", || self.cut_off(&door, &owner));
        let logs = || self.stage("LOGS", || self.logs(&door, &owner));
        exit = exit.or(if self.investigate_first { logs().or(cut()) } else { cut().or(logs()) });
        if self.watch > 0 {
            exit = exit.or(self.stage("WATCH", || self.watch(&door)));
        }
        self.tell(
            "NEXT",
            "run this again for what comes late: what is done already is not done twice; silence \
             in the logs is no proof",
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
                if error.is_bad_request() { Exit::BadRequest } else { Exit::NoAccess }
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

    /// Finishes what a crash cut off.
    fn go_on(&self, door: &Door) -> Result<Exit, AppError> {
        let mut case = plans::open_case(&self.case)?;
        let Some(hash) = containment::cut_off(&case)? else { return Ok(Exit::Done) };
        let plan = plans::plan_of(&self.case, &hash)?;
        self.tell("RESUME", &format!("a run of the plan {hash} was cut off: it is finished"))?;
        let given =
            if plan.action == "found" { &self.yes_contain_found } else { &self.yes_contain };
        let running = self.running(&plan, given.as_deref());
        let approval = running.approval(&plan, &[])?;
        let options = running.options(false);
        let run = Run::Resume(Onward::Finish);
        let ran = containment::run_plan((door, &mut case), &plan, &approval, run, options)?;
        running.tell(ran, &self.case)
    }

    fn cut_off(&self, door: &Door, owner: &Owner) -> Result<Exit, AppError> {
        let target = match &owner.user {
            Some(user) => Target::User {
                user: user.clone(),
                // Once it is deleted there is none to delete.
                delete_console_password: self.delete_console_password
                    && owner.console != Some(false),
            },
            // Refused with words on what to do instead, where it is root's.
            None => Target::Key(self.id.clone()),
        };
        let environment = self.environment()?;
        let plan = containment::plan_containment(door, &environment, &target)?;
        if plan.is_in_place() {
            let text = format!("{} is contained already: the account was read again", plan.target);
            self.tell("CUT OFF", &text)?;
            return Ok(Exit::Done);
        }
        self.approve_and_apply(door, "CUT OFF", &plan, self.yes_contain.as_deref())
    }

    fn logs(&self, door: &Door, owner: &Owner) -> Result<Exit, AppError> {
        let mut exit = Exit::Done;
        if !self.no_event_history {
            exit = self.stage("LOGS", || self.event_history(door, owner));
        }
        let open = || self.account.here();
        let filters = Filters::default();
        let buckets = self.bounds.buckets(&filters, &open)?;
        let (inputs, options) = self.bounds.open(&self.paths, &filters, &buckets)?;
        if self.paths.is_empty() && crashcart_app::evidence_of_case(&self.case, &buckets).is_err() {
            self.tell(
                "LOGS",
                "there are none: what was done with the key, and the sessions that descend from \
                 it, are UNKNOWN and go on; run this again with the logs as PATH",
            )?;
            return Ok(exit.or(Exit::Gaps));
        }
        let environment = self.environment()?;
        let threads = self.bounds.threads();
        let rules = Rules::load(&RuleOptions { threads, ..RuleOptions::default() })?;
        let question = Question {
            rules: &rules,
            environment: &environment,
            pivot: Pivot { keys: vec![self.id.clone()], ..Pivot::default() },
            findings: Vec::new(),
            baseline: None,
            places: None,
            sealed: Vec::new(),
            version: env!("CARGO_PKG_VERSION"),
        };
        let shown = Shown::begin(Terminal::look(false).live, false);
        let run = CaseRun { folder: &self.case, copy_evidence: false, buckets: &buckets };
        let options = options.asking();
        let ran = run.investigate(inputs, &options, shown.counters(), question)?;
        let investigation = ran.investigation;
        let inputs = crashcart_app::evidence_of_case(&self.case, &buckets)?;
        let (lineage, _) = crashcart_app::lineage(&self.id, &inputs, &options, shown.counters());
        drop(shown);
        let (events, came) = (investigation.coverage.events, lineage.descends.len());
        let events = counted(events, "event");
        let report = self.case.join("report/report.html");
        let (text, known) = match came {
            0 => ("none with the key: what was done with it is UNKNOWN".to_owned(), Exit::Gaps),
            1 => ("no session or key came of the key in them".to_owned(), Exit::Done),
            2 => ("one session or key came of the key".to_owned(), Exit::Done),
            more => (format!("{} sessions and keys came of the key", more - 1), Exit::Done),
        };
        self.tell("LOGS", &format!("{events}, {text}; the report is {}", report.display()))?;
        let exit = exit.or(known).or(commands::exit(&investigation.coverage, false));
        let of = (&*self.id, owner.user.as_deref());
        let story = (&investigation, &lineage);
        let (plan, notes) = containment::plan_what_was_found(door, &environment, of, story)?;
        let Some(plan) = plan else {
            self.tell("FOUND", "nothing more that can be contained by itself")?;
            for note in notes {
                self.tell("", &note)?;
            }
            return Ok(exit);
        };
        let given = self.yes_contain_found.as_deref();
        Ok(exit.or(self.approve_and_apply(door, "FOUND", &plan, given)?))
    }

    /// Asks every region for what the key and its owner did, into the case.
    fn event_history(&self, door: &Door, owner: &Owner) -> Result<Exit, AppError> {
        let keys = owner.access_keys.iter().map(|key| key.id.clone());
        let mut lookups: Vec<Lookup> = std::iter::once(self.id.clone())
            .chain(keys.filter(|key| *key != self.id))
            .map(Lookup::Key)
            .collect();
        lookups.extend(owner.user.clone().map(Lookup::User));
        let asked = Asked::begin(Terminal::look(false).live, false);
        let case = (&*self.case, env!("CARGO_PKG_VERSION"));
        let progress = |region: &str, events| asked.page(region, events);
        crashcart_app::collect_live(door, case, (&lookups, &Filter::default()), &progress)?;
        Ok(Exit::Done)
    }

    /// Asks for further use of the key until the time is over.
    fn watch(&self, door: &Door) -> Result<Exit, AppError> {
        let until = Instant::now() + Duration::from_secs(self.watch.saturating_mul(60));
        let began =
            crashcart_model::Timestamp::from_millis(jiff::Timestamp::now().as_millisecond());
        let wanted = WantedHistory {
            lookup: Lookup::Key(self.id.clone()),
            since: Some(began),
            until: None,
            regions: Vec::new(),
            follow: FOLLOWED,
        };
        loop {
            let case = plans::open_case(&self.case)?;
            let told = crashcart_app::collect_event_history(door, case, &wanted, &|_, _| {})?;
            let events: u64 = told.regions.iter().map(|region| region.events).sum();
            if events > 0 {
                self.tell("WATCH", &format!("{events} events of the key since {began}: look at them with `crashcart investigate --case CASE`"))?;
                return Ok(Exit::Gaps);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                self.tell("WATCH", &format!("no event of the key since {began} was there yet; events come up to 15 minutes late, and data events never come this way: no proof"))?;
                return Ok(Exit::Done);
            }
            std::thread::sleep(BETWEEN.min(left));
        }
    }

    /// Keeps a plan, asks for its approval, carries it out.
    fn approve_and_apply(
        &self,
        door: &Door,
        label: &str,
        plan: &ContainmentPlan,
        given: Option<&str>,
    ) -> Result<Exit, AppError> {
        let mut case = plans::open_case(&self.case)?;
        let path = self.case.join(containment::keep_plan(&mut case, plan)?);
        let steps = plan.steps.len();
        self.tell(label, &format!("{steps} steps planned: {}", path.display()))?;
        for note in plan.notes.iter().filter(|note| {
            note.starts_with("NOT PLANNED")
                || note.starts_with("UNKNOWN")
                || note.starts_with("in account")
        }) {
            self.tell("", note)?;
        }
        if let Some(account) = given.filter(|account| **account != plan.account) {
            return Err(AppError::Request {
                what: format!("the plan is for account {}, approved was {account}", plan.account),
                hint: "look at the plan with `crashcart plan show`, then approve its own account",
            });
        }
        if given.is_none() && !std::io::stdin().is_terminal() {
            return Err(AppError::Request {
                what: "the plan is not approved".to_owned(),
                hint: "carry it out with `crashcart apply PLAN`, or run this again with \
                       --yes-contain and, for what was found, --yes-contain-found",
            });
        }
        let running = self.running(plan, given);
        let approval = running.approval(plan, &[])?;
        let options = running.options(false);
        let ran = containment::run_plan((door, &mut case), plan, &approval, Run::Apply, options)?;
        running.tell(ran, &self.case)
    }

    /// An account that was named approves a plan of that account; else the hash is asked for.
    fn running(&self, plan: &ContainmentPlan, given: Option<&str>) -> plans::Running {
        let approved = given.filter(|account| **account == plan.account).map(|_| plan.hash());
        plans::Running::of(approved, self.window)
    }

    fn environment(&self) -> Result<crashcart_model::Environment, AppError> {
        commands::environment::load(self.environment.as_deref(), Some(&self.case))
    }
}
