//! Every form in which anything leaves the binary, for tests that look for what must not be in
//! any of them.

use std::path::Path;

use crate::binary::{Ran, run};

/// What one run gave out: how it was called, and its text.
pub type Output = (String, String);

/// Runs every command in every form over `logs` below the folder; the reports and the results of a
/// case are among the outputs. `id` is looked up and searched for.
pub fn all(folder: &Path, logs: &str, id: &str) -> Vec<Output> {
    let mut outputs = Vec::new();
    for form in ["", "--json", "--jsonl", "--csv", "--timesketch"] {
        take(&mut outputs, folder, &["timeline", logs], form);
        take(&mut outputs, folder, &["detect", logs], form);
        take(&mut outputs, folder, &["search", id, "--in", logs], form);
        if form != "--timesketch" {
            take(&mut outputs, folder, &["stats", logs, "--top", "1000"], form);
        }
    }
    for form in ["", "--json"] {
        take(&mut outputs, folder, &["whois", id, logs], form);
    }
    take(&mut outputs, folder, &["search", "eventVersion", "--in", logs], "--records");
    take(&mut outputs, folder, &["detect", logs], "--all");
    take(&mut outputs, folder, &["investigate", logs], "--json");
    let files = ["--html", "report.html", "--markdown", "report.md", "--case", "case"];
    take(&mut outputs, folder, &[&["investigate", logs], &files[..]].concat(), "--all");
    take(&mut outputs, folder, &["case", "verify", "case"], "");
    let results = ["findings.jsonl", "story.json", "investigation.json", "report/report.html"];
    let kept = results.map(|name| format!("case/{name}"));
    for name in ["report.html", "report.md"].into_iter().chain(kept.iter().map(String::as_str)) {
        let text = std::fs::read_to_string(folder.join(name)).expect("it was written");
        outputs.push((name.to_owned(), text));
    }
    outputs
}

fn take(outputs: &mut Vec<Output>, folder: &Path, command: &[&str], form: &str) {
    let form = if form.is_empty() { None } else { Some(form) };
    let arguments: Vec<&str> = command.iter().copied().chain(form).collect();
    let Ran { code, stdout, stderr } = run(folder, &arguments);
    assert!(matches!(code, Some(0 | 4)), "{arguments:?}: {stderr}");
    outputs.push((arguments.join(" "), stdout));
    outputs.push((format!("{} on standard error", arguments.join(" ")), stderr));
}
