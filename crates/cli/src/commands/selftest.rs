//! `crashcart selftest`

use std::io::{IsTerminal, Write};
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use crashcart_app::containment::{HoldOptions, Verified};
use crashcart_app::{
    Action, ActionShown, AppError, Needs, Selftest, SelftestOptions, SelftestReceipt, TriedOnAws,
};
use crashcart_report::{escape, json_document, labelled};
use serde_json::json;

use crate::arguments::{AccountArguments, PreflightArguments};
use crate::commands;
use crate::commands::plans::{self, Running};
use crate::exit::Exit;
use crate::terminal::{Terminal, say};

/// Try containment in your own sandbox account, on principals that are made for it
///
/// Makes a user, a role, a key and sessions under the path /crashcart-selftest/, contains them one
/// way after the other, measures the seconds until AWS denies their calls, gives everything back,
/// takes all of it away, and keeps a receipt. What it makes is in the case's journal before it is
/// made: after a crash, the same with the same case takes it away.
///
/// Plans say `never run against AWS` of an action until a selftest of this version has shown it.
///
/// Examples:
///   crashcart selftest --account 111122223333 --case ./selftest --profile sandbox
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct SelftestRun {
    /// Keep journal, plans and receipts in this case folder
    #[arg(long, value_name = "DIR")]
    case: PathBuf,
    /// Approve making and containing throw-away principals, in this account alone; without it the
    /// number is asked for
    #[arg(long, value_name = "NUMBER", help_heading = "Approval")]
    account: Option<String>,
    /// Seconds to wait for a denial, and for credentials to work
    #[arg(long, value_name = "SECONDS", default_value_t = 120)]
    within: u64,
    /// Seconds for which everything must be read back unchanged
    #[arg(long, value_name = "SECONDS", default_value_t = 10)]
    window: u64,
    /// What is known of the place [default: environment.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    environment: Option<PathBuf>,
    /// One JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    credentials: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
}

impl SelftestRun {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let open = || self.credentials.open();
        // What it is about does not exist yet: its path is enough to ask with.
        let on = Some("user/crashcart-selftest/crashcart-selftest".to_owned());
        let needs = || Needs::of_action(Action::Selftest, on);
        if let Some(exit) = self.preflight.run(open, self.json, needs)? {
            return Ok(exit);
        }
        let hold = Running::of(None, self.window).options(false);
        let options = SelftestOptions { hold, bound: Duration::from_secs(self.within) };
        if self.case.is_dir() && clean_up(&self.case, &self.credentials, hold)? {
            return Ok(Exit::Done);
        }
        let environment =
            commands::environment::load(self.environment.as_deref(), Some(&self.case))?;
        let door = self.credentials.open()?;
        let approved = crashcart_app::approve_selftest(&door, &self.account()?, environment)?;
        let mut case = plans::open_case(&self.case)?;
        let ran = crashcart_app::selftest(&approved, &mut case, &options, &|text| say(text))?;
        self.tell(ran)
    }

    /// The number of the account: given, or typed on the terminal.
    fn account(&self) -> Result<String, AppError> {
        if let Some(account) = &self.account {
            return Ok(account.clone());
        }
        if !std::io::stdin().is_terminal() {
            return Err(AppError::Request {
                what: "the selftest is not approved: nothing was made".to_owned(),
                hint: "name your sandbox account with --account NUMBER",
            });
        }
        let mut asked = std::io::stderr().lock();
        let text =
            "Makes throw-away principals and contains them. Number of your sandbox account: ";
        write!(asked, "{text}").and_then(|()| asked.flush()).map_err(AppError::Output)?;
        let mut typed = String::new();
        std::io::stdin().read_line(&mut typed).map_err(AppError::Output)?;
        Ok(typed.trim().to_owned())
    }

    fn tell(&self, ran: Selftest) -> Result<Exit, AppError> {
        let Selftest { receipt, kept, stopped, left } = ran;
        let path = kept.as_ref().ok().map(|name| self.case.join(name));
        let mut out = commands::output();
        let printed = match self.json {
            true => json_document(
                &json!({"selftest": {"path": path, "receipt": receipt}}),
                true,
                &mut out,
            ),
            false => text(&receipt, path.as_deref(), &mut out),
        };
        printed.and_then(|()| out.flush()).map_err(AppError::Output)?;
        kept?;
        let mut exit = if receipt.is_proven() { Exit::Done } else { Exit::Gaps };
        for error in stopped.iter().chain(&left) {
            crate::report(error);
        }
        if let Some(stopped) = stopped {
            exit = exit.or(Exit::of(&stopped));
        }
        if left.is_some() {
            say("what is left is named above; the same with the same case tries again");
            exit = exit.or(Exit::NotUndone);
        }
        if let Some(folder) = folder() {
            receipt.keep_for_plans(&folder)?;
        }
        Ok(exit)
    }
}

/// Takes away what an earlier selftest of the case left; whether there was something.
///
/// # Errors
/// When it cannot be taken away.
pub fn clean_up(
    case: &std::path::Path,
    credentials: &AccountArguments,
    hold: HoldOptions,
) -> Result<bool, AppError> {
    let case = plans::open_case(case)?;
    let Some(left) = crashcart_app::selftest_left(&case)? else { return Ok(false) };
    say(&format!("a selftest in account {} was cut off: taking away what it made", left.account));
    crashcart_app::clean_up_selftest(&credentials.open()?, &case, &left, hold)?;
    say("all of it is gone; run it again for a new selftest");
    Ok(true)
}

/// What selftests have shown on this machine.
pub fn tried() -> TriedOnAws {
    folder().map(|folder| TriedOnAws::read(&folder)).unwrap_or_default()
}

/// Where receipts of selftests are kept for later plans: XDG_STATE_HOME, else .local/state at home
/// (XDG Base Directory Specification), on Windows LOCALAPPDATA.
#[allow(clippy::disallowed_methods, reason = "the command line is where the environment is read")]
fn folder() -> Option<PathBuf> {
    let set =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let at_home = || set("HOME").map(|home| home.join(".local").join("state"));
    let state = set("XDG_STATE_HOME").or_else(|| set("LOCALAPPDATA")).or_else(at_home)?;
    Some(state.join("crashcart").join("selftest"))
}

fn text(
    receipt: &SelftestReceipt,
    path: Option<&std::path::Path>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let width = Terminal::look(false).width;
    let SelftestReceipt { account, region, against, .. } = receipt;
    writeln!(
        out,
        "SELFTEST  account {account}, calls in {region}, against {}",
        escape::terminal(against)
    )?;
    for action in &receipt.actions {
        writeln!(out)?;
        of_action(action, width, out)?;
    }
    if let Some(stopped) = &receipt.stopped {
        labelled("STOPPED", &escape::terminal(stopped), width, out)?;
    }
    for left in &receipt.left {
        labelled("LEFT", &escape::terminal(left), width, out)?;
    }
    if receipt.left.is_empty() {
        writeln!(out, "\neverything that was made is gone again")?;
    }
    if let Some(path) = path {
        writeln!(out, "receipt  {}", path.display())?;
    }
    Ok(())
}

fn of_action(action: &ActionShown, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let proven = if action.proven { "PROVEN" } else { "NOT PROVEN" };
    writeln!(out, "contain {}  {proven}", action.action)?;
    for step in &action.steps {
        let mut text = match step.verified {
            Verified::Configured => "configured: read back".to_owned(),
            Verified::EffectObserved => "effect observed".to_owned(),
            Verified::NotProven => "not proven".to_owned(),
        };
        if let Some(denied) = &step.denied {
            let seconds = denied.first_after_seconds;
            text.push_str(&format!(": denied after {seconds} s"));
        }
        for said in &step.said {
            text.push_str("; ");
            text.push_str(said);
        }
        labelled(&step.name, &escape::terminal(&text), width, out)?;
    }
    for one in &action.credentials {
        let text = match &one.denied {
            Some(denied) => when(denied),
            None => "went on".to_owned(),
        };
        labelled("", &escape::terminal(&format!("{}: {text}", one.credential)), width, out)?;
    }
    if let Some(seconds) = action.works_again_after_seconds {
        let text = format!("everything worked {seconds} s after giving back began");
        labelled("given back", &text, width, out)?;
    }
    for said in &action.said {
        labelled("note", &escape::terminal(said), width, out)?;
    }
    Ok(())
}

fn when(denied: &crashcart_app::Denied) -> String {
    let first = denied.first_after_seconds;
    match denied.for_good_after_seconds {
        Some(for_good) => format!("denied after {first} s, for good after {for_good} s"),
        None => format!("denied after {first} s, but not for good"),
    }
}
