//! `crashcart environment`

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use crashcart_app::AppError;
use crashcart_model::Environment as Known;

use crate::arguments::{MaterialArguments, Show};
use crate::commands;
use crate::exit::Exit;
use crate::outputs::Outputs;
use crate::progress::Shown;
use crate::terminal::{Terminal, say};

/// Write down what is known of the place: accounts, responders, automation, crown jewels
#[derive(Debug, Args)]
pub struct Environment {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Write a first environment.toml from the material, for you to correct
    Init(Init),
}

#[derive(Debug, Args)]
struct Init {
    #[command(flatten)]
    material: MaterialArguments,
    /// Where to write it; an existing file is never overwritten
    #[arg(long, value_name = "FILE", default_value = "environment.toml")]
    output: PathBuf,
    #[command(flatten)]
    show: Show,
}

impl Environment {
    /// Carries it out.
    pub fn run(&self) -> Result<Exit, AppError> {
        let What::Init(init) = &self.what;
        init.outputs().check()?;
        let (inputs, options) = init.material.open()?;
        let shown = Shown::begin(Terminal::look(false).live, init.show.quiet);
        let coverage = crashcart_app::environment_init(
            &inputs.listing,
            &options,
            shown.counters(),
            &init.output,
        )?;
        drop(shown);
        commands::tell_gaps(&coverage);
        let path = init.output.display();
        say(&format!("wrote {path}: read it and correct it before you rely on it"));
        Ok(commands::exit(&coverage, false))
    }
}

impl Init {
    /// What is written, and everything that is read.
    fn outputs(&self) -> Outputs<'_> {
        let read = self.material.paths.iter().cloned().chain(self.material.bounds.files());
        Outputs { written: vec![("--output", &self.output)], read: read.collect(), case: None }
    }
}

/// Loads what is known of the place, and says from which file: it decides who is not accused.
pub fn load(named: Option<&Path>, case: Option<&Path>) -> Result<Known, AppError> {
    let (environment, found) = crashcart_app::load_environment(named, case)?;
    if let Some(path) = found {
        say(&format!("environment: {}", path.display()));
    }
    Ok(environment)
}
