//! What each construct of a Sigma rule means on a record.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails loudly")]

mod harness;

use crashcart_sigma::{Placeholders, Problem, RuleSet, Selection, Severity};
use harness::{detects, file, hits, rule};

/// Whether a selection of one item matches the record.
fn item(item: &str, record: &str) -> bool {
    detects(&format!("s:\n  {item}\ncondition: s"), record)
}

fn refused(detection: &str) -> Problem {
    let (set, problems) =
        RuleSet::compile(&[file("r.yml", &rule(detection))], &Selection::default());
    assert!(set.rules().is_empty(), "{detection}");
    let problem = problems.into_iter().find(|one| one.severity == Severity::Error);
    problem.unwrap_or_else(|| panic!("no error: {detection}"))
}

fn table(cases: &[(&str, &str, bool)]) {
    for (rule, record, expected) in cases {
        assert_eq!(item(rule, record), *expected, "{rule} on {record}");
    }
}

#[test]
fn a_text_matches_whatever_its_case_and_only_as_a_whole() {
    table(&[
        ("a: Root", r#"{"a":"root"}"#, true),
        ("a: Root", r#"{"a":"rooted"}"#, false),
        ("a: Root", r#"{"A":"root"}"#, false),
        ("a: Ärger", r#"{"a":"äRGER"}"#, true),
        ("a: Ärger", r#"{"a":"\u00c4rger"}"#, true),
        ("a: [x, Root]", r#"{"a":"ROOT"}"#, true),
        ("a|cased: Root", r#"{"a":"root"}"#, false),
        ("a|cased: Root", r#"{"a":"Root"}"#, true),
        ("a|contains|cased: oo", r#"{"a":"rOot"}"#, false),
    ]);
}

#[test]
fn wildcards_match_and_a_backslash_takes_their_meaning_away() {
    table(&[
        ("a: Get*", r#"{"a":"getUser"}"#, true),
        ("a: '*User'", r#"{"a":"getuser"}"#, true),
        ("a: G?t", r#"{"a":"get"}"#, true),
        ("a: G?t", r#"{"a":"geet"}"#, false),
        (r"a: 'x\*'", r#"{"a":"x*"}"#, true),
        (r"a: 'x\*'", r#"{"a":"xy"}"#, false),
        (r"a: 'x\\*'", r#"{"a":"x\\anything"}"#, true),
        (r"a: 'x\?'", r#"{"a":"x?"}"#, true),
        (r"a: 'C:\Windows'", r#"{"a":"c:\\windows"}"#, true),
        ("a: '*'", r#"{"a":""}"#, true),
        ("a: '*'", r#"{"a":null}"#, false),
        ("a: '*'", r#"{}"#, false),
    ]);
}

#[test]
fn contains_startswith_and_endswith_place_the_text() {
    table(&[
        ("a|contains: adm", r#"{"a":"SuperAdmin"}"#, true),
        ("a|startswith: super", r#"{"a":"SuperAdmin"}"#, true),
        ("a|startswith: admin", r#"{"a":"SuperAdmin"}"#, false),
        ("a|endswith: ADMIN", r#"{"a":"SuperAdmin"}"#, true),
        ("a|endswith: super", r#"{"a":"SuperAdmin"}"#, false),
        ("a|contains: 'a*n'", r#"{"a":"SuperAdmin!"}"#, true),
        ("a|contains|all: [sup, min]", r#"{"a":"SuperAdmin"}"#, true),
        ("a|contains|all: [sup, max]", r#"{"a":"SuperAdmin"}"#, false),
        ("a|contains: [max, min]", r#"{"a":"SuperAdmin"}"#, true),
        ("a|contains: 22", r#"{"a":"port 22"}"#, true),
    ]);
}

#[test]
fn null_is_absent_or_null_and_empty_is_empty() {
    table(&[
        ("a: null", r#"{}"#, true),
        ("a: null", r#"{"a":null}"#, true),
        ("a: null", r#"{"a":""}"#, false),
        ("a: null", r#"{"a":[]}"#, false),
        ("a: null", r#"{"a":["x",null]}"#, true),
        ("a.b: null", r#"{"a":{}}"#, true),
        ("a.b: null", r#"{"a":"text"}"#, true),
        ("a: ''", r#"{"a":""}"#, true),
        ("a: ''", r#"{"a":null}"#, false),
        ("a: ''", r#"{}"#, false),
        ("a: [null, x]", r#"{}"#, true),
        ("a: [null, x]", r#"{"a":"x"}"#, true),
        ("a: [null, x]", r#"{"a":"y"}"#, false),
    ]);
}

#[test]
fn exists_asks_for_a_value_that_is_not_null() {
    table(&[
        ("a|exists: true", r#"{"a":"x"}"#, true),
        ("a|exists: true", r#"{"a":""}"#, true),
        ("a|exists: true", r#"{"a":[]}"#, true),
        ("a|exists: true", r#"{"a":null}"#, false),
        ("a|exists: false", r#"{"a":null}"#, true),
        ("a|exists: false", r#"{}"#, true),
        ("a.b|exists: true", r#"{"a":{"b":false}}"#, true),
        ("a.b|exists: true", r#"{"a":"{\"b\":1}"}"#, true),
    ]);
}

#[test]
fn numbers_and_booleans_equal_their_texts() {
    table(&[
        ("a: 22", r#"{"a":22}"#, true),
        ("a: 22", r#"{"a":"22"}"#, true),
        ("a: '22'", r#"{"a":22}"#, true),
        ("a: 22", r#"{"a":22.0}"#, true),
        ("a: 22", r#"{"a":222}"#, false),
        ("a: 0.5", r#"{"a":5e-1}"#, true),
        ("a: 9007199254740993", r#"{"a":9007199254740992}"#, false),
        ("a: 22", r#"{"a":"nan"}"#, false),
        ("a: true", r#"{"a":true}"#, true),
        ("a: true", r#"{"a":"True"}"#, true),
        ("a: 'true'", r#"{"a":true}"#, true),
        ("a: false", r#"{"a":true}"#, false),
        ("a: false", r#"{}"#, false),
    ]);
}

#[test]
fn comparisons_take_numbers_and_numeric_texts() {
    table(&[
        ("a|gt: 5", r#"{"a":6}"#, true),
        ("a|gt: 5", r#"{"a":5}"#, false),
        ("a|gte: 5", r#"{"a":"5"}"#, true),
        ("a|lt: 5", r#"{"a":4.9}"#, true),
        ("a|lte: 5", r#"{"a":5.1}"#, false),
        ("a|lt: 5", r#"{"a":"four"}"#, false),
        ("a|lt: 5", r#"{}"#, false),
        ("a|lt: -1", r#"{"a":-2}"#, true),
    ]);
}

#[test]
fn neq_asks_for_a_field_that_is_there_and_differs() {
    table(&[
        ("a|neq: x", r#"{"a":"y"}"#, true),
        ("a|neq: x", r#"{"a":"X"}"#, false),
        ("a|neq: x", r#"{}"#, false),
        ("a|neq: x", r#"{"a":null}"#, false),
        ("a|neq: [x, y]", r#"{"a":"y"}"#, false),
        ("a|neq: [x, y]", r#"{"a":"z"}"#, true),
        ("a|neq: x", r#"{"a":["y","x"]}"#, false),
        ("a|contains|neq: x", r#"{"a":"axb"}"#, false),
        ("a|neq: 5", r#"{"a":6}"#, true),
    ]);
}

#[test]
fn an_array_matches_if_an_element_does() {
    table(&[
        ("a: x", r#"{"a":["y","X"]}"#, true),
        ("a: x", r#"{"a":[["x"]]}"#, true),
        ("a: x", r#"{"a":[]}"#, false),
        ("a|contains|all: [x, y]", r#"{"a":["x1","y2"]}"#, true),
        ("a.b: x", r#"{"a":[{"b":"y"},{"b":"x"}]}"#, true),
        ("a.b.c: x", r#"{"a":[{"b":[{"c":"x"}]}]}"#, true),
        ("a|gt: 5", r#"{"a":[1,9]}"#, true),
    ]);
}

#[test]
fn a_path_leads_through_objects_dotted_names_and_json_in_strings() {
    let policy = r#"{"p":{"policyDocument":"{\"Statement\":[{\"Effect\":\"Allow\",\"Action\":[\"s3:Get\",\"*\"],\"Principal\":{\"AWS\":\"*\"}}]}"}}"#;
    let encoded = r#"{"p":{"policyDocument":"%7B%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22%2A%22%7D%7D"}}"#;
    table(&[
        ("a.b.c: x", r#"{"a":{"b":{"c":"x"}}}"#, true),
        ("a.b.c: x", r#"{"a.b":{"c":"x"}}"#, true),
        ("a.b.c: x", r#"{"a":{"b.c":"x"}}"#, true),
        ("a.b.c: x", r#"{"a.b.c":"x"}"#, true),
        // Of a name that stands twice the first counts, and the whole name before its parts.
        ("p.a.b: x", r#"{"p":{"a":{"b":"x"},"a":{"b":"y"}}}"#, true),
        ("p.a.b: y", r#"{"p":{"a":{"b":"x"},"a":{"b":"y"}}}"#, false),
        ("p.a.b: y", r#"{"p":{"a":{"c":"x"},"a":{"b":"y"}}}"#, false),
        ("p.a.b: y", r#"{"p":{"a":{"b":"x"},"a.b":"y"}}"#, true),
        ("p.policyDocument.Statement.Effect: allow", policy, true),
        (r"p.policyDocument.Statement.Action: '\*'", policy, true),
        (r"p.policyDocument.Statement.Action: 's3:Get'", policy, true),
        ("p.policyDocument.Statement.Principal.AWS|contains: '*'", policy, true),
        ("p.policyDocument.Statement.Effect: deny", policy, false),
        ("p.policyDocument|contains: '\"Effect\":\"Allow\"'", policy, true),
        (r"p.policyDocument.Statement.Action: '\*'", encoded, true),
        (
            "p.policyDocument.Statement.Effect: allow",
            r#"{"p":{"policyDocument":"{broken"}}"#,
            false,
        ),
    ]);
}

#[test]
fn a_text_is_looked_for_inside_an_object_too() {
    let record = r#"{"requestParameters":{"VersioningConfiguration":{"Status":"Suspended"},"n":5,"q":"say \"hi\""}}"#;
    table(&[
        ("requestParameters|contains: suspended", record, true),
        ("requestParameters|contains: '\"Status\":\"Suspended\"'", record, true),
        ("requestParameters|contains: 'say \"hi\"'", record, true),
        ("requestParameters|re: 'Sus.*ed'", record, true),
        ("requestParameters: Suspended", record, false),
        ("requestParameters|contains: enabled", record, false),
        ("requestParameters: '*'", record, true),
    ]);
}

#[test]
fn regular_expressions_search_and_respect_case_unless_told() {
    table(&[
        (r"a|re: '^arn:.+:root$'", r#"{"a":"arn:aws:iam::1:root"}"#, true),
        ("a|re: oo", r#"{"a":"root"}"#, true),
        ("a|re: ROOT", r#"{"a":"root"}"#, false),
        ("a|re|i: ROOT", r#"{"a":"root"}"#, true),
        ("a|re: a.b", r#"{"a":"a\nb"}"#, false),
        ("a|re|s: a.b", r#"{"a":"a\nb"}"#, true),
        ("a|re: ^b", r#"{"a":"a\nb"}"#, false),
        ("a|re|m: ^b", r#"{"a":"a\nb"}"#, true),
        (r"a|re: 'x\*'", r#"{"a":"x*"}"#, true),
        ("a|re|neq: oo", r#"{"a":"root"}"#, false),
        ("a|re: '^5'", r#"{"a":55}"#, true),
    ]);
    let problem = refused("s:\n  a|re: '(?=x)'\ncondition: s");
    assert!(problem.message.contains("regular expression"), "{problem:?}");
    assert_eq!((problem.line, problem.column), (6, 6), "{problem:?}");
}

#[test]
fn cidr_takes_addresses_of_both_families_and_no_names() {
    table(&[
        ("a|cidr: 198.51.100.0/24", r#"{"a":"198.51.100.7"}"#, true),
        ("a|cidr: 198.51.100.0/24", r#"{"a":"198.51.101.7"}"#, false),
        ("a|cidr: [10.0.0.0/8, '2001:db8::/32']", r#"{"a":"2001:db8::1"}"#, true),
        ("a|cidr: 0.0.0.0/0", r#"{"a":"s3.amazonaws.com"}"#, false),
        ("a|cidr: 192.0.2.1", r#"{"a":"192.0.2.1"}"#, true),
    ]);
    assert!(refused("s:\n  a|cidr: 10.0.0.0/99\ncondition: s").message.contains("network"));
}

#[test]
fn encodings_find_what_an_attacker_encoded() {
    table(&[
        ("a|base64: foobar", r#"{"a":"Zm9vYmFy"}"#, true),
        ("a|base64|contains: foobar", r#"{"a":"run Zm9vYmFy now"}"#, true),
        // "xxfoobar" and "xfoobar" in base64.
        ("a|base64offset|contains: foobar", r#"{"a":"eHhmb29iYXI="}"#, true),
        ("a|base64offset|contains: foobar", r#"{"a":"eGZvb2Jhcg=="}"#, true),
        // "IEX" in UTF-16LE, then base64.
        ("a|wide|base64|contains: IEX", r#"{"a":"SQBFAFgA"}"#, true),
        ("a|utf16le|base64: IEX", r#"{"a":"SQBFAFgA"}"#, true),
        ("a|utf16be|base64: IEX", r#"{"a":"AEkARQBY"}"#, true),
        ("a|utf16|base64: IEX", r#"{"a":"//5JAEUAWAA="}"#, true),
        ("a|wide: IEX", r#"{"a":"I\u0000E\u0000X\u0000"}"#, true),
        ("a|windash|contains: ' -enc'", r#"{"a":"run /enc x"}"#, true),
        ("a|windash|contains: ' -enc'", r#"{"a":"run \u2013enc x"}"#, true),
        ("a|windash|contains: ' -enc'", r#"{"a":"run +enc x"}"#, false),
    ]);
    assert!(refused("s:\n  a|base64: 'x*'\ncondition: s").message.contains("wildcards"));
}

#[test]
fn fieldref_compares_two_fields_of_the_record() {
    table(&[
        ("a|fieldref: b", r#"{"a":"X","b":"x"}"#, true),
        ("a|fieldref: b", r#"{"a":"X","b":"y"}"#, false),
        ("a|fieldref: b", r#"{}"#, false),
        ("a|fieldref: b", r#"{"a":null,"b":null}"#, false),
        ("a|fieldref: b.c", r#"{"a":["p","q"],"b":{"c":["q"]}}"#, true),
        ("a|fieldref|endswith: b", r#"{"a":"user/eve","b":"EVE"}"#, true),
        ("a|fieldref|startswith: b", r#"{"a":"eve/user","b":"eve"}"#, true),
        ("a|fieldref|contains: b", r#"{"a":"the eve","b":"ee"}"#, false),
        ("a|cased|fieldref: b", r#"{"a":"X","b":"x"}"#, false),
        ("a|fieldref: b", r#"{"a":5,"b":"5"}"#, true),
        ("a|fieldref|neq: b", r#"{"a":"x","b":"y"}"#, true),
    ]);
}

#[test]
fn parts_of_a_time_are_compared_in_utc() {
    let record = r#"{"t":"2024-12-30T23:05:00+02:00"}"#;
    table(&[
        ("t|hour: 21", record, true),
        ("t|minute: 5", record, true),
        ("t|day: 30", record, true),
        ("t|week: 1", record, true),
        ("t|month: 12", record, true),
        ("t|year: 2024", record, true),
        ("t|hour|gte: 22", record, false),
        ("t|hour: 21", r#"{"t":"yesterday"}"#, false),
    ]);
}

#[test]
fn placeholders_are_expanded_from_values_given_beside_the_rule() {
    let text = rule("s:\n  a|expand: 'user/%admins%'\ncondition: s");
    let files = [file("r.yml", &text)];
    let given = Placeholders::from([("admins".to_owned(), vec!["eve".into(), "bob".into()])]);
    let (set, problems) = RuleSet::compile_with(&files, &Selection::default(), &given);
    assert_eq!(problems, []);
    assert_eq!(hits(&set, r#"{"a":"user/bob"}"#), 1);
    assert_eq!(hits(&set, r#"{"a":"user/%admins%"}"#), 0);

    let problem = refused("s:\n  a|expand: 'user/%admins%'\ncondition: s");
    assert!(problem.message.contains("%admins%"), "{problem:?}");
    assert_eq!((problem.line, problem.column), (6, 21), "{problem:?}");
}

#[test]
fn keywords_are_looked_for_in_every_value() {
    let eve = r#"{"a":{"b":["x","by EVE at"]},"n":4711}"#;
    for (detection, expected) in [
        ("k: [eve]\ncondition: k", true),
        ("k: eve\ncondition: k", true),
        ("k: [mallory, eve]\ncondition: k", true),
        ("k: ['e?e']\ncondition: k", true),
        ("k: ['by*at']\ncondition: k", true),
        ("k: [4711]\ncondition: k", true),
        ("k: [mallory]\ncondition: k", false),
        ("k: [b]\ncondition: k", true), // the b of "by", not the name of the field
        ("k: [q]\ncondition: k", false),
        ("k:\n  '|all': [eve, 4711]\ncondition: k", true),
        ("k:\n  '|all': [eve, mallory]\ncondition: k", false),
        ("k:\n  '|re': ['^by']\ncondition: k", true),
    ] {
        assert_eq!(detects(detection, eve), expected, "{detection}");
    }
}

#[test]
fn conditions_join_selections() {
    let selections = "a:\n  x: 1\nb:\n  y: 1\nf_1:\n  z: 1\n_h:\n  h: 1\n";
    for (condition, record, expected) in [
        ("a and b", r#"{"x":1,"y":1}"#, true),
        ("a and b", r#"{"x":1}"#, false),
        ("a or b", r#"{"y":1}"#, true),
        ("a and not b", r#"{"x":1,"y":1}"#, false),
        ("not a", r#"{}"#, true),
        ("a or b and f_1", r#"{"x":1}"#, true),
        ("(a or b) and f_1", r#"{"x":1}"#, false),
        ("not (a or b)", r#"{"z":1}"#, true),
        ("1 of f_*", r#"{"z":1}"#, true),
        ("any of f_*", r#"{"z":1}"#, true),
        ("1 of them", r#"{"y":1}"#, true),
        // A name that begins with an underscore is not one of them.
        ("1 of them", r#"{"h":1}"#, false),
        ("all of them", r#"{"x":1,"y":1,"z":1}"#, true),
        ("all of them", r#"{"x":1,"y":1}"#, false),
        ("2 of them", r#"{"x":1,"z":1}"#, true),
        ("2 of them", r#"{"x":1}"#, false),
        ("a and not 1 of f_*", r#"{"x":1,"z":1}"#, false),
        ("_h", r#"{"h":1}"#, true),
    ] {
        let detection = format!("{selections}condition: {condition}");
        assert_eq!(detects(&detection, record), expected, "{condition} on {record}");
    }
}

#[test]
fn several_conditions_are_alternatives() {
    let detection = "a:\n  x: 1\nb:\n  y: 1\ncondition: [a, b]";
    assert!(detects(detection, r#"{"x":1}"#));
    assert!(detects(detection, r#"{"y":1}"#));
    assert!(!detects(detection, r#"{"z":1}"#));
}

#[test]
fn a_list_of_mappings_is_a_list_of_alternatives() {
    let detection = "s:\n  - a: 1\n    b: 1\n  - c: 1\ncondition: s";
    assert!(detects(detection, r#"{"a":1,"b":1}"#));
    assert!(detects(detection, r#"{"c":1}"#));
    assert!(!detects(detection, r#"{"a":1}"#));
}

#[test]
fn elements_of_an_array_are_asked_together_in_version_3() {
    let text = |quantifier: &str| {
        rule(&format!(
            "s:\n  items[{quantifier}]:\n    from: 22\n    cidr: 0.0.0.0/0\ncondition: s"
        ))
        .replace("title: t", "title: t\nsigma-version: 3")
    };
    let one = r#"{"items":[{"from":22,"cidr":"10.0.0.0/8"},{"from":80,"cidr":"0.0.0.0/0"}]}"#;
    let both = r#"{"items":[{"from":22,"cidr":"0.0.0.0/0"}]}"#;
    for (quantifier, record, expected) in [
        ("any", one, 0),
        ("any", both, 1),
        ("all", both, 1),
        ("all", r#"{"items":[]}"#, 0),
        ("all_or_empty", r#"{"items":[]}"#, 1),
        ("none", one, 1),
        ("none", both, 0),
    ] {
        let (set, problems) =
            RuleSet::compile(&[file("r.yml", &text(quantifier))], &Selection::default());
        assert_eq!(problems, []);
        assert_eq!(hits(&set, record), expected, "{quantifier} on {record}");
    }
    let place = rule("s:\n  items[0].from: 22\ncondition: s")
        .replace("title: t", "title: t\nsigma-version: 3");
    let (set, problems) = RuleSet::compile(&[file("r.yml", &place)], &Selection::default());
    assert!(set.rules().is_empty());
    assert!(problems[0].message.contains("not supported"), "{problems:?}");
}

#[test]
fn elements_are_asked_together_inside_a_policy_that_is_a_string_too() {
    let text = rule(
        "s:\n  policy.Statement[any]:\n    Effect: Allow\n    Principal: '\\*'\n    Condition|exists: false\ncondition: s",
    )
    .replace("title: t", "title: t\nsigma-version: 3");
    let (set, problems) = RuleSet::compile(&[file("r.yml", &text)], &Selection::default());
    assert_eq!(problems, []);
    let record = |statements: &str| {
        let policy = format!(r#"{{"Statement":{statements}}}"#);
        serde_json::json!({ "policy": policy }).to_string()
    };
    let open = r#"{"Effect":"Allow","Principal":"*"}"#;
    let limited = r#"{"Effect":"Allow","Principal":"*","Condition":{"Bool":{"a":"b"}}}"#;
    let denied = r#"{"Effect":"Deny","Principal":"*"}"#;
    assert_eq!(hits(&set, &record(&format!("[{limited},{open}]"))), 1);
    assert_eq!(hits(&set, &record(open)), 1);
    assert_eq!(hits(&set, &record(&format!("[{limited},{denied}]"))), 0);
}

#[test]
fn a_reference_inside_an_element_reaches_the_record_around_it() {
    let text = rule(
        "s:\n  resources[any]:\n    type: Bucket\n    owner|fieldref|neq: caller\ncondition: s",
    )
    .replace("title: t", "title: t\nsigma-version: 3");
    let (set, problems) = RuleSet::compile(&[file("r.yml", &text)], &Selection::default());
    assert_eq!(problems, []);
    let own = r#"{"type":"Bucket","owner":"1"}"#;
    let foreign = r#"{"type":"Bucket","owner":"2"}"#;
    let record = |elements: &str| format!(r#"{{"caller":"1","resources":[{elements}]}}"#);
    assert_eq!(hits(&set, &record(&format!("{own},{foreign}"))), 1);
    assert_eq!(hits(&set, &record(&format!(r#"{own},{{"type":"Object"}}"#))), 0);
    assert_eq!(hits(&set, &record(r#"{"type":"Bucket","owner":"2","caller":"2"}"#)), 0);
}

#[test]
fn one_text_in_a_list_is_held_against_the_record_around_it() {
    let text = rule(
        "s:\n  policy.Statement[any]:\n    Effect: Allow\n    Principal.AWS[any]:\n      '|re': '\\d{3}'\n      '|fieldref|contains|neq': [account, recipient]\ncondition: s",
    )
    .replace("title: t", "title: t\nsigma-version: 3");
    let (set, problems) = RuleSet::compile(&[file("r.yml", &text)], &Selection::default());
    assert_eq!(problems, []);
    let record = |effect: &str, who: &str| {
        let policy =
            format!(r#"{{"Statement":[{{"Effect":"{effect}","Principal":{{"AWS":{who}}}}}]}}"#);
        serde_json::json!({"account": "111", "policy": policy}).to_string()
    };
    assert_eq!(hits(&set, &record("Allow", r#"["arn:111:a","arn:222:b"]"#)), 1);
    assert_eq!(hits(&set, &record("Allow", r#""arn:222:b""#)), 1);
    assert_eq!(hits(&set, &record("Allow", r#"["arn:111:a","arn:111:b"]"#)), 0);
    assert_eq!(hits(&set, &record("Allow", r#"["arn:111:a","service"]"#)), 0);
    assert_eq!(hits(&set, &record("Deny", r#"["arn:111:a","arn:222:b"]"#)), 0);
}

#[test]
fn what_cannot_be_answered_is_refused_with_a_place() {
    for (detection, words, line) in [
        ("s:\n  a|gt: many\ncondition: s", "not a number", 6),
        ("s:\n  a: []\ncondition: s", "empty", 6),
        ("s: {}\ncondition: s", "empty", 1),
        ("s:\n  a|exists: maybe\ncondition: s", "true or false", 6),
        ("s:\n  a: 1\ncondition: s and t", "\"t\"", 7),
        ("s:\n  a: 1\ncondition: 1 of x*", "x*", 7),
        ("s:\n  a|contains|re: x\ncondition: s", "do not go together", 6),
        ("s:\n  a: 1\ncondition: s | count() > 5", "cannot be read", 7),
        ("s:\n  a|sounds: x\ncondition: s", "unknown modifier", 6),
    ] {
        let problem = refused(detection);
        assert!(problem.message.contains(words), "{problem:?}");
        assert_eq!(problem.line, line, "{problem:?}");
    }
}
