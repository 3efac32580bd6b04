//! Which rules are used.

use std::path::PathBuf;

use clap::Args;
use crashcart_app::RuleOptions;
use crashcart_model::Level;
use crashcart_sigma::Selection;

/// Rules.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Rules")]
pub struct RuleArguments {
    /// A folder or file of Sigma rules beside the built-in pack (may be repeated)
    #[arg(long, value_name = "DIR")]
    rules: Vec<PathBuf>,
    /// Leave the built-in pack out
    #[arg(long)]
    no_pack: bool,
    /// Only rules of this level and above: informational, low, medium, high, critical
    #[arg(long, value_name = "LEVEL", value_parser = level)]
    min_level: Option<Level>,
    /// Only rules with this tag, such as attack.persistence (may be repeated)
    #[arg(long, value_name = "TAG")]
    tag: Vec<String>,
    /// Not this rule, by id or name (may be repeated)
    #[arg(long, value_name = "RULE")]
    exclude: Vec<String>,
}

impl RuleArguments {
    /// As the use cases take them; read on so many threads.
    pub fn options(&self, threads: usize) -> RuleOptions {
        RuleOptions {
            threads,
            folders: self.rules.clone(),
            without_pack: self.no_pack,
            selection: Selection {
                min_level: self.min_level,
                tags: self.tag.clone(),
                exclude: self.exclude.clone(),
            },
        }
    }
}

/// Reads a level.
pub fn level(word: &str) -> Result<Level, String> {
    Level::parse(word).ok_or_else(|| "one of informational, low, medium, high, critical".to_owned())
}
