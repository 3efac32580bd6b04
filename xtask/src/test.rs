//! Every check in one run, one line each with its time, and one closing line that counts them all.
//! A tool that is not installed is skipped and named, never taken for passed.

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::problem::{Failure, Problem};
use crate::repository::{self, capture, has, program};
use crate::score::Score;
use crate::tally::{self, Tally};
use crate::{floors, fuzz, python, tidy};

/// What a step came to, and what to show of it.
struct Done {
    tally: Tally,
    output: String,
}

impl Done {
    fn skipped(reason: &str) -> Self {
        Self { tally: Tally::skip(reason), output: String::new() }
    }
}

type Step = (&'static str, fn(&Path) -> Result<Done, Failure>);

const STEPS: [Step; 11] = [
    ("format", format),
    ("clippy", clippy),
    ("floors", |root| Ok(checked(&floors::check(root)?))),
    ("tidy", |root| Ok(checked(&tidy::check(root)?))),
    ("tests", tests),
    ("doc tests", doc_tests),
    ("score", scored),
    ("documentation", documentation),
    ("licences and bans", deny),
    ("advisories", advisories),
    ("fuzz targets build", fuzz_targets),
];

/// Runs every step, also after one has failed; true when none has.
pub fn run(root: &Path) -> Result<bool, Failure> {
    let mut total = Tally::default();
    for (name, step) in STEPS {
        let start = Instant::now();
        // A step that could not run has failed; the others still have something to say.
        let done = step(root)
            .unwrap_or_else(|failure| Done { tally: Tally::fail(), output: failure.to_string() });
        let seconds = start.elapsed().as_secs_f64();
        if done.tally.failed > 0 {
            println!("{}", failures(&done.output).trim_end());
        }
        println!("{}", line(name, &done.tally, seconds));
        total.add(done.tally);
    }
    for (reason, count) in &total.reasons {
        println!("skipped {count}: {reason}");
    }
    println!("{total}");
    Ok(total.failed == 0)
}

/// What `cargo test` says of failed tests, without the output of those that passed; everything
/// but cargo's progress where it says nothing of the kind: then it did not come to testing.
fn failures(output: &str) -> String {
    let mut within = false;
    let kept: Vec<&str> = output
        .lines()
        .filter(|line| {
            within = match *line {
                "failures:" => true,
                "successes:" => false,
                _ => within,
            };
            let shown = within || line.starts_with("error");
            within &= !line.starts_with("test result: ");
            shown
        })
        .collect();
    if kept.contains(&"failures:") {
        return kept.join("\n");
    }
    const PROGRESS: [&str; 5] =
        ["Compiling", "Checking", "Documenting", "Downloading", "Downloaded"];
    let told = |line: &&str| !PROGRESS.iter().any(|word| line.trim_start().starts_with(word));
    output.lines().filter(told).collect::<Vec<&str>>().join("\n")
}

fn line(name: &str, tally: &Tally, seconds: f64) -> String {
    let word = match (tally.failed, tally.passed) {
        (1.., _) => "FAILED",
        (0, 0) => "skipped",
        (0, 1..) => "ok",
    };
    let counts = if tally.passed + tally.failed + tally.skipped > 1 {
        format!("  {tally}")
    } else {
        String::new()
    };
    format!("{word:<8} {name:<20} {seconds:>7.1} s{counts}")
}

fn checked(problems: &[Problem]) -> Done {
    let lines: Vec<String> = problems.iter().map(Problem::to_string).collect();
    let tally = if problems.is_empty() { Tally::pass() } else { Tally::fail() };
    Done { tally, output: lines.join("\n") }
}

/// Runs programs one after the other; the step passes when all end well.
fn ends_well(commands: Vec<Command>) -> Result<Done, Failure> {
    let mut done = Done { tally: Tally::pass(), output: String::new() };
    for mut command in commands {
        let printed = capture(&mut command)?;
        if !printed.success {
            done.tally = Tally::fail();
            done.output.push_str(&printed.stdout);
            done.output.push_str(&printed.stderr);
        }
    }
    Ok(done)
}

fn format(root: &Path) -> Result<Done, Failure> {
    let outside = ["fmt", "--manifest-path", "fuzz/Cargo.toml", "--check"];
    ends_well(vec![
        program(root, "cargo", &["fmt", "--all", "--check"]),
        program(root, "cargo", &outside),
    ])
}

fn clippy(root: &Path) -> Result<Done, Failure> {
    let arguments = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    ends_well(vec![program(root, "cargo", &arguments)])
}

fn tests(root: &Path) -> Result<Done, Failure> {
    // Without it the tests that need it say that they were skipped.
    let python = python::prepare(root).inspect_err(|reason| println!("no moto: {reason}")).ok();
    if has(root, "cargo", &["nextest", "--version"]) {
        let arguments = [
            "nextest",
            "run",
            "--workspace",
            "--locked",
            "--no-fail-fast",
            "--success-output",
            "final",
        ];
        let mut command = program(root, "cargo", &arguments);
        command.envs(python.map(|python| ("CRASHCART_PYTHON", python)));
        return counted(command.args(["--no-tests", "pass"]), tally::of_nextest);
    }
    let arguments = ["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"];
    let mut command = program(root, "cargo", &arguments);
    command.envs(python.map(|python| ("CRASHCART_PYTHON", python)));
    counted(command.args(["--", "--show-output"]), tally::of_cargo_test)
}

fn doc_tests(root: &Path) -> Result<Done, Failure> {
    let arguments = ["test", "--workspace", "--doc", "--locked", "--no-fail-fast"];
    let done = counted(&mut program(root, "cargo", &arguments), tally::of_cargo_test)?;
    if done.tally == Tally::default() {
        Ok(Done { tally: Tally::pass(), ..done })
    } else {
        Ok(done)
    }
}

/// Runs a test runner and counts its cases; one that fails without a failed case counts as one.
fn counted(command: &mut Command, count: fn(&str) -> Tally) -> Result<Done, Failure> {
    let printed = capture(command)?;
    let output = format!("{}{}", printed.stderr, printed.stdout);
    let mut tally = count(&output);
    if !printed.success && tally.failed == 0 {
        tally.failed = 1;
    }
    Ok(Done { tally, output })
}

/// Each figure is one test; the notes of those that fell are the failures.
fn scored(root: &Path) -> Result<Done, Failure> {
    let score = Score::measure(root)?;
    Ok(Done { tally: score.tally(), output: score.failures() })
}

fn documentation(root: &Path) -> Result<Done, Failure> {
    let mut command = program(root, "cargo", &["doc", "--workspace", "--no-deps", "--locked"]);
    command.env("RUSTDOCFLAGS", "-D warnings");
    ends_well(vec![command])
}

fn deny(root: &Path) -> Result<Done, Failure> {
    if !has(root, "cargo", &["deny", "--version"]) {
        return Ok(Done::skipped("licences and bans: cargo-deny is not installed"));
    }
    let arguments = ["deny", "check", "bans", "licenses", "sources"];
    ends_well(vec![program(root, "cargo", &arguments)])
}

fn advisories(root: &Path) -> Result<Done, Failure> {
    if !has(root, "cargo", &["deny", "--version"]) {
        return Ok(Done::skipped("advisories: cargo-deny is not installed"));
    }
    let home = repository::variable("CARGO_HOME")
        .or_else(|| repository::variable("HOME").map(|home| format!("{home}/.cargo")));
    let fetched = home.map(|home| Path::new(&home).join("advisory-dbs"));
    if !fetched.is_some_and(|folder| folder.is_dir()) {
        return Ok(Done::skipped("advisories: no database here; cargo deny fetch gets it"));
    }
    let arguments = ["deny", "check", "--disable-fetch", "advisories"];
    ends_well(vec![program(root, "cargo", &arguments)])
}

fn fuzz_targets(root: &Path) -> Result<Done, Failure> {
    if let Some(reason) = fuzz::cannot(root) {
        return Ok(Done::skipped(&format!("fuzz targets: {reason}")));
    }
    ends_well(vec![fuzz::build(root)?])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_is_one_line_with_its_time() {
        assert_eq!(line("tidy", &Tally::pass(), 0.25), "ok       tidy                     0.2 s");
        let tally = Tally { passed: 3, failed: 1, ..Tally::default() };
        let line = line("tests", &tally, 12.0);
        assert!(line.starts_with("FAILED   tests "), "{line}");
        assert!(line.ends_with("12.0 s  3 passed, 1 failed, 0 skipped"), "{line}");
    }

    #[test]
    fn a_step_that_did_not_run_is_not_ok() {
        assert!(line("deny", &Tally::skip("absent"), 0.0).starts_with("skipped  deny"));
    }

    #[test]
    fn of_many_tests_only_those_that_failed_are_shown() {
        let output = "successes:\n---- a ----\nfine\n\nfailures:\n---- b ----\nbroken\n\
                      test result: FAILED. 1 passed; 1 failed\n\nsuccesses:\n---- c ----\nfine\n";
        let shown = failures(output);
        assert!(shown.contains("broken") && shown.contains("test result"), "{shown}");
        assert!(!shown.contains("fine"), "{shown}");
        let output = "   Compiling a v0.1.0\nerror: cannot compile\nat all\n";
        assert_eq!(failures(output), "error: cannot compile\nat all");
    }

    #[test]
    fn a_runner_that_fails_without_a_failed_test_counts_as_failed() {
        let mut command = program(&repository::root(), "cargo", &["no-such-subcommand"]);
        let done = counted(&mut command, tally::of_cargo_test).unwrap();
        assert_eq!(done.tally.failed, 1);
    }

    #[test]
    fn a_program_that_ends_badly_fails_its_step() {
        let commands = vec![program(&repository::root(), "cargo", &["no-such-subcommand"])];
        assert_eq!(ends_well(commands).unwrap().tally, Tally::fail());
    }
}
