//! What an id, an ARN, an address or a name is, and what part it has in an event.
//!
//! Pure: no network, no material. Must never claim more than the text itself tells.

use std::net::IpAddr;

use crashcart_model::{
    AccountId, Environment, Head, IdKind, LogText, Outcome, Record, Str, UniqueId, Value,
    principal_name,
};

use super::naming::{holds, names, starts};

/// Accounts behind canary tokens (Thinkst's canarytokens.org), as published with TruffleHog's
/// canary detector and Praetorian's aurelian.
const CANARY_ACCOUNTS: [&str; 9] = [
    "052310077262",
    "171436882533",
    "266735846894",
    "534261010715",
    "595918472158",
    "717712589309",
    "730335385048",
    "819147034852",
    "992382622183",
];

/// What was asked about.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    pub id: String,
    kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Kind {
    Key(UniqueId),
    /// A user, role or another thing of IAM; of a role also with `:session`.
    Principal(UniqueId),
    Arn,
    Address(IpAddr),
    Account(AccountId),
    Instance,
    Service,
    Name,
}

/// The part that a subject has in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The call was made by it, with it or from it.
    Used,
    /// The call issued or created it.
    Issued,
    /// The record names it.
    Mentioned,
}

impl Subject {
    pub fn of(text: &str) -> Self {
        let text = text.trim();
        let kind = Kind::of(text);
        // Logs write an address in its canonical form.
        let id =
            if let Kind::Address(address) = &kind { address.to_string() } else { text.to_owned() };
        Self { id, kind }
    }

    /// Whether it is an access key.
    pub const fn is_key(&self) -> bool {
        matches!(self.kind, Kind::Key(_))
    }

    /// What it is, in words.
    pub fn words(&self) -> &'static str {
        match &self.kind {
            Kind::Key(id) => id.kind.words(),
            Kind::Principal(id) if id.kind == IdKind::Role && self.id.contains(':') => {
                "session of an IAM role"
            }
            Kind::Principal(id) => id.kind.words(),
            Kind::Arn => arn_words(&self.id),
            Kind::Address(_) => "address",
            Kind::Account(_) => "AWS account",
            Kind::Instance => "EC2 instance",
            Kind::Service => "AWS service",
            Kind::Name => "name of a user, a role or a session",
        }
    }

    /// The account that the text itself tells.
    pub fn account(&self) -> Option<AccountId> {
        match &self.kind {
            Kind::Key(id) | Kind::Principal(id) => id.account.clone(),
            Kind::Arn => self.id.split(':').nth(4).and_then(AccountId::parse),
            Kind::Account(account) => Some(account.clone()),
            _ => None,
        }
    }

    /// The name at the end of an ARN.
    pub fn name(&self) -> Option<LogText> {
        let resource = (self.kind == Kind::Arn).then(|| self.id.splitn(6, ':').nth(5))??;
        let name = resource.rsplit(['/', ':']).next().unwrap_or(resource);
        (!name.is_empty()).then(|| name.into())
    }

    /// What one should know about it.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let mut note = |holds: bool, text: &str| notes.extend(holds.then(|| text.to_owned()));
        if let Kind::Key(id) | Kind::Principal(id) = &self.kind {
            note(
                id.account.is_none(),
                "ids of the older form carry no account number: only AWS or the material can tell whose it is",
            );
            note(
                id.kind == IdKind::TemporaryAccessKey,
                "works only with its session token, and for 36 hours at most after it was issued",
            );
        }
        note(
            self.id.ends_with("EXAMPLE"),
            "ends in EXAMPLE, as the ids in AWS's documentation do: no real one",
        );
        note(
            self.account().is_some_and(|account| CANARY_ACCOUNTS.contains(&account.as_str())),
            "its account is one that canary tokens are made in: its use alerts whoever planted it",
        );
        note(
            matches!(&self.kind, Kind::Address(address) if is_private(address)),
            "a private address: the call came through a VPC endpoint, so others may share it elsewhere",
        );
        notes
    }

    /// The part it has in an event; none when the record does not name it.
    pub fn part(&self, record: &Record<'_>, head: &Head<'_>) -> Option<Part> {
        if !self.is_named_in(record) {
            None
        } else if self.was_issued_by(head) {
            Some(Part::Issued)
        } else if self.is_used_by(head) {
            Some(Part::Used)
        } else {
            Some(Part::Mentioned)
        }
    }

    /// Whom a key was issued to, where the call tells.
    pub fn issued_to(&self, head: &Head<'_>) -> Option<LogText> {
        let response = head.response.filter(|_| matches!(self.kind, Kind::Key(_)))?;
        [("accessKey", "userName"), ("assumedRoleUser", "arn"), ("federatedUser", "arn")]
            .into_iter()
            .find_map(|(part, name)| response.object(part)?.text_of(name))
            .map(|text| LogText::new(text.text()))
    }

    fn is_named_in(&self, record: &Record<'_>) -> bool {
        names(record.json(), &self.id)
            || memchr::memchr(b'\\', record.json().as_bytes()).is_some()
                && holds(record.as_value(), &mut |_, text| names(text, &self.id))
    }

    fn is_used_by(&self, head: &Head<'_>) -> bool {
        let identity = head.identity();
        let is = |field: Option<Str<'_>>| field.is_some_and(|text| text.is(&self.id));
        let issuer = |name: &str| is(identity.issuer.and_then(|issuer| issuer.text_of(name)));
        let principal_id = identity.principal_id.map(Str::text).unwrap_or_default();
        let (before, after) = principal_id.split_once(':').unwrap_or((&principal_id, ""));
        match &self.kind {
            Kind::Key(_) => is(identity.access_key),
            Kind::Principal(_) => {
                principal_id == self.id || before == self.id || issuer("principalId")
            }
            Kind::Arn => {
                let arn = principal_name(identity);
                arn == self.id
                    || issuer("arn")
                    || self.id.contains(":assumed-role/")
                        && arn.strip_prefix(&self.id).is_some_and(|rest| rest.starts_with('/'))
                    || Environment::names(std::slice::from_ref(&self.id), &arn)
            }
            Kind::Address(_) => is(head.address),
            Kind::Account(_) => is(identity.account),
            Kind::Instance => after == self.id,
            Kind::Service => is(identity.invoked_by) || is(head.address),
            Kind::Name => {
                let arn = identity.arn.map(Str::text).unwrap_or_default();
                is(identity.user_name)
                    || issuer("userName")
                    || arn.rsplit_once('/').is_some_and(|(_, name)| name == self.id)
            }
        }
    }

    fn was_issued_by(&self, head: &Head<'_>) -> bool {
        let Some(response) = head.response.filter(|_| head.outcome() == Outcome::Done) else {
            return false;
        };
        let name = head.name.map(Str::text).unwrap_or_default();
        let in_response = |wanted: &dyn Fn(&str) -> bool| {
            holds(Value::Object(response), &mut |field, text| text == self.id && wanted(field))
        };
        match (&self.kind, name.strip_prefix("Create")) {
            (Kind::Key(_), _) => in_response(&|field| field == "accessKeyId"),
            (Kind::Instance, _) => {
                matches!(&*name, "RunInstances" | "CreateFleet")
                    && in_response(&|field| matches!(field, "instanceId" | "instanceIds"))
            }
            (Kind::Principal(_), Some(_)) => in_response(&|field| field.ends_with("Id")),
            // CreateFunction tells functionArn, CreateUser tells arn of the user.
            (Kind::Arn, Some(thing)) => in_response(&|field| {
                field == "arn" || field.strip_suffix("Arn").is_some_and(|part| starts(thing, part))
            }),
            (Kind::Name, Some(thing)) => head.request.is_some_and(|request| {
                request.members().any(|(field, value)| {
                    field.raw().strip_suffix("Name").is_some_and(|part| starts(thing, part))
                        && value.as_str().is_some_and(|text| text.is(&self.id))
                })
            }),
            _ => false,
        }
    }
}

impl Kind {
    fn of(text: &str) -> Self {
        use IdKind::{BearerToken, LongLivedAccessKey, ServiceCredential, TemporaryAccessKey};
        if let Some(id) = UniqueId::parse(text) {
            return match id.kind {
                LongLivedAccessKey | TemporaryAccessKey | BearerToken | ServiceCredential => {
                    Kind::Key(id)
                }
                _ => Kind::Principal(id),
            };
        }
        let role = text.split_once(':').and_then(|(role, _)| UniqueId::parse(role));
        if let Some(role) = role.filter(|role| role.kind == IdKind::Role) {
            return Kind::Principal(role);
        }
        if text.starts_with("arn:") {
            return Kind::Arn;
        }
        if let Ok(address) = text.parse() {
            return Kind::Address(address);
        }
        if let Some(account) = AccountId::parse(text) {
            return Kind::Account(account);
        }
        let instance = text.strip_prefix("i-").is_some_and(|digits| {
            matches!(digits.len(), 8 | 17) && digits.bytes().all(|byte| byte.is_ascii_hexdigit())
        });
        match text {
            _ if instance => Kind::Instance,
            _ if text.ends_with(".amazonaws.com") => Kind::Service,
            _ => Kind::Name,
        }
    }
}

fn arn_words(arn: &str) -> &'static str {
    let mut parts = arn.splitn(6, ':');
    let (service, resource) = (parts.nth(2), parts.nth(2).unwrap_or_default());
    let kind = resource.split('/').next().unwrap_or_default();
    match (service, kind) {
        (Some("iam"), "root") => "root of an account",
        (Some("iam"), "user") => "IAM user",
        (Some("iam"), "role") => "IAM role",
        (Some("iam"), "group") => "IAM group",
        (Some("iam"), "policy") => "IAM policy",
        (Some("iam"), "instance-profile") => "EC2 instance profile",
        (Some("sts"), "assumed-role") => "session of an IAM role",
        (Some("sts"), "federated-user") => "session of a federated user",
        _ => "ARN of a resource",
    }
}

fn is_private(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            // 100.64.0.0/10 is shared address space (RFC 6598).
            let [first, second, ..] = v4.octets();
            v4.is_private() || first == 100 && (64..128).contains(&second)
        }
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use crashcart_testkit::with_record;
    use serde_json::json;

    use super::*;
    use crate::testing::call;

    const TIME: &str = "2026-05-04T02:00:00Z";

    fn part(id: &str, name: &str, more: serde_json::Value) -> Option<Part> {
        let record = call(name, "1", TIME, more).to_string();
        with_record(&record, |record| Subject::of(id).part(record, &Head::of(record)))
    }

    #[test]
    fn the_text_alone_tells_what_it_is_and_whose() {
        let told = |text: &str| {
            let subject = Subject::of(text);
            (subject.words(), subject.account().map(|account| account.to_string()))
        };
        let own = |account: &str| Some(account.to_owned());
        // The vector of the research that published the encoding; the second worked out by hand.
        assert_eq!(
            told(" ASIAQNZGKIQY56JQ7WML\n"),
            ("temporary access key (of an STS session)", own("029608264753"))
        );
        assert_eq!(told("AROATFQR7NSCWWVLB7BES"), ("IAM role", own("218007301253")));
        assert_eq!(
            told("AROATFQR7NSCWWVLB7BES:nina"),
            ("session of an IAM role", own("218007301253"))
        );
        assert_eq!(
            told("arn:aws:iam::111122223333:user/x/nina"),
            ("IAM user", own("111122223333"))
        );
        assert_eq!(
            told("arn:aws:iam::111122223333:root"),
            ("root of an account", own("111122223333"))
        );
        assert_eq!(told("arn:aws:s3:::bucket"), ("ARN of a resource", None));
        assert_eq!(told("111122223333"), ("AWS account", own("111122223333")));
        assert_eq!(told("198.51.100.7"), ("address", None));
        assert_eq!(told("i-0dbc91f429e48eeed"), ("EC2 instance", None));
        assert_eq!(told("ec2.amazonaws.com"), ("AWS service", None));
        assert_eq!(told("nina"), ("name of a user, a role or a session", None));
        assert_eq!(told(""), ("name of a user, a role or a session", None));
    }

    #[test]
    fn an_arn_tells_a_name_and_an_address_is_canonical() {
        let name = |arn: &str| Subject::of(arn).name();
        assert_eq!(name("arn:aws:iam::111122223333:user/x/nina"), Some("nina".into()));
        assert_eq!(
            name("arn:aws:secretsmanager:eu-north-1:111122223333:secret:db"),
            Some("db".into())
        );
        assert_eq!(name("nina"), None);
        assert_eq!(Subject::of("2001:DB8:0::1").id, "2001:db8::1");
    }

    #[test]
    fn what_one_should_know_is_noted() {
        let notes = |text: &str| Subject::of(text).notes().join("; ");
        assert!(notes("AKIAIOSFODNN7EXAMPLE").contains("older form"));
        assert!(notes("AKIAIOSFODNN7EXAMPLE").contains("documentation"));
        // The account in the id is 052310077262, one of canarytokens.org.
        assert!(notes("AKIAQYLPMN5HHHFPZAM2").contains("canary"));
        assert!(notes("ASIAQNZGKIQY56JQ7WML").contains("session token"));
        assert!(notes("10.1.2.3").contains("private"));
        assert_eq!(notes("198.51.100.7"), "");
        assert_eq!(notes("AIDAQNZGKIQY56JQ7WML"), "");
    }

    #[test]
    fn the_caller_is_found_under_each_of_its_names() {
        let session = json!({"userIdentity": {
            "type": "AssumedRole",
            "principalId": "AROATFQR7NSCWWVLB7BES:i-0dbc91f429e48eeed",
            "arn": "arn:aws:sts::111122223333:assumed-role/deploy/i-0dbc91f429e48eeed",
            "accountId": "111122223333",
            "accessKeyId": "ASIAQNZGKIQY56JQ7WML",
            "sessionContext": {"sessionIssuer": {
                "arn": "arn:aws:iam::111122223333:role/path/deploy", "userName": "deploy",
            }},
        }});
        for id in [
            "ASIAQNZGKIQY56JQ7WML",
            "AROATFQR7NSCWWVLB7BES",
            "AROATFQR7NSCWWVLB7BES:i-0dbc91f429e48eeed",
            "arn:aws:sts::111122223333:assumed-role/deploy/i-0dbc91f429e48eeed",
            "arn:aws:sts::111122223333:assumed-role/deploy",
            "arn:aws:iam::111122223333:role/path/deploy",
            "i-0dbc91f429e48eeed",
            "deploy",
            "111122223333",
            "198.51.100.7",
        ] {
            assert_eq!(part(id, "GetUser", session.clone()), Some(Part::Used), "{id}");
        }
        for id in ["AKIAQNZGKIQY56JQ7WML", "198.51.100.70", "8.51.100.7", "deployer", "dep", "nina"]
        {
            assert_eq!(part(id, "GetUser", session.clone()), None, "{id}");
        }
    }

    #[test]
    fn the_call_that_made_it_is_told_from_those_that_only_name_it() {
        let id = "AKIAQNZGKIQY56JQ7WML";
        let made = json!({
            "requestParameters": {"userName": "max"},
            "responseElements": {"accessKey": {"accessKeyId": id, "userName": "max"}},
        });
        assert_eq!(part(id, "CreateAccessKey", made.clone()), Some(Part::Issued));
        assert_eq!(part("max", "CreateAccessKey", made), Some(Part::Mentioned));
        let removed = json!({"requestParameters": {"userName": "max", "accessKeyId": id}});
        assert_eq!(part(id, "DeleteAccessKey", removed), Some(Part::Mentioned));
        let quoted = json!({"requestParameters": {"document": format!("the key\n{id}")}});
        assert_eq!(part(id, "PutParameter", quoted), Some(Part::Mentioned), "behind an escape");

        let user = json!({
            "requestParameters": {"userName": "max"},
            "responseElements": {"user": {
                "userId": "AIDAQNZGKIQY56JQ7WML", "arn": "arn:aws:iam::111122223333:user/max",
            }},
        });
        for id in ["max", "AIDAQNZGKIQY56JQ7WML", "arn:aws:iam::111122223333:user/max"] {
            assert_eq!(part(id, "CreateUser", user.clone()), Some(Part::Issued), "{id}");
        }
        let mut denied = user;
        denied["errorCode"] = "AccessDenied".into();
        assert_eq!(part("max", "CreateUser", denied), Some(Part::Mentioned));
        let pool = json!({"requestParameters": {"userName": "max"}});
        assert_eq!(part("max", "CreateUserPool", pool), Some(Part::Mentioned));
    }
}
