//! A call on the wire: the request before it is signed, the answer or the refusal as it comes, and
//! which failures are worth another attempt.

use std::error::Error;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_smithy_runtime_api::client::interceptors::context::InterceptorContext;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse, OrchestratorError};
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_runtime_api::client::retries::classifiers::{ClassifyRetry, RetryAction};
use aws_smithy_types::body::SdkBody;

use crate::error::AwsError;
use crate::operation::{Operation, Protocol};
use crate::response::Refusal;
use crate::serialize::body;

/// A request as it goes out, unsigned.
pub(crate) fn http(
    operation: &Operation,
    request: &serde_json::Value,
) -> Result<HttpRequest, Box<dyn Error + Send + Sync>> {
    let mut http = HttpRequest::new(SdkBody::from(body(operation, request)));
    http.set_method("POST")?;
    http.set_uri("/")?;
    let headers = http.headers_mut();
    match operation.service.protocol {
        Protocol::Json { target } => {
            headers.try_insert("content-type", "application/x-amz-json-1.1")?;
            headers.try_insert("x-amz-target", format!("{target}.{}", operation.name))?;
        }
        Protocol::Query | Protocol::Ec2 => {
            headers.try_insert("content-type", "application/x-www-form-urlencoded")?;
        }
    }
    headers.try_insert("user-agent", concat!("crashcart/", env!("CARGO_PKG_VERSION")))?;
    Ok(http)
}

/// The body as it came and the request's id, or what AWS refused.
pub(crate) fn received(
    response: &HttpResponse,
) -> Result<(Vec<u8>, Option<String>), OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    let header = |name: &str| response.headers().get(name).map(str::to_owned);
    if response.status().is_success() {
        let id = header("x-amzn-requestid").or_else(|| header("x-amz-request-id"));
        return Ok((body.to_vec(), id));
    }
    let code = header("x-amzn-errortype");
    let refusal = Refusal::read(response.status().as_u16(), code.as_deref(), body);
    Err(OrchestratorError::operation(Refused(refusal)))
}

/// A refusal on its way through the SDK's runtime.
#[derive(Debug)]
pub(crate) struct Refused(Refusal);

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.0.code, self.0.message)
    }
}

impl Error for Refused {}

/// Tells what is worth another attempt: throttling, and a service's own failures.
#[derive(Debug)]
pub(crate) struct Retries {
    /// Throttling is left to whoever gives the turns.
    pub(crate) paced: bool,
}

impl ClassifyRetry for Retries {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else {
            return RetryAction::NoActionIndicated;
        };
        match error.as_operation_error().and_then(|error| error.downcast_ref::<Refused>()) {
            Some(Refused(refusal)) if refusal.is_throttling() && self.paced => {
                RetryAction::NoActionIndicated
            }
            Some(Refused(refusal)) if refusal.is_throttling() => RetryAction::throttling_error(),
            Some(Refused(refusal)) if refusal.status >= 500 => RetryAction::server_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "crashcart"
    }
}

/// Why there was no answer.
pub(crate) fn failure(
    error: SdkError<Refused, HttpResponse>,
    operation: &Operation,
    region: &str,
) -> AwsError {
    let message = chain(&error);
    if let SdkError::ServiceError(refused) = error {
        return refused.into_err().0.classify(operation, region);
    }
    let name = operation.full_name();
    if has_no_credentials(&error) {
        return AwsError::Credentials { operation: name, message };
    }
    AwsError::NoAnswer { operation: name, message }
}

fn has_no_credentials(error: &(dyn Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<CredentialsError>() {
            return true;
        }
        next = error.source();
    }
    false
}

/// An error with what caused it.
fn chain(error: &dyn Error) -> String {
    let mut out = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        out.push_str(": ");
        out.push_str(&cause.to_string());
        next = cause.source();
    }
    out
}
