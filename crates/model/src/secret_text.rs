//! Secrets in text that is no JSON, or is cut short: `name=value`, `"name": "value"`,
//! `--name value`, percent-encoded or not. One pass: no byte is looked at more than a few times.

use crate::secret::{MASK, is_secret_name, plain};

/// Parameters of signed requests that let whoever has them act.
const SIGNED: [&str; 4] = ["xamzsecuritytoken", "xamzsignature", "securitytoken", "signature"];
/// Longest name that is looked at, bytes.
const NAME: usize = 96;
/// Quotes, spaces and the like between a name and its value, bytes.
const BETWEEN: usize = 64;

/// The text with the values of signed requests' parameters masked; none where it has none.
pub(crate) fn mask_signed(text: &str) -> Option<String> {
    replace(text, |name, by| by.is_equals() && is_signed(name))
}

/// The same with every value that a secret's name stands in front of.
pub(crate) fn mask_named(text: &str) -> Option<String> {
    replace(text, |name, by| match by {
        By::Equals => is_secret_name(name) || is_signed(name) || is_authorization(name),
        By::Colon => is_secret_name(name) || is_authorization(name),
        By::Space => name.starts_with("--") && is_secret_name(name),
    })
}

fn is_signed(name: &str) -> bool {
    let plain = plain(name);
    SIGNED.iter().any(|signed| plain.ends_with(signed))
}

fn is_authorization(name: &str) -> bool {
    plain(name).ends_with("authorization")
}

/// What parts a name and its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Equals,
    Colon,
    Space,
}

impl By {
    fn is_equals(self) -> bool {
        self == By::Equals
    }

    /// At the start of the bytes, with its length.
    fn at(bytes: &[u8]) -> Option<(Self, usize)> {
        Some(match bytes {
            [b'=', ..] => (By::Equals, 1),
            [b':', ..] => (By::Colon, 1),
            [b' ' | b'\t', ..] => (By::Space, 1),
            [b'%', b'3', b'd' | b'D', ..] => (By::Equals, 3),
            [b'%', b'3', b'a' | b'A', ..] => (By::Colon, 3),
            _ => return None,
        })
    }
}

fn replace(text: &str, secret: impl Fn(&str, By) -> bool) -> Option<String> {
    let bytes = text.as_bytes();
    let (mut out, mut kept, mut at) = (String::new(), 0, 0);
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        let Some((by, length)) = By::at(rest) else {
            at += 1;
            continue;
        };
        let value = at + length;
        let is_secret = name_before(text, at, by).is_some_and(|name| secret(name, by));
        at = value;
        if !is_secret {
            continue;
        }
        let (start, end) = value_at(text, value, by);
        if start < end {
            out.push_str(text.get(kept..start)?);
            out.push_str(MASK);
            (kept, at) = (end, end);
        }
    }
    if kept == 0 {
        return None;
    }
    out.push_str(text.get(kept..)?);
    Some(out)
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

/// The name that ends in front of a place.
fn name_before(text: &str, at: usize, by: By) -> Option<&str> {
    let bytes = text.as_bytes().get(..at)?;
    let mut end = at;
    while by != By::Space && at - end < BETWEEN {
        let before = bytes.get(..end)?;
        end -= match before {
            [.., b' ' | b'\t' | b'"' | b'\'' | b'\\'] => 1,
            [.., b'%', b'2', b'0' | b'2' | b'7'] | [.., b'%', b'5', b'c' | b'C'] => 3,
            _ => break,
        };
    }
    let name = bytes.get(..end)?;
    let length = name.iter().rev().take(NAME).take_while(|byte| is_name(**byte)).count();
    let mut start = end - length;
    match bytes.get(..start)?.last() {
        // Two hexadecimal digits belong to the byte that stands in front of the name.
        Some(b'%') => start = (start + 2).min(end),
        // A part of an ARN or of a path is no name.
        Some(b':' | b'/') if by == By::Colon && end == at => return None,
        _ => {}
    }
    text.get(start..end).filter(|name| !name.is_empty())
}

/// Where the value begins and ends that follows a place.
fn value_at(text: &str, from: usize, by: By) -> (usize, usize) {
    let bytes = text.as_bytes();
    let tail = |at: usize| bytes.get(at..).unwrap_or_default();
    let (mut start, mut slashes) = (from, 0);
    let mut quote: Option<&[u8]> = None;
    while start - from < BETWEEN && quote.is_none() {
        match tail(start) {
            [b'\\', ..] => (start, slashes) = (start + 1, slashes + 1),
            [b' ' | b'\t', ..] => start += 1,
            [b'%', b'2', b'0', ..] => start += 3,
            [one @ (b'"' | b'\''), ..] => {
                (start, quote) = (start + 1, Some(std::slice::from_ref(one)))
            }
            [b'%', b'2', b'2', ..] => (start, quote) = (start + 3, Some(b"%22".as_slice())),
            [b'%', b'2', b'7', ..] => (start, quote) = (start + 3, Some(b"%27".as_slice())),
            _ => break,
        }
    }
    start += scheme(tail(start));
    let end = match quote {
        Some(quote) => quoted(tail(start), quote, slashes),
        None => tail(start).iter().position(|byte| is_end(*byte, by)).unwrap_or(tail(start).len()),
    };
    let value = text.get(start..start + end).unwrap_or_default();
    // Percent-encoded text goes on with encoded signs.
    let signs = ["%26", "%22", "%27", "%20", "%2c", "%2C", "%7d", "%7D"];
    let signs = signs.iter().filter(|_| quote.is_none() && by != By::Space);
    let cut = signs.filter_map(|sign| value.find(sign)).min();
    (start, start + cut.unwrap_or(end))
}

/// `Bearer ` and the like in front of what proves who asks.
fn scheme(value: &[u8]) -> usize {
    ["bearer ", "basic ", "token "]
        .into_iter()
        .find(|scheme| {
            value
                .get(..scheme.len())
                .is_some_and(|head| head.eq_ignore_ascii_case(scheme.as_bytes()))
        })
        .map_or(0, str::len)
}

/// Length up to the quote that closes; one behind more backslashes than the first had is text.
fn quoted(value: &[u8], quote: &[u8], opening: usize) -> usize {
    let mut slashes = 0;
    for at in 0..value.len() {
        let rest = value.get(at..).unwrap_or_default();
        if rest.starts_with(quote) {
            let closes = if opening == 0 { slashes % 2 == 0 } else { slashes <= opening };
            if closes {
                return at - if opening == 0 { 0 } else { slashes };
            }
        }
        slashes = if rest.first() == Some(&b'\\') { slashes + 1 } else { 0 };
    }
    value.len()
}

fn is_end(byte: u8, by: By) -> bool {
    byte.is_ascii_whitespace()
        || by != By::Space && matches!(byte, b'&' | b',' | b';' | b'}' | b')' | b']' | b'\\')
        || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_behind_a_secrets_name_is_masked_however_it_is_written() {
        for text in [
            "export AWS_SECRET_ACCESS_KEY=S3CRET/+= x=1",
            "x=1 secretAccessKey=S3CRET",
            "mysql --password=S3CRET x=1",
            "mysql --password S3CRET x=1",
            "curl -H 'Authorization: Bearer S3CRET' x=1",
            "curl -H \"authorization: Basic S3CRET\" x=1",
            "{'password': 'S3CRET', 'x=1': 2}",
            "{password=S3CRET, x=1}",
            "{user=u, x=1, db_password=S3CRET}",
            "%7B%22password%22%3A%22S3CRET%22%2C%22x=1",
            "%7b%22token%22%3a%20%22S3CRET%22%7d x=1",
            "API_KEY: S3CRET\nx=1",
            "{\"password\":\"a\\\"S3CRET\"} tail x=1",
            "{\\\"password\\\":\\\"a\\\\\\\"S3CRET\\\"} x=1",
        ] {
            let masked = mask_named(text).unwrap_or_default();
            assert!(!masked.contains("S3CRET") && masked.contains("x=1"), "{text} -> {masked}");
        }
    }

    #[test]
    fn what_names_no_secret_stays_arns_and_prose_among_it() {
        for text in [
            "arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-password:x",
            "The security token included in the request is invalid",
            "nextToken=abc&maxResults=1",
            "User: arn:aws:iam::111122223333:user/a is not authorized to perform: sts:GetSessionToken on resource: *",
            "AWSAccessKeyId=AKIAEXAMPLE",
            "--profile password",
            "password",
            "password=",
        ] {
            assert_eq!(mask_named(text), None, "{text}");
        }
    }

    #[test]
    fn no_text_makes_it_stumble_and_a_long_one_takes_no_longer_by_the_square() {
        let parts = [
            "password", "=", ":", "\"", "'", "\\", "%22", "%3a", "%", " ", "--", "é", "{", "token",
            "\n",
        ];
        let mut seed = 7_u64;
        for _ in 0..20_000 {
            let mut text = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let at = usize::try_from(seed >> 33).unwrap() % parts.len();
                text.push_str(parts[at]);
            }
            let _ = mask_named(&text);
        }
        for part in
            ["signature=", "password:", "password=\"", "--password ", "token%3d", "\\\\\\", "a"]
        {
            let text = part.repeat(2_000_000 / part.len());
            let begun = std::time::Instant::now();
            let _ = mask_named(&text);
            // By the square it would be hours.
            assert!(begun.elapsed().as_secs() < 20, "{part}");
        }
    }
}
