//! How principals worked in the baseline, so that their usual work is known as if those days were
//! in the material. It must never hold what grows with the number of events, nor anything to show.

use crashcart_model::{Head, principal_name};

use crate::actor::{Caller, Kind};
use crate::facts::Map;
use crate::prune::prune_by;
use crate::way::{Way, Ways};
use crate::{agent, fnv};

/// Principals kept, and keys that one made for another.
const KEPT: usize = 10_000;

/// What earlier logs show of ways of working.
#[derive(Debug, Default)]
pub(crate) struct Recalled {
    actors: Map<String, Worker>,
    /// Keys that last, with who made them and for whom.
    made: Map<String, (String, String)>,
}

/// One principal of the baseline.
#[derive(Debug, Default)]
struct Worker {
    kind: Kind,
    ways: Ways,
}

impl Recalled {
    pub(super) fn observe(&mut self, head: &Head<'_>, name: &str, caller: &Caller<'_>) {
        if !caller.has_ways() {
            return;
        }
        let key = head.identity().access_key.map(|text| text.text()).unwrap_or_default();
        let worker = self.actors.entry_ref(name).or_default();
        worker.kind = worker.kind.max(caller.kind);
        worker.ways.observe(head, Way::new(caller.address, &key, caller.class), caller);
        self.observe_key(head);
        self.bound(2);
    }

    fn observe_key(&mut self, head: &Head<'_>) {
        let is_made = head.source.is_some_and(|source| source.is("iam.amazonaws.com"))
            && head.name.is_some_and(|name| name.is("CreateAccessKey"));
        let made = || {
            let key = head.response?.object("accessKey")?;
            Some((key.text_of("accessKeyId")?.text(), key.text_of("userName")?.text()))
        };
        if let Some((key, owner)) = is_made.then(made).flatten() {
            let by = principal_name(head.identity());
            self.made.insert(key.into_owned(), (by.into_owned(), owner.into_owned()));
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        for (name, worker) in other.actors {
            let known = self.actors.entry(name).or_default();
            known.kind = known.kind.max(worker.kind);
            known.ways.merge(&worker.ways);
        }
        self.made.extend(other.made);
    }

    pub(super) fn bound(&mut self, slack: usize) {
        if self.actors.len() > slack * KEPT {
            prune_by(&mut self.actors, KEPT, |name| fnv(name.as_bytes()));
        }
        if self.made.len() > slack * KEPT {
            prune_by(&mut self.made, KEPT, |key| fnv(key.as_bytes()));
        }
    }

    pub(super) fn rename(&mut self, id: &str, arn: &str) {
        if let Some(worker) = self.actors.remove(id) {
            self.actors.entry_ref(arn).or_default().ways.merge(&worker.ways);
        }
    }

    /// How a principal worked; none where the baseline does not know it.
    pub(crate) fn ways(&self, name: &str) -> Option<&Ways> {
        self.actors.get(name).map(|worker| &worker.ways)
    }

    /// Addresses from which people worked, with the people.
    pub(crate) fn people(&self) -> impl Iterator<Item = (&str, &str)> {
        let people =
            |worker: &Worker| matches!(worker.kind, Kind::User | Kind::Root | Kind::Federated);
        self.actors.iter().filter(move |(_, worker)| people(worker)).flat_map(|(name, worker)| {
            let addresses = worker.ways.known().iter().map(|worked| &*worked.address);
            addresses
                .filter(|address| !address.is_empty() && !agent::is_service_address(address))
                .map(move |address| (address, name.as_str()))
        })
    }

    /// Keys that last, each with who made it and for which user.
    pub(crate) fn keys_made(&self) -> impl Iterator<Item = (&str, &str, &str)> {
        self.made.iter().map(|(key, (by, owner))| (key.as_str(), by.as_str(), owner.as_str()))
    }
}
