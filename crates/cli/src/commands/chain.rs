//! A key's chain as text: each key under the one that asked for it.

use std::collections::BTreeMap;
use std::io::{self, Write};

use crashcart_model::{LogText, Session, Timestamp};
use crashcart_report::{counted, labelled};

/// Keys shown; `--json` has all.
const SHOWN: usize = 30;
/// Deeper keys are not moved in further.
const DEPTH: usize = 4;

/// Prints the chain of a key that was asked about; nothing where the material does not know it.
pub fn text(chain: &[Session], id: &LogText, width: usize, out: &mut dyn Write) -> io::Result<()> {
    if chain.is_empty() {
        return Ok(());
    }
    writeln!(out, "\nCHAIN  each key under the one that asked for it")?;
    let mut depths: BTreeMap<&LogText, usize> = BTreeMap::new();
    for session in chain.iter().take(SHOWN) {
        let issued = session.issued_by.as_ref();
        let above = issued.and_then(|issued| depths.get(issued.key.as_ref()?));
        let depth = above.map_or(0, |above| (above + 1).min(DEPTH));
        depths.insert(&session.key, depth);
        let arrow = if depth == 0 { String::new() } else { format!("{}> ", "-".repeat(depth)) };
        let this = if session.key == *id { " (asked about)" } else { "" };
        let whose = session.principal.as_ref().map(LogText::raw).unwrap_or_default();
        let line = format!("{arrow}{}{this}, {} {whose}", session.key.raw(), session.identity);
        labelled("", line.trim_end(), width, out)?;
        if let Some(issued) = issued {
            labelled("  from", &from(issued), width, out)?;
        }
        session.unknown.iter().try_for_each(|text| labelled("  unknown", text, width, out))?;
        labelled("  used", &used(session), width, out)?;
    }
    let more = chain.len().saturating_sub(SHOWN) as u64;
    if more > 0 {
        writeln!(out, "{} more: --json has them", counted(more, "key"))?;
    }
    Ok(())
}

fn from(issued: &crashcart_model::Issuance) -> String {
    let mut line = issued.call.raw().to_owned();
    if let Some(by) = &issued.principal {
        line.push_str(&format!(" by {}", by.raw()));
    }
    if let Some(at) = issued.at {
        line.push_str(&format!(" at {at}"));
    }
    if issued.inferred {
        line.push_str(", inferred");
    }
    line.push_str(&format!(": {}", issued.because));
    line
}

fn used(session: &Session) -> String {
    if session.count == 0 {
        return "no call in this material".to_owned();
    }
    let time = |time: Option<Timestamp>| time.map_or("unknown".to_owned(), |time| time.to_string());
    let list = |texts: &[LogText]| {
        let shown: Vec<&str> = texts.iter().take(3).map(LogText::raw).collect();
        let more = texts.len().saturating_sub(3);
        let tail = if more > 0 { format!(" and {more} more") } else { String::new() };
        format!("{}{tail}", shown.join(", "))
    };
    format!(
        "{}, {} to {}, from {}, logged in {}; asked for {}",
        counted(session.count, "call"),
        time(session.first),
        time(session.last),
        list(&session.addresses),
        list(&session.regions),
        counted(session.child_count, "key"),
    )
}
