//! `crashcart collect`

mod identity;
mod logs;
mod trail;

use clap::{Args, Subcommand};
use crashcart_app::AppError;

use crate::exit::Exit;

/// Save what an account says, sealed in a case: changes nothing
///
/// Each answer is kept byte for byte as AWS returned it, with request id and time, before the next
/// question is asked. What may not be asked is listed with the permission that is missing, and the
/// exit code is 4.
///
/// Examples:
///   crashcart collect identity AKIAIOSFODNN7EXAMPLE --case ./case
///   crashcart collect trail --case ./case --since 2026-05-04 --until 2026-05-06
///   crashcart collect identity role/web --case ./case --profile incident
///   crashcart collect logs --key AKIAIOSFODNN7EXAMPLE --case ./case
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Collect {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    Identity(identity::CollectIdentity),
    Trail(trail::CollectTrail),
    Logs(logs::CollectLogs),
}

impl Collect {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        match &self.what {
            What::Identity(identity) => identity.run(),
            What::Trail(trail) => trail.run(),
            What::Logs(logs) => logs.run(),
        }
    }
}
