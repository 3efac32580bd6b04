//! Whoever writes log fields, names files or packs archives must not reach the terminal, the
//! spreadsheet or the browser of whoever reads the report.

use crashcart_testkit::HOSTILE;
use serde_json::{Value, json};

use crate::binary::run;
use crate::material::{call, delivered, folder, write};
use crate::outputs;

/// Moves a cursor, reorders, hides, or ends a line where no line ends.
fn is_harmful(character: char) -> bool {
    let hides = matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{e0000}'..='\u{e007f}');
    hides || character.is_control() && character != '\n'
}

/// For each trick events with it in every field that an attacker chooses, some of which rules of
/// the pack match.
fn events() -> Vec<Value> {
    let mut events = Vec::new();
    for (number, trick) in HOSTILE.iter().enumerate() {
        let session = format!("arn:aws:sts::111122223333:assumed-role/r/{trick}");
        let minute = format!("2026-05-04T02:{number:02}:00Z");
        let identity = json!({
            "type": "AssumedRole", "arn": session, "principalId": format!("AROA:{trick}"),
            "accountId": "111122223333", "accessKeyId": format!("ASIA{trick}"), "userName": trick,
        });
        let policy = r#"{"Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
        let request = json!({
            "userName": trick, "policyName": trick, "bucketName": trick, "policyDocument": policy,
            "groupId": trick, *trick: trick,
        });
        let fields = json!({
            "userAgent": trick, "userIdentity": identity, "requestParameters": request,
            "requestID": trick, "additionalEventData": {"note": trick},
        });
        let with = |name: &str, more: Value| {
            let mut event =
                call(name, &format!("{number}-{name}-{trick}"), &minute, fields.clone());
            for (name, value) in more.as_object().expect("fields") {
                event[name] = value.clone();
            }
            event
        };
        events.push(with("PutUserPolicy", json!({})));
        events.push(with(
            "CreateAccessKey",
            json!({"errorCode": "AccessDenied", "errorMessage": trick}),
        ));
        events.push(with("DeleteBucket", json!({"eventSource": "s3.amazonaws.com"})));
        let all = json!({
            "eventSource": trick, "awsRegion": trick, "sourceIPAddress": trick, "errorCode": trick,
            "recipientAccountId": trick, "eventType": trick, "eventCategory": trick,
        });
        events.push(with(trick, all));
    }
    events
}

#[test]
fn nothing_that_a_log_says_reaches_an_output_as_it_stands() {
    let folder = folder(&[("logs/a.json", &delivered(&events()))]);
    let outputs = outputs::all(folder.path(), "logs", "evil");
    for (from, text) in &outputs {
        let found = text.char_indices().find(|(_, character)| is_harmful(*character));
        if let Some((at, character)) = found {
            let before: String =
                text[..at].chars().rev().take(80).collect::<Vec<_>>().into_iter().rev().collect();
            panic!("{from}: {character:?} after {before:?}");
        }
    }
    let shown = |part: &str| outputs.iter().filter(|(_, text)| text.contains(part)).count();
    assert!(shown("\\x1b[2J") > 3, "the tricks are shown, as text");
}

#[test]
fn no_line_of_a_listing_is_forged() {
    let events = events();
    let folder = folder(&[("a.json", &delivered(&events))]);
    let lines =
        |form: &str| run(folder.path(), &["timeline", "a.json", "-q", form]).out(0).lines().count();
    assert_eq!(lines("--jsonl"), events.len());
    assert_eq!(lines("--timesketch"), events.len());
    assert_eq!(lines("--csv"), events.len() + 1);
    let text = run(folder.path(), &["timeline", "a.json", "-q"]);
    let rows = text.out(0).lines().filter(|line| line.starts_with("2026-05-04 02:")).count();
    assert_eq!(rows, events.len(), "an event's own line alone starts with a time");
}

#[test]
fn a_spreadsheet_sees_no_formula_and_a_browser_no_markup() {
    let folder = folder(&[("logs/a.json", &delivered(&events()))]);
    let csv = run(folder.path(), &["timeline", "logs", "-q", "--csv"]);
    for line in csv.out(0).lines().skip(1) {
        for cell in line.split(',').map(|cell| cell.trim_start_matches('"')) {
            assert!(!cell.starts_with(['=', '+', '@']), "{cell:?} in {line}");
        }
    }
    let arguments = ["investigate", "logs", "-q", "--html", "r.html", "--markdown", "r.md"];
    run(folder.path(), &arguments).out(0);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("written");
    let (html, markdown) = (read("r.html"), read("r.md"));
    // Commands to paste stand in fences, where nothing is markup; every second part is one.
    let text: String = markdown.split("```").step_by(2).collect();
    assert!(text.len() > markdown.len() / 2);
    for markup in ["<script", "<img", "onerror=alert(1)>"] {
        assert!(!html.contains(markup), "{markup}");
        assert!(!text.contains(markup), "{markup}");
    }
    assert!(html.contains("&lt;script&gt;"), "it is shown, as text");
    assert!(!text.contains("](http://evil)"), "no link of theirs");
}

#[cfg(unix)]
#[test]
fn a_hostile_file_name_reaches_no_terminal() {
    let folder = folder(&[]);
    for (number, name) in
        ["\u{1b}[2J", "a\nb: done", "\u{202e}nosj", "<img src=x>"].iter().enumerate()
    {
        write(
            folder.path(),
            &format!("logs/{name}.json"),
            &delivered(&[call(
                "CreateUser",
                &number.to_string(),
                "2026-05-04T02:13:00Z",
                json!({}),
            )]),
        );
        write(folder.path(), &format!("logs/{name}.broken"), "{\"Records\": [");
    }
    for (from, text) in outputs::all(folder.path(), "logs", "AKIAEXAMPLENINA") {
        assert!(!text.contains(is_harmful), "{from}: {text:?}");
        assert!(!text.lines().any(|line| line.starts_with("b: done")), "{from}: {text}");
        assert!(!from.ends_with("html") || !text.contains("<img"), "{from}");
    }
    for argument in ["\u{1b}[2J", "no\nhint: sudo"] {
        let ran = run(folder.path(), &["investigate", argument]);
        assert_eq!(ran.code, Some(2));
        assert!(!ran.stderr.contains(is_harmful), "{:?}", ran.stderr);
        assert!(!ran.stderr.lines().any(|line| line.starts_with("hint: sudo")), "{}", ran.stderr);
    }
}
