//! Who takes part in the thirty days. It must never use a public address outside the
//! documentation ranges.

use crashcart_model::AccountId;
use serde_json::json;

use crate::layout::time_text;
use crate::random::Random;
use crate::record::Caller;
use crate::unique_id::unique_id;

/// The account of the people and the builds.
pub(super) const WORK: &str = "111122223333";
/// The shop, to which builds are published.
pub(super) const SHOP: &str = "444455556666";
/// The account that the build key never uses.
pub(super) const VAULT: &str = "777788889999";
/// The office, where people and the build server sit.
pub(super) const OFFICE: &str = "192.0.2.40";
/// Where an engineer works from after a move.
pub(super) const MOVED_TO: &str = "203.0.113.61";
/// The pipeline that deploys.
pub(super) const PIPELINE: &str = "192.0.2.88";
/// The attacker.
pub(super) const ATTACKER: &str = "198.51.100.77";

pub(super) const CLI: &str = "aws-cli/2.31.18 md/awscrt#0.27.6 ua/2.1 os/linux#6.12.38 \
                              md/arch#x86_64 lang/python#3.13.7 md/pyimpl#CPython";
pub(super) const BOTO: &str = "Boto3/1.40.30 md/Botocore#1.40.30 ua/2.1 os/linux#6.12.38 \
                               md/arch#x86_64 lang/python#3.12.11 md/pyimpl#CPython";
pub(super) const SDK: &str = "aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6 \
                              md/GOOS#linux md/GOARCH#amd64";

/// An id for an account of the cast.
pub(super) fn id(prefix: &str, number: &str, random: &mut Random) -> String {
    AccountId::parse(number).map(|it| unique_id(prefix, &it, random)).unwrap_or_default()
}

/// A user with a key that lasts, in the account of the people.
pub(super) struct User {
    pub(super) name: &'static str,
    pub(super) id: String,
    pub(super) key: String,
}

impl User {
    fn new(name: &'static str, random: &mut Random) -> Self {
        Self { name, id: id("AIDA", WORK, random), key: id("AKIA", WORK, random) }
    }

    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::{WORK}:user/{}", self.name)
    }

    pub(super) fn calling(&self, address: &str, agent: &str) -> Caller {
        let identity = json!({
            "type": "IAMUser", "principalId": self.id, "arn": self.arn(), "accountId": WORK,
            "accessKeyId": self.key, "userName": self.name,
        });
        caller(&identity, WORK, address, agent)
    }

    /// The user as another account's trail shows it.
    pub(super) fn abroad(&self, account: &str, address: &str, agent: &str) -> Caller {
        let identity = json!({"type": "AWSAccount", "principalId": self.id, "accountId": WORK});
        caller(&identity, account, address, agent)
    }
}

/// A role.
pub(super) struct Role {
    pub(super) account: &'static str,
    pub(super) name: &'static str,
    pub(super) id: String,
}

impl Role {
    fn new(account: &'static str, name: &'static str, random: &mut Random) -> Self {
        Self { account, name, id: id("AROA", account, random) }
    }

    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.name)
    }

    /// The ARN of a session.
    pub(super) fn session(&self, name: &str) -> String {
        format!("arn:aws:sts::{}:assumed-role/{}/{name}", self.account, self.name)
    }

    /// A session that began at `since`, at work from an address.
    pub(super) fn calling(&self, session: (&str, &str, i64), from: (&str, &str)) -> Caller {
        let (name, key, since) = session;
        let identity = json!({
            "type": "AssumedRole", "principalId": format!("{}:{name}", self.id),
            "arn": self.session(name), "accountId": self.account, "accessKeyId": key,
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": self.id, "arn": self.arn(),
                    "accountId": self.account, "userName": self.name},
                "attributes": {"creationDate": time_text(since), "mfaAuthenticated": "false"}},
        });
        caller(&identity, self.account, from.0, from.1)
    }
}

fn caller(identity: &serde_json::Value, account: &str, address: &str, agent: &str) -> Caller {
    Caller {
        identity: identity.to_string(),
        account: account.to_owned(),
        address: address.to_owned(),
        agent: agent.to_owned(),
        console: false,
        endpoint: String::new(),
    }
}

/// Everybody.
pub(super) struct Cast {
    /// The owner of the key that leaks.
    pub(super) build: User,
    /// An administrator, who looks after all three accounts.
    pub(super) nina: User,
    /// An engineer, who moves.
    pub(super) omar: User,
    /// The engineers of the directory, among them the newly hired one.
    pub(super) engineers: Role,
    /// The pipeline's role, which goes to a new region.
    pub(super) deploy: Role,
    /// The build's way into the shop.
    pub(super) publish: Role,
    /// The administrator's way into the vault.
    pub(super) reader: Role,
    /// What runs in the vault.
    pub(super) ledger: Role,
}

impl Cast {
    pub(super) fn new(random: &mut Random) -> Self {
        Self {
            build: User::new("build-agent", random),
            nina: User::new("nina", random),
            omar: User::new("omar", random),
            engineers: Role::new(WORK, "AWSReservedSSO_Engineer_0a1b2c3d4e5f6071", random),
            deploy: Role::new(WORK, "deploy", random),
            publish: Role::new(SHOP, "publish", random),
            reader: Role::new(VAULT, "audit-reader", random),
            ledger: Role::new(VAULT, "ledger-api", random),
        }
    }
}
