//! Filters: each narrows the rules that it names.

use std::collections::{BTreeMap, BTreeSet};

use rsigma_parser::{FilterRuleTarget, LogSource};

use super::Plan;
use crate::document::Content;
use crate::item::{Compiler, Placeholders};
use crate::problem::{Fault, Problem, Severity};
use crate::program::{NodeId, Program};

impl Plan<'_> {
    /// Narrows rules by the filters that name them.
    pub(super) fn filter(
        &self,
        nodes: &mut BTreeMap<usize, NodeId>,
        program: &mut Program,
        placeholders: &Placeholders,
        problems: &mut Vec<Problem>,
    ) {
        for (number, document) in self.documents.iter().enumerate() {
            let Content::Filter(filter) = &document.content else { continue };
            if self.foreign.contains(&number) {
                continue;
            }
            if !document.text.contains("rules:") {
                let fault = Fault::new("the filter does not say which rules it narrows")
                    .hint("add `rules:` with their ids, or `rules: any`")
                    .near("filter:");
                problems.push(document.problem(Severity::Error, fault));
                continue;
            }
            let mut compiler = Compiler { program, placeholders, within: false };
            let narrows = match compiler.detections(&filter.detection) {
                Ok(node) => node,
                Err(fault) => {
                    problems.push(document.problem(Severity::Error, fault));
                    continue;
                }
            };
            for target in self.targets(number, &filter.rules, problems) {
                let suits = self.documents.get(target).is_some_and(|target| {
                    let Content::Rule(rule) = &target.content else { return false };
                    filter.logsource.as_ref().is_none_or(|source| covers(source, &rule.logsource))
                });
                if let Some(node) = nodes.get_mut(&target).filter(|_| suits) {
                    *node = program.and(vec![*node, narrows]);
                }
            }
        }
    }

    fn targets(
        &self,
        from: usize,
        target: &FilterRuleTarget,
        problems: &mut Vec<Problem>,
    ) -> BTreeSet<usize> {
        let FilterRuleTarget::Specific(names) = target else {
            return (0..self.documents.len()).collect();
        };
        let mut out = BTreeSet::new();
        for name in names {
            out.extend(self.follow(from, name, Severity::Warning, problems));
        }
        out
    }
}

/// Whether a filter's source takes a rule's in.
fn covers(filter: &LogSource, rule: &LogSource) -> bool {
    let same = |filter: &Option<String>, rule: &Option<String>| filter.is_none() || filter == rule;
    same(&filter.product, &rule.product)
        && same(&filter.service, &rule.service)
        && same(&filter.category, &rule.category)
}
