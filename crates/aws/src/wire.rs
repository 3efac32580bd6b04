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
use aws_smithy_types::error::metadata::{ErrorMetadata, ProvideErrorMetadata};

use crate::error::AwsError;
use crate::operation::Operation;
use crate::response::{Received, Refusal};
use crate::serialize::{body, headers, uri};

/// A request as it is sent; where the host names the bucket, the path does not.
pub(crate) fn http(
    operation: &Operation,
    request: &serde_json::Value,
    is_hosted: bool,
) -> Result<HttpRequest, Box<dyn Error + Send + Sync>> {
    let mut http = HttpRequest::new(SdkBody::from(body(operation, request)));
    http.set_method(operation.http.method)?;
    http.set_uri(uri(operation, request, is_hosted))?;
    let out = http.headers_mut();
    for (name, value) in headers(operation, request) {
        out.try_insert(name, value)?;
    }
    out.try_insert("user-agent", concat!("crashcart/", env!("CARGO_PKG_VERSION")))?;
    Ok(http)
}

/// The answer as it came, or what AWS refused.
pub(crate) fn received(response: &HttpResponse) -> Result<Received, OrchestratorError<Refused>> {
    let body = response.body().bytes().unwrap_or_default();
    let header = |name: &str| response.headers().get(name).map(str::to_owned);
    let request_id = header("x-amzn-requestid").or_else(|| header("x-amz-request-id"));
    if response.status().is_success() {
        let headers = response.headers().iter();
        let headers =
            headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        return Ok(Received { body: body.to_vec(), headers, request_id });
    }
    let mut refusal =
        Refusal::read(response.status().as_u16(), header("x-amzn-errortype").as_deref(), body);
    refusal.region = header("x-amz-bucket-region").or(refusal.region);
    refusal.request_id = request_id.or(refusal.request_id);
    Err(OrchestratorError::operation(Refused::new(refusal)))
}

/// A refusal on its way through the SDK's runtime.
#[derive(Debug)]
pub(crate) struct Refused {
    refusal: Refusal,
    /// For those parts of the runtime that ask for no more than a code.
    meta: Box<ErrorMetadata>,
}

impl Refused {
    fn new(refusal: Refusal) -> Self {
        // EC2's words for a request that was signed at another time ("Error codes for the Amazon
        // EC2 API") are not among those that the runtime knows.
        let code = match &*refusal.code {
            "RequestExpired" | "RequestInTheFuture" => "RequestTimeTooSkewed",
            code => code,
        };
        let meta = ErrorMetadata::builder().code(code).message(&refusal.message).build();
        Self { refusal, meta: Box::new(meta) }
    }
}

impl ProvideErrorMetadata for Refused {
    fn meta(&self) -> &ErrorMetadata {
        &self.meta
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}: {}", self.refusal.code, self.refusal.message)
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
            Some(Refused { refusal, .. }) if refusal.is_throttling() && self.paced => {
                RetryAction::NoActionIndicated
            }
            Some(Refused { refusal, .. }) if refusal.is_throttling() => {
                RetryAction::throttling_error()
            }
            Some(Refused { refusal, .. }) if refusal.status >= 500 => RetryAction::server_error(),
            _ => RetryAction::NoActionIndicated,
        }
    }

    fn name(&self) -> &'static str {
        "crashcart"
    }
}

/// A call without an answer.
pub(crate) struct Failed {
    /// Why.
    pub(crate) error: AwsError,
    /// What AWS calls the request, where it was AWS that refused it.
    pub(crate) request_id: Option<String>,
}

impl From<AwsError> for Failed {
    fn from(error: AwsError) -> Self {
        Self { error, request_id: None }
    }
}

/// Why there was no answer.
pub(crate) fn failure(
    error: SdkError<Refused, HttpResponse>,
    operation: &Operation,
    region: &str,
) -> Failed {
    let message = chain(&error);
    if let SdkError::ServiceError(refused) = error {
        let mut refusal = refused.into_err().refusal;
        let request_id = refusal.request_id.take();
        return Failed { error: refusal.classify(operation, region), request_id };
    }
    let operation = operation.full_name();
    if has_no_credentials(&error) {
        return AwsError::Credentials { operation, message }.into();
    }
    AwsError::NoAnswer { operation, message }.into()
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
