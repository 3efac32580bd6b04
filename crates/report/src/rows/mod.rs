//! Events as rows, streamed: any number of them in constant memory, each as a line of text, a
//! JSON object, a CSV record or a line for Timesketch.
//!
//! Must never collect rows, and never drop one for lack of a time.

mod csv;
mod machine;
mod text;

use std::io::{self, Write};

use crashcart_model::{Event, Level};

use crate::zone::Zone;

pub use csv::csv_record;

/// The shape of the rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RowFormat {
    /// For people.
    Text,
    /// One JSON array.
    Json,
    /// One JSON object a line.
    JsonLines,
    /// Comma-separated, with a header.
    Csv,
    /// JSON lines as Timesketch imports them: `message`, `datetime`, `timestamp_desc`.
    Timesketch,
}

/// One event, the rule that matched it where one did, and where its evidence was found.
#[derive(Debug, Clone, Copy)]
pub struct Row<'a> {
    /// The event.
    pub event: &'a Event,
    /// The rule's Sigma id, its name, its title and its level.
    pub finding: Option<(&'a str, &'a str, &'a str, Level)>,
    /// Path of the evidence, where it is known.
    pub local_path: Option<&'a str>,
}

/// Writes rows one by one.
pub struct RowWriter<W: Write> {
    format: RowFormat,
    width: usize,
    zone: Zone,
    colour: bool,
    out: W,
    rows: u64,
}

impl<W: Write> RowWriter<W> {
    /// Nothing is written before the first row. `width` and `colour` matter to text alone;
    /// machine formats are in UTC whatever the zone.
    pub fn new(format: RowFormat, width: usize, zone: Zone, colour: bool, out: W) -> Self {
        Self { format, width, zone, colour, out, rows: 0 }
    }

    /// Writes one row, before the first one what opens the format.
    ///
    /// # Errors
    /// When the output takes no more.
    pub fn row(&mut self, row: &Row<'_>) -> io::Result<()> {
        self.open(self.rows == 0)?;
        self.rows += 1;
        match self.format {
            RowFormat::Text => text::row(row, self.width, self.colour, &self.zone, &mut self.out),
            RowFormat::Json => machine::element(row, &mut self.out),
            RowFormat::JsonLines => machine::line(row, &mut self.out),
            RowFormat::Csv => csv::record(row, &mut self.out),
            RowFormat::Timesketch => machine::timesketch(row, &mut self.out),
        }
    }

    /// How many rows were written.
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Closes what was opened, flushes, and gives the output back. Without rows a JSON array is
    /// empty and a CSV file has its header.
    ///
    /// # Errors
    /// When the output takes no more.
    pub fn finish(mut self) -> io::Result<W> {
        if self.rows == 0 {
            self.open(true)?;
        }
        match self.format {
            RowFormat::Json if self.rows == 0 => self.out.write_all(b"]\n")?,
            RowFormat::Json => self.out.write_all(b"\n]\n")?,
            _ => {}
        }
        self.out.flush()?;
        Ok(self.out)
    }

    fn open(&mut self, first: bool) -> io::Result<()> {
        match (self.format, first) {
            (RowFormat::Json, true) => self.out.write_all(b"["),
            (RowFormat::Json, false) => self.out.write_all(b","),
            (RowFormat::Csv, true) => csv::header(&mut self.out),
            _ => Ok(()),
        }
    }
}
