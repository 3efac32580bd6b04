//! AWS's own layout of delivered log files: where a file stands, what it is called, how it is
//! compressed. It must never put a time of this machine into a name or a gzip header.
//!
//! Source: AWS CloudTrail User Guide, "Finding your CloudTrail log files", for a trail of an
//! organization.

use std::io::Write;

use crashcart_model::Timestamp;
use flate2::{Compression, GzBuilder};

use crate::random::{ALPHANUMERIC, Random};

/// The organization whose trail delivers the files.
const ORGANIZATION: &str = "o-a1b2c3d4e5";
/// CloudTrail delivers about every five minutes.
pub(crate) const DELIVERY_SECONDS: i64 = 300;

/// One delivered log file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogFile {
    /// The key in the bucket: `AWSLogs/ORGANIZATION/ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/` and
    /// `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHMMZ_RANDOM.json.gz`, with `/` on every system.
    pub path: String,
    /// The file's bytes: one gzip member.
    pub bytes: Vec<u8>,
}

/// The key of a file that holds what `account` did in `region` in the five minutes from
/// `delivery` (seconds since 1970).
pub(crate) fn path(account: &str, region: &str, delivery: i64, random: &mut Random) -> String {
    let moment = time_text(delivery - delivery.rem_euclid(DELIVERY_SECONDS));
    // `2026-05-04T02:15:00Z`: the name leaves out the seconds and the marks between the parts.
    let part = |range: std::ops::Range<usize>| moment.get(range).unwrap_or_default();
    let (year, month, day) = (part(0..4), part(5..7), part(8..10));
    let (hour, minute) = (part(11..13), part(14..16));
    let end = random.text(ALPHANUMERIC, 16);
    format!(
        "AWSLogs/{ORGANIZATION}/{account}/CloudTrail/{region}/{year}/{month}/{day}/\
         {account}_CloudTrail_{region}_{year}{month}{day}T{hour}{minute}Z_{end}.json.gz"
    )
}

/// Compresses a file's text with fixed settings and an empty header.
pub(crate) fn gzip(text: &str) -> Vec<u8> {
    let out = Vec::with_capacity(text.len() / 4);
    let mut encoder = GzBuilder::new().mtime(0).write(out, Compression::new(6));
    // Writing into memory cannot fail; were it to, the file would end early and the reader's own
    // check of the gzip trailer would tell.
    let _ = encoder.write_all(text.as_bytes());
    encoder.finish().unwrap_or_default()
}

/// `2026-05-04T02:13:05Z`
pub(crate) fn time_text(seconds: i64) -> String {
    Timestamp::from_millis(seconds * 1000).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_after_the_five_minutes_it_was_delivered_in() {
        // 2026-05-04T02:18:05Z
        let seconds = Timestamp::parse("2026-05-04T02:18:05Z").unwrap().millis() / 1000;
        let path = path("111122223333", "eu-west-1", seconds, &mut Random::seeded(1, 1));
        let start = "AWSLogs/o-a1b2c3d4e5/111122223333/CloudTrail/eu-west-1/2026/05/04/\
                     111122223333_CloudTrail_eu-west-1_20260504T0215Z_";
        let end = path.strip_prefix(start).unwrap_or_else(|| panic!("{path}"));
        assert_eq!(end.len(), 16 + ".json.gz".len());
    }

    #[test]
    fn the_gzip_header_holds_no_time() {
        let bytes = gzip("{}");
        assert_eq!(bytes.get(..2), Some([0x1f, 0x8b].as_slice()));
        assert_eq!(bytes.get(4..8), Some([0; 4].as_slice()));
    }
}
