//! One object: fetched in ranges of bounded size, each only while the object is still the one that
//! was listed. What cannot be had is told with what to do about it.

use std::fs::File;
use std::io::{self, Cursor, Read, Seek};
use std::sync::{Arc, Mutex, PoisonError};

use crashcart_aws::services::s3::{GetObject, ObjectBytes};
use crashcart_aws::{Answered, AwsError, Door, Pending};
use crashcart_decode::{Caps, Sink};
use crashcart_model::GapReason;
use sha2::{Digest, Sha256};

use crate::read::{Hashing, Sealed, hex, large, tell};

/// Bytes fetched at once: what a slow line brings within the time of one attempt.
const RANGE: u64 = 4 << 20;
/// How often a range is asked for again whose answer did not arrive whole.
const TRIES: u32 = 2;

/// Where objects lie, and how it is asked: held once for all of them.
#[derive(Debug)]
pub struct Within {
    door: Door,
    bucket: String,
}

impl Within {
    /// A bucket, asked through a door.
    pub fn new(door: &Door, bucket: &str) -> Self {
        Self { door: door.clone(), bucket: bucket.to_owned() }
    }
}

/// An object in a bucket.
#[derive(Clone)]
pub struct Object {
    within: Arc<Within>,
    key: String,
    /// Names the content that was listed; none where any is taken.
    etag: Option<String>,
    size: u64,
    begun: Arc<Mutex<Option<Pending<ObjectBytes>>>>,
}

impl std::fmt::Debug for Object {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Object(s3://{}/{} {:?})", self.within.bucket, self.key, self.etag)
    }
}

impl PartialEq for Object {
    fn eq(&self, other: &Self) -> bool {
        (&self.within.bucket, &self.key, &self.etag)
            == (&other.within.bucket, &other.key, &other.etag)
    }
}

impl Eq for Object {}

impl Object {
    /// An object of that size, bytes.
    pub fn new(within: &Arc<Within>, key: String, size: u64) -> Self {
        Self { within: Arc::clone(within), key, etag: None, size, begun: Arc::default() }
    }

    /// The same, only while its content has this name.
    #[must_use]
    pub fn with_etag(self, etag: String) -> Self {
        Self { etag: Some(etag), ..self }
    }

    /// Names the content that was listed.
    pub fn etag(&self) -> Option<&str> {
        self.etag.as_deref()
    }

    /// Begins to fetch its first bytes; whoever reads it next finds them.
    pub fn begin(&self) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        // An empty object has no range to ask for.
        if begun.is_none() && self.size > 0 {
            *begun = Some(self.ask(0, self.etag.clone()));
        }
    }

    /// Its bytes as a stream.
    pub fn bytes(&self) -> ObjectReader {
        ObjectReader::of(self)
    }

    fn ask(&self, from: u64, etag: Option<String>) -> Pending<ObjectBytes> {
        let to = (from + RANGE).min(self.size).saturating_sub(1);
        let call = GetObject {
            bucket: self.within.bucket.clone(),
            key: self.key.clone(),
            if_match: etag,
            range: Some(format!("bytes={from}-{to}")),
        };
        let reader = self.within.door.reader();
        reader.begin(reader.region(), &call)
    }

    /// Reads it into the sink. None where nothing of it could be had, which the sink is told.
    pub(crate) fn read(&self, caps: &Caps, sink: &mut dyn Sink) -> Option<Sealed> {
        let mut ranges = ObjectReader::of(self);
        match self.decode(&mut ranges, caps, sink) {
            Ok(sealed) => Some(sealed),
            Err(error) => {
                let (reason, detail) = ranges.failed.unwrap_or_else(|| {
                    (GapReason::Unreadable, format!("it could not be kept to be read: {error}"))
                });
                tell(sink, reason, detail);
                None
            }
        }
    }

    fn decode(
        &self,
        ranges: &mut ObjectReader,
        caps: &Caps,
        sink: &mut dyn Sink,
    ) -> io::Result<Sealed> {
        if self.size <= caps.held_bytes as u64 {
            let mut bytes = Vec::with_capacity(usize::try_from(self.size).unwrap_or_default());
            ranges.read_to_end(&mut bytes)?;
            let sealed = Sealed { sha256: hex(&Sha256::digest(&bytes)), size: bytes.len() as u64 };
            crashcart_decode::read_bytes(&bytes, caps, sink);
            return Ok(sealed);
        }
        ranges.fill()?;
        if crashcart_decode::is_zip(&mut Cursor::new(&ranges.held)) {
            // An archive is read by seeking.
            let mut file: File = tempfile::tempfile()?;
            io::copy(ranges, &mut file)?;
            file.rewind()?;
            return large(&mut file, self.size, caps, sink);
        }
        let mut hashing = Hashing { source: &mut *ranges, hash: Sha256::new(), size: 0 };
        crashcart_decode::read_stream(&mut hashing, caps, sink);
        let rest = io::copy(&mut hashing, &mut io::sink());
        let sealed = Sealed { sha256: hex(&hashing.hash.finalize()), size: hashing.size };
        if rest.is_err()
            && let Some((reason, detail)) = ranges.failed.take()
        {
            let read = format!("{} of {} bytes were read", sealed.size, self.size);
            tell(sink, reason, format!("{detail}; {read}"));
        }
        Ok(sealed)
    }

    /// Why bytes cannot be had, and what to do.
    fn told(&self, error: &AwsError) -> (GapReason, String) {
        let code = match error {
            AwsError::Other { code, .. } => code.as_str(),
            _ => "",
        };
        match (error, code) {
            (AwsError::Denied { permission, message, .. }, _) => {
                let more = match permission.as_str() {
                    "s3:GetObject" => ", and kms:Decrypt where a key of KMS encrypts it",
                    _ => "",
                };
                let detail =
                    format!("denied ({message}): the caller needs {permission} on it{more}");
                (GapReason::Unreadable, detail)
            }
            (_, "InvalidObjectState") => {
                let detail =
                    "it is archived: restore it (aws s3api restore-object), then run again";
                (GapReason::Unreadable, detail.to_owned())
            }
            (_, "PreconditionFailed") => {
                let detail = "it was replaced since it was listed: run again";
                (GapReason::Changed, detail.to_owned())
            }
            (AwsError::NotFound { .. }, _) if self.etag.is_some() => {
                let detail = "it was deleted since it was listed; a version of it may be left";
                (GapReason::Changed, detail.to_owned())
            }
            (AwsError::NotFound { .. }, _) => {
                (GapReason::Missing, "it is not in the bucket any more".to_owned())
            }
            _ => (GapReason::Unreadable, format!("{error}: run again")),
        }
    }
}

/// The bytes of an object, range by range; the next one is fetched while one is read.
#[derive(Debug)]
pub struct ObjectReader {
    object: Object,
    etag: Option<String>,
    held: Vec<u8>,
    /// Of what is held, how much was handed over.
    used: usize,
    /// How many bytes came so far.
    came: u64,
    next: Option<Pending<ObjectBytes>>,
    failed: Option<(GapReason, String)>,
}

impl ObjectReader {
    /// Why the bytes ended early, and what to do; none where they did not.
    pub fn failed(self) -> Option<(GapReason, String)> {
        self.failed
    }

    fn of(object: &Object) -> Self {
        let next = object.begun.lock().unwrap_or_else(PoisonError::into_inner).take();
        let etag = object.etag.clone();
        let (object, held) = (object.clone(), Vec::new());
        Self { object, etag, held, used: 0, came: 0, next, failed: None }
    }

    /// Waits for the next range, where there is one.
    fn fill(&mut self) -> io::Result<()> {
        if self.used < self.held.len() || self.came >= self.object.size {
            return Ok(());
        }
        let mut tries = 0;
        loop {
            let next = self.next.take();
            let next = next.unwrap_or_else(|| self.object.ask(self.came, self.etag.clone()));
            match next.wait() {
                Ok(answered) => return self.take(answered),
                // A line that broke within an answer.
                Err(AwsError::NoAnswer { .. }) if tries < TRIES => tries += 1,
                Err(error) => return Err(self.fail(self.object.told(&error))),
            }
        }
    }

    fn take(&mut self, answered: Answered<ObjectBytes>) -> io::Result<()> {
        let object = &self.object;
        let expected = (object.size - self.came).min(RANGE);
        let came = answered.raw.len() as u64;
        let total = answered.answer.content_range.as_deref().and_then(|range| {
            let (_, total) = range.rsplit_once('/')?;
            total.parse::<u64>().ok()
        });
        if came != expected || total.is_some_and(|total| total != object.size) {
            let detail = match total {
                Some(total) if total != object.size => {
                    format!("it has {total} bytes, not {}: run again", object.size)
                }
                _ => format!(
                    "{came} bytes came where {expected} were expected, {} of {} before: run again",
                    self.came, object.size
                ),
            };
            return Err(self.fail((GapReason::Changed, detail)));
        }
        self.etag = Some(answered.answer.etag);
        (self.held, self.used) = (answered.raw, 0);
        self.came += came;
        if self.came < self.object.size {
            self.next = Some(self.object.ask(self.came, self.etag.clone()));
        }
        Ok(())
    }

    fn fail(&mut self, failed: (GapReason, String)) -> io::Error {
        let error = io::Error::other(failed.1.clone());
        self.failed = Some(failed);
        error
    }
}

impl Read for ObjectReader {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.used == self.held.len() && self.came < self.object.size {
            self.fill()?;
        }
        let mut rest = self.held.get(self.used..).unwrap_or_default();
        let count = rest.read(buffer)?;
        self.used += count;
        Ok(count)
    }
}
