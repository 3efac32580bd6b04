//! How many passed, failed and were skipped, and why; read from what test runners print.
//!
//! A test that finds its data absent prints `SKIPPED: reason` and returns: the runner counts it as
//! passed, this counts it as skipped.

use std::collections::BTreeMap;
use std::fmt;

/// Counts over steps and test cases.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Passed.
    pub passed: usize,
    /// Failed.
    pub failed: usize,
    /// Skipped, for the reasons below.
    pub skipped: usize,
    /// Reasons, each with how many were skipped for it.
    pub reasons: BTreeMap<String, usize>,
}

impl Tally {
    /// One that passed.
    pub fn pass() -> Self {
        Self { passed: 1, ..Self::default() }
    }

    /// One that failed.
    pub fn fail() -> Self {
        Self { failed: 1, ..Self::default() }
    }

    /// One that was skipped.
    pub fn skip(reason: &str) -> Self {
        Self { skipped: 1, reasons: BTreeMap::from([(reason.to_owned(), 1)]), ..Self::default() }
    }

    /// Adds another tally to this one.
    pub fn add(&mut self, other: Tally) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        for (reason, count) in other.reasons {
            *self.reasons.entry(reason).or_default() += count;
        }
    }

    /// Counts a case that its runner took for passed.
    fn not_passed_but_skipped(&mut self, reason: &str) {
        self.passed = self.passed.saturating_sub(1);
        self.skipped += 1;
        *self.reasons.entry(reason.to_owned()).or_default() += 1;
    }

    /// Counts cases that their runner left out.
    fn left_out(&mut self, count: usize) {
        if count > 0 {
            self.skipped += count;
            *self.reasons.entry("left out by the test runner".to_owned()).or_default() += count;
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} passed, {} failed, {} skipped", self.passed, self.failed, self.skipped)
    }
}

/// Reads what `cargo test -- --show-output` printed on standard output.
pub fn of_cargo_test(text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut reasons = Vec::new();
    let mut passed = false;
    let mut counted = false;
    for line in text.lines() {
        if let Some(summary) = line.strip_prefix("test result: ") {
            tally.passed += number_before(summary, "passed");
            tally.failed += number_before(summary, "failed");
            tally.left_out(number_before(summary, "ignored"));
        }
        match line {
            "successes:" => passed = true,
            "failures:" => passed = false,
            _ if line.starts_with("---- ") => counted = false,
            _ => {}
        }
        if let (true, false, Some(reason)) = (passed, counted, reason(line)) {
            counted = true;
            reasons.push(reason);
        }
    }
    reasons.into_iter().for_each(|reason| tally.not_passed_but_skipped(reason));
    tally
}

/// Reads what `cargo nextest run --success-output final` printed on standard error.
pub fn of_nextest(text: &str) -> Tally {
    let mut tally = Tally::default();
    let mut reasons = Vec::new();
    let mut passed = false;
    let mut counted = false;
    for line in text.lines() {
        let words = line.trim_start();
        if words.starts_with("Summary [") {
            tally.passed += number_before(words, "passed");
            tally.failed += number_before(words, "failed") + number_before(words, "timed");
            tally.left_out(number_before(words, "skipped"));
        }
        let status = words.split_once(" [").map(|(status, _)| status);
        if let Some("PASS" | "FAIL" | "TIMEOUT" | "SIGABRT" | "SIGSEGV") = status {
            passed = status == Some("PASS");
            counted = false;
        }
        if let (true, false, Some(reason)) = (passed, counted, reason(words)) {
            counted = true;
            reasons.push(reason);
        }
    }
    reasons.into_iter().for_each(|reason| tally.not_passed_but_skipped(reason));
    tally
}

fn reason(line: &str) -> Option<&str> {
    line.strip_prefix("SKIPPED: ")
}

/// The number in front of `word`; 0 where it does not stand.
fn number_before(text: &str, word: &str) -> usize {
    let words: Vec<&str> =
        text.split([' ', ',', ';', '(', ')']).filter(|w| !w.is_empty()).collect();
    words
        .windows(2)
        .find(|pair| pair[1] == word)
        .and_then(|pair| pair[0].parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CARGO: &str = "\
running 3 tests
test a::reads ... ok
test a::waits ... ok
test a::old ... ignored

successes:

---- a::reads stdout ----
SKIPPED: story-invictus is not there (set CRASHCART_DATA)
SKIPPED: story-flaws2 is not there (set CRASHCART_DATA)


successes:
    a::reads
    a::waits

test result: ok. 2 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s

running 2 tests

failures:

---- b::breaks stdout ----
SKIPPED: said by a test that then failed

test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.00s
";

    #[test]
    fn cargo_test_is_counted_over_all_its_binaries() {
        let tally = of_cargo_test(CARGO);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (2, 1, 2));
        assert_eq!(tally.reasons.len(), 2);
        assert_eq!(tally.to_string(), "2 passed, 1 failed, 2 skipped");
    }

    #[test]
    fn nextest_is_counted_with_its_skipped_tests() {
        let text = "\
     Summary [   0.123s] 5 tests run: 3 passed (1 slow), 1 failed, 1 timed out, 2 skipped
        PASS [   0.004s] crashcart-story::real invictus_is_told
  stderr ---
    SKIPPED: story-invictus is not there
        FAIL [   0.004s] crashcart-story::real other
    SKIPPED: not counted
";
        let tally = of_nextest(text);
        assert_eq!((tally.passed, tally.failed, tally.skipped), (2, 2, 3));
    }

    #[test]
    fn output_without_a_summary_counts_nothing() {
        assert_eq!(of_cargo_test("error: could not compile"), Tally::default());
        assert_eq!(of_nextest(""), Tally::default());
    }

    #[test]
    fn tallies_add_up_with_their_reasons() {
        let mut tally = Tally::pass();
        tally.add(Tally::fail());
        tally.add(Tally::skip("no cargo-deny"));
        tally.add(Tally::skip("no cargo-deny"));
        assert_eq!(tally.to_string(), "1 passed, 1 failed, 2 skipped");
        assert_eq!(tally.reasons["no cargo-deny"], 2);
    }
}
