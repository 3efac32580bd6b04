//! Splunk exports: the record is the JSON text `_raw`, by itself or under `result`.

use crashcart_model::Record;

use super::Shape;
use crate::opener::Opener;

/// See the module.
pub(crate) struct Splunk;

impl Shape for Splunk {
    fn name(&self) -> &'static str {
        "splunk"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        let raw = unit
            .get("_raw")
            .or_else(|| unit.object("result").and_then(|result| result.get("_raw")));
        let Some(raw) = raw else { return false };
        opener.embedded(raw, self.name());
        true
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[
            (
                r#"{"preview":false,"offset":0,"result":{"_raw":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}}"#,
                1,
            ),
            (
                r#"{"_raw":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}","sourcetype":"aws:cloudtrail"}"#,
                1,
            ),
        ]
    }
}
