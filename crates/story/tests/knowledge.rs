//! The knowledge table beside TrailDiscover's labels: a second opinion, peculiar in places.

use std::collections::BTreeSet;
use std::io::Read as _;

use crashcart_story::knowledge::{DISCOVERY, discovery_technique, look_up, plain_name, service_of};
use crashcart_testkit::shared_data;
use serde_json::Value;

/// Tactics and parent techniques of one case, ours and theirs.
fn opinions(case: &Value) -> [(BTreeSet<String>, BTreeSet<String>); 2] {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let labels = |name: &str, part: usize| -> BTreeSet<String> {
        let list = case["expected"][name].as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter()
            .map(|label| text(label).split(" - ").nth(part).unwrap_or_default().to_owned())
            .collect()
    };
    let tactics = labels("tactics", 1)
        .into_iter()
        .map(|tactic| tactic.to_lowercase().replace(' ', "-"))
        .collect();
    let theirs = (tactics, labels("techniques", 0));
    let (source, name) = (text(&case["input"]["eventSource"]), text(&case["input"]["eventName"]));
    let (service, name) = (service_of(&source), plain_name(&name));
    let mut ours = (BTreeSet::new(), BTreeSet::new());
    let mut add = |tactic: &str, technique: &str| {
        ours.0.insert(tactic.to_owned());
        ours.1.insert(technique.split('.').next().unwrap_or_default().to_owned());
    };
    match look_up(service, name, "") {
        Some(call) => add(call.tactic(), call.technique()),
        None => {
            if let Some(technique) = discovery_technique(service, name) {
                add(DISCOVERY, technique);
            }
        }
    }
    [ours, theirs]
}

#[test]
fn three_of_four_calls_have_a_tactic_and_a_technique_that_traildiscover_names_too() {
    let Some(path) = shared_data("traildiscover/cases.dev.jsonl.gz") else { return };
    let mut text = String::new();
    let raw = std::fs::read(path).unwrap();
    flate2::read::MultiGzDecoder::new(raw.as_slice()).read_to_string(&mut text).unwrap();
    let (mut agreed, mut all, mut differ) = (0, 0, Vec::new());
    for line in text.lines() {
        let case: Value = serde_json::from_str(line).unwrap();
        let [ours, theirs] = opinions(&case);
        all += 1;
        if ours.0.is_disjoint(&theirs.0) || ours.1.is_disjoint(&theirs.1) {
            differ.push(format!(
                "{} {} ours {ours:?} theirs {theirs:?}",
                case["input"]["eventSource"], case["input"]["eventName"]
            ));
        } else {
            agreed += 1;
        }
    }
    println!("{agreed} of {all}; {}", differ.join("\n"));
    assert!(agreed * 4 >= all * 3, "{agreed} of {all}; these differ:\n{}", differ.join("\n"));
}
