//! The watch afterwards: whether the key, or one that came of it, was used since it was cut off.

use std::time::{Duration, Instant};

use crashcart_app::containment::{self, Standing};
use crashcart_app::{AppError, Door, FOLLOWED, FurtherUse, Lookup, Owner, WantedHistory};
use crashcart_model::{Event, Timestamp};
use crashcart_report::counted;

use super::Key;
use crate::arguments::Filters;
use crate::commands::plans;
use crate::exit::Exit;
use crate::progress::Shown;

/// How often the event history is asked while it is watched.
const BETWEEN: Duration = Duration::from_secs(60);

impl Key {
    /// Asks for use of the key after it was cut off, until the time is over.
    pub(super) fn watch(&self, door: &Door, owner: &Owner, minutes: u64) -> Result<Exit, AppError> {
        let user = owner.user.as_deref().unwrap_or_default();
        if !user.is_empty() && containment::standing(door, user, &self.id)? == Standing::Works {
            let text = "NOT DONE: the key was not cut off, so there is no use after it to look for";
            self.tell("WATCH", text)?;
            return Ok(Exit::Gaps);
        }
        let Some(since) = self.cut_since(owner)? else {
            let text = "NOT DONE: it was cut off by somebody else, and when is not known to this \
                        case; `crashcart investigate --case CASE` tells its use";
            self.tell("WATCH", text)?;
            return Ok(Exit::Gaps);
        };
        let until = Instant::now() + Duration::from_secs(minutes.saturating_mul(60));
        let wanted = WantedHistory {
            lookup: Lookup::Key(self.id.clone()),
            since: Some(since),
            until: None,
            regions: Vec::new(),
            follow: FOLLOWED,
        };
        loop {
            let case = plans::open_case(&self.case)?;
            let told = crashcart_app::collect_event_history(door, case, &wanted, &|_, _| {})?;
            let used = self.used(since)?;
            let left = until.saturating_duration_since(Instant::now());
            if used.done > 0 || left.is_zero() {
                for line in words(&used, since) {
                    self.tell("WATCH", &line)?;
                }
                for gap in &told.gaps {
                    let place = gap.region.as_deref().unwrap_or("all regions");
                    self.tell("GAP", &format!("{place}: {}", gap.detail))?;
                }
                let is_sure = used.done == 0 && used.other == 0 && told.gaps.is_empty();
                return Ok(if is_sure { Exit::Done } else { Exit::Gaps });
            }
            std::thread::sleep(BETWEEN.min(left));
        }
    }

    /// What the case's evidence has of it.
    fn used(&self, since: Timestamp) -> Result<FurtherUse, AppError> {
        let (open, filters) = (|| self.account.here(), Filters::default());
        let buckets = self.bounds.buckets(&filters, &open)?;
        let (_, options) = self.bounds.open(&[], &filters, &buckets)?;
        let listing = match crashcart_app::evidence_of_case(&self.case, &buckets) {
            Ok(inputs) => inputs.listing,
            // No page came with an event.
            Err(error) if error.is_bad_request() => return Ok(FurtherUse::default()),
            Err(error) => return Err(error),
        };
        let shown = Shown::begin(false, true);
        let options = options.asking();
        let used =
            crashcart_app::further_use(&self.id, since, &listing, &options, shown.counters())?;
        Ok(used.0)
    }
}

/// What is told: what took effect first.
fn words(used: &FurtherUse, since: Timestamp) -> Vec<String> {
    let mut lines = Vec::new();
    if let Some(last) = &used.last_done {
        lines.push(format!(
            "STILL USED: {} took effect after the cut-off at {since}; the last: {}",
            counted(used.done, "call"),
            told(last)
        ));
    }
    if let Some(last) = &used.last_denied {
        lines.push(format!(
            "effect observed: {} after the cut-off at {since} refused; the last: {}",
            counted(used.denied, "call"),
            told(last)
        ));
    }
    if used.other > 0 {
        lines.push(format!(
            "{} after the cut-off failed or do not say what became of them",
            counted(used.other, "call")
        ));
    }
    if lines.is_empty() {
        lines.push(format!(
            "no event after the cut-off at {since} was there yet: no proof, events come up to 15 \
             minutes late, and data events never this way"
        ));
    }
    lines
}

fn told(event: &Event) -> String {
    let at = event.time.map(|at| at.to_string()).unwrap_or_default();
    let id = event.origin.event_id.as_ref().map_or("unknown", |id| id.raw());
    format!(
        "{} with {} from {} at {at} in {} (event {id})",
        event.name.raw(),
        event.access_key.raw(),
        event.address.raw(),
        event.region.raw(),
    )
}
