//! `crashcart contain`

use std::collections::BTreeSet;
use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use crashcart_app::containment::{self, Target};
use crashcart_app::{Action, AppError, Door, Needs};
use crashcart_model::{IdKind, UniqueId};
use crashcart_report::json_document;

use crate::arguments::{AccountArguments, Bounds, Filters, PreflightArguments};
use crate::commands::{self, plans, selftest};
use crate::exit::Exit;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Plan to cut somebody off: reads the account, changes nothing
///
/// Prints what would change, in order, and why, what it stops and what it does not, what it could
/// break and how it is undone, and keeps the plan in the case. `crashcart apply` carries it out.
///
/// Examples:
///   crashcart contain key AKIAIOSFODNN7EXAMPLE --case ./case
///   crashcart contain user build-agent --case ./case --profile incident
///   crashcart contain role web --close-trust --case ./case
///   crashcart contain session AKIAIOSFODNN7EXAMPLE ./AWSLogs --case ./case
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Contain {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// One access key becomes inactive
    Key {
        /// The key's id
        #[arg(value_name = "AKIA...")]
        id: String,
        #[command(flatten)]
        with: With,
    },
    /// Everything of an IAM user is denied, and all its credentials become inactive
    User {
        /// Name or ARN
        #[arg(value_name = "USER")]
        user: String,
        /// Delete the console password too. Nobody can give it back
        #[arg(long)]
        delete_console_password: bool,
        #[command(flatten)]
        with: With,
    },
    /// Sessions of an IAM role that exist are denied
    Role {
        /// Name or ARN
        #[arg(value_name = "ROLE")]
        role: String,
        /// Only sessions with this source identity
        #[arg(long, value_name = "NAME")]
        source_identity: Option<String>,
        /// Let nobody assume the role, and deny again what came in before that had spread
        #[arg(long)]
        close_trust: bool,
        #[command(flatten)]
        with: With,
    },
    /// The sessions that descend from a key, by the logs, are denied; others of their roles go on
    Session {
        /// An access key id, or a principal: its ARN, its id, its name
        #[arg(value_name = "KEY|PRINCIPAL")]
        of: String,
        /// The logs [default: the evidence of the case]
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
        /// Deny every session that their roles have, whatever its name
        #[arg(long)]
        whole_roles: bool,
        #[command(flatten)]
        bounds: Box<Bounds>,
        #[command(flatten)]
        with: With,
    },
}

#[derive(Debug, Args)]
struct With {
    /// Keep the plan in this case folder
    #[arg(long, value_name = "DIR")]
    case: PathBuf,
    /// What is known of the place [default: environment.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    environment: Option<PathBuf>,
    /// One JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
}

impl Contain {
    /// Sessions of one key may be of roles in several accounts: those of the account at hand are told.
    fn open(&self, with: &With) -> Result<Door, AppError> {
        match &self.what {
            What::Key { id: target, .. }
            | What::User { user: target, .. }
            | What::Role { role: target, .. } => with.account.open_for(target),
            What::Session { .. } => with.account.open(),
        }
    }

    fn preflight(&self) -> Result<Option<Exit>, AppError> {
        let named = |kind: &str, name: &str| match name.starts_with("arn:") {
            true => Some(name.to_owned()),
            false => Some(format!("{kind}/{}", name.rsplit('/').next().unwrap_or(name))),
        };
        let (with, on) = match &self.what {
            What::User { user, with, .. } => (with, named("user", user)),
            What::Role { role, with, .. } => (with, named("role", role)),
            What::Key { with, .. } | What::Session { with, .. } => (with, None),
        };
        let open = || self.open(with);
        with.preflight.run(open, with.json, || Needs::of_action(Action::Contain, on))
    }

    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        if let What::Key { id, .. } = &self.what {
            must_be_long_lived(id)?;
        }
        if let Some(exit) = self.preflight()? {
            return Ok(exit);
        }
        let mut gaps = Exit::Done;
        let (target, with) = match &self.what {
            What::Key { id, with } => (Target::Key(id.clone()), with),
            What::User { user, delete_console_password, with } => {
                let delete_console_password = *delete_console_password;
                (Target::User { user: user.clone(), delete_console_password }, with)
            }
            What::Role { role, source_identity, close_trust, with } => {
                let (source_identity, close_trust) = (source_identity.clone(), *close_trust);
                (Target::Role { role: role.clone(), source_identity, close_trust }, with)
            }
            What::Session { of, paths, whole_roles, bounds, with } => {
                let open = || with.account.open();
                let buckets = bounds.buckets(&Filters::default(), &open)?;
                let (inputs, options) = bounds.open(paths, &Filters::default(), &buckets)?;
                let inputs = match paths.is_empty() {
                    true => crashcart_app::evidence_of_case(&with.case, &buckets)?,
                    false => inputs,
                };
                let shown = Shown::begin(Terminal::look(false).live, false);
                let (lineage, coverage) =
                    crashcart_app::lineage(of, &inputs.listing, &options, shown.counters());
                drop(shown);
                commands::tell_gaps(&coverage);
                gaps = commands::exit(&coverage, false);
                let (of, whole_roles) = (of.clone(), *whole_roles);
                (Target::Sessions { of, lineage, planned: BTreeSet::new(), whole_roles }, with)
            }
        };
        let environment =
            commands::environment::load(with.environment.as_deref(), Some(&with.case))?;
        let door = self.open(with)?;
        let plan = containment::plan_containment(&door, &environment, &target, &selftest::tried())?;
        let mut case = plans::open_case(&with.case)?;
        let path = with.case.join(containment::keep_plan(&mut case, &plan)?);
        let mut out = commands::output();
        let printed = if with.json {
            json_document(&plans::plan_json(&plan, &path), true, &mut out)
        } else {
            plans::plan_text(&plan, &path, &Terminal::look(false), &mut out)
        };
        Ok(commands::ended(gaps, printed.and_then(|()| out.flush())))
    }
}

/// Only a long-lived key leads to whom IAM knows.
fn must_be_long_lived(id: &str) -> Result<(), AppError> {
    let hint = match UniqueId::parse(id).map(|id| id.kind) {
        Some(IdKind::LongLivedAccessKey) => return Ok(()),
        Some(IdKind::TemporaryAccessKey) => {
            "a temporary key belongs to a session: `crashcart contain session ASIA... PATH` with \
             logs that have it"
        }
        _ => "give the id of the key, AKIA and 16 more; of a user: `crashcart contain user NAME`",
    };
    Err(AppError::Request { what: format!("{id:?} is no long-lived access key"), hint })
}
