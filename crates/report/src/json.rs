//! JSON that is safe to look at: characters that a terminal would act on or that hide are
//! written as `\u` escapes, so that what parses back is exact and what is shown is harmless.

use std::io::{self, Write};

use crashcart_model::Investigation;
use serde::Serialize;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use crate::{Writer, escape};

/// The one document of `--json`, schema `crashcart.investigation/1`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Json {
    /// Indented for people, else on one line.
    pub pretty: bool,
}

impl Writer for Json {
    fn write(&self, investigation: &Investigation, out: &mut dyn Write) -> io::Result<()> {
        json_document(investigation, self.pretty, out)
    }
}

/// Writes any value as a JSON document and ends the line.
///
/// # Errors
/// When `out` takes no more, or the value has a map whose keys are not text.
pub fn json_document<T: Serialize + ?Sized>(
    value: &T,
    pretty: bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    if pretty {
        let formatter = Shown(PrettyFormatter::new());
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))?;
    } else {
        let formatter = Shown(CompactFormatter);
        value.serialize(&mut serde_json::Serializer::with_formatter(&mut *out, formatter))?;
    }
    out.write_all(b"\n")
}

/// A formatter that writes what cannot be shown as `\u` escapes.
struct Shown<F>(F);

/// Hands these calls on to the formatter within.
macro_rules! pass_on {
    ($($name:ident($($argument:ident: $kind:ty),*);)*) => {
        $(fn $name<W: ?Sized + Write>(&mut self, out: &mut W $(, $argument: $kind)*) -> io::Result<()> {
            self.0.$name(out $(, $argument)*)
        })*
    };
}

impl<F: Formatter> Formatter for Shown<F> {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(escape::is_unshowable) {
            let (plain, tail) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            let Some(character) = tail.chars().next() else { break };
            for unit in character.encode_utf16(&mut [0; 2]) {
                write!(out, "\\u{unit:04x}")?;
            }
            rest = tail.get(character.len_utf8()..).unwrap_or_default();
        }
        out.write_all(rest.as_bytes())
    }

    pass_on! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_parses_back_to_the_same_text_and_holds_nothing_a_terminal_acts_on() {
        for text in crashcart_testkit::HOSTILE {
            for pretty in [false, true] {
                let mut out = Vec::new();
                json_document(&[text], pretty, &mut out).expect("a Vec takes all");
                let written = String::from_utf8(out).expect("text");
                let back: Vec<String> = serde_json::from_str(&written).expect("JSON");
                assert_eq!(back, [text]);
                let shown = written.replace('\n', "");
                assert_eq!(escape::terminal(&shown), shown, "{written:?}");
            }
        }
    }

    #[test]
    fn a_character_beyond_the_basic_plane_is_escaped_as_two_units() {
        let mut out = Vec::new();
        json_document("a\u{e0041}b\u{9b}", false, &mut out).expect("a Vec takes all");
        assert_eq!(String::from_utf8(out).expect("text"), "\"a\\udb40\\udc41b\\u009b\"\n");
    }
}
