//! What the story adds to a first cut: plans about several principals of one account made one, so
//! that it is approved and carried out at once and nobody has time to answer.

use crate::{Change, Plan, Planned, SCHEMA, Thing};

/// One plan of several, in their order; a thing that an earlier one changes is left to it. None
/// where nothing is left to do. The plans must be of one account.
pub fn plan_found(target: &str, plans: Vec<Plan>, mut notes: Vec<String>) -> Option<Plan> {
    let first = plans.first()?;
    let (account, caller_arn) = (first.account.clone(), first.caller_arn.clone());
    let made_at = plans.iter().map(|plan| plan.made_at).min()?;
    let mut steps: Vec<crate::Step> = Vec::new();
    for plan in plans.into_iter().filter(|plan| plan.account == account) {
        let of = plan.target.rsplit(['/', ':']).next().unwrap_or_default().to_owned();
        for mut step in plan.steps {
            if thing(&step.change)
                .is_some_and(|thing| steps.iter().any(|earlier| earlier.covers(thing)))
            {
                continue;
            }
            step.name = format!("{}-{of}-{}", steps.len() + 1, step.name);
            steps.push(step);
        }
        notes.extend(plan.notes);
    }
    let mut said = std::collections::BTreeSet::new();
    notes.retain(|note| said.insert(note.clone()));
    let (schema, action) = (SCHEMA.to_owned(), "found".to_owned());
    let target = target.to_owned();
    let plan = Plan { schema, action, target, account, made_at, caller_arn, steps, notes };
    (!plan.steps.is_empty()).then_some(plan)
}

/// The one thing that a step changes.
const fn thing(planned: &Planned) -> Option<&Thing> {
    match planned {
        Planned::One { change: Change { thing, .. }, .. } => Some(thing),
        Planned::CutOff { rule, .. } => Some(&rule.policy),
        Planned::Every { .. } => None,
    }
}
