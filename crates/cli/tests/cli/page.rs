//! What `investigate` and the listings look like on a terminal, and in which files they end up.

use std::path::Path;

use serde_json::Value;
use unicode_width::UnicodeWidthStr as _;

use crate::binary::{Ran, command, run};
use crate::material::{demo, folder, write};

const LOGS: &str = "crashcart-demo/AWSLogs";
const KEY: &str = "AKIARTX3GSDSVF24GLFA";

/// Runs it with a terminal of so many columns.
fn in_columns(folder: &Path, columns: &str, arguments: &[&str]) -> Ran {
    Ran::of(command(folder, arguments).env("COLUMNS", columns).output().expect("it runs"))
}

/// One argument of a command to paste cannot be broken without changing it.
fn is_one_argument(line: &str) -> bool {
    let argument = line.trim().trim_end_matches(" \\");
    argument.starts_with("--")
        && argument.split_once("='").is_some_and(|(_, value)| value.strip_suffix('\'').is_some())
}

#[test]
fn every_line_fits_the_terminal() {
    let folder = demo();
    let pages: [&[&str]; 7] = [
        &["investigate", LOGS, "--all"],
        &["detect", LOGS, "--all"],
        &["timeline", LOGS, "--errors"],
        &["stats", LOGS],
        &["search", KEY, "--in", LOGS],
        &["whois", KEY, LOGS],
        &["rules", "list"],
    ];
    for columns in ["80", "120"] {
        let width = columns.parse().expect("a number");
        for page in pages {
            let quiet = if page[0] == "rules" { page.to_vec() } else { [page, &["-q"]].concat() };
            let ran = in_columns(folder.path(), columns, &quiet);
            for line in ran.out(0).lines() {
                let fits = line.width() <= width || is_one_argument(line);
                assert!(fits, "{page:?} at {columns}: {line:?}");
            }
        }
    }
    // Without a terminal and without being told it is 80.
    let told = in_columns(folder.path(), "80", &["investigate", LOGS, "-q"]);
    assert_eq!(run(folder.path(), &["investigate", LOGS, "-q"]).stdout, told.stdout);
}

/// All texts that stand under a name, wherever in the document.
fn texts<'a>(document: &'a Value, name: &str, found: &mut Vec<&'a str>) {
    match document {
        Value::Object(members) => {
            for (member, value) in members {
                match value {
                    Value::String(text) if member == name => found.push(text),
                    Value::Array(items) if member == name => {
                        found.extend(items.iter().filter_map(Value::as_str));
                    }
                    _ => texts(value, name, found),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| texts(item, name, found)),
        _ => {}
    }
}

#[test]
fn no_id_is_ever_cut() {
    let folder = demo();
    let document = run(folder.path(), &["investigate", LOGS, "--json", "-q"]).json(0);
    let mut ids = Vec::new();
    for name in ["event_id", "access_keys"] {
        texts(&document, name, &mut ids);
    }
    ids.sort_unstable();
    ids.dedup();
    assert!(ids.len() > 50, "there is something to cut");
    for columns in ["60", "80", "120"] {
        let ran = in_columns(folder.path(), columns, &["investigate", LOGS, "-q", "--all"]);
        let page = ran.out(0);
        let shown = ids.iter().filter(|id| page.contains(**id)).count();
        assert!(shown > 30, "{shown} of {} ids are shown", ids.len());
        for id in &ids {
            // No line ends within an id: it is there whole, or its beginning is not there.
            let beginning = &id[..id.len() - 2];
            assert_eq!(page.matches(beginning).count(), page.matches(id).count(), "{id}");
        }
    }
}

#[test]
fn nothing_is_coloured_where_there_is_no_terminal_or_no_colour_is_wanted() {
    let folder = demo();
    for variables in [[("TERM", "xterm-256color"), ("CLICOLOR_FORCE", "1")], [("NO_COLOR", "1"); 2]]
    {
        for arguments in [&["investigate", LOGS][..], &["timeline", LOGS, "--errors"]] {
            let ran = command(folder.path(), arguments).envs(variables).output();
            let ran = Ran::of(ran.expect("it runs"));
            assert!(!ran.out(0).contains('\u{1b}'), "{variables:?} {arguments:?}");
            assert!(!ran.stderr.contains('\u{1b}'), "{variables:?} {arguments:?}");
        }
    }
}

#[test]
fn times_are_in_utc_unless_those_of_this_machine_are_asked_for() {
    let folder = demo();
    let event = ["--event", "iam:PutUserPolicy", "--key", KEY, "-q"];
    let shown = |more: &[&str]| {
        let arguments = [&["timeline", LOGS], &event[..], more].concat();
        let ran = command(folder.path(), &arguments).env("TZ", "Asia/Tokyo").output();
        Ran::of(ran.expect("it runs")).out(0).to_owned()
    };
    assert!(shown(&[]).starts_with("2026-05-04 02:21:16 "), "{}", shown(&[]));
    assert!(shown(&["--local"]).starts_with("2026-05-04 11:21:16 "), "{}", shown(&["--local"]));
    let csv = shown(&["--local", "--csv"]);
    assert!(csv.contains("\n2026-05-04T02:21:16Z,"), "machine formats stay in UTC: {csv}");
}

#[test]
fn the_document_is_valid_by_its_published_schema() {
    let schema = include_str!("../../../../schemas/crashcart.investigation-1.schema.json");
    let schema: Value = serde_json::from_str(schema).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let valid = |document: &Value| {
        let errors: Vec<_> =
            validator.iter_errors(document).map(|error| error.to_string()).collect();
        assert!(errors.is_empty(), "{errors:#?}");
    };
    let folder = demo();
    valid(&run(folder.path(), &["investigate", LOGS, "--json", "-q"]).json(0));
    write(folder.path(), "bad/broken.json", "{\"Records\": [{]}");
    valid(&run(folder.path(), &["investigate", "bad", "--json", "-q"]).json(4));
    write(folder.path(), "none/empty.json", "");
    valid(&run(folder.path(), &["investigate", "none", "--json", "-q"]).json(0));
    let pivot = ["investigate", LOGS, "--json", "-q", "--key", "AKIAIOSFODNN7EXAMPLE"];
    valid(&run(folder.path(), &pivot).json(0));
    if let Some(real) = crashcart_testkit::shared_data("story-invictus/CloudTrail") {
        let path = real.to_str().expect("UTF-8");
        valid(&run(folder.path(), &["investigate", path, "--json", "-q"]).json(0));
    }
}

#[test]
fn reports_are_written_beside_the_output_and_replace_what_was_there() {
    let folder = demo();
    write(folder.path(), "report.html", "an older one");
    let arguments =
        ["investigate", LOGS, "-q", "--html", "report.html", "--markdown", "report.md", "--json"];
    let ran = run(folder.path(), &arguments);
    assert_eq!(ran.json(0)["schema"], "crashcart.investigation/1");
    let read = |name| std::fs::read_to_string(folder.path().join(name)).expect("it was written");
    let (html, markdown) = (read("report.html"), read("report.md"));
    assert!(html.starts_with("<!DOCTYPE html>") && html.trim_end().ends_with("</html>"));
    assert!(!html.contains("an older one"));
    assert!(markdown.starts_with("# ") && markdown.contains("```mermaid"));
    for report in [&html, &markdown] {
        assert!(report.contains(KEY), "the leaked key is named");
    }
    let demo_s_own = read("crashcart-demo/report.html");
    assert_eq!(demo_s_own, html, "a demo is investigated like anything else");
}

#[test]
fn a_graph_is_written_in_the_language_that_its_name_asks_for() {
    let folder = demo();
    for (name, begins) in [("g.dot", "digraph crashcart {"), ("g.mmd", "graph LR")] {
        run(folder.path(), &["investigate", LOGS, "-q", "--graph", name]).out(0);
        let graph = std::fs::read_to_string(folder.path().join(name)).expect("it was written");
        assert!(graph.starts_with(begins), "{graph}");
        assert!(graph.contains(&format!("key {KEY}")) && graph.contains("sts:AssumeRole"));
        assert!(graph.contains("account 444455556666"), "the second account is in reach");
    }
    let ran = run(folder.path(), &["investigate", LOGS, "-q", "--graph", "g.png"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains(".dot"), "{}", ran.stderr);
}

#[test]
fn material_without_an_event_clears_nobody() {
    let folder = folder(&[("empty.json", "")]);
    let document = run(folder.path(), &["investigate", ".", "--json", "-q"]).json(0);
    assert_eq!(document["verdict"]["incident"], "undecided");
    assert_eq!(document["coverage"]["events"], 0);
    assert_eq!(document["coverage"]["first"], Value::Null);
}
