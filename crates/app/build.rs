//! Puts the built-in rules into the binary: every `rules/aws/*.yml`, in order of name, so that
//! adding a rule takes one file and no list line.

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
        write!(out, "({shown:?}, include_str!({:?})),", path.display().to_string())?;
    }
    out.push(']');
    std::fs::write(Path::new(&std::env::var("OUT_DIR")?).join("pack.rs"), out)?;
    Ok(())
}
