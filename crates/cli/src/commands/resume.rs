//! `crashcart resume`

use std::path::PathBuf;

use clap::Args;
use crashcart_app::containment::{self, Onward, Run};
use crashcart_app::{AppError, Needs};

use crate::arguments::{AccountArguments, PreflightArguments};
use crate::commands::plans::{self, Asked, Running};
use crate::commands::selftest;
use crate::exit::Exit;

/// Go on after a crash: look at the account, then finish the run or give everything back
///
/// Where a run had ended and only its receipt was not written, that is done, and nothing else.
///
/// Examples:
///   crashcart resume ./case
///   crashcart resume ./case --undo
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct ResumeRun {
    /// The case
    #[arg(value_name = "CASE")]
    case: PathBuf,
    /// Give everything back instead of finishing
    #[arg(long)]
    undo: bool,
    /// What is known of the place: whoever breaks glass is spared [default: environment.toml]
    #[arg(long, value_name = "FILE")]
    environment: Option<PathBuf>,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
}

impl ResumeRun {
    /// What a selftest made for itself needs no approval to go.
    fn clean_up(&self) -> Result<bool, AppError> {
        if self.preflight.is_asked() {
            return Ok(false);
        }
        selftest::clean_up(&self.case, &self.account, self.running.options(false))
    }

    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        if self.clean_up()? {
            return Ok(Exit::Done);
        }
        let mut case = plans::open_case(&self.case)?;
        let missing = plans::missing_receipts(&mut case)?;
        let cut_off = containment::cut_off(&case)?;
        if let (None, Some(ran)) = (&cut_off, missing) {
            return self.running.tell(ran, &self.case);
        }
        let hash = cut_off.ok_or_else(|| AppError::Request {
            what: format!("no run was cut off in {}", self.case.display()),
            hint: "`crashcart plan list` names the plans of a case",
        })?;
        let plan = plans::plan_of(&self.case, &hash)?;
        let open = || self.account.open_for(&plan.account);
        let needs = || Needs::of_plan(&plan);
        if let Some(exit) = self.preflight.run(open, self.running.json, needs)? {
            return Ok(exit);
        }
        if !self.undo {
            plans::spare(&plan, self.environment.as_deref(), Some(&self.case))?;
        }
        let approval = self.running.approval(&plan, Asked::Plan)?;
        let door = self.account.open_for(&plan.account)?;
        let how = if self.undo { Onward::Undo } else { Onward::Finish };
        let options = self.running.options(false);
        let run = Run::Resume(how);
        let ran = containment::run_plan((&door, &mut case), &plan, &approval, run, options)?;
        self.running.tell(ran, &self.case)
    }
}
