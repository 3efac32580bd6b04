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
    /// Threads that read them; 0 is one.
    pub threads: usize,
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
        let (set, problems) = RuleSet::compile_on(options.threads, &files, &options.selection);
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
        read_rule(path, &mut files)?;
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
fn read_rule(path: &Path, files: &mut Vec<RuleFile>) -> Result<(), AppError> {
    if !path.is_dir() {
        files.push(rule_file(path)?);
        return Ok(());
    }
    let found = crashcart_collect::find(&[path.to_owned()]);
    if let Some(error) = found.gaps.iter().find_map(|gap| unread(Path::new(&gap.path))) {
        return Err(error);
    }
    for file in found.files.iter().filter(|file| is_yaml(&file.path)) {
        files.push(rule_file(&file.path)?);
    }
    Ok(())
}

fn rule_file(path: &Path) -> Result<RuleFile, AppError> {
    let text = String::from_utf8_lossy(&FILE.bytes(path)?).into_owned();
    Ok(RuleFile { path: path.display().to_string(), text })
}

fn is_yaml(path: &Path) -> bool {
    path.extension().is_some_and(|extension| {
        extension.eq_ignore_ascii_case("yml") || extension.eq_ignore_ascii_case("yaml")
    })
}

/// Why something in a folder of rules cannot be read; none for what may hold no rule, and for a
/// link that leads back to where all was found already.
fn unread(path: &Path) -> Option<AppError> {
    match path.metadata() {
        Ok(about) if about.is_dir() => {
            path.read_dir().err().map(|error| AppError::read(path, error))
        }
        Ok(_) if is_yaml(path) => Some(AppError::Request {
            what: format!("rule {} is a pipe or a device, no file", path.display()),
            hint: "take it out of the folder of rules",
        }),
        Err(error) if is_yaml(path) => Some(AppError::read(path, error)),
        _ => None,
    }
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

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;

    use super::*;

    #[test]
    fn links_that_lead_back_and_what_is_no_file_do_not_hold_up_the_reading_of_rules() {
        let folder = tempfile::tempdir().unwrap();
        let rule = folder.path().join("one.yml");
        std::fs::write(&rule, "title: t").unwrap();
        for link in ["a", "b", "c"] {
            symlink(".", folder.path().join(link)).unwrap();
        }
        let read = |path: &Path| read_rules(&[path.to_owned()]);
        assert_eq!(read(folder.path()).unwrap().len(), 1);
        let socket = folder.path().join("pipe.yml");
        let _listener = UnixListener::bind(&socket).unwrap();
        let error = read(folder.path()).unwrap_err();
        assert!(error.to_string().ends_with("pipe.yml is a pipe or a device, no file"), "{error}");
        assert!(error.is_bad_request());
        std::fs::remove_file(&socket).unwrap();
        symlink("nowhere", folder.path().join("gone.yml")).unwrap();
        assert!(read(folder.path()).unwrap_err().to_string().starts_with("read "));
        assert!(read(Path::new("/dev/zero")).unwrap_err().to_string().contains("has no end"));
    }
}
