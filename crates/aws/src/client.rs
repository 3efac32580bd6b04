//! The door itself: signs, paces, sends, retries, and keeps a record of what was asked.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials;
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::SigV4OperationSigningConfig;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_smithy_runtime::client::orchestrator::operation::Operation as Orchestrated;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::config_bag::Layer;
use aws_types::SigningName;
use aws_types::region::SigningRegion;
use aws_types::service_config::ServiceConfigKey;
use jiff::Timestamp;

use crate::credentials::{self, DoorOptions};
use crate::endpoint::endpoint;
use crate::error::AwsError;
use crate::operation::{Call, Operation, Reads, Writes};
use crate::pace::Pace;
use crate::response::{answer, token};
use crate::services::sts::RoleCredentials;
use crate::wire::{Retries, failure, http, received};

/// How often a request is sent at most, when AWS is slow or asks to wait.
const ATTEMPTS: u32 = 5;
/// How often a request with a quota of its own is sent at most, each time more slowly: a minute.
const TURNS: u32 = 12;
/// Where a partition's one endpoint is asked, and others when no region is configured.
const HOME: &str = "us-east-1";

/// The door to AWS, with one set of credentials.
#[derive(Clone)]
pub struct Door {
    runtime: Arc<tokio::runtime::Runtime>,
    config: SdkConfig,
    credentials: SharedCredentialsProvider,
    region: String,
    through: Vec<String>,
    pace: Arc<Pace>,
    asked: Arc<Mutex<Vec<Asked>>>,
    only: Option<Arc<[&'static Operation]>>,
    keep: Option<Arc<dyn Keep>>,
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
        let config = runtime.block_on(credentials::load(options))?;
        let credentials = config.credentials_provider().ok_or_else(|| {
            none("no credentials are configured; see `aws configure` or `aws sso login`".to_owned())
        })?;
        let region = config.region().map_or(HOME, AsRef::as_ref).to_owned();
        Ok(Self {
            runtime: Arc::new(runtime),
            config,
            credentials,
            region,
            through: Vec::new(),
            pace: Arc::default(),
            asked: Arc::default(),
            only: None,
            keep: None,
        })
    }

    /// The same door for one action: it makes none but these calls, which are those whose
    /// permissions the action names.
    #[must_use]
    pub fn only(&self, operations: impl IntoIterator<Item = &'static Operation>) -> Self {
        let only = Some(operations.into_iter().collect());
        Self { only, ..self.clone() }
    }

    /// The same door, handing each answer over as it came before anything of it is read, and before
    /// the next call is made.
    #[must_use]
    pub fn keeping(&self, keep: Arc<dyn Keep>) -> Self {
        Self { keep: Some(keep), ..self.clone() }
    }

    /// The same door with other credentials.
    #[must_use]
    pub fn with_credentials(&self, credentials: Credentials) -> Self {
        Self { credentials: SharedCredentialsProvider::new(credentials), ..self.clone() }
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

    /// The ARNs through which the caller came to be, where roles were assumed by this door.
    pub fn through(&self) -> &[String] {
        &self.through
    }

    /// The region that is asked where none is named.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// What can be asked.
    pub const fn reader(&self) -> Reader<'_> {
        Reader(self)
    }

    /// What can be changed. Only an executor of approved plans may hold one.
    pub const fn writer(&self) -> Writer<'_> {
        Writer(self)
    }

    /// Everything that was asked through this door so far, in the order of the answers.
    pub fn asked(&self) -> Vec<Asked> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn call<C: Call>(&self, region: &str, call: &C) -> Result<Answered<C::Answer>, AwsError> {
        self.exchange::<C>(region, request(call))
    }

    fn exchange<C: Call>(
        &self,
        region: &str,
        request: serde_json::Value,
    ) -> Result<Answered<C::Answer>, AwsError> {
        let operation = &C::OPERATION;
        self.must_be_listed(operation)?;
        let sent = self.send_in_turn(operation, region, request.clone());
        let outcome = self.runtime.block_on(sent);
        let at = Timestamp::now();
        let mut asked = Asked {
            operation: operation.full_name(),
            region: region.to_owned(),
            request_id: None,
            at,
            error: None,
        };
        let outcome = outcome.and_then(|(raw, request_id)| {
            asked.request_id.clone_from(&request_id);
            if let Some(keep) = &self.keep {
                let id = request_id.as_deref();
                let came = Came { operation, region, request: &request, body: &raw, id, at };
                keep.keep(&came).map_err(|message| AwsError::NotKept {
                    operation: operation.full_name(),
                    message,
                })?;
            }
            let answer = answer(operation, &raw)?;
            Ok(Answered { answer, raw, request_id, at })
        });
        asked.error = outcome.as_ref().err().map(ToString::to_string);
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        outcome
    }

    /// Sends when it is its turn, and again more slowly where AWS asks for that.
    async fn send_in_turn(
        &self,
        operation: &'static Operation,
        region: &str,
        request: serde_json::Value,
    ) -> Result<(Vec<u8>, Option<String>), AwsError> {
        let mut turns = 1;
        loop {
            tokio::time::sleep(self.pace.turn(operation, region, Instant::now())).await;
            let outcome = self.send(operation, region, request.clone()).await;
            match &outcome {
                Err(AwsError::Throttled { .. })
                    if operation.per_second.is_some() && turns < TURNS =>
                {
                    self.pace.throttled(operation, region, Instant::now());
                    turns += 1;
                }
                Ok(_) => {
                    self.pace.answered(operation, region, Instant::now());
                    return outcome;
                }
                Err(_) => return outcome,
            }
        }
    }

    /// What an action may need is told before it starts: it must not turn out to be more.
    fn must_be_listed(&self, operation: &Operation) -> Result<(), AwsError> {
        match &self.only {
            Some(only) if !only.contains(&operation) => {
                Err(AwsError::NotListed { operation: operation.full_name() })
            }
            _ => Ok(()),
        }
    }

    async fn send(
        &self,
        operation: &'static Operation,
        region: &str,
        request: serde_json::Value,
    ) -> Result<(Vec<u8>, Option<String>), AwsError> {
        let (url, signed) = endpoint(operation.service, region);
        let url = self.override_of(operation).unwrap_or(url);
        let name = operation.full_name();
        let client = self.config.http_client().ok_or_else(|| AwsError::NoAnswer {
            operation: name.clone(),
            message: "there is no HTTP client".to_owned(),
        })?;
        let orchestrated = Orchestrated::builder()
            .service_name(operation.service.id)
            .operation_name(operation.name)
            .behavior_version(BehaviorVersion::latest())
            .http_client(client)
            .endpoint_url(&url)
            .standard_retry(&RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .retry_classifier(Retries { paced: operation.per_second.is_some() })
            .timeout_config(credentials::timeouts())
            .runtime_plugin(self.signing(operation, &signed))
            .serializer(|(operation, request): (&'static Operation, serde_json::Value)| {
                http(operation, &request)
            })
            .deserializer(received)
            .build();
        let answered = orchestrated.invoke((operation, request)).await;
        answered.map_err(|error| failure(error, operation, region))
    }

    /// `AWS_ENDPOINT_URL`, for one service or all, from the environment or the profile.
    fn override_of(&self, operation: &Operation) -> Option<String> {
        let key = ServiceConfigKey::builder()
            .service_id(operation.service.id)
            .env("AWS_ENDPOINT_URL")
            .profile("endpoint_url")
            .build()
            .ok()?;
        let own = self.config.service_config().and_then(|config| config.load_config(key));
        own.or_else(|| self.config.endpoint_url().map(str::to_owned))
    }

    fn signing(&self, operation: &Operation, region: &str) -> StaticRuntimePlugin {
        let mut layer = Layer::new("signing");
        layer.store_put(AuthSchemeOptionResolverParams::new(()));
        layer.store_put(SigV4OperationSigningConfig {
            region: Some(SigningRegion::from(aws_types::region::Region::new(region.to_owned()))),
            name: Some(SigningName::from(operation.service.id)),
            ..SigV4OperationSigningConfig::default()
        });
        let components = RuntimeComponentsBuilder::new("signing")
            .with_auth_scheme(SharedAuthScheme::new(SigV4AuthScheme::new()))
            .with_auth_scheme_option_resolver(Some(SharedAuthSchemeOptionResolver::new(
                StaticAuthSchemeOptionResolver::new(vec![SCHEME_ID]),
            )))
            .with_identity_resolver(
                SCHEME_ID,
                SharedIdentityResolver::new(self.credentials.clone()),
            );
        let components = match self.config.identity_cache() {
            Some(cache) => components.with_identity_cache(Some(cache)),
            None => components,
        };
        StaticRuntimePlugin::new().with_config(layer.freeze()).with_runtime_components(components)
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
    /// See [`AwsError`]; what `each` returns ends it too.
    pub fn pages<C: Reads, E: From<AwsError>>(
        &self,
        region: &str,
        call: &C,
        mut each: impl FnMut(Answered<C::Answer>) -> Result<(), E>,
    ) -> Result<(), E> {
        let mut request = request(call);
        loop {
            let page = self.0.exchange::<C>(region, request.clone())?;
            let next = token(&C::OPERATION, &page.raw);
            each(page)?;
            match (C::OPERATION.pages, next, request.as_object_mut()) {
                (Some(pages), Some(token), Some(members)) => {
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

/// A request's members. A typed request has no map with other keys than texts, so it serializes.
fn request<C: Call>(call: &C) -> serde_json::Value {
    serde_json::to_value(call).unwrap_or_default()
}
