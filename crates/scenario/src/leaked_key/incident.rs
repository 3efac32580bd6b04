//! What the attacker does with the key, in the order in which it happens. It must never log a
//! call without telling the truth about it.

mod impact;

use crashcart_model::Timestamp;
use serde_json::{Value, json};

use super::cast::{ATTACKER, Cast, HOME, SECOND, command_line, foreigner, id};
use super::ledger::Ledger;
use super::ordinary::REGIONS;
use super::{INCIDENT, MINUTE, Truth, UNUSED_REGION};
use crate::layout::time_text;
use crate::random::{ALPHANUMERIC, Uuid};
use crate::record::{Call, Caller};

/// The inline policy that the attacker gives itself.
pub(super) const POLICY: &str = "tmp";
/// The managed policy that AWS attaches to users whose key was found in public.
pub(super) const QUARANTINE: &str = "arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3";

/// The incident while it is written.
pub(super) struct Incident<'a> {
    ledger: &'a mut Ledger,
    cast: &'a Cast,
    at: i64,
    truth: Truth,
}

impl<'a> Incident<'a> {
    /// Before the first call.
    pub(super) fn new(ledger: &'a mut Ledger, cast: &'a Cast) -> Self {
        let at = INCIDENT + ledger.random.seconds(40);
        let truth = Truth::before(cast, at);
        Self { ledger, cast, at, truth }
    }

    /// Writes it all; returns the truth and the event that stands for it.
    pub(super) fn write(mut self) -> (Truth, Uuid) {
        self.look_around();
        let escalation = self.escalate();
        self.look_again();
        self.make_key();
        let session = self.cross_over();
        self.steal(&session);
        self.hide();
        self.open_door();
        self.start_instances();
        self.quarantine();
        self.close_door();
        self.truth.events.sort();
        (self.truth, escalation)
    }

    /// The leaked key calling.
    fn intruder(&self, command: &str) -> Caller {
        self.cast.owner.calling(&self.cast.owner.key, ATTACKER, command_line(command))
    }

    /// Moves on to a minute after the first call, never back.
    fn minute(&mut self, minute: i64) {
        self.at = self.at.max(INCIDENT + minute * MINUTE + self.ledger.random.seconds(20));
    }

    /// One call by the attacker, a few seconds after the last one.
    fn call(&mut self, region: &str, caller: &Caller, call: &Call<'_>) -> Uuid {
        self.at += 2 + self.ledger.random.seconds(6);
        let event = self.ledger.log(self.at, region, caller, call);
        self.note(event, !call.error.0.is_empty());
        event
    }

    fn note(&mut self, event: Uuid, denied: bool) {
        let now = Timestamp::from_millis(self.at * 1000);
        if self.truth.events.is_empty() {
            self.truth.first = now;
        }
        self.truth.last = now;
        self.truth.events.push(event.text());
        self.truth.denied += usize::from(denied);
    }

    /// A call of the leaked key that is refused for lack of permission.
    fn refused(&mut self, region: &str, service: &'static str, name: &'static str) {
        let caller = self.intruder(&command_of(service, name));
        let iam_name = name.trim_end_matches("20150331");
        let (code, message) = if service == "ec2" {
            (
                "Client.UnauthorizedOperation",
                "You are not authorized to perform this operation.".to_owned(),
            )
        } else {
            let who = self.cast.owner.arn();
            (
                "AccessDenied",
                format!(
                    "User: {who} is not authorized to perform: {service}:{iam_name} on resource: * \
                 because no identity-based policy allows the {service}:{iam_name} action"
                ),
            )
        };
        self.call(region, &caller, &Call { error: (code, &message), ..Call::read(service, name) });
    }

    fn allowed(
        &mut self,
        region: &str,
        service: &'static str,
        name: &'static str,
        request: &Value,
    ) {
        let caller = self.intruder(&command_of(service, name));
        let request = request.to_string();
        self.call(region, &caller, &Call { request: &request, ..Call::read(service, name) });
    }

    fn look_around(&mut self) {
        let own = json!({"userName": self.cast.owner.name});
        self.allowed("us-east-1", "sts", "GetCallerIdentity", &Value::Null);
        self.minute(2);
        self.allowed("us-east-1", "iam", "ListUserPolicies", &own);
        self.allowed("us-east-1", "iam", "ListAttachedUserPolicies", &own);
        for name in
            ["ListUsers", "ListRoles", "GetAccountAuthorizationDetails", "GetAccountSummary"]
        {
            self.refused("us-east-1", "iam", name);
        }
        for region in REGIONS.into_iter().chain([UNUSED_REGION]) {
            self.refused(region, "ec2", "DescribeInstances");
            self.refused(region, "secretsmanager", "ListSecrets");
            self.refused(region, "lambda", "ListFunctions20150331");
        }
        self.refused("us-east-1", "rds", "DescribeDBInstances");
        self.refused("us-east-1", "cloudtrail", "DescribeTrails");
        self.refused("us-east-1", "organizations", "ListAccounts");
    }

    fn escalate(&mut self) -> Uuid {
        self.minute(8);
        let caller = self.intruder("iam.put-user-policy");
        let everything = json!({"Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
        let request = json!({"userName": self.cast.owner.name, "policyName": POLICY,
            "policyDocument": everything.to_string()})
        .to_string();
        let call = Call { request: &request, ..Call::write("iam", "PutUserPolicy") };
        self.call("us-east-1", &caller, &call)
    }

    fn look_again(&mut self) {
        self.allowed("us-east-1", "iam", "ListUsers", &Value::Null);
        self.allowed("us-east-1", "iam", "ListRoles", &Value::Null);
        self.allowed("us-east-1", "organizations", "ListAccounts", &Value::Null);
        self.allowed(
            "us-east-1",
            "cloudtrail",
            "DescribeTrails",
            &json!({"includeShadowTrails": true}),
        );
        self.allowed("us-east-1", "ec2", "DescribeSecurityGroups", &json!({"maxResults": 1000}));
    }

    fn make_key(&mut self) {
        self.minute(11);
        let caller = self.intruder("iam.create-access-key");
        let key = id("AKIA", HOME, &mut self.ledger.random);
        let user = self.cast.reports.name;
        let request = json!({"userName": user}).to_string();
        self.at += 3;
        let seconds = self.at - INCIDENT;
        let created =
            format!("May 4, 2026, 2:{:02}:{:02} AM", 13 + seconds / MINUTE, seconds % MINUTE);
        let response = json!({"accessKey": {"userName": user, "accessKeyId": key,
            "status": "Active", "createDate": created}})
        .to_string();
        let call = Call {
            request: &request,
            response: &response,
            ..Call::write("iam", "CreateAccessKey")
        };
        let event = self.ledger.log(self.at, "us-east-1", &caller, &call);
        self.note(event, false);
        for (service, name) in [("sts", "GetCallerIdentity"), ("s3", "ListBuckets")] {
            let agent = command_line(&command_of(service, name));
            let caller = self.cast.reports.calling(&key, ATTACKER, agent);
            self.call("us-east-1", &caller, &Call::read(service, name));
        }
        self.truth.created_key = key;
    }

    /// Both accounts log the `AssumeRole`; returns the key and start of the session.
    fn cross_over(&mut self) -> (String, i64) {
        self.minute(14);
        let agent = "sts.assume-role";
        let near = self.intruder(agent);
        let far = foreigner(&self.cast.owner, SECOND, ATTACKER, command_line(agent));
        let key = id("ASIA", SECOND, &mut self.ledger.random);
        let request =
            json!({"roleArn": self.cast.cross.arn(), "roleSessionName": "botocore-session"});
        let response = json!({
            "credentials": {"accessKeyId": key, "expiration": time_text(self.at + 60 * MINUTE),
                "sessionToken": self.ledger.random.text(ALPHANUMERIC, 60)},
            "assumedRoleUser": {"assumedRoleId": format!("{}:botocore-session", self.cast.cross.id),
                "arn": self.cast.cross.session_arn("botocore-session")}});
        let resources = json!([{"accountId": SECOND, "type": "AWS::IAM::Role",
            "ARN": self.cast.cross.arn()}]);
        let (request, response) = (request.to_string(), response.to_string());
        let resources = resources.to_string();
        let call = Call {
            request: &request,
            response: &response,
            resources: &resources,
            ..Call::read("sts", "AssumeRole")
        };
        self.at += 4;
        let copies = self.ledger.log_copies(self.at, "us-east-1", &[&near, &far], &call);
        copies.iter().for_each(|event| self.note(*event, false));
        self.truth.assume_role_copies = copies.iter().map(|event| event.text()).collect();
        self.truth.session_key.clone_from(&key);
        (key, self.at)
    }
}

/// The AWS CLI's word for a call: `iam.list-users`.
fn command_of(service: &str, name: &str) -> String {
    let mut out = format!("{service}.");
    let letters: Vec<char> = name.trim_end_matches("20150331").chars().collect();
    for (index, letter) in letters.iter().enumerate() {
        let lower = |at: usize| letters.get(at).is_some_and(char::is_ascii_lowercase);
        // A new word begins where case rises, and at the last letter of an abbreviation.
        if index > 0 && letter.is_ascii_uppercase() && (lower(index - 1) || lower(index + 1)) {
            out.push('-');
        }
        out.push(letter.to_ascii_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_named_as_the_command_line_names_them() {
        assert_eq!(command_of("iam", "ListUsers"), "iam.list-users");
        assert_eq!(command_of("rds", "DescribeDBInstances"), "rds.describe-db-instances");
        assert_eq!(command_of("lambda", "ListFunctions20150331"), "lambda.list-functions");
    }
}
