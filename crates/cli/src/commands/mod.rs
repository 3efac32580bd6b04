//! The commands, one file each. Add one: copy a neighbour, list it here twice.

mod apply;
mod case;
mod chain;
mod collect;
mod contain;
mod demo;
mod detect;
mod environment;
mod investigate;
mod live;
mod permissions;
mod plan;
mod plans;
mod respond;
mod resume;
mod revert;
mod rules;
mod search;
mod selftest;
mod stats;
mod tables;
mod timeline;
mod whois;

use clap::Subcommand;
use crashcart_app::AppError;

use crate::exit::Exit;
use crate::terminal::say;

/// What crashcart can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    Investigate(Box<investigate::Investigate>),
    Detect(detect::Detect),
    Timeline(timeline::Timeline),
    Stats(stats::Stats),
    Search(search::Search),
    Whois(whois::Whois),
    Collect(collect::Collect),
    Contain(contain::Contain),
    Apply(apply::Apply),
    Respond(Box<respond::Respond>),
    Revert(revert::Revert),
    Resume(resume::ResumeRun),
    Plan(plan::Plan),
    Selftest(selftest::SelftestRun),
    Permissions(permissions::Permissions),
    Rules(rules::Rules),
    Case(case::Case),
    Environment(environment::Environment),
    Demo(demo::Demo),
}

impl Command {
    /// Carries the command out.
    pub fn run(&self) -> Result<Exit, AppError> {
        match self {
            Command::Investigate(command) => command.run(),
            Command::Detect(command) => command.run(),
            Command::Timeline(command) => command.run(),
            Command::Stats(command) => command.run(),
            Command::Search(command) => command.run(),
            Command::Whois(command) => command.run(),
            Command::Collect(command) => command.run(),
            Command::Contain(command) => command.run(),
            Command::Apply(command) => command.run(),
            Command::Respond(command) => command.run(),
            Command::Revert(command) => command.run(),
            Command::Resume(command) => command.run(),
            Command::Plan(command) => command.run(),
            Command::Selftest(command) => command.run(),
            Command::Permissions(command) => command.run(),
            Command::Rules(command) => command.run(),
            Command::Case(command) => command.run(),
            Command::Environment(command) => command.run(),
            Command::Demo(command) => command.run(),
        }
    }
}

/// Standard output, buffered.
pub fn output() -> std::io::BufWriter<std::io::StdoutLock<'static>> {
    std::io::BufWriter::with_capacity(1 << 16, std::io::stdout().lock())
}

/// What a command ends with that did more than print: what it did counts, whoever stopped listening.
/// A result that could not be written for another reason is told, and counts where it is graver.
pub fn ended(exit: Exit, printed: std::io::Result<()>) -> Exit {
    match printed.map_err(AppError::Output) {
        Err(error) if !error.is_broken_pipe() => {
            crate::report(&error);
            exit.or(Exit::of(&error))
        }
        _ => exit,
    }
}

/// What gaps and findings mean for the exit code.
pub fn exit(coverage: &crashcart_model::Coverage, worst: bool) -> Exit {
    let earlier = coverage.baseline.as_ref().map_or(0, |baseline| baseline.gap_count);
    let gaps = if coverage.gap_count + earlier > 0 { Exit::Gaps } else { Exit::Done };
    if worst { gaps.or(Exit::Findings) } else { gaps }
}

/// Says how tables were read and names what could not be read, for commands whose output has no place for it.
pub fn tell_gaps(coverage: &crashcart_model::Coverage) {
    tables::tell(coverage);
    for line in gap_lines(coverage) {
        say(&format!("gap: {line}"));
    }
}

/// What could not be read, a line each; how many more there are is the last.
pub fn gap_lines(coverage: &crashcart_model::Coverage) -> Vec<String> {
    const SHOWN: usize = 10;
    let line = |gap: &crashcart_model::Gap| {
        let size = gap.size.map_or("unknown size".to_owned(), |size| format!("{size} bytes"));
        let (path, offset, reason) = (&gap.path, gap.offset, gap.reason.words());
        format!("{path} at {offset}, {size}: {reason}: {}", gap.detail)
    };
    let mut lines: Vec<String> = coverage.gaps.iter().take(SHOWN).map(line).collect();
    let more = coverage.gap_count.saturating_sub(SHOWN as u64);
    if more > 0 {
        lines.push(format!("{more} more: investigate --json lists them"));
    }
    lines
}
