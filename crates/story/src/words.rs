//! Counts, sizes and lists in plain English. It must never show a count that is not exact without
//! saying so.

use crate::principal::plain;

/// `1 call`, `2 calls`; `ss` and `y` as English has them.
pub(crate) fn counted(count: u64, noun: &str) -> String {
    if count == 1 {
        return format!("1 {noun}");
    }
    match noun.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o'])) {
        Some(stem) => format!("{count} {stem}ies"),
        None if noun.ends_with('s') || noun.ends_with('x') || noun.ends_with("ch") => {
            format!("{count} {noun}es")
        }
        None => format!("{count} {noun}s"),
    }
}

/// The same for the length of something.
pub(crate) fn counted_len(count: usize, noun: &str) -> String {
    counted(u64::try_from(count).unwrap_or(u64::MAX), noun)
}

/// `is` or `are`, `was` or `were`: `one` for a single thing.
pub(crate) const fn verb(count: u64, one: &'static str, many: &'static str) -> &'static str {
    if count == 1 { one } else { many }
}

/// The first `most` texts, and how many more there are.
pub(crate) fn listed<'t>(texts: impl IntoIterator<Item = &'t str>, most: usize) -> String {
    listed_of(texts, most, true)
}

/// The same of texts that may not be all there are.
pub(crate) fn listed_of<'t>(
    texts: impl IntoIterator<Item = &'t str>,
    most: usize,
    whole: bool,
) -> String {
    let all: Vec<&str> = texts.into_iter().collect();
    let shown: Vec<String> = all.iter().take(most).map(|text| plain(text)).collect();
    let more = all.len() - shown.len();
    let shown = shown.join(", ");
    match (more, whole) {
        (0, true) => shown,
        (0, false) => format!("{shown} and more"),
        (more, true) => format!("{shown} and {more} more"),
        (more, false) => format!("{shown} and at least {more} more"),
    }
}

/// `178 bytes`, `3.4 MB`, `16 MB`: one digit behind the point below ten, nothing rounded up.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [(u64, &str); 4] =
        [(1_000_000_000_000, "TB"), (1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
    let Some((unit, name)) = UNITS.iter().find(|(unit, _)| bytes >= *unit) else {
        return counted(bytes, "byte");
    };
    let tenths = bytes / (unit / 10);
    if tenths < 100 {
        format!("{}.{} {name}", tenths / 10, tenths % 10)
    } else {
        format!("{} {name}", tenths / 10)
    }
}

/// What was read: `3 secrets`; of what cannot be counted `Lambda code of 2 resources`.
pub(crate) fn read(kind: &str, count: usize) -> String {
    const MASS: [&str; 6] = ["code", "data", "output", "credentials", "results", "access"];
    let last = kind.rsplit(' ').next().unwrap_or(kind);
    if MASS.contains(&last) {
        format!("{kind} of {}", counted_len(count, "resource"))
    } else {
        counted_len(count, kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_singular_and_anything_else_plural() {
        assert_eq!(counted(1, "suspect"), "1 suspect");
        assert_eq!(counted(0, "call"), "0 calls");
        assert_eq!(counted(2, "bucket policy"), "2 bucket policies");
        assert_eq!(counted(2, "access key"), "2 access keys");
        assert_eq!(counted(3, "address"), "3 addresses");
        assert_eq!(counted(2, "stretch"), "2 stretches");
        assert_eq!(read("secret", 3), "3 secrets");
        assert_eq!(read("Lambda code", 1), "Lambda code of 1 resource");
    }

    #[test]
    fn sizes_and_lists_are_short() {
        assert_eq!(size(1), "1 byte");
        assert_eq!(size(178), "178 bytes");
        assert_eq!(size(3_490_000), "3.4 MB");
        assert_eq!(size(16_930_000), "16 MB");
        assert_eq!(listed(["a", "b", "c"], 2), "a, b and 1 more");
        assert_eq!(listed(["a", "b"], 2), "a, b");
        assert_eq!(listed_of(["a", "b", "c"], 2, false), "a, b and at least 1 more");
    }
}
