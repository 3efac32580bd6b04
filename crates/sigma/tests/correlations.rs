//! What correlations make of the events that other rules matched.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod corpus;

use crashcart_model::{EventRef, Head, Timestamp};
use crashcart_sigma::{
    CorrelationMatch, Correlator, Problem, RuleFile, RuleSet, Selection, Severity,
};
use crashcart_testkit::with_record;

const BASE: &str = "
title: Denied
name: denied
id: 11111111-1111-4111-8111-111111111111
logsource: {product: aws, service: cloudtrail}
detection:
  s: {errorCode: AccessDenied}
  condition: s
level: low
---
title: Listed
name: listed
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: List*}
  condition: s
level: low
---
title: Created
name: created
logsource: {product: aws, service: cloudtrail}
detection:
  s: {eventName: Create*}
  condition: s
level: low
---
";

fn compile(correlation: &str) -> (RuleSet, Vec<Problem>) {
    let text = format!("{BASE}title: c\nid: c\nlevel: high\ncorrelation:\n{correlation}");
    RuleSet::compile(&[RuleFile { path: "c.yml".to_owned(), text }], &Selection::default())
}

fn set(correlation: &str) -> RuleSet {
    let (set, problems) = compile(correlation);
    assert_eq!(problems, [], "{correlation}");
    set
}

fn observe(correlator: &mut Correlator<'_>, set: &RuleSet, record: u32, second: i64, event: &str) {
    let time = Timestamp::from_millis(second * 1000);
    let json = format!("{{\"eventTime\":\"{time}\",\"eventID\":\"e{record}\",{event}}}");
    let mut hits = Vec::new();
    with_record(&json, |parsed| {
        let head = Head::of(parsed);
        set.matcher().matches(parsed, &head, &mut hits);
        correlator.observe(parsed, &head, EventRef { evidence: 0, record }, &hits);
    });
}

/// What a correlation finds in events at these seconds: ids of the events of each match.
fn found(correlation: &str, events: &[(i64, &str)]) -> Vec<String> {
    let set = set(correlation);
    let mut correlator = set.correlator();
    for (record, (second, event)) in (0..).zip(events) {
        observe(&mut correlator, &set, record, *second, event);
    }
    correlator.finish(2, &|evidence| evidence).iter().map(ids).collect()
}

fn ids(found: &CorrelationMatch) -> String {
    assert_eq!(found.event_count, found.events.len() as u64);
    let id = |event: &crashcart_sigma::MatchedEvent| {
        event.event_id.as_ref().unwrap().raw().trim_start_matches('e').to_owned()
    };
    found.events.iter().map(id).collect::<Vec<_>>().join(" ")
}

fn count(extra: &str) -> String {
    format!("  type: event_count\n  rules: [denied]\n  timespan: 1m\n{extra}")
}

const DENIED: &str = r#""errorCode":"AccessDenied","user":"eve""#;
const DENIED_BOB: &str = r#""errorCode":"AccessDenied","user":"bob""#;
const LIST: &str = r#""eventName":"ListUsers","user":"eve""#;
const CREATE: &str = r#""eventName":"CreateUser","user":"eve""#;

#[test]
fn event_count_needs_enough_events_within_the_timespan() {
    let three = count("  condition: {gte: 3}\n");
    let at = |seconds: &[i64]| {
        found(&three, &seconds.iter().map(|second| (*second, DENIED)).collect::<Vec<_>>())
    };
    assert_eq!(at(&[0, 30, 60]), ["0 1 2"]);
    assert_eq!(at(&[0, 30, 61]), [""; 0]);
    // Around the full minute: no fixed buckets.
    assert_eq!(at(&[55, 60, 65]), ["0 1 2"]);
    // One burst, however long; a later one is another.
    assert_eq!(at(&[0, 10, 20, 30, 40, 50, 60, 70, 500, 501, 502]), ["0 1 2 3 4 5 6 7", "8 9 10"]);
}

#[test]
fn the_order_of_arrival_means_nothing() {
    let correlation = count("  condition: {gte: 3}\n");
    let expected = found(&correlation, &[(0, DENIED), (30, DENIED), (60, DENIED)]);
    assert_eq!(expected, ["0 1 2"]);
    let set = set(&correlation);
    for order in [[2, 0, 1], [1, 2, 0], [2, 1, 0]] {
        // Each event by a thread of its own.
        let mut whole = set.correlator();
        for record in order {
            let mut part = set.correlator();
            observe(&mut part, &set, record, i64::from(record) * 30, DENIED);
            whole.merge(part);
        }
        let matches = whole.finish(2, &|evidence| evidence);
        assert_eq!(matches.iter().map(ids).collect::<Vec<_>>(), expected);
        assert_eq!(matches[0].first, Timestamp::from_millis(0));
        assert_eq!(matches[0].last, Timestamp::from_millis(60_000));
    }
}

#[test]
fn groups_are_counted_apart_and_an_event_without_the_field_belongs_to_none() {
    let three = count("  group-by: [user]\n  condition: {gte: 3}\n");
    let nobody = r#""errorCode":"AccessDenied""#;
    let null = r#""errorCode":"AccessDenied","user":null"#;
    let mixed = [(0, DENIED), (1, DENIED_BOB), (2, DENIED), (3, nobody), (4, null), (5, nobody)];
    assert_eq!(found(&three, &mixed), [""; 0]);
    let more = [&mixed[..], &[(6, DENIED), (7, DENIED_BOB), (8, DENIED_BOB)]].concat();
    assert_eq!(found(&three, &more), ["0 2 6", "1 7 8"]);
}

#[test]
fn ranges_and_other_comparisons_look_at_whole_windows() {
    let events = [(0, DENIED), (1, DENIED), (2, DENIED), (900, DENIED)];
    assert_eq!(found(&count("  condition: {gt: 2}\n"), &events), ["0 1 2"]);
    assert_eq!(found(&count("  condition: {lt: 2}\n"), &events), ["3"]);
    assert_eq!(found(&count("  condition: {eq: 3}\n"), &events), ["0 1 2"]);
    assert_eq!(found(&count("  condition: {gte: 1, lte: 2}\n"), &events), ["3"]);
    assert_eq!(found(&count("  condition: {neq: 3}\n"), &events), ["3"]);
}

#[test]
fn an_event_that_two_rules_match_is_counted_once() {
    let both = r#""errorCode":"AccessDenied","eventName":"ListUsers""#;
    let correlation = |least: u8| {
        format!(
            "  type: event_count\n  rules: [denied, listed]\n  timespan: 1m\n  condition: {{gte: {least}}}\n"
        )
    };
    assert_eq!(found(&correlation(3), &[(0, both), (1, both)]), [""; 0]);
    assert_eq!(found(&correlation(2), &[(0, both), (1, both)]), ["0 1"]);
}

#[test]
fn value_count_counts_different_values() {
    let correlation = "  type: value_count\n  rules: [listed]\n  group-by: [user]\n  timespan: 1m\n  condition: {field: eventName, gte: 3}\n";
    let (a, b, c) = (
        r#""eventName":"ListA","user":"eve""#,
        r#""eventName":"ListB","user":"eve""#,
        r#""eventName":"ListC","user":"eve""#,
    );
    assert_eq!(found(correlation, &[(0, a), (1, a), (2, b), (3, a)]), [""; 0]);
    assert_eq!(found(correlation, &[(0, a), (1, a), (2, b), (3, c)]), ["0 1 2 3"]);
    // The first `a` has left the window when `c` comes.
    assert_eq!(found(correlation, &[(0, a), (30, b), (61, c)]), [""; 0]);
    let pairs = correlation.replace("field: eventName", "field: [eventName, zone]");
    let zoned = [
        (0, r#""eventName":"ListA","user":"eve","zone":"1""#),
        (1, r#""eventName":"ListA","user":"eve","zone":"2""#),
        (2, r#""eventName":"ListB","user":"eve","zone":"1""#),
        (3, r#""eventName":"ListB","user":"eve""#),
    ];
    assert_eq!(found(&pairs, &zoned), ["0 1 2"]);
}

#[test]
fn values_are_summed_averaged_and_ranked() {
    let measure = |kind: &str, condition: &str| {
        format!(
            "  type: {kind}\n  rules: [listed]\n  timespan: 1m\n  condition: {{field: size, {condition}}}\n"
        )
    };
    let sizes = [
        (0, r#""eventName":"List","size":10"#),
        (1, r#""eventName":"List","size":"20""#),
        (2, r#""eventName":"List","size":90"#),
        (3, r#""eventName":"List","size":"unknown""#),
        (4, r#""eventName":"List""#),
    ];
    let all = ["0 1 2"];
    let none: [&str; 0] = [];
    assert_eq!(found(&measure("value_sum", "gte: 120"), &sizes), all);
    assert_eq!(found(&measure("value_sum", "gt: 120"), &sizes), none);
    assert_eq!(found(&measure("value_avg", "eq: 40"), &sizes), all);
    assert_eq!(found(&measure("value_median", "eq: 20"), &sizes), all);
    assert_eq!(found(&measure("value_percentile", "percentile: 100, eq: 90"), &sizes), all);
    // Half way between 20 and 90.
    assert_eq!(found(&measure("value_percentile", "percentile: 75, eq: 55"), &sizes), all);
}

#[test]
fn temporal_needs_all_rules_in_any_order() {
    let correlation =
        "  type: temporal\n  rules: [listed, created]\n  group-by: [user]\n  timespan: 1m\n";
    assert_eq!(found(correlation, &[(0, CREATE), (30, LIST)]), ["0 1"]);
    assert_eq!(found(correlation, &[(0, LIST), (60, CREATE)]), ["0 1"]);
    assert_eq!(found(correlation, &[(0, LIST), (61, CREATE)]), [""; 0]);
    assert_eq!(found(correlation, &[(0, LIST), (1, LIST)]), [""; 0]);
}

#[test]
fn temporal_takes_a_condition_in_words_or_a_number_of_rules() {
    let with = |condition: &str| {
        format!(
            "  type: temporal\n  rules: [denied, listed, created]\n  timespan: 1m\n  condition: {condition}\n"
        )
    };
    let words = with("denied and (listed or created)");
    assert_eq!(found(&words, &[(0, DENIED), (1, CREATE)]), ["0 1"]);
    assert_eq!(found(&words, &[(0, LIST), (1, CREATE)]), [""; 0]);
    let without = with("listed and not created");
    assert_eq!(found(&without, &[(0, LIST), (30, CREATE)]), [""; 0]);
    assert_eq!(found(&without, &[(0, LIST), (61, CREATE)]), ["0"]);
    let two = with("{gte: 2}");
    assert_eq!(found(&two, &[(0, LIST), (1, LIST)]), [""; 0]);
    assert_eq!(found(&two, &[(0, LIST), (1, DENIED)]), ["0 1"]);
}

#[test]
fn temporal_ordered_needs_the_order_and_equal_times_are_in_order() {
    let correlation = "  type: temporal_ordered\n  rules: [listed, created]\n  timespan: 1m\n";
    assert_eq!(found(correlation, &[(0, LIST), (1, CREATE)]), ["0 1"]);
    assert_eq!(found(correlation, &[(0, CREATE), (1, LIST)]), [""; 0]);
    // Whole seconds: nobody knows which came first.
    assert_eq!(found(correlation, &[(5, CREATE), (5, LIST)]), ["0 1"]);
    assert_eq!(found(correlation, &[(0, LIST), (61, CREATE)]), [""; 0]);
    assert_eq!(found(correlation, &[(0, LIST), (1, CREATE), (2, CREATE)]), ["0 1 2"]);
}

#[test]
fn each_step_of_an_ordered_chain_is_an_event_of_its_own() {
    let twice = "  type: temporal_ordered\n  rules: [listed, listed]\n  timespan: 1m\n";
    assert_eq!(found(twice, &[(0, LIST)]), [""; 0]);
    assert_eq!(found(twice, &[(0, LIST), (0, LIST)]), ["0 1"]);
    let both = r#""errorCode":"AccessDenied","eventName":"ListUsers""#;
    let chain = "  type: temporal_ordered\n  rules: [denied, listed]\n  timespan: 1m\n";
    assert_eq!(found(chain, &[(0, both)]), [""; 0]);
    assert_eq!(found(chain, &[(0, both), (0, LIST)]), ["0 1"]);
    assert_eq!(found(chain, &[(0, both), (0, DENIED)]), ["0 1"]);
}

#[test]
fn aliases_give_one_name_to_fields_of_different_rules() {
    let correlation = "  type: temporal\n  rules: [listed, created]\n  group-by: [who]\n  timespan: 1m\n  aliases:\n    who:\n      listed: userIdentity.userName\n      created: requestParameters.userName\n";
    let list = r#""eventName":"List","userIdentity":{"userName":"eve"}"#;
    let create = r#""eventName":"Create","requestParameters":{"userName":"eve"}"#;
    let other = r#""eventName":"Create","requestParameters":{"userName":"bob"}"#;
    assert_eq!(found(correlation, &[(0, list), (1, create)]), ["0 1"]);
    assert_eq!(found(correlation, &[(0, list), (1, other)]), [""; 0]);
    let (_, problems) =
        compile(&correlation.replace("      created: requestParameters.userName\n", ""));
    assert!(problems[0].message.contains("alias"), "{problems:?}");
}

#[test]
fn a_correlation_may_take_in_another() {
    let text = format!(
        "{BASE}title: many\nname: many\nlevel: low\ncorrelation: {{type: event_count, rules: [denied], group-by: [user], timespan: 1m, condition: {{gte: 2}}}}\n---\ntitle: then\nlevel: high\ncorrelation: {{type: temporal_ordered, rules: [many, created], group-by: [user], timespan: 5m}}\n"
    );
    let files = [RuleFile { path: "c.yml".to_owned(), text }];
    let (set, problems) = RuleSet::compile(&files, &Selection::default());
    assert_eq!(problems, []);
    let mut correlator = set.correlator();
    let events = [(0, DENIED), (1, DENIED), (2, DENIED_BOB), (100, CREATE)];
    for (record, (second, event)) in (0..).zip(events) {
        observe(&mut correlator, &set, record, second, event);
    }
    let matches = correlator.finish(2, &|evidence| evidence);
    assert_eq!(
        matches.iter().map(ids).collect::<Vec<_>>(),
        ["0 1 3"],
        "only the outer one is told"
    );
    assert_eq!(set.rules()[matches[0].rule as usize].title, "then");
}

#[test]
fn a_correlation_that_takes_itself_in_is_refused() {
    let (set, problems) =
        compile("  type: event_count\n  rules: [c]\n  timespan: 1m\n  condition: {gte: 2}\n");
    assert!(set.rules().iter().all(|meta| !meta.correlation));
    assert!(problems.iter().any(|one| one.message.contains("takes itself in")), "{problems:?}");
}

#[test]
fn rules_that_a_correlation_takes_in_are_hidden_unless_it_says_generate() {
    let hidden = |extra: &str| -> Vec<String> {
        let (set, _) = compile(&count(&format!("  condition: {{gte: 2}}\n{extra}")));
        let hidden = set.rules().iter().filter(|meta| meta.hidden);
        hidden.map(|meta| meta.title.clone()).collect()
    };
    assert_eq!(hidden(""), ["Denied"]);
    assert_eq!(hidden("  generate: false\n"), ["Denied"]);
    assert_eq!(hidden("  generate: true\n"), [""; 0]);
    assert_eq!(hidden("generate: true\n"), [""; 0]);
}

#[test]
fn a_hidden_rule_below_the_level_still_feeds_its_correlation() {
    let text =
        format!("{BASE}title: c\nlevel: high\ncorrelation:\n{}", count("  condition: {gte: 2}\n"));
    let files = [RuleFile { path: "c.yml".to_owned(), text }];
    let high = Selection { min_level: Some(crashcart_model::Level::High), ..Selection::default() };
    let (set, _) = RuleSet::compile(&files, &high);
    let told: Vec<_> = set.rules().iter().map(|meta| (meta.title.as_str(), meta.hidden)).collect();
    assert_eq!(told, [("Denied", true), ("c", false)]);
    // Leaving the correlation out does not bring its part to light.
    let without = Selection { tags: vec!["none".to_owned()], ..Selection::default() };
    assert!(RuleSet::compile(&files, &without).0.rules().is_empty());
}

#[test]
fn rules_are_named_by_id_then_name_then_a_unique_title() {
    let by =
        |name: &str| count("  condition: {gte: 2}\n").replace("[denied]", &format!("[{name}]"));
    assert_eq!(compile(&by("11111111-1111-4111-8111-111111111111")).1, []);
    assert_eq!(compile(&by("denied")).1, []);
    let (set, problems) = compile(&by("Denied"));
    assert_eq!(set.rules().len(), 4);
    assert_eq!(problems.len(), 1);
    assert_eq!(problems[0].severity, Severity::Warning);
    assert!(problems[0].message.contains("by its title"), "{problems:?}");
    let (set, problems) = compile(&by("Nobody"));
    assert_eq!(set.rules().len(), 3);
    assert_eq!(problems.len(), 1);
    assert_eq!((problems[0].severity, problems[0].line), (Severity::Error, 32), "{problems:?}");
}

#[test]
fn events_without_a_time_are_counted_apart() {
    let set = set(&count("  condition: {gte: 1}\n"));
    let mut correlator = set.correlator();
    let mut hits = Vec::new();
    with_record(r#"{"errorCode":"AccessDenied"}"#, |record| {
        let head = Head::of(record);
        set.matcher().matches(record, &head, &mut hits);
        correlator.observe(record, &head, EventRef { evidence: 0, record: 0 }, &hits);
    });
    assert_eq!(correlator.untimed(), 1);
    assert_eq!(correlator.finish(2, &|evidence| evidence), []);
}

#[test]
fn a_match_gives_its_first_hundred_events_and_counts_all() {
    let set = set(&count("  condition: {gte: 2}\n"));
    let mut correlator = set.correlator();
    for record in 0..150 {
        observe(&mut correlator, &set, record, i64::from(record), DENIED);
    }
    let matches = correlator.finish(2, &|evidence| evidence);
    assert_eq!((matches.len(), matches[0].events.len(), matches[0].event_count), (1, 100, 150));
}

#[test]
fn the_shared_correlations_find_the_simulated_attack() {
    let (Some(rules), Some(records)) = (corpus::rules(), corpus::records("invictus")) else {
        return;
    };
    let (set, problems) = RuleSet::compile(&rules, &Selection::default());
    let titles = problems.iter().filter(|one| one.message.contains("by its title")).count();
    // Five correlations, two of which take two rules in.
    assert_eq!(titles, 7, "{problems:#?}");
    assert_eq!(set.rules().iter().filter(|meta| meta.correlation).count(), 5);
    assert_eq!(set.rules().iter().filter(|meta| meta.hidden).count(), 7);
    let (mut matcher, mut hits) = (set.matcher(), Vec::new());
    let (mut left, mut right) = (set.correlator(), set.correlator());
    corpus::stream(&records, |number, record, head| {
        matcher.matches(record, head, &mut hits);
        let half = if number % 2 == 0 { &mut left } else { &mut right };
        half.observe(record, head, EventRef { evidence: number, record: 0 }, &hits);
    });
    left.merge(right);
    let matches = left.finish(2, &|evidence| evidence);
    let told: Vec<_> = matches
        .iter()
        .map(|found| {
            let name = set.rules()[found.rule as usize].name.trim_start_matches("aws_cloudtrail_");
            format!("{name} {} {} {}", found.first, found.last, found.event_count)
        })
        .collect();
    // Worked out apart, from the records alone: for each start the longest window of the timespan,
    // those that satisfy the rule joined where they overlap. The chain's one key called CreateUser
    // at 12:23:05, 12:24:28, 12:24:49 and 12:25:03, and CreateAccessKey at 12:24:29 and 12:24:50.
    let expected = [
        "iam_persistence_chain 2023-07-10T12:23:05Z 2023-07-10T12:25:03Z 6",
        "many_access_denied 2023-07-10T11:54:47Z 2023-07-10T11:54:50Z 29",
        "many_access_denied 2023-07-10T12:01:55Z 2023-07-10T12:09:27Z 10",
        "many_access_denied 2023-07-10T12:02:55Z 2023-07-10T12:02:57Z 15",
        "many_recon_events 2023-07-10T11:54:38Z 2023-07-10T11:55:11Z 11",
        "many_recon_events 2023-07-10T12:01:50Z 2023-07-10T12:03:13Z 20",
        "many_recon_events 2023-07-10T12:06:30Z 2023-07-10T12:09:55Z 79",
        "many_recon_events 2023-07-10T12:11:13Z 2023-07-10T12:12:14Z 29",
        "many_recon_events 2023-07-10T12:24:06Z 2023-07-10T12:25:26Z 15",
        "many_recon_events 2023-07-10T12:26:36Z 2023-07-10T12:27:11Z 8",
        "many_recon_events 2023-07-10T12:28:24Z 2023-07-10T12:28:39Z 46",
    ];
    assert_eq!(told, expected);
}
