//! What is remembered of one principal: keys, addresses, agents, regions and how it was let in.
//! Must never hold anything that grows with its events.

use crashcart_model::{EventRef, Head, Identity, Outcome, Record, RuleHit, Timestamp};

use crate::agent::{self, Class};
use crate::earliest::Earliest;
use crate::facts::earlier;
use crate::same;
use crate::served::{self, Served};
use crate::way::Ways;
use crate::witness::Witnesses;

/// What kind of principal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) enum Kind {
    /// The record does not tell.
    #[default]
    Unknown,
    Root,
    User,
    /// A session of a role.
    Session,
    Federated,
    /// A session of a role that only AWS uses.
    ServiceLinked,
    /// An AWS service.
    Service,
    /// Another account, without a name.
    Account,
    Anonymous,
}

/// Who makes one call, and how.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'e> {
    pub(crate) class: Class,
    pub(crate) kind: Kind,
    /// `userAgent`
    pub(crate) agent: &'e str,
    /// `sourceIPAddress`
    pub(crate) address: &'e str,
}

impl Caller<'_> {
    /// Whether different ways of working may be different people.
    pub(crate) const fn has_ways(&self) -> bool {
        !matches!(self.kind, Kind::Service | Kind::ServiceLinked | Kind::Anonymous)
    }
}

/// One principal.
#[derive(Debug, Clone, Default)]
pub(crate) struct Actor {
    pub(crate) kind: Kind,
    pub(crate) events: u64,
    /// Events through infrastructure-as-code tools.
    pub(crate) automated: u64,
    pub(crate) first: Option<Timestamp>,
    pub(crate) last: Option<Timestamp>,
    pub(crate) accounts: Earliest<16>,
    pub(crate) recipients: Earliest<16>,
    /// Principal ids that AWS gives once; empty for a principal that is named by nothing else.
    pub(crate) ids: Earliest<4>,
    pub(crate) keys: Earliest<64>,
    pub(crate) addresses: Earliest<64>,
    pub(crate) agents: Earliest<64>,
    pub(crate) regions: Earliest<64>,
    /// Those in which a call was neither refused nor failed.
    pub(crate) reached: Earliest<64>,
    pub(crate) services: Earliest<256>,
    /// Where calls were served; see [`Served`].
    pub(crate) served: Served,
    /// Address and agent of the calls made from a person's machine or by an attack tool.
    pub(crate) tools: Earliest<32>,
    /// Addresses from which the agents were no console, no AWS service and no automation.
    pub(crate) hands: Earliest<64>,
    /// Calls denied outside of the console and of automation, as `iam:ListUsers`.
    pub(crate) denied: Earliest<64>,
    /// Calls that only look, made neither in the console nor by automation.
    pub(crate) looked: Earliest<256>,
    /// Earliest calls from a person's machine.
    pub(crate) desktop: Witnesses,
    /// Earliest calls with an attack tool.
    pub(crate) attack: Witnesses,
    pub(crate) seen: Witnesses,
    /// Rules that fired on its events, with whether one of them fired outside of automation.
    pub(crate) rules: Vec<(RuleHit, bool)>,
    /// Delivered by IMDSv1, which proves that and not theft.
    pub(crate) metadata_v1: bool,
    /// The same by way of working.
    pub(crate) ways: Ways,
}

impl Actor {
    pub(crate) fn observe(
        &mut self,
        record: &Record<'_>,
        head: &Head<'_>,
        event: EventRef,
        caller: &Caller<'_>,
    ) {
        let (time, identity) = (head.time, head.identity());
        let &Caller { class, kind, agent, address } = caller;
        self.kind = self.kind.max(kind);
        self.events += 1;
        self.first = earlier(self.first, time);
        self.last = self.last.max(time);
        self.automated += u64::from(class.automation);
        let add = |set: &mut Earliest<64>, text: Option<crashcart_model::Str<'_>>| {
            if let Some(text) = text {
                set.add(&text.text(), time);
            }
        };
        if let (Some(id), Some(_)) = (identity.principal_id, identity.arn) {
            let id = id.text();
            if same::is_unique(&id) {
                self.ids.add(&id, time);
            }
        }
        add(&mut self.keys, identity.access_key);
        add(&mut self.regions, head.region);
        add(&mut self.reached, head.region.filter(|_| !served::is_refused(head)));
        self.agents.add(agent, time);
        self.addresses.add(address, time);
        for (set, text) in
            [(&mut self.accounts, identity.account), (&mut self.recipients, head.recipient)]
        {
            if let Some(text) = text {
                set.add(&text.text(), time);
            }
        }
        if let Some(source) = head.source {
            self.services.add(crate::knowledge::service_of(&source.text()), time);
        }
        self.served.observe(record, head);
        if identity.role_delivery.is_some_and(|version| version.is("1.0")) {
            self.metadata_v1 = true;
        }
        self.seen.add(record, head, event);
        if agent::is_service_address(address) || class.automation {
            return;
        }
        if !class.console {
            self.hands.add(address, time);
            self.observe_call(head);
        }
        if class.desktop {
            self.desktop.add(record, head, event);
        }
        if class.attack {
            self.attack.add(record, head, event);
            self.tools.add(agent, time);
        }
    }

    fn observe_call(&mut self, head: &Head<'_>) {
        let (Some(source), Some(name)) = (head.source, head.name) else { return };
        let (source, name) = (source.text(), name.text());
        let service = crate::knowledge::service_of(&source);
        let denied = head.outcome() == Outcome::Denied;
        let looks = crate::knowledge::discovery_technique(service, &name).is_some();
        if denied {
            self.denied.add_pair(service, &name, head.time);
        }
        if looks {
            self.looked.add_pair(service, &name, head.time);
        }
    }

    pub(crate) fn hit(&mut self, hits: &[RuleHit], by_hand: bool) {
        for hit in hits {
            add_rule(&mut self.rules, *hit, by_hand);
        }
    }

    /// The regions in which regional services were called, each with whether a call came to
    /// something there.
    pub(crate) fn used_regions(&self) -> impl Iterator<Item = (&str, bool)> {
        let used = self.regions.iter().filter(|region| self.served.is_used(region));
        // Where more were reached than are kept, which of them were only tried cannot be told.
        let reached = |region: &str| {
            (self.reached.contains(region) || self.reached.is_full())
                && self.served.is_reached(region)
        };
        used.map(move |region| (region, reached(region)))
    }

    pub(crate) fn merge(&mut self, other: Self) {
        self.kind = self.kind.max(other.kind);
        self.events += other.events;
        self.automated += other.automated;
        self.first = earlier(self.first, other.first);
        self.last = self.last.max(other.last);
        self.accounts.merge(&other.accounts);
        self.recipients.merge(&other.recipients);
        self.ids.merge(&other.ids);
        self.keys.merge(&other.keys);
        self.addresses.merge(&other.addresses);
        self.agents.merge(&other.agents);
        self.regions.merge(&other.regions);
        self.reached.merge(&other.reached);
        self.services.merge(&other.services);
        self.served.merge(&other.served);
        self.tools.merge(&other.tools);
        self.hands.merge(&other.hands);
        self.denied.merge(&other.denied);
        self.looked.merge(&other.looked);
        self.desktop.merge(other.desktop);
        self.attack.merge(other.attack);
        self.seen.merge(other.seen);
        self.metadata_v1 |= other.metadata_v1;
        self.ways.merge(&other.ways);
        for (hit, by_hand) in other.rules {
            add_rule(&mut self.rules, hit, by_hand);
        }
    }
}

/// Notes that a rule fired, by hand or not.
pub(crate) fn add_rule(rules: &mut Vec<(RuleHit, bool)>, hit: RuleHit, by_hand: bool) {
    match rules.binary_search_by_key(&hit.rule, |(known, _)| known.rule) {
        Ok(at) => {
            if let Some(known) = rules.get_mut(at) {
                known.1 |= by_hand;
            }
        }
        Err(at) => rules.insert(at, (hit, by_hand)),
    }
}

/// What kind of principal a record names.
pub(crate) fn kind(identity: &Identity<'_>) -> Kind {
    let is = |word: &str| identity.kind.is_some_and(|kind| kind.is(word));
    if is("Root") {
        return Kind::Root;
    } else if is("IAMUser") {
        return Kind::User;
    } else if is("FederatedUser") {
        return Kind::Federated;
    }
    let arn = identity.arn.map(|arn| arn.text()).unwrap_or_default();
    let session = arn.splitn(6, ':').nth(5).and_then(|own| own.strip_prefix("assumed-role/"));
    if session.is_some_and(|session| session.starts_with("AWSServiceRole")) {
        Kind::ServiceLinked
    } else if is("AssumedRole") || is("Role") || session.is_some() {
        Kind::Session
    } else if is("AWSService") {
        Kind::Service
    } else if identity.account.is_some_and(|account| account.is("ANONYMOUS_PRINCIPAL")) {
        Kind::Anonymous
    } else if is("AWSAccount") {
        Kind::Account
    } else if identity.invoked_by.is_some_and(|service| service.raw().ends_with("amazonaws.com"))
        && identity.arn.is_none()
    {
        Kind::Service
    } else {
        Kind::Unknown
    }
}
