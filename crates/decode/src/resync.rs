//! After damage: where may the next record begin?

use crashcart_model::Timestamp;
use memchr::memmem;

/// The longest sign of a beginning, in bytes.
pub(crate) const LONGEST: usize = 32;

/// How records begin as AWS and the exporters write them.
const BEGINNINGS: [&str; 4] =
    ["{\"eventVersion\"", "{ \"eventVersion\"", "{\"EventId\"", "{\"requestParameters\""];

/// The next place after the first byte where a record may begin: a known beginning or a brace at
/// the start of a line anywhere, a brace behind a comma or bracket from `weak` on.
pub(crate) fn next(text: &str, weak: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    let rest = bytes.get(1..)?;
    let known = BEGINNINGS.iter().filter_map(|sign| memmem::find(rest, sign.as_bytes())).min();
    let line = memmem::find_iter(rest, b"\n{").next().map(|at| at + 1);
    let strong = known.into_iter().chain(line).min().map(|at| at + 1);
    let from = weak.max(1);
    let until = strong.unwrap_or(bytes.len());
    let weak = memchr::memchr_iter(b'{', bytes.get(from..until).unwrap_or_default())
        .map(|at| at + from)
        .find(|at| {
            let before = bytes.get(..*at).unwrap_or_default();
            let before = before.iter().rev().find(|byte| !byte.is_ascii_whitespace());
            matches!(before, Some(b',' | b'[' | b'}'))
        });
    weak.into_iter().chain(strong).min()
}

/// Whether the text in front of a record is nothing but a time, as log exports write it.
pub(crate) fn is_time_prefix(prefix: &str) -> bool {
    let trimmed = prefix.trim_matches([' ', '\t', ',', ':', '"', '[', ']']);
    !trimmed.is_empty()
        && (Timestamp::parse(trimmed).is_some()
            || trimmed.len() >= 10 && trimmed.bytes().all(|byte| byte.is_ascii_digit()))
}

/// Follows brackets and strings to the end of one value, piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Brackets {
    open: u64,
    string: bool,
    escaped: bool,
}

impl Brackets {
    /// Where the value ends within `bytes`; none when it goes on.
    pub fn close(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            if self.string {
                match byte {
                    _ if self.escaped => self.escaped = false,
                    b'\\' => self.escaped = true,
                    b'"' => self.string = false,
                    _ => {}
                }
            } else {
                match byte {
                    b'"' => self.string = true,
                    b'{' | b'[' => self.open += 1,
                    b'}' | b']' => self.open = self.open.saturating_sub(1),
                    _ => continue,
                }
            }
            if self.open == 0 && !self.string {
                return Some(at + 1);
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nested_object_is_no_beginning_but_a_line_and_a_known_name_are() {
        assert_eq!(next(r#"{"a":{"b":1}}"#, 1), None);
        assert_eq!(next("{\"a\":\n{\"b\":1}", 1), Some(6));
        assert_eq!(next(r#"x{"eventVersion":1"#, 1), Some(1));
        assert_eq!(next(r#"{"a":1},{"b"#, 7), Some(8));
    }

    #[test]
    fn times_in_front_of_records_are_told_from_text() {
        for prefix in ["2023-07-10T12:32:49.000Z ", "2023-07-10 12:32:49\t", "1689000000000 "] {
            assert!(is_time_prefix(prefix), "{prefix}");
        }
        for prefix in ["", " ", "error: ", "12 "] {
            assert!(!is_time_prefix(prefix), "{prefix}");
        }
    }

    #[test]
    fn brackets_are_followed_across_pieces() {
        let text = r#"{"a":"}\"","b":[{}]} tail"#;
        for cut in 1..text.len() - 5 {
            let mut brackets = Brackets::default();
            let (head, tail) = text.as_bytes().split_at(cut);
            let end = brackets.close(head).or_else(|| brackets.close(tail).map(|at| at + cut));
            assert_eq!(end, Some(20), "{cut}");
        }
    }
}
