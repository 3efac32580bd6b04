//! Holds the story of real incidents against what a careful analyst reads in their logs.
//!
//! `tests/truth/NAME.toml` holds the facts of one incident, each with the events that prove it and
//! what the investigation's JSON must say. The facts come from the raw logs, never from our own
//! output, and a true one is not weakened to make it pass: the floor says how many are reached.

mod check;
mod fact;
mod pattern;
mod raw;

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Figure;
use crate::problem::Failure;
use crate::repository;
use check::Told;
use fact::Truth;
use raw::Raw;

/// Where the truth files are, from the root of the repository.
const FOLDER: &str = "tests/truth";

/// One figure for each truth file: how many of its facts the product tells. A file whose data or
/// whose option of the product is missing gives a figure that cannot fail, and says so.
pub fn truth(root: &Path, binary: &Path, data: &Path) -> Result<Vec<Figure>, Failure> {
    files(&root.join(FOLDER))?.iter().map(|path| figure(root, binary, data, path)).collect()
}

/// The truth files, sorted by name.
fn files(folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let listed = fs::read_dir(folder)
        .and_then(|entries| entries.map(|entry| entry.map(|entry| entry.path())).collect());
    let mut paths: Vec<PathBuf> =
        listed.map_err(|cause| Failure::during("listing", folder.display(), cause))?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    Ok(paths)
}

fn figure(root: &Path, binary: &Path, data: &Path, path: &Path) -> Result<Figure, Failure> {
    let text = fs::read_to_string(path)
        .map_err(|cause| Failure::during("reading", path.display(), cause))?;
    let truth: Truth = toml::from_str(&text)
        .map_err(|cause| Failure::during("understanding", path.display(), cause))?;
    let incident = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    let mut figure = Figure {
        name: format!("facts told of {incident}"),
        reached: 0,
        of: truth.fact.len(),
        floor: 0,
        notes: Vec::new(),
    };
    let logs = data.join(&truth.logs);
    if !logs.exists() {
        figure.notes.push(format!("not measurable here: no {}", truth.logs));
        return Ok(figure);
    }
    if let Some(option) = missing_option(root, binary, &truth)? {
        figure.notes.push(format!("not measurable yet: investigate has no {option}"));
        return Ok(figure);
    }
    let document = investigate(root, binary, &logs, &truth.arguments)?;
    let raw = Raw::read(root, &logs)?;
    figure.floor = truth.floor;
    let told = Told { document: &document, raw: &raw, guilty: &truth.guilty };
    for fact in &truth.fact {
        match told.misses(fact) {
            None => figure.reached += 1,
            Some(why) => figure.notes.push(format!("{} ({why})", fact.says)),
        }
    }
    Ok(figure)
}

/// The first option of the truth file's arguments that `investigate` does not know.
fn missing_option<'t>(
    root: &Path,
    binary: &Path,
    truth: &'t Truth,
) -> Result<Option<&'t str>, Failure> {
    let mut options =
        truth.arguments.iter().map(String::as_str).filter(|word| word.starts_with("--")).peekable();
    if options.peek().is_none() {
        return Ok(None);
    }
    let program = binary.to_string_lossy();
    let help =
        repository::capture(&mut repository::program(root, &program, &["investigate", "--help"]))?;
    Ok(options.find(|option| !help.stdout.contains(&format!("{option} "))))
}

/// What `investigate --json` prints about the logs.
fn investigate(
    root: &Path,
    binary: &Path,
    logs: &Path,
    arguments: &[String],
) -> Result<Value, Failure> {
    let program = binary.to_string_lossy();
    let mut command = repository::program(root, &program, &["investigate", "--json"]);
    command.args(arguments).arg(logs);
    let printed = repository::capture(&mut command)?;
    serde_json::from_str(&printed.stdout).map_err(|cause| {
        let said = printed.stderr.lines().last().unwrap_or_default();
        Failure::during("investigating", logs.display(), format!("{cause}; it said: {said}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_truth_file_can_be_understood_and_holds_as_many_facts_as_it_must() {
        let folder = repository::root().join(FOLDER);
        let paths = files(&folder).unwrap();
        assert_eq!(paths.len(), 4);
        for path in paths {
            let text = fs::read_to_string(&path).unwrap();
            let truth: Truth =
                toml::from_str(&text).unwrap_or_else(|cause| panic!("{}: {cause}", path.display()));
            let least = if path.ends_with("invictus.toml") { 40 } else { 12 };
            assert!(truth.fact.len() >= least, "{}", path.display());
            assert!(truth.floor <= truth.fact.len(), "{}", path.display());
            for fact in &truth.fact {
                assert!(fact.says.ends_with('.'), "{}: {}", path.display(), fact.says);
            }
        }
    }
}
