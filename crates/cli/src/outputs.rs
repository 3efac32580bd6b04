//! Files that a command is asked to write must not stand where it reads: what an investigation
//! destroys, nobody can read again. Looked at before anything is read.

use std::fs;
use std::path::{Path, PathBuf};

use crashcart_app::{AppError, Buckets, Inputs};

/// What a command writes and reads.
#[derive(Debug, Default)]
pub struct Outputs<'a> {
    /// What is written, each with the option that asked for it.
    pub written: Vec<(&'static str, &'a Path)>,
    /// Files and folders that are read; `-` is standard input.
    pub read: Vec<PathBuf>,
    /// The case folder.
    pub case: Option<&'a Path>,
}

impl Outputs<'_> {
    /// Looks whether what is written would destroy what is read.
    ///
    /// # Errors
    /// When a file to write is, under whatever name, one that is read, lies in the case folder, or
    /// is to be written twice.
    pub fn check(mut self) -> Result<(), AppError> {
        for (at, (option, path)) in self.written.iter().enumerate() {
            let earlier = self.written.iter().take(at).find(|(_, other)| same(path, other));
            if let Some((other, _)) = earlier {
                return Err(refused(
                    format!("{option} and {other} would both write {}", path.display()),
                    "give each its own file",
                ));
            }
            if let Some(case) = self.case
                && place(path).starts_with(place(case))
            {
                return Err(refused(
                    format!("{option} {} lies in the case {}", path.display(), case.display()),
                    "a case holds what was sealed, and its own report/report.html: name a file \
                     outside it",
                ));
            }
        }
        // Only what is there can be destroyed; the folders that are read need no look otherwise.
        self.written.retain(|(_, path)| path.is_file());
        if self.written.is_empty() {
            return Ok(());
        }
        let read = self.files();
        for (option, path) in &self.written {
            if let Some(read) = read.iter().find(|read| same(path, read)) {
                let names = match *path == read {
                    true => path.display().to_string(),
                    false => format!("{}, which is {}", path.display(), read.display()),
                };
                return Err(refused(
                    format!("{option} would overwrite {names}: it is among what is read"),
                    "name another file: evidence is never written to",
                ));
            }
        }
        Ok(())
    }

    /// Every file that is read.
    fn files(&self) -> Vec<PathBuf> {
        let mut paths = self.read.clone();
        paths.extend(self.case.into_iter().flat_map(crashcart_app::sealed_places));
        for path in &mut paths {
            if path == Path::new("-") {
                *path = PathBuf::from("/dev/stdin");
            }
        }
        // One by one: what is not there is told when it is read.
        let find = |path| Inputs::find(&[path], &mut std::io::empty(), &Buckets::none()).ok();
        let found = paths.into_iter().filter_map(find);
        found.flat_map(|inputs| inputs.files()).collect()
    }
}

fn refused(what: String, hint: &'static str) -> AppError {
    AppError::Request { what, hint }
}

/// Whether two paths lead to one file, or would when it is made. A device or a pipe keeps nothing.
fn same(one: &Path, other: &Path) -> bool {
    match (fs::metadata(one), fs::metadata(other)) {
        (Ok(a), Ok(b)) => a.is_file() && (place(one) == place(other) || one_inode(&a, &b)),
        (Err(_), Err(_)) => place(one) == place(other),
        _ => false,
    }
}

#[cfg(unix)]
fn one_inode(a: &fs::Metadata, b: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (a.dev(), a.ino()) == (b.dev(), b.ino())
}

#[cfg(not(unix))]
fn one_inode(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    false
}

/// Where a path leads, links resolved as far as it exists.
fn place(path: &Path) -> PathBuf {
    let mut rest = PathBuf::new();
    let absolute = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    for above in absolute.ancestors() {
        if let Ok(real) = above.canonicalize() {
            return if rest.as_os_str().is_empty() { real } else { real.join(rest) };
        }
        let name = above.file_name().map(PathBuf::from).unwrap_or_default();
        rest = if rest.as_os_str().is_empty() { name } else { name.join(rest) };
    }
    absolute
}
