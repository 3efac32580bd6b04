//! Which suspects belong to one incident, and which work of an infrastructure-as-code tool only
//! looks like one. It must never make one incident of two people who merely share an address, nor
//! an incident of somebody whom nothing but the responder's question points at.

mod links;
mod new_address;
mod scaffold;

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{IncidentGroup, LogText};

use crate::agent;
use crate::clean_up::{self, CleanUps};
use crate::facts::earlier;
use crate::knowledge::Effect;
use crate::principal::short;
use crate::scene::Scene;
use crate::suspects::{LISTED, PLAUSIBLE, Profile};
use links::Link;

/// Incidents told.
const SHOWN: usize = 50;
/// Names listed of one kind in one incident.
const NAMED: usize = 100;
/// Reasons why suspects belong together, told of one incident.
const TIES: usize = 8;
/// Reasons of the worst suspect that are told with its incident.
const REASONS: usize = 3;

/// Suspects put together.
pub(crate) struct Groups<'f> {
    /// The group of each suspect: the name of its first.
    of: BTreeMap<&'f str, &'f str>,
    /// Why, by group.
    ties: BTreeMap<&'f str, Vec<String>>,
}

impl<'f> Groups<'f> {
    /// Puts together all who are suspects by what they did, asked about or not.
    pub(crate) fn new(scene: &Scene<'f>, profiles: &[Profile<'f>]) -> Self {
        // A question is no reason: who was asked about joins by what everybody joins by.
        let suspects: Vec<&Profile<'f>> = profiles.iter().filter(|p| p.merit >= LISTED).collect();
        let links = links::links(scene, &suspects);
        let mut parents: Vec<usize> = (0..suspects.len()).collect();
        let mut told: Vec<&Link> = Vec::new();
        for link in &links {
            let (one, two) = (root(&mut parents, link.one), root(&mut parents, link.two));
            // One tie is enough: what came first is the stronger.
            if one != two {
                told.push(link);
            }
            if let Some(parent) = parents.get_mut(one.max(two)) {
                *parent = one.min(two);
            }
        }
        let mut name = |number: usize| {
            suspects.get(root(&mut parents, number)).map_or("", |profile| profile.name)
        };
        let (mut ties, mut seen) = (BTreeMap::new(), BTreeSet::new());
        for link in told {
            let group = name(link.one);
            let ties: &mut Vec<String> = ties.entry(group).or_default();
            if seen.insert((group, &link.because)) {
                ties.push(link.because.clone());
            }
        }
        let of = (0..).zip(&suspects).map(|(number, profile)| (profile.name, name(number)));
        Self { of: of.collect(), ties }
    }

    /// The group of a principal; none of who is no suspect.
    pub(crate) fn of(&self, name: &str) -> Option<&'f str> {
        self.of.get(name).copied()
    }

    /// The suspects of each group, in the order of the profiles.
    pub(crate) fn members<'p>(&self, profiles: &'p [Profile<'f>]) -> Members<'f, 'p> {
        let mut members = Members::new();
        for profile in profiles {
            if let Some(group) = self.of(profile.name) {
                members.entry(group).or_default().push(profile);
            }
        }
        members
    }
}

/// Suspects by group.
pub(crate) type Members<'f, 'p> = BTreeMap<&'f str, Vec<&'p Profile<'f>>>;

/// The first of the group of a number. Halves the way there, so that long groups stay cheap.
fn root(parents: &mut [usize], mut number: usize) -> usize {
    while let Some(parent) = parents.get(number).copied()
        && parent != number
    {
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(parent) = parents.get_mut(number) {
            *parent = above;
        }
        number = above;
    }
    number
}

/// Puts what the responder asked about first, then what belongs to it; the rest as it was.
pub(crate) fn rank<'f>(groups: &Groups<'f>, profiles: &mut [Profile<'f>]) {
    let asked: BTreeSet<&str> = profiles
        .iter()
        .filter(|profile| profile.pivot)
        .filter_map(|profile| groups.of(profile.name))
        .collect();
    profiles.sort_by_key(|profile| {
        (!profile.pivot, !groups.of(profile.name).is_some_and(|group| asked.contains(group)))
    });
}

/// All incidents: those of suspects, worst first (what was asked about before the rest), then
/// scaffolds.
pub(crate) fn incidents<'f>(
    scene: &Scene<'f>,
    groups: &Groups<'f>,
    profiles: &[Profile<'f>],
    clean_ups: &CleanUps<'f>,
) -> Vec<IncidentGroup> {
    let mut told: Vec<(bool, IncidentGroup)> = groups
        .members(profiles)
        .into_iter()
        .filter_map(|(group, members)| {
            let worst = members.iter().map(|profile| profile.merit).max()?;
            (worst >= PLAUSIBLE).then(|| {
                let asked = members.iter().any(|profile| profile.pivot);
                let ties = groups.ties.get(group).map(Vec::as_slice).unwrap_or_default();
                let mut incident = incident(scene, &members, ties);
                incident.cleaned_up_by = clean_up::told(scene, clean_ups, group);
                (asked, incident)
            })
        })
        .collect();
    told.sort_by(|(one_asked, one), (two_asked, two)| {
        let order = |asked: &bool, i: &IncidentGroup| (!*asked, !i.act_now, u32::MAX - i.score);
        order(one_asked, one)
            .cmp(&order(two_asked, two))
            .then_with(|| one.suspects.cmp(&two.suspects))
    });
    let mut incidents: Vec<IncidentGroup> = told.into_iter().map(|(_, one)| one).collect();
    incidents.extend(scaffold::incidents(scene, groups));
    incidents.truncate(SHOWN);
    incidents
}

fn incident<'f>(scene: &Scene<'f>, members: &[&Profile<'f>], ties: &[String]) -> IncidentGroup {
    let mut by_score = members.to_vec();
    by_score.sort_by(|one, two| two.score.cmp(&one.score).then_with(|| one.name.cmp(two.name)));
    let mut incident = IncidentGroup::default();
    let (mut principals, mut addresses) = (BTreeSet::new(), BTreeSet::new());
    let mut keys: BTreeSet<(bool, &str)> = BTreeSet::new();
    let mut incomplete: BTreeSet<&str> = BTreeSet::new();
    for profile in &by_score {
        incident.suspects.push(LogText::from(profile.name));
        incident.act_now |= profile.act_now;
        incident.score = incident.score.max(profile.score);
        incident.first = earlier(incident.first, profile.actor.first);
        incident.last = incident.last.max(profile.actor.last);
        principals.insert(profile.name.to_owned());
        principals.extend(scene.sessions_of(profile.name).map(str::to_owned));
        let real = |address: &&str| !agent::is_service_address(address);
        addresses.extend(profile.actor.addresses.iter().filter(real));
        keys.extend(profile.actor.keys.iter().map(|key| (!key.starts_with("AKIA"), key)));
        incomplete.extend(profile.incomplete().into_iter().filter(|list| *list != "user_agents"));
        for entry in scene.entries_of(profile.name) {
            let parts = &entry.parts;
            match entry.effect() {
                _ if !entry.done() || parts.automation => {}
                Some(Effect::Make("access key")) => {
                    keys.insert((!parts.thing.starts_with("AKIA"), parts.thing));
                }
                Some(Effect::Make("IAM user")) => {
                    let (account, user) = (parts.account, crate::principal::bare(parts.thing));
                    principals.insert(format!("arn:aws:iam::{account}:user/{user}"));
                }
                _ => {}
            }
        }
    }
    keys.retain(|(_, key)| !key.is_empty());
    for (list, named) in [
        ("principals", principals.len()),
        ("addresses", addresses.len()),
        ("access_keys", keys.len()),
    ] {
        incomplete.extend(Some(list).filter(|_| named > NAMED));
    }
    incident.incomplete = incomplete.into_iter().map(str::to_owned).collect();
    incident.name = LogText::new(name(&by_score));
    incident.principals = principals.into_iter().take(NAMED).map(LogText::new).collect();
    incident.addresses = addresses.into_iter().take(NAMED).map(LogText::from).collect();
    let keys = keys.into_iter().map(|(_, key)| key);
    incident.access_keys = keys.take(NAMED).map(LogText::from).collect();
    incident.because = because(&by_score, ties);
    incident
}

/// `user bob and 2 more`
fn name(by_score: &[&Profile<'_>]) -> String {
    let worst = by_score.first().map(|profile| short(profile.name)).unwrap_or_default();
    match by_score.len().saturating_sub(1) {
        0 => worst,
        more => format!("{worst} and {more} more"),
    }
}

fn because(by_score: &[&Profile<'_>], ties: &[String]) -> Vec<String> {
    let mut because: Vec<String> = ties.iter().take(TIES).cloned().collect();
    let more = ties.len().saturating_sub(TIES);
    if more > 0 {
        because.push(format!("{more} more ties between them"));
    }
    if let Some(worst) = by_score.first() {
        let who = short(worst.name);
        let reasons = worst.because.weightiest(REASONS);
        because.extend(reasons.into_iter().map(|reason| format!("{who}: {reason}")));
    }
    because
}
