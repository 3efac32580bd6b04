//! From selections and a condition to one node of the program.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

use rsigma_parser::{ConditionExpr, Detection, Detections, Quantifier, SelectorPattern};

use crate::item::Compiler;
use crate::problem::Fault;
use crate::program::{Item, NodeId};

impl Compiler<'_> {
    /// The whole detection part of a rule. Several conditions are alternatives.
    ///
    /// # Errors
    /// What the rule asks cannot be answered.
    pub fn detections(&mut self, detections: &Detections) -> Result<NodeId, Fault> {
        let mut nodes = Vec::new();
        for condition in &detections.conditions {
            nodes.push(self.condition(condition, &detections.named)?);
        }
        if nodes.is_empty() {
            return Err(Fault::new("there is no condition"));
        }
        Ok(self.program.or(nodes))
    }

    fn condition(
        &mut self,
        condition: &ConditionExpr,
        named: &HashMap<String, Detection>,
    ) -> Result<NodeId, Fault> {
        match condition {
            ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
                let nodes = parts.iter().map(|part| self.condition(part, named)).collect::<Result<
                    Vec<_>,
                    _,
                >>(
                )?;
                Ok(match condition {
                    ConditionExpr::And(_) => self.program.and(nodes),
                    _ => self.program.or(nodes),
                })
            }
            ConditionExpr::Not(inner) => {
                let inner = self.condition(inner, named)?;
                Ok(self.program.not(inner))
            }
            ConditionExpr::Identifier(name) => match named.get(name) {
                Some(detection) => self.detection(detection),
                None => Err(missing(name, named)),
            },
            ConditionExpr::Selector { quantifier, pattern } => {
                self.selector(quantifier, pattern, named)
            }
        }
    }

    fn selector(
        &mut self,
        quantifier: &Quantifier,
        pattern: &SelectorPattern,
        named: &HashMap<String, Detection>,
    ) -> Result<NodeId, Fault> {
        let names = selected(pattern, named.keys());
        if names.is_empty() {
            return Err(missing(&pattern.to_string(), named));
        }
        let nodes = names
            .iter()
            .filter_map(|name| named.get(*name))
            .map(|detection| self.detection(detection))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(match quantifier {
            Quantifier::Any => self.program.or(nodes),
            Quantifier::All => self.program.and(nodes),
            Quantifier::Count(count) => self.program.at_least(*count, nodes),
        })
    }

    fn detection(&mut self, detection: &Detection) -> Result<NodeId, Fault> {
        match detection {
            Detection::AllOf(items) if items.is_empty() => {
                Err(Fault::new("a selection is empty").hint("give it an item, or remove it"))
            }
            Detection::AllOf(items) => {
                let nodes =
                    items.iter().map(|item| self.item(item)).collect::<Result<Vec<_>, _>>()?;
                Ok(self.program.and(nodes))
            }
            Detection::AnyOf(parts) | Detection::And(parts) => {
                let nodes =
                    parts.iter().map(|part| self.detection(part)).collect::<Result<Vec<_>, _>>()?;
                Ok(match detection {
                    Detection::And(_) => self.program.and(nodes),
                    _ => self.program.or(nodes),
                })
            }
            Detection::Keywords(values) => self.keywords(values),
            Detection::ArrayMatch { field, quantifier, body } => {
                let outer = std::mem::replace(&mut self.within, true);
                let body = self.detection(body);
                self.within = outer;
                let body = body?;
                let field = self.program.field(field);
                self.program.item(Item::Elements(field, (*quantifier).into(), body))
            }
            Detection::Conditional { named, condition } => self.condition(condition, named),
        }
    }
}

/// The names that a pattern means, sorted. A name that begins with `_` is not one of `them`.
fn selected<'n>(
    pattern: &SelectorPattern,
    names: impl Iterator<Item = &'n String>,
) -> Vec<&'n String> {
    let mut names: Vec<_> = names.filter(|name| pattern.matches_detection_name(name)).collect();
    names.sort();
    names
}

fn missing(name: &str, named: &HashMap<String, Detection>) -> Fault {
    let mut known: Vec<_> = named.keys().map(String::as_str).collect();
    known.sort_unstable();
    Fault::new(format!("the condition names {name:?}, which is not a selection of this rule"))
        .hint(format!("the selections are: {}", known.join(", ")))
        .near(name)
        .behind("condition:")
}

/// Selections that no condition of the rule names, sorted.
pub(crate) fn unused(detections: &Detections) -> Vec<String> {
    let used = RefCell::new(BTreeSet::new());
    for condition in &detections.conditions {
        visit(condition, &|name| _ = used.borrow_mut().insert(name.to_owned()), &|pattern| {
            let names = selected(pattern, detections.named.keys());
            used.borrow_mut().extend(names.into_iter().cloned());
        });
    }
    let used = used.into_inner();
    let mut names: Vec<_> =
        detections.named.keys().filter(|name| !used.contains(*name)).cloned().collect();
    names.sort();
    names
}

/// Visits the names and patterns of a condition.
pub(crate) fn visit(
    condition: &ConditionExpr,
    name: &dyn Fn(&str),
    pattern: &dyn Fn(&SelectorPattern),
) {
    match condition {
        ConditionExpr::And(parts) | ConditionExpr::Or(parts) => {
            parts.iter().for_each(|part| visit(part, name, pattern));
        }
        ConditionExpr::Not(inner) => visit(inner, name, pattern),
        ConditionExpr::Identifier(identifier) => name(identifier),
        ConditionExpr::Selector { pattern: selector, .. } => pattern(selector),
    }
}
