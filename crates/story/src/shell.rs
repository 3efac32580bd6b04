//! Command lines for a POSIX shell, built so that nothing a log wrote can become part of the
//! command: each value is quoted whole, and a value that cannot be trusted on a terminal makes the
//! command none.

/// Values that the AWS CLI takes for the place of a file to load (AWS CLI User Guide, "Loading a
/// parameter from a file").
const LOADED: [&str; 4] = ["file://", "fileb://", "http://", "https://"];

/// Quotes a value; none where it holds anything but printable ASCII, or would be loaded from a file.
pub fn quote(value: &str) -> Option<String> {
    if LOADED.iter().any(|scheme| value.starts_with(scheme)) {
        return None;
    }
    let printable = |byte: u8| (0x20..0x7f).contains(&byte);
    value.bytes().all(printable).then(|| format!("'{}'", value.replace('\'', r"'\''")))
}

/// An AWS CLI command line: `operation` is ours, each option's value is quoted and bound to its
/// name with `=`, so that it cannot be taken for an option. None where a value is empty or refused.
pub fn aws(operation: &str, options: &[(&str, &str)]) -> Option<String> {
    let mut command = format!("aws {operation}");
    for (name, value) in options {
        if value.is_empty() {
            return None;
        }
        command.push_str(&format!(" --{name}={}", quote(value)?));
    }
    Some(command)
}

/// The same, with a region where one is known.
pub(crate) fn aws_in(region: &str, operation: &str, options: &[(&str, &str)]) -> Option<String> {
    let command = aws(operation, options)?;
    if region.is_empty() {
        return Some(command);
    }
    Some(format!("{command} --region={}", quote(region)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hostile_name_stays_one_word_of_the_command() {
        let command = aws("iam delete-user", &[("user-name", "x'; reboot; '")]);
        assert_eq!(
            command.as_deref(),
            Some(r"aws iam delete-user --user-name='x'\''; reboot; '\'''")
        );
        let option = aws("iam delete-user", &[("user-name", "--profile")]);
        assert_eq!(option.as_deref(), Some("aws iam delete-user --user-name='--profile'"));
    }

    #[test]
    fn text_that_cannot_be_shown_on_a_terminal_gives_no_command() {
        for text in ["line\nbreak", "\u{1b}[2J", "\u{202e}abc", ""] {
            assert_eq!(aws("iam delete-user", &[("user-name", text)]), None, "{text:?}");
        }
    }
}
