//! Which call took away what another one made. Only a call that was done, no earlier than the last
//! making, in the same account and region, on the same thing (or on what the thing belonged to).

use std::collections::BTreeMap;

use crashcart_model::Timestamp;

use crate::knowledge::{By, Effect};
use crate::principal::{self, bare};
use crate::scene::{Entry, Scene};

/// The removing calls of the material, by kind and thing.
pub(crate) struct Removals<'f> {
    calls: BTreeMap<(&'static str, bool, &'f str, &'f str), Vec<Entry<'f>>>,
    /// What set the code of functions, by account and function, in order of time.
    code: BTreeMap<(&'f str, &'f str), Vec<Entry<'f>>>,
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
        code.values_mut().for_each(|set| set.sort_by_key(|entry| entry.item.first));
        Self { calls, code }
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
    pub(crate) fn of_principal(
        &self,
        scene: &Scene<'f>,
        name: &'f str,
        last: Option<Timestamp>,
    ) -> Option<Entry<'f>> {
        let account = principal::account(name)?;
        let (kind, own) = match (principal::user(name), principal::session(name)) {
            (Some(user), _) => ("IAM user", user),
            (None, Some((role, _))) => ("IAM role", role),
            (None, None) => return None,
        };
        let calls = self.calls.get(&(kind, false, account, own))?;
        let gone = calls.iter().rev().find(|call| call.item.last >= last)?;
        let again = scene.entries.iter().any(|made| {
            made.effect() == Some(Effect::Make(kind))
                && made.done()
                && made.parts.account == account
                && made.parts.thing == own
                && made.item.last > gone.item.last
        });
        (!again).then_some(*gone)
    }

    fn of_thing(&self, made: &Entry<'f>, kind: &'static str, thing: &'f str) -> Option<Entry<'f>> {
        let account = made.parts.account;
        let of = |key: (&'static str, bool, &'f str, &'f str)| {
            self.calls.get(&key).map(Vec::as_slice).unwrap_or_default().iter()
        };
        let same = |call: &&Entry<'f>| {
            agree(bare(call.parts.owner), bare(made.parts.owner))
                && (matches!(call.effect(), Some(Effect::Replace(..)))
                    || agree(call.parts.detail, made.parts.detail))
        };
        let by_thing = of((kind, false, account, bare(thing))).filter(same);
        let by_owner = of((kind, true, account, bare(made.parts.owner)))
            .filter(|_| !made.parts.owner.is_empty());
        by_thing
            .chain(by_owner)
            .chain(self.rewritings(made, kind))
            .filter(|call| agree(call.parts.region, made.parts.region))
            .filter(|call| is_later(call, made))
            .min_by_key(|call| {
                (call.item.first < made.item.last, call.item.first, call.parts.actor)
            })
            .copied()
    }
}

/// An unknown part agrees with any.
pub(crate) fn agree(one: &str, two: &str) -> bool {
    one.is_empty() || two.is_empty() || one == two
}

/// Equal times count: eventTime has whole seconds. Unknown times prove no order.
fn is_later(call: &Entry<'_>, made: &Entry<'_>) -> bool {
    match (call.item.last, made.item.last) {
        (Some(call), Some(made)) => call >= made,
        _ => false,
    }
}
