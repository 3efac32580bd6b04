//! Keys with where they come from, and the graph of how far it reaches.

use std::io;

use crashcart_model::{Session, Story};

use super::{Sheet, listed, log, maybe, moment};
use crate::escape;
use crate::graph::{Graph, lines};
use crate::zone::{Zone, counted, number};

/// More rows than this are no summary any more; the JSON has all.
const ROWS: usize = 40;

impl<'a> Sheet<'a> {
    /// The graph; nothing where nobody is suspect.
    pub(super) fn graph(&mut self, story: &Story) -> io::Result<()> {
        let graph = Graph::of(story);
        if graph.edges.is_empty() {
            return Ok(());
        }
        self.heading("Blast radius")?;
        writeln!(self.out, "```mermaid")?;
        lines(&graph, self.out)?;
        writeln!(self.out, "```")?;
        match graph.note() {
            Some(note) => write!(self.out, "\n{note}\n"),
            None => Ok(()),
        }
    }

    pub(super) fn sessions(&mut self, story: &'a Story) -> io::Result<()> {
        if story.sessions.is_empty() {
            return Ok(());
        }
        self.heading("Keys and sessions")?;
        let rows: Vec<_> = story.sessions.iter().take(ROWS).map(|one| self.row(one)).collect();
        self.table(
            &[
                "Key",
                "Whose",
                "Account",
                "Where it comes from",
                "Calls",
                "When (UTC)",
                "From",
                "Evidence",
            ],
            rows,
        )?;
        let more = story.sessions.len().saturating_sub(ROWS) as u64 + story.sessions_not_listed;
        if more == 0 {
            return Ok(());
        }
        write!(self.out, "\n{} not listed here.\n", counted(more, "more key"))
    }

    fn row(&mut self, session: &'a Session) -> Vec<String> {
        let mut whence = Vec::new();
        if let Some(issued) = &session.issued_by {
            let by = issued.key.as_ref().or(issued.principal.as_ref()).map(log);
            let by = by.map(|by| format!(" by {by}")).unwrap_or_default();
            let at = issued.at.map(|at| format!(" at {}", moment(Some(at)))).unwrap_or_default();
            let inferred = if issued.inferred { ", inferred" } else { "" };
            let because = escape::markdown(&issued.because);
            whence.push(format!("{}{by}{at}{inferred}: {because}", log(&issued.call)));
        }
        whence.extend(session.unknown.iter().map(|text| escape::markdown(text)));
        let origins = session.issued_by.as_ref().map(|issued| issued.origins.as_slice());
        let origins = origins.filter(|origins| !origins.is_empty()).unwrap_or(&session.origins);
        vec![
            log(&session.key),
            format!(
                "{} {}",
                escape::markdown(&session.identity),
                maybe(session.principal.as_ref())
            ),
            maybe(session.account.as_ref()),
            whence.join("; "),
            number(session.count),
            Zone::Utc.span(session.first, session.last),
            listed(&session.addresses),
            self.cite(origins),
        ]
    }
}
