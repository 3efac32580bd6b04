//! Decompressors. libdeflate for what fits memory, zlib-rs for streams, ruzstd for zstd; measured
//! in `docs/decisions/0001-json-and-inflate.md`. And the bound on decompression bombs.

use std::cell::Cell;
use std::io::{BufReader, Cursor, Error, ErrorKind, Read};
use std::rc::Rc;

use crate::caps::Caps;
use crate::zstd::Frames;

/// Inflates a file of one gzip member that fits the caps; none when it needs the slow road:
/// several members, damage, anything behind the member, too large.
///
/// libdeflate does not tell how much input it used. But it checks that the member ends with the
/// checksum and size of what came out; when the file ends with these too, and they stand nowhere
/// before, the member ends where the file does.
pub(crate) fn whole(bytes: &[u8], caps: &Caps, flow: &Flow) -> Option<Vec<u8>> {
    let start = bytes.len().checked_sub(8).filter(|at| *at >= 10)?;
    let trailer = bytes.get(start..)?;
    let (crc, size) = trailer.split_at_checked(4)?;
    let size = u32::from_le_bytes(size.try_into().ok()?) as usize;
    if size > caps.held_bytes
        || memchr::memmem::find(bytes.get(..bytes.len() - 1)?, trailer).is_some()
        || flow.is_bomb(size as u64, caps)
    {
        return None;
    }
    let mut out = ROOM.take();
    // What the last file left is written over.
    out.resize(size, 0);
    let count = libdeflater::Decompressor::new().gzip_decompress(bytes, &mut out).ok()?;
    let same = libdeflater::crc32(&out).to_le_bytes() == crc;
    (count == size && same).then(|| {
        flow.inflated(size);
        out
    })
}

/// Most room that is kept for the next file.
const ROOM_KEPT: usize = 1 << 24;

thread_local! {
    /// Room for one file's inflated bytes, used again for the next: fresh memory costs a page
    /// fault every four kilobytes.
    static ROOM: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Gives the room of [`whole`] back.
pub(crate) fn give_back(room: Vec<u8>) {
    if room.capacity() <= ROOM_KEPT {
        ROOM.set(room);
    }
}

/// A gzip stream of any number of members.
pub(crate) fn gzip(source: impl Read) -> impl Read {
    flate2::bufread::MultiGzDecoder::new(BufReader::with_capacity(1 << 16, source))
}

/// A zstd stream of any number of frames; bytes of those that hold no data are added to `skipped`.
pub(crate) fn zstd(source: impl Read, skipped: &Rc<Cell<u64>>) -> impl Read {
    Frames::new(source, skipped)
}

/// Looks at the first bytes of a stream; gives them, and the stream with them in front.
pub(crate) fn peek<'r>(source: &'r mut dyn Read, length: usize) -> (Vec<u8>, impl Read + use<'r>) {
    let mut head = Vec::new();
    let error = (&mut *source).take(length as u64).read_to_end(&mut head).err();
    (head.clone(), Cursor::new(head).chain(Failing(error)).chain(source))
}

/// Bytes into and out of the decompressors of one file, however deep they lie in one another.
#[derive(Debug, Clone, Default)]
pub(crate) struct Flow {
    stored: Rc<Cell<u64>>,
    inflated: Rc<Cell<u64>>,
}

impl Flow {
    /// Counts bytes as they lie in the file.
    pub fn stored(&self, count: u64) {
        self.stored.set(self.stored.get().saturating_add(count));
    }

    fn inflated(&self, count: usize) {
        self.inflated.set(self.inflated.get().saturating_add(count as u64));
    }

    fn limit(&self, caps: &Caps) -> u64 {
        self.stored.get().saturating_mul(caps.ratio).max(caps.ratio_floor)
    }

    /// Whether the file is a decompression bomb once `more` bytes have come out.
    pub fn is_bomb(&self, more: u64, caps: &Caps) -> bool {
        self.inflated.get().saturating_add(more) > self.limit(caps)
    }
}

/// Counts the stored bytes of a stream.
pub(crate) struct Counted<R> {
    pub source: R,
    pub flow: Flow,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.flow.stored(count as u64);
        Ok(count)
    }
}

/// Stops a decompression bomb.
pub(crate) struct Bounded<R> {
    source: R,
    flow: Flow,
    caps: Caps,
}

/// Most that is asked of a decompressor at once: when it meets damage, it gives nothing of what
/// it was asked for.
const STEP: usize = 1 << 14;

impl<R: Read> Bounded<R> {
    pub fn new(source: R, flow: &Flow, caps: &Caps) -> Self {
        Self { source, flow: flow.clone(), caps: *caps }
    }
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.flow.is_bomb(0, &self.caps) {
            let limit = self.flow.limit(&self.caps);
            let text = format!("the file inflates beyond {limit} bytes (--max-ratio)");
            return Err(Error::new(ErrorKind::FileTooLarge, text));
        }
        let length = buffer.len().min(STEP);
        let count = self.source.read(buffer.get_mut(..length).unwrap_or_default())?;
        self.flow.inflated(count);
        Ok(count)
    }
}

/// Ends a member that is shorter than its header promises.
pub(crate) struct Promised<R> {
    source: R,
    left: u64,
}

impl<R: Read> Promised<R> {
    pub fn new(source: R, size: u64) -> Self {
        Self { source, left: size }
    }
}

impl<R: Read> Read for Promised<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        if count == 0 && !buffer.is_empty() && self.left > 0 {
            let text = format!("{} bytes fewer than the archive says", self.left);
            return Err(Error::new(ErrorKind::UnexpectedEof, text));
        }
        self.left = self.left.saturating_sub(count as u64);
        Ok(count)
    }
}

/// Gives the error that ended a reader, where the reader itself is gone.
pub(crate) struct Failing(pub Option<Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}
