//! Collecting an identity: every answer of the account sealed in the case, and what it says in short.

use std::sync::Arc;

use crashcart_aws::Door;
use crashcart_aws::services::sts::GetCallerIdentity;
use crashcart_collect::{Identity, IdentityTarget, NoIdentity, identity};
use crashcart_report::json_document;
use crashcart_store::{Case, CollectedEntry, file_name};
use serde::Serialize;

use crate::AppError;
use crate::case::Powers;
use crate::kept::Keeper;
use crate::permissions::Action;

/// What was collected of a principal.
#[derive(Debug, Serialize)]
pub struct CollectedIdentity {
    /// What the account says.
    pub identity: Identity,
    /// The ARN of who asked.
    pub asked_by: String,
    /// The folder of the answers, below `evidence/collected` of the case.
    pub folder: String,
    /// The answers as they were sealed.
    pub collected: Vec<CollectedEntry>,
}

/// Asks the account for everything about a principal, which may be named by an access key, a name, an
/// ARN, an instance profile or an instance, and seals each answer as it comes.
///
/// # Errors
/// When nobody is found by that name, or the case cannot be written; what was sealed stays.
pub fn collect_identity(
    door: &Door,
    case: Case,
    text: &str,
) -> Result<CollectedIdentity, AppError> {
    let Some((target, account)) = IdentityTarget::parse(text) else {
        return Err(AppError::Request {
            what: format!("{text} leads to no user or role"),
            hint: "give an access key id (AKIA...), the name or ARN of a user or role, an instance \
                   profile's ARN or an instance's id; for a temporary key `crashcart whois` with logs \
                   tells the role",
        });
    };
    let door = door.only(Action::CollectIdentity.calls());
    let caller = door.reader().ask(&GetCallerIdentity {})?.answer;
    if let Some(account) = account.filter(|account| *account != caller.account) {
        return Err(AppError::Request {
            what: format!(
                "{text} is in account {account}, the credentials at hand are of {}",
                caller.account
            ),
            hint: "assume a role of that account with --assume-role",
        });
    }
    let who = text.rsplit([':', '/']).next().unwrap_or(text);
    let folder = format!("identity/{}/{}", file_name(who), door.now().to_string().replace(':', ""));
    let keeper = Arc::new(Keeper::new(case, caller.account.clone(), folder.clone()));
    let found = {
        let door = door.keeping(keeper.clone());
        // Asked once more, so that who collected is evidence too.
        door.reader().ask(&GetCallerIdentity {})?;
        identity(door.reader(), &caller.account, &target, &std::thread::sleep)
    };
    let collected = keeper.end()?;
    let identity = found.map_err(|error| match error {
        NoIdentity::Aws(error) => AppError::Aws(error),
        NoIdentity::Unknown(what) => AppError::Request {
            what,
            hint: "give an ARN, and credentials of the account that it names",
        },
    })?;
    if let Some(powers) = Powers::of(&identity, door.now()) {
        let mut document = Vec::new();
        json_document(&powers, true, &mut document).map_err(AppError::Output)?;
        keeper.publish(&powers.name(), &document)?;
    }
    let folder = format!("{}/{folder}", caller.account);
    Ok(CollectedIdentity { identity, asked_by: caller.arn, folder, collected })
}
