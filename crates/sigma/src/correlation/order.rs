//! `temporal_ordered`: one event for each step, each not before the one of the step before.
//!
//! Times are whole seconds, so events of one second are in any order; still each step needs an
//! event of its own.

use super::finish::Occurrence;
use super::window::Window;

/// Whether a window holds a complete chain.
pub(crate) struct Chains {
    /// By occurrence: where the latest chain begins that is complete by then.
    begins: Vec<Option<usize>>,
    start: usize,
    end: usize,
}

impl Chains {
    /// `occurrences` are in order of time.
    pub fn new(occurrences: &[Occurrence], steps: usize) -> Self {
        let mut begins = Vec::with_capacity(occurrences.len());
        // By number of steps done: where the latest chain that has done them begins.
        let mut begun: Vec<Option<usize>> = vec![None; steps + 1];
        while let Some(first) = occurrences.get(begins.len()) {
            let start = begins.len();
            let rest = occurrences.get(start..).unwrap_or_default();
            let moment = rest.partition_point(|other| other.time <= first.time);
            advance(&mut begun, rest.get(..moment).unwrap_or_default(), start);
            begins.resize(start + moment, begun.last().copied().flatten());
        }
        Self { begins, start: 0, end: 0 }
    }
}

impl Window for Chains {
    fn add(&mut self, at: usize) {
        self.end = at;
    }
    fn remove(&mut self, at: usize) {
        self.start = at + 1;
    }
    fn holds(&self) -> bool {
        self.begins.get(self.end).is_some_and(|begins| *begins >= Some(self.start))
    }
}

/// Takes the events of one moment in.
fn advance(begun: &mut [Option<usize>], now: &[Occurrence], start: usize) {
    let steps = begun.len() - 1;
    let before = begun.to_vec();
    for done in 0..steps {
        let began = if done == 0 { Some(start) } else { before.get(done).copied().flatten() };
        let Some(began) = began else { continue };
        let mut taken: Vec<(usize, usize)> = Vec::new();
        for next in done..steps {
            if !give(next, now, &mut taken, &mut Vec::new()) {
                break;
            }
            if let Some(slot) = begun.get_mut(next + 1) {
                *slot = (*slot).max(Some(began));
            }
        }
    }
}

/// Gives the step an event of its own, moving other steps to other events where that helps
/// (augmenting paths; steps and events of one second are few). `taken` holds (event, step).
fn give(
    step: usize,
    now: &[Occurrence],
    taken: &mut Vec<(usize, usize)>,
    tried: &mut Vec<usize>,
) -> bool {
    for (at, occurrence) in now.iter().enumerate() {
        if occurrence.step != step {
            continue;
        }
        let event = now.iter().position(|other| other.same_event(occurrence)).unwrap_or(at);
        if tried.contains(&event) {
            continue;
        }
        tried.push(event);
        let holder = taken.iter().position(|(held, _)| *held == event);
        match holder {
            None => {
                taken.push((event, step));
                return true;
            }
            Some(holder) => {
                let Some((_, other)) = taken.get(holder).copied() else { continue };
                if give(other, now, taken, tried)
                    && let Some(slot) = taken.get_mut(holder)
                {
                    slot.1 = step;
                    return true;
                }
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::correlation::window::bursts;
    use proptest::prelude::*;

    const STEPS: usize = 3;
    const SPAN: i64 = 6_000;

    /// Whether distinct events of the window do all steps, none before the one of the step before.
    fn complete(window: &[Occurrence], step: usize, from: i64, used: &mut Vec<usize>) -> bool {
        if step == STEPS {
            return true;
        }
        window.iter().filter(|one| one.step == step && one.time.millis() >= from).any(|one| {
            let event = one.events[0];
            if used.contains(&event) {
                return false;
            }
            used.push(event);
            let done = complete(window, step + 1, one.time.millis(), used);
            used.pop();
            done
        })
    }

    proptest! {
        #[test]
        fn a_window_holds_where_trying_every_choice_finds_a_chain(
            events in proptest::collection::vec((0_i64..3, 0_usize..STEPS, proptest::option::of(0_usize..STEPS)), 1..14)
        ) {
            let mut second = 0;
            let mut occurrences = Vec::new();
            for (event, (gap, step, other)) in events.into_iter().enumerate() {
                second += gap;
                let other = other.filter(|other| *other != step);
                for step in [Some(step), other].into_iter().flatten() {
                    occurrences.push(Occurrence::test(second, step, event));
                }
            }
            let times: Vec<i64> = occurrences.iter().map(|one| one.time.millis()).collect();
            let found = bursts(&times, SPAN, &mut Chains::new(&occurrences, STEPS));
            for (at, time) in times.iter().enumerate() {
                let fires = times.iter().filter(|start| *start <= time && time - **start <= SPAN).any(|start| {
                    let from = times.partition_point(|other| other < start);
                    let to = times.partition_point(|other| *other <= start + SPAN);
                    complete(&occurrences[from..to], 0, i64::MIN, &mut Vec::new())
                });
                let told = found.iter().any(|(first, last)| (*first..=*last).contains(&at));
                prop_assert_eq!(fires, told, "{:?} at {}", &occurrences, at);
            }
        }
    }
}
