//! Plans and receipts: where they are, how they are approved, what is printed of them.

mod receipt;
mod rehearsal;
mod text;

pub use rehearsal::tell_rehearsal;
pub use text::plan_text;

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use crashcart_app::containment::{self, ContainmentPlan, HoldOptions, Ran, Return};
use crashcart_app::{AppError, Case};
use crashcart_report::json_document;
use serde_json::{Value, json};

use crate::commands;
use crate::exit::Exit;
use crate::terminal::{Terminal, say};

/// Characters of a hash that are asked for.
const ASKED: usize = 8;

/// What is approved.
#[derive(Debug, Clone, Copy)]
pub enum Asked<'r> {
    /// The plan's steps, or going on with them.
    Plan,
    /// Giving back what they took.
    GivingBack(&'r [Return]),
}

/// How a run is approved and told.
#[derive(Debug, Args)]
pub struct Running {
    /// The plan's hash, or at least its first 8 characters; without it they are asked for
    #[arg(long, value_name = "HASH")]
    approve: Option<String>,
    /// Seconds for which everything must be read back unchanged
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    window: u64,
    /// One JSON document
    #[arg(long)]
    pub json: bool,
}

impl Running {
    /// A run whose approval is known, or asked for on the terminal.
    pub const fn of(approve: Option<String>, window: u64) -> Self {
        Self { approve, window, json: false }
    }

    /// How long to read back; the bound is twelve times the window, two minutes at least.
    pub fn options(&self, keep_going: bool) -> HoldOptions {
        let window = Duration::from_secs(self.window);
        HoldOptions { keep_going, window, bound: (window * 12).max(Duration::from_secs(120)) }
    }

    /// Refuses to begin where nobody has approved and nobody can be asked.
    pub fn may_be_approved(&self) -> Result<(), AppError> {
        if self.approve.is_some() || std::io::stdin().is_terminal() {
            return Ok(());
        }
        Err(AppError::Request {
            what: "the plan is not approved".to_owned(),
            hint: "give --approve HASH; `crashcart plan show` prints the plan and its hash",
        })
    }

    /// The approval: given, or asked for on the terminal after it was shown what for.
    pub fn approval(&self, plan: &ContainmentPlan, asked: Asked<'_>) -> Result<String, AppError> {
        self.may_be_approved()?;
        if let Some(given) = &self.approve {
            if let Asked::GivingBack(returns) = asked {
                returns.iter().for_each(|one| say(&format!("{}: {}", one.label(), one.words())));
            }
            return Ok(given.clone());
        }
        let terminal = Terminal::look(false);
        let mut shown = std::io::stderr().lock();
        let written = text::asked(plan, asked, terminal.width, &mut shown);
        let written = written.and_then(|()| shown.flush());
        written.map_err(AppError::Output)?;
        let mut typed = String::new();
        std::io::stdin().read_line(&mut typed).map_err(AppError::Output)?;
        Ok(typed.trim().to_owned())
    }

    /// Prints what a run did, and where its receipt is.
    pub fn tell(&self, (receipt, kept): Ran, case: &Path) -> Result<Exit, AppError> {
        let path = kept.as_ref().ok().map(|name| case.join(name));
        let mut out = commands::output();
        let printed = if self.json {
            let steps: Vec<Value> = receipt
                .steps
                .iter()
                .map(|step| {
                    json!({
                        "name": step.name, "outcome": step.outcome,
                        "verified": step.verified, "said": step.said,
                    })
                })
                .collect();
            let document = json!({"receipt": {
                "path": path, "ending": receipt.ending, "steps": steps, "notes": receipt.notes,
            }});
            json_document(&document, true, &mut out)
        } else {
            receipt::receipt_text(&receipt, path.as_deref(), &mut out)
        };
        let exit = Exit::of_ending(receipt.ending);
        let exit = commands::ended(exit, printed.and_then(|()| out.flush()));
        // The account was changed and that was told; then it is said that it was not kept.
        Ok(match kept {
            Ok(_) => exit,
            Err(error) => {
                crate::report(&error);
                exit.or(Exit::NoAccess)
            }
        })
    }
}

/// Refuses a plan against whoever breaks glass by the environment as it is now.
pub fn spare(
    plan: &ContainmentPlan,
    environment: Option<&Path>,
    case: Option<&Path>,
) -> Result<(), AppError> {
    containment::spares_break_glass(plan, &commands::environment::load(environment, case)?)
}

/// Opens a case to write in it; makes it where it is not there.
pub fn open_case(folder: &Path) -> Result<Case, AppError> {
    Ok(Case::open_for_writing(folder, env!("CARGO_PKG_VERSION"), None)?)
}

/// The case that a plan or receipt lies in.
pub fn case_of(path: &Path) -> Result<PathBuf, AppError> {
    let whole = std::fs::canonicalize(path)
        .map_err(|source| AppError::Read { path: path.to_owned(), source })?;
    let folder = whole.parent().and_then(Path::parent).map(Path::to_owned);
    folder.filter(|folder| folder.join("case.toml").is_file()).ok_or_else(|| AppError::Request {
        what: format!("{} lies in no case", path.display()),
        hint: "give the file where `crashcart contain` or `apply` put it",
    })
}

/// Every plan of a case, by path. What is no plan is said and passed over: it must not stand in the
/// way of those that are.
pub fn all(case: &Path) -> Result<Vec<(PathBuf, ContainmentPlan)>, AppError> {
    let folder = case.join("plans");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let failed = |source| AppError::Read { path: folder.clone(), source };
    let mut paths = Vec::new();
    for entry in folder.read_dir().map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: PathBuf| match containment::read_plan(&path) {
        Ok(plan) => Some((path, plan)),
        Err(error) => {
            say(&format!("passed over: {error}"));
            None
        }
    };
    Ok(paths.into_iter().filter_map(read).collect())
}

/// Writes the receipts that a crash kept out of the case, says where, and returns the last.
pub fn missing_receipts(case: &mut Case) -> Result<Option<Ran>, AppError> {
    let mut last = None;
    for (receipt, name) in containment::write_missing_receipts(case)? {
        let path = case.dir().join(&name);
        say(&format!(
            "a run that ended {} had no receipt; written from the journal: {}",
            receipt.ended,
            path.display()
        ));
        last = Some((receipt, Ok(name)));
    }
    Ok(last)
}

/// The plan with this hash.
pub fn plan_of(case: &Path, hash: &str) -> Result<ContainmentPlan, AppError> {
    let found = all(case)?.into_iter().find(|(_, plan)| plan.hash() == hash);
    found.map(|(_, plan)| plan).ok_or_else(|| AppError::Request {
        what: format!("the plan {hash} is not in {}", case.join("plans").display()),
        hint: "put the plan's file back; `crashcart plan list` names those that are there",
    })
}

/// Prints a plan.
pub fn show(plan: &ContainmentPlan, path: &Path, json: bool) -> Result<Exit, AppError> {
    let mut out = commands::output();
    let printed = if json {
        json_document(&plan_json(plan, path), true, &mut out)
    } else {
        plan_text(plan, path, &Terminal::look(false), &mut out)
    };
    printed.and_then(|()| out.flush()).map_err(AppError::Output)?;
    Ok(Exit::Done)
}

/// A plan as a document.
pub fn plan_json(plan: &ContainmentPlan, path: &Path) -> Value {
    let steps: Vec<Value> = plan.steps.iter().map(|step| json!(step)).collect();
    json!({"plan": {
        "path": path, "hash": plan.hash(), "action": plan.action, "target": plan.target,
        "account": plan.account, "steps": steps, "notes": plan.notes,
    }})
}
