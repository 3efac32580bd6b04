//! Lists a bucket. With a span of time, CloudTrail's layout is gone down by accounts and regions,
//! and only the days that are needed are listed; whatever is laid out otherwise is listed whole.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use crashcart_aws::services::s3::{ListObjectsV2, Objects};
use crashcart_aws::{AwsError, Door};
use crashcart_model::{Gap, GapReason};

use super::layout::{self, Place, Span};
use super::{Address, Object, Within};
use crate::Found;

/// Listings that are asked for side by side.
const SIDE_BY_SIDE: usize = 16;
/// How many levels down `AWSLogs/` is looked for, and how broad a level may be.
const DEEP: usize = 4;
const BROAD: usize = 100;

/// What lies below an address.
#[derive(Debug, Default)]
pub struct Bucket {
    /// The objects, in order of key.
    pub files: Vec<Found>,
    /// What could not be listed.
    pub gaps: Vec<Gap>,
    /// Whether days were left out, as the span allows.
    pub by_day: bool,
    /// Prefixes that were listed whole since they are not laid out by day.
    pub whole: Vec<String>,
    /// Addresses of prefixes that were left out: not what CloudTrail delivers. Of those that may hold
    /// log files all the same there is a gap.
    pub left_out: Vec<String>,
}

/// What to list.
#[derive(Debug, Clone, Copy)]
pub struct Wanted<'a> {
    /// Whose time.
    pub span: &'a Span,
    /// Only what CloudTrail itself delivers.
    pub only_trail: bool,
}

/// A listing to be made.
#[derive(Debug, Clone)]
struct Step {
    prefix: String,
    /// One level, to go down from; else all below.
    level: bool,
    depth: usize,
    after: Option<String>,
    end: Option<String>,
}

impl Step {
    const fn level(prefix: String, depth: usize) -> Self {
        Self { prefix, level: true, depth, after: None, end: None }
    }

    const fn all(prefix: String) -> Self {
        Self { prefix, level: false, depth: 0, after: None, end: None }
    }
}

/// Finds the objects below an address. An address that names a folder or an object means that,
/// and else all whose keys begin so. Markers of folders, which are empty, are no objects.
///
/// # Errors
/// Where the bucket cannot be asked at all: no such bucket, no credentials, no answer. Whatever may
/// not be listed is a gap.
pub fn find_objects(
    door: &Door,
    address: &Address,
    wanted: Wanted<'_>,
) -> Result<Bucket, AwsError> {
    let within = Arc::new(Within::new(door, &address.bucket));
    let walk = Walk { door, address, within, wanted, found: Mutex::default() };
    let mut steps = walk.begin()?;
    while !steps.is_empty() {
        steps = walk.side_by_side(steps);
    }
    let mut found = walk.found.into_inner().unwrap_or_else(PoisonError::into_inner);
    found.files.sort_by(|a, b| a.shown.cmp(&b.shown));
    found.files.dedup();
    found.gaps.sort();
    found.whole.sort();
    found.left_out.sort();
    Ok(found)
}

struct Walk<'a> {
    door: &'a Door,
    address: &'a Address,
    within: Arc<Within>,
    wanted: Wanted<'a>,
    found: Mutex<Bucket>,
}

/// One listing that was made.
#[derive(Default)]
struct Listed {
    objects: Vec<Found>,
    deeper: Vec<String>,
}

impl Walk<'_> {
    /// The first listing decides what the address means.
    fn begin(&self) -> Result<Vec<Step>, AwsError> {
        let prefix = &self.address.prefix;
        let step = Step::level(prefix.clone(), 0);
        if prefix.is_empty() || prefix.ends_with('/') {
            let (mut listed, error) = self.list(&step);
            self.told(&step, error)?;
            return Ok(self.go_down(&step, &mut listed));
        }
        let (listed, error) = self.list(&step);
        self.told(&step, error)?;
        let folder = format!("{prefix}/");
        let own = Address { prefix: prefix.clone(), ..self.address.clone() }.to_string();
        let is_exact = listed.deeper.contains(&folder)
            || listed.objects.iter().any(|object| object.shown == own);
        let (objects, deeper) = (listed.objects, listed.deeper);
        let meant = |text: &str, exact: &str| !is_exact || text == exact;
        let objects = objects.into_iter().filter(|object| meant(&object.shown, &own)).collect();
        self.keep(objects);
        let deeper = deeper.into_iter().filter(|prefix| meant(prefix, &folder));
        Ok(deeper.map(|prefix| self.step(prefix, 0)).collect())
    }

    /// How a prefix is to be listed.
    fn step(&self, prefix: String, depth: usize) -> Step {
        let Wanted { span, only_trail } = self.wanted;
        if span.is_all() && !only_trail {
            return Step::all(prefix);
        }
        let days = match layout::place(&prefix) {
            Place::Days(region) => layout::keys(region, span),
            Place::Other => return self.otherwise(prefix),
            Place::Outside if depth >= DEEP => return self.otherwise(prefix),
            _ => return Step::level(prefix, depth),
        };
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.by_day |= !span.is_all();
        Step { after: days.0, end: days.1, ..Step::all(prefix) }
    }

    /// What is not laid out as CloudTrail does is listed whole, or left out.
    fn otherwise(&self, prefix: String) -> Step {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if self.wanted.only_trail {
            let address = Address { prefix: prefix.clone(), ..self.address.clone() };
            if !layout::is_another_service(&prefix) {
                found.gaps.push(may_hold_logs(&address));
            }
            found.left_out.push(address.to_string());
            // Nothing lies after the end of everything.
            return Step { end: Some(String::new()), ..Step::all(prefix) };
        }
        found.whole.push(prefix.clone());
        Step::all(prefix)
    }

    fn side_by_side(&self, steps: Vec<Step>) -> Vec<Step> {
        let queue = Mutex::new(steps.into_iter());
        let next = Mutex::new(Vec::new());
        std::thread::scope(|scope| {
            for _ in 0..SIDE_BY_SIDE {
                scope.spawn(|| {
                    loop {
                        let step = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                        let Some(step) = step else { return };
                        let deeper = self.take(&step);
                        next.lock().unwrap_or_else(PoisonError::into_inner).extend(deeper);
                    }
                });
            }
        });
        next.into_inner().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, step: &Step) -> Vec<Step> {
        if step.end.as_ref().is_some_and(String::is_empty) {
            return Vec::new();
        }
        let (mut listed, error) = self.list(step);
        if let Some(error) = error {
            self.gap(step, &error);
        }
        match step.level {
            true => self.go_down(step, &mut listed),
            false => {
                self.keep(listed.objects);
                Vec::new()
            }
        }
    }

    /// The steps below a level.
    fn go_down(&self, step: &Step, listed: &mut Listed) -> Vec<Step> {
        self.keep(std::mem::take(&mut listed.objects));
        let deeper = std::mem::take(&mut listed.deeper);
        let is_outside = layout::place(&step.prefix) == Place::Outside;
        if is_outside && deeper.len() > BROAD && !self.wanted.span.is_all() {
            let leads = |prefix: &String| prefix.ends_with("/AWSLogs/") || prefix == "AWSLogs/";
            let (down, others): (Vec<_>, Vec<_>) = deeper.into_iter().partition(leads);
            let down = down.into_iter().map(|prefix| self.step(prefix, step.depth + 1));
            return down.chain(others.into_iter().map(|prefix| self.otherwise(prefix))).collect();
        }
        deeper.into_iter().map(|prefix| self.step(prefix, step.depth + 1)).collect()
    }

    fn keep(&self, objects: Vec<Found>) {
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.files.extend(objects);
    }

    /// What a first listing could not do.
    fn told(&self, step: &Step, error: Option<AwsError>) -> Result<(), AwsError> {
        match error {
            Some(error @ AwsError::Denied { .. }) => self.gap(step, &error),
            Some(error) => return Err(error),
            None => {}
        }
        Ok(())
    }

    fn gap(&self, step: &Step, error: &AwsError) {
        let detail = match error {
            AwsError::Denied { permission, message, .. } => {
                format!("denied ({message}): the caller needs {permission} on the bucket")
            }
            _ => format!("{error}: what lies there beyond what was listed is unknown; run again"),
        };
        let address = Address { prefix: step.prefix.clone(), ..self.address.clone() };
        let mut found = self.found.lock().unwrap_or_else(PoisonError::into_inner);
        found.gaps.push(Gap {
            path: address.to_string(),
            offset: 0,
            size: None,
            reason: GapReason::Unreadable,
            detail,
        });
    }

    /// Makes a listing; what came before an error is kept.
    fn list(&self, step: &Step) -> (Listed, Option<AwsError>) {
        let call = ListObjectsV2 {
            bucket: self.address.bucket.clone(),
            prefix: Some(step.prefix.clone()),
            delimiter: step.level.then(|| "/".to_owned()),
            start_after: step.after.clone(),
            ..ListObjectsV2::default()
        };
        let mut listed = Listed::default();
        let reader = self.door.reader();
        let ended = reader.pages(reader.region(), &call, |page| {
            match self.page(step, page.answer, &mut listed) {
                ControlFlow::Continue(()) => Ok(()),
                ControlFlow::Break(()) => Err(Stop(None)),
            }
        });
        (listed, ended.err().and_then(|stop: Stop| stop.0))
    }

    fn page(&self, step: &Step, page: Objects, into: &mut Listed) -> ControlFlow<()> {
        into.deeper.extend(page.common_prefixes.into_iter().map(|deeper| deeper.prefix));
        for object in page.contents {
            if step.end.as_ref().is_some_and(|end| object.key >= *end) {
                return ControlFlow::Break(());
            }
            if object.size == 0 && object.key.ends_with('/') {
                continue;
            }
            let bucket = self.address.bucket.as_str();
            let shown = format!("s3://{bucket}/{}", object.key);
            let size = object.size;
            let object = Object::new(&self.within, object.key, size).with_etag(object.etag);
            let path = PathBuf::from(&shown);
            into.objects.push(Found { path, shown, size, object: Some(object) });
        }
        ControlFlow::Continue(())
    }
}

/// What was left out, though nothing says that no log file lies there.
fn may_hold_logs(address: &Address) -> Gap {
    Gap {
        path: address.to_string(),
        offset: 0,
        size: None,
        reason: GapReason::Unreadable,
        detail: "left out, since CloudTrail lays out nothing so; log files may lie there all the \
                 same: `crashcart investigate` reads the address, with --copy-evidence into the case"
            .to_owned(),
    }
}

/// Why no more pages are asked for: an error, or the end of what is wanted.
struct Stop(Option<AwsError>);

impl From<AwsError> for Stop {
    fn from(error: AwsError) -> Self {
        Self(Some(error))
    }
}
