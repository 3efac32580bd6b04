//! Exit codes are API: 0 done; 1 findings at or above --fail-on; 2 bad request; 3 no access; 4
//! done with gaps; 70 a bug. And every refusal says what to do next.

use std::io::Read as _;
use std::process::Stdio;

use serde_json::json;

use crate::binary::{Ran, command, run, run_with_input};
use crate::material::{call, delivered, folder, write};

/// Somebody gives a role to the whole world: a critical rule of the pack finds it.
fn worst() -> String {
    let policy = r#"{"Statement":[{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}"#;
    let more = json!({"requestParameters": {"roleName": "r", "policyDocument": policy}});
    delivered(&[call("UpdateAssumeRolePolicy", "1", "2026-05-04T02:13:00Z", more)])
}

fn harmless() -> String {
    delivered(&[call("ListUsers", "1", "2026-05-04T02:13:00Z", json!({"readOnly": true}))])
}

#[test]
fn help_and_version_end_with_0_on_standard_output() {
    let folder = folder(&[]);
    for arguments in [["--help"], ["--version"], ["help"]] {
        let ran = run(folder.path(), &arguments);
        assert!(ran.out(0).contains("crashcart"), "{}", ran.shown());
        assert_eq!(ran.stderr, "");
    }
    for command in ["investigate", "detect", "timeline", "stats", "search", "whois", "rules"] {
        let ran = run(folder.path(), &[command, "--help"]);
        assert!(ran.out(0).contains("Usage: crashcart"), "{}", ran.shown());
    }
    let nothing = run(folder.path(), &[]);
    assert_eq!((nothing.code, nothing.stdout.as_str()), (Some(2), ""));
    assert!(nothing.stderr.contains("Usage: crashcart <COMMAND>"));
}

#[test]
fn findings_change_the_exit_code_only_where_that_was_asked_for() {
    let folder = folder(&[("worst.json", &worst()), ("harmless.json", &harmless())]);
    for command in ["investigate", "detect"] {
        let code = |arguments: &[&str]| {
            run(folder.path(), &[&[command, "-q"], arguments].concat()).code.expect("a code")
        };
        assert_eq!(code(&["worst.json"]), 0);
        assert_eq!(code(&["worst.json", "--fail-on", "critical"]), 1);
        assert_eq!(code(&["worst.json", "--fail-on", "low"]), 1, "at or above");
        assert_eq!(code(&["harmless.json", "--fail-on", "informational"]), 0);
    }
}

#[test]
fn gaps_win_over_findings() {
    let folder = folder(&[("worst.json", &worst()), ("broken.json", "{\"Records\": [")]);
    let ran = run(folder.path(), &["detect", ".", "-q", "--json", "--fail-on", "low"]);
    let document = ran.json(4);
    assert_eq!(document["coverage"]["gap_count"], 1);
    assert_eq!(document["coverage"]["gaps"][0]["path"], "./broken.json");
    assert_eq!(document["findings"][0]["level"], "critical", "the rest is read");
}

#[test]
fn a_gap_is_told_on_standard_error_where_the_output_has_no_place_for_it() {
    let folder = folder(&[("broken.json", "{\"Records\": ["), ("fine.json", &harmless())]);
    let told = |arguments: &[&str]| {
        let ran = run(folder.path(), arguments);
        assert_eq!(ran.code, Some(4), "{}", ran.shown());
        assert!(ran.stderr.contains("gap: ./broken.json at "), "{}", ran.shown());
    };
    told(&["detect", ".", "-q", "--jsonl"]);
    told(&["detect", ".", "-q", "--csv"]);
    told(&["timeline", ".", "-q"]);
    told(&["timeline", ".", "-q", "--timesketch"]);
    told(&["search", "nina", "--in", ".", "-q", "--records"]);
    told(&["stats", ".", "-q"]);
    told(&["whois", "AKIAEXAMPLENINA", ".", "-q"]);
    told(&["environment", "init", ".", "-q"]);
}

#[test]
fn a_path_that_is_not_there_is_a_bad_request_alone_and_a_gap_beside_others() {
    let folder = folder(&[("fine.json", &harmless())]);
    let ran = run(folder.path(), &["investigate", "no-such-file"]);
    assert_eq!(
        ran.shown(),
        "exit 2\n--- stdout\n--- stderr\nerror: nothing is there: no-such-file\n  \
         hint: give a file, a folder or an archive of logs, or - for standard input\n"
    );
    let ran = run(folder.path(), &["stats", "no-such-file", "fine.json", "--json", "-q"]);
    let document = ran.json(4);
    assert_eq!(document["coverage"]["gaps"][0]["path"], "no-such-file");
    assert_eq!(document["stats"]["events"], 1);
}

#[test]
fn a_request_that_cannot_be_meant_ends_with_2_and_says_what_to_write() {
    let folder = folder(&[("fine.json", &harmless()), ("notes/readme.txt", "no rules here")]);
    let refused = |arguments: &[&str], said: &[&str]| {
        let ran = run(folder.path(), arguments);
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{}", ran.shown());
        for part in said {
            assert!(ran.stderr.contains(part), "{part:?} is not in {}", ran.shown());
        }
    };
    refused(&["investigate"], &["<PATH>...", "--help"]);
    refused(&["investigate", "fine.json", "--frobnicate"], &["'--frobnicate'", "--help"]);
    refused(&["timeline", "fine.json", "--since", "yesterday"], &["'yesterday'", "2026-05-04T02"]);
    refused(&["timeline", "fine.json", "--until", "2026-02-30"], &["'2026-02-30'"]);
    refused(
        &["timeline", "fine.json", "--since", "2026-05-05", "--until", "2026-05-04"],
        &["--since 2026-05-05T00:00:00Z is later than --until", "  hint: "],
    );
    // As `search "$KEY"` is where KEY is not set: everything would match.
    refused(&["search", "", "--in", "fine.json"], &["a value is required for '<TERM>...'"]);
    refused(&["timeline", "fine.json", "--principal", ""], &["'--principal <PRINCIPAL>'"]);
    refused(&["detect", "fine.json", "--fail-on", "bad"], &["informational, low, medium"]);
    refused(&["detect", "fine.json", "--json", "--csv"], &["'--json'", "'--csv'"]);
    refused(&["detect", "fine.json", "--rules", "gone"], &["gone", "  hint: "]);
    refused(&["detect", "fine.json", "--rules", "notes"], &["no rule files", "notes", "  hint: "]);
    refused(&["detect", "fine.json", "--no-pack"], &["no rule is left", "  hint: "]);
    refused(&["investigate", "fine.json", "--environment", "gone.toml"], &["gone.toml", "hint: "]);
    refused(&["investigate", "fine.json", "--copy-evidence"], &["--case <DIR>"]);
    refused(&["case", "verify", "notes"], &["notes: the folder is not a case", "  hint: "]);
    refused(&["investigate", "fine.json", "--case", "notes"], &["is not a case", "  hint: "]);
    refused(&["permissions", "nothing"], &["no action is called nothing", "  hint: "]);
    refused(&["demo", "--output", "notes"], &["notes holds something else", "--output"]);
}

#[test]
fn a_broken_environment_file_is_told_with_line_and_column() {
    let folder = folder(&[
        ("fine.json", &harmless()),
        ("environment.toml", "# ours\nnetworks = [\n  \"the office\",\n]\n"),
    ]);
    let ran = run(folder.path(), &["investigate", "fine.json", "-q"]);
    assert_eq!(
        ran.shown(),
        "exit 2\n--- stdout\n--- stderr\nerror: read environment.toml\n  \
         because: line 3, column 3: \"the office\" is not a CIDR block such as 192.0.2.0/24 (one \
         address ends in /32)\n  \
         hint: `crashcart environment init PATH...` writes one of the right form\n"
    );
}

#[test]
fn an_output_that_cannot_be_written_is_named_and_what_was_found_is_shown_all_the_same() {
    let folder = folder(&[("worst.json", &worst()), ("taken/x", "")]);
    for (option, path) in [("--html", "gone/report.html"), ("--markdown", "taken")] {
        let ran = run(folder.path(), &["investigate", "worst.json", "-q", option, path]);
        assert_eq!(ran.code, Some(2), "{}", ran.shown());
        assert!(ran.stderr.contains(&format!("error: write {path}\n")), "{}", ran.shown());
        assert!(ran.stderr.contains("\n  hint: "), "{}", ran.shown());
        assert!(ran.stdout.contains("FINDINGS"), "{}", ran.shown());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_disk_that_is_full_is_no_bad_request() {
    let folder = folder(&[("worst.json", &worst())]);
    let full = || std::fs::OpenOptions::new().write(true).open("/dev/full").expect("/dev/full");
    for arguments in [
        &["timeline", "worst.json", "-q"][..],
        &["stats", "worst.json", "-q"],
        &["investigate", "worst.json", "-q"],
        &["detect", "worst.json", "-q", "--json"],
        &["search", "nina", "--in", "worst.json", "-q", "--records"],
        &["whois", "AKIAIOSFODNN7EXAMPLE"],
        &["rules", "list"],
        &["--help"],
        &["--version"],
        &["help", "stats"],
    ] {
        let output = command(folder.path(), arguments).stdout(full()).output();
        let ran = Ran::of(output.expect("the binary runs"));
        assert_eq!(ran.code, Some(3), "{}", ran.shown());
        assert!(ran.stderr.contains("free space"), "{}", ran.shown());
    }
}

/// The one fault that a test can bring about from outside: the runtime is told to give each thread
/// a stack that no machine has (`RUST_MIN_STACK`, documented in `std::thread`), and panics.
#[cfg(target_os = "linux")]
#[test]
fn a_bug_ends_with_70_and_says_what_to_do() {
    let folder = folder(&[("worst.json", &worst())]);
    for arguments in [
        &["stats", "worst.json", "-q"][..],
        &["investigate", "worst.json", "-q", "--fail-on", "low"],
    ] {
        let mut command = command(folder.path(), arguments);
        let output = command.env("RUST_MIN_STACK", (1_u64 << 60).to_string()).output();
        let ran = Ran::of(output.expect("the binary runs"));
        assert_eq!((ran.code, ran.stdout.as_str()), (Some(70), ""), "{}", ran.shown());
        assert!(ran.stderr.contains("error: this is a bug in crashcart"), "{}", ran.shown());
        assert!(ran.stderr.contains("  hint: report the message above"), "{}", ran.shown());
    }
}

#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    let events: Vec<_> = (0..3000)
        .map(|n| call("ListUsers", &n.to_string(), "2026-05-04T02:13:00Z", json!({})))
        .collect();
    let folder = folder(&[("many.json", &delivered(&events))]);
    for arguments in [
        &["timeline", "many.json", "-q"][..],
        &["timeline", "many.json", "-q", "--csv"],
        &["search", "nina", "--in", "many.json", "-q", "--records"],
        &["detect", "many.json", "-q", "--jsonl", "--no-pack", "--rules", "rules"],
        &["rules", "list", "--json"],
    ] {
        let rule = "title: Any\nid: 11111111-1111-4111-8111-111111111111\nlevel: low\n\
            logsource:\n  product: aws\n  service: cloudtrail\n\
            detection:\n  listed:\n    eventName: ListUsers\n  condition: listed\n";
        write(folder.path(), "rules/any.yml", rule);
        let mut child = command(folder.path(), arguments)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary runs");
        // As `head -1` does: one line, then the pipe is closed.
        let mut pipe = child.stdout.take().expect("a pipe");
        pipe.read_exact(&mut [0; 20]).expect("something is written");
        drop(pipe);
        let ran = Ran::of(child.wait_with_output().expect("it ends"));
        assert_eq!(ran.shown(), "exit 0\n--- stdout\n--- stderr\n", "{arguments:?}");
    }
}

#[test]
fn what_was_read_and_how_long_it_took_stands_on_standard_error_unless_it_is_to_be_quiet() {
    let folder = folder(&[]);
    let ran = run_with_input(folder.path(), &["timeline", "-", "--csv"], harmless().as_bytes());
    assert_eq!(ran.out(0).lines().count(), 2);
    let (_, stderr) = ran.shown().split_once("--- stderr\n").map(own).expect("a part");
    assert_eq!(stderr, "read 1 events, 0 kB inflated, in TIME\n");
    let quiet = ["timeline", "-", "--csv", "--quiet"];
    let ran = run_with_input(folder.path(), &quiet, harmless().as_bytes());
    assert_eq!(ran.stderr, "");
}

fn own((before, after): (&str, &str)) -> (String, String) {
    (before.to_owned(), after.to_owned())
}

#[test]
fn whoever_closes_standard_error_changes_nothing() {
    let folder = folder(&[("broken.json", "{\"Records\": ["), ("environment.toml", "")]);
    for (arguments, code) in [
        (&["timeline", "broken.json"][..], 4),
        (&["investigate", "broken.json"], 4),
        (&["investigate", "no-such-file"], 2),
        (&["detect", "broken.json", "--exclude", "no-such-rule", "--csv"], 4),
    ] {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let output = command(folder.path(), arguments).stderr(writer).output();
        let ran = Ran::of(output.expect("the binary runs"));
        assert_eq!(ran.code, Some(code), "{arguments:?}: {}", ran.shown());
    }
}

#[test]
fn a_report_never_takes_the_place_of_what_is_read_nor_of_another_report() {
    let folder = folder(&[("logs/a.json", &harmless()), ("finding.json", "{}")]);
    let old = folder.path().join("old.html");
    write(folder.path(), "old.html", "an earlier report");
    #[cfg(unix)]
    std::os::unix::fs::symlink("logs/a.json", folder.path().join("link.html")).expect("a link");
    for more in [
        &["--html", "logs/a.json"][..],
        &["--markdown", "./logs/../logs/a.json"],
        #[cfg(unix)]
        &["--html", "link.html"],
        &["--html", "finding.json", "--finding", "finding.json"],
        &["--html", "old.html", "--baseline", "old.html"],
        &["--html", "one", "--markdown", "./one"],
        &["--html", "case/report/report.html", "--case", "case"],
    ] {
        let ran = run(folder.path(), &[&["investigate", "logs"], more].concat());
        assert_eq!(ran.code, Some(2), "{more:?} {}", ran.shown());
        assert!(ran.stderr.contains("hint: "), "{}", ran.shown());
        assert!(ran.stderr.contains(more[1]), "{}", ran.shown());
    }
    let read = std::fs::read_to_string(folder.path().join("logs/a.json")).expect("it is there");
    assert_eq!(read, harmless());
    let ran = run(folder.path(), &["investigate", "logs", "--html", "old.html"]);
    assert_eq!(ran.code, Some(0), "{}", ran.shown());
    assert!(std::fs::read_to_string(&old).expect("it is there").starts_with("<!"));
}
