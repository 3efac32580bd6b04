//! What holds for every text file: white space, line ends, words and places that do not belong.

use crate::problem::Problem;
use crate::repository::File;

/// Words that promise what is not there yet. Written in halves, so that this file passes.
const PROMISES: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X")];

/// Starts of paths that exist on one machine only.
const PLACES: [&str; 5] = [
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("C:\\Us", "ers"),
];

/// Paths of other people's machines, which logs and rules speak of.
const PLACES_IN_LOGS: [&str; 4] = [
    concat!("/ho", "me/ec2-user"),
    concat!("/ho", "me/ubuntu"),
    concat!("/ro", "ot/.aws"),
    concat!("/ro", "ot/.ssh"),
];

/// Hosts of package registries: how a machine reaches them is that machine's business.
const HOSTS: [&str; 6] = [
    concat!("crates", ".io"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("registry.npm", "js.org"),
    concat!("deb.deb", "ian.org"),
    concat!("proxy.go", "lang.org"),
];

/// Checks one file.
pub fn check(file: &File, found: &mut Vec<Problem>) {
    // Written by programs, word for word from elsewhere, or somebody else's words.
    if matches!(file.name(), "Cargo.lock" | "LICENSE") || file.extension() == "snap" {
        return;
    }
    if !file.text.is_empty() && !file.text.ends_with('\n') {
        found.push(Problem::of_file(&file.path, "the last line has no end", "add a line feed"));
    }
    for (index, line) in file.text.split('\n').enumerate() {
        for (what, hint) in line_problems(line) {
            found.push(Problem::at(&file.path, index + 1, what, hint));
        }
    }
}

fn line_problems(line: &str) -> Vec<(String, &'static str)> {
    let mut found = Vec::new();
    if line.contains('\r') {
        found.push(("a carriage return".into(), "end lines with a line feed alone"));
    } else if line.trim_end() != line {
        found.push(("white space at the end of the line".into(), "remove it"));
    }
    if line.contains('\t') {
        found.push(("a tab".into(), "indent with spaces; write \\t inside a string"));
    }
    if let Some(word) = PROMISES.iter().find(|word| has_word(line, word)) {
        found.push((format!("{word} promises work"), "do it now, or file an issue"));
    }
    let mut places = PLACES.iter().flat_map(|place| line.match_indices(place));
    if let Some((_, place)) = places.find(|(at, _)| !in_logs(line, *at)) {
        found.push((format!("a path of one machine ({place})"), "say it relative to the project"));
    }
    if let Some(host) = HOSTS.iter().find(|host| line.contains(*host)) {
        found.push((
            format!("a package registry's host ({host})"),
            "leave it to the machine's set-up",
        ));
    }
    found
}

/// Whether the path that starts at `at` is one of those that logs speak of.
fn in_logs(line: &str, at: usize) -> bool {
    let rest = line.get(at..).unwrap_or_default();
    PLACES_IN_LOGS.iter().any(|place| rest.starts_with(place))
}

/// Whether `word` stands in `line` with no letter, digit or underscore beside it.
fn has_word(line: &str, word: &str) -> bool {
    let inside = |character: char| character.is_alphanumeric() || character == '_';
    line.match_indices(word).any(|(at, _)| {
        let before = line.get(..at).and_then(|text| text.chars().next_back());
        let after = line.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(inside) && !after.is_some_and(inside)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut found = Vec::new();
        check(&File { path: "a.md".into(), text: text.into() }, &mut found);
        found.iter().map(Problem::to_string).collect()
    }

    #[test]
    fn clean_text_passes() {
        assert!(found("one line\n\ntwo lines\n").is_empty());
        assert!(found("").is_empty());
    }

    #[test]
    fn white_space_and_line_ends_are_named_with_their_line() {
        assert!(found("a\nb \n")[0].starts_with("a.md:2: white space"));
        assert!(found("a\tb\n")[0].starts_with("a.md:1: a tab"));
        assert!(found("a\r\n")[0].starts_with("a.md:1: a carriage return"));
        assert_eq!(found("a"), ["a.md: the last line has no end; add a line feed"]);
    }

    #[test]
    fn a_promise_counts_as_a_whole_word_only() {
        assert_eq!(found(concat!("// TO", "DO: later\n")).len(), 1);
        assert!(found(concat!("AKIAXX", "XXXXXX MASTO", "DON\n")).is_empty());
    }

    #[test]
    fn paths_of_one_machine_are_refused_and_those_of_logs_are_not() {
        assert_eq!(found(concat!("see /ho", "me/nina/notes\n")).len(), 1);
        assert!(found(concat!("cat /ho", "me/ec2-user/.aws/credentials\n")).is_empty());
    }

    #[test]
    fn registry_hosts_are_refused() {
        assert_eq!(found(concat!("https://index.crates", ".io/x\n")).len(), 1);
    }
}
