//! Splunk exports: the record is the JSON text `_raw`, by itself, under `result`, or in each of
//! `results`.

use crashcart_model::{Record, Value};

use super::Shape;
use crate::opener::Opener;

/// See the module.
pub(crate) struct Splunk;

impl Shape for Splunk {
    fn name(&self) -> &'static str {
        "splunk"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        if let Some(Value::Array(results)) = unit.get("results") {
            let raw =
                |result: Value<'_>| result.as_object().is_some_and(|row| row.get("_raw").is_some());
            if !results.members().any(|(_, result)| raw(result)) {
                return false;
            }
            for (_, result) in results.members() {
                opener.embedded(result, self.name());
            }
            opener.beside(unit, &[Value::Array(results)], self.name());
            return true;
        }
        let result = unit.object("result").filter(|result| result.get("_raw").is_some());
        let (row, beside) = match result {
            Some(result) if unit.get("_raw").is_none() => (result, true),
            _ => (*unit, false),
        };
        let Some(raw) = row.get("_raw") else { return false };
        opener.embedded(raw, self.name());
        opener.beside(&row, &[raw], self.name());
        if beside {
            opener.beside(unit, &[Value::Object(row), raw], self.name());
        }
        true
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[
            (
                r#"{"preview":false,"offset":0,"result":{"_raw":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}}"#,
                1,
            ),
            (
                r#"{"preview":false,"messages":[],"results":[{"_raw":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}]}"#,
                1,
            ),
            (
                r#"{"_raw":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}","sourcetype":"aws:cloudtrail"}"#,
                1,
            ),
        ]
    }
}
