//! Lists for people: texts of others cut to a length that can be read, and the first of many.

use std::borrow::Cow;

/// Texts of a list that are shown.
const SHOWN: usize = 40;
/// Characters of a text that are shown.
const LONGEST: usize = 80;

/// A text of which 80 characters are shown at most; a longer one ends in an ellipsis.
pub fn brief(text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(LONGEST) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}\u{2026}", text.get(..end).unwrap_or_default())),
    }
}

/// A text in quotes, with what would not show escaped; one of more than 80 characters ends in an
/// ellipsis.
pub fn quoted(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        None => format!("{text:?}"),
        Some((end, _)) => format!("{:?}\u{2026}", text.get(..end).unwrap_or_default()),
    }
}

/// `a, b, c and 5 more`: forty at most.
pub fn listed(texts: impl IntoIterator<Item = String>) -> String {
    let mut texts = texts.into_iter();
    let shown: Vec<String> = texts.by_ref().take(SHOWN).collect();
    let shown = shown.join(", ");
    match texts.count() {
        0 => shown,
        more => format!("{shown} and {} more", crate::zone::number(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_of_long_texts_stays_short_and_says_so() {
        assert_eq!(listed(["a", "b"].map(quoted)), "\"a\", \"b\"");
        assert_eq!(quoted(&"é".repeat(80)), format!("\"{}\"", "é".repeat(80)));
        assert_eq!(quoted(&"é".repeat(81)), format!("\"{}\"\u{2026}", "é".repeat(80)));
        let many = listed((0..60_000).map(|number| number.to_string()));
        assert!(many.starts_with("0, 1, ") && many.ends_with(", 39 and 59,960 more"), "{many}");
    }
}
