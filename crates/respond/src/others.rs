//! What the other plans of a case hold, and what they gave back. Plans of one case overlap: a key
//! that two of them hold must stay inactive until both are given back, and what one of them gave
//! back was changed by nobody else.

use crate::journal::{Effect, Entry, Run};
use crate::ledger::{Ledger, Left};
use crate::{Plan, Planned, State, Thing};

/// Characters of a hash that name a plan to people, as its file does.
const SHORT: usize = 12;

/// The other plans, as far as the journal and their files tell.
#[derive(Debug, Default)]
pub(crate) struct Others {
    /// What each plan in force holds, by the plan's hash.
    left: Vec<(String, Vec<Left>)>,
    /// The plans in force whose file is there.
    in_force: Vec<Plan>,
    /// The last change to each thing: by which plan, to what.
    last: Vec<(Thing, State, String)>,
}

impl Others {
    /// Reads what plans other than that with this hash did.
    pub(crate) fn read(history: &[Entry], hash: &str, plans: &[Plan]) -> Self {
        let mut last: Vec<(Thing, State, String)> = Vec::new();
        let mut intent = None;
        for entry in history {
            match entry {
                Entry::Intent { change, plan, .. } => intent = Some((change, plan)),
                Entry::Outcome { effect: Effect::Done(_) | Effect::Seen, .. } => {
                    if let Some((change, plan)) = intent.take() {
                        last.retain(|(thing, ..)| *thing != change.thing);
                        last.push((change.thing.clone(), change.to.clone(), plan.clone()));
                    }
                }
                _ => {}
            }
        }
        let mut followed = Ledger::of_each(history);
        followed.retain(|plan, ledger| {
            let state = (ledger.last_run, ledger.left.is_empty());
            *plan != hash && matches!(state, (Some(Run::Apply), _) | (Some(Run::BackOut), false))
        });
        let is_in_force = |plan: &&Plan| followed.contains_key(plan.hash().as_str());
        let in_force = plans.iter().filter(is_in_force).cloned().collect();
        let left = followed.into_iter().map(|(plan, of)| (plan.to_owned(), of.left));
        Self { left: left.collect(), in_force, last }
    }

    /// The plan, named as its file is, that would be undone too where a thing were given back this
    /// state. One that is content with it is not.
    pub(crate) fn holding(&self, thing: &Thing, before: &State) -> Option<String> {
        let by_file = self.in_force.iter().find(|plan| {
            plan.steps.iter().any(|step| step.covers(thing) && !is_met(&step.change, before))
        });
        let with_file = |hash: &str| self.in_force.iter().any(|plan| plan.hash() == hash);
        let by_journal = self.left.iter().find(|(hash, left)| {
            let frees = |left: &Left| left.thing == *thing && left.to != *before;
            !with_file(hash) && left.iter().any(frees)
        });
        let by_journal = by_journal.map(|(hash, _)| hash.clone());
        by_file.map(Plan::hash).or(by_journal).map(|hash| short(&hash))
    }

    /// Whether a plan's own change to a thing is the last that was made, and still stands.
    pub(crate) fn is_last_of(&self, plan: &str, thing: &Thing, live: &State) -> bool {
        self.last.iter().any(|(one, to, by)| one == thing && to == live && by == plan)
    }

    /// The plan that brought a thing to the state in which it is.
    pub(crate) fn brought(&self, thing: &Thing, live: &State, own: &str) -> Option<String> {
        let (_, to, by) = self.last.iter().find(|(one, ..)| one == thing)?;
        (to == live && by != own).then(|| short(by))
    }
}

/// Whether a state is what a step wants.
fn is_met(change: &Planned, state: &State) -> bool {
    match change {
        Planned::One { change, .. } => change.to == *state,
        Planned::Every { .. } => *state != State::Active,
        Planned::CutOff { rule, .. } => rule.moment(state).is_some(),
    }
}

fn short(hash: &str) -> String {
    hash.get(..SHORT).unwrap_or(hash).to_owned()
}
