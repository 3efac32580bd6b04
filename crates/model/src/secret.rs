//! Secrets that logs can hold, masked before anything is printed.
//!
//! `responseElements` may carry credentials and `requestParameters` passwords and tokens; only
//! sealed evidence keeps them.

use serde_json::{Map, Value};

/// What stands in place of a secret.
pub const MASK: &str = "[masked by crashcart]";

/// Whether a field of this name holds a secret.
pub fn is_secret_name(name: &str) -> bool {
    const WHOLE: [&str; 16] = [
        "xamzsignature",
        "token",
        "idtoken",
        "authtoken",
        "bearertoken",
        "secretstring",
        "secretbinary",
        "plaintext",
        "keymaterial",
        "privatekey",
        "authparameters",
        "samlassertion",
        "devicecode",
        "secrethash",
        "userdata",
        "pwd",
    ];
    const PART: [&str; 12] = [
        "password",
        "passwd",
        "passphrase",
        "secretaccesskey",
        "secretkey",
        "sessiontok",
        "securitytoken",
        "clientsecret",
        "accesstoken",
        "refreshtoken",
        "webidentitytoken",
        "authorizationtoken",
    ];
    let plain = plain(name);
    // Policies about passwords and their dates are not passwords.
    let about = ["passwordpolicy", "passwordlastused", "passwordreset", "passworddata"];
    WHOLE.contains(&plain.as_str())
        || plain.ends_with("apikey")
        || PART.iter().any(|part| plain.contains(part))
            && !about.iter().any(|about| plain.contains(about))
}

/// A name without what only parts its words, in lower case.
pub(crate) fn plain(name: &str) -> String {
    let parts = name.chars().filter(|c| !matches!(c, '_' | '-' | '.'));
    parts.map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether the value of a pair of name and value is a secret: by its name, or as a parameter that
/// its owner keeps encrypted (AWS API: `PutParameter`, type `SecureString`).
fn is_secret_pair(members: &Map<String, Value>) -> bool {
    const NAMES: [&str; 5] = ["name", "key", "parameterkey", "parametername", "variablename"];
    members.iter().any(|(member, value)| {
        let Value::String(text) = value else { return false };
        let member = plain(member);
        let named = || is_secret_name(text) || plain(text).ends_with("secret");
        NAMES.contains(&member.as_str()) && named() || member == "type" && text == "SecureString"
    })
}

/// Masks every secret in place: by field name, inside JSON kept as text, in presigned URLs.
pub fn mask(value: &mut Value) {
    match value {
        Value::Object(members) => {
            let pair = is_secret_pair(members);
            for (name, member) in members.iter_mut() {
                let secret = is_secret_name(name)
                    || pair && matches!(&*plain(name), "value" | "values" | "parametervalue")
                    || member.is_string() && plain(name) == "authorization";
                if secret && !member.is_null() && !member.is_boolean() {
                    *member = Value::String(MASK.to_owned());
                } else {
                    mask(member);
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::String(text) => {
            if let Some(masked) = mask_text(text) {
                *text = masked;
            }
        }
        _ => {}
    }
}

/// The text with its secrets masked; none where it has none.
fn mask_text(text: &str) -> Option<String> {
    let trimmed = text.trim_start();
    if (trimmed.starts_with('{') || trimmed.starts_with('['))
        && let Ok(mut inner) = serde_json::from_str::<Value>(text)
    {
        let before = inner.clone();
        mask(&mut inner);
        return (inner != before).then(|| inner.to_string());
    }
    crate::secret_text::mask_named(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn credentials_passwords_and_tokens_never_survive() {
        let mut value = json!({
            "credentials": {"accessKeyId": "ASIAEXAMPLE", "sessionToken": "S3CRET", "secretAccessKey": "S3CRET"},
            "masterUserPassword": "S3CRET",
            "document": "{\"Password\":\"S3CRET\"}",
            "url": "https://b.s3.amazonaws.com/k?X-Amz-Signature=S3CRET&x=1",
            "list": [{"client_secret": "S3CRET"}],
        });
        mask(&mut value);
        assert!(!value.to_string().contains("S3CRET"), "{value}");
        assert!(value.to_string().contains("ASIAEXAMPLE"), "key ids are not secrets");
        assert!(value.to_string().contains("x=1"));
    }

    #[test]
    fn signed_requests_lose_what_lets_others_act_however_they_are_written() {
        for url in [
            "https://b/k?X-Amz-Signature=S3CRET&x=1",
            "https://b/k?x-amz-signature=S3CRET&x=1",
            "https://b/k?AWSAccessKeyId=AKIA&Signature=S3CRET&SecurityToken=S3CRET&x=1",
            "https%3A%2F%2Fb%2Fk%3FX-Amz-Security-Token%3DS3CRET%26x=1",
            "took {\"password\": \"S3CRET\"} x=1",
            "{\"password\":\"S3CRET\",\"x=1\":",
            "{\\\"secretAccessKey\\\":\\\"S3CRET\\\"} x=1",
        ] {
            let mut value = Value::String(url.to_owned());
            mask(&mut value);
            let text = value.as_str().unwrap_or_default();
            assert!(!text.contains("S3CRET") && text.contains("x=1"), "{text}");
        }
    }

    #[test]
    fn names_that_hold_secrets_and_pairs_that_name_one_lose_the_value_only() {
        let mut value = json!({
            "webIdentityToken": "S3CRET", "refreshToken": "S3CRET", "idToken": "S3CRET",
            "authorizationToken": "S3CRET", "deviceCode": "S3CRET", "SecretHash": "S3CRET",
            "API_KEY": "S3CRET", "x-api-key": "S3CRET", "SessionTok": "S3CRET",
            "Authorization": "Bearer S3CRET", "userData": {"value": "S3CRET"},
            "environment": [{"name": "DB_PASSWORD", "value": "S3CRET"}, {"name": "HOME", "value": "/root"}],
            "parameters": [{"parameterKey": "ApiKey", "parameterValue": "S3CRET"}],
            "tags": [{"Key": "JWT_SECRET", "Value": "S3CRET"}, {"Key": "team", "Value": "blue"}],
            "put": {"name": "/prod/db", "type": "SecureString", "value": "S3CRET", "keyId": "alias/k"},
            "plain": {"name": "/prod/url", "type": "String", "value": "https://a"},
            "masterUserSecret": {"secretArn": "arn:aws:secretsmanager:x"}, "apiKeyId": "k-1",
        });
        mask(&mut value);
        let text = value.to_string();
        assert!(!text.contains("S3CRET"), "{text}");
        let kept =
            ["DB_PASSWORD", "/root", "blue", "alias/k", "https://a", "secretsmanager:x", "k-1"];
        assert!(kept.iter().all(|kept| text.contains(kept)), "{text}");
    }

    #[test]
    fn what_is_only_about_passwords_stays() {
        let mut value =
            json!({"passwordLastUsed": "2024", "nextToken": "page", "passwordResetRequired": true});
        let before = value.clone();
        mask(&mut value);
        assert_eq!(value, before);
    }
}
