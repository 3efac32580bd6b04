//! The shared rules and logs, read for tests.

#![allow(dead_code, reason = "each test reads its part of the corpus")]

use std::fs;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use crashcart_model::{Head, Record};
use crashcart_sigma::RuleFile;
use crashcart_testkit::{shared_data, with_record};
use serde_json::Value as Json;

/// All rule files of the shared data; none (with a printed reason) where it is absent.
pub fn rules() -> Option<Vec<RuleFile>> {
    let root = shared_data("sigma-rules")?;
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).unwrap();
        let path = path.strip_prefix(&root).unwrap().to_string_lossy().into_owned();
        RuleFile { path, text }
    };
    let rule = |path: &PathBuf| {
        matches!(path.extension().and_then(|end| end.to_str()), Some("yml" | "yaml"))
    };
    Some(files(&root).into_iter().filter(rule).map(read).collect())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut out = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { out.extend(files(&path)) } else { out.push(path) }
    }
    out.sort();
    out
}

pub fn inflate(path: &Path) -> String {
    let mut text = String::new();
    flate2::read::MultiGzDecoder::new(fs::File::open(path).unwrap())
        .read_to_string(&mut text)
        .unwrap();
    text
}

/// The records of a data set, by the name it has in `sigma-expected`.
pub fn records(set: &str) -> Option<Vec<Json>> {
    let lines = |path: &str| {
        let text = inflate(&shared_data(path)?);
        Some(text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<Json>>())
    };
    let envelope = |path: PathBuf| -> Vec<Json> {
        let document: Json = serde_json::from_str(&inflate(&path)).unwrap();
        document["Records"].as_array().unwrap().clone()
    };
    let tree = |path: &str| -> Option<Vec<Json>> {
        let files = files(&shared_data(path)?).into_iter();
        let logs = files.filter(|path| path.extension().is_some_and(|end| end == "gz"));
        Some(logs.flat_map(envelope).collect())
    };
    match set {
        "invictus" => tree("story-invictus/CloudTrail"),
        "flaws2" => tree("story-flaws2/AWSLogs"),
        "noise_opensearch_cloudtrail" => {
            Some(envelope(shared_data("noise-opensearch-catalog/cloudtrail_347283850106.json.gz")?))
        }
        "otrf_ec2_proxy" => lines(
            "story-otrf-ec2-proxy-s3-exfiltration/ec2_proxy_s3_exfiltration_2020-09-14011940.json.gz",
        ),
        "stratus_dev" => {
            let cases = lines("stratus-red-team/cases.dev.jsonl.gz")?;
            Some(cases.iter().flat_map(|case| case["input"].as_array().unwrap().clone()).collect())
        }
        other => panic!("no such data set: {other}"),
    }
}

/// Hands each record and its head to `each`, with its number.
pub fn stream(records: &[Json], mut each: impl FnMut(u32, &Record<'_>, &Head<'_>)) {
    for (number, record) in (0..).zip(records) {
        with_record(&record.to_string(), |record| each(number, record, &Head::of(record)));
    }
}
