//! What was done with a key, and with what came of it, since a moment: after a cut-off that shows
//! whether it took effect.

use std::collections::BTreeSet;

use crashcart_collect::Listing;
use crashcart_model::{Coverage, Event, Outcome, Timestamp};

use crate::progress::Progress;
use crate::reading::ReadOptions;
use crate::{Filter, SortError, lineage, timeline};

/// Calls since a moment. Those of a session whose key no record names are not among them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FurtherUse {
    /// How many took effect.
    pub done: u64,
    /// The last of them.
    pub last_done: Option<Event>,
    /// How many were refused.
    pub denied: u64,
    /// The last of them: proof that the cut-off took effect.
    pub last_denied: Option<Event>,
    /// How many failed for another reason, or do not say.
    pub other: u64,
}

impl FurtherUse {
    fn take(&mut self, event: &Event) {
        let (count, last) = match event.outcome {
            Outcome::Done => (&mut self.done, &mut self.last_done),
            Outcome::Denied => (&mut self.denied, &mut self.last_denied),
            _ => {
                self.other += 1;
                return;
            }
        };
        *count += 1;
        *last = Some(event.clone());
    }
}

/// Reads the material for calls with `key`, and with the keys that came of it, at or after `since`.
/// Data trouble is in the coverage's gaps.
///
/// # Errors
/// When a temporary file fails.
pub fn further_use(
    key: &str,
    since: Timestamp,
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
) -> Result<(FurtherUse, Coverage), SortError> {
    let (lineage, _) = lineage(key, listing, options, progress);
    let mut keys = BTreeSet::from([key.to_owned()]);
    keys.extend(lineage.descends.iter().filter_map(|one| Some(one.key.as_ref()?.raw().to_owned())));
    let filter =
        Filter { since: Some(since), keys: keys.into_iter().collect(), ..Filter::default() };
    let options = ReadOptions { filter, ..options.clone() };
    let mut used = FurtherUse::default();
    let coverage = timeline(listing, &options, progress, &mut |row| {
        // One without a time passes any filter, and proves nothing here.
        if row.event.time.is_some() {
            used.take(row.event);
        }
        Ok(())
    })?;
    Ok((used, coverage))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::testing::{call, folder, listing, options};

    #[test]
    fn calls_since_a_moment_are_counted_by_what_became_of_them_also_those_of_keys_that_it_made() {
        let with = |key: &str| json!({"userIdentity": {"type": "IAMUser", "accessKeyId": key}});
        let denied = json!({
            "userIdentity": {"type": "IAMUser", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
            "errorCode": "AccessDenied",
        });
        let made = json!({
            "userIdentity": {"type": "IAMUser", "accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
            "responseElements": {"accessKey": {"accessKeyId": "AKIAI44QH8DHBEXAMPLE"}},
        });
        let at = |minute: u32| format!("2026-05-04T03:{minute:02}:00Z");
        let folder = folder(&[(
            "a.json",
            vec![
                call("CreateAccessKey", "1", &at(1), made),
                call("ListUsers", "2", &at(9), with("AKIAIOSFODNN7EXAMPLE")),
                call("ListRoles", "3", &at(10), denied),
                call("ListBuckets", "4", &at(11), with("AKIAI44QH8DHBEXAMPLE")),
                call("ListBuckets", "5", &at(12), with("AKIASOMEBODYELSE1234")),
            ],
        )]);
        let listing = listing(folder.path());
        let since = Timestamp::parse("2026-05-04T03:10:00Z").expect("a time");
        let progress = Progress::default();
        let options = options(2, Filter::default());
        let (used, _) = further_use("AKIAIOSFODNN7EXAMPLE", since, &listing, &options, &progress)
            .expect("read");
        assert_eq!((used.done, used.denied, used.other), (1, 1, 0));
        assert_eq!(used.last_done.map(|event| event.name), Some("ListBuckets".into()));
        assert_eq!(used.last_denied.map(|event| event.name), Some("ListRoles".into()));
    }
}
