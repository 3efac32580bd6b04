//! Times as spreadsheets, log products and programs write them, beside CloudTrail's own form.

use jiff::fmt::rfc2822;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;

use crate::Timestamp;

/// Forms that can be read in one way only. A day and a month that are both numbers behind one
/// another (`04/05/2026`) are not among them: which is which must be told.
const FORMS: [&str; 13] = [
    "%Y-%m-%d %H:%M:%S%.f %z",
    "%Y-%m-%dT%H:%M:%S%.f%z",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y-%m-%d %H:%M",
    // Web servers.
    "%d/%b/%Y:%H:%M:%S %z",
    // Kibana.
    "%b %d, %Y @ %H:%M:%S%.f",
    // CloudTrail's console.
    "%B %d, %Y, %H:%M:%S (UTC%:z)",
    "%b %d, %Y, %H:%M:%S (UTC%:z)",
    "%B %d, %Y, %I:%M:%S %p",
    "%b %d, %Y %I:%M:%S %p",
    "%b %d, %Y, %I:%M:%S %p",
    "%d %b %Y %H:%M:%S",
    "%a %b %d %H:%M:%S %Y",
];

impl Timestamp {
    /// Reads what [`Timestamp::parse`] reads, seconds to nanoseconds since 1970 by their number of
    /// digits, RFC 2822, and other common forms; a time without an offset is UTC. None when it is
    /// not a time, or one that can be read in two ways.
    pub fn parse_common(text: &str) -> Option<Self> {
        let text = text.trim();
        Self::parse(text)
            .or_else(|| Self::parse_epoch(text))
            .or_else(|| FORMS.iter().find_map(|form| Self::parse_as(form, text)))
            .or_else(|| Some(Self::from_jiff(rfc2822::parse(text).ok()?.timestamp())))
            .and_then(Self::shown)
    }

    /// Reads a time of one form, written as `strftime` has it (`%d/%m/%Y %H:%M:%S`); without an
    /// offset in it the time is UTC.
    pub fn parse_as(form: &str, text: &str) -> Option<Self> {
        let parts = strtime::parse(form, text.trim()).ok()?;
        let moment = match parts.to_timestamp() {
            Ok(moment) => moment,
            Err(_) => without_offset(&parts)?,
        };
        Self::from_jiff(moment).shown()
    }

    /// Whether `form` is one that [`Timestamp::parse_as`] can read, down to the day.
    pub fn is_form(form: &str) -> bool {
        let written = BrokenDownTime::from(jiff::Timestamp::UNIX_EPOCH).to_string(form);
        written.is_ok_and(|text| Self::parse_as(form, &text).is_some_and(|time| time.millis() == 0))
    }

    /// Digits, perhaps with a fraction: 10 of them are seconds, 13 milliseconds, 16 micro- and 19
    /// nanoseconds.
    fn parse_epoch(text: &str) -> Option<Self> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
        let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(fraction) {
            return None;
        }
        let number: i64 = whole.parse().ok()?;
        let millis = match (whole.len(), fraction) {
            (10, fraction) => {
                let mut thousandths = fraction.bytes().chain([b'0'; 3]).map(|digit| digit - b'0');
                let tail = thousandths.by_ref().take(3);
                number * 1000 + tail.fold(0, |sum, digit| sum * 10 + i64::from(digit))
            }
            (13, _) => number,
            (16, _) => number / 1000,
            (19, _) => number / 1_000_000,
            _ => return None,
        };
        Some(Self::from_millis(millis))
    }

    fn from_jiff(moment: jiff::Timestamp) -> Self {
        Self::from_millis(moment.as_millisecond())
    }
}

fn without_offset(parts: &BrokenDownTime) -> Option<jiff::Timestamp> {
    if parts.offset().is_some() {
        return None;
    }
    // A date alone is its first moment.
    let midnight = || Some(parts.to_date().ok()?.at(0, 0, 0, 0));
    let civil = parts.to_datetime().ok().or_else(|| parts.hour().is_none().then(midnight)?)?;
    TimeZone::UTC.to_timestamp(civil).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_forms_are_one_moment() {
        let expected = Timestamp::parse("2026-05-04T02:13:00Z");
        for text in [
            "2026-05-04T02:13:00Z",
            "2026-05-04 02:13:00+00:00",
            "2026-05-04T04:13:00.000000+02:00",
            "2026-05-04T04:13:00.000+0200",
            "2026-05-04 02:13:00 +0000",
            "2026-05-04 02:13",
            "2026/05/04 02:13:00",
            "1777860780",
            "1777860780.000",
            "1777860780000",
            "1777860780000000",
            "1777860780000000000",
            "04/May/2026:04:13:00 +0200",
            "May 4, 2026 @ 02:13:00.000",
            "May 04, 2026, 04:13:00 (UTC+02:00)",
            "May 4, 2026 2:13:00 AM",
            "04 May 2026 02:13:00",
            "Mon, 04 May 2026 02:13:00 GMT",
            "Mon May 04 02:13:00 2026",
        ] {
            assert_eq!(Timestamp::parse_common(text), expected, "{text}");
        }
        let part = Timestamp::parse("2026-05-04T02:13:00.250Z");
        assert_eq!(Timestamp::parse_common("1777860780.25"), part);
        let name = Timestamp::parse("2026-11-04T02:13:00Z");
        assert_eq!(Timestamp::parse_common("November 04, 2026, 02:13:00 (UTC+00:00)"), name);
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_no_time_until_its_form_is_told() {
        for text in ["04/05/2026 02:13:00", "05-04-2026 02:13", "302", "", "yesterday"] {
            assert_eq!(Timestamp::parse_common(text), None, "{text}");
        }
        let read = Timestamp::parse_as("%d/%m/%Y %H:%M:%S", "04/05/2026 02:13:00");
        assert_eq!(read, Timestamp::parse("2026-05-04T02:13:00Z"));
        let date = Timestamp::parse_as("%m/%d/%Y", "05/04/2026");
        assert_eq!(date, Timestamp::parse("2026-05-04T00:00:00Z"));
        assert_eq!(Timestamp::parse_as("%d/%m/%Y", "13/13/2026"), None);
    }

    #[test]
    fn a_form_is_told_from_what_is_none() {
        for form in ["%d/%m/%Y %H:%M:%S", "%Y-%m-%d", "%d.%m.%y %H:%M", "%s"] {
            assert!(Timestamp::is_form(form), "{form}");
        }
        for form in ["dd/MM/yyyy", "%H:%M", "%d/%m", "%q", ""] {
            assert!(!Timestamp::is_form(form), "{form}");
        }
    }
}
