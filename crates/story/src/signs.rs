//! How a principal did what it did, in points: signs that ordinary work has or has not. A sign must
//! always be named in words, and none may rest on a principal being unknown.

use std::collections::BTreeSet;

use crate::actor::{Actor, Kind};
use crate::deeds::{is_watch_change, list};
use crate::denial::Denials;
use crate::knowledge::{self, Effect};
use crate::reasons::Reasons;
use crate::scene::{Entry, Scene};
use crate::words::{counted, counted_len, listed};
use crate::{agent, models_run, network, principal};

/// Weak signs: each may be anybody's ordinary work.
pub(crate) fn weak(scene: &Scene<'_>, name: &str, actor: &Actor, because: &mut Reasons) -> u32 {
    let mut points = 0;
    let mut add = |worth: u32, text: String| {
        points += worth;
        because.add(worth, text);
    };
    if scene.entries_of(name).any(|entry| entry.parts.variant == "no-mfa" && entry.done()) {
        add(8, "signed in to the console without MFA".to_owned());
    }
    let services: BTreeSet<&str> =
        actor.looked.iter().filter_map(|call| call.split_once(':')).map(|(s, _)| s).collect();
    if actor.looked.len() >= 20 && services.len() >= 6 {
        add(
            8,
            format!(
                "looked around with {} of {}",
                counted_len(actor.looked.len(), "different call"),
                counted_len(services.len(), "service")
            ),
        );
    }
    if let Some(text) = besides_usual(scene, name, actor) {
        add(4, text);
    }
    let own = |address: &&str| network::is_own(scene.material.environment, address);
    let far = actor.hands.iter().filter(|address| !own(address)).count();
    let mut ours: Vec<&str> = actor.addresses.iter().filter(own).collect();
    ours.sort_unstable();
    if !ours.is_empty() {
        add(0, format!("of its addresses, in the environment's own networks: {}", listed(ours, 3)));
    }
    if far >= 2 && matches!(actor.kind, Kind::User | Kind::Root | Kind::Federated) {
        add(4, format!("used from {far} addresses, console aside"));
    }
    let dry: BTreeSet<&str> = scene
        .entries_of(name)
        .filter(|entry| entry.parts.error.contains("DryRunOperation"))
        .map(|entry| entry.parts.name)
        .collect();
    if !dry.is_empty() {
        add(
            4,
            format!(
                "tried out what it may do with dry runs, permitted and not done: {}",
                list(&dry)
            ),
        );
    }
    let denied = Denials::new(scene, name, actor).calls;
    if (3..5).contains(&denied) {
        add(4, format!("{denied} different calls were denied"));
    }
    points
}

/// Whether it was at work from where its usual work does not come from.
fn besides_usual(scene: &Scene<'_>, name: &str, actor: &Actor) -> Option<String> {
    let split = scene.split(name).filter(|split| !split.left.is_empty())?;
    let new: BTreeSet<&str> =
        actor.addresses.iter().filter(|address| !split.is_usual_address(address)).collect();
    let usual: BTreeSet<&str> =
        split.left.iter().map(|w| &*w.address).filter(|address| !address.is_empty()).collect();
    (!new.is_empty() && !usual.is_empty()).then(|| {
        let (new, usual) = (listed(new, 3), listed(usual, 3));
        format!("used from {new}, while its usual work comes from {usual}")
    })
}

/// Strong signs: ordinary work seldom shows one.
pub(crate) fn strong(scene: &Scene<'_>, name: &str, actor: &Actor, because: &mut Reasons) -> u32 {
    let mut points = 0;
    let mut add = |worth: u32, text: String| {
        points += worth;
        because.add(worth, text);
    };
    let tools: BTreeSet<&str> = actor.tools.iter().filter_map(agent::attack_tool).collect();
    if !tools.is_empty() {
        add(30, format!("its user agent names {}", list(&tools)));
    }
    let denials = Denials::new(scene, name, actor);
    let denied: u64 = scene
        .entries_of(name)
        .filter(|entry| denials.has(entry) && !entry.parts.automation)
        .filter(|entry| entry.matters() || actor.hands.len() > 0)
        .map(|entry| entry.item.count)
        .sum();
    let calls = denials.calls;
    if calls >= 10 || denied >= 30 && calls >= 5 {
        add(
            20,
            format!(
                "{} denied, {calls} different ones: a burst of probing",
                counted(denied, "call")
            ),
        );
    } else if calls >= 5 {
        add(15, format!("{calls} different calls were denied"));
    } else if denied >= 10
        && scene
            .entries_of(name)
            .any(|entry| entry.matters() && entry.item.count >= 10 && denials.has(entry))
    {
        add(10, format!("{denied} calls denied: kept trying"));
    }
    if let Some(text) = chain(scene, name) {
        add(20, text);
    }
    if let Some(text) = models_run::hijacked(scene, scene.firsts, name) {
        add(20, text);
    }
    if let Some(user) = principal::user(name)
        && scene.quarantined.contains(user)
    {
        add(40, "AWS put its quarantine policy on it: the key was found in public".to_owned());
    }
    points
}

/// A chain that ordinary work does not have: blinded the account, left a way in, and took, opened
/// or destroyed data.
fn chain(scene: &Scene<'_>, name: &str) -> Option<String> {
    let done = |test: &dyn Fn(&Entry<'_>) -> bool| {
        scene.entries_of(name).any(|entry| entry.done() && !entry.parts.automation && test(entry))
    };
    let blinded = done(&is_watch_change);
    let kept = done(&|entry| {
        matches!(entry.effect(), Some(Effect::Make(_)))
            && matches!(entry.tactic(), Some(knowledge::PERSISTENCE | knowledge::ESCALATION))
    });
    let took = done(&|entry| {
        matches!(entry.effect(), Some(Effect::Read(_)))
            || entry.tactic() == Some(knowledge::EXFILTRATION)
            || entry.technique() == Some("T1485")
    });
    (blinded && kept && took).then(|| {
        "touched logging, left a way back in and took, opened or deleted data: seldom one person's \
         ordinary work"
            .to_owned()
    })
}
