//! Which rules of a set of files are matched at all: filters, sources, selection, broken files.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod harness;

use crashcart_sigma::{RuleSet, Selection, Severity};
use harness::{file, hits, rule};

#[test]
fn a_filter_narrows_the_rules_that_it_names() {
    let base = rule("s:\n  a: 1\ncondition: s");
    let filter = "title: f\nlogsource: {product: aws}\nfilter:\n  rules: [11111111-1111-4111-8111-111111111111]\n  mine:\n    user: eve\n  condition: not mine\n";
    let any = filter.replace("[11111111-1111-4111-8111-111111111111]", "any");
    let other = filter.replace("product: aws", "product: aws, service: guardduty");
    for (filter, expected) in [(filter, 0), (&any, 0), (&other, 1)] {
        let files = [file("r.yml", &base), file("f.yml", filter)];
        let (set, problems) = RuleSet::compile(&files, &Selection::default());
        assert!(problems.iter().all(|one| one.severity == Severity::Note), "{problems:?}");
        assert_eq!(set.rules().len(), 1, "a filter is no rule");
        assert_eq!(hits(&set, r#"{"a":1,"user":"eve"}"#), expected, "{filter}");
        assert_eq!(hits(&set, r#"{"a":1,"user":"bob"}"#), 1, "{filter}");
    }
}

#[test]
fn rules_for_other_logs_are_noted_and_skipped() {
    let base = rule("s:\n  a: 1\ncondition: s");
    let source = "{product: aws, service: cloudtrail}";
    for (other, kept) in [
        ("{product: aws}", true),
        ("{service: cloudtrail}", true),
        ("{product: windows}", false),
        ("{product: aws, service: guardduty}", false),
        ("{category: process_creation}", false),
    ] {
        let text = base.replace(source, other);
        let (set, problems) = RuleSet::compile(&[file("r.yml", &text)], &Selection::default());
        assert_eq!(set.rules().len(), usize::from(kept), "{other}");
        assert_eq!(problems.len(), usize::from(!kept), "{other}");
        assert!(problems.iter().all(|one| one.severity == Severity::Note), "{problems:?}");
    }
}

#[test]
fn a_selection_of_rules_goes_by_level_tag_and_name() {
    let make = |level: &str, tag: &str| {
        let text = rule("s:\n  a: 1\ncondition: s").replace("11111111-", &format!("{level:1>8}-"));
        let level = if level == "none" { String::new() } else { format!("level: {level}\n") };
        text.replace("level: low\n", &format!("{level}tags: [{tag}]\n"))
    };
    let files = [
        file("rules/low.yml", &make("low", "attack.t1562.008")),
        file("rules/high.yaml", &make("high", "attack.persistence")),
        file("rules/none.yml", &make("none", "attack.persistence")),
    ];
    let names = |selection: &Selection| {
        let (set, problems) = RuleSet::compile(&files, selection);
        let names: Vec<_> = set.rules().iter().map(|meta| meta.name.clone()).collect();
        (names.join(" "), problems.len())
    };
    let all = Selection::default();
    assert_eq!(names(&all), ("high low none".to_owned(), 0));
    let high = Selection { min_level: Some(crashcart_model::Level::High), ..Selection::default() };
    // The rule without a level is left out, but not in silence.
    assert_eq!(names(&high), ("high".to_owned(), 1));
    let tag = Selection { tags: vec!["T1562".to_owned()], ..Selection::default() };
    assert_eq!(names(&tag), ("low".to_owned(), 0));
    let id = RuleSet::compile(&files, &all).0.rules()[1].id.clone();
    let exclude = Selection { exclude: vec!["high".into(), id], ..Selection::default() };
    assert_eq!(names(&exclude), ("none".to_owned(), 0));
    let slip = Selection { exclude: vec!["hihg".into()], ..Selection::default() };
    assert_eq!(names(&slip), ("high low none".to_owned(), 1));
}

#[test]
fn one_broken_document_does_not_take_the_others_with_it() {
    let good = rule("s:\n  a: 1\ncondition: s");
    let text = format!(
        "{good}---\ntitle: broken\nlogsource: {{}}\ndetection: {{s: {{a: 1}}, condition: s and}}\n---\n{good}"
    );
    let (set, problems) = RuleSet::compile(&[file("r.yml", &text)], &Selection::default());
    assert_eq!(set.rules().len(), 2);
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert_eq!((problems[0].line, problems[0].severity), (12, Severity::Error), "{problems:?}");
}

#[test]
fn hostile_records_are_matched_without_a_panic() {
    let (set, _) = RuleSet::compile(
        &[file("r.yml", &rule("s:\n  eventName: GetUser\n  p.x: 1\ncondition: s"))],
        &Selection::default(),
    );
    let deep = format!("{}1{}", r#"{"p":"#.repeat(100), "}".repeat(100));
    for record in ["[]", "5", "null", r#""text""#, r#"[{"eventName":"GetUser"}]"#, &deep] {
        assert_eq!(hits(&set, record), 0, "{record}");
    }
    for record in [
        r#"{"eventName":["PutUser","GetUser"],"p":{"x":1}}"#,
        r#"{"eventName":"\u0047etUser","p":{"x":1}}"#,
        r#"{"eventName":"GetUser","eventName":"PutUser","p":{"x":1}}"#,
        r#"{"event\u004eame":"GetUser","p":"{\"x\":1}"}"#,
    ] {
        assert_eq!(hits(&set, record), 1, "{record}");
    }
}
