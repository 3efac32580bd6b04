//! Cuts a text stream into units: JSON objects at the top, in an array, or in the array of an
//! envelope; tables and prefixed lines are recognised here too. Every byte is accounted for.
//!
//! After damage it looks for the next place where a record may begin, so that one broken record
//! costs one Gap and not the rest of the file. Work done in vain is bounded.

use crashcart_model::{GapReason, Value};

use crate::caps::Caps;
use crate::json::{Stop, Tape};
use crate::ledger::Ledger;
use crate::opener::{Loss, Opener};
use crate::resync;
use crate::sink::{Sink, Stretch, Tally};
use crate::table;
use crate::window::{End, Window};

/// Envelope members whose array is read element by element, however long it is.
const STREAMED: [&str; 4] = ["Records", "Events", "events", "records"];
/// How far an envelope's head is looked at for such an array, and a table's for its headings.
pub(crate) const HEAD: usize = 1 << 16;
/// Bytes that may be parsed in vain beyond those that were read since.
const BUDGET: u64 = 1 << 25;
/// How far into a line a time in front of a record may reach.
const PREFIX: usize = 128;

/// What encloses the place where the framing stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Within {
    Array,
    Envelope,
}

pub(crate) struct Framing<'a, 'r> {
    pub(crate) window: &'a mut Window<'r>,
    pub(crate) sink: &'a mut dyn Sink,
    pub(crate) caps: &'a Caps,
    pub(crate) ledger: Ledger,
    tape: Tape,
    scalar: Tape,
    within: Vec<Within>,
    /// After damage inside an envelope brackets prove nothing: how many closed in a row.
    adrift: Option<usize>,
    /// A time stands in front of the unit that comes next.
    prefixed: bool,
    budget: u64,
}

/// Reads a stream to its end.
pub(crate) fn read(window: &mut Window<'_>, caps: &Caps, sink: &mut dyn Sink) -> Option<Tally> {
    let mut framing = Framing {
        window,
        sink,
        caps,
        ledger: Ledger::default(),
        tape: Tape::new(),
        scalar: Tape::new(),
        within: Vec::new(),
        adrift: None,
        prefixed: false,
        budget: BUDGET,
    };
    framing.run();
    framing.finish()
}

impl Framing<'_, '_> {
    fn run(&mut self) {
        let mut first = true;
        while !self.ledger.refused {
            self.space();
            let Some(&byte) = self.window.text().as_bytes().first() else { return };
            match (self.within.last().copied(), byte) {
                (Some(_), b']' | b'}') if self.adrift.is_some() => self.close_adrift(),
                (Some(Within::Array), b']') | (Some(Within::Envelope), b'}') => {
                    self.frame(1);
                    self.within.pop();
                }
                (Some(Within::Envelope), b'"') if self.adrift.is_none() => self.member(),
                (None | Some(Within::Array), b'{') => self.object(),
                (None, b'[') if self.opens_array() => {
                    self.frame(1);
                    self.within.push(Within::Array);
                }
                (Some(_), _) => self.unit(),
                (None, _) if first && table::read(self) => {}
                (None, b'"') => self.unit(),
                (None, _) => self.line(),
            }
            first = false;
        }
    }

    fn finish(self) -> Option<Tally> {
        if self.ledger.refused {
            return None;
        }
        let offset = self.window.offset();
        let end = match self.window.end().clone() {
            End::Broken(reason, detail) => Some((reason, detail)),
            _ if self.within.is_empty() => None,
            _ => Some((
                GapReason::Truncated,
                "the document is not closed: records may be missing at its end".to_owned(),
            )),
        };
        let end = end.map(|(reason, detail)| Stretch { offset, size: None, reason, detail });
        Some(self.ledger.finish(self.sink, offset, end))
    }

    /// Separators, white space, a byte-order mark, record separators of RFC 7464.
    fn space(&mut self) {
        loop {
            let text = self.window.text();
            let rest = text.trim_start_matches([' ', '\n', '\r', '\t', ',', '\u{feff}', '\u{1e}']);
            let (length, left) = (text.len() - rest.len(), rest.len());
            if length > 0 {
                self.frame(length);
            }
            if left > 0 || !self.window.fill() {
                return;
            }
        }
    }

    /// A bracket closes after damage: of the broken record, or of the document when as many close
    /// in a row as are open.
    fn close_adrift(&mut self) {
        self.frame(1);
        let closed = self.adrift.unwrap_or_default() + 1;
        self.adrift = Some(closed);
        if closed >= self.within.len() {
            self.within.clear();
            self.adrift = None;
        }
    }

    /// Whether the bracket opens an array of records, and is not the beginning of a log line.
    fn opens_array(&mut self) -> bool {
        self.want(64);
        let rest = self.window.text().get(1..).unwrap_or_default().trim_start();
        matches!(rest.as_bytes().first(), None | Some(b'{' | b'[' | b']' | b'"'))
    }

    /// Makes at least `length` bytes visible where the stream has them.
    pub(crate) fn want(&mut self, length: usize) {
        while self.window.text().len() < length && self.window.fill() {}
    }

    /// Makes twice as much visible, so that reading a long value again costs little in sum.
    pub(crate) fn more(&mut self) -> bool {
        let seen = self.window.text().len();
        self.want((2 * seen).max(1));
        self.window.text().len() > seen
    }

    fn object(&mut self) {
        if self.within.is_empty() || self.adrift.is_some() {
            self.want(1024);
            if let Some(length) = self.streamed_head() {
                self.frame(length);
                self.envelope();
                return;
            }
        }
        self.unit();
    }

    fn envelope(&mut self) {
        self.within.clear();
        self.within.extend([Within::Envelope, Within::Array]);
        self.adrift = None;
        self.prefixed = false;
    }

    /// Length of an envelope's head up to and with the bracket of its array of records.
    fn streamed_head(&mut self) -> Option<usize> {
        let text = self.window.text();
        let mut at = 1;
        while at < HEAD {
            let rest = text.get(at..)?;
            let name_at =
                at + rest.len() - rest.trim_start_matches([' ', '\n', '\r', '\t', ',']).len();
            let name = text.get(name_at..)?.strip_prefix('"')?;
            let name = name.get(..name.find('"')?)?;
            let colon = text.get(name_at + name.len() + 2..)?;
            let value = colon.trim_start().strip_prefix(':')?.trim_start();
            let value_at = text.len() - value.len();
            match value.as_bytes().first()? {
                b'[' => return STREAMED.contains(&name).then_some(value_at + 1),
                b'{' => return None,
                _ => {
                    let length = self.scalar.parse(value, 1).ok()?;
                    // What may hold an event is never an envelope's trimming.
                    if memchr::memmem::find(value.get(..length)?.as_bytes(), b"eventName").is_some()
                    {
                        return None;
                    }
                    at = value_at + length;
                }
            }
        }
        None
    }

    /// A further member of an envelope whose array was streamed: its name and value are framing.
    fn member(&mut self) {
        loop {
            let text = self.window.ahead(self.caps.record_bytes + 1);
            let seen = text.len();
            match member_length(text, &mut self.tape, self.caps.depth) {
                Ok((length, value)) => {
                    self.frame(length);
                    match value {
                        Left::Nothing => {}
                        Left::Array => self.within.push(Within::Array),
                        Left::Unit => self.unit(),
                    }
                    return;
                }
                Err(Stop::Incomplete) if seen <= self.caps.record_bytes && self.more() => {}
                Err(_) => return self.damage(1, "an envelope's member cannot be read"),
            }
        }
    }

    /// One JSON value that is a unit by itself.
    fn unit(&mut self) {
        self.adrift = self.adrift.map(|_| 0);
        let cap = self.caps.record_bytes;
        loop {
            let text = self.window.ahead(cap + 1);
            let seen = text.len();
            match self.tape.parse(text, self.caps.depth) {
                Ok(length) if length <= cap => return self.deliver(length),
                Err(Stop::TooDeep(at)) => return self.too_deep(at),
                Err(Stop::Bad(at)) => return self.damage(at, "the record is broken"),
                Ok(_) => return self.too_large(),
                Err(Stop::Incomplete) if seen > cap => return self.too_large(),
                Err(Stop::Incomplete) => {
                    if !self.more() {
                        return self.damage(seen, "the record is cut off");
                    }
                }
            }
        }
    }

    fn deliver(&mut self, length: usize) {
        self.earn(length as u64);
        let text = self.window.text();
        let record = self.tape.record(text);
        let mut opener = Opener::new(self.sink, &mut self.ledger, self.caps.depth, text);
        let prefixed = std::mem::take(&mut self.prefixed);
        let taken = match record.as_value() {
            Value::Object(unit) if prefixed => opener.prefixed(&unit),
            Value::Object(unit) => opener.dispatch(&unit),
            Value::String(text) if text.raw().contains('{') => {
                opener.embedded(record.as_value(), "cloudtrail");
                true
            }
            _ => false,
        };
        let (losses, handed) = opener.finish();
        if taken {
            return self.settle(length, losses, handed);
        }
        if let Some(head) = self.unknown_envelope(length) {
            self.frame(head);
            return self.envelope();
        }
        self.lose(length, GapReason::UnknownShape, "JSON, but no record of a known shape");
    }

    /// Length of the head of an envelope by another name: an object at the top that begins with
    /// an array of objects, which are then read one by one.
    fn unknown_envelope(&mut self, length: usize) -> Option<usize> {
        if !self.within.is_empty() || self.budget < length as u64 {
            return None;
        }
        let text = self.window.text().get(..length)?;
        let name = self.scalar.parse(text.strip_prefix('{')?, 1).ok()?;
        let value = text.get(1 + name..)?.trim_start().strip_prefix(':')?.trim_start();
        let inner = value.strip_prefix('[')?;
        if !inner.trim_start().starts_with('{') {
            return None;
        }
        self.budget -= length as u64;
        Some(text.len() - inner.len())
    }

    /// Counts a unit of which a shape took what it could.
    pub(crate) fn settle(&mut self, length: usize, losses: Vec<Loss>, handed: bool) {
        if let Some(first) = losses.first().filter(|_| !handed) {
            return self.lose(length, first.reason, first.detail);
        }
        self.ledger.close(self.sink);
        let measure = self.window.measure(length);
        let mut left = measure.bytes;
        for loss in losses {
            let before = self.window.measure(loss.at).bytes;
            let end = length.min(loss.at + loss.size);
            let size = left.min(self.window.measure(end).bytes.saturating_sub(before));
            left -= size;
            let offset = self.window.offset() + before;
            let detail = format!("{}, inside the document there", loss.detail);
            let part = Stretch { offset, size: Some(size), reason: loss.reason, detail };
            self.ledger.lose_part(self.sink, part);
        }
        if let Some(offset) = self.window.first_invalid(length) {
            let size = left.min(measure.invalid);
            left -= size;
            let detail = "the record was read with U+FFFD in their place".to_owned();
            let reason = GapReason::NotUtf8;
            let part = Stretch { offset, size: Some(size), reason, detail };
            self.ledger.lose_part(self.sink, part);
        }
        self.ledger.decoded += left;
        self.window.advance(length);
    }

    pub(crate) fn frame(&mut self, length: usize) {
        self.ledger.framing += self.window.measure(length).bytes;
        self.window.advance(length);
    }

    /// Counts the next `length` bytes of text as a gap.
    pub(crate) fn lose(&mut self, length: usize, reason: GapReason, detail: &str) {
        let size = Some(self.window.measure(length).bytes);
        let offset = self.window.offset();
        self.ledger.lose(self.sink, Stretch { offset, size, reason, detail: detail.to_owned() });
        self.window.advance(length);
    }

    /// What was read pays for as much that is parsed in vain.
    pub(crate) fn earn(&mut self, read: u64) {
        self.budget = (self.budget + read).min(BUDGET);
    }

    /// Pays for `seen` bytes that were parsed to get on by `moved`; gives up when that is too much.
    pub(crate) fn afford(&mut self, seen: usize, moved: usize) {
        let vain = seen.saturating_sub(moved) as u64;
        match self.budget.checked_sub(vain) {
            Some(left) => self.budget = left,
            None => self.lose_rest(),
        }
    }

    /// Loses the text up to the next place where a record may begin. The parser was content up
    /// to `at`, so weak signs of a beginning count only from there.
    fn damage(&mut self, at: usize, detail: &str) {
        self.prefixed = false;
        self.adrift = (!self.within.is_empty()).then_some(0);
        let mut weak = at;
        let mut moved = 0;
        loop {
            let text = self.window.text();
            let found = resync::next(text, weak);
            let end =
                found.unwrap_or_else(|| floor(text, text.len().saturating_sub(resync::LONGEST)));
            self.lose(end, GapReason::NotJson, detail);
            moved += end;
            if found.is_some() {
                break;
            }
            weak = weak.saturating_sub(end).max(1);
            if !self.window.fill() {
                let rest = self.window.text().len();
                return self.lose(rest, GapReason::NotJson, detail);
            }
        }
        self.afford(at, moved);
    }

    fn lose_rest(&mut self) {
        loop {
            let rest = self.window.text().len();
            self.lose(rest, GapReason::NotJson, "too much damage to go on");
            if !self.window.fill() {
                return;
            }
        }
    }

    /// A value nested too deep ends with its brackets; one that never ends is damage.
    fn too_deep(&mut self, at: usize) {
        let cap = self.caps.record_bytes;
        let mut brackets = resync::Brackets::default();
        let mut seen = 0;
        let closed = loop {
            let text = self.window.ahead(cap);
            let rest = text.get(seen..).unwrap_or_default();
            if let Some(end) = brackets.close(rest.as_bytes()) {
                break Some(seen + end);
            }
            seen = text.len();
            if seen >= cap || !self.more() {
                break None;
            }
        };
        if let Some(end) = closed {
            let detail = format!("deeper than {} levels (--max-depth)", self.caps.depth);
            self.lose(end, GapReason::TooDeep, &detail);
            return self.afford(at, end);
        }
        self.damage(at, "nested too deep, and never closed");
        self.afford(seen, at);
    }

    /// Passes over one value by its brackets, without holding it.
    fn too_large(&mut self) {
        let detail = format!("over {} bytes (--max-record)", self.caps.record_bytes);
        let mut brackets = resync::Brackets::default();
        loop {
            let text = self.window.text();
            let end = brackets.close(text.as_bytes());
            let length = end.unwrap_or(text.len());
            self.lose(length, GapReason::RecordTooLarge, &detail);
            if end.is_some() || !self.window.fill() {
                return;
            }
        }
    }

    /// A line of text at the top: a time in front of a record is framing, all else is lost.
    fn line(&mut self) {
        self.want(2 * PREFIX);
        let text = self.window.text();
        let line = text.split('\n').next().unwrap_or_default();
        if let Some(prefix) = line.find('{').filter(|at| *at <= PREFIX)
            && line.get(..prefix).is_some_and(resync::is_time_prefix)
        {
            self.prefixed = true;
            return self.frame(prefix);
        }
        loop {
            let text = self.window.text();
            let line = text.find('\n').map(|at| at + 1);
            let found = resync::next(text.get(..line.unwrap_or(text.len())).unwrap_or_default(), 1);
            let end = found.or(line);
            let length =
                end.unwrap_or_else(|| floor(text, text.len().saturating_sub(resync::LONGEST)));
            self.lose(length, GapReason::NotJson, "text that is no record");
            if end.is_some() {
                return;
            }
            if !self.window.fill() {
                let rest = self.window.text().len();
                return self.lose(rest, GapReason::NotJson, "text that is no record");
            }
        }
    }
}

/// Length of an envelope's member; whether it ends with the bracket of an array of records.
fn member_length(text: &str, tape: &mut Tape, depth: usize) -> Result<(usize, Left), Stop> {
    let name = tape.parse(text, 1)?;
    let rest = text.get(name..).unwrap_or_default().trim_start();
    let Some(value) = rest.strip_prefix(':').map(str::trim_start) else {
        return Err(if rest.is_empty() { Stop::Incomplete } else { Stop::Bad(name) });
    };
    let before = text.len() - value.len();
    let name = text.get(1..name.saturating_sub(1)).unwrap_or_default();
    if value.starts_with('[') && STREAMED.contains(&name) {
        return Ok((before + 1, Left::Array));
    }
    let length = tape.parse(value, depth)?;
    let inside = value.get(..length).unwrap_or_default();
    // What may hold an event is never an envelope's trimming.
    Ok(if memchr::memmem::find(inside.as_bytes(), b"eventName").is_none() {
        (before + length, Left::Nothing)
    } else if inside.starts_with('[') {
        (before + 1, Left::Array)
    } else {
        (before, Left::Unit)
    })
}

/// What of an envelope's member is left to be read.
enum Left {
    Nothing,
    /// An array, behind its bracket.
    Array,
    /// A value.
    Unit,
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}
