//! Thirty days of three accounts against the truth that their maker wrote down: a key that once
//! reaches an account it never used is found without a rule, with the days before as baseline and
//! within the material; without them it is unknown, and nobody is accused.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crashcart_app::{
    Buckets, Caps, ColumnMap, Filter, Inputs, Pivot, Progress, Question, ReadOptions, RuleOptions,
    Rules, investigate,
};
use crashcart_model::{Account, Environment, FirstKind, Incident, Investigation, Level, Novelty};
use crashcart_scenario::{FirstTime, FirstTimeTruth, first_time};

/// The scenario in a folder: the day of the incident apart from the days before it.
struct Laid {
    folder: tempfile::TempDir,
    truth: FirstTimeTruth,
}

impl Laid {
    fn out(seed: u64) -> Self {
        let FirstTime { files, truth } = first_time(seed);
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let part = match file.path.split("/2026/").nth(1) {
                Some(path) if truth.date.ends_with(&path[..5]) => "day",
                Some(path) if path[..5] < truth.date[5..] => "before",
                _ => "after",
            };
            let path = folder.path().join(part).join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &file.bytes).unwrap();
        }
        Self { folder, truth }
    }

    fn part(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn investigated(&self, material: &Path, baseline: &[PathBuf], threads: usize) -> Investigation {
        self.at_home(material, baseline, threads, &Environment::default())
    }

    fn at_home(
        &self,
        material: &Path,
        baseline: &[PathBuf],
        threads: usize,
        environment: &Environment,
    ) -> Investigation {
        let find = |paths: &[PathBuf]| {
            Inputs::find(paths, &mut std::io::empty(), &Buckets::none()).unwrap()
        };
        let inputs = find(&[material.to_owned()]);
        let earlier = (!baseline.is_empty()).then(|| find(baseline));
        let rules = Rules::load(&RuleOptions::default()).unwrap();
        let options = ReadOptions {
            caps: Caps::default(),
            threads,
            filter: Filter::default(),
            columns: ColumnMap::default(),
            given: Vec::new(),
        };
        let question = Question {
            rules: &rules,
            environment,
            pivot: Pivot::default(),
            findings: Vec::new(),
            baseline: earlier.as_ref().map(|inputs| &inputs.listing),
            places: None,
            sealed: Vec::new(),
            version: "test",
        };
        investigate(&inputs.listing, &options, &Progress::default(), &question)
    }

    /// What is told is the incident and nothing else.
    fn holds(&self, found: &Investigation) {
        let truth = &self.truth;
        assert!(found.findings.iter().all(|finding| finding.level < Level::High), "no high rule");
        assert_eq!(found.verdict.incident, Incident::Yes, "{:?}", found.verdict.because);
        let suspects: Vec<&str> =
            found.story.suspects.iter().map(|suspect| suspect.principal.raw()).collect();
        assert_eq!(suspects, [&truth.user, &truth.session], "and nobody innocent");
        let worst = &found.story.suspects[0];
        assert_eq!(worst.access_keys[0].raw(), truth.key);
        let reason = format!("first time in account {}", truth.new_account);
        assert!(worst.because.iter().any(|text| text.contains(&reason)), "{:?}", worst.because);
        let first = &found.story.firsts[0];
        assert_eq!((first.kind, first.novelty), (FirstKind::Account, Novelty::New));
        assert_eq!(first.what.raw(), truth.new_account);
        assert_eq!(first.at, Some(truth.reached));
        assert_eq!(first.access_key.as_ref().unwrap().raw(), truth.key);
        assert_eq!(first.through.as_ref().unwrap().raw(), truth.role);
        assert_eq!(first.address.as_ref().unwrap().raw(), truth.address);
        assert_eq!(first.origins[0].event_id.as_ref().unwrap().raw(), truth.reached_event);
        let seen: BTreeSet<&str> = first.before.seen.iter().map(|text| text.raw()).collect();
        assert_eq!(seen, truth.usual_accounts.iter().map(String::as_str).collect());
        assert_eq!((first.before.days, first.before.count), (27, 2));
        let has = |kind, what: &str| {
            found.story.firsts.iter().any(|first| {
                (first.kind, first.novelty) == (kind, Novelty::New)
                    && first.who.raw() == truth.user
                    && first.what.raw() == what
            })
        };
        assert!(has(FirstKind::Address, &truth.address) && has(FirstKind::Region, &truth.region));
    }

    /// Every record that the story cites for a suspect's step is the attacker's.
    fn cites_only_the_attacker(&self, found: &Investigation) {
        for step in &found.story.steps {
            for origin in &step.origins {
                let id = origin.event_id.as_ref().unwrap().raw().to_owned();
                assert!(self.truth.events.contains(&id), "{:?} cites {id}", step.what);
            }
        }
    }
}

#[test]
fn with_the_days_before_as_baseline_the_key_is_found_without_a_rule() {
    for seed in 1..3 {
        let laid = Laid::out(seed);
        let before = [laid.part("before")];
        let found = laid.investigated(&laid.part("day"), &before, 2);
        laid.holds(&found);
        laid.cites_only_the_attacker(&found);
    }
}

#[test]
fn with_its_history_inside_the_material_the_key_is_found_as_well() {
    let laid = Laid::out(1);
    let found = laid.investigated(laid.folder.path(), &[], 2);
    laid.holds(&found);
    laid.cites_only_the_attacker(&found);
}

#[test]
fn without_history_it_is_unknown_and_nobody_is_accused() {
    let laid = Laid::out(1);
    let found = laid.investigated(&laid.part("day"), &[], 2);
    assert!(found.story.suspects.is_empty());
    assert_eq!(found.verdict.incident, Incident::Undecided);
    let of_key = |first: &&crashcart_model::First| {
        first.who.raw() == laid.truth.user && first.what.raw() == laid.truth.new_account
    };
    let first = found.story.firsts.iter().find(of_key).expect("told as unknown");
    assert_eq!(first.novelty, Novelty::Unknown);
    assert!(first.because.contains("--baseline"));
}

#[test]
fn what_looks_alike_is_told_and_accuses_nobody() {
    let laid = Laid::out(1);
    let found = laid.investigated(laid.folder.path(), &[], 2);
    let news = |who: &str, what: &str| {
        found.story.firsts.iter().any(|first| {
            first.who.raw().starts_with(who)
                && first.what.raw() == what
                && first.novelty == Novelty::New
        })
    };
    let truth = &laid.truth;
    assert!(news(&truth.deploy, &truth.deploy_region), "the deploy role in its new region");
    assert!(news(&truth.moved, &truth.moved_to), "the engineer at a new address");
    let of_hired = found.story.firsts.iter().filter(|first| first.who.raw() == truth.hired);
    assert_eq!(of_hired.count(), 0, "nothing is known of a first day");
}

#[test]
fn an_own_account_weighs_less_and_the_key_stays_to_be_asked_about() {
    let laid = Laid::out(1);
    let before = [laid.part("before")];
    let foreign = laid.investigated(&laid.part("day"), &before, 2);
    let mut environment = Environment::default();
    environment.accounts.insert(laid.truth.new_account.clone(), Account::default());
    let own = laid.at_home(&laid.part("day"), &before, 2, &environment);
    let score = |found: &Investigation| found.story.suspects[0].score;
    assert_eq!(own.story.suspects[0].principal.raw(), laid.truth.user);
    assert!(score(&own) < score(&foreign));
    assert_eq!(own.verdict.incident, Incident::Undecided);
}

#[test]
fn the_baseline_is_named_and_counted_nowhere_else() {
    let laid = Laid::out(1);
    let alone = laid.investigated(&laid.part("day"), &[], 2);
    let before = [laid.part("before"), laid.part("after")];
    let found = laid.investigated(&laid.part("day"), &before, 2);
    let baseline = found.coverage.baseline.as_ref().expect("named");
    assert!(baseline.events > 1000 && baseline.evidence.len() as u64 == baseline.files);
    assert_eq!(found.coverage.events, alone.coverage.events);
    assert_eq!(found.coverage.evidence, alone.coverage.evidence);
    assert_eq!(
        (found.coverage.first, found.coverage.last),
        (alone.coverage.first, alone.coverage.last)
    );
    assert_eq!(found.findings, alone.findings);
}

#[test]
fn threads_and_the_order_of_baselines_do_not_show() {
    let laid = Laid::out(1);
    let day = laid.part("day");
    let one = laid.investigated(&day, &[laid.part("before"), laid.part("after")], 1);
    let many = laid.investigated(&day, &[laid.part("after"), laid.part("before")], 4);
    assert_eq!(one, many);
}
