//! The graph as Mermaid, which tickets and wikis draw.

use std::io::{self, Write};

use crashcart_model::Investigation;

use super::{Graph, graph, label};
use crate::{Writer, escape};

/// A Mermaid flow chart.
#[derive(Debug, Clone, Copy, Default)]
pub struct Mermaid;

impl Writer for Mermaid {
    fn write(&self, investigation: &Investigation, out: &mut dyn Write) -> io::Result<()> {
        let graph = graph(investigation);
        lines(&graph, out)?;
        match graph.note() {
            Some(note) => writeln!(out, "  n0[\"{}\"]", escape::mermaid(&note)),
            None => Ok(()),
        }
    }
}

/// The chart's own lines.
pub(crate) fn lines(graph: &Graph<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "graph LR")?;
    for (number, (kind, text)) in (1..).zip(&graph.nodes) {
        let number: usize = number;
        writeln!(out, "  n{number}[\"{}\"]", escape::mermaid(&label(*kind, text)))?;
    }
    for edge in &graph.edges {
        let arrow = if edge.solid { "-->" } else { "-.->" };
        let label = escape::mermaid(&edge.label);
        writeln!(out, "  n{} {arrow}|\"{label}\"| n{}", edge.from, edge.to)?;
    }
    Ok(())
}
