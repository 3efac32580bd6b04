//! Collecting what a trail delivered: its objects kept in the case under their digests, beside what
//! the account says of the trail. What the case holds already is not fetched again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crashcart_aws::services::cloudtrail::{
    DescribeTrails, GetEventSelectors, GetTrailStatus, Trail,
};
use crashcart_aws::services::sts::GetCallerIdentity;
use crashcart_aws::{Call, Door, Operation};
use crashcart_collect::{Address, Found, Span, Wanted, find_objects};
use crashcart_model::{Gap, GapReason};
use crashcart_report::json_document;
use crashcart_store::{Case, ManifestEntry};
use serde::{Deserialize, Serialize};

use crate::event_history::RESULTS;
use crate::kept::{self, Keeper};
use crate::permissions::Action;
use crate::reading::AHEAD;
use crate::{AppError, Filter, buckets};

/// What it asks about trails; of buckets it asks what reading them does.
pub(crate) const CALLS: &[Operation] =
    &[DescribeTrails::OPERATION, GetTrailStatus::OPERATION, GetEventSelectors::OPERATION];

/// Objects that are sealed together: what a kill makes a later run fetch again at most.
const SEALED_AT_ONCE: usize = 100;

/// What was collected of trails.
#[derive(Debug, Default, Serialize, Deserialize)]
pub struct CollectedTrails {
    /// The trails that were asked about.
    pub trails: Vec<TrailTold>,
    /// Where was looked.
    pub addresses: Vec<String>,
    /// Objects that the case holds now.
    pub objects: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Of the objects, how many it held before.
    pub held_before: u64,
    /// Addresses of what lies beside and was left out: not what CloudTrail delivers.
    #[serde(default)]
    pub left_out: Vec<String>,
    /// What could not be had, and what to do.
    pub gaps: Vec<Gap>,
}

/// A trail.
#[derive(Debug, Serialize, Deserialize)]
pub struct TrailTold {
    /// Its ARN.
    pub arn: String,
    /// Where it delivers to.
    pub bucket: Option<String>,
    /// Whether it logs; none where that could not be asked.
    pub is_logging: Option<bool>,
    /// Why the last delivery failed, where it did.
    pub delivery_error: Option<String>,
}

/// Which objects.
#[derive(Debug, Clone)]
pub struct TrailOptions {
    /// A trail by name or ARN, or addresses of buckets; all trails where there is none.
    pub named: Vec<String>,
    /// Of its time only the days of delivery that are needed.
    pub filter: Filter,
    /// Days that are read after the last.
    pub redelivery_days: u16,
}

/// Fetches what trails delivered into a case; `tell` is told how far it is.
///
/// # Errors
/// When there is no such trail or bucket, or the case cannot be written; what was sealed stays.
pub fn collect_trails(
    door: &Door,
    open_case: &dyn Fn() -> Result<Case, AppError>,
    options: &TrailOptions,
    tell: &mut dyn FnMut(&str),
) -> Result<CollectedTrails, AppError> {
    let door = door.only(Action::CollectTrail.calls());
    let mut collected = CollectedTrails::default();
    let addresses: Vec<Address> =
        match options.named.iter().map(|one| Address::parse(one)).collect() {
            Some(addresses) if !options.named.is_empty() => addresses,
            _ => trails(&door, open_case()?, &options.named, &mut collected)?,
        };
    let span = Span {
        since: options.filter.since,
        until: options.filter.until,
        redelivery_days: options.redelivery_days,
    };
    let mut files = Vec::new();
    for address in &addresses {
        let found = find_objects(&door, address, Wanted { span: &span, only_trail: true })?;
        buckets::notes(address, &found, &span).iter().for_each(|note| tell(note));
        files.extend(found.files);
        collected.gaps.extend(found.gaps);
        collected.left_out.extend(found.left_out);
    }
    collected.addresses = addresses.iter().map(ToString::to_string).collect();
    files.sort_by(|a, b| a.shown.cmp(&b.shown));
    files.dedup_by(|a, b| a.shown == b.shown);
    let mut case = open_case()?;
    fetch(&mut case, &files, &mut collected, tell)?;
    collected.gaps.sort();
    collected.left_out.sort();
    let mut document = Vec::new();
    json_document(&collected, true, &mut document).map_err(AppError::Output)?;
    let of = kept::part(&collected.addresses.join(" "));
    case.publish(&format!("{RESULTS}/trails-{of}.json"), &document)?;
    Ok(collected)
}

/// Asks about the trails, sealing each answer; returns where they deliver to.
fn trails(
    door: &Door,
    case: Case,
    named: &[String],
    into: &mut CollectedTrails,
) -> Result<Vec<Address>, AppError> {
    let account = door.reader().ask(&GetCallerIdentity {})?.answer.account;
    let folder = format!("trails/{}", door.now().to_string().replace(':', ""));
    let keeper = Arc::new(Keeper::new(case, account, folder));
    let door = door.keeping(keeper.clone());
    let all = DescribeTrails { include_shadow_trails: Some(true) };
    let all = door.reader().ask(&all)?.answer.trails;
    let known: BTreeSet<String> = all.iter().map(|trail| trail.name.clone()).collect();
    let is_meant = |trail: &Trail| {
        named.is_empty() || named.iter().any(|name| *name == trail.name || *name == trail.arn)
    };
    let trails: Vec<Trail> = all.into_iter().filter(is_meant).collect();
    if trails.is_empty() {
        let known = known.into_iter().collect::<Vec<_>>().join(", ");
        let known = if known.is_empty() { "none".to_owned() } else { known };
        return Err(AppError::Request {
            what: format!("no such trail logs in {}; there are: {known}", door.region()),
            hint: "name the region with --aws-region, or give s3://BUCKET/PREFIX of the logs",
        });
    }
    let mut addresses = BTreeMap::new();
    for trail in trails {
        if let Some(bucket) = &trail.bucket {
            let prefix = trail.prefix.as_deref().map(|prefix| format!("{prefix}/"));
            let prefix = format!("{}AWSLogs/", prefix.unwrap_or_default());
            let address = Address { bucket: bucket.clone(), prefix };
            addresses.insert(address.to_string(), address);
        }
        into.trails.push(told(&door, trail, &mut into.gaps));
    }
    keeper.end()?;
    Ok(addresses.into_values().collect())
}

fn told(door: &Door, trail: Trail, gaps: &mut Vec<Gap>) -> TrailTold {
    let reader = door.reader();
    let region = trail.home.as_deref().unwrap_or(reader.region());
    let status = reader.call(region, &GetTrailStatus { name: trail.arn.clone() });
    let selectors = reader.call(region, &GetEventSelectors { trail_name: trail.arn.clone() });
    let errors = [status.as_ref().err(), selectors.as_ref().err()];
    gaps.extend(errors.into_iter().flatten().map(|error| Gap {
        path: trail.arn.clone(),
        offset: 0,
        size: None,
        reason: GapReason::Unreadable,
        detail: format!("{error}: which events it took, and whether it logged, is unknown"),
    }));
    let status = status.ok().map(|answered| answered.answer);
    TrailTold {
        arn: trail.arn,
        bucket: trail.bucket,
        is_logging: status.as_ref().and_then(|status| status.is_logging),
        delivery_error: status.and_then(|status| status.latest_delivery_error),
    }
}

/// Fetches what the case does not hold.
fn fetch(
    case: &mut Case,
    files: &[Found],
    collected: &mut CollectedTrails,
    tell: &mut dyn FnMut(&str),
) -> Result<(), AppError> {
    let held: BTreeMap<(String, u64, String), String> = case
        .evidence()
        .into_iter()
        .filter_map(|entry| Some(((entry.path, entry.size, entry.etag?), entry.sha256)))
        .collect();
    let is_held = |file: &&Found| {
        let etag = file.object.as_ref().and_then(|object| object.etag()).unwrap_or_default();
        let sealed = held.get(&(file.shown.clone(), file.size, etag.to_owned()));
        sealed.is_some_and(|sha256| case.copy_of(sha256).is_some())
    };
    let (before, wanted): (Vec<&Found>, Vec<&Found>) = files.iter().partition(is_held);
    collected.held_before = before.len() as u64;
    collected.objects = before.len() as u64;
    collected.bytes = before.iter().map(|file| file.size).sum();
    let mut fresh = Vec::new();
    for (number, file) in wanted.iter().enumerate() {
        let ahead = wanted.iter().skip(number).take(AHEAD);
        ahead.filter_map(|file| file.object.as_ref()).for_each(|object| object.begin());
        let Some(object) = &file.object else { continue };
        let mut reader = object.bytes();
        match case.take_in(&mut reader) {
            Ok((sha256, size)) => {
                collected.objects += 1;
                collected.bytes += size;
                let etag = object.etag().map(str::to_owned);
                let (path, members) = (file.shown.clone(), Vec::new());
                fresh.push(ManifestEntry { sha256, size, path, members, etag });
            }
            Err(error) => match reader.failed() {
                Some((reason, detail)) => {
                    let path = file.shown.clone();
                    collected.gaps.push(Gap { path, offset: 0, size: None, reason, detail });
                }
                None => {
                    // What came before stays, and is known to have.
                    case.seal(&fresh)?;
                    return Err(error.into());
                }
            },
        }
        if fresh.len() == SEALED_AT_ONCE {
            case.seal(&std::mem::take(&mut fresh))?;
            tell(&format!("{} of {} objects fetched", number + 1, wanted.len()));
        }
    }
    case.seal(&fresh)?;
    Ok(())
}
