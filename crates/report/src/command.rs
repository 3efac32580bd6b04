//! Commands that a responder will copy. Must never show one that would not paste as it looks.

use crate::escape;

/// The command, if every character of it shows as itself.
///
/// A name with a line break or a hidden character cannot be pasted safely, however well it is
/// quoted: then there is no command to copy, only [`UNSAFE`].
pub(crate) fn copyable(command: &str) -> Option<&str> {
    (escape::terminal(command) == command).then_some(command)
}

/// What stands in place of a command that must not be pasted.
pub(crate) const UNSAFE: &str =
    "the command holds characters that cannot be shown: take it from --json with care";

/// The command over several lines of at most `width`, continued with a backslash; broken only
/// between words of the shell, never within quotes.
pub(crate) fn lines(command: &str, width: usize) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    for word in words(command) {
        let columns = unicode_width::UnicodeWidthStr::width(line.as_str())
            + unicode_width::UnicodeWidthStr::width(word);
        // Room for the space before and the continuation after.
        if !line.is_empty() && columns + 3 > width {
            line.push_str(" \\");
            lines.push(std::mem::take(&mut line));
            line.push_str("  ");
        } else if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    lines.push(line);
    lines
}

/// The words of a command line as a POSIX shell splits them, quotes left in place.
fn words(command: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut start = 0;
    let mut quote: Option<char> = None;
    let mut escaped = false;
    for (at, character) in command.char_indices() {
        match (quote, character) {
            _ if escaped => escaped = false,
            (Some('"') | None, '\\') => escaped = true,
            (Some(open), _) if open == character => quote = None,
            (None, '\'' | '"') => quote = Some(character),
            (None, ' ') => {
                words.extend(command.get(start..at).filter(|word| !word.is_empty()));
                start = at + 1;
            }
            _ => {}
        }
    }
    words.extend(command.get(start..).filter(|word| !word.is_empty()));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_command_continues_between_words_and_never_within_quotes() {
        let command = "aws iam update-access-key --user-name 'a b  c' --access-key-id AKIAX --status Inactive";
        assert_eq!(
            lines(command, 40),
            [
                "aws iam update-access-key --user-name \\",
                "  'a b  c' --access-key-id AKIAX \\",
                "  --status Inactive"
            ]
        );
        assert_eq!(lines("short", 40), ["short"]);
    }

    #[test]
    fn a_quote_within_a_quoted_name_does_not_end_the_word() {
        assert_eq!(words(r"a 'b'\''c d' e\ f"), ["a", r"'b'\''c d'", r"e\ f"]);
    }

    #[test]
    fn a_command_with_hidden_characters_is_not_offered() {
        assert_eq!(copyable("aws iam list-users"), Some("aws iam list-users"));
        assert_eq!(copyable("aws iam delete-user --user-name 'a\nb'"), None);
        assert_eq!(copyable("echo '\u{202e}'"), None);
    }
}
