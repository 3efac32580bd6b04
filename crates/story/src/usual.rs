//! What a principal did as it always does, set apart from what the story tells: of a leaked key
//! the owner's own work goes on beside the intruder's.
//!
//! Only a way of working that has a history (of a workload: that came first) and nothing suspicious about it is set apart, and
//! only where another way of the same principal is suspicious. It must never set apart a call
//! that a finding at medium or above cites, and never in silence: what is left out is counted.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Level, Timestamp};

use crate::Material;
use crate::actor::{Actor, add_rule};
use crate::cited::Cited;
use crate::earliest::sortable;
use crate::facts::{Facts, Item, Map, earlier};
use crate::firsts::Firsts;
use crate::key::Parts;
use crate::knowledge::{discovery_technique, plain_name};
use crate::way::{Way, Worked};
use crate::workload;

const HOUR: i64 = 3_600_000;
/// A way is usual when it began so long before the first suspicious call.
const HISTORY: i64 = 6 * HOUR;
/// The same where the suspicious calls came from the very same address.
const HISTORY_HERE: i64 = 24 * HOUR;
/// Days in one way, and calls on a single day, that make a habit.
const HABIT_DAYS: usize = 2;
const HABIT_CALLS: u64 = 20;

/// Usual work, set apart.
#[derive(Default)]
pub(crate) struct Usual {
    /// Items of usual work.
    pub(crate) items: Map<Vec<u8>, Item>,
    /// Principals with something suspicious about them.
    pub(crate) splits: BTreeMap<String, Split>,
}

/// One principal with something suspicious about it.
#[derive(Default)]
pub(crate) struct Split {
    /// The time of the first suspicious call.
    pub(crate) since: Option<Timestamp>,
    /// Its usual ways; empty where neither the material nor the baseline has a history of it.
    pub(crate) left: Vec<Worked>,
    /// A workload's own calls are among them, known by coming first and from elsewhere.
    pub(crate) workload: bool,
    /// What is known of the rest; none where nothing was set apart.
    pub(crate) view: Option<Actor>,
}

impl Split {
    pub(crate) fn is_usual(&self, way: Way<'_>) -> bool {
        self.left.iter().any(|worked| worked.way() == way)
    }

    /// Calls of the material that are left out.
    pub(crate) fn calls(&self) -> u64 {
        self.left.iter().map(|worked| worked.events).sum()
    }

    /// Which logs show that it is usual.
    pub(crate) fn shown_by(&self) -> &'static str {
        match (self.calls() > 0, self.left.iter().any(|worked| worked.before > 0)) {
            (_, false) => "here",
            (true, true) => "here and in the baseline",
            (false, true) => "in the baseline",
        }
    }

    /// Whether usual work came from this address.
    pub(crate) fn is_usual_address(&self, address: &str) -> bool {
        self.left.iter().any(|worked| *worked.address == *address)
    }
}

/// Takes the usual work out of the facts, and the ways out of the keys of what remains.
pub(crate) fn set_apart(facts: &mut Facts, material: &Material<'_>, firsts: &Firsts) -> Usual {
    let mut usual = Usual { splits: splits(facts, material, firsts), ..Usual::default() };
    let items = std::mem::take(&mut facts.items);
    let mut key_of_all = Vec::new();
    for (key, item) in items {
        let Some(parts) = Parts::read(&key) else { continue };
        Parts { way: Way::default(), ..parts }.write(&mut key_of_all);
        let split = usual.splits.get_mut(parts.actor).filter(|split| !split.left.is_empty());
        let map = match split {
            Some(split) if split.is_usual(parts.way) => &mut usual.items,
            Some(split) => {
                if let Some(view) = &mut split.view {
                    view.take(&parts, &item);
                }
                &mut facts.items
            }
            None => &mut facts.items,
        };
        match map.get_mut(key_of_all.as_slice()) {
            Some(known) => known.merge(item),
            None => drop(map.insert(key_of_all.clone(), item)),
        }
    }
    usual
}

fn splits(facts: &Facts, material: &Material<'_>, firsts: &Firsts) -> BTreeMap<String, Split> {
    let cited = Cited::new(facts, material, Level::Medium);
    let people = workload::people_addresses(facts);
    let made = keys_made_by_others(facts);
    let asked = material.pivot.keys.iter().chain(&material.pivot.addresses);
    let asked: BTreeSet<&str> = asked.map(String::as_str).collect();
    let mut splits = BTreeMap::new();
    for (name, actor) in &facts.actors {
        let is_workload = workload::what(facts, name).is_some();
        let suspicious = |worked: &Worked| -> Option<i64> {
            let foreign = is_workload && (worked.desktop || people.contains_key(&*worked.address))
                || made.contains(&(name.as_str(), &*worked.key));
            let since = (foreign || worked.attack).then_some(worked.first);
            let cited = cited.since(name, worked.way());
            let first = firsts.stranger_since(name, &worked.address);
            [since, cited, first.map(Some)].into_iter().flatten().map(sortable).min()
        };
        let habit = |worked: &Worked| firsts.is_habit(name, &worked.address);
        let ways = actor.ways.with_past(facts.history.ways().ways(name));
        let told = Known { actor, ways: &ways, is_workload };
        if let Some(split) = split(&told, &asked, &suspicious, &habit) {
            splits.insert(name.clone(), split);
        }
    }
    splits
}

/// Keys with the user that they were made for, by somebody else.
fn keys_made_by_others(facts: &Facts) -> BTreeSet<(&str, &str)> {
    let mut users: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for name in facts.actors.keys() {
        if let Some(user) = crate::principal::user(name) {
            users.entry(user).or_default().push(name);
        }
    }
    let mut made = BTreeSet::new();
    for parts in facts.items.keys().filter_map(|key| Parts::read(key)) {
        if parts.service == "iam" && parts.name == "CreateAccessKey" && !parts.thing.is_empty() {
            let owners = users.get(parts.owner).into_iter().flatten();
            made.extend(owners.filter(|o| **o != parts.actor).map(|owner| (*owner, parts.thing)));
        }
    }
    for (key, by, owner) in facts.history.ways().keys_made() {
        let owners = users.get(owner).into_iter().flatten();
        made.extend(owners.filter(|o| **o != by).map(|owner| (*owner, key)));
    }
    made
}

/// One principal with its ways, those of the baseline among them.
struct Known<'k> {
    actor: &'k Actor,
    ways: &'k [Worked],
    is_workload: bool,
}

/// Tells the ways of one principal apart; none where nothing is suspicious about it.
fn split(
    known: &Known<'_>,
    asked: &BTreeSet<&str>,
    suspicious: &dyn Fn(&Worked) -> Option<i64>,
    habit: &dyn Fn(&Worked) -> bool,
) -> Option<Split> {
    let &Known { actor, ways, is_workload } = known;
    let (mut clear, mut bad): (Vec<&Worked>, Vec<&Worked>) = (Vec::new(), Vec::new());
    let mut since = i64::MAX;
    for worked in ways {
        match suspicious(worked) {
            Some(at) => {
                since = since.min(at);
                bad.push(worked);
            }
            None => clear.push(worked),
        }
    }
    if !bad.iter().any(|worked| worked.events > 0) {
        return None;
    }
    // What the responder asked about is told; a key that an intruder used as well, apart.
    let asked = |worked: &Worked| {
        let mut keys = worked.keys.iter().filter(|key| asked.contains(key));
        asked.contains(&*worked.address)
            || keys.any(|key| !bad.iter().any(|bad| bad.keys.contains(key)))
    };
    let own = |worked: &Worked| is_workload && is_the_workloads(worked, &bad, since);
    let workload = clear.iter().any(|worked| !asked(worked) && own(worked));
    clear.retain(|worked| {
        !asked(worked) && (own(worked) || habit(worked) || has_history(worked, &bad, since))
    });
    let mut left: Vec<Worked> = clear.into_iter().cloned().collect();
    left.sort_by(|one, two| (one.first, one.way()).cmp(&(two.first, two.way())));
    let mut split = Split { left, workload, ..Split::default() };
    split.since = (since != i64::MAX).then(|| Timestamp::from_millis(since));
    if !split.left.is_empty() {
        split.view = Some(actor.without(&|worked| split.is_usual(worked.way())));
    }
    Some(split)
}

/// Whether a way of a workload's session is the workload itself: AWS hands the credentials to it
/// first, and it neither types commands nor moves to the address of the suspicious calls.
fn is_the_workloads(worked: &Worked, bad: &[&Worked], since: i64) -> bool {
    let typed = matches!(worked.tool, "aws-cli" | "powershell" | "console" | "attack tool");
    let here = bad.iter().any(|bad| bad.address == worked.address);
    !typed && !here && !worked.desktop && sortable(worked.first) <= since && since != i64::MAX
}

/// Whether a way is a habit that the suspicious calls do not share.
fn has_history(worked: &Worked, bad: &[&Worked], since: i64) -> bool {
    if since == i64::MAX {
        return false;
    }
    let here = !worked.address.is_empty() && bad.iter().any(|bad| bad.address == worked.address);
    let history = if here { HISTORY_HERE } else { HISTORY };
    let first = sortable(worked.first);
    let habit = worked.days.len() >= HABIT_DAYS || worked.events + worked.before >= HABIT_CALLS;
    if habit && first <= since.saturating_sub(history) {
        return true;
    }
    let bad_days: BTreeSet<i64> = bad.iter().flat_map(|bad| bad.days.iter().copied()).collect();
    let other_days = worked.days.iter().filter(|day| !bad_days.contains(day)).count();
    !here && other_days >= HABIT_DAYS
}

impl Actor {
    /// What is known of a principal without the ways that `usual` names; the calls are to be
    /// taken in one by one.
    fn without(&self, usual: &dyn Fn(&Worked) -> bool) -> Self {
        let mut view = Self {
            kind: self.kind,
            accounts: self.accounts.clone(),
            recipients: self.recipients.clone(),
            served: self.served.clone(),
            tools: self.tools.clone(),
            desktop: self.desktop.clone(),
            attack: self.attack.clone(),
            metadata_v1: self.metadata_v1,
            ..Self::default()
        };
        for worked in self.ways.known().iter().filter(|worked| !usual(worked)) {
            view.events += worked.events;
            view.automated += worked.automated;
            view.first = earlier(view.first, worked.first);
            view.last = view.last.max(worked.last);
            view.addresses.add(&worked.address, worked.first);
            view.agents.merge_any(&worked.agents);
            view.regions.merge_any(&worked.regions);
            view.reached.merge_any(&worked.reached);
            view.keys.merge_any(&worked.keys);
        }
        view
    }

    /// Takes in the calls of one item.
    fn take(&mut self, parts: &Parts<'_>, item: &Item) {
        let at = item.first;
        self.services.add(parts.service, at);
        item.rules.iter().for_each(|hit| add_rule(&mut self.rules, *hit, !parts.automation));
        self.seen.merge(item.witnesses.clone());
        if parts.way.address.is_empty() || parts.automation || parts.way.tool == "console" {
            return;
        }
        self.hands.add(parts.way.address, at);
        if parts.outcome == crashcart_model::Outcome::Denied {
            self.denied.add_pair(parts.service, parts.name, at);
        }
        if discovery_technique(parts.service, plain_name(parts.name)).is_some() {
            self.looked.add_pair(parts.service, parts.name, at);
        }
    }
}
