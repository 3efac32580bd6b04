//! `demo`: a seeded incident, written to a folder and investigated like any other.

use std::path::{Path, PathBuf};

use crashcart_model::{Environment, Investigation};
use crashcart_report::Html;
use crashcart_story::Pivot;

use crate::AppError;
use crate::environment::write_report;
use crate::filter::Filter;
use crate::inputs::Inputs;
use crate::investigate::{Question, investigate};
use crate::progress::Progress;
use crate::reading::ReadOptions;
use crate::rules::{RuleOptions, Rules};

/// Marks a folder as ours, so that a second demo may replace it and nothing else is ever touched.
const MARK: &str = "made-by-crashcart-demo";

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
    for file in crashcart_scenario::leaked_key(seed).files {
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).map_err(|error| AppError::write(parent, error))?;
        }
        std::fs::write(&path, &file.bytes).map_err(|error| AppError::write(&path, error))?;
    }
    let logs = folder.join("AWSLogs");
    let rules = Rules::load(&RuleOptions::default())?;
    let inputs = Inputs::find(std::slice::from_ref(&logs), &mut std::io::empty())?;
    let options = ReadOptions {
        caps: crate::Caps::default(),
        threads,
        filter: Filter::default(),
        columns: crate::ColumnMap::default(),
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
    let report = folder.join("report.html");
    write_report(&report, &Html, &investigation)?;
    Ok(Demo { investigation, logs, report })
}

/// Makes the folder, or empties one that an earlier demo made.
fn prepare(folder: &Path) -> Result<(), AppError> {
    let mark = folder.join(MARK);
    let failed = |error| AppError::write(folder, error);
    if folder.exists() {
        let empty = folder.read_dir().map_err(failed)?.next().is_none();
        if !empty && !mark.is_file() {
            return Err(AppError::Request {
                what: format!("{} holds something else", folder.display()),
                hint: "name another folder with --output",
            });
        }
        std::fs::remove_dir_all(folder).map_err(failed)?;
    }
    std::fs::create_dir_all(folder).map_err(failed)?;
    std::fs::write(&mark, "crashcart demo replaces this folder when it runs again\n")
        .map_err(failed)
}
