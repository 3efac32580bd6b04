//! `crashcart investigate`

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::NonEmptyStringValueParser;
use crashcart_app::{
    AppError, Asked, Buckets, CaseRun, Filter, Inputs, Lookup, PassingCase, Pivot, Places,
    Question, Rules,
};
use crashcart_model::{Investigation, Level};
use crashcart_report::{Dot, Html, Json, Markdown, Mermaid, Text, Writer};

use crate::arguments::{AccountArguments, Bounds, RuleArguments, Scope, Show, level};
use crate::commands;
use crate::exit::Exit;
use crate::outputs::Outputs;
use crate::progress::{Asked as Asking, Shown};
use crate::terminal::{Terminal, say};

/// Tell what happened: who, how, what succeeded, what is still in place, what to cut first
///
/// Reads CloudTrail in every shape people receive it in, matches the rules, and prints the story
/// with the record that proves each line. Nothing is sent anywhere; only for s3:// and with --live is
/// an account asked.
///
/// Examples:
///   crashcart investigate ./AWSLogs
///   crashcart investigate export.json.gz --key AKIA... --json
///   crashcart investigate ./AWSLogs --finding guardduty.json
///   crashcart investigate s3://trail-logs/AWSLogs/ --since 2026-05-04 --until 2026-05-06 --profile incident
///   crashcart investigate --live --key AKIA... --case ./case --profile incident
///   crashcart investigate ./AWSLogs --case ./case --html report.html
#[derive(Debug, Args)]
#[command(verbatim_doc_comment)]
pub struct Investigate {
    /// Files, folders, archives (.zip, .tar, .tar.gz), s3://BUCKET/PREFIX, or - for standard input
    #[arg(value_name = "PATH", required_unless_present_any = ["case", "live"])]
    paths: Vec<PathBuf>,
    /// Ask the account too: LookupEvents of every region, for each --key and --principal, else
    /// everything that --since, --until and --region let through
    #[arg(long)]
    live: bool,
    #[command(flatten)]
    account: AccountArguments,
    #[command(flatten)]
    bounds: Bounds,
    #[command(flatten)]
    scope: Scope,
    /// Start from this access key id: whoever used it is told first (may be repeated); what others
    /// did is told too
    #[arg(long, value_name = "KEY-ID", value_parser = NonEmptyStringValueParser::new(), help_heading = "Start from")]
    key: Vec<String>,
    /// Start from this principal: an ARN, the name at its end, a principal id (may be repeated)
    #[arg(long, value_name = "PRINCIPAL", value_parser = NonEmptyStringValueParser::new(), help_heading = "Start from")]
    principal: Vec<String>,
    /// Start from this source address: whoever called from it is listed (may be repeated)
    #[arg(long, value_name = "ADDRESS", value_parser = NonEmptyStringValueParser::new(), help_heading = "Start from")]
    address: Vec<String>,
    /// Start from this instance, as i-0abc...: its sessions and who touched it (may be repeated)
    #[arg(long, value_name = "INSTANCE", value_parser = instance, help_heading = "Start from")]
    instance: Vec<String>,
    /// Start from what a finding names: JSON of GuardDuty, Macie or Security Hub (may be repeated)
    #[arg(long, value_name = "FILE", help_heading = "Start from")]
    finding: Vec<PathBuf>,
    #[command(flatten)]
    rules: RuleArguments,
    /// Keep everything in this case folder; running again adds what is new, and without a PATH
    /// investigates what it has
    #[arg(long, value_name = "DIR")]
    case: Option<PathBuf>,
    /// Copy the evidence into the case instead of naming where it lies
    #[arg(long, requires = "case")]
    copy_evidence: bool,
    /// What is known of the place [default: environment.toml, where there is one]
    #[arg(long, value_name = "FILE")]
    environment: Option<PathBuf>,
    /// Earlier logs, read only for what principals and keys did before: files, folders, archives
    /// (may be repeated)
    #[arg(long, value_name = "PATH")]
    baseline: Vec<PathBuf>,
    /// A MaxMind database (.mmdb) of countries or networks, for what is new about an address (may
    /// be repeated)
    #[arg(long, value_name = "FILE")]
    geoip: Vec<PathBuf>,
    /// One JSON document, schema crashcart.investigation/1
    #[arg(long, help_heading = "Output")]
    json: bool,
    /// Also write the report as one HTML file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    html: Option<PathBuf>,
    /// Also write the report as Markdown
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    markdown: Option<PathBuf>,
    /// Also write who reached what with which key as a graph: Graphviz for .dot or .gv, Mermaid
    /// for .mmd or .mermaid
    #[arg(long, value_name = "FILE", value_parser = graph, help_heading = "Output")]
    graph: Option<Graph>,
    /// Leave nothing out of the text
    #[arg(long, help_heading = "Output")]
    all: bool,
    /// End with 1 when a finding has this level or above
    #[arg(long, value_name = "LEVEL", value_parser = level, help_heading = "Output")]
    fail_on: Option<Level>,
    #[command(flatten)]
    show: Show,
}

/// Where a graph goes; the name's end says in which language.
#[derive(Debug, Clone)]
struct Graph {
    path: PathBuf,
    dot: bool,
}

fn graph(text: &str) -> Result<Graph, String> {
    let path = PathBuf::from(text);
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default();
    let dot = match &*end.to_ascii_lowercase() {
        "dot" | "gv" => true,
        "mmd" | "mermaid" => false,
        _ => {
            return Err("name it .dot or .gv for Graphviz, .mmd or .mermaid for Mermaid".to_owned());
        }
    };
    Ok(Graph { path, dot })
}

impl Investigate {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        self.outputs().check()?;
        let terminal = Terminal::look(self.show.local);
        let rules = Rules::load(&self.rules.options(self.bounds.threads()))?;
        commands::rules::warn(&rules.problems);
        let environment =
            commands::environment::load(self.environment.as_deref(), self.case.as_deref())?;
        let (open, filters) = (|| self.account.open(), self.scope.clone().into());
        let buckets = self.bounds.buckets(&filters, &open)?;
        let (inputs, options) = self.bounds.open(&self.paths, &filters, &buckets)?;
        let places = Places::open(&self.geoip)?;
        let baseline = self.baseline(&buckets)?;
        let asked = self.asked()?;
        let question = Question {
            rules: &rules,
            environment: &environment,
            pivot: asked.pivot,
            findings: asked.findings,
            baseline: baseline.as_ref().map(|inputs| &inputs.listing),
            places: places.as_ref(),
            sealed: Vec::new(),
            version: env!("CARGO_PKG_VERSION"),
        };
        let mut options = options.asking();
        options.given.extend(asked.given);
        options.given.extend(places.iter().flat_map(Places::given).cloned());
        let passing = self.live.then_some(()).filter(|()| self.case.is_none());
        let passing = passing.map(|()| PassingCase::new()).transpose()?;
        let case = self.case.clone().or_else(|| passing.as_ref().map(PassingCase::folder));
        if let Some(folder) = case.as_deref().filter(|_| self.live) {
            self.ask(folder, &options.filter, &terminal)?;
        }
        let shown = Shown::begin(terminal.live, self.show.quiet);
        let mut differs = Vec::new();
        let investigation = match &case {
            Some(folder) => {
                let run = CaseRun { folder, copy_evidence: self.copy_evidence, buckets: &buckets };
                let result = run.investigate(inputs, &options, shown.counters(), question)?;
                differs = result.differs;
                result.investigation
            }
            None => {
                crashcart_app::investigate(&inputs.listing, &options, shown.counters(), &question)
            }
        };
        drop(shown);
        differs.iter().for_each(|line| say(line));
        commands::tables::tell(&investigation.coverage);
        // What was found is shown even where a file cannot be written.
        let written = self.write_files(&investigation);
        self.print(&investigation, &terminal)?;
        written?;
        let worst = self.fail_on.is_some_and(|level| {
            investigation.findings.iter().any(|finding| finding.level >= level)
        });
        Ok(commands::exit(&investigation.coverage, worst))
    }

    /// Collects the account's event history into a case.
    fn ask(&self, folder: &Path, filter: &Filter, terminal: &Terminal) -> Result<(), AppError> {
        let keys = self.key.iter().cloned().map(Lookup::Key);
        let name = |principal: &String| principal.rsplit('/').next().map(str::to_owned);
        let names = self.principal.iter().filter_map(name).map(Lookup::User);
        let lookups: Vec<_> = keys.chain(names).collect();
        let door = match self.key.first() {
            Some(key) => self.account.open_for(key)?,
            None => self.account.open()?,
        };
        let asked = Asking::begin(terminal.live, self.show.quiet);
        let case = (folder, env!("CARGO_PKG_VERSION"));
        crashcart_app::collect_live(&door, case, (&lookups, filter), &|region, events| {
            asked.page(region, events);
        })
    }

    /// What is written, and everything that is read.
    fn outputs(&self) -> Outputs<'_> {
        let graph = self.graph.as_ref().map(|graph| &graph.path);
        let written = [
            ("--html", self.html.as_ref()),
            ("--markdown", self.markdown.as_ref()),
            ("--graph", graph),
        ];
        let here = || Some(PathBuf::from("environment.toml"));
        let mut read = self.paths.clone();
        for more in [&self.baseline, &self.finding, &self.geoip] {
            read.extend(more.iter().cloned());
        }
        read.extend(self.bounds.files());
        read.extend(self.rules.options(1).folders);
        read.extend(self.environment.clone().or_else(here));
        Outputs {
            written: written
                .into_iter()
                .filter_map(|(name, path)| Some((name, &**path?)))
                .collect(),
            read,
            case: self.case.as_deref(),
        }
    }

    /// Earlier logs, where some were named.
    fn baseline(&self, buckets: &Buckets<'_>) -> Result<Option<Inputs>, AppError> {
        if self.baseline.is_empty() {
            return Ok(None);
        }
        if self.baseline.iter().any(|path| path == Path::new("-")) {
            return Err(AppError::Request {
                what: "--baseline does not take standard input".to_owned(),
                hint: "write the earlier logs to a file, and name it",
            });
        }
        let buckets = buckets.of_all_days();
        let inputs = Inputs::find(&self.baseline, &mut std::io::empty(), &buckets)?;
        inputs.notes.iter().for_each(|note| say(note));
        Ok(Some(inputs))
    }

    /// What the story starts from: what was named, then what findings name.
    fn asked(&self) -> Result<Asked, AppError> {
        let mut asked = Asked {
            pivot: Pivot {
                keys: self.key.clone(),
                principals: self.principal.clone(),
                addresses: self.address.clone(),
                instances: self.instance.clone(),
                ..Pivot::default()
            },
            ..Asked::default()
        };
        for path in &self.finding {
            asked.merge(Asked::read(path)?);
        }
        Ok(asked)
    }

    fn write_files(&self, investigation: &Investigation) -> Result<(), AppError> {
        if let Some(path) = &self.html {
            crashcart_app::write_report(path, &Html, investigation)?;
        }
        if let Some(path) = &self.markdown {
            crashcart_app::write_report(path, &Markdown, investigation)?;
        }
        if let Some(Graph { path, dot }) = &self.graph {
            let writer: &dyn Writer = if *dot { &Dot } else { &Mermaid };
            crashcart_app::write_report(path, writer, investigation)?;
        }
        Ok(())
    }

    fn print(&self, investigation: &Investigation, terminal: &Terminal) -> Result<(), AppError> {
        let mut out = commands::output();
        let text = text(terminal, self.all);
        let writer: &dyn Writer = if self.json { &Json { pretty: true } } else { &text };
        writer.write(investigation, &mut out).and_then(|()| out.flush()).map_err(AppError::Output)
    }
}

fn instance(text: &str) -> Result<String, String> {
    let hex = |id: &str| id.bytes().all(|byte| byte.is_ascii_hexdigit());
    match text.strip_prefix("i-") {
        Some(id) if matches!(id.len(), 8 | 17) && hex(id) => Ok(text.to_owned()),
        _ => Err("not an instance id; write i- and 8 or 17 hexadecimal digits".to_owned()),
    }
}

/// The text writer for this terminal.
pub fn text(terminal: &Terminal, all: bool) -> Text {
    Text {
        width: terminal.width,
        colour: terminal.colour,
        zone: terminal.zone.clone(),
        limit: if all { usize::MAX } else { Text::default().limit },
    }
}
