//! The evidence of one reading: numbers handed out while files are read in parallel, names known
//! once a file is read to its end. An archive may have a great many members, so what they share is
//! held once.

use std::sync::{Arc, Mutex, PoisonError};

use crashcart_collect::Sealed;
use crashcart_decode::Tally;
use crashcart_model::{Evidence, EvidenceId};

#[derive(Debug, Clone, Default)]
struct Entry {
    path: Arc<str>,
    member: Option<Box<str>>,
    tally: Option<Box<Tally>>,
    sealed: Option<Arc<Sealed>>,
}

impl Entry {
    /// What names are compared by, in the order of names.
    fn key(&self) -> (&str, Option<&str>) {
        let digest = self.sealed.as_ref().map_or("unread", |sealed| sealed.sha256.as_str());
        (digest, self.member.as_deref())
    }

    fn id(&self) -> EvidenceId {
        let (digest, member) = self.key();
        EvidenceId::new(digest, member)
    }

    fn describe(&self) -> Option<Evidence> {
        let (tally, sealed) = (self.tally.as_ref()?, self.sealed.as_ref()?);
        Some(Evidence {
            id: self.id(),
            path: self.path.to_string(),
            size: sealed.size,
            inflated: tally.inflated,
            decoded: tally.decoded,
            framing: tally.framing,
            lost: tally.lost,
            records: tally.records,
            formats: tally.formats.iter().map(|name| (*name).to_owned()).collect(),
        })
    }
}

/// Hands out numbers; shared by the workers.
#[derive(Debug, Default)]
pub(crate) struct Numbering(Mutex<Vec<Entry>>);

impl Numbering {
    /// A number for a file, or for a member of an archive.
    pub fn begin(&self, path: &Arc<str>, member: Option<&str>) -> u32 {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (path, member) = (Arc::clone(path), member.map(Box::from));
        entries.push(Entry { path, member, ..Entry::default() });
        u32::try_from(entries.len() - 1).unwrap_or(u32::MAX)
    }

    /// The accounts of a file or member that was read to its end.
    pub fn end(&self, number: u32, tally: Tally) {
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(entry) = entries.get_mut(number as usize) {
            entry.tally = Some(Box::new(tally));
        }
    }

    /// The digest of the file that these numbers belong to.
    pub fn seal(&self, numbers: &[u32], sealed: &Sealed) {
        let sealed = Arc::new(sealed.clone());
        let mut entries = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for number in numbers {
            if let Some(entry) = entries.get_mut(*number as usize) {
                entry.sealed = Some(Arc::clone(&sealed));
            }
        }
    }

    /// All evidence, named, and what was read of it in order of name.
    pub fn finish(self) -> (Table, Vec<Evidence>) {
        let mut entries = self.0.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut order: Vec<u32> = (0..).take(entries.len()).collect();
        let entry = |at: &u32| entries.get(*at as usize);
        let key = |at: &u32| entry(at).map(Entry::key);
        order.sort_by(|a, b| key(a).cmp(&key(b)));
        let mut ranks = vec![0; entries.len()];
        let mut rank = 0;
        let mut before = None;
        for at in &order {
            // Equal content has one name and so one rank.
            if before.is_some_and(|before| key(before) != key(at)) {
                rank += 1;
            }
            before = Some(at);
            if let Some(slot) = ranks.get_mut(*at as usize) {
                *slot = rank;
            }
        }
        let mut evidence: Vec<Evidence> =
            order.iter().filter_map(entry).filter_map(Entry::describe).collect();
        evidence.sort_by(|a, b| (&a.id, &a.path).cmp(&(&b.id, &b.path)));
        // An archive that was read twice, for its full and for its lossy members.
        evidence.dedup_by(|a, b| a.id == b.id && a.path == b.path);
        entries.iter_mut().for_each(|entry| entry.tally = None);
        (Table { entries, ranks }, evidence)
    }
}

/// The names of the evidence of a finished reading.
#[derive(Debug, Default)]
pub(crate) struct Table {
    entries: Vec<Entry>,
    ranks: Vec<u32>,
}

impl Table {
    /// The name behind a number.
    pub fn id(&self, number: u32) -> EvidenceId {
        self.entries.get(number as usize).map_or_else(|| EvidenceId::new("unread", None), Entry::id)
    }

    /// The place of a number in the order of names.
    pub fn rank(&self, number: u32) -> u32 {
        self.ranks.get(number as usize).copied().unwrap_or(u32::MAX)
    }
}
