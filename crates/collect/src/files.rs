//! Finds files: folders are walked in order of name, links are followed, loops are told.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crashcart_model::{Gap, GapReason};

use crate::Object;

/// A file that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Where it is; of an object its address.
    pub path: PathBuf,
    /// How it is shown: the path as the user gave it, or `standard input`.
    pub shown: String,
    /// Its size when it was found, bytes.
    pub size: u64,
    /// The object, where it lies in a bucket.
    pub object: Option<Object>,
}

/// What a search found.
#[derive(Debug, Clone, Default)]
pub struct Listing {
    /// Files, each once, in order of path.
    pub files: Vec<Found>,
    /// What could not be looked into.
    pub gaps: Vec<Gap>,
}

const NO_FILE: &str = "a pipe, socket or device, neither a file nor a folder: what comes out of one can \
                       be given on standard input, as -";

/// Finds every file at or below the paths.
pub fn find(paths: &[PathBuf]) -> Listing {
    let mut walk = Walk::default();
    for path in paths {
        walk.enter(path, &mut Vec::new());
    }
    walk.listing.files.sort_by(|a, b| a.path.cmp(&b.path));
    walk.listing.gaps.sort();
    walk.listing
}

#[derive(Default)]
struct Walk {
    listing: Listing,
    seen: BTreeSet<PathBuf>,
}

impl Walk {
    /// `above` holds the real paths of the folders that enclose this one.
    fn enter(&mut self, path: &Path, above: &mut Vec<PathBuf>) {
        match path.canonicalize() {
            Ok(real) => self.take(path, real, above),
            Err(error) => self.gap(path, GapReason::Unreadable, &error.to_string()),
        }
    }

    /// A file or a folder whose real path is known.
    fn take(&mut self, path: &Path, real: PathBuf, above: &mut Vec<PathBuf>) {
        match path.metadata() {
            Ok(meta) if meta.is_dir() => self.folder(path, real, above),
            Ok(meta) if meta.is_file() => {
                // The same file under two names is one piece of evidence.
                if self.seen.insert(real) {
                    self.listing.files.push(Found {
                        path: path.to_owned(),
                        shown: path.display().to_string(),
                        size: meta.len(),
                        object: None,
                    });
                }
            }
            Ok(_) => self.gap(path, GapReason::Unreadable, NO_FILE),
            Err(error) => self.gap(path, GapReason::Unreadable, &error.to_string()),
        }
    }

    fn folder(&mut self, path: &Path, real: PathBuf, above: &mut Vec<PathBuf>) {
        if above.contains(&real) {
            return self.gap(path, GapReason::SymlinkLoop, "leads to a folder that encloses it");
        }
        if !self.seen.insert(real.clone()) {
            return;
        }
        let entries = match path.read_dir() {
            Ok(entries) => entries,
            Err(error) => return self.gap(path, GapReason::Unreadable, &error.to_string()),
        };
        let mut inside = Vec::new();
        for entry in entries {
            match entry {
                Ok(entry) => {
                    // What is no link lies in the folder's real path: asking for its own costs a
                    // question for each folder above it.
                    let is_link = entry.file_type().map_or(true, |kind| kind.is_symlink());
                    inside.push((entry.path(), (!is_link).then(|| real.join(entry.file_name()))));
                }
                Err(error) => self.gap(path, GapReason::Unreadable, &error.to_string()),
            }
        }
        inside.sort();
        above.push(real);
        for (path, real) in inside {
            match real {
                Some(real) => self.take(&path, real, above),
                None => self.enter(&path, above),
            }
        }
        above.pop();
    }

    fn gap(&mut self, path: &Path, reason: GapReason, detail: &str) {
        self.listing.gaps.push(Gap {
            path: path.display().to_string(),
            offset: 0,
            size: None,
            reason,
            detail: detail.to_owned(),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folders_are_walked_once_and_what_cannot_be_read_is_told() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("b")).unwrap();
        std::fs::write(folder.path().join("b/two"), "2").unwrap();
        std::fs::write(folder.path().join("one"), "1").unwrap();
        let twice = [folder.path().to_owned(), folder.path().join("one"), folder.path().join("no")];
        let listing = find(&twice);
        let names: Vec<_> = listing.files.iter().filter_map(|file| file.path.file_name()).collect();
        assert_eq!(names, ["two", "one"]);
        assert_eq!(listing.gaps.len(), 1);
        assert_eq!(listing.gaps[0].reason, GapReason::Unreadable);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_nothing_and_a_device_are_told() {
        let folder = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("nowhere", folder.path().join("link")).unwrap();
        let listing = find(&[folder.path().to_owned(), "/dev/null".into()]);
        assert_eq!(listing.files, []);
        let reasons: Vec<_> = listing.gaps.iter().map(|gap| gap.reason).collect();
        assert_eq!(reasons, [GapReason::Unreadable; 2]);
        assert_eq!(listing.gaps[0].detail, NO_FILE);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_two_links_lead_to_is_one_piece_of_evidence() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "1").unwrap();
        for link in ["a", "b"] {
            std::os::unix::fs::symlink("file", folder.path().join(link)).unwrap();
        }
        let listing = find(&[folder.path().to_owned()]);
        assert_eq!((listing.files.len(), listing.gaps.len()), (1, 0));
    }

    #[cfg(unix)]
    #[test]
    fn a_link_that_leads_back_is_told_and_does_not_loop() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("a")).unwrap();
        std::os::unix::fs::symlink(folder.path(), folder.path().join("a/back")).unwrap();
        std::fs::write(folder.path().join("a/file"), "1").unwrap();
        let listing = find(&[folder.path().to_owned()]);
        assert_eq!(listing.files.len(), 1);
        assert_eq!(listing.gaps.len(), 1);
        assert_eq!(listing.gaps[0].reason, GapReason::SymlinkLoop);
    }
}
