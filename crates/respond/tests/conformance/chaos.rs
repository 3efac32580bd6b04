//! Everything at once, from a seed: calls that fail, answers that are lost, a process that dies
//! again and again, reads that lag. In the end the account is as before or fully contained.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crashcart_respond::{
    Ending, Entry, Options, Receipt, Resume, StepOutcome, apply, cut_off_plan, resume,
};
use proptest::prelude::*;

use crate::cases::{self, password, timeless};
use crate::fake::{Fake, Fault, Notes};
use crate::run;

/// What goes wrong, and what the responder wants after a crash.
#[derive(Debug, Clone)]
struct Schedule {
    case: usize,
    lag: i64,
    faults: Vec<(usize, usize, Fault)>,
    deaths: Vec<usize>,
    how: Resume,
}

fn schedules() -> impl Strategy<Value = Schedule> {
    let fault = prop_oneof![
        Just(Fault::Denied),
        Just(Fault::Throttled),
        Just(Fault::LostAnswer),
        Just(Fault::LostRequest),
        Just(Fault::FailedAfter),
        Just(Fault::ThrottledAfter),
        Just(Fault::KillBefore),
        Just(Fault::KillAfter),
    ];
    let faults = prop::collection::vec((0..24_usize, 1..5_usize, fault), 0..4);
    let deaths = prop::collection::vec(0..60_usize, 0..3);
    let how = prop_oneof![Just(Resume::Finish), Just(Resume::Undo)];
    let case = 0..cases::all().len();
    let lag = prop_oneof![Just(0_i64), 0..4000_i64];
    (case, lag, faults, deaths, how).prop_map(|(case, lag, mut faults, deaths, how)| {
        // A process dies once at a call, not at every one that follows.
        for (_, many, fault) in &mut faults {
            if matches!(fault, Fault::KillBefore | Fault::KillAfter) {
                *many = 1;
            }
        }
        Schedule { case, lag, faults, deaths, how }
    })
}

/// Applies, and resumes until a run came to its end.
fn survive(schedule: &Schedule, fake: &Fake, notes: &Notes) -> Option<Receipt> {
    let case = cases::all().remove(schedule.case);
    let (approved, options) = (case.approved(), Options::default());
    let mut deaths = schedule.deaths.clone();
    loop {
        notes.kill_at.set(deaths.pop().filter(|death| *death >= notes.history().len()));
        let history = notes.history();
        let mut journal = notes.clone();
        let attempt = AssertUnwindSafe(|| match cut_off_plan(&history) {
            None => apply(&approved, &history, fake, &mut journal, options),
            Some(_) => resume(&approved, &history, (fake, &mut journal), schedule.how, options),
        });
        match catch_unwind(attempt) {
            Ok(receipt) => return receipt.ok(),
            // It died: that death is over.
            Err(_) => {
                let sent = fake.sends.get();
                let over = |fault: Fault| matches!(fault, Fault::KillBefore | Fault::KillAfter);
                fake.faults.borrow_mut().retain(|(from, _, fault)| *from >= sent || !over(*fault));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]
    #[test]
    fn whatever_goes_wrong_the_account_is_as_before_or_contained_or_the_receipt_says_what_is_not(
        schedule in schedules()
    ) {
        let case = cases::all().remove(schedule.case);
        let clean = case.fake();
        run(&case, &clean, &Notes::default());
        let (fake, notes) = (case.fake(), Notes::default());
        fake.lag.set(schedule.lag);
        *fake.faults.borrow_mut() = schedule.faults.clone();
        let receipt = survive(&schedule, &fake, &notes);
        let receipt = receipt.expect("every run can begin");
        let (now, contained) = (timeless(fake.snapshot()), timeless(clean.snapshot()));
        let mut start = timeless(case.fake().snapshot());
        if receipt.steps.iter().any(|step| step.outcome == StepOutcome::Lost) {
            // Nobody can give it back, as the plan said.
            start.remove(&password());
        }
        match receipt.ending {
            Ending::Contained => prop_assert_eq!(now, contained),
            Ending::GivenBack | Ending::FailedAndUndone => prop_assert_eq!(now, start),
            Ending::UndoIncomplete | Ending::Stopped => {
                // Each thing that differs is listed.
                for left in &receipt.left {
                    start.remove(&left.thing);
                }
                for (thing, state) in start {
                    prop_assert_eq!(now.get(&thing), Some(&state), "{}", thing);
                }
            }
            other => prop_assert!(false, "{other:?}: {receipt:?}"),
        }
        let ended = notes.history().last().is_some_and(|entry| matches!(entry, Entry::Ended { .. }));
        prop_assert!(ended);
    }
}
