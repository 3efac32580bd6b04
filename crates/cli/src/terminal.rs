//! What the terminal is like, and what was asked of it: the one place that reads the environment.

use std::io::{IsTerminal, Write};

use crashcart_report::{Zone, escape};

/// Says one line on standard error. Whoever closed it does not want to hear, which is no failure.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{}", escape::terminal(line));
}

/// How to show things to people.
#[derive(Debug, Clone)]
pub struct Terminal {
    /// Columns.
    pub width: usize,
    /// Whether colour helps.
    pub colour: bool,
    /// Whether progress can be redrawn in place.
    pub live: bool,
    /// In which zone times are shown.
    pub zone: Zone,
}

impl Terminal {
    /// Looks at the terminal. Colour only there, and not where NO_COLOR is set
    /// (<https://no-color.org>).
    #[allow(clippy::disallowed_methods, reason = "the one place that reads the environment")]
    pub fn look(local: bool) -> Self {
        let told = std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        let seen = || terminal_size::terminal_size().map(|(width, _)| usize::from(width.0));
        let columns = told.or_else(seen);
        let set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let plain = set("NO_COLOR") || std::env::var("TERM").is_ok_and(|term| term == "dumb");
        Self {
            width: columns.filter(|columns| (40..=400).contains(columns)).unwrap_or(80),
            colour: std::io::stdout().is_terminal() && !plain,
            live: std::io::stderr().is_terminal(),
            zone: if local { Zone::Local(jiff::tz::TimeZone::system()) } else { Zone::Utc },
        }
    }
}
