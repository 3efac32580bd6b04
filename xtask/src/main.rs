//! What the project does to itself: `cargo xtask test | floors | tidy | new | fuzz | bench | score`.
//!
//! Builds in seconds (std, serde_json and toml only) and never changes a file that git tracks, except
//! where `new` is asked to write one.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command line of its own")]

mod bench;
mod floors;
mod fuzz;
mod new;
mod problem;
mod python;
mod repository;
mod score;
mod tally;
mod test;
mod tidy;

use std::process::ExitCode;

use problem::Failure;

const USAGE: &str = "\
usage: cargo xtask COMMAND
  test                             every check, one line each; ends with N passed, N failed, N skipped
  floors                           a crate imports only lower floors; one owner per heavy dependency
  tidy                             file length, headers, names, links, schemas, white space
  new rule NAME | format NAME      a skeleton with a test that fails until it is filled in
  fuzz [--seconds N] [TARGET...]   build and run the fuzz targets (default 60 seconds each)
  bench [--files N] [--events N]   speed and memory of the hot path, as ratios in one run
  score [--json] [--notes]         real incidents and cases against what others say of them";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match run(&words) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::from(2)
        }
    }
}

/// Carries out one command; false means that it found something wrong.
fn run(words: &[&str]) -> Result<bool, Failure> {
    let root = repository::root();
    match words {
        ["test"] => test::run(&root),
        ["floors"] => problem::report(&floors::check(&root)?),
        ["tidy"] => {
            tidy::notes(&root)?.iter().for_each(|note| println!("note: {note}"));
            problem::report(&tidy::check(&root)?)
        }
        ["new", kind, name] => new::run(&root, kind, name),
        ["fuzz", rest @ ..] => fuzz::run(&root, rest),
        ["bench", rest @ ..] => bench::run(&root, rest),
        ["score", rest @ ..] => score::run(&root, rest),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(true)
        }
        _ => Err(Failure::new(format!("no such command: {}\n{USAGE}", words.join(" ")))),
    }
}
