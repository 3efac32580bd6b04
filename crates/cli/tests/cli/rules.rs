//! `rules check` and `rules list`.

use std::collections::BTreeSet;

use crate::binary::run;
use crate::material::folder;

const GOOD: &str = "title: Good\nid: 22222222-2222-4222-8222-222222222222\nstatus: test\n\
    description: A user was made.\nauthor: us\ndate: 2026-05-04\n\
    tags:\n  - attack.persistence\n  - attack.t1136.003\n\
    logsource:\n  product: aws\n  service: cloudtrail\n\
    detection:\n  made:\n    eventName: CreateUser\n  condition: made\nlevel: medium\n";

#[test]
fn a_rule_that_is_right_is_not_spoken_of() {
    let folder = folder(&[("good.yml", GOOD)]);
    let ran = run(folder.path(), &["rules", "check", "good.yml"]);
    assert_eq!(ran.shown(), "exit 0\n--- stdout\n0 errors, 0 warnings\n--- stderr\n");
}

#[test]
fn what_is_wrong_is_told_with_file_line_column_and_hint() {
    let misnamed = GOOD.replace("condition: made", "condition: maid").replace("222-2", "222-3");
    let unended = GOOD.replace("condition: made", "condition: made and");
    let modified = GOOD.replace("eventName:", "eventName|sounds_like:");
    let folder = folder(&[
        ("rules/deep/misnamed.yml", &misnamed),
        ("rules/unended.yml", &unended),
        ("rules/modified.yaml", &modified),
        ("rules/good.yml", GOOD),
        ("rules/notes.txt", "no rule"),
    ]);
    let ran = run(folder.path(), &["rules", "check", "rules"]);
    let lines: Vec<&str> = ran.out(2).lines().collect();
    // Counted in the text above: `condition` is on line 16 and its value begins in column 14; the
    // modifier follows `eventName` on line 15, from column 14 on.
    for place in [
        "rules/deep/misnamed.yml:16:14: error: ",
        "rules/modified.yaml:15:14: error: ",
        "rules/unended.yml:16:",
    ] {
        let at = lines.iter().position(|line| line.starts_with(place));
        let at = at.unwrap_or_else(|| panic!("{place} is not in {}", ran.shown()));
        assert!(lines[at + 1].starts_with("  hint: "), "{}", ran.shown());
    }
    assert!(lines.iter().any(|line| line.contains("\"maid\"")), "{}", ran.shown());
    assert!(lines.iter().any(|line| line.contains("sounds_like")), "{}", ran.shown());
    assert!(lines.last().is_some_and(|line| line.starts_with("3 errors, ")), "{}", ran.shown());
    assert!(!ran.stdout.contains("good.yml") && !ran.stdout.contains("notes.txt"));
    let document = run(folder.path(), &["rules", "check", "rules", "--json"]).json(2);
    let errors = document.as_array().expect("an array").iter();
    let errors: Vec<_> = errors.filter(|problem| problem["severity"] == "error").collect();
    assert_eq!(errors.len(), 3);
    assert_eq!(errors[0]["path"], "rules/deep/misnamed.yml");
    assert_eq!((&errors[0]["line"], &errors[0]["column"]), (&16.into(), &14.into()));
}

#[test]
fn warnings_alone_end_with_0() {
    let unused = GOOD.replace("  condition:", "  other:\n    eventName: DeleteUser\n  condition:");
    let folder = folder(&[("unused.yml", &unused)]);
    let ran = run(folder.path(), &["rules", "check", "unused.yml"]);
    assert!(ran.out(0).starts_with("unused.yml:16:3: warning: "), "{}", ran.shown());
    assert!(
        ran.stdout.contains("\"other\"") && ran.stdout.contains("\n  hint: "),
        "{}",
        ran.shown()
    );
}

#[test]
fn the_list_has_every_rule_of_the_pack_worst_first() {
    let pack = concat!(env!("CARGO_MANIFEST_DIR"), "/../../rules/aws");
    let files: BTreeSet<String> = std::fs::read_dir(pack)
        .expect("the pack")
        .filter_map(|entry| {
            Some(entry.ok()?.file_name().to_str()?.strip_suffix(".yml")?.to_owned())
        })
        .collect();
    assert!(files.len() >= 60);
    let folder = folder(&[]);
    let listed = run(folder.path(), &["rules", "list", "--json"]).json(0);
    let rules = listed.as_array().expect("an array");
    let names: BTreeSet<String> =
        rules.iter().map(|rule| rule["name"].as_str().expect("a name").to_owned()).collect();
    assert!(names.is_subset(&files), "a rule's name is its file's");
    let hidden = files.difference(&names).count();
    assert!(hidden * 10 < files.len(), "{hidden} are taken in by correlations");
    let ids: BTreeSet<&str> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    assert_eq!(ids.len(), rules.len(), "every rule has an id of its own");
    let order = ["critical", "high", "medium", "low", "informational"];
    let levels: Vec<usize> = rules
        .iter()
        .map(|rule| order.iter().position(|level| rule["level"] == *level).expect("a level"))
        .collect();
    assert!(levels.is_sorted());
    let text = run(folder.path(), &["rules", "list"]);
    assert!(text.out(0).ends_with(&format!("\n{} rules\n", rules.len())), "the last line counts");
    let critical = run(folder.path(), &["rules", "list", "--json", "--min-level", "critical"]);
    let expected = levels.iter().filter(|level| **level == 0).count();
    assert_eq!(critical.json(0).as_array().map(Vec::len), Some(expected));
}

#[test]
fn the_list_is_of_the_rules_that_would_be_used() {
    let folder = folder(&[("good.yml", GOOD)]);
    let list = |more: &[&str]| {
        let arguments = [&["rules", "list", "--rules", "good.yml", "--no-pack"], more].concat();
        run(folder.path(), &arguments)
    };
    assert!(list(&[]).out(0).ends_with("\n1 rule\n"), "{}", list(&[]).shown());
    assert!(list(&["--tag", "attack.t1136"]).out(0).contains("Good"), "with sub-techniques");
    let none = list(&["--exclude", "good"]);
    assert_eq!((none.code, none.stdout.as_str()), (Some(2), ""), "{}", none.shown());
}
