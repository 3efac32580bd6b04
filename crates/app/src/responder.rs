//! Into the account that a target is of, where it is not one's own: through a role of one name that
//! responders assume in every account of their organization.
//!
//! It must never follow a stranger's id into a stranger's account by itself: whoever leaves a key id
//! behind could wait there with a role of that name.

use crashcart_aws::services::organizations::DescribeAccount;
use crashcart_aws::services::sts::{AssumeRole, GetAccessKeyInfo, GetCallerIdentity};
use crashcart_aws::{Call, Door, Operation};
use crashcart_model::{IdKind, UniqueId};

use crate::AppError;
use crate::account::{LASTS, SESSION};
use crate::permissions::Action;

/// The role's name where none is given.
pub(crate) const ROLE: &str = "CrashcartResponder";

/// What it takes to get in.
pub(crate) const CALLS: &[Operation] =
    &[GetAccessKeyInfo::OPERATION, DescribeAccount::OPERATION, AssumeRole::OPERATION];

/// A door in the account of the target, as far as one could get there.
#[derive(Debug)]
pub struct Entered {
    /// The door.
    pub door: Door,
    /// Whether it is in the account that was asked for, where one was.
    pub is_in: bool,
    /// Through what, or why not; to be told to the user.
    pub note: Option<String>,
}

/// The account that a text is about, asked or decoded: of an access key, an ARN, an account's number.
/// None where it does not tell, as with a name.
pub fn account_of(door: &Door, text: &str) -> Option<String> {
    let account = text.strip_prefix("arn:").and_then(|rest| rest.split(':').nth(3)).unwrap_or(text);
    if account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(account.to_owned());
    }
    let id = UniqueId::parse(text)?;
    if matches!(id.kind, IdKind::LongLivedAccessKey | IdKind::TemporaryAccessKey) {
        let door = door.only(Action::Responder.calls());
        let asked = door.reader().ask(&GetAccessKeyInfo { access_key_id: text.to_owned() });
        if let Ok(asked) = asked {
            return Some(asked.answer.account);
        }
    }
    id.account.map(|account| account.as_str().to_owned())
}

/// Assumes the responder role in an account that is not the one at hand. Without `given`, a role's
/// name, it does so only in an account that the organization knows, and stays where it is otherwise.
///
/// # Errors
/// When there is no account to ask; when a role that was given cannot be assumed.
pub fn enter(door: &Door, account: Option<&str>, given: Option<&str>) -> Result<Entered, AppError> {
    let stay = |note| Ok(Entered { door: door.clone(), is_in: false, note });
    let asking = door.only(Action::Responder.calls());
    let reader = asking.reader();
    let Some(account) = account else { return stay(None) };
    let caller = reader.ask(&GetCallerIdentity {})?.answer;
    if caller.account == account {
        return Ok(Entered { door: door.clone(), is_in: true, note: None });
    }
    if given.is_none()
        && let Err(error) = reader.ask(&DescribeAccount { account_id: account.to_owned() })
    {
        return stay(Some(format!(
            "account {account} is not known to be of your organization ({error}): no role is \
             assumed there unless you name it with --responder-role"
        )));
    }
    let partition = caller.arn.split(':').nth(1).unwrap_or("aws");
    let role = format!("arn:{partition}:iam::{account}:role/{}", given.unwrap_or(ROLE));
    let request = AssumeRole {
        role_arn: role.clone(),
        role_session_name: SESSION.to_owned(),
        duration_seconds: Some(LASTS),
        serial_number: None,
        token_code: None,
    };
    match reader.ask(&request) {
        Ok(assumed) => Ok(Entered {
            door: door.as_role(assumed.answer.credentials, caller.arn),
            is_in: true,
            note: Some(format!("asked as {role}")),
        }),
        Err(error) if given.is_some() => Err(error.into()),
        Err(error) => stay(Some(format!("{role} could not be assumed: {error}"))),
    }
}
