//! `crashcart detect`

use std::io::Write;

use clap::Args;
use crashcart_app::{AppError, Rules};
use crashcart_model::Level;
use crashcart_report::{Row, RowFormat, RowWriter, findings_text, json_document};

use crate::arguments::{MaterialArguments, Rows, RuleArguments, Show, level};
use crate::commands;
use crate::exit::Exit;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Match Sigma rules and print what they found
///
/// As text and with --json: findings grouped by rule, worst first. With --jsonl, --csv and
/// --timesketch: one row for each match, in order of time.
///
/// Examples:
///   crashcart detect ./AWSLogs --min-level medium
///   crashcart detect ./AWSLogs --rules ./sigma/rules/cloud/aws --csv > matches.csv
///   crashcart detect - --fail-on high < events.json
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Detect {
    #[command(flatten)]
    material: MaterialArguments,
    #[command(flatten)]
    rules: RuleArguments,
    #[command(flatten)]
    rows: Rows,
    /// Leave nothing out of the text
    #[arg(long, help_heading = "Output")]
    all: bool,
    /// End with 1 when a finding has this level or above
    #[arg(long, value_name = "LEVEL", value_parser = level, help_heading = "Output")]
    fail_on: Option<Level>,
    #[command(flatten)]
    show: Show,
}

impl Detect {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let terminal = Terminal::look(self.show.local);
        let rules = Rules::load(&self.rules.options(self.material.bounds.threads()))?;
        commands::rules::warn(&rules.problems);
        let (inputs, options) = self.material.open()?;
        let shown = Shown::begin(terminal.live, self.show.quiet);
        let mut out = commands::output();
        let detection = match self.rows.format() {
            RowFormat::Text | RowFormat::Json => {
                crashcart_app::detect(&inputs.listing, &options, shown.counters(), &rules)
            }
            format => {
                let mut writer =
                    RowWriter::new(format, terminal.width, terminal.zone.clone(), false, &mut out);
                let detection = crashcart_app::detect_rows(
                    &inputs.listing,
                    &options,
                    shown.counters(),
                    (&rules, &mut |row: &Row<'_>| writer.row(row)),
                )?;
                writer.finish().map_err(AppError::Output)?;
                detection
            }
        };
        drop(shown);
        if matches!(self.rows.format(), RowFormat::Text | RowFormat::Json) {
            commands::tables::tell(&detection.coverage);
        }
        match self.rows.format() {
            RowFormat::Text => {
                let text = commands::investigate::text(&terminal, self.all);
                findings_text(&detection.findings, &detection.coverage, &text, &mut out)
            }
            RowFormat::Json => json_document(&detection, true, &mut out),
            _ => {
                commands::tell_gaps(&detection.coverage);
                Ok(())
            }
        }
        .and_then(|()| out.flush())
        .map_err(AppError::Output)?;
        let worst = self
            .fail_on
            .is_some_and(|level| detection.findings.iter().any(|finding| finding.level >= level));
        Ok(commands::exit(&detection.coverage, worst))
    }
}
