//! `crashcart timeline`

use clap::Args;
use crashcart_app::AppError;
use crashcart_report::RowWriter;

use crate::arguments::{MaterialArguments, Rows, Show};
use crate::commands;
use crate::exit::Exit;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Print every event in order of time
///
/// Examples:
///   crashcart timeline ./AWSLogs --key AKIA... --csv > key.csv
///   crashcart timeline ./AWSLogs --principal user/nina --errors
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Timeline {
    #[command(flatten)]
    material: MaterialArguments,
    #[command(flatten)]
    rows: Rows,
    #[command(flatten)]
    show: Show,
}

impl Timeline {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let terminal = Terminal::look(self.show.local);
        let (inputs, options) = self.material.open()?;
        let shown = Shown::begin(terminal.live, self.show.quiet);
        let format = self.rows.format();
        let out = commands::output();
        let mut writer =
            RowWriter::new(format, terminal.width, terminal.zone.clone(), terminal.colour, out);
        let coverage =
            crashcart_app::timeline(&inputs.listing, &options, shown.counters(), &mut |row| {
                writer.row(row)
            })?;
        writer.finish().map_err(AppError::Output)?;
        drop(shown);
        commands::tell_gaps(&coverage);
        Ok(commands::exit(&coverage, false))
    }
}
