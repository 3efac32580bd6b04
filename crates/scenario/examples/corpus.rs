//! Writes the benchmark's corpus into a folder: `corpus FOLDER SEED FILES EVENTS_PER_FILE`.
//! The same arguments give the same bytes; `cargo xtask bench` calls it.

#![allow(clippy::print_stdout, reason = "an example prints its result")]

use std::error::Error;
use std::fs;
use std::path::Path;
use std::thread;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, seed, files, events] = arguments.as_slice() else {
        return Err("usage: corpus FOLDER SEED FILES EVENTS_PER_FILE".into());
    };
    let (seed, files, events) = (seed.parse()?, files.parse()?, events.parse()?);
    let threads = thread::available_parallelism()?.get();
    let stored: Outcome<u64> = thread::scope(|scope| {
        let work = |first| write(Path::new(folder), seed, (first..files).step_by(threads), events);
        let started: Vec<_> = (0..threads).map(|first| scope.spawn(move || work(first))).collect();
        let broken = |_| Err("a thread ended early".into());
        started.into_iter().map(|worker| worker.join().unwrap_or_else(broken)).sum()
    });
    println!("{files} files, {} events, {} bytes stored", files * events, stored?);
    Ok(())
}

/// Writes the files of these numbers and returns their bytes.
fn write(
    folder: &Path,
    seed: u64,
    numbers: impl Iterator<Item = usize>,
    events: usize,
) -> Outcome<u64> {
    let mut stored = 0;
    for number in numbers {
        let file = crashcart_scenario::corpus_file(seed, number, events);
        let path = folder.join(&file.path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        stored += file.bytes.len() as u64;
        fs::write(path, file.bytes)?;
    }
    Ok(stored)
}
