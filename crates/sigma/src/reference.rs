//! How correlations and filters name rules: by id, then by name, then by a title that is unique.

use std::collections::HashMap;

use crate::document::{Content, Document};
use crate::problem::Fault;

/// How a reference was understood.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Id,
    Name,
    Title,
}

/// A reference that leads somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Resolved {
    /// Number of the document.
    pub target: usize,
    pub by: By,
    /// Others answer to it too; the nearest was taken.
    pub ambiguous: bool,
}

/// All rules and correlations by what they answer to.
#[derive(Debug, Default)]
pub(crate) struct Directory<'d> {
    ids: HashMap<&'d str, Vec<usize>>,
    names: HashMap<&'d str, Vec<usize>>,
    titles: HashMap<&'d str, Vec<usize>>,
}

impl<'d> Directory<'d> {
    pub fn new(documents: &'d [Document<'_>]) -> Self {
        let mut out = Self::default();
        for (number, document) in documents.iter().enumerate() {
            if matches!(document.content, Content::Filter(_)) {
                continue;
            }
            if let Some(id) = document.id() {
                out.ids.entry(id).or_default().push(number);
            }
            if let Some(name) = document.name() {
                out.names.entry(name).or_default().push(number);
            }
            out.titles.entry(document.title()).or_default().push(number);
        }
        out
    }

    /// Ids that stand more than once, sorted, with their documents.
    pub fn repeated_ids(&self) -> Vec<(&'d str, &[usize])> {
        let mut out: Vec<_> = self
            .ids
            .iter()
            .filter(|(_, numbers)| numbers.len() > 1)
            .map(|(id, numbers)| (*id, numbers.as_slice()))
            .collect();
        out.sort_unstable();
        out
    }

    /// Follows a reference that stands in the document numbered `from`. Of several rules with
    /// one id or name, the one in the same file is meant, else the first.
    ///
    /// # Errors
    /// It leads nowhere, or to a title that several rules have.
    pub fn resolve(
        &self,
        reference: &str,
        from: usize,
        documents: &[Document<'_>],
    ) -> Result<Resolved, Fault> {
        let path = documents.get(from).map(|document| document.file.path.as_str());
        let beside = |number: &&usize| {
            documents.get(**number).is_some_and(|other| Some(other.file.path.as_str()) == path)
        };
        for (by, map) in [(By::Id, &self.ids), (By::Name, &self.names)] {
            let Some(numbers) = map.get(reference) else { continue };
            if let Some(target) = numbers.iter().find(beside).or_else(|| numbers.first()) {
                return Ok(Resolved { target: *target, by, ambiguous: numbers.len() > 1 });
            }
        }
        let numbers = self.titles.get(reference).map(Vec::as_slice).unwrap_or_default();
        let near: Vec<usize> = numbers.iter().filter(beside).copied().collect();
        match (numbers, near.as_slice()) {
            ([target], _) | (_, [target]) => {
                Ok(Resolved { target: *target, by: By::Title, ambiguous: false })
            }
            ([], _) => Err(Fault::new(format!("no rule has the id, name or title {reference:?}"))
                .hint("name a rule of these files by its id")
                .near(reference)
                .behind("rules:")),
            _ => Err(Fault::new(format!("several rules have the title {reference:?}"))
                .hint("name the rule by its id")
                .near(reference)
                .behind("rules:")),
        }
    }
}
