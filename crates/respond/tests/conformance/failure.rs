//! A call fails, at each step in turn: the account is as before, or fully contained.

use crashcart_respond::{
    Ending, Entry, Options, Resume, RunError, State, StepOutcome, apply, rehearse, resume,
};

use crate::cases::{self, key, timeless};
use crate::fake::{Fake, Fault, Notes};
use crate::{changes, run};

#[test]
fn a_change_that_fails_for_good_gives_everything_back() {
    for case in cases::all() {
        for fault in [Fault::Denied, Fault::Throttled, Fault::LostRequest] {
            // Throttled and lost calls are tried four times.
            let many = if fault == Fault::Denied { 1 } else { 4 };
            for number in 0..changes(&case) {
                let (fake, notes) = (case.fake(), Notes::default());
                fake.faults.borrow_mut().push((number, many, fault));
                let receipt = run(&case, &fake, &notes);
                let at = format!("{}, {fault:?} at {number}", case.name);
                assert_eq!(receipt.ending, Ending::FailedAndUndone, "{at}: {receipt:?}");
                assert_eq!(receipt.ending.exit_code(), 5);
                assert_eq!(fake.snapshot(), case.fake().snapshot(), "{at}");
                assert!(receipt.left.is_empty(), "{at}");
                let failed = |outcome| receipt.steps.iter().any(|step| step.outcome == outcome);
                assert!(failed(StepOutcome::Failed), "{at}");
            }
        }
    }
}

#[test]
fn a_change_that_fails_once_or_whose_answer_is_lost_is_done_all_the_same() {
    for case in cases::all() {
        let clean = case.fake();
        run(&case, &clean, &Notes::default());
        for fault in [Fault::Throttled, Fault::LostRequest, Fault::LostAnswer] {
            for number in 0..changes(&case) {
                let (fake, notes) = (case.fake(), Notes::default());
                fake.faults.borrow_mut().push((number, 1, fault));
                let receipt = run(&case, &fake, &notes);
                let at = format!("{}, {fault:?} at {number}", case.name);
                assert_eq!(receipt.ending, Ending::Contained, "{at}: {receipt:?}");
                assert_eq!(timeless(fake.snapshot()), timeless(clean.snapshot()), "{at}");
            }
        }
    }
}

#[test]
fn a_run_that_fails_names_what_is_alive_again_and_how_to_keep_it_dead() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    // The denials and a key are done, the SSH key is not.
    fake.faults.borrow_mut().push((3, 1, Fault::Denied));
    let receipt = run(&case, &fake, &notes);
    assert_eq!(receipt.ending, Ending::FailedAndUndone);
    let said = receipt.notes.join("\n");
    let key = "ACTIVE AGAIN: the access key AKIAEXAMPLE1 of user/ada";
    for part in [key, "NO LONGER DENIED: user/ada", "NOTHING IS CUT OFF", "--keep-going"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}

#[test]
fn a_rehearsal_sends_nothing_and_ends_as_the_run_would() {
    for case in cases::all() {
        for changed in case.plan.steps.iter().map(Some).chain([None]) {
            let (fake, notes) = (case.fake(), Notes::default());
            let other = State::Document(serde_json::json!({"Statement": "somebody's"}));
            if let Some(step) = changed {
                let Some(change) = step.preview(cases::ACCOUNT, case.plan.made_at).pop() else {
                    continue;
                };
                if !change.thing.can_become(&other) {
                    continue;
                }
                fake.put(&change.thing, other);
            }
            let before = fake.snapshot();
            let options = Options::default();
            let told = rehearse(&case.approved(), &[], &fake, options).unwrap();
            assert_eq!((fake.snapshot(), fake.sends.get()), (before, 0), "{}", case.name);
            let told_to_send: usize = told.steps.iter().map(|step| step.sends.len()).sum();
            let receipt = run(&case, &fake, &notes);
            assert_eq!(told.ending, receipt.ending, "{}: {told:?}", case.name);
            if changed.is_none() {
                assert_eq!(told_to_send, fake.sends.get(), "{}: {told:?}", case.name);
                let again = rehearse(&case.approved(), &notes.history(), &fake, options).unwrap();
                assert!(again.steps.iter().all(|step| step.sends.is_empty()), "{again:?}");
            } else {
                let trouble = told.steps.iter().find_map(|step| step.trouble.as_ref()).unwrap();
                assert!(trouble.contains("somebody's"), "what is there now is told: {trouble}");
            }
        }
    }
}

#[test]
fn told_to_go_on_the_other_steps_are_done() {
    let case = cases::all().remove(1);
    let (fake, mut notes) = (case.fake(), Notes::default());
    fake.faults.borrow_mut().push((0, 1, Fault::Denied));
    let options = Options { keep_going: true, ..Options::default() };
    let receipt = apply(&case.approved(), &[], &fake, &mut notes, options).unwrap();
    assert_eq!(receipt.ending, Ending::Partly);
    assert_eq!(fake.snapshot()[&key("AKIAEXAMPLE1")], State::Inactive);
}

#[test]
fn an_undo_that_fails_is_told_and_what_is_left_is_listed() {
    let case = cases::all().remove(1);
    let fake = case.fake();
    // Everything from the third change on, so that the first two cannot be undone either.
    fake.faults.borrow_mut().push((2, 1000, Fault::Denied));
    let receipt = run(&case, &fake, &Notes::default());
    assert_eq!(receipt.ending, Ending::UndoIncomplete);
    assert_eq!(receipt.ending.exit_code(), 6);
    assert_eq!(receipt.left.len(), 2);
}

#[test]
fn somebody_elses_change_stops_the_run_and_stays() {
    for case in cases::all() {
        for step in &case.plan.steps {
            // A rule takes what it finds.
            let Some(change) = step.preview(cases::ACCOUNT, case.plan.made_at).pop() else {
                continue;
            };
            let rule = matches!(step.change, crashcart_respond::Planned::Every { .. });
            let other = State::Document(serde_json::json!({"Statement": "somebody's"}));
            if rule || !change.thing.can_become(&other) {
                continue;
            }
            let fake = case.fake();
            fake.put(&change.thing, other);
            let before = fake.snapshot();
            let receipt = run(&case, &fake, &Notes::default());
            assert_eq!(receipt.ending, Ending::FailedAndUndone, "{} {}", case.name, step.name);
            assert_eq!(fake.snapshot(), before, "{} {}", case.name, step.name);
            let said = receipt.steps.iter().flat_map(|step| &step.said);
            assert!(said.into_iter().any(|said| said.contains("somebody changed")));
        }
    }
}

#[test]
fn nothing_is_sent_that_the_journal_could_not_take() {
    for case in cases::all() {
        for full_at in 0..40 {
            let (fake, notes) = (case.fake(), Notes::default());
            notes.full_at.set(Some(full_at));
            let result =
                apply(&case.approved(), &[], &fake, &mut notes.clone(), Options::default());
            let intents = notes.history().into_iter();
            let intents = intents.filter(|entry| matches!(entry, Entry::Intent { .. })).count();
            assert!(fake.sends.get() <= intents, "{} at {full_at}", case.name);
            match result {
                Err(RunError::Journal(_)) => assert_eq!(full_at, 0),
                Err(error) => panic!("{error}"),
                Ok(receipt) if receipt.ending == Ending::Halted => assert!(full_at > 0),
                Ok(receipt) => assert_eq!(receipt.ending, Ending::Contained),
            }
        }
    }
}

#[test]
fn after_the_journal_could_not_be_written_for_a_moment_the_run_can_be_resumed() {
    for case in cases::all() {
        let (clean, notes) = (case.fake(), Notes::default());
        run(&case, &clean, &notes);
        for full_at in 1..notes.history().len() {
            let (fake, notes) = (case.fake(), Notes::default());
            notes.full_at.set(Some(full_at));
            notes.room_after.set(Some(0));
            let receipt = run(&case, &fake, &notes);
            let at = format!("{} at {full_at}", case.name);
            assert_eq!(receipt.ending, Ending::Halted, "{at}");
            let (approved, history) = (case.approved(), notes.history());
            let mut journal = notes.clone();
            let hands: (&Fake, &mut Notes) = (&fake, &mut journal);
            let (how, options) = (Resume::Finish, Options::default());
            let resumed = resume(&approved, &history, (hands.0, hands.1), how, options).unwrap();
            assert_eq!(resumed.ending, Ending::Contained, "{at}: {resumed:?}");
            assert_eq!(timeless(fake.snapshot()), timeless(clean.snapshot()), "{at}");
        }
    }
}

#[test]
fn where_every_answer_is_lost_the_live_state_tells_that_all_is_done() {
    for case in cases::all() {
        let fake = case.fake();
        fake.faults.borrow_mut().push((0, 1000, Fault::LostAnswer));
        let receipt = run(&case, &fake, &Notes::default());
        assert_eq!(receipt.ending, Ending::Contained, "{}: {receipt:?}", case.name);
        assert_eq!(fake.sends.get(), changes(&case), "{}", case.name);
    }
}

#[test]
fn a_change_that_shows_only_after_everybody_gave_up_on_it_is_undone_too() {
    for case in cases::all().into_iter().filter(|case| !case.deletes_password()) {
        // Before a step that waits for the others, those are set again as long as reads lag.
        let waits = case.plan.steps.iter().filter(|step| step.after_verified).count();
        for number in 0..changes(&case) - waits {
            let fake = case.fake();
            fake.lag.set(3000);
            let lost = [(number, 3, Fault::LostRequest), (number + 3, 1, Fault::LostAnswer)];
            fake.faults.borrow_mut().extend(lost);
            let receipt = run(&case, &fake, &Notes::default());
            let at = format!("{} at {number}", case.name);
            assert_eq!(receipt.ending, Ending::FailedAndUndone, "{at}: {receipt:?}");
            assert_eq!(fake.snapshot(), case.fake().snapshot(), "{at}");
        }
    }
}

#[test]
fn a_change_that_was_answered_with_an_error_and_took_effect_is_told_as_done() {
    for case in cases::all() {
        let clean = case.fake();
        run(&case, &clean, &Notes::default());
        for fault in [Fault::FailedAfter, Fault::ThrottledAfter] {
            let (fake, notes) = (case.fake(), Notes::default());
            fake.faults.borrow_mut().push((0, 1000, fault));
            let receipt = run(&case, &fake, &notes);
            let at = format!("{}, {fault:?}", case.name);
            assert_eq!(receipt.ending, Ending::Contained, "{at}: {receipt:?}");
            assert_eq!(timeless(fake.snapshot()), timeless(clean.snapshot()), "{at}");
            let cleanly = run(&case, &case.fake(), &Notes::default());
            assert_eq!(receipt.left.len(), cleanly.left.len(), "{at}");
        }
    }
}

#[test]
fn a_change_that_was_answered_with_an_error_and_shows_late_is_undone_too_or_told() {
    for case in cases::all() {
        // Before a step that waits for the others, those are set again as long as reads lag.
        let waits = case.plan.steps.iter().filter(|step| step.after_verified).count();
        for (fault, many) in [(Fault::FailedAfter, 1), (Fault::ThrottledAfter, 4)] {
            for number in 0..changes(&case) - waits {
                let fake = case.fake();
                fake.lag.set(9000);
                fake.faults.borrow_mut().push((number, many, fault));
                let receipt = run(&case, &fake, &Notes::default());
                let at = format!("{} at {number}, {fault:?}: {receipt:?}", case.name);
                let mut start = case.fake().snapshot();
                if receipt.ending == Ending::Contained {
                    // Asked again, AWS says that there is no password.
                    assert_eq!((fault, number + 1), (Fault::ThrottledAfter, changes(&case)));
                    assert!(case.deletes_password(), "{at}");
                    continue;
                }
                if case.deletes_password() && !fake.snapshot().contains_key(&cases::password()) {
                    start.remove(&cases::password());
                    assert_eq!(receipt.ending, Ending::UndoIncomplete, "{at}");
                    assert!(receipt.left.iter().any(|left| left.thing == cases::password()));
                    let said: Vec<_> = receipt.steps.iter().flat_map(|step| &step.said).collect();
                    let gone = |said: &&&String| said.contains("is known to nobody");
                    assert!(said.iter().any(|said| gone(&said)), "{at}");
                } else {
                    assert_eq!(receipt.ending, Ending::FailedAndUndone, "{at}");
                }
                assert_eq!(fake.snapshot(), start, "{at}");
            }
        }
    }
}
