//! CloudTrail digest files: recognised and counted apart.

use crashcart_model::Record;

use super::Shape;
use crate::opener::Opener;

/// See the module.
pub(crate) struct CloudTrailDigest;

impl Shape for CloudTrailDigest {
    fn name(&self) -> &'static str {
        "cloudtrail_digest"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        let is = |name: &str| unit.get(name).is_some();
        // A digest holds no records: what does is none, whatever else it says.
        let taken = is("digestStartTime") && is("logFiles") && !is("Records");
        if taken {
            opener.digest(unit, self.name());
            opener.beside(unit, &[], self.name());
        }
        taken
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[(
            r#"{"awsAccountId":"111122223333","digestStartTime":"2026-01-01T00:00:00Z","digestEndTime":"2026-01-01T01:00:00Z","logFiles":[]}"#,
            0,
        )]
    }
}
