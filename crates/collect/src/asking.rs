//! Asking an account on and on: what cannot be asked is noted, and the rest is still asked.

use std::collections::BTreeSet;

use crashcart_aws::{AwsError, Reader, Reads};

/// Who asks, and what could not be asked so far.
pub(crate) struct Asking<'d> {
    pub reader: Reader<'d>,
    /// What could not be asked, and why.
    pub gaps: Vec<String>,
    /// How many requests these were.
    pub failed: usize,
    /// The permissions that were missing.
    pub missing: BTreeSet<String>,
}

impl<'d> Asking<'d> {
    pub fn new(reader: Reader<'d>) -> Self {
        Self { reader, gaps: Vec::new(), failed: 0, missing: BTreeSet::new() }
    }

    /// Notes why something could not be asked; that a thing is not there is an answer.
    pub fn gap(&mut self, error: &AwsError) {
        if matches!(error, AwsError::NotFound { .. }) {
            return;
        }
        self.failed += 1;
        let gap = match error.missing() {
            Some(permission) => format!("{error} (needs {permission})"),
            None => error.to_string(),
        };
        self.missing.extend(error.missing().map(str::to_owned));
        if !self.gaps.contains(&gap) {
            self.gaps.push(gap);
        }
    }

    /// Notes what is missing for another reason than a refusal.
    pub fn said(&mut self, gap: String) {
        self.failed += 1;
        self.gaps.push(gap);
    }

    /// Asks; none where there is no answer.
    pub fn ask<C: Reads>(&mut self, call: &C) -> Option<C::Answer> {
        let asked = self.reader.ask(call).inspect_err(|error| self.gap(error));
        asked.ok().map(|answered| answered.answer)
    }

    /// Asks for all pages; those that came before an error count.
    pub fn all<C: Reads>(&mut self, call: &C) -> Vec<C::Answer> {
        let (pages, error) = self.reader.all(self.reader.region(), call);
        if let Some(error) = error {
            self.gap(&error);
        }
        pages.into_iter().map(|page| page.answer).collect()
    }

    /// The same, telling whether these are all.
    pub fn whole<C: Reads>(&mut self, call: &C) -> (Vec<C::Answer>, bool) {
        let failed = self.failed;
        let pages = self.all(call);
        (pages, self.failed == failed)
    }
}
