//! What a check found, and what stopped one. Never decides what is wrong: the checks do.

use std::fmt;

/// One thing wrong in the repository; written as `path:line: what; hint`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// Path from the root of the repository, with `/`.
    pub path: String,
    /// Line from 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong.
    pub what: String,
    /// What to do about it.
    pub hint: &'static str,
}

impl Problem {
    /// A problem with a whole file.
    pub fn of_file(path: &str, what: impl Into<String>, hint: &'static str) -> Self {
        Self { path: path.to_owned(), line: 0, what: what.into(), hint }
    }

    /// A problem at a line, counted from 1.
    pub fn at(path: &str, line: usize, what: impl Into<String>, hint: &'static str) -> Self {
        Self { path: path.to_owned(), line, what: what.into(), hint }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}", self.path)?;
        if self.line > 0 {
            write!(out, ":{}", self.line)?;
        }
        write!(out, ": {}; {}", self.what, self.hint)
    }
}

/// Why a command could not go on.
#[derive(Debug)]
pub struct Failure(String);

impl Failure {
    /// A failure in words.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Names what was done to which thing when `cause` came up.
    pub fn during(action: &str, thing: impl fmt::Display, cause: impl fmt::Display) -> Self {
        Self(format!("{action} {thing}: {cause}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// Prints the problems; true when there are none.
pub fn report(problems: &[Problem]) -> Result<bool, Failure> {
    for problem in problems {
        println!("{problem}");
    }
    Ok(problems.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_reads_as_path_line_what_and_hint() {
        assert_eq!(
            Problem::at("a/b.rs", 7, "a tab", "use spaces").to_string(),
            "a/b.rs:7: a tab; use spaces"
        );
        assert_eq!(
            Problem::of_file("a/b.rs", "no header", "say why").to_string(),
            "a/b.rs: no header; say why"
        );
    }
}
