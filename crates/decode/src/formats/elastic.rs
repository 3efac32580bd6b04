//! Logstash and Elastic exports: CloudTrail's own names beside `@timestamp`, search hits
//! (`_source`, also in the `hits` of a search), Filebeat's untouched copy (`event.original`).

use crashcart_model::{Record, Value};

use super::Shape;
use crate::opener::Opener;

/// See the module.
pub(crate) struct Elastic;

impl Shape for Elastic {
    fn name(&self) -> &'static str {
        "elastic"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        if let Some(source) = unit.object("_source") {
            let taken = opener.nested(&source, self.name());
            if taken {
                // A search repeats values of the document under these two names.
                let repeated = ["fields", "highlight"].iter().filter_map(|name| unit.get(name));
                let read: Vec<_> = repeated.chain([Value::Object(source)]).collect();
                opener.beside(unit, &read, self.name());
            }
            return taken;
        }
        if let Some(Value::Array(hits)) = unit.object("hits").and_then(|hits| hits.get("hits")) {
            for (_, hit) in hits.members() {
                opener.embedded(hit, self.name());
            }
            opener.beside(unit, &[Value::Array(hits)], self.name());
            return true;
        }
        if unit.get("@timestamp").is_none() {
            return false;
        }
        if unit.text_of("eventName").is_some() && unit.text_of("eventSource").is_some() {
            opener.event(unit, self.name());
            return true;
        }
        let original = unit.object("event").and_then(|event| event.get("original"));
        let original = original.or_else(|| unit.get("event.original"));
        if let Some(original) = original.filter(|text| text.as_str().is_some()) {
            opener.embedded(original, self.name());
            opener.beside(unit, &[original], self.name());
            return true;
        }
        false
    }

    fn lossy(&self) -> bool {
        true
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[
            (
                r#"{"eventName":"ListBuckets","@version":"1","eventSource":"s3.amazonaws.com","@timestamp":"2020-09-14T00:44:23.000Z"}"#,
                1,
            ),
            (
                r#"{"_index":"logs","_source":{"eventName":"ListBuckets","eventSource":"s3.amazonaws.com","@timestamp":"2020-09-14T00:44:23.000Z"}}"#,
                1,
            ),
            (
                r#"{"took":1,"hits":{"total":{"value":1},"hits":[{"_source":{"eventName":"ListBuckets","eventSource":"s3.amazonaws.com","@timestamp":"2020-09-14T00:44:23.000Z"}}]}}"#,
                1,
            ),
            (
                r#"{"@timestamp":"2020-09-14T00:44:23.000Z","event":{"original":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}}"#,
                1,
            ),
        ]
    }
}
