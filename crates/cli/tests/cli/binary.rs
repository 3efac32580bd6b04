//! Runs the binary as a user does: in a folder, with arguments, and nothing inherited that could
//! change what it prints.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// How a run ended.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// The command, before it runs. No variable of the machine reaches it that it looks at.
pub fn command(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_crashcart"));
    command.current_dir(folder).args(arguments).stdin(Stdio::null());
    for name in ["COLUMNS", "NO_COLOR", "TERM", "RUST_BACKTRACE"] {
        command.env_remove(name);
    }
    command
}

/// Runs it in a folder.
pub fn run(folder: &Path, arguments: &[&str]) -> Ran {
    Ran::of(command(folder, arguments).output().expect("the binary runs"))
}

/// Runs it with variables of the environment; no configuration of AWS on the machine reaches it.
pub fn run_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Ran {
    Ran::of(command_with(folder, arguments, variables).output().expect("the binary runs"))
}

/// The command of [`run_with`], before it runs.
pub fn command_with(folder: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Command {
    let nowhere = folder.join("no-configuration");
    let mut command = command(folder, arguments);
    command.env("AWS_CONFIG_FILE", &nowhere).env("AWS_SHARED_CREDENTIALS_FILE", &nowhere);
    command.env("XDG_STATE_HOME", folder.join("no-state"));
    for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "HTTP_PROXY", "http_proxy", "HTTPS_PROXY"] {
        command.env_remove(name);
    }
    command.envs(variables.iter().copied());
    command
}

/// Runs it with something on standard input.
pub fn run_with_input(folder: &Path, arguments: &[&str], input: &[u8]) -> Ran {
    let mut child = command(folder, arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the binary runs");
    let mut pipe = child.stdin.take().expect("a pipe");
    pipe.write_all(input).expect("it reads its input");
    drop(pipe);
    Ran::of(child.wait_with_output().expect("it ends"))
}

impl Ran {
    /// From what the system gives.
    pub fn of(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
        Self {
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// All that a user sees, with the time it took masked.
    pub fn shown(&self) -> String {
        let code = self.code.map_or("signal".to_owned(), |code| code.to_string());
        let stderr: String = self.stderr.split_inclusive('\n').map(without_time).collect();
        format!("exit {code}\n--- stdout\n{}--- stderr\n{stderr}", self.stdout)
    }

    /// Standard output of a run that must have ended with this code.
    #[track_caller]
    pub fn out(&self, code: i32) -> &str {
        assert_eq!(self.code, Some(code), "{}", self.shown());
        &self.stdout
    }

    /// The same, as one JSON document.
    #[track_caller]
    pub fn json(&self, code: i32) -> Value {
        serde_json::from_str(self.out(code)).expect("standard output is JSON")
    }

    /// The same, as one JSON document a line.
    #[track_caller]
    pub fn lines(&self, code: i32) -> Vec<Value> {
        let lines = self.out(code).lines();
        lines.map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
    }
}

/// `read 7 events, 4 kB inflated, in TIME`
fn without_time(line: &str) -> String {
    match line.split_once(", in ") {
        Some((before, _)) if before.starts_with("read ") => format!("{before}, in TIME\n"),
        _ => line.to_owned(),
    }
}

/// The document without the members of these names, wherever they stand.
pub fn without(document: &Value, names: &[&str]) -> Value {
    match document {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !names.contains(&name.as_str()))
            .map(|(name, member)| (name.clone(), without(member, names)))
            .collect(),
        Value::Array(items) => items.iter().map(|item| without(item, names)).collect(),
        other => other.clone(),
    }
}

/// Fails with the first lines that differ, not with two whole texts.
#[track_caller]
pub fn assert_same(one: &str, other: &str, what: &str) {
    if one == other {
        return;
    }
    let mut pairs = one.lines().zip(other.lines()).enumerate();
    let place = pairs.find(|(_, (a, b))| a != b);
    panic!("{what}: {} and {} lines; {place:#?}", one.lines().count(), other.lines().count());
}

/// The same for documents.
#[track_caller]
pub fn assert_same_document(one: &Value, other: &Value, what: &str) {
    assert_same(&format!("{one:#}"), &format!("{other:#}"), what);
}
