//! Reads one file: hashed and decoded in the same pass.

use std::fs::{File, Metadata};
use std::io::{BufReader, Read, Seek};

use crashcart_decode::{Caps, Sink, Stretch, Tally};
use crashcart_model::GapReason;
use sha2::{Digest, Sha256};

use crate::Found;

/// A file that was read to its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// SHA-256 of exactly the bytes that were decoded, lower-case hex.
    pub sha256: String,
    /// How many bytes these were.
    pub size: u64,
}

/// Reads a file or an object into the sink. None when it cannot be opened, which the sink is told.
pub fn read(found: &Found, caps: &Caps, sink: &mut dyn Sink) -> Option<Sealed> {
    if let Some(object) = &found.object {
        return object.read(caps, sink);
    }
    match open(found, caps, sink) {
        Ok(sealed) => Some(sealed),
        Err(error) => {
            tell(sink, GapReason::Unreadable, error.to_string());
            None
        }
    }
}

fn open(found: &Found, caps: &Caps, sink: &mut dyn Sink) -> std::io::Result<Sealed> {
    let mut file = File::open(&found.path)?;
    let before = file.metadata()?;
    let sealed = if before.len() <= caps.held_bytes as u64 {
        held(&mut file, before.len(), caps, sink)?
    } else {
        large(&mut file, before.len(), caps, sink)?
    };
    if let Some(how) = changed(found, &before, sealed.size) {
        let detail = format!(
            "{how}; {} of {} bytes were read: read it again when it is at rest",
            sealed.size,
            before.len()
        );
        tell(sink, GapReason::Changed, detail);
    }
    Ok(sealed)
}

/// How the file changed since it was opened; none when it did not.
fn changed(found: &Found, before: &Metadata, read: u64) -> Option<String> {
    // By its path: a file that was replaced stays as it was behind the open handle.
    let after = match found.path.metadata() {
        Ok(after) => after,
        Err(error) => return Some(format!("it is gone ({error})")),
    };
    if !same_file(before, &after) {
        return Some("it was replaced".to_owned());
    }
    if after.len() != before.len() || read != before.len() {
        return Some(format!("it has {} bytes now", after.len()));
    }
    let written = before.modified().ok() != after.modified().ok();
    written.then(|| "it was written to".to_owned())
}

#[cfg(unix)]
fn same_file(before: &Metadata, after: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt;
    (before.dev(), before.ino()) == (after.dev(), after.ino())
}

/// Elsewhere a file of the same size and time counts as the same.
#[cfg(not(unix))]
fn same_file(_: &Metadata, _: &Metadata) -> bool {
    true
}

fn held(file: &mut File, size: u64, caps: &Caps, sink: &mut dyn Sink) -> std::io::Result<Sealed> {
    let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or_default());
    // No further than it was long: a file that grows for ever must not be read for ever.
    file.take(size).read_to_end(&mut bytes)?;
    let sealed = Sealed { sha256: hex(&Sha256::digest(&bytes)), size: bytes.len() as u64 };
    crashcart_decode::read_bytes(&bytes, caps, sink);
    Ok(sealed)
}

pub(crate) fn large(
    file: &mut File,
    size: u64,
    caps: &Caps,
    sink: &mut dyn Sink,
) -> std::io::Result<Sealed> {
    let mut start = BufReader::new(&mut *file);
    if crashcart_decode::is_zip(&mut start) {
        return zip(file, size, caps, sink);
    }
    file.rewind()?;
    let mut hashing = Hashing { source: file.take(size), hash: Sha256::new(), size: 0 };
    crashcart_decode::read_stream(&mut hashing, caps, sink);
    // What the decoder did not ask for belongs to the file all the same.
    std::io::copy(&mut hashing, &mut std::io::sink())?;
    Ok(Sealed { sha256: hex(&hashing.hash.finalize()), size: hashing.size })
}

/// A zip archive is read by seeking, so it is hashed before and after: equal hashes prove that
/// what was decoded in between is what was hashed.
fn zip(file: &mut File, size: u64, caps: &Caps, sink: &mut dyn Sink) -> std::io::Result<Sealed> {
    let before = hash_of(file, size)?;
    crashcart_decode::read_zip(BufReader::new(&mut *file), caps, sink);
    let after = hash_of(file, size)?;
    if before != after {
        tell(
            sink,
            GapReason::Changed,
            "the archive's content changed while it was read".to_owned(),
        );
    }
    Ok(before)
}

fn hash_of(file: &mut File, size: u64) -> std::io::Result<Sealed> {
    file.rewind()?;
    let mut hashing = Hashing { source: file.take(size), hash: Sha256::new(), size: 0 };
    std::io::copy(&mut hashing, &mut std::io::sink())?;
    Ok(Sealed { sha256: hex(&hashing.hash.finalize()), size: hashing.size })
}

pub(crate) fn tell(sink: &mut dyn Sink, reason: GapReason, detail: String) {
    sink.begin(None);
    sink.gap(Stretch { offset: 0, size: None, reason, detail });
    sink.end(Tally::default());
}

/// Hashes what passes through.
pub(crate) struct Hashing<R> {
    pub source: R,
    pub hash: Sha256,
    pub size: u64,
}

impl<R: Read> Read for Hashing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        self.hash.update(buffer.get(..count).unwrap_or_default());
        self.size += count as u64;
        Ok(count)
    }
}

pub(crate) fn hex(digest: &[u8]) -> String {
    use std::fmt::Write;
    digest.iter().fold(String::with_capacity(64), |mut out, byte| {
        // Writing to a string cannot fail.
        let _ = write!(out, "{byte:02x}");
        out
    })
}
