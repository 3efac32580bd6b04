//! Two plans of one case about the same things: what one of them holds the other does not give back,
//! and what one gave back was changed by nobody else.

use crashcart_respond::documents::DENY_ALL;
use crashcart_respond::{
    Ending, Receipt, Return, RevertOptions, State, StepOutcome, returns, revert,
};

use crate::cases::{self, Case, key, user_policy};
use crate::fake::{Fault, Notes};
use crate::run;

#[test]
fn a_key_that_two_plans_hold_stays_inactive_until_both_are_given_back() {
    let cases = cases::all();
    let (of_key, of_user) = (&cases[0], &cases[1]);
    let plans = [of_key.plan.clone(), of_user.plan.clone()];
    let (fake, notes) = (of_key.fake(), Notes::default());
    let by_key = run(of_key, &fake, &notes);
    let by_user = run(of_user, &fake, &notes);
    let give = |case: &Case, receipt: &Receipt, force| {
        let how = RevertOptions { rearm: true, force, plans: &plans, ..RevertOptions::default() };
        let history = notes.history();
        let told = returns((receipt, &case.approved()), &history, &fake, how).unwrap();
        let approved = case.approved();
        let given = revert((receipt, &approved), &history, &fake, &mut notes.clone(), how);
        (told, given.unwrap())
    };
    let (told, given) = give(of_key, &by_key, false);
    assert!(matches!(told[0], Return::Stays(_)), "{told:?}");
    assert_eq!(given.steps[0].outcome, StepOutcome::Kept);
    assert!(given.steps[0].said[0].contains(&of_user.plan.hash()[..12]), "{given:?}");
    assert_eq!(fake.snapshot()[&key("AKIAEXAMPLE1")], State::Inactive);
    give(of_user, &by_user, false);
    assert_eq!(fake.snapshot()[&key("AKIAEXAMPLE1")], State::Inactive, "one of them is not back");
    give(of_key, &by_key, false);
    assert_eq!(fake.snapshot(), of_key.fake().snapshot());
}

#[test]
fn what_another_plan_of_the_case_gave_back_was_changed_by_nobody_else() {
    let cases = cases::all();
    let (of_key, of_user) = (&cases[0], &cases[1]);
    let (fake, notes) = (of_key.fake(), Notes::default());
    let by_user = run(of_user, &fake, &notes);
    fake.put(&key("AKIAEXAMPLE1"), State::Active);
    let by_key = run(of_key, &fake, &notes);
    let how = RevertOptions { rearm: true, force: true, ..RevertOptions::default() };
    let approved = of_key.approved();
    revert((&by_key, &approved), &notes.history(), &fake, &mut notes.clone(), how).unwrap();
    let (approved, how) = (of_user.approved(), RevertOptions::default());
    let history = notes.history();
    let reverted = revert((&by_user, &approved), &history, &fake, &mut notes.clone(), how);
    let reverted = reverted.unwrap();
    let said = |step: &crashcart_respond::StepReceipt| step.said.join(" ");
    assert!(!reverted.steps.iter().any(|step| said(step).contains("somebody")), "{reverted:?}");
    let gave = format!("the plan {} of this case gave it back", &of_key.plan.hash()[..12]);
    assert!(reverted.steps.iter().any(|step| said(step).contains(&gave)), "{reverted:?}");
    // It can be used: so the denial stays.
    assert!(fake.snapshot().contains_key(&user_policy(DENY_ALL)));
}

#[test]
fn a_run_that_fails_does_not_wake_a_key_that_another_plan_holds() {
    let cases = cases::all();
    let (of_key, of_user) = (&cases[0], &cases[1]);
    let (fake, notes) = (of_key.fake(), Notes::default());
    run(of_key, &fake, &notes);
    // The intruder made it active again; the run takes it, and fails at the SSH key.
    fake.put(&key("AKIAEXAMPLE1"), State::Active);
    fake.faults.borrow_mut().push((fake.sends.get() + 3, 1, Fault::Denied));
    let failed = run(of_user, &fake, &notes);
    assert_eq!(failed.ending, Ending::Stopped, "{failed:?}");
    assert_eq!(fake.snapshot()[&key("AKIAEXAMPLE1")], State::Inactive);
    assert!(!fake.snapshot().contains_key(&user_policy(DENY_ALL)), "the rest is given back");
    assert!(!failed.notes.iter().any(|note| note.contains("ACTIVE AGAIN: the access key")));
}
