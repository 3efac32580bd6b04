//! EventBridge envelopes: the record is the object `detail`.

use crashcart_model::Record;

use super::Shape;
use crate::opener::Opener;

/// See the module.
pub(crate) struct EventBridge;

impl Shape for EventBridge {
    fn name(&self) -> &'static str {
        "event_bridge"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        if unit.get("detail-type").is_none() {
            return false;
        }
        let Some(detail) = unit.get("detail") else { return false };
        opener.embedded(detail, self.name());
        opener.beside(unit, &[detail], self.name());
        true
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[(
            r#"{"version":"0","id":"1","detail-type":"AWS API Call via CloudTrail","source":"aws.s3","detail":{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}}"#,
            1,
        )]
    }
}
