//! What somebody may do, as collected into a case with their policies, told in its story: the logs
//! show only what was tried.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crashcart_collect::Identity;
use crashcart_model::{Investigation, LogText, Timestamp};
use crashcart_store::Case;
use serde::{Deserialize, Serialize};

/// Where in a case it is kept, one document for each principal.
const FOLDER: &str = "identity";
/// The answer that it belongs to.
const QUESTION: &str = "What may it do?";

/// What a principal may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Powers {
    principal: String,
    /// When the policies were read.
    at: Timestamp,
    /// In sentences.
    may: Vec<String>,
    /// Whether all policies could be read.
    is_whole: bool,
}

impl Powers {
    /// Of an identity whose ARN is known.
    pub fn of(identity: &Identity, at: Timestamp) -> Option<Self> {
        let principal = identity.principal.clone()?;
        Some(Self { principal, at, may: identity.may.clone(), is_whole: identity.policies_whole })
    }

    /// Where the case keeps it: what is read later takes its place.
    pub fn name(&self) -> String {
        let whose = whose(&self.principal).unwrap_or_else(|| short(&self.principal).to_owned());
        format!("{FOLDER}/{}.json", crashcart_store::file_name(&whose))
    }

    fn words(&self) -> String {
        let whole = if self.is_whole { "" } else { "; not all of them could be read" };
        let (may, who) = (self.may.join("; "), short(&self.principal));
        format!("{who} by its policies as read at {}: {may}{whole}", self.at)
    }
}

fn short(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or(arn)
}

/// Adds what the case knows of its suspects' powers to the answer.
pub(crate) fn tell(case: &Case, investigation: &mut Investigation) {
    let known = known(&case.dir().join(FOLDER));
    let story = &mut investigation.story;
    let suspects = story.suspects.iter().filter_map(|suspect| whose(suspect.principal.raw()));
    // Sessions of one role have the powers of one.
    let mut seen = BTreeSet::new();
    let suspects = suspects.filter(|whose| seen.insert(whose.clone()));
    let mut told: Vec<String> =
        suspects.filter_map(|whose| known.get(&whose)).map(Powers::words).collect();
    let mut answers = story.answers.iter_mut();
    let Some(answer) = answers.find(|answer| answer.question == QUESTION) else { return };
    if told.is_empty() {
        return;
    }
    if answer.answer.raw() != "unknown" {
        told.insert(0, answer.answer.raw().to_owned());
    }
    answer.answer = LogText::new(told.join(". "));
    let because = "policies of others who let it in, and conditions on a request, are not weighed";
    answer.because = LogText::new(format!("{}; {because}", answer.because.raw()));
}

/// The account, kind and name of a user, or of a role, which a session is of. Names of one account are
/// told apart without their paths, which a session's ARN does not have.
fn whose(arn: &str) -> Option<String> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", _, _, _, account, resource] = parts.as_slice() else { return None };
    let (kind, rest) = resource.split_once('/')?;
    let (kind, name) = match kind {
        "assumed-role" => ("role", rest.split('/').next()?),
        _ => (kind, rest.rsplit('/').next()?),
    };
    Some(format!("{account}-{kind}-{name}"))
}

fn known(folder: &Path) -> BTreeMap<String, Powers> {
    let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let read = |path: &Path| serde_json::from_slice::<Powers>(&std::fs::read(path).ok()?).ok();
    let powers = files.filter_map(|file| read(&file.path()));
    powers.filter_map(|powers| Some((whose(&powers.principal)?, powers))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_has_the_powers_of_its_role() {
        let session = whose("arn:aws:sts::111122223333:assumed-role/web/i-0a1b");
        assert_eq!(session, whose("arn:aws:iam::111122223333:role/shop/front/web"));
        assert_ne!(session, whose("arn:aws:iam::111122223333:user/web"));
        assert_ne!(session, whose("arn:aws:iam::444455556666:role/web"));
    }
}
