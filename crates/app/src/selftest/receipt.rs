//! What a selftest showed, as it is kept, and what later plans may conclude from it. It must never
//! count what was not run against AWS itself, by this version.

use std::collections::BTreeMap;
use std::path::Path;

use crashcart_model::Timestamp;
use crashcart_respond::Verified;
use serde::{Deserialize, Serialize};

use crate::AppError;

/// The form that this version writes and reads.
pub const SELFTEST_SCHEMA: &str = "crashcart.selftest/1";
/// Whom a receipt names where no endpoint was put in AWS's place.
pub(super) const AWS: &str = "AWS";
/// The version that writes, and whose receipts count.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The record of one selftest.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SelftestReceipt {
    /// [`SELFTEST_SCHEMA`].
    pub schema: String,
    /// The version of crashcart.
    pub tool_version: String,
    /// The account's number.
    pub account: String,
    /// Where the calls were made; IAM is one for the whole partition.
    pub region: String,
    /// `AWS`, or the endpoints that stood in its place.
    pub against: String,
    /// The ARN of who ran it.
    pub caller: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended.
    pub ended: Timestamp,
    /// The name of the user and the role that were made.
    pub name: String,
    /// Each action, in the order in which it was tried.
    pub actions: Vec<ActionShown>,
    /// Why it could not go on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped: Option<String>,
    /// What was made and could not be taken away.
    pub left: Vec<String>,
}

/// What was seen of one action.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ActionShown {
    /// Its name, such as `user`.
    pub action: String,
    /// Everything that it should end was denied for good, nothing else was, and all of it worked
    /// again after it was given back.
    pub proven: bool,
    /// The hash of the plan that was carried out.
    pub plan: String,
    /// The receipt of the run, in the case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<String>,
    /// The plan's steps.
    pub steps: Vec<StepShown>,
    /// The credentials that were tried.
    pub credentials: Vec<CredentialShown>,
    /// Seconds from when giving back began to when every credential worked steadily.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub works_again_after_seconds: Option<f64>,
    /// What else is to be known, such as why it is not proven.
    pub said: Vec<String>,
}

/// What was seen of one step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StepShown {
    /// Its name.
    pub name: String,
    /// What is proved of it.
    pub verified: Verified,
    /// The denials that this step alone explains.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<Denied>,
    /// What else is to be known.
    pub said: Vec<String>,
}

/// When calls were denied.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Denied {
    /// When the change was sent.
    pub changed_at: Timestamp,
    /// Seconds from then to the answer that was the first denial.
    pub first_after_seconds: f64,
    /// Seconds from then to the first of the denials after which no call worked any more; none where
    /// there were too few of them to say so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub for_good_after_seconds: Option<f64>,
    /// What AWS calls the requests that were denied: the first, and those that began the end.
    pub request_ids: Vec<String>,
}

/// What was seen of one credential.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CredentialShown {
    /// Which, and what it called.
    pub credential: String,
    /// Whether the action should end it.
    pub should_end: bool,
    /// Its denials, from the action's first change on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub denied: Option<Denied>,
}

impl SelftestReceipt {
    /// Whether every action is proven.
    pub fn is_proven(&self) -> bool {
        self.stopped.is_none() && self.actions.iter().all(|action| action.proven)
    }

    /// As it is kept: JSON, for people too.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec_pretty(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// Keeps a copy where later plans look, if it was run against AWS.
    ///
    /// # Errors
    /// When the folder cannot be written.
    pub fn keep_for_plans(&self, folder: &Path) -> Result<(), AppError> {
        if self.against != AWS {
            return Ok(());
        }
        std::fs::create_dir_all(folder).map_err(|source| AppError::write(folder, source))?;
        let name = format!("{}-{}.json", self.ended.to_string().replace(':', ""), self.account);
        let path = folder.join(name);
        let failed = |source| AppError::write(&path, source);
        let mut file = tempfile::NamedTempFile::new_in(folder).map_err(failed)?;
        std::io::Write::write_all(&mut file, &self.bytes()).map_err(failed)?;
        file.persist(&path).map_err(|error| failed(error.error))?;
        Ok(())
    }
}

/// Which actions a selftest has shown to work against AWS.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TriedOnAws(BTreeMap<String, (Timestamp, bool)>);

impl TriedOnAws {
    /// Reads the receipts of a folder; what is not there or cannot be read shows nothing. Of each
    /// action the latest receipt of this version counts.
    pub fn read(folder: &Path) -> Self {
        let mut tried = Self::default();
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        for path in entries.map(|entry| entry.path()) {
            let receipt = std::fs::read(path).ok();
            let receipt = receipt.and_then(|bytes| serde_json::from_slice(&bytes).ok());
            if let Some(receipt) = receipt {
                tried.take(&receipt);
            }
        }
        tried
    }

    fn take(&mut self, receipt: &SelftestReceipt) {
        let counts = receipt.schema == SELFTEST_SCHEMA
            && receipt.against == AWS
            && receipt.tool_version == VERSION;
        if !counts {
            return;
        }
        for action in &receipt.actions {
            let shown = (receipt.ended, action.proven);
            let latest = self.0.entry(action.action.clone()).or_insert(shown);
            *latest = (*latest).max(shown);
        }
    }

    /// Whether the action was shown to work.
    pub fn has(&self, action: &str) -> bool {
        self.0.get(action).is_some_and(|(_, proven)| *proven)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(action: &str, ended: &str, proven: bool) -> SelftestReceipt {
        let ended = Timestamp::parse(ended).unwrap();
        SelftestReceipt {
            schema: SELFTEST_SCHEMA.into(),
            tool_version: VERSION.into(),
            account: "111122223333".into(),
            region: "us-east-1".into(),
            against: AWS.into(),
            caller: "arn:aws:iam::111122223333:user/ada".into(),
            began: ended,
            ended,
            name: "crashcart-selftest-0".into(),
            actions: vec![ActionShown {
                action: action.into(),
                proven,
                plan: "0a1b2c3d".into(),
                receipt: None,
                steps: Vec::new(),
                credentials: Vec::new(),
                works_again_after_seconds: None,
                said: Vec::new(),
            }],
            stopped: None,
            left: Vec::new(),
        }
    }

    fn tried(receipts: &[SelftestReceipt]) -> TriedOnAws {
        let folder = tempfile::tempdir().unwrap();
        for receipt in receipts {
            let name = format!("{}.json", receipts.iter().position(|one| one == receipt).unwrap());
            std::fs::write(folder.path().join(name), receipt.bytes()).unwrap();
        }
        std::fs::write(folder.path().join("broken.json"), "{").unwrap();
        TriedOnAws::read(folder.path())
    }

    #[test]
    fn an_action_counts_as_tried_by_a_receipt_of_this_version_against_aws_alone() {
        let good = receipt("key", "2026-12-01T03:00:00Z", true);
        assert!(tried(std::slice::from_ref(&good)).has("key"));
        assert!(!tried(std::slice::from_ref(&good)).has("user"), "it was another action");
        let endpoint = "http://127.0.0.1:5000, not AWS".to_owned();
        assert!(!tried(&[SelftestReceipt { against: endpoint, ..good.clone() }]).has("key"));
        let older = "0.0.9".to_owned();
        assert!(!tried(&[SelftestReceipt { tool_version: older, ..good.clone() }]).has("key"));
        assert!(!tried(&[receipt("key", "2026-12-01T03:00:00Z", false)]).has("key"));
        let later = receipt("key", "2026-12-01T04:00:00Z", false);
        assert!(!tried(&[good, later]).has("key"), "the latest counts");
        assert!(!TriedOnAws::read(Path::new("/nowhere")).has("key"));
    }

    #[test]
    fn what_was_not_run_against_aws_is_not_kept_where_plans_look() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path().join("selftest");
        let good = receipt("key", "2026-12-01T03:00:00Z", true);
        let endpoint = "http://127.0.0.1:5000, not AWS".to_owned();
        SelftestReceipt { against: endpoint, ..good.clone() }.keep_for_plans(&at).unwrap();
        assert!(!at.exists());
        good.keep_for_plans(&at).unwrap();
        assert!(TriedOnAws::read(&at).has("key"));
    }
}
