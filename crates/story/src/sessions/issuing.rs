//! What one record tells about how a key came to be: the call that issued it, or a sign-in that
//! carries no key.
//!
//! Shapes: IAM user guide, "Logging IAM and AWS STS API calls with AWS CloudTrail"; CloudTrail user
//! guide, "AWS Management Console sign-in events"; Roles Anywhere user guide, "CreateSession".

use crashcart_model::{EventRef, Head, Identity, Outcome, Record, Str, Value, principal_name};

use crate::actor::{self, Kind};
use crate::principal;
use crate::witness::Witness;

/// Sign-ins kept of one principal, the earliest.
const SIGNS: usize = 64;

/// A call that issued a key.
#[derive(Debug)]
pub(super) struct Issue {
    /// As `sts:AssumeRole`.
    pub call: String,
    /// The key that asked; empty where the record does not tell.
    pub key: Box<str>,
    /// Who asked.
    pub principal: Box<str>,
    /// The account of whoever asked; empty where it was nobody's.
    pub account: Box<str>,
    /// The ARN of the session that was issued; empty where the key is of whoever asked. Of a
    /// key that lasts the name of the user it was made for.
    pub session: Box<str>,
    pub address: Box<str>,
    /// An AWS service asked.
    pub service: bool,
    /// More than one principal asked for this session.
    pub shared: bool,
    pub witness: Witness,
}

impl Issue {
    pub fn rank(&self) -> u8 {
        if self.service { 2 } else { 0 }
    }

    /// Of two records about one key the one that names the key which asked is the caller's own.
    pub fn merge(&mut self, other: Self) {
        let shared = self.shared || other.shared || self.principal != other.principal;
        if (other.key.is_empty(), other.witness.order())
            < (self.key.is_empty(), self.witness.order())
        {
            *self = other;
        }
        self.shared = shared;
    }
}

/// A sign-in to the console, or a fetch of credentials from Identity Center.
#[derive(Debug)]
pub(super) struct Sign {
    pub call: &'static str,
    /// Who did it; empty where it is the principal itself.
    pub who: Box<str>,
    pub address: Box<str>,
    pub witness: Witness,
}

/// Adds a sign in the order of time; the earliest stay.
pub(super) fn add_sign(signs: &mut Vec<Sign>, sign: Sign) {
    let at = signs.partition_point(|known| known.witness.order() <= sign.witness.order());
    if at < SIGNS {
        signs.insert(at, sign);
        signs.truncate(SIGNS);
    }
}

/// The call that issued a key, by the key; by the session's ARN where the record names no key.
pub(super) fn issue(
    record: &Record<'_>,
    head: &Head<'_>,
    event: EventRef,
) -> Option<(String, Issue)> {
    let service = crate::knowledge::service_of(head.source?.raw());
    let response = head.response?;
    if !matches!(service, "sts" | "rolesanywhere" | "iam" | "sso")
        || head.outcome() != Outcome::Done
    {
        return None;
    }
    let (inner, key) = credentials(&response);
    if service != "sts" && key.is_none() {
        return None;
    }
    let session = session(head, &inner).unwrap_or_default();
    let key = key.unwrap_or_else(|| session.clone());
    if key.is_empty() {
        return None;
    }
    let identity = head.identity();
    let text = |field: Option<Str<'_>>| field.map(Str::text).unwrap_or_default().into();
    let principal: Box<str> = principal_name(identity).into();
    let is_service = matches!(actor::kind(identity), Kind::Service);
    let issue = Issue {
        call: format!("{service}:{}", head.name?.text()),
        key: text(identity.access_key),
        account: text(identity.account),
        session: session.into(),
        address: text(head.address),
        service: is_service,
        shared: false,
        principal,
        witness: Witness::of(record, head, event),
    };
    Some((key, issue))
}

/// The part of a response that tells the session, and the key in it.
fn credentials<'a>(response: &Record<'a>) -> (Record<'a>, Option<String>) {
    let first = match response.get("credentialSet") {
        Some(Value::Array(set)) => set.members().find_map(|(_, one)| one.as_object()),
        _ => None,
    };
    let inner = first.unwrap_or(*response);
    let key = ["credentials", "accessKey", "roleCredentials"]
        .iter()
        .find_map(|name| inner.object(name)?.text_of("accessKeyId"))
        .map(|key| key.text().into_owned())
        .filter(|key| !key.is_empty());
    (inner, key)
}

/// The ARN of the session that a call is about: by the answer, else as the call asks for it.
fn session(head: &Head<'_>, inner: &Record<'_>) -> Option<String> {
    let told = [("assumedRoleUser", "arn"), ("federatedUser", "arn"), ("accessKey", "userName")]
        .iter()
        .find_map(|(part, name)| inner.object(part)?.text_of(name));
    if let Some(arn) = told {
        return Some(arn.text().into_owned());
    }
    let of = |name| Some(head.request?.text_of(name)?.text());
    principal::session_of(&of("roleArn")?, &of("roleSessionName")?)
}

/// A sign-in to the console that took effect, by the principal that signed in; a fetch from
/// Identity Center, by account and role.
pub(super) fn sign(
    record: &Record<'_>,
    head: &Head<'_>,
    event: EventRef,
) -> Option<(String, Sign)> {
    let (source, name) = (head.source?.raw(), head.name?);
    let call = match (source, name.raw()) {
        ("signin.amazonaws.com", "ConsoleLogin") => "signin:ConsoleLogin",
        ("signin.amazonaws.com", "SwitchRole") => "signin:SwitchRole",
        ("sso.amazonaws.com", "GetRoleCredentials") => "sso:GetRoleCredentials",
        _ => return None,
    };
    if head.outcome() != Outcome::Done {
        return None;
    }
    let own = principal_name(head.identity()).into_owned();
    let (place, who) = match call {
        "signin:ConsoleLogin" => (own, String::new()),
        "signin:SwitchRole" => {
            let from = head.additional.and_then(|more| more.text_of("SwitchFrom"));
            (own, from.map(|from| from.text().into_owned()).unwrap_or_default())
        }
        _ => (fetched(record, head)?, own),
    };
    let address = head.address.map(Str::text).unwrap_or_default().into();
    let witness = Witness::of(record, head, event);
    Some((place, Sign { call, who: who.into(), address, witness }))
}

/// Account and role of a fetch; AWS writes them in one of two places.
fn fetched(record: &Record<'_>, head: &Head<'_>) -> Option<String> {
    let request = || {
        let request = head.request?;
        Some((request.text_of("accountId")?, request.text_of("roleName")?))
    };
    let details = || {
        let details = record.object("serviceEventDetails")?;
        Some((details.text_of("account_id")?, details.text_of("role_name")?))
    };
    let (account, role) = request().or_else(details)?;
    Some(format!("{}/{}", account.text(), role.text()))
}

/// What kind of identity a record names, in words.
pub(super) fn identity_words(identity: &Identity<'_>, name: &str) -> &'static str {
    let raw = identity.kind.map(Str::raw).unwrap_or_default();
    match raw {
        "WebIdentityUser" => return "web identity",
        "SAMLUser" => return "SAML identity",
        "IdentityCenterUser" => return "Identity Center user",
        _ => {}
    }
    match actor::kind(identity) {
        Kind::Root => "root",
        Kind::User => "IAM user",
        Kind::Session if permission_set(name).is_some() => "Identity Center session",
        Kind::Session => "session of a role",
        Kind::Federated => "federated user",
        Kind::ServiceLinked => "session of a service-linked role",
        Kind::Service => "AWS service",
        Kind::Account => "principal of another account",
        Kind::Anonymous => "anonymous",
        Kind::Unknown => "unknown",
    }
}

/// The permission set of a session that Identity Center made, as `AdministratorAccess`.
pub(super) fn permission_set(session: &str) -> Option<&str> {
    let (role, _) = principal::session(session)?;
    Some(role.strip_prefix("AWSReservedSSO_")?.rsplit_once('_')?.0)
}
