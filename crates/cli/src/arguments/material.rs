//! What to read, and within which bounds.

use std::path::PathBuf;

use clap::Args;
use crashcart_app::{AppError, Buckets, Door, Inputs, ReadOptions};
use crashcart_decode::Caps;

use super::tables::TableArguments;
use super::{AccountArguments, Filters};
use crate::terminal::say;

/// The material.
#[derive(Debug, Clone, Args)]
pub struct MaterialArguments {
    /// Files, folders, archives (.zip, .tar, .tar.gz), s3://BUCKET/PREFIX, or - for standard input
    #[arg(value_name = "PATH", required = true)]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    pub bounds: Bounds,
    #[command(flatten)]
    pub filters: Filters,
}

/// How to read it: what tables hold, and bounds on hostile or outsized input. What exceeds them is
/// told as a gap.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Bounds")]
pub struct Bounds {
    #[command(flatten)]
    tables: TableArguments,
    /// Threads that read [default: as many as there are cores]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    threads: Option<u16>,
    /// Largest single record, in MiB
    #[arg(long, value_name = "MIB", default_value_t = 16, value_parser = clap::value_parser!(u64).range(1..=2048))]
    max_record: u64,
    /// Deepest nesting of one record
    #[arg(long, value_name = "LEVELS", default_value_t = 128, value_parser = clap::value_parser!(u64).range(8..=512))]
    max_depth: u64,
    /// Most that a compressed file may grow when it is larger than 256 MiB unpacked
    #[arg(long, value_name = "TIMES", default_value_t = 250, value_parser = clap::value_parser!(u64).range(1..))]
    max_ratio: u64,
    /// Largest file held in memory whole, in MiB; larger ones are streamed
    #[arg(long, value_name = "MIB", default_value_t = 48, value_parser = clap::value_parser!(u64).range(1..=4096))]
    max_held: u64,
    /// Days of delivery read after --until from a bucket that CloudTrail delivers to: files come
    /// late, where delivery failed up to 30 days
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=60))]
    redelivery_days: u16,
}

impl Bounds {
    /// Files that say what the columns of tables hold, as far as they are files.
    pub fn files(&self) -> impl Iterator<Item = PathBuf> {
        self.tables.columns.iter().map(PathBuf::from)
    }

    fn caps(&self) -> Caps {
        let mebibytes = |count: u64| usize::try_from(count << 20).unwrap_or(usize::MAX);
        Caps {
            record_bytes: mebibytes(self.max_record),
            depth: usize::try_from(self.max_depth).unwrap_or(128),
            held_bytes: mebibytes(self.max_held),
            ratio: self.max_ratio,
            ..Caps::default()
        }
    }

    /// Worker threads: those that were asked for, else one for each core.
    pub fn threads(&self) -> usize {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        self.threads.map_or(cores, usize::from)
    }

    /// As the use cases take them.
    ///
    /// # Errors
    /// As [`Filters::filter`] and [`crashcart_app::column_map`].
    pub fn options(&self, filters: &Filters) -> Result<ReadOptions, AppError> {
        let (columns, given) = crashcart_app::column_map(&self.tables.columns)?;
        Ok(ReadOptions {
            caps: self.caps(),
            threads: self.threads(),
            filter: filters.filter()?,
            columns,
            given,
        })
    }
}

impl Bounds {
    /// How buckets among the paths are asked.
    ///
    /// # Errors
    /// As [`Filters::filter`].
    pub fn buckets<'a>(
        &self,
        filters: &Filters,
        open: &'a dyn Fn() -> Result<Door, AppError>,
    ) -> Result<Buckets<'a>, AppError> {
        Ok(Buckets::new(open, &filters.filter()?, self.redelivery_days))
    }

    /// Finds the material and how to read it, and says what is to be said of it first.
    ///
    /// # Errors
    /// As [`Bounds::options`] and [`Inputs::find`]; when a heading that was named stands nowhere.
    pub fn open(
        &self,
        paths: &[PathBuf],
        filters: &Filters,
        buckets: &Buckets<'_>,
    ) -> Result<(Inputs, ReadOptions), AppError> {
        let options = self.options(filters)?;
        let inputs = Inputs::find(paths, &mut std::io::stdin().lock(), buckets)?;
        inputs.notes.iter().for_each(|note| say(note));
        inputs.check_columns(&options)?;
        Ok((inputs, options))
    }
}

impl MaterialArguments {
    /// Finds the material and how to read it.
    pub fn open(&self) -> Result<(Inputs, ReadOptions), AppError> {
        let open = || self.account.open();
        let buckets = self.bounds.buckets(&self.filters, &open)?;
        self.bounds.open(&self.paths, &self.filters, &buckets)
    }
}
