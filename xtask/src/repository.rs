//! The repository and the programs that are run in it. Reads only.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::problem::Failure;

/// The root of the checkout that this xtask was built in.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The value of an environment variable, where it is set and not empty.
#[allow(clippy::disallowed_methods, reason = "xtask is a command line, not a library")]
pub fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// The target folder: `CARGO_TARGET_DIR`, or `target` in the checkout.
pub fn target(root: &Path) -> PathBuf {
    variable("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |path| root.join(path))
}

/// A program to be run in the root, without standard input.
pub fn program(root: &Path, name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root).stdin(Stdio::null());
    command
}

/// What a program printed and whether it ended well.
pub struct Printed {
    /// Ended with exit code 0.
    pub success: bool,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

/// Runs a program to its end and keeps what it printed.
pub fn capture(command: &mut Command) -> Result<Printed, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.output().map_err(|cause| Failure::during("running", name, cause))?;
    Ok(Printed {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Whether a program is there: it runs and ends well.
pub fn has(root: &Path, name: &str, arguments: &[&str]) -> bool {
    capture(&mut program(root, name, arguments)).is_ok_and(|printed| printed.success)
}

/// A text file of the repository.
pub struct File {
    /// Path from the root, with `/`.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl File {
    /// The part of the name after the last dot; empty without one.
    pub fn extension(&self) -> &str {
        self.name().rsplit_once('.').map_or("", |(_, extension)| extension)
    }

    /// The last part of the path.
    pub fn name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// Every text file that git tracks or would track; files that are not UTF-8 are left out.
pub fn files(root: &Path) -> Result<Vec<File>, Failure> {
    let listed = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let printed = capture(&mut program(root, "git", &listed))?;
    if !printed.success {
        return Err(Failure::during("listing files with", "git", printed.stderr.trim()));
    }
    let mut files = Vec::new();
    for path in printed.stdout.split('\0').filter(|path| !path.is_empty()) {
        // A file that was deleted but is still in the index is not there to be checked.
        let Ok(bytes) = fs::read(root.join(path)) else { continue };
        if let Ok(text) = String::from_utf8(bytes) {
            files.push(File { path: path.to_owned(), text });
        }
    }
    files.sort_by(|left, right| left.path.cmp(&right.path));
    files.dedup_by(|left, right| left.path == right.path);
    Ok(files)
}
