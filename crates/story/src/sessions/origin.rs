//! Where a key comes from: the call that a record names, else what its own records let one infer.
//! An inference is labelled as one, and where there is none it is unknown.

use crashcart_model::{Issuance, LogText, Timestamp};

use super::Used;
use super::chain::Chains;
use super::issuing::{Issue, Sign, permission_set};
use crate::principal;
use crate::witness::{Witness, origins};

/// A session of the console begins with the sign-in; clocks of two services may differ by this
/// many milliseconds.
const SIGN_IN: i64 = 120_000;
/// The longest that a console session lives (IAM user guide), in milliseconds.
const CONSOLE: i64 = 12 * 3_600_000;

/// The call that makes a key that lasts.
pub(crate) const MADE: &str = "iam:CreateAccessKey";
/// What AWS services call with on a principal's behalf (IAM user guide, "Forward access sessions").
const FORWARD: &str = "forward access session";

const NAMED: &str = "the call's answer names this key";

/// What is known of a key's origin.
#[derive(Default)]
pub(super) struct From<'k> {
    pub issuance: Option<Issuance>,
    pub unknown: Vec<String>,
    /// The address of whoever asked, where a call is known.
    pub address: &'k str,
}

impl From<'_> {
    /// Whether AWS services alone called with it, on the principal's behalf.
    pub(super) fn is_forwarded(&self) -> bool {
        self.issuance.as_ref().is_some_and(|issued| issued.call.raw().starts_with(FORWARD))
    }
}

impl<'k> Chains<'k> {
    /// Where a key comes from.
    pub(super) fn origin(&self, key: &str, used: Option<&Used>) -> From<'k> {
        if let Some(issue) = self.keys.issued.get(key) {
            let mut from = self.of_call(issue, false);
            self.through_identity_center(issue, &mut from);
            return from;
        }
        let Some(used) = used.filter(|_| !key.starts_with("AKIA")) else { return From::default() };
        let name = used.principal.by_time().first().copied().unwrap_or_default();
        if let Some(issue) = self.keys.issued.get(name)
            && !issue.shared
            && used.first.is_some_and(|first| issue.witness.time() <= first.millis())
        {
            return self.of_call(issue, true);
        }
        if let Some(issuance) = self.signed_in(used, name).or_else(|| handed_out(used, name)) {
            return From { issuance: Some(issuance), ..From::default() };
        }
        From { unknown: vec![self.look_where(used)], ..From::default() }
    }

    pub(super) fn of_call(&self, issue: &'k Issue, by_session: bool) -> From<'k> {
        let mut inferred = by_session;
        let mut because = if by_session {
            "the only call for this session; its record names no key".to_owned()
        } else {
            NAMED.to_owned()
        };
        let mut unknown = Vec::new();
        let principal = self.known_as(&issue.principal);
        let mut key = issue.key.to_string();
        if key.is_empty() && !issue.service {
            match self.only_key_of(principal) {
                Some(only) => {
                    only.clone_into(&mut key);
                    inferred = true;
                    because.push_str(
                        "; which key asked is inferred: the only one of that principal here",
                    );
                }
                None if self.is_foreign(&issue.account) => unknown.push(format!(
                    "which key asked is not in this material: look in account {}'s trail",
                    principal::plain(&issue.account)
                )),
                None => {}
            }
        }
        if issue.call == MADE && !issue.session.is_empty() {
            because.push_str("; made for user ");
            because.push_str(&principal::plain(&issue.session));
        }
        if issue.service {
            because.push_str("; an AWS service asked, for a workload that it runs");
            if let Some((_, session)) = principal::session(&issue.session)
                && principal::is_instance(session)
            {
                because.push_str(": whoever reaches the metadata service of instance ");
                because.push_str(session);
                because.push_str(" gets it");
            }
        }
        let text = |text: &str| (!text.is_empty()).then(|| LogText::from(text));
        let issuance = Issuance {
            call: LogText::from(issue.call.as_str()),
            key: text(&key),
            principal: text(principal),
            account: text(&issue.account),
            at: time(&issue.witness),
            inferred,
            because,
            origins: origins(std::iter::once(&issue.witness), self.evidence),
        };
        From { issuance: Some(issuance), unknown, address: &issue.address }
    }

    /// Identity Center asks with SAML in the member account; who fetched it is another record.
    fn through_identity_center(&self, issue: &Issue, from: &mut From<'_>) {
        let Some(set) = permission_set(&issue.session) else { return };
        let Some(issuance) = &mut from.issuance else { return };
        let account = principal::account(&issue.session).unwrap_or_default();
        let near = |sign: &&Sign| (issue.witness.time() - sign.witness.time()).abs() <= SIGN_IN;
        let fetched = self.signs(&format!("{account}/{set}"));
        let mut near = fetched.iter().filter(near);
        match (near.next(), near.next()) {
            (Some(sign), None) => {
                issuance.because.push_str("; inferred from role and time: fetched by ");
                issuance.because.push_str(&principal::plain(&sign.who));
                issuance.origins.extend(origins(std::iter::once(&sign.witness), self.evidence));
            }
            (Some(_), Some(_)) => {
                issuance.because.push_str("; several fetches from Identity Center fit it");
            }
            _ => from.unknown.push(
                "who fetched it from Identity Center is not in this material: look for GetRoleCredentials in the trail of the account that runs Identity Center".to_owned(),
            ),
        }
    }

    /// A sign-in to the console carries no key: the last one before first use by the same
    /// principal from the same address, where the key's records call it a console session or its
    /// session began with the sign-in.
    fn signed_in(&self, used: &Used, name: &str) -> Option<Issuance> {
        let first = used.first?.millis();
        let began = |sign: &Sign| {
            used.born.is_some_and(|born| (born.millis() - sign.witness.time()).abs() <= SIGN_IN)
        };
        let fits = |sign: &&Sign| {
            let age = first - sign.witness.time();
            (-SIGN_IN..=CONSOLE).contains(&age)
                && used.addresses.contains(&sign.address)
                && (used.console || began(sign))
        };
        let sign = self.signs(name).iter().rfind(fits)?;
        let from = &*sign.who;
        Some(Issuance {
            call: LogText::from(sign.call),
            key: None,
            principal: Some(LogText::from(if from.is_empty() { name } else { from })),
            account: principal::account(if from.is_empty() { name } else { from })
                .map(LogText::from),
            at: time(&sign.witness),
            inferred: true,
            because: format!(
                "a console sign-in carries no key: same principal, same address {}, and time",
                principal::plain(&sign.address)
            ),
            origins: origins(std::iter::once(&sign.witness), self.evidence),
        })
    }

    /// Which log would tell.
    fn look_where(&self, used: &Used) -> String {
        const MISSING: &str = "its issuing call is not in this material";
        let before = match used.born.or(used.first) {
            Some(at) => format!(" at or before {at}"),
            None => String::new(),
        };
        match used.account.by_time().first() {
            None => MISSING.to_owned(),
            Some(account) => {
                let account = principal::plain(account);
                format!("{MISSING}: look in account {account}'s trail{before}, in all regions")
            }
        }
    }
}

/// What a key's own records tell about who handed it out, where no call is in the material.
fn handed_out(used: &Used, name: &str) -> Option<Issuance> {
    let session = principal::session(name).map(|(_, session)| session).unwrap_or_default();
    let instance = principal::is_instance(session);
    let (call, inferred, because) = if used.metadata > 0 {
        let call = format!("ec2: instance metadata service (IMDSv{})", used.metadata);
        (
            call,
            false,
            format!(
                "ec2RoleDelivery of its records; handed out by instance {}",
                principal::plain(session)
            ),
        )
    } else if instance {
        (
            "ec2: instance metadata service".to_owned(),
            true,
            format!("the session's name is that of instance {session}"),
        )
    } else if used.runtime == "Lambda" && !session.is_empty() {
        let because = format!(
            "its user agent names Lambda, its session function {}",
            principal::plain(session)
        );
        ("lambda: execution role".to_owned(), true, because)
    } else if used.runtime == "ECS" && !session.is_empty() {
        let because =
            format!("its user agent names ECS, its session task {}", principal::plain(session));
        ("ecs: task role".to_owned(), true, because)
    } else if !used.direct && used.services.len() > 0 {
        let services = used.services.sorted();
        let services: Vec<&str> = services.iter().map(LogText::raw).collect();
        let because = "AWS services alone used it, on the principal's behalf".to_owned();
        (
            format!("forward access session of {}", principal::plain(&services.join(", "))),
            true,
            because,
        )
    } else {
        return None;
    };
    let whose = (!used.direct && used.services.len() > 0).then(|| LogText::from(name));
    Some(Issuance {
        call: LogText::new(call),
        key: None,
        principal: whose,
        account: None,
        at: used.born,
        inferred,
        because,
        origins: Vec::new(),
    })
}

fn time(witness: &Witness) -> Option<Timestamp> {
    (witness.time() != i64::MAX).then(|| Timestamp::from_millis(witness.time()))
}
