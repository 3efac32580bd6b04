//! Who takes part in the incident: accounts, people, roles, their keys and addresses. It must
//! never use a public address outside the documentation ranges.

use crashcart_model::AccountId;
use serde_json::{Value, json};

use crate::layout::time_text;
use crate::random::{HEX, Random};
use crate::record::Caller;
use crate::unique_id::unique_id;

/// The account whose key leaks.
pub(super) const HOME: &str = "111122223333";
/// The account that the attacker goes on to.
pub(super) const SECOND: &str = "444455556666";
/// Where the attacker comes from.
pub(super) const ATTACKER: &str = "198.51.100.77";
/// The company's office: the key's owner and the administrator.
pub(super) const OFFICE: &str = "192.0.2.40";
/// The runner of terraform: the attacker's network, but its usual address.
const RUNNER: &str = "198.51.100.20";
/// The user whose key leaks.
pub(super) const OWNER: &str = "build-agent";
/// The user that the attacker makes a key for.
pub(super) const OTHER_USER: &str = "reports";
/// The role in the second account.
pub(super) const CROSS_ROLE: &str = "OrganizationAccountAccessRole";

/// An account number as the typed noun.
pub(super) fn account(number: &str) -> Option<AccountId> {
    AccountId::parse(number)
}

/// An id for an account of the cast.
pub(super) fn id(prefix: &str, number: &str, random: &mut Random) -> String {
    account(number).map(|account| unique_id(prefix, &account, random)).unwrap_or_default()
}

/// One AWS CLI command as `userAgent`.
pub(super) fn command_line(command: &str) -> String {
    format!(
        "aws-cli/2.31.18 md/awscrt#0.27.6 ua/2.1 os/linux#6.12.38 md/arch#x86_64 \
         lang/python#3.13.7 md/pyimpl#CPython m/n,E,b cfg/retry-mode#standard md/installer#exe \
         md/prompt#off md/command#{command}"
    )
}

/// A user that signs with a long-lived key.
pub(super) struct User {
    /// Name.
    pub(super) name: &'static str,
    /// `AIDA...`
    pub(super) id: String,
    /// `AKIA...`
    pub(super) key: String,
}

impl User {
    fn new(name: &'static str, random: &mut Random) -> Self {
        Self { name, id: id("AIDA", HOME, random), key: id("AKIA", HOME, random) }
    }

    /// The user's ARN.
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::{HOME}:user/{}", self.name)
    }

    /// The user calling with one of its keys.
    pub(super) fn calling(&self, key: &str, address: &str, agent: String) -> Caller {
        let identity = json!({
            "type": "IAMUser", "principalId": self.id, "arn": self.arn(), "accountId": HOME,
            "accessKeyId": key, "userName": self.name,
        });
        caller(&identity, HOME, address, agent)
    }

    /// The user in the console, signed in with a second factor at `since`.
    pub(super) fn in_console(&self, key: &str, since: i64) -> Caller {
        let identity = json!({
            "type": "IAMUser", "principalId": self.id, "arn": self.arn(), "accountId": HOME,
            "accessKeyId": key, "userName": self.name,
            "sessionContext": {"attributes": {
                "creationDate": time_text(since), "mfaAuthenticated": "true"}},
        });
        let agent = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 \
                     (KHTML, like Gecko) Chrome/147.0.0.0 Safari/537.36";
        Caller { console: true, ..caller(&identity, HOME, OFFICE, agent.to_owned()) }
    }
}

/// A role and the id that its sessions show.
pub(super) struct Role {
    /// Account.
    pub(super) account: &'static str,
    /// Path and name, such as `terraform` or `aws-service-role/config.amazonaws.com/...`.
    pub(super) name: &'static str,
    /// `AROA...`
    pub(super) id: String,
}

impl Role {
    fn new(account: &'static str, name: &'static str, random: &mut Random) -> Self {
        Self { account, name, id: id("AROA", account, random) }
    }

    /// The role's ARN.
    pub(super) fn arn(&self) -> String {
        format!("arn:aws:iam::{}:role/{}", self.account, self.name)
    }

    /// The name without its path.
    fn short(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(self.name)
    }

    /// The ARN of one of its sessions.
    pub(super) fn session_arn(&self, session: &str) -> String {
        format!("arn:aws:sts::{}:assumed-role/{}/{session}", self.account, self.short())
    }

    fn identity(&self, session: &str, key: &str, since: i64) -> Value {
        json!({
            "type": "AssumedRole", "principalId": format!("{}:{session}", self.id),
            "arn": self.session_arn(session), "accountId": self.account, "accessKeyId": key,
            "sessionContext": {
                "sessionIssuer": {"type": "Role", "principalId": self.id, "arn": self.arn(),
                    "accountId": self.account, "userName": self.short()},
                "attributes": {"creationDate": time_text(since), "mfaAuthenticated": "false"}},
        })
    }

    /// A session of the role.
    pub(super) fn session(&self, name: &str, key: &str, since: i64) -> Session<'_> {
        Session { role: self, identity: self.identity(name, key, since) }
    }
}

/// A session of a role, to be given an address.
pub(super) struct Session<'a> {
    role: &'a Role,
    identity: Value,
}

impl Session<'_> {
    /// The session calling from an address.
    pub(super) fn calling(&self, address: &str, agent: &str) -> Caller {
        caller(&self.identity, self.role.account, address, agent.to_owned())
    }

    /// The session of an instance profile, whose credentials came from IMDSv2 and whose calls
    /// go through an endpoint of its network.
    pub(super) fn on_instance(mut self, address: &str, endpoint: &str, agent: &str) -> Caller {
        if let Some(context) = self.identity.get_mut("sessionContext") {
            context["ec2RoleDelivery"] = json!("2.0");
        }
        Caller { endpoint: endpoint.to_owned(), ..self.calling(address, agent) }
    }

    /// A service's own role, called by the service.
    pub(super) fn by_service(mut self, service: &str) -> Caller {
        self.identity["invokedBy"] = json!(service);
        self.calling(service, service)
    }
}

/// An AWS service as such.
pub(super) fn service(name: &str, account: &str) -> Caller {
    let identity = json!({"type": "AWSService", "invokedBy": name});
    caller(&identity, account, name, name.to_owned())
}

/// A caller of another account, as the called account sees it.
pub(super) fn foreigner(user: &User, recipient: &str, address: &str, agent: String) -> Caller {
    let identity = json!({"type": "AWSAccount", "principalId": user.id, "accountId": HOME});
    caller(&identity, recipient, address, agent)
}

fn caller(identity: &Value, account: &str, address: &str, agent: String) -> Caller {
    Caller {
        identity: identity.to_string(),
        account: account.to_owned(),
        address: address.to_owned(),
        agent,
        console: false,
        endpoint: String::new(),
    }
}

/// Everybody.
pub(super) struct Cast {
    /// The owner of the key that leaks.
    pub(super) owner: User,
    /// The user that gets a second key.
    pub(super) reports: User,
    /// The administrator.
    pub(super) nina: User,
    /// Infrastructure as code, in the home account.
    pub(super) terraform: Role,
    /// The shop's instances, in the home account.
    pub(super) shop: Role,
    /// The payments function, in the second account.
    pub(super) payments: Role,
    /// The role that the organization's management account may assume.
    pub(super) cross: Role,
    /// AWS Config's role, in each account.
    pub(super) config: [Role; 2],
    /// The security group that the attacker opens.
    pub(super) group: String,
    /// The shop's instances.
    pub(super) instances: [String; 2],
    /// The private endpoint that they reach S3 through.
    pub(super) endpoint: String,
}

impl Cast {
    /// The same people for the same chance.
    pub(super) fn new(random: &mut Random) -> Self {
        let config = "aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig";
        Self {
            owner: User::new(OWNER, random),
            reports: User::new(OTHER_USER, random),
            nina: User::new("nina", random),
            terraform: Role::new(HOME, "terraform", random),
            shop: Role::new(HOME, "shop-web", random),
            payments: Role::new(SECOND, "payments-api", random),
            cross: Role::new(SECOND, CROSS_ROLE, random),
            config: [Role::new(HOME, config, random), Role::new(SECOND, config, random)],
            group: format!("sg-0{}", random.text(HEX, 16)),
            instances: [0, 1].map(|_| format!("i-0{}", random.text(HEX, 16))),
            endpoint: format!("vpce-0{}", random.text(HEX, 16)),
        }
    }

    /// A run of terraform.
    pub(super) fn terraform_run(&self, run: usize, key: &str, since: i64) -> Caller {
        let agent = "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) \
                     terraform-provider-aws/6.14.1 (+https://registry.terraform.io/providers/\
                     hashicorp/aws) aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.24.6 \
                     md/GOOS#linux md/GOARCH#amd64 api/iam#1.47.7";
        self.terraform.session(&format!("run-{run}"), key, since).calling(RUNNER, agent)
    }
}
