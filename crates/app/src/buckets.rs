//! Buckets among the paths: the account is asked only where one is named, once for all of them.

use std::cell::OnceCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crashcart_collect::{Address, Bucket, Found, Object, Span, Wanted, Within, find_objects};
use crashcart_model::Gap;
use crashcart_report::counted;
use crashcart_store::ManifestEntry;

use crate::permissions::Action;
use crate::{AppError, Door, Filter};

/// How buckets are asked.
pub struct Buckets<'a> {
    open: &'a dyn Fn() -> Result<Door, AppError>,
    span: Span,
    door: OnceCell<Door>,
}

impl std::fmt::Debug for Buckets<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "Buckets({:?})", self.span)
    }
}

/// What lies in the buckets that were named.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    pub files: Vec<Found>,
    pub gaps: Vec<Gap>,
    pub notes: Vec<String>,
}

impl<'a> Buckets<'a> {
    /// Asks through the door that `open` opens, at most once; of CloudTrail's layout only the days
    /// that the filter's time needs.
    pub fn new(
        open: &'a dyn Fn() -> Result<Door, AppError>,
        filter: &Filter,
        redelivery_days: u16,
    ) -> Self {
        let span = Span { since: filter.since, until: filter.until, redelivery_days };
        Self { open, span, door: OnceCell::new() }
    }

    /// Asks nobody: a path that is the address of a bucket is an error.
    pub fn none() -> Self {
        Self { open: &refuse, span: Span::default(), door: OnceCell::new() }
    }

    /// The same, all days.
    #[must_use]
    pub fn of_all_days(&self) -> Self {
        let door = self.door.clone();
        Self { open: self.open, span: Span::default(), door }
    }

    fn door(&self) -> Result<&Door, AppError> {
        if let Some(door) = self.door.get() {
            return Ok(door);
        }
        let door = (self.open)()?.only(Action::Buckets.calls());
        Ok(self.door.get_or_init(|| door))
    }

    /// Lists what lies below addresses.
    pub(crate) fn find(&self, addresses: &[PathBuf]) -> Result<Objects, AppError> {
        let mut all = Objects::default();
        for text in addresses {
            let address = text.to_str().and_then(Address::parse);
            let address = address.ok_or_else(|| AppError::Request {
                what: format!("this names no bucket: {}", text.display()),
                hint: "write s3://BUCKET or s3://BUCKET/PREFIX",
            })?;
            let wanted = Wanted { span: &self.span, only_trail: false };
            let found = find_objects(self.door()?, &address, wanted)?;
            if found.files.is_empty() && found.gaps.is_empty() {
                return Err(AppError::Request {
                    what: format!("nothing is there: {address}{}", days(&found, &self.span)),
                    hint: "check the prefix with `aws s3 ls`; keys are told apart by case",
                });
            }
            all.notes.extend(notes(&address, &found, &self.span));
            all.files.extend(found.files);
            all.gaps.extend(found.gaps);
        }
        all.files.sort_by(|a, b| a.shown.cmp(&b.shown));
        all.files.dedup_by(|a, b| a.shown == b.shown);
        Ok(all)
    }

    /// Evidence that a case sealed in a bucket, where it lay; none for what is no address.
    pub(crate) fn sealed(&self, entry: &ManifestEntry) -> Result<Option<Found>, AppError> {
        let address = Address::parse(&entry.path).filter(|_| is_sealed_object(&entry.path));
        let Some(Address { bucket, prefix }) = address else { return Ok(None) };
        let within = Arc::new(Within::new(self.door()?, &bucket));
        let object = Object::new(&within, prefix, entry.size);
        let (path, shown) = (PathBuf::from(&entry.path), entry.path.clone());
        Ok(Some(Found { path, shown, size: entry.size, object: Some(object) }))
    }
}

/// Which days of delivery were listed, in words.
fn days(found: &Bucket, span: &Span) -> String {
    if !found.by_day {
        return String::new();
    }
    let first = span.first_day().map(|day| format!(" from {day}"));
    let last = span.last_day().map(|day| format!(" to {day}"));
    format!(", delivered{}{}", first.unwrap_or_default(), last.unwrap_or_default())
}

fn is_sealed_object(path: &str) -> bool {
    crate::inputs::is_bucket(Path::new(path))
}

fn refuse() -> Result<Door, AppError> {
    Err(AppError::Request {
        what: "a bucket cannot be read here".to_owned(),
        hint: "copy it first, `aws s3 sync s3://BUCKET/PREFIX ./logs`, and give ./logs",
    })
}

/// What is said before anything is read.
pub(crate) fn notes(address: &Address, found: &Bucket, span: &Span) -> Vec<String> {
    const SHOWN: usize = 3;
    let bytes: u64 = found.files.iter().map(|file| file.size).sum();
    let objects = counted(found.files.len() as u64, "object");
    let mut notes = vec![format!("{address}: {objects}, {bytes} bytes{}", days(found, span))];
    if found.by_day && span.until.is_some() {
        notes.push(
            "CloudTrail files a log by when it was delivered, up to 30 days late where delivery \
             failed: --redelivery-days N reads on N days after --until"
                .to_owned(),
        );
    }
    for (prefixes, what) in [
        (&found.whole, "not laid out by day, so all of it is read"),
        (&found.left_out, "not delivered by CloudTrail, and left out"),
    ] {
        if prefixes.is_empty() {
            continue;
        }
        let first = prefixes.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
        let more = prefixes.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        notes.push(format!("{what}: {first}{more}"));
    }
    notes
}
