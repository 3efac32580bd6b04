//! CloudTrail Insights events: recognised and counted apart (they describe rates, not calls).

use crashcart_model::Record;

use super::Shape;
use crate::opener::Opener;
use crate::sink::Apart;

/// See the module.
pub(crate) struct Insights;

impl Shape for Insights {
    fn name(&self) -> &'static str {
        "insights"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        let taken = unit.object("insightDetails").is_some()
            || unit.text_of("eventType").is_some_and(|kind| kind.is("AwsCloudTrailInsight"));
        if taken {
            opener.apart(Apart::Insight, self.name());
        }
        taken
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[(
            r#"{"Records":[{"eventVersion":"1.07","eventType":"AwsCloudTrailInsight","insightDetails":{"state":"Start"}}]}"#,
            0,
        )]
    }
}
