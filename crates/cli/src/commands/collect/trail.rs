//! `crashcart collect trail`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use crashcart_app::{Action, AppError, CollectedTrails, Needs, TrailOptions};
use crashcart_report::{counted, escape, json_document, labelled};

use crate::arguments::{AccountArguments, PreflightArguments, Time};
use crate::commands::{self, plans};
use crate::exit::Exit;
use crate::terminal::{Terminal, say};

/// The log files and digests that a trail delivered to its bucket, kept in a case
///
/// Finds the trails of the account and where they deliver to, keeps every log file and digest file
/// in the case under its SHA-256, and seals what the account says of the trails: whether they log,
/// and which events they take. What the case holds already is not fetched again, also after a kill.
/// `crashcart investigate --case DIR` then reads the copies.
///
/// Examples:
///   crashcart collect trail --case ./case --since 2026-05-04 --until 2026-05-06
///   crashcart collect trail management-events --case ./case --profile incident
///   crashcart collect trail s3://trail-logs/AWSLogs/ --case ./case --since 2026-05-04
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct CollectTrail {
    /// Trails by name or ARN, or s3://BUCKET/PREFIX [default: every trail that logs in the region]
    #[arg(value_name = "TRAIL")]
    named: Vec<String>,
    /// Keep it in this case folder
    #[arg(long, value_name = "DIR")]
    case: PathBuf,
    /// Days of delivery read after --until: files come late, where delivery failed up to 30 days
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=60))]
    redelivery_days: u16,
    #[command(flatten)]
    time: Time,
    /// One JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
}

impl CollectTrail {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let needs = || Needs::of_action(Action::CollectTrail, None);
        if let Some(exit) = self.preflight.run(|| self.account.open(), self.json, needs)? {
            return Ok(exit);
        }
        let options = TrailOptions {
            named: self.named.clone(),
            filter: self.time.filter()?,
            redelivery_days: self.redelivery_days,
        };
        let door = self.account.open()?;
        let open_case = || plans::open_case(&self.case);
        let collected = crashcart_app::collect_trails(&door, &open_case, &options, &mut |line| {
            say(line);
        })?;
        let mut out = commands::output();
        let printed = match self.json {
            true => json_document(&collected, true, &mut out),
            false => text(&collected, Terminal::look(false).width, &mut out),
        };
        let exit = if collected.gaps.is_empty() { Exit::Done } else { Exit::Gaps };
        Ok(commands::ended(exit, printed.and_then(|()| out.flush())))
    }
}

fn text(collected: &CollectedTrails, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    for trail in &collected.trails {
        let logs = match trail.is_logging {
            Some(true) => "logs",
            Some(false) => "DOES NOT LOG now",
            None => "whether it logs is unknown",
        };
        let error = trail.delivery_error.as_ref().filter(|error| !error.is_empty());
        let error = error.map(|error| format!("; last delivery failed: {error}"));
        let told = format!("{}: {logs}{}", trail.arn, error.unwrap_or_default());
        labelled("trail", &escape::terminal(&told), width, out)?;
    }
    for address in &collected.addresses {
        labelled("from", &escape::terminal(address), width, out)?;
    }
    let objects = counted(collected.objects, "object");
    let told = format!(
        "{objects}, {} bytes; {} of them the case held before",
        collected.bytes, collected.held_before
    );
    labelled("SEALED", &told, width, out)?;
    if !collected.left_out.is_empty() {
        let count = counted(collected.left_out.len() as u64, "folder");
        let told =
            format!("{count} that CloudTrail does not lay out so; --json and the case name all");
        labelled("LEFT OUT", &told, width, out)?;
    }
    for gap in &collected.gaps {
        let told = format!("{}: {}: {}", gap.path, gap.reason.words(), gap.detail);
        labelled("NOT HAD", &escape::terminal(&told), width, out)?;
    }
    Ok(())
}
