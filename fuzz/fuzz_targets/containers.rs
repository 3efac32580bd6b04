//! Edits on valid gzip, tar and zip containers around one file: no panic, nothing unbounded, and
//! every byte that came out in the accounts.

#![no_main]

use std::io::{Cursor, Write};
use std::sync::LazyLock;

use flate2::{Compression, GzBuilder};

const TEXT: &[u8] =
    br#"{"Records":[{"eventVersion":"1.08","eventSource":"s3.amazonaws.com","eventName":"ListBuckets"}]}"#;

static CONTAINERS: LazyLock<[Vec<u8>; 5]> = LazyLock::new(|| {
    let two = [gzip(TEXT), gzip(TEXT)].concat();
    [gzip(TEXT), two, tar(TEXT), gzip(&tar(&gzip(TEXT))), zip(TEXT)]
});

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    let Some((choice, edits)) = bytes.split_first() else { return };
    let container = &CONTAINERS[usize::from(*choice) % CONTAINERS.len()];
    crashcart_fuzz::decode(&crashcart_fuzz::edited(container, edits));
});

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut writer = GzBuilder::new().write(Vec::new(), Compression::default());
    writer.write_all(text).unwrap();
    writer.finish().unwrap()
}

fn tar(text: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_gnu();
    header.set_size(text.len() as u64);
    let mut archive = tar::Builder::new(Vec::new());
    archive.append_data(&mut header, "a.json", text).unwrap();
    archive.into_inner().unwrap()
}

fn zip(text: &[u8]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("a.json", zip::write::SimpleFileOptions::default()).unwrap();
    archive.write_all(text).unwrap();
    archive.finish().unwrap().into_inner()
}
