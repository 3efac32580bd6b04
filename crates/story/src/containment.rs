//! What to do first, as commands that a person reads before running them. Order, by what is lost
//! soonest: logging back on and identities saved, then memory and disks of hosts, then sessions open
//! on them, then deny, then keys, then what was left behind. Nothing here is run, and
//! each line says what it does not stop.

use std::collections::BTreeSet;

use crashcart_model::{Containment, LogText};

use crate::actor::{Actor, Kind};
use crate::aftermath::Kept;
use crate::knowledge::Effect;
use crate::principal;
use crate::scene::Scene;
use crate::shell::{aws, aws_in, quote};
use crate::suspects::{PLAUSIBLE, Profile, known_as};
use crate::undo::{self, DENY_ALL};
use crate::workload;

/// The action that keeps what a host holds: first of all, but no cut.
pub(crate) const TAKE_MEMORY: &str = "take memory and disks of the instance";

/// Where an action stands in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Turn {
    Logging,
    Evidence,
    Hosts,
    Shells,
    Deny,
    Keys,
    Leftovers,
}

struct Plan {
    actions: Vec<(Turn, Containment)>,
}

impl Plan {
    fn add(
        &mut self,
        (turn, action): (Turn, &str),
        on: (&str, &str),
        why: String,
        command: Option<String>,
    ) {
        let (target, account) = on;
        let account = (!account.is_empty()).then(|| LogText::from(account));
        self.actions.push((
            turn,
            Containment {
                action: action.to_owned(),
                target: LogText::from(target),
                account,
                why,
                command: command.map(LogText::new),
            },
        ));
    }
}

/// The actions in their order.
pub(crate) fn plan(
    scene: &Scene<'_>,
    profiles: &[Profile<'_>],
    kept: &[Kept<'_>],
    off: &[undo::Off<'_>],
) -> Vec<Containment> {
    let mut plan = Plan { actions: Vec::new() };
    // Of a trail that was its own and is gone nothing is to be switched on again.
    let stands = |off: &&undo::Off<'_>| {
        let own = off.stopped.parts.name == "DeleteTrail" && off.stopped.made.is_some();
        off.again.is_none() && !off.stopped.parts.automation && !own
    };
    for off in off.iter().filter(stands) {
        let parts = &off.stopped.parts;
        let command = (parts.name == "StopLogging")
            .then(|| aws_in(parts.region, "cloudtrail start-logging", &[("name", parts.thing)]))
            .flatten();
        let why = format!(
            "{} was done by {} and nothing in this material put it back; what happens meanwhile is not logged there",
            parts.name,
            principal::short(parts.actor)
        );
        plan.add(
            (Turn::Logging, "switch logging back on"),
            (parts.thing, parts.account),
            why,
            command,
        );
    }
    let accused: Vec<&Profile<'_>> =
        profiles.iter().filter(|p| !p.gone && (p.act_now || p.score >= PLAUSIBLE)).collect();
    let accounts: BTreeSet<&str> = accused.iter().map(|profile| account_of(profile)).collect();
    accounts.into_iter().for_each(|account| save_identities(&mut plan, account));
    for profile in accused {
        cut_off(&mut plan, scene, profile);
        open_sessions(&mut plan, scene, profile);
    }
    let used: BTreeSet<&str> =
        scene.facts.actors.values().flat_map(|actor| actor.keys.iter()).collect();
    for kept in kept.iter().filter(|kept| kept.removed.is_none()) {
        if known_as(scene.material.environment, kept.made.parts.actor).is_some() {
            continue;
        }
        leftover(&mut plan, &used, kept);
    }
    plan.actions.sort_by_key(|(turn, _)| *turn);
    let mut known = BTreeSet::new();
    let actions = plan.actions.into_iter().map(|(_, action)| action);
    let new = |action: &Containment| {
        known.insert((action.action.clone(), action.target.clone(), action.account.clone()))
    };
    actions.filter(new).collect()
}

/// Identities first, as they are: it takes seconds.
fn save_identities(plan: &mut Plan, account: &str) {
    let why = "as they are now, before anything is changed: it takes seconds and nothing volatile is lost by it";
    let number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
    let file = if number { format!("identity-{account}.json") } else { "identity.json".to_owned() };
    let command = format!("aws iam get-account-authorization-details --output=json > {file}");
    plan.add(
        (Turn::Evidence, "save the state"),
        ("users, roles, policies and keys", account),
        why.to_owned(),
        Some(command),
    );
}

/// The account that a principal belongs to.
fn account_of<'p>(profile: &Profile<'p>) -> &'p str {
    principal::account(profile.name)
        .or_else(|| profile.actor.accounts.by_time().first().copied())
        .unwrap_or_default()
}

/// `why`, with how sure it is.
fn because(profile: &Profile<'_>, text: &str) -> String {
    if profile.act_now {
        format!("act now (score {}): {text}", profile.score)
    } else {
        let confirm = profile.known.map(|known| format!("confirm first: {known}; "));
        format!("consider (score {}): {}{text}", profile.score, confirm.unwrap_or_default())
    }
}

fn cut_off(plan: &mut Plan, scene: &Scene<'_>, profile: &Profile<'_>) {
    let name = profile.name;
    let account = account_of(profile);
    match profile.actor.kind {
        Kind::Root => {
            let text = "root cannot be limited by an IAM policy, and an IAM principal cannot disable its keys: sign in as root to change the password, register MFA and delete root's keys, or limit a member account by a service control policy or central root access";
            plan.add((Turn::Deny, "secure root"), (name, account), because(profile, text), None);
        }
        Kind::User => cut_user(plan, profile, account),
        Kind::Federated => {
            let text = "a federation token cannot be revoked by itself and survives the deletion of the key that made it, up to 36 hours: deny the IAM user that issued it, whose name this record does not hold";
            plan.add(
                (Turn::Deny, "deny the issuer"),
                (name, account),
                because(profile, text),
                None,
            );
        }
        Kind::Session => cut_session(plan, scene, profile, account),
        Kind::Anonymous | Kind::Account | Kind::Unknown | Kind::Service | Kind::ServiceLinked => {
            let text = "it is not a principal of this account: close what let it in (bucket policy, trust policy, shared resource)";
            plan.add(
                (Turn::Deny, "close its way in"),
                (name, account),
                because(profile, text),
                None,
            );
        }
    }
}

fn cut_user(plan: &mut Plan, profile: &Profile<'_>, account: &str) {
    let name = profile.name;
    let user = principal::user(name).unwrap_or_default();
    if let Some(made) = profile.only_key {
        let how = if made.certain { "act now" } else { "consider" };
        let by = principal::short(made.by);
        let why = format!(
            "{how}: {by} made this key for {user} and it was used; the own keys of {user} show nothing, so the key goes and the user stays"
        );
        return disable_key(plan, (user, made.key, account), why);
    }
    let text = "an explicit deny takes effect within minutes on the user, its keys and its sessions of GetSessionToken and GetFederationToken; console sign-in still succeeds and can do nothing, and sessions of roles that it assumed go on";
    let command = aws(
        "iam put-user-policy",
        &[
            ("user-name", user),
            ("policy-name", "crashcart-deny-all"),
            ("policy-document", DENY_ALL),
        ],
    );
    plan.add(
        (Turn::Deny, "deny everything to the user"),
        (name, account),
        because(profile, text),
        command,
    );
    for key in long_lived(profile.actor) {
        let text =
            format!("{user} used this key; sessions already issued with it live on, so deny first");
        disable_key(plan, (user, key, account), because(profile, &text));
    }
    let console = profile.actor.services.contains("signin")
        || profile.actor.agents.iter().any(|agent| agent.starts_with("Mozilla/"));
    if console {
        let text = "it was used in the console; the password cannot be restored afterwards, and open console sessions end only by the deny";
        let command = aws("iam delete-login-profile", &[("user-name", user)]);
        plan.add(
            (Turn::Keys, "take away console sign-in"),
            (name, account),
            because(profile, text),
            command,
        );
    }
}

fn disable_key(plan: &mut Plan, (user, key, account): (&str, &str, &str), why: String) {
    let options = [("user-name", user), ("access-key-id", key), ("status", "Inactive")];
    let command = aws("iam update-access-key", &options);
    plan.add((Turn::Keys, "disable access key"), (key, account), why, command);
}

fn long_lived(actor: &Actor) -> Vec<&str> {
    let mut keys: Vec<&str> = actor.keys.iter().filter(|key| key.starts_with("AKIA")).collect();
    keys.sort_unstable();
    keys
}

fn cut_session(plan: &mut Plan, scene: &Scene<'_>, profile: &Profile<'_>, account: &str) {
    let Some((role, session)) = principal::session(profile.name) else { return };
    if role.starts_with("AWSReservedSSO_") {
        let text = "a role of Identity Center cannot be edited: remove the user's assignments and groups, disable the user at the identity provider, end the portal session";
        plan.add(
            (Turn::Deny, "cut off in Identity Center"),
            (profile.name, account),
            because(profile, text),
            None,
        );
        return;
    }
    if principal::is_instance(session) {
        let text = format!(
            "its credentials were used by somebody: what {session} holds in memory goes with a stop, and the deny below cuts SSM to it; memory first, then CreateSnapshots of its volumes"
        );
        plan.add((Turn::Hosts, TAKE_MEMORY), (session, account), because(profile, &text), None);
    }
    let mut text = "denies all sessions of this role issued until now, other workloads' too; new sessions are not stopped, so close the way in first".to_owned();
    if principal::is_instance(session) {
        text.push_str(&format!("; the metadata service hands fresh credentials to {session}"));
    } else if workload::what(scene.facts, profile.name).is_some() {
        text.push_str("; the workload itself gets fresh credentials");
    }
    let command = revoke_sessions(role);
    plan.add(
        (Turn::Deny, "revoke the role's sessions"),
        (profile.name, account),
        because(profile, &text),
        command,
    );
}

/// Sessions on machines that it opened and nobody ended: a deny on the principal does not end them.
fn open_sessions(plan: &mut Plan, scene: &Scene<'_>, profile: &Profile<'_>) {
    let ended = |session: &str| {
        let mut calls = scene.entries.iter().chain(&scene.aside).filter(|entry| entry.done());
        calls.any(|e| e.parts.name == "TerminateSession" && e.parts.thing == session)
    };
    let opened = scene.entries_of(profile.name).filter(|entry| entry.done());
    for entry in opened.filter(|entry| entry.effect() == Some(Effect::Open)) {
        let (session, machine) = (entry.parts.thing, entry.parts.owner);
        if session.is_empty() || ended(session) {
            continue;
        }
        let account = entry.parts.account;
        let at = entry.item.first.map(|at| format!(" at {at}")).unwrap_or_default();
        let on = principal::plain(machine);
        if principal::is_instance(machine) {
            let text = format!(
                "a session was opened on it{at} and nothing in this material ended it: what runs there goes with the session; memory first, then CreateSnapshots of its volumes"
            );
            plan.add((Turn::Hosts, TAKE_MEMORY), (machine, account), because(profile, &text), None);
        }
        let text = format!(
            "opened on {on}{at}, and nothing in this material ended it; a deny or a disabled key does not end it, and it may have ended by itself (20 minutes idle, where nothing else is set): aws ssm describe-sessions --state=Active tells"
        );
        let options = [("session-id", session)];
        let command = aws_in(entry.parts.region, "ssm terminate-session", &options);
        plan.add(
            (Turn::Shells, "end the open session"),
            (session, account),
            because(profile, &text),
            command,
        );
    }
}

/// The deny that the console's 'revoke sessions' writes, with the time taken when it is run.
fn revoke_sessions(role: &str) -> Option<String> {
    let role = quote(role)?;
    Some(format!(
        r#"aws iam put-role-policy --role-name={role} --policy-name='crashcart-revoke-older-sessions' --policy-document='{{"Version":"2012-10-17","Statement":[{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{{"DateLessThan":{{"aws:TokenIssueTime":"'"$(date -u +%Y-%m-%dT%H:%M:%SZ)"'"}}}}}}]}}'"#
    ))
}

/// `used` are the keys that called.
fn leftover(plan: &mut Plan, used: &BTreeSet<&str>, kept: &Kept<'_>) {
    let parts = &kept.made.parts;
    let undo = undo::of(kept);
    let mut why = format!(
        "{} {}, and nothing in this material took it away",
        principal::short(parts.actor),
        kept.made.call.map_or("made it", |call| call.words())
    );
    // Only a key is named by those who use it.
    if kept.kind == "access key" && used.contains(parts.thing) {
        why.push_str("; it was used");
    }
    if !undo.note.is_empty() {
        why.push_str("; ");
        why.push_str(undo.note);
    }
    let target = kept.made.target().unwrap_or_default();
    // A key is a way in like those that were used, and is named as they are.
    let (turn, target) = match kept.kind {
        "access key" => (Turn::Keys, parts.thing),
        _ => (Turn::Leftovers, target.raw()),
    };
    plan.add((turn, undo.action), (target, parts.account), why, undo.command);
}
