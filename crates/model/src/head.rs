//! The fields that nearly every reader of a record asks for, gathered in one walk over it.
//!
//! Field names: AWS CloudTrail User Guide, "CloudTrail record contents".

use crate::{Outcome, Record, Str, Timestamp, Value};

/// The head of a record. A field that is absent or not a string is none.
#[derive(Debug, Clone, Copy, Default)]
pub struct Head<'a> {
    /// `eventTime`, or `@timestamp` where there is none.
    pub time: Option<Timestamp>,
    /// `eventSource`, such as `iam.amazonaws.com`.
    pub source: Option<Str<'a>>,
    /// `eventName`
    pub name: Option<Str<'a>>,
    /// `awsRegion`
    pub region: Option<Str<'a>>,
    /// `sourceIPAddress`: an address, or the DNS name of an AWS service.
    pub address: Option<Str<'a>>,
    /// `userAgent`
    pub user_agent: Option<Str<'a>>,
    /// `errorCode`
    pub error_code: Option<Str<'a>>,
    /// `errorMessage`
    pub error_message: Option<Str<'a>>,
    /// `eventID`
    pub event_id: Option<Str<'a>>,
    /// `requestID`
    pub request_id: Option<Str<'a>>,
    /// `sharedEventID`: one call, logged in several accounts.
    pub shared_event_id: Option<Str<'a>>,
    /// `recipientAccountId`: the account whose trail this is.
    pub recipient: Option<Str<'a>>,
    /// `eventType`
    pub event_type: Option<Str<'a>>,
    /// `eventCategory`: Management, Data, NetworkActivity or Insight.
    pub category: Option<Str<'a>>,
    /// `readOnly`
    pub read_only: Option<bool>,
    /// `managementEvent`
    pub management: Option<bool>,
    /// `userIdentity`
    pub user_identity: Option<Record<'a>>,
    /// The same, gathered once.
    identity: Identity<'a>,
    /// `requestParameters`
    pub request: Option<Record<'a>>,
    /// `responseElements`
    pub response: Option<Record<'a>>,
    /// `additionalEventData`
    pub additional: Option<Record<'a>>,
    /// `resources`
    pub resources: Option<Record<'a>>,
    /// `addendum`: this record corrects an earlier one.
    pub addendum: Option<Record<'a>>,
    /// `sessionCredentialFromConsole`
    pub from_console: Option<bool>,
    /// The record's format may have dropped fields.
    pub partial: bool,
    /// `errorCode` stands in the record, if only as `null`.
    pub error_told: bool,
}

impl<'a> Head<'a> {
    /// Gathers the head of a record.
    pub fn of(record: &Record<'a>) -> Self {
        let mut head = Self { partial: record.is_partial(), ..Self::default() };
        let mut ingested = None;
        for (key, value) in record.members() {
            match key.raw() {
                "@timestamp" => ingested = value.as_str(),
                "eventTime" => head.time = moment(value),
                name => head.take(name, value),
            }
        }
        if head.time.is_none() {
            head.time = ingested.and_then(|text| Timestamp::parse(&text.text()));
        }
        head
    }

    fn take(&mut self, name: &str, value: Value<'a>) {
        match name {
            "eventSource" => self.source = value.as_str(),
            "eventName" => self.name = value.as_str(),
            "awsRegion" => self.region = value.as_str(),
            "sourceIPAddress" => self.address = value.as_str(),
            "userAgent" => self.user_agent = value.as_str(),
            "errorCode" => {
                self.error_told = true;
                // A name that stands twice must not hide an error.
                self.error_code = value.as_str().or(self.error_code);
            }
            "errorMessage" => self.error_message = value.as_str(),
            "eventID" => self.event_id = value.as_str(),
            "requestID" => self.request_id = value.as_str(),
            "sharedEventID" => self.shared_event_id = value.as_str(),
            "recipientAccountId" => self.recipient = value.as_str(),
            "eventType" => self.event_type = value.as_str(),
            "eventCategory" => self.category = value.as_str(),
            "readOnly" => self.read_only = value.as_bool(),
            "managementEvent" => self.management = value.as_bool(),
            "userIdentity" => {
                self.user_identity = value.as_object();
                self.identity =
                    self.user_identity.map(|record| Identity::of(&record)).unwrap_or_default();
            }
            "requestParameters" => self.request = value.as_object(),
            "responseElements" => self.response = value.as_object(),
            "additionalEventData" => self.additional = value.as_object(),
            "resources" => {
                self.resources = if let Value::Array(items) = value { Some(items) } else { None };
            }
            "addendum" => self.addendum = value.as_object(),
            "sessionCredentialFromConsole" => self.from_console = value.as_bool(),
            _ => {}
        }
    }

    /// The account whose trail this is: `recipientAccountId`, and where a record lacks it the
    /// caller's account. A caller of type `AWSAccount` belongs to another one, or to none
    /// (CloudTrail user guide, "userIdentity element"), and says nothing about the trail.
    pub fn account(&self) -> Option<Str<'a>> {
        self.recipient.or_else(|| {
            let identity = self.identity();
            let is_stranger = identity.kind.is_some_and(|kind| kind.is("AWSAccount"));
            identity.account.filter(|_| !is_stranger)
        })
    }

    /// What became of the call. A failed sign-in says so only in `responseElements`; a format
    /// that may drop columns and has no error column tells nothing.
    pub fn outcome(&self) -> Outcome {
        if let Some(code) = self.error_code.filter(|code| !code.is_empty()) {
            return Outcome::of_error(&code.text());
        }
        if self.event_type.is_some_and(|kind| kind.is("AwsConsoleSignIn"))
            || self.name.is_some_and(|name| name.is("ConsoleLogin"))
            || self.source.is_some_and(|source| source.is("signin.amazonaws.com"))
                && self.response.is_some_and(|response| tells_success(&response))
        {
            return self.sign_in();
        }
        if self.error_message.is_some_and(|text| !text.is_empty()) {
            return Outcome::Failed;
        }
        if self.partial && !self.error_told { Outcome::Unknown } else { Outcome::Done }
    }

    fn sign_in(&self) -> Outcome {
        let Some(response) = self.response else {
            return if self.error_message.is_some() { Outcome::Failed } else { Outcome::Unknown };
        };
        let mut outcome = Outcome::Unknown;
        for (_, value) in response.members() {
            match value.as_str() {
                Some(text) if text.is("Failure") => return Outcome::Failed,
                Some(text) if text.is("Success") => outcome = Outcome::Done,
                _ => {}
            }
        }
        outcome
    }

    /// The identity behind the call; empty where the record has none.
    pub const fn identity(&self) -> &Identity<'a> {
        &self.identity
    }
}

/// Whether the answer says `Success` or `Failure`, as those of console sign-ins do.
fn tells_success(response: &Record<'_>) -> bool {
    response.members().any(|(_, value)| {
        value.as_str().is_some_and(|text| text.is("Success") || text.is("Failure"))
    })
}

fn moment(value: Value<'_>) -> Option<Timestamp> {
    value.as_str().and_then(|text| Timestamp::parse(&text.text()))
}

/// `userIdentity`, gathered in one walk (CloudTrail User Guide, "userIdentity element").
#[derive(Debug, Clone, Copy, Default)]
pub struct Identity<'a> {
    /// `type`: Root, IAMUser, AssumedRole, FederatedUser, AWSAccount, AWSService, ...
    pub kind: Option<Str<'a>>,
    /// `principalId`
    pub principal_id: Option<Str<'a>>,
    /// `arn`
    pub arn: Option<Str<'a>>,
    /// `accountId`
    pub account: Option<Str<'a>>,
    /// `accessKeyId`
    pub access_key: Option<Str<'a>>,
    /// `userName`
    pub user_name: Option<Str<'a>>,
    /// `invokedBy`: the AWS service that made the call for the principal.
    pub invoked_by: Option<Str<'a>>,
    /// `sessionContext.sessionIssuer`
    pub issuer: Option<Record<'a>>,
    /// `sessionContext.attributes`
    pub attributes: Option<Record<'a>>,
    /// `sessionContext.ec2RoleDelivery`: `1.0` for IMDSv1, `2.0` for IMDSv2.
    pub role_delivery: Option<Str<'a>>,
    /// `sessionContext.sourceIdentity`
    pub source_identity: Option<Str<'a>>,
    /// `onBehalfOf.userId`: the user of IAM Identity Center.
    pub on_behalf_of: Option<Str<'a>>,
}

impl<'a> Identity<'a> {
    /// Reads a `userIdentity` object.
    pub fn of(identity: &Record<'a>) -> Self {
        let mut out = Self::default();
        for (key, value) in identity.members() {
            match key.raw() {
                "type" => out.kind = value.as_str(),
                "principalId" => out.principal_id = value.as_str(),
                "arn" => out.arn = value.as_str(),
                "accountId" => out.account = value.as_str(),
                "accessKeyId" => out.access_key = value.as_str().filter(|key| !key.is_empty()),
                "userName" => out.user_name = value.as_str(),
                "invokedBy" => out.invoked_by = value.as_str(),
                "onBehalfOf" => {
                    out.on_behalf_of = value.as_object().and_then(|user| user.text_of("userId"));
                }
                "sessionContext" => {
                    let Some(session) = value.as_object() else {
                        continue;
                    };
                    out.issuer = session.object("sessionIssuer");
                    out.attributes = session.object("attributes");
                    out.role_delivery = session.text_of("ec2RoleDelivery");
                    out.source_identity = session.text_of("sourceIdentity");
                }
                _ => {}
            }
        }
        out
    }
}
