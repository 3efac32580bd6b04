//! Whose credentials are used, and how they are found: as the AWS CLI does, by `aws-config`
//! (environment, profiles, SSO, process, web identity, container, instance). Roles that the user
//! names are assumed by our own declared call, since a code of an MFA device can be used once.
//! Temporary credentials stay in memory.

use std::fmt;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_smithy_http_client::proxy::ProxyConfig;
use aws_smithy_http_client::tls::rustls_provider::CryptoMode;
use aws_smithy_http_client::tls::{Provider, TlsContext, TrustStore};
use aws_smithy_http_client::{Builder, Connector};
use aws_smithy_runtime_api::client::http::SharedHttpClient;

use crate::error::AwsError;

/// How to open the door.
#[derive(Debug, Clone, Default)]
pub struct DoorOptions {
    /// A profile of the AWS CLI's configuration.
    pub profile: Option<String>,
    /// The region to start in; else the configured one.
    pub region: Option<String>,
    /// Where every service is asked instead of at AWS; else as `AWS_ENDPOINT_URL` says.
    pub endpoint: Option<String>,
    /// Certificates to trust besides the system's, as PEM (`AWS_CA_BUNDLE`).
    pub certificates: Vec<u8>,
    /// Who is told, once, how far AWS's clock is ahead of this machine's, if they differ by seconds.
    pub clock: Option<fn(jiff::SignedDuration)>,
}

/// A code of an MFA device, which can be used once.
#[derive(Clone)]
pub struct Mfa {
    /// The device's serial number or ARN.
    pub serial: String,
    /// The code that it shows.
    pub code: String,
}

impl fmt::Debug for Mfa {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Mfa({})", self.serial)
    }
}

/// How long to wait for a connection, and for an answer.
const CONNECT: Duration = Duration::from_secs(5);
const ANSWER: Duration = Duration::from_secs(60);

/// Finds the configuration and the credentials' source.
pub(crate) async fn load(options: &DoorOptions) -> Result<SdkConfig, AwsError> {
    let mut loader = aws_config::defaults(BehaviorVersion::latest())
        .http_client(http_client(&options.certificates)?)
        .timeout_config(timeouts());
    if let Some(profile) = &options.profile {
        loader = loader.profile_name(profile);
    }
    if let Some(region) = &options.region {
        loader = loader.region(Region::new(region.clone()));
    }
    if let Some(endpoint) = &options.endpoint {
        loader = loader.endpoint_url(endpoint);
    }
    Ok(loader.load().await)
}

pub(crate) fn timeouts() -> TimeoutConfig {
    TimeoutConfig::builder().connect_timeout(CONNECT).operation_attempt_timeout(ANSWER).build()
}

/// One client for everything: TLS by ring, proxies as the environment names them.
fn http_client(certificates: &[u8]) -> Result<SharedHttpClient, AwsError> {
    let mut store = TrustStore::default();
    if !certificates.is_empty() {
        store = store.with_pem_certificate(certificates);
    }
    let unusable = |error: String| AwsError::Credentials {
        operation: "the connection".to_owned(),
        message: format!("the certificates cannot be used: {error}"),
    };
    let context = TlsContext::builder().with_trust_store(store).build();
    let context = context.map_err(|error| unusable(error.to_string()))?;
    Ok(Builder::new().build_with_connector_fn(move |settings, components| {
        let mut connector = Connector::builder()
            .proxy_config(ProxyConfig::from_env())
            .tls_provider(Provider::Rustls(CryptoMode::Ring))
            .tls_context(context.clone());
        connector.set_connector_settings(settings.cloned());
        if let Some(components) = components {
            connector.set_sleep_impl(components.sleep_impl());
        }
        connector.build()
    }))
}
