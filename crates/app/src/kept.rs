//! Answers of AWS on their way into a case: each is sealed before the next question is asked.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use crashcart_aws::{Came, Keep, Protocol};
use crashcart_model::Timestamp;
use crashcart_store::{Case, CollectedCall, CollectedEntry, StoreError, file_name};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::AppError;

/// A part of a name is cut here, and ends with a digest instead: file systems take 255 bytes.
const LONGEST: usize = 150;

/// Seals what comes under one folder of a case, as `FOLDER/OPERATION/ARGUMENT.../NUMBER.xml`.
#[derive(Debug)]
pub(crate) struct Keeper {
    account: String,
    folder: String,
    inside: Mutex<Inside>,
}

#[derive(Debug)]
struct Inside {
    case: Case,
    /// How many answers to the same question there were.
    numbers: BTreeMap<String, u32>,
    failed: Option<StoreError>,
}

impl Keeper {
    /// For a folder below `evidence/collected/ACCOUNT`.
    pub fn new(case: Case, account: String, folder: String) -> Self {
        let inside = Mutex::new(Inside { case, numbers: BTreeMap::new(), failed: None });
        Self { account, folder, inside }
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.inside.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Publishes a result beside what was sealed.
    ///
    /// # Errors
    /// When the case cannot be written.
    pub fn publish(&self, name: &str, bytes: &[u8]) -> Result<(), AppError> {
        Ok(self.inside().case.publish(name, bytes)?)
    }

    /// What was sealed.
    ///
    /// # Errors
    /// When something could not be: what came before that is sealed all the same.
    pub fn end(&self) -> Result<Vec<CollectedEntry>, AppError> {
        let mut inside = self.inside();
        if let Some(failed) = inside.failed.take() {
            return Err(failed.into());
        }
        let beginning = format!("{}/{}/", self.account, self.folder);
        let kept = inside.case.collected().filter(|entry| entry.name.starts_with(&beginning));
        Ok(kept.cloned().collect())
    }
}

impl Keep for Keeper {
    fn keep(&self, came: &Came<'_>) -> Result<(), String> {
        let mut inside = self.inside();
        let question = question(came);
        let number = inside.numbers.entry(question.clone()).or_default();
        *number += 1;
        let kind = match came.operation.service.protocol {
            Protocol::Json { .. } => "json",
            Protocol::Query | Protocol::Ec2 | Protocol::RestXml => "xml",
        };
        let name = format!("{}/{question}/{number}.{kind}", self.folder);
        let call = CollectedCall {
            operation: came.operation.full_name(),
            account: self.account.clone(),
            region: came.region.to_owned(),
            request_id: came.id.map(str::to_owned),
            at: Timestamp::from_millis(came.at.as_millisecond()),
        };
        let sealed = inside.case.seal_collected(&name, came.body, &call);
        sealed.map(|_| ()).map_err(|error| {
            let message = error.to_string();
            inside.failed.get_or_insert(error);
            message
        })
    }
}

/// `OPERATION/ARGUMENT...`: the texts of a request, without the mark of its page.
fn question(came: &Came<'_>) -> String {
    let mut out = came.operation.name.to_owned();
    let members = came.request.as_object().into_iter().flatten();
    for (name, value) in members {
        let marks_page = came.operation.pages.is_some_and(|pages| pages.input == name);
        if !marks_page && name != "Marker" {
            for text in texts(value) {
                out.push('/');
                out.push_str(&part(text));
            }
        }
    }
    out
}

fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        _ => Vec::new(),
    }
}

/// A text as part of a name; of an ARN what comes after its service.
pub(crate) fn part(text: &str) -> String {
    let short = match text.strip_prefix("arn:") {
        Some(rest) => rest.splitn(3, ':').nth(2).unwrap_or(rest).trim_start_matches(':'),
        None => text,
    };
    let name = file_name(&short.replace(['/', ':'], "-"));
    if name.len() <= LONGEST && !name.is_empty() && !short.contains(['/', ':']) {
        return name;
    }
    // Another text may read the same once it is a name.
    let digest = Sha256::digest(text.as_bytes());
    let digest: String = digest.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}.{digest}", name.get(..LONGEST).unwrap_or(&name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_answers_can_be_read_and_are_never_the_same_for_two_questions() {
        assert_eq!(part("build-agent"), "build-agent");
        let own = part("arn:aws:iam::111122223333:policy/team/tmp");
        assert_eq!(own.split('.').next(), Some("111122223333-policy-team-tmp"));
        assert_ne!(own, part("arn:aws:iam::111122223333:policy/team-tmp"));
        assert_ne!(part(&"a".repeat(600)), part(&"a".repeat(601)));
        assert!(part(&"/".repeat(600)).len() < 200);
    }
}
