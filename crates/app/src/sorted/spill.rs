//! Sorting more than memory holds: rows are kept up to a budget, sorted, written to a temporary
//! file as one run, and all runs are merged at the end.
//!
//! One file for each sorter and a bounded number of runs open at a time, whatever the amount.
//! Must never drop a row: a temporary file that fails is an error.

use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::rc::Rc;

use super::key::Header;

/// Runs merged at a time; each has a buffer of [`BUFFER`] bytes.
const FAN: usize = 128;
const BUFFER: usize = 32 << 10;

/// Where a merge hands its rows to.
pub(crate) type Visit<'v, E> = &'v mut dyn FnMut(Header, &[u8]) -> Result<(), E>;

/// A sorter with a budget of bytes.
#[derive(Debug, Default)]
pub(crate) struct Spill {
    budget: usize,
    frames: Vec<u8>,
    index: Vec<(Header, usize)>,
    file: Option<File>,
    /// Where each run starts and ends in the file.
    runs: Vec<(u64, u64)>,
}

impl Spill {
    pub fn new(budget: usize) -> Self {
        Self { budget, ..Self::default() }
    }

    /// Writes to a given file, to see it fail.
    #[cfg(test)]
    pub fn onto(budget: usize, file: File) -> Self {
        Self { budget, file: Some(file), ..Self::default() }
    }

    pub fn push(&mut self, header: Header, frame: &[u8]) -> io::Result<()> {
        self.index.push((header, self.frames.len()));
        self.frames.extend_from_slice(frame);
        let held = self.frames.len() + self.index.len() * size_of::<(Header, usize)>();
        if held > self.budget { self.write_run() } else { Ok(()) }
    }

    fn write_run(&mut self) -> io::Result<()> {
        self.index.sort_unstable_by_key(|(header, _)| header.key);
        let file = match &mut self.file {
            Some(file) => file,
            empty => empty.insert(tempfile::tempfile()?),
        };
        let start = self.runs.last().map_or(0, |(_, end)| *end);
        let mut out = Writer { out: BufWriter::with_capacity(1 << 16, file), at: start };
        for (header, at) in &self.index {
            out.row(header, frame(&self.frames, *header, *at))?;
        }
        let end = out.finish()?;
        self.runs.push((start, end));
        self.index.clear();
        self.frames.clear();
        Ok(())
    }

    /// Hands out all rows in order and is empty afterwards.
    pub fn drain<E: From<io::Error>>(&mut self, visit: Visit<'_, E>) -> Result<(), E> {
        if self.runs.is_empty() {
            self.index.sort_unstable_by_key(|(header, _)| header.key);
            for (header, at) in &self.index {
                visit(*header, frame(&self.frames, *header, *at))?;
            }
            self.index.clear();
            self.frames.clear();
            return Ok(());
        }
        let budget = self.budget;
        merge(vec![std::mem::replace(self, Self::new(budget))], visit)
    }

    fn sources(mut self, sources: &mut Vec<Source>) {
        if let Some(file) = self.file {
            let file = Rc::new(RefCell::new(file));
            for (at, end) in self.runs {
                sources.push(Source::run(Slice { file: Rc::clone(&file), at, end }));
            }
        }
        self.index.sort_unstable_by_key(|(header, _)| header.key);
        sources.push(Source::Held { frames: self.frames, index: self.index.into_iter(), at: 0 });
    }
}

fn frame(frames: &[u8], header: Header, at: usize) -> &[u8] {
    frames.get(at..at + header.length as usize).unwrap_or_default()
}

/// Hands out the rows of all sorters in order.
pub(crate) fn merge<E: From<io::Error>>(spills: Vec<Spill>, visit: Visit<'_, E>) -> Result<(), E> {
    let mut sources = Vec::new();
    for spill in spills {
        spill.sources(&mut sources);
    }
    while sources.len() > FAN {
        let rest = sources.split_off(FAN);
        let mut out =
            Writer { out: BufWriter::with_capacity(1 << 16, tempfile::tempfile()?), at: 0 };
        merge_sources(sources, &mut |header, frame| out.row(&header, frame))?;
        let end = out.finish()?;
        let file = out.out.into_inner().map_err(io::IntoInnerError::into_error)?;
        sources = rest;
        sources.push(Source::run(Slice { file: Rc::new(RefCell::new(file)), at: 0, end }));
    }
    merge_sources(sources, visit)
}

fn merge_sources<E: From<io::Error>>(
    mut sources: Vec<Source>,
    visit: Visit<'_, E>,
) -> Result<(), E> {
    let mut next = BinaryHeap::new();
    let mut headers = Vec::new();
    for (number, source) in sources.iter_mut().enumerate() {
        let header = source.next()?;
        next.extend(header.map(|header| Reverse((header.key, number))));
        headers.push(header);
    }
    let mut held = Vec::new();
    while let Some(Reverse((_, number))) = next.pop() {
        let (Some(source), Some(slot)) = (sources.get_mut(number), headers.get_mut(number)) else {
            continue;
        };
        let Some(header) = slot.take() else { continue };
        visit(header, source.frame(header, &mut held)?)?;
        *slot = source.next()?;
        next.extend(slot.map(|header| Reverse((header.key, number))));
    }
    Ok(())
}

/// Sorted rows: those still in memory, or one run.
enum Source {
    Held { frames: Vec<u8>, index: std::vec::IntoIter<(Header, usize)>, at: usize },
    Run(BufReader<Slice>),
}

impl Source {
    fn run(slice: Slice) -> Self {
        Self::Run(BufReader::with_capacity(BUFFER, slice))
    }

    fn next(&mut self) -> io::Result<Option<Header>> {
        match self {
            Source::Held { index, at, .. } => Ok(index.next().map(|(header, from)| {
                *at = from;
                header
            })),
            Source::Run(run) => {
                if run.fill_buf()?.is_empty() {
                    return Ok(None);
                }
                Header::read(run).map(Some)
            }
        }
    }

    /// The frame of the row whose header came last.
    fn frame<'a>(&'a mut self, header: Header, held: &'a mut Vec<u8>) -> io::Result<&'a [u8]> {
        match self {
            Source::Held { frames, at, .. } => Ok(frame(frames, header, *at)),
            Source::Run(run) => {
                held.resize(header.length as usize, 0);
                run.read_exact(held)?;
                Ok(held)
            }
        }
    }
}

/// A part of a file that others read too.
struct Slice {
    file: Rc<RefCell<File>>,
    at: u64,
    end: u64,
}

impl Read for Slice {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end - self.at).unwrap_or(usize::MAX).min(buffer.len());
        let mut file = self.file.borrow_mut();
        file.seek(SeekFrom::Start(self.at))?;
        let count = file.read(buffer.get_mut(..left).unwrap_or_default())?;
        if count == 0 && left > 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.at += count as u64;
        Ok(count)
    }
}

/// Writes rows and knows where it is.
struct Writer<W: Write> {
    out: BufWriter<W>,
    at: u64,
}

impl<W: Write> Writer<W> {
    fn row(&mut self, header: &Header, frame: &[u8]) -> io::Result<()> {
        let bytes = header.bytes();
        self.out.write_all(&bytes)?;
        self.out.write_all(frame)?;
        self.at += (bytes.len() + frame.len()) as u64;
        Ok(())
    }

    /// All is written; where that ends.
    fn finish(&mut self) -> io::Result<u64> {
        self.out.flush()?;
        Ok(self.at)
    }
}
