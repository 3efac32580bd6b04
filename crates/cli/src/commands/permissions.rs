//! `crashcart permissions`

use std::io::Write;

use clap::Args;
use crashcart_app::AppError;

use crate::commands;
use crate::exit::Exit;

/// Print the least-privilege IAM policy of actions that talk to an account
///
/// The policy is generated from the calls that an action can make. Narrow Resource to the accounts
/// and names that you respond in.
///
/// Examples:
///   crashcart permissions whois
///   crashcart permissions collect-identity contain apply
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Permissions {
    /// Which actions: whois, collect-identity, collect-logs, collect-trail, contain, apply (for resume and revert too), selftest, preflight, responder, s3
    #[arg(value_name = "ACTION", required = true)]
    actions: Vec<String>,
}

impl Permissions {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let policy = crashcart_app::permissions(&self.actions)?;
        let mut out = commands::output();
        let printed = writeln!(out, "{policy:#}").and_then(|()| out.flush());
        printed.map_err(AppError::Output)?;
        Ok(Exit::Done)
    }
}
