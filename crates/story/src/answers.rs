//! The responder's questions, answered one by one with the records that prove it, or 'unknown'
//! with the reason and the log that would tell.

mod alerts;
mod findings_seen;
mod permissions;
mod regions;
mod usage;
mod way_out;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use crashcart_model::{Answer, BlastRadius, Containment, Finding, Level, LogText, Origin};

use crate::aftermath::Kept;
use crate::containment::TAKE_MEMORY;
use crate::principal::{plain, short};
use crate::scene::Scene;
use crate::suspects::Profile;
use crate::words::{counted_len, listed};

const UNKNOWN: &str = "unknown";
/// Names listed in one answer.
const LISTED: usize = 6;

/// What the answers are made from.
pub(crate) struct Known<'k, 'f> {
    pub(crate) scene: &'k Scene<'f>,
    pub(crate) profiles: &'k [Profile<'f>],
    pub(crate) kept: &'k [Kept<'f>],
    pub(crate) containment: &'k [Containment],
    pub(crate) radius: &'k BlastRadius,
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

/// All answers, in the order in which they are asked.
pub(crate) fn answers(known: &Known<'_, '_>) -> Vec<Answer> {
    vec![
        usage::whose(known),
        usage::used(known),
        which_log(known),
        regions::regions(known),
        alerts::alert(known),
        should_have(known),
        permissions::may_do(known),
        way_out::got_out(known),
        affected(known),
        who_may_cut(known),
        cut_first(known),
    ]
}

fn which_log(known: &Known<'_, '_>) -> Answer {
    let types = &known.scene.material.coverage.log_types;
    let names: Vec<&str> = types.iter().map(|kind| kind.name.as_str()).collect();
    let shown = if names.is_empty() { "CloudTrail".to_owned() } else { listed(names, LISTED) };
    let origins = known.listed().next().map(|p| known.seen(p)).unwrap_or_default();
    answer(
        "Which log shows it?",
        shown,
        "each line of the story names its records; reads of objects need data events, traffic needs flow logs, DNS needs resolver logs".to_owned(),
        origins,
    )
}

fn should_have(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "For which of these actions should there have been an alert?";
    let told: BTreeSet<&str> = known.listed().map(|p| p.name).collect();
    let mut worth: Vec<_> = known
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
    worth.sort_by_key(|finding| (Reverse(finding.level), finding.first));
    let line = |finding: &&Finding| {
        let (level, title, name) = (finding.level.word(), &finding.title, &finding.name);
        let at = finding.first.map(|at| format!(" at {at}")).unwrap_or_default();
        format!("{level}{at}: {title} ({name})")
    };
    let lines: Vec<String> = worth.iter().map(line).collect();
    answer(
        QUESTION,
        listed(lines.iter().map(String::as_str), LISTED),
        "rules of this run at medium or above that fired on what the suspects did, with their names: a monitor with these rules would have told; the findings list all".to_owned(),
        origins,
    )
}

fn affected(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "Who else is affected and must be told?";
    let radius = known.radius;
    let names: Vec<String> = radius.principals.iter().map(|name| short(name.raw())).collect();
    if names.is_empty() {
        return answer(QUESTION, UNKNOWN.to_owned(), "nobody is suspect".to_owned(), Vec::new());
    }
    let origins = known
        .kept
        .iter()
        .flat_map(|kept| known.scene.origins(kept.made.item).into_iter().take(1))
        .take(5)
        .collect();
    let mut text = format!(
        "{}; {}",
        listed(names.iter().map(String::as_str), LISTED),
        named("account", &radius.accounts)
    );
    if !radius.resources.is_empty() {
        text.push_str(&format!("; owners of {}", named("resource", &radius.resources)));
    }
    for neighbour in crate::neighbours::sentences(known.scene, known.profiles) {
        text.push_str("; ");
        text.push_str(&neighbour);
    }
    let because = "who acted, was changed or was touched; who owns the applications and the data, tags and the directory would tell";
    answer(QUESTION, text, because.to_owned(), origins)
}

/// `2 accounts: one, two`
fn named(noun: &str, names: &[LogText]) -> String {
    let count = counted_len(names.len(), noun);
    format!("{count}: {}", listed(names.iter().map(LogText::raw), LISTED))
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
        format!("by the environment: {}", listed(people, LISTED)),
        because.to_owned(),
        Vec::new(),
    )
}

fn cut_first(known: &Known<'_, '_>) -> Answer {
    const QUESTION: &str = "What must be cut first?";
    let cuts = || known.containment.iter().filter(|action| action.action != TAKE_MEMORY);
    let first = |how: &str| cuts().find(|action| action.why.starts_with(how));
    let origins = |action: &Containment| {
        let target = action.target.raw();
        let cut = known.listed().find(|p| p.name == target || p.actor.keys.contains(target));
        cut.map(|profile| known.seen(profile)).unwrap_or_default()
    };
    let what = |action: &Containment| format!("{}: {}", action.action, plain(action.target.raw()));
    match (first("act now"), first("consider")) {
        (Some(action), _) => answer(QUESTION, what(action), plain(&action.why), origins(action)),
        (None, Some(action)) => answer(
            QUESTION,
            format!("nothing beyond doubt; to consider: {}", what(action)),
            plain(&action.why),
            origins(action),
        ),
        (None, None) => answer(
            QUESTION,
            "nothing".to_owned(),
            "no principal is suspect enough to be cut off".to_owned(),
            Vec::new(),
        ),
    }
}
