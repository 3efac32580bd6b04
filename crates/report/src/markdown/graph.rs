//! Who reached what, as a Mermaid graph: solid lines for what had an effect, dotted ones for what
//! was only tried. Labels are quoted and escaped; names of nodes are numbers of ours.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crashcart_model::{LogText, Outcome, Story};

use super::Sheet;
use crate::escape;
use crate::zone::{counted, number};

/// More lines than this cannot be read.
const LINES: usize = 40;

/// Longer labels are cut.
const LABEL: usize = 60;

/// What one principal did to one target.
#[derive(Default)]
struct Reached {
    done: u64,
    tried: u64,
}

impl Sheet<'_> {
    /// The graph of suspects and their targets; nothing where no step has a target.
    pub(super) fn graph(&mut self, story: &Story) -> io::Result<()> {
        let mut edges: BTreeMap<(&LogText, &LogText), Reached> = BTreeMap::new();
        let suspected =
            |actor: &LogText| story.suspects.iter().any(|suspect| suspect.principal == *actor);
        for step in story.steps.iter().filter(|step| suspected(&step.actor)) {
            let Some(target) = step.target.as_ref().filter(|target| !target.is_empty()) else {
                continue;
            };
            let reached = edges.entry((&step.actor, target)).or_default();
            match step.outcome {
                Outcome::Done => reached.done += step.count,
                Outcome::Denied | Outcome::Failed | Outcome::Unknown => reached.tried += step.count,
            }
        }
        if edges.is_empty() {
            return Ok(());
        }
        self.heading("Blast radius")?;
        writeln!(self.out, "```mermaid\ngraph LR")?;
        let mut nodes = Nodes::default();
        for ((actor, target), reached) in edges.iter().take(LINES) {
            let from = nodes.name(actor, self.out)?;
            let to = nodes.name(target, self.out)?;
            if reached.done > 0 {
                writeln!(self.out, "  {from} -->|\"{} done\"| {to}", number(reached.done))?;
            }
            if reached.tried > 0 {
                writeln!(
                    self.out,
                    "  {from} -.->|\"{} without known effect\"| {to}",
                    number(reached.tried)
                )?;
            }
        }
        writeln!(self.out, "```")?;
        let more = edges.len().saturating_sub(LINES) as u64;
        if more > 0 {
            write!(self.out, "\n{} not drawn; the JSON has all.\n", counted(more, "line"))?;
        }
        Ok(())
    }
}

/// The nodes drawn so far.
#[derive(Default)]
struct Nodes<'a>(BTreeMap<&'a LogText, usize>);

impl<'a> Nodes<'a> {
    /// The node's name; draws it when it is new.
    fn name(&mut self, text: &'a LogText, out: &mut dyn Write) -> io::Result<String> {
        let next = self.0.len() + 1;
        let number = *self.0.entry(text).or_insert(next);
        let name = format!("n{number}");
        if number == next {
            writeln!(out, "  {name}[\"{}\"]", label(text))?;
        }
        Ok(name)
    }
}

fn label(text: &LogText) -> String {
    let short: String = text.raw().chars().take(LABEL).collect();
    let dots = if short.len() < text.raw().len() { " ..." } else { "" };
    format!("{}{dots}", escape::mermaid(&short))
}
