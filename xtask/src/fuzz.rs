//! Builds and runs the fuzz targets in `fuzz/` with the stable toolchain.
//!
//! The layout is cargo-fuzz's own, which also works on it where a nightly toolchain is there. What
//! cargo-fuzz adds are compiler flags: coverage counters need no nightly, sanitizers do, and with
//! unsafe code forbidden the panics and the assertions of the targets are what is looked for.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::problem::Failure;
use crate::repository::{self, capture, has, program};

/// Coverage counters, compares and the switch that the targets know a fuzzing build by.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares -Ccodegen-units=1 -Cdebug-assertions=on";

/// Seconds per target where none are given.
const SECONDS: u32 = 60;

/// Runs the named targets, or all; true when none found anything.
pub fn run(root: &Path, words: &[&str]) -> Result<bool, Failure> {
    let (seconds, named) = arguments(words)?;
    if let Some(reason) = cannot(root) {
        return Err(Failure::new(format!("cannot fuzz here: {reason}")));
    }
    let targets = targets(root)?;
    if let Some(unknown) = named.iter().find(|name| !targets.iter().any(|target| target == *name)) {
        let known = targets.join(", ");
        return Err(Failure::new(format!("no fuzz target {unknown}; there are {known}")));
    }
    let printed = capture(&mut build(root)?)?;
    if !printed.success {
        return Err(Failure::during("building", "fuzz targets", printed.stderr));
    }
    let mut clean = true;
    for target in targets.iter().filter(|name| named.is_empty() || named.contains(&name.as_str())) {
        let printed = capture(&mut fuzzer(root, target, seconds)?)?;
        let cases = number_after(&printed.stderr, "stat::number_of_executed_units:");
        let word = if printed.success { "ok" } else { "FAILED" };
        println!("{word:<8} {target:<20} {cases:>12} cases in {seconds} s");
        if !printed.success {
            println!("{}", printed.stderr);
        }
        clean &= printed.success;
    }
    Ok(clean)
}

/// Reads `[--seconds N] [TARGET...]`.
fn arguments<'a>(words: &[&'a str]) -> Result<(u32, Vec<&'a str>), Failure> {
    match words {
        ["--seconds", number, named @ ..] => {
            let seconds = number.parse().map_err(|cause| {
                Failure::during("reading", format!("--seconds {number}"), cause)
            })?;
            Ok((seconds, named.to_vec()))
        }
        named => Ok((SECONDS, named.to_vec())),
    }
}

/// Why the targets cannot be built here, if so.
pub fn cannot(root: &Path) -> Option<&'static str> {
    if !cfg!(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))) {
        return Some("coverage counters are set up for Linux on x86-64 and arm64 only");
    }
    if !has(root, "c++", &["--version"]) {
        return Some("no C++ compiler for libFuzzer");
    }
    None
}

/// The command that builds every target.
pub fn build(root: &Path) -> Result<Command, Failure> {
    take_versions(root)?;
    let host = host(root)?;
    let folder = folder(root);
    let mut command = program(root, "cargo", &["build", "--release", "--bins"]);
    command
        .args(["--manifest-path", "fuzz/Cargo.toml"])
        // With a target named, build scripts and macros are built without the counters.
        .args(["--target", &host])
        .arg("--target-dir")
        .arg(&folder)
        .env("RUSTFLAGS", FLAGS);
    Ok(command)
}

/// Starts the targets' lock file (which git ignores) from the workspace's, so that what is fuzzed
/// is what is shipped; cargo adds libFuzzer to it.
fn take_versions(root: &Path) -> Result<(), Failure> {
    let (ours, theirs) = (root.join("Cargo.lock"), root.join("fuzz/Cargo.lock"));
    let changed = |path: &Path| fs::metadata(path).and_then(|data| data.modified());
    let fresh =
        matches!((changed(&ours), changed(&theirs)), (Ok(ours), Ok(theirs)) if ours < theirs);
    if !fresh {
        fs::copy(&ours, &theirs)
            .map_err(|cause| Failure::during("copying", ours.display(), cause))?;
    }
    Ok(())
}

/// The targets by name, in order: the binaries of `fuzz/Cargo.toml`.
fn targets(root: &Path) -> Result<Vec<String>, Failure> {
    let folder = root.join("fuzz/fuzz_targets");
    let entries = fs::read_dir(&folder)
        .map_err(|cause| Failure::during("listing", folder.display(), cause))?;
    let mut names: Vec<String> = entries
        .filter_map(Result::ok)
        .filter_map(|entry| entry.file_name().to_str()?.strip_suffix(".rs").map(str::to_owned))
        .collect();
    names.sort();
    Ok(names)
}

/// Beside the target folder of the checkout's builds: their flags differ.
fn folder(root: &Path) -> PathBuf {
    match repository::variable("CARGO_TARGET_DIR") {
        Some(_) => repository::target(root).join("fuzz"),
        None => root.join("fuzz/target"),
    }
}

fn host(root: &Path) -> Result<String, Failure> {
    let printed = capture(&mut program(root, "rustc", &["-vV"]))?;
    let host = printed.stdout.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| Failure::new("rustc does not tell its host"))
}

/// The command that runs one target on what it has found so far and on its seeds.
fn fuzzer(root: &Path, target: &str, seconds: u32) -> Result<Command, Failure> {
    let corpus = root.join("fuzz/corpus").join(target);
    let artifacts = root.join("fuzz/artifacts").join(target);
    for folder in [&corpus, &artifacts] {
        fs::create_dir_all(folder)
            .map_err(|cause| Failure::during("making", folder.display(), cause))?;
    }
    let binary = folder(root).join(host(root)?).join("release").join(target);
    let mut command = Command::new(binary);
    command
        .current_dir(root)
        .args(["-print_final_stats=1", "-timeout=10", "-rss_limit_mb=2048", "-max_len=65536"])
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-artifact_prefix={}/", artifacts.display()))
        .arg(corpus);
    let seeds = root.join("fuzz/seeds").join(target);
    let seeds = if target == "rules" { root.join("rules/aws") } else { seeds };
    if seeds.is_dir() {
        command.arg(seeds);
    }
    Ok(command)
}

fn number_after(text: &str, label: &str) -> u64 {
    text.lines().find_map(|line| line.strip_prefix(label)?.trim().parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_targets_are_read_from_the_command_line() {
        assert_eq!(arguments(&[]).unwrap(), (60, vec![]));
        assert_eq!(arguments(&["--seconds", "5", "json"]).unwrap(), (5, vec!["json"]));
        assert!(arguments(&["--seconds", "soon"]).is_err());
    }

    #[test]
    fn the_number_of_cases_is_read_from_the_final_statistics() {
        let text = "Done 7 runs\nstat::number_of_executed_units: 1234\nstat::peak_rss_mb: 40\n";
        assert_eq!(number_after(text, "stat::number_of_executed_units:"), 1234);
    }

    #[test]
    fn every_target_is_a_binary_of_the_manifest() {
        let root = repository::root();
        let manifest = fs::read_to_string(root.join("fuzz/Cargo.toml")).unwrap();
        let names = targets(&root).unwrap();
        assert!(!names.is_empty());
        for name in names {
            let path = format!("path = \"fuzz_targets/{name}.rs\"");
            assert!(manifest.contains(&path), "fuzz/Cargo.toml lacks {name}");
        }
    }
}
