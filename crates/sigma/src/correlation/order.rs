//! `temporal_ordered`: one event for each step, each not before the one of the step before.
//!
//! Times are whole seconds, so events of one second are in any order; still each step needs an
//! event of its own.

use super::finish::Occurrence;

/// First and last index of each burst of complete chains, joined where they share an occurrence.
pub(crate) fn chains(occurrences: &[Occurrence], steps: usize, span: i64) -> Vec<(usize, usize)> {
    let mut out: Vec<(usize, usize)> = Vec::new();
    // By number of steps done: where the latest chain that has done them begins.
    let mut begun: Vec<Option<usize>> = vec![None; steps + 1];
    let mut start = 0;
    while let Some(first) = occurrences.get(start) {
        let rest = occurrences.get(start..).unwrap_or_default();
        let moment = rest.partition_point(|other| other.time <= first.time);
        let now = rest.get(..moment).unwrap_or_default();
        let end = start + moment - 1;
        let completed = advance(&mut begun, now, start);
        if let Some(from) = completed
            && let Some(began) = occurrences.get(from)
            && first.time.millis().saturating_sub(began.time.millis()) <= span
        {
            match out.last_mut() {
                Some(last) if from <= last.1 => last.1 = end,
                _ => out.push((from, end)),
            }
        }
        start = end + 1;
    }
    out
}

/// Takes the events of one moment in; returns where a chain that they complete begins.
fn advance(begun: &mut [Option<usize>], now: &[Occurrence], start: usize) -> Option<usize> {
    let steps = begun.len() - 1;
    let before = begun.to_vec();
    let mut completed = None;
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
            if next + 1 == steps {
                completed = completed.max(Some(began));
            }
        }
    }
    completed
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
