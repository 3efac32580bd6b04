//! Secrets that logs can hold, masked before anything is printed.
//!
//! `responseElements` may carry credentials and `requestParameters` passwords and tokens; only
//! sealed evidence keeps them.

use serde_json::Value;

/// What stands in place of a secret.
pub const MASK: &str = "[masked by crashcart]";

/// Whether a field of this name holds a secret.
pub fn is_secret_name(name: &str) -> bool {
    const WHOLE: [&str; 9] = [
        "xamzsignature",
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

/// Parameters of signed requests that let whoever has them act: names in lower case.
const SIGNED: [&str; 4] = ["x-amz-security-token", "x-amz-signature", "securitytoken", "signature"];

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
    let mut out = mask_signed(text);
    if let Some(masked) = mask_members(out.as_deref().unwrap_or(text)) {
        out = Some(masked);
    }
    out
}

/// Masks the values of signed requests' parameters, percent-encoded or not.
pub(crate) fn mask_signed(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let mut cuts: Vec<(usize, usize)> = Vec::new();
    for name in SIGNED {
        for (at, _) in lower.match_indices(name) {
            let rest = lower.get(at + name.len()..).unwrap_or_default();
            let Some(sign) = ["=", "%3d"].iter().find(|sign| rest.starts_with(**sign)) else {
                continue;
            };
            let start = at + name.len() + sign.len();
            let value = lower.get(start..).unwrap_or_default();
            let end = value.find(['&', ' ', '"', '\'', '<', '>', '\n', ',', ';']);
            let end = end.into_iter().chain(value.find("%26")).min().unwrap_or(value.len());
            cuts.push((start, start + end));
        }
    }
    replace(text, cuts)
}

/// Masks members of JSON that stands amid other text or is cut short: `"password":"..."`.
fn mask_members(text: &str) -> Option<String> {
    let mut cuts = Vec::new();
    for (colon, _) in text.match_indices(':') {
        let name = text.get(..colon).unwrap_or_default().trim_end().strip_suffix('"');
        let value = text.get(colon + 1..).unwrap_or_default();
        let Some(name) = name.map(|name| name.trim_end_matches('\\')) else { continue };
        let name = name.rsplit('"').next().unwrap_or_default();
        let quoted = value.trim_start().trim_start_matches('\\');
        let Some(quoted) = quoted.strip_prefix('"').filter(|_| is_secret_name(name)) else {
            continue;
        };
        let start = text.len() - quoted.len();
        let end = quoted.find(['"', '\\']).unwrap_or(quoted.len());
        cuts.push((start, start + end));
    }
    replace(text, cuts)
}

fn replace(text: &str, mut cuts: Vec<(usize, usize)>) -> Option<String> {
    cuts.retain(|(start, end)| start < end);
    if cuts.is_empty() {
        return None;
    }
    cuts.sort_unstable();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for (start, end) in cuts {
        if start < at {
            continue;
        }
        out.push_str(text.get(at..start).unwrap_or_default());
        out.push_str(MASK);
        at = end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Some(out)
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
    fn what_is_only_about_passwords_stays() {
        let mut value =
            json!({"passwordLastUsed": "2024", "nextToken": "page", "passwordResetRequired": true});
        let before = value.clone();
        mask(&mut value);
        assert_eq!(value, before);
    }
}
