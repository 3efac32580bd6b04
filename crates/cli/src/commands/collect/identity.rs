//! `crashcart collect identity`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use crashcart_app::{Action, AppError, AppliedPolicy, CollectedIdentity, Identity, Needs};
use crashcart_report::{counted, escape, json_document, labelled};

use crate::arguments::{AccountArguments, PreflightArguments};
use crate::commands::{self, live, plans};
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Services that are named of those that were used.
const USED: usize = 8;
/// Columns of the credential report that are told.
const REPORTED: [(&str, &str); 4] = [
    ("password_enabled", "password"),
    ("password_last_used", "password last used"),
    ("password_last_changed", "password last changed"),
    ("mfa_active", "MFA"),
];

/// Every policy that applies to a user or role, its credentials, and what the account says of it
///
/// TARGET is an access key id, the name or ARN of a user or role, an instance profile's ARN or an
/// instance's id. Saved are the policies (own, attached, of groups, boundary, trust; every version of
/// the account's own, of AWS's the one that counts), credentials, the credential report, the
/// authorization details of the account, when which service was used last, and the service control
/// policies above the account. Policies of resources are not read.
///
/// Examples:
///   crashcart collect identity AKIAIOSFODNN7EXAMPLE --case ./case
///   crashcart collect identity arn:aws:iam::111122223333:role/web --case ./case --json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct CollectIdentity {
    /// Whose
    #[arg(value_name = "TARGET", value_parser = NonEmptyStringValueParser::new())]
    target: String,
    /// Seal the answers in this case folder
    #[arg(long, value_name = "DIR")]
    case: Option<PathBuf>,
    /// One JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
}

impl CollectIdentity {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let open = || self.account.open_for(&self.target);
        let needs = || {
            Needs::of_action(
                Action::CollectIdentity,
                Some(self.target.clone()).filter(|target| target.contains('/')),
            )
        };
        if let Some(exit) = self.preflight.run(open, self.json, needs)? {
            return Ok(exit);
        }
        let Some(folder) = &self.case else {
            return Err(AppError::Request {
                what: "evidence needs a case to be sealed in".to_owned(),
                hint: "add --case DIR; the folder is made where it is not there. To look without \
                       keeping anything: `crashcart whois ID --live`",
            });
        };
        let door = open()?;
        let case = plans::open_case(folder)?;
        let collected = crashcart_app::collect_identity(&door, case, &self.target)?;
        let mut out = commands::output();
        let printed = if self.json {
            json_document(&collected, true, &mut out)
        } else {
            let place = folder.join("evidence").join("collected").join(&collected.folder);
            text(&collected, &place.display().to_string(), Terminal::look(false).width, &mut out)
        };
        let is_whole = collected.identity.gaps.is_empty();
        let exit = if is_whole { Exit::Done } else { Exit::Gaps };
        Ok(commands::ended(exit, printed.and_then(|()| out.flush())))
    }
}

fn text(
    collected: &CollectedIdentity,
    place: &str,
    width: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let identity = &collected.identity;
    let name = identity.name.as_deref().unwrap_or_default();
    let who = format!("{} {name}", identity.kind);
    writeln!(out, "{}  account {}", escape::terminal(who.trim()), identity.account)?;
    let mut may = "MAY";
    for sentence in &identity.may {
        labelled(may, &escape::terminal(sentence), width, out)?;
        may = "";
    }
    limits(identity, width, out)?;
    for policy in &identity.policies {
        labelled("policy", &escape::terminal(&told(policy)), width, out)?;
    }
    for who in identity.trusts.iter().flatten() {
        labelled("trusts", &escape::terminal(who), width, out)?;
    }
    for profile in &identity.instance_profiles {
        labelled("profile", &escape::terminal(profile), width, out)?;
    }
    used(identity, width, out)?;
    for (column, label) in REPORTED {
        if let Some(value) = identity.credential_report.get(column) {
            labelled("report", &escape::terminal(&format!("{label}: {value}")), width, out)?;
        }
    }
    if let Some(owner) = &identity.owner {
        live::credentials(owner, width, out)?;
    }
    writeln!(out)?;
    let size = collected.collected.iter().map(|entry| entry.size).sum::<u64>();
    let answers = counted(collected.collected.len() as u64, "answer");
    labelled("SEALED", &format!("{answers}, {size} bytes, in"), width, out)?;
    writeln!(out, "          {}", escape::terminal(place))?;
    for gap in &identity.gaps {
        labelled("NOT READ", &escape::terminal(gap), width, out)?;
    }
    if !identity.missing_permissions.is_empty() {
        let text = "`crashcart permissions collect-identity` prints a policy that has them";
        labelled("MISSING", &identity.missing_permissions.join(", "), width, out)?;
        labelled("", text, width, out)?;
    }
    Ok(())
}

/// What stands above the policies: boundary and service control policies.
fn limits(identity: &Identity, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    if let Some(boundary) = &identity.boundary {
        labelled("boundary", &escape::terminal(&told(boundary)), width, out)?;
    }
    match &identity.organization_policies {
        None => {
            let text = "service control policies: unknown, they could not be asked; they may limit \
                        all of this";
            labelled("above", text, width, out)?;
        }
        Some(policies) => {
            for policy in policies {
                let says = policy.says.as_deref().unwrap_or("could not be read: unknown");
                let text = format!("{} on {}: {says}", policy.name, policy.on);
                labelled("above", &escape::terminal(&text), width, out)?;
            }
        }
    }
    Ok(())
}

fn told(policy: &AppliedPolicy) -> String {
    let version = policy.version.as_ref().map(|one| format!(" {one}")).unwrap_or_default();
    let others = policy.saved_versions.len().saturating_sub(1) as u64;
    let others = match others {
        0 => String::new(),
        count => format!(" ({} saved)", counted(count, "other version")),
    };
    let says = policy.says.as_deref().unwrap_or("could not be read: unknown what it allows");
    format!("{}{version}, {}: {says}{others}", policy.name, policy.through)
}

fn used(identity: &Identity, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let text = match identity.services_used.as_deref() {
        None => return Ok(()),
        Some([]) => "no service in the time that IAM tracks".to_owned(),
        Some(services) => {
            let first = services.iter().take(USED);
            let names: Vec<_> = first.map(|one| format!("{} {}", one.service, one.last)).collect();
            let more = services.len().saturating_sub(USED);
            let more = if more > 0 { format!(" and {more} more") } else { String::new() };
            format!("{}{more}", names.join(", "))
        }
    };
    labelled("used", &escape::terminal(&text), width, out)
}
