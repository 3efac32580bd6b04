//! A sliding view of a text stream: what is not yet consumed, as valid UTF-8, with its place in
//! the stream. Holds no more than the caps allow; bytes that are not UTF-8 are replaced and told.

use std::borrow::Cow;
use std::io::Read;

use crashcart_model::GapReason;

/// How much is asked of a stream at once.
const CHUNK: usize = 1 << 20;

/// A run of bytes that was not UTF-8: replaced by one U+FFFD in the text. Small, because junk has
/// one for every second byte.
#[derive(Debug, Clone, Copy)]
struct Replaced {
    /// Where its replacement stands in the text.
    at: u32,
    /// How many bytes it had.
    bytes: u32,
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
    text: Cow<'r, str>,
    start: usize,
    /// Stream offset of `start`.
    offset: u64,
    replaced: Vec<Replaced>,
    /// The first run that is not yet consumed.
    first: usize,
    /// The beginning of a character that the next chunk completes.
    carry: Vec<u8>,
    source: Option<&'r mut dyn Read>,
    end: End,
    chunk: Vec<u8>,
    chunk_size: usize,
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
    /// Over text that is all there.
    pub fn whole(text: Cow<'r, str>) -> Self {
        Self { text, ..Self::empty(None, End::Reached) }
    }

    /// Over a stream.
    pub fn stream(source: &'r mut dyn Read) -> Self {
        Self::empty(Some(source), End::Open)
    }

    /// Over a stream that is read in pieces of `size` bytes.
    #[cfg(test)]
    pub fn pieces(source: &'r mut dyn Read, size: usize) -> Self {
        Self { chunk_size: size, ..Self::stream(source) }
    }

    fn empty(source: Option<&'r mut dyn Read>, end: End) -> Self {
        Self {
            text: Cow::Owned(String::new()),
            start: 0,
            offset: 0,
            replaced: Vec::new(),
            first: 0,
            carry: Vec::new(),
            source,
            end,
            chunk: Vec::new(),
            chunk_size: CHUNK,
        }
    }

    /// Bytes of memory that the window holds on to.
    #[cfg(test)]
    pub fn held(&self) -> usize {
        let runs = self.replaced.capacity() * size_of::<Replaced>();
        let text = if let Cow::Owned(text) = &self.text { text.capacity() } else { 0 };
        text + runs + self.chunk.capacity() + self.carry.capacity()
    }

    /// What is not yet consumed.
    pub fn text(&self) -> &str {
        self.text.get(self.start..).unwrap_or_default()
    }

    /// The first `length` bytes of it, or a few more to the end of a character.
    pub fn ahead(&self, length: usize) -> &str {
        let text = self.text();
        let end = (length..length + 4).find(|end| text.is_char_boundary(*end));
        end.and_then(|end| text.get(..end)).unwrap_or(text)
    }

    /// Where the stream stands.
    pub fn end(&self) -> &End {
        &self.end
    }

    /// Stream offset of the first byte that is not yet consumed.
    pub fn offset(&self) -> u64 {
        self.offset
    }

    /// Measures the next `length` bytes of text in stream bytes.
    pub fn measure(&self, length: usize) -> Measure {
        let mut measure = Measure { bytes: length as u64, invalid: 0 };
        for run in self.ahead_runs(length) {
            measure.bytes = measure.bytes + u64::from(run.bytes) - REPLACEMENT as u64;
            measure.invalid += u64::from(run.bytes);
        }
        measure
    }

    /// Stream offset of the first replaced byte in the next `length` bytes of text.
    pub fn first_invalid(&self, length: usize) -> Option<u64> {
        let run = self.ahead_runs(length).next()?;
        Some(self.offset + (run.at as usize).saturating_sub(self.start) as u64)
    }

    fn ahead_runs(&self, length: usize) -> impl Iterator<Item = &Replaced> {
        let end = self.start + length;
        let runs = self.replaced.get(self.first..).unwrap_or_default();
        runs.iter().take_while(move |run| (run.at as usize) < end)
    }

    /// Consumes `length` bytes of text.
    pub fn advance(&mut self, length: usize) {
        self.offset += self.measure(length).bytes;
        self.first += self.ahead_runs(length).count();
        self.start = (self.start + length).min(self.text.len());
    }

    /// Reads more; false when nothing more comes. What was consumed is given up.
    pub fn fill(&mut self) -> bool {
        let Some(source) = self.source.as_mut() else { return false };
        if self.end != End::Open {
            return false;
        }
        let mut chunk = std::mem::take(&mut self.chunk);
        chunk.resize(self.chunk_size, 0);
        let mut got = 0;
        while got < chunk.len() && self.end == End::Open {
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
        // A chunk that only lengthens a run of junk adds no text.
        got > 0 || self.text.len() > before
    }

    /// Drops consumed text once it is the larger part.
    fn give_up(&mut self) {
        if self.start * 2 < self.text.len() {
            return;
        }
        self.text.to_mut().drain(..self.start);
        self.replaced.drain(..self.first);
        for run in &mut self.replaced {
            run.at = narrow((run.at as usize).saturating_sub(self.start));
        }
        (self.start, self.first) = (0, 0);
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
                Ok(text) => return self.text.to_mut().push_str(text),
                Err(error) => {
                    let (good, bad) = rest.split_at(error.valid_up_to());
                    self.text.to_mut().push_str(std::str::from_utf8(good).unwrap_or_default());
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
        let at = self.text.len();
        let bytes = narrow(bytes);
        // A run that was consumed is closed: its bytes are counted.
        if let Some(run) = self.replaced.get_mut(self.first..).and_then(<[_]>::last_mut)
            && run.at as usize + REPLACEMENT == at
            && let Some(sum) = run.bytes.checked_add(bytes)
        {
            run.bytes = sum;
            return;
        }
        self.replaced.push(Replaced { at: narrow(at), bytes });
        self.text.to_mut().push('\u{fffd}');
    }

    fn flush_carry(&mut self) {
        if !self.carry.is_empty() {
            let length = self.carry.len();
            self.carry.clear();
            self.replace(length);
        }
    }
}

/// Positions fit 32 bits: [`crate::Caps::bounded`] keeps every window far below 4 GiB.
fn narrow(position: usize) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
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
        window.advance(e_acute);
        assert_eq!(window.offset(), 4);
        assert_eq!(window.first_invalid(length - e_acute), Some(total - 1));
        window.give_up();
        window.advance(window.text().len());
        assert_eq!(window.offset(), total);
    }

    #[test]
    fn a_flood_of_junk_is_one_run_and_does_not_look_like_the_end() {
        let mut source = std::io::repeat(0xff).take(10_000);
        let mut window = Window::pieces(&mut source, 1_000);
        assert!(window.fill());
        assert!(window.fill(), "the second piece adds bytes but no text");
        while window.fill() {}
        assert_eq!(window.text(), "\u{fffd}");
        assert_eq!(window.measure(REPLACEMENT), Measure { bytes: 10_000, invalid: 10_000 });
    }

    #[test]
    fn characters_are_whole_wherever_the_pieces_end() {
        let text = "aé€😀".repeat(50);
        for size in 1..9 {
            let mut source = text.as_bytes();
            let mut window = Window::pieces(&mut source, size);
            while window.fill() {}
            assert_eq!(window.text(), text);
            assert_eq!(window.ahead(2), "aé");
            assert_eq!(window.ahead(5_000), text);
        }
    }
}
