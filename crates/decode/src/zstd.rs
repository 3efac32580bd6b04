//! zstd streams: frames one after another, as `cat a.zst b.zst` and parallel compressors make
//! them. What came before damage is given before the damage is told; what lies in skippable frames
//! is counted.

use std::cell::Cell;
use std::io::{BufRead, BufReader, Error, ErrorKind, Read};
use std::rc::Rc;

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// A last block without content, and a checksum that nobody compares.
const LAST: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// The end of a seek table: the number of its entries, a descriptor, a magic number
/// (zstd/contrib/seekable_format/zstd_seekable_compression_format.md).
const SEEK_END: usize = 9;

/// Whether a frame that ends so is a seek table, which tells only where frames begin.
fn is_seek_table(end: &[u8], length: u64) -> bool {
    let [a, b, c, d, descriptor, 0xb1, 0xea, 0x92, 0x8f] = end else { return false };
    // With a checksum in each entry or without one.
    let entry = if descriptor & 0x80 == 0 { 8 } else { 12 };
    length == u64::from(u32::from_le_bytes([*a, *b, *c, *d])) * entry + SEEK_END as u64
}

/// See the module.
pub(crate) struct Frames<R> {
    source: BufReader<R>,
    decoder: FrameDecoder,
    open: bool,
    /// Damage that is told once all that came before it was given.
    damage: Option<Error>,
    /// Bytes in skippable frames that are not known to be the format's own.
    skipped: Rc<Cell<u64>>,
}

impl<R: Read> Frames<R> {
    pub fn new(source: R, skipped: &Rc<Cell<u64>>) -> Self {
        let source = BufReader::with_capacity(1 << 16, source);
        let skipped = Rc::clone(skipped);
        Self { source, decoder: FrameDecoder::new(), open: false, damage: None, skipped }
    }

    fn begin(&mut self) -> std::io::Result<()> {
        match self.decoder.init(&mut self.source) {
            Ok(()) => self.open = true,
            // A frame without content that others may use as they like.
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                self.skip(u64::from(length))?;
            }
            Err(error) => return Err(self.told(&error)),
        }
        Ok(())
    }

    /// Passes over the content of a skippable frame (RFC 8878, 3.1.2), and counts it unless it is
    /// of those that compressors write for themselves.
    fn skip(&mut self, length: u64) -> std::io::Result<()> {
        let (mut left, mut empty, mut end) = (length, true, Vec::new());
        while left > 0 {
            let piece = self.source.fill_buf()?;
            let piece = piece.get(..piece.len().min(usize::try_from(left).unwrap_or(usize::MAX)));
            let piece = piece.unwrap_or_default();
            if piece.is_empty() {
                return Err(Error::new(ErrorKind::UnexpectedEof, "zstd skippable frame"));
            }
            empty &= piece.iter().all(|byte| *byte == 0);
            end.extend_from_slice(
                piece.get(piece.len().saturating_sub(SEEK_END)..).unwrap_or_default(),
            );
            end.drain(..end.len().saturating_sub(SEEK_END));
            let count = piece.len();
            self.source.consume(count);
            left -= count as u64;
        }
        // pzstd writes the size of the frame that follows.
        if !empty && length != 4 && !is_seek_table(&end, length) {
            self.skipped.set(self.skipped.get() + length);
        }
        Ok(())
    }

    /// Decodes until there is something to give.
    fn decode(&mut self) {
        while self.decoder.can_collect() == 0 && !self.decoder.is_finished() {
            let step = BlockDecodingStrategy::UptoBlocks(1);
            if let Err(error) = self.decoder.decode_blocks(&mut self.source, step) {
                self.damage = Some(self.told(&error));
                // The decoder keeps a window of what it decoded until the frame is finished.
                let last = self.decoder.decode_blocks(LAST.as_slice(), BlockDecodingStrategy::All);
                if last.is_err() {
                    return;
                }
            }
        }
    }

    fn told(&mut self, error: &FrameDecoderError) -> Error {
        let kind = match error {
            FrameDecoderError::DictNotProvided { .. }
            | FrameDecoderError::WindowSizeTooBig { .. } => ErrorKind::Unsupported,
            _ if self.source.fill_buf().is_ok_and(<[u8]>::is_empty) => ErrorKind::UnexpectedEof,
            _ => ErrorKind::InvalidData,
        };
        Error::new(kind, format!("zstd frame: {error}"))
    }

    fn finish(&mut self) -> std::io::Result<()> {
        self.open = false;
        if let Some(damage) = self.damage.take() {
            return Err(damage);
        }
        let told = self.decoder.get_checksum_from_data();
        if told.is_some() && told != self.decoder.get_calculated_checksum() {
            return Err(Error::new(ErrorKind::InvalidData, "zstd frame: wrong checksum"));
        }
        Ok(())
    }
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if self.open {
                self.decode();
                let count = self.decoder.read(buffer)?;
                if count > 0 || buffer.is_empty() {
                    return Ok(count);
                }
                self.finish()?;
            }
            if self.source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            self.begin()?;
        }
    }
}
