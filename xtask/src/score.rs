//! Holds the product against incidents and cases that others wrote, and prints one table.
//!
//! A figure that falls below its floor fails the command; a figure without its data is not a
//! failure, it is told. Never changes what it measures.

mod truth;

use std::path::{Path, PathBuf};

use crate::problem::Failure;
use crate::repository;

/// One measured figure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figure {
    /// What is measured.
    pub name: String,
    /// How many were reached.
    pub reached: usize,
    /// Of how many.
    pub of: usize,
    /// How many must be reached.
    pub floor: usize,
    /// What was missed, one line each.
    pub notes: Vec<String>,
}

/// Measures, prints the table; false when a figure fell below its floor.
pub fn run(root: &Path) -> Result<bool, Failure> {
    let binary = repository::target(root).join("debug/crashcart");
    let figures = truth::truth(root, &binary, &data(root))?;
    for figure in &figures {
        let Figure { name, reached, of, floor, .. } = figure;
        println!("{reached:>5} of {of:>5}   floor {floor:>5}   {name}");
        figure.notes.iter().for_each(|note| println!("        {note}"));
    }
    Ok(figures.iter().all(|figure| figure.reached >= figure.floor))
}

/// Where the data sets are: `CRASHCART_DATA`, or beside the checkout.
fn data(root: &Path) -> PathBuf {
    repository::variable("CRASHCART_DATA")
        .map_or_else(|| root.join("../shared/data"), |path| root.join(path))
}
