//! What was left behind and what was lost: ways back in, changes to what matters, data that was
//! read, calls that had no effect. Only what was done counts as made, changed, removed or read.

use std::collections::BTreeMap;

use crashcart_model::{
    Accessed, Changed, Failed, Level, LogText, Outcome, Persistence, PersistenceState, Timestamp,
};

use crate::actor::Kind;
use crate::distinct::Distinct;
use crate::facts::{NAMED, earlier};
use crate::knowledge::Effect;
use crate::named::Named;
use crate::removal::Removals;
use crate::scene::{Entry, Scene};
use crate::scope::Scope;
use crate::witness::{self, Witnesses};

/// Rows shown of each list.
pub(crate) const SHOWN: usize = 300;

/// Kinds of what calls make that are changes to what the field calls the crown jewels.
const CROWN_JEWELS: [&str; 10] = [
    "security group ingress",
    "bucket policy",
    "bucket replication",
    "shared snapshot",
    "shared image",
    "shared database snapshot",
    "VPC peering",
    "KMS key policy",
    "log subscription",
    "instance user data",
];

/// A way back in that is told, with its making and its removal.
pub(crate) struct Kept<'f> {
    pub(crate) kind: &'static str,
    pub(crate) made: Entry<'f>,
    pub(crate) removed: Option<Entry<'f>>,
}

/// Ways back in, in order of time.
pub(crate) fn kept<'f>(
    scene: &Scene<'f>,
    scope: &Scope<'f>,
    removals: &Removals<'f>,
) -> Vec<Kept<'f>> {
    scene
        .entries
        .iter()
        .filter(|entry| entry.done() && scope.tells(entry))
        .filter(|entry| {
            !entry.parts.automation
                || entry.cited(Level::Medium)
                || scene.touched.is_built_on(entry)
        })
        .filter_map(|entry| match entry.effect() {
            Some(Effect::Make("Lambda code")) if removals.restores(entry) => None,
            Some(Effect::Make(kind)) => {
                Some(Kept { kind, made: *entry, removed: removals.of(entry, kind) })
            }
            _ => None,
        })
        .collect()
}

pub(crate) fn persistence(scene: &Scene<'_>, kept: &[Kept<'_>]) -> Vec<Persistence> {
    kept.iter()
        .map(|kept| {
            let mut origins = scene.origins(kept.made.item);
            let removed = kept.removed.as_ref();
            origins.extend(removed.and_then(|call| scene.origins(call.item).pop()));
            Persistence {
                kind: kept.kind.to_owned(),
                what: kept.made.target().unwrap_or_default(),
                by: LogText::from(kept.made.parts.actor),
                at: kept.made.item.first,
                state: match removed {
                    Some(_) => PersistenceState::Removed,
                    None => PersistenceState::InPlace,
                },
                removed_by: removed.map(|call| LogText::from(call.parts.actor)),
                cut_off_at: None,
                origins,
            }
        })
        .collect()
}

/// Changes to what matters, by anybody but AWS and a scaffold.
pub(crate) fn changes<'f>(
    scene: &Scene<'f>,
    scope: &Scope<'f>,
    removals: &Removals<'f>,
) -> Vec<Changed> {
    let mut changes = Vec::new();
    // What is nobody's attack is told of everybody alike.
    let usual = scene.aside.iter().filter(|entry| !scope.is_listed(entry.parts.actor));
    for entry in scene.entries.iter().chain(usual).filter(|entry| entry.done()) {
        let kind = match entry.effect() {
            Some(Effect::Change(kind) | Effect::Replace(kind, _)) => Some(kind),
            Some(Effect::Make(kind)) if CROWN_JEWELS.contains(&kind) => Some(kind),
            Some(Effect::Remove(_)) if matches!(entry.technique(), Some("T1485" | "T1490")) => None,
            _ => continue,
        };
        let by_hand = !entry.parts.automation && !scope.is_silent(entry.parts.actor);
        let scaffold = entry.cited(Level::Medium) || scene.touched.is_built_on(entry);
        if !(by_hand || scaffold && scope.tells(entry)) {
            continue;
        }
        let reverted = kind.and_then(|kind| removals.of(entry, kind)).filter(|call| {
            // Who switches MFA off and registers a device itself has put nothing back.
            kind != Some("MFA") || call.parts.actor != entry.parts.actor
        });
        changes.push(Changed {
            resource: entry.target().unwrap_or_else(|| LogText::from(kind.unwrap_or("unknown"))),
            change: entry.what(),
            by: LogText::from(entry.parts.actor),
            at: entry.item.first,
            reverted_by: reverted.map(|call| LogText::from(call.parts.actor)),
            destroyed: destroys(entry, kind),
            made_at: entry.made,
            origins: scene.origins(entry.item),
        });
    }
    // What a principal does to its own props comes last.
    changes.sort_by_key(|change| (change.made_at.is_some(), change.at.is_none(), change.at));
    changes
}

/// Kinds of what calls change by deleting what they name, where the kind does not say so.
const DELETED: [&str; 7] = [
    "flow logs",
    "log group",
    "log stream",
    "event data store",
    "GuardDuty detector",
    "NAT gateway",
    "load balancer",
];

/// Whether a change is the deletion of a thing, not of a setting that is put back by setting it.
fn destroys(entry: &Entry<'_>, kind: Option<&str>) -> bool {
    let name = entry.parts.name;
    ["Delete", "BatchDelete", "Terminate"].iter().any(|verb| name.starts_with(verb))
        && kind.is_none_or(|kind| kind.ends_with(" deleted") || DELETED.contains(&kind))
}

/// Sums of items that are told as one.
#[derive(Default)]
struct Sum {
    at: Option<Timestamp>,
    count: u64,
    bytes: Option<u64>,
    objects: Distinct,
    names: Named<NAMED>,
    /// The latest making, and whether any of it was not of the principal's own making.
    made: Option<Timestamp>,
    anothers: bool,
    witnesses: Witnesses,
}

impl Sum {
    fn add(&mut self, entry: &Entry<'_>) {
        self.at = earlier(self.at, entry.item.first);
        self.count += entry.item.count;
        if let Some(bytes) = entry.item.bytes {
            self.bytes = Some(self.bytes.unwrap_or(0).saturating_add(bytes));
        }
        self.objects.merge(&entry.item.objects);
        self.names.merge(&entry.item.names);
        self.made = self.made.max(entry.made);
        self.anothers |= entry.made.is_none();
        self.witnesses.merge(entry.item.witnesses.clone());
    }
}

/// Data that was read, by suspects and by nobody known at all.
pub(crate) fn accessed(scene: &Scene<'_>, scope: &Scope<'_>) -> Vec<Accessed> {
    let mut sums: BTreeMap<(&str, &str, Option<LogText>), Sum> = BTreeMap::new();
    for entry in scene.entries.iter().filter(|entry| entry.done()) {
        let Some(Effect::Read(kind)) = entry.effect() else { continue };
        let anonymous = scene.kind_of(entry.parts.actor) == Kind::Anonymous;
        if scope.tells(entry) || anonymous {
            // A call that names several things reads each of them.
            for thing in entry.parts.thing.split(", ") {
                let what = match entry.parts.thing.contains(", ") {
                    true => Some(LogText::from(thing)),
                    false => entry.target(),
                };
                sums.entry((kind, entry.parts.actor, what)).or_default().add(entry);
            }
        }
    }
    let mut rows: Vec<(Option<Timestamp>, Accessed)> = sums
        .into_iter()
        .map(|((kind, by, what), sum)| {
            let row = Accessed {
                kind: kind.to_owned(),
                what: what.unwrap_or_default(),
                count: sum.count,
                things: Some(sum.objects.count().0).filter(|count| *count > 0),
                names: sum.names.by_time().into_iter().map(LogText::from).collect(),
                made_at: sum.made.filter(|_| !sum.anothers),
                bytes: sum.bytes,
                by: LogText::from(by),
                // What is named is proved.
                origins: witness::origins(
                    sum.witnesses.iter().chain(sum.names.witnesses()),
                    scene.material.evidence,
                ),
            };
            (sum.at, row)
        })
        .collect();
    rows.sort_by_key(|(at, row)| (row.made_at.is_some(), at.is_none(), *at));
    rows.into_iter().map(|(_, row)| row).collect()
}

/// Calls without effect: of suspects all, of others the denied ones.
pub(crate) fn failed(scene: &Scene<'_>, scope: &Scope<'_>) -> Vec<Failed> {
    let mut sums: BTreeMap<(&str, LogText, &str), Sum> = BTreeMap::new();
    for entry in &scene.entries {
        let told = match entry.parts.outcome {
            Outcome::Denied => !scope.is_silent(entry.parts.actor),
            Outcome::Failed => scope.tells(entry),
            Outcome::Done | Outcome::Unknown => false,
        };
        if told {
            let key = (entry.parts.actor, entry.what(), entry.parts.error);
            sums.entry(key).or_default().add(entry);
        }
    }
    let mut rows: Vec<Failed> = sums
        .into_iter()
        .map(|((by, what, error), sum)| Failed {
            what,
            error: LogText::from(error),
            count: sum.count,
            by: LogText::from(by),
            at: sum.at,
            origins: sum.witnesses.origins(scene.material.evidence),
        })
        .collect();
    rows.sort_by_key(|row| {
        let listed = scope.is_listed(row.by.raw());
        (!listed, row.at.is_none(), row.at)
    });
    rows
}
