//! In which regions it was used. Calls of global services are told apart: where they are logged is
//! not where they were served.

use std::collections::BTreeSet;

use crashcart_model::{Answer, FirstKind};

use super::{Known, LISTED, UNKNOWN, answer};
use crate::firsts;
use crate::words::listed;

pub(super) fn regions(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "In which regions was it used, and was it limited to some?";
    let used = |wanted: bool| -> BTreeSet<&str> {
        let all = known.listed().flat_map(|profile| profile.actor.used_regions());
        all.filter(|(_, reached)| *reached == wanted).map(|(region, _)| region).collect()
    };
    let (regions, mut tried) = (used(true), used(false));
    tried.retain(|region| !regions.contains(region));
    let global = global(known);
    if regions.is_empty() && tried.is_empty() && global.is_none() {
        return answer(
            QUESTION,
            UNKNOWN.to_owned(),
            "nobody is suspect, or the records name no region".to_owned(),
            Vec::new(),
        );
    }
    let mut origins = known.listed().next().map(|p| known.seen(p)).unwrap_or_default();
    let told = known.listed().map(|p| p.name).collect();
    let news = firsts::answer(known.scene, &told, &[FirstKind::Account, FirstKind::Region]);
    let news = news.map_or_else(String::new, |(news, more)| {
        origins.extend(more);
        format!(" (for the first time: {news})")
    });
    let mut parts = Vec::new();
    if !regions.is_empty() {
        parts.push(format!("used in {}{news}", listed(regions, LISTED)));
    }
    if !tried.is_empty() {
        let tried = listed(tried, LISTED);
        parts.push(format!("only tried in {tried}, where every call was refused or failed"));
    }
    parts.extend(global);
    parts.push("whether it was limited to some: unknown".to_owned());
    answer(
        QUESTION,
        parts.join("; "),
        "by use in this material; limits by policy, SCP and opt-in only the account can tell"
            .to_owned(),
        origins,
    )
}

/// What is known of the regions that served calls of global services; none without such calls.
fn global(known: &Known<'_, '_>) -> Option<String> {
    let services: BTreeSet<&str> = known.listed().flat_map(|p| p.actor.served.global()).collect();
    if services.is_empty() {
        return None;
    }
    let services = listed(services, LISTED);
    let mut text = format!("calls of global services ({services}) are logged in us-east-1");
    let told: BTreeSet<&str> = known.listed().flat_map(|p| p.actor.served.told()).collect();
    if !told.is_empty() {
        text.push_str("; by their records some were served in ");
        text.push_str(&listed(told, LISTED));
    }
    if known.listed().any(|p| p.actor.served.has_untold()) {
        text.push_str(
            "; in which region they were served is unknown where the record does not tell",
        );
    }
    Some(text)
}
