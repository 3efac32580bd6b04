//! A Python with moto, botocore and the AWS CLI, for tests that talk to a server as to AWS.
//! Installed once, beside the builds; tests find it through `CRASHCART_PYTHON`.

use std::path::{Path, PathBuf};

use crate::repository::{capture, program, target};

/// moto, pinned: it brings botocore, whose models declarations are held against.
const MOTO: &str = "5.2.5";
/// The AWS CLI, pinned: the commands that we print are run with it.
const AWS_CLI: &str = "1.46.3";

/// Where the Python is; or why there is none.
pub fn prepare(root: &Path) -> Result<PathBuf, String> {
    let folder = target(root).join(format!("python-moto-{MOTO}-aws-cli-{AWS_CLI}"));
    let python = folder.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    let complete = folder.join("complete");
    if complete.exists() {
        return Ok(python);
    }
    println!("installing moto {MOTO} and the AWS CLI {AWS_CLI} into {}", folder.display());
    let ran = |name: &str, arguments: &[&str]| match capture(&mut program(root, name, arguments)) {
        Ok(printed) if printed.success => Ok(()),
        Ok(printed) => Err(printed.stderr.lines().last().unwrap_or("it says nothing").to_owned()),
        Err(failure) => Err(failure.to_string()),
    };
    ran("python3", &["-m", "venv", "--clear", &folder.display().to_string()])?;
    let packages = [format!("moto[server]=={MOTO}"), format!("awscli=={AWS_CLI}")];
    let install = ["-m", "pip", "install", "--quiet", &packages[0], &packages[1]];
    ran(&python.display().to_string(), &install)?;
    std::fs::write(&complete, "").map_err(|error| error.to_string())?;
    Ok(python)
}
