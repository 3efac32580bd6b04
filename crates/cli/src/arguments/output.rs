//! In which form a result is printed.

use clap::Args;
use crashcart_report::RowFormat;

/// For people.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct Show {
    /// Show times in this machine's zone instead of UTC
    #[arg(long)]
    pub local: bool,
    /// No progress and no timing on standard error
    #[arg(long, short)]
    pub quiet: bool,
}

/// For machines.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Output")]
pub struct Rows {
    /// One JSON document
    #[arg(long, group = "form")]
    pub json: bool,
    /// One JSON object a line
    #[arg(long, group = "form")]
    pub jsonl: bool,
    /// Comma-separated values with a header
    #[arg(long, group = "form")]
    pub csv: bool,
    /// JSON lines for Timesketch (message, datetime, timestamp_desc)
    #[arg(long, group = "form")]
    pub timesketch: bool,
}

impl Rows {
    /// The form that was asked for; text where none was.
    pub const fn format(&self) -> RowFormat {
        if self.json {
            RowFormat::Json
        } else if self.jsonl {
            RowFormat::JsonLines
        } else if self.csv {
            RowFormat::Csv
        } else if self.timesketch {
            RowFormat::Timesketch
        } else {
            RowFormat::Text
        }
    }
}
