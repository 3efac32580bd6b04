//! What somebody configured, looked at before it becomes part of a request: a line break that was
//! copied along must be told, not end in the middle of the SDK. It must never show a secret.

use aws_credential_types::Credentials;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

use crate::error::AwsError;

/// Refuses a region that can be no part of a host's name.
pub(crate) fn region(region: &str) -> Result<(), AwsError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    if !region.is_empty() && region.bytes().all(is_plain) {
        return Ok(());
    }
    Err(AwsError::Setting {
        what: format!("the region {region:?}"),
        message: "a region has letters, digits and dashes, as us-east-1".to_owned(),
    })
}

/// Refuses an endpoint that is no address.
pub(crate) fn endpoint(url: &str) -> Result<(), AwsError> {
    let rest = ["http://", "https://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let (host, port) = match authority.rsplit_once(':') {
        // The colons of an address in brackets are its own.
        Some((host, port)) if !port.ends_with(']') => (host, port.parse::<u16>().is_ok()),
        _ => (authority, true),
    };
    if !host.is_empty() && port && url.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(AwsError::Setting {
        what: format!("the endpoint {url:?}"),
        message: "it is no address such as https://HOST or http://HOST:PORT".to_owned(),
    })
}

/// A source of credentials that hands over none that fit into no request.
#[derive(Debug)]
struct Checked(SharedCredentialsProvider);

/// The same source, its credentials looked at.
pub(crate) fn checked(source: SharedCredentialsProvider) -> SharedCredentialsProvider {
    SharedCredentialsProvider::new(Checked(source))
}

impl ProvideCredentials for Checked {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(async {
            let credentials = self.0.provide_credentials().await?;
            match fault(&credentials) {
                None => Ok(credentials),
                Some(which) => Err(CredentialsError::invalid_configuration(format!(
                    "{which} has a line break, a blank or another character that no key has"
                ))),
            }
        })
    }

    fn fallback_on_interrupt(&self) -> Option<Credentials> {
        self.0.fallback_on_interrupt()
    }
}

/// Which part of them can be no part of a request.
fn fault(credentials: &Credentials) -> Option<&'static str> {
    [
        ("the access key id", Some(credentials.access_key_id())),
        ("the secret access key", Some(credentials.secret_access_key())),
        ("the session token", credentials.session_token()),
    ]
    .into_iter()
    .find(|(_, text)| text.is_some_and(|text| !text.bytes().all(|byte| byte.is_ascii_graphic())))
    .map(|(which, _)| which)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_copied_with_a_line_break_is_told_and_no_secret_with_it() {
        for bad in ["us-east-1\n", "", "us east", "us-east-1\r", "eu.example.com/"] {
            assert!(region(bad).is_err(), "{bad:?}");
        }
        assert!(region("us-gov-west-1").is_ok());
        let bad = Credentials::new("AKIAEXAMPLE", "s3cret\r", None, None, "test");
        assert_eq!(fault(&bad), Some("the secret access key"));
        let good =
            Credentials::new("AKIAEXAMPLE", "s3/cr+et=", Some("to/ken==".into()), None, "test");
        assert_eq!(fault(&good), None);
    }

    #[test]
    fn an_endpoint_is_an_address() {
        for good in [
            "http://127.0.0.1:5000",
            "https://proxy.example.com/aws",
            "http://[::1]:80/",
            "http://[::1]",
        ] {
            assert!(endpoint(good).is_ok(), "{good}");
        }
        for bad in
            ["nonsense", "", "ftp://x", "http://", "http://:80", "http://x:99999", "http://x\n"]
        {
            assert!(endpoint(bad).is_err(), "{bad:?}");
        }
    }
}
