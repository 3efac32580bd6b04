//! `crashcart stats`

use std::io::Write;

use clap::Args;
use crashcart_app::{AppError, StatColumn, StatRow, Stats as Counted};
use crashcart_model::{Coverage, Timestamp};
use crashcart_report::{Column, counted, json_document, table};
use serde_json::json;

use crate::arguments::{MaterialArguments, Show};
use crate::commands;
use crate::exit::Exit;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Count events by name, principal, key, address, region, account, error, user agent and hour
///
/// Examples:
///   crashcart stats ./AWSLogs
///   crashcart stats ./AWSLogs --errors --top 50
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Stats {
    #[command(flatten)]
    material: MaterialArguments,
    /// Values listed for each; the rest is counted together
    #[arg(long, value_name = "N", default_value_t = 15, help_heading = "Output")]
    top: usize,
    /// One JSON document
    #[arg(long, group = "form", help_heading = "Output")]
    json: bool,
    /// One JSON object for each value
    #[arg(long, group = "form", help_heading = "Output")]
    jsonl: bool,
    /// Comma-separated values: column, value, count, first, last
    #[arg(long, group = "form", help_heading = "Output")]
    csv: bool,
    #[command(flatten)]
    show: Show,
}

impl Stats {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let terminal = Terminal::look(self.show.local);
        let (inputs, options) = self.material.open()?;
        let shown = Shown::begin(terminal.live, self.show.quiet);
        let (stats, coverage) =
            crashcart_app::stats(&inputs.listing, &options, shown.counters(), self.top)?;
        drop(shown);
        let mut out = commands::output();
        self.print(&stats, &coverage, &terminal, &mut out)
            .and_then(|()| out.flush())
            .map_err(AppError::Output)?;
        commands::tell_gaps(&coverage);
        Ok(commands::exit(&coverage, false))
    }

    fn print(
        &self,
        stats: &Counted,
        coverage: &Coverage,
        terminal: &Terminal,
        out: &mut dyn Write,
    ) -> std::io::Result<()> {
        if self.json {
            return json_document(&json!({"coverage": coverage, "stats": stats}), true, out);
        }
        if self.csv {
            return csv(stats, out);
        }
        if self.jsonl {
            return lines(stats, out);
        }
        writeln!(out, "{}", counted(stats.events, "event"))?;
        stats.columns.iter().try_for_each(|column| text(column, terminal.width, out))
    }
}

fn text(column: &StatColumn, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out)?;
    let counts: Vec<String> = column.rows.iter().map(|row| row.count.to_string()).collect();
    let rows: Vec<Vec<&str>> = column
        .rows
        .iter()
        .zip(&counts)
        .map(|(row, count)| vec![count.as_str(), row.value.raw()])
        .collect();
    let title = format!("{}, {} in all", column.name.replace('_', " "), column.distinct);
    table(&[Column::number("events"), Column::text(&title)], &rows, width, out)?;
    if column.others > 0 {
        let more = column.distinct.saturating_sub(column.rows.len() as u64);
        let (events, values) = (counted(column.others, "event"), counted(more, "other value"));
        writeln!(out, "{events} with {values}: --top lists more")?;
    }
    Ok(())
}

fn csv(stats: &Counted, out: &mut dyn Write) -> std::io::Result<()> {
    crashcart_report::csv_record(["column", "value", "count", "first", "last"], out)?;
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    for (column, row) in each(stats) {
        let count = row.count.to_string();
        let (first, last) = (time(row.first), time(row.last));
        let cells = [column.name.as_str(), row.value.raw(), &count, &first, &last];
        crashcart_report::csv_record(cells, out)?;
    }
    Ok(())
}

fn lines(stats: &Counted, out: &mut dyn Write) -> std::io::Result<()> {
    each(stats).try_for_each(|(column, row)| {
        json_document(&json!({"column": column.name, "row": row}), false, out)
    })
}

fn each(stats: &Counted) -> impl Iterator<Item = (&StatColumn, &StatRow)> {
    stats.columns.iter().flat_map(|column| column.rows.iter().map(move |row| (column, row)))
}
