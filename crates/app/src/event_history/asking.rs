//! Asking every region at once, one page after the other in each, and sealing what comes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use crashcart_aws::services::cloudtrail::{Events, LookupAttribute, LookupEvents};
use crashcart_aws::{Answered, AwsError, Door};
use crashcart_model::Timestamp;
use crashcart_store::{Case, CollectedCall};

use super::pages::Pages;
use super::told::RegionHistory;
use super::window::{Window, moment};
use super::{FOLDER, Lookup};
use crate::AppError;

/// As many events as a page can hold (API reference, `LookupEvents`).
const PAGE: u32 = 50;
const OPERATION: &str = "cloudtrail:LookupEvents";

/// Who asks, and where it is sealed.
pub(super) struct Asker<'a> {
    door: &'a Door,
    case: Mutex<Case>,
    account: String,
    progress: &'a (dyn Fn(&str, u64) + Sync),
}

/// What is asked in every region.
pub(super) struct Round<'a> {
    pub lookups: &'a [Lookup],
    pub window: Window,
    /// The window reaches until now: then AWS's clock says when that is.
    pub is_open: bool,
}

/// What a region holds of one lookup.
pub(super) struct Looked {
    pub region: String,
    pub lookup: Lookup,
    pub pages: Pages,
    /// Pages that were there before.
    before: u64,
    /// Why it ended early.
    pub error: Option<AwsError>,
}

impl Looked {
    /// Adds to what the region holds of all lookups.
    pub fn add_to(&self, all: &mut RegionHistory) {
        all.complete = self.error.is_none() && (all.region.is_empty() || all.complete);
        all.region.clone_from(&self.region);
        all.events += self.pages.events();
        all.pages += self.pages.count;
        all.new_pages += self.pages.count - self.before;
        let oldest = self.pages.oldest.map(moment);
        all.oldest = [all.oldest, oldest].into_iter().flatten().min();
        all.newest = all.newest.max(self.pages.newest.map(moment));
    }
}

impl<'a> Asker<'a> {
    pub fn new(
        door: &'a Door,
        case: Case,
        account: String,
        progress: &'a (dyn Fn(&str, u64) + Sync),
    ) -> Self {
        Self { door, case: Mutex::new(case), account, progress }
    }

    pub fn into_case(self) -> Case {
        self.case.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn case(&self) -> MutexGuard<'_, Case> {
        self.case.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks every region at once. In the order of regions and lookups.
    pub fn round(&self, regions: &[String], round: &Round<'_>) -> Result<Vec<Looked>, AppError> {
        std::thread::scope(|scope| {
            let threads: Vec<_> = regions
                .iter()
                .map(|region| {
                    scope.spawn(move || {
                        let looked = round.lookups.iter().map(|one| self.look(region, one, round));
                        looked.collect::<Result<Vec<_>, _>>()
                    })
                })
                .collect();
            let mut all = Vec::new();
            for thread in threads {
                let looked = thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                all.extend(looked?);
            }
            Ok(all)
        })
    }

    /// Asks a region for what the case does not hold yet.
    fn look(&self, region: &str, lookup: &Lookup, round: &Round<'_>) -> Result<Looked, AppError> {
        let place = format!("{FOLDER}/{region}/{}", lookup.name());
        let pages = self.kept(&place)?;
        let (region, lookup) = (region.to_owned(), lookup.clone());
        let mut looked = Looked { before: pages.count, region, lookup, pages, error: None };
        for window in round.window.missing(&looked.pages.covered()) {
            let is_open = round.is_open && window.until == round.window.until;
            if let Err(error) = self.all(&mut looked, &place, (window, is_open)) {
                match error {
                    AppError::Aws(error) => looked.error = Some(error),
                    other => return Err(other),
                }
                break;
            }
        }
        Ok(looked)
    }

    /// Asks for all pages of a window; by time where AWS's token does not last.
    fn all(
        &self,
        looked: &mut Looked,
        place: &str,
        (mut window, mut is_open): (Window, bool),
    ) -> Result<(), AppError> {
        loop {
            let ended = self.window(looked, place, (window, is_open));
            let oldest = looked.pages.oldest_in(window).filter(|oldest| *oldest < window.until);
            match (ended, oldest) {
                (Err(AppError::Aws(AwsError::Other { code, .. })), Some(oldest))
                    if code == "InvalidNextTokenException" =>
                {
                    (window.until, is_open) = (oldest, false);
                }
                (ended, _) => return ended,
            }
        }
    }

    fn window(
        &self,
        looked: &mut Looked,
        place: &str,
        (window, is_open): (Window, bool),
    ) -> Result<(), AppError> {
        let attribute = looked.lookup.attribute().map(|(key, value)| LookupAttribute {
            attribute_key: key.to_owned(),
            attribute_value: value.to_owned(),
        });
        let call = LookupEvents {
            lookup_attributes: attribute.into_iter().collect(),
            start_time: Some(window.since),
            end_time: (!is_open).then_some(window.until),
            max_results: Some(PAGE),
        };
        let region = looked.region.clone();
        self.door.reader().pages(&region, &call, |page| {
            self.seal(
                &region,
                &format!("{place}/{}", window.name()),
                looked.pages.next_number(window),
                &page,
            )?;
            looked.pages.add(window, &page.answer, page.at.as_second());
            (self.progress)(&region, page.answer.events.len() as u64);
            Ok(())
        })
    }

    fn seal(
        &self,
        region: &str,
        folder: &str,
        number: u32,
        page: &Answered<Events>,
    ) -> Result<(), AppError> {
        let call = CollectedCall {
            operation: OPERATION.to_owned(),
            account: self.account.clone(),
            region: region.to_owned(),
            request_id: page.request_id.clone(),
            at: Timestamp::from_millis(page.at.as_millisecond()),
        };
        let name = format!("{folder}/{number:04}.json");
        self.case().seal_collected(&name, page.raw.as_slice(), &call)?;
        Ok(())
    }

    /// What the case holds of a lookup in a region, in the order in which it was sealed.
    fn kept(&self, place: &str) -> Result<Pages, AppError> {
        let beginning = format!("{}/{place}/", self.account);
        let case = self.case();
        let entries: Vec<_> = case
            .collected()
            .filter_map(|entry| {
                let (window, _) = entry.name.strip_prefix(&beginning)?.split_once('/')?;
                Some((Window::parse(window)?, entry.clone()))
            })
            .collect();
        let paths: Result<Vec<_>, _> =
            entries.iter().map(|(_, entry)| case.collected_path(&entry.name)).collect();
        let paths = paths?;
        drop(case);
        let mut pages = Pages::default();
        for ((window, entry), path) in entries.iter().zip(paths) {
            match read(&path) {
                Some(page) => pages.add(*window, &page, entry.call.at.millis().div_euclid(1000)),
                None => pages.lost(*window),
            }
        }
        Ok(pages)
    }
}

fn read(path: &std::path::Path) -> Option<Events> {
    serde_json::from_slice(&std::fs::read(path).ok()?).ok()
}
