//! What people and their pipelines do in the three days: builds, terraform, the administrator. It
//! must never look like the incident.

use serde_json::json;

use super::cast::{Cast, HOME, OFFICE, id};
use super::ledger::Ledger;
use super::ordinary::{REGIONS, SHOP_BUCKET};
use crate::record::{Call, Caller};

/// The key's owner builds and delivers from the office.
pub(super) fn build(ledger: &mut Ledger, cast: &Cast, start: i64) {
    let agent = "Boto3/1.40.30 md/Botocore#1.40.30 ua/2.1 os/linux#6.8.0 md/arch#x86_64 \
                 lang/python#3.12.11 md/pyimpl#CPython cfg/retry-mode#standard Botocore/1.40.30";
    let caller = cast.owner.calling(&cast.owner.key, OFFICE, agent.to_owned());
    let image = json!({"repositoryName": "shop-web", "registryId": HOME}).to_string();
    let task = json!({"cluster": "shop", "service": "web", "forceNewDeployment": true}).to_string();
    let mut at = start + ledger.random.seconds(120);
    let mut step = |ledger: &mut Ledger, call: Call<'_>| {
        at += 2 + ledger.random.seconds(9);
        ledger.log(at, "us-east-1", &caller, &call);
    };
    step(ledger, Call::read("ecr", "GetAuthorizationToken"));
    for _ in 0..7 {
        step(ledger, Call { request: &image, ..Call::read("ecr", "BatchCheckLayerAvailability") });
        step(ledger, Call { request: &image, ..Call::write("ecr", "UploadLayerPart") });
    }
    step(ledger, Call { request: &image, ..Call::write("ecr", "PutImage") });
    step(ledger, Call { request: &task, ..Call::write("ecs", "UpdateService") });
    for _ in 0..3 {
        step(ledger, Call { request: &task, ..Call::read("ecs", "DescribeServices") });
    }
}

/// Terraform takes up its role and looks through what it keeps; sometimes it changes something.
pub(super) fn terraform(ledger: &mut Ledger, cast: &Cast, run: usize, start: i64) {
    const READS: [(&str, &str); 10] = [
        ("iam", "GetRole"),
        ("iam", "ListRolePolicies"),
        ("iam", "ListAttachedRolePolicies"),
        ("ec2", "DescribeSecurityGroups"),
        ("ec2", "DescribeVpcs"),
        ("ec2", "DescribeSubnets"),
        ("ec2", "DescribeRouteTables"),
        ("s3", "GetBucketVersioning"),
        ("lambda", "GetFunction20150331v2"),
        ("logs", "DescribeLogGroups"),
    ];
    let key = id("ASIA", HOME, &mut ledger.random);
    let caller = cast.terraform_run(run, &key, start);
    let mut at = start + ledger.random.seconds(200);
    ledger.log(at, "us-east-1", &caller, &Call::read("sts", "GetCallerIdentity"));
    for _ in 0..70 {
        at += 1 + ledger.random.seconds(3);
        let (service, name) = READS[ledger.random.below(READS.len())];
        let region = if service == "iam" { "us-east-1" } else { ledger.random.pick(&REGIONS) };
        let request = match service {
            "iam" => json!({"roleName": "shop-web"}),
            "s3" => json!({"bucketName": SHOP_BUCKET, "versioning": ""}),
            _ => json!({"filterSet": {"items": [{"name": "tag:managed-by"}]}}),
        }
        .to_string();
        ledger.log(at, region, &caller, &Call { request: &request, ..Call::read(service, name) });
    }
    let policy = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Action": ["s3:GetObject"], "Resource": format!("arn:aws:s3:::{SHOP_BUCKET}/*")}]});
    let request = json!({"roleName": "shop-web", "policyName": "assets",
        "policyDocument": policy.to_string()})
    .to_string();
    ledger.log(
        at + 4,
        "us-east-1",
        &caller,
        &Call { request: &request, ..Call::write("iam", "PutRolePolicy") },
    );
    let tags = json!({"resourcesSet": {"items": [{"resourceId": cast.instances[1]}]},
        "tagSet": {"items": [{"key": "run", "value": run.to_string()}]}})
    .to_string();
    ledger.log(
        at + 6,
        "us-east-1",
        &caller,
        &Call { request: &tags, ..Call::write("ec2", "CreateTags") },
    );
}

/// The administrator signs in with a second factor and looks around.
pub(super) fn administrator(ledger: &mut Ledger, cast: &Cast, start: i64) {
    const READS: [(&str, &str); 7] = [
        ("ec2", "DescribeInstances"),
        ("ec2", "DescribeSecurityGroups"),
        ("ec2", "DescribeInstanceStatus"),
        ("monitoring", "DescribeAlarms"),
        ("health", "DescribeEventAggregates"),
        ("s3", "ListBuckets"),
        ("iam", "ListUsers"),
    ];
    let start = start + ledger.random.seconds(900);
    let caller = sign_in(ledger, cast, start);
    let mut at = start + 5;
    for _ in 0..22 {
        at += 3 + ledger.random.seconds(20);
        let (service, name) = READS[ledger.random.below(READS.len())];
        ledger.log(at, "us-east-1", &caller, &Call::read(service, name));
    }
}

/// A console sign-in of the administrator; returns the session.
pub(super) fn sign_in(ledger: &mut Ledger, cast: &Cast, at: i64) -> Caller {
    let session = cast.nina.in_console(&id("ASIA", HOME, &mut ledger.random), at);
    let identity = json!({"type": "IAMUser", "principalId": cast.nina.id,
        "arn": cast.nina.arn(), "accountId": HOME, "accessKeyId": "", "userName": cast.nina.name});
    let door = Caller { identity: identity.to_string(), console: false, ..session.clone() };
    let response = json!({"ConsoleLogin": "Success"}).to_string();
    let additional = json!({"LoginTo": "https://console.aws.amazon.com/console/home",
        "MobileVersion": "No", "MFAIdentifier": format!("arn:aws:iam::{HOME}:mfa/nina"),
        "MFAUsed": "Yes"})
    .to_string();
    let call = Call {
        response: &response,
        additional: &additional,
        ..Call::write("signin", "ConsoleLogin")
    };
    ledger.log(at, "us-east-1", &door, &call);
    session
}
