//! After damage: where may the next record begin?

use crashcart_model::Timestamp;

/// The longest sign of a beginning, in bytes.
pub(crate) const LONGEST: usize = 64;

/// First names of records as AWS and the exporters write them, and as sorting leaves them.
const FIRST: [&str; 6] = [
    "\"eventVersion\"",
    "\"EventId\"",
    "\"requestParameters\"",
    "\"awsRegion\"",
    "\"additionalEventData\"",
    "\"eventTime\"",
];

/// White space that may stand between a brace and the first name.
const INDENT: usize = 32;

/// The next place after the first byte where a record may begin: a brace with a known first name
/// or at the start of a line anywhere, a brace behind a comma or bracket from `weak` on.
pub(crate) fn next(text: &str, weak: usize) -> Option<usize> {
    memchr::memchr_iter(b'{', text.as_bytes()).find(|at| {
        let (before, after) = text.split_at(*at);
        *at > 0 && (before.ends_with('\n') || is_first(after) || *at >= weak && separated(before))
    })
}

fn is_first(after: &str) -> bool {
    let inner = after.as_bytes().get(1..).unwrap_or_default();
    let space = inner.iter().take(INDENT).take_while(|byte| byte.is_ascii_whitespace()).count();
    let name = inner.get(space..).unwrap_or_default();
    FIRST.iter().any(|first| name.starts_with(first.as_bytes()))
}

fn separated(before: &str) -> bool {
    let last = before.bytes().rev().find(|byte| !byte.is_ascii_whitespace());
    matches!(last, Some(b',' | b'[' | b'}'))
}

/// Whether the text in front of a record is a time, as log exports write it, and at most the name
/// of a log stream behind it.
pub(crate) fn is_time_prefix(prefix: &str) -> bool {
    let trimmed = prefix.trim_matches([' ', '\t', ',', ':', '"', '[', ']']);
    if trimmed.is_empty() {
        return false;
    }
    let stream = |name: &str| {
        // `[stream]`; its end was trimmed away above.
        let name = name.strip_prefix('[').unwrap_or(name);
        name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-./:".contains(&byte))
    };
    is_time(trimmed)
        || trimmed
            .rsplit_once([' ', '\t'])
            .is_some_and(|(time, name)| is_time(time.trim_end()) && stream(name))
}

fn is_time(text: &str) -> bool {
    Timestamp::parse(text).is_some()
        || text.len() >= 10 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Follows brackets and strings to the end of one value, piece by piece.
#[derive(Debug, Default)]
pub(crate) struct Brackets {
    open: u64,
    string: bool,
    escaped: bool,
    /// The last byte ended a line.
    line: bool,
}

impl Brackets {
    /// Where the value ends within `bytes`; none when it goes on. A brace at the start of a line
    /// is taken for the next record: of a value that is never closed only that much is lost.
    pub fn close(&mut self, bytes: &[u8]) -> Option<usize> {
        for (at, byte) in bytes.iter().enumerate() {
            if self.line && *byte == b'{' {
                return Some(at);
            }
            self.line = *byte == b'\n';
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
        assert_eq!(next("{\"a\":1},\n    {\n  \"eventVersion\"", 99), Some(13));
    }

    #[test]
    fn times_in_front_of_records_are_told_from_text() {
        for prefix in [
            "2023-07-10T12:32:49.000Z ",
            "2023-07-10 12:32:49\t",
            "1689000000000 ",
            "2023-07-10T12:32:49.000Z [stream] ",
            "2023-07-10T12:32:49.000Z [111122223333_CloudTrail_us-east-1]\t",
            "2026-05-03T02:13:00.123000+00:00 111122223333_CloudTrail_us-east-1 ",
        ] {
            assert!(is_time_prefix(prefix), "{prefix}");
        }
        for prefix in ["", " ", "error: ", "12 ", "2023-07-10T12:32:49Z some more words "] {
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

    #[test]
    fn a_value_that_is_never_closed_ends_where_the_next_line_begins_a_record() {
        let mut brackets = Brackets::default();
        assert_eq!(brackets.close(b"{\"a\":[\"never closed\n"), None);
        assert_eq!(brackets.close(b"{\"b\":1}"), Some(0));
    }
}
