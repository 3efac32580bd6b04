//! Arbitrary text as a rule file: compiled, checked and tried on records without a panic, what is
//! wrong is placed within the file, and the same text gives the same answer.

#![no_main]

use crashcart_fuzz::match_twice;
use crashcart_sigma::{RuleFile, RuleSet, Selection, check, rule_tests};

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let file = RuleFile { path: "rule.yml".to_owned(), text: text.to_owned() };
    let files = [file];
    let found = check(&files);
    // As YAML counts them; the end of a text without one counts as the next line.
    let lines = 2 + text.matches(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}']).count();
    for problem in &found {
        assert!(problem.line <= lines, "line {} of {lines}: {problem:?}", problem.line);
    }
    assert_eq!(
        format!("{found:?}"),
        format!("{:?}", check(&files)),
        "the same text, another answer"
    );
    if let Ok(tests) = rule_tests(&files[0]) {
        let events: Vec<String> = tests.iter().map(|test| test.event.to_string()).collect();
        let (rules, _) = RuleSet::compile(&files, &Selection::default());
        match_twice(&rules, events.iter().map(String::as_str));
    }
});
