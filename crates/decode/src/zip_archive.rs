//! zip archives: the members that their directory names, and the bytes that it does not.

use std::borrow::Cow;
use std::io::{Read, Seek, SeekFrom};

use crashcart_model::GapReason;
use zip::result::ZipError;

use crate::container::Reading;
use crate::inflate::Bounded;

impl Reading<'_> {
    /// Reads a zip archive, which needs to be sought in.
    pub fn zip(&mut self, mut source: impl Read + Seek) {
        let after = tail(&mut source).and_then(|(tail, size)| after_end(&tail, size));
        let mut archive = match zip::ZipArchive::new(source) {
            Ok(archive) => archive,
            Err(error) => return self.untold(GapReason::Corrupt, format!("archive: {error}")),
        };
        for (offset, length) in outside(&mut archive).into_iter().chain(after) {
            let end = offset + length;
            let detail = format!(
                "bytes {offset} to {end} of the archive, which its directory does not name"
            );
            self.unread("outside the directory", length, detail);
        }
        for index in 0..archive.len() {
            if self.full() {
                return;
            }
            let name = archive.name_for_index(index).and_then(Result::ok).map(Cow::into_owned);
            let name = name.unwrap_or_else(|| format!("member {index}"));
            match archive.by_index(index) {
                Ok(entry) if entry.is_dir() => {}
                Ok(mut entry) => {
                    let size = entry.size();
                    let (flow, caps) = (self.flow.clone(), self.caps);
                    let mut bounded = Bounded::new(&mut entry, &flow, &caps);
                    self.member(&name, |reading| reading.sized(size, &mut bounded));
                }
                Err(error) => {
                    let reason = match error {
                        ZipError::UnsupportedArchive(_)
                        | ZipError::CompressionMethodNotSupported(_)
                        | ZipError::InvalidPassword => GapReason::Unsupported,
                        _ => GapReason::Corrupt,
                    };
                    self.member(&name, |reading| reading.untold(reason, error.to_string()));
                }
            }
        }
    }
}

/// What follows a member's data where its sizes were not known beforehand, at most: a signature, a
/// checksum and two sizes (APPNOTE.TXT 4.3.9).
const DESCRIPTOR: u64 = 24;
/// The end of the directory, without its comment (APPNOTE.TXT 4.3.16).
const END: u64 = 22;

/// The end of a file, long enough to hold the directory's end with any comment; and the file's size.
fn tail(source: &mut (impl Read + Seek)) -> Option<(Vec<u8>, u64)> {
    let size = source.seek(SeekFrom::End(0)).ok()?;
    source.seek(SeekFrom::Start(size.saturating_sub(END + 0xffff))).ok()?;
    let mut tail = Vec::new();
    source.read_to_end(&mut tail).ok()?;
    Some((tail, size))
}

/// Stretches of an archive that neither a member nor the directory covers: before and between them.
fn outside<R: Read + Seek>(archive: &mut zip::ZipArchive<R>) -> Vec<(u64, u64)> {
    let mut covered = Vec::new();
    for index in 0..archive.len() {
        if let Ok(entry) = archive.by_index_raw(index) {
            let data = entry.data_start().unwrap_or(entry.header_start());
            covered.push((entry.header_start(), data + entry.compressed_size()));
        }
    }
    covered.sort_unstable();
    let directory = archive.central_directory_start();
    let mut out = Vec::new();
    let mut at = 0;
    for (start, end) in covered.into_iter().chain([(directory, directory)]) {
        // A descriptor may stand behind each member, and nothing else may.
        if start > at && (at == 0 || start - at > DESCRIPTOR) {
            out.push((at, start - at));
        }
        at = at.max(end);
    }
    out
}

/// What stands behind the end of the directory, its comment included. `tail` is the file's end.
fn after_end(tail: &[u8], size: u64) -> Option<(u64, u64)> {
    let end = match memchr::memmem::rfind(tail, b"PK\x05\x06") {
        Some(at) => at as u64 + END,
        None => 0,
    };
    let length = (tail.len() as u64).saturating_sub(end);
    (length > 0).then(|| (size - length, length))
}
