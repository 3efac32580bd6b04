//! `crashcart whois`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use crashcart_app::{Action, AppError, Listed, Needs, Usage, Whois as Known};
use crashcart_model::{Coverage, Evidence, Timestamp};
use crashcart_report::{
    Column, Row, RowFormat, RowWriter, counted, escape, json_document, labelled, table,
};
use serde_json::json;

use crate::arguments::{AccountArguments, Bounds, Filters, PreflightArguments, Show};
use crate::commands;
use crate::exit::Exit;
use crate::progress::Shown;
use crate::terminal::Terminal;

/// Say what an id is, which account it belongs to, and what the material shows of it
///
/// Takes an access key id, a principal id, an ARN, an address, an instance id or a name. Asks no
/// network, unless --live is given: then the account says whose key it is, and what else its owner
/// has. Nothing is changed there.
///
/// Examples:
///   crashcart whois AKIAIOSFODNN7EXAMPLE
///   crashcart whois ASIA... ./AWSLogs
///   crashcart whois AKIAIOSFODNN7EXAMPLE --live --profile incident
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Whois {
    /// What to look up
    #[arg(value_name = "ID", value_parser = NonEmptyStringValueParser::new())]
    id: String,
    /// Where to look: files, folders, archives, s3://BUCKET/PREFIX, or - for standard input
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// What is known of the place [default: environment.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    environment: Option<PathBuf>,
    /// Ask the account too: a key's owner, a user
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
    /// One JSON document
    #[arg(long, help_heading = "Output")]
    json: bool,
    #[command(flatten)]
    bounds: Bounds,
    #[command(flatten)]
    filters: Filters,
    #[command(flatten)]
    show: Show,
}

impl Whois {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let open = || self.account.open_for(&self.id);
        let needs = || Needs::of_action(Action::Whois, None);
        if let Some(exit) = self.preflight.run(open, self.json, needs)? {
            return Ok(exit);
        }
        let owner = if self.live { Some(crashcart_app::whose(&open()?, &self.id)?) } else { None };
        let terminal = Terminal::look(self.show.local);
        let environment = commands::environment::load(self.environment.as_deref(), None)?;
        let (whois, coverage) = if self.paths.is_empty() {
            self.bounds.options(&self.filters)?;
            crashcart_app::whois(&self.id, &environment, None)?
        } else {
            let open = || self.account.here();
            let buckets = self.bounds.buckets(&self.filters, &open)?;
            let (inputs, options) = self.bounds.open(&self.paths, &self.filters, &buckets)?;
            let shown = Shown::begin(terminal.live, self.show.quiet);
            let material = (&inputs.listing, &options, shown.counters());
            crashcart_app::whois(&self.id, &environment, Some(material))?
        };
        let mut out = commands::output();
        let printed = if self.json {
            let mut document = json!({"whois": whois, "coverage": coverage});
            if let (Some(owner), Some(document)) = (&owner, document.as_object_mut()) {
                let told = json!(owner);
                document.extend(told.as_object().cloned().unwrap_or_default());
            }
            json_document(&document, true, &mut out)
        } else {
            text(&whois, coverage.as_ref(), &terminal, &mut out).and_then(|()| match &owner {
                Some(owner) => super::live::text(owner, terminal.width, &mut out),
                None => Ok(()),
            })
        };
        printed.and_then(|()| out.flush()).map_err(AppError::Output)?;
        if let Some(coverage) = &coverage {
            commands::tell_gaps(coverage);
        }
        let asked = owner.is_none_or(|owner| owner.gaps.is_empty());
        let asked = if asked { Exit::Done } else { Exit::Gaps };
        Ok(coverage.map_or(Exit::Done, |coverage| commands::exit(&coverage, false)).or(asked))
    }
}

fn text(
    whois: &Known,
    coverage: Option<&Coverage>,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let width = terminal.width;
    let evidence = coverage.map(|coverage| coverage.evidence.as_slice()).unwrap_or_default();
    writeln!(out, "{}  {}", escape::terminal(whois.id.raw()), whois.kind)?;
    let account = match (&whois.account, &whois.account_name) {
        (Some(account), Some(name)) => format!("{account} ({name})"),
        (Some(account), None) => account.to_string(),
        (None, _) => "not told by the id".to_owned(),
    };
    labelled("account", &account, width, out)?;
    if let Some(name) = &whois.name {
        labelled("name", name.raw(), width, out)?;
    }
    for note in &whois.notes {
        labelled("note", note, width, out)?;
    }
    let Some(seen) = &whois.seen else { return Ok(()) };
    writeln!(out)?;
    match &seen.used {
        Some(usage) => used(usage, width, out)?,
        None => writeln!(out, "No call by it in this material.")?,
    }
    for name in &seen.issued_to {
        labelled("issued to", name.raw(), width, out)?;
    }
    listed("ISSUED OR CREATED BY", &seen.issued_by, (terminal, evidence), out)?;
    listed("NAMED IN", &seen.mentioned, (terminal, evidence), out)?;
    super::chain::text(&seen.chain, &whois.id, width, out)
}

fn used(usage: &Usage, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    const SHOWN: usize = 8;
    let time = |time: Option<Timestamp>| time.map_or("unknown".to_owned(), |time| time.to_string());
    let calls = format!(
        "{} calls: {} done, {} denied, {} failed, {} unknown",
        usage.count, usage.done, usage.denied, usage.failed, usage.unknown
    );
    labelled("USED", &calls, width, out)?;
    labelled("", &format!("{} to {}", time(usage.first), time(usage.last)), width, out)?;
    let mut rows: Vec<[String; 3]> = Vec::new();
    for column in &usage.columns {
        let mut label = column.name.replace('_', " ");
        for row in column.rows.iter().take(SHOWN) {
            let count = row.count.to_string();
            rows.push([std::mem::take(&mut label), count, row.value.raw().to_owned()]);
        }
        let more = column.distinct.saturating_sub(SHOWN as u64);
        if more > 0 {
            rows.push([label, more.to_string(), "more: --json lists them".to_owned()]);
        }
    }
    let columns = [Column::text("by"), Column::number("calls"), Column::text("value")];
    let cells: Vec<Vec<&str>> =
        rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
    table(&columns, &cells, width, out)
}

fn listed(
    heading: &str,
    events: &Listed,
    (terminal, evidence): (&Terminal, &[Evidence]),
    out: &mut dyn Write,
) -> std::io::Result<()> {
    const SHOWN: usize = 10;
    if events.count == 0 {
        return Ok(());
    }
    writeln!(out, "\n{heading} ({})", counted(events.count, "event"))?;
    let (zone, width) = (terminal.zone.clone(), terminal.width);
    let mut writer = RowWriter::new(RowFormat::Text, width, zone, terminal.colour, &mut *out);
    for event in events.events.iter().take(SHOWN) {
        let found = evidence.iter().find(|one| one.id == event.origin.evidence);
        let local_path = found.map(|one| one.path.as_str());
        writer.row(&Row { event, finding: None, local_path })?;
    }
    writer.finish()?;
    let more = events.count.saturating_sub(SHOWN as u64);
    if more > 0 {
        writeln!(out, "{more} more: search finds them")?;
    }
    Ok(())
}
