//! The shapes in which people receive CloudTrail, one file each.
//!
//! A shape looks at one unit (a JSON object that the framing cut out) and either takes it, handing
//! every event in it to the [`Opener`], or leaves it to the next. Recognition is by content, unit
//! by unit, so that a file may mix shapes. Add a shape: copy a neighbour, list it in [`JSON`].

use crashcart_model::Record;

use crate::opener::Opener;

pub(crate) mod cloudtrail;
pub(crate) mod cloudtrail_digest;
pub(crate) mod cloudtrail_lake;
pub(crate) mod cloudwatch_logs;
pub(crate) mod columns;
pub(crate) mod elastic;
pub(crate) mod event_bridge;
pub(crate) mod insights;
pub(crate) mod lookup_events;
pub(crate) mod query_results;
pub(crate) mod splunk;

/// One shape of a JSON unit.
pub trait Shape: Sync {
    /// Its name: the file's name.
    fn name(&self) -> &'static str;
    /// Takes the unit if it is of this shape.
    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool;
    /// Whether exports of this shape may lack or rename fields that the record had.
    fn lossy(&self) -> bool {
        false
    }
    /// Texts of this shape, each with the number of events in it.
    fn samples(&self) -> &'static [(&'static str, u64)];
}

/// All shapes, in the order in which they are asked: the most common first.
pub static JSON: [&dyn Shape; 10] = [
    &cloudtrail::CloudTrail,
    &insights::Insights,
    &lookup_events::LookupEvents,
    &event_bridge::EventBridge,
    &cloudwatch_logs::CloudWatchLogs,
    &elastic::Elastic,
    &cloudtrail_lake::CloudTrailLake,
    &splunk::Splunk,
    &query_results::QueryResults,
    &cloudtrail_digest::CloudTrailDigest,
];

/// Whether a format of this name is lossy; see [`Shape::lossy`].
pub(crate) fn is_lossy(format: &str) -> bool {
    format == columns::NAME || JSON.iter().any(|shape| shape.name() == format && shape.lossy())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Seen;

    #[test]
    fn every_file_of_this_folder_is_listed_under_its_own_name() {
        let mut names: Vec<String> = JSON.iter().map(|shape| shape.name().to_owned()).collect();
        names.push("columns".to_owned());
        names.sort();
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/formats");
        let mut files: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .filter_map(|entry| {
                Some(entry.ok()?.file_name().to_str()?.strip_suffix(".rs")?.to_owned())
            })
            .filter(|name| name != "mod")
            .collect();
        files.sort();
        assert_eq!(names, files);
    }

    #[test]
    fn every_sample_gives_its_events_and_every_byte_is_accounted_for() {
        for shape in JSON {
            for (sample, events) in shape.samples() {
                let seen = Seen::read(sample.as_bytes());
                assert_eq!(seen.gaps().count(), 0, "{}: {sample}", shape.name());
                assert_eq!(seen.records().count() as u64, *events, "{}: {sample}", shape.name());
                assert!(seen.tally().formats.contains(&shape.name()), "{}: {sample}", shape.name());
            }
        }
    }
}
