//! What a shape does with a unit: hand over its events, open what is embedded in it, or say what
//! part of it could not be read.

use crashcart_model::{GapReason, Record, Str, Value};

use crate::formats;
use crate::json::{Stop, Tape};
use crate::ledger::Ledger;
use crate::resync;
use crate::sink::{Apart, Sink};

/// How deep records may be wrapped in one another (a log event in a Splunk export of ...).
const WRAPPINGS: usize = 4;

/// A part of a unit that could not be read.
#[derive(Debug)]
pub(crate) struct Loss {
    /// Where in the unit's text it stands, or the string that holds it; 0 where that is unknown.
    pub at: usize,
    /// Bytes of text.
    pub size: usize,
    pub reason: GapReason,
    pub detail: &'static str,
}

/// See the module. Lives for one unit.
pub struct Opener<'s> {
    sink: &'s mut dyn Sink,
    ledger: &'s mut Ledger,
    depth: usize,
    /// The unit's text.
    unit: &'s str,
    wrapping: usize,
    /// Where the embedded string stands that is open.
    inside: Option<usize>,
    losses: Vec<Loss>,
    /// Bytes of the losses.
    lost: usize,
    /// Records handed over, of any kind.
    handed: u32,
    /// `handed` when something was lost last.
    handed_at_loss: u32,
    partial: bool,
}

impl<'s> Opener<'s> {
    pub(crate) fn new(
        sink: &'s mut dyn Sink,
        ledger: &'s mut Ledger,
        depth: usize,
        unit: &'s str,
    ) -> Self {
        Self {
            sink,
            ledger,
            depth,
            unit,
            wrapping: 0,
            inside: None,
            losses: Vec::new(),
            lost: 0,
            handed: 0,
            handed_at_loss: 0,
            partial: false,
        }
    }

    /// What could not be read, and whether anything else could.
    pub(crate) fn finish(self) -> (Vec<Loss>, bool) {
        (self.losses, self.handed > 0)
    }

    /// Deepest nesting of one record.
    pub(crate) const fn depth(&self) -> usize {
        self.depth
    }

    /// Asks each shape in turn; false when none knows the unit.
    pub(crate) fn dispatch(&mut self, unit: &Record<'_>) -> bool {
        formats::JSON.iter().any(|shape| shape.open(unit, self))
    }

    /// A record with a time in front of it, as CloudWatch Logs are exported.
    pub(crate) fn prefixed(&mut self, unit: &Record<'_>) -> bool {
        self.nested(unit, "cloudwatch_logs")
    }

    fn admitted(&mut self, format: &'static str) -> bool {
        if !self.ledger.asked {
            self.ledger.asked = true;
            self.ledger.refused = !self.sink.admits(formats::is_lossy(format));
        }
        if self.wrapping == 0 {
            self.ledger.formats.insert(format);
        }
        !self.ledger.refused
    }

    /// An event.
    pub fn event(&mut self, record: &Record<'_>, format: &'static str) {
        self.handed += 1;
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
        self.handed += 1;
        if self.admitted(format) {
            self.sink.apart(kind);
        }
    }

    /// A CloudTrail digest file: counted apart, and shown unless something is wrong with it.
    pub(crate) fn digest(
        &mut self,
        digest: &Record<'_>,
        fault: Option<(Value<'_>, &'static str)>,
        format: &'static str,
    ) {
        self.apart(Apart::Digest, format);
        match fault {
            _ if self.ledger.refused => {}
            Some((value, detail)) => self.unknown(value, detail),
            None => self.sink.digest(digest),
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
            Value::String(text) => self.string(text, format),
            _ => self.unknown(value, "neither an object nor JSON text where a record should be"),
        }
    }

    fn string(&mut self, text: Str<'_>, format: &'static str) {
        let (lost, handed) = (self.lost, self.handed);
        let outer = self.inside;
        self.inside = outer.or_else(|| Some(self.place(text.raw())));
        self.text(&text.text(), format);
        self.inside = outer;
        // Where nothing was read from it, all of it is lost, escapes included.
        let size = self.lost - lost;
        if self.handed == handed
            && size > 0
            && let Some(last) = self.losses.last_mut()
        {
            let more = text.raw().len().saturating_sub(size);
            last.size += more;
            self.lost += more;
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

    /// JSON text: records one after another, the first perhaps behind a time.
    pub(crate) fn text(&mut self, text: &str, format: &'static str) {
        let start = text.find('{').unwrap_or(text.len());
        let (prefix, mut rest) = text.split_at(start);
        if !prefix.trim().is_empty() && !resync::is_time_prefix(prefix) {
            self.lose(prefix.len(), GapReason::NotJson, "text where a record should be");
        }
        let mut tape = Tape::new();
        while !rest.is_empty() {
            let (size, reason, detail) = match tape.parse(rest, self.depth) {
                Ok(length) => {
                    if !self.nested(&tape.record(rest), format) {
                        let detail = "embedded JSON is not a CloudTrail record";
                        self.lose(length, GapReason::UnknownShape, detail);
                    }
                    rest = rest.get(length..).unwrap_or_default().trim_start();
                    continue;
                }
                Err(Stop::TooDeep(_)) => (rest.len(), GapReason::TooDeep, "an embedded record"),
                Err(Stop::Incomplete) => {
                    (rest.len(), GapReason::NotJson, "the embedded record is cut off")
                }
                Err(Stop::Bad(_)) => {
                    (rest.len(), GapReason::NotJson, "the embedded record is not JSON")
                }
            };
            return self.lose(size, reason, detail);
        }
    }

    /// A part of the unit that is no event.
    pub fn unknown(&mut self, value: Value<'_>, detail: &'static str) {
        let (size, text) = match value {
            Value::Null => (4, ""),
            Value::Bool(truth) => (5 - usize::from(truth), ""),
            Value::Number(text) => (text.len(), text),
            Value::String(text) => (text.raw().len(), text.raw()),
            Value::Array(record) | Value::Object(record) => (record.json().len(), record.json()),
        };
        let at = self.inside.unwrap_or_else(|| self.place(text));
        self.lose_at(at, size, GapReason::UnknownShape, detail);
    }

    /// Where a part of the unit's own text stands in it; 0 for text from elsewhere.
    fn place(&self, part: &str) -> usize {
        let at = (part.as_ptr() as usize).checked_sub(self.unit.as_ptr() as usize);
        at.filter(|at| at + part.len() <= self.unit.len()).unwrap_or_default()
    }

    fn lose(&mut self, size: usize, reason: GapReason, detail: &'static str) {
        self.lose_at(self.inside.unwrap_or_default(), size, reason, detail);
    }

    fn lose_at(&mut self, at: usize, size: usize, reason: GapReason, detail: &'static str) {
        self.lost += size;
        // A unit may hold millions of parts that are no records: neighbours are told as one.
        if let Some(last) = self.losses.last_mut()
            && (last.reason, last.detail, self.handed_at_loss) == (reason, detail, self.handed)
        {
            last.size += size;
            return;
        }
        self.handed_at_loss = self.handed;
        self.losses.push(Loss { at, size, reason, detail });
    }
}
