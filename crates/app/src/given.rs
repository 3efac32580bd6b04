//! A file that an option names (`--finding`, `--columns`, `--geoip`, `--environment`, `--rules`):
//! read whole, within a bound. It must never wait for the end of a file that has none.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use crashcart_decode::Container;
use crashcart_store::GivenInput;
use sha2::{Digest, Sha256};

use crate::AppError;

/// An option that names a file, and what its file may be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct GivenFile {
    /// The option, as `--finding`.
    pub option: &'static str,
    /// Most bytes, as the file lies and unpacked.
    pub most: u64,
    /// What to do when it is none of the right kind or size.
    pub hint: &'static str,
}

impl GivenFile {
    /// Reads the bytes of a file, which may be a pipe.
    ///
    /// # Errors
    /// When it cannot be read, or has more bytes than it may.
    pub fn bytes(&self, path: &Path) -> Result<Vec<u8>, AppError> {
        let failed = |error| AppError::read(path, error);
        let file = File::open(path).map_err(failed)?;
        let about = file.metadata().map_err(failed)?;
        if is_device(&about) {
            let most = self.most.min(FROM_DEVICE);
            let endless = || self.refused(path, "is a device that has no end");
            return within(most, file).map_err(failed)?.ok_or_else(endless);
        }
        if about.is_file() && about.len() > self.most {
            return Err(self.too_large(path));
        }
        self.all(path, file)
    }

    /// Reads a text: UTF-8 or UTF-16, with or without a byte order mark, as it is or in gzip.
    ///
    /// # Errors
    /// As [`Self::bytes`]; when it is packed otherwise, damaged, or not a text.
    pub fn text(&self, path: &Path) -> Result<String, AppError> {
        self.unpacked(path, self.bytes(path)?)
    }

    fn unpacked(&self, path: &Path, bytes: Vec<u8>) -> Result<String, AppError> {
        let bytes = match Container::sniff(&bytes) {
            Container::Plain => bytes,
            Container::Gzip => self.all(path, crashcart_decode::gzip(bytes.as_slice()))?,
            _ => return Err(self.refused(path, "is packed: unpack it first")),
        };
        unicode(bytes).ok_or_else(|| self.refused(path, "is no text in UTF-8 or UTF-16"))
    }

    /// Reads a text, and tells what file it was.
    ///
    /// # Errors
    /// As [`Self::text`].
    pub fn sealed_text(&self, path: &Path) -> Result<(String, GivenInput), AppError> {
        let bytes = self.bytes(path)?;
        let input = self.sealed(path, &bytes);
        Ok((self.unpacked(path, bytes)?, input))
    }

    /// Tells of which file these bytes are. What came through a pipe lies nowhere.
    pub fn sealed(&self, path: &Path, bytes: &[u8]) -> GivenInput {
        if !path.is_file() {
            return GivenInput { text: path.display().to_string(), ..self.input(bytes) };
        }
        let place = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        GivenInput { path: place.display().to_string(), ..self.input(bytes) }
    }

    /// Tells what text the option itself held.
    pub fn sealed_line(&self, text: &str) -> GivenInput {
        GivenInput { text: text.to_owned(), ..self.input(text.as_bytes()) }
    }

    fn input(&self, bytes: &[u8]) -> GivenInput {
        GivenInput {
            option: self.option.to_owned(),
            sha256: sha256(bytes),
            size: bytes.len() as u64,
            path: String::new(),
            text: String::new(),
        }
    }

    fn all(&self, path: &Path, source: impl Read) -> Result<Vec<u8>, AppError> {
        let read = within(self.most, source).map_err(|error| AppError::read(path, error))?;
        read.ok_or_else(|| self.too_large(path))
    }

    fn too_large(&self, path: &Path) -> AppError {
        self.refused(
            path,
            &format!("is larger than {} MiB, the most that is read", self.most >> 20),
        )
    }

    fn refused(&self, path: &Path, what: &str) -> AppError {
        let what = format!("{} {} {what}", self.option, path.display());
        AppError::Request { what, hint: self.hint }
    }
}

/// Most bytes from a device: `/dev/null` and a terminal give few, `/dev/zero` never ends.
const FROM_DEVICE: u64 = 1 << 20;

/// All bytes of a source; none when there are more than `most`.
fn within(most: u64, source: impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(most.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((bytes.len() as u64 <= most).then_some(bytes))
}

#[cfg(unix)]
fn is_device(about: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    about.file_type().is_char_device() || about.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: &Metadata) -> bool {
    false
}

/// A text by its byte order mark. Without one it is UTF-8, or UTF-16 where every other of its
/// first bytes is zero, as in `{` and `"` (RFC 4627, section 3).
fn unicode(bytes: Vec<u8>) -> Option<String> {
    let utf_16 = |rest: &[u8], unit: fn([u8; 2]) -> u16| {
        let (pairs, odd) = rest.as_chunks::<2>();
        odd.is_empty().then(|| pairs.iter().copied().map(unit).collect::<Vec<u16>>())
    };
    let units = match bytes.as_slice() {
        [0xef, 0xbb, 0xbf, rest @ ..] => return String::from_utf8(rest.to_vec()).ok(),
        [0xff, 0xfe, rest @ ..] | rest @ [1..=0xff, 0, 1..=0xff, 0, ..] => {
            utf_16(rest, u16::from_le_bytes)
        }
        [0xfe, 0xff, rest @ ..] | rest @ [0, 1..=0xff, 0, 1..=0xff, ..] => {
            utf_16(rest, u16::from_be_bytes)
        }
        _ => return String::from_utf8(bytes).ok(),
    };
    String::from_utf16(&units?).ok()
}

/// The digest of bytes at hand, lower-case hex.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Whether there is something at a path. What nobody may look for is not nothing.
///
/// # Errors
/// When a folder on the way may not be entered, or the system cannot tell.
pub(crate) fn exists(path: &Path) -> Result<bool, AppError> {
    there(path.metadata().map(drop)).map_err(|error| AppError::read(path, error))
}

/// What the answer of the system says of a path: there, not there, or unknown.
fn there(answer: io::Result<()>) -> io::Result<bool> {
    match answer {
        Ok(()) => Ok(true),
        Err(error)
            if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMALL: GivenFile = GivenFile { option: "--finding", most: 1 << 20, hint: "another" };

    fn text(bytes: &[u8]) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("given");
        std::fs::write(&path, bytes).unwrap();
        let shown = path.display().to_string();
        SMALL.text(&path).map_err(|error| error.to_string().replace(&shown, "FILE"))
    }

    fn utf_16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn a_text_reads_the_same_however_it_was_saved() {
        let json = "{\"a\":\"é\"}";
        let saved = [
            json.as_bytes().to_vec(),
            format!("\u{feff}{json}").into_bytes(),
            utf_16(json, u16::to_le_bytes),
            utf_16(json, u16::to_be_bytes),
            utf_16(&format!("\u{feff}{json}"), u16::to_le_bytes),
            utf_16(&format!("\u{feff}{json}"), u16::to_be_bytes),
        ];
        for bytes in saved {
            assert_eq!(text(&bytes).as_deref(), Ok(json), "{bytes:?}");
            assert_eq!(text(&gzip(&bytes)).as_deref(), Ok(json), "{bytes:?} in gzip");
        }
        assert_eq!(text(b""), Ok(String::new()));
    }

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        use std::io::Write as _;
        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        packed.write_all(bytes).unwrap();
        packed.finish().unwrap()
    }

    #[test]
    fn what_is_no_text_says_what_it_is() {
        let no_text = "--finding FILE is no text in UTF-8 or UTF-16";
        for bytes in [&b"{\"a\":\"\xff\"}"[..], b"\xff\xfe{", b"\xff\xfe\x00\xd8"] {
            assert_eq!(text(bytes).unwrap_err(), no_text, "{bytes:?}");
        }
        assert_eq!(text(b"PK\x03\x04").unwrap_err(), "--finding FILE is packed: unpack it first");
        let cut = gzip(&[b' '; 5000]);
        assert_eq!(text(&cut[..cut.len() - 9]).unwrap_err(), "read FILE");
    }

    #[test]
    fn a_file_is_not_read_further_than_it_may_be_long() {
        let larger = "--finding FILE is larger than 1 MiB, the most that is read";
        assert!(text(&vec![b' '; 1 << 20]).is_ok());
        assert_eq!(text(&vec![b' '; (1 << 20) + 1]).unwrap_err(), larger);
        assert_eq!(text(&gzip(&vec![b' '; 1 << 24])).unwrap_err(), larger, "unpacked");
        let endless = SMALL.all(Path::new("pipe"), io::repeat(b' ')).unwrap_err();
        assert_eq!(
            endless.to_string(),
            "--finding pipe is larger than 1 MiB, the most that is read"
        );
        assert!(endless.is_bad_request());
    }

    #[cfg(unix)]
    #[test]
    fn a_device_is_not_read_for_ever() {
        assert_eq!(SMALL.text(Path::new("/dev/null")).unwrap(), "");
        let zeros = SMALL.bytes(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(zeros.to_string(), "--finding /dev/zero is a device that has no end");
        assert_eq!((zeros.is_bad_request(), zeros.hint().as_deref()), (true, Some("another")));
    }

    #[test]
    fn only_what_the_system_says_is_not_there_is_not_there() {
        let answer = |kind: io::ErrorKind| there(Err(kind.into())).map_err(|error| error.kind());
        assert_eq!(answer(io::ErrorKind::NotFound), Ok(false));
        assert_eq!(answer(io::ErrorKind::NotADirectory), Ok(false));
        let denied = io::ErrorKind::PermissionDenied;
        assert_eq!(answer(denied), Err(denied));
        let told = AppError::read(Path::new("logs"), denied.into());
        assert_eq!((told.to_string().as_str(), told.is_bad_request()), ("read logs", false));
    }
}
