//! The records behind the markers, so that every line can be checked.

use std::collections::BTreeMap;
use std::io;

use crashcart_model::{EvidenceId, Origin};

use super::Sheet;
use crate::page::{Lead, Style, Words};

impl Sheet<'_> {
    /// File by file in the order in which they were first cited; the folder that all files share
    /// is named once.
    pub(super) fn legend(&mut self) -> io::Result<()> {
        if self.shortened {
            self.page.blank()?;
            let note = "Where a text ends in ..., --all or --json has the rest.";
            self.page.words(&Words::default().styled(Style::Warning, note))?;
        }
        let mut files: BTreeMap<&EvidenceId, Vec<(usize, &Origin)>> = BTreeMap::new();
        for (number, origin) in self.citations.cited() {
            files.entry(&origin.evidence).or_default().push((number, origin));
        }
        if files.is_empty() {
            return Ok(());
        }
        let digits = self.citations.cited().count().to_string().len() + 3;
        let mut files: Vec<_> = files.into_iter().collect();
        files.sort_by_key(|(_, cited)| cited.first().map(|(number, _)| *number));
        let paths: Vec<&str> = files.iter().map(|(file, _)| self.citations.path(file)).collect();
        let folder = shared_folder(&paths);
        self.heading(Style::Bold, "EVIDENCE", "records are counted from 0 in each file")?;
        if !folder.is_empty() {
            self.page.words(&Words::of(&format!("all below {folder}")))?;
        }
        for ((_, cited), path) in files.iter().zip(paths) {
            self.page.words(&Words::of(path.get(folder.len()..).unwrap_or(path)))?;
            for (number, origin) in cited {
                let marker = format!("[{number}]");
                let lead = Lead::indent(2).column(Style::Dim, &marker, digits);
                let event = origin.event_id.as_ref().map_or("without an id", |id| id.raw());
                let text = format!("record {}, event {event}", origin.record);
                self.page.paragraph(&lead, &Words::of(&text))?;
            }
        }
        Ok(())
    }
}

/// The longest folder, with its last slash, that all of several paths start with.
fn shared_folder<'p>(paths: &[&'p str]) -> &'p str {
    let [first, rest @ ..] = paths else { return "" };
    if rest.is_empty() {
        return "";
    }
    let ends = first.match_indices('/').map(|(at, _)| at + 1).rev();
    ends.filter_map(|end| first.get(..end))
        .find(|folder| rest.iter().all(|path| path.starts_with(folder)))
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::shared_folder;

    #[test]
    fn the_shared_folder_ends_at_a_slash_and_is_none_for_one_file() {
        assert_eq!(shared_folder(&["a/b/x1", "a/b/x2", "a/b/c/y"]), "a/b/");
        assert_eq!(shared_folder(&["a/b/x1", "b/x2"]), "");
        assert_eq!(shared_folder(&["a/b/x1"]), "");
        assert_eq!(shared_folder(&[]), "");
    }
}
