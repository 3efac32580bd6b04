//! `environment.toml`: found where it lies, and a first one written from the material.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

use crashcart_collect::Listing;
use crashcart_model::{
    Account, Coverage, Environment, EventRef, Head, Investigation, Outcome, Record,
};
use crashcart_report::Writer;
use crashcart_store::environment_file;

use crate::AppError;
use crate::given::{self, GivenFile};
use crate::progress::Progress;
use crate::reading::{self, Observer, ReadOptions};

const FILE: GivenFile = GivenFile {
    option: "environment",
    most: 16 << 20,
    hint: "`crashcart environment init PATH...` writes one of the right form",
};

/// Reads the environment: the named file, else `environment.toml` in the case, else in the
/// current folder, else none; tells which file it was.
///
/// # Errors
/// When the named file is not there, or one that is cannot be read.
pub fn load_environment(
    named: Option<&Path>,
    case: Option<&Path>,
) -> Result<(Environment, Option<PathBuf>), AppError> {
    let here = Path::new("environment.toml");
    let in_case = case.map(|folder| folder.join("environment.toml"));
    let found = match named {
        Some(path) => path,
        None => match in_case.as_deref() {
            Some(path) if given::exists(path)? => path,
            _ if given::exists(here)? => here,
            _ => return Ok((Environment::default(), None)),
        },
    };
    let text = FILE.text(found)?;
    let path = found.to_owned();
    match environment_file::parse(&text) {
        Ok(environment) => Ok((environment, Some(path))),
        Err(source) => Err(AppError::Environment { path, source }),
    }
}

/// Who works how, as far as the material shows.
#[derive(Default)]
struct Habits {
    /// Changes made by infrastructure-as-code agents, by role ARN.
    automation: BTreeMap<String, u64>,
    accounts: BTreeSet<String>,
}

/// User agents of tools that change infrastructure from code.
const AUTOMATION: [&str; 5] =
    ["Terraform", "Pulumi", "cloudformation.amazonaws.com", "aws-cdk", "OpenTofu"];

impl Observer for Habits {
    fn event(&mut self, _: &Record<'_>, head: &Head<'_>, _: EventRef) {
        if let Some(account) = head.recipient {
            let account = account.text();
            if !self.accounts.contains(account.as_ref()) {
                self.accounts.insert(account.into_owned());
            }
        }
        let changed = head.read_only == Some(false) && head.outcome() == Outcome::Done;
        let Some(agent) = head.user_agent.filter(|_| changed) else { return };
        if !AUTOMATION.iter().any(|name| agent.text().contains(name)) {
            return;
        }
        let identity = head.identity();
        let issuer = identity.issuer.and_then(|issuer| issuer.text_of("arn"));
        if let Some(arn) = issuer.filter(|arn| !arn.is_empty()) {
            *self.automation.entry(arn.text().into_owned()).or_default() += 1;
        }
    }
}

/// Writes a first environment file from the material. An existing file is not overwritten.
///
/// # Errors
/// When the file exists or cannot be written.
pub fn environment_init(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    output: &Path,
) -> Result<Coverage, AppError> {
    if output.exists() {
        return Err(AppError::Request {
            what: format!("{} is there already and is never overwritten", output.display()),
            hint: "name another file with --output, or move this one away",
        });
    }
    let mut material = reading::read(listing, options, progress, &Habits::default);
    let mut environment = Environment::default();
    let mut automation: BTreeMap<String, u64> = BTreeMap::new();
    for habits in std::mem::take(&mut material.observers) {
        for account in habits.accounts {
            environment.accounts.entry(account).or_insert_with(Account::default);
        }
        for (role, count) in habits.automation {
            *automation.entry(role).or_default() += count;
        }
    }
    let remarks = automation
        .iter()
        .map(|(role, count)| {
            (role.clone(), format!("{count} changes by an automation's user agent"))
        })
        .collect();
    environment.infrastructure_as_code = automation.into_keys().collect();
    let text = environment_file::render(&environment, &remarks);
    let mut file =
        std::fs::File::create_new(output).map_err(|error| AppError::write(output, error))?;
    file.write_all(text.as_bytes()).map_err(|error| AppError::write(output, error))?;
    Ok(material.coverage)
}

/// Writes a report to a file.
///
/// # Errors
/// When it cannot be written.
pub fn write_report(
    path: &Path,
    writer: &dyn Writer,
    investigation: &Investigation,
) -> Result<(), AppError> {
    let failed = |error| AppError::write(path, error);
    let mut bytes = Vec::new();
    writer.write(investigation, &mut bytes).map_err(failed)?;
    std::fs::write(path, bytes).map_err(failed)
}
