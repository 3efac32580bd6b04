//! Real logs that nobody on this project wrote.

use std::path::{Path, PathBuf};

use crashcart_decode::Apart;
use crashcart_model::GapReason;
use crashcart_testkit::shared_data;

use crate::seen::Seen;

fn files_below(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files_below(&path, found) } else { found.push(path) }
    }
    found.sort();
}

fn gzip_files(folder: &str) -> Option<Vec<Seen>> {
    let folder = shared_data(folder)?;
    let mut files = Vec::new();
    files_below(&folder, &mut files);
    files.retain(|path| path.extension().is_some_and(|kind| kind == "gz"));
    Some(files.iter().map(|path| Seen::read(&std::fs::read(path).unwrap())).collect())
}

fn events(read: &[Seen]) -> usize {
    read.iter().map(|seen| seen.records().count()).sum()
}

fn inflated(path: &Path) -> Vec<u8> {
    let mut text = Vec::new();
    let packed = std::fs::File::open(path).unwrap();
    std::io::Read::read_to_end(&mut flate2::read::MultiGzDecoder::new(packed), &mut text).unwrap();
    text
}

#[test]
fn invictus_is_2900_events_in_55_files_without_a_gap() {
    let Some(read) = gzip_files("story-invictus") else { return };
    assert_eq!(read.len(), 55);
    assert_eq!(events(&read), 2_900);
    assert_eq!(read.iter().flat_map(Seen::gaps).count(), 0);
    assert!(read.iter().all(|seen| seen.tally().formats == ["cloudtrail"]));
}

#[test]
fn logstash_lines_without_event_time_are_103_events() {
    let Some(read) = gzip_files("story-otrf-ec2-proxy-s3-exfiltration") else { return };
    assert_eq!(events(&read), 103);
    assert_eq!(read.iter().flat_map(Seen::gaps).count(), 0);
    assert!(read.iter().all(|seen| seen.tally().formats == ["elastic"]));
    let untimed = read
        .iter()
        .flat_map(Seen::records)
        .filter(|record| record["eventTime"].is_null() && record["@timestamp"].is_string());
    assert_eq!(untimed.count(), 103);
}

#[test]
fn flaws2_is_37_events_without_a_gap() {
    let Some(read) = gzip_files("story-flaws2") else { return };
    assert_eq!(events(&read), 37);
    assert_eq!(read.iter().flat_map(Seen::gaps).count(), 0);
}

#[test]
fn the_noise_trail_is_793_events_without_a_gap() {
    let Some(path) = shared_data("noise-opensearch-catalog/cloudtrail_347283850106.json.gz") else {
        return;
    };
    let seen = Seen::read(&std::fs::read(path).unwrap());
    assert_eq!(seen.records().count(), 793);
    assert_eq!(seen.gaps().count(), 0);
}

/// Logs that are not CloudTrail, with the reason that a reader is told.
#[test]
fn logs_of_other_services_are_told_byte_for_byte() {
    let Some(folder) = shared_data("noise-opensearch-catalog") else { return };
    for (name, reason) in [
        ("alb", GapReason::NotJson),
        ("cloudfront", GapReason::NotJson),
        ("s3access", GapReason::NotJson),
        ("waf", GapReason::UnknownShape),
        ("networkfirewall", GapReason::UnknownShape),
    ] {
        let extension = if name == "networkfirewall" { "json.gz" } else { "log.gz" };
        let path = folder.join(format!("{name}.{extension}"));
        let seen = Seen::read(&std::fs::read(&path).unwrap());
        assert_eq!(seen.records().count(), 0, "{name}");
        assert!(seen.gaps().all(|gap| gap.reason == reason), "{name}: {seen:?}");
        let text = inflated(&path);
        assert_eq!(seen.tally().inflated, text.len() as u64, "{name}");
        // Brackets, commas and line ends around the records are framing; nothing else is.
        assert!(seen.tally().lost * 100 >= text.len() as u64 * 99, "{name}: {:?}", seen.tally());
        assert_eq!(seen.tally().decoded, 0, "{name}");
        assert_eq!(seen.gaps().count(), 1, "one kind of trouble is one gap: {name}");
    }
}

#[test]
fn a_table_with_other_headings_is_told_and_not_guessed() {
    let Some(path) = shared_data("story-otrf-s3-honeybucket/AWS_S3_HoneyBucketLogs.csv.gz") else {
        return;
    };
    let seen = Seen::read(&std::fs::read(&path).unwrap());
    assert_eq!(seen.records().count(), 0);
    assert!(seen.gaps().count() > 0);
    assert_eq!(seen.tally().decoded, 0);
    assert!(seen.tally().lost * 100 >= inflated(&path).len() as u64 * 99);
}

#[test]
fn an_archive_of_logs_and_digests_gives_the_logs_and_counts_the_digests() {
    let Some(path) = shared_data("cloudtrail-digest-validation/invictus-us-east-1.tree.tar.gz")
    else {
        return;
    };
    let seen = Seen::read(&std::fs::read(path).unwrap());
    assert_eq!(seen.members.len(), 61, "55 logs, 4 digests, 2 files about them");
    assert_eq!(seen.records().count(), 2_900);
    assert_eq!(seen.apart().collect::<Vec<_>>(), [Apart::Digest; 4]);
    let told: Vec<_> = seen
        .members
        .iter()
        .filter(|member| !member.gaps.is_empty())
        .map(|member| member.name.as_deref().unwrap_or_default())
        .collect();
    assert_eq!(told, ["object-metadata.json", "public-keys.json"]);
}

#[test]
fn every_stratus_log_gives_each_of_its_events_in_every_wrapping() {
    let Some(path) = shared_data("stratus-red-team/cases.dev.jsonl.gz") else { return };
    let text = String::from_utf8(inflated(&path)).unwrap();
    let mut cases = 0;
    for line in text.lines() {
        let case: serde_json::Value = serde_json::from_str(line).unwrap();
        let input = case["input"].as_array().unwrap();
        let lines: Vec<String> = input.iter().map(ToString::to_string).collect();
        for form in [
            case["input"].to_string(),
            serde_json::to_string_pretty(&case["input"]).unwrap(),
            lines.join("\n"),
            serde_json::json!({ "Records": input }).to_string(),
        ] {
            let seen = Seen::read(form.as_bytes());
            assert!(seen.records().eq(input), "{}", case["case_id"]);
            assert_eq!(seen.gaps().count(), 0, "{}", case["case_id"]);
        }
        cases += 1;
    }
    assert_eq!(cases, 18);
}
