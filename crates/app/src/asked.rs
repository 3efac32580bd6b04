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

use std::path::Path;

use crashcart_model::{FindingPart, FindingRead, LogText};
use crashcart_store::GivenInput;
use crashcart_story::Pivot;
use serde_json::Value;

use crate::AppError;
use crate::given::GivenFile;
use taking::{Take, Taking};

const FILE: GivenFile = GivenFile { option: "--finding", most: 64 << 20, hint: HINT };
const HINT: &str = "give a finding as GuardDuty, Macie or Security Hub export it: `aws guardduty \
                    get-findings`, `aws macie2 get-findings`, `aws securityhub get-findings`; many in \
                    several files";
/// Findings taken from one file.
const MOST: usize = 1000;

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
    /// The findings, in the order of the file.
    pub findings: Vec<FindingRead>,
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
        let mut findings = Vec::new();
        for document in serde_json::Deserializer::from_str(&text).into_iter::<Value>() {
            let document = document.map_err(|error| no_finding(&format!("is no JSON: {error}")))?;
            unwrap(document, &mut findings);
        }
        let more = findings.len().saturating_sub(MOST);
        let mut asked = Self { given: vec![input], ..Self::default() };
        for finding in findings.iter().take(MOST) {
            asked.add(&shown, finding);
        }
        if asked.findings.iter().all(|finding| finding.form == UNKNOWN) {
            return Err(no_finding("holds no finding of GuardDuty, Macie or Security Hub"));
        }
        if more > 0
            && let Some(last) = asked.findings.last_mut()
        {
            last.notes.push(format!("{more} more findings of the file were not read"));
        }
        Ok(asked)
    }

    /// Takes in what another file asks about.
    pub fn merge(&mut self, other: Self) {
        self.findings.extend(other.findings);
        self.given.extend(other.given);
        self.ask(other.pivot);
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
            for text in other {
                if !mine.contains(&text) {
                    mine.push(text);
                }
            }
        }
        mine.first = mine.first.into_iter().chain(other.first).min();
        mine.last = mine.last.into_iter().chain(other.last).max();
    }

    fn add(&mut self, path: &str, finding: &Value) {
        let Some(form) = finding.as_object().and_then(form_of) else {
            let read = FindingRead {
                path: path.to_owned(),
                form: UNKNOWN.to_owned(),
                not_understood: vec![FindingPart {
                    path: LogText::from(""),
                    value: LogText::from(""),
                    meaning: "no finding of GuardDuty, Macie, Security Hub or OCSF".to_owned(),
                }],
                ..FindingRead::default()
            };
            return self.findings.push(read);
        };
        let mut taking = Taking::new(finding);
        taking.take(form.table);
        (form.more)(&mut taking);
        let (pivot, mut read) = taking.finish();
        read.path = path.to_owned();
        read.form = form.name.to_owned();
        self.findings.push(read);
        self.ask(pivot);
    }
}

const UNKNOWN: &str = "unknown";

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
        let read = &asked(&finding(&"é".repeat(100_000))).findings[0];
        assert_eq!(read.title.raw(), format!("{}\u{2026}", "é".repeat(511)));
        assert_eq!(read.notes[0], "its title is cut: it has 100000 characters, shown are 512");
        let whole = "é".repeat(512);
        let read = &asked(&finding(&whole)).findings[0];
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
            let [part] = read.findings[0].not_understood.as_slice() else { panic!("{read:?}") };
            assert_eq!(part.meaning, "longer than any name of AWS's");
            assert_eq!(part.value.raw().chars().count(), 512);
        }
    }
}
