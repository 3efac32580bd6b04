//! For the tests of this crate: facts from JSON records, and a telling with rules made up here.

#![allow(clippy::unwrap_used, reason = "a test with a broken record must fail loudly")]

use std::io::Read as _;
use std::path::{Path, PathBuf};

use crashcart_model::{Coverage, Environment, EventRef, EvidenceId, Finding, Head, Level, RuleHit};
use crashcart_story::{Alert, Facts, Material, Pivot, Place, Places, RuleWords, Told, tell};
use serde_json::Value;

/// Records of one telling, with the rules that fire: event name and level.
#[derive(Default)]
pub struct Tale {
    pub records: Vec<Value>,
    pub rules: Vec<(&'static str, Level)>,
    pub pivot: Pivot,
    pub alerts: Vec<Alert>,
    pub environment: Environment,
    pub coverage: Coverage,
    pub findings: Vec<Finding>,
    /// A rule that fires on this record alone, by event name and number.
    pub only: Option<(&'static str, usize)>,
    /// Where addresses lie.
    pub places: Option<fn(&str) -> Option<Place>>,
    /// The records are of an export that may lack fields.
    pub partial: bool,
}

impl Tale {
    pub fn of(records: Vec<Value>) -> Self {
        Self { records, ..Self::default() }
    }

    #[allow(dead_code, reason = "not every file of tests needs rules")]
    pub fn rule(mut self, name: &'static str, level: Level) -> Self {
        self.rules.push((name, level));
        self
    }

    fn hits(&self, at: usize, record: &Value) -> Vec<RuleHit> {
        let name = record["eventName"].as_str().unwrap_or_default();
        (0_u32..)
            .zip(&self.rules)
            .filter(|(_, (rule, _))| *rule == name)
            .filter(|(_, (rule, _))| self.only.is_none_or(|only| only.0 != *rule || only.1 == at))
            .map(|(rule, (_, level))| RuleHit { rule, level: *level })
            .collect()
    }

    /// The facts of some of the records, read in the given order.
    pub fn facts(&self, order: impl IntoIterator<Item = usize>) -> Facts {
        let mut facts = Facts::asking(&self.pivot);
        for at in order {
            let record = &self.records[at];
            let event = EventRef { evidence: 0, record: u32::try_from(at).unwrap() };
            let hits = self.hits(at, record);
            crashcart_testkit::with_record(&record.to_string(), |record| {
                let record = &if self.partial { record.into_partial() } else { *record };
                facts.observe(record, &Head::of(record), event, &hits);
            });
        }
        facts
    }

    pub fn tell(&self) -> Told {
        self.tell_from(self.facts(0..self.records.len()))
    }

    pub fn tell_from(&self, facts: Facts) -> Told {
        let rules = |number: u32| {
            let (name, level) = self.rules[usize::try_from(number).unwrap()];
            RuleWords { title: format!("rule on {name}"), level, tactic: None, technique: None }
        };
        let evidence = |number: u32| EvidenceId::new(&format!("{number:064}"), None);
        let coverage = Coverage {
            events: u64::try_from(self.records.len()).unwrap(),
            ..self.coverage.clone()
        };
        tell(
            facts,
            &Material {
                findings: &self.findings,
                coverage: &coverage,
                environment: &self.environment,
                rules: &rules,
                evidence: &evidence,
                pivot: &self.pivot,
                alerts: &self.alerts,
                places: self.places.as_ref().map(|places| places as Places<'_>),
            },
        )
    }
}

/// All CloudTrail records of a folder or file of the shared data, gzipped `Records` or JSON lines.
#[allow(dead_code, reason = "only the tests on real data read files")]
pub fn records_of(path: &Path) -> Vec<Value> {
    let mut files = Vec::new();
    walk(path, &mut files);
    files.sort();
    let mut records = Vec::new();
    for file in files {
        let mut text = String::new();
        let raw = std::fs::read(&file).unwrap();
        flate2::read::MultiGzDecoder::new(raw.as_slice()).read_to_string(&mut text).unwrap();
        match serde_json::from_str::<Value>(&text) {
            Ok(Value::Object(mut document)) if document.contains_key("Records") => {
                let Some(Value::Array(found)) = document.remove("Records") else { continue };
                records.extend(found);
            }
            _ => records.extend(text.lines().map(|line| serde_json::from_str(line).unwrap())),
        }
    }
    records
}

#[allow(dead_code, reason = "only the tests on real data read files")]
fn walk(path: &Path, files: &mut Vec<PathBuf>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            walk(&entry.unwrap().path(), files);
        }
    } else if path.extension().is_some_and(|extension| extension == "gz") {
        files.push(path.to_owned());
    }
}

/// A record of `service:name`, done by user mallory at second `second`; `more` replaces members.
#[allow(dead_code, reason = "the tests on real data build no records")]
pub fn event(second: u32, call: &str, more: Value) -> Value {
    let (service, name) = call.split_once(':').unwrap();
    let mut record = serde_json::json!({
        "eventVersion": "1.08",
        "eventTime": format!("2024-05-04T02:{:02}:{:02}Z", second / 60, second % 60),
        "eventSource": format!("{service}.amazonaws.com"),
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.15.0 Python/3.11.6 Linux/6.1",
        "eventID": format!("00000000-0000-4000-8000-{second:012}"),
        "recipientAccountId": "111122223333",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLEMALLORY000",
            "arn": "arn:aws:iam::111122223333:user/mallory",
            "accountId": "111122223333",
            "accessKeyId": "AKIAEXAMPLEMALLORY00",
            "userName": "mallory"
        },
        "requestParameters": null,
        "responseElements": null,
        "readOnly": name.starts_with("List") || name.starts_with("Get") || name.starts_with("Describe")
    });
    for (key, value) in more.as_object().unwrap() {
        record[key] = value.clone();
    }
    record
}

/// The identity of a session of a role.
#[allow(dead_code, reason = "the tests on real data build no records")]
pub fn session(role: &str, name: &str) -> Value {
    serde_json::json!({
        "type": "AssumedRole",
        "principalId": format!("AROAEXAMPLE:{name}"),
        "arn": format!("arn:aws:sts::111122223333:assumed-role/{role}/{name}"),
        "accountId": "111122223333",
        "accessKeyId": "ASIAEXAMPLESESSION00"
    })
}
