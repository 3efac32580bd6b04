//! `investigate`: from logs to what happened.

use std::collections::BTreeSet;

use crashcart_collect::Listing;
use crashcart_model::{
    Coverage, Environment, EventRef, Gap, GapReason, Head, Investigation, Level, Origin, Record,
    RuleHit, Story, Tool,
};
use crashcart_story::{Alert, Facts, Pivot, RuleWords};

use crate::baseline;
use crate::detection::{self, Detector, MatchObserver};
use crate::places::Places;
use crate::progress::Progress;
use crate::reading::{self, Material, ReadOptions};
use crate::rules::Rules;

/// What an investigation starts from.
pub struct Question<'a> {
    /// The rules in use.
    pub rules: &'a Rules,
    /// What is known of the place.
    pub environment: &'a Environment,
    /// What the responder asks about.
    pub pivot: Pivot,
    /// Earlier logs, read as history only.
    pub baseline: Option<&'a Listing>,
    /// Where addresses lie.
    pub places: Option<&'a Places>,
    /// The findings that it was taken from; see [`crate::Asked`].
    pub findings: Vec<Alert>,
    /// Evidence that must still be what it was: its path and digest.
    pub sealed: Vec<(String, String)>,
    /// The version that is written into the document.
    pub version: &'a str,
}

impl MatchObserver for Facts {
    fn event(&mut self, record: &Record<'_>, head: &Head<'_>, at: EventRef, hits: &[RuleHit]) {
        self.observe(record, head, at, hits);
    }
}

/// Reads the material and tells its story. Equal material and rules give an equal document.
pub fn investigate(
    listing: &Listing,
    options: &ReadOptions,
    progress: &Progress,
    question: &Question<'_>,
) -> Investigation {
    let rules = &question.rules.set;
    let make = || Detector::new(rules, Facts::asking(&question.pivot));
    let mut material = reading::read(listing, options, progress, &make);
    tell_changes(&question.sealed, &mut material.coverage);
    material.coverage.filtered_by = options.filter.words();
    let detected = detection::findings(rules, &mut material);
    let mut facts = detected.others.into_iter().fold(Facts::default(), |mut all, facts| {
        all.merge(facts);
        all
    });
    if let Some(listing) = question.baseline {
        let (history, read) = baseline::read(listing, options, progress);
        facts.recall(history);
        material.coverage.baseline = Some(read);
    }
    let places = |address: &str| question.places.and_then(|places| places.of(address));
    let words = |rule: u32| words(question.rules, rule);
    let evidence = |number: u32| material.table.id(number);
    let told = crashcart_story::tell(
        facts,
        &crashcart_story::Material {
            findings: &detected.findings,
            coverage: &material.coverage,
            environment: question.environment,
            rules: &words,
            evidence: &evidence,
            pivot: &question.pivot,
            alerts: &question.findings,
            places: question.places.is_some().then_some(&places),
        },
    );
    let mut story = told.story;
    name_first_copies(&mut story, &material);
    let mut coverage = std::mem::take(&mut material.coverage);
    coverage.blind_spots = told.blind_spots;
    // Known only now: the story asks where addresses lie.
    tell_gaps(question.places.map(Places::gaps).unwrap_or_default(), &mut coverage);
    Investigation {
        schema: Investigation::SCHEMA.to_owned(),
        tool: Tool {
            version: question.version.to_owned(),
            rules_sha256: question.rules.sha256.clone(),
        },
        coverage,
        findings: detected.findings,
        verdict: told.verdict,
        story,
        containment: told.containment,
        cut_off: Vec::new(),
    }
}

/// Evidence that is no longer what was sealed is a gap, and is named.
fn tell_changes(sealed: &[(String, String)], coverage: &mut Coverage) {
    let mut gaps = Vec::new();
    for (path, sha256) in sealed {
        let mut read = coverage.evidence.iter().filter(|one| one.path == *path).peekable();
        if read.peek().is_some() && !read.any(|one| one.id.sha256() == sha256) {
            gaps.push(Gap {
                path: path.clone(),
                offset: 0,
                size: None,
                reason: GapReason::Missing,
                detail: format!("this case sealed {sha256}; the file has other bytes now"),
            });
        }
    }
    tell_gaps(gaps, coverage);
}

fn tell_gaps(gaps: Vec<Gap>, coverage: &mut Coverage) {
    coverage.gap_count += gaps.len() as u64;
    coverage.gaps.extend(gaps);
    coverage.gaps.sort();
}

/// Of several deliveries of an event the first in the order of evidence is the one that is named.
fn name_first_copies<O>(story: &mut Story, material: &Material<O>) {
    let rename = |origins: &mut Vec<Origin>| {
        origins.iter_mut().for_each(|origin| material.name_first_copy(origin));
        // The earliest stays first: it is the one that a line cites.
        let mut seen = BTreeSet::new();
        origins.retain(|origin| seen.insert(origin.clone()));
    };
    story.steps.iter_mut().for_each(|step| rename(&mut step.origins));
    story.persistence.iter_mut().for_each(|one| rename(&mut one.origins));
    story.changes.iter_mut().for_each(|one| rename(&mut one.origins));
    story.accessed.iter_mut().for_each(|one| rename(&mut one.origins));
    story.failed.iter_mut().for_each(|one| rename(&mut one.origins));
    story.firsts.iter_mut().for_each(|one| rename(&mut one.origins));
    story.answers.iter_mut().for_each(|one| rename(&mut one.origins));
    story.pivots.iter_mut().for_each(|one| rename(&mut one.origins));
    let clean_ups = story.incidents.iter_mut().flat_map(|one| &mut one.cleaned_up_by);
    clean_ups.for_each(|one| rename(&mut one.origins));
    for session in &mut story.sessions {
        rename(&mut session.origins);
        session.issued_by.iter_mut().for_each(|issued| rename(&mut issued.origins));
    }
}

/// What the story needs to know of a rule.
fn words(rules: &Rules, rule: u32) -> RuleWords {
    let unknown = || RuleWords {
        title: String::new(),
        level: Level::Informational,
        tactic: None,
        technique: None,
    };
    rules.metas().get(rule as usize).map_or_else(unknown, |meta| RuleWords {
        title: meta.title.clone(),
        level: meta.level,
        tactic: meta.tactics.first().cloned(),
        technique: meta.techniques.first().cloned(),
    })
}
