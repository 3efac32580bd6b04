//! `crashcart plan`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use crashcart_app::AppError;
use crashcart_app::containment::{self, ContainmentPlan};
use crashcart_report::{escape, json_document};
use serde_json::json;

use crate::commands::{self, plans};
use crate::exit::Exit;

/// Look at plans
#[derive(Debug, Args)]
pub struct Plan {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print a plan and its hash
    Show {
        /// A plan in a case
        #[arg(value_name = "PLAN")]
        plan: PathBuf,
        /// As commands of the AWS CLI, with those that undo it
        #[arg(long)]
        aws_cli: bool,
        /// One JSON document
        #[arg(long)]
        json: bool,
    },
    /// Name the plans of a case
    List {
        /// The case
        #[arg(value_name = "CASE")]
        case: PathBuf,
    },
}

impl Plan {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        match &self.what {
            What::Show { plan, aws_cli: true, json } => {
                commands_of(&containment::read_plan(plan)?, *json)
            }
            What::Show { plan, json, .. } => {
                plans::show(&containment::read_plan(plan)?, plan, *json)
            }
            What::List { case } => {
                let mut out = commands::output();
                for (path, plan) in plans::all(case)? {
                    let hash = plan.hash();
                    let hash = hash.get(..12).unwrap_or_default();
                    let (path, target) = (path.display(), &plan.target);
                    let line = format!("{hash}  {}  {target}  {path}", plan.action);
                    writeln!(out, "{}", escape::terminal(&line)).map_err(AppError::Output)?;
                }
                out.flush().map_err(AppError::Output)?;
                Ok(Exit::Done)
            }
        }
    }
}

/// Prints a plan as a script for a POSIX shell; nothing in it is run by us. A name that a log wrote
/// stands in comments too: escaped, it cannot end the line and become a command.
fn commands_of(plan: &ContainmentPlan, json: bool) -> Result<Exit, AppError> {
    let steps = containment::plan_commands(plan);
    let mut out = commands::output();
    let print = |out: &mut dyn Write| {
        if json {
            return json_document(&json!({"hash": plan.hash(), "steps": steps}), true, out);
        }
        for step in &steps {
            writeln!(out, "# {}", escape::terminal(&step.step))?;
            for said in &step.said {
                writeln!(out, "# {}", escape::terminal(said))?;
            }
            if let Some(look) = &step.look {
                writeln!(out, "# what there is now: {look}")?;
            }
            for command in &step.change {
                writeln!(out, "{command}")?;
            }
        }
        writeln!(out, "\n# to undo it, the last step first; what is suspect comes back to life")?;
        for step in steps.iter().rev() {
            for command in &step.undo {
                writeln!(out, "# {command}")?;
            }
        }
        Ok(())
    };
    print(&mut out).and_then(|()| out.flush()).map_err(AppError::Output)?;
    Ok(Exit::Done)
}
