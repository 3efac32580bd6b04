//! Which rules are wanted.

use crashcart_model::Level;

use crate::document::{Content, Document};
use crate::meta::{RuleMeta, facts, has_tag};
use crate::problem::{Fault, Problem, Severity};

/// Which rules are reported. Rules that only feed a wanted correlation are kept for it, unseen.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The lowest level. A rule without a level counts as informational; leaving it out is noted.
    pub min_level: Option<Level>,
    /// Rules with any of these tags; all where there are none. With or without namespace, and a
    /// technique stands for its sub-techniques.
    pub tags: Vec<String>,
    /// Rules left out, by id or by their file's name without extension.
    pub exclude: Vec<String>,
}

impl Selection {
    /// Whether the document's rule is wanted.
    pub(crate) fn keeps(&self, document: &Document<'_>, problems: &mut Vec<Problem>) -> bool {
        let meta = RuleMeta::of(document);
        let facts = facts(&document.content);
        if self.exclude.iter().any(|name| *name == meta.id || *name == meta.name) {
            return false;
        }
        if !self.tags.is_empty() && !self.tags.iter().any(|wanted| has_tag(facts.tags, wanted)) {
            return false;
        }
        let Some(lowest) = self.min_level else { return true };
        if meta.level < lowest && facts.level.is_none() {
            let fault = Fault::new(format!(
                "{:?} has no level, counts as informational and is left out",
                meta.title
            ))
            .hint("give it a level");
            problems.push(document.problem(Severity::Note, fault));
        }
        meta.level >= lowest
    }

    /// Names in the selection that mean no rule: perhaps a slip of the pen.
    pub(crate) fn check(&self, documents: &[Document<'_>], problems: &mut Vec<Problem>) {
        let rules: Vec<&Document<'_>> = documents
            .iter()
            .filter(|document| !matches!(document.content, Content::Filter(_)))
            .collect();
        let mut tell = |message: String| {
            problems.push(Problem {
                path: String::new(),
                line: 0,
                column: 0,
                severity: Severity::Warning,
                message,
                hint: Some("`crashcart rules list` shows ids, names and tags".to_owned()),
            });
        };
        for name in &self.exclude {
            let known = |document: &&Document<'_>| {
                let meta = RuleMeta::of(document);
                meta.id == *name || meta.name == *name
            };
            if !rules.iter().any(known) {
                tell(format!("no rule has the id or name {name:?} that is to be excluded"));
            }
        }
        for tag in &self.tags {
            if !rules.iter().any(|document| has_tag(facts(&document.content).tags, tag)) {
                tell(format!("no rule has the tag {tag:?}"));
            }
        }
    }
}
