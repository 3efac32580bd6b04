//! What was read, what could not be, and the records that the report cites.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crashcart_model::{Coverage, EvidenceId, Gap, Origin};

use super::markup::{Cell, Markup};
use crate::material;
use crate::zone::{counted, number};

/// Long lists are folded.
const FOLDED: usize = 20;

impl<'a> Markup<'a> {
    /// Kinds of records, accounts, regions, gaps.
    pub(super) fn coverage(&mut self, coverage: &'a Coverage) -> io::Result<()> {
        self.section("coverage", "Coverage and gaps", |markup| {
            markup.element("div", &[("class", "card")], |markup| {
                markup.element("dl", &[], |markup| markup.counts(coverage))
            })?;
            if coverage.gap_count == 0 {
                return markup.span("p", "", "Every byte that was read became an event.");
            }
            let left = coverage.gap_count.saturating_sub(coverage.gaps.len() as u64);
            let more = if left > 0 {
                format!("; {} of them are not listed", number(left))
            } else {
                String::new()
            };
            let head =
                format!("{} could not be read{more}", counted(coverage.gap_count, "stretch"));
            markup.folded(&head, coverage.gaps.len(), |markup| {
                let headings = ["File", "From byte", "Bytes", "Why", "Detail"];
                markup.table(&headings, coverage.gaps.iter().map(gap))
            })
        })
    }

    fn counts(&mut self, coverage: &Coverage) -> io::Result<()> {
        let kinds: Vec<_> = coverage
            .log_types
            .iter()
            .map(|kind| format!("{}: {}", kind.name, number(kind.count)).into())
            .collect();
        self.term("kinds of records", &kinds)?;
        self.term("accounts", &coverage.accounts)?;
        self.term("regions", &coverage.regions)?;
        let among = material::folded(coverage);
        self.term("among them", &among.into_iter().map(Into::into).collect::<Vec<_>>())
    }

    /// A part that is open where it is short.
    fn folded(
        &mut self,
        summary: &str,
        length: usize,
        inner: impl FnOnce(&mut Self) -> io::Result<()>,
    ) -> io::Result<()> {
        let attributes = [("open", "")];
        let attributes = if length > FOLDED { &[][..] } else { &attributes[..] };
        self.element("details", attributes, |markup| {
            markup.span("summary", "", summary)?;
            inner(markup)
        })
    }

    /// The records cited above, and the files they stand in.
    pub(super) fn evidence(&mut self, coverage: &'a Coverage) -> io::Result<()> {
        self.section("evidence", "Evidence", |markup| {
            markup.cited()?;
            let files = counted(coverage.evidence.len() as u64, "file");
            let head = format!("{files} read to the end, sealed by SHA-256");
            markup.folded(&head, coverage.evidence.len(), |markup| {
                let headings = ["File", "Id", "Records", "Bytes", "Inflated", "In gaps", "Shape"];
                markup.table(
                    &headings,
                    coverage.evidence.iter().map(|piece| {
                        vec![
                            Cell::Id(&piece.path),
                            Cell::Id(piece.id.as_str()),
                            Cell::Text(number(piece.records)),
                            Cell::Text(number(piece.size)),
                            Cell::Text(number(piece.inflated)),
                            Cell::Text(number(piece.lost)),
                            Cell::Text(piece.formats.join(", ")),
                        ]
                    }),
                )
            })
        })
    }

    /// Each cited record, to be found by its number. Open, since a link must lead somewhere.
    fn cited(&mut self) -> io::Result<()> {
        let cited: Vec<_> = self.citations.cited().collect();
        if cited.is_empty() {
            return Ok(());
        }
        let files = self.files(&cited);
        let paths = files.iter().map(|id| self.citations.path(id));
        let folder = common_folder(paths);
        self.element("p", &[("class", "quiet")], |markup| {
            markup.text("Records are counted from 0 in each file. The files below ")?;
            markup.log(if folder.is_empty() { "." } else { folder })?;
            markup.text(":")
        })?;
        // A path is long and proves many records: it stands once.
        self.element("ul", &[("class", "proofs")], |markup| {
            files.iter().zip(1..).try_for_each(|(id, number)| {
                let path = below(folder, markup.citations.path(id));
                markup.element("li", &[("id", &format!("f{number}"))], |markup| {
                    markup.text(&format!("file {number}: "))?;
                    markup.log(path)
                })
            })
        })?;
        let numbers: BTreeMap<&EvidenceId, usize> = files.into_iter().zip(1..).collect();
        self.literal("\n")?;
        self.element("ul", &[("class", "proofs")], |markup| {
            cited.iter().try_for_each(|(number, origin)| {
                let file = numbers.get(&origin.evidence).copied().unwrap_or_default();
                markup.cited_record(*number, file, origin)
            })
        })
    }

    /// The files of the cited records, in the order in which they are first cited.
    fn files(&self, cited: &[(usize, &'a Origin)]) -> Vec<&'a EvidenceId> {
        let mut seen = BTreeSet::new();
        let ids = cited.iter().map(|(_, origin)| &origin.evidence);
        ids.filter(|id| seen.insert(*id)).collect()
    }

    fn cited_record(&mut self, number: usize, file: usize, origin: &Origin) -> io::Result<()> {
        self.element("li", &[("id", &format!("r{number}"))], |markup| {
            markup.text(&format!("[{number}] "))?;
            markup.element("a", &[("href", &format!("#f{file}"))], |markup| {
                markup.text(&format!("file {file}"))
            })?;
            markup.text(&format!(", record {} ", origin.record))?;
            markup.log(origin.event_id.as_ref().map_or("", |id| id.raw()))
        })?;
        self.literal("\n")
    }
}

/// The folder that all paths lie below, with its separator; empty where there is none.
fn common_folder<'p>(mut paths: impl Iterator<Item = &'p str>) -> &'p str {
    let mut common = paths.next().unwrap_or_default();
    for path in paths {
        let same = common.char_indices().zip(path.chars()).find(|((_, one), two)| one != two);
        let end = same.map_or(common.len().min(path.len()), |((at, _), _)| at);
        common = common.get(..end).unwrap_or_default();
    }
    let end = common.rfind(['/', '\\']).map_or(0, |at| at + 1);
    common.get(..end).unwrap_or_default()
}

fn below<'p>(folder: &str, path: &'p str) -> &'p str {
    path.strip_prefix(folder).unwrap_or(path)
}

fn gap(gap: &Gap) -> Vec<Cell<'_>> {
    vec![
        Cell::Id(&gap.path),
        Cell::Text(number(gap.offset)),
        Cell::Text(gap.size.map_or_else(|| "unknown".to_owned(), number)),
        Cell::Text(gap.reason.words().to_owned()),
        Cell::Text(gap.detail.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_all_paths_have_in_common_ends_with_a_folder() {
        let folder = |paths: &[&'static str]| common_folder(paths.iter().copied());
        assert_eq!(folder(&["a/b/one.gz", "a/b/only.gz", "a/b/c/one.gz"]), "a/b/");
        assert_eq!(folder(&["a/one.gz"]), "a/");
        assert_eq!(folder(&["one.gz", "a/one.gz"]), "");
        assert_eq!(folder(&["a/bé/x", "a/bè/x"]), "a/");
        assert_eq!(below("a/", "a/b/x"), "b/x");
    }
}
