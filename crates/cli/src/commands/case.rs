//! `crashcart case`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use crashcart_app::AppError;
use crashcart_report::{counted, escape, json_document};

use crate::commands;
use crate::exit::Exit;

/// Look after a case folder
#[derive(Debug, Args)]
pub struct Case {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Prove that nothing in the case changed since it was sealed
    ///
    /// Ends with 0 when all is as it was, with 4 when something is missing or changed.
    Verify {
        /// The case folder
        #[arg(value_name = "DIR")]
        folder: PathBuf,
        /// As a JSON document
        #[arg(long)]
        json: bool,
    },
}

impl Case {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let What::Verify { folder, json } = &self.what;
        let verification = crashcart_app::verify_case(folder)?;
        let mut out = commands::output();
        let print = |out: &mut dyn Write| {
            if *json {
                return json_document(&verification, true, out);
            }
            for problem in &verification.problems {
                let text =
                    format!("{}: {}: {}", problem.path, problem.kind.words(), problem.detail);
                writeln!(out, "{}", escape::terminal(&text))?;
            }
            for path in &verification.unprovable {
                writeln!(out, "{}: no file to compare with", escape::terminal(path))?;
            }
            let given = match verification.given_intact as u64 {
                0 => String::new(),
                count => format!(", {} of options", counted(count, "input")),
            };
            let collected = match verification.collected_intact as u64 {
                0 => String::new(),
                count => format!(", {} of AWS", counted(count, "answer")),
            };
            writeln!(
                out,
                "{}{collected}{given} and {} as they were sealed, {}\nmanifest {}",
                counted(verification.evidence_intact as u64, "evidence file"),
                counted(verification.results_intact as u64, "result"),
                counted(verification.problems.len() as u64, "problem"),
                verification.head
            )
        };
        print(&mut out).and_then(|()| out.flush()).map_err(AppError::Output)?;
        Ok(if verification.is_intact() { Exit::Done } else { Exit::Gaps })
    }
}
