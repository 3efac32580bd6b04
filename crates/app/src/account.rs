//! An account that is asked: the door to it, in whose name, and whose a key in it is.

use crashcart_aws::services::sts::{AssumeRole, GetCallerIdentity};
use crashcart_aws::{Door, DoorOptions};
use crashcart_collect::{Owner, owner_by_name, owner_of_key};
use crashcart_model::{IdKind, UniqueId};

use crate::AppError;
use crate::permissions::Action;

/// What the sessions that we open are called in the account's own trail.
pub(crate) const SESSION: &str = "crashcart";
/// Seconds that a session of an assumed role lasts: what every role allows.
pub(crate) const LASTS: u32 = 3600;

/// Whom to be.
#[derive(Debug, Clone, Default)]
pub struct AccountOptions {
    /// Whose credentials, and where.
    pub door: DoorOptions,
    /// The ARN of a role to assume first.
    pub role: Option<String>,
    /// The MFA device that the role asks for.
    pub mfa_serial: Option<String>,
}

/// Opens the door; `code` is asked for a code of the MFA device, once, when the role needs it.
///
/// # Errors
/// When there are no credentials, or the role cannot be assumed.
pub fn open_account(
    options: &AccountOptions,
    code: &dyn Fn(&str) -> Result<String, AppError>,
) -> Result<Door, AppError> {
    let door = Door::open(&options.door)?;
    let Some(role) = &options.role else { return Ok(door) };
    let token_code = options.mfa_serial.as_deref().map(code).transpose()?;
    let request = AssumeRole {
        role_arn: role.clone(),
        role_session_name: SESSION.to_owned(),
        duration_seconds: Some(LASTS),
        serial_number: options.mfa_serial.clone(),
        token_code,
    };
    let caller = door.reader().ask(&GetCallerIdentity {})?.answer.arn;
    let assumed = door.reader().ask(&request)?.answer.credentials;
    Ok(door.as_role(assumed, caller))
}

/// The number of the account behind the door.
///
/// # Errors
/// When it cannot be asked.
pub fn account_at_hand(door: &Door) -> Result<String, AppError> {
    let door = door.only(Action::Whois.calls());
    Ok(door.reader().ask(&GetCallerIdentity {})?.answer.account)
}

/// What the account says of an id: of a long-lived key its owner, of a user's ARN or name the user.
///
/// # Errors
/// When there is no account to ask, or the id is of a kind that it cannot be asked about yet.
pub fn whose(door: &Door, id: &str) -> Result<Owner, AppError> {
    let door = door.only(Action::Whois.calls());
    let reader = door.reader();
    let here = &*reader.ask(&GetCallerIdentity {})?.answer.account;
    match UniqueId::parse(id).map(|id| id.kind) {
        Some(IdKind::LongLivedAccessKey | IdKind::TemporaryAccessKey) => {
            return Ok(owner_of_key(reader, here, id));
        }
        Some(_) => {}
        None if id.starts_with("arn:") => {
            let mut parts = id.split(':').skip(4);
            let (account, resource) = (parts.next(), parts.next().unwrap_or_default());
            if let Some(path) = resource.strip_prefix("user/") {
                let name = path.rsplit('/').next().unwrap_or_default();
                return Ok(owner_by_name(reader, here, (account, name)));
            }
        }
        None => return Ok(owner_by_name(reader, here, (None, id))),
    }
    Err(AppError::Request {
        what: format!("whois --live cannot ask about {id}"),
        hint: "give an access key id, a user's name or a user's ARN; for roles and sessions give logs",
    })
}
