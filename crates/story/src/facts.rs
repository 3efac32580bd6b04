//! Facts for the story, gathered in the one pass over the records.
//!
//! Memory is bounded by the number of distinct principals and items, and by caps on both; what is
//! kept under a cap depends on the material alone, never on the order of reading or the split, so
//! that [`Facts::merge`] gives the same facts however the work was shared out.

use std::collections::BTreeSet;

use crashcart_model::{
    EventRef, Head, Identity, Level, Outcome, Record, RuleHit, Timestamp, principal_name,
};
use foldhash::fast::FixedState;
use hashbrown::HashMap;

use crate::Pivot;
use crate::actor::{Actor, Caller, kind};
use crate::agent::Classes;
use crate::distinct::Distinct;
use crate::earliest::Earliest;
use crate::history::{History, Moment};
use crate::key::Parts;
use crate::knowledge::{self, Detail, Effect, Target};
use crate::named::Named;
use crate::prune::{Place, place, prune_by, prune_items};
use crate::sessions::Keys;
use crate::way::Way;
use crate::witness::Witnesses;
use crate::{agent, fnv, log_bucket, principal, target};

/// Items kept: calls that differ in who, what, on what, and what became of it.
const ITEMS: usize = 60_000;
/// Principals kept.
const ACTORS: usize = 10_000;
/// Issued sessions kept.
const SESSIONS: usize = 10_000;
/// Hours kept in which there were events (more than fourteen years).
const HOURS: usize = 125_000;

/// Objects of one bucket that are named.
pub(crate) const NAMED: usize = 5;

pub(crate) type Map<K, V> = HashMap<K, V, FixedState>;

/// The facts of one part of the material.
#[derive(Debug, Default)]
pub struct Facts {
    pub(crate) actors: Map<String, Actor>,
    pub(crate) items: Map<Vec<u8>, Item>,
    /// Sessions by ARN, with who asked for them.
    pub(crate) sessions: Map<String, Issued>,
    /// Access keys and the calls that issued them.
    pub(crate) keys: Keys,
    pub(crate) hours: BTreeSet<i64>,
    pub(crate) events: u64,
    pub(crate) s3_data_events: bool,
    /// Events that are, or may be, of what manages an account.
    pub(crate) management_events: bool,
    /// Own accounts: the accounts whose trails these are.
    pub(crate) recipients: Earliest<64>,
    /// Buckets that hold the logs of the account.
    pub(crate) log_buckets: Earliest<{ log_bucket::KEPT }>,
    /// What was done before, of the material and of earlier logs.
    pub(crate) history: History,
    /// Keys and addresses that the responder asked about.
    asked: BTreeSet<Box<str>>,
    scratch: Vec<u8>,
    /// Where items end that can still be kept.
    limit: Option<Place>,
    /// So many items before they are cut down again.
    room: usize,
    agents: Classes,
}

/// What is known of one item.
#[derive(Debug, Default)]
pub(crate) struct Item {
    pub(crate) count: u64,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) bytes: Option<u64>,
    /// Objects that were read, where the records name them.
    pub(crate) objects: Distinct,
    /// The earliest of them by name.
    pub(crate) names: Named<NAMED>,
    pub(crate) rules: Vec<RuleHit>,
    pub(crate) witnesses: Witnesses,
    /// Keys and addresses that were asked about with which, or from where, it was called.
    pub(crate) asked: BTreeSet<Box<str>>,
}

/// Who asked for a session.
#[derive(Debug, Default)]
pub(crate) struct Issued {
    pub(crate) by: Earliest<8>,
    /// The addresses of those who asked.
    pub(crate) from: Earliest<16>,
    /// Its keys, each with the call that issued it.
    pub(crate) keys: Named<16>,
    pub(crate) witnesses: Witnesses,
}

/// The earlier of two times, an unknown one being none at all.
pub(crate) fn earlier(one: Option<Timestamp>, two: Option<Timestamp>) -> Option<Timestamp> {
    match (one, two) {
        (Some(one), Some(two)) => Some(one.min(two)),
        (one, two) => one.or(two),
    }
}

impl Item {
    /// The highest level of a rule that fired on it.
    pub(crate) fn level(&self) -> Option<Level> {
        self.rules.iter().map(|hit| hit.level).max()
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        self.add_bytes(other.bytes);
        self.objects.merge(&other.objects);
        self.names.merge(&other.names);
        other.rules.into_iter().for_each(|hit| self.add_rule(hit));
        self.witnesses.merge(other.witnesses);
        self.asked.extend(other.asked);
    }

    fn add_bytes(&mut self, bytes: Option<u64>) {
        if let Some(more) = bytes {
            self.bytes = Some(self.bytes.unwrap_or(0).saturating_add(more));
        }
    }

    fn add_read(&mut self, record: &Record<'_>, head: &Head<'_>, event: EventRef, kind: &str) {
        self.add_bytes(bytes_out(head));
        let object = head.request.filter(|_| kind == "object").and_then(|r| r.text_of("key"));
        if let Some(object) = object {
            let object = object.text();
            self.objects.add(&object);
            self.names.add(&object, record, head, event);
        }
    }

    fn add_rule(&mut self, hit: RuleHit) {
        if let Err(at) = self.rules.binary_search_by_key(&hit.rule, |known| known.rule) {
            self.rules.insert(at, hit);
        }
    }
}

impl Facts {
    /// No facts yet; what is done with the keys and from the addresses of `pivot` will be told
    /// apart from what their principals do otherwise.
    #[must_use]
    pub fn asking(pivot: &Pivot) -> Self {
        let asked = pivot.keys.iter().chain(&pivot.addresses);
        Self { asked: asked.map(|text| text.as_str().into()).collect(), ..Self::default() }
    }

    /// Which of what was asked about a call was made with, or came from.
    fn asked_of(&self, head: &Head<'_>) -> BTreeSet<Box<str>> {
        if self.asked.is_empty() {
            return BTreeSet::new();
        }
        let with = [head.identity().access_key, head.address];
        let texts = with.into_iter().flatten().map(crashcart_model::Str::text);
        texts.filter_map(|text| self.asked.get(&*text).cloned()).collect()
    }

    /// Takes in one distinct event. `hits` are the rules that fired on it.
    pub fn observe(
        &mut self,
        record: &Record<'_>,
        head: &Head<'_>,
        event: EventRef,
        hits: &[RuleHit],
    ) {
        self.events += 1;
        if let Some(time) = head.time
            && self.hours.insert(time.millis().div_euclid(3_600_000))
            && self.hours.len() > HOURS
        {
            self.hours.pop_last();
        }
        let identity = head.identity();
        let name = principal_name(identity);
        let agent = head.user_agent.map(|text| text.text()).unwrap_or_default();
        let agent = agent::without_command(&agent);
        let address = head.address.map(|text| text.text()).unwrap_or_default();
        let access_key = identity.access_key.map(|text| text.text()).unwrap_or_default();
        let mut class = self.agents.of(agent);
        class.automation |= agent::is_invoked_by_automation(identity);
        let by_hand = !class.automation;
        if let Some(recipient) = head.account() {
            self.recipients.add(&recipient.text(), head.time);
        }
        let actor = self.actors.entry_ref(&*name).or_default();
        let caller = Caller { class, kind: kind(identity), agent, address: &address };
        actor.observe(record, head, event, &caller);
        actor.hit(hits, by_hand);
        let moment = Moment {
            actor: &name,
            kind: caller.kind,
            key: &access_key,
            address: &address,
            tool: class.family,
        };
        self.history.observe(record, head, Some(event), &moment);
        let mut way = Way::default();
        if caller.has_ways() {
            way = Way::new(&address, &access_key, class);
            actor.ways.observe(head, way, &caller);
            if actor.ways.crowded() {
                way = Way::default();
            }
        }
        if self.actors.len() > 2 * ACTORS {
            prune_by(&mut self.actors, ACTORS, |name| fnv(name.as_bytes()));
        }
        let account = head.account().map(|text| text.text());
        let who = (&*name, account.as_deref().unwrap_or_default(), way);
        self.observe_item(record, head, who, (event, hits, by_hand));
        self.observe_session(record, head, identity, event);
        self.keys.observe(record, head, event);
    }

    fn observe_item(
        &mut self,
        record: &Record<'_>,
        head: &Head<'_>,
        (actor, account, way): (&str, &str, Way<'_>),
        (event, hits, by_hand): (EventRef, &[RuleHit], bool),
    ) {
        let text = |field: Option<crashcart_model::Str<'_>>| {
            field.map(crashcart_model::Str::text).unwrap_or_default().into_owned()
        };
        let source = head.source.map(|text| text.text()).unwrap_or_default();
        let name = head.name.map(|text| text.text()).unwrap_or_default();
        let service = knowledge::service_of(&source);
        let plain = knowledge::plain_name(&name);
        let variant = target::variant(service, plain, head);
        let call = knowledge::look_up(service, plain, variant);
        let read_only = head
            .read_only
            .unwrap_or_else(|| knowledge::discovery_technique(service, plain).is_some());
        let [thing, owner, detail] = match call {
            Some(call) if call.effect() == Effect::Look => Default::default(),
            Some(call) => target::of(head, call.target()),
            None if target::lists_bucket(service, plain) => target::of(head, &target::BUCKET),
            None if read_only => Default::default(),
            None => {
                target::of(head, &Target { thing: target::USUAL, owner: &[], detail: Detail::None })
            }
        };
        let outcome = head.outcome();
        let error = if outcome == Outcome::Done { String::new() } else { text(head.error_code) };
        self.observe_kind(head, service, plain);
        let changes = call.is_some_and(|call| call.effect().stays());
        let region = head.region.filter(|_| changes).map(|text| text.text()).unwrap_or_default();
        let parts = Parts {
            actor,
            account,
            region: &region,
            service,
            name: &name,
            variant,
            thing: &thing,
            owner: &owner,
            detail: &detail,
            error: &error,
            outcome,
            automation: !by_hand,
            read_only,
            way,
        };
        parts.write(&mut self.scratch);
        let asked = self.asked_of(head);
        let Some(item) = self.item() else { return };
        item.count += 1;
        item.asked.extend(asked);
        item.first = earlier(item.first, head.time);
        item.last = item.last.max(head.time);
        if let Some(Effect::Read(kind)) = call.map(knowledge::Call::effect) {
            item.add_read(record, head, event, kind);
        }
        hits.iter().for_each(|hit| item.add_rule(*hit));
        item.witnesses.add(record, head, event);
        if self.items.len() > self.room.max(2 * ITEMS) {
            self.cut_items();
            // One call made in many ways is many items and counts as one.
            self.room = 2 * self.items.len();
        }
    }

    /// The item of the key just written; none where it could not be kept.
    fn item(&mut self) -> Option<&mut Item> {
        let key = self.scratch.as_slice();
        let late = self.limit.is_some_and(|limit| place(key) >= limit);
        (!late).then(|| self.items.entry_ref(key).or_default())
    }

    fn cut_items(&mut self) {
        if let Some(limit) = prune_items(&mut self.items, ITEMS) {
            self.limit = Some(self.limit.map_or(limit, |before| before.min(limit)));
        }
    }

    /// Notes which kinds of events there are, by the record and else by the call, and where logs go.
    fn observe_kind(&mut self, head: &Head<'_>, service: &str, name: &str) {
        if let Some(bucket) = log_bucket::named(head, service, name) {
            self.log_buckets.add(&bucket, head.time);
        }
        self.s3_data_events |= service == "s3"
            && (head.management == Some(false) || matches!(name, "GetObject" | "PutObject"));
        self.management_events |=
            head.management.unwrap_or(service != "s3" || !target::is_on_objects(name));
    }

    fn observe_session(
        &mut self,
        record: &Record<'_>,
        head: &Head<'_>,
        identity: &Identity<'_>,
        event: EventRef,
    ) {
        let issues = head.source.is_some_and(|source| source.is("sts.amazonaws.com"))
            && head.outcome() == Outcome::Done;
        let Some(response) = head.response.filter(|_| issues) else { return };
        let told = ["assumedRoleUser", "federatedUser"]
            .iter()
            .find_map(|name| Some(response.object(name)?.text_of("arn")?.text()));
        // Services' calls name the role and the session's name only.
        let asked = || {
            let of = |name| Some(head.request?.text_of(name)?.text());
            principal::session_of(&of("roleArn")?, &of("roleSessionName")?).map(Into::into)
        };
        let Some(arn) = told.or_else(asked) else { return };
        let issued = self.sessions.entry_ref(&*arn).or_default();
        issued.by.add(&principal_name(identity), head.time);
        if let Some(address) = head.address {
            issued.from.add(&address.text(), head.time);
        }
        let key = response.object("credentials").and_then(|c| c.text_of("accessKeyId"));
        if let Some(key) = key {
            issued.keys.add(&key.text(), record, head, event);
        }
        issued.witnesses.add(record, head, event);
        if self.sessions.len() > 2 * SESSIONS {
            prune_by(&mut self.sessions, SESSIONS, |arn| fnv(arn.as_bytes()));
        }
    }

    /// Joins the facts of two parts. The order of joining does not matter.
    pub fn merge(&mut self, other: Self) {
        for (name, actor) in other.actors {
            match self.actors.get_mut(&name) {
                Some(known) => known.merge(actor),
                None => {
                    self.actors.insert(name, actor);
                }
            }
        }
        for (key, item) in other.items {
            match self.items.get_mut(&key) {
                Some(known) => known.merge(item),
                None => {
                    self.items.insert(key, item);
                }
            }
        }
        for (arn, issued) in other.sessions {
            let known = self.sessions.entry(arn).or_default();
            known.by.merge(&issued.by);
            known.from.merge(&issued.from);
            known.keys.merge(&issued.keys);
            known.witnesses.merge(issued.witnesses);
        }
        self.limit = self.limit.into_iter().chain(other.limit).min();
        self.keys.merge(other.keys);
        self.hours.extend(other.hours);
        self.events += other.events;
        self.s3_data_events |= other.s3_data_events;
        self.management_events |= other.management_events;
        self.recipients.merge(&other.recipients);
        self.log_buckets.merge(&other.log_buckets);
        self.history.merge(other.history);
        self.bound(2);
    }

    /// Adds what was done before the material begins.
    pub fn recall(&mut self, history: History) {
        self.history.merge(history);
    }

    /// Cuts everything that is more than `slack` times its cap down to its cap.
    pub(crate) fn bound(&mut self, slack: usize) {
        if self.actors.len() > slack * ACTORS {
            prune_by(&mut self.actors, ACTORS, |name| fnv(name.as_bytes()));
        }
        if self.items.len() > slack * ITEMS {
            self.cut_items();
        }
        if self.sessions.len() > slack * SESSIONS {
            prune_by(&mut self.sessions, SESSIONS, |arn| fnv(arn.as_bytes()));
        }
        self.history.bound(slack);
        self.keys.bound(slack);
        while self.hours.len() > HOURS {
            self.hours.pop_last();
        }
    }
}

/// `bytesTransferredOut`, which S3 writes as a number with a fraction.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked to be a count")]
fn bytes_out(head: &Head<'_>) -> Option<u64> {
    let text = head.additional?.get("bytesTransferredOut")?.scalar()?;
    let bytes = text.parse::<f64>().ok()?;
    (bytes.is_finite() && bytes >= 0.0).then_some(bytes as u64)
}
