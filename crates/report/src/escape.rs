//! One escape for each medium. Every text that did not stand in this program's source goes
//! through one of these on its way out: log fields, paths, titles of rules, reasons.
//!
//! Must never let through anything that moves a cursor, reorders text, hides in it, opens markup
//! or starts a formula. What an escape shows is for people; the exact value is in the JSON.

use std::borrow::Cow;
use std::fmt::Write as _;

use unicode_width::UnicodeWidthChar;

/// Whether a character cannot be shown as itself: controls (C0, DEL, C1), anything that takes no
/// column of its own (zero-width, bidirectional and variation marks, combining marks, tags), and
/// every blank but the space.
pub(crate) fn is_unshowable(character: char) -> bool {
    character.is_control()
        || (character.is_whitespace() && character != ' ')
        || character.width().is_none_or(|columns| columns == 0)
        || is_invisible(character)
}

/// Format characters and fillers that tables of widths may give a column.
const fn is_invisible(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202f}' | '\u{2060}'..='\u{206f}'
        | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}'
        | '\u{fff0}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

/// For a terminal, and for any plain text: whatever cannot be shown as itself becomes a visible
/// escape, `\n`, `\x1b`, `\u{202e}`. The result is one line.
pub fn terminal(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unshowable) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            _ if !is_unshowable(character) => out.push(character),
            _ => {
                let code = u32::from(character);
                // Writing to a String cannot fail.
                let _ = match code {
                    0..=0xff => write!(out, "\\x{code:02x}"),
                    _ => write!(out, "\\u{{{code:x}}}"),
                };
            }
        }
    }
    Cow::Owned(out)
}

/// For a text node or a quoted attribute of HTML.
pub fn html(text: &str) -> String {
    let shown = terminal(text);
    let mut out = String::with_capacity(shown.len() + 16);
    for character in shown.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Some old parsers take a backtick for a quote.
            '`' => out.push_str("&#96;"),
            _ => out.push(character),
        }
    }
    out
}

/// For a cell of a spreadsheet: what would start a formula gets an apostrophe before it. Quoting
/// is the csv crate's. Full-width signs count, since spreadsheets fold them.
pub fn csv_cell(text: &str) -> Cow<'_, str> {
    let starts = text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    let shown = terminal(text);
    if starts { Cow::Owned(format!("'{shown}")) } else { shown }
}

/// For the running text or a table cell of Markdown (CommonMark and GitHub's tables, links that
/// make themselves, mentions and mathematics included).
pub fn markdown(text: &str) -> String {
    let shown = terminal(text);
    let mut out = String::with_capacity(shown.len() + 16);
    // Where a list entry starts with the text, a leading sign would start another list, and
    // leading blanks a block of code.
    let mut rest = shown.trim_start();
    if rest.starts_with(['-', '+', '=']) {
        out.push('\\');
    }
    while let Some(character) = rest.chars().next() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '(' | ')' | '#' | '|' | '~' | '!'
            | '$' | '@' => {
                out.push('\\');
                out.push(character);
            }
            // `http://` becomes a link by itself.
            ':' if rest.starts_with("://") => out.push_str("\\:"),
            // So does `www.`; and `1.` starts a list.
            '.' if out.ends_with(['w', 'W']) || starts_list(&out, rest) => out.push_str("\\."),
            _ => out.push(character),
        }
        rest = rest.get(character.len_utf8()..).unwrap_or_default();
    }
    out
}

/// Whether nothing but digits stands before a full stop, and a blank or nothing after it.
fn starts_list(before: &str, from_stop: &str) -> bool {
    let digits = !before.is_empty() && before.bytes().all(|byte| byte.is_ascii_digit());
    digits && (from_stop == "." || from_stop.starts_with(". "))
}

/// For a quoted label of a Mermaid graph: all but plain letters, digits and a few signs become
/// Mermaid's numeric entities, and so does what would make a link of itself.
pub fn mermaid(text: &str) -> String {
    let shown = terminal(text);
    let mut out = String::with_capacity(shown.len() + 16);
    for character in shown.chars() {
        let link = character == '/' && out.ends_with(':');
        let plain = matches!(character, ' ' | '-' | '_' | '.' | ':' | '/');
        if (character.is_alphanumeric() || plain) && !link {
            out.push(character);
        } else {
            let _ = write!(out, "#{};", u32::from(character));
        }
    }
    out
}

/// For a quoted label of Graphviz: backslashes and quotes would end it or stand for something, and
/// `&` and `<` would be read by what draws it; all but plain letters, digits and a few signs become
/// numeric entities.
pub fn dot(text: &str) -> String {
    let shown = terminal(text);
    let mut out = String::with_capacity(shown.len() + 16);
    for character in shown.chars() {
        if character.is_alphanumeric() || " -_.:/@,;()*+=".contains(character) {
            out.push(character);
        } else {
            let _ = write!(out, "&#{};", u32::from(character));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_sees_every_trick_as_text() {
        assert_eq!(terminal("\u{1b}[2Jx\u{7}"), "\\x1b[2Jx\\x07");
        assert_eq!(terminal("a\u{202e}b\u{200b}"), "a\\u{202e}b\\u{200b}");
        assert_eq!(terminal("a\r\nb\u{2028}c\td"), "a\\r\\nb\\u{2028}c\\td");
        assert_eq!(terminal("\u{0}\u{7f}\u{9b}31m"), "\\x00\\x7f\\x9b31m");
        assert_eq!(terminal("e\u{301}\u{e0041}\u{a0}"), "e\\u{301}\\u{e0041}\\xa0");
    }

    #[test]
    fn ordinary_text_of_any_script_is_left_as_it_is() {
        for text in ["arn:aws:iam::111122223333:user/nina", "Zürich", "東京", "日本 x", ""] {
            assert!(matches!(terminal(text), Cow::Borrowed(same) if same == text), "{text}");
        }
    }

    #[test]
    fn html_cannot_be_opened_from_within() {
        assert_eq!(
            html("\"><img src=x onerror='a'>&"),
            "&quot;&gt;&lt;img src=x onerror=&#39;a&#39;&gt;&amp;"
        );
    }

    #[test]
    fn a_spreadsheet_sees_no_formula() {
        assert_eq!(csv_cell("=1+1"), "'=1+1");
        assert_eq!(csv_cell("@SUM(1)"), "'@SUM(1)");
        assert_eq!(csv_cell("-1"), "'-1");
        assert_eq!(csv_cell(" +1"), "' +1");
        assert_eq!(csv_cell("\tx"), "'\\tx");
        assert_eq!(csv_cell("＝1"), "'＝1");
        assert_eq!(csv_cell("a=1"), "a=1");
    }

    #[test]
    fn markdown_sees_no_link_no_code_and_no_cell() {
        assert_eq!(
            markdown("](http://evil) **b** `c` | d"),
            "\\]\\(http\\://evil\\) \\*\\*b\\*\\* \\`c\\` \\| d"
        );
        assert_eq!(markdown("  - a"), "\\- a");
        assert_eq!(markdown("12. a 3.5"), "12\\. a 3.5");
        assert_eq!(markdown("198.51.100.7"), "198.51.100.7");
        assert_eq!(markdown("www.evil <b> @nina"), "www\\.evil &lt;b&gt; \\@nina");
        assert_eq!(markdown("arn:aws:s3:::bucket/key.txt"), "arn:aws:s3:::bucket/key.txt");
    }

    #[test]
    fn a_mermaid_label_stays_within_its_quotes() {
        assert_eq!(mermaid("\"]; click"), "#34;#93;#59; click");
        assert_eq!(mermaid("user/nina"), "user/nina");
        assert_eq!(mermaid("http://evil"), "http:#47;/evil");
    }

    #[test]
    fn a_label_of_graphviz_stays_within_its_quotes() {
        assert_eq!(dot("\"]; n9 [URL=\"x"), "&#34;&#93;; n9 &#91;URL=&#34;x");
        assert_eq!(dot("a\\nb\\"), "a&#92;nb&#92;");
        assert_eq!(dot("<b>&amp;"), "&#60;b&#62;&#38;amp;");
        assert_eq!(dot("user/nina"), "user/nina");
    }
}
