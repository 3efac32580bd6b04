//! The coverage in sentences, the same for every medium. Must never escape: the writers do.

use crashcart_model::{Baseline, Coverage, Gap, LogText};

use crate::zone::{Zone, counted, number, size};

/// Accounts and regions are named up to so many, then counted.
const NAMED: usize = 2;

/// What was read, in one line.
pub(crate) fn read(coverage: &Coverage, zone: &Zone) -> String {
    let read = format!(
        "{} in {} ({}), {} ({}), {}, {}",
        counted(coverage.events, "event"),
        counted(coverage.files, "file"),
        size(coverage.bytes),
        zone.window(coverage.first, coverage.last),
        zone.name(coverage.first),
        named(&coverage.accounts, "account"),
        named(&coverage.regions, "region"),
    );
    match &coverage.baseline {
        Some(baseline) => format!("{read}; {}", history(baseline, zone)),
        None => read,
    }
}

/// What the verdict and the story are about, where the responder asked for a part only.
pub(crate) fn filtered(coverage: &Coverage) -> Option<String> {
    let parts: Vec<&str> = coverage.filtered_by.iter().map(LogText::raw).collect();
    (!parts.is_empty())
        .then(|| format!("filtered by {}: the rest was read and not judged", parts.join("; ")))
}

/// Earlier logs that nothing but history was taken from.
fn history(baseline: &Baseline, zone: &Zone) -> String {
    let gaps = match baseline.gap_count {
        0 => String::new(),
        gaps => format!(" ({} of it not read)", counted(gaps, "stretch")),
    };
    format!(
        "besides, as history only: {} in {}, {}{gaps}",
        counted(baseline.events, "event"),
        counted(baseline.files, "file"),
        zone.window(baseline.first, baseline.last),
    )
}

/// Deliveries that were not counted again, and records that lack something.
pub(crate) fn folded(coverage: &Coverage) -> Vec<String> {
    [
        (coverage.duplicates, "delivered again and counted once"),
        (coverage.shared, "for a second account and counted once"),
        (coverage.addenda, "as corrections of earlier events"),
        (coverage.without_time, "without a time, kept"),
        (coverage.without_id, "without an id, kept"),
    ]
    .iter()
    .filter(|(count, _)| *count > 0)
    .map(|(count, what)| format!("{} {what}", number(*count)))
    .collect()
}

/// A gap in one sentence.
pub(crate) fn gap(gap: &Gap) -> String {
    let extent = gap.size.map_or_else(|| "size unknown".to_owned(), |bytes| counted(bytes, "byte"));
    let detail = if gap.detail.is_empty() { String::new() } else { format!("; {}", gap.detail) };
    let reason = gap.reason.words();
    format!("{} from byte {}, {extent}: {reason}{detail}", gap.path, number(gap.offset))
}

/// `account 111122223333`, `2 accounts`.
fn named(names: &[LogText], one: &str) -> String {
    if names.is_empty() || names.len() > NAMED {
        return counted(names.len() as u64, one);
    }
    let list: Vec<&str> = names.iter().map(LogText::raw).collect();
    let plural = if names.len() == 1 { "" } else { "s" };
    format!("{one}{plural} {}", list.join(" and "))
}
