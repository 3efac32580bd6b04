//! Decompressors. libdeflate for what fits memory, zlib-rs for streams, ruzstd for zstd; measured
//! in `docs/decisions/0001-json-and-inflate.md`.

use std::io::{BufRead, ErrorKind, Read};

use crate::caps::Caps;

/// Inflates a file of one gzip member that fits the caps; none when it needs the slow road:
/// several members, damage, anything behind the member, too large.
///
/// libdeflate does not tell how much input it used. A second member would begin with gzip's
/// magic bytes, so their absence proves that there is none; and the file must end with the
/// checksum and size of what came out.
pub(crate) fn whole(bytes: &[u8], caps: &Caps) -> Option<Vec<u8>> {
    let trailer = bytes.len().checked_sub(8).filter(|at| *at >= 10)?;
    let size = u32::from_le_bytes(bytes.get(trailer + 4..)?.try_into().ok()?) as usize;
    if size > caps.held_bytes
        || memchr::memmem::find(bytes.get(3..)?, &[0x1f, 0x8b, 0x08]).is_some()
    {
        return None;
    }
    let mut out = vec![0; size];
    let count = libdeflater::Decompressor::new().gzip_decompress(bytes, &mut out).ok()?;
    let crc = u32::from_le_bytes(bytes.get(trailer..trailer + 4)?.try_into().ok()?);
    (count == size && libdeflater::crc32(&out) == crc).then_some(out)
}

/// A gzip stream of any number of members.
pub(crate) fn gzip(source: impl Read) -> impl Read {
    flate2::read::MultiGzDecoder::new(source)
}

/// A zstd stream of any number of frames.
pub(crate) fn zstd<R: BufRead>(source: R) -> impl Read {
    Frames { source: Some(source), frame: None }
}

/// Looks at the first bytes of a stream without consuming them. A read error shows later.
pub(crate) fn peek(source: &mut impl BufRead, length: usize) -> Vec<u8> {
    // One fill gives what the reader has; 64 KiB buffers make that enough to sniff.
    source.fill_buf().map(|head| head.iter().take(length).copied().collect()).unwrap_or_default()
}

type Decoder<R> = ruzstd::decoding::StreamingDecoder<R, ruzstd::decoding::FrameDecoder>;

/// zstd frames one after another, as `cat a.zst b.zst` makes them.
struct Frames<R: Read> {
    source: Option<R>,
    frame: Option<Box<Decoder<R>>>,
}

impl<R: BufRead> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        loop {
            if let Some(frame) = &mut self.frame {
                let count = frame.read(buffer)?;
                if count > 0 || buffer.is_empty() {
                    return Ok(count);
                }
            }
            if let Some(frame) = self.frame.take() {
                self.source = Some(frame.into_inner());
            }
            let Some(mut source) = self.source.take() else { return Ok(0) };
            if source.fill_buf()?.is_empty() {
                return Ok(0);
            }
            let frame = Decoder::new(source).map_err(|error| {
                std::io::Error::new(ErrorKind::InvalidData, format!("zstd frame: {error}"))
            })?;
            self.frame = Some(Box::new(frame));
        }
    }
}

/// Stops a decompression bomb.
pub(crate) struct Bounded<R> {
    source: R,
    seen: u64,
    limit: u64,
}

impl<R: Read> Bounded<R> {
    /// `stored` is the size of the compressed input, 0 when unknown.
    pub fn new(source: R, stored: u64, caps: &Caps) -> Self {
        let limit = match stored {
            0 => Caps::RATIO_FLOOR.saturating_mul(caps.ratio),
            _ => stored.saturating_mul(caps.ratio).max(Caps::RATIO_FLOOR),
        };
        Self { source, seen: 0, limit }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.seen >= self.limit {
            return Err(std::io::Error::new(
                ErrorKind::FileTooLarge,
                format!("inflates beyond {} bytes (--max-ratio)", self.limit),
            ));
        }
        let count = self.source.read(buffer)?;
        self.seen += count as u64;
        Ok(count)
    }
}

/// Gives the error that ended a reader, where the reader itself is gone.
pub(crate) struct Failing(pub Option<std::io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
