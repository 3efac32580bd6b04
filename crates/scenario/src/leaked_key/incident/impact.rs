//! What the attacker takes and tries once it is everywhere, and what is done about it. It must
//! never log a call without telling the truth about it.

use serde_json::{Value, json};

use super::super::cast::{ATTACKER, Cast, HOME, command_line, service};
use super::super::ordinary::{self, EXPORT_BUCKET};
use super::super::{INCIDENT, MINUTE, UNUSED_REGION, people};
use super::{Incident, QUARANTINE};
use crate::random::HEX;
use crate::record::Call;

/// Objects that the attacker downloads.
const OBJECTS: usize = 37;
/// The trail that the attacker tries to stop.
const TRAIL: &str = "organization";
/// Secrets in the second account.
const SECRETS: [&str; 3] = ["payments/database", "payments/signing-key", "payments/provider-api"];

impl Incident<'_> {
    pub(super) fn steal(&mut self, session: &(String, i64)) {
        let caller = |cast: &Cast, command: &str| {
            let session = cast.cross.session("botocore-session", &session.0, session.1);
            session.calling(ATTACKER, &command_line(command))
        };
        let who = caller(self.cast, "sts.get-caller-identity");
        self.call("us-east-1", &who, &Call::read("sts", "GetCallerIdentity"));
        let who = caller(self.cast, "secretsmanager.list-secrets");
        self.call("us-east-1", &who, &Call::read("secretsmanager", "ListSecrets"));
        let who = caller(self.cast, "secretsmanager.get-secret-value");
        for secret in SECRETS {
            let request = json!({"secretId": secret}).to_string();
            let call = Call { request: &request, ..Call::read("secretsmanager", "GetSecretValue") };
            self.call("us-east-1", &who, &call);
            self.truth.secrets.push(secret.to_owned());
        }
        let who = caller(self.cast, "s3.ls");
        self.call("us-east-1", &who, &Call::read("s3", "ListBuckets"));
        let who = caller(self.cast, "s3.sync");
        for _ in 0..OBJECTS {
            self.at += 1 + self.ledger.random.seconds(3);
            let object = format!("2026/{}.csv", self.ledger.random.text(HEX, 12));
            let bytes = 20_000 + self.ledger.random.below(900_000);
            let what = ("GetObject", EXPORT_BUCKET, object.as_str(), bytes);
            let event = ordinary::object_call(self.ledger, self.at, &who, what);
            self.note(event, false);
            self.truth.objects += 1;
            self.truth.bytes += bytes as u64;
        }
    }

    pub(super) fn hide(&mut self) {
        self.minute(18);
        let caller = self.intruder("cloudtrail.stop-logging");
        let trail = format!("arn:aws:cloudtrail:us-east-1:{HOME}:trail/{TRAIL}");
        let message = format!(
            "User: {} is not authorized to perform: cloudtrail:StopLogging on resource: {trail} \
             with an explicit deny in a service control policy",
            self.cast.owner.arn()
        );
        let request = json!({"name": TRAIL}).to_string();
        let call = Call {
            request: &request,
            error: ("AccessDenied", &message),
            ..Call::write("cloudtrail", "StopLogging")
        };
        self.call("us-east-1", &caller, &call);
    }

    pub(super) fn open_door(&mut self) {
        self.minute(20);
        let caller = self.intruder("ec2.authorize-security-group-ingress");
        let rule = format!("sgr-0{}", self.ledger.random.text(HEX, 16));
        let request = self.door_request().to_string();
        let response = json!({"_return": true, "securityGroupRuleSet": {"items": [
            {"groupOwnerId": HOME, "groupId": self.cast.group, "securityGroupRuleId": rule,
             "isEgress": false, "ipProtocol": "tcp", "fromPort": 22, "toPort": 22,
             "cidrIpv4": "0.0.0.0/0"}]}})
        .to_string();
        let call = Call {
            request: &request,
            response: &response,
            ..Call::write("ec2", "AuthorizeSecurityGroupIngress")
        };
        self.call("us-east-1", &caller, &call);
    }

    fn door_request(&self) -> Value {
        json!({"groupId": self.cast.group, "ipPermissions": {"items": [
            {"ipProtocol": "tcp", "fromPort": 22, "toPort": 22, "groups": {},
             "ipRanges": {"items": [{"cidrIp": "0.0.0.0/0"}]}, "ipv6Ranges": {},
             "prefixListIds": {}}]}})
    }

    pub(super) fn start_instances(&mut self) {
        self.minute(23);
        let caller = self.intruder("ec2.run-instances");
        let request = json!({"instancesSet": {"items": [
                {"imageId": "ami-0c0ffee0c0ffee000", "minCount": 8, "maxCount": 8}]},
            "instanceType": "p5.48xlarge", "monitoring": {"enabled": false}})
        .to_string();
        let message = format!(
            "You are not authorized to perform this operation. User: {} is not authorized to \
             perform: ec2:RunInstances with an explicit deny in a service control policy",
            self.cast.owner.arn()
        );
        let call = Call {
            request: &request,
            error: ("Client.UnauthorizedOperation", &message),
            ..Call::write("ec2", "RunInstances")
        };
        for _ in 0..3 {
            self.call(UNUSED_REGION, &caller, &call);
        }
    }

    /// AWS finds the key in public and attaches its policy; it is not the attacker's doing.
    pub(super) fn quarantine(&mut self) {
        let aws = service("AWS Internal", HOME);
        let request =
            json!({"userName": self.cast.owner.name, "policyArn": QUARANTINE}).to_string();
        let call = Call { request: &request, ..Call::write("iam", "AttachUserPolicy") };
        let at = INCIDENT + 87 * MINUTE + self.ledger.random.seconds(30);
        self.truth.quarantined = self.ledger.log(at, "us-east-1", &aws, &call).text();
    }

    /// The administrator takes the rule away.
    pub(super) fn close_door(&mut self) {
        let at = INCIDENT + 410 * MINUTE + self.ledger.random.seconds(60);
        let caller = people::sign_in(self.ledger, self.cast, at - 90);
        let request = self.door_request().to_string();
        let response = json!({"_return": true}).to_string();
        let call = Call {
            request: &request,
            response: &response,
            ..Call::write("ec2", "RevokeSecurityGroupIngress")
        };
        self.truth.cleaned_up = self.ledger.log(at, "us-east-1", &caller, &call).text();
    }
}
