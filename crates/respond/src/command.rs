//! Every change and its undo as a plain AWS CLI command, for those who may only read, or who would
//! rather do it by hand. It must never give a command into which a name could smuggle another.

use crashcart_model::Timestamp;
use crashcart_story::shell;
use serde::Serialize;

use crate::{Change, Plan, Planned, Scope, State, Thing, Undo};

/// The commands of one step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StepCommands {
    /// The step's name.
    pub step: String,
    /// For a rule: lists what it reaches now, which may be more than when the plan was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub look: Option<String>,
    /// What does it.
    pub change: Vec<String>,
    /// What undoes it; to be run for the last step first. Empty where an earlier step's undo does.
    pub undo: Vec<String>,
    /// Why there is no undo, or no command.
    pub said: Vec<String>,
}

/// A change as a command line for a POSIX shell. None for a change that cannot be done, and where
/// a name holds what no shell should see.
pub fn aws_cli(change: &Change) -> Option<String> {
    if !change.possible() {
        return None;
    }
    let status = match &change.to {
        State::Active => "Active",
        State::Inactive => "Inactive",
        _ => "",
    };
    let document = match &change.to {
        State::Document(document) => Some(ascii(&document.to_string())),
        _ => None,
    };
    let credential = |operation, user: &String, option, id: &String| {
        let user: (&str, &str) = ("user-name", user);
        shell::aws(operation, &[user, (option, id), ("status", status)])
    };
    let policy = |kind: &str, option: &str, owner: &str, name: &str| match &document {
        Some(document) => shell::aws(
            &format!("iam put-{kind}-policy"),
            &[(option, owner), ("policy-name", name), ("policy-document", document)],
        ),
        None => shell::aws(
            &format!("iam delete-{kind}-policy"),
            &[(option, owner), ("policy-name", name)],
        ),
    };
    match &change.thing {
        Thing::AccessKey { user, id } => {
            credential("iam update-access-key", user, "access-key-id", id)
        }
        Thing::SshKey { user, id } => {
            credential("iam update-ssh-public-key", user, "ssh-public-key-id", id)
        }
        Thing::ServiceCredential { user, id } => credential(
            "iam update-service-specific-credential",
            user,
            "service-specific-credential-id",
            id,
        ),
        Thing::SigningCertificate { user, id } => {
            credential("iam update-signing-certificate", user, "certificate-id", id)
        }
        Thing::UserPolicy { user, name } => policy("user", "user-name", user, name),
        Thing::RolePolicy { role, name } => policy("role", "role-name", role, name),
        Thing::TrustPolicy { role } => shell::aws(
            "iam update-assume-role-policy",
            &[("role-name", role), ("policy-document", document.as_deref()?)],
        ),
        Thing::LoginProfile { user } => {
            shell::aws("iam delete-login-profile", &[("user-name", user)])
        }
    }
}

/// The commands of a plan, as if it were carried out at `now`.
pub fn commands(plan: &Plan, now: Timestamp) -> Vec<StepCommands> {
    let all = |changes: &[Change], said: &mut Vec<String>| -> Vec<String> {
        let command = |change: &Change| {
            let command = aws_cli(change);
            if command.is_none() {
                said.push(format!(
                    "no command can be given for the {}: {}",
                    change.thing,
                    why_none(change)
                ));
            }
            command
        };
        changes.iter().filter_map(command).collect()
    };
    // Of a thing that several steps change, the first knows what it was before all of them.
    let mut given_back: Vec<Thing> = Vec::new();
    let mut of_step = |step: &crate::Step| {
        let mut said = Vec::new();
        let mut change = all(&step.preview(&plan.account, now), &mut said);
        if let Planned::CutOff { rule, .. } = &step.change {
            change
                .iter_mut()
                .for_each(|command| *command = with_moment(command, rule.ahead_seconds));
            said.push(format!(
                "the moment is computed when the command is run: {} seconds after this machine's \
                 clock, which must be right",
                rule.ahead_seconds
            ));
            if step.after_verified {
                said.push(
                    "run it only when the steps above have been in place for a minute: its moment \
                     must lie after the last session that came in before they had spread"
                        .into(),
                );
            }
        }
        let undo = match &step.undo {
            Undo::By(changes) => {
                let mut changes = changes.clone();
                changes.retain(|change| !given_back.contains(&change.thing));
                given_back.extend(changes.iter().map(|change| change.thing.clone()));
                all(&changes, &mut said)
            }
            Undo::Never { because } => {
                said.push(because.clone());
                Vec::new()
            }
        };
        let look = match &step.change {
            Planned::Every { scope, .. } => look(scope),
            _ => None,
        };
        StepCommands { step: step.name.clone(), look, change, undo, said }
    };
    plan.steps.iter().map(&mut of_step).collect()
}

/// The command of a cut-off with the moment as the shell computes it when it is pasted, which may
/// be long after it was printed. POSIX has no arithmetic for dates, but zones: a minute ahead of UTC
/// it is a minute later. In the document a quote within a text is escaped, so what is replaced
/// cannot stand in a name.
fn with_moment(command: &str, ahead_seconds: u32) -> String {
    const MEMBER: &str = "\"aws:TokenIssueTime\":\"";
    let Some((before, after)) = command.split_once(MEMBER) else { return command.to_owned() };
    let Some((_, rest)) = after.split_once('"') else { return command.to_owned() };
    let (minutes, seconds) = (ahead_seconds / 60, ahead_seconds % 60);
    let zone = format!("UTC-{:02}:{:02}:{seconds:02}", minutes / 60, minutes % 60);
    format!("{before}{MEMBER}'\"$(TZ={zone} date +%Y-%m-%dT%H:%M:%SZ)\"'\"{rest}")
}

/// Why [`aws_cli`] has no command for a change.
fn why_none(change: &Change) -> &'static str {
    match change.possible() {
        true => {
            "its name or its owner's holds what a shell must not be given (a line break, something \
             else that cannot be printed, or what the AWS CLI would load as a file); `crashcart \
             apply` needs no shell"
        }
        false => "AWS has no call for it",
    }
}

fn look(scope: &Scope) -> Option<String> {
    let (operation, user) = match scope {
        Scope::AccessKeyOf { user } => ("iam list-access-keys", user),
        Scope::SshKeyOf { user } => ("iam list-ssh-public-keys", user),
        Scope::ServiceCredentialOf { user } => ("iam list-service-specific-credentials", user),
        Scope::SigningCertificateOf { user } => ("iam list-signing-certificates", user),
    };
    shell::aws(operation, &[("user-name", user)])
}

/// JSON with every other character than ASCII as an escape.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
    for character in json.chars() {
        if character.is_ascii() && character != '\u{7f}' {
            text.push(character);
        } else {
            for unit in character.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn change(thing: Thing, to: State) -> Change {
        Change { account: "111122223333".into(), thing, to }
    }

    #[test]
    fn a_change_is_one_command_that_pastes_as_it_looks() {
        let key = Thing::AccessKey { user: "ada".into(), id: "AKIAEXAMPLE".into() };
        assert_eq!(
            aws_cli(&change(key, State::Inactive)).as_deref(),
            Some(
                "aws iam update-access-key --user-name='ada' --access-key-id='AKIAEXAMPLE' \
                 --status='Inactive'"
            )
        );
        let policy = Thing::UserPolicy { user: "ada".into(), name: "p".into() };
        assert_eq!(
            aws_cli(&change(policy, State::Absent)).as_deref(),
            Some("aws iam delete-user-policy --user-name='ada' --policy-name='p'")
        );
    }

    #[test]
    fn a_document_of_somebody_else_stays_one_word_and_the_same_document() {
        let trust = Thing::TrustPolicy { role: "deploy".into() };
        let document = json!({"Sid": "o'brien $(reboot) \u{fc}\u{1f600}"});
        let command = aws_cli(&change(trust, State::Document(document.clone()))).unwrap();
        assert!(command.is_ascii(), "{command}");
        let quoted = command.split_once("--policy-document=").unwrap().1;
        let text = quoted.trim_matches('\'').replace(r"'\''", "'");
        assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), document);
    }

    #[test]
    fn a_pasted_cut_off_takes_its_moment_from_the_clock_of_then() {
        let command = r#"aws x --policy-document='{"aws:TokenIssueTime":"2026-05-04T02:14:00Z"}'"#;
        assert_eq!(
            with_moment(command, 60),
            "aws x --policy-document='{\"aws:TokenIssueTime\":\"'\"$(TZ=UTC-00:01:00 date \
             +%Y-%m-%dT%H:%M:%SZ)\"'\"}'"
        );
    }

    #[test]
    fn what_cannot_be_done_or_shown_has_no_command() {
        let password = Thing::LoginProfile { user: "ada".into() };
        assert_eq!(aws_cli(&change(password, State::Present)), None);
        let hidden = Thing::LoginProfile { user: "a\u{1b}[2J".into() };
        let hidden = change(hidden, State::Absent);
        assert_eq!(aws_cli(&hidden), None);
        assert!(why_none(&hidden).contains("cannot be printed"), "a name is the reason");
    }
}
