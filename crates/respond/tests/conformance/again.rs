//! A plan carried out again, or gone on with: whatever fails then, and whoever changed something,
//! what earlier runs hold stays.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crashcart_respond::documents::DENY_ALL;
use crashcart_respond::{Ending, Options, Receipt, Resume, State, apply, resume};
use serde_json::json;

use crate::cases::{self, key, user_policy};
use crate::fake::{Fake, Fault, Notes};
use crate::run;

fn go_on(fake: &Fake, notes: &Notes, how: Resume) -> Receipt {
    let (case, history, options) = (cases::all().remove(1), notes.history(), Options::default());
    resume(&case.approved(), &history, (fake, &mut notes.clone()), how, options).unwrap()
}

fn allow_all() -> State {
    State::Document(json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}))
}

#[test]
fn a_second_run_that_fails_gives_back_nothing_that_the_first_one_did() {
    for case in cases::all() {
        // A step that waits until the others hold comes after many reads.
        let at_once = case.plan.steps.iter().filter(|step| !step.after_verified).count();
        for read in 0..at_once {
            let (fake, notes) = (case.fake(), Notes::default());
            let first = run(&case, &fake, &notes);
            let contained = fake.snapshot();
            fake.denied_reads.borrow_mut().push(fake.reads.get() + read);
            let again = run(&case, &fake, &notes);
            let at = format!("{}, read {read}", case.name);
            assert_eq!(again.ending, Ending::Stopped, "{at}: {again:?}");
            assert_eq!(again.ending.exit_code(), 4, "the account is not as before: no 5");
            assert_eq!(fake.snapshot(), contained, "{at}");
            assert_eq!(again.left, first.left, "{at}: it is still enough to give everything back");
            for left in &first.left {
                let held = format!("still held by an earlier run: {}", left.thing);
                assert!(again.notes.contains(&held), "{at}: {:?}", again.notes);
            }
        }
    }
}

#[test]
fn a_second_run_that_fails_gives_back_what_it_had_changed_itself() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    run(&case, &fake, &notes);
    fake.put(&key("AKIALATER"), State::Active);
    let before = fake.snapshot();
    // The list of SSH keys, which comes after that of access keys.
    fake.denied_reads.borrow_mut().push(fake.reads.get() + 3);
    let again = run(&case, &fake, &notes);
    assert_eq!(again.ending, Ending::Stopped, "{again:?}");
    assert!(
        again
            .steps
            .iter()
            .any(|step| step.said.join("").contains("AKIALATER of user/ada made inactive"))
    );
    assert_eq!(fake.snapshot(), before);
    assert!(!again.left.iter().any(|left| left.thing == key("AKIALATER")));
}

#[test]
fn an_intruder_who_overwrites_a_denial_frees_nobody_when_the_plan_is_applied_again() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    run(&case, &fake, &notes);
    fake.put(&user_policy(DENY_ALL), allow_all());
    let before = fake.snapshot();
    let again = run(&case, &fake, &notes);
    assert_eq!(again.ending, Ending::Stopped, "{again:?}");
    assert_eq!(fake.snapshot(), before);
    let said = &again.steps[0].said;
    assert!(said[0].contains(r#""Effect":"Allow""#), "what stands there is told: {said:?}");
    let note = "no longer as an earlier run left it: the inline policy crashcart-deny-all";
    assert!(again.notes.iter().any(|said| said.contains(note)), "{:?}", again.notes);
    let held = "still held by an earlier run: access key AKIAEXAMPLE1";
    assert!(again.notes.iter().any(|said| said.contains(held)), "{:?}", again.notes);
}

#[test]
fn an_intruder_who_overwrites_a_denial_frees_nobody_when_a_run_that_died_is_gone_on_with() {
    let case = cases::all().remove(1);
    for how in [Resume::Finish, Resume::Undo] {
        let (fake, notes) = (case.fake(), Notes::default());
        // It dies at the fourth change: the denials and a key are done.
        fake.faults.borrow_mut().push((3, 1, Fault::KillBefore));
        let dies = AssertUnwindSafe(|| run(&case, &fake, &notes));
        assert!(catch_unwind(dies).is_err());
        fake.put(&user_policy(DENY_ALL), allow_all());
        let before = fake.snapshot();
        let resumed = go_on(&fake, &notes, how);
        if how == Resume::Finish {
            assert_eq!(resumed.ending, Ending::Stopped, "{resumed:?}");
            assert_eq!(fake.snapshot(), before);
            assert_eq!(resumed.left.len(), 3);
        } else {
            // That was asked for; somebody's policy stays, and is told.
            assert_eq!(resumed.ending, Ending::UndoIncomplete, "{resumed:?}");
            assert_eq!(fake.snapshot()[&key("AKIAEXAMPLE1")], State::Active);
        }
    }
}

#[test]
fn undoing_a_second_run_that_died_leaves_what_the_first_one_did() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    run(&case, &fake, &notes);
    let contained = fake.snapshot();
    fake.put(&key("AKIALATER"), State::Active);
    notes.kill_at.set(Some(notes.history().len() + 3));
    let (approved, history, options) = (case.approved(), notes.history(), Options::default());
    let dies = AssertUnwindSafe(|| {
        apply(&approved, &history, &fake, &mut notes.clone(), options).unwrap();
    });
    assert!(catch_unwind(dies).is_err());
    notes.kill_at.set(None);
    assert_eq!(fake.snapshot()[&key("AKIALATER")], State::Inactive);
    let resumed = go_on(&fake, &notes, Resume::Undo);
    assert_eq!(resumed.ending, Ending::Stopped, "{resumed:?}");
    let mut expected = contained;
    expected.insert(key("AKIALATER"), State::Active);
    assert_eq!(fake.snapshot(), expected);
}
