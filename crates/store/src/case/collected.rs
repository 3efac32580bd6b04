//! What AWS answered, kept in the case byte for byte under `evidence/collected/ACCOUNT/NAME`, with
//! a line of the manifest that says which call it was.
//!
//! An answer takes its place as a result does, one call at a time: whatever was kept stays when a
//! later call fails or the process dies. It must never replace an answer by another one.

use std::io::Read;
use std::path::PathBuf;

use crashcart_model::Timestamp;
use serde::{Deserialize, Serialize};

use super::Case;
use crate::StoreError;
use crate::files::{self, Digested};
use crate::folder;
use crate::manifest::Entry;

/// Which call brought an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectedCall {
    /// Such as `iam:GetUserPolicy`.
    pub operation: String,
    /// The account that was asked, 12 digits.
    pub account: String,
    /// The region that was asked.
    pub region: String,
    /// What AWS calls the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// When the answer came.
    pub at: Timestamp,
}

/// An answer that the case keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CollectedEntry {
    /// `ACCOUNT/NAME`, a path under `evidence/collected` with `/`.
    pub name: String,
    /// SHA-256 of exactly the bytes that AWS returned, lower-case hex.
    pub sha256: String,
    /// How many these are.
    pub size: u64,
    /// The call.
    pub call: CollectedCall,
}

impl CollectedEntry {
    pub(crate) fn digested(&self) -> (String, Digested) {
        let digested = Digested { sha256: self.sha256.clone(), size: self.size };
        (self.name.clone(), digested)
    }
}

impl Case {
    /// Keeps an answer of AWS as it came, under `evidence/collected/ACCOUNT/NAME`; returns once the
    /// disk has it and its line. False where the same bytes are kept under that name already. For
    /// parts of `name` that others chose see [`file_name`].
    ///
    /// # Errors
    /// `CollectedAlready` where another answer has that name; `BadName`; `Io`, and then what was
    /// kept before is whole.
    pub fn seal_collected(
        &mut self,
        name: &str,
        answer: impl Read,
        call: &CollectedCall,
    ) -> Result<bool, StoreError> {
        self.must_hold_lock()?;
        let name = format!("{}/{name}", call.account);
        let path = self.collected_path(&name)?;
        if let Some(folder) = path.parent() {
            files::create_folder(folder)?;
        }
        let written = files::prepare(&path, answer)?;
        let recorded = self.collected.get(&name);
        let is_recorded = recorded.is_some();
        if recorded.is_some_and(|recorded| *recorded != written) {
            files::discard(&files::partial(&path))?;
            return Err(StoreError::CollectedAlready { name });
        }
        if !is_recorded {
            let entry = CollectedEntry {
                name: name.clone(),
                sha256: written.sha256.clone(),
                size: written.size,
                call: call.clone(),
            };
            if let Err(error) = self.manifest.append(vec![Entry::Collected(entry)]) {
                files::discard(&files::partial(&path))?;
                return Err(error);
            }
            self.collected.insert(name, written);
        }
        files::finish(&path).map(|()| !is_recorded)
    }

    /// The answers of AWS that the case keeps, in the order in which they were sealed.
    pub fn collected(&self) -> impl Iterator<Item = &CollectedEntry> {
        self.manifest.collected()
    }

    /// Whether an answer is kept as `ACCOUNT/NAME`: then a later run need not ask again.
    pub fn has_collected(&self, account: &str, name: &str) -> bool {
        self.collected.contains_key(&format!("{account}/{name}"))
    }

    /// Where an answer lies, by the name in its entry.
    ///
    /// # Errors
    /// `BadName`.
    pub fn collected_path(&self, name: &str) -> Result<PathBuf, StoreError> {
        let path = folder::collected_path(&self.dir, name);
        path.ok_or_else(|| StoreError::BadName { name: name.to_owned() })
    }
}

/// A text that others chose, such as a policy's name, as one part of a name: what is not a letter,
/// a digit or one of `-_.+=,@` becomes `%` and two hex digits for each byte, and so does a first dot.
/// Different texts stay different.
pub fn file_name(text: &str) -> String {
    let mut out = String::new();
    for (at, byte) in text.bytes().enumerate() {
        let plain = byte.is_ascii_alphanumeric() || b"-_.+=,@".contains(&byte);
        match plain && !(at == 0 && byte == b'.') {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}
