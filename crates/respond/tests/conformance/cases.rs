//! The actions that the kit runs over, each with an account to run in. One more action is one more
//! line in [`all`].

use std::collections::BTreeMap;

use crashcart_model::{Environment, Timestamp};
use crashcart_respond::documents::{DENY_OLDER_SESSIONS, Whose};
use crashcart_respond::{
    Approved, Credential, Descent, Plan, RoleFacts, RoleOptions, SessionFacts, Situation, State,
    Thing, UserFacts, UserOptions, plan_key, plan_role, plan_sessions, plan_user,
};
use serde_json::json;

use crate::fake::{BEGINNING, Fake};

pub const ACCOUNT: &str = "111122223333";

/// An action on an account.
pub struct Case {
    pub name: &'static str,
    pub start: Vec<(Thing, State)>,
    pub plan: Plan,
}

impl Case {
    pub fn fake(&self) -> Fake {
        Fake::new(&self.start)
    }

    /// Approved by its whole hash, read back from its bytes as from a file.
    pub fn approved(&self) -> Approved {
        let plan = Plan::parse(&self.plan.bytes()).unwrap();
        plan.approve(&self.plan.hash()).unwrap()
    }

    /// Whether the plan deletes what cannot be given back.
    pub fn deletes_password(&self) -> bool {
        self.plan.steps.iter().any(|step| step.flag.is_some())
    }
}

pub fn key(id: &str) -> Thing {
    Thing::AccessKey { user: "ada".into(), id: id.into() }
}

pub fn password() -> Thing {
    Thing::LoginProfile { user: "ada".into() }
}

pub fn user_policy(name: &str) -> Thing {
    Thing::UserPolicy { user: "ada".into(), name: name.into() }
}

pub fn trust_policy() -> Thing {
    Thing::TrustPolicy { role: "deploy".into() }
}

/// User ada with one of everything and role deploy.
pub fn start(has_password: bool) -> Vec<(Thing, State)> {
    let ssh_key = Thing::SshKey { user: "ada".into(), id: "APKAEXAMPLE1".into() };
    let service = Thing::ServiceCredential { user: "ada".into(), id: "ACCAEXAMPLE1".into() };
    let certificate = Thing::SigningCertificate { user: "ada".into(), id: "CERTIFICATE1".into() };
    let mut start = vec![
        (key("AKIAEXAMPLE1"), State::Active),
        (key("AKIAEXAMPLE2"), State::Inactive),
        (ssh_key, State::Active),
        (service, State::Active),
        (certificate, State::Active),
        (user_policy("work"), State::Document(json!({"Statement": []}))),
        (trust_policy(), State::Document(trust())),
    ];
    if has_password {
        start.push((password(), State::Present));
    }
    start
}

fn trust() -> serde_json::Value {
    let principal = json!({"AWS": "arn:aws:iam::111122223333:user/ada"});
    json!({"Statement": [{"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}]})
}

pub fn user_facts(start: &[(Thing, State)]) -> UserFacts {
    let mut facts = UserFacts {
        arn: "arn:aws:iam::111122223333:user/ada".into(),
        account: ACCOUNT.into(),
        name: "ada".into(),
        ..UserFacts::default()
    };
    for (thing, state) in start {
        let credential = |id: &String| Credential {
            id: id.clone(),
            state: state.clone(),
            created: None,
            last_used: None,
        };
        match (thing, state) {
            (Thing::AccessKey { id, .. }, _) => facts.access_keys.push(credential(id)),
            (Thing::SshKey { id, .. }, _) => facts.ssh_keys.push(credential(id)),
            (Thing::ServiceCredential { id, .. }, _) => {
                facts.service_credentials.push(credential(id));
            }
            (Thing::SigningCertificate { id, .. }, _) => {
                facts.signing_certificates.push(credential(id));
            }
            (Thing::LoginProfile { .. }, _) => facts.has_login_profile = true,
            (Thing::UserPolicy { name, .. }, State::Document(document)) => {
                facts.inline_policies.insert(name.clone(), document.clone());
            }
            _ => {}
        }
    }
    facts
}

pub fn role_facts() -> RoleFacts {
    RoleFacts {
        arn: "arn:aws:iam::111122223333:role/deploy".into(),
        account: ACCOUNT.into(),
        name: "deploy".into(),
        path: "/".into(),
        trust: trust(),
        max_session_seconds: 3600,
        ..RoleFacts::default()
    }
}

pub fn in_situation<T>(plan: impl FnOnce(&Situation<'_>) -> T) -> T {
    let environment = Environment {
        break_glass: vec!["arn:aws:iam::111122223333:user/glass".into()],
        ..Environment::default()
    };
    let chain = ["arn:aws:iam::111122223333:role/bridge".to_owned()];
    plan(&Situation {
        caller: "arn:aws:sts::111122223333:assumed-role/responder/nina",
        chain: &chain,
        environment: &environment,
        now: Timestamp::parse(BEGINNING).unwrap(),
        tried_on_aws: false,
    })
}

/// Two sessions of one role, one of another, and sessions of a user.
fn sessions() -> Plan {
    let session = |role: &str, name: &str| SessionFacts {
        role: RoleFacts {
            arn: format!("arn:aws:iam::111122223333:role/{role}"),
            name: role.into(),
            ..role_facts()
        },
        role_id: format!("AROA{}", role.to_uppercase()),
        name: name.into(),
        others_of_its_name: 0,
    };
    let sessions =
        vec![session("deploy", "two"), session("audit", "one"), session("deploy", "one")];
    let users = vec![user_facts(&start(true))];
    let descent = Descent { sessions, users, ..Descent::default() };
    in_situation(|here| plan_sessions(("AKIAEXAMPLE1", ACCOUNT), &descent, here)).unwrap()
}

/// Every action, in each of its forms.
pub fn all() -> Vec<Case> {
    let user = |name, has_password, delete_console_password| {
        let start = start(has_password);
        let options = UserOptions { delete_console_password };
        let plan = in_situation(|here| plan_user(&user_facts(&start), options, here)).unwrap();
        Case { name, start, plan }
    };
    let role = |name, close_trust, whose| {
        let options = RoleOptions { whose, close_trust };
        let plan = in_situation(|here| plan_role(&role_facts(), &options, here)).unwrap();
        Case { name, start: start(true), plan }
    };
    let facts = user_facts(&start(true));
    let plan = in_situation(|here| plan_key("AKIAEXAMPLE1", &facts, here)).unwrap();
    vec![
        Case { name: "key", start: start(true), plan },
        user("user without a password", false, false),
        user("user whose password stays", true, false),
        user("user whose password goes", true, true),
        role("role", false, Whose::All),
        role("role of one instance", false, Whose::UserId("AROAEXAMPLE:i-0123".into())),
        Case { name: "sessions", start: start(true), plan: sessions() },
        role("role, closed", true, Whose::All),
    ]
}

/// What is there, with the moments of cut-offs left out.
pub fn timeless(mut things: BTreeMap<Thing, State>) -> BTreeMap<Thing, State> {
    for (thing, state) in &mut things {
        if let (
            Thing::UserPolicy { name, .. } | Thing::RolePolicy { name, .. },
            State::Document(document),
        ) = (thing, state)
            && name.starts_with(DENY_OLDER_SESSIONS)
        {
            let condition = &mut document["Statement"][0]["Condition"];
            condition["DateLessThan"]["aws:TokenIssueTime"] = "T".into();
        }
    }
    things
}
