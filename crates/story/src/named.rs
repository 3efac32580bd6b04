//! A bounded set of texts, each with the record that shows it first. It keeps the texts seen
//! earliest, so that the result depends on what was added alone, never on the order or the split.

use crashcart_model::{EventRef, EvidenceId, Head, Origin, Record, Timestamp};

use crate::earliest::sortable;
use crate::witness::{Witness, origins};

/// At most `CAP` texts; equal times go by text.
#[derive(Debug, Clone)]
pub(crate) struct Named<const CAP: usize> {
    seen: Vec<(Box<str>, Witness)>,
}

impl<const CAP: usize> Default for Named<CAP> {
    fn default() -> Self {
        Self { seen: Vec::new() }
    }
}

impl<const CAP: usize> Named<CAP> {
    /// Adds a text that a record names. Reads the record's id only where it is early enough.
    pub(crate) fn add(
        &mut self,
        text: &str,
        record: &Record<'_>,
        head: &Head<'_>,
        event: EventRef,
    ) {
        let time = sortable(head.time);
        let known = self.seen.iter().find(|(known, _)| **known == *text);
        let late = match known {
            Some((_, witness)) => witness.time() < time,
            None => self.seen.len() >= CAP && self.seen.iter().all(|(_, last)| last.time() < time),
        };
        if !text.is_empty() && !late {
            self.insert(text, Witness::of(record, head, event));
        }
    }

    fn insert(&mut self, text: &str, witness: Witness) {
        if let Some((_, known)) = self.seen.iter_mut().find(|(known, _)| **known == *text) {
            if witness.order() < known.order() {
                *known = witness;
            }
            return;
        }
        if self.seen.len() < CAP {
            self.seen.push((text.into(), witness));
            return;
        }
        let order = |(text, witness): &(Box<str>, Witness)| (witness.time(), text.clone());
        let last = self.seen.iter_mut().max_by_key(|named| order(named));
        if let Some(last) = last
            && (witness.time(), text) < (last.1.time(), &last.0)
        {
            *last = (text.into(), witness);
        }
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        for (text, witness) in &other.seen {
            self.insert(text, witness.clone());
        }
    }

    /// The texts, earliest first.
    pub(crate) fn by_time(&self) -> Vec<&str> {
        let mut all: Vec<_> =
            self.seen.iter().map(|(text, witness)| (witness.time(), &**text)).collect();
        all.sort_unstable();
        all.into_iter().map(|(_, text)| text).collect()
    }

    /// The records that show them first.
    pub(crate) fn witnesses(&self) -> impl Iterator<Item = &Witness> {
        self.seen.iter().map(|(_, witness)| witness)
    }

    /// When and by which record a text was seen first.
    pub(crate) fn first(
        &self,
        text: &str,
        evidence: &dyn Fn(u32) -> EvidenceId,
    ) -> Option<(Option<Timestamp>, Origin)> {
        let (_, witness) = self.seen.iter().find(|(known, _)| **known == *text)?;
        let origin = origins(std::iter::once(witness), evidence).pop()?;
        let time = witness.time();
        Some(((time != i64::MAX).then(|| Timestamp::from_millis(time)), origin))
    }
}
