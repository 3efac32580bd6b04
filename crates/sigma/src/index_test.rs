//! The index loses no match, and neither do the answers remembered: held against asking every
//! rule, on random rules and random records.

use crashcart_model::Head;
use crashcart_testkit::with_record;
use proptest::prelude::*;

use crate::{RuleFile, RuleSet, Selection};

const FIELDS: [&str; 6] = [
    "eventName",
    "eventSource",
    "errorCode",
    "userIdentity.type",
    "requestParameters.a.b",
    "requestParameters",
];
const WORDS: [&str; 8] = ["Get", "GetUser", "PUT", "iam.amazonaws.com", "Root", "É", "22", ""];
const MODIFIERS: [&str; 9] =
    ["", "", "", "|contains", "|startswith", "|cased", "|contains|all", "|neq", "|endswith|neq"];
const CONDITIONS: [&str; 11] = [
    "a",
    "a and b",
    "a or b",
    "a and not b",
    "not a",
    "not a and not (b or c)",
    "1 of them",
    "2 of them",
    "all of them",
    "(a and b) or (c and not a)",
    "a and (b or c)",
];

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

fn item() -> impl Strategy<Value = String> {
    let words = proptest::collection::vec(
        prop_oneof![
            8 => proptest::sample::select(WORDS.to_vec()).prop_map(quoted),
            1 => Just("null".to_owned()),
            1 => Just("22".to_owned()),
            1 => Just("'Get*'".to_owned()),
            1 => Just("'*e?User'".to_owned()),
        ],
        1..4,
    );
    let named = (
        // The pinned fields are what the index is about: more of them.
        prop_oneof![proptest::sample::select(FIELDS.to_vec()), Just("eventName")],
        proptest::sample::select(MODIFIERS.to_vec()),
        words,
    );
    prop_oneof![
        9 => named.prop_map(|(field, modifier, words)| {
            format!("{field}{modifier}: [{}]", words.join(", "))
        }),
        1 => any::<bool>().prop_map(|exists| format!("errorCode|exists: {exists}")),
    ]
}

fn selection() -> impl Strategy<Value = String> {
    let map = || {
        proptest::collection::vec(item(), 1..3).prop_map(|items| {
            // A field that stands twice in one mapping is no YAML.
            let mut seen = std::collections::BTreeSet::new();
            let items: Vec<_> = items
                .into_iter()
                .filter(|item| seen.insert(item.split(':').next().map(str::to_owned)))
                .collect();
            format!("{{{}}}", items.join(", "))
        })
    };
    prop_oneof![
        4 => map(),
        1 => (map(), map()).prop_map(|(left, right)| format!("[{left}, {right}]")),
    ]
}

fn rule() -> impl Strategy<Value = String> {
    (selection(), selection(), selection(), proptest::sample::select(CONDITIONS.to_vec())).prop_map(
        |(a, b, c, condition)| {
            format!(
                "title: t\nlogsource: {{product: aws}}\ndetection:\n  a: {a}\n  b: {b}\n  c: {c}\n  condition: {condition}\n"
            )
        },
    )
}

fn value() -> impl Strategy<Value = String> {
    let word = proptest::sample::select(WORDS.to_vec());
    prop_oneof![
        6 => word.clone().prop_map(|word| format!("\"{word}\"")),
        2 => word.clone().prop_map(|word| format!("\"{}\"", word.to_uppercase())),
        1 => Just("\"\\u0047et\"".to_owned()),
        1 => Just("null".to_owned()),
        1 => Just("22".to_owned()),
        1 => Just("[]".to_owned()),
        1 => (word.clone(), word).prop_map(|(left, right)| format!("[\"{left}\", [\"{right}\"]]")),
        1 => Just("{\"a\":{\"b\":\"Get\"}}".to_owned()),
        1 => Just("\"{\\\"a\\\":{\\\"b\\\":\\\"Get\\\"}}\"".to_owned()),
    ]
}

fn record() -> impl Strategy<Value = String> {
    let names = [
        "eventName",
        "eventSource",
        "errorCode",
        "userIdentity.type",
        "userIdentity",
        "requestParameters",
    ];
    let member = (proptest::sample::select(names.to_vec()), value());
    prop_oneof![
        9 => proptest::collection::vec(member, 0..7).prop_map(|members| {
            let members: Vec<_> =
                members.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
            format!("{{{}}}", members.join(","))
        }),
        1 => value(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]

    #[test]
    fn the_index_loses_no_match(
        rules in proptest::collection::vec(rule(), 1..12),
        records in proptest::collection::vec(record(), 1..12),
    ) {
        let files: Vec<_> = rules
            .iter()
            .enumerate()
            .map(|(number, text)| RuleFile { path: format!("{number:03}.yml"), text: text.clone() })
            .collect();
        let (set, problems) = RuleSet::compile(&files, &Selection::default());
        prop_assert!(problems.is_empty(), "{:?}", problems);
        let (mut matcher, mut hits, mut expected) = (set.matcher(), Vec::new(), Vec::new());
        for record in &records {
            with_record(record, |record| {
                matcher.matches(record, &Head::of(record), &mut hits);
                matcher.matches_naively(record, &mut expected);
            });
            prop_assert_eq!(&hits, &expected, "{} with {:?}", record, &rules);
        }
    }
}

#[test]
fn of_a_hundred_rules_that_pin_no_name_each_sees_its_own_records() {
    let files: Vec<_> = (0..100)
        .map(|number| RuleFile {
            path: format!("{number:05}.yml"),
            text: format!(
                "title: t\nlogsource: {{product: aws}}\ndetection:\n  s: {{userIdentity.arn|endswith: '/{number}'}}\n  e: {{errorCode: Denied, userAgent|contains: curl}}\n  condition: s and not e\n"
            ),
        })
        .collect();
    let (set, problems) = RuleSet::compile(&files, &Selection::default());
    assert_eq!((problems.len(), set.index.always().rules().len()), (0, 100));
    let (mut matcher, mut hits) = (set.matcher(), Vec::new());
    for _ in 0..2 {
        for number in 0..100_u32 {
            for (more, expected) in [
                ("", vec![number]),
                (r#","errorCode":"Denied","userAgent":"curl/8""#, vec![]),
                (r#","errorCode":"Denied","userAgent":"Boto3""#, vec![number]),
                // A name with a dot in it stands for the path.
                (r#","userIdentity.arn":"arn:aws:iam::1:user/no""#, vec![]),
            ] {
                let arn = format!("arn:aws:iam::1:user/{number}");
                let record = format!(r#"{{"userIdentity":{{"arn":"{arn}"}}{more}}}"#);
                with_record(&record, |record| {
                    matcher.matches(record, &Head::of(record), &mut hits);
                });
                let found: Vec<u32> = hits.iter().map(|hit| hit.rule).collect();
                assert_eq!(found, expected, "{record}");
            }
        }
    }
}

#[test]
fn rules_about_other_events_cost_an_event_nothing() {
    let asked = |rules: usize| {
        let files: Vec<_> = (0..rules)
            .map(|number| RuleFile {
                path: format!("{number:05}.yml"),
                text: format!(
                    "title: t\nlogsource: {{product: aws}}\ndetection:\n  s: {{eventSource: iam.amazonaws.com, eventName: Event{number}}}\n  e: {{errorCode|exists: true}}\n  condition: s and not e\n"
                ),
            })
            .collect();
        let (set, problems) = RuleSet::compile(&files, &Selection::default());
        assert_eq!(problems, []);
        assert!(set.index.always().rules().is_empty());
        let mut out = Vec::new();
        let (name, source) = (Some("EVENT7"), Some("iam.amazonaws.com"));
        set.index.candidates(name, source, &mut Vec::new(), &mut out);
        assert_eq!(out, [7]);
        out.clear();
        set.index.candidates(name, Some("s3.amazonaws.com"), &mut Vec::new(), &mut out);
        assert_eq!(out, [0; 0]);
        // The question about the error is one node, however many rules ask it.
        set.program.len()
    };
    let (few, many) = (asked(100), asked(1000));
    assert_eq!(many - few, 3 * 900, "one node for each name, selection and rule");
}
