//! What a shape does with a unit: hand over its events, open what is embedded in it, or say what
//! part of it could not be read.

use std::collections::BTreeSet;

use crashcart_model::{GapReason, Record, Value};

use crate::formats;
use crate::json::{Stop, Tape};
use crate::sink::{Apart, Sink, Stretch};

/// How deep records may be wrapped in one another (a log event in a Splunk export of ...).
const WRAPPINGS: usize = 4;

/// Byte and record accounts of one stream.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    pub decoded: u64,
    pub framing: u64,
    pub lost: u64,
    pub records: u32,
    pub formats: BTreeSet<&'static str>,
    /// The sink does not want this stream now; see [`Sink::admits`].
    pub refused: bool,
}

/// See the module. Lives for one unit.
pub struct Opener<'s> {
    sink: &'s mut dyn Sink,
    ledger: &'s mut Ledger,
    depth: usize,
    offset: u64,
    wrapping: usize,
    lost: u64,
    partial: bool,
}

impl<'s> Opener<'s> {
    pub(crate) fn new(
        sink: &'s mut dyn Sink,
        ledger: &'s mut Ledger,
        depth: usize,
        offset: u64,
    ) -> Self {
        Self { sink, ledger, depth, offset, wrapping: 0, lost: 0, partial: false }
    }

    /// Bytes of the unit that were told as gaps.
    pub(crate) const fn lost(&self) -> u64 {
        self.lost
    }

    /// Asks each shape in turn; false when none knows the unit.
    pub(crate) fn dispatch(&mut self, unit: &Record<'_>) -> bool {
        formats::JSON.iter().any(|shape| shape.open(unit, self))
    }

    fn admitted(&mut self, format: &'static str) -> bool {
        if self.wrapping == 0 || self.ledger.formats.is_empty() {
            if self.ledger.formats.is_empty() {
                self.ledger.refused = !self.sink.admits(formats::is_lossy(format));
            }
            self.ledger.formats.insert(format);
        }
        !self.ledger.refused
    }

    /// An event.
    pub fn event(&mut self, record: &Record<'_>, format: &'static str) {
        if !self.admitted(format) {
            return;
        }
        let number = self.ledger.records;
        self.ledger.records = number.saturating_add(1);
        if self.partial {
            self.sink.record(&record.into_partial(), number);
        } else {
            self.sink.record(record, number);
        }
    }

    /// An event of a format that may have dropped fields.
    pub(crate) fn partial_event(&mut self, record: &Record<'_>, format: &'static str) {
        self.partial = true;
        self.event(record, format);
    }

    /// A record that is counted apart.
    pub fn apart(&mut self, kind: Apart, format: &'static str) {
        if self.admitted(format) {
            self.sink.apart(kind);
        }
    }

    /// A record within the unit: an object, or JSON text in a string.
    pub fn embedded(&mut self, value: Value<'_>, format: &'static str) {
        match value {
            Value::Object(record) => {
                if !self.nested(&record, format) {
                    self.unknown(value, "an embedded object that is not a CloudTrail record");
                }
            }
            Value::String(text) => self.text(&text.text(), text.raw().len(), format),
            _ => self.unknown(value, "neither an object nor JSON text where a record should be"),
        }
    }

    /// An object within the unit; false when no shape knows it.
    pub fn nested(&mut self, record: &Record<'_>, format: &'static str) -> bool {
        if self.wrapping >= WRAPPINGS || !self.admitted(format) {
            return self.ledger.refused;
        }
        self.wrapping += 1;
        let taken = self.dispatch(record);
        self.wrapping -= 1;
        taken
    }

    fn text(&mut self, text: &str, size: usize, format: &'static str) {
        let start = text.find('{').unwrap_or(text.len());
        // A log line may carry its time in front of the record.
        let body = text.get(start..).unwrap_or_default();
        let mut tape = Tape::new();
        match tape.parse(body, self.depth) {
            Ok(_) => {
                if !self.nested(&tape.record(body), format) {
                    self.lose(
                        size,
                        GapReason::UnknownShape,
                        "embedded JSON is not a CloudTrail record",
                    );
                }
            }
            Err(Stop::TooDeep(_)) => self.lose(size, GapReason::TooDeep, "an embedded record"),
            Err(stop) => {
                let what = if stop == Stop::Incomplete { "cut off" } else { "not JSON" };
                self.lose(size, GapReason::NotJson, &format!("the embedded record is {what}"));
            }
        }
    }

    /// A part of the unit that is no event.
    pub fn unknown(&mut self, value: Value<'_>, detail: &str) {
        let size = match value {
            Value::Null => 4,
            Value::Bool(truth) => 5 - usize::from(truth),
            Value::Number(text) => text.len(),
            Value::String(text) => text.raw().len() + 2,
            Value::Array(record) | Value::Object(record) => record.json().len(),
        };
        self.lose(size, GapReason::UnknownShape, detail);
    }

    fn lose(&mut self, size: usize, reason: GapReason, detail: &str) {
        // Inside a wrapping the size is that of the inner text; the outermost loss is what counts.
        if self.wrapping > 0 && reason == GapReason::UnknownShape && size == 0 {
            return;
        }
        self.lost += size as u64;
        self.sink.gap(Stretch {
            offset: self.offset,
            size: Some(size as u64),
            reason,
            detail: format!("{detail} (inside the document at this offset)"),
        });
    }
}
