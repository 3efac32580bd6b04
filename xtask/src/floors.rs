//! Holds the picture in ARCHITECTURE.md against the manifests: a crate imports only lower floors,
//! and each heavy dependency has one owner. Reads `cargo metadata`; changes nothing.

use std::path::Path;

use serde_json::Value;

use crate::problem::{Failure, Problem};
use crate::repository;

/// The floor of each crate. A crate that is not here has no place in the house yet.
const FLOORS: [(&str, u8); 13] = [
    ("crashcart-model", 0),
    ("crashcart-decode", 1),
    ("crashcart-sigma", 1),
    ("crashcart-scenario", 1),
    ("crashcart-story", 1),
    ("crashcart-report", 1),
    ("crashcart-store", 1),
    ("crashcart-aws", 1),
    ("crashcart-collect", 2),
    ("crashcart-respond", 2),
    ("crashcart-app", 3),
    ("crashcart-cli", 4),
    ("xtask", 5),
];

/// Beside the house: tests of any floor may use it, and nothing else may.
const TESTKIT: &str = "crashcart-testkit";
/// The highest floor that the testkit itself may use.
const TESTKIT_FLOOR: u8 = 2;

/// Who may name a dependency, and why nobody else may. A name that ends in `*` is a prefix.
struct Owned {
    dependency: &'static str,
    owners: &'static [&'static str],
    /// Whether anybody's tests may name it too.
    tests: bool,
    why: &'static str,
}

const OWNED: [Owned; 16] = [
    Owned {
        dependency: "maxminddb",
        owners: &["crashcart-app"],
        tests: false,
        why: "a responder's file is opened in one place; the story only asks where an address lies",
    },
    Owned {
        dependency: "libdeflater",
        owners: &["crashcart-decode"],
        tests: false,
        why: "hostile streams are inflated behind decode's caps only",
    },
    Owned {
        dependency: "flate2",
        owners: &["crashcart-decode", "crashcart-scenario"],
        tests: true,
        why: "decode inflates behind its caps, scenario only compresses what it made itself; tests \
              unpack expected values",
    },
    Owned {
        dependency: "ruzstd",
        owners: &["crashcart-decode"],
        tests: false,
        why: "hostile streams are inflated behind decode's caps only",
    },
    Owned {
        dependency: "zip",
        owners: &["crashcart-decode"],
        tests: false,
        why: "member names and sizes are attacker-controlled",
    },
    Owned {
        dependency: "tar",
        owners: &["crashcart-decode"],
        tests: false,
        why: "member names and sizes are attacker-controlled",
    },
    Owned {
        dependency: "clap*",
        owners: &["crashcart-cli"],
        tests: false,
        why: "arguments are words, and words belong to the top floor",
    },
    Owned {
        dependency: "miette",
        owners: &["crashcart-cli"],
        tests: false,
        why: "errors are worded once, at the edge",
    },
    Owned {
        dependency: "home",
        owners: &["crashcart-cli"],
        tests: false,
        why: "no library reads the environment",
    },
    Owned {
        dependency: "dirs*",
        owners: &["crashcart-cli"],
        tests: false,
        why: "no library reads the environment",
    },
    Owned {
        dependency: "etcetera",
        owners: &["crashcart-cli"],
        tests: false,
        why: "no library reads the environment",
    },
    Owned {
        dependency: "rsigma-*",
        owners: &["crashcart-sigma"],
        tests: false,
        why: "one reading of the rule language",
    },
    Owned {
        dependency: "typst*",
        owners: &["crashcart-report"],
        tests: false,
        why: "one writer of PDF, and a long build",
    },
    Owned {
        dependency: "aws-*",
        owners: &["crashcart-aws"],
        tests: false,
        why: "one place that reaches an account and classifies its errors",
    },
    Owned {
        dependency: "stats_alloc",
        owners: &["crashcart-app"],
        tests: false,
        why: "an example counts allocations; the product uses the system's allocator",
    },
    Owned {
        dependency: "libfuzzer-sys",
        owners: &[],
        tests: false,
        why: "fuzzing is built outside the workspace, in fuzz/",
    },
];

/// One line of a manifest's dependency tables.
struct Import<'a> {
    package: &'a str,
    manifest: String,
    dependency: &'a str,
    dev: bool,
}

/// Reads the manifests and tells what breaks the picture.
pub fn check(root: &Path) -> Result<Vec<Problem>, Failure> {
    let arguments = ["metadata", "--format-version", "1", "--no-deps"];
    let printed = repository::capture(&mut repository::program(root, "cargo", &arguments))?;
    if !printed.success {
        return Err(Failure::during("running", "cargo metadata", printed.stderr.trim()));
    }
    let metadata: Value = serde_json::from_str(&printed.stdout)
        .map_err(|cause| Failure::during("reading", "cargo metadata", cause))?;
    Ok(problems(&metadata))
}

/// The check itself, on what `cargo metadata --no-deps` prints.
fn problems(metadata: &Value) -> Vec<Problem> {
    let base = metadata["workspace_root"].as_str().unwrap_or_default();
    let mut found = Vec::new();
    for package in array(&metadata["packages"]) {
        let name = package["name"].as_str().unwrap_or_default();
        let manifest = package["manifest_path"].as_str().unwrap_or_default();
        let manifest = manifest.strip_prefix(base).unwrap_or(manifest).replace('\\', "/");
        let manifest = manifest.trim_start_matches('/').to_owned();
        if floor(name).is_none() && name != TESTKIT {
            found.push(Problem::of_file(
                &manifest,
                format!("{name} stands on no floor"),
                "draw it in ARCHITECTURE.md first, then add it to FLOORS in xtask/src/floors.rs",
            ));
        }
        for dependency in array(&package["dependencies"]) {
            let import = Import {
                package: name,
                manifest: manifest.clone(),
                dependency: dependency["name"].as_str().unwrap_or_default(),
                dev: dependency["kind"].as_str() == Some("dev"),
            };
            found.extend(wrong_floor(&import));
            found.extend(wrong_owner(&import));
        }
    }
    found.sort();
    found
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn floor(name: &str) -> Option<u8> {
    FLOORS.iter().find(|(package, _)| *package == name).map(|(_, floor)| *floor)
}

fn wrong_floor(import: &Import<'_>) -> Option<Problem> {
    let problem = |what: String, hint| Some(Problem::of_file(&import.manifest, what, hint));
    if import.dependency == TESTKIT {
        return if import.dev {
            None
        } else {
            problem(
                format!("{} uses {TESTKIT} outside its tests", import.package),
                "move it to [dev-dependencies]",
            )
        };
    }
    let theirs = floor(import.dependency)?;
    let ours = if import.package == TESTKIT { TESTKIT_FLOOR } else { floor(import.package)? };
    if theirs < ours {
        return None;
    }
    problem(
        format!("{} (floor {ours}) imports {} (floor {theirs})", import.package, import.dependency),
        "import lower floors only; what two neighbours share belongs to model",
    )
}

fn wrong_owner(import: &Import<'_>) -> Option<Problem> {
    let owned = OWNED.iter().find(|owned| match owned.dependency.strip_suffix('*') {
        Some(prefix) => import.dependency.starts_with(prefix),
        None => import.dependency == owned.dependency,
    })?;
    if owned.owners.contains(&import.package) || (import.dev && owned.tests) {
        return None;
    }
    Some(Problem::of_file(
        &import.manifest,
        format!(
            "{} names {}, which belongs to {}: {}",
            import.package,
            import.dependency,
            if owned.owners.is_empty() {
                "no crate here".into()
            } else {
                owned.owners.join(" and ")
            },
            owned.why
        ),
        "ask the owner for what is needed, or change OWNED in xtask/src/floors.rs with its reason",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn found(package: &str, dependency: &str, kind: Option<&str>) -> Vec<String> {
        let metadata = json!({
            "workspace_root": "/x",
            "packages": [{
                "name": package,
                "manifest_path": "/x/crates/it/Cargo.toml",
                "dependencies": [{"name": dependency, "kind": kind}],
            }],
        });
        problems(&metadata).iter().map(Problem::to_string).collect()
    }

    #[test]
    fn a_lower_floor_may_be_imported() {
        assert!(found("crashcart-decode", "crashcart-model", None).is_empty());
        assert!(found("crashcart-cli", "crashcart-app", None).is_empty());
        assert!(found("crashcart-sigma", "serde_json", None).is_empty());
    }

    #[test]
    fn a_neighbour_and_a_higher_floor_may_not_even_in_tests() {
        for (package, dependency) in
            [("crashcart-sigma", "crashcart-decode"), ("crashcart-model", "crashcart-story")]
        {
            for kind in [None, Some("dev"), Some("build")] {
                let problems = found(package, dependency, kind);
                assert_eq!(problems.len(), 1, "{package} {dependency} {kind:?}");
                assert!(problems[0].starts_with("crates/it/Cargo.toml: "), "{problems:?}");
            }
        }
    }

    #[test]
    fn the_testkit_is_for_tests_only() {
        assert!(found("crashcart-model", TESTKIT, Some("dev")).is_empty());
        assert_eq!(found("crashcart-app", TESTKIT, None).len(), 1);
        assert!(found(TESTKIT, "crashcart-decode", None).is_empty());
        assert_eq!(found(TESTKIT, "crashcart-app", None).len(), 1);
    }

    #[test]
    fn a_heavy_dependency_has_one_owner() {
        assert!(found("crashcart-scenario", "flate2", None).is_empty());
        assert_eq!(found("crashcart-app", "flate2", None).len(), 1);
        assert!(found("crashcart-app", "flate2", Some("dev")).is_empty());
        assert_eq!(found("crashcart-app", "tar", Some("dev")).len(), 1);
        assert_eq!(found("crashcart-story", "clap_derive", None).len(), 1);
        assert_eq!(found("crashcart-collect", "aws-sdk-s3", None).len(), 1);
    }

    #[test]
    fn a_crate_without_a_floor_is_named() {
        let problems = found("crashcart-new", "serde", None);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].contains("stands on no floor"), "{problems:?}");
    }
}
