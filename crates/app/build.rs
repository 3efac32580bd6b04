//! Puts the built-in rules into the binary: every `rules/aws/*.yml` without its tests, in order of
//! name, so that adding a rule takes one file and no list line.

use std::fmt::Write as _;
use std::path::Path;

#[allow(clippy::disallowed_methods, reason = "cargo tells a build script its folders this way")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join("../../rules/aws");
    println!("cargo:rerun-if-changed={}", folder.display());
    let mut files = Vec::new();
    if folder.is_dir() {
        for entry in std::fs::read_dir(&folder)? {
            let path = entry?.path().canonicalize()?;
            if path.extension().is_some_and(|extension| extension == "yml") {
                files.push(path);
            }
        }
    }
    files.sort();
    let mut out = String::from("&[");
    for path in files {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let shown = format!("built-in/{}", name.unwrap_or_default());
        println!("cargo:rerun-if-changed={}", path.display());
        let text = std::fs::read_to_string(&path)?;
        write!(out, "({shown:?}, {:?}),", without_tests(&text))?;
    }
    out.push(']');
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("pack.rs"), out)?;
    Ok(())
}

/// Tests are longer than the rule, and for those who change it: they would only cost time to read.
fn without_tests(text: &str) -> String {
    let mut inside = false;
    let kept = |line: &&str| {
        // A block ends where the next key or document starts.
        inside = line.starts_with("tests:") || inside && line.starts_with([' ', '#', '\n']);
        !inside
    };
    text.split_inclusive('\n').filter(kept).collect()
}
