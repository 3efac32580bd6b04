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
            opener.beside(unit, &[event], self.name());
            return true;
        }
        let Some(Value::Array(events)) = unit.get("Events") else { return false };
        let mut elements = events.members().map(|(_, event)| event).peekable();
        if elements.peek().is_some() && !elements.clone().any(|event| record(event).is_some()) {
            return false;
        }
        for event in elements {
            match record(event) {
                Some((element, text)) => {
                    opener.embedded(text, self.name());
                    opener.beside(&element, &[text], self.name());
                }
                None => opener.unknown(event, "an element of Events without CloudTrailEvent"),
            }
        }
        opener.beside(unit, &[Value::Array(events)], self.name());
        true
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

fn record(event: Value<'_>) -> Option<(Record<'_>, Value<'_>)> {
    let element = event.as_object()?;
    Some((element, element.get("CloudTrailEvent")?))
}
