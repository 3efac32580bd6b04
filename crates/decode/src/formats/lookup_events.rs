//! What `aws cloudtrail lookup-events` prints: the record is a JSON text in `CloudTrailEvent`.

use crashcart_model::{Record, Value};

use super::Shape;
use crate::opener::Opener;

/// See the module.
pub(crate) struct LookupEvents;

impl Shape for LookupEvents {
    fn name(&self) -> &'static str {
        "lookup_events"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        if let Some(event) = unit.get("CloudTrailEvent") {
            opener.embedded(event, self.name());
            return true;
        }
        let Some(Value::Array(events)) = unit.get("Events") else { return false };
        let mut taken = false;
        for (_, event) in events.members() {
            if let Value::Object(event) = event
                && let Some(text) = event.get("CloudTrailEvent")
            {
                taken = true;
                opener.embedded(text, self.name());
            } else {
                opener.unknown(event, "an element of Events without CloudTrailEvent");
            }
        }
        taken || events.members().next().is_none()
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[
            (
                r#"{"Events":[{"EventId":"1","CloudTrailEvent":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}],"NextToken":"x"}"#,
                1,
            ),
            (
                r#"{"NextToken":{"n":1},"Events":[{"EventId":"1","CloudTrailEvent":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}]}"#,
                1,
            ),
        ]
    }
}
