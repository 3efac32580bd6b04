//! CloudTrail digest files: recognised and counted apart. What one does not say as CloudTrail
//! writes it (CloudTrail User Guide, "CloudTrail digest file structure") is told, and it proves
//! nothing.

use crashcart_model::{Record, Timestamp, Value};

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
            let fault = fault(unit);
            opener.digest(unit, fault, self.name());
            opener.beside(unit, &[], self.name());
        }
        taken
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[(
            r#"{"awsAccountId":"111122223333","digestStartTime":"2026-01-01T00:00:00Z","digestEndTime":"2026-01-01T01:00:00Z","digestS3Object":"AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/01/01/x.json.gz","logFiles":[]}"#,
            0,
        )]
    }
}

/// What keeps a digest file from proving anything, and what is said of it.
fn fault<'r>(unit: &Record<'r>) -> Option<(Value<'r>, &'static str)> {
    let time = |name: &str| Timestamp::parse(&unit.text_of(name)?.text());
    let Some(Value::Array(files)) = unit.get("logFiles") else {
        let detail =
            "logFiles of a digest file is no list: which log files were delivered is unknown";
        return Some((unit.get("logFiles").unwrap_or(Value::Null), detail));
    };
    let nameless = |value: &Value<'_>| match value {
        Value::Object(file) => file.text_of("s3Object").is_none(),
        _ => true,
    };
    if let Some((_, file)) = files.members().find(|(_, file)| nameless(file)) {
        return Some((
            file,
            "an entry of a digest file that names no log file: the digest is not used",
        ));
    }
    let (Some(start), Some(end)) = (time("digestStartTime"), time("digestEndTime")) else {
        let detail = "a digest file whose times cannot be read: it is not used";
        return Some((Value::Object(*unit), detail));
    };
    if end < start {
        let detail = "a digest file that ends before it begins: it is not used";
        return Some((unit.get("digestEndTime").unwrap_or(Value::Null), detail));
    }
    let place = unit.text_of("digestS3Object");
    let placed = place.is_some_and(|place| place.text().contains("/CloudTrail-Digest/"));
    (!placed || unit.text_of("awsAccountId").is_none()).then_some((
        Value::Object(*unit),
        "a digest file that does not say of which account and region it is: it is not used",
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::sink::Apart;
    use crate::testing::Seen;

    fn read(field: &str, value: serde_json::Value) -> Seen {
        let (sample, _) = CloudTrailDigest.samples()[0];
        let mut digest: serde_json::Value = serde_json::from_str(sample).unwrap();
        digest[field] = value;
        Seen::read(digest.to_string().as_bytes())
    }

    #[test]
    fn a_digest_that_cannot_be_right_is_told_and_counted() {
        for (field, value, told) in [
            ("logFiles", json!("none"), "is no list"),
            ("logFiles", json!([{"s3Bucket": "b"}]), "names no log file"),
            ("logFiles", json!(["a.json.gz"]), "names no log file"),
            ("digestEndTime", json!("2025-12-31T23:00:00Z"), "ends before it begins"),
            ("digestEndTime", json!("tomorrow"), "times cannot be read"),
            ("digestStartTime", json!(null), "times cannot be read"),
            ("digestS3Object", json!("x.json.gz"), "of which account and region"),
            ("awsAccountId", json!(1), "of which account and region"),
        ] {
            let seen = read(field, value.clone());
            assert!(seen.gap().detail.contains(told), "{field} {value}: {:?}", seen.gap());
            assert!(seen.apart().eq([Apart::Digest]), "{field} {value}");
        }
        let files = json!([{"s3Object": "a.json.gz"}, {"s3Object": "b.json.gz"}]);
        assert_eq!(read("logFiles", files).gaps().count(), 0);
    }
}
