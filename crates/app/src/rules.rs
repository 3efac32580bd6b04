//! The rules in use: the built-in pack and folders of the user's own.

use std::path::{Path, PathBuf};

use crashcart_sigma::{Problem, RuleFile, RuleMeta, RuleSet, Selection};
use sha2::{Digest, Sha256};

use crate::AppError;
use crate::given::GivenFile;
use crate::rule_proof::prove;

/// The built-in pack: shown path and text of each rule file.
const PACK: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/pack.rs"));

/// Which rules to use.
#[derive(Debug, Clone, Default)]
pub struct RuleOptions {
    /// Files and folders of rules beside the built-in pack.
    pub folders: Vec<PathBuf>,
    /// Leave the built-in pack out.
    pub without_pack: bool,
    /// Which of them.
    pub selection: Selection,
}

/// Rules, compiled.
pub struct Rules {
    /// The compiled set.
    pub set: RuleSet,
    /// Rules that were skipped, and what else is to be said about them.
    pub problems: Vec<Problem>,
    /// SHA-256 over the rule files and the selection, whatever the order of the files.
    pub sha256: String,
}

impl Rules {
    /// Reads and compiles the rules.
    ///
    /// # Errors
    /// When a folder or file of rules cannot be read, or no rule is left: to find nothing with no
    /// rules would look like a clean bill. A broken rule among others is a problem, not an error.
    pub fn load(options: &RuleOptions) -> Result<Self, AppError> {
        let mut files = read_rules(&options.folders)?;
        if !options.without_pack {
            files.extend(pack());
        }
        let (set, problems) = RuleSet::compile(&files, &options.selection);
        if set.rules().is_empty() {
            return Err(AppError::Request {
                what: "no rule is left to match with".to_owned(),
                hint: "`crashcart rules list` names the rules, `crashcart rules check` the broken",
            });
        }
        Ok(Self { set, problems, sha256: digest(&files, &options.selection) })
    }

    /// What is known of each rule.
    pub fn metas(&self) -> &[RuleMeta] {
        self.set.rules()
    }
}

/// Lints rule files and folders, and runs the tests that rules bring along.
///
/// # Errors
/// When one cannot be read.
pub fn check_rules(paths: &[PathBuf]) -> Result<Vec<Problem>, AppError> {
    let files = read_rules(paths)?;
    let mut problems = crashcart_sigma::check(&files);
    problems.extend(prove(&files));
    problems.sort();
    Ok(problems)
}

/// The built-in rule files.
pub fn pack() -> Vec<RuleFile> {
    PACK.iter()
        .map(|(path, text)| RuleFile { path: (*path).to_owned(), text: (*text).to_owned() })
        .collect()
}

const FILE: GivenFile = GivenFile {
    option: "rule",
    most: 16 << 20,
    hint: "give a Sigma rule or a folder that holds some",
};

fn read_rules(paths: &[PathBuf]) -> Result<Vec<RuleFile>, AppError> {
    let mut files = Vec::new();
    for path in paths {
        let before = files.len();
        read_rule(path, &mut files, true)?;
        if files.len() == before {
            return Err(AppError::Request {
                what: format!("no rule files (.yml, .yaml) under {}", path.display()),
                hint: "give a Sigma rule or a folder that holds some",
            });
        }
    }
    files.sort_by(|a, b| (&a.path, &a.text).cmp(&(&b.path, &b.text)));
    files.dedup_by(|a, b| a.path == b.path);
    Ok(files)
}

/// A file that is named is read whatever its ending; in folders only YAML is.
fn read_rule(path: &Path, files: &mut Vec<RuleFile>, named: bool) -> Result<(), AppError> {
    let failed = |source| AppError::read(path, source);
    if path.is_dir() {
        for entry in path.read_dir().map_err(failed)? {
            read_rule(&entry.map_err(failed)?.path(), files, false)?;
        }
        return Ok(());
    }
    let yaml = path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
    });
    if named || yaml {
        let bytes = FILE.bytes(path)?;
        let text = String::from_utf8_lossy(&bytes).into_owned();
        files.push(RuleFile { path: path.display().to_string(), text });
    }
    Ok(())
}

fn digest(files: &[RuleFile], selection: &Selection) -> String {
    let mut digests: Vec<_> = files.iter().map(|file| Sha256::digest(&file.text)).collect();
    digests.sort();
    let mut all = Sha256::new();
    digests.iter().for_each(|digest| all.update(digest));
    let mut tags = selection.tags.clone();
    let mut exclude = selection.exclude.clone();
    tags.sort();
    exclude.sort();
    all.update(format!("{:?}{tags:?}{exclude:?}", selection.min_level));
    all.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}
