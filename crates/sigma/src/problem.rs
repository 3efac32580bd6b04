//! What is wrong with a rule, and where.
//!
//! Never decides what happens to a rule: it only tells people about it.

/// How much a problem matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The rule is broken or unsupported: it was skipped.
    Error,
    /// The rule runs, but perhaps not as its author thinks.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// The word that people read.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
        }
    }
}

/// One problem of one rule file. Lines and columns count from 1. Ordered by place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct Problem {
    /// The rule file, as the caller named it; empty when the problem is with the request.
    pub path: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong: a lower-case fragment.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
}

/// Why a piece of a rule cannot be used, before it is known where the piece stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fault {
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub hint: Option<String>,
    /// Text to look for in the rule, to tell the line and column.
    pub near: Option<String>,
    /// The key behind which to look for it.
    pub behind: Option<&'static str>,
}

impl Fault {
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), hint: None, near: None, behind: None }
    }

    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Names text near which the fault stands; the first name given is kept, the most exact one.
    pub fn near(mut self, text: impl Into<String>) -> Self {
        self.near.get_or_insert(text.into());
        self
    }

    /// Names the key behind which it stands, as `condition:`; the first one given is kept.
    pub fn behind(mut self, key: &'static str) -> Self {
        self.behind.get_or_insert(key);
        self
    }
}
