//! Principals of accounts whose trails are not in the material, who came in and read data, made or
//! changed something: what they did before, and whether it was they, only their account's trail
//! tells. It must never accuse: a supplier's role works like this every day.

use std::collections::{BTreeMap, BTreeSet};

use crate::actor::Kind;
use crate::agent;
use crate::knowledge::Effect;
use crate::principal::{self, plain, short};
use crate::scene::{Entry, Scene};
use crate::suspects::known_as;
use crate::words::{counted, listed};
use crate::would_decide::call_in_words;

/// Sessions followed from one to the one that asked for it.
const CHAIN: usize = 8;
/// Accounts told one by one.
const TOLD: usize = 3;

/// One account, with the earliest thing that was done from it.
pub(crate) struct Outsider<'s, 'f> {
    account: &'f str,
    /// Who did it here.
    name: &'f str,
    /// Who came in: the same, or who asked for its session.
    caller: &'f str,
    entry: &'s Entry<'f>,
    calls: u64,
}

/// All of them, by account; none where the records do not tell whose trails they are.
pub(crate) fn outsiders<'s, 'f>(scene: &'s Scene<'f>) -> Vec<Outsider<'s, 'f>> {
    let known = known_accounts(scene);
    let mut found: BTreeMap<&'f str, Outsider<'s, 'f>> = BTreeMap::new();
    if known.is_empty() {
        return Vec::new();
    }
    for (name, _) in scene.actors() {
        let spared = scene.is_service(name) || known_as(scene.material.environment, name).is_some();
        let Some((caller, account)) = origin(scene, &known, name).filter(|_| !spared) else {
            continue;
        };
        for entry in scene.entries_of(name).filter(|entry| takes(entry)) {
            let one =
                found.entry(account).or_insert(Outsider { account, name, caller, entry, calls: 0 });
            one.calls += entry.item.count;
            if (entry.item.first.is_none(), entry.item.first)
                < (one.entry.item.first.is_none(), one.entry.item.first)
            {
                (one.name, one.caller, one.entry) = (name, caller, entry);
            }
        }
    }
    found.into_values().collect()
}

impl Outsider<'_, '_> {
    /// Why nobody can say no.
    pub(crate) fn doubt(&self) -> String {
        let (who, did) = (short(self.caller), call_in_words(self.entry));
        let role = match self.caller == self.name {
            true => String::new(),
            false => format!(", as {}", short(self.name)),
        };
        format!(
            "{who} of account {}, whose trail is not here,{did}{role}; {} in all",
            plain(self.account),
            counted(self.calls, "such call")
        )
    }

    /// What would tell: its owner, and the trail of its account.
    pub(crate) fn asks(&self, scene: &Scene<'_>) -> [String; 2] {
        let (account, who) = (plain(self.account), short(self.caller));
        let from = Some(self.entry.parts.way.address).filter(|address| !address.is_empty());
        // Where ways were not told apart, the only address is that of the call.
        let actor = scene.facts.actors.get(self.name);
        let from = from.or_else(|| match actor?.addresses.by_time()[..] {
            [only] => Some(only),
            _ => None,
        });
        let from = from.map(|from| format!(", from {}", plain(from))).unwrap_or_default();
        let before = self.entry.item.first.map(|at| format!(" for the hours before {at}"));
        let did = call_in_words(self.entry);
        [
            format!(
                "ask the owner of {who} in account {account}: whether it was they who{did}{from}"
            ),
            format!("read the CloudTrail of account {account}{}", before.unwrap_or_default()),
        ]
    }
}

/// What is not in the material, in sentences.
pub(crate) fn sentences(scene: &Scene<'_>, out: &mut Vec<String>) {
    let found = outsiders(scene);
    for outsider in found.iter().take(TOLD) {
        let account = plain(outsider.account);
        out.push(format!(
            "the trail of account {account}, whose principal came in, is not in this material"
        ));
    }
    if let Some(more) = found.get(TOLD..).filter(|more| !more.is_empty()) {
        let accounts = listed(more.iter().map(|outsider| outsider.account), TOLD);
        out.push(plain(&format!(
            "nor are the trails of these accounts, whose principals came in: {accounts}"
        )));
    }
}

/// Accounts whose trails are here or that the environment names. Of trails that a filter left out
/// nothing is known.
fn known_accounts<'f>(scene: &Scene<'f>) -> BTreeSet<&'f str> {
    let coverage = scene.material.coverage;
    let mut known: BTreeSet<&str> = scene.facts.recipients.iter().collect();
    if known.is_empty() {
        return known;
    }
    if coverage.filtered_by.is_empty() {
        known.extend(coverage.accounts.iter().map(crashcart_model::LogText::raw));
    }
    known.extend(scene.material.environment.accounts.keys().map(String::as_str));
    known
}

/// Who of an account that is not known is behind a principal, and which account that is.
fn origin<'f>(
    scene: &Scene<'f>,
    known: &BTreeSet<&str>,
    name: &'f str,
) -> Option<(&'f str, &'f str)> {
    let (mut names, mut seen) = (vec![name], BTreeSet::from([name]));
    for _ in 0..CHAIN {
        let found = names.iter().filter(|name| !is_aws(scene, name)).find_map(|name| {
            let account = account_of(scene, name)?;
            (!known.contains(account)).then_some((*name, account))
        });
        if found.is_some() {
            return found;
        }
        let askers = names.iter().filter_map(|name| scene.facts.sessions.get(*name));
        let mut next: Vec<&str> = askers.flat_map(|issued| issued.by.iter()).collect();
        next.sort_unstable();
        next.retain(|asker| seen.insert(*asker));
        names = next;
    }
    None
}

/// The account that a principal belongs to, where it is told.
fn account_of<'f>(scene: &Scene<'f>, name: &'f str) -> Option<&'f str> {
    let told = || scene.facts.actors.get(name)?.accounts.by_time().first().copied();
    principal::account(name)
        .or_else(told)
        .filter(|account| account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Whether it is AWS: a service, or one of its accounts that calls from a service's address.
fn is_aws(scene: &Scene<'_>, name: &str) -> bool {
    scene.is_service(name)
        || scene.facts.actors.get(name).is_some_and(|actor| {
            actor.kind == Kind::Account && actor.addresses.iter().all(agent::is_service_address)
        })
}

/// Whether it read data, made or changed something, by whatever tool. Coming in is neither.
fn takes(entry: &Entry<'_>) -> bool {
    let parts = &entry.parts;
    entry.done()
        && !matches!(parts.service, "sts" | "signin")
        && match entry.effect() {
            Some(Effect::Look) => false,
            Some(Effect::Act | Effect::Open) | None => !parts.read_only,
            Some(_) => true,
        }
}
