//! The door itself: whose credentials, which region, which calls, and what was asked through it.

use std::collections::HashSet;
use std::fmt;
use std::sync::{Arc, PoisonError};

use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::service_clock_skew::ServiceClockSkewInterceptor;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use jiff::Timestamp;

use crate::clock::Clock;
use crate::credentials::{self, DoorOptions};
use crate::error::AwsError;
use crate::exchange::Exchange;
use crate::operation::{Call, Operation, Reads, Service, Writes};
use crate::response::token;
use crate::services::iam::NewAccessKey;
use crate::services::sts::RoleCredentials;
use crate::setting;

/// Where a partition's one endpoint is asked, and others when no region is configured.
const HOME: &str = "us-east-1";

/// Pages of one answer at most: a hundred million objects of a bucket; half a day of LookupEvents.
const MOST_PAGES: usize = 100_000;

/// The door to AWS, with one set of credentials.
#[derive(Clone)]
pub struct Door {
    runtime: Arc<tokio::runtime::Runtime>,
    exchange: Exchange,
    region: String,
    through: Vec<String>,
}

impl fmt::Debug for Door {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Door({})", self.region)
    }
}

/// A record of one call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// Such as `iam:ListUsers`.
    pub operation: String,
    /// Where.
    pub region: String,
    /// What AWS calls the request.
    pub request_id: Option<String>,
    /// When the answer came, or failed to.
    pub at: Timestamp,
    /// Why there was no answer.
    pub error: Option<String>,
}

/// An answer: the fields that are read, and what AWS returned.
#[derive(Debug, Clone)]
pub struct Answered<T> {
    /// The fields that are read.
    pub answer: T,
    /// The body as it came.
    pub raw: Vec<u8>,
    /// What AWS calls the request.
    pub request_id: Option<String>,
    /// When it came.
    pub at: Timestamp,
}

/// An answer on its way in, as it came.
#[derive(Debug, Clone, Copy)]
pub struct Came<'a> {
    /// The call.
    pub operation: &'static Operation,
    /// Where it was asked.
    pub region: &'a str,
    /// What was asked, by the names of the service's model.
    pub request: &'a serde_json::Value,
    /// The body.
    pub body: &'a [u8],
    /// What AWS calls the request.
    pub id: Option<&'a str>,
    /// When it came.
    pub at: Timestamp,
}

/// Who keeps answers as they came. Never keep those of `sts:AssumeRole`: they hold secrets.
pub trait Keep: fmt::Debug + Send + Sync {
    /// Keeps an answer.
    ///
    /// # Errors
    /// Why it could not be kept; then the call counts as failed.
    fn keep(&self, came: &Came<'_>) -> Result<(), String>;
}

impl Door {
    /// Opens the door with the credentials that the AWS CLI would use.
    ///
    /// # Errors
    /// When there is no source of credentials, or certificates cannot be used.
    pub fn open(options: &DoorOptions) -> Result<Self, AwsError> {
        let none = |message: String| AwsError::Credentials {
            operation: "the connection".to_owned(),
            message,
        };
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .map_err(|error| none(error.to_string()))?;
        // The SDK itself would panic over a header that cannot be.
        options.region.as_deref().map_or(Ok(()), setting::region)?;
        let config = runtime.block_on(credentials::load(options))?;
        let credentials = config.credentials_provider().ok_or_else(|| {
            none("no credentials are configured; see `aws configure` or `aws sso login`".to_owned())
        })?;
        let region = config.region().map_or(HOME, AsRef::as_ref).to_owned();
        setting::region(&region)?;
        let credentials = setting::checked(credentials);
        Ok(Self {
            runtime: Arc::new(runtime),
            exchange: Exchange {
                config,
                credentials,
                pace: Arc::default(),
                asked: Arc::default(),
                clock: Clock::new(options.clock),
                skew: SharedInterceptor::new(ServiceClockSkewInterceptor::new()),
                homes: Arc::default(),
                only: None,
                keep: None,
            },
            region,
            through: Vec::new(),
        })
    }

    /// The same door for one action: it makes none but these calls, which are those whose
    /// permissions the action names.
    #[must_use]
    pub fn only(&self, operations: impl IntoIterator<Item = &'static Operation>) -> Self {
        let only = Some(operations.into_iter().collect());
        let exchange = Exchange { only, ..self.exchange.clone() };
        Self { exchange, ..self.clone() }
    }

    /// The same door, handing each answer over as it came before anything of it is read, and before
    /// the next call is made.
    #[must_use]
    pub fn keeping(&self, keep: Arc<dyn Keep>) -> Self {
        let exchange = Exchange { keep: Some(keep), ..self.exchange.clone() };
        Self { exchange, ..self.clone() }
    }

    /// The same door with other credentials.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        let credentials = SharedCredentialsProvider::new(credentials);
        let exchange = Exchange { credentials, ..self.exchange.clone() };
        Self { exchange, ..self.clone() }
    }

    /// The same door as a role that `caller`, an ARN, assumed; its credentials stay in memory.
    #[must_use]
    pub fn as_role(&self, role: RoleCredentials, caller: String) -> Self {
        let (key, secret) = (role.access_key_id, role.secret_access_key);
        let token = Some(role.session_token);
        let credentials = Credentials::new(key, secret, token, None, "crashcart");
        let mut through = self.through.clone();
        through.push(caller);
        Self { through, ..self.with_credentials(credentials) }
    }

    /// The same door with a long-lived key; its secret stays in memory.
    #[must_use]
    pub fn as_key(&self, key: NewAccessKey) -> Self {
        let (key, secret) = (key.access_key_id, key.secret_access_key);
        self.with_credentials(Credentials::new(key, secret, None, None, "crashcart"))
    }

    /// The same door with a record of its own of what is asked through it.
    #[must_use]
    pub fn recording_apart(&self) -> Self {
        let exchange = Exchange { asked: Arc::default(), ..self.exchange.clone() };
        Self { exchange, ..self.clone() }
    }

    /// Where a service is asked instead of at AWS; none where it is AWS.
    pub fn instead_of_aws(&self, service: &Service) -> Option<String> {
        self.exchange.override_of(service)
    }

    /// The ARNs through which the caller came to be, where roles were assumed by this door.
    pub fn through(&self) -> &[String] {
        &self.through
    }

    /// The region that is asked where none is named.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// The time by AWS's clock, as the last answer told it; this machine's before the first.
    pub fn now(&self) -> crashcart_model::Timestamp {
        crashcart_model::Timestamp::from_millis(self.exchange.clock.now().as_millisecond())
    }

    /// What can be asked.
    pub const fn reader(&self) -> Reader<'_> {
        Reader(self)
    }

    /// What can be changed. Only an executor of approved plans may hold one, and a selftest for what
    /// it makes itself.
    pub const fn writer(&self) -> Writer<'_> {
        Writer(self)
    }

    /// Everything that was asked through this door so far, in the order of the answers; of objects
    /// only those that did not come.
    pub fn asked(&self) -> Vec<Asked> {
        self.exchange.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn call<C: Call>(&self, region: &str, call: &C) -> Result<Answered<C::Answer>, AwsError> {
        self.exchange::<C>(region, request(call))
    }

    fn exchange<C: Call>(
        &self,
        region: &str,
        request: serde_json::Value,
    ) -> Result<Answered<C::Answer>, AwsError> {
        self.runtime.block_on(self.exchange.clone().exchange::<C>(region.to_owned(), request))
    }
}

/// An answer that is on its way.
pub struct Pending<T> {
    runtime: Arc<tokio::runtime::Runtime>,
    task: tokio::task::JoinHandle<Result<Answered<T>, AwsError>>,
    operation: String,
}

impl<T> fmt::Debug for Pending<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Pending({})", self.operation)
    }
}

impl<T> Pending<T> {
    /// Waits for it.
    ///
    /// # Errors
    /// See [`AwsError`].
    pub fn wait(self) -> Result<Answered<T>, AwsError> {
        let Self { runtime, task, operation } = self;
        let broken = |message: String| AwsError::NoAnswer { operation, message };
        runtime.block_on(task).unwrap_or_else(|error| Err(broken(error.to_string())))
    }
}

/// Asks; changes nothing.
#[derive(Debug, Clone, Copy)]
pub struct Reader<'d>(&'d Door);

impl Reader<'_> {
    /// The region that is asked where none is named.
    pub fn region(&self) -> &str {
        &self.0.region
    }

    /// Asks in a region.
    ///
    /// # Errors
    /// See [`AwsError`].
    pub fn call<C: Reads>(&self, region: &str, call: &C) -> Result<Answered<C::Answer>, AwsError> {
        self.0.call(region, call)
    }

    /// Begins to ask; the answer is fetched while the caller does something else.
    pub fn begin<C: Reads + 'static>(&self, region: &str, call: &C) -> Pending<C::Answer>
    where
        C::Answer: Send + 'static,
    {
        let asking = self.0.exchange.clone().exchange::<C>(region.to_owned(), request(call));
        let task = self.0.runtime.spawn(asking);
        let (runtime, operation) = (Arc::clone(&self.0.runtime), C::OPERATION.full_name());
        Pending { runtime, task, operation }
    }

    /// Asks for all pages of an answer. What came before an error is kept beside it.
    pub fn all<C: Reads>(
        &self,
        region: &str,
        call: &C,
    ) -> (Vec<Answered<C::Answer>>, Option<AwsError>) {
        let mut pages = Vec::new();
        let ended = self.pages(region, call, |page| -> Result<(), AwsError> {
            pages.push(page);
            Ok(())
        });
        (pages, ended.err())
    }

    /// Asks for all pages of an answer and hands over each as it comes.
    ///
    /// # Errors
    /// See [`AwsError`]; what `each` returns ends it too. `Other` where the pages go round in a
    /// circle, or have no end.
    pub fn pages<C: Reads, E: From<AwsError>>(
        &self,
        region: &str,
        call: &C,
        mut each: impl FnMut(Answered<C::Answer>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut request = request(call);
        let mut tokens = HashSet::new();
        loop {
            let page = self.0.exchange::<C>(region, request.clone())?;
            let next = token(&C::OPERATION, &page.raw);
            each(page)?;
            match (C::OPERATION.pages, next, request.as_object_mut()) {
                (Some(pages), Some(token), Some(members)) => {
                    if !tokens.insert(token.clone()) {
                        let why = "its answer leads back to a page that came before".to_owned();
                        return Err(endless::<C>("RepeatedToken", why).into());
                    }
                    if tokens.len() == MOST_PAGES {
                        let why = format!("after {MOST_PAGES} pages it still goes on");
                        return Err(endless::<C>("TooManyPages", why).into());
                    }
                    members.insert(pages.input.to_owned(), token.into());
                }
                _ => return Ok(()),
            }
        }
    }

    /// Asks where the door stands, or where a service is at home.
    ///
    /// # Errors
    /// See [`AwsError`].
    pub fn ask<C: Reads>(&self, call: &C) -> Result<Answered<C::Answer>, AwsError> {
        self.0.call(&self.0.region, call)
    }
}

/// Changes.
#[derive(Debug, Clone, Copy)]
pub struct Writer<'d>(&'d Door);

impl Writer<'_> {
    /// Sends a change.
    ///
    /// # Errors
    /// See [`AwsError`]; after [`AwsError::NoAnswer`] it may have been carried out.
    pub fn send<C: Writes>(&self, call: &C) -> Result<Answered<C::Answer>, AwsError> {
        self.0.call(&self.0.region, call)
    }
}

/// The pages of an answer have no end.
fn endless<C: Call>(code: &str, why: String) -> AwsError {
    let message = format!("{why}; what it holds beyond is unknown");
    AwsError::Other { operation: C::OPERATION.full_name(), code: code.to_owned(), message }
}

/// A request's members. A typed request has no map with other keys than texts, so it serializes.
fn request<C: Call>(call: &C) -> serde_json::Value {
    serde_json::to_value(call).unwrap_or_default()
}
