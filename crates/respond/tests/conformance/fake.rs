//! An account in memory with a clock of its own: calls can fail before or after they take effect,
//! policies take seconds to be enforced, and somebody may be at work in it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::time::Duration;

use crashcart_aws::AwsError;
use crashcart_model::Timestamp;
use crashcart_respond::{
    Account, Approved, Change, Entry, Journal, JournalError, Scope, Sent, State, Thing,
};

/// The moment at which every story here begins.
pub const BEGINNING: &str = "2026-05-04T02:13:00Z";

/// How a call fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// AWS refuses.
    Denied,
    /// AWS asks to slow down.
    Throttled,
    /// The change took effect; the answer was lost.
    LostAnswer,
    /// The change took effect; the answer was an error of AWS's.
    FailedAfter,
    /// The change took effect; the answer was to slow down.
    ThrottledAfter,
    /// The request was lost.
    LostRequest,
    /// The process dies before the request is sent.
    KillBefore,
    /// The process dies when the change took effect.
    KillAfter,
}

/// The end of the process, without a word.
fn die() -> ! {
    std::panic::resume_unwind(Box::new("killed"))
}

/// Somebody else with credentials of the account.
pub trait Intruder {
    /// Acts now; returns milliseconds until it acts again.
    fn act(&mut self, fake: &Fake, now: i64) -> i64;
}

/// The state of the account over time.
#[derive(Debug, Clone, Default)]
pub struct World {
    /// Each thing's states, with the moment from which each holds, in milliseconds.
    pub things: BTreeMap<Thing, Vec<(i64, State)>>,
}

/// The account.
pub struct Fake {
    pub world: RefCell<World>,
    now: Cell<i64>,
    /// Calls so far, reads and changes.
    pub calls: Cell<usize>,
    /// Reads so far, of a thing or a list.
    pub reads: Cell<usize>,
    /// Reads that are denied, by their number from 0.
    pub denied_reads: RefCell<Vec<usize>>,
    /// What the caller may not read, by IAM action.
    pub denied_actions: RefCell<Vec<&'static str>>,
    /// Changes sent so far.
    pub sends: Cell<usize>,
    /// Faults by number of the change, from 0; the second member says for how many on.
    pub faults: RefCell<Vec<(usize, usize, Fault)>>,
    pub intruder: RefCell<Option<(i64, Box<dyn Intruder>)>>,
    /// The IAM actions that were needed.
    pub needed: RefCell<BTreeSet<&'static str>>,
    /// Milliseconds by which reads lag behind changes.
    pub lag: Cell<i64>,
    /// Milliseconds that a call takes.
    pub latency: Cell<i64>,
}

impl Fake {
    pub fn new(things: &[(Thing, State)]) -> Self {
        let now = Timestamp::parse(BEGINNING).unwrap().millis();
        let things = things.iter().map(|(thing, state)| (thing.clone(), vec![(0, state.clone())]));
        Self {
            world: RefCell::new(World { things: things.collect() }),
            now: Cell::new(now),
            calls: Cell::new(0),
            reads: Cell::new(0),
            denied_reads: RefCell::default(),
            denied_actions: RefCell::default(),
            sends: Cell::new(0),
            faults: RefCell::default(),
            intruder: RefCell::default(),
            needed: RefCell::default(),
            lag: Cell::new(0),
            latency: Cell::new(50),
        }
    }

    /// What is there now, without what is absent.
    pub fn snapshot(&self) -> BTreeMap<Thing, State> {
        let world = self.world.borrow();
        let last = |states: &Vec<(i64, State)>| states.last().unwrap().1.clone();
        let all = world.things.iter().map(|(thing, states)| (thing.clone(), last(states)));
        all.filter(|(_, state)| *state != State::Absent).collect()
    }

    /// The state that is enforced at a moment: changes take `delay` milliseconds.
    pub fn state_at(&self, thing: &Thing, moment: i64) -> State {
        let world = self.world.borrow();
        let states = world.things.get(thing);
        let found = states
            .and_then(|states| states.iter().rev().find(|(from, _)| *from <= moment))
            .map(|(_, state)| state.clone());
        found.unwrap_or(State::Absent)
    }

    /// Sets a state as somebody else would.
    pub fn put(&self, thing: &Thing, state: State) {
        let now = self.now.get();
        self.world.borrow_mut().things.entry(thing.clone()).or_default().push((now, state));
    }

    pub fn millis(&self) -> i64 {
        self.now.get()
    }

    /// Time passes, and the intruder acts in it.
    pub fn pass(&self, millis: i64) {
        let end = self.now.get() + millis;
        loop {
            let Some((at, mut bot)) = self.intruder.borrow_mut().take() else { break };
            if at > end {
                *self.intruder.borrow_mut() = Some((at, bot));
                break;
            }
            self.now.set(self.now.get().max(at));
            let next = at + bot.act(self, at).max(1);
            *self.intruder.borrow_mut() = Some((next, bot));
        }
        self.now.set(end);
    }

    /// A read, which may be denied.
    fn read(&self, action: &'static str) -> Result<(), AwsError> {
        self.call();
        self.needed.borrow_mut().insert(action);
        let number = self.reads.replace(self.reads.get() + 1);
        let denied = self.denied_actions.borrow().contains(&action);
        if denied || self.denied_reads.borrow().contains(&number) {
            let (operation, message) = (action.to_owned(), "made up".to_owned());
            return Err(AwsError::Denied { permission: operation.clone(), operation, message });
        }
        Ok(())
    }

    fn call(&self) {
        self.calls.set(self.calls.get() + 1);
        self.pass(self.latency.get());
    }

    fn fault(&self, number: usize) -> Option<Fault> {
        let faults = self.faults.borrow();
        let hit = faults.iter().find(|(from, many, _)| (*from..from + many).contains(&number));
        hit.map(|(_, _, fault)| *fault)
    }
}

impl Account for Fake {
    fn state(&self, thing: &Thing) -> Result<State, AwsError> {
        self.read(thing.permissions(&State::Absent).0)?;
        Ok(self.state_at(thing, self.now.get() - self.lag.get()))
    }

    fn list(&self, scope: &Scope) -> Result<Vec<(Thing, State)>, AwsError> {
        self.read(scope.permissions()[0])?;
        let moment = self.now.get() - self.lag.get();
        let things: Vec<Thing> = self.world.borrow().things.keys().cloned().collect();
        let covered = things.into_iter().filter(|thing| scope.covers(thing));
        let states = covered.map(|thing| (self.state_at(&thing, moment), thing));
        let there = states.filter(|(state, _)| *state != State::Absent);
        Ok(there.map(|(state, thing)| (thing, state)).collect())
    }

    fn send(&self, approved: &Approved, change: &Change) -> Result<Sent, AwsError> {
        assert!(approved.covers(&change.account, &change.thing) && change.possible());
        self.call();
        self.needed.borrow_mut().extend(change.thing.permissions(&change.to).1);
        let number = self.sends.get();
        self.sends.set(number + 1);
        let operation = || "iam:Change".to_owned();
        let message = || "made up".to_owned();
        match self.fault(number) {
            Some(Fault::Denied) => {
                let (permission, message) = (operation(), message());
                Err(AwsError::Denied { operation: operation(), permission, message })
            }
            Some(Fault::Throttled) => Err(AwsError::Throttled { operation: operation() }),
            Some(Fault::LostRequest) => {
                Err(AwsError::NoAnswer { operation: operation(), message: message() })
            }
            Some(Fault::KillBefore) => die(),
            fault => {
                let there = self.state_at(&change.thing, self.now.get()) != State::Absent;
                let is_new = !there && change.thing.is_credential();
                if is_new || (!there && change.to == State::Absent) {
                    return Err(AwsError::NotFound { operation: operation(), message: message() });
                }
                self.put(&change.thing, change.to.clone());
                match fault {
                    Some(Fault::LostAnswer) => {
                        let (operation, message) = (operation(), message());
                        Err(AwsError::NoAnswer { operation, message })
                    }
                    Some(Fault::FailedAfter) => {
                        let (operation, message) = (operation(), message());
                        Err(AwsError::Other { operation, code: "InternalFailure".into(), message })
                    }
                    Some(Fault::ThrottledAfter) => {
                        Err(AwsError::Throttled { operation: operation() })
                    }
                    Some(Fault::KillAfter) => die(),
                    _ => Ok(Sent { request_id: format!("request-{number}") }),
                }
            }
        }
    }

    fn wait(&self, time: Duration) {
        self.pass(i64::try_from(time.as_millis()).unwrap());
    }

    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.now.get())
    }
}

/// A journal that survives the end of a run, and may die or be full.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    pub entries: Rc<RefCell<Vec<Entry>>>,
    /// Dies instead of writing this entry, from 0.
    pub kill_at: Rc<Cell<Option<usize>>>,
    /// Fails from this entry on.
    pub full_at: Rc<Cell<Option<usize>>>,
    /// Has room again after this many failures.
    pub room_after: Rc<Cell<Option<usize>>>,
}

impl Notes {
    pub fn history(&self) -> Vec<Entry> {
        self.entries.borrow().clone()
    }
}

impl Journal for Notes {
    fn append(&mut self, entry: &Entry) -> Result<(), JournalError> {
        let number = self.entries.borrow().len();
        if self.kill_at.get() == Some(number) {
            die();
        }
        if self.full_at.get().is_some_and(|full| number >= full) {
            match self.room_after.get() {
                Some(0) => self.full_at.set(None),
                left => self.room_after.set(left.map(|left| left - 1)),
            }
            return Err(JournalError("the disk is full".into()));
        }
        self.entries.borrow_mut().push(entry.clone());
        Ok(())
    }
}
