//! Times for people: in UTC or in a zone that the caller hands in, and sizes and counts in words.
//! Must never look up the zone of this machine.

use crashcart_model::{Timestamp, TriedBefore};
use jiff::ZonedDateTime;
use jiff::tz::TimeZone;

/// In which zone a writer shows times.
#[derive(Debug, Clone, Default)]
pub enum Zone {
    /// Coordinated universal time.
    #[default]
    Utc,
    /// The zone that the command line found.
    Local(TimeZone),
}

/// What stands where a record has no time; as wide as a clock.
const NO_TIME: &str = "no time ";

impl Zone {
    fn at(&self, time: Timestamp) -> Option<ZonedDateTime> {
        let zone = match self {
            Zone::Utc => TimeZone::UTC,
            Zone::Local(zone) => zone.clone(),
        };
        Some(time.to_jiff()?.to_zoned_datetime(zone))
    }

    /// The zone's name; for a zone without one its offset at `time`.
    pub fn name(&self, time: Option<Timestamp>) -> String {
        match self {
            Zone::Utc => "UTC".to_owned(),
            Zone::Local(zone) => match (zone.iana_name(), time.and_then(|time| self.at(time))) {
                (Some(name), _) => name.to_owned(),
                (None, Some(zoned)) => format!("UTC{}", zoned.offset()),
                (None, None) => "local time".to_owned(),
            },
        }
    }

    /// `2026-05-04`
    pub(crate) fn date(&self, time: Timestamp) -> String {
        self.at(time).map_or_else(|| "no date".to_owned(), |at| at.date().to_string())
    }

    /// `02:13:05`
    pub(crate) fn clock(&self, time: Option<Timestamp>) -> String {
        time.and_then(|time| self.at(time)).map_or_else(
            || NO_TIME.to_owned(),
            |at| format!("{:02}:{:02}:{:02}", at.hour(), at.minute(), at.second()),
        )
    }

    /// `2026-05-04 02:13:05`
    pub(crate) fn moment(&self, time: Option<Timestamp>) -> String {
        match time {
            Some(time) => format!("{} {}", self.date(time), self.clock(Some(time))),
            None => "time unknown".to_owned(),
        }
    }

    /// From first to last: `2026-05-04 02:13:05 to 03:40:00`.
    pub(crate) fn span(&self, first: Option<Timestamp>, last: Option<Timestamp>) -> String {
        match (first, last) {
            (Some(a), Some(b)) if a == b => self.moment(first),
            (Some(a), Some(b)) if self.date(a) == self.date(b) => {
                format!("{} to {}", self.moment(first), self.clock(last))
            }
            (Some(_), Some(_)) => format!("{} to {}", self.moment(first), self.moment(last)),
            (Some(_), None) => self.moment(first),
            (None, _) => self.moment(last),
        }
    }

    /// The window of the material in words: `3 to 5 May 2026`, `4 May 2026, 02:13 to 03:40`.
    pub(crate) fn window(&self, first: Option<Timestamp>, last: Option<Timestamp>) -> String {
        let (Some(first), Some(last)) =
            (first.and_then(|time| self.at(time)), last.and_then(|time| self.at(time)))
        else {
            return "no times".to_owned();
        };
        let month = |at: &ZonedDateTime| at.strftime("%B").to_string();
        let (first_day, last_day) = (first.date(), last.date());
        if first_day == last_day {
            let (from, to) = (first.strftime("%H:%M"), last.strftime("%H:%M"));
            format!("{} {} {}, {from} to {to}", last.day(), month(&last), last.year())
        } else if first.year() != last.year() {
            let from = format!("{} {} {}", first.day(), month(&first), first.year());
            format!("{from} to {} {} {}", last.day(), month(&last), last.year())
        } else if first.month() != last.month() {
            let from = format!("{} {}", first.day(), month(&first));
            format!("{from} to {} {} {}", last.day(), month(&last), last.year())
        } else {
            format!("{} to {} {} {}", first.day(), last.day(), month(&last), last.year())
        }
    }
}

/// `41,208`
pub(crate) fn number(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 file`, `2 files`, `3 matches`
pub fn counted(count: u64, one: &str) -> String {
    let many = match one.strip_suffix('y') {
        Some(stem) if !one.ends_with("ey") => format!("{stem}ies"),
        _ if one.ends_with('s') || one.ends_with("ch") => format!("{one}es"),
        _ => format!("{one}s"),
    };
    format!("{} {}", number(count), if count == 1 { one } else { &many })
}

/// `once`, `twice`, `19 times`
pub(crate) fn times(count: u64) -> String {
    match count {
        1 => "once".to_owned(),
        2 => "twice".to_owned(),
        _ => format!("{} times", number(count)),
    }
}

/// `done, tried before in vain 3 times`: what became of a step that had not worked at first.
pub(crate) fn at_last(tried: &TriedBefore) -> String {
    format!("done, tried before in vain {}", times(tried.count))
}

/// `58 MB`, in powers of ten; one decimal below ten.
pub(crate) fn size(bytes: u64) -> String {
    let mut unit = 1_u64;
    for name in ["bytes", "kB", "MB", "GB", "TB", "PB"] {
        if bytes / unit < 1000 || name == "PB" {
            let tenths = bytes / (unit / 10).max(1);
            return match name {
                "bytes" => counted(bytes, "byte"),
                _ if tenths < 100 => format!("{}.{} {name}", tenths / 10, tenths % 10),
                _ => format!("{} {name}", number(tenths / 10)),
            };
        }
        unit *= 1000;
    }
    counted(bytes, "byte")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Option<Timestamp> {
        Timestamp::parse(text)
    }

    #[test]
    fn a_window_is_as_short_as_its_ends_allow() {
        let window = |first, last| Zone::Utc.window(time(first), time(last));
        assert_eq!(
            window("2026-05-04T02:13:05Z", "2026-05-04T03:40:00Z"),
            "4 May 2026, 02:13 to 03:40"
        );
        assert_eq!(window("2026-05-03T00:00:00Z", "2026-05-05T00:00:00Z"), "3 to 5 May 2026");
        assert_eq!(
            window("2026-04-28T00:00:00Z", "2026-05-05T00:00:00Z"),
            "28 April to 5 May 2026"
        );
        assert_eq!(
            window("2025-12-31T00:00:00Z", "2026-01-01T00:00:00Z"),
            "31 December 2025 to 1 January 2026"
        );
        assert_eq!(Zone::Utc.window(None, None), "no times");
    }

    #[test]
    fn local_time_moves_the_clock_and_the_date_and_names_its_offset() {
        let zone = Zone::Local(TimeZone::fixed(jiff::tz::offset(2)));
        let late = time("2026-05-04T23:13:05Z");
        assert_eq!(zone.moment(late), "2026-05-05 01:13:05");
        assert_eq!(zone.name(late), "UTC+02");
    }

    #[test]
    fn numbers_are_readable() {
        assert_eq!(number(41_208), "41,208");
        assert_eq!(number(999), "999");
        assert_eq!(counted(1, "entry"), "1 entry");
        assert_eq!(counted(2, "entry"), "2 entries");
        assert_eq!(counted(0, "key"), "0 keys");
        assert_eq!(counted(3, "address"), "3 addresses");
        assert_eq!(counted(5, "match"), "5 matches");
        assert_eq!([times(1), times(2), times(1_900)], ["once", "twice", "1,900 times"]);
        assert_eq!(size(0), "0 bytes");
        assert_eq!(size(999), "999 bytes");
        assert_eq!(size(1_000), "1.0 kB");
        assert_eq!(size(58_400_000), "58 MB");
        assert_eq!(size(9_990_000_000), "9.9 GB");
        assert_eq!(size(u64::MAX), "18,446 PB");
    }
}
