//! From documents to a rule set: who refers to whom, what is wanted, what stands in the way.
//!
//! `generate`: the Sigma specification lets a rule that a correlation takes in be reported by
//! itself only if a correlation says `generate: true` (at the document's root or, as real rules
//! have it, within `correlation:`); absent means false. What is hidden is decided over all
//! documents, so that leaving a correlation out never brings its parts to light.

mod correlations;
mod filters;

use std::collections::{BTreeMap, BTreeSet};

use rsigma_parser::LogSource;

use self::correlations::Correlations;
use crate::RuleSet;
use crate::correlation::{Correlation, Reference};
use crate::document::{Content, Document};
use crate::item::{Compiler, Placeholders};
use crate::meta::RuleMeta;
use crate::problem::{Fault, Problem, Severity};
use crate::program::{NodeId, Program};
use crate::reference::{By, Directory};
use crate::selection::Selection;

/// The documents and what leads from one to another. Rules are named by their document's number.
pub(crate) struct Plan<'d> {
    documents: &'d [Document<'d>],
    directory: Directory<'d>,
    /// Rules that are not for CloudTrail.
    foreign: BTreeSet<usize>,
    /// By correlation: the rules it takes in; none where one of them cannot be found.
    links: BTreeMap<usize, Option<Vec<Reference>>>,
    hidden: BTreeSet<usize>,
}

impl<'d> Plan<'d> {
    pub fn new(documents: &'d [Document<'d>], problems: &mut Vec<Problem>) -> Self {
        let mut plan = Self {
            documents,
            directory: Directory::new(documents),
            foreign: BTreeSet::new(),
            links: BTreeMap::new(),
            hidden: BTreeSet::new(),
        };
        for (number, document) in documents.iter().enumerate() {
            let source = match &document.content {
                Content::Rule(rule) => Some(&rule.logsource),
                Content::Filter(filter) => filter.logsource.as_ref(),
                Content::Correlation(_) => None,
            };
            if let Some(reason) = source.and_then(foreign) {
                plan.foreign.insert(number);
                problems.push(document.problem(Severity::Note, Fault::new(reason)));
            }
        }
        for number in 0..documents.len() {
            plan.link(number, problems);
        }
        plan.refuse_circles(problems);
        plan.hide();
        plan
    }

    fn link(&mut self, number: usize, problems: &mut Vec<Problem>) {
        let Some(document) = self.documents.get(number) else { return };
        let Content::Correlation(rule) = &document.content else { return };
        let mut found = Some(Vec::new());
        for text in &rule.rules {
            match self.follow(number, text, Severity::Error, problems) {
                Some(target) => {
                    if let Some(found) = &mut found {
                        let rule = u32::try_from(target).unwrap_or(u32::MAX);
                        found.push(Reference { text: text.clone(), document: target, rule });
                    }
                }
                None => found = None,
            }
        }
        self.links.insert(number, found);
    }

    /// Follows a reference; tells if it leads nowhere or goes by a title.
    fn follow(
        &self,
        from: usize,
        text: &str,
        severity: Severity,
        problems: &mut Vec<Problem>,
    ) -> Option<usize> {
        let document = self.documents.get(from)?;
        let resolved = match self.directory.resolve(text, from, self.documents) {
            Ok(resolved) => resolved,
            Err(fault) => {
                problems.push(document.problem(severity, fault));
                return None;
            }
        };
        if resolved.by == By::Title {
            let other = self.documents.get(resolved.target).and_then(Document::id);
            let hint = match other {
                Some(id) => format!("titles change; its id is {id}"),
                None => "titles change; give the rule an id or a name".to_owned(),
            };
            let fault = Fault::new(format!("{text:?} names a rule by its title"));
            problems.push(
                document.problem(Severity::Warning, fault.hint(hint).near(text).behind("rules:")),
            );
        }
        if resolved.ambiguous {
            let path = self.documents.get(resolved.target).map(|other| other.file.path.clone());
            let fault = Fault::new(format!("several rules answer to {text:?}"))
                .hint(format!("the one in {} is taken", path.unwrap_or_default()))
                .near(text)
                .behind("rules:");
            problems.push(document.problem(Severity::Warning, fault));
        }
        Some(resolved.target)
    }

    /// A correlation that takes itself in, if only through others, works as little as one whose
    /// rules cannot be found.
    fn refuse_circles(&mut self, problems: &mut Vec<Problem>) {
        let circular: Vec<usize> =
            self.links.keys().copied().filter(|number| self.reaches(*number)).collect();
        for number in circular {
            self.links.insert(number, None);
            let Some(document) = self.documents.get(number) else { continue };
            let fault = Fault::new("the correlation takes itself in, if only through others");
            let fault = fault.hint("name rules that do not lead back here").near("rules:");
            problems.push(document.problem(Severity::Error, fault));
        }
    }

    /// Whether a correlation's references lead back to it.
    fn reaches(&self, number: usize) -> bool {
        let next = |from: usize| {
            let references = self.links.get(&from).into_iter().flatten().flatten();
            references.map(|reference| reference.document)
        };
        let mut seen = BTreeSet::new();
        let mut open: Vec<usize> = next(number).collect();
        while let Some(at) = open.pop() {
            if at == number {
                return true;
            }
            if seen.insert(at) {
                open.extend(next(at));
            }
        }
        false
    }

    fn hide(&mut self) {
        let mut shown = BTreeSet::new();
        for (number, references) in &self.links {
            let generate = self.documents.get(*number).is_some_and(
                |document| matches!(&document.content, Content::Correlation(rule) if rule.generate),
            );
            for reference in references.iter().flatten() {
                if generate {
                    shown.insert(reference.document);
                } else {
                    self.hidden.insert(reference.document);
                }
            }
        }
        self.hidden.retain(|number| !shown.contains(number));
    }

    /// What is wanted and what that needs.
    fn needed(&self, selection: &Selection, problems: &mut Vec<Problem>) -> (Vec<bool>, Vec<bool>) {
        let mut reported = vec![false; self.documents.len()];
        let mut needed = reported.clone();
        let mut open = Vec::new();
        for (number, document) in self.documents.iter().enumerate() {
            let is_filter = matches!(document.content, Content::Filter(_));
            if !is_filter && !self.hidden.contains(&number) && selection.keeps(document, problems) {
                open.push(number);
                if let Some(reported) = reported.get_mut(number) {
                    *reported = true;
                }
            }
        }
        while let Some(number) = open.pop() {
            let Some(slot) = needed.get_mut(number).filter(|slot| !**slot) else { continue };
            *slot = true;
            let references = self.links.get(&number).into_iter().flatten().flatten();
            open.extend(references.map(|reference| reference.document));
        }
        (reported, needed)
    }

    pub fn build(
        &self,
        selection: &Selection,
        placeholders: &Placeholders,
        problems: &mut Vec<Problem>,
    ) -> RuleSet {
        let (reported, needed) = self.needed(selection, problems);
        let mut program = Program::new();
        let mut nodes: BTreeMap<usize, NodeId> = BTreeMap::new();
        for (number, document) in self.documents.iter().enumerate() {
            let Content::Rule(rule) = &document.content else { continue };
            if !needed.get(number).is_some_and(|needed| *needed) || self.foreign.contains(&number) {
                continue;
            }
            let mut compiler = Compiler { program: &mut program, placeholders, within: false };
            match compiler.detections(&rule.detection) {
                Ok(node) => _ = nodes.insert(number, node),
                Err(fault) => problems.push(document.problem(Severity::Error, fault)),
            }
        }
        self.filter(&mut nodes, &mut program, placeholders, problems);
        let mut correlations = Correlations::new(self, &nodes);
        for number in self.links.keys() {
            if needed.get(*number).is_some_and(|needed| *needed) {
                correlations.compile(*number, problems);
            }
        }
        let correlations = correlations.done();
        self.number(&nodes, program, correlations, &reported)
    }

    /// Gives the rules that are left their final numbers.
    fn number(
        &self,
        nodes: &BTreeMap<usize, NodeId>,
        program: Program,
        mut correlations: Vec<Correlation>,
        reported: &[bool],
    ) -> RuleSet {
        let compiled: BTreeSet<usize> =
            correlations.iter().map(|correlation| correlation.rule as usize).collect();
        let mut rules = Vec::new();
        let mut numbers: BTreeMap<u32, u32> = BTreeMap::new();
        for (document, place) in self.documents.iter().zip(0_u32..) {
            let number = place as usize;
            let node = nodes.get(&number).copied();
            if node.is_none() && !compiled.contains(&number) {
                continue;
            }
            let hidden = !reported.get(number).is_some_and(|reported| *reported);
            numbers.insert(place, u32::try_from(rules.len()).unwrap_or(u32::MAX));
            rules.push((RuleMeta { hidden, ..RuleMeta::of(document) }, node));
        }
        let renumber = |rule: &mut u32| *rule = numbers.get(rule).copied().unwrap_or(u32::MAX);
        for correlation in &mut correlations {
            renumber(&mut correlation.rule);
            correlation.steps.iter_mut().for_each(|step| renumber(&mut step.rule));
        }
        RuleSet::new(rules, program, correlations)
    }
}

/// Why a rule with this source is not for CloudTrail records; none if it is.
fn foreign(source: &LogSource) -> Option<String> {
    let is = |field: &Option<String>, word: &str| {
        field.as_deref().is_none_or(|value| value.eq_ignore_ascii_case(word))
    };
    if let Some(product) = source.product.as_ref().filter(|_| !is(&source.product, "aws")) {
        return Some(format!("not for AWS logs (product {product}): skipped"));
    }
    if let Some(service) = source.service.as_ref().filter(|_| !is(&source.service, "cloudtrail")) {
        return Some(format!("not for CloudTrail (service {service}): skipped"));
    }
    let category = source.category.as_ref().filter(|_| source.product.is_none())?;
    Some(format!("not for AWS logs (category {category}): skipped"))
}
