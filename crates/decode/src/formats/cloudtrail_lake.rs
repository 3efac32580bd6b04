//! CloudTrail Lake: the record in `eventData` (events put into a channel, query results), as an
//! object or as JSON text, or the untouched record in `eventJson`.

use crashcart_model::Record;

use super::Shape;
use crate::opener::Opener;

/// See the module.
pub(crate) struct CloudTrailLake;

impl Shape for CloudTrailLake {
    fn name(&self) -> &'static str {
        "cloudtrail_lake"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        for name in ["eventJson", "eventData"] {
            if let Some(data) =
                unit.get(name).filter(|data| data.scalar().is_some() || data.as_object().is_some())
            {
                opener.embedded(data, self.name());
                opener.beside(unit, &[data], self.name());
                return true;
            }
        }
        false
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[
            (
                r#"{"eventData":{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"},"metadata":{"channelARN":"x"}}"#,
                1,
            ),
            (
                r#"{"eventData":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"}"#,
                1,
            ),
        ]
    }
}
