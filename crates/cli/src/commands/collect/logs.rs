//! `crashcart collect logs`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use crashcart_app::{
    Action, AppError, EventHistory, FOLLOWED, Lookup, Needs, RegionHistory, WantedHistory,
};
use crashcart_model::Timestamp;
use crashcart_report::{Column, counted, escape, json_document, labelled, table};

use crate::arguments::{AccountArguments, PreflightArguments, Time};
use crate::commands::{self, plans};
use crate::exit::Exit;
use crate::progress::Asked;
use crate::terminal::Terminal;

/// The account's event history from every region: management events of the last 90 days
///
/// Asks LookupEvents of every enabled region at once, two requests a second in each, and seals each page
/// as it came. Running it again goes on where it was and adds what came since. With --key and --user the
/// keys that these had issued (sessions, new access keys) are looked up too.
///
/// Examples:
///   crashcart collect logs --key AKIAIOSFODNN7EXAMPLE --case ./case
///   crashcart collect logs --since 2026-11-01 --region eu-west-1 --case ./case
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct CollectLogs {
    #[command(flatten)]
    look_up: LookUp,
    #[command(flatten)]
    time: Time,
    /// Only this region (may be repeated) [default: every region that is enabled]
    #[arg(long, value_name = "REGION", value_parser = NonEmptyStringValueParser::new())]
    region: Vec<String>,
    /// How many keys that were issued are looked up too; 0 for none
    #[arg(long, value_name = "N", default_value_t = FOLLOWED)]
    follow: usize,
    /// Seal the pages in this case folder
    #[arg(long, value_name = "DIR")]
    case: PathBuf,
    /// One JSON document
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// No progress on standard error
    #[arg(long, short, help_heading = "Output")]
    quiet: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    preflight: PreflightArguments,
}

/// What to look up: LookupEvents takes one attribute.
#[derive(Debug, Args)]
#[group(multiple = false)]
struct LookUp {
    /// Calls signed with this access key
    #[arg(long, value_name = "KEY-ID", value_parser = NonEmptyStringValueParser::new())]
    key: Option<String>,
    /// Calls of this user, or of sessions with this name
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    user: Option<String>,
    /// Calls that name this resource
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    resource: Option<String>,
    /// Calls of this name, as CreateUser
    #[arg(long, value_name = "NAME", value_parser = NonEmptyStringValueParser::new())]
    event_name: Option<String>,
}

impl LookUp {
    fn lookup(&self) -> Lookup {
        let of = |value: &Option<String>, make: fn(String) -> Lookup| value.clone().map(make);
        of(&self.key, Lookup::Key)
            .or_else(|| of(&self.user, Lookup::User))
            .or_else(|| of(&self.resource, Lookup::Resource))
            .or_else(|| of(&self.event_name, Lookup::EventName))
            .unwrap_or(Lookup::All)
    }
}

impl CollectLogs {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let span = self.time.filter()?;
        let wanted = WantedHistory {
            lookup: self.look_up.lookup(),
            since: span.since,
            until: span.until,
            regions: self.region.clone(),
            follow: self.follow,
        };
        // A key may be of another account of the organization.
        let open = || match &self.look_up.key {
            Some(key) => self.account.open_for(key),
            None => self.account.open(),
        };
        let needs = || Needs::of_action(Action::CollectLogs, None);
        if let Some(exit) = self.preflight.run(open, self.json, needs)? {
            return Ok(exit);
        }
        let door = open()?;
        let case = plans::open_case(&self.case)?;
        let terminal = Terminal::look(false);
        let asked = Asked::begin(terminal.live, self.quiet);
        let told = crashcart_app::collect_event_history(&door, case, &wanted, &|region, events| {
            asked.page(region, events);
        });
        drop(asked);
        let told = told?;
        let mut out = commands::output();
        let printed = if self.json {
            json_document(&told, true, &mut out)
        } else {
            text(&told, terminal.width, &mut out)
        };
        let exit = if told.gaps.is_empty() { Exit::Done } else { Exit::Gaps };
        Ok(commands::ended(exit, printed.and_then(|()| out.flush())))
    }
}

fn text(told: &EventHistory, width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    writeln!(out, "EVENT HISTORY of account {}", told.account)?;
    labelled("asked", &format!("from {} to {}", told.since, told.until), width, out)?;
    let mut label = "looked up";
    for one in told.lookups.iter().filter(|one| !one.followed) {
        let what = match (&one.attribute, &one.value) {
            (Some(attribute), Some(value)) => format!("{attribute} {value}"),
            _ => "everything".to_owned(),
        };
        let events = counted(one.events, "event");
        labelled(label, &escape::terminal(&format!("{what}: {events}")), width, out)?;
        label = "";
    }
    let mut label = "followed";
    for one in told.lookups.iter().filter(|one| one.followed) {
        let key = one.value.as_deref().unwrap_or_default();
        let text = format!("{key}, issued to it: {}", counted(one.events, "event"));
        labelled(label, &escape::terminal(&text), width, out)?;
        label = "";
    }
    regions(&told.regions, width, out)?;
    if !told.not_enabled.is_empty() {
        let text = format!("not enabled now, not asked: {}", told.not_enabled.join(", "));
        labelled("regions", &escape::terminal(&text), width, out)?;
    }
    for gap in &told.gaps {
        let place = gap.region.as_ref().map(|region| format!("{region}: ")).unwrap_or_default();
        labelled("GAP", &escape::terminal(&format!("{place}{}", gap.detail)), width, out)?;
    }
    let mut label = "LIMITS";
    for limit in &told.limits {
        labelled(label, limit, width, out)?;
        label = "";
    }
    Ok(())
}

/// The regions with events as a table, the others in a line.
fn regions(regions: &[RegionHistory], width: usize, out: &mut dyn Write) -> std::io::Result<()> {
    let time = |time: Option<Timestamp>| time.map(|time| time.to_string()).unwrap_or_default();
    let (with, without): (Vec<_>, Vec<_>) = regions.iter().partition(|one| one.events > 0);
    let rows: Vec<[String; 6]> = with
        .iter()
        .map(|one| {
            let state = if one.complete { "whole" } else { "GAP" };
            [
                one.region.clone(),
                one.events.to_string(),
                one.pages.to_string(),
                time(one.oldest),
                time(one.newest),
                state.to_owned(),
            ]
        })
        .collect();
    writeln!(out)?;
    if !rows.is_empty() {
        let columns = [
            Column::text("region"),
            Column::number("events"),
            Column::number("pages"),
            Column::text("oldest"),
            Column::text("newest"),
            Column::text(""),
        ];
        let cells: Vec<Vec<&str>> =
            rows.iter().map(|row| row.iter().map(String::as_str).collect()).collect();
        table(&columns, &cells, width, out)?;
        writeln!(out)?;
    }
    let names = |is_whole: bool| {
        let these = without.iter().filter(|one| one.complete == is_whole);
        these.map(|one| one.region.clone()).collect::<Vec<_>>()
    };
    let (whole, failed) = (names(true), names(false));
    if !whole.is_empty() {
        labelled("no events", &escape::terminal(&whole.join(", ")), width, out)?;
    }
    if !failed.is_empty() {
        labelled("unknown", &escape::terminal(&failed.join(", ")), width, out)?;
    }
    Ok(())
}
