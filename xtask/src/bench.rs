//! Speed and memory of the hot path, measured in one run on one machine and told as ratios: the
//! floor (inflating alone, inflating and parsing alone) against `detect` with few and with all
//! rules, on one thread and on two. The corpus is made anew from its seed when it is not there.

mod child;
mod corpus;

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::problem::Failure;
use crate::repository::{capture, program, target};
use child::Measured;
use corpus::Corpus;

/// Each measurement is made this often, all of them in turn; the median counts.
const ROUNDS: usize = 3;

/// One thing to measure.
struct Candidate {
    name: &'static str,
    threads: usize,
    command: Vec<String>,
}

/// A candidate's median.
struct Row {
    name: &'static str,
    threads: usize,
    measured: Measured,
}

/// Makes the corpus, builds, measures and prints; false when something could not be measured.
pub fn run(root: &Path, words: &[&str]) -> Result<bool, Failure> {
    let release = build(root)?;
    let corpus = corpus::make(root, &release, words)?;
    let rules = corpus::rules(root)?;
    println!(
        "corpus: {} files, {} events, {} MB JSON",
        corpus.files,
        corpus.events,
        corpus.bytes / 1_000_000
    );
    println!("rules: {}, and every tenth of them", rules.count);
    let candidates = candidates(&release, &corpus, &rules);
    let mut rounds: Vec<Vec<Measured>> = candidates.iter().map(|_| Vec::new()).collect();
    for _ in 0..ROUNDS {
        for (candidate, results) in candidates.iter().zip(&mut rounds) {
            results.push(child::measure(root, &candidate.command)?);
        }
    }
    let rows: Vec<Row> = candidates
        .iter()
        .zip(rounds)
        .map(|(candidate, results)| Row {
            name: candidate.name,
            threads: candidate.threads,
            measured: child::median(results),
        })
        .collect();
    print_table(&rows, &corpus);
    print_ratios(&rows, corpus.events);
    print_allocations(root, &release, &corpus, &rules)?;
    let help = vec![release.join("crashcart").display().to_string(), "--help".to_owned()];
    let starts: Result<Vec<_>, _> = (0..21).map(|_| child::measure(root, &help)).collect();
    println!("crashcart --help: {:.1} ms (goal: under 20)", child::median(starts?).seconds * 1e3);
    Ok(true)
}

/// Builds what is measured; returns the folder of the release build.
fn build(root: &Path) -> Result<PathBuf, Failure> {
    for arguments in [
        ["build", "--release", "--package", "crashcart-cli", "--bins", ""],
        ["build", "--release", "--package", "crashcart-decode", "--example", "floor"],
        ["build", "--release", "--package", "crashcart-scenario", "--example", "corpus"],
        ["build", "--release", "--package", "crashcart-app", "--example", "allocations"],
    ] {
        let arguments: Vec<&str> = arguments.into_iter().filter(|word| !word.is_empty()).collect();
        let printed = capture(&mut program(root, "cargo", &arguments))?;
        if !printed.success {
            return Err(Failure::during("building", arguments.join(" "), printed.stderr));
        }
    }
    Ok(target(root).join("release"))
}

fn candidates(release: &Path, corpus: &Corpus, rules: &corpus::Rules) -> Vec<Candidate> {
    let folder = corpus.folder.display().to_string();
    let floor = release.join("examples/floor").display().to_string();
    let binary = release.join("crashcart").display().to_string();
    let mut all = Vec::new();
    for threads in [1, 2] {
        let count = threads.to_string();
        for (name, mode) in [
            ("inflate", "inflate"),
            ("inflate, parse", "parse"),
            ("inflate, serde eventName", "serde"),
        ] {
            let command = [&floor, mode, &count, &folder].map(str::to_owned).to_vec();
            all.push(Candidate { name, threads, command });
        }
        for (name, rules) in
            [("detect, rules / 10", &rules.tenth), ("detect, all rules", &rules.all)]
        {
            let mut command: Vec<String> =
                [&binary, "detect", "--json", "--threads", &count].map(str::to_owned).to_vec();
            command.extend(rules.iter().cloned());
            command.push(folder.clone());
            all.push(Candidate { name, threads, command });
        }
    }
    all
}

#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn print_table(rows: &[Row], corpus: &Corpus) {
    println!(
        "{:<26} {:>7} {:>8} {:>8} {:>8} {:>12} {:>9}",
        "", "threads", "seconds", "CPU s", "MB/s", "k events/s", "peak MiB"
    );
    for row in rows {
        let Measured { seconds, busy, peak_kib } = row.measured;
        let busy = busy.map_or("-".to_owned(), |busy| format!("{busy:.2}"));
        let peak = peak_kib.map_or("-".to_owned(), |kib| format!("{}", kib / 1024));
        println!(
            "{:<26} {:>7} {seconds:>8.2} {busy:>8} {:>8.0} {:>12.0} {peak:>9}",
            row.name,
            row.threads,
            corpus.bytes as f64 / 1e6 / seconds,
            corpus.events as f64 / 1e3 / seconds,
        );
    }
}

/// Ratios of wall time, and beside them of time on a processor, which others on the machine
/// disturb less.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn print_ratios(rows: &[Row], events: u64) {
    let find = |name: &str, threads: usize| {
        rows.iter().find(|row| row.name == name && row.threads == threads).map(|row| &row.measured)
    };
    let ratio = |what: &str, upper: Option<&Measured>, lower: Option<&Measured>, goal: &str| {
        let (Some(upper), Some(lower)) = (upper, lower) else { return };
        let busy = upper.busy.zip(lower.busy).map_or(f64::NAN, |(upper, lower)| upper / lower);
        println!("{what}: {:.2}, by CPU time {busy:.2} ({goal})", upper.seconds / lower.seconds);
    };
    let detect = |threads| find("detect, all rules", threads);
    for threads in [1, 2] {
        let what = format!("speed of detect over inflate and parse, {threads} threads");
        ratio(&what, find("inflate, parse", threads), detect(threads), "goal: at least 0.5");
    }
    let goal = "goal: at least 1.8 of wall time where two cores are free";
    ratio("two threads over one", detect(1), detect(2), goal);
    let tenth = find("detect, rules / 10", 1);
    ratio("time with all rules over a tenth", detect(1), tenth, "goal: under 1.3");
    if let Some(peak) = detect(2).and_then(|measured| measured.peak_kib) {
        let allowed = 300.0 + 40.0 * events as f64 / 1_048_576.0;
        println!("peak memory of detect: {} MiB (goal: under {allowed:.0})", peak / 1024);
    }
}

/// Counted in a run of its own, because counting takes time.
#[allow(clippy::cast_precision_loss, reason = "figures for people")]
fn print_allocations(
    root: &Path,
    release: &Path,
    corpus: &Corpus,
    rules: &corpus::Rules,
) -> Result<(), Failure> {
    let counter = release.join("examples/allocations").display().to_string();
    let mut command = program(root, &counter, &[]);
    command.arg(&corpus.folder).args(&rules.shared);
    let printed = capture(&mut command)?;
    let counted: Value = serde_json::from_str(&printed.stdout)
        .map_err(|cause| Failure::during("counting allocations", cause, &printed.stderr))?;
    let number = |name: &str| counted[name].as_f64().unwrap_or_default();
    let events = number("events").max(1.0);
    println!(
        "allocations of detect: {:.2} and {:.0} bytes an event",
        number("allocations") / events,
        number("allocated_bytes") / events
    );
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::repository;

    #[test]
    fn the_examples_that_the_benchmark_runs_are_there() {
        for path in
            ["decode/examples/floor", "scenario/examples/corpus", "app/examples/allocations"]
        {
            let file = repository::root().join(format!("crates/{path}.rs"));
            assert!(file.is_file(), "{} is gone", file.display());
        }
    }
}
