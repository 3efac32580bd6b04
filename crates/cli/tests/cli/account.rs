//! The account that a test talks to: a moto server of its own, and the binary with credentials for it.

use std::path::Path;

use crashcart_testkit::Moto;
use serde_json::Value;

use crate::binary::{Ran, run_with};

/// Variables that lead to the server; a server that does not enforce policies takes any credentials.
pub fn settings(moto: &Moto) -> [(&str, &str); 4] {
    settings_as(moto, ["test", "test"])
}

/// The same, with an access key and its secret.
pub fn settings_as<'a>(moto: &'a Moto, [key, secret]: [&'a str; 2]) -> [(&'a str, &'a str); 4] {
    [
        ("AWS_ENDPOINT_URL", moto.url.as_str()),
        ("AWS_ACCESS_KEY_ID", key),
        ("AWS_SECRET_ACCESS_KEY", secret),
        ("AWS_REGION", "us-east-1"),
    ]
}

/// Runs the binary on the account.
pub fn crashcart(moto: &Moto, folder: &Path, words: &[&str]) -> Ran {
    run_with(folder, words, &settings(moto))
}

/// A state with the moments in policies left out: each run has its own.
pub fn without_moments(mut state: Value) -> Value {
    fn forget(value: &mut Value) {
        if let Some(moment) = value.get_mut("aws:TokenIssueTime") {
            *moment = Value::Null;
        }
        match value {
            Value::Object(members) => members.values_mut().for_each(forget),
            Value::Array(items) => items.iter_mut().for_each(forget),
            _ => {}
        }
    }
    forget(&mut state);
    state
}
