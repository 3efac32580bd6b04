//! One request and its answer: paced, signed, sent, tried again, and kept in the record of what
//! was asked. It must never read what it was not told to read.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::provider::SharedCredentialsProvider;
use aws_runtime::auth::sigv4::{SCHEME_ID, SigV4AuthScheme};
use aws_runtime::auth::{SigV4OperationSigningConfig, SigningOptions};
use aws_runtime::service_clock_skew::ServiceClockSkewClassifier;
use aws_smithy_runtime::client::orchestrator::operation::Operation as Orchestrated;
use aws_smithy_runtime_api::client::auth::static_resolver::StaticAuthSchemeOptionResolver;
use aws_smithy_runtime_api::client::auth::{
    AuthSchemeOptionResolverParams, SharedAuthScheme, SharedAuthSchemeOptionResolver,
};
use aws_smithy_runtime_api::client::identity::SharedIdentityResolver;
use aws_smithy_runtime_api::client::interceptors::SharedInterceptor;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponentsBuilder;
use aws_smithy_runtime_api::client::runtime_plugin::StaticRuntimePlugin;
use aws_smithy_types::config_bag::Layer;
use aws_types::SigningName;
use aws_types::region::{Region, SigningRegion};
use aws_types::service_config::ServiceConfigKey;
use serde_json::Value;

use crate::client::{Answered, Asked, Came, Keep};
use crate::clock::Clock;
use crate::credentials;
use crate::endpoint::{Variant, bucket_endpoint, endpoint};
use crate::error::AwsError;
use crate::operation::{Call, Operation, Protocol, Service};
use crate::pace::Pace;
use crate::response::{Received, answer};
use crate::setting;
use crate::wire::{Failed, Refused, Retries, failure, http, received};

/// How often a request is sent at most, when AWS is slow or asks to wait.
const ATTEMPTS: u32 = 5;
/// How often a request with a quota of its own is sent at most, each time more slowly: a minute.
const TURNS: u32 = 12;

/// Everything that a request needs but the thread that waits for it.
#[derive(Clone)]
pub(crate) struct Exchange {
    pub config: SdkConfig,
    pub credentials: SharedCredentialsProvider,
    pub pace: Arc<Pace>,
    pub asked: Arc<Mutex<Vec<Asked>>>,
    pub clock: Clock,
    /// Signs with AWS's time once an answer has told it.
    pub skew: SharedInterceptor,
    /// The regions of buckets that said so, by name.
    pub homes: Arc<Mutex<HashMap<String, String>>>,
    /// The only calls that are made; none where all are.
    pub only: Option<Arc<[&'static Operation]>>,
    /// Who is handed each answer as it came.
    pub keep: Option<Arc<dyn Keep>>,
}

impl Exchange {
    pub async fn exchange<C: Call>(
        self,
        region: String,
        request: Value,
    ) -> Result<Answered<C::Answer>, AwsError> {
        let operation = &C::OPERATION;
        self.must_be_listed(operation)?;
        setting::region(&region)?;
        let (region, outcome) = self.send_home(operation, region, request.clone()).await;
        let at = self.clock.now();
        let mut asked = Asked {
            operation: operation.full_name(),
            region: region.clone(),
            request_id: None,
            at,
            error: None,
        };
        let outcome = outcome.map_err(|failed| {
            asked.request_id = failed.request_id;
            failed.error
        });
        let outcome = outcome.and_then(|received| {
            asked.request_id.clone_from(&received.request_id);
            if let Some(keep) = &self.keep {
                let (body, id) = (received.body.as_slice(), received.request_id.as_deref());
                let came = Came { operation, region: &region, request: &request, body, id, at };
                keep.keep(&came).map_err(|message| AwsError::NotKept {
                    operation: operation.full_name(),
                    message,
                })?;
            }
            let answer = answer(operation, &received)?;
            let Received { body: raw, request_id, .. } = received;
            Ok(Answered { answer, raw, request_id, at })
        });
        asked.error = outcome.as_ref().err().map(ToString::to_string);
        // There may be millions of objects; those that came are evidence, and named there.
        if operation.http.bytes && outcome.is_ok() {
            return outcome;
        }
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(asked);
        outcome
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

    /// Sends a request; where it is about a bucket of another region, there. Returns the region
    /// that was asked.
    async fn send_home(
        &self,
        operation: &'static Operation,
        region: String,
        request: Value,
    ) -> (String, Result<Received, Failed>) {
        let Some(bucket) = bucket_of(operation, &request) else {
            let outcome = self.send_in_turn(operation, &region, request).await;
            return (region, outcome);
        };
        let home = |homes: &Mutex<HashMap<String, String>>| {
            homes.lock().unwrap_or_else(PoisonError::into_inner).get(&bucket).cloned()
        };
        let asked = home(&self.homes).unwrap_or(region);
        match self.send(operation, &asked, request.clone()).await {
            Err(Failed { error: AwsError::Elsewhere { region, .. }, .. }) if region != asked => {
                let homes = || self.homes.lock().unwrap_or_else(PoisonError::into_inner);
                homes().insert(bucket, region.clone());
                let outcome = self.send(operation, &region, request).await;
                (region, outcome)
            }
            outcome => (asked, outcome),
        }
    }

    /// Sends when it is its turn, and again more slowly where AWS asks for that.
    async fn send_in_turn(
        &self,
        operation: &'static Operation,
        region: &str,
        request: Value,
    ) -> Result<Received, Failed> {
        let mut turns = 1;
        loop {
            tokio::time::sleep(self.pace.turn(operation, region, Instant::now())).await;
            let outcome = self.send(operation, region, request.clone()).await;
            match &outcome {
                Err(Failed { error: AwsError::Throttled { .. }, .. })
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

    async fn send(
        &self,
        operation: &'static Operation,
        region: &str,
        request: Value,
    ) -> Result<Received, Failed> {
        let variant = Variant {
            fips: self.config.use_fips().unwrap_or_default(),
            dual_stack: self.config.use_dual_stack().unwrap_or_default(),
        };
        let (url, signed) = endpoint(operation.service, region, variant);
        let own = self.override_of(operation.service);
        own.as_deref().map_or(Ok(()), setting::endpoint)?;
        let bucket = bucket_of(operation, &request).filter(|_| own.is_none());
        let hosted =
            bucket.and_then(|bucket| bucket_endpoint(operation.service, region, variant, &bucket));
        let is_hosted = hosted.is_some();
        let url = own.or(hosted).unwrap_or(url);
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
            .retry_classifier(ServiceClockSkewClassifier::<Refused>::new())
            .interceptor(self.clock.clone())
            .interceptor(self.skew.clone())
            .timeout_config(credentials::timeouts())
            .runtime_plugin(self.signing(operation, &signed))
            .serializer(move |(operation, request): (&'static Operation, Value)| {
                http(operation, &request, is_hosted)
            })
            .deserializer(received)
            .build();
        let answered = orchestrated.invoke((operation, request)).await;
        answered.map_err(|error| failure(error, operation, region))
    }

    /// `AWS_ENDPOINT_URL`, for one service or all, from the environment or the profile.
    pub(crate) fn override_of(&self, service: &Service) -> Option<String> {
        let key = ServiceConfigKey::builder()
            .service_id(service.id)
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
            region: Some(SigningRegion::from(Region::new(region.to_owned()))),
            name: Some(SigningName::from(operation.service.id)),
            signing_options: signing_options(operation),
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

/// The key of an object is signed as it is sent, and the digest of the payload is named (S3 API
/// reference, "Authenticating Requests: Using the Authorization Header").
fn signing_options(operation: &Operation) -> SigningOptions {
    let mut options = SigningOptions::default();
    if operation.service.protocol == Protocol::RestXml {
        options.double_uri_encode = false;
        options.content_sha256_header = true;
        options.normalize_uri_path = false;
    }
    options
}

/// The bucket that a request is about; none where it is about none.
fn bucket_of(operation: &Operation, request: &Value) -> Option<String> {
    let is_about_one = operation.http.uri.starts_with("/{Bucket}");
    is_about_one.then(|| request.get("Bucket")?.as_str().map(str::to_owned))?
}
