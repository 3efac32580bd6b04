//! Where the score is measured: the shared data, the built product, and how cases are put before
//! it. Nothing of the product is linked in: it runs as a user would run it.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;

use serde_json::Value;

use super::unpack;
use crate::problem::Failure;
use crate::repository::{capture, program, target, variable};

/// The checkout, its build and the data.
pub struct Ground {
    /// The root of the checkout.
    pub root: PathBuf,
    data: PathBuf,
}

impl Ground {
    /// The data lies where `CRASHCART_DATA` says, or beside the checkout.
    pub fn new(root: &Path) -> Self {
        let data = variable("CRASHCART_DATA").unwrap_or_else(|| "../shared/data".to_owned());
        Self { root: root.to_path_buf(), data: root.join(data) }
    }

    /// A path below the folder of shared data.
    pub fn data(&self, path: &str) -> PathBuf {
        self.data.join(path)
    }

    /// The built `crashcart`.
    pub fn binary(&self) -> PathBuf {
        target(&self.root).join("debug/crashcart")
    }

    /// Builds what is measured, as the tests build it.
    pub fn build(&self) -> Result<(), Failure> {
        for arguments in [
            "build --locked --package crashcart-cli --bins",
            "build --locked --package crashcart-story --example knowledge",
        ] {
            let words: Vec<&str> = arguments.split(' ').collect();
            let printed = capture(&mut program(&self.root, "cargo", &words))?;
            if !printed.success {
                return Err(Failure::during("building with cargo", arguments, printed.stderr));
            }
        }
        Ok(())
    }

    /// Runs `crashcart` with these arguments and reads its JSON; `input` is its standard input.
    /// Exit codes are not looked at: findings and gaps have their own.
    pub fn crashcart(&self, arguments: &[&str], input: &str) -> Result<Value, Failure> {
        run(program(&self.root, &self.binary().display().to_string(), arguments), input)
    }

    /// Runs an example binary in the same way.
    pub fn example(&self, name: &str, input: &str) -> Result<Value, Failure> {
        let path = target(&self.root).join("debug/examples").join(name);
        run(program(&self.root, &path.display().to_string(), &[]), input)
    }

    /// Reads a compressed file of one JSON object a line.
    pub fn cases(&self, path: &str) -> Result<Vec<Value>, Failure> {
        let path = self.data(path);
        let text = unpack::text(&self.root, &path)?;
        let lines = text.lines().map(serde_json::from_str).collect::<Result<_, _>>();
        lines.map_err(|cause| Failure::during("reading", path.display(), cause))
    }
}

/// Runs a program on `input` and reads the JSON that it prints.
fn run(mut command: Command, input: &str) -> Result<Value, Failure> {
    let name = command.get_program().to_string_lossy().into_owned();
    let failure = |cause: &dyn std::fmt::Display| Failure::during("running", &name, cause);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().map_err(|cause| failure(&cause))?;
    let pipe = child.stdin.take();
    let output = thread::scope(|scope| {
        // One that ends before it has read everything closes the pipe; its answer tells more.
        scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(input.as_bytes())));
        child.wait_with_output()
    });
    let output = output.map_err(|cause| failure(&cause))?;
    serde_json::from_slice(&output.stdout).map_err(|cause| {
        let said = String::from_utf8_lossy(&output.stderr);
        failure(&format!("{cause}; it said: {}", said.trim()))
    })
}

/// Asks for each item, on all cores; the answers stand in the order of the items.
pub fn each<T: Sync, A: Send>(
    items: &[T],
    ask: impl Fn(&T) -> Result<A, Failure> + Sync,
) -> Result<Vec<A>, Failure> {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let share = items.len().div_ceil(cores).max(1);
    thread::scope(|scope| {
        let ask = &ask;
        let parts: Vec<_> = items
            .chunks(share)
            .map(|part| scope.spawn(move || part.iter().map(ask).collect::<Result<Vec<A>, _>>()))
            .collect();
        let mut answers = Vec::new();
        for part in parts {
            let part = part.join().map_err(|_| Failure::new("a thread of the score panicked"))?;
            answers.extend(part?);
        }
        Ok(answers)
    })
}

/// The text of a field; empty where there is none.
pub fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
}

/// The members of a list; none where it is not one.
pub fn list<'a>(value: &'a Value, pointer: &str) -> &'a [Value] {
    value.pointer(pointer).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_stand_in_the_order_of_what_was_asked() {
        let items: Vec<u32> = (0..17).collect();
        let doubled = each(&items, |item| Ok(item * 2)).unwrap();
        assert_eq!(doubled, (0..17).map(|item| item * 2).collect::<Vec<u32>>());
    }

    #[test]
    fn one_that_cannot_be_asked_fails_the_whole() {
        let asked = each(&[1, 2, 3], |item| match item {
            3 => Err(Failure::new("three")),
            item => Ok(*item),
        });
        assert!(asked.is_err());
    }
}
