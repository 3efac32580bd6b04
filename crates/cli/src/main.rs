//! crashcart: from an alert to a written report.
//!
//! Reads arguments, calls one use case, prints its result, ends with an exit code. Nothing is
//! decided here.

#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod exit;
mod progress;
mod terminal;

use std::process::ExitCode;

use clap::Parser;

use commands::Command;
use exit::Exit;
use terminal::say;

/// Incident response in AWS: reads CloudTrail fast, tells truthfully what happened, names the
/// evidence for every line.
///
/// Exit codes: 0 done; 1 findings at or above --fail-on; 2 bad request; 3 no access or
/// credentials; 4 done, with gaps in what could be read; 70 a bug in crashcart.
#[derive(Debug, Parser)]
#[command(name = "crashcart", version, arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let arguments = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::BadRequest } else { Exit::Done };
            // Where help cannot be printed there is nobody to tell.
            let _ = error.print();
            return exit.into();
        }
    };
    // A panic is a bug: it ends with its own code, and the message names the place.
    match std::panic::catch_unwind(|| arguments.command.run()) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(error)) if error.is_broken_pipe() => Exit::Done.into(),
        Ok(Err(error)) => {
            report(&error);
            if error.is_bad_request() { Exit::BadRequest.into() } else { Exit::NoAccess.into() }
        }
        Err(_) => {
            report_bug();
            Exit::Bug.into()
        }
    }
}

/// What to do about a bug.
fn report_bug() {
    say("error: this is a bug in crashcart, not in your request; nothing it printed is final");
    say("  hint: report the message above with the version (crashcart --version)");
}

/// What failed, why, and what to do next.
fn report(error: &crashcart_app::AppError) {
    say(&format!("error: {error}"));
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        say(&format!("  because: {inner}"));
        cause = inner.source();
    }
    if let Some(hint) = error.hint() {
        say(&format!("  hint: {hint}"));
    }
}
