//! What is sealed is what was read: hashes, files that change under the reader, standard input.

#![allow(clippy::unwrap_used, reason = "a helper of a test may fail as loudly as the test")]

use std::io::Write;
use std::path::{Path, PathBuf};

use crashcart_collect::{Sealed, find, read, spool};
use crashcart_decode::{Apart, Caps, Sink, Stretch, Tally};
use crashcart_model::{GapReason, Record};
use crashcart_testkit::shared_data;
use sha2::{Digest, Sha256};

type Deed<'a> = Box<dyn FnMut() + 'a>;

/// Counts what it is handed, and does something to the file while it is being read.
#[derive(Default)]
struct Meddler<'a> {
    records: u64,
    gaps: Vec<Stretch>,
    at_begin: Option<Deed<'a>>,
    at_record: Option<Deed<'a>>,
}

impl Sink for Meddler<'_> {
    fn begin(&mut self, _: Option<&str>) {
        if let Some(mut deed) = self.at_begin.take() {
            deed();
        }
    }

    fn record(&mut self, _: &Record<'_>, _: u32) {
        self.records += 1;
        if let Some(mut deed) = self.at_record.take() {
            deed();
        }
    }

    fn apart(&mut self, _: Apart) {}

    fn gap(&mut self, stretch: Stretch) {
        self.gaps.push(stretch);
    }

    fn end(&mut self, _: Tally) {}
}

impl Meddler<'_> {
    fn reasons(&self) -> Vec<GapReason> {
        self.gaps.iter().map(|gap| gap.reason).collect()
    }
}

fn lines(count: usize) -> String {
    (0..count)
        .map(|n| {
            format!(
                "{{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\
                 \"eventName\":\"GetObject\",\"eventID\":\"{n}\"}}\n"
            )
        })
        .collect()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A zip archive of one member that is stored as it is.
fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let sizes = [crc.sum(), content.len() as u32, content.len() as u32].map(u32::to_le_bytes);
    let name_length = (name.len() as u16).to_le_bytes();
    let mut head = vec![20, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    head.extend(sizes.concat());
    head.extend([name_length, [0, 0]].concat());
    let mut archive = [b"PK\x03\x04", head.as_slice(), name.as_bytes(), content].concat();
    let directory = archive.len() as u32;
    archive.extend([b"PK\x01\x02\x14\x00", head.as_slice(), &[0; 14], name.as_bytes()].concat());
    let size = (archive.len() as u32 - directory).to_le_bytes();
    archive.extend([b"PK\x05\x06\0\0\0\0\x01\0\x01\0".as_slice(), &size].concat());
    archive.extend([directory.to_le_bytes().as_slice(), &[0, 0]].concat());
    archive
}

/// Caps under which every file of these tests is too large to be held.
fn streamed() -> Caps {
    Caps { held_bytes: 100, ..Caps::default() }
}

fn read_at(path: &Path, caps: &Caps, sink: &mut dyn Sink) -> Option<Sealed> {
    let listing = find(&[path.to_owned()]);
    assert_eq!(listing.gaps, []);
    read(&listing.files[0], caps, sink)
}

fn folder_with(name: &str, content: &[u8]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    (folder, path)
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn the_seal_is_the_hash_of_the_file_whether_held_streamed_or_an_archive() {
    let text = lines(50);
    for (name, content) in [
        ("plain", text.clone().into_bytes()),
        ("gzip", gzip(text.as_bytes())),
        ("zip", zip("a.json", text.as_bytes())),
        ("zip of gzip", zip("a.json.gz", &gzip(text.as_bytes()))),
        ("rubbish behind gzip", [gzip(text.as_bytes()), vec![7; 300_000]].concat()),
    ] {
        let (_folder, path) = folder_with("log", &content);
        for caps in [Caps::default(), streamed()] {
            let mut sink = Meddler::default();
            let sealed = read_at(&path, &caps, &mut sink).unwrap();
            assert_eq!(sealed.sha256, digest(&content), "{name}");
            assert_eq!(sealed.size, content.len() as u64, "{name}");
            assert_eq!(sink.records, 50, "{name}");
            assert_eq!(sink.gaps.is_empty(), !name.contains("rubbish"), "{name}: {:?}", sink.gaps);
        }
    }
}

#[test]
fn the_seal_of_an_empty_file_is_the_hash_of_nothing() {
    let (_folder, path) = folder_with("log", b"");
    let sealed = read_at(&path, &Caps::default(), &mut Meddler::default()).unwrap();
    assert_eq!(sealed.sha256, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

#[test]
fn a_file_that_grows_while_it_is_read_is_read_as_far_as_it_was_and_told() {
    for caps in [Caps::default(), streamed()] {
        let content = lines(30);
        let (_folder, path) = folder_with("log", content.as_bytes());
        let grow = || {
            let mut file = std::fs::OpenOptions::new().append(true).open(&path).unwrap();
            file.write_all(lines(5).as_bytes()).unwrap();
        };
        let mut sink = Meddler { at_record: Some(Box::new(grow)), ..Meddler::default() };
        let sealed = read_at(&path, &caps, &mut sink).unwrap();
        assert_eq!(sealed.sha256, digest(content.as_bytes()));
        assert_eq!(sink.records, 30);
        assert_eq!(sink.reasons(), [GapReason::Changed]);
    }
}

#[test]
fn a_file_that_shrinks_while_it_is_read_is_told_and_sealed_as_it_was_read() {
    // Large enough that the reader has not seen its end when it hands over the first record.
    let content = lines(40_000);
    let (_folder, path) = folder_with("log", content.as_bytes());
    let shrink = || {
        let file = std::fs::OpenOptions::new().write(true).open(&path).unwrap();
        file.set_len(2_000_000).unwrap();
    };
    let mut sink = Meddler { at_record: Some(Box::new(shrink)), ..Meddler::default() };
    let sealed = read_at(&path, &streamed(), &mut sink).unwrap();
    assert_eq!(sealed.size, 2_000_000);
    assert_eq!(sealed.sha256, digest(&content.as_bytes()[..2_000_000]));
    assert!(sink.reasons().contains(&GapReason::Changed), "{:?}", sink.gaps);
}

#[test]
fn a_file_that_is_replaced_or_removed_while_it_is_read_is_told() {
    for remove in [false, true] {
        let content = lines(10);
        let (folder, path) = folder_with("log", content.as_bytes());
        let meddle = || {
            if remove {
                return std::fs::remove_file(&path).unwrap();
            }
            // Of the same size: only that it is another file gives it away.
            let other = folder.path().join("other");
            std::fs::write(&other, &content).unwrap();
            std::fs::rename(&other, &path).unwrap();
        };
        let mut sink = Meddler { at_begin: Some(Box::new(meddle)), ..Meddler::default() };
        let sealed = read_at(&path, &Caps::default(), &mut sink).unwrap();
        assert_eq!(sealed.sha256, digest(content.as_bytes()));
        assert_eq!(sink.records, 10);
        assert_eq!(sink.reasons(), [GapReason::Changed], "removed: {remove}");
    }
}

#[test]
fn an_archive_whose_content_changes_while_it_is_read_is_told() {
    let content = zip("a.json", lines(10).as_bytes());
    let (_folder, path) = folder_with("log.zip", &content);
    let overwrite = || {
        let mut other = content.clone();
        other[60] ^= 1;
        std::fs::write(&path, other).unwrap();
    };
    let mut sink = Meddler { at_record: Some(Box::new(overwrite)), ..Meddler::default() };
    read_at(&path, &streamed(), &mut sink).unwrap();
    assert!(sink.reasons().contains(&GapReason::Changed), "{:?}", sink.gaps);
}

#[test]
fn a_file_at_rest_is_not_said_to_have_changed() {
    for caps in [Caps::default(), streamed()] {
        let (_folder, path) = folder_with("log", lines(10).as_bytes());
        let mut sink = Meddler::default();
        read_at(&path, &caps, &mut sink).unwrap();
        assert_eq!(sink.reasons(), []);
    }
}

#[test]
fn a_file_that_is_gone_when_its_turn_comes_is_told() {
    let (_folder, path) = folder_with("log", b"x");
    let listing = find(std::slice::from_ref(&path));
    std::fs::remove_file(&path).unwrap();
    let mut sink = Meddler::default();
    assert_eq!(read(&listing.files[0], &Caps::default(), &mut sink), None);
    assert_eq!(sink.reasons(), [GapReason::Unreadable]);
}

#[cfg(unix)]
#[test]
fn a_file_that_may_not_be_read_is_told() {
    use std::os::unix::fs::PermissionsExt;
    let (_folder, path) = folder_with("log", b"x");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        eprintln!("SKIPPED: this user may read every file");
        return;
    }
    let mut sink = Meddler::default();
    assert_eq!(read_at(&path, &Caps::default(), &mut sink), None);
    assert_eq!(sink.reasons(), [GapReason::Unreadable]);
}

#[test]
fn standard_input_is_read_and_sealed_like_a_file_and_its_copy_goes_away() {
    let folder = tempfile::tempdir().unwrap();
    let content = gzip(lines(20).as_bytes());
    let (found, kept) = spool(&mut content.as_slice(), folder.path()).unwrap();
    assert_eq!((found.shown.as_str(), found.size), ("standard input", content.len() as u64));
    let mut sink = Meddler::default();
    let sealed = read(&found, &Caps::default(), &mut sink).unwrap();
    assert_eq!((sealed.sha256, sink.records), (digest(&content), 20));
    assert_eq!(sink.reasons(), []);
    drop(kept);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn a_folder_that_cannot_hold_standard_input_is_an_error_that_names_it() {
    let error = spool(&mut b"x".as_slice(), Path::new("/no/such/folder")).unwrap_err();
    assert!(error.to_string().contains("/no/such/folder"), "{error}");
}

#[test]
fn real_files_are_sealed_with_their_hash() {
    let Some(folder) = shared_data("story-flaws2") else { return };
    let listing = find(&[folder]);
    let mut records = 0;
    for file in &listing.files {
        let mut sink = Meddler::default();
        let sealed = read(file, &Caps::default(), &mut sink).unwrap();
        assert_eq!(sealed.sha256, digest(&std::fs::read(&file.path).unwrap()));
        records += sink.records;
    }
    assert_eq!(records, 37);
}
