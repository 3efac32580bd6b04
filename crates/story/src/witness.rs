//! Which records prove a statement: the earliest few, chosen so that neither the order of reading
//! nor the numbers that evidence has within one run decide.

use crashcart_model::{EventRef, EvidenceId, Head, LogText, Origin, Record};

use crate::earliest::sortable;
use crate::fnv;

/// How many records a statement names.
pub(crate) const SHOWN: usize = 5;

/// An event's own id, compact where it has the usual form.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum EventId {
    Uuid([u8; 16]),
    Text(Box<str>),
    /// The record has none: a hash of its text keeps the order stable.
    None(u64),
}

impl EventId {
    fn of(record: &Record<'_>, head: &Head<'_>) -> Self {
        match head.event_id {
            Some(id) => Self::parse(&id.text()),
            None => EventId::None(fnv(record.json().as_bytes())),
        }
    }

    fn parse(text: &str) -> Self {
        let plain = text.len() == 36
            && text.bytes().enumerate().all(|(at, byte)| match at {
                8 | 13 | 18 | 23 => byte == b'-',
                _ => byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte),
            });
        if !plain {
            return EventId::Text(text.into());
        }
        let mut bytes = [0_u8; 16];
        let digits = text.bytes().filter(|byte| *byte != b'-');
        for (at, digit) in digits.enumerate() {
            let value = if digit.is_ascii_digit() { digit - b'0' } else { digit - b'a' + 10 };
            if let Some(byte) = bytes.get_mut(at / 2) {
                *byte = *byte << 4 | value;
            }
        }
        EventId::Uuid(bytes)
    }

    fn text(&self) -> Option<LogText> {
        match self {
            EventId::Text(text) => Some(LogText::from(&**text)),
            EventId::None(_) => None,
            EventId::Uuid(bytes) => {
                let mut out = String::with_capacity(36);
                for (at, byte) in bytes.iter().enumerate() {
                    if matches!(at, 4 | 6 | 8 | 10) {
                        out.push('-');
                    }
                    out.extend(
                        [byte >> 4, byte & 15]
                            .map(|digit| char::from_digit(u32::from(digit), 16).unwrap_or('0')),
                    );
                }
                Some(LogText::new(out))
            }
        }
    }
}

/// One record.
#[derive(Debug, Clone)]
pub(crate) struct Witness {
    time: i64,
    id: EventId,
    event: EventRef,
}

impl Witness {
    pub(crate) fn of(record: &Record<'_>, head: &Head<'_>, event: EventRef) -> Self {
        Self { time: sortable(head.time), id: EventId::of(record, head), event }
    }

    /// Its time in milliseconds; the largest number where it is unknown.
    pub(crate) const fn time(&self) -> i64 {
        self.time
    }

    /// What records are ordered by.
    pub(crate) fn order(&self) -> impl Ord {
        (self.time, &self.id)
    }
}

/// The earliest records of something, by time, then event id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Witnesses {
    kept: Vec<Witness>,
}

impl Witnesses {
    /// Adds a record. Reads its id only when its time is early enough.
    pub(crate) fn add(&mut self, record: &Record<'_>, head: &Head<'_>, event: EventRef) {
        let time = sortable(head.time);
        if self.kept.len() >= SHOWN && self.kept.last().is_some_and(|last| last.time < time) {
            return;
        }
        self.insert(Witness::of(record, head, event));
    }

    fn insert(&mut self, witness: Witness) {
        if self.kept.is_empty() {
            self.kept.reserve_exact(1);
        }
        let at = self.kept.partition_point(|known| known.order() <= witness.order());
        if at < SHOWN {
            self.kept.insert(at, witness);
            self.kept.truncate(SHOWN);
        }
    }

    pub(crate) fn merge(&mut self, other: Self) {
        for witness in other.kept {
            self.insert(witness);
        }
    }

    /// The records, earliest first; equal times in the order of evidence and record.
    pub(crate) fn origins(&self, evidence: &dyn Fn(u32) -> EvidenceId) -> Vec<Origin> {
        origins(self.iter(), evidence)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Witness> {
        self.kept.iter()
    }
}

/// Where records stand, each once, in the order of [`Witnesses::origins`].
pub(crate) fn origins<'w>(
    witnesses: impl Iterator<Item = &'w Witness>,
    evidence: &dyn Fn(u32) -> EvidenceId,
) -> Vec<Origin> {
    let mut origins: Vec<(i64, Origin)> = witnesses
        .map(|Witness { time, id, event }| {
            let origin = Origin {
                evidence: evidence(event.evidence),
                record: u64::from(event.record),
                event_id: id.text(),
            };
            (*time, origin)
        })
        .collect();
    origins.sort();
    origins.dedup();
    origins.into_iter().map(|(_, origin)| origin).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_id_comes_back_as_it_was_written() {
        for text in [
            "6b54e0ad-c23c-4850-b896-7533a3558526",
            "6B54E0AD-C23C-4850-B896-7533A3558526",
            "x",
            "",
        ] {
            assert_eq!(EventId::parse(text).text(), Some(LogText::from(text)));
        }
    }
}
