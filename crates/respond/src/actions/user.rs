//! `contain user`: deny everything first, then sessions, then every credential.
//!
//! The order is the point: whoever holds the user's credentials can answer each change until the
//! denial is in force everywhere, so it goes first, and the executor sets again what is undone.

use crate::actions::refusal::{self, Refusal};
use crate::actions::{AHEAD_SECONDS, ahead_is_denied_too, last_used, plan, sentences, until_ahead};
use crate::documents::{self, DENY_ALL, DENY_OLDER_SESSIONS, Whose};
use crate::facts::{Credential, Situation, UserFacts, policy};
use crate::{CutOff, Plan, Planned, Scope, State, Step, Thing, Undo};

/// The longest session that a user can get: GetSessionToken and GetFederationToken, 36 hours (AWS
/// STS API Reference).
const SESSIONS_LAST_SECONDS: u32 = 36 * 60 * 60;
/// What the inline policies of a user may come to, in characters without white space (IAM quotas).
const INLINE_CHARACTERS: usize = 2048;

/// What may be done that cannot be undone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct UserOptions {
    /// Delete the console password: nobody can give it back.
    pub delete_console_password: bool,
}

/// Plans to cut a user off.
///
/// # Errors
/// Who must not be contained, or that there is no password to delete.
pub fn plan_user(
    user: &UserFacts,
    options: UserOptions,
    situation: &Situation<'_>,
) -> Result<Plan, Refusal> {
    refusal::check(&user.arn, situation)?;
    if options.delete_console_password && !user.has_login_profile {
        return Err(Refusal::NoPassword(user.arn.clone()));
    }
    let password_stays = user.has_login_profile && !options.delete_console_password;
    let mut steps = vec![deny_all(user, password_stays), deny_older_sessions(user)];
    steps.extend(credentials(user));
    if options.delete_console_password {
        steps.push(console_password(user));
    }
    let notes = notes(user, password_stays);
    Ok(plan(("user", &user.arn, &user.account), situation, steps, notes))
}

fn deny_all(user: &UserFacts, password_stays: bool) -> Step {
    let thing = Thing::UserPolicy { user: user.name.clone(), name: DENY_ALL.into() };
    let expects = policy(&user.inline_policies, DENY_ALL);
    let to = State::Document(documents::deny_all());
    let (change, undo) = Planned::one(&user.account, thing, expects, to);
    let used = user.access_keys.iter().filter_map(|key| key.last_used.as_ref());
    let latest = used.max_by_key(|used| used.at);
    Step {
        name: "deny-all".into(),
        why: "it holds for keys, passwords and sessions at once, also for those made meanwhile"
            .into(),
        stops: sentences(&["every call of the user and of its sessions, once it has spread"]),
        does_not_stop: sentences(&[
            "signing in to the console: it succeeds, is logged, and can do nothing",
            "GetSessionToken, which no policy can deny; what it gives is denied everything",
            "sessions of roles that the user assumed: contain those roles too",
        ]),
        risk: vec![last_used("a key of the user", latest)],
        undo,
        change,
        // With the old password anybody who knows it could sign in again.
        suspect: password_stays,
        after_verified: false,
        flag: None,
    }
}

/// One step: the policy, with the moment at which it is put.
pub(super) fn deny_older_sessions(user: &UserFacts) -> Step {
    let name = DENY_OLDER_SESSIONS.to_owned();
    let thing = Thing::UserPolicy { user: user.name.clone(), name };
    let expects = policy(&user.inline_policies, DENY_OLDER_SESSIONS);
    Step {
        name: "deny-older-sessions".into(),
        why: "sessions outlive the keys they were had with; this stays when the rest is given back"
            .into(),
        stops: vec![format!(
            "sessions of GetSessionToken, GetFederationToken and the console {}",
            until_ahead()
        )],
        does_not_stop: sentences(&[
            "sessions issued later than that",
            "calls signed with a long-lived key: they have no issue time",
        ]),
        risk: vec![ahead_is_denied_too()],
        undo: Undo::to(&user.account, &thing, &expects),
        change: Planned::CutOff {
            expects,
            rule: CutOff {
                policy: thing,
                ahead_seconds: AHEAD_SECONDS,
                whose: Whose::All,
                sessions_last_seconds: SESSIONS_LAST_SECONDS,
            },
        },
        suspect: false,
        after_verified: false,
        flag: None,
    }
}

/// One rule for each kind of credential, also where there is none yet.
fn credentials(user: &UserFacts) -> [Step; 4] {
    let name = || user.name.clone();
    let access_key = |id| Thing::AccessKey { user: name(), id };
    let ssh_key = |id| Thing::SshKey { user: name(), id };
    let service_credential = |id| Thing::ServiceCredential { user: name(), id };
    let certificate = |id| Thing::SigningCertificate { user: name(), id };
    [
        (
            "access-keys",
            Scope::AccessKeyOf { user: name() },
            seen(&user.access_keys, access_key),
            "every call signed with a key of the user, also one made meanwhile",
        ),
        (
            "ssh-keys",
            Scope::SshKeyOf { user: name() },
            seen(&user.ssh_keys, ssh_key),
            "Git over SSH to CodeCommit",
        ),
        (
            "service-credentials",
            Scope::ServiceCredentialOf { user: name() },
            seen(&user.service_credentials, service_credential),
            "passwords for CodeCommit and Keyspaces, API keys for Bedrock",
        ),
        (
            "signing-certificates",
            Scope::SigningCertificateOf { user: name() },
            seen(&user.signing_certificates, certificate),
            "calls signed with a certificate of the user",
        ),
    ]
    .map(|(name, scope, seen, stops)| rule(&user.account, name, (scope, seen), stops))
}

fn seen(credentials: &[Credential], thing: impl Fn(String) -> Thing) -> Vec<(Thing, State)> {
    credentials.iter().map(|one| (thing(one.id.clone()), one.state.clone())).collect()
}

fn rule(
    account: &str,
    name: &str,
    (scope, seen): (Scope, Vec<(Thing, State)>),
    stops: &str,
) -> Step {
    Step {
        name: name.into(),
        why:
            "whoever took the user over may make more: the approval covers those that appear later"
                .into(),
        stops: sentences(&[stops]),
        does_not_stop: Vec::new(),
        risk: Vec::new(),
        undo: Undo::all(account, &seen),
        change: Planned::Every { scope, seen },
        suspect: true,
        after_verified: false,
        flag: None,
    }
}

fn console_password(user: &UserFacts) -> Step {
    let thing = Thing::LoginProfile { user: user.name.clone() };
    let (change, undo) = Planned::one(&user.account, thing, State::Present, State::Absent);
    Step {
        name: "console-password".into(),
        why: "whoever knows the password can still sign in".into(),
        stops: sentences(&["signing in to the console"]),
        does_not_stop: sentences(&["console sessions that exist: the denials stop those"]),
        risk: sentences(&["the user needs a new password when this is over"]),
        undo,
        change,
        suspect: true,
        after_verified: false,
        flag: Some("--delete-console-password".into()),
    }
}

fn notes(user: &UserFacts, password_stays: bool) -> Vec<String> {
    let mut notes = Vec::new();
    if password_stays {
        notes.push(format!(
            "the console password stays, so `revert` leaves {DENY_ALL} in place: set a new \
             password first, then remove that policy; or delete it now with \
             --delete-console-password, which cannot be undone"
        ));
    }
    let ours = |name: &String| [DENY_ALL, DENY_OLDER_SESSIONS].contains(&name.as_str());
    let others = user.inline_policies.iter().filter(|(name, _)| !ours(name));
    let taken: usize = others.map(|(_, document)| document.to_string().len()).sum();
    let room = INLINE_CHARACTERS.saturating_sub(taken);
    if room < 400 {
        notes.push(format!(
            "the user's inline policies leave about {room} of {INLINE_CHARACTERS} characters: the \
             denials may not fit; then use a permissions boundary or a service control policy"
        ));
    }
    notes
}
