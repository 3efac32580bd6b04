//! A row as bytes: what is held while material is read, and what a temporary file holds.
//!
//! Only this process reads them back; the layout is no format. Must never lose a byte of a field.

use crashcart_model::{Event, LogText, Origin, Outcome, Timestamp};

use super::SortedRow;

/// Writes a row without its time and its place, which the key has.
pub(super) fn write(event: &Event, record: Option<&str>, out: &mut Vec<u8>) {
    out.clear();
    optional(event.origin.event_id.as_ref().map(LogText::raw), out);
    out.push(match event.outcome {
        Outcome::Done => 0,
        Outcome::Denied => 1,
        Outcome::Failed => 2,
        Outcome::Unknown => 3,
    });
    for field in [
        &event.source,
        &event.name,
        &event.region,
        &event.account,
        &event.principal,
        &event.access_key,
        &event.address,
        &event.user_agent,
        &event.error,
    ] {
        text(field.raw(), out);
    }
    optional(record, out);
}

/// The event id that a frame begins with.
pub(super) fn event_id(frame: &[u8]) -> Option<LogText> {
    Frame(frame).optional().flatten().map(LogText::new)
}

/// Reads a row back; none when the bytes are not what was written.
pub(super) fn read(
    bytes: &[u8],
    (time, rule): (Option<Timestamp>, Option<u32>),
    origin: Origin,
) -> Option<SortedRow> {
    let mut frame = Frame(bytes);
    let event_id = frame.optional()?.map(LogText::new);
    let outcome = match frame.byte()? {
        0 => Outcome::Done,
        1 => Outcome::Denied,
        2 => Outcome::Failed,
        3 => Outcome::Unknown,
        _ => return None,
    };
    let mut field = || frame.text().map(LogText::new);
    let event = Event {
        time,
        source: field()?,
        name: field()?,
        region: field()?,
        account: field()?,
        principal: field()?,
        access_key: field()?,
        address: field()?,
        user_agent: field()?,
        error: field()?,
        outcome,
        origin: Origin { event_id, ..origin },
    };
    let record = frame.optional()?.map(str::to_owned);
    frame.0.is_empty().then_some(SortedRow { event, rule, record })
}

fn text(text: &str, out: &mut Vec<u8>) {
    // A record is capped far below 4 GiB.
    out.extend_from_slice(&u32::try_from(text.len()).unwrap_or(u32::MAX).to_le_bytes());
    out.extend_from_slice(text.as_bytes());
}

fn optional(field: Option<&str>, out: &mut Vec<u8>) {
    out.push(u8::from(field.is_some()));
    if let Some(field) = field {
        text(field, out);
    }
}

/// What is still to be read.
struct Frame<'a>(&'a [u8]);

impl<'a> Frame<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn text(&mut self) -> Option<&'a str> {
        let (length, rest) = self.0.split_first_chunk::<4>()?;
        let (text, rest) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        self.0 = rest;
        std::str::from_utf8(text).ok()
    }

    fn optional(&mut self) -> Option<Option<&'a str>> {
        match self.byte()? {
            0 => Some(None),
            _ => self.text().map(Some),
        }
    }
}
