//! Who calls in the corpus: users, sessions of roles and AWS services of one account during one
//! hour. It must give the same people to every file of that account and hour.

use crashcart_model::AccountId;

use super::fill::{ROLES, USERS};
use super::kinds::By;
use crate::layout::time_text;
use crate::random::{HEX, Random};
use crate::record::Caller;
use crate::unique_id::unique_id;

/// What users call with.
const AGENTS: [&str; 5] = [
    "aws-cli/2.31.18 md/awscrt#0.27.6 ua/2.1 os/linux#6.8.0 lang/python#3.13.7",
    "Boto3/1.40.30 md/Botocore#1.40.30 ua/2.1 os/linux#6.1.150 lang/python#3.12.11",
    "aws-sdk-go-v2/1.39.2 ua/2.1 os/linux lang/go#1.25.1 md/GOOS#linux md/GOARCH#amd64",
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) aws-sdk-go-v2/1.39.2",
    "Mozilla/5.0 (X11; Linux x86_64) Chrome/147.0.0.0 Safari/537.36",
];

/// What runs under a role: how its sessions are named, where from and with what it calls.
#[derive(Clone, Copy)]
enum Workload {
    Instance,
    Container,
    Function,
    Pipeline,
    Person,
}

/// In the order of [`ROLES`].
const WORKLOADS: [Workload; 12] = [
    Workload::Instance,
    Workload::Container,
    Workload::Function,
    Workload::Container,
    Workload::Instance,
    Workload::Instance,
    Workload::Pipeline,
    Workload::Function,
    Workload::Person,
    Workload::Container,
    Workload::Function,
    Workload::Person,
];

impl Workload {
    /// The session's name.
    fn name(self, role: &str, random: &mut Random) -> String {
        match self {
            Self::Instance => format!("i-0{}", random.text(HEX, 16)),
            Self::Container => random.text(HEX, 32),
            Self::Function => format!("{role}-handler-{}", random.below(20)),
            Self::Pipeline => format!("run-{}", 1000 + random.below(9000)),
            Self::Person => format!("{}@example.com", random.pick(&USERS)),
        }
    }

    /// People and pipelines come from outside, the others from their own network.
    fn address(self, random: &mut Random) -> String {
        match self {
            Self::Pipeline | Self::Person => address(random),
            _ => format!("10.{}.{}.{}", random.below(6), random.below(254), random.below(254)),
        }
    }

    fn agent(self) -> &'static str {
        match self {
            Self::Instance => {
                "amazon-ssm-agent/3.3.2746.0 aws-sdk-go/1.55.8 (go1.24.6; linux; amd64)"
            }
            Self::Container => {
                "aws-sdk-js/3.888.0 ua/2.1 os/linux#6.1.150 lang/js exec-env/AWS_ECS_FARGATE"
            }
            Self::Function => {
                "Boto3/1.40.30 md/Botocore#1.40.30 ua/2.1 os/linux#5.10 exec-env/AWS_Lambda_python3.13"
            }
            Self::Pipeline => {
                "APN/1.0 HashiCorp/1.0 Terraform/1.13.3 (+https://www.terraform.io) aws-sdk-go-v2/1.39.2"
            }
            Self::Person => "Mozilla/5.0 (X11; Linux x86_64) Chrome/147.0.0.0 Safari/537.36",
        }
    }
}

const SERVICES: [&str; 8] =
    ["lambda", "ec2", "ecs-tasks", "s3", "cloudtrail", "rds", "config", "delivery.logs"];

/// Sessions of each role in an hour.
const SESSIONS: usize = 40;

/// The people of one account and hour.
pub(super) struct People {
    /// IAM users.
    users: Vec<Caller>,
    /// Sessions of roles.
    sessions: Vec<Caller>,
    /// AWS services.
    services: Vec<Caller>,
}

impl People {
    /// Ids and keys hang on the seed and the account; session keys on the hour too.
    pub(super) fn of(seed: u64, account: &AccountId, hour: i64) -> Self {
        let number: u64 = account.as_str().parse().unwrap_or_default();
        let mut stable = Random::seeded(seed, number);
        let mut hourly = Random::seeded(seed ^ number, hour.unsigned_abs());
        let users = USERS.iter().map(|name| user(account, name, &mut stable)).collect();
        let mut sessions = Vec::new();
        for role in ROLES.into_iter().zip(WORKLOADS) {
            let id = unique_id("AROA", account, &mut stable);
            for _ in 0..SESSIONS {
                sessions.push(session(account, role, (&id, hour), &mut hourly));
            }
        }
        let services = SERVICES.iter().map(|name| service(account, name)).collect();
        Self { users, sessions, services }
    }

    /// Somebody who makes such calls: of the principals, every other is a user.
    pub(super) fn any(&self, by: By, random: &mut Random) -> &Caller {
        let callers = match by {
            By::Service => &self.services,
            By::Principal if random.below(2) == 0 => &self.users,
            By::Principal => &self.sessions,
        };
        &callers[random.below(callers.len())]
    }
}

fn address(random: &mut Random) -> String {
    let range = random.pick(&["192.0.2", "198.51.100", "203.0.113"]);
    format!("{range}.{}", 1 + random.below(254))
}

fn user(account: &AccountId, name: &str, random: &mut Random) -> Caller {
    let id = unique_id("AIDA", account, random);
    let key = unique_id("AKIA", account, random);
    Caller {
        identity: format!(
            "{{\"type\":\"IAMUser\",\"principalId\":\"{id}\",\"arn\":\"arn:aws:iam::{account}:user/{name}\",\
             \"accountId\":\"{account}\",\"accessKeyId\":\"{key}\",\"userName\":\"{name}\"}}"
        ),
        account: account.to_string(),
        address: address(random),
        agent: (*random.pick(&AGENTS)).to_owned(),
        console: false,
        endpoint: String::new(),
    }
}

fn session(
    account: &AccountId,
    (role, workload): (&str, Workload),
    (id, hour): (&str, i64),
    random: &mut Random,
) -> Caller {
    let name = workload.name(role, random);
    let key = unique_id("ASIA", account, random);
    let since = time_text(hour * 3600);
    Caller {
        identity: format!(
            "{{\"type\":\"AssumedRole\",\"principalId\":\"{id}:{name}\",\
             \"arn\":\"arn:aws:sts::{account}:assumed-role/{role}/{name}\",\"accountId\":\"{account}\",\
             \"accessKeyId\":\"{key}\",\"sessionContext\":{{\"sessionIssuer\":{{\"type\":\"Role\",\
             \"principalId\":\"{id}\",\"arn\":\"arn:aws:iam::{account}:role/{role}\",\
             \"accountId\":\"{account}\",\"userName\":\"{role}\"}},\"attributes\":{{\
             \"creationDate\":\"{since}\",\"mfaAuthenticated\":\"false\"}}}}}}"
        ),
        account: account.to_string(),
        address: workload.address(random),
        agent: workload.agent().to_owned(),
        console: false,
        endpoint: String::new(),
    }
}

fn service(account: &AccountId, name: &str) -> Caller {
    let name = format!("{name}.amazonaws.com");
    Caller {
        identity: format!("{{\"type\":\"AWSService\",\"invokedBy\":\"{name}\"}}"),
        account: account.to_string(),
        address: name.clone(),
        agent: name,
        console: false,
        endpoint: String::new(),
    }
}
