//! A Python with moto and botocore, for tests that talk to a server as to AWS. Installed once,
//! beside the builds; tests find it through `CRASHCART_PYTHON`.

use std::path::{Path, PathBuf};

use crate::repository::{capture, program, target};

/// moto, pinned: it brings botocore, whose models declarations are held against.
const MOTO: &str = "5.2.5";

/// Where the Python is; or why there is none.
pub fn prepare(root: &Path) -> Result<PathBuf, String> {
    let folder = target(root).join(format!("python-moto-{MOTO}"));
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let complete = folder.join("complete");
    if complete.exists() {
        return Ok(python);
    }
    println!("installing moto {MOTO} into {}", folder.display());
    let ran = |name: &str, arguments: &[&str]| match capture(&mut program(root, name, arguments)) {
        Ok(printed) if printed.success => Ok(()),
        Ok(printed) => Err(printed.stderr.lines().last().unwrap_or("it says nothing").to_owned()),
        Err(failure) => Err(failure.to_string()),
    };
    ran("python3", &["-m", "venv", "--clear", &folder.display().to_string()])?;
    let package = format!("moto[server]=={MOTO}");
    ran(&python.display().to_string(), &["-m", "pip", "install", "--quiet", &package])?;
    std::fs::write(&complete, "").map_err(|error| error.to_string())?;
    Ok(python)
}
