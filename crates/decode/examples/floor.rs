//! The floor under `detect`, measured: inflating alone, or inflating and parsing alone, over a
//! folder of gzip files. Prints one line of JSON; `cargo xtask bench` reads it.
//!
//! Modes: `inflate` (libdeflate), `parse` (and the tape and the head of each record), `serde` (and
//! serde_json with `eventName` alone, which is how published figures for this are made).

#![allow(clippy::print_stdout, reason = "an example prints its result")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Instant;

use crashcart_decode::json::Tape;
use crashcart_model::Head;
use libdeflater::Decompressor;
use serde::Deserialize;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// What one thread did.
#[derive(Default)]
struct Done {
    bytes: usize,
    events: usize,
}

#[derive(Deserialize)]
struct Document<'a> {
    #[serde(rename = "Records", borrow)]
    records: Vec<NameOnly<'a>>,
}

#[derive(Deserialize)]
struct NameOnly<'a> {
    #[serde(rename = "eventName", borrow)]
    name: Option<std::borrow::Cow<'a, str>>,
}

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [mode, threads, folder] = arguments.as_slice() else {
        return Err("usage: floor inflate|parse|serde THREADS FOLDER".into());
    };
    let mut files = Vec::new();
    walk(Path::new(folder), &mut files)?;
    files.sort();
    let start = Instant::now();
    let next = AtomicUsize::new(0);
    let workers: Vec<Outcome<Done>> = thread::scope(|scope| {
        let work = || read(mode, &files, &next);
        let started: Vec<_> =
            (0..threads.parse().unwrap_or(1)).map(|_| scope.spawn(work)).collect();
        let broken = |_| Err("a thread ended early".into());
        started.into_iter().map(|worker| worker.join().unwrap_or_else(broken)).collect()
    });
    let mut total = Done::default();
    for worker in workers {
        let done = worker?;
        total.bytes += done.bytes;
        total.events += done.events;
    }
    let seconds = start.elapsed().as_secs_f64();
    let (bytes, events) = (total.bytes, total.events);
    println!("{{\"seconds\":{seconds},\"bytes\":{bytes},\"events\":{events}}}");
    Ok(())
}

fn walk(folder: &Path, files: &mut Vec<PathBuf>) -> Outcome<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            walk(&path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "gz") {
            files.push(path);
        }
    }
    Ok(())
}

/// Takes files until none is left.
fn read(mode: &str, files: &[PathBuf], next: &AtomicUsize) -> Outcome<Done> {
    let mut inflater = Decompressor::new();
    let mut tape = Tape::new();
    let mut buffer = Vec::new();
    let mut done = Done::default();
    while let Some(path) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
        let packed = fs::read(path)?;
        let size = packed.last_chunk().map_or(0, |size| u32::from_le_bytes(*size) as usize);
        if buffer.len() < size {
            buffer.resize(size, 0);
        }
        let size = inflater.gzip_decompress(&packed, &mut buffer)?;
        let bytes = buffer.get(..size).unwrap_or_default();
        done.bytes += size;
        done.events += match mode {
            "inflate" => 0,
            "parse" => tape_names(std::str::from_utf8(bytes)?, &mut tape)?,
            "serde" => {
                let document: Document<'_> = serde_json::from_slice(bytes)?;
                document.records.iter().filter(|record| record.name.is_some()).count()
            }
            _ => return Err(format!("no such mode: {mode}").into()),
        };
    }
    Ok(done)
}

/// Counts the records with an event name, one tape after the other.
fn tape_names(text: &str, tape: &mut Tape) -> Outcome<usize> {
    let mut named = 0;
    let mut rest = text.split_once('[').map_or("", |(_, rest)| rest);
    while rest.starts_with('{') {
        let end = tape.parse(rest, 128).map_err(|stop| format!("{stop:?}"))?;
        named += usize::from(Head::of(&tape.record(rest)).name.is_some());
        rest = rest.get(end..).unwrap_or_default().trim_start_matches([',', ' ', '\n']);
    }
    Ok(named)
}
