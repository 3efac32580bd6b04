//! An investigation kept as a case: evidence sealed before any result is published, and all that
//! was ever added investigated together, so that A and then B gives what A and B give.

mod beside;
mod collected;
mod powers;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use crashcart_collect::Found;
use crashcart_model::{Gap, GapReason, Investigation};
use crashcart_report::{Html, Json, Writer};
use crashcart_store::{Case, GivenInput, ManifestEntry};
use sha2::{Digest, Sha256};

pub(crate) use powers::Powers;

use crate::given;
use crate::inputs::{self, Inputs, STANDARD_INPUT};
use crate::investigate::{Question, investigate};
use crate::progress::Progress;
use crate::reading::ReadOptions;
use crate::{AppError, Buckets};

/// What came of an investigation into a case folder.
#[derive(Debug)]
pub struct CaseResult {
    /// What was found.
    pub investigation: Investigation,
    /// In words, what options gave the last run into this case and not this one, or with other
    /// content.
    pub differs: Vec<String>,
}

/// An investigation into a case folder.
#[derive(Debug, Clone, Copy)]
pub struct CaseRun<'a> {
    /// The case.
    pub folder: &'a Path,
    /// Keep copies of the evidence in the case.
    pub copy_evidence: bool,
    /// How evidence is read that lies in buckets.
    pub buckets: &'a Buckets<'a>,
}

impl CaseRun<'_> {
    /// Investigates the inputs together with what the case has already.
    ///
    /// # Errors
    /// When the case cannot be opened or written, or somebody else writes it now.
    pub fn investigate(
        &self,
        mut inputs: Inputs,
        options: &ReadOptions,
        progress: &Progress,
        question: Question<'_>,
    ) -> Result<CaseResult, AppError> {
        let mut case = Case::open_for_writing(self.folder, question.version, None)?;
        inputs.make_absolute();
        // A case may lie within the folder that it is about; what it holds is no evidence of that.
        let own = self.folder.canonicalize();
        let own = own.map_err(|error| AppError::read(self.folder, error))?;
        inputs.listing.files.retain(|file| !file.path.starts_with(&own));
        let collected = collected::add(&case, &mut inputs)?;
        self.add_sealed(&case, &mut inputs)?;
        let sealed = case.evidence().into_iter().map(|entry| (entry.path, entry.sha256));
        let sealed = sealed.chain(collected.clone());
        let earlier = question.baseline.cloned().map(|mut earlier| {
            inputs::make_absolute(&mut earlier.files, None);
            earlier
        });
        let question =
            Question { sealed: sealed.collect(), baseline: earlier.as_ref(), ..question };
        let mut investigation = investigate(&inputs.listing, options, progress, &question);
        crate::containment::tell_what_is_held(&case, &mut investigation)?;
        powers::tell(&case, &mut investigation);
        let mut entries = entries(&investigation, &inputs);
        // These are sealed already, as answers of AWS.
        entries.retain(|entry| !collected.contains_key(&entry.path));
        self.keep(&mut case, &inputs, &entries)?;
        let mut given = options.given.clone();
        given.extend(investigation.coverage.baseline.iter().flat_map(beside::baseline));
        self.keep_given(&mut case, &given)?;
        case.seal(&entries)?;
        let differs = beside::differs(case.given(), &given);
        case.seal_given(given)?;
        publish(&mut case, &investigation)?;
        Ok(CaseResult { investigation, differs })
    }

    /// The evidence of earlier runs alone.
    ///
    /// # Errors
    /// When the folder is no case.
    pub(crate) fn sealed(&self) -> Result<Inputs, AppError> {
        let case = Case::open_for_reading(self.folder)?;
        let mut inputs = Inputs::find(&[], &mut std::io::empty(), self.buckets)?;
        collected::add(&case, &mut inputs)?;
        self.add_sealed(&case, &mut inputs)?;
        Ok(inputs)
    }

    /// Copies what options named, that the case can be run again anywhere.
    fn keep_given(&self, case: &mut Case, given: &[GivenInput]) -> Result<(), AppError> {
        for input in given.iter().filter(|input| self.copy_evidence && !input.path.is_empty()) {
            let path = Path::new(&input.path);
            let source = File::open(path).map_err(|error| AppError::read(path, error))?;
            case.copy_evidence(&input.sha256, source)?;
        }
        Ok(())
    }

    /// Evidence of earlier runs is read again, from the case's copy or from where it lay.
    fn add_sealed(&self, case: &Case, inputs: &mut Inputs) -> Result<(), AppError> {
        let piped = inputs.spooled().and_then(sha256_of);
        take_copies(case, &mut inputs.listing.files);
        let files = &mut inputs.listing.files;
        let place = |file: &Found| (file.path.clone(), file.shown.clone());
        let mut listed: BTreeSet<(PathBuf, String)> = files.iter().map(place).collect();
        for entry in case.evidence() {
            let lay = PathBuf::from(&entry.path);
            let copy = case.copy_of(&entry.sha256);
            let is_read = match listed.contains(&(lay.clone(), entry.path.clone())) {
                true => copy.is_none() || sha256_of(&lay).as_ref() == Some(&entry.sha256),
                // What was piped in twice is one piece, as a file that is named twice is.
                false => entry.path == STANDARD_INPUT && piped.as_ref() == Some(&entry.sha256),
            };
            if is_read {
                continue;
            }
            let file = match copy.or_else(|| lay.is_file().then_some(lay)) {
                Some(path) => {
                    let size = path.metadata().map_or(entry.size, |meta| meta.len());
                    Some(Found { path, shown: entry.path.clone(), size, object: None })
                }
                None => self.buckets.sealed(&entry)?,
            };
            match file {
                Some(file) if listed.insert(place(&file)) => files.push(file),
                Some(_) => {}
                None => inputs.listing.gaps.push(gone(entry)),
            }
        }
        files.sort_by(|a, b| (&a.path, &a.shown).cmp(&(&b.path, &b.shown)));
        Ok(())
    }

    /// Copies what must be kept: standard input always, for nothing else holds it.
    fn keep(
        &self,
        case: &mut Case,
        inputs: &Inputs,
        entries: &[ManifestEntry],
    ) -> Result<(), AppError> {
        for file in &inputs.listing.files {
            let is_copy = file.path.starts_with(case.dir());
            if is_copy || !self.copy_evidence && inputs.spooled() != Some(file.path.as_path()) {
                continue;
            }
            for entry in entries.iter().filter(|entry| entry.path == file.shown) {
                if let Some(object) = &file.object {
                    case.copy_evidence(&entry.sha256, object.bytes())?;
                    continue;
                }
                let source =
                    File::open(&file.path).map_err(|error| AppError::read(&file.path, error))?;
                case.copy_evidence(&entry.sha256, source)?;
            }
        }
        Ok(())
    }
}

/// Objects that the case holds a copy of, by what S3 calls their content, are not fetched again.
fn take_copies(case: &Case, files: &mut [Found]) {
    let sealed: BTreeMap<(String, String), String> = case
        .evidence()
        .into_iter()
        .filter_map(|entry| Some(((entry.path, entry.etag?), entry.sha256)))
        .collect();
    for file in files {
        let etag = file.object.as_ref().and_then(|object| object.etag()).map(str::to_owned);
        let sha256 = etag.and_then(|etag| sealed.get(&(file.shown.clone(), etag)));
        if let Some(copy) = sha256.and_then(|sha256| case.copy_of(sha256)) {
            (file.path, file.object) = (copy, None);
        }
    }
}

/// What is said of a sealed file that is not where it lay, or that may not be looked at there.
fn gone(entry: ManifestEntry) -> Gap {
    let (reason, what) = match given::exists(Path::new(&entry.path)) {
        Err(AppError::Read { source, .. }) => (GapReason::Unreadable, source.to_string()),
        _ => (GapReason::Missing, "it is not there any more".to_owned()),
    };
    let detail = format!("this case sealed {}; {what}", entry.sha256);
    Gap { path: entry.path, offset: 0, size: None, reason, detail }
}

/// The digest of a file; none where it cannot be read.
fn sha256_of(path: &Path) -> Option<String> {
    let mut file = File::open(path).ok()?;
    let (mut hash, mut buffer) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut buffer).ok()? {
            0 => break,
            count => hash.update(buffer.get(..count)?),
        }
    }
    Some(hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}

/// The files behind an investigation, each once with its members.
fn entries(investigation: &Investigation, inputs: &Inputs) -> Vec<ManifestEntry> {
    let object =
        |file: &Found| Some((file.shown.clone(), file.object.as_ref()?.etag()?.to_owned()));
    let etags: BTreeMap<String, String> = inputs.listing.files.iter().filter_map(object).collect();
    let mut files: BTreeMap<(String, String), ManifestEntry> = BTreeMap::new();
    for evidence in &investigation.coverage.evidence {
        let sha256 = evidence.id.sha256().to_owned();
        let entry = files.entry((evidence.path.clone(), sha256.clone())).or_insert_with(|| {
            let path = evidence.path.clone();
            let etag = etags.get(&path).cloned();
            ManifestEntry { sha256, size: evidence.size, path, members: Vec::new(), etag }
        });
        entry.members.extend(evidence.id.member().map(str::to_owned));
    }
    files.into_values().collect()
}

fn publish(case: &mut Case, investigation: &Investigation) -> Result<(), AppError> {
    let written = |writer: &dyn Writer| {
        let mut bytes = Vec::new();
        writer.write(investigation, &mut bytes).map_err(AppError::Output).map(|()| bytes)
    };
    let mut findings = Vec::new();
    for finding in &investigation.findings {
        crashcart_report::json_document(finding, false, &mut findings).map_err(AppError::Output)?;
    }
    let mut story = Vec::new();
    crashcart_report::json_document(&investigation.story, true, &mut story)
        .map_err(AppError::Output)?;
    case.publish("findings.jsonl", &findings)?;
    case.publish("story.json", &story)?;
    case.publish("investigation.json", &written(&Json { pretty: true })?)?;
    case.publish("report/report.html", &written(&Html)?)?;
    Ok(())
}

/// Writes the results of a case's investigation again, after its plans were carried out.
///
/// # Errors
/// When the case cannot be opened or written.
pub fn tell_again(folder: &Path, investigation: &mut Investigation) -> Result<(), AppError> {
    let version = investigation.tool.version.clone();
    let mut case = Case::open_for_writing(folder, &version, None)?;
    crate::containment::tell_what_is_held(&case, investigation)?;
    publish(&mut case, investigation)
}

/// Where the evidence lies that a case sealed; nothing where there is no case yet.
pub fn sealed_places(folder: &Path) -> Vec<PathBuf> {
    let case = Case::open_for_reading(folder).ok();
    let entries = case.into_iter().flat_map(|case| case.evidence());
    entries.map(|entry| PathBuf::from(entry.path)).collect()
}

/// Proves that nothing in a case changed since it was sealed.
///
/// # Errors
/// When the folder is no case or cannot be read.
pub fn verify_case(folder: &Path) -> Result<crashcart_store::Verification, AppError> {
    Ok(crashcart_store::verify(folder)?)
}
