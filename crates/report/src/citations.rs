//! The markers `[1]` that tie each line to the record that proves it, numbered in the order in
//! which they are first used. Must never renumber: what was printed stands.

use std::collections::BTreeMap;

use crashcart_model::{Coverage, EvidenceId, Origin};

/// The records cited so far, and where each piece of evidence was found.
pub(crate) struct Citations<'a> {
    paths: BTreeMap<&'a EvidenceId, &'a str>,
    numbers: BTreeMap<&'a Origin, usize>,
    order: Vec<&'a Origin>,
}

impl<'a> Citations<'a> {
    pub(crate) fn new(coverage: &'a Coverage) -> Self {
        let paths = coverage.evidence.iter().map(|piece| (&piece.id, piece.path.as_str()));
        Self { paths: paths.collect(), numbers: BTreeMap::new(), order: Vec::new() }
    }

    /// The number of a record's marker.
    pub(crate) fn number(&mut self, origin: &'a Origin) -> usize {
        *self.numbers.entry(origin).or_insert_with(|| {
            self.order.push(origin);
            self.order.len()
        })
    }

    /// The numbers of the first `most` records.
    pub(crate) fn numbers(&mut self, origins: &'a [Origin], most: usize) -> Vec<usize> {
        origins.iter().take(most).map(|origin| self.number(origin)).collect()
    }

    /// `[1][2]`, for the first `most` records; empty for a statement that no record proves.
    pub(crate) fn markers(&mut self, origins: &'a [Origin], most: usize) -> String {
        self.numbers(origins, most).iter().map(|number| format!("[{number}]")).collect()
    }

    /// All that was cited, in order, with its number.
    pub(crate) fn cited(&self) -> impl Iterator<Item = (usize, &'a Origin)> + '_ {
        self.order.iter().enumerate().map(|(index, origin)| (index + 1, *origin))
    }

    /// Where the evidence was found; its id where the coverage does not list it.
    pub(crate) fn path(&self, evidence: &'a EvidenceId) -> &'a str {
        self.paths.get(evidence).copied().unwrap_or_else(|| evidence.as_str())
    }
}
