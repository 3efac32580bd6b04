//! crashcart: from an alert to a written report.
//!
//! Reads arguments, calls one use case, prints its result, ends with an exit code. Nothing is
//! decided here.

#![forbid(unsafe_code)]

mod arguments;
mod commands;
mod exit;
mod outputs;
mod progress;
mod terminal;

use std::io::Write;
use std::panic::AssertUnwindSafe;
use std::process::ExitCode;

use clap::Parser;

use commands::Command;
use exit::Exit;
use terminal::say;

/// Incident response in AWS: reads CloudTrail fast, tells truthfully what happened, names the
/// evidence for every line.
///
/// Exit codes: 0 done; 1 findings at or above --fail-on; 2 bad request; 3 no access or
/// credentials; 4 done, with gaps in what could be read or proved; 5 a change failed and everything
/// was given back; 6 something could not be given back; 70 a bug in crashcart.
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
            return answered(&error).into();
        }
    };
    // A panic is a bug: it ends with its own code, and the message names the place.
    match std::panic::catch_unwind(AssertUnwindSafe(|| arguments.command.run())) {
        Ok(Ok(exit)) => exit.into(),
        Ok(Err(error)) if error.is_broken_pipe() => Exit::Done.into(),
        Ok(Err(error)) => {
            report(&error);
            Exit::of(&error).into()
        }
        Err(_) => {
            report_bug();
            Exit::Bug.into()
        }
    }
}

/// Prints what the arguments ask for or what is wrong with them.
fn answered(error: &clap::Error) -> Exit {
    let printed = error.print().and_then(|()| std::io::stdout().flush());
    if error.use_stderr() {
        return Exit::BadRequest;
    }
    match printed.map_err(crashcart_app::AppError::Output) {
        Err(failed) if !failed.is_broken_pipe() => {
            report(&failed);
            Exit::NoAccess
        }
        _ => Exit::Done,
    }
}

/// What to do about a bug.
fn report_bug() {
    say("error: this is a bug in crashcart, not in your request; nothing it printed is final");
    say("  hint: report the message above with the version (crashcart --version)");
}

/// What failed, why, and what to do next.
pub(crate) fn report(error: &crashcart_app::AppError) {
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
