//! A CloudTrail record as it stands: in `{"Records":[...]}`, in a JSON array, as a JSON line.

use crashcart_model::{Record, Value};

use super::Shape;
use crate::opener::Opener;

/// See the module.
pub(crate) struct CloudTrail;

impl Shape for CloudTrail {
    fn name(&self) -> &'static str {
        "cloudtrail"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        let (mut source, mut name, mut kind) = (false, false, false);
        let mut members = unit.members();
        loop {
            let place = members.position();
            let Some(key) = members.next_name() else { break };
            // By length first: this is asked of every member of every record.
            let key = key.raw();
            match (key.len(), key) {
                // Notifications to queues and functions use the same names, with `aws:s3` and so on.
                (11, "eventSource") => {
                    let value = unit.value_at(place);
                    source =
                        matches!(value, Value::String(text) if !text.raw().starts_with("aws:"));
                }
                (9, "eventName") => name = matches!(unit.value_at(place), Value::String(_)),
                (12, "eventVersion" | "userIdentity")
                | (9, "eventTime" | "awsRegion")
                | (7, "eventID") => kind = true,
                // Logstash and Lake add fields of their own to the same names.
                (10, "@timestamp") | (9, "eventJson") | (7, "_source") => return false,
                _ => {}
            }
        }
        let taken = source && name && kind;
        if taken {
            opener.event(unit, self.name());
        }
        taken
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[
            (
                r#"{"Records":[{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"},{"eventVersion":"1.08","eventSource":"iam.amazonaws.com","eventName":"ListUsers"}]}"#,
                2,
            ),
            (
                "{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}\r\n{\"eventSource\":\"iam.amazonaws.com\",\"eventName\":\"ListUsers\",\"eventID\":\"1\"}\r\n",
                2,
            ),
            (
                r#"[{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}]"#,
                1,
            ),
        ]
    }
}
