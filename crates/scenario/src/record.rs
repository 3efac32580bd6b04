//! Writes one CloudTrail record, version 1.11, as text. Both the incident and the benchmark's
//! corpus go through here, so that they look alike; it must never build a tree of values, because
//! the corpus is a gigabyte.
//!
//! Fields and their order: AWS CloudTrail User Guide, "CloudTrail record contents".

use crate::layout::time_text;
use crate::random::{Random, UPPER, Uuid};

/// Who makes a call, from where and with what.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    /// `userIdentity` as JSON text.
    pub(crate) identity: String,
    /// The account whose trail records the call.
    pub(crate) account: String,
    /// `sourceIPAddress`
    pub(crate) address: String,
    /// `userAgent`
    pub(crate) agent: String,
    /// Whether the credentials came from a console session.
    pub(crate) console: bool,
    /// `vpcEndpointId`: the call came through a private endpoint; empty where it did not.
    pub(crate) endpoint: String,
}

impl Caller {
    /// AWS's own services show their name as address and agent, and no TLS details.
    pub(crate) fn is_service(&self) -> bool {
        self.address.ends_with(".amazonaws.com") || self.address == "AWS Internal"
    }
}

/// What is called and what AWS answered. Texts of JSON are written as they are.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Call<'a> {
    /// The service's name before `.amazonaws.com`.
    pub(crate) service: &'a str,
    /// `eventName`
    pub(crate) name: &'a str,
    /// `readOnly`
    pub(crate) read_only: bool,
    /// `requestParameters` as JSON.
    pub(crate) request: &'a str,
    /// `responseElements` as JSON.
    pub(crate) response: &'a str,
    /// `additionalEventData` as JSON, or empty.
    pub(crate) additional: &'a str,
    /// `resources` as JSON, or empty.
    pub(crate) resources: &'a str,
    /// `errorCode` and `errorMessage`; empty where it went well.
    pub(crate) error: (&'a str, &'a str),
    /// Whether this is a data event.
    pub(crate) data: bool,
}

impl<'a> Call<'a> {
    /// A call that reads and says nothing more.
    pub(crate) const fn read(service: &'a str, name: &'a str) -> Self {
        Self {
            service,
            name,
            read_only: true,
            request: "null",
            response: "null",
            additional: "",
            resources: "",
            error: ("", ""),
            data: false,
        }
    }

    /// A call that changes something.
    pub(crate) const fn write(service: &'a str, name: &'a str) -> Self {
        Self { read_only: false, ..Self::read(service, name) }
    }
}

/// Where and when a record stands.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    /// `eventTime`, seconds since 1970.
    pub(crate) at: i64,
    /// `awsRegion`
    pub(crate) region: &'a str,
    /// `eventID`
    pub(crate) event: Uuid,
    /// `requestID`: what the caller was told.
    pub(crate) request: Uuid,
    /// `sharedEventID`, where several accounts get a copy.
    pub(crate) shared: Option<Uuid>,
}

/// Appends one record.
pub(crate) fn push(out: &mut String, place: Place<'_>, caller: &Caller, call: &Call<'_>) {
    let mut put = |parts: &[&str]| parts.iter().for_each(|part| out.push_str(part));
    put(&["{\"eventVersion\":\"1.11\",\"userIdentity\":", &caller.identity]);
    put(&[",\"eventTime\":\"", &time_text(place.at)]);
    put(&["\",\"eventSource\":\"", call.service, ".amazonaws.com\",\"eventName\":\"", call.name]);
    put(&["\",\"awsRegion\":\"", place.region, "\",\"sourceIPAddress\":\"", &caller.address]);
    put(&["\",\"userAgent\":\"", &caller.agent, "\""]);
    let (code, message) = call.error;
    if !code.is_empty() {
        put(&[",\"errorCode\":\"", code, "\",\"errorMessage\":\"", message, "\""]);
    }
    put(&[",\"requestParameters\":", call.request]);
    put(&[",\"responseElements\":", if code.is_empty() { call.response } else { "null" }]);
    if !call.additional.is_empty() {
        put(&[",\"additionalEventData\":", call.additional]);
    }
    push_ids(out, place, call);
    let mut put = |parts: &[&str]| parts.iter().for_each(|part| out.push_str(part));
    put(&[",\"readOnly\":", if call.read_only { "true" } else { "false" }]);
    if !call.resources.is_empty() {
        put(&[",\"resources\":", call.resources]);
    }
    let sign_in = call.service == "signin";
    put(&[",\"eventType\":\"", if sign_in { "AwsConsoleSignIn" } else { "AwsApiCall" }]);
    put(&["\",\"managementEvent\":", if call.data { "false" } else { "true" }]);
    put(&[",\"recipientAccountId\":\"", &caller.account, "\""]);
    if !caller.endpoint.is_empty() {
        put(&[",\"vpcEndpointId\":\"", &caller.endpoint, "\""]);
    }
    push_end(out, place, caller, call);
}

fn push_ids(out: &mut String, place: Place<'_>, call: &Call<'_>) {
    out.push_str(",\"requestID\":\"");
    if call.service == "s3" {
        // S3 names its requests by 16 letters and digits.
        Random::seeded(place.request.low(), 0).push_from(UPPER, 16, out);
    } else {
        place.request.push(out);
    }
    out.push_str("\",\"eventID\":\"");
    place.event.push(out);
    out.push('"');
}

fn push_end(out: &mut String, place: Place<'_>, caller: &Caller, call: &Call<'_>) {
    if let Some(shared) = place.shared {
        out.push_str(",\"sharedEventID\":\"");
        shared.push(out);
        out.push('"');
    }
    let mut put = |parts: &[&str]| parts.iter().for_each(|part| out.push_str(part));
    put(&[",\"eventCategory\":\"", if call.data { "Data" } else { "Management" }, "\""]);
    if !caller.is_service() {
        put(&[
            ",\"tlsDetails\":{\"tlsVersion\":\"TLSv1.3\",\"cipherSuite\":\"TLS_AES_128_GCM_SHA256\",",
            "\"clientProvidedHostHeader\":\"",
        ]);
        match call.service {
            "iam" => put(&["iam.amazonaws.com"]),
            "signin" => put(&["signin.aws.amazon.com"]),
            service => put(&[service, ".", place.region, ".amazonaws.com"]),
        }
        put(&["\"}"]);
    }
    if caller.console {
        put(&[",\"sessionCredentialFromConsole\":\"true\""]);
    }
    out.push('}');
}
