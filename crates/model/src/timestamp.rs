//! A moment in UTC with millisecond resolution. CloudTrail's own times have whole seconds.

use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, JsonSchema)]
#[schemars(with = "String")]
pub struct Timestamp(i64);

impl Timestamp {
    /// From milliseconds since the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// Milliseconds since the epoch.
    pub const fn millis(self) -> i64 {
        self.0
    }

    /// Reads `2023-07-10T12:32:49Z`, with a fraction, an offset, or a space for the `T`; a time
    /// without an offset is UTC. None when it is not a time.
    pub fn parse(text: &str) -> Option<Self> {
        Self::parse_plain(text.as_bytes()).or_else(|| Self::parse_any(text))?.shown()
    }

    /// Itself in years 1 to 9998: what lies outside cannot be shown in every zone and is no log's
    /// time.
    pub(crate) fn shown(self) -> Option<Self> {
        (-62_135_596_800_000..253_370_764_800_000).contains(&self.0).then_some(self)
    }

    /// The shape that nearly every record has, without allocation.
    fn parse_plain(text: &[u8]) -> Option<Self> {
        let [
            y1,
            y2,
            y3,
            y4,
            b'-',
            m1,
            m2,
            b'-',
            d1,
            d2,
            b'T',
            h1,
            h2,
            b':',
            n1,
            n2,
            b':',
            s1,
            s2,
            b'Z',
        ] = text
        else {
            return None;
        };
        let number = |digits: &[&u8]| {
            digits.iter().try_fold(0_i64, |sum, digit| {
                digit.is_ascii_digit().then(|| sum * 10 + i64::from(**digit - b'0'))
            })
        };
        let (year, month, day) =
            (number(&[y1, y2, y3, y4])?, number(&[m1, m2])?, number(&[d1, d2])?);
        let (hour, minute, second) = (number(&[h1, h2])?, number(&[n1, n2])?, number(&[s1, s2])?);
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let longest = match month {
            2 => 28 + i64::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => return None,
        };
        if !(1..=longest).contains(&day) || hour > 23 || minute > 59 || second > 59 {
            return None;
        }
        let days = days_from_civil(year, month, day);
        Some(Self((((days * 24 + hour) * 60 + minute) * 60 + second) * 1000))
    }

    fn parse_any(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_suffix(" UTC").unwrap_or(text);
        if let Ok(moment) = text.parse::<jiff::Timestamp>() {
            return Some(Self(moment.as_millisecond()));
        }
        let local = text.parse::<jiff::civil::DateTime>().ok()?;
        let moment = jiff::tz::TimeZone::UTC.to_timestamp(local).ok()?;
        Some(Self(moment.as_millisecond()))
    }

    /// The moment as jiff's type, for calendars and local time; none outside years -9999 to 9999.
    pub fn to_jiff(self) -> Option<jiff::Timestamp> {
        jiff::Timestamp::from_millisecond(self.0).ok()
    }
}

/// Days since the epoch of a date in the proleptic Gregorian calendar (Hinnant's algorithm,
/// <https://howardhinnant.github.io/date_algorithms.html>).
const fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

impl std::fmt::Display for Timestamp {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.to_jiff() {
            Some(moment) => out.pad(&moment.to_string()),
            None => write!(out, "{} ms after 1970", self.0),
        }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format!("not a time: {text:?}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_shape_agrees_with_jiff() {
        for text in [
            "1970-01-01T00:00:00Z",
            "2023-07-10T12:32:49Z",
            "2024-02-29T23:59:59Z",
            "2000-03-01T00:00:00Z",
            "1999-12-31T23:59:59Z",
        ] {
            let plain = Timestamp::parse_plain(text.as_bytes());
            assert!(plain.is_some(), "{text}");
            assert_eq!(plain, Timestamp::parse_any(text), "{text}");
            assert_eq!(plain.map(|moment| moment.to_string()).as_deref(), Some(text));
        }
    }

    #[test]
    fn other_shapes_are_read_as_utc() {
        let expected = Timestamp::parse("2023-07-10T12:32:49Z");
        for text in [
            "2023-07-10T14:32:49+02:00",
            "2023-07-10 12:32:49.000",
            "2023-07-10 12:32:49 UTC",
            "2023-07-10T12:32:49.000Z",
        ] {
            assert_eq!(Timestamp::parse(text), expected, "{text}");
        }
        for text in [
            "0000-01-01T00:00:00Z",
            "9999-12-31T23:59:59Z",
            "",
            "yesterday",
            "2023-02-29T00:00:00Z",
            "2023-13-01T00:00:00Z",
        ] {
            assert_eq!(Timestamp::parse(text), None, "{text}");
        }
    }
}
