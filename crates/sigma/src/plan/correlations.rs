//! Correlations, compiled each behind those that it takes in. There are no circles: see
//! `Plan::refuse_circles`.

use std::collections::BTreeMap;

use super::Plan;
use crate::correlation::{Correlation, compile};
use crate::document::{Content, Document};
use crate::problem::{Fault, Problem, Severity};
use crate::program::NodeId;

/// Compiles correlations, each behind those that it takes in.
pub(super) struct Correlations<'p> {
    plan: &'p Plan<'p>,
    nodes: &'p BTreeMap<usize, NodeId>,
    done: Vec<Correlation>,
    /// Whether it works, where that is known.
    state: BTreeMap<usize, bool>,
}

impl<'p> Correlations<'p> {
    pub fn new(plan: &'p Plan<'p>, nodes: &'p BTreeMap<usize, NodeId>) -> Self {
        Self { plan, nodes, done: Vec::new(), state: BTreeMap::new() }
    }

    /// Those that work.
    pub fn done(self) -> Vec<Correlation> {
        self.done
    }

    /// Whether the correlation works.
    pub fn compile(&mut self, number: usize, problems: &mut Vec<Problem>) -> bool {
        if let Some(works) = self.state.get(&number) {
            return *works;
        }
        let Some(document) = self.plan.documents.get(number) else { return false };
        let works = self.attempt(number, document, problems);
        self.state.insert(number, works);
        works
    }

    fn attempt(
        &mut self,
        number: usize,
        document: &Document<'_>,
        problems: &mut Vec<Problem>,
    ) -> bool {
        let plan = self.plan;
        let Content::Correlation(rule) = &document.content else { return false };
        let Some(Some(references)) = plan.links.get(&number) else { return false };
        for reference in references {
            let works = if plan.links.contains_key(&reference.document) {
                self.compile(reference.document, problems)
            } else {
                self.nodes.contains_key(&reference.document)
            };
            if !works {
                let fault = Fault::new(format!("the rule {:?} was skipped", reference.text))
                    .hint("see what is said about that rule")
                    .near(reference.text.as_str())
                    .behind("rules:");
                problems.push(document.problem(Severity::Error, fault));
                return false;
            }
        }
        let document_of = |text: &str| {
            plan.directory.resolve(text, number, plan.documents).ok().map(|found| found.target)
        };
        let own = u32::try_from(number).unwrap_or(u32::MAX);
        match compile(rule, own, references, &document_of) {
            Ok(correlation) => {
                self.done.push(correlation);
                true
            }
            Err(fault) => {
                problems.push(document.problem(Severity::Error, fault));
                false
            }
        }
    }
}
