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
}

/// The things of an item: lists are joined with a comma.
fn things(text: &str) -> impl Iterator<Item = &str> {
    text.split(", ")
}

impl<'f> Removals<'f> {
    pub(crate) fn new(scene: &Scene<'f>) -> Self {
        let mut calls: BTreeMap<_, Vec<Entry<'f>>> = BTreeMap::new();
        for entry in scene.entries.iter().chain(&scene.aside).filter(|entry| entry.done()) {
            let Some(Effect::Remove(kinds)) = entry.effect() else { continue };
            for (kind, by) in kinds {
                for thing in things(entry.parts.thing) {
                    let key = (*kind, *by == By::Owner, entry.parts.account, bare(thing));
                    calls.entry(key).or_default().push(*entry);
                }
            }
        }
        Self { calls }
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
                && agree(call.parts.detail, made.parts.detail)
        };
        let by_thing = of((kind, false, account, bare(thing))).filter(same);
        let by_owner = of((kind, true, account, bare(made.parts.owner)))
            .filter(|_| !made.parts.owner.is_empty());
        by_thing
            .chain(by_owner)
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
