//! The responder's questions, answered one by one with the records that prove it, or 'unknown'
//! with the reason and the log that would tell.

use std::collections::BTreeSet;

use crashcart_model::{Answer, Containment, Level, LogText, Origin, Outcome, UniqueId};

use crate::aftermath::Kept;
use crate::agent;
use crate::principal::{plain, short};
use crate::reach;
use crate::scene::Scene;
use crate::suspects::Profile;

const UNKNOWN: &str = "unknown";
/// Names listed in one answer.
const LISTED: usize = 12;

/// What the answers are made from.
pub(crate) struct Known<'k, 'f> {
    pub(crate) scene: &'k Scene<'f>,
    pub(crate) profiles: &'k [Profile<'f>],
    pub(crate) kept: &'k [Kept<'f>],
    pub(crate) containment: &'k [Containment],
}

impl<'k, 'f> Known<'k, 'f> {
    fn listed(&self) -> impl Iterator<Item = &'k Profile<'f>> {
        self.profiles.iter().filter(|profile| profile.listed())
    }

    fn seen(&self, profile: &Profile<'_>) -> Vec<Origin> {
        profile.actor.seen.origins(self.scene.material.evidence)
    }
}

fn answer(question: &str, answer: String, because: String, origins: Vec<Origin>) -> Answer {
    Answer {
        question: question.to_owned(),
        answer: LogText::new(answer),
        because: LogText::new(because),
        origins,
    }
}

fn listing<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let all: Vec<&str> = texts.into_iter().collect();
    let mut text = all.iter().take(LISTED).map(|text| plain(text)).collect::<Vec<_>>().join(", ");
    if all.len() > LISTED {
        text.push_str(&format!(", and {} more", all.len() - LISTED));
    }
    text
}

/// All answers, in the order in which they are asked.
pub(crate) fn answers(known: &Known<'_, '_>) -> Vec<Answer> {
    vec![
        whose(known),
        used(known),
        which_log(known),
        regions(known),
        alert(known),
        should_have(known),
        may_do(known),
        got_out(known),
        affected(known),
        who_may_cut(known),
        cut_first(known),
    ]
}

fn whose(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "Whose key is it?";
    let pivot = &known.scene.material.pivot.keys;
    let mut lines = Vec::new();
    let mut origins = Vec::new();
    if pivot.is_empty() {
        for profile in known.listed().take(3) {
            let keys = profile.actor.keys.by_time();
            let keys = if keys.is_empty() { "no key logged".to_owned() } else { listing(keys) };
            lines.push(format!("{}: {keys}", short(profile.name)));
            origins.extend(known.seen(profile).into_iter().take(2));
        }
    }
    for key in pivot {
        let owners: Vec<&str> = known
            .scene
            .actors()
            .into_iter()
            .filter(|(_, actor)| actor.keys.contains(key))
            .map(|(name, actor)| {
                origins
                    .extend(actor.seen.origins(known.scene.material.evidence).into_iter().take(2));
                name
            })
            .collect();
        let encoded = UniqueId::parse(key).map_or_else(String::new, |id| {
            let account = id.account.map_or_else(String::new, |id| format!(" of account {id}"));
            format!(" ({}{account})", id.kind.words())
        });
        let owners = if owners.is_empty() {
            "not used in this material".to_owned()
        } else {
            owners.iter().map(|name| short(name)).collect::<Vec<_>>().join(", ")
        };
        lines.push(format!("{}{encoded}: {owners}", plain(key)));
    }
    if lines.is_empty() {
        return answer(
            QUESTION,
            UNKNOWN.to_owned(),
            "no key was asked about and nobody is suspect".to_owned(),
            origins,
        );
    }
    answer(
        QUESTION,
        lines.join("; "),
        "userIdentity of the records; who the person behind a name is, tags or the directory tell"
            .to_owned(),
        origins,
    )
}

fn used(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "How was it used?";
    let mut lines = Vec::new();
    let mut origins = Vec::new();
    for profile in known.listed().take(3) {
        let actor = profile.actor;
        let (mut done, mut denied, mut failed) = (0, 0, 0);
        for entry in known.scene.entries_of(profile.name) {
            match entry.parts.outcome {
                Outcome::Done => done += entry.item.count,
                Outcome::Denied => denied += entry.item.count,
                Outcome::Failed => failed += entry.item.count,
                Outcome::Unknown => {}
            }
        }
        let real =
            actor.addresses.by_time().into_iter().filter(|text| !agent::is_service_address(text));
        let moment = |time: Option<crashcart_model::Timestamp>| {
            time.map_or_else(|| "?".to_owned(), |time| time.to_string())
        };
        lines.push(format!(
            "{}: {} calls from {} to {} ({done} done, {denied} denied, {failed} failed) of {} services, from {}, with {}",
            short(profile.name), actor.events, moment(actor.first), moment(actor.last), actor.services.len(),
            listing(real), listing(actor.agents.by_time().into_iter().take(4)),
        ));
        origins.extend(known.seen(profile).into_iter().take(2));
    }
    if lines.is_empty() {
        return answer(
            QUESTION,
            UNKNOWN.to_owned(),
            "nobody is suspect and nothing was asked about".to_owned(),
            origins,
        );
    }
    answer(
        QUESTION,
        lines.join("; "),
        "counted over all records of this material; what came before it is unknown".to_owned(),
        origins,
    )
}

fn which_log(known: &Known<'_, '_>) -> Answer {
    let types = &known.scene.material.coverage.log_types;
    let names: Vec<&str> = types.iter().map(|kind| kind.name.as_str()).collect();
    let shown = if names.is_empty() { "CloudTrail".to_owned() } else { listing(names) };
    let origins = known.listed().next().map(|p| known.seen(p)).unwrap_or_default();
    answer(
        "Which log shows it?",
        shown,
        "each line of the story names its records; reads of objects need data events, traffic needs flow logs, DNS needs resolver logs".to_owned(),
        origins,
    )
}

fn regions(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "In which regions was it used, and was it limited to some?";
    let regions: BTreeSet<&str> = known.listed().flat_map(|p| p.actor.regions.iter()).collect();
    if regions.is_empty() {
        return answer(
            QUESTION,
            UNKNOWN.to_owned(),
            "nobody is suspect, or the records name no region".to_owned(),
            Vec::new(),
        );
    }
    let origins = known.listed().next().map(|p| known.seen(p)).unwrap_or_default();
    answer(
        QUESTION,
        format!("used in {}; whether it was limited to some: unknown", listing(regions)),
        "by use in this material, and calls of global services are logged in us-east-1 whatever region served them; limits by policy, SCP and opt-in only the account can tell".to_owned(),
        origins,
    )
}

fn alert(known: &Known<'_, '_>) -> Answer {
    let has = |word: &str| {
        known
            .scene
            .material
            .coverage
            .log_types
            .iter()
            .any(|kind| kind.name.to_ascii_lowercase().contains(word))
    };
    let because = if has("guardduty") || has("security hub") {
        "findings are among the material, but are not matched with these actions"
    } else {
        "findings of GuardDuty, Macie and Security Hub are not in this material: list them for the time of the story"
    };
    answer("Was there an alert?", UNKNOWN.to_owned(), because.to_owned(), Vec::new())
}

fn should_have(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "For which of these actions should there have been an alert?";
    let told: BTreeSet<&str> = known.listed().map(|p| p.name).collect();
    let worth: Vec<_> = known
        .scene
        .material
        .findings
        .iter()
        .filter(|finding| finding.level >= Level::Medium)
        .filter(|finding| finding.principals.iter().any(|principal| told.contains(principal.raw())))
        .collect();
    if worth.is_empty() {
        return answer(
            QUESTION,
            "none by these rules".to_owned(),
            "no rule at medium or above fired on a suspect".to_owned(),
            Vec::new(),
        );
    }
    let origins =
        worth.iter().filter_map(|finding| finding.events.first().cloned()).take(5).collect();
    let lines = worth.iter().map(|finding| finding.title.as_str());
    answer(
        QUESTION,
        listing(lines),
        "rules at medium or above that fired on the suspects".to_owned(),
        origins,
    )
}

fn may_do(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "What may it do?";
    let (mut could, mut dry, mut not) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    let mut origins = Vec::new();
    for profile in known.listed().take(3) {
        for entry in known.scene.entries_of(profile.name) {
            let what = entry.what().raw().to_owned();
            match entry.parts.outcome {
                Outcome::Done if entry.matters() => {
                    could.insert(what);
                    origins.extend(known.scene.origins(entry.item).into_iter().take(1));
                }
                Outcome::Denied => drop(not.insert(what)),
                Outcome::Failed if entry.parts.error.contains("DryRunOperation") => {
                    dry.insert(what);
                }
                _ => {}
            }
        }
    }
    origins.truncate(5);
    let mut parts = Vec::new();
    for (words, calls) in [
        ("did", &could),
        ("tried as a dry run, permitted and not done", &dry),
        ("was denied", &not),
    ] {
        if !calls.is_empty() {
            parts.push(format!("{words}: {}", listing(calls.iter().map(String::as_str))));
        }
    }
    if parts.is_empty() {
        return answer(
            QUESTION,
            UNKNOWN.to_owned(),
            "nothing telling was done or denied; its policies only the account can tell".to_owned(),
            origins,
        );
    }
    answer(QUESTION, parts.join("; "), "only what succeeded or was denied here is known; the rest of its permissions only the account can tell".to_owned(), origins)
}

fn got_out(known: &Known<'_, '_>) -> Answer {
    let hints: Vec<String> = known
        .listed()
        .flat_map(|p| p.because.iter().map(move |text| (p, text)))
        .filter(|(_, text)| {
            text.starts_with("credentials of")
                || text.starts_with("AWS put")
                || text.starts_with("its session")
        })
        .map(|(p, text)| format!("{}: {text}", short(p.name)))
        .take(4)
        .collect();
    let because = if hints.is_empty() {
        "not in this material: code repositories, images, the hosts that held the key and their web logs would tell".to_owned()
    } else {
        format!(
            "signs: {}; how they were taken, the host's and its web server's logs would tell",
            hints.join("; ")
        )
    };
    answer("How did it get out?", UNKNOWN.to_owned(), because, Vec::new())
}

fn affected(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "Who else is affected and must be told?";
    let radius = reach::blast_radius(known.scene, known.profiles);
    let names: Vec<&str> = radius.principals.iter().map(LogText::raw).collect();
    if names.is_empty() {
        return answer(QUESTION, UNKNOWN.to_owned(), "nobody is suspect".to_owned(), Vec::new());
    }
    let origins = known
        .kept
        .iter()
        .flat_map(|kept| known.scene.origins(kept.made.item).into_iter().take(1))
        .take(5)
        .collect();
    let text = format!(
        "principals {}; accounts {}",
        listing(names),
        listing(radius.accounts.iter().map(LogText::raw))
    );
    answer(QUESTION, text, "who acted or was changed; the owners of applications and data are not in this material: tags and the directory would tell".to_owned(), origins)
}

fn who_may_cut(known: &Known<'_, '_>) -> Answer {
    let environment = known.scene.material.environment;
    let people: Vec<&str> =
        environment.responders.iter().chain(&environment.break_glass).map(String::as_str).collect();
    let because = "needs iam:PutUserPolicy, iam:UpdateAccessKey, iam:PutRolePolicy and the like in the account; who holds them only the account can tell";
    if people.is_empty() {
        return answer("Who may cut it off?", UNKNOWN.to_owned(), because.to_owned(), Vec::new());
    }
    answer(
        "Who may cut it off?",
        format!("by the environment: {}", listing(people)),
        because.to_owned(),
        Vec::new(),
    )
}

fn cut_first(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "What must be cut first?";
    let certain = known.containment.iter().find(|action| action.why.starts_with("act now"));
    match certain {
        Some(action) => answer(
            QUESTION,
            format!("{}: {}", action.action, plain(action.target.raw())),
            plain(&action.why),
            known.listed().next().map(|p| known.seen(p)).unwrap_or_default(),
        ),
        None => answer(
            QUESTION,
            "nothing yet".to_owned(),
            "no principal reaches the bar of 'act now'".to_owned(),
            Vec::new(),
        ),
    }
}
