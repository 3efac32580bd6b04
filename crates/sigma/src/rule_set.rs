//! A compiled rule set.

use crate::correlation::{Correlation, Correlator, number_reads};
use crate::document::{RuleFile, parse};
use crate::index::{Index, NAME, SOURCE};
use crate::item::Placeholders;
use crate::matcher::Matcher;
use crate::meta::RuleMeta;
use crate::plan::Plan;
use crate::problem::Problem;
use crate::program::{NodeId, Program};
use crate::selection::Selection;

/// Rules ready to match. Rules, among them correlations, are numbered from 0 in the order of
/// their files' paths.
#[derive(Debug)]
pub struct RuleSet {
    pub(crate) rules: Vec<RuleMeta>,
    /// By rule: its node; none for a correlation.
    pub(crate) conditions: Vec<Option<NodeId>>,
    pub(crate) program: Program,
    pub(crate) index: Index,
    /// Each behind those that it takes in.
    pub(crate) correlations: Vec<Correlation>,
    /// How many fields correlations read.
    pub(crate) reads: usize,
    /// By rule: the correlations (by place in `correlations`) and steps that take it in.
    feeds: Vec<Vec<(usize, usize)>>,
    pub(crate) source_slot: u32,
    pub(crate) name_slot: u32,
}

impl RuleSet {
    /// Compiles the rules that the selection wants. Whatever is broken, unsupported or not for
    /// AWS is named among the problems and skipped.
    pub fn compile(files: &[RuleFile], selection: &Selection) -> (Self, Vec<Problem>) {
        Self::compile_on(1, files, selection)
    }

    /// Like [`RuleSet::compile`], reading the files on so many threads.
    pub fn compile_on(
        threads: usize,
        files: &[RuleFile],
        selection: &Selection,
    ) -> (Self, Vec<Problem>) {
        Self::build((files, threads), selection, &Placeholders::new())
    }

    /// Like [`RuleSet::compile`], with values for the placeholders of rules with `expand`.
    pub fn compile_with(
        files: &[RuleFile],
        selection: &Selection,
        placeholders: &Placeholders,
    ) -> (Self, Vec<Problem>) {
        Self::build((files, 1), selection, placeholders)
    }

    fn build(
        (files, threads): (&[RuleFile], usize),
        selection: &Selection,
        placeholders: &Placeholders,
    ) -> (Self, Vec<Problem>) {
        let mut problems = Vec::new();
        let documents = parse(files, threads, &mut problems);
        selection.check(&documents, &mut problems);
        let plan = Plan::new(&documents, &mut problems);
        let set = plan.build(selection, placeholders, &mut problems);
        problems.sort();
        problems.dedup();
        (set, problems)
    }

    pub(crate) fn new(
        rules: Vec<(RuleMeta, Option<NodeId>)>,
        mut program: Program,
        mut correlations: Vec<Correlation>,
    ) -> Self {
        let (rules, conditions): (Vec<_>, Vec<_>) = rules.into_iter().unzip();
        let filed: Vec<(u32, NodeId)> =
            (0..).zip(&conditions).filter_map(|(rule, node)| Some((rule, (*node)?))).collect();
        let index = Index::new(&program, &filed);
        let mut feeds = vec![Vec::new(); rules.len()];
        for (place, correlation) in correlations.iter().enumerate() {
            for (number, step) in correlation.steps.iter().enumerate() {
                if let Some(feed) = feeds.get_mut(step.rule as usize) {
                    feed.push((place, number));
                }
            }
        }
        let (source_slot, name_slot) = (program.slots.slot(SOURCE), program.slots.slot(NAME));
        program.finish();
        let reads = number_reads(&mut correlations);
        Self {
            reads,
            rules,
            conditions,
            program,
            index,
            correlations,
            feeds,
            source_slot,
            name_slot,
        }
    }

    /// All rules by number, hidden ones and correlations among them.
    pub fn rules(&self) -> &[RuleMeta] {
        &self.rules
    }

    /// A matcher; one per thread.
    pub fn matcher(&self) -> Matcher<'_> {
        Matcher::new(self)
    }

    /// A correlator; one per thread, merged at the end.
    pub fn correlator(&self) -> Correlator<'_> {
        Correlator::new(self)
    }

    pub(crate) fn feeds(&self, rule: u32) -> &[(usize, usize)] {
        self.feeds.get(rule as usize).map(Vec::as_slice).unwrap_or_default()
    }

    pub(crate) fn correlation(&self, rule: u32) -> Option<&Correlation> {
        self.correlations.iter().find(|correlation| correlation.rule == rule)
    }
}
