//! The digest files of a reading, held against the files that were read. It must never call a
//! stretch complete for which no digest stands, nor vouch for a digest's signature.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{Delivery, Evidence, LogText, Record, Timestamp, Value};

/// Names of files listed for one delivery.
const FILES_LISTED: usize = 20;

/// One digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Digest {
    account: String,
    region: String,
    start: Timestamp,
    end: Timestamp,
    files: Vec<Listed>,
}

/// A log file in a digest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Listed {
    name: String,
    oldest: Option<Timestamp>,
    newest: Option<Timestamp>,
}

impl Digest {
    /// Reads a digest; none where it does not say which hour and region it is of.
    pub fn of(record: &Record<'_>) -> Option<Self> {
        let text =
            |record: &Record<'_>, name: &str| Some(record.text_of(name)?.text().into_owned());
        let time = |record: &Record<'_>, name: &str| Timestamp::parse(&text(record, name)?);
        let place = text(record, "digestS3Object")?;
        let region = place.split_once("/CloudTrail-Digest/")?.1.split('/').next()?.to_owned();
        let Some(Value::Array(files)) = record.get("logFiles") else { return None };
        let mut files: Vec<Listed> = files
            .members()
            .filter_map(|(_, file)| {
                let file = file.as_object()?;
                Some(Listed {
                    name: base(&text(&file, "s3Object")?).to_owned(),
                    oldest: time(&file, "oldestEventTime"),
                    newest: time(&file, "newestEventTime"),
                })
            })
            .collect();
        files.sort();
        Some(Self {
            account: text(record, "awsAccountId")?,
            region,
            start: time(record, "digestStartTime")?,
            end: time(record, "digestEndTime")?,
            files,
        })
    }
}

/// The name at the end of a path.
fn base(path: &str) -> &str {
    path.rsplit(['/', '\\']).next().unwrap_or(path)
}

/// The name of a log file without the ending of its compression.
fn stem(path: &str) -> &str {
    let name = base(path);
    name.strip_suffix(".gz").unwrap_or(name)
}

/// What the digests list, by account and region and in order of time; hours that follow each
/// other are one delivery.
pub(crate) fn deliveries(digests: &BTreeSet<Digest>, evidence: &[Evidence]) -> Vec<Delivery> {
    let names: BTreeSet<&str> =
        evidence.iter().map(|one| stem(one.id.member().unwrap_or(&one.path))).collect();
    let mut by_place: BTreeMap<(&str, &str), Vec<&Digest>> = BTreeMap::new();
    for digest in digests {
        by_place.entry((&digest.account, &digest.region)).or_default().push(digest);
    }
    let mut out: Vec<Delivery> = Vec::new();
    for digests in by_place.into_values() {
        let first = out.len();
        for digest in digests {
            let known = out.get_mut(first..).and_then(<[Delivery]>::last_mut);
            match known.filter(|known| digest.start <= known.until) {
                Some(known) => known.until = known.until.max(digest.end),
                None => out.push(begun(digest)),
            }
            let Some(delivery) = out.last_mut() else { continue };
            for file in &digest.files {
                count(delivery, file, &names);
            }
        }
    }
    out
}

fn begun(digest: &Digest) -> Delivery {
    Delivery {
        account: LogText::from(digest.account.as_str()),
        region: LogText::from(digest.region.as_str()),
        from: digest.start,
        until: digest.end,
        listed: 0,
        here: 0,
        missing: 0,
        files: Vec::new(),
        missing_from: None,
        missing_until: None,
    }
}

fn count(delivery: &mut Delivery, file: &Listed, names: &BTreeSet<&str>) {
    delivery.listed += 1;
    if names.contains(stem(&file.name)) {
        delivery.here += 1;
        return;
    }
    delivery.missing += 1;
    delivery.missing_from = delivery.missing_from.into_iter().chain(file.oldest).min();
    delivery.missing_until = delivery.missing_until.max(file.newest);
    if delivery.files.len() < FILES_LISTED {
        delivery.files.push(LogText::from(file.name.as_str()));
    }
}

#[cfg(test)]
mod tests {
    use crashcart_model::EvidenceId;

    use super::*;

    fn digest(hour: u32, files: &[&str]) -> Digest {
        let files: Vec<_> = files
            .iter()
            .map(|name| {
                serde_json::json!({"s3Object": format!("AWSLogs/1/{name}"),
                    "oldestEventTime": format!("2026-01-01T{hour:02}:10:00Z"),
                    "newestEventTime": format!("2026-01-01T{hour:02}:20:00Z")})
            })
            .collect();
        let text = serde_json::json!({"awsAccountId": "111122223333",
            "digestStartTime": format!("2026-01-01T{hour:02}:00:00Z"),
            "digestEndTime": format!("2026-01-01T{:02}:00:00Z", hour + 1),
            "digestS3Object": "AWSLogs/111122223333/CloudTrail-Digest/eu-west-1/2026/01/01/x.json.gz",
            "logFiles": files})
        .to_string();
        crashcart_testkit::with_record(&text, Digest::of).unwrap()
    }

    fn evidence(path: &str, member: Option<&str>) -> Evidence {
        Evidence {
            id: EvidenceId::new(&"0".repeat(64), member),
            path: path.to_owned(),
            size: 1,
            inflated: 1,
            decoded: 1,
            framing: 0,
            lost: 0,
            records: 1,
            formats: Vec::new(),
        }
    }

    #[test]
    fn a_listed_file_is_here_by_its_name_packed_or_not_and_else_missing() {
        let digests = BTreeSet::from([digest(1, &["a.json.gz", "b.json.gz", "c.json.gz"])]);
        let member = Some("logs\\b.json.gz");
        let read = [evidence("x/a.json", None), evidence("all.zip", member)];
        let told = deliveries(&digests, &read);
        let [one] = told.as_slice() else { panic!("{told:?}") };
        assert_eq!((one.listed, one.here, one.missing), (3, 2, 1));
        assert_eq!(one.region.raw(), "eu-west-1");
        assert_eq!(one.missing_from, Timestamp::parse("2026-01-01T01:10:00Z"));
        let files: Vec<&str> = one.files.iter().map(LogText::raw).collect();
        assert_eq!(files, ["c.json.gz"]);
    }

    #[test]
    fn hours_that_follow_each_other_are_one_delivery_and_an_hour_without_a_digest_parts_two() {
        let digests = BTreeSet::from([digest(1, &[]), digest(2, &[]), digest(4, &[])]);
        let told = deliveries(&digests, &[]);
        let spans: Vec<_> = told.iter().map(|one| (one.from, one.until, one.listed)).collect();
        let at = |hour: u32| Timestamp::parse(&format!("2026-01-01T{hour:02}:00:00Z")).unwrap();
        assert_eq!(spans, [(at(1), at(3), 0), (at(4), at(5), 0)]);
    }
}
