//! Copies of one call in a second account's trail.
//!
//! A call across accounts is logged in each under one `sharedEventID`. The caller's own account
//! has the fuller record, so copies received by other accounts wait here until all is read: joined
//! where the caller's copy was seen, told once where it was not.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read, Seek, Write};

use crashcart_decode::json::Tape;
use crashcart_model::{EventRef, Head, Record, Value};

use super::distinct::Distinct;
use super::table::Table;

/// Bytes held in memory before the rest goes to a temporary file.
const HELD: usize = 8 << 20;

/// A copy that waits.
pub(crate) struct Waiting {
    spool: tempfile::SpooledTempFile,
    /// Copies that could not be kept because the temporary file failed.
    pub lost: u64,
}

impl Default for Waiting {
    fn default() -> Self {
        Self { spool: tempfile::spooled_tempfile(HELD), lost: 0 }
    }
}

/// Whether another account than the caller's received this copy of a shared call.
pub(crate) fn is_foreign(head: &Head<'_>) -> bool {
    let (Some(_), Some(recipient)) = (head.shared_event_id, head.recipient) else { return false };
    let account = head.identity().account.filter(|account| !account.is_empty());
    account.is_some_and(|account| account.text() != recipient.text())
}

impl Waiting {
    /// Keeps a copy; whether it could be kept.
    pub fn keep(&mut self, record: &Record<'_>, at: EventRef) {
        let json = record.json();
        let length = u32::try_from(json.len()).unwrap_or_default();
        let mut frame = Vec::with_capacity(json.len() + 13);
        frame.extend_from_slice(&at.evidence.to_le_bytes());
        frame.extend_from_slice(&at.record.to_le_bytes());
        frame.push(u8::from(record.is_partial()));
        frame.extend_from_slice(&length.to_le_bytes());
        frame.extend_from_slice(json.as_bytes());
        if self.spool.write_all(&frame).is_err() {
            self.lost += 1;
        }
    }

    fn each(&mut self, visit: &mut dyn FnMut(&Record<'_>, EventRef)) -> std::io::Result<()> {
        self.spool.rewind()?;
        let mut tape = Tape::new();
        let mut reader = std::io::BufReader::with_capacity(1 << 16, &mut self.spool);
        let mut frame = [0_u8; 13];
        let mut text = Vec::new();
        while reader.read_exact(&mut frame).is_ok() {
            let [a, b, c, d, e, f, g, h, partial, i, j, k, l] = frame;
            let at = EventRef {
                evidence: u32::from_le_bytes([a, b, c, d]),
                record: u32::from_le_bytes([e, f, g, h]),
            };
            text.resize(u32::from_le_bytes([i, j, k, l]) as usize, 0);
            reader.read_exact(&mut text)?;
            let json = String::from_utf8_lossy(&text);
            if tape.parse(&json, usize::MAX).is_ok()
                && let Value::Object(record) = tape.record(&json).as_value()
            {
                visit(&if partial == 1 { record.into_partial() } else { record }, at);
            }
        }
        Ok(())
    }
}

/// Goes through all waiting copies: `known` tells whether a call was seen in the caller's own
/// account; for each call that was not, the first copy in the order of evidence is handed to
/// `tell`. Returns how many copies were joined.
pub(crate) fn settle(
    waiting: &mut [Waiting],
    table: &Table,
    known: &dyn Fn(&Head<'_>) -> bool,
    tell: &mut dyn FnMut(&Record<'_>, EventRef),
) -> std::io::Result<u64> {
    let mut joined = 0;
    let mut chosen: BTreeMap<String, (u32, u32, EventRef)> = BTreeMap::new();
    for spool in &mut *waiting {
        spool.each(&mut |record, at| {
            let head = Head::of(record);
            let Some(id) = head.shared_event_id else { return };
            if known(&head) {
                joined += 1;
                return;
            }
            let place = (table.rank(at.evidence), at.record, at);
            chosen
                .entry(id.text().into_owned())
                .and_modify(|first| {
                    joined += 1;
                    *first = (*first).min(place);
                })
                .or_insert(place);
        })?;
    }
    if chosen.is_empty() {
        return Ok(joined);
    }
    for spool in waiting {
        spool.each(&mut |record, at| {
            let head = Head::of(record);
            let id = head.shared_event_id.map(crashcart_model::Str::text).unwrap_or_default();
            if chosen.get(id.as_ref()).is_some_and(|(_, _, first)| *first == at) {
                tell(record, at);
            }
        })?;
    }
    Ok(joined)
}

/// Goes through all deliveries of events that share their id with others: of each event the first
/// in the order of evidence is handed to `tell`; a row that may lack columns is a copy of any full
/// record with its id and name. Returns how many were copies.
pub(crate) fn tell_apart(
    namesakes: &mut [Waiting],
    table: &Table,
    distinct: &Distinct,
    tell: &mut dyn FnMut(&Record<'_>, EventRef),
) -> std::io::Result<u64> {
    let mut deliveries = 0;
    let mut chosen: BTreeMap<(u64, Option<u64>), (u32, u32, EventRef)> = BTreeMap::new();
    for spool in &mut *namesakes {
        spool.each(&mut |record, at| {
            deliveries += 1;
            let (name, content) = distinct.identity(&Head::of(record));
            let place = (table.rank(at.evidence), at.record, at);
            let content = (!record.is_partial()).then_some(content);
            let first = chosen.entry((name, content)).or_insert(place);
            *first = (*first).min(place);
        })?;
    }
    let full: BTreeSet<u64> =
        chosen.keys().filter(|(_, content)| content.is_some()).map(|(name, _)| *name).collect();
    chosen.retain(|(name, content), _| content.is_some() || !full.contains(name));
    let first: BTreeSet<EventRef> = chosen.values().map(|(_, _, at)| *at).collect();
    for spool in namesakes {
        spool.each(&mut |record, at| {
            if first.contains(&at) {
                tell(record, at);
            }
        })?;
    }
    Ok(deliveries - first.len() as u64)
}
