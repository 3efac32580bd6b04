//! CloudWatch Logs: subscription documents (`logEvents[].message`), what `aws logs
//! filter-log-events` prints (`events[].message`), and single log events.

use crashcart_model::{Record, Value};

use super::Shape;
use crate::opener::Opener;
use crate::sink::Apart;

/// See the module.
pub(crate) struct CloudWatchLogs;

impl Shape for CloudWatchLogs {
    fn name(&self) -> &'static str {
        "cloudwatch_logs"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        let control = unit.text_of("messageType").is_some_and(|kind| kind.is("CONTROL_MESSAGE"));
        if control && memchr::memmem::find(unit.json().as_bytes(), b"eventName").is_none() {
            opener.apart(Apart::ControlMessage, self.name());
            return true;
        }
        for name in ["logEvents", "events"] {
            let Some(Value::Array(events)) = unit.get(name) else { continue };
            for (_, event) in events.members() {
                let inner = event.as_object();
                match inner.and_then(|inner| Some((inner, inner.get("message")?))) {
                    Some((inner, message)) => {
                        opener.embedded(message, self.name());
                        opener.beside(&inner, &[message], self.name());
                    }
                    None => opener.unknown(event, "a log event without a message"),
                }
            }
            opener.beside(unit, &[Value::Array(events)], self.name());
            return true;
        }
        // Logs Insights and single log events.
        let timed = ["timestamp", "ingestionTime", "@ptr", "@timestamp", "logStreamName"];
        if timed.iter().any(|name| unit.get(name).is_some()) {
            for name in ["message", "@message"] {
                if let Some(message) = unit.get(name).filter(|value| json_text(*value)) {
                    opener.embedded(message, self.name());
                    opener.beside(unit, &[message], self.name());
                    return true;
                }
            }
        }
        false
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[
            (
                r#"{"messageType":"DATA_MESSAGE","owner":"111122223333","logGroup":"trail","logEvents":[{"id":"1","timestamp":1,"message":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}]}"#,
                1,
            ),
            (
                r#"{"messageType":"CONTROL_MESSAGE","logEvents":[{"message":"CWL CONTROL MESSAGE"}]}"#,
                0,
            ),
            (
                r#"{"searchedLogStreams":[],"events":[{"timestamp":1,"ingestionTime":2,"message":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}]}"#,
                1,
            ),
        ]
    }
}

fn json_text(value: Value<'_>) -> bool {
    value.as_str().is_some_and(|text| text.raw().trim_start().starts_with('{'))
}
