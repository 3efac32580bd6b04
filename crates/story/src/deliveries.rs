//! What digest files prove: that a stretch was quiet, or that log files of it are not here. It
//! must never call anything quiet for which a digest is missing, and says that neither signatures
//! nor hashes were checked.

use crashcart_model::{Coverage, Delivery, Timestamp};

use crate::principal::plain;
use crate::words::{counted, counted_len, verb};

/// Deliveries told one by one.
const TOLD: usize = 5;
/// Events come up to so much later than they happened: the hour after a quiet stretch must be
/// covered too (AWS CloudTrail User Guide: on average within 5 minutes, not guaranteed).
const LATE: i64 = 3_600_000;

/// Sentences about log files that digests list.
pub(crate) fn sentences(coverage: &Coverage, out: &mut Vec<String>) {
    let all = &coverage.deliveries;
    if all.is_empty() {
        return;
    }
    let broken: Vec<&Delivery> = all.iter().filter(|one| one.missing > 0).collect();
    for one in broken.iter().take(TOLD) {
        out.push(lost(one));
    }
    if broken.len() > TOLD {
        let more = counted_len(broken.len() - TOLD, "stretch");
        out.push(format!("and {more} more of which log files are missing"));
    }
    let regions: Vec<&str> = coverage
        .regions
        .iter()
        .map(|region| region.raw())
        .filter(|region| !all.iter().any(|one| one.region.raw() == *region))
        .collect();
    if !regions.is_empty() {
        let regions = crate::words::listed(regions, TOLD);
        out.push(format!(
            "no digest files of {regions}: whether log files of it are missing, nothing here tells"
        ));
    }
    let listed: u64 = all.iter().map(|one| one.listed).sum();
    if broken.is_empty() && listed > 0 {
        let files = counted(listed, "log file");
        out.push(format!("digest files list {files}, and all are here under their names; {UNCHECKED}, and hours without a digest are unknown"));
    }
}

const UNCHECKED: &str = "whether their bytes are what was delivered was not checked (aws cloudtrail validate-logs does)";

fn lost(one: &Delivery) -> String {
    let of = format!(
        "digests of account {}, {}, from {} to {} list {}",
        plain(one.account.raw()),
        plain(one.region.raw()),
        one.from,
        one.until,
        counted(one.listed, "log file")
    );
    if one.here == 0 && one.listed > 1 {
        return format!("{of}, and none is here under its name: missing, or renamed or joined");
    }
    let span = match (one.missing_from, one.missing_until) {
        (Some(from), Some(until)) => format!(" (events from {from} to {until})"),
        _ => String::new(),
    };
    let are = verb(one.missing, "is", "are");
    format!("{of}: {} {are} missing from this material by name{span}", one.missing)
}

/// Whether a stretch without events was quiet, as far as digests tell.
pub(crate) fn quiet(coverage: &Coverage, from: Timestamp, until: Timestamp) -> &'static str {
    let all = &coverage.deliveries;
    if all.is_empty() {
        return "quiet or missing, unknown (the trail's digest files would tell)";
    }
    let late = Timestamp::from_millis(until.millis().saturating_add(LATE));
    let overlaps = |one: &&Delivery| {
        one.missing_from.is_none_or(|first| first <= until)
            && one.missing_until.is_none_or(|last| last >= from)
    };
    if all.iter().filter(|one| one.missing > 0).any(|one| overlaps(&one)) {
        return "log files of it may be missing, as digests tell";
    }
    let covered = |account: &str, region: &str| {
        all.iter().any(|one| {
            one.region.raw() == region
                && (account.is_empty() || one.account.raw() == account)
                && one.from <= from
                && one.until >= late
        })
    };
    // The trail of one account may be an anonymised one: its digests need no name.
    let accounts: Vec<&str> = match coverage.accounts.as_slice() {
        [] | [_] => vec![""],
        many => many.iter().map(|account| account.raw()).collect(),
    };
    let mut places = accounts
        .iter()
        .flat_map(|account| coverage.regions.iter().map(move |region| (*account, region.raw())));
    if !coverage.regions.is_empty() && places.all(|(account, region)| covered(account, region)) {
        "quiet in the regions of this material, as the digests tell (their signatures were not checked)"
    } else {
        "quiet or missing, unknown: digests do not cover all of it"
    }
}
