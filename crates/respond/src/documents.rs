//! The policies that containment puts: deny everything, deny sessions older than a moment, let
//! nobody assume a role. It must never write a statement that allows.

use crashcart_model::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The name of the policy that denies everything.
pub const DENY_ALL: &str = "crashcart-deny-all";
/// How the name of the policy begins that denies sessions issued before a moment.
pub const DENY_OLDER_SESSIONS: &str = "crashcart-deny-older-sessions";

const TOKEN_ISSUE_TIME: &str = "aws:TokenIssueTime";

/// Whose sessions of a role are denied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Whose {
    /// Everybody's.
    All,
    /// Those that carry this source identity.
    SourceIdentity(String),
    /// Those of this `aws:userid`, such as `AROAEXAMPLE:i-0123` for one instance's.
    UserId(String),
}

impl Whose {
    /// The name of the policy that denies their older sessions: one for each, so that containing
    /// somebody does not let somebody else go.
    pub fn policy_name(&self) -> String {
        let (kind, value) = match self {
            Self::All => return DENY_OLDER_SESSIONS.to_owned(),
            Self::SourceIdentity(name) => ("source-identity", name),
            Self::UserId(id) => ("userid", id),
        };
        let digest = Sha256::digest(format!("{kind}={value}"));
        let short: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{DENY_OLDER_SESSIONS}-{short}")
    }
}

/// Denies everything.
pub fn deny_all() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [
            {"Sid": "CrashcartDenyAll", "Effect": "Deny", "Action": "*", "Resource": "*"}
        ]
    })
}

/// Denies every session that was issued before `moment`, which is rounded up to a whole second. A
/// request that is not of a session has no issue time, so long-lived keys are not denied by it.
pub fn deny_older_sessions(moment: Timestamp, whose: &Whose) -> Value {
    let seconds = moment.millis().div_euclid(1000) + i64::from(moment.millis() % 1000 != 0);
    let moment = Timestamp::from_millis(seconds * 1000).to_string();
    let mut condition = json!({"DateLessThan": {TOKEN_ISSUE_TIME: moment}});
    match (whose, condition.as_object_mut()) {
        (Whose::SourceIdentity(name), Some(condition)) => {
            condition.insert("StringEquals".into(), json!({"aws:SourceIdentity": name}));
        }
        (Whose::UserId(id), Some(condition)) => {
            condition.insert("StringEquals".into(), json!({"aws:userid": id}));
        }
        _ => {}
    }
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "CrashcartDenyOlderSessions",
            "Effect": "Deny",
            "Action": "*",
            "Resource": "*",
            "Condition": condition
        }]
    })
}

/// The moment in a document that [`deny_older_sessions`] made for the same sessions; none for any
/// other document.
pub fn cut_off(document: &Value, whose: &Whose) -> Option<Timestamp> {
    let at = "/Statement/0/Condition/DateLessThan/aws:TokenIssueTime";
    let moment = Timestamp::parse(document.pointer(at)?.as_str()?)?;
    (*document == deny_older_sessions(moment, whose)).then_some(moment)
}

/// Lets nobody assume a role. What is not allowed is denied; a trust policy must have a statement,
/// so this one denies.
pub fn closed_trust() -> Value {
    json!({
        "Version": "2012-10-17",
        "Statement": [{
            "Sid": "CrashcartClosed",
            "Effect": "Deny",
            "Principal": {"AWS": "*"},
            "Action": "sts:AssumeRole"
        }]
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cut_off_is_a_whole_second_not_before_the_moment() {
        let moment = Timestamp::parse("2026-05-04T02:13:00.250Z").unwrap();
        let document = deny_older_sessions(moment, &Whose::All);
        assert!(document.to_string().contains("\"2026-05-04T02:13:01Z\""), "{document}");
        let read = cut_off(&document, &Whose::All);
        assert_eq!(read, Timestamp::parse("2026-05-04T02:13:01Z"));
    }

    #[test]
    fn a_policy_that_somebody_widened_is_not_taken_for_ours() {
        let moment = Timestamp::parse("2026-05-04T02:13:00Z").unwrap();
        let whose = Whose::SourceIdentity("ada".into());
        let mut document = deny_older_sessions(moment, &whose);
        assert_eq!(cut_off(&document, &whose), Some(moment));
        assert_eq!(cut_off(&document, &Whose::All), None);
        document["Statement"][0]["Effect"] = "Allow".into();
        assert_eq!(cut_off(&document, &whose), None);
        assert_eq!(cut_off(&deny_all(), &whose), None);
    }

    #[test]
    fn each_scope_has_a_policy_of_its_own_always_by_the_same_name() {
        let name = |id: &str| Whose::UserId(id.into()).policy_name();
        assert_eq!(Whose::All.policy_name(), DENY_OLDER_SESSIONS);
        assert_eq!(name("AROA1:i-1"), name("AROA1:i-1"));
        assert_ne!(name("AROA1:i-1"), name("AROA1:i-2"));
        assert_ne!(name("ada"), Whose::SourceIdentity("ada".into()).policy_name());
    }

    #[test]
    fn no_document_allows_anything() {
        let moment = Timestamp::from_millis(0);
        for document in
            [deny_all(), closed_trust(), deny_older_sessions(moment, &Whose::UserId("a".into()))]
        {
            assert!(!document.to_string().contains("Allow"), "{document}");
        }
    }
}
