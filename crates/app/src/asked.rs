//! A finding of GuardDuty, Macie or Security Hub as what an investigation starts from.
//!
//! What is taken out is taken by its path, and told with it; what looks like a key, a principal,
//! an address or an instance and stands where none is known of is told and not used. It must never
//! guess from text.

mod asff;
mod guardduty;
mod macie;
mod ocsf;
mod taking;
mod value;

use std::collections::HashSet;
use std::path::Path;

use crashcart_model::{FindingPart, FindingRead, LogText};
use crashcart_store::GivenInput;
use crashcart_story::{Alert, Pivot};
use serde_json::Value;

use crate::AppError;
use crate::given::GivenFile;
use taking::{Take, Taking};

const FILE: GivenFile = GivenFile { option: "--finding", most: 64 << 20, hint: HINT };
const HINT: &str = "give a finding as GuardDuty, Macie or Security Hub export it: `aws guardduty \
                    get-findings`, `aws macie2 get-findings`, `aws securityhub get-findings`; many in \
                    several files";

/// One form of findings.
struct Form {
    name: &'static str,
    /// Members, in lower case, that all findings of this form have.
    members: &'static [&'static str],
    /// Where what stands; see [`taking`].
    table: &'static [(&'static str, Take)],
    /// What no path alone tells.
    more: fn(&mut Taking),
}

const FORMS: [&Form; 4] = [&ocsf::FORM, &asff::FORM, &macie::FORM, &guardduty::FORM];

/// What findings ask about, and what was made of each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// What to ask about.
    pub pivot: Pivot,
    /// The findings, in the order of the file, each with what it asks about.
    pub findings: Vec<Alert>,
    /// The files that they were read from, for the manifest of a case.
    pub given: Vec<GivenInput>,
}

impl Asked {
    /// Reads a file of findings: one, a list, the `Findings` of the API, an event of EventBridge,
    /// or one a line.
    ///
    /// # Errors
    /// When the file cannot be read, is larger than 64 MiB, is no JSON, or holds no finding of a known form.
    pub fn read(path: &Path) -> Result<Self, AppError> {
        let (text, input) = FILE.sealed_text(path)?;
        let shown = path.display().to_string();
        let no_finding =
            |what: &str| AppError::Request { what: format!("{shown} {what}"), hint: HINT };
        let (findings, broken) = documents(text.as_bytes());
        let mut asked = Self { given: vec![input], ..Self::default() };
        findings.iter().for_each(|finding| asked.add(&shown, finding));
        if asked.findings.iter().all(|finding| finding.read.form == FindingRead::UNKNOWN) {
            return Err(match broken.first() {
                Some(broken) => no_finding(&format!("is no JSON: {}", broken.error)),
                None => no_finding("holds no finding of GuardDuty, Macie or Security Hub"),
            });
        }
        for Broken { line, error } in broken {
            let part = (format!("line {line}"), format!("no JSON ({error}): not read"));
            asked.findings.push(Alert { read: unknown(&shown, part), asks: Pivot::default() });
        }
        asked.pivot = distinct(asked.pivot);
        Ok(asked)
    }

    /// Takes in what another file asks about.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.given.extend(other.given);
        self.ask(other.pivot);
        self.pivot = distinct(std::mem::take(&mut self.pivot));
    }

    fn ask(&mut self, other: Pivot) {
        let mine = &mut self.pivot;
        for (mine, other) in [
            (&mut mine.keys, other.keys),
            (&mut mine.principals, other.principals),
            (&mut mine.addresses, other.addresses),
            (&mut mine.instances, other.instances),
            (&mut mine.resources, other.resources),
            (&mut mine.accounts, other.accounts),
            (&mut mine.regions, other.regions),
        ] {
            mine.extend(other);
        }
        mine.first = mine.first.into_iter().chain(other.first).min();
        mine.last = mine.last.into_iter().chain(other.last).max();
    }

    fn add(&mut self, path: &str, finding: &Value) {
        let Some(form) = finding.as_object().and_then(form_of) else {
            let meaning = "no finding of GuardDuty, Macie, Security Hub or OCSF".to_owned();
            let read = unknown(path, (String::new(), meaning));
            return self.findings.push(Alert { read, asks: Pivot::default() });
        };
        let mut taking = Taking::new(finding);
        taking.take(form.table);
        (form.more)(&mut taking);
        let (asks, mut read) = taking.finish();
        read.path = path.to_owned();
        read.form = form.name.to_owned();
        self.ask(asks.clone());
        self.findings.push(Alert { read, asks });
    }
}

/// What could not be read, where it stands and why.
fn unknown(path: &str, (place, meaning): (String, String)) -> FindingRead {
    let part = FindingPart { path: LogText::new(place), value: LogText::from(""), meaning };
    FindingRead {
        path: path.to_owned(),
        form: FindingRead::UNKNOWN.to_owned(),
        not_understood: vec![part],
        ..FindingRead::default()
    }
}

/// Each text once, in the order of asking.
fn distinct(mut pivot: Pivot) -> Pivot {
    for texts in [
        &mut pivot.keys,
        &mut pivot.principals,
        &mut pivot.addresses,
        &mut pivot.instances,
        &mut pivot.resources,
        &mut pivot.accounts,
        &mut pivot.regions,
    ] {
        let mut seen = HashSet::new();
        texts.retain(|text| seen.insert(text.clone()));
    }
    pivot
}

/// Something in a file of findings that is no JSON.
struct Broken {
    /// Where it begins, counted from 1.
    line: usize,
    error: serde_json::Error,
}

/// The findings of a file. After what is no JSON the next line that begins with a brace is tried:
/// one broken finding of many, one a line, takes no other with it.
fn documents(text: &[u8]) -> (Vec<Value>, Vec<Broken>) {
    let (mut findings, mut broken) = (Vec::new(), Vec::new());
    let (mut rest, mut line) = (text, 1);
    loop {
        let mut documents = serde_json::Deserializer::from_slice(rest).into_iter::<Value>();
        let error = loop {
            match documents.next() {
                Some(Ok(document)) => unwrap(document, &mut findings),
                Some(Err(error)) => break error,
                None => return (findings, broken),
            }
        };
        let read = rest.get(documents.byte_offset()..).unwrap_or_default();
        let bad = read.trim_ascii_start();
        line += lines(rest, rest.len() - bad.len());
        broken.push(Broken { line, error });
        let Some(next) = bad.windows(2).position(|pair| pair == b"\n{") else { break };
        line += lines(bad, next + 1);
        rest = bad.get(next + 1..).unwrap_or_default();
    }
    (findings, broken)
}

/// The findings in a document, whatever stands around them.
fn unwrap(document: Value, out: &mut Vec<Value>) {
    match document {
        Value::Array(items) => items.into_iter().for_each(|item| unwrap(item, out)),
        Value::Object(mut members) => {
            if form_of(&members).is_none() {
                for wrapper in ["findings", "detail"] {
                    let key = members.keys().find(|key| key.eq_ignore_ascii_case(wrapper)).cloned();
                    let inner = key.and_then(|key| members.remove(&key));
                    if let Some(inner @ (Value::Array(_) | Value::Object(_))) = inner {
                        return unwrap(inner, out);
                    }
                }
            }
            out.push(Value::Object(members));
        }
        // A finding that was put into a string, as queues do.
        Value::String(text) => match serde_json::from_str(&text) {
            Ok(inner @ (Value::Array(_) | Value::Object(_))) => unwrap(inner, out),
            _ => out.push(Value::String(text)),
        },
        other => out.push(other),
    }
}

/// Ends of lines in the first `most` bytes.
fn lines(text: &[u8], most: usize) -> usize {
    text.iter().take(most).filter(|byte| **byte == b'\n').count()
}

fn form_of(members: &serde_json::Map<String, Value>) -> Option<&'static Form> {
    let has = |name: &&str| members.keys().any(|key| key.eq_ignore_ascii_case(name));
    FORMS.iter().find(|form| form.members.iter().all(&has)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Asked {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("finding.json");
        std::fs::write(&path, text).unwrap();
        Asked::read(&path).unwrap()
    }

    #[test]
    fn a_title_without_measure_is_cut_and_said_to_be() {
        let finding = |title: &str| {
            serde_json::json!({
                "title": title, "type": "Recon:IAMUser/UserPermissions", "accountId": "111122223333",
                "service": {}, "resource": {"accessKeyDetails": {"accessKeyId": "AKIAEXAMPLENINA00000"}},
            })
            .to_string()
        };
        let read = &asked(&finding(&"é".repeat(100_000))).findings[0].read;
        assert_eq!(read.title.raw(), format!("{}\u{2026}", "é".repeat(511)));
        assert_eq!(read.notes[0], "its title is cut: it has 100000 characters, shown are 512");
        let whole = "é".repeat(512);
        let read = &asked(&finding(&whole)).findings[0].read;
        assert_eq!((read.title.raw(), read.notes.len()), (whole.as_str(), 0));
    }

    #[test]
    fn a_name_longer_than_any_is_told_and_not_asked_about() {
        let long = "b".repeat(5000);
        for resource in [
            serde_json::json!({"s3BucketDetails": [{"name": long}]}),
            serde_json::json!({"accessKeyDetails": {"userType": "IAMUser", "userName": long}}),
        ] {
            let finding = serde_json::json!({"title": "t", "type": "Policy:S3/BucketPublicAccessGranted",
                "accountId": "111122223333", "service": {}, "resource": resource});
            let read = asked(&finding.to_string());
            let nothing = Vec::<String>::new();
            assert_eq!((&read.pivot.resources, &read.pivot.principals), (&nothing, &nothing));
            let [part] = read.findings[0].read.not_understood.as_slice() else {
                panic!("{read:?}")
            };
            assert_eq!(part.meaning, "longer than any name of AWS's");
            assert_eq!(part.value.raw().chars().count(), 512);
        }
    }

    #[test]
    fn one_broken_finding_among_many_takes_no_other_with_it_and_is_told_with_its_line() {
        let text = b"{\"a\": 1}\n\n{\"b\": {\"c\": \n{\"d\": 4}\n{oops}\n{\"e\": 5}\n";
        let (findings, broken) = documents(text);
        let names: Vec<&String> =
            findings.iter().filter_map(|finding| finding.as_object()?.keys().next()).collect();
        assert_eq!(names, ["a", "d", "e"]);
        assert_eq!(broken.iter().map(|broken| broken.line).collect::<Vec<_>>(), [3, 5]);
        // What stands inside a broken list is no finding of its own.
        let (findings, broken) = documents(b"[\n  {\"a\": 1},\n  {\"b\": 2\n");
        assert!(findings.is_empty());
        assert_eq!(broken.len(), 1);
    }
}
