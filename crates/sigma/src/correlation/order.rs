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
