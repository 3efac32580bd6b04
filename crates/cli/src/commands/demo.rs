//! `crashcart demo`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use crashcart_app::AppError;
use crashcart_report::Writer;

use crate::commands;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Make a leaked-key incident and solve it
///
/// Writes seeded CloudTrail in AWS's own layout, investigates it like any other, prints the story
/// and writes the report. Same seed, same bytes.
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Demo {
    /// Which incident
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Where to write; must not exist or be a folder that an earlier demo made
    #[arg(long, value_name = "DIR", default_value = "crashcart-demo")]
    output: PathBuf,
    /// Leave nothing out of the text
    #[arg(long)]
    all: bool,
}

impl Demo {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let terminal = Terminal::look(false);
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let demo =
            crashcart_app::demo(self.seed, &self.output, threads, env!("CARGO_PKG_VERSION"))?;
        let mut out = commands::output();
        let text = commands::investigate::text(&terminal, self.all);
        text.write(&demo.investigation, &mut out)
            .and_then(|()| {
                writeln!(out, "\nlogs    {}", demo.logs.display())?;
                writeln!(out, "report  {}", demo.report.display())?;
                out.flush()
            })
            .map_err(AppError::Output)?;
        Ok(commands::exit(&demo.investigation.coverage, false))
    }
}
