//! The modifiers that rewrite a value before it is compared: base64, UTF-16, windash.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rsigma_parser::{SigmaString, SpecialChar, StringPart};

use crate::problem::Fault;
use crate::text::Token;

/// A rewriting modifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoder {
    Base64,
    Base64Offset,
    Utf16Little,
    Utf16Big,
    /// Little-endian with a byte order mark.
    Utf16Marked,
    Windash,
}

/// A value on its way through the modifiers.
enum Form {
    Tokens(Vec<Token>),
    Bytes(Vec<u8>),
}

/// The tokens of a string as Sigma reads it: `*` and `?` are wildcards, a backslash escapes.
pub(crate) fn tokens(text: &SigmaString) -> Vec<Token> {
    let mut out = Vec::new();
    for part in &text.parts {
        match part {
            StringPart::Plain(plain) => out.extend(plain.chars().map(Token::Char)),
            StringPart::Special(SpecialChar::WildcardMulti) => out.push(Token::Many),
            StringPart::Special(SpecialChar::WildcardSingle) => out.push(Token::One),
        }
    }
    out
}

/// Applies the modifiers in the order they were written; one value may become several.
///
/// # Errors
/// A wildcard where bytes are encoded, or bytes that no log text can hold.
pub(crate) fn encode(text: &SigmaString, encoders: &[Encoder]) -> Result<Vec<Vec<Token>>, Fault> {
    let mut forms = vec![Form::Tokens(tokens(text))];
    for encoder in encoders {
        let mut next = Vec::new();
        for form in forms {
            apply(*encoder, form, &mut next)?;
        }
        forms = next;
    }
    forms.into_iter().map(as_text).collect()
}

fn apply(encoder: Encoder, form: Form, out: &mut Vec<Form>) -> Result<(), Fault> {
    match encoder {
        Encoder::Windash => out.push(Form::Tokens(dashes(as_text(form)?))),
        Encoder::Base64 => out.push(ascii(&STANDARD.encode(bytes(form)?))),
        Encoder::Base64Offset => {
            let plain = bytes(form)?;
            out.extend((0..3).map(|offset| ascii(&base64_inside(&plain, offset))));
        }
        Encoder::Utf16Little | Encoder::Utf16Big | Encoder::Utf16Marked => {
            let text = String::from_utf8(bytes(form)?)
                .map_err(|_| Fault::new("a UTF-16 modifier follows an encoding"))?;
            let units = text.encode_utf16();
            out.push(Form::Bytes(match encoder {
                Encoder::Utf16Big => units.flat_map(u16::to_be_bytes).collect(),
                Encoder::Utf16Little => units.flat_map(u16::to_le_bytes).collect(),
                _ => [0xff, 0xfe].into_iter().chain(units.flat_map(u16::to_le_bytes)).collect(),
            }));
        }
    }
    Ok(())
}

fn ascii(text: &str) -> Form {
    Form::Tokens(text.chars().map(Token::Char).collect())
}

/// What stays the same of the base64 of a text that holds `plain` after `offset` bytes more than
/// a multiple of three: the characters that also depend on the neighbours are cut off.
fn base64_inside(plain: &[u8], offset: usize) -> String {
    let mut padded = vec![b' '; offset];
    padded.extend_from_slice(plain);
    let whole = STANDARD.encode(&padded);
    let start = [0, 2, 3].get(offset).copied().unwrap_or_default();
    let end = whole.len() - [0, 3, 2].get(padded.len() % 3).copied().unwrap_or_default();
    whole.get(start..end).unwrap_or_default().to_owned()
}

fn bytes(form: Form) -> Result<Vec<u8>, Fault> {
    let tokens = match form {
        Form::Bytes(bytes) => return Ok(bytes),
        Form::Tokens(tokens) => tokens,
    };
    let text: Option<String> = tokens
        .iter()
        .map(|token| if let Token::Char(character) = token { Some(*character) } else { None })
        .collect();
    text.map(String::into_bytes).ok_or_else(|| {
        Fault::new("a value with wildcards cannot be encoded")
            .hint("use `contains`, `startswith` or `endswith` after the encoding modifier")
    })
}

fn as_text(form: Form) -> Result<Vec<Token>, Fault> {
    match form {
        Form::Tokens(tokens) => Ok(tokens),
        Form::Bytes(bytes) => {
            let text = String::from_utf8(bytes).map_err(|_| {
                Fault::new("the encoded value is not text")
                    .hint("put `base64` or `base64offset` after the UTF-16 modifier")
            })?;
            Ok(text.chars().map(Token::Char).collect())
        }
    }
}

/// A dash or slash that begins a word, and no other, stands for every kind of dash.
fn dashes(mut tokens: Vec<Token>) -> Vec<Token> {
    let word = |token: Option<&Token>| matches!(token, Some(Token::Char(character)) if character.is_alphanumeric() || *character == '_');
    for at in 0..tokens.len() {
        let before = at.checked_sub(1).and_then(|before| tokens.get(before));
        if matches!(tokens.get(at), Some(Token::Char('-' | '/')))
            && !word(before)
            && word(tokens.get(at + 1))
            && let Some(token) = tokens.get_mut(at)
        {
            *token = Token::Dash;
        }
    }
    tokens
}

#[cfg(test)]
mod tests {
    use super::*;

    fn encoded(text: &str, encoders: &[Encoder]) -> Vec<String> {
        let forms = encode(&SigmaString::new(text), encoders).unwrap();
        let show = |token: &Token| match token {
            Token::Char(character) => *character,
            Token::One => '?',
            Token::Many => '*',
            Token::Dash => '~',
        };
        forms.iter().map(|form| form.iter().map(show).collect()).collect()
    }

    #[test]
    fn base64_is_that_of_rfc_4648() {
        assert_eq!(encoded("foobar", &[Encoder::Base64]), ["Zm9vYmFy"]);
        assert_eq!(encoded("fo", &[Encoder::Base64]), ["Zm8="]);
    }

    #[test]
    fn base64offset_is_found_wherever_the_text_stands() {
        for plain in ["whoami", "foo", "s3:Get", "a longer one"] {
            let parts = encoded(plain, &[Encoder::Base64Offset]);
            for before in 0..6 {
                for after in 0..4 {
                    let text = format!("{}{plain}{}", "x".repeat(before), "y".repeat(after));
                    let whole = STANDARD.encode(text);
                    assert!(whole.contains(&parts[before % 3]), "{plain} {before} {after}");
                }
            }
        }
    }

    #[test]
    fn utf16_then_base64_is_what_powershell_calls_encoded() {
        let chain = [Encoder::Utf16Little, Encoder::Base64];
        assert_eq!(encoded("ab", &chain), [STANDARD.encode(b"a\0b\0")]);
        let chain = [Encoder::Utf16Big, Encoder::Base64];
        assert_eq!(encoded("ab", &chain), [STANDARD.encode(b"\0a\0b")]);
        let chain = [Encoder::Utf16Marked, Encoder::Base64];
        assert_eq!(encoded("ab", &chain), [STANDARD.encode(b"\xff\xfea\0b\0")]);
    }

    #[test]
    fn windash_changes_dashes_that_begin_a_word() {
        assert_eq!(encoded("-f /x a-b", &[Encoder::Windash]), ["~f ~x a-b"]);
    }

    #[test]
    fn wildcards_cannot_be_encoded() {
        assert!(encode(&SigmaString::new("a*"), &[Encoder::Base64]).is_err());
        assert!(encode(&SigmaString::new(r"a\*"), &[Encoder::Base64]).is_ok());
    }
}
