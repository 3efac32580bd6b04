//! Days given as baseline tell the same of who worked how as the same days within the material.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

use std::path::PathBuf;

use crashcart_app::{
    Buckets, Caps, ColumnMap, Filter, Inputs, Pivot, Progress, Question, ReadOptions, RuleOptions,
    Rules, investigate,
};
use crashcart_model::{Environment, Investigation, LogText};
use crashcart_scenario::{LogFile, first_time, leaked_key};

/// Logs in one folder per day.
struct Laid {
    folder: tempfile::TempDir,
    days: Vec<String>,
}

impl Laid {
    fn out(files: Vec<LogFile>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut days = Vec::new();
        for file in files {
            let date = file.path.split("/2026/").nth(1).expect("a dated path");
            let day = date[..5].replace('/', "-");
            let path = folder.path().join(&day).join(&file.path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, &file.bytes).unwrap();
            days.push(day);
        }
        days.sort_unstable();
        days.dedup();
        Self { folder, days }
    }

    fn paths(&self, days: std::ops::Range<usize>) -> Vec<PathBuf> {
        self.days[days].iter().map(|day| self.folder.path().join(day)).collect()
    }

    /// The first days as baseline, the rest as material.
    fn split(&self, before: usize) -> Investigation {
        investigated(&self.paths(before..self.days.len()), &self.paths(0..before))
    }
}

fn investigated(material: &[PathBuf], baseline: &[PathBuf]) -> Investigation {
    let find =
        |paths: &[PathBuf]| Inputs::find(paths, &mut std::io::empty(), &Buckets::none()).unwrap();
    let inputs = find(material);
    let earlier = (!baseline.is_empty()).then(|| find(baseline));
    let rules = Rules::load(&RuleOptions::default()).unwrap();
    let options = ReadOptions {
        caps: Caps::default(),
        threads: 2,
        filter: Filter::default(),
        columns: ColumnMap::default(),
        given: Vec::new(),
    };
    let question = Question {
        rules: &rules,
        environment: &Environment::default(),
        pivot: Pivot::default(),
        findings: Vec::new(),
        baseline: earlier.as_ref().map(|inputs| &inputs.listing),
        places: None,
        sealed: Vec::new(),
        version: "test",
    };
    investigate(&inputs.listing, &options, &Progress::default(), &question)
}

/// Who is suspect, with score and addresses, and where its usual work came from.
fn told(found: &Investigation) -> Vec<(String, u32, Vec<String>, Vec<String>)> {
    let texts = |texts: &[LogText]| texts.iter().map(|text| text.raw().to_owned()).collect();
    let suspects = found.story.suspects.iter();
    suspects
        .map(|suspect| {
            let usual = suspect.because.iter().filter_map(|text| {
                let (what, rest) = text.split_once(" left out: ")?;
                Some(format!("{what} {}", rest.split_once(" calls from ")?.1))
            });
            let name = suspect.principal.raw().to_owned();
            (name, suspect.score, texts(&suspect.addresses), usual.collect())
        })
        .collect()
}

fn text(found: &Investigation) -> String {
    serde_json::to_string(found).unwrap()
}

#[test]
fn the_demos_first_day_as_baseline_tells_the_same_as_all_days_as_material() {
    let laid = Laid::out(leaked_key(1).files);
    let all = laid.split(0);
    assert!(text(&all).contains("usual work left out"), "the premise");
    let parted = laid.split(1);
    assert_eq!(told(&parted), told(&all));
    let calls = |found: &Investigation| -> Vec<(String, u64)> {
        let steps = found.story.steps.iter();
        steps.map(|step| (step.what.raw().to_owned(), step.count)).collect()
    };
    assert_eq!(calls(&parted), calls(&all));
    assert_eq!(parted.story.blast_radius, all.story.blast_radius);
}

#[test]
fn a_baseline_that_is_too_short_is_told_with_its_numbers_and_never_recommended_again() {
    let laid = Laid::out(leaked_key(1).files);
    let parted = text(&laid.split(1));
    assert!(!parted.contains("--baseline"), "one was given");
    assert!(parted.contains("and 5 days with 20 calls are needed"));
    let alone = investigated(&laid.paths(1..laid.days.len()), &[]);
    assert!(text(&alone).contains("--baseline takes earlier logs"));
}

#[test]
fn files_that_are_baseline_and_material_at_once_change_nothing_of_the_usual_work() {
    let laid = Laid::out(leaked_key(1).files);
    let every = laid.paths(0..laid.days.len());
    let twice = investigated(&every, &laid.paths(0..1));
    assert_eq!(told(&twice), told(&laid.split(0)));
}

#[test]
fn many_days_as_baseline_tell_the_same_as_within_the_material() {
    let laid = Laid::out(first_time(1).files);
    let all = laid.split(0);
    assert!(!all.story.suspects.is_empty(), "the premise");
    for before in [7, 20] {
        assert_eq!(told(&laid.split(before)), told(&all), "{before} days as baseline");
    }
}
