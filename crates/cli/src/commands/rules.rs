//! `crashcart rules`

use std::io::Write;
use std::path::PathBuf;

use clap::{Args, Subcommand};
use crashcart_app::AppError;
use crashcart_report::{Column, counted, escape, json_document, table};
use crashcart_sigma::{Problem, Severity};

use crate::arguments::RuleArguments;
use crate::commands;
use crate::exit::Exit;
use crate::terminal::{Terminal, say};

/// Check and list Sigma rules
#[derive(Debug, Args)]
pub struct Rules {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Lint rules: file, line, column, what is wrong, and a hint
    Check {
        /// Rule files or folders
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,
        /// As a JSON array
        #[arg(long)]
        json: bool,
    },
    /// List the rules that would be used
    List {
        #[command(flatten)]
        rules: RuleArguments,
        /// As a JSON array
        #[arg(long)]
        json: bool,
    },
}

impl Rules {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        match &self.what {
            What::Check { paths, json } => check(paths, *json),
            What::List { rules, json } => list(rules, *json),
        }
    }
}

fn check(paths: &[PathBuf], json: bool) -> Result<Exit, AppError> {
    let problems = crashcart_app::check_rules(paths)?;
    let errors = problems.iter().filter(|problem| problem.severity == Severity::Error).count();
    let warnings = problems.iter().filter(|problem| problem.severity == Severity::Warning).count();
    let mut out = commands::output();
    let print = |out: &mut dyn Write| {
        if json {
            return json_document(&problems, true, out);
        }
        for problem in &problems {
            writeln!(out, "{}", line(problem))?;
        }
        writeln!(
            out,
            "{}, {}",
            counted(errors as u64, "error"),
            counted(warnings as u64, "warning")
        )
    };
    print(&mut out).and_then(|()| out.flush()).map_err(AppError::Output)?;
    Ok(if errors > 0 { Exit::BadRequest } else { Exit::Done })
}

fn list(rules: &RuleArguments, json: bool) -> Result<Exit, AppError> {
    let rules = crashcart_app::Rules::load(&rules.options(1))?;
    warn(&rules.problems);
    let mut metas: Vec<_> = rules.metas().iter().filter(|meta| !meta.hidden).collect();
    metas.sort_by(|a, b| (b.level, &a.name, &a.id).cmp(&(a.level, &b.name, &b.id)));
    let mut out = commands::output();
    let print = |out: &mut dyn Write| {
        if json {
            return json_document(&metas, true, out);
        }
        let columns = [Column::text("level"), Column::text("name"), Column::text("title")];
        let rows: Vec<Vec<&str>> = metas
            .iter()
            .map(|meta| vec![meta.level.word(), meta.name.as_str(), meta.title.as_str()])
            .collect();
        table(&columns, &rows, Terminal::look(false).width, out)?;
        writeln!(out, "{}", counted(metas.len() as u64, "rule"))
    };
    print(&mut out).and_then(|()| out.flush()).map_err(AppError::Output)?;
    Ok(Exit::Done)
}

fn line(problem: &Problem) -> String {
    let Problem { path, line, column, severity, message, hint } = problem;
    let text = format!("{path}:{line}:{column}: {}: {message}", severity.word());
    let hint = hint.as_ref().map(|hint| format!("\n  hint: {}", escape::terminal(hint)));
    escape::terminal(&text).into_owned() + &hint.unwrap_or_default()
}

/// Rules that could not be used are named before anything else is said.
pub fn warn(problems: &[Problem]) {
    const SHOWN: usize = 10;
    for problem in problems.iter().filter(|problem| problem.path.is_empty()) {
        say(&format!("{}: {}", problem.severity.word(), problem.message));
        if let Some(hint) = &problem.hint {
            say(&format!("  hint: {hint}"));
        }
    }
    let skipped: Vec<_> =
        problems.iter().filter(|p| p.severity == Severity::Error && !p.path.is_empty()).collect();
    for problem in skipped.iter().take(SHOWN) {
        format!("rule skipped: {}", line(problem)).lines().for_each(say);
    }
    if skipped.len() > SHOWN {
        let more = skipped.len() - SHOWN;
        say(&format!("{more} more rules skipped: `crashcart rules check` names all"));
    }
}
