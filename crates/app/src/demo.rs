//! `demo`: a seeded incident, written to a folder and investigated like any other.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crashcart_model::{Environment, Investigation};
use crashcart_report::{Html, Writer as _};
use crashcart_story::Pivot;

use crate::filter::Filter;
use crate::given;
use crate::inputs::Inputs;
use crate::investigate::{Question, investigate};
use crate::progress::Progress;
use crate::reading::ReadOptions;
use crate::rules::{RuleOptions, Rules};
use crate::{AppError, Buckets};

/// Names what a demo made in its folder, each file with its digest, so that a second demo may
/// replace that and nothing else is ever touched.
const MARK: &str = "made-by-crashcart-demo";
const ABOUT: &str = "# crashcart demo made these files and replaces them when it runs again\n";

const REPORT: &str = "report.html";

/// A finished demo.
#[derive(Debug)]
pub struct Demo {
    /// What was found.
    pub investigation: Investigation,
    /// The folder of logs.
    pub logs: PathBuf,
    /// The report.
    pub report: PathBuf,
}

/// Makes the leaked-key incident of this seed under `folder` and solves it.
///
/// # Errors
/// When the folder holds something else or cannot be written.
pub fn demo(seed: u64, folder: &Path, threads: usize, version: &str) -> Result<Demo, AppError> {
    prepare(folder)?;
    let files = crashcart_scenario::leaked_key(seed).files;
    let mut made: BTreeMap<PathBuf, String> =
        files.iter().map(|file| (PathBuf::from(&file.path), given::sha256(&file.bytes))).collect();
    // Before the files: were this to be cut off, what is there would still be known as ours.
    mark(folder, &made)?;
    for file in &files {
        write(&folder.join(&file.path), &file.bytes)?;
    }
    let logs = folder.join("AWSLogs");
    let rules = Rules::load(&RuleOptions::default())?;
    let inputs =
        Inputs::find(std::slice::from_ref(&logs), &mut std::io::empty(), &Buckets::none())?;
    let options = ReadOptions {
        caps: crate::Caps::default(),
        threads,
        filter: Filter::default(),
        columns: crate::ColumnMap::default(),
        given: Vec::new(),
    };
    let environment = Environment::default();
    let question = Question {
        rules: &rules,
        environment: &environment,
        pivot: Pivot::default(),
        baseline: None,
        places: None,
        findings: Vec::new(),
        sealed: Vec::new(),
        version,
    };
    let investigation = investigate(&inputs.listing, &options, &Progress::default(), &question);
    let report = folder.join(REPORT);
    let mut bytes = Vec::new();
    Html.write(&investigation, &mut bytes).map_err(|error| AppError::write(&report, error))?;
    made.insert(PathBuf::from(REPORT), given::sha256(&bytes));
    mark(folder, &made)?;
    write(&report, &bytes)?;
    Ok(Demo { investigation, logs, report })
}

/// Makes the folder, or empties one that holds nothing but what an earlier demo made.
fn prepare(folder: &Path) -> Result<(), AppError> {
    if given::exists(folder)? {
        let there = files(folder, PathBuf::new())?;
        let made = made(folder);
        let is_ours = |name: &&PathBuf| {
            let digest = || std::fs::read(folder.join(name)).map(|bytes| given::sha256(&bytes));
            **name == Path::new(MARK) && !made.is_empty()
                || made.get(*name).is_some_and(|made| digest().is_ok_and(|now| now == *made))
        };
        if let Some(other) = there.iter().find(|name| !is_ours(name)) {
            return Err(AppError::Request {
                what: format!("{} holds something else: {}", folder.display(), other.display()),
                hint: "name another folder with --output: a demo replaces only what it made itself",
            });
        }
        for path in there.iter().map(|name| folder.join(name)) {
            std::fs::remove_file(&path).map_err(|error| AppError::write(&path, error))?;
            // Folders go with their last file.
            for above in path.ancestors().skip(1).take_while(|above| *above != folder) {
                if std::fs::remove_dir(above).is_err() {
                    break;
                }
            }
        }
    }
    std::fs::create_dir_all(folder).map_err(|error| AppError::write(folder, error))
}

/// All that is no folder, by its path within `folder`, sorted; links are not followed.
fn files(folder: &Path, name: PathBuf) -> Result<BTreeSet<PathBuf>, AppError> {
    let path = folder.join(&name);
    let failed = |error| AppError::read(&path, error);
    let mut found = BTreeSet::new();
    for entry in path.read_dir().map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let name = name.join(entry.file_name());
        if entry.file_type().map_err(failed)?.is_dir() {
            found.extend(files(folder, name)?);
        } else {
            found.insert(name);
        }
    }
    Ok(found)
}

/// What an earlier demo made here, as its mark says.
fn made(folder: &Path) -> BTreeMap<PathBuf, String> {
    let mark = std::fs::read_to_string(folder.join(MARK)).unwrap_or_default();
    let lines = mark.lines().filter_map(|line| line.split_once("  "));
    lines.map(|(digest, name)| (PathBuf::from(name), digest.to_owned())).collect()
}

/// In the form of `sha256sum`.
fn mark(folder: &Path, made: &BTreeMap<PathBuf, String>) -> Result<(), AppError> {
    let lines = made.iter().map(|(name, digest)| format!("{digest}  {}\n", name.display()));
    let text: String = std::iter::once(ABOUT.to_owned()).chain(lines).collect();
    write(&folder.join(MARK), text.as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), AppError> {
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(|error| AppError::write(parent, error))?;
    }
    std::fs::write(path, bytes).map_err(|error| AppError::write(path, error))
}
