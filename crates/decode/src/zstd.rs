//! zstd streams: frames one after another, as `cat a.zst b.zst` and parallel compressors make
//! them. What came before damage is given before the damage is told.

use std::io::{BufRead, BufReader, Error, ErrorKind, Read};

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

/// A last block without content, and a checksum that nobody compares.
const LAST: [u8; 7] = [1, 0, 0, 0, 0, 0, 0];

/// See the module.
pub(crate) struct Frames<R> {
    source: BufReader<R>,
    decoder: FrameDecoder,
    open: bool,
    /// Damage that is told once all that came before it was given.
    damage: Option<Error>,
}

impl<R: Read> Frames<R> {
    pub fn new(source: R) -> Self {
        let source = BufReader::with_capacity(1 << 16, source);
        Self { source, decoder: FrameDecoder::new(), open: false, damage: None }
    }

    fn begin(&mut self) -> std::io::Result<()> {
        match self.decoder.init(&mut self.source) {
            Ok(()) => self.open = true,
            // A frame without content that others may use as they like.
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => {
                let mut content = (&mut self.source).take(u64::from(length));
                if std::io::copy(&mut content, &mut std::io::sink())? < u64::from(length) {
                    return Err(Error::new(ErrorKind::UnexpectedEof, "zstd skippable frame"));
                }
            }
            Err(error) => return Err(self.told(&error)),
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
