//! What comes back: the fields that are read, and what went wrong.

use quick_xml::events::Event;
use serde::de::{DeserializeOwned, IntoDeserializer};
use serde::{Deserialize, Deserializer};

use crate::error::AwsError;
use crate::operation::{Effect, Operation, Protocol};

/// An answer as it came.
#[derive(Debug)]
pub(crate) struct Received {
    pub body: Vec<u8>,
    /// By name in lower case.
    pub headers: Vec<(String, String)>,
    pub request_id: Option<String>,
}

/// Reads the fields of an answer.
///
/// # Errors
/// When the body is not what the operation's model says.
pub(crate) fn answer<T: DeserializeOwned>(
    operation: &Operation,
    received: &Received,
) -> Result<T, AwsError> {
    let body = received.body.as_slice();
    let unreadable = |message: String| AwsError::Other {
        operation: operation.full_name(),
        code: "UnreadableAnswer".to_owned(),
        message,
    };
    match operation.service.protocol {
        Protocol::Json { .. } => {
            // A list would be read as a structure's members in their order, and an empty body as none.
            if !body.trim_ascii_start().starts_with(b"{") {
                return Err(unreadable("the answer is no JSON object".to_owned()));
            }
            serde_json::from_slice(body).map_err(|error| unreadable(error.to_string()))
        }
        Protocol::RestXml if operation.http.bytes => {
            let headers = received.headers.iter().cloned();
            let headers = headers.map(|(name, value)| (name, value.into())).collect();
            serde_json::from_value(serde_json::Value::Object(headers))
                .map_err(|error| unreadable(error.to_string()))
        }
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => {
            let text = std::str::from_utf8(body).map_err(|error| unreadable(error.to_string()))?;
            let result = match operation.service.protocol {
                Protocol::Query => element(text, &format!("{}Result", operation.name)),
                _ => Some(text),
            };
            match result {
                Some(result) => {
                    quick_xml::de::from_str(result).map_err(|error| unreadable(error.to_string()))
                }
                None if operation.effect == Effect::Reads => {
                    Err(unreadable(format!("it has no {}Result", operation.name)))
                }
                // Changes without an answer send none.
                None => T::deserialize(
                    serde_json::Value::Object(serde_json::Map::new()).into_deserializer(),
                )
                .map_err(|error: serde_json::Error| unreadable(error.to_string())),
            }
        }
    }
}

/// The first element of this name, with its tags.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let mut reader = quick_xml::Reader::from_str(text);
    loop {
        let start = usize::try_from(reader.buffer_position()).ok()?;
        match reader.read_event().ok()? {
            Event::Start(tag) if tag.local_name().as_ref() == name => {
                let end = tag.to_end().into_owned();
                reader.read_to_end(end.name()).ok()?;
                let stop = usize::try_from(reader.buffer_position()).ok()?;
                return text.get(start..stop);
            }
            Event::Empty(tag) if tag.local_name().as_ref() == name => {
                let stop = usize::try_from(reader.buffer_position()).ok()?;
                return text.get(start..stop);
            }
            Event::Eof => return None,
            _ => {}
        }
    }
}

/// A refusal as AWS words it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: u16,
    pub code: String,
    pub message: String,
    /// The region of the bucket that was asked for.
    pub region: Option<String>,
    /// What AWS calls the request.
    pub request_id: Option<String>,
}

impl Refusal {
    /// Reads what a service said. `header` is `x-amzn-errortype`.
    pub fn read(status: u16, header: Option<&str>, body: &[u8]) -> Self {
        let text = String::from_utf8_lossy(body);
        let (mut region, mut request_id) = (None, None);
        let (code, message) = if text.trim_start().starts_with('<') {
            let inner = element(&text, "Error").unwrap_or(&text);
            region = text_of(inner, "Region");
            request_id = text_of(&text, "RequestId").or_else(|| text_of(&text, "RequestID"));
            (text_of(inner, "Code"), text_of(inner, "Message"))
        } else {
            let json: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
            let field = |names: [&str; 2]| {
                names.iter().find_map(|name| json.get(name)?.as_str()).map(str::to_owned)
            };
            (field(["__type", "code"]), field(["message", "Message"]))
        };
        let code = header.map(str::to_owned).or(code).unwrap_or_default();
        // `com.amazonaws.service#Name:http://...`: the name stands alone.
        let code = code.split(':').next().unwrap_or_default();
        let code = code.rsplit('#').next().unwrap_or_default().to_owned();
        Self { status, code, message: message.unwrap_or_default(), region, request_id }
    }

    /// Codes that ask to slow down (botocore, `_retry.json`, and the SDKs' shared list).
    pub fn is_throttling(&self) -> bool {
        const CODES: [&str; 12] = [
            "Throttling",
            "ThrottlingException",
            "ThrottledException",
            "RequestThrottledException",
            "TooManyRequestsException",
            "ProvisionedThroughputExceededException",
            "TransactionInProgressException",
            "RequestLimitExceeded",
            "BandwidthLimitExceeded",
            "RequestThrottled",
            "SlowDown",
            "PriorRequestNotComplete",
        ];
        CODES.contains(&self.code.as_str()) || self.status == 429
    }

    /// What the refusal is.
    pub fn classify(self, operation: &Operation, region: &str) -> AwsError {
        let name = operation.full_name();
        let Self { code, message, .. } = &self;
        let (code, message) = (code.clone(), message.clone());
        match code.as_str() {
            // 301, 307, and 400 where the signature names the wrong one.
            "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "IllegalLocationConstraintException" => match self.region {
                Some(region) => AwsError::Elsewhere { operation: name, region },
                None => AwsError::Other { operation: name, code, message },
            },
            "AccessDenied"
            | "AccessDeniedException"
            | "UnauthorizedOperation"
            | "UnauthorizedAccess"
            | "AuthorizationError"
            | "NotAuthorized" => AwsError::Denied {
                operation: name,
                permission: named(&message).unwrap_or(operation.action).to_owned(),
                message,
            },
            "InvalidAccessKeyId"
            | "InvalidToken"
            | "TokenRefreshRequired"
            | "RequestTimeTooSkewed"
            | "ExpiredToken"
            | "ExpiredTokenException"
            | "InvalidClientTokenId"
            | "UnrecognizedClientException"
            | "SignatureDoesNotMatch"
            | "InvalidSignatureException"
            | "MissingAuthenticationToken"
            | "MissingAuthenticationTokenException"
            | "RequestExpired"
            | "AuthFailure" => AwsError::Credentials { operation: name, message },
            "NoSuchEntity"
            | "NoSuchEntityException"
            | "ResourceNotFoundException"
            | "AccountNotFoundException"
            | "NoSuchBucket"
            | "NoSuchKey" => AwsError::NotFound { operation: name, message },
            "OptInRequired" | "RegionDisabledException" => {
                AwsError::RegionDisabled { operation: name, region: region.to_owned() }
            }
            _ if self.is_throttling() => AwsError::Throttled { operation: name },
            _ => AwsError::Other { operation: name, code, message },
        }
    }
}

/// The permission that a refusal names: `... is not authorized to perform: kms:Decrypt on ...`.
fn named(message: &str) -> Option<&str> {
    let (_, rest) = message.split_once("not authorized to perform: ")?;
    let action = rest.split_whitespace().next()?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b":-".contains(&byte);
    (action.contains(':') && action.bytes().all(is_plain)).then_some(action)
}

fn text_of(text: &str, name: &str) -> Option<String> {
    quick_xml::de::from_str::<String>(element(text, name)?).ok()
}

/// A list as the query protocols write it: `<Names><member>..</member></Names>`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Members<T> {
    #[serde(default = "Vec::new")]
    member: Vec<T>,
}

/// A list as EC2 writes it: `<names><item>..</item></names>`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Items<T> {
    #[serde(default = "Vec::new")]
    item: Vec<T>,
}

/// Reads a list of the query protocols.
///
/// # Errors
/// When an item cannot be read.
pub fn members<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Members::deserialize(from).map(|list| list.member)
}

/// Reads a list of EC2.
///
/// # Errors
/// When an item cannot be read.
pub fn items<'de, D, T>(from: D) -> Result<Vec<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    Items::deserialize(from).map(|list| list.item)
}

/// What tells where an answer goes on; none at its end.
pub(crate) fn token(operation: &Operation, body: &[u8]) -> Option<String> {
    let output = operation.pages?.output;
    let text = std::str::from_utf8(body).ok()?;
    let token = match operation.service.protocol {
        Protocol::Json { .. } => {
            let answer: serde_json::Value = serde_json::from_str(text).ok()?;
            answer.get(output)?.as_str().map(str::to_owned)
        }
        Protocol::Query | Protocol::Ec2 | Protocol::RestXml => text_of(text, output),
    };
    token.filter(|token| !token.is_empty())
}
