//! Cuts a text stream into units: JSON objects at the top, in an array, or in the array of an
//! envelope; tables and prefixed lines are recognised here too. Every byte is accounted for.
//!
//! After damage it looks for the next place where a record may begin, so that one broken record
//! costs one Gap and not the rest of the file.

use crashcart_model::{GapReason, Value};

use crate::caps::Caps;
use crate::formats::columns;
use crate::json::{Stop, Tape};
use crate::opener::{Ledger, Opener};
use crate::resync;
use crate::sink::{Sink, Stretch, Tally};
use crate::window::{End, Window};

/// Envelope members whose array is read element by element, however long it is.
const STREAMED: [&str; 4] = ["Records", "Events", "events", "records"];
/// How far an envelope's head is looked at for such an array.
const HEAD: usize = 1 << 16;

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
    within: Vec<Within>,
    gap: Option<Stretch>,
    /// Bytes that may still be parsed in vain; damage made to cost time is given up on.
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
        within: Vec::new(),
        gap: None,
        budget: 1 << 28,
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
                (Some(Within::Array), b']') | (Some(Within::Envelope), b'}') => {
                    self.frame(1);
                    self.within.pop();
                }
                (Some(Within::Envelope), b'"') => self.member(),
                (None | Some(Within::Array), b'{') => self.object(),
                (None, b'[') if self.opens_array() => {
                    self.frame(1);
                    self.within.push(Within::Array);
                }
                (Some(_), _) | (None, b'"') => self.unit(),
                (None, _) if first && columns::read(self) => {}
                (None, _) => self.line(),
            }
            first = false;
        }
    }

    fn finish(mut self) -> Option<Tally> {
        if self.ledger.refused {
            return None;
        }
        self.flush();
        let end = self.window.end().clone();
        let offset = self.window.offset(0);
        if let End::Broken(reason, detail) = end {
            self.sink.gap(Stretch { offset, size: None, reason, detail });
        } else if !self.within.is_empty() {
            let detail = "the document is not closed: records may be missing at its end".to_owned();
            self.sink.gap(Stretch { offset, size: None, reason: GapReason::Truncated, detail });
        }
        Some(Tally {
            inflated: offset,
            decoded: self.ledger.decoded,
            framing: self.ledger.framing,
            lost: self.ledger.lost,
            records: u64::from(self.ledger.records),
            formats: self.ledger.formats.into_iter().collect(),
        })
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

    fn object(&mut self) {
        if self.within.is_empty() {
            self.want(1024);
            if let Some(length) = self.streamed_head() {
                self.frame(length);
                self.within.extend([Within::Envelope, Within::Array]);
                return;
            }
        }
        self.unit();
    }

    /// Length of an envelope's head up to and with the bracket of its array of records.
    fn streamed_head(&mut self) -> Option<usize> {
        let text = self.window.text();
        let mut at = 1;
        let mut scalar = Tape::new();
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
                _ => at = value_at + scalar.parse(value, 1).ok()?,
            }
        }
        None
    }

    /// A further member of an envelope whose array was streamed: its name and value are framing.
    fn member(&mut self) {
        loop {
            let text = self.window.text();
            let name = self.tape.parse(text, 1).unwrap_or(text.len());
            let rest = text.get(name..).unwrap_or_default().trim_start();
            if let Some(value) = rest.strip_prefix(':').map(str::trim_start) {
                let before = text.len() - value.len();
                if value.starts_with('[')
                    && STREAMED.iter().any(|s| text.get(1..name - 1) == Some(s))
                {
                    self.frame(before + 1);
                    self.within.push(Within::Array);
                    return;
                }
                if let Ok(length) = self.tape.parse(value, self.caps.depth) {
                    return self.frame(before + length);
                }
            }
            if text.len() > self.caps.record_bytes || !self.window.fill() {
                self.within.pop();
                return self.damage(1, "an envelope's member cannot be read");
            }
        }
    }

    /// One JSON value that is a unit by itself.
    fn unit(&mut self) {
        loop {
            let seen = self.window.text().len();
            match self.tape.parse(self.window.text(), self.caps.depth) {
                Ok(length) => return self.deliver(length),
                Err(Stop::TooDeep(_)) => {
                    let detail = format!("deeper than {} levels (--max-depth)", self.caps.depth);
                    return self.skip(GapReason::TooDeep, &detail);
                }
                Err(Stop::Bad(at)) => return self.damage(at, "the record is broken"),
                Err(Stop::Incomplete) if seen > self.caps.record_bytes => {
                    let detail = format!("over {} bytes (--max-record)", self.caps.record_bytes);
                    return self.skip(GapReason::RecordTooLarge, &detail);
                }
                Err(Stop::Incomplete) => {
                    if !self.window.fill() {
                        return self.damage(seen, "the record is cut off");
                    }
                }
            }
        }
    }

    fn deliver(&mut self, length: usize) {
        let offset = self.window.offset(0);
        let record = self.tape.record(self.window.text());
        let mut opener = Opener::new(self.sink, &mut self.ledger, self.caps.depth, offset);
        let taken = match record.as_value() {
            Value::Object(unit) => opener.dispatch(&unit),
            Value::String(text) if text.raw().contains('{') => {
                opener.embedded(record.as_value(), "cloudtrail");
                true
            }
            _ => false,
        };
        let lost = opener.lost();
        if !taken {
            return self.lose(
                length,
                GapReason::UnknownShape,
                "JSON, but no record of a known shape",
            );
        }
        self.flush();
        self.take(length, lost);
    }

    /// Counts the next `length` bytes of text as records, less what was lost inside them.
    pub(crate) fn take(&mut self, length: usize, lost: u64) {
        let measure = self.window.measure(length);
        let lost = (lost + measure.invalid).min(measure.bytes);
        self.ledger.decoded += measure.bytes - lost;
        self.ledger.lost += lost;
        if measure.invalid > 0 {
            self.sink.gap(Stretch {
                offset: self.window.first_invalid(length).unwrap_or_default(),
                size: Some(measure.invalid),
                reason: GapReason::NotUtf8,
                detail: "the record was read with U+FFFD in their place".to_owned(),
            });
        }
        self.window.advance(length);
    }

    pub(crate) fn frame(&mut self, length: usize) {
        let bytes = self.window.measure(length).bytes;
        self.ledger.framing += bytes;
        self.window.advance(length);
    }

    /// Counts the next `length` bytes of text as a gap, joined to one that ends here.
    pub(crate) fn lose(&mut self, length: usize, reason: GapReason, detail: &str) {
        let offset = self.window.offset(0);
        let bytes = self.window.measure(length).bytes;
        self.ledger.lost += bytes;
        self.window.advance(length);
        if let Some(gap) = &mut self.gap
            && gap.reason == reason
            && gap.offset + gap.size.unwrap_or_default() == offset
        {
            gap.size = gap.size.map(|size| size + bytes);
            return;
        }
        self.flush();
        self.gap = Some(Stretch { offset, size: Some(bytes), reason, detail: detail.to_owned() });
    }

    pub(crate) fn flush(&mut self) {
        if let Some(gap) = self.gap.take() {
            self.sink.gap(gap);
        }
    }

    /// Loses the text up to the next place where a record may begin. The parser was content up
    /// to `at`, so weak signs of a beginning count only from there.
    fn damage(&mut self, at: usize, detail: &str) {
        let seen = self.window.text().len().min(at.max(1)) as u64;
        if self.budget < seen {
            return self.lose_rest("too much damage to go on");
        }
        self.budget -= seen;
        let mut weak = at;
        loop {
            let text = self.window.text();
            if let Some(found) = resync::next(text, weak) {
                return self.lose(found, GapReason::NotJson, detail);
            }
            let keep = text.len() - floor(text, text.len().saturating_sub(resync::LONGEST));
            self.lose(text.len() - keep, GapReason::NotJson, detail);
            weak = 1;
            if !self.window.fill() {
                let rest = self.window.text().len();
                return self.lose(rest, GapReason::NotJson, detail);
            }
        }
    }

    fn lose_rest(&mut self, detail: &str) {
        loop {
            let rest = self.window.text().len();
            self.lose(rest, GapReason::NotJson, detail);
            if !self.window.fill() {
                return;
            }
        }
    }

    /// Passes over one value by its brackets, without holding it.
    fn skip(&mut self, reason: GapReason, detail: &str) {
        let mut brackets = resync::Brackets::default();
        loop {
            let text = self.window.text();
            if let Some(end) = brackets.close(text.as_bytes()) {
                return self.lose(end, reason, detail);
            }
            let length = text.len();
            self.lose(length, reason, detail);
            if !self.window.fill() {
                return;
            }
        }
    }

    /// A line of text at the top: a time in front of a record is framing, all else is lost.
    fn line(&mut self) {
        self.want(256);
        let text = self.window.text();
        let line = text.get(..text.find('\n').unwrap_or(text.len())).unwrap_or_default();
        if let Some(prefix) = line.find('{').filter(|at| *at <= 128)
            && line.get(..prefix).is_some_and(resync::is_time_prefix)
        {
            self.ledger.formats.insert("cloudwatch_logs");
            return self.frame(prefix);
        }
        loop {
            let text = self.window.text();
            if let Some(found) = resync::next(text, 1) {
                return self.lose(found, GapReason::NotJson, "text that is no record");
            }
            let length = text.find('\n').map_or(text.len(), |at| at + 1);
            self.lose(length, GapReason::NotJson, "text that is no record");
            if length > 0 && !self.window.text().is_empty() || !self.window.fill() {
                return;
            }
        }
    }
}

/// The nearest character boundary at or before `at`.
fn floor(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default()
}
