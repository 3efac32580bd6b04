//! Commands of ours that an output recommends: each is one that there is.

use std::path::Path;

use crate::binary::run;

/// The commands between backticks in a source file, a line's continuation taken as a space.
fn recommended(text: &str) -> Vec<String> {
    let joined: Vec<&str> = text.lines().map(str::trim).collect();
    let joined = joined.join(" ").replace("\\ ", "");
    let rest = joined.split("`crashcart ").skip(1);
    rest.filter_map(|rest| rest.split_once('`')).map(|(command, _)| command.to_owned()).collect()
}

fn sources(folder: &Path, found: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("a file")) {
        let path = entry.path();
        if path.is_dir() {
            sources(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.extend(recommended(&std::fs::read_to_string(path).expect("a source")));
        }
    }
}

#[test]
fn every_command_that_an_output_recommends_is_understood() {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut commands = Vec::new();
    for library in std::fs::read_dir(crates).expect("the crates") {
        sources(&library.expect("a crate").path().join("src"), &mut commands);
    }
    commands.sort();
    commands.dedup();
    assert!(commands.len() >= 5, "{commands:?}");
    for command in commands {
        let command = command.trim_end_matches("...");
        let mut words: Vec<&str> = command.split_whitespace().collect();
        words.push("--help");
        let ran = run(&std::env::temp_dir(), &words);
        assert_eq!(ran.code, Some(0), "crashcart {command}: {}", ran.stderr);
    }
}

#[test]
fn an_option_that_there_is_not_would_be_seen() {
    let text = "\"try `crashcart stats --column \\\n    principal` then\"";
    assert_eq!(recommended(text), ["stats --column principal"]);
    let ran = run(&std::env::temp_dir(), &["stats", "--column", "principal", "--help"]);
    assert_ne!(ran.code, Some(0));
}
