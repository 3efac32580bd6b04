//! Three days of ordinary work in both accounts: what the incident hides in. Here are the days
//! and what machines do. It must never do anything that the truth would have to name.

use serde_json::json;

use super::cast::{Cast, HOME, SECOND, id, service};
use super::ledger::Ledger;
use super::{DAY, HOUR, START, people};
use crate::random::{ALPHANUMERIC, HEX};
use crate::record::{Call, Caller};

/// The regions in use; the incident also tries one that is not.
pub(super) const REGIONS: [&str; 3] = ["us-east-1", "eu-west-1", "us-west-2"];
/// The bucket that the shop's instances read.
pub(super) const SHOP_BUCKET: &str = "acme-shop-assets";
/// The bucket of the second account.
pub(super) const EXPORT_BUCKET: &str = "acme-payments-export";

/// Writes the three days.
pub(super) fn write(ledger: &mut Ledger, cast: &Cast) {
    for hour in 0..72 {
        let start = START + hour * HOUR;
        for (index, account) in [HOME, SECOND].into_iter().enumerate() {
            inventory(ledger, cast, index, start);
            services(ledger, cast, account, start);
        }
        shop(ledger, cast, start);
        if hour % 2 == 0 {
            payments(ledger, cast, start);
        }
    }
    for day in 0..3 {
        let midnight = START + day * DAY;
        for hour in [8, 11, 14, 17] {
            people::build(ledger, cast, midnight + hour * HOUR + 1200);
        }
        for (run, hour) in [(0, 9), (1, 15)] {
            let number = usize::try_from(day).unwrap_or_default() * 2 + run;
            people::terraform(ledger, cast, number, midnight + hour * HOUR + 2400);
        }
        for hour in [9, 13] {
            people::administrator(ledger, cast, midnight + hour * HOUR + 600);
        }
    }
}

/// AWS Config describes what there is, in each region, once an hour.
fn inventory(ledger: &mut Ledger, cast: &Cast, index: usize, start: i64) {
    const CALLS: [(&str, &str); 8] = [
        ("ec2", "DescribeInstances"),
        ("ec2", "DescribeVolumes"),
        ("ec2", "DescribeNetworkInterfaces"),
        ("ec2", "DescribeVpcs"),
        ("rds", "DescribeDBInstances"),
        ("elasticloadbalancing", "DescribeLoadBalancers"),
        ("autoscaling", "DescribeAutoScalingGroups"),
        ("lambda", "ListFunctions20150331"),
    ];
    let Some(role) = cast.config.get(index) else { return };
    for region in REGIONS {
        let key = id("ASIA", role.account, &mut ledger.random);
        let caller =
            role.session("AWSConfig-Describe", &key, start).by_service("config.amazonaws.com");
        for _ in 0..4 {
            let (service, name) = CALLS[ledger.random.below(CALLS.len())];
            let request = json!({"maxResults": 100}).to_string();
            let at = start + 600 + ledger.random.seconds(240);
            ledger.log(
                at,
                region,
                &caller,
                &Call { request: &request, ..Call::read(service, name) },
            );
        }
    }
}

/// AWS services take up the roles that were made for them.
fn services(ledger: &mut Ledger, cast: &Cast, account: &'static str, start: i64) {
    let (name, role, session) = if account == HOME {
        ("ec2.amazonaws.com", &cast.shop, cast.instances[0].as_str())
    } else {
        ("lambda.amazonaws.com", &cast.payments, "payments-api")
    };
    let key = id("ASIA", account, &mut ledger.random);
    let request = json!({"roleArn": role.arn(), "roleSessionName": session});
    assume(ledger, start + 620, &service(name, account), (&request, &key, &role.id));
}

/// An `AssumeRole` with its answer; `what` is the request, the new key and the role's id.
fn assume(ledger: &mut Ledger, at: i64, caller: &Caller, what: (&serde_json::Value, &str, &str)) {
    let (request, key, role) = what;
    let session = request["roleSessionName"].as_str().unwrap_or_default();
    let token = ledger.random.text(ALPHANUMERIC, 60);
    let arn = request["roleArn"].as_str().unwrap_or_default();
    let response = json!({
        "credentials": {"accessKeyId": key, "sessionToken": token,
            "expiration": crate::layout::time_text(at + HOUR)},
        "assumedRoleUser": {"assumedRoleId": format!("{role}:{session}"),
            "arn": arn.replace(":iam:", ":sts:").replace(":role/", ":assumed-role/") + "/" + session},
    });
    let (request, response) = (request.to_string(), response.to_string());
    let call = Call { request: &request, response: &response, ..Call::read("sts", "AssumeRole") };
    ledger.log(at, "us-east-1", caller, &call);
}

/// The shop's instances read and write objects.
fn shop(ledger: &mut Ledger, cast: &Cast, start: i64) {
    let agent = "[aws-sdk-java/2.34.0 md/io#sync md/http#Apache ua/2.1 os/Linux#6.12.40 \
                 lang/java#21.0.8]";
    let key = id("ASIA", HOME, &mut ledger.random);
    for (index, instance) in cast.instances.iter().enumerate() {
        let address = format!("10.20.0.{}", 10 + index);
        let session = cast.shop.session(instance, &key, start);
        let caller = session.on_instance(&address, &cast.endpoint, agent);
        for _ in 0..4 {
            let name = if ledger.random.below(5) == 0 { "PutObject" } else { "GetObject" };
            let object = format!("catalogue/{}.json", ledger.random.text(HEX, 8));
            let bytes = 400 + ledger.random.below(60_000);
            let at = start + 620 + ledger.random.seconds(200);
            object_call(ledger, at, &caller, (name, SHOP_BUCKET, &object, bytes));
        }
    }
}

/// A data event of S3: `what` is the call, the bucket, the object's key and its bytes.
pub(super) fn object_call(
    ledger: &mut Ledger,
    at: i64,
    caller: &Caller,
    what: (&str, &str, &str, usize),
) -> crate::random::Uuid {
    let (name, bucket, object, bytes) = what;
    let reads = name != "PutObject";
    let host = format!("{bucket}.s3.us-east-1.amazonaws.com");
    let request = json!({"bucketName": bucket, "Host": host, "key": object}).to_string();
    let (incoming, outgoing) = if reads { (0, bytes) } else { (bytes, 0) };
    let additional = json!({
        "SignatureVersion": "SigV4", "CipherSuite": "TLS_AES_128_GCM_SHA256",
        "bytesTransferredIn": incoming, "AuthenticationMethod": "AuthHeader",
        "x-amz-id-2": ledger.random.text(ALPHANUMERIC, 76), "bytesTransferredOut": outgoing,
    })
    .to_string();
    let resources = json!([
        {"type": "AWS::S3::Object", "ARN": format!("arn:aws:s3:::{bucket}/{object}")},
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
    ledger.log(at, "us-east-1", caller, &call)
}

/// The payments function decrypts its settings and writes its export.
fn payments(ledger: &mut Ledger, cast: &Cast, start: i64) {
    let key = id("ASIA", SECOND, &mut ledger.random);
    let agent = "aws-sdk-nodejs/3.883.0 linux/v22.18.0 exec-env/AWS_Lambda_nodejs22.x";
    let caller = cast.payments.session("payments-api", &key, start).calling("203.0.113.80", agent);
    let request = json!({"encryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "encryptionContext": {"aws:lambda:FunctionArn":
            format!("arn:aws:lambda:us-east-1:{SECOND}:function:payments-api")}})
    .to_string();
    ledger.log(
        start + 630,
        "us-east-1",
        &caller,
        &Call { request: &request, ..Call::read("kms", "Decrypt") },
    );
    for _ in 0..3 {
        let object = format!("{}/{}.csv", 2026, ledger.random.text(HEX, 12));
        let bytes = 20_000 + ledger.random.below(900_000);
        let at = start + 640 + ledger.random.seconds(120);
        object_call(ledger, at, &caller, ("PutObject", EXPORT_BUCKET, &object, bytes));
    }
}
