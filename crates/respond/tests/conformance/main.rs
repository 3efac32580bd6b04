//! The conformance kit: what must hold for every action, whatever goes wrong at whichever step.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a kit that cannot go on fails its test"
)]

mod again;
mod cases;
mod chaos;
mod crash;
mod failure;
mod fake;
mod intruder;
mod overlap;
mod planning;
mod reverting;

use crashcart_respond::{
    Ending, Entry, Options, Planned, Receipt, RevertOptions, StepOutcome, Undo, Verified, apply,
    commands, revert,
};

use cases::Case;
use fake::{Fake, Notes};

/// Applies in a case's account; nothing of the receipt is left out by keeping and reading it.
fn run(case: &Case, fake: &Fake, notes: &Notes) -> Receipt {
    let mut journal = notes.clone();
    let options = Options::default();
    let receipt = apply(&case.approved(), &notes.history(), fake, &mut journal, options).unwrap();
    assert_eq!(Receipt::parse(&receipt.bytes()).unwrap(), receipt);
    receipt
}

/// The number of changes of a run in which nothing goes wrong.
fn changes(case: &Case) -> usize {
    let fake = case.fake();
    run(case, &fake, &Notes::default());
    fake.sends.get()
}

#[test]
fn every_action_contains_and_says_what_was_read_back() {
    for case in cases::all() {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        assert_eq!(receipt.ending, Ending::Contained, "{}: {receipt:?}", case.name);
        assert_eq!(receipt.steps.len(), case.plan.steps.len());
        for step in &receipt.steps {
            assert_eq!(step.verified, Verified::Configured, "{}: {step:?}", case.name);
        }
        assert_ne!(fake.snapshot(), case.fake().snapshot(), "{}", case.name);
    }
}

#[test]
fn twice_is_once_with_the_same_journal_and_with_another() {
    for case in cases::all() {
        let (fake, notes) = (case.fake(), Notes::default());
        fake.latency.set(1500);
        let first = run(&case, &fake, &notes);
        let (after, sends) = (fake.snapshot(), fake.sends.get());
        for journal in [notes, Notes::default()] {
            fake.pass(3_600_000);
            let again = run(&case, &fake, &journal);
            assert_eq!(again.ending, Ending::Contained, "{}", case.name);
            assert_eq!(fake.snapshot(), after, "{}", case.name);
            assert_eq!(fake.sends.get(), sends, "{}", case.name);
            let already = again.steps.iter().all(|step| step.outcome == StepOutcome::Already);
            assert!(already, "nothing was sent, and that is said: {}: {again:?}", case.name);
            assert!(again.left.is_empty() || again.left == first.left, "{}", case.name);
        }
    }
}

#[test]
fn the_moment_moves_on_once_the_closure_was_read_back_and_never_again() {
    let case = cases::all().pop().unwrap();
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    assert_eq!(receipt.steps[2].outcome, StepOutcome::Done, "{receipt:?}");
    let put: Vec<_> = notes
        .history()
        .into_iter()
        .filter_map(|entry| match entry {
            Entry::Intent { at, step, change, .. } if step != "close-trust" => {
                Some((at, change.to))
            }
            _ => None,
        })
        .collect();
    let [(first, early), (second, late)] = put.as_slice() else { panic!("{put:?}") };
    assert!(second.millis() - first.millis() >= 10_000, "not before the window has passed");
    assert_ne!(early, late);
    let again = run(&case, &fake, &notes);
    assert!(again.steps.iter().all(|step| step.outcome == StepOutcome::Already), "{again:?}");
    assert!(again.steps.iter().all(|step| step.said == ["an earlier run of this plan did it"]));
    assert_eq!(again.left, receipt.left);

    // Without a window both fall into one second: then it is said that nothing was sent.
    let (fake, mut notes) = (case.fake(), Notes::default());
    fake.latency.set(0);
    let options = Options { window: std::time::Duration::ZERO, ..Options::default() };
    let receipt = apply(&case.approved(), &[], &fake, &mut notes, options).unwrap();
    assert_eq!(receipt.steps[2].outcome, StepOutcome::Already, "{receipt:?}");
    assert!(receipt.steps[2].said[0].contains("nothing was sent"), "{receipt:?}");
}

#[test]
fn where_reads_lag_behind_changes_everything_is_contained_and_given_back_all_the_same() {
    for case in cases::all() {
        let clean = case.fake();
        run(&case, &clean, &Notes::default());
        for lag in [200, 1000, 4000] {
            let (fake, notes) = (case.fake(), Notes::default());
            fake.lag.set(lag);
            let receipt = run(&case, &fake, &notes);
            assert_eq!(receipt.ending, Ending::Contained, "{} {lag}: {receipt:?}", case.name);
            let things = cases::timeless(fake.snapshot());
            assert_eq!(things, cases::timeless(clean.snapshot()), "{} {lag}", case.name);
            let how = RevertOptions { rearm: true, ..RevertOptions::default() };
            let (history, approved) = (notes.history(), case.approved());
            let mut journal = notes.clone();
            revert((&receipt, &approved), &history, &fake, &mut journal, how).unwrap();
            let mut start = case.fake().snapshot();
            if case.deletes_password() {
                start.remove(&cases::password());
            }
            assert_eq!(fake.snapshot(), start, "{} {lag}", case.name);
        }
    }
}

#[test]
fn every_action_needs_the_permissions_that_its_plan_tells_and_no_others() {
    for case in cases::all() {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        for rearm in [false, true] {
            let how = RevertOptions { rearm, ..RevertOptions::default() };
            let (history, approved) = (notes.history(), case.approved());
            revert((&receipt, &approved), &history, &fake, &mut notes.clone(), how).unwrap();
        }
        let needed: Vec<&str> = fake.needed.borrow().iter().copied().collect();
        assert_eq!(case.plan.permissions(), needed, "{}", case.name);
    }
}

#[test]
fn every_change_has_a_command_and_every_thing_one_that_gives_it_back() {
    for case in cases::all() {
        let (mut things, mut undone) = (Vec::new(), 0);
        for commands in commands(&case.plan, case.plan.made_at) {
            let step = case.plan.step(&commands.step).unwrap();
            assert!(!commands.change.is_empty(), "{commands:?}");
            let is_rule = matches!(step.change, Planned::Every { .. });
            assert_eq!(commands.look.is_some(), is_rule, "{commands:?}");
            undone += commands.undo.len();
            match &step.undo {
                Undo::By(changes) => things.extend(changes.iter().map(|change| &change.thing)),
                Undo::Never { .. } => assert!(step.flag.is_some() && commands.undo.is_empty()),
            }
        }
        things.sort();
        things.dedup();
        assert_eq!(undone, things.len(), "{}", case.name);
    }
}

#[test]
fn containing_a_user_takes_few_calls() {
    let cases = cases::all();
    let case = cases.iter().find(|case| case.name == "user whose password stays").unwrap();
    let fake = case.fake();
    let options = Options { window: std::time::Duration::ZERO, ..Options::default() };
    let receipt = apply(&case.approved(), &[], &fake, &mut Notes::default(), options).unwrap();
    assert_eq!(receipt.ending, Ending::Contained);
    assert!(fake.calls.get() < 25, "{} calls", fake.calls.get());
}
