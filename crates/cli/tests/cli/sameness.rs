//! The same evidence and the same rules give the same bytes: whatever the number of threads, the
//! order of files, or where they lie.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::binary::{assert_same, assert_same_document, run, without};
use crate::material::{demo, folder, write};

const LOGS: &str = "crashcart-demo/AWSLogs";

/// The files below a folder, sorted, relative to it.
fn files(root: &Path) -> Vec<PathBuf> {
    let (mut found, mut waiting) = (Vec::new(), vec![root.to_owned()]);
    while let Some(folder) = waiting.pop() {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                waiting.push(path);
            } else {
                found.push(path.strip_prefix(root).expect("below it").to_owned());
            }
        }
    }
    found.sort();
    found
}

#[test]
fn the_number_of_threads_cannot_be_seen() {
    let folder = demo();
    let commands: [&[&str]; 5] = [
        &["investigate", LOGS, "--json"],
        &["detect", LOGS, "--jsonl"],
        &["timeline", LOGS, "--csv"],
        &["stats", LOGS, "--json"],
        &["search", "build-agent", "--in", LOGS, "--records"],
    ];
    for command in commands {
        let with = |threads: &str| {
            let arguments = [command, &["-q", "--threads", threads]].concat();
            run(folder.path(), &arguments).out(0).to_owned()
        };
        let one = with("1");
        assert!(one.len() > 10_000);
        assert_same(&with("2"), &one, command[0]);
        assert_same(&with("7"), &one, command[0]);
    }
}

#[test]
fn neither_the_order_in_which_files_were_made_nor_that_of_the_arguments_matters() {
    let (here, there) = (demo(), folder(&[]));
    for file in files(&here.path().join(LOGS)).iter().rev() {
        let to = there.path().join(LOGS).join(file);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("it is made");
        std::fs::copy(here.path().join(LOGS).join(file), to).expect("it is copied");
    }
    let told = |folder: &Path, paths: &[&str]| {
        let arguments = [&["investigate", "--json", "-q"], paths].concat();
        run(folder, &arguments).out(0).to_owned()
    };
    let one = told(here.path(), &[LOGS]);
    assert_same(&told(there.path(), &[LOGS]), &one, "made in another order");
    let parts = [
        "crashcart-demo/AWSLogs/o-a1b2c3d4e5/111122223333",
        "crashcart-demo/AWSLogs/o-a1b2c3d4e5/444455556666",
    ];
    let whole = told(here.path(), &parts);
    let turned = [parts[1], LOGS, parts[0]];
    assert_same(&told(here.path(), &turned), &whole, "in another order of arguments");
}

#[test]
fn files_that_are_renamed_change_nothing_but_their_paths() {
    let (here, there) = (demo(), folder(&[]));
    let all = files(&here.path().join(LOGS));
    for (number, file) in all.iter().enumerate() {
        // So that the walk meets them the other way round.
        let name = format!("{}/{:04}.gz", number % 3, all.len() - number);
        write(there.path(), &name, "");
        let from = here.path().join(LOGS).join(file);
        std::fs::copy(from, there.path().join(name)).expect("it is copied");
    }
    let told = |folder: &Path, path: &str| {
        let document = run(folder, &["investigate", path, "--json", "-q"]).json(0);
        let mut evidence: Vec<&Value> =
            document["coverage"]["evidence"].as_array().expect("evidence").iter().collect();
        assert_eq!(evidence.len(), all.len());
        evidence.dedup_by_key(|one| &one["id"]);
        (evidence.len(), without(&document, &["path"]))
    };
    let (one, other) = (told(here.path(), LOGS), told(there.path(), "."));
    assert_eq!(one.0, other.0);
    assert_same_document(&other.1, &one.1, "renamed");
}

#[test]
fn a_pipe_tells_the_same_story_as_the_file() {
    let here = demo();
    let all = files(&here.path().join(LOGS));
    let largest = all
        .iter()
        .map(|file| here.path().join(LOGS).join(file))
        .max_by_key(|file| file.metadata().expect("it is there").len());
    let bytes = std::fs::read(largest.expect("a file")).expect("it is read");
    std::fs::write(here.path().join("one.json.gz"), &bytes).expect("it is written");
    let direct = run(here.path(), &["investigate", "one.json.gz", "--json", "-q"]).json(0);
    let arguments = ["investigate", "-", "--json", "-q"];
    let piped = crate::binary::run_with_input(here.path(), &arguments, &bytes).json(0);
    assert!(direct["coverage"]["events"].as_u64().is_some_and(|events| events > 1));
    assert_same_document(&without(&piped, &["path"]), &without(&direct, &["path"]), "piped");
    assert_eq!(piped["coverage"]["evidence"][0]["path"], "standard input");
}
