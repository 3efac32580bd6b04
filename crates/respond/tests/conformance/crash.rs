//! The process dies, at each moment in turn: what was journalled and the live state are enough to
//! finish or to give everything back.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crashcart_respond::{
    Effect, Ending, Entry, Options, Resume, RunError, State, StepOutcome, apply, cut_off_plan,
    resume,
};
use crashcart_store::{Case as Folder, Journal};

use crate::cases::{self, Case, password, timeless};
use crate::fake::{Fake, Fault, Notes};
use crate::{changes, run};

/// The moments at which a run of a case can die.
fn deaths(case: &Case) -> Vec<(Fake, Notes)> {
    let mut deaths = Vec::new();
    for number in 0..changes(case) {
        for fault in [Fault::KillBefore, Fault::KillAfter] {
            let fake = case.fake();
            fake.faults.borrow_mut().push((number, 1, fault));
            deaths.push((fake, Notes::default()));
        }
    }
    let clean = Notes::default();
    run(case, &case.fake(), &clean);
    for entry in 0..clean.history().len() {
        let notes = Notes::default();
        notes.kill_at.set(Some(entry));
        deaths.push((case.fake(), notes));
    }
    deaths
}

/// Runs until it dies, and forgets what killed it.
fn die(case: &Case, fake: &Fake, notes: &Notes) {
    let run = AssertUnwindSafe(|| {
        apply(&case.approved(), &[], fake, &mut notes.clone(), Options::default()).unwrap();
    });
    assert!(catch_unwind(run).is_err(), "it was to die");
    fake.faults.borrow_mut().clear();
    notes.kill_at.set(None);
}

#[test]
fn a_run_that_died_at_any_moment_can_be_finished() {
    for case in cases::all() {
        finish(&case);
    }
}

#[test]
fn a_run_that_died_at_any_moment_can_be_given_back() {
    for case in cases::all() {
        give_back(&case);
    }
}

fn finish(case: &Case) {
    let clean = case.fake();
    run(case, &clean, &Notes::default());
    for (number, (fake, notes)) in deaths(case).into_iter().enumerate() {
        let at = format!("{}, death {number}", case.name);
        die(case, &fake, &notes);
        let (approved, history, options) = (case.approved(), notes.history(), Options::default());
        if cut_off_plan(&history).is_none() {
            // It died before it began.
            assert_eq!(fake.snapshot(), case.fake().snapshot(), "{at}");
            continue;
        }
        let again = apply(&approved, &history, &fake, &mut notes.clone(), options);
        assert!(matches!(again, Err(RunError::CutOff)), "{at}");
        let mut journal = notes.clone();
        let hands: (&Fake, &mut Notes) = (&fake, &mut journal);
        let receipt =
            resume(&approved, &history, (hands.0, hands.1), Resume::Finish, options).unwrap();
        assert_eq!(receipt.ending, Ending::Contained, "{at}: {receipt:?}");
        assert_eq!(timeless(fake.snapshot()), timeless(clean.snapshot()), "{at}");
        assert_eq!(cut_off_plan(&notes.history()), None, "{at}");
    }
}

fn give_back(case: &Case) {
    for (number, (fake, notes)) in deaths(case).into_iter().enumerate() {
        let at = format!("{}, death {number}", case.name);
        die(case, &fake, &notes);
        let (approved, history, options) = (case.approved(), notes.history(), Options::default());
        if cut_off_plan(&history).is_none() {
            continue;
        }
        let mut journal = notes.clone();
        let receipt =
            resume(&approved, &history, (&fake, &mut journal), Resume::Undo, options).unwrap();
        let mut start = case.fake().snapshot();
        if case.deletes_password() && !fake.snapshot().contains_key(&password()) {
            assert_eq!(start.remove(&password()), Some(State::Present));
            let lost = receipt.steps.iter().any(|step| step.outcome == StepOutcome::Lost);
            assert!(lost, "{at}: {receipt:?}");
        }
        assert_eq!(receipt.ending, Ending::GivenBack, "{at}: {receipt:?}");
        assert_eq!(fake.snapshot(), start, "{at}");
    }
}

#[test]
fn there_is_nothing_to_resume_after_a_run_that_ended() {
    let case = cases::all().remove(0);
    let (fake, mut notes) = (case.fake(), Notes::default());
    run(&case, &fake, &notes);
    let (history, options) = (notes.history(), Options::default());
    let resumed = resume(&case.approved(), &history, (&fake, &mut notes), Resume::Finish, options);
    assert!(matches!(resumed, Err(RunError::NothingToResume)));
}

/// A journal on a disk, in a case, that a crash tears.
#[test]
fn a_torn_outcome_in_a_real_case_is_settled_from_the_live_state() {
    for case in cases::all() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Folder::open_for_writing(folder.path(), "test", None).unwrap();
        let (fake, approved, options) = (case.fake(), case.approved(), Options::default());
        let opened = open();
        apply(&approved, &[], &fake, &mut Journal::open(&opened).unwrap(), options).unwrap();
        drop(opened);
        let contained = fake.snapshot();
        // Begun, intent, and half of the outcome that says whether it was done.
        let path = folder.path().join("journal.jsonl");
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.split_inclusive('\n').collect();
        let torn = [lines[0], lines[1], &lines[2][..lines[2].len() / 2]].concat();
        std::fs::write(&path, torn).unwrap();

        let reopened = open();
        let mut journal = Journal::open(&reopened).unwrap();
        assert!(journal.repair().is_some(), "{}", case.name);
        let history = journal.entries().unwrap();
        assert_eq!(cut_off_plan(&history), Some(approved.hash()));
        let receipt =
            resume(&approved, &history, (&fake, &mut journal), Resume::Finish, options).unwrap();
        assert_eq!(receipt.ending, Ending::Contained, "{}: {receipt:?}", case.name);
        assert_eq!(timeless(fake.snapshot()), timeless(contained), "{}", case.name);
        let settled = journal.entries::<Entry>().unwrap();
        let seen = |entry: &Entry| matches!(entry, Entry::Outcome { effect: Effect::Seen, .. });
        assert!(settled.iter().any(seen), "{}", case.name);
        assert!(crashcart_store::verify(folder.path()).unwrap().is_intact(), "{}", case.name);
    }
}
