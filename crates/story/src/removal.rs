//! Which call took away what another one made. Only a call that was done, no earlier than the last
//! making, in the same account and region, on the same thing (or on what the thing belonged to).

use std::collections::BTreeMap;

use crashcart_model::Timestamp;

use crate::knowledge::{By, Effect};
use crate::principal::{self, bare};
use crate::scene::{Entry, Scene};

/// The removing calls of the material, by kind and thing.
pub(crate) struct Removals<'f> {
    /// By kind, whether the thing owned what was removed, account and thing; see [`order`].
    calls: BTreeMap<(&'static str, bool, &'f str, &'f str), Vec<Entry<'f>>>,
    /// What set the code of functions, by account and function, in order of time.
    code: BTreeMap<(&'f str, &'f str), Vec<Entry<'f>>>,
    /// When users and roles were made last, by kind, account and name.
    made: BTreeMap<(&'static str, &'f str, &'f str), Option<Timestamp>>,
}

/// The things of an item: lists are joined with a comma.
fn things(text: &str) -> impl Iterator<Item = &str> {
    text.split(", ")
}

impl<'f> Removals<'f> {
    pub(crate) fn new(scene: &Scene<'f>) -> Self {
        let mut calls: BTreeMap<_, Vec<Entry<'f>>> = BTreeMap::new();
        let mut code: BTreeMap<_, Vec<Entry<'f>>> = BTreeMap::new();
        for entry in scene.entries.iter().chain(&scene.aside).filter(|entry| entry.done()) {
            let Some(effect) = entry.effect() else { continue };
            if matches!(effect, Effect::Make("Lambda code" | "Lambda function")) {
                let function = (entry.parts.account, bare(entry.parts.thing));
                code.entry(function).or_default().push(*entry);
            }
            if entry.parts.name == "EnableMFADevice" {
                let key = ("MFA", false, entry.parts.account, bare(entry.parts.thing));
                calls.entry(key).or_default().push(*entry);
            }
            for (kind, by) in effect.removes() {
                for thing in things(entry.parts.thing) {
                    let key = (*kind, *by == By::Owner, entry.parts.account, bare(thing));
                    calls.entry(key).or_default().push(*entry);
                }
            }
        }
        calls.values_mut().for_each(|calls| calls.sort_by_key(order));
        code.values_mut().for_each(|set| set.sort_by_key(|entry| entry.item.first));
        let mut made: BTreeMap<_, Option<Timestamp>> = BTreeMap::new();
        for entry in scene.entries.iter().filter(|entry| entry.done()) {
            if let Some(Effect::Make(kind @ ("IAM user" | "IAM role"))) = entry.effect() {
                let last = made.entry((kind, entry.parts.account, entry.parts.thing)).or_default();
                *last = entry.item.last.max(*last);
            }
        }
        Self { calls, code, made }
    }

    /// The call that removed what `made` made, of this kind; none where it is still in place. Of
    /// something made of several things, all must be gone.
    pub(crate) fn of(&self, made: &Entry<'f>, kind: &'static str) -> Option<Entry<'f>> {
        let mut last = None;
        for thing in things(made.parts.thing) {
            let gone = self.of_thing(made, kind, thing)?;
            if last.is_none_or(|known: Entry<'f>| known.item.first < gone.item.first) {
                last = Some(gone);
            }
        }
        last
    }

    /// The calls that gave a function other code than `made` did, as the hashes tell.
    fn rewritings(&self, made: &Entry<'f>, kind: &str) -> impl Iterator<Item = &Entry<'f>> {
        let function = (made.parts.account, bare(made.parts.thing));
        let hash = made.parts.detail;
        let set = self.code.get(&function).filter(|_| kind == "Lambda code" && !hash.is_empty());
        set.into_iter().flatten().filter(move |call| {
            let other = call.parts.detail;
            !other.is_empty() && other != hash && call.item.first > made.item.last
        })
    }

    /// Whether a call gave a function the code back that it had before it got other code.
    pub(crate) fn restores(&self, made: &Entry<'f>) -> bool {
        let function = (made.parts.account, bare(made.parts.thing));
        let set = self.code.get(&function).map(Vec::as_slice).unwrap_or_default();
        let before = set.iter().filter(|call| {
            agree(call.parts.region, made.parts.region) && call.item.first < made.item.first
        });
        let mut had = before.skip_while(|call| call.parts.detail != made.parts.detail);
        !made.parts.detail.is_empty()
            && had
                .any(|call| !call.parts.detail.is_empty() && call.parts.detail != made.parts.detail)
    }

    /// The call that deleted a user or role, after its last use here and without making it again.
    pub(crate) fn of_principal(&self, name: &'f str, last: Option<Timestamp>) -> Option<Entry<'f>> {
        let account = principal::account(name)?;
        let (kind, own) = match (principal::user(name), principal::session(name)) {
            (Some(user), _) => ("IAM user", user),
            (None, Some((role, _))) => ("IAM role", role),
            (None, None) => return None,
        };
        let calls = self.calls.get(&(kind, false, account, own))?;
        let gone = calls.iter().rev().find(|call| call.item.last >= last)?;
        let again = self.made.get(&(kind, account, own)).is_some_and(|made| *made > gone.item.last);
        (!again).then_some(*gone)
    }

    fn of_thing(&self, made: &Entry<'f>, kind: &'static str, thing: &'f str) -> Option<Entry<'f>> {
        // Unknown times prove no order.
        let last = Some(made.item.last?);
        let account = made.parts.account;
        let of = |own: bool, name: &'f str| {
            self.calls.get(&(kind, own, account, name)).map(Vec::as_slice).unwrap_or_default()
        };
        let here = |call: &Entry<'f>| agree(call.parts.region, made.parts.region);
        let same = |call: &Entry<'f>| {
            here(call)
                && agree(bare(call.parts.owner), bare(made.parts.owner))
                && (matches!(call.effect(), Some(Effect::Replace(..)))
                    || agree(call.parts.detail, made.parts.detail))
        };
        let by_thing = earliest(of(false, bare(thing)), last, same);
        let owner = bare(made.parts.owner);
        let by_owner = if owner.is_empty() { None } else { earliest(of(true, owner), last, here) };
        let rewritings = self.rewritings(made, kind).filter(|call| here(call));
        let all = [by_thing, by_owner].into_iter().flatten().chain(rewritings);
        all.min_by_key(|call| (call.item.first < last, order(call))).copied()
    }
}

/// What calls that remove are sorted by.
fn order<'f>(call: &Entry<'f>) -> (Option<Timestamp>, &'f str) {
    (call.item.first, call.parts.actor)
}

/// Of sorted calls the first after the last making, else the first that went on after it. Equal
/// times count: eventTime has whole seconds.
fn earliest<'c, 'f>(
    calls: &'c [Entry<'f>],
    last: Option<Timestamp>,
    removes: impl Fn(&Entry<'f>) -> bool,
) -> Option<&'c Entry<'f>> {
    let (before, after) = calls.split_at(calls.partition_point(|call| call.item.first < last));
    let later = |call: &&Entry<'f>| call.item.last >= last && removes(call);
    after.iter().find(|call| removes(call)).or_else(|| before.iter().find(later))
}

/// An unknown part agrees with any.
pub(crate) fn agree(one: &str, two: &str) -> bool {
    one.is_empty() || two.is_empty() || one == two
}
