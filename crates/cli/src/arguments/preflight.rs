//! Whether the permissions are there, before anything starts.

use std::io::Write;

use clap::Args;
use crashcart_app::{AppError, Door, Needs, Preflight};
use crashcart_report::{escape, json_document, labelled};
use serde_json::json;

use crate::commands;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// For commands that talk to an account.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Account")]
pub struct PreflightArguments {
    /// Say which permissions are missing, and do nothing else
    #[arg(long)]
    preflight: bool,
}

impl PreflightArguments {
    /// Whether nothing shall be done but that.
    pub const fn is_asked(&self) -> bool {
        self.preflight
    }

    /// Where it was asked for, tells which permissions there are, and how to end: 0 all are there, 3
    /// some are missing, 4 it could not be found out.
    ///
    /// # Errors
    /// When there is no account to ask.
    pub fn run(
        &self,
        open: impl FnOnce() -> Result<Door, AppError>,
        json: bool,
        needs: impl FnOnce() -> Needs,
    ) -> Result<Option<Exit>, AppError> {
        if !self.preflight {
            return Ok(None);
        }
        let found = crashcart_app::preflight(&open()?, &needs())?;
        let mut out = commands::output();
        let printed = match json {
            true => json_document(&json!({"preflight": found}), true, &mut out),
            false => text(&found, Terminal::look(false).width, &mut out),
        };
        printed.and_then(|()| out.flush()).map_err(AppError::Output)?;
        let missing = if found.missing.is_empty() { Exit::Done } else { Exit::NoAccess };
        let unknown = if found.unknown.is_empty() { Exit::Done } else { Exit::Gaps };
        Ok(Some(missing.or(unknown)))
    }
}

fn text(found: &Preflight, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let all = found.allowed.len() + found.missing.len() + found.unknown.len();
    writeln!(
        out,
        "{}: {} of {all} permissions are there, {} missing, {} unknown",
        found.action,
        found.allowed.len(),
        found.missing.len(),
        found.unknown.len()
    )?;
    labelled("caller", &escape::terminal(&found.caller), width, out)?;
    for (label, list) in [("MISSING", &found.missing), ("UNKNOWN", &found.unknown)] {
        let mut reasons: Vec<&str> = list.iter().map(|one| one.because.as_str()).collect();
        reasons.sort_unstable();
        reasons.dedup();
        for reason in reasons {
            let of = list.iter().filter(|one| one.because == reason);
            let names: Vec<&str> = of.map(|one| one.permission.as_str()).collect();
            let text = format!("{}: {reason}", names.join(", "));
            labelled(label, &escape::terminal(&text), width, out)?;
        }
    }
    for note in &found.notes {
        labelled("note", note, width, out)?;
    }
    if !found.missing.is_empty() {
        let text =
            format!("`crashcart permissions {}` prints the policy that it needs", found.action);
        labelled("next", &text, width, out)?;
    }
    Ok(())
}
