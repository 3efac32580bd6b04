//! The graph in the DOT language of Graphviz.

use std::io::{self, Write};

use crashcart_model::Investigation;

use super::{Kind, graph, label};
use crate::{Writer, escape};

/// A digraph for `dot -Tsvg`.
#[derive(Debug, Clone, Copy, Default)]
pub struct Dot;

impl Writer for Dot {
    fn write(&self, investigation: &Investigation, out: &mut dyn Write) -> io::Result<()> {
        let graph = graph(investigation);
        writeln!(out, "digraph crashcart {{\n  rankdir=LR;\n  node [shape=box];")?;
        for (number, (kind, text)) in (1..).zip(&graph.nodes) {
            let number: usize = number;
            let label = escape::dot(&label(*kind, text));
            writeln!(out, "  n{number} [label=\"{label}\", shape={}];", shape(*kind))?;
        }
        for edge in &graph.edges {
            let style = if edge.solid { "solid" } else { "dashed" };
            let label = escape::dot(&edge.label);
            writeln!(out, "  n{} -> n{} [label=\"{label}\", style={style}];", edge.from, edge.to)?;
        }
        if let Some(note) = graph.note() {
            writeln!(out, "  n0 [label=\"{}\", shape=plaintext];", escape::dot(&note))?;
        }
        writeln!(out, "}}")
    }
}

const fn shape(kind: Kind) -> &'static str {
    match kind {
        Kind::Key => "cds",
        Kind::Principal => "box",
        Kind::Account => "folder",
        Kind::Resource => "ellipse",
    }
}
