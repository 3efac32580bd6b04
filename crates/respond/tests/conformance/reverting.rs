//! Giving back: with `rearm` exactly, without it nothing that is suspect.

use crashcart_respond::documents::{DENY_ALL, DENY_OLDER_SESSIONS, deny_all};
use crashcart_respond::{
    Ending, Entry, Options, Planned, Purpose, Receipt, Resume, Return, RevertOptions, RunError,
    State, StepOutcome, StepReceipt, Thing, Verified, receipts, resume, returns, revert,
};
use serde_json::json;

use crate::cases::{self, Case, key, password, user_policy};
use crate::fake::{Fake, Intruder, Notes};
use crate::run;

fn back(case: &Case, fake: &Fake, (notes, receipt): (&Notes, &Receipt), rearm: bool) -> Receipt {
    let how = RevertOptions { rearm, ..RevertOptions::default() };
    let history = notes.history();
    revert((receipt, &case.approved()), &history, fake, &mut notes.clone(), how).unwrap()
}

/// What is said before it is approved.
fn foretold(case: &Case, fake: &Fake, (notes, of): (&Notes, &Receipt), rearm: bool) -> Vec<Return> {
    let how = RevertOptions { rearm, ..RevertOptions::default() };
    returns((of, &case.approved()), &notes.history(), fake, how).unwrap()
}

#[test]
fn with_rearm_the_account_is_as_it_was_except_for_what_was_declared_lost() {
    for case in cases::all() {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        let named = foretold(&case, &fake, (&notes, &receipt), true);
        assert_eq!(named.len(), receipt.left.len());
        let lost = named.iter().filter(|one| matches!(one, Return::Lost(_))).count();
        assert_eq!(lost, usize::from(case.deletes_password()), "{named:?}");
        let reverted = back(&case, &fake, (&notes, &receipt), true);
        let mut start = case.fake().snapshot();
        let lost =
            |steps: &Receipt| steps.steps.iter().any(|step| step.outcome == StepOutcome::Lost);
        assert_eq!(reverted.ending, Ending::GivenBack, "{}: {reverted:?}", case.name);
        assert_eq!(lost(&reverted), case.deletes_password(), "{}: {reverted:?}", case.name);
        if case.deletes_password() {
            start.remove(&password());
        }
        assert_eq!(fake.snapshot(), start, "{}", case.name);
    }
}

#[test]
fn without_rearm_nothing_suspect_lives_and_older_sessions_stay_denied() {
    for case in cases::all() {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        fake.pass(3_600_000);
        let moment = fake.millis();
        let reverted = back(&case, &fake, (&notes, &receipt), false);
        assert_eq!(reverted.ending, Ending::GivenBack, "{}: {reverted:?}", case.name);
        let now = fake.snapshot();
        for step in &case.plan.steps {
            if let Planned::Every { seen, .. } = &step.change {
                assert!(seen.iter().all(|(thing, _)| now[thing] == State::Inactive));
            }
            let Some(rule) = step.cut_off() else { continue };
            let cut_off = rule.moment(&now[&rule.policy]).unwrap();
            assert!(cut_off.millis() > moment, "{}: from {cut_off}", case.name);
            assert!(reverted.notes.iter().any(|note| note.contains("stay denied")));
        }
        // A password that the intruder may know lets nobody in while everything is denied.
        let is_about_user = case.name.starts_with("user");
        if is_about_user && now.contains_key(&password()) {
            assert!(now.contains_key(&user_policy(DENY_ALL)), "{}", case.name);
        } else {
            assert!(!now.contains_key(&user_policy(DENY_ALL)), "{}", case.name);
        }
        // Twice is once, by either receipt: sessions that were had since are the owner's.
        for receipt in [&receipt, &reverted] {
            fake.pass(3_600_000);
            let again = back(&case, &fake, (&notes, receipt), false);
            assert_eq!(again.ending, Ending::GivenBack);
            assert_eq!(fake.snapshot(), now, "{}", case.name);
        }
    }
}

#[test]
fn the_wrong_principal_can_still_be_rearmed_after_a_careful_revert() {
    for case in cases::all().into_iter().filter(|case| !case.deletes_password()) {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        back(&case, &fake, (&notes, &receipt), false);
        let reverted = back(&case, &fake, (&notes, &receipt), true);
        assert_eq!(reverted.ending, Ending::GivenBack, "{}: {reverted:?}", case.name);
        assert_eq!(fake.snapshot(), case.fake().snapshot(), "{}", case.name);
    }
}

#[test]
fn what_somebody_changed_meanwhile_is_given_back_only_by_force() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    let other = State::Document(json!({"Statement": "somebody's"}));
    fake.put(&user_policy(DENY_ALL), other.clone());
    let reverted = back(&case, &fake, (&notes, &receipt), true);
    assert_eq!(reverted.ending, Ending::UndoIncomplete);
    assert_eq!(fake.snapshot()[&user_policy(DENY_ALL)], other);
    let how = RevertOptions { rearm: true, force: true, ..RevertOptions::default() };
    let history = notes.history();
    let approved = case.approved();
    let forced = revert((&reverted, &approved), &history, &fake, &mut notes.clone(), how);
    assert_eq!(forced.unwrap().ending, Ending::GivenBack);
    assert_eq!(fake.snapshot(), case.fake().snapshot());
}

#[test]
fn what_is_gone_already_is_done() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    fake.put(&user_policy(DENY_ALL), State::Absent);
    fake.put(&user_policy(DENY_OLDER_SESSIONS), State::Absent);
    fake.put(&key("AKIAEXAMPLE1"), State::Absent);
    let reverted = back(&case, &fake, (&notes, &receipt), true);
    assert_eq!(reverted.ending, Ending::GivenBack, "{reverted:?}");
    for step in &reverted.steps {
        let is_key = step.name == "access-keys";
        let outcome = match step.name.starts_with("deny") {
            true => StepOutcome::Already,
            false if is_key => StepOutcome::Gone,
            false => StepOutcome::GivenBack,
        };
        assert_eq!(step.outcome, outcome, "{step:?}");
        assert_eq!(step.verified == Verified::NotProven, is_key, "{step:?}");
    }
}

#[test]
fn what_was_deleted_meanwhile_is_told_as_gone_and_never_as_alive() {
    for case in cases::all() {
        for rearm in [true, false] {
            let (fake, notes) = (case.fake(), Notes::default());
            let receipt = run(&case, &fake, &notes);
            for thing in fake.snapshot().into_keys() {
                fake.put(&thing, State::Absent);
            }
            let told = foretold(&case, &fake, (&notes, &receipt), rearm);
            let reverted = back(&case, &fake, (&notes, &receipt), rearm);
            for left in &receipt.left {
                let thing = left.thing.to_string();
                let lasts = left.thing.is_credential() || thing.contains("trust policy");
                if !lasts {
                    continue;
                }
                let line = told.iter().find(|one| one.words().contains(&thing)).unwrap();
                assert_eq!(line.label(), "does not come back", "{line:?}");
                let of = |step: &&StepReceipt| step.said.iter().any(|said| said.contains(&thing));
                // A password that we deleted is told by what that means.
                if left.to != State::Absent && (rearm || !thing.contains("trust policy")) {
                    let step = reverted.steps.iter().find(of).unwrap();
                    assert_eq!(step.outcome, StepOutcome::Gone, "{} {step:?}", case.name);
                }
            }
        }
    }
}

#[test]
fn a_key_that_appeared_after_the_approval_is_in_the_receipt_with_its_undo() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    fake.put(&key("AKIALATER"), State::Active);
    fake.put(&Thing::AccessKey { user: "bob".into(), id: "AKIABOB".into() }, State::Active);
    let receipt = run(&case, &fake, &notes);
    let later = receipt.left.iter().find(|left| left.thing == key("AKIALATER")).unwrap();
    assert_eq!((&later.before, &later.to), (&State::Active, &State::Inactive));
    assert!(!receipt.left.iter().any(|left| left.thing.to_string().contains("bob")));
}

#[test]
fn what_was_done_last_is_undone_first_and_sessions_are_shut_out_before_a_denial_is_lifted() {
    for case in cases::all().into_iter().filter(|case| !case.deletes_password()) {
        let things = |notes: &Notes, undo: bool| -> Vec<Thing> {
            let wanted = if undo { Purpose::Undo } else { Purpose::Contain };
            let thing = |entry| match entry {
                Entry::Intent { purpose, change, .. } if purpose == wanted => Some(change.thing),
                _ => None,
            };
            notes.history().into_iter().filter_map(thing).collect()
        };
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        back(&case, &fake, (&notes, &receipt), true);
        let mut undone = things(&notes, true);
        undone.reverse();
        assert_eq!(things(&notes, false), undone, "{}", case.name);

        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        back(&case, &fake, (&notes, &receipt), false);
        let cut_offs = case.plan.steps.iter().filter_map(|step| step.cut_off());
        let mut cut_offs: Vec<Thing> = cut_offs.map(|rule| rule.policy.clone()).collect();
        cut_offs.dedup();
        let undone = things(&notes, true);
        assert!(undone.starts_with(&cut_offs), "{}: {undone:?}", case.name);
    }
}

#[test]
fn a_revert_that_died_goes_on_as_a_revert_and_rearms_nobody() {
    let case = cases::all().remove(1);
    for lost in 1..8 {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        let before = notes.history().len();
        notes.full_at.set(Some(before + lost));
        notes.room_after.set(Some(0));
        let halted = back(&case, &fake, (&notes, &receipt), false);
        if halted.ending != Ending::Halted {
            assert!(lost > 4);
            continue;
        }
        let (history, options) = (notes.history(), Options::default());
        let (approved, mut journal) = (case.approved(), notes.clone());
        // Told to undo exactly: that was said of the plan, not of the revert.
        let hands: (&Fake, &mut Notes) = (&fake, &mut journal);
        let resumed =
            resume(&approved, &history, (hands.0, hands.1), Resume::Undo, options).unwrap();
        assert_eq!(resumed.ending, Ending::GivenBack, "{lost}: {resumed:?}");
        let now = fake.snapshot();
        assert_eq!(now[&key("AKIAEXAMPLE1")], State::Inactive, "{lost}");
        assert!(now.contains_key(&user_policy(DENY_OLDER_SESSIONS)), "{lost}");
        assert!(!now.contains_key(&user_policy(DENY_ALL)), "{lost}");
    }
}

#[test]
fn a_suspect_key_that_somebody_made_active_meanwhile_is_told() {
    let case = cases::all().remove(0);
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    fake.put(&key("AKIAEXAMPLE1"), State::Active);
    let reverted = back(&case, &fake, (&notes, &receipt), false);
    assert_eq!(reverted.ending, Ending::UndoIncomplete, "{reverted:?}");
}

#[test]
fn a_denial_stays_while_a_credential_that_it_keeps_out_can_be_used() {
    let ssh_key = Thing::SshKey { user: "ada".into(), id: "APKALATER".into() };
    let ways_in = [
        (key("AKIAEXAMPLE1"), State::Active, "made active meanwhile"),
        (key("AKIALATER"), State::Active, "made meanwhile"),
        (ssh_key, State::Active, "made meanwhile"),
        (password(), State::Present, "a password set meanwhile"),
    ];
    for case in cases::all().into_iter().filter(|case| case.name.starts_with("user")) {
        for (way_in, state, why) in &ways_in {
            let at = format!("{}: {way_in}, {why}", case.name);
            let (fake, notes) = (case.fake(), Notes::default());
            let receipt = run(&case, &fake, &notes);
            if fake.snapshot().contains_key(&password()) {
                // Then it stays in any case.
                continue;
            }
            fake.put(way_in, state.clone());
            // Twice is once.
            for _ in 0..2 {
                let reverted = back(&case, &fake, (&notes, &receipt), false);
                assert_eq!(reverted.ending, Ending::UndoIncomplete, "{at}: {reverted:?}");
                assert!(fake.snapshot().contains_key(&user_policy(DENY_ALL)), "{at}");
                let step = reverted.steps.iter().find(|step| step.name == "deny-all").unwrap();
                assert!(step.said[0].contains(&way_in.to_string()), "{at}: {step:?}");
                assert!(step.said[0].contains("contain user/ada again"), "{at}: {step:?}");
            }
            // Nor is it said to be done where somebody else has lifted it.
            fake.put(&user_policy(DENY_ALL), State::Absent);
            let reverted = back(&case, &fake, (&notes, &receipt), false);
            assert_eq!(reverted.ending, Ending::UndoIncomplete, "{at}: {reverted:?}");
            fake.put(&user_policy(DENY_ALL), State::Document(deny_all()));
            let dead = if *way_in == password() { State::Absent } else { State::Inactive };
            fake.put(way_in, dead);
            let reverted = back(&case, &fake, (&notes, &receipt), false);
            assert_eq!(reverted.ending, Ending::GivenBack, "{at}: {reverted:?}");
            assert!(!fake.snapshot().contains_key(&user_policy(DENY_ALL)), "{at}");
        }
    }
}

#[test]
fn a_denial_stays_where_it_cannot_be_read_whom_it_keeps_out() {
    let case = cases::all().remove(1);
    for action in ["iam:ListAccessKeys", "iam:ListSSHPublicKeys", "iam:GetLoginProfile"] {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        fake.denied_actions.borrow_mut().push(action);
        let reverted = back(&case, &fake, (&notes, &receipt), false);
        assert_eq!(reverted.ending, Ending::UndoIncomplete, "{reverted:?}");
        let step = reverted.steps.iter().find(|step| step.name == "deny-all").unwrap();
        assert!(step.said[0].contains(action), "{step:?}");
        assert!(fake.snapshot().contains_key(&user_policy(DENY_ALL)));
    }
}

#[test]
fn a_receipt_that_was_edited_is_refused_and_nothing_of_it_is_followed() {
    let allow = json!({"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]});
    for case in cases::all() {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        let (contained, approved) = (fake.snapshot(), case.approved());
        let mut edited = Vec::new();
        for index in 0..receipt.left.len() {
            let mut other = receipt.clone();
            other.left[index].before = State::Document(allow.clone());
            edited.push(other);
            let mut other = receipt.clone();
            other.left.remove(index);
            edited.push(other);
        }
        edited.push(Receipt { ending: Ending::NotProven, ..receipt.clone() });
        for other in edited {
            for rearm in [false, true] {
                let how = RevertOptions { rearm, ..RevertOptions::default() };
                let (history, journal) = (notes.history(), &mut notes.clone());
                let refused = revert((&other, &approved), &history, &fake, journal, how);
                assert!(matches!(refused, Err(RunError::NotInJournal)), "{}", case.name);
            }
            let how = RevertOptions::default();
            let told = returns((&other, &approved), &notes.history(), &fake, how);
            assert!(matches!(told, Err(RunError::NotInJournal)), "{}", case.name);
        }
        // Nor is one followed whose journal was emptied.
        let how = RevertOptions { rearm: true, ..RevertOptions::default() };
        let refused = revert((&receipt, &approved), &[], &fake, &mut Notes::default(), how);
        assert!(matches!(refused, Err(RunError::NotInJournal)), "{}", case.name);
        // The journal knows no end of a run that was halted: its receipt only points to the plan.
        let mut halted = Receipt { ending: Ending::Halted, ..receipt.clone() };
        halted.left.iter_mut().for_each(|left| left.before = State::Document(allow.clone()));
        let (history, journal) = (notes.history(), &mut notes.clone());
        assert_eq!(fake.snapshot(), contained, "{}", case.name);
        revert((&halted, &approved), &history, &fake, journal, how).unwrap();
        let mut start = case.fake().snapshot();
        if case.deletes_password() {
            start.remove(&password());
        }
        assert_eq!(fake.snapshot(), start, "{}", case.name);
    }
}

#[test]
fn the_journal_has_the_receipt_of_every_run_that_ended() {
    for case in cases::all() {
        let (fake, notes) = (case.fake(), Notes::default());
        let mut kept = vec![run(&case, &fake, &notes)];
        kept.push(back(&case, &fake, (&notes, &kept[0]), false));
        kept.push(back(&case, &fake, (&notes, &kept[0]), true));
        let history = notes.history();
        let journalled: Vec<&Receipt> = receipts(&history).collect();
        assert_eq!(journalled, kept.iter().collect::<Vec<_>>(), "{}", case.name);
    }
}

/// Puts the denial back whenever it was lifted.
struct Binder;

impl Intruder for Binder {
    fn act(&mut self, fake: &Fake, _now: i64) -> i64 {
        fake.put(&user_policy(DENY_ALL), State::Document(deny_all()));
        40
    }
}

#[test]
fn what_was_given_back_and_did_not_hold_is_given_back_by_the_next_revert() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    *fake.intruder.borrow_mut() = Some((fake.millis(), Box::new(Binder)));
    let reverted = back(&case, &fake, (&notes, &receipt), true);
    assert_eq!(reverted.ending, Ending::UndoIncomplete, "{reverted:?}");
    *fake.intruder.borrow_mut() = None;
    let again = back(&case, &fake, (&notes, &reverted), true);
    assert_eq!(again.ending, Ending::GivenBack, "{again:?}");
    assert_eq!(fake.snapshot(), case.fake().snapshot());
}

/// The moment that a user's older sessions are denied from.
fn moment(case: &Case, fake: &Fake) -> i64 {
    let rule = case.plan.steps.iter().find_map(|step| step.cut_off()).unwrap();
    rule.moment(&fake.snapshot()[&rule.policy]).unwrap().millis()
}

#[test]
fn a_revert_denies_what_was_issued_before_it_and_no_minute_more_and_says_until_when() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    fake.pass(3_600_000);
    let before = fake.millis();
    let reverted = back(&case, &fake, (&notes, &receipt), false);
    let denied = moment(&case, &fake);
    assert!(denied >= before && denied <= fake.millis() + 1000, "{denied} of {before}");
    let until = crashcart_model::Timestamp::from_millis(denied + 36 * 3_600_000);
    let note = format!("sessions issued before this revert stay denied until {until}");
    assert!(reverted.notes.iter().any(|said| said.starts_with(&note)), "{:?}", reverted.notes);

    // Somebody put an older moment into our policy: that lets nobody in.
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    let rule = case.plan.steps.iter().find_map(|step| step.cut_off()).unwrap();
    fake.put(&rule.policy, rule.denies(crashcart_model::Timestamp::from_millis(0)));
    let before = fake.millis();
    back(&case, &fake, (&notes, &receipt), false);
    assert!(moment(&case, &fake) >= before);

    // At once after containing the moment lay ahead; and a second revert leaves it.
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    let contained = moment(&case, &fake);
    let before = fake.millis();
    back(&case, &fake, (&notes, &receipt), false);
    let denied = moment(&case, &fake);
    assert!(before <= denied && denied < contained, "{before} {denied} {contained}");
    fake.pass(3_600_000);
    back(&case, &fake, (&notes, &receipt), false);
    assert_eq!(moment(&case, &fake), denied);
}

#[test]
fn a_password_that_was_deleted_is_told_as_lost_whoever_set_another_one() {
    let case = cases::all().into_iter().find(Case::deletes_password).unwrap();
    let (fake, notes) = (case.fake(), Notes::default());
    let receipt = run(&case, &fake, &notes);
    let step = receipt.steps.iter().find(|step| step.name == "console-password").unwrap();
    assert_eq!(step.said, ["console password of user/ada deleted"]);
    for (state, said) in [(State::Absent, "has none now"), (State::Present, "did not set")] {
        fake.put(&password(), state);
        let told = foretold(&case, &fake, (&notes, &receipt), true);
        let lost = told.iter().find(|one| one.words().contains("console password")).unwrap();
        assert!(matches!(lost, Return::Lost(_)) && lost.words().contains(said), "{lost:?}");
        let reverted = back(&case, &fake, (&notes, &receipt), true);
        assert_eq!((reverted.ending, reverted.ending.exit_code()), (Ending::GivenBack, 0));
        let step = reverted.steps.iter().find(|step| step.name == "console-password").unwrap();
        assert_eq!(step.outcome, StepOutcome::Lost);
        assert!(step.said[0].contains(said), "{step:?}");
    }
}

#[test]
fn what_was_given_back_already_is_told_so_and_nothing_is_sent() {
    for case in cases::all().into_iter().filter(|case| !case.deletes_password()) {
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        back(&case, &fake, (&notes, &receipt), true);
        let sends = fake.sends.get();
        assert_eq!(foretold(&case, &fake, (&notes, &receipt), true), []);
        let again = back(&case, &fake, (&notes, &receipt), true);
        assert_eq!((again.ending, again.steps), (Ending::GivenBack, Vec::new()));
        assert_eq!(fake.sends.get(), sends);

        // By hand, before the revert.
        let (fake, notes) = (case.fake(), Notes::default());
        let receipt = run(&case, &fake, &notes);
        for left in &receipt.left {
            fake.put(&left.thing, left.before.clone());
        }
        let sends = fake.sends.get();
        let told = foretold(&case, &fake, (&notes, &receipt), true);
        assert!(told.iter().all(|one| matches!(one, Return::Already(_))), "{told:?}");
        let again = back(&case, &fake, (&notes, &receipt), true);
        assert!(again.steps.iter().all(|step| step.outcome == StepOutcome::Already), "{again:?}");
        assert_eq!(fake.sends.get(), sends);
    }
}
