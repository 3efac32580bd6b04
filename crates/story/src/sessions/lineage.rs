//! Everything that came of a key or of a principal's keys, none left out: what containment must
//! reach. It must never take an unknown origin for an innocent one: those are named beside it.

use std::collections::BTreeSet;

use crashcart_model::{EvidenceId, Issuance, LogText, Session};

use super::Keys;
use super::chain::{Asked, Chains};
use crate::principal;

/// Calls by which a key asks for another one that ends.
const ASKING: [&str; 3] = ["sts:AssumeRole", "sts:GetSessionToken", "sts:GetFederationToken"];

/// What came of a key or a principal.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lineage {
    /// The keys that it starts from and all that came of them, each after the one that asked.
    pub descends: Vec<Descendant>,
    /// Temporary keys of which the material does not show who asked for them: they may descend
    /// from it too. Sorted by key.
    pub unexplained: Vec<Session>,
    /// There were more keys in the material than are kept.
    pub crowded: bool,
}

/// One key or session of the lineage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Descendant {
    /// The key; none where a call asked for a session and its record names no key.
    pub key: Option<LogText>,
    /// Whose it is: an ARN where a record tells one.
    pub principal: Option<LogText>,
    /// The call that issued or made it.
    pub issued_by: Option<Issuance>,
    /// Whether it was asked about, rather than came of what was.
    pub is_start: bool,
    /// Other keys of the same principal in the material, which do not descend from it.
    pub others_of_its_name: u64,
}

impl Keys {
    /// What came of a key, or of every key of a principal: an ARN, a principal id, the name at the
    /// end of one, a role's name.
    pub fn lineage(&self, of: &str, evidence: &dyn Fn(u32) -> EvidenceId) -> Lineage {
        Chains::new(self, evidence).lineage(of)
    }
}

impl Chains<'_> {
    fn lineage(&self, of: &str) -> Lineage {
        let starts = match self.key(of) {
            Some(key) => BTreeSet::from([key]),
            None => self.keys_of(of),
        };
        let asked = Asked { starts: starts.clone(), follows: &|_, _| true, suspect: true };
        let below = self.below(&asked);
        let mut descends: Vec<Descendant> = self
            .in_order(&below)
            .into_iter()
            .map(|key| {
                let session = self.session(key, true);
                let others = session.principal.as_ref().map_or(0, |principal| {
                    self.keys_of_one(principal.raw()).filter(|key| !below.contains(key)).count()
                });
                Descendant {
                    key: Some(session.key),
                    principal: session.principal,
                    issued_by: session.issued_by,
                    is_start: starts.contains(key),
                    others_of_its_name: others as u64,
                }
            })
            .collect();
        self.keyless(&below, &mut descends);
        let mut unexplained: Vec<Session> = self
            .all_keys()
            .filter(|key| key.starts_with("ASIA") && !below.contains(key))
            .filter(|key| self.is_unexplained(key))
            .map(|key| self.session(key, false))
            .collect();
        unexplained.sort_by(|a, b| a.key.cmp(&b.key));
        Lineage { descends, unexplained, crowded: self.keys.is_crowded() }
    }

    /// Sessions that a key of the lineage asked for, where the record names no key and no call of
    /// the session is in the material.
    fn keyless(&self, below: &BTreeSet<&str>, descends: &mut Vec<Descendant>) {
        let by_session = self.keys.issued.iter().filter(|(session, _)| session.starts_with("arn:"));
        let mut found = Vec::new();
        for (session, issue) in by_session {
            let from = self.of_call(issue, true);
            let Some(issuance) = from.issuance else { continue };
            let ours = issuance.key.as_ref().is_some_and(|key| below.contains(key.raw()));
            let named = |one: &&Descendant| {
                one.principal.as_ref().is_some_and(|principal| principal.raw() == session)
            };
            if ours && !descends.iter().any(|one| named(&one)) {
                found.push(Descendant {
                    key: None,
                    principal: Some(LogText::from(session.as_str())),
                    issued_by: Some(issuance),
                    is_start: false,
                    others_of_its_name: self.keys_of_one(session).count() as u64,
                });
            }
        }
        found.sort_by(|a, b| a.principal.cmp(&b.principal));
        descends.extend(found);
    }

    /// Whether it came of some call of a key, and the material does not show of which.
    fn is_unexplained(&self, key: &str) -> bool {
        match self.issuance(key) {
            None => true,
            Some(issuance) => {
                let asked = ASKING.contains(&issuance.call.raw());
                let service = issuance.because.contains("an AWS service asked");
                asked && issuance.key.is_none() && !service
            }
        }
    }

    fn keys_of(&self, asked: &str) -> BTreeSet<&str> {
        let named = |name: &str| {
            let role = principal::session(name).map(|(role, _)| role);
            name == asked
                || !asked.starts_with("arn:")
                    && (principal::user(name) == Some(asked) || role == Some(asked))
                || crashcart_model::Environment::names(&[asked.to_owned()], name)
        };
        let id = |id: &str| id == asked || id.split(':').next() == Some(asked);
        let used = self.keys.used.iter();
        used.filter(|(_, used)| used.principal.iter().any(named) || used.id.iter().any(id))
            .map(|(key, _)| key.as_str())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use crashcart_testkit::with_record;
    use serde_json::{Value, json};

    use super::*;
    use crashcart_model::{EventRef, Head};

    fn user(key: &str) -> Value {
        json!({
            "type": "IAMUser", "arn": "arn:aws:iam::111122223333:user/ada", "userName": "ada",
            "principalId": "AIDAEXAMPLEADA", "accountId": "111122223333", "accessKeyId": key,
        })
    }

    fn session(role: &str, name: &str, key: &str) -> Value {
        json!({
            "type": "AssumedRole", "accountId": "111122223333", "accessKeyId": key,
            "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/{name}"),
            "principalId": format!("AROA{}:{name}", role.to_uppercase()),
        })
    }

    fn assume(who: Value, role: &str, name: &str, key: Option<&str>) -> Value {
        let credentials = key.map(|key| json!({"accessKeyId": key}));
        let arn = format!("arn:aws:sts::111122223333:assumed-role/{role}/{name}");
        json!({
            "eventSource": "sts.amazonaws.com", "eventName": "AssumeRole", "userIdentity": who,
            "responseElements": {"credentials": credentials, "assumedRoleUser": {"arn": arn}},
        })
    }

    fn call(who: Value) -> Value {
        json!({"eventSource": "ec2.amazonaws.com", "eventName": "RunInstances", "userIdentity": who})
    }

    fn lineage(of: &str, events: &[Value]) -> Lineage {
        let mut keys = Keys::default();
        for (number, event) in (0..).zip(events) {
            let mut event = event.clone();
            event["eventTime"] = json!(format!("2026-05-04T02:{number:02}:00Z"));
            event["eventID"] = json!(number.to_string());
            event["recipientAccountId"] = json!("111122223333");
            with_record(&event.to_string(), |record| {
                let at = EventRef { evidence: 0, record: number };
                keys.observe(record, &Head::of(record), at);
            });
        }
        keys.lineage(of, &|_| EvidenceId::new(&"0".repeat(64), None))
    }

    fn principals(lineage: &Lineage) -> Vec<&str> {
        let told = lineage.descends.iter().filter_map(|one| one.principal.as_ref());
        told.map(|principal| principal.raw().rsplit(':').next().unwrap_or_default()).collect()
    }

    #[test]
    fn sessions_of_sessions_and_those_without_a_key_descend_and_those_of_others_do_not() {
        let events = [
            assume(user("AKIALEAKED"), "web", "one", Some("ASIAONE")),
            assume(session("web", "one", "ASIAONE"), "data", "two", Some("ASIATWO")),
            assume(session("data", "two", "ASIATWO"), "deep", "three", None),
            assume(user("AKIAOTHER"), "web", "mine", Some("ASIAMINE")),
            call(session("web", "mine", "ASIAMINE")),
            call(session("web", "one", "ASIASTRANGE")),
        ];
        let found = lineage("AKIALEAKED", &events);
        assert_eq!(
            principals(&found),
            [
                "user/ada",
                "assumed-role/web/one",
                "assumed-role/data/two",
                "assumed-role/deep/three"
            ]
        );
        let starts: Vec<bool> = found.descends.iter().map(|one| one.is_start).collect();
        assert_eq!(starts, [true, false, false, false]);
        assert_eq!(found.descends[3].key, None);
        assert_eq!(found.descends[1].others_of_its_name, 1, "a key of which nobody knows");
    }

    #[test]
    fn a_principal_stands_for_all_of_its_keys() {
        let events = [
            assume(user("AKIALEAKED"), "web", "one", Some("ASIAONE")),
            assume(user("AKIAOTHER"), "web", "mine", Some("ASIAMINE")),
        ];
        for name in ["ada", "AIDAEXAMPLEADA", "arn:aws:iam::111122223333:user/ada"] {
            assert_eq!(lineage(name, &events).descends.len(), 4, "{name}");
        }
        assert_eq!(lineage("nobody", &events).descends, []);
    }

    #[test]
    fn a_session_of_which_nobody_knows_who_asked_is_named_and_not_accused() {
        let events = [call(user("AKIALEAKED")), call(session("web", "lost", "ASIALOST"))];
        let found = lineage("AKIALEAKED", &events);
        assert_eq!(principals(&found), ["user/ada"]);
        let unexplained: Vec<&str> = found.unexplained.iter().map(|one| one.key.raw()).collect();
        assert_eq!(unexplained, ["ASIALOST"]);
    }
}
