//! `collect logs`: an account's event history (`LookupEvents`) from all regions at once, each page
//! sealed in the case as it came.
//!
//! A page's place says what was asked for (`logs/REGION/LOOKUP/SINCE_UNTIL/NUMBER.json`), and from the
//! pages follows what is missing: that alone is asked for when it is run again, after a kill too. Pages
//! go on by AWS's token while a run lasts and by time after it, since a token does not last.

mod asking;
mod live;
mod pages;
mod told;
mod window;

use std::collections::{BTreeMap, BTreeSet};

use crashcart_aws::services::cloudtrail::LookupEvents;
use crashcart_aws::services::sts::GetCallerIdentity;
use crashcart_aws::{AwsError, Call, Door, Operation};
use crashcart_collect::{Regions, regions};
use crashcart_model::Timestamp;
use crashcart_report::json_document;
use crashcart_store::Case;

use crate::AppError;
use crate::kept;
use crate::permissions::Action;
use asking::{Asker, Looked, Round};
pub use live::{FOLLOWED, PassingCase, collect_live};
pub use told::{EventHistory, HistoryGap, LookedUp, RegionHistory};
use window::{Window, moment};

/// Every call that is made here, besides those for regions.
pub(crate) const CALLS: &[Operation] = &[LookupEvents::OPERATION];

/// How far back it goes.
const DAYS: i64 = 90;
const DAY: i64 = 86_400;
/// Where the documents lie in a case, and where the pages are, below the account.
pub(crate) const RESULTS: &str = "collected";
pub(crate) const FOLDER: &str = "logs";

/// What to look for: one attribute at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Lookup {
    /// Everything.
    All,
    /// Calls signed with this key.
    Key(String),
    /// Calls of this user, or of sessions with this name.
    User(String),
    /// Calls that name this resource.
    Resource(String),
    /// Calls of this name.
    EventName(String),
}

impl Lookup {
    /// The attribute as `LookupEvents` calls it, and its value.
    pub fn attribute(&self) -> Option<(&'static str, &str)> {
        match self {
            Self::All => None,
            Self::Key(key) => Some(("AccessKeyId", key)),
            Self::User(name) => Some(("Username", name)),
            Self::Resource(name) => Some(("ResourceName", name)),
            Self::EventName(name) => Some(("EventName", name)),
        }
    }

    /// As a part of a name.
    fn name(&self) -> String {
        self.attribute().map_or_else(
            || "all".to_owned(),
            |(attribute, value)| format!("{attribute}={}", kept::part(value)),
        )
    }
}

/// What is wanted of an account's event history.
#[derive(Debug, Clone)]
pub struct WantedHistory {
    /// What to look for.
    pub lookup: Lookup,
    /// Not before; else as far back as it goes.
    pub since: Option<Timestamp>,
    /// Not after; else until now.
    pub until: Option<Timestamp>,
    /// Only these regions; none: every region that is enabled.
    pub regions: Vec<String>,
    /// How many keys that the looked-up ones had issued are looked up too.
    pub follow: usize,
}

/// Asks for the event history and seals each page in the case.
///
/// # Errors
/// When there is no account to ask, no region answered at all, or the case cannot be written. What was
/// sealed before that stays.
pub fn collect_event_history(
    door: &Door,
    case: Case,
    wanted: &WantedHistory,
    progress: &(dyn Fn(&str, u64) + Sync),
) -> Result<EventHistory, AppError> {
    let door = door.only(Action::CollectLogs.calls());
    let caller = door.reader().ask(&GetCallerIdentity {})?.answer;
    let now = door.now().millis() / 1000;
    let mut gaps = Vec::new();
    let window = reach(wanted, now, &mut gaps)?;
    let regions = which(&door, wanted, &mut gaps);
    let asker = Asker::new(&door, case, caller.account.clone(), progress);
    let is_open = wanted.until.is_none_or(|until| until.millis() / 1000 >= now);
    let mut told = EventHistory {
        account: caller.account,
        asked_by: caller.arn,
        since: moment(window.since),
        until: moment(window.until),
        lookups: Vec::new(),
        regions: Vec::new(),
        not_enabled: regions.not_enabled,
        gaps,
        limits: told::LIMITS.map(str::to_owned).into(),
    };
    let mut totals: BTreeMap<String, RegionHistory> = BTreeMap::new();
    let mut known: BTreeSet<String> = BTreeSet::new();
    let mut lookups = vec![wanted.lookup.clone()];
    let mut left = wanted.follow;
    let mut first_error = None;
    while !lookups.is_empty() {
        known.extend(lookups.iter().filter_map(|one| Some(one.attribute()?.1.to_owned())));
        let round = Round { lookups: &lookups, window, is_open };
        let looked = asker.round(&regions.enabled, &round)?;
        let mut issued: BTreeMap<String, i64> = BTreeMap::new();
        told.lookups.extend(lookups.iter().map(|one| looked_up(one, wanted, &looked)));
        for one in looked {
            one.add_to(totals.entry(one.region.clone()).or_default());
            issued.extend(one.pages.issued);
            if let Some(error) = one.error {
                told.gaps.push(gap(&one.region, &one.lookup, &error));
                first_error.get_or_insert(error);
            }
        }
        issued.retain(|key, _| !known.contains(key));
        lookups = follow(issued, wanted, &mut left, &mut told.gaps);
    }
    told.regions = totals.into_values().collect();
    told.gaps.sort();
    told.gaps.dedup();
    if let Some(error) = first_error.filter(|_| told.regions.iter().all(|one| one.pages == 0)) {
        return Err(error.into());
    }
    let mut document = Vec::new();
    json_document(&told, true, &mut document).map_err(AppError::Output)?;
    let name = format!("{RESULTS}/{}-{}.json", told.account, wanted.lookup.name());
    asker.into_case().publish(&name, &document)?;
    Ok(told)
}

fn looked_up(lookup: &Lookup, wanted: &WantedHistory, looked: &[Looked]) -> LookedUp {
    let events = looked.iter().filter(|one| one.lookup == *lookup);
    let (attribute, value) = lookup.attribute().unzip();
    LookedUp {
        attribute: attribute.map(str::to_owned),
        value: value.map(str::to_owned),
        followed: *lookup != wanted.lookup,
        events: events.map(|one| one.pages.events()).sum(),
    }
}

/// The stretch of time that can be asked for.
fn reach(wanted: &WantedHistory, now: i64, gaps: &mut Vec<HistoryGap>) -> Result<Window, AppError> {
    let earliest = now - DAYS * DAY;
    let seconds = |time: Timestamp| time.millis().div_euclid(1000);
    let since = wanted.since.map_or(earliest, seconds);
    let until = wanted.until.map_or(now, seconds).min(now);
    if until <= earliest || until < since {
        return Err(AppError::Request {
            what: format!("no event from {} to {} can be looked up", moment(since), moment(until)),
            hint: "LookupEvents goes 90 days back, and not into the future; what is older lies in the \
                   bucket of the trail, if there is one",
        });
    }
    if since < earliest {
        gaps.push(HistoryGap {
            region: None,
            detail: format!(
                "from {} to {}: LookupEvents goes 90 days back; read the bucket of the trail, if \
                 there is one",
                moment(since),
                moment(earliest)
            ),
            permission: None,
        });
    }
    Ok(Window { since: since.max(earliest), until })
}

/// The regions that are asked.
fn which(door: &Door, wanted: &WantedHistory, gaps: &mut Vec<HistoryGap>) -> Regions {
    if !wanted.regions.is_empty() {
        let enabled: BTreeSet<_> = wanted.regions.iter().cloned().collect();
        return Regions { enabled: enabled.into_iter().collect(), ..Regions::default() };
    }
    let regions = regions(door.reader());
    if let Some(error) = &regions.unknown {
        gaps.push(HistoryGap {
            region: None,
            detail: format!(
                "which regions are enabled is unknown, those were asked that every account has: \
                 {error}; name others with --region"
            ),
            permission: error.missing().map(str::to_owned),
        });
    }
    regions
}

fn gap(region: &str, lookup: &Lookup, error: &AwsError) -> HistoryGap {
    // Whoever is denied is denied for every lookup: said once.
    let is_about_all = matches!(error, AwsError::Denied { .. } | AwsError::RegionDisabled { .. });
    let value = lookup.attribute().filter(|_| !is_about_all).map(|(_, value)| value);
    let of = value.map(|value| format!(" (of {value})")).unwrap_or_default();
    let needs = error.missing().map(|one| format!(" (needs {one})")).unwrap_or_default();
    HistoryGap {
        region: Some(region.to_owned()),
        detail: format!("{error}{needs}{of}; run it again to ask for what is missing"),
        permission: error.missing().map(str::to_owned),
    }
}

/// The keys that are looked up next, the last issued first, and a gap for those that are not.
fn follow(
    issued: BTreeMap<String, i64>,
    wanted: &WantedHistory,
    left: &mut usize,
    gaps: &mut Vec<HistoryGap>,
) -> Vec<Lookup> {
    if !matches!(wanted.lookup, Lookup::Key(_) | Lookup::User(_)) {
        return Vec::new();
    }
    let mut keys: Vec<_> = issued.into_iter().map(|(key, time)| (-time, key)).collect();
    keys.sort_unstable();
    let rest = keys.split_off(keys.len().min(*left));
    *left -= keys.len();
    if let Some((_, key)) = rest.first() {
        gaps.push(HistoryGap {
            region: None,
            detail: format!(
                "{} more keys were issued and not looked up, the last of them {key}: --follow N looks \
                 up more of them",
                rest.len()
            ),
            permission: None,
        });
    }
    keys.into_iter().map(|(_, key)| Lookup::Key(key)).collect()
}
