//! The corpus and the rule sets of the benchmark, all within the target folder: nothing of it
//! belongs to the repository.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::problem::Failure;
use crate::repository::{capture, program, target, variable};

const SEED: &str = "1";
/// About a gigabyte of JSON.
const FILES: &str = "1615";
const EVENTS: &str = "500";

/// A corpus on disk.
pub struct Corpus {
    /// Where it is.
    pub folder: PathBuf,
    /// Files in it.
    pub files: u64,
    /// Bytes of JSON.
    pub bytes: u64,
    /// Events.
    pub events: u64,
}

/// Two sets of rules, as arguments of `detect`.
pub struct Rules {
    /// The built-in pack, and everything in the shared data where that is present.
    pub all: Vec<String>,
    /// Every tenth file of these.
    pub tenth: Vec<String>,
    /// Files in the first set.
    pub count: usize,
    /// Folders beside the built-in pack.
    pub shared: Vec<PathBuf>,
}

/// Finds the corpus of the asked size, or makes it.
pub fn make(root: &Path, release: &Path, words: &[&str]) -> Result<Corpus, Failure> {
    let (files, events) = size(words)?;
    let folder = target(root).join(format!("bench-corpus/{SEED}-{files}-{events}"));
    // Beside the folder: within it, it would be material.
    let complete = folder.with_extension("complete");
    if !complete.exists() {
        let folder = folder.display().to_string();
        let maker = release.join("examples/corpus").display().to_string();
        let printed = capture(&mut program(root, &maker, &[&folder, SEED, files, events]))?;
        if !printed.success {
            return Err(Failure::during("making the corpus in", folder, printed.stderr));
        }
        fs::write(&complete, printed.stdout)
            .map_err(|cause| Failure::during("writing", complete.display(), cause))?;
    }
    // Counted by reading, which also brings the files into the page cache.
    let floor = release.join("examples/floor").display().to_string();
    let arguments = ["parse", "2", &folder.display().to_string()];
    let printed = capture(&mut program(root, &floor, &arguments))?;
    let counted: Value = serde_json::from_str(&printed.stdout)
        .map_err(|cause| Failure::during("counting", folder.display(), cause))?;
    let number = |name: &str| counted[name].as_u64().unwrap_or_default();
    let files = files.parse().unwrap_or_default();
    Ok(Corpus { folder, files, bytes: number("bytes"), events: number("events") })
}

/// Reads `[--files N] [--events N]`.
fn size<'a>(words: &[&'a str]) -> Result<(&'a str, &'a str), Failure> {
    let (mut files, mut events) = (FILES, EVENTS);
    for pair in words.chunks(2) {
        match pair {
            ["--files", number] if number.parse::<u32>().is_ok() => files = number,
            ["--events", number] if number.parse::<u32>().is_ok() => events = number,
            _ => return Err(Failure::new("usage: cargo xtask bench [--files N] [--events N]")),
        }
    }
    Ok((files, events))
}

/// The rules of the shared data and our own, and every tenth of them copied into the target
/// folder.
pub fn rules(root: &Path) -> Result<Rules, Failure> {
    let data =
        variable("CRASHCART_DATA").map_or(root.join("../shared/data"), |path| root.join(path));
    let shared: Vec<PathBuf> =
        Some(data.join("sigma-rules")).into_iter().filter(|folder| folder.is_dir()).collect();
    let mut files = Vec::new();
    for folder in shared.iter().chain([&root.join("rules/aws")]) {
        walk(folder, &mut files)
            .map_err(|cause| Failure::during("listing", folder.display(), cause))?;
    }
    files.sort();
    let tenth = target(root).join("bench-corpus/rules-tenth");
    copy(&files, &tenth)
        .map_err(|cause| Failure::during("copying into", tenth.display(), cause))?;
    let with = |folder: &Path| ["--rules".to_owned(), folder.display().to_string()];
    Ok(Rules {
        all: shared.iter().flat_map(|folder| with(folder)).collect(),
        tenth: std::iter::once("--no-pack".to_owned()).chain(with(&tenth)).collect(),
        count: files.len(),
        shared,
    })
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "yml") {
            files.push(path);
        }
    }
    Ok(())
}

/// Copies every tenth file.
fn copy(files: &[PathBuf], folder: &Path) -> std::io::Result<()> {
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    fs::create_dir_all(folder)?;
    for (number, file) in files.iter().enumerate().step_by(10) {
        fs::copy(file, folder.join(format!("{number:05}.yml")))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_the_corpus_can_be_asked_for() {
        assert_eq!(size(&[]).unwrap(), (FILES, EVENTS));
        assert_eq!(size(&["--files", "10", "--events", "3"]).unwrap(), ("10", "3"));
        assert!(size(&["--files"]).is_err());
        assert!(size(&["--files", "many"]).is_err());
    }
}
