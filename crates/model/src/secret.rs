//! Secrets that logs can hold, masked before anything is printed.
//!
//! `responseElements` may carry credentials and `requestParameters` passwords and tokens; only
//! sealed evidence keeps them.

use serde_json::Value;

/// What stands in place of a secret.
pub const MASK: &str = "[masked by crashcart]";

/// Whether a field of this name holds a secret.
pub fn is_secret_name(name: &str) -> bool {
    const WHOLE: [&str; 8] = [
        "token",
        "secretstring",
        "secretbinary",
        "plaintext",
        "keymaterial",
        "privatekey",
        "authparameters",
        "samlassertion",
    ];
    const PART: [&str; 7] = [
        "password",
        "secretaccesskey",
        "secretkey",
        "sessiontoken",
        "securitytoken",
        "clientsecret",
        "accesstoken",
    ];
    let plain: String = name
        .chars()
        .filter(|c| !matches!(c, '_' | '-' | '.'))
        .map(|c| c.to_ascii_lowercase())
        .collect();
    // Policies about passwords and their dates are not passwords.
    let about = ["passwordpolicy", "passwordlastused", "passwordreset", "passworddata"];
    WHOLE.contains(&plain.as_str())
        || PART.iter().any(|part| plain.contains(part))
            && !about.iter().any(|about| plain.contains(about))
}

/// Masks every secret in place: by field name, inside JSON kept as text, in presigned URLs.
pub fn mask(value: &mut Value) {
    match value {
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                if is_secret_name(name) && !member.is_null() && !member.is_boolean() {
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
    let mut out = text.to_owned();
    for name in ["X-Amz-Security-Token=", "X-Amz-Signature=", "x-amz-security-token=", "Signature="]
    {
        let mut from = 0;
        while let Some(found) = out.get(from..).and_then(|rest| rest.find(name)) {
            let start = from + found + name.len();
            let rest = out.get(start..).unwrap_or_default();
            let length = rest.find(['&', ' ', '"', '\n']).unwrap_or(rest.len());
            out.replace_range(start..start + length, MASK);
            from = start + MASK.len();
        }
    }
    (out != text).then_some(out)
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
    fn what_is_only_about_passwords_stays() {
        let mut value =
            json!({"passwordLastUsed": "2024", "nextToken": "page", "passwordResetRequired": true});
        let before = value.clone();
        mask(&mut value);
        assert_eq!(value, before);
    }
}
