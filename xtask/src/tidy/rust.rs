//! What holds for Rust files beyond what rustfmt and clippy say.

use crate::problem::Problem;
use crate::repository::File;

/// A file stops here, tests included.
const LINES: usize = 500;
/// A file aims to stay under this, tests not counted.
const LINES_AIMED: usize = 250;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 6] = ["utils", "util", "common", "helpers", "helper", "misc"];

/// Macros that leave something for later. Written in halves, so that this file passes.
const MACROS: [&str; 3] =
    [concat!("dbg", "!("), concat!("todo", "!("), concat!("unimplemented", "!(")];

/// Checks one file; other files pass.
pub fn check(file: &File, found: &mut Vec<Problem>) {
    if file.extension() != "rs" {
        return;
    }
    let lines = file.text.lines().count();
    if lines > LINES {
        found.push(Problem::of_file(
            &file.path,
            format!("{lines} lines"),
            "split it by what its parts are for; the limit is 500",
        ));
    }
    if !file.text.trim_start().starts_with("//!") && !is_test_module(&file.path) {
        found.push(Problem::at(
            &file.path,
            1,
            "no //! header",
            "say what the file is for and what it must never do",
        ));
    }
    if let Some(name) = file.path.split(['/', '.']).find(|part| EMPTY_NAMES.contains(part)) {
        found.push(Problem::of_file(
            &file.path,
            format!("the name '{name}' says nothing"),
            "name it after what it does",
        ));
    }
    for (index, line) in file.text.lines().enumerate() {
        if let Some(name) = MACROS.iter().find(|name| line.contains(*name)) {
            found.push(Problem::at(&file.path, index + 1, format!("{name}...)"), "finish it"));
        }
    }
}

/// A file that is longer than aimed at, without its tests.
pub fn note(file: &File) -> Option<String> {
    if file.extension() != "rs" || is_test_module(&file.path) || file.path.contains("/tests/") {
        return None;
    }
    let lines = file.text.lines().take_while(|line| !line.starts_with("#[cfg(test)]")).count();
    (lines > LINES_AIMED).then(|| format!("{}: {lines} lines without tests", file.path))
}

/// A module of tests: `tests.rs`, or a file in a folder within `tests/`.
fn is_test_module(path: &str) -> bool {
    path.ends_with("/tests.rs")
        || path.split_once("/tests/").is_some_and(|(_, inner)| inner.contains('/'))
        || (path.contains("/src/") && path.contains("/tests/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> Vec<String> {
        let mut found = Vec::new();
        check(&File { path: path.into(), text: text.into() }, &mut found);
        found.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn a_file_says_what_it_is_for() {
        assert!(found("crates/a/src/b.rs", "//! For b.\n").is_empty());
        assert_eq!(found("crates/a/src/b.rs", "fn b() {}\n").len(), 1);
        assert!(found("crates/a/src/b/tests.rs", "fn b() {}\n").is_empty());
        assert_eq!(found("crates/a/tests/b.rs", "fn b() {}\n").len(), 1);
        assert!(found("crates/a/tests/b/c.rs", "fn b() {}\n").is_empty());
    }

    #[test]
    fn a_file_of_501_lines_is_too_long_and_one_of_500_is_not() {
        let text = |lines: usize| format!("//! For b.\n{}", "\n".repeat(lines - 1));
        assert!(found("src/b.rs", &text(500)).is_empty());
        assert!(found("src/b.rs", &text(501))[0].starts_with("src/b.rs: 501 lines"));
    }

    #[test]
    fn empty_names_are_refused_for_files_and_folders() {
        assert_eq!(found("src/utils.rs", "//! x\n").len(), 1);
        assert_eq!(found("src/common/b.rs", "//! x\n").len(), 1);
        assert!(found("src/commonest.rs", "//! x\n").is_empty());
    }

    #[test]
    fn unfinished_macros_are_refused_with_their_line() {
        let text = format!("//! x\nfn b() {{ {} }}\n", concat!("todo", "!()"));
        assert!(found("src/b.rs", &text)[0].starts_with("src/b.rs:2: "));
    }

    #[test]
    fn tests_do_not_count_towards_the_aim() {
        let tests = format!("//! x\n#[cfg(test)]\nmod tests {{\n{}}}\n", "\n".repeat(300));
        assert_eq!(note(&File { path: "src/b.rs".into(), text: tests }), None);
        let code = format!("//! x\n{}", "\n".repeat(300));
        assert!(note(&File { path: "src/b.rs".into(), text: code }).is_some());
    }
}
