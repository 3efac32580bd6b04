//! Short forms of names for people. Must never stand where a name is to be copied.

use crashcart_model::{Finding, Persistence, PersistenceState, Story};

/// So many ways back in are listed at most: where they fill the list, some may not be in it.
const LISTED: usize = 300;

/// How far the list of what was cut off can be trusted.
pub(crate) const NOT_READ_NOW: &str =
    "by this case's journal; whether it still is so, only the account tells";

/// The part of an ARN that people say: `user/nina` of `arn:aws:iam::111122223333:user/nina`,
/// with the account in brackets where several accounts are in play. Other names stay whole.
pub(crate) fn short(name: &str, with_account: bool) -> String {
    let mut parts = name.splitn(6, ':');
    let (Some("arn"), Some(_), Some("iam" | "sts"), Some(_), Some(account), Some(resource)) =
        (parts.next(), parts.next(), parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return name.to_owned();
    };
    if resource.is_empty() || account.is_empty() {
        return name.to_owned();
    }
    if with_account { format!("{resource} ({account})") } else { resource.to_owned() }
}

/// The account of an IAM or STS name.
pub(crate) fn account(name: &str) -> Option<&str> {
    name.starts_with("arn:").then(|| name.split(':').nth(4)).flatten().filter(|id| !id.is_empty())
}

/// A tactic as the field says it, short enough for a column of the terminal.
pub(crate) fn tactic(tactic: &str) -> &str {
    match tactic {
        "reconnaissance" => "recon",
        "resource-development" => "preparation",
        "initial-access" => "entry",
        "privilege-escalation" => "escalation",
        "defense-evasion" => "evasion",
        "credential-access" => "credentials",
        "lateral-movement" => "lateral",
        "command-and-control" => "control",
        "exfiltration" => "exfil",
        other => other,
    }
}

/// `(all refused)`, `(12 of 15 refused)`, `(outcome unknown)`: what of a finding had no effect, or
/// does not tell; empty where all had one.
pub(crate) fn without_effect(finding: &Finding) -> String {
    match finding.outcomes.without_effect() {
        words if words.is_empty() => words,
        words => format!("({words})"),
    }
}

/// What is said where no way back in is left; nothing where no more than a part of them is listed,
/// or where none was made and nothing was changed.
pub(crate) fn no_way_back(story: &Story) -> &'static str {
    let left = |way: &Persistence| way.state == PersistenceState::InPlace;
    let told = !story.persistence.is_empty() || !story.changes.is_empty();
    if !told || story.persistence.len() >= LISTED || story.persistence.iter().any(left) {
        return "";
    }
    "no way back in is left in this material"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_named_as_people_say_it() {
        let user = "arn:aws:iam::111122223333:user/team/nina";
        assert_eq!(short(user, false), "user/team/nina");
        assert_eq!(short(user, true), "user/team/nina (111122223333)");
        let session = "arn:aws:sts::111122223333:assumed-role/deploy/run:7";
        assert_eq!(short(session, false), "assumed-role/deploy/run:7");
        for other in ["ec2.amazonaws.com", "arn:aws:s3:::bucket", "arn:aws:iam::1:", "", "arn"] {
            assert_eq!(short(other, true), other);
        }
    }
}
