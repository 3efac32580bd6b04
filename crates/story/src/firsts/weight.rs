//! What firsts add to a score, and what they leave open. It must never accuse anybody of being
//! new: without an account that was never used before, all firsts together stay a weak sign.

use std::collections::BTreeSet;

use crashcart_model::{FirstKind, Outcome};

use super::{Fresh, words};
use crate::network;
use crate::principal;
use crate::reasons::Reasons;
use crate::scene::Scene;
use crate::suspects::{changes_or_reads, known_as};
use crate::words::listed;

/// A key or principal in an account that it never used.
const ACCOUNT: u32 = 30;
/// Less for an account that the environment names as own, and for one reached from where the
/// principal always worked: both are what work that grows looks like.
const OWN_ACCOUNT: u32 = 10;
const USUAL_ADDRESS: u32 = 15;
/// Where every call in it was refused, it did not get in.
const REFUSED: u32 = 10;
/// What came along: an address, a country, a region, services, a tool.
const ADDRESS: u32 = 15;
const COUNTRY: u32 = 18;
const REGION: u32 = 8;
const SERVICE: u32 = 4;
const SERVICES: u32 = 8;
const TOOL: u32 = 2;
/// The most that firsts add where no new account is among them.
const WEAK: u32 = 12;

/// Points of one principal.
pub(crate) fn points(scene: &Scene<'_>, actor: &str, because: &mut Reasons) -> u32 {
    let firsts = scene.firsts;
    let mut accounts: Vec<(u32, &Fresh)> =
        firsts.reached(actor).map(|first| (account_points(scene, first), first)).collect();
    accounts.sort_by_key(|(points, first)| (std::cmp::Reverse(*points), first.at));
    let Some((points, account)) = accounts.first() else { return weak(scene, actor, because) };
    because.add(*points, words::account(scene, account, accounts.len()));
    let with = |kind: FirstKind| -> Vec<&str> {
        let goes = firsts.of_subject(actor).filter(|first| first.kind == kind && first.is_new());
        goes.filter(|first| account.goes_with(first)).map(|first| first.what.as_str()).collect()
    };
    let mut all = *points;
    let mut add = |worth: u32, text: Option<String>| {
        if let Some(text) = text {
            all += worth;
            because.add(worth, text);
        }
    };
    let address = firsts.new_address(account).filter(|first| !is_usual_place(scene, first));
    let country = address.is_some_and(|first| first.kind == FirstKind::Country);
    add(if country { COUNTRY } else { ADDRESS }, address.map(words::address));
    let regions = with(FirstKind::Region);
    add(REGION, some(&regions, |names| format!("first time in region {names}")));
    let services = with(FirstKind::Service);
    let worth = times(services.len(), SERVICE).min(SERVICES);
    add(worth, some(&services, |names| format!("first use of {names}")));
    let tools = with(FirstKind::UserAgent);
    add(TOOL, some(&tools, |names| format!("first use of the tool {names}")));
    all
}

/// What reaching this account is worth by itself.
fn account_points(scene: &Scene<'_>, first: &Fresh) -> u32 {
    let mut points = ACCOUNT;
    if is_own(scene, first) {
        points = points.saturating_sub(OWN_ACCOUNT);
    }
    if is_from_usual_place(scene, first) {
        points = points.saturating_sub(USUAL_ADDRESS);
    }
    if is_refused(scene, first) { points.min(REFUSED) } else { points }
}

/// Whether it came from where the principal was before, from where others work, or from an own
/// network.
pub(super) fn is_from_usual_place(scene: &Scene<'_>, first: &Fresh) -> bool {
    !first.address.is_empty()
        && scene.firsts.new_address(first).is_none_or(|address| is_usual_place(scene, address))
}

fn is_usual_place(scene: &Scene<'_>, address: &Fresh) -> bool {
    address.others || network::is_own(scene.material.environment, &address.address)
}

pub(super) fn is_own(scene: &Scene<'_>, first: &Fresh) -> bool {
    scene.material.environment.accounts.contains_key(&first.what)
}

/// Whether nothing that it called there was done.
pub(super) fn is_refused(scene: &Scene<'_>, first: &Fresh) -> bool {
    first.outcome == Outcome::Denied
        && !scene
            .entries_of(&first.actor)
            .any(|entry| entry.done() && entry.parts.account == first.what)
}

/// Whether a session that it took up in a new account changed or read something there.
pub(crate) fn took_through_session(scene: &Scene<'_>, actor: &str) -> bool {
    let mut reached = scene.firsts.reached(actor).filter(|first| !first.role.is_empty());
    reached.any(|first| {
        scene
            .sessions_of(actor)
            .filter(|session| principal::account(session) == Some(first.what.as_str()))
            .any(|session| scene.entries_of(session).any(changes_or_reads))
    })
}

/// Firsts without a new account: told, and weak.
fn weak(scene: &Scene<'_>, actor: &str, because: &mut Reasons) -> u32 {
    let mine =
        || scene.firsts.of_subject(actor).filter(|first| first.is_new() && first.actor == actor);
    let of = |kind: FirstKind| -> Vec<&str> {
        mine().filter(|first| first.kind == kind).map(|first| first.what.as_str()).collect()
    };
    let address = mine().find(|first| first.is_address() && !is_usual_place(scene, first));
    let (regions, services, tools) =
        (of(FirstKind::Region), of(FirstKind::Service), of(FirstKind::UserAgent));
    let parts = [
        (4, address.map(words::address)),
        (4, some(&regions, |names| format!("first time in region {names}"))),
        (times(services.len(), 2).min(4), some(&services, |names| format!("first use of {names}"))),
        (TOOL, some(&tools, |names| format!("first use of the tool {names}"))),
    ];
    let mut points = 0;
    for (worth, text) in parts {
        let Some(text) = text else { continue };
        let worth = worth.min(WEAK - points);
        points += worth;
        because.add(worth, text);
    }
    points
}

fn times(count: usize, worth: u32) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX).saturating_mul(worth)
}

fn some(names: &[&str], words: impl Fn(String) -> String) -> Option<String> {
    (!names.is_empty()).then(|| words(listed(names.iter().copied(), 3)))
}

/// Accounts that were reached for the first time and that nothing explains: with them nobody is
/// cleared.
pub(crate) fn doubts(scene: &Scene<'_>, told: &BTreeSet<&str>) -> Vec<String> {
    let open = |first: &&Fresh| {
        let explained = is_own(scene, first) && is_from_usual_place(scene, first);
        first.kind == FirstKind::Account
            && first.is_new()
            && !explained
            && !told.contains(first.actor.as_str())
            && !is_refused(scene, first)
            && known_as(scene.material.environment, &first.actor).is_none()
    };
    let told = scene.firsts.all.iter().filter(open);
    told.take(2)
        .map(|first| {
            let who = principal::short(&first.actor);
            format!("{who}: {}: was that meant?", words::account(scene, first, 1))
        })
        .collect()
}
