//! `crashcart search`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use crashcart_app::{AppError, SearchOptions};
use crashcart_report::RowWriter;

use crate::arguments::{AccountArguments, Bounds, Filters, Rows, Show};
use crate::commands;
use crate::exit::Exit;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Find events by any text in them: a key id, an ARN, an address, a name
///
/// All terms must be in the record. --in says where to look.
/// With --records each line is the whole record, secrets masked.
///
/// Examples:
///   crashcart search AKIAIOSFODNN7EXAMPLE --in ./AWSLogs
///   crashcart search 198.51.100.7 CreateUser --in ./AWSLogs --jsonl
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Search {
    /// What to look for
    #[arg(value_name = "TERM", required = true, value_parser = NonEmptyStringValueParser::new())]
    terms: Vec<String>,
    /// Files, folders, archives, s3://BUCKET/PREFIX, or - for standard input (may be repeated)
    #[arg(long = "in", value_name = "PATH", required = true, num_args = 1)]
    paths: Vec<PathBuf>,
    /// `nina` finds `Nina`
    #[arg(long, short)]
    ignore_case: bool,
    /// Print the records themselves, one JSON object a line, secrets masked
    #[arg(long, group = "form", help_heading = "Output")]
    records: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    bounds: Bounds,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    rows: Rows,
    #[command(flatten)]
    show: Show,
}

impl Search {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let terminal = Terminal::look(self.show.local);
        let open = || self.account.open();
        let buckets = self.bounds.buckets(&self.filters, &open)?;
        let (inputs, mut options) = self.bounds.open(&self.paths, &self.filters, &buckets)?;
        options.filter.terms.clone_from(&self.terms);
        let search = SearchOptions { ignore_case: self.ignore_case, records: self.records };
        let shown = Shown::begin(terminal.live, self.show.quiet);
        let mut out = commands::output();
        let (listing, counters) = (&inputs.listing, shown.counters());
        let coverage = if self.records {
            crashcart_app::search(listing, &options, search, counters, &mut |_, record| {
                writeln!(out, "{}", record.unwrap_or_default())
            })?
        } else {
            let (format, zone) = (self.rows.format(), terminal.zone.clone());
            let mut writer =
                RowWriter::new(format, terminal.width, zone, terminal.colour, &mut out);
            let coverage =
                crashcart_app::search(listing, &options, search, counters, &mut |row, _| {
                    writer.row(row)
                })?;
            writer.finish().map_err(AppError::Output)?;
            coverage
        };
        out.flush().map_err(AppError::Output)?;
        drop(shown);
        commands::tell_gaps(&coverage);
        Ok(commands::exit(&coverage, false))
    }
}
