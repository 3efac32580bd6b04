//! How CloudTrail lays out its files: `[PREFIX/]AWSLogs/[o-ORG/]ACCOUNT/CloudTrail/REGION/YYYY/MM/DD/`
//! (CloudTrail User Guide, "Finding your CloudTrail log files"). The day is that of delivery, never
//! that of the events.

use crashcart_model::Timestamp;

const DAY: i64 = 86_400_000;
/// Digests are made each hour and list files of the hour before; a delivery may be late.
const BEFORE: i64 = 2 * DAY / 24;
/// What CloudTrail itself delivers, each by region and day.
const SERVICES: [&str; 3] = ["CloudTrail", "CloudTrail-Digest", "CloudTrail-Insight"];

/// The time that is asked about.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Span {
    /// Not before.
    pub since: Option<Timestamp>,
    /// Not after.
    pub until: Option<Timestamp>,
    /// Days of delivery that are read after the last day: files come late, and are delivered again
    /// for up to 30 days.
    pub redelivery_days: u16,
}

impl Span {
    /// Whether it leaves nothing out.
    pub const fn is_all(&self) -> bool {
        self.since.is_none() && self.until.is_none()
    }

    /// The first day of delivery that is read, as 2026-05-04.
    pub fn first_day(&self) -> Option<String> {
        self.since.map(|since| day(since.millis()))
    }

    /// The last day of delivery that is read.
    pub fn last_day(&self) -> Option<String> {
        self.until.map(|until| day(until.millis() + self.more()))
    }

    fn more(&self) -> i64 {
        i64::from(self.redelivery_days) * DAY
    }
}

/// What lies below a prefix that ends with a slash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place<'p> {
    /// Not yet below `AWSLogs/`.
    Outside,
    /// Accounts, and organizations with theirs.
    Accounts,
    /// What services of AWS deliver for an account.
    Services,
    /// Regions of a service of CloudTrail.
    Regions,
    /// Days, below the prefix of a region.
    Days(&'p str),
    /// Something else.
    Other,
}

/// Tells where a prefix is in the layout.
pub(super) fn place(prefix: &str) -> Place<'_> {
    let mut parts = prefix.split_inclusive('/');
    if !parts.by_ref().any(|part| part == "AWSLogs/") {
        return Place::Outside;
    }
    let name = |part: &str| part.trim_end_matches('/').to_owned();
    let rest: Vec<&str> = parts.collect();
    let rest = match rest.split_first() {
        Some((first, rest)) if first.starts_with("o-") => rest,
        _ => &rest,
    };
    let [account, below @ ..] = rest else { return Place::Accounts };
    let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    if !is_account(&name(account)) {
        return Place::Other;
    }
    let [service, below @ ..] = below else { return Place::Services };
    if !SERVICES.contains(&&*name(service)) {
        return Place::Other;
    }
    let [_region, days @ ..] = below else { return Place::Regions };
    let length: usize = days.iter().map(|part| part.len()).sum();
    Place::Days(prefix.get(..prefix.len() - length).unwrap_or(prefix))
}

/// Whether a prefix is another service's below an account, where CloudTrail puts nothing: whatever
/// else is not as CloudTrail lays it out may hold log files all the same.
pub(super) fn is_another_service(prefix: &str) -> bool {
    let split = prefix.strip_suffix('/').and_then(|prefix| prefix.rsplit_once('/'));
    let Some((above, service)) = split else { return false };
    let is_other =
        !matches!(service, "" | "." | "..") && !service.to_ascii_lowercase().contains("cloudtrail");
    is_other && place(&format!("{above}/")) == Place::Services
}

/// After which key, and up to which (itself left out), the files of a span lie below a region.
pub(super) fn keys(region: &str, span: &Span) -> (Option<String>, Option<String>) {
    let first = span.since.map(|since| {
        let day_begins = since.millis() - since.millis().rem_euclid(DAY);
        match named_by_time(region) {
            // Files that the digests of the first day list lie a little earlier.
            Some(name) => {
                let from = day_begins - BEFORE;
                format!("{region}{}/{name}_{}", path(from), compact(from))
            }
            None => format!("{region}{}/", path(day_begins)),
        }
    });
    let end = span.until.map(|until| {
        let last = until.millis() + span.more();
        format!("{region}{}/", path(last + DAY))
    });
    (first, end)
}

/// How the names of a region's log files begin, where the time of delivery comes next:
/// `ACCOUNT_CloudTrail_REGION_YYYYMMDDTHHmmZ_...`.
fn named_by_time(region: &str) -> Option<String> {
    let mut parts = region.trim_end_matches('/').rsplit('/');
    let (region, service, account) = (parts.next()?, parts.next()?, parts.next()?);
    (service == "CloudTrail").then(|| format!("{account}_{service}_{region}"))
}

fn text(millis: i64) -> String {
    Timestamp::from_millis(millis).to_string()
}

fn day(millis: i64) -> String {
    text(millis).get(..10).unwrap_or_default().to_owned()
}

fn path(millis: i64) -> String {
    day(millis).replace('-', "/")
}

fn compact(millis: i64) -> String {
    text(millis).replace(['-', ':'], "").get(..13).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_service_of_an_account_holds_no_log_files_for_certain() {
        for prefix in ["AWSLogs/111122223333/vpcflowlogs/", "a/AWSLogs/o-abc/111122223333/Config/"]
        {
            assert!(is_another_service(prefix), "{prefix}");
        }
        for prefix in [
            "AWSLogs/backup/",
            "AWSLogs//",
            "AWSLogs/111122223333/../",
            "AWSLogs/111122223333/CloudTrail-old/",
            "AWSLogs/111122223333//",
            "a/b/c/d/",
        ] {
            assert!(!is_another_service(prefix), "{prefix}");
        }
    }

    #[test]
    fn a_prefix_is_placed_in_the_layout_wherever_it_ends() {
        let region = "a/AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/";
        for (prefix, at) in [
            ("", Place::Outside),
            ("logs/", Place::Outside),
            ("a/AWSLogs/", Place::Accounts),
            ("AWSLogs/o-abc/", Place::Accounts),
            ("AWSLogs/111122223333/", Place::Services),
            ("AWSLogs/111122223333/CloudTrail-Digest/", Place::Regions),
            ("AWSLogs/111122223333/vpcflowlogs/", Place::Other),
            ("AWSLogs/abc/", Place::Other),
            (region, Place::Days(region)),
            ("a/AWSLogs/o-abc/111122223333/CloudTrail/eu-west-1/2026/05/", Place::Days(region)),
        ] {
            assert_eq!(place(prefix), at, "{prefix}");
        }
    }

    #[test]
    fn days_of_delivery_begin_with_what_the_first_digests_list_and_end_after_the_last_day() {
        let at = Timestamp::parse;
        let span = Span {
            since: at("2026-05-04T15:00:00Z"),
            until: at("2026-12-31T01:00:00Z"),
            redelivery_days: 1,
        };
        let logs = "AWSLogs/111122223333/CloudTrail/eu-west-1/";
        let first = format!("{logs}2026/05/03/111122223333_CloudTrail_eu-west-1_20260503T2200");
        assert_eq!(keys(logs, &span), (Some(first), Some(format!("{logs}2027/01/02/"))));
        let digests = "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/";
        assert_eq!(keys(digests, &span).0, Some(format!("{digests}2026/05/04/")));
        assert_eq!(span.first_day().as_deref(), Some("2026-05-04"));
        assert_eq!(span.last_day().as_deref(), Some("2027-01-01"));
        assert_eq!(keys(logs, &Span::default()), (None, None));
    }
}
