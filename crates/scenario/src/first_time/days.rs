//! One ordinary day of the three accounts, and what is new on some of them without being bad.

use serde_json::json;

use super::cast::{BOTO, CLI, Cast, MOVED_TO, OFFICE, PIPELINE, Role, SDK, SHOP, User, VAULT, id};
use super::{DAY, HOUR, MINUTE, START};
use crate::layout::time_text;
use crate::leaked_key::ledger::Ledger;
use crate::random::{ALPHANUMERIC, HEX, Uuid};
use crate::record::{Call, Caller};

/// The day on which an engineer works from a new address for the first time.
const MOVES: i64 = 20;
/// The day on which another one is new.
pub(super) const HIRED: i64 = 24;
/// The name of the new one.
pub(super) const NEWCOMER: &str = "lena@example.com";
/// The day on which the pipeline goes to a new region, and where.
const GROWS: i64 = 25;
pub(super) const GROWS_TO: &str = "ap-southeast-2";

/// Writes one day that begins at `midnight`.
pub(super) fn write(ledger: &mut Ledger, cast: &Cast, day: i64, midnight: i64) {
    for hour in [7, 10, 13, 16] {
        build(ledger, cast, midnight + hour * HOUR + 20 * MINUTE);
    }
    for hour in [0, 6, 12, 18] {
        vault(ledger, cast, midnight + hour * HOUR + 5 * MINUTE);
    }
    // 2026-05-02 was a Saturday: people and the pipeline rest.
    if matches!((midnight - START) / DAY % 7, 1 | 2) {
        return;
    }
    for hour in [9, 15] {
        deploy(ledger, cast, day, midnight + hour * HOUR + 40 * MINUTE);
    }
    administrator(ledger, cast, midnight + 8 * HOUR + 10 * MINUTE);
    let moved = day >= MOVES && day % 2 == 0;
    engineer(ledger, &cast.omar, if moved { MOVED_TO } else { OFFICE }, midnight + 9 * HOUR);
    directory(ledger, cast, "ivan@example.com", midnight + 10 * HOUR);
    if day == HIRED {
        directory(ledger, cast, NEWCOMER, midnight + 11 * HOUR);
    }
}

/// Takes up a role in another account: both accounts get a copy. Returns the session's key.
pub(super) fn take_up(
    ledger: &mut Ledger,
    (at, region): (i64, &str),
    user: &User,
    (role, session): (&Role, &str),
    (address, agent): (&str, &str),
) -> (String, Vec<Uuid>) {
    let key = id("ASIA", role.account, &mut ledger.random);
    let request = json!({"roleArn": role.arn(), "roleSessionName": session}).to_string();
    let response = json!({
        "credentials": {"accessKeyId": key, "expiration": time_text(at + HOUR),
            "sessionToken": ledger.random.text(ALPHANUMERIC, 60)},
        "assumedRoleUser": {"assumedRoleId": format!("{}:{session}", role.id),
            "arn": role.session(session)},
    })
    .to_string();
    let call = Call { request: &request, response: &response, ..Call::read("sts", "AssumeRole") };
    let (here, there) = (user.calling(address, agent), user.abroad(role.account, address, agent));
    (key, ledger.log_copies(at, region, &[&here, &there], &call))
}

/// One call with a request and nothing else.
pub(super) fn ask(
    ledger: &mut Ledger,
    (at, region): (i64, &str),
    caller: &Caller,
    (service, name): (&str, &str),
    request: &serde_json::Value,
) -> Uuid {
    let read_only =
        ["Get", "List", "Describe", "Batch", "Head"].iter().any(|it| name.starts_with(it));
    let request = request.to_string();
    let call = Call { request: &request, read_only, ..Call::read(service, name) };
    ledger.log(at, region, caller, &call)
}

/// A data event of S3.
pub(super) fn object(
    ledger: &mut Ledger,
    (at, region): (i64, &str),
    caller: &Caller,
    (name, bucket, key): (&str, &str, &str),
) -> Uuid {
    let reads = name != "PutObject";
    let request = json!({"bucketName": bucket, "key": key}).to_string();
    let bytes = 500 + ledger.random.below(40_000);
    let (incoming, outgoing) = if reads { (0, bytes) } else { (bytes, 0) };
    let additional =
        json!({"bytesTransferredIn": incoming, "bytesTransferredOut": outgoing}).to_string();
    let resources = json!([
        {"type": "AWS::S3::Object", "ARN": format!("arn:aws:s3:::{bucket}/{key}")},
        {"accountId": caller.account, "type": "AWS::S3::Bucket", "ARN": format!("arn:aws:s3:::{bucket}")},
    ])
    .to_string();
    let call = Call {
        request: &request,
        additional: &additional,
        resources: &resources,
        read_only: reads,
        data: true,
        ..Call::read("s3", name)
    };
    ledger.log(at, region, caller, &call)
}

/// The build server fetches, builds, and publishes to the shop.
fn build(ledger: &mut Ledger, cast: &Cast, start: i64) {
    let start = start + ledger.random.seconds(600);
    let here = cast.build.calling(OFFICE, BOTO);
    let region = "us-east-1";
    let nothing = json!({});
    ask(ledger, (start, region), &here, ("ecr", "GetAuthorizationToken"), &nothing);
    let repository = json!({"repositoryName": "shop-web", "imageIds": [{"imageTag": "base"}]});
    ask(ledger, (start + 4, region), &here, ("ecr", "BatchGetImage"), &repository);
    object(ledger, (start + 9, region), &here, ("GetObject", "acme-build-cache", "cargo.tar"));
    let project = json!({"ids": [format!("shop:{}", ledger.random.text(HEX, 8))]});
    ask(ledger, (start + 20, region), &here, ("codebuild", "BatchGetBuilds"), &project);
    let session = "build";
    let what = (&cast.publish, session);
    let (key, _) = take_up(ledger, (start + 40, region), &cast.build, what, (OFFICE, BOTO));
    let there = cast.publish.calling((session, &key, start + 40), (OFFICE, BOTO));
    let name = format!("web/{}.tar", ledger.random.text(HEX, 10));
    object(ledger, (start + 45, region), &there, ("PutObject", "acme-shop-releases", &name));
    debug_assert_eq!(there.account, SHOP, "builds are published to the shop");
}

/// What runs in the vault by itself.
fn vault(ledger: &mut Ledger, cast: &Cast, start: i64) {
    let key = id("ASIA", VAULT, &mut ledger.random);
    let agent = "aws-sdk-nodejs/3.883.0 linux/v22.18.0 exec-env/AWS_Lambda_nodejs22.x";
    let caller = cast.ledger.calling(("ledger-api", &key, start), ("203.0.113.80", agent));
    for _ in 0..3 {
        let at = start + ledger.random.seconds(200);
        let name = format!("2026/{}.csv", ledger.random.text(HEX, 12));
        object(ledger, (at, "eu-west-1"), &caller, ("PutObject", "acme-vault-ledger", &name));
    }
}

/// The pipeline rolls out, in its regions.
fn deploy(ledger: &mut Ledger, cast: &Cast, day: i64, start: i64) {
    let key = id("ASIA", cast.deploy.account, &mut ledger.random);
    let run = format!("run-{day}-{}", ledger.random.below(1000));
    let caller = cast.deploy.calling((&run, &key, start), (PIPELINE, SDK));
    let regions = ["us-east-1", "eu-west-1", GROWS_TO];
    let grown = if day >= GROWS { 3 } else { 2 };
    for (minute, region) in (0..).zip(regions.iter().take(grown)) {
        let at = start + minute * MINUTE;
        let cluster = json!({"cluster": "shop", "services": ["web"]});
        ask(ledger, (at, region), &caller, ("ecs", "DescribeServices"), &cluster);
        let stack = json!({"stackName": "shop-web"});
        ask(ledger, (at + 3, region), &caller, ("cloudformation", "DescribeStacks"), &stack);
        let update = json!({"cluster": "shop", "service": "web", "forceNewDeployment": true});
        ask(ledger, (at + 8, region), &caller, ("ecs", "UpdateService"), &update);
    }
}

/// The administrator looks after the vault, through the reader's role.
fn administrator(ledger: &mut Ledger, cast: &Cast, start: i64) {
    let start = start + ledger.random.seconds(900);
    let here = cast.nina.calling(OFFICE, CLI);
    ask(ledger, (start, "us-east-1"), &here, ("ec2", "DescribeInstances"), &json!({}));
    ask(ledger, (start + 30, "us-east-1"), &here, ("iam", "GetAccountSummary"), &json!(null));
    ask(ledger, (start + 50, "us-east-1"), &here, ("health", "DescribeEvents"), &json!({}));
    let what = (&cast.reader, "nina");
    let (key, _) = take_up(ledger, (start + 60, "eu-west-1"), &cast.nina, what, (OFFICE, CLI));
    let there = cast.reader.calling(("nina", &key, start + 60), (OFFICE, CLI));
    ask(ledger, (start + 70, "eu-west-1"), &there, ("s3", "ListBuckets"), &json!({}));
    let table = json!({"tableName": "ledger"});
    ask(ledger, (start + 80, "eu-west-1"), &there, ("dynamodb", "DescribeTable"), &table);
}

/// An engineer with a key of his own.
fn engineer(ledger: &mut Ledger, user: &User, address: &str, start: i64) {
    let start = start + ledger.random.seconds(1800);
    let caller = user.calling(address, CLI);
    for hour in 0..3 {
        let at = start + hour * 2 * HOUR;
        let group = json!({"logGroupName": "/shop/web"});
        ask(ledger, (at, "us-east-1"), &caller, ("logs", "DescribeLogStreams"), &group);
        let cluster = json!({"cluster": "shop", "services": ["web"]});
        ask(ledger, (at + 40, "us-east-1"), &caller, ("ecs", "DescribeServices"), &cluster);
        let name = format!("traces/{}.gz", ledger.random.text(HEX, 8));
        object(ledger, (at + 70, "us-east-1"), &caller, ("GetObject", "acme-traces", &name));
    }
}

/// An engineer of the directory, through Identity Center.
fn directory(ledger: &mut Ledger, cast: &Cast, who: &str, start: i64) {
    let start = start + ledger.random.seconds(1800);
    let key = id("ASIA", cast.engineers.account, &mut ledger.random);
    let caller = cast.engineers.calling((who, &key, start), (OFFICE, CLI));
    for (minute, call) in (0..).zip([
        ("sts", "GetCallerIdentity"),
        ("ecs", "ListClusters"),
        ("ecr", "DescribeRepositories"),
        ("logs", "DescribeLogGroups"),
        ("s3", "ListBuckets"),
    ]) {
        ask(ledger, (start + minute * MINUTE, "eu-west-1"), &caller, call, &json!({}));
    }
}
