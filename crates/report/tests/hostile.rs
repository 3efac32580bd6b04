//! Every trick in every field and every output: what an attacker writes into a log is shown, and
//! does nothing.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod sample;

use std::collections::BTreeMap;

use crashcart_model::{Event, EvidenceId, Investigation, Level, LogText, Origin, Outcome};
use crashcart_report::{
    Dot, Html, Json, Markdown, Mermaid, Row, RowFormat, RowWriter, Text, Zone, escape,
    findings_text,
};
use crashcart_testkit::HOSTILE;

/// The shared tricks and a few that aim at this crate's own forms.
fn tricks() -> Vec<String> {
    let ours = [
        "\nINCIDENT  no\n\nNO INCIDENT",
        "\n# heading\n\n- item\n```\n</pre></style></script>",
        "'\" onmouseover='alert(1)' style=\"x",
        "<!-- --><![CDATA[ ]]>&amp;&lt;script&gt;",
        "| a | b |\n| --- | --- |",
        "n1 --> n2[\"x\"]\nclick n1 \"javascript:alert(1)\"",
        "\u{feff}\u{2066}\u{e0041}\u{301}\u{fe0f}\u{61c}",
        "＝1+1",
        "- x",
        "1. x",
        "https://evil www.evil.example nina@evil.example @team #1",
    ];
    let mut tricks: Vec<String> = HOSTILE.iter().chain(&ours).map(ToString::to_string).collect();
    tricks.extend(HOSTILE.iter().map(|trick| format!("plain {trick} end")));
    tricks.push("x".repeat(5_000));
    tricks
}

/// Whether a line would leave a terminal as it found it.
fn is_harmless(line: &str) -> bool {
    escape::terminal(line) == line
}

fn assert_harmless_lines(text: &str, trick: &str) {
    for line in text.split('\n') {
        assert!(is_harmless(line), "{trick:?} survives in {line:?}");
        assert!(!line.starts_with("INCIDENT  no") && !line.starts_with("NO INCIDENT"), "{line:?}");
    }
}

#[test]
fn in_text_nothing_moves_the_cursor_hides_or_forges_a_line() {
    for trick in tricks() {
        let hostile = sample::filled_with(&trick, &[]);
        assert_harmless_lines(&sample::written(&Text::default(), &hostile), &trick);
        let mut out = Vec::new();
        findings_text(&hostile.findings, &hostile.coverage, &Text::default(), &mut out)
            .expect("a Vec");
        assert_harmless_lines(&String::from_utf8(out).expect("UTF-8"), &trick);
    }
}

#[test]
fn in_coloured_text_the_only_control_sequences_are_our_own_colours() {
    let coloured = Text { colour: true, ..Text::default() };
    for trick in tricks() {
        let hostile = sample::filled_with(&trick, &[]);
        let mut text = sample::written(&coloured, &hostile);
        for code in ["0", "1", "2", "1;31", "33", "32"] {
            text = text.replace(&format!("\u{1b}[{code}m"), "");
        }
        assert_eq!(text, sample::written(&Text::default(), &hostile), "{trick:?}");
    }
}

/// The tags of a page with their attributes' names, in order, and its text nodes.
fn skeleton(page: &str) -> (Vec<String>, Vec<&str>) {
    let (mut tags, mut texts) = (Vec::new(), Vec::new());
    let (head, body) = page.split_once("</style>").expect("a style");
    assert!(head.contains("Content-Security-Policy"));
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("every tag ends");
        let values: Vec<&str> = tag.split('"').collect();
        assert!(values.len() % 2 == 1, "quotes do not pair in <{tag}>");
        let names: String = values.iter().step_by(2).copied().collect();
        if names != "wbr" {
            tags.push(names);
        }
        texts.push(text);
        texts.extend(values.into_iter().skip(1).step_by(2));
    }
    (tags, texts)
}

#[test]
fn in_html_hostile_text_adds_no_tag_and_no_attribute() {
    let (harmless, _) = skeleton_of(&sample::filled_with("x", &["command"]));
    for trick in tricks() {
        let (tags, page) = skeleton_of(&sample::filled_with(&trick, &["command"]));
        assert_eq!(tags, harmless, "{trick:?}");
        let (_, texts) = skeleton(&page);
        for text in texts {
            assert!(is_harmless(&text.replace('\n', "")), "{trick:?} survives in {text:?}");
            assert!(!text.contains(['"', '\'', '`', '>']), "{trick:?} survives in {text:?}");
            let known = ["amp;", "lt;", "gt;", "quot;", "#39;", "#96;"];
            for entity in text.split('&').skip(1) {
                assert!(known.iter().any(|name| entity.starts_with(name)), "{text:?}");
            }
        }
    }
}

fn skeleton_of(investigation: &Investigation) -> (Vec<String>, String) {
    let page = sample::written(&Html, investigation);
    (skeleton(&page).0, page)
}

/// How often each sign that means something stands unescaped, and how many lines there are.
fn signs(markdown: &str) -> BTreeMap<char, usize> {
    let mut signs = BTreeMap::new();
    let mut characters = markdown.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => drop(characters.next()),
            '`' | '*' | '_' | '[' | ']' | '<' | '>' | '#' | '|' | '!' | '~' | '$' | '@' | '\n'
            | '{' | '}' => *signs.entry(character).or_default() += 1,
            _ => {}
        }
    }
    signs
}

/// The report without its graph, and the graph.
fn parts(markdown: &str) -> (String, &str) {
    let (before, rest) = markdown.split_once("```mermaid\n").expect("a graph");
    let (graph, after) = rest.split_once("```\n").expect("the graph ends");
    (format!("{before}{after}"), graph)
}

#[test]
fn in_markdown_hostile_text_adds_no_link_code_heading_cell_or_line() {
    let kept = ["command", "actor", "principal", "target"];
    let harmless = sample::written(&Markdown, &sample::filled_with("x", &kept));
    for trick in tricks() {
        let markdown = sample::written(&Markdown, &sample::filled_with(&trick, &kept));
        assert_eq!(signs(&parts(&markdown).0), signs(&parts(&harmless).0), "{trick:?}");
        for line in markdown.split('\n') {
            assert!(is_harmless(line), "{trick:?} survives in {line:?}");
            assert!(!line.contains("http://") && !line.contains("https://"), "{line:?}");
            let entry = line.trim_start().strip_prefix("- ").unwrap_or_default();
            assert!(!entry.starts_with(['-', '+', '=']), "{line:?}");
            assert!(!entry.starts_with("1. "), "{line:?}");
        }
    }
}

fn assert_mermaid(graph: &str, trick: &str) {
    let mut lines = graph.lines();
    assert_eq!(lines.next(), Some("graph LR"));
    for line in lines {
        let quoted: Vec<&str> = line.split('"').collect();
        let [before, label, after] = quoted.as_slice() else {
            panic!("{trick:?} breaks out in {line:?}")
        };
        let is_node = before.starts_with("  n") && before.ends_with('[') && *after == "]";
        let is_edge = before.ends_with("->|") && after.starts_with("| n");
        assert!(is_node || is_edge, "{line:?}");
        assert!(is_harmless(label) && !label.contains(['<', '>', '`', '[', ']', '%']), "{line:?}");
    }
}

#[test]
fn in_mermaid_every_label_stays_within_its_quotes() {
    for trick in tricks() {
        let hostile = sample::filled_with(&trick, &["command"]);
        let markdown = sample::written(&Markdown, &hostile);
        let (rest, graph) = parts(&markdown);
        assert!(!rest.contains("<script"), "{trick:?}");
        assert_mermaid(graph, &trick);
        assert_mermaid(&sample::written(&Mermaid, &hostile), &trick);
    }
}

#[test]
fn in_dot_every_label_stays_within_its_quotes() {
    for trick in tricks() {
        let dot = sample::written(&Dot, &sample::filled_with(&trick, &["command"]));
        let lines: Vec<&str> = dot.lines().collect();
        let ["digraph crashcart {", _, _, statements @ .., "}"] = lines.as_slice() else {
            panic!("{trick:?} breaks out of {dot}")
        };
        for line in statements {
            let quoted: Vec<&str> = line.split('"').collect();
            let [before, label, after] = quoted.as_slice() else {
                panic!("{trick:?} breaks out in {line:?}")
            };
            assert!(before.starts_with("  n") && before.ends_with("[label="), "{line:?}");
            assert!(after.starts_with(", s") && after.ends_with("];"), "{line:?}");
            assert!(is_harmless(label) && !label.contains(['<', '>', '\\']), "{line:?}");
        }
    }
}

#[test]
fn a_command_that_would_not_paste_as_it_looks_is_not_shown_in_any_output() {
    let with = |command: &str| {
        let mut investigation = sample::investigation();
        investigation.containment.truncate(1);
        investigation.containment[0].command = Some(LogText::from(command));
        [
            sample::written(&Text::default(), &investigation),
            sample::written(&Html, &investigation),
            sample::written(&Markdown, &investigation),
        ]
    };
    for text in with("aws iam delete-user --user-name 'a\nreboot'") {
        assert!(!text.contains("delete-user"), "{text}");
        assert!(text.contains("cannot be shown"), "{text}");
    }
    let [text, html, markdown] = with("aws iam delete-user --user-name 'a```b<script>'");
    assert!(text.contains("aws iam delete-user --user-name 'a```b<script>'"));
    assert!(html.contains("&#39;a&#96;&#96;&#96;b&lt;script&gt;&#39;"));
    assert!(
        markdown.contains("  ````sh\n  aws iam delete-user --user-name 'a```b<script>'\n  ````\n")
    );
}

#[test]
fn json_parses_back_to_exactly_what_was_logged() {
    for trick in tricks() {
        let hostile = sample::filled_with(&trick, &[]);
        for pretty in [false, true] {
            let text = sample::written(&Json { pretty }, &hostile);
            assert_harmless_lines(&text, &trick);
            let back: Investigation = serde_json::from_str(&text).expect("JSON");
            assert_eq!(back, hostile);
        }
    }
}

fn hostile_event(trick: &str) -> Event {
    let text = || LogText::from(trick);
    Event {
        time: None,
        source: text(),
        name: text(),
        region: text(),
        account: text(),
        principal: text(),
        access_key: text(),
        address: text(),
        user_agent: text(),
        outcome: Outcome::Denied,
        error: text(),
        origin: Origin {
            evidence: EvidenceId::new("00ff", Some(trick)),
            record: 7,
            event_id: Some(text()),
        },
    }
}

/// Two rows of one hostile event.
fn rows(format: RowFormat, trick: &str) -> String {
    let event = hostile_event(trick);
    let mut writer = RowWriter::new(format, 80, Zone::Utc, false, Vec::new());
    for _ in 0..2 {
        let finding = Some((trick, trick, trick, Level::High));
        writer.row(&Row { event: &event, finding, local_path: Some(trick) }).expect("a Vec");
    }
    String::from_utf8(writer.finish().expect("a Vec")).expect("UTF-8")
}

#[test]
fn in_rows_of_text_nothing_survives() {
    for trick in tricks() {
        assert_harmless_lines(&rows(RowFormat::Text, &trick), &trick);
    }
}

#[test]
fn in_csv_no_cell_starts_a_formula_and_no_row_is_forged() {
    for trick in tricks() {
        let text = rows(RowFormat::Csv, &trick);
        assert_harmless_lines(&text, &trick);
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        assert_eq!(reader.headers().expect("a header").len(), 19);
        let records: Vec<_> = reader.records().map(|record| record.expect("19 cells")).collect();
        assert_eq!(records.len(), 2, "{trick:?}");
        for cell in records.iter().flatten() {
            let starts = ['=', '+', '-', '@', '\t', '\r', '＝'];
            assert!(
                !cell.trim_start().starts_with(starts),
                "{trick:?} starts a formula in {cell:?}"
            );
        }
    }
}

#[test]
fn in_json_rows_and_timesketch_every_field_parses_back() {
    for trick in tricks() {
        let expected = serde_json::to_value(hostile_event(&trick)).expect("JSON");
        let array = rows(RowFormat::Json, &trick);
        let lines = rows(RowFormat::JsonLines, &trick);
        let timesketch = rows(RowFormat::Timesketch, &trick);
        for text in [&array, &lines, &timesketch] {
            assert_harmless_lines(text, &trick);
        }
        let mut objects: Vec<serde_json::Value> = serde_json::from_str(&array).expect("an array");
        for line in lines.lines().chain(timesketch.lines()) {
            objects.push(serde_json::from_str(line).expect("an object a line"));
        }
        assert_eq!(objects.len(), 6);
        for object in &objects {
            for (name, value) in expected.as_object().expect("an event") {
                assert_eq!(object.get(name), Some(value), "{name} of {trick:?}");
            }
        }
        for line in timesketch.lines() {
            let object: serde_json::Value = serde_json::from_str(line).expect("an object");
            for name in ["message", "datetime", "timestamp_desc"] {
                let text = object[name].as_str().expect("Timesketch asks for it");
                assert!(!text.is_empty() && is_harmless(text), "{name} of {trick:?}");
            }
        }
    }
}
