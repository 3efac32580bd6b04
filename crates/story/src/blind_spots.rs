//! What the material cannot show, in sentences. Silence is never told as proof that nothing was.

use std::collections::BTreeSet;

use crashcart_model::{Timestamp, UniqueId};

use crate::aftermath;
use crate::deliveries;
use crate::log_bucket;
use crate::outsiders;
use crate::principal;
use crate::scene::Scene;
use crate::suspects::{Profile, usual_work};
use crate::undo::Off;
use crate::words::{counted, counted_len, listed, verb};

/// Hours without an event that are worth a sentence.
const QUIET: i64 = 6;
const HOUR: i64 = 3_600_000;

/// Rows that were left out of the lists, for the sentence about it.
#[derive(Debug, Default)]
pub(crate) struct LeftOut {
    pub(crate) steps: usize,
    /// Calls through infrastructure-as-code tools that are no steps.
    pub(crate) scaffolding: u64,
    /// A call named more things than are kept of one call.
    pub(crate) unnamed: bool,
    pub(crate) rows: Vec<(&'static str, usize)>,
    /// Findings that were given and could not be read, and where the first of them stands.
    pub(crate) unread: Option<(usize, String)>,
}

impl LeftOut {
    /// Cuts a list to what is shown and remembers how much that was.
    pub(crate) fn cut<T>(&mut self, list: &'static str, mut rows: Vec<T>) -> Vec<T> {
        if rows.len() > aftermath::SHOWN {
            self.rows.push((list, rows.len() - aftermath::SHOWN));
            rows.truncate(aftermath::SHOWN);
        }
        rows
    }
}

pub(crate) fn sentences(
    scene: &Scene<'_>,
    profiles: &[Profile<'_>],
    off: &[Off<'_>],
    left_out: &LeftOut,
) -> Vec<String> {
    let mut out = Vec::new();
    looked_up(scene, &mut out);
    kinds_of_logs(scene, &mut out);
    reach(scene, &mut out);
    deliveries::sentences(scene.material.coverage, &mut out);
    quiet(scene, &mut out);
    out.extend(off.iter().map(off_in_words));
    out.extend(log_bucket::sentences(scene));
    usual(scene, profiles, &mut out);
    unissued(scene, profiles, &mut out);
    outsiders::sentences(scene, &mut out);
    altered(profiles, &mut out);
    capped(scene, profiles, left_out, &mut out);
    if scene.facts.keys.is_crowded() {
        out.push("there are more access keys in this material than are followed: a chain of sessions may end early; whois follows one key".to_owned());
    }
    out
}

/// What is missing, and from when until when: of a trail that was switched off, deleted, or told
/// to record less.
fn off_in_words(off: &Off<'_>) -> String {
    let parts = &off.stopped.parts;
    let name = principal::plain(parts.thing);
    let who = principal::short(parts.actor);
    let made = off.stopped.made.map(|at| format!(" (made at {at} by the same {who})"));
    let made = made.unwrap_or_default();
    let from = moment(off.stopped.item.first);
    let until = off
        .again
        .map_or_else(|| "the end of this material".to_owned(), |again| moment(again.item.last));
    let missing = "what it alone would have recorded meanwhile is not here";
    match parts.name {
        "DeleteTrail" if off.again.is_none() => format!(
            "logging stopped: trail {name}{made} was deleted at {from}; what it alone would have recorded after that is not here"
        ),
        "DeleteTrail" => format!(
            "logging stopped: trail {name}{made} was deleted at {from} and made anew at {until}; {missing}"
        ),
        "StopLogging" => {
            format!(
                "logging stopped: trail {name}{made} was off from {from} until {until}; {missing}"
            )
        }
        _ => format!(
            "logging thinned out: trail {name}{made} was told to record less from {from} until {until}; {missing}"
        ),
    }
}

fn moment(time: Option<Timestamp>) -> String {
    time.map_or_else(|| "an unknown time".to_owned(), |time| time.to_string())
}

/// What was left out as usual work, and of whom no usual work is known.
fn usual(scene: &Scene<'_>, profiles: &[Profile<'_>], out: &mut Vec<String>) {
    let mut without: Vec<String> = Vec::new();
    for profile in profiles.iter().filter(|profile| profile.listed()) {
        let Some(split) = scene.split(profile.name) else { continue };
        let who = principal::short(profile.name);
        match usual_work(scene, profile.name) {
            Some(text) if split.workload => out.push(format!(
                "{who}: {text}, which came no later than the first suspicious call ({}), from another address, with no tool that a person types into; if that was not the workload, it belongs to the story",
                moment(split.since)
            )),
            Some(text) => out.push(format!(
                "{who}: {text}, a way of working that has a history {} and nothing suspicious about it (the first suspicious call: {}); if that was not its owner, it belongs to the story",
                split.shown_by(),
                moment(split.since)
            )),
            None => without.push(who),
        }
    }
    if !without.is_empty() {
        let logs = match scene.has_baseline() {
            true => "neither this material nor the baseline shows",
            false => "nothing in this material shows",
        };
        out.push(format!(
            "{logs} how {} worked before the first suspicious call: all of it is told, its owner's own work too if there was any",
            listed(without.iter().map(String::as_str), 3)
        ));
    }
}

/// What comes of LookupEvents alone (CloudTrail User Guide, "Working with CloudTrail event history").
fn looked_up(scene: &Scene<'_>, out: &mut Vec<String>) {
    let mut read = scene.material.coverage.evidence.iter().filter(|one| one.records > 0).peekable();
    if read.peek().is_some() && read.all(|one| one.formats == ["lookup_events"]) {
        out.push("all of this comes from LookupEvents: management events of the last 90 days, up to about 15 minutes late, and only what was looked up; that something is not in it proves nothing".to_owned());
    }
}

fn kinds_of_logs(scene: &Scene<'_>, out: &mut Vec<String>) {
    let coverage = scene.material.coverage;
    let has = |word: &str| {
        coverage.log_types.iter().any(|kind| kind.name.to_ascii_lowercase().contains(word))
    };
    if !scene.facts.s3_data_events {
        out.push("no S3 data events seen: only the trail's selectors can say whether there were none; objects may have been read, written or deleted".to_owned());
    }
    if !scene.facts.management_events && scene.facts.events > 0 {
        out.push("no management events in this material: who made or changed users, roles, buckets and what they permit is not here".to_owned());
    }
    if !has("flow") {
        out.push(
            "no VPC flow logs were read: how much left the network, and to where, is unknown"
                .to_owned(),
        );
    }
    if !scene.material.alerts.is_empty() {
        out.push("besides what was given with --finding, whether other findings of GuardDuty, Macie or Security Hub fired is unknown".to_owned());
    } else if !has("guardduty") {
        out.push("no GuardDuty or Security Hub findings were read: whether there was an alert is unknown".to_owned());
    }
    if !has("s3 access") && !has("s3access") {
        out.push(
            "no S3 server access logs were read: anonymous reads of public objects may be missing"
                .to_owned(),
        );
    }
}

fn reach(scene: &Scene<'_>, out: &mut Vec<String>) {
    let coverage = scene.material.coverage;
    let mut regions: BTreeSet<&str> =
        coverage.regions.iter().map(crashcart_model::LogText::raw).collect();
    for actor in scene.facts.actors.values() {
        regions.extend(actor.regions.iter());
    }
    if regions.len() == 1 {
        out.push(
            "only one region seen: whether others were quiet or have no trail here is unknown"
                .to_owned(),
        );
    }
    let (no_time, no_id) = (coverage.without_time, coverage.without_id);
    if no_time > 0 {
        let events = counted(no_time, "event");
        out.push(format!("{events} without a time: last in the order, and proof of none"));
    }
    if no_id > 0 {
        let events = counted(no_id, "event");
        out.push(format!("{events} without an id: further deliveries of the same cannot be told"));
    }
    if coverage.gap_count > 0 {
        let gaps = counted(coverage.gap_count, "gap");
        out.push(format!("{gaps}: what stands there could not be read"));
    }
}

/// The longest stretches without events.
fn quiet(scene: &Scene<'_>, out: &mut Vec<String>) {
    let hours: Vec<i64> = scene.facts.hours.iter().copied().collect();
    let mut gaps: Vec<(i64, i64)> = hours
        .windows(2)
        .filter_map(|pair| match pair {
            [one, two] if two - one > QUIET => Some((two - one - 1, one + 1)),
            _ => None,
        })
        .collect();
    gaps.sort_unstable_by_key(|(length, from)| (-length, *from));
    for (length, from) in gaps.iter().take(3) {
        let at = |hour: i64| Timestamp::from_millis(hour.saturating_mul(HOUR));
        let (from, until) = (at(*from), at(from + length));
        let known = deliveries::quiet(scene.material.coverage, from, until);
        let hours = counted(length.unsigned_abs(), "hour");
        out.push(format!("no events from {from} to {until}, {hours}: {known}"));
    }
    if gaps.len() > 3 {
        out.push(format!(
            "and {} more of {QUIET} hours or longer without events",
            counted_len(gaps.len() - 3, "stretch")
        ));
    }
}

/// Keys of suspects whose id names another account than the records do.
fn altered(profiles: &[Profile<'_>], out: &mut Vec<String>) {
    let (mut encoded, mut recorded) = (BTreeSet::new(), BTreeSet::new());
    for profile in profiles.iter().filter(|profile| profile.listed()) {
        let accounts: Vec<&str> = profile.actor.accounts.iter().collect();
        let ids = profile.actor.keys.iter().filter_map(|key| UniqueId::parse(key)?.account);
        for id in ids.filter(|id| !accounts.is_empty() && !accounts.contains(&id.as_str())) {
            encoded.insert(id.as_str().to_owned());
            recorded.extend(accounts.iter().copied());
        }
    }
    if !encoded.is_empty() {
        let encoded = listed(encoded.iter().map(String::as_str), 3);
        let (noun, recorded) =
            (if encoded.contains(',') { "accounts" } else { "account" }, listed(recorded, 3));
        out.push(format!("key ids say {noun} {encoded}, records say {recorded}: logs may be anonymised or altered"));
    }
}

/// Suspects whose session nobody in the material asked for.
fn unissued(scene: &Scene<'_>, profiles: &[Profile<'_>], out: &mut Vec<String>) {
    let missing = profiles
        .iter()
        .filter(|p| p.listed() && principal::session(p.name).is_some())
        .filter(|p| !scene.facts.sessions.contains_key(p.name))
        .count();
    if missing > 0 {
        let (sessions, were) =
            (counted_len(missing, "suspect session"), verb(missing as u64, "was", "were"));
        out.push(format!("{sessions} {were} issued by a call that is not in this material: who asked for it is unknown (CloudTrail of the account and region that issued it would tell)"));
    }
}

fn capped(scene: &Scene<'_>, profiles: &[Profile<'_>], left_out: &LeftOut, out: &mut Vec<String>) {
    let kept: u64 = scene.entries.iter().chain(&scene.aside).map(|entry| entry.item.count).sum();
    if kept < scene.facts.events {
        let count = scene.facts.events - kept;
        out.push(format!("{} {} not in the story, because there are more different calls or principals than are kept; findings still cover them", counted(count, "event"), verb(count, "is", "are")));
    }
    let cut = profiles.iter().filter(|p| p.listed() && !p.incomplete().is_empty()).count();
    if cut > 0 {
        let suspects = counted_len(cut, "suspect");
        out.push(format!(
            "of {suspects} only the earliest 64 keys, addresses or user agents are known"
        ));
    }
    if left_out.steps > 0 {
        let steps = counted_len(left_out.steps, "step");
        out.push(format!("{steps} of the least telling left out"));
    }
    if left_out.scaffolding > 0 {
        let calls = counted(left_out.scaffolding, "call");
        out.push(format!(
            "{calls} of infrastructure as code left out of the steps: no finding cites them"
        ));
    }
    if left_out.unnamed {
        out.push("some calls name more than ten things: only ten of each are told".to_owned());
    }
    if let Some((count, first)) = &left_out.unread {
        out.push(format!("findings that could not be read: {count}; the first: {first}"));
    }
    for (list, count) in &left_out.rows {
        let rows = counted_len(*count, "row");
        out.push(format!("{rows} of {list} left out: the first {} are shown", aftermath::SHOWN));
    }
}
