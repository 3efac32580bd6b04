//! `crashcart revert`

use std::path::PathBuf;

use clap::Args;
use crashcart_app::containment::{self, RevertOptions, Run};
use crashcart_app::{AppError, Needs};

use crate::arguments::{AccountArguments, PreflightArguments};
use crate::commands::plans::{self, Asked, Running};
use crate::exit::Exit;

/// Give back what a plan took, without re-arming anybody
///
/// Suspect credentials stay inactive, and sessions that are older than this moment stay denied until
/// they have expired: that is said. With --rearm everything is undone exactly, after what comes back
/// to life was named. Refuses where somebody has changed what we left, unless --force is given.
///
/// Examples:
///   crashcart revert ./case/receipts/2026-05-04T031200Z-0a1b2c3d4e5f.json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Revert {
    /// A receipt in a case
    #[arg(value_name = "RECEIPT")]
    receipt: PathBuf,
    /// Undo exactly: the wrong principal was contained
    #[arg(long)]
    rearm: bool,
    /// Also where somebody has changed what we left
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    running: Running,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
}

impl Revert {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let receipt = containment::read_receipt(&self.receipt)?;
        let folder = plans::case_of(&self.receipt)?;
        let plan = plans::plan_of(&folder, &receipt.plan)?;
        let open = || self.account.open_for(&plan.account);
        let needs = || Needs::of_plan(&plan);
        if let Some(exit) = self.preflight.run(open, self.running.json, needs)? {
            return Ok(exit);
        }
        let all: Vec<_> = plans::all(&folder)?.into_iter().map(|(_, plan)| plan).collect();
        let options = self.running.options(false);
        let how = RevertOptions { rearm: self.rearm, force: self.force, plans: &all, options };
        self.running.may_be_approved()?;
        let mut case = plans::open_case(&folder)?;
        plans::missing_receipts(&mut case)?;
        let door = self.account.open_for(&plan.account)?;
        let returns = containment::returns((&door, &case), &plan, &receipt, how)?;
        let approval = self.running.approval(&plan, Asked::GivingBack(&returns))?;
        let run = Run::Revert(&receipt, how);
        let ran = containment::run_plan((&door, &mut case), &plan, &approval, run, options)?;
        self.running.tell(ran, &folder)
    }
}
