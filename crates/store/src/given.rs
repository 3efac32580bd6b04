//! What a run read beside the evidence, because an option named it: what the columns of tables
//! hold, earlier logs. Sealed as evidence is, so that a later run can be asked the same.

use serde::{Deserialize, Serialize};

/// A file or a text that an option gave.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct GivenInput {
    /// The option, as `--columns`.
    pub option: String,
    /// SHA-256 of exactly the bytes that were read, lower-case hex.
    pub sha256: String,
    /// How many bytes these were.
    pub size: u64,
    /// Where the file lies, absolute where possible; empty where there is none.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What the option held, where that is the text itself, or no file but a pipe; else empty.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
}

impl GivenInput {
    /// The option and what stood behind it.
    pub fn words(&self) -> String {
        let named = if self.path.is_empty() { &self.text } else { &self.path };
        format!("{} {named}", self.option)
    }
}
