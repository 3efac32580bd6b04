//! Text that somebody else wrote into a log.
//!
//! User agents, session names, tags and error messages are chosen by whoever made the call. They
//! travel as one type that has no `Display`: only a writer, which knows its medium, can print it.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::secret_text::mask_signed;

/// Attacker-controlled text. Serialises as a plain JSON string (JSON escapes it).
#[derive(
    Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(transparent)]
pub struct LogText(String);

impl LogText {
    /// Wraps text that came from a log. What a signed request in it would let others do is
    /// masked here, so that no output can forget to.
    pub fn new(text: impl Into<String>) -> Self {
        let text = text.into();
        // Signed parameters have an equals sign; nearly no other text has.
        let signed = text.contains(['=', '%']).then(|| mask_signed(&text)).flatten();
        Self(signed.unwrap_or(text))
    }

    /// The text as it was logged. Compare and look up with it; never print it.
    pub fn raw(&self) -> &str {
        &self.0
    }

    /// Whether there is no text.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl From<&str> for LogText {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for LogText {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl std::fmt::Debug for LogText {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{:?}", self.0)
    }
}
