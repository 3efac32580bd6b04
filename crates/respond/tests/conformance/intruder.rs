//! Somebody holds the user's credentials and answers each change while IAM's delay lets them.

use std::cell::RefCell;
use std::rc::Rc;

use crashcart_respond::documents::{DENY_ALL, DENY_OLDER_SESSIONS};
use crashcart_respond::{Ending, State, Thing, Verified};

use crate::cases::{self, user_policy};
use crate::fake::{Fake, Intruder, Notes};
use crate::run;

/// Milliseconds until IAM enforces a change.
const DELAY: i64 = 4000;

/// Makes new keys and lifts denials until no credential of it can do anything any more.
struct Bot {
    random: u64,
    made: usize,
    /// Milliseconds from one act to the next, at least; twice as many at most.
    pace: i64,
    /// When it last got something done.
    last_success: Rc<RefCell<Option<i64>>>,
}

impl Bot {
    fn random(&mut self, below: u64) -> u64 {
        // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators).
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    }
}

/// Whether any key of the user can do anything, as IAM enforces it at a moment.
fn can_act(fake: &Fake, now: i64) -> bool {
    let enforced = now - DELAY;
    let denied = fake.state_at(&user_policy(DENY_ALL), enforced) != State::Absent;
    let keys = keys(fake);
    // A new key works at once; that it is inactive takes as long as anything.
    let works = |key: &Thing| {
        fake.state_at(key, enforced) == State::Active
            || (fake.state_at(key, enforced) == State::Absent
                && fake.state_at(key, now) == State::Active)
    };
    !denied && keys.iter().any(works)
}

fn keys(fake: &Fake) -> Vec<Thing> {
    let all = fake.snapshot().into_keys();
    all.filter(|thing| matches!(thing, Thing::AccessKey { .. })).collect()
}

impl Intruder for Bot {
    fn act(&mut self, fake: &Fake, now: i64) -> i64 {
        if can_act(fake, now) {
            *self.last_success.borrow_mut() = Some(now);
            let snapshot = fake.snapshot();
            let denied = [DENY_ALL, DENY_OLDER_SESSIONS].map(user_policy);
            let denied = denied.into_iter().find(|policy| snapshot.contains_key(policy));
            let dead: Vec<Thing> =
                keys(fake).into_iter().filter(|key| snapshot[key] != State::Active).collect();
            match (denied, dead.first()) {
                (Some(policy), _) if self.random(3) > 0 => fake.put(&policy, State::Absent),
                (_, Some(key)) if self.random(2) > 0 => fake.put(key, State::Active),
                (_, Some(key)) => {
                    // A user has two keys at most: one goes, another comes.
                    fake.put(key, State::Absent);
                    self.made += 1;
                    let id = format!("AKIAINTRUDER{}", self.made);
                    fake.put(&Thing::AccessKey { user: "ada".into(), id }, State::Active);
                }
                _ => {}
            }
        }
        self.pace + i64::try_from(self.random(self.pace.unsigned_abs())).unwrap()
    }
}

/// One call of ours takes 50 ms; to see and to answer is two calls, so nobody is faster than 100 ms.
#[test]
fn an_intruder_who_answers_every_change_loses_on_100_of_100_seeds_at_any_pace() {
    let case = cases::all().remove(1);
    for (seed, pace) in (0..100).flat_map(|seed| [100, 250, 500].map(|pace| (seed, pace))) {
        let at = format!("seed {seed}, pace {pace} ms");
        let (fake, notes) = (case.fake(), Notes::default());
        let last_success = Rc::new(RefCell::new(None));
        let bot = Bot { random: seed, made: 0, pace, last_success: Rc::clone(&last_success) };
        *fake.intruder.borrow_mut() = Some((fake.millis(), Box::new(bot)));
        let receipt = run(&case, &fake, &notes);
        assert_eq!(receipt.ending, Ending::Contained, "{at}: {receipt:?}");
        let ended = fake.millis();
        fake.pass(60_000);
        let last = last_success.borrow().expect("the intruder did something at first");
        assert!(last <= ended, "{at}: acted {} ms after the end", last - ended);
        let snapshot = fake.snapshot();
        assert!(keys(&fake).iter().all(|key| snapshot[key] == State::Inactive), "{at}");
        assert!(snapshot.contains_key(&user_policy(DENY_ALL)), "{at}");
        assert!(snapshot.contains_key(&user_policy(DENY_OLDER_SESSIONS)), "{at}");
    }
}

/// Opens a role's trust policy once more, five seconds after it was closed.
struct Opener {
    trust: State,
    closed: bool,
}

impl Intruder for Opener {
    fn act(&mut self, fake: &Fake, _now: i64) -> i64 {
        if self.closed {
            fake.put(&cases::trust_policy(), self.trust.clone());
            return i64::MAX / 2;
        }
        self.closed = fake.snapshot()[&cases::trust_policy()] != self.trust;
        if self.closed { 5000 } else { 10 }
    }
}

#[test]
fn sessions_that_were_had_while_the_way_in_was_being_closed_are_denied_too() {
    let case = cases::all().pop().unwrap();
    let fake = case.fake();
    let trust = fake.snapshot()[&cases::trust_policy()].clone();
    let opener = Box::new(Opener { trust, closed: false });
    *fake.intruder.borrow_mut() = Some((fake.millis(), opener));
    let receipt = run(&case, &fake, &Notes::default());
    assert_eq!(receipt.ending, Ending::Contained, "{receipt:?}");
    let closed = receipt.left.iter().find(|left| left.thing == cases::trust_policy()).unwrap();
    let rule = case.plan.steps.last().unwrap().cut_off().unwrap();
    let moment = rule.moment(&fake.snapshot()[&rule.policy]).unwrap();
    let ahead = moment.millis() - closed.at.millis();
    assert!(ahead >= i64::from(rule.ahead_seconds) * 1000, "{ahead} ms after the closure");
}

/// Lifts the denial whenever it is there, whatever IAM enforces.
struct Lifter;

impl Intruder for Lifter {
    fn act(&mut self, fake: &Fake, _now: i64) -> i64 {
        fake.put(&user_policy(DENY_ALL), State::Absent);
        60
    }
}

#[test]
fn what_does_not_hold_is_told_and_nothing_more_is_said_of_the_other_steps_than_was_read() {
    let case = cases::all().remove(1);
    let fake = case.fake();
    *fake.intruder.borrow_mut() = Some((fake.millis(), Box::new(Lifter)));
    let receipt = run(&case, &fake, &Notes::default());
    assert_eq!((receipt.ending, receipt.ending.exit_code()), (Ending::NotProven, 4));
    // The denial took all the time there was: nothing else was looked at for a whole window.
    for step in &receipt.steps {
        assert_eq!(step.verified, Verified::NotProven, "{step:?}");
    }
    assert!(receipt.notes.iter().any(|note| note.contains("service control policy")));
    let snapshot = fake.snapshot();
    assert!(keys(&fake).iter().all(|key| snapshot[key] == State::Inactive));
}

/// Lifts the denial once, five seconds after it was put.
struct LifterOnce {
    seen: bool,
}

impl Intruder for LifterOnce {
    fn act(&mut self, fake: &Fake, _now: i64) -> i64 {
        if self.seen {
            fake.put(&user_policy(DENY_ALL), State::Absent);
            return i64::MAX / 2;
        }
        self.seen = fake.snapshot().contains_key(&user_policy(DENY_ALL));
        if self.seen { 5000 } else { 10 }
    }
}

#[test]
fn a_denial_that_somebody_lifted_while_it_was_read_back_is_put_again_and_that_is_said() {
    let case = cases::all().remove(1);
    let fake = case.fake();
    *fake.intruder.borrow_mut() = Some((fake.millis(), Box::new(LifterOnce { seen: false })));
    let receipt = run(&case, &fake, &Notes::default());
    assert_eq!(receipt.ending, Ending::Contained, "{receipt:?}");
    let said = |name: &str| {
        let step = receipt.steps.iter().find(|step| step.name == name).unwrap();
        step.said.iter().any(|said| said.contains("set again once"))
    };
    assert!(said("deny-all") && !said("access-keys"), "{receipt:?}");
}

#[test]
fn what_cannot_be_read_back_is_no_sign_of_somebody_who_works_against_it() {
    let case = cases::all().remove(1);
    let (fake, notes) = (case.fake(), Notes::default());
    let steps = case.plan.steps.len();
    // Each step reads once; what comes then is reading back.
    fake.denied_reads.borrow_mut().extend(steps..steps + 10_000);
    let receipt = run(&case, &fake, &notes);
    assert_eq!((receipt.ending, receipt.ending.exit_code()), (Ending::NotReadBack, 4));
    let text = format!("{receipt:?}");
    assert!(!text.contains("somebody") && text.contains("was denied"), "{text}");
}
