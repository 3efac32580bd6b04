//! From a parsed correlation to a compiled one.

use crashcart_model::FieldPath;
use rsigma_parser::{
    ConditionExpr, ConditionOperator, CorrelationCondition, CorrelationRule, CorrelationType,
    Quantifier, WindowMode,
};

use super::{Correlation, Presence, Question, Read, Step, Thresholds};
use crate::problem::Fault;

/// A rule that the correlation names, found.
#[derive(Debug, Clone)]
pub(crate) struct Reference {
    /// As the correlation wrote it.
    pub text: String,
    /// Number of the document.
    pub document: usize,
    /// Number in the rule set.
    pub rule: u32,
}

/// Compiles a correlation whose references have been found. `document_of` follows other
/// references of the same correlation (in aliases and conditions) to a document.
///
/// # Errors
/// What the correlation asks cannot be answered.
pub(crate) fn compile(
    correlation: &CorrelationRule,
    rule: u32,
    references: &[Reference],
    document_of: &dyn Fn(&str) -> Option<usize>,
) -> Result<Correlation, Fault> {
    if correlation.window != WindowMode::Sliding {
        return Err(Fault::new(format!(
            "{} windows are not supported",
            correlation.window.as_str()
        ))
        .hint("leave `window` out: windows slide")
        .near("window"));
    }
    if references.is_empty() {
        return Err(Fault::new("the correlation takes no rule in").near("correlation:"));
    }
    let step_of = |text: &str| {
        let document = document_of(text);
        references
            .iter()
            .position(|reference| reference.text == text || Some(reference.document) == document)
    };
    let milliseconds = correlation.timespan.seconds.checked_mul(1000);
    let span = milliseconds
        .and_then(|span| i64::try_from(span).ok())
        .ok_or_else(|| Fault::new("the timespan is too long").near("timespan"))?;
    let question = question(correlation, references, &step_of)?;
    let values = value_fields(correlation);
    let steps = references
        .iter()
        .enumerate()
        .map(|(number, reference)| {
            let path = |name: &String| {
                let name = field_of(correlation, name, number, reference, &step_of)?;
                Ok(Read { path: FieldPath::new(&name), number: 0 })
            };
            Ok(Step {
                rule: reference.rule,
                group: correlation.group_by.iter().map(path).collect::<Result<_, _>>()?,
                value: values.iter().map(path).collect::<Result<_, _>>()?,
            })
        })
        .collect::<Result<_, _>>()?;
    Ok(Correlation { rule, span, steps, group_by: correlation.group_by.clone(), question })
}

/// The field that a name means in the events of one step.
fn field_of(
    correlation: &CorrelationRule,
    name: &str,
    number: usize,
    reference: &Reference,
    step_of: &dyn Fn(&str) -> Option<usize>,
) -> Result<String, Fault> {
    let Some(alias) = correlation.aliases.iter().find(|alias| alias.alias == name) else {
        return Ok(name.to_owned());
    };
    let mut keys: Vec<_> = alias.mapping.iter().collect();
    keys.sort();
    let field = keys.into_iter().find(|(key, _)| step_of(key) == Some(number));
    field.map(|(_, field)| field.clone()).ok_or_else(|| {
        Fault::new(format!("the alias {name:?} names no field for the rule {:?}", reference.text))
            .hint("give one line for each rule under the alias")
            .near(name)
    })
}

fn value_fields(correlation: &CorrelationRule) -> Vec<String> {
    match &correlation.condition {
        CorrelationCondition::Threshold { field: Some(fields), .. } => fields.clone(),
        _ => Vec::new(),
    }
}

fn question(
    correlation: &CorrelationRule,
    references: &[Reference],
    step_of: &dyn Fn(&str) -> Option<usize>,
) -> Result<Question, Fault> {
    let kind = correlation.correlation_type;
    let temporal = matches!(kind, CorrelationType::Temporal | CorrelationType::TemporalOrdered);
    let (predicates, percentile) = match &correlation.condition {
        CorrelationCondition::Extended(condition) => {
            return extended(kind, condition, references, step_of);
        }
        CorrelationCondition::Threshold { predicates, percentile, .. } => (predicates, percentile),
    };
    let thresholds = thresholds(predicates);
    let values = value_fields(correlation).len();
    let needs = match kind {
        CorrelationType::ValueCount => 1..=usize::MAX,
        CorrelationType::ValueSum
        | CorrelationType::ValueAvg
        | CorrelationType::ValuePercentile
        | CorrelationType::ValueMedian => 1..=1,
        _ => 0..=usize::MAX,
    };
    if !needs.contains(&values) {
        return Err(Fault::new(format!("{} needs one field to look at", kind.as_str()))
            .hint("add `field:` to the condition")
            .near("condition:"));
    }
    if temporal {
        return temporal_question(kind, predicates, references.len());
    }
    Ok(match kind {
        CorrelationType::ValueCount => Question::Values(thresholds),
        CorrelationType::ValueSum => Question::Sum(thresholds),
        CorrelationType::ValueAvg => Question::Average(thresholds),
        CorrelationType::ValueMedian => Question::Percentile(50.0, thresholds),
        CorrelationType::ValuePercentile => {
            let rank = percentile.unwrap_or(50);
            if rank > 100 {
                return Err(Fault::new("a percentile lies between 0 and 100").near("percentile"));
            }
            Question::Percentile(float(rank), thresholds)
        }
        _ => Question::Events(thresholds),
    })
}

/// Without a condition of its own (the parser then says `gte: 1`) a temporal correlation asks for
/// all its rules; with one, for so many different rules.
fn temporal_question(
    kind: CorrelationType,
    predicates: &[(ConditionOperator, u64)],
    steps: usize,
) -> Result<Question, Fault> {
    let all = match predicates {
        [(ConditionOperator::Gte, count)] => *count == 1 || *count == steps as u64,
        [(ConditionOperator::Eq, count)] => *count == steps as u64,
        _ => false,
    };
    let steps: Vec<usize> = (0..steps).collect();
    match kind {
        CorrelationType::TemporalOrdered if all => Ok(Question::Ordered),
        CorrelationType::TemporalOrdered => {
            Err(Fault::new("temporal_ordered asks for all its rules")
                .hint("leave the condition out")
                .near("condition:"))
        }
        _ if all => {
            Ok(Question::Together(Presence::All(steps.into_iter().map(Presence::Step).collect())))
        }
        _ => Ok(Question::Together(Presence::Count(steps, thresholds(predicates)))),
    }
}

fn thresholds(predicates: &[(ConditionOperator, u64)]) -> Thresholds {
    Thresholds(predicates.iter().map(|(operator, count)| (*operator, float(*count))).collect())
}

#[allow(clippy::cast_precision_loss, reason = "thresholds are far below 2^53")]
const fn float(count: u64) -> f64 {
    count as f64
}

fn extended(
    kind: CorrelationType,
    condition: &ConditionExpr,
    references: &[Reference],
    step_of: &dyn Fn(&str) -> Option<usize>,
) -> Result<Question, Fault> {
    match kind {
        CorrelationType::Temporal => {
            Ok(Question::Together(presence(condition, references, step_of)?))
        }
        CorrelationType::TemporalOrdered => {
            let Presence::All(parts) = presence(condition, references, step_of)? else {
                return Err(only_and());
            };
            let named: Option<Vec<usize>> = parts
                .iter()
                .map(|part| if let Presence::Step(step) = part { Some(*step) } else { None })
                .collect();
            let in_order = named.is_some_and(|named| named.into_iter().eq(0..references.len()));
            if in_order { Ok(Question::Ordered) } else { Err(only_and()) }
        }
        _ => Err(Fault::new("only temporal correlations take a condition in words")
            .hint("write a threshold, as `gte: 10`")
            .near("condition:")),
    }
}

fn only_and() -> Fault {
    Fault::new("temporal_ordered takes no condition but all its rules joined by `and`, in order")
        .hint("leave the condition out: the order is that of `rules`")
        .near("condition:")
}

fn presence(
    condition: &ConditionExpr,
    references: &[Reference],
    step_of: &dyn Fn(&str) -> Option<usize>,
) -> Result<Presence, Fault> {
    let parts = |parts: &[ConditionExpr]| {
        parts.iter().map(|part| presence(part, references, step_of)).collect::<Result<Vec<_>, _>>()
    };
    Ok(match condition {
        ConditionExpr::And(inner) => Presence::All(flat(parts(inner)?)),
        ConditionExpr::Or(inner) => Presence::Any(parts(inner)?),
        ConditionExpr::Not(inner) => Presence::Not(Box::new(presence(inner, references, step_of)?)),
        ConditionExpr::Identifier(name) => Presence::Step(step_of(name).ok_or_else(|| {
            Fault::new(format!("the condition names {name:?}, which is not one of `rules`"))
                .hint("name a rule as it stands under `rules`")
                .near("condition:")
        })?),
        ConditionExpr::Selector { quantifier, pattern } => {
            let steps: Vec<usize> = (0..references.len())
                .filter(|step| {
                    references
                        .get(*step)
                        .is_some_and(|reference| pattern.matches_detection_name(&reference.text))
                })
                .collect();
            if steps.is_empty() {
                return Err(
                    Fault::new(format!("{pattern} means none of `rules`")).near("condition:")
                );
            }
            match quantifier {
                Quantifier::All => Presence::All(steps.into_iter().map(Presence::Step).collect()),
                Quantifier::Any => Presence::Any(steps.into_iter().map(Presence::Step).collect()),
                Quantifier::Count(count) => {
                    let at_least = vec![(ConditionOperator::Gte, float(*count))];
                    Presence::Count(steps, Thresholds(at_least))
                }
            }
        }
    })
}

fn flat(parts: Vec<Presence>) -> Vec<Presence> {
    parts
        .into_iter()
        .flat_map(|part| if let Presence::All(inner) = part { inner } else { vec![part] })
        .collect()
}
