//! A sliding view of a text stream: what is not yet consumed, as valid UTF-8, with its place in
//! the stream. Holds no more than the caps allow; bytes that are not UTF-8 are replaced and told.

use std::io::Read;

use crashcart_model::GapReason;

/// How much is asked of a stream at once.
const CHUNK: usize = 1 << 20;

/// A run of bytes that was not UTF-8: replaced by one U+FFFD in the text.
#[derive(Debug, Clone, Copy)]
struct Replaced {
    /// Where its replacement stands in the text.
    at: usize,
    /// How many bytes it had.
    bytes: usize,
}

/// Where the stream stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    /// More may come.
    Open,
    /// The stream ended as it should.
    Reached,
    /// The stream broke.
    Broken(GapReason, String),
}

pub(crate) struct Window<'r> {
    text: String,
    start: usize,
    /// Stream offset of the first byte of `text`.
    base: u64,
    replaced: Vec<Replaced>,
    /// The beginning of a character that the next chunk completes.
    carry: Vec<u8>,
    source: Option<&'r mut dyn Read>,
    end: End,
    chunk: Vec<u8>,
}

/// A stretch of the text measured in bytes of the stream.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Measure {
    /// Bytes in the stream, replaced ones included.
    pub bytes: u64,
    /// Of those, bytes that were not UTF-8.
    pub invalid: u64,
}

const REPLACEMENT: usize = '\u{fffd}'.len_utf8();

impl<'r> Window<'r> {
    /// Over bytes that are all there.
    pub fn whole(bytes: Vec<u8>, end: End) -> Self {
        let mut window = Self::empty(None, end);
        match String::from_utf8(bytes) {
            Ok(text) => window.text = text,
            Err(error) => {
                window.append(error.as_bytes());
                window.flush_carry();
            }
        }
        window
    }

    /// Over a stream.
    pub fn stream(source: &'r mut dyn Read) -> Self {
        Self::empty(Some(source), End::Open)
    }

    fn empty(source: Option<&'r mut dyn Read>, end: End) -> Self {
        Self {
            text: String::new(),
            start: 0,
            base: 0,
            replaced: Vec::new(),
            carry: Vec::new(),
            source,
            end,
            chunk: Vec::new(),
        }
    }

    /// What is not yet consumed.
    pub fn text(&self) -> &str {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// Where the stream stands.
    pub fn end(&self) -> &End {
        &self.end
    }

    /// Stream offset of the byte `ahead` of the window's start.
    pub fn offset(&self, ahead: usize) -> u64 {
        self.base + self.measure_text(0, self.start + ahead).bytes
    }

    /// Measures the next `length` bytes of text in stream bytes.
    pub fn measure(&self, length: usize) -> Measure {
        self.measure_text(self.start, self.start + length)
    }

    fn measure_text(&self, from: usize, to: usize) -> Measure {
        let mut measure = Measure { bytes: (to - from) as u64, invalid: 0 };
        if self.replaced.is_empty() {
            return measure;
        }
        let first = self.replaced.partition_point(|run| run.at < from);
        for run in self.replaced.iter().skip(first).take_while(|run| run.at < to) {
            measure.bytes = measure.bytes + run.bytes as u64 - REPLACEMENT as u64;
            measure.invalid += run.bytes as u64;
        }
        measure
    }

    /// Stream offset of the first replaced byte in the next `length` bytes of text.
    pub fn first_invalid(&self, length: usize) -> Option<u64> {
        let first = self.replaced.partition_point(|run| run.at < self.start);
        let run = self.replaced.get(first).filter(|run| run.at < self.start + length)?;
        Some(self.base + self.measure_text(0, run.at).bytes)
    }

    /// Consumes `length` bytes of text.
    pub fn advance(&mut self, length: usize) {
        self.start = (self.start + length).min(self.text.len());
    }

    /// Reads more; false when nothing more comes. What was consumed is given up.
    pub fn fill(&mut self) -> bool {
        let Some(source) = self.source.as_mut() else { return false };
        if self.end != End::Open {
            return false;
        }
        let mut chunk = std::mem::take(&mut self.chunk);
        chunk.resize(CHUNK, 0);
        let mut got = 0;
        while got < CHUNK && self.end == End::Open {
            match source.read(chunk.get_mut(got..).unwrap_or_default()) {
                Ok(0) => self.end = End::Reached,
                Ok(count) => got += count,
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                Err(error) => self.end = broken(&error),
            }
        }
        self.give_up();
        let before = self.text.len();
        self.append(chunk.get(..got).unwrap_or_default());
        if self.end != End::Open {
            self.flush_carry();
        }
        self.chunk = chunk;
        self.text.len() > before
    }

    /// Drops consumed text once it is the larger part.
    fn give_up(&mut self) {
        if self.start * 2 < self.text.len() {
            return;
        }
        self.base += self.measure_text(0, self.start).bytes;
        let start = self.start;
        self.text.drain(..start);
        self.replaced.retain_mut(|run| {
            let keep = run.at >= start;
            run.at = run.at.saturating_sub(start);
            keep
        });
        self.start = 0;
    }

    fn append(&mut self, bytes: &[u8]) {
        let joined;
        let mut rest = bytes;
        if !self.carry.is_empty() {
            joined = [self.carry.as_slice(), bytes].concat();
            self.carry.clear();
            rest = &joined;
        }
        loop {
            match std::str::from_utf8(rest) {
                Ok(text) => return self.text.push_str(text),
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.text.push_str(std::str::from_utf8(good).unwrap_or_default());
                    let Some(length) = error.error_len() else {
                        self.carry.extend_from_slice(bad);
                        return;
                    };
                    self.replace(length);
                    rest = bad.get(length..).unwrap_or_default();
                }
            }
        }
    }

    fn replace(&mut self, bytes: usize) {
        match self.replaced.last_mut() {
            Some(run) if run.at + REPLACEMENT == self.text.len() => run.bytes += bytes,
            _ => {
                self.replaced.push(Replaced { at: self.text.len(), bytes });
                self.text.push('\u{fffd}');
            }
        }
    }

    fn flush_carry(&mut self) {
        if !self.carry.is_empty() {
            let length = self.carry.len();
            self.carry.clear();
            self.replace(length);
        }
    }
}

/// What a read error of a decompressor means.
fn broken(error: &std::io::Error) -> End {
    use std::io::ErrorKind;
    let reason = match error.kind() {
        ErrorKind::UnexpectedEof => GapReason::Truncated,
        ErrorKind::InvalidData | ErrorKind::InvalidInput | ErrorKind::Other => GapReason::Corrupt,
        ErrorKind::FileTooLarge => GapReason::InflatesTooMuch,
        ErrorKind::Unsupported => GapReason::Unsupported,
        _ => GapReason::Unreadable,
    };
    End::Broken(reason, error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_count_stream_bytes_across_replacements_and_chunks() {
        let mut bytes = b"ab\xff\xfe\xc3\xa9x".to_vec();
        bytes.extend(std::iter::repeat_n(b'y', CHUNK));
        bytes.push(0xc3);
        let total = bytes.len() as u64;
        let mut source = bytes.as_slice();
        let mut window = Window::stream(&mut source);
        while window.fill() {}
        assert_eq!(window.end(), &End::Reached);
        let length = window.text().len();
        assert_eq!(window.measure(length), Measure { bytes: total, invalid: 3 });
        assert_eq!(window.first_invalid(length), Some(2));
        let e_acute = window.text().find('é').unwrap_or_default();
        assert_eq!(window.offset(e_acute), 4);
        window.advance(e_acute);
        window.give_up();
        assert_eq!(window.offset(0), 4);
    }
}
