//! Every event that passes the filter, in order of time.

use crashcart_collect::Listing;
use crashcart_model::{Coverage, Event, EventRef, EvidenceId, Head, LogText, Origin, Record};

use crashcart_report::Row;

use crate::detect::EmitRow;
use crate::progress::Progress;
use crate::reading::{self, Observer, ReadOptions};
use crate::sorted::{self, Rows, SortError};

/// Reads the material and gives out its events in order of time, evidence and record; events
/// without a time come last.
///
/// # Errors
/// When a temporary file fails or `emit` does. Data trouble is in the coverage's gaps.
pub fn timeline(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    emit: &mut EmitRow<'_>,
) -> Result<Coverage, SortError> {
    let make = || Keeper(Rows::new(options.threads));
    let mut material = reading::read(listing, options, progress, &make);
    let rows = std::mem::take(&mut material.observers).into_iter().map(|keeper| keeper.0);
    let paths = material.paths();
    sorted::merge(rows.collect(), &material, &mut |row| {
        let local_path = paths.get(&row.event.origin.evidence).copied();
        emit(&Row { event: &row.event, finding: None, local_path })
    })?;
    Ok(material.coverage)
}

struct Keeper(Rows);

impl Observer for Keeper {
    fn event(&mut self, _: &Record<'_>, head: &Head<'_>, at: EventRef) {
        self.0.push(&Event::of(head, unplaced(head)), at, None, None);
    }
}

/// An origin whose evidence is not known yet.
pub(crate) fn unplaced(head: &Head<'_>) -> Origin {
    let event_id = head.event_id.filter(|id| !id.is_empty());
    Origin {
        evidence: EvidenceId::new("unread", None),
        record: 0,
        event_id: event_id.map(|id| LogText::new(id.text())),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::filter::Filter;
    use crate::testing::{call, folder, listing, options};

    fn told(listing: &Listing, options: &ReadOptions) -> (String, Coverage) {
        let mut out = String::new();
        let coverage = timeline(listing, options, &Progress::default(), &mut |row| {
            let event = row.event;
            out.push_str(&serde_json::to_string(event).unwrap());
            out.push('\n');
            Ok(())
        });
        (out, coverage.unwrap())
    }

    #[test]
    fn a_timeline_has_the_events_that_pass_the_filter_and_the_coverage_has_all() {
        let folder = folder(&[
            ("a.json", vec![call("DeleteUser", "3", "2026-05-04T03:00:00Z", json!({}))]),
            (
                "b.json",
                vec![
                    call("CreateUser", "2", "2026-05-04T02:00:00Z", json!({})),
                    call("GetUser", "1", "2026-05-04T01:00:00Z", json!({})),
                ],
            ),
        ]);
        let events = vec!["CreateUser".to_owned(), "DeleteUser".to_owned()];
        let filter = Filter { events, ..Filter::default() };
        let (out, coverage) = told(&listing(folder.path()), &options(2, filter));
        let ids: Vec<_> = out
            .lines()
            .map(|line| serde_json::from_str::<Event>(line).unwrap().origin.event_id.unwrap())
            .collect();
        assert_eq!(ids, [LogText::from("2"), LogText::from("3")]);
        assert_eq!(coverage.events, 3);
    }

    #[test]
    fn the_timeline_of_a_real_incident_is_whole_sorted_and_the_same_for_any_number_of_threads() {
        let Some(path) = crashcart_testkit::shared_data("story-invictus/CloudTrail") else {
            return;
        };
        let (one, coverage) = told(&listing(&path), &options(1, Filter::default()));
        // Counted with python over the 55 files: 2,900 records, all ids distinct.
        assert_eq!(one.lines().count(), 2900);
        assert_eq!(coverage.events, 2900);
        let times: Vec<_> =
            one.lines().map(|line| serde_json::from_str::<Event>(line).unwrap().time).collect();
        assert!(times.is_sorted());
        let four = told(&listing(&path), &options(4, Filter::default()));
        assert!(one == four.0, "four threads give other bytes");
        assert_eq!(coverage, four.1);
    }
}
