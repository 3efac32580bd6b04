//! The evidence of one reading: numbers handed out while files are read in parallel, names known
//! once a file is read to its end.

use std::sync::{Mutex, PoisonError};

use crashcart_collect::Sealed;
use crashcart_decode::Tally;
use crashcart_model::{Evidence, EvidenceId};

#[derive(Debug, Clone, Default)]
struct Entry {
    path: String,
    member: Option<String>,
    tally: Option<Tally>,
    sealed: Option<Sealed>,
}

/// Hands out numbers; shared by the workers.
#[derive(Debug, Default)]
pub(crate) struct Numbering(Mutex<Vec<Entry>>);

impl Numbering {
    /// A number for a file, or for a member of an archive.
    pub fn begin(&self, path: &str, member: Option<&str>) -> u32 {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        entries.push(Entry {
            path: path.to_owned(),
            member: member.map(str::to_owned),
            ..Entry::default()
        });
        u32::try_from(entries.len() - 1).unwrap_or(u32::MAX)
    }

    /// The accounts of a file or member that was read to its end.
    pub fn end(&self, number: u32, tally: Tally) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get_mut(number as usize) {
            entry.tally = Some(tally);
        }
    }

    /// The digest of the file that these numbers belong to.
    pub fn seal(&self, numbers: &[u32], sealed: &Sealed) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for number in numbers {
            if let Some(entry) = entries.get_mut(*number as usize) {
                entry.sealed = Some(sealed.clone());
            }
        }
    }

    /// All evidence, named.
    pub fn finish(self) -> Table {
        let entries = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let ids: Vec<EvidenceId> = entries.iter().map(name).collect();
        let mut order: Vec<usize> = (0..entries.len()).collect();
        order.sort_by(|a, b| ids.get(*a).cmp(&ids.get(*b)));
        let mut ranks = vec![0; entries.len()];
        let mut rank = 0;
        let mut before = None;
        for at in order {
            // Equal content has one name and so one rank.
            if before.is_some_and(|before| ids.get(before) != ids.get(at)) {
                rank += 1;
            }
            before = Some(at);
            if let Some(slot) = ranks.get_mut(at) {
                *slot = rank;
            }
        }
        let mut evidence: Vec<Evidence> =
            entries.iter().zip(&ids).filter_map(|(entry, id)| describe(entry, id)).collect();
        evidence.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
        // An archive that was read twice, for its full and for its lossy members.
        evidence.dedup_by(|a, b| a.id == b.id && a.path == b.path);
        Table { ids, ranks, evidence }
    }
}

fn name(entry: &Entry) -> EvidenceId {
    let digest = entry.sealed.as_ref().map_or("unread", |sealed| sealed.sha256.as_str());
    EvidenceId::new(digest, entry.member.as_deref())
}

fn describe(entry: &Entry, id: &EvidenceId) -> Option<Evidence> {
    let (tally, sealed) = (entry.tally.as_ref()?, entry.sealed.as_ref()?);
    Some(Evidence {
        id: id.clone(),
        path: entry.path.clone(),
        size: sealed.size,
        inflated: tally.inflated,
        decoded: tally.decoded,
        framing: tally.framing,
        lost: tally.lost,
        records: tally.records,
        formats: tally.formats.iter().map(|name| (*name).to_owned()).collect(),
    })
}

/// The evidence of a finished reading.
#[derive(Debug, Default)]
pub(crate) struct Table {
    ids: Vec<EvidenceId>,
    ranks: Vec<u32>,
    /// What was read, in order of name.
    pub evidence: Vec<Evidence>,
}

impl Table {
    /// The name behind a number.
    pub fn id(&self, number: u32) -> EvidenceId {
        self.ids.get(number as usize).cloned().unwrap_or_else(|| EvidenceId::new("unread", None))
    }

    /// The place of a number in the order of names.
    pub fn rank(&self, number: u32) -> u32 {
        self.ranks.get(number as usize).copied().unwrap_or(u32::MAX)
    }
}
