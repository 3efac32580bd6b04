//! Names of rule files, schemas that parse, formats that are fuzzed, crates that forbid unsafe code.

use crate::problem::Problem;
use crate::repository::File;

/// Checks one file; files of no concern pass.
pub fn check(file: &File, found: &mut Vec<Problem>) {
    if let Some(name) = file.path.strip_prefix("rules/aws/") {
        let stem = name.strip_suffix(".yml").unwrap_or_default();
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        if stem.is_empty() || !stem.bytes().all(word) {
            found.push(Problem::of_file(
                &file.path,
                "not the name of a rule",
                "use small letters, digits and underscores, and end in .yml",
            ));
        }
    }
    if file.path.starts_with("schemas/")
        && file.extension() == "json"
        && let Err(cause) = serde_json::from_str::<serde_json::Value>(&file.text)
    {
        found.push(Problem::at(
            &file.path,
            cause.line(),
            format!("not JSON: {cause}"),
            "write it anew from the types",
        ));
    }
}

/// Every format has its fuzz target, under the same name.
pub fn check_fuzzed(files: &[File], found: &mut Vec<Problem>) {
    for file in files {
        let name = file.path.strip_prefix("crates/decode/src/formats/");
        let Some(name) = name.filter(|name| *name != "mod.rs" && !name.contains('/')) else {
            continue;
        };
        let target = format!("fuzz/fuzz_targets/{name}");
        if !files.iter().any(|file| file.path == target) {
            found.push(Problem::of_file(
                &file.path,
                format!("the format has no fuzz target {target}"),
                "copy a neighbour's and list it in fuzz/Cargo.toml",
            ));
        }
    }
}

/// Every crate forbids unsafe code, by itself or through the workspace's lints.
pub fn check_unsafe(files: &[File], found: &mut Vec<Problem>) {
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| &*file.text);
    let everywhere = text("Cargo.toml")
        .is_some_and(|root| root.lines().any(|line| line.trim() == "unsafe_code = \"forbid\""));
    for manifest in files.iter().filter(|file| is_member(&file.path)) {
        let inherits = everywhere && manifest.text.contains("[lints]\nworkspace = true");
        let folder = manifest.path.trim_end_matches("Cargo.toml");
        let says_so = ["src/lib.rs", "src/main.rs"].iter().any(|file| {
            text(&format!("{folder}{file}"))
                .is_some_and(|text| text.contains("#![forbid(unsafe_code)]"))
        });
        if !inherits && !says_so {
            found.push(Problem::of_file(
                &manifest.path,
                "unsafe code is not forbidden",
                "add [lints] with workspace = true",
            ));
        }
    }
}

fn is_member(path: &str) -> bool {
    path == "xtask/Cargo.toml"
        || path
            .strip_prefix("crates/")
            .and_then(|path| path.strip_suffix("/Cargo.toml"))
            .is_some_and(|name| !name.contains('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.into(), text: text.into() }
    }

    fn found(path: &str, text: &str) -> usize {
        let mut found = Vec::new();
        check(&file(path, text), &mut found);
        found.len()
    }

    #[test]
    fn a_rule_file_is_named_in_small_letters() {
        assert_eq!(found("rules/aws/root_sign_in.yml", ""), 0);
        for name in ["Root.yml", "root-sign-in.yml", "root.yaml", ".yml", "s3/root.yml"] {
            assert_eq!(found(&format!("rules/aws/{name}"), ""), 1, "{name}");
        }
    }

    #[test]
    fn a_broken_schema_is_named() {
        assert_eq!(found("schemas/a.json", "{}"), 0);
        assert_eq!(found("schemas/a.json", "{"), 1);
    }

    #[test]
    fn a_format_that_is_not_fuzzed_is_named() {
        let files = [
            file("crates/decode/src/formats/mod.rs", ""),
            file("crates/decode/src/formats/a.rs", ""),
            file("crates/decode/src/formats/b.rs", ""),
            file("fuzz/fuzz_targets/a.rs", ""),
        ];
        let mut found = Vec::new();
        check_fuzzed(&files, &mut found);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "crates/decode/src/formats/b.rs");
    }

    #[test]
    fn a_crate_that_does_not_forbid_unsafe_code_is_named() {
        let root = file("Cargo.toml", "[workspace.lints.rust]\nunsafe_code = \"forbid\"\n");
        let good = file("crates/a/Cargo.toml", "[lints]\nworkspace = true\n");
        let bad = file("crates/b/Cargo.toml", "[package]\nname = \"b\"\n");
        let mut found = Vec::new();
        check_unsafe(&[root, good, bad], &mut found);
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "crates/b/Cargo.toml");
    }
}
