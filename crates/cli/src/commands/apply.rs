//! `crashcart apply`

use std::path::PathBuf;

use clap::Args;
use crashcart_app::containment::{self, Run};
use crashcart_app::{AppError, Needs};

use crate::arguments::{AccountArguments, PreflightArguments};
use crate::commands::plans::{self, Asked, Running};
use crate::exit::Exit;

/// Carry out a plan, once you have approved it by its hash
///
/// Each change is written to the case's journal before it is sent, and read back afterwards until it
/// holds. Where a step fails everything is given back, unless --keep-going is given. Doing it twice
/// is doing it once.
///
/// Examples:
///   crashcart apply ./case/plans/user-0a1b2c3d4e5f.json
///   crashcart apply ./case/plans/key-0a1b2c3d4e5f.json --approve 0a1b2c3d
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Apply {
    /// A plan in a case
    #[arg(value_name = "PLAN")]
    plan: PathBuf,
    /// Go on with the next step where one fails, instead of giving back what was done
    #[arg(long)]
    keep_going: bool,
    /// Hold the plan against the account as it is now, say what would be sent, and change nothing;
    /// ends with the code with which carrying it out would end
    #[arg(long)]
    dry_run: bool,
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

impl Apply {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let plan = containment::read_plan(&self.plan)?;
        let open = || self.account.open_for(&plan.account);
        let needs = || Needs::of_plan(&plan);
        if let Some(exit) = self.preflight.run(open, self.running.json, needs)? {
            return Ok(exit);
        }
        let folder = plans::case_of(&self.plan);
        plans::spare(&plan, self.environment.as_deref(), folder.as_deref().ok())?;
        let folder = folder?;
        if self.dry_run {
            let case = crashcart_app::Case::open_for_reading(&folder)?;
            let options = self.running.options(self.keep_going);
            let door = self.account.open_for(&plan.account)?;
            let rehearsal = containment::rehearse((&door, &case), &plan, options)?;
            return plans::tell_rehearsal(&plan, &rehearsal, self.running.json);
        }
        let approval = self.running.approval(&plan, Asked::Plan)?;
        let mut case = plans::open_case(&folder)?;
        plans::missing_receipts(&mut case)?;
        let door = self.account.open_for(&plan.account)?;
        let options = self.running.options(self.keep_going);
        let ran = containment::run_plan((&door, &mut case), &plan, &approval, Run::Apply, options)?;
        self.running.tell(ran, &folder)
    }
}
