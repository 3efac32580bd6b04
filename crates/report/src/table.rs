//! A table of text with aligned columns, for counts and lists. Cells are escaped; a column that
//! is too wide wraps within itself, and an id in it is never cut.

use std::io::{self, Write};

use unicode_width::UnicodeWidthStr;

use crate::escape;

/// Blanks between columns.
const BETWEEN: usize = 2;

/// No column that must give way gets narrower than this.
const NARROWEST: usize = 10;

/// To which side a column's cells are set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text.
    Left,
    /// Numbers.
    Right,
}

/// A column's heading and side.
#[derive(Debug, Clone, Copy)]
pub struct Column<'a> {
    /// The heading.
    pub title: &'a str,
    /// The side.
    pub align: Align,
}

impl<'a> Column<'a> {
    /// A column of text.
    pub const fn text(title: &'a str) -> Self {
        Self { title, align: Align::Left }
    }

    /// A column of numbers.
    pub const fn number(title: &'a str) -> Self {
        Self { title, align: Align::Right }
    }
}

/// Writes a heading and the rows, one cell for each column. Cells are escaped here.
///
/// # Errors
/// When `out` takes no more.
pub fn table(
    columns: &[Column<'_>],
    rows: &[Vec<&str>],
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let titles: Vec<String> = columns.iter().map(|column| column.title.to_uppercase()).collect();
    let heading: Vec<&str> = titles.iter().map(String::as_str).collect();
    let shown: Vec<Vec<String>> = std::iter::once(&heading)
        .chain(rows)
        .map(|row| row.iter().map(|cell| escape::terminal(cell).into_owned()).collect())
        .collect();
    let widths = fitted(columns.len(), &shown, width);
    shown.iter().try_for_each(|row| line(columns, row, &widths, out))
}

/// The width of each column: what its cells need, the widest giving way until all fit.
fn fitted(columns: usize, rows: &[Vec<String>], width: usize) -> Vec<usize> {
    let widest = |measure: &dyn Fn(&str) -> usize| -> Vec<usize> {
        let cell = |column: usize| rows.iter().filter_map(move |row| row.get(column));
        (0..columns)
            .map(|column| cell(column).map(|text| measure(text)).max().unwrap_or(0))
            .collect()
    };
    let mut widths = widest(&|cell| cell.width());
    let least = widest(&|cell| cell.split(' ').map(crate::page::least_width).max().unwrap_or(0));
    let room = width.saturating_sub(BETWEEN * columns.saturating_sub(1));
    while widths.iter().sum::<usize>() > room {
        let giving = (0..columns)
            .filter(|column| {
                let floor = least.get(*column).copied().unwrap_or(0).max(NARROWEST);
                widths.get(*column).is_some_and(|now| *now > floor)
            })
            .max_by_key(|column| widths.get(*column).copied());
        let Some(slot) = giving.and_then(|column| widths.get_mut(column)) else { break };
        *slot -= 1;
    }
    widths
}

fn line(
    columns: &[Column<'_>],
    row: &[String],
    widths: &[usize],
    out: &mut dyn Write,
) -> io::Result<()> {
    let cells: Vec<Vec<String>> =
        row.iter().zip(widths).map(|(cell, width)| crate::page::wrapped(cell, *width)).collect();
    let height = cells.iter().map(Vec::len).max().unwrap_or(0);
    for level in 0..height {
        let mut text = String::new();
        for ((cell, width), column) in cells.iter().zip(widths).zip(columns) {
            let part = cell.get(level).map_or("", String::as_str);
            let pad = " ".repeat(width.saturating_sub(part.width()));
            match column.align {
                Align::Left => text.extend([part, &pad]),
                Align::Right => text.extend([&pad, part]),
            }
            text.push_str(&" ".repeat(BETWEEN));
        }
        writeln!(out, "{}", text.trim_end())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(columns: &[Column<'_>], rows: &[Vec<&str>], width: usize) -> String {
        let mut out = Vec::new();
        table(columns, rows, width, &mut out).expect("a Vec takes all");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn columns_line_up_and_numbers_stand_on_the_right() {
        let columns = [Column::text("name"), Column::number("events")];
        let rows = [vec!["ListBuckets", "7"], vec!["GetObject", "1,204"]];
        assert_eq!(
            written(&columns, &rows, 80),
            "NAME         EVENTS\nListBuckets       7\nGetObject     1,204\n"
        );
    }

    #[test]
    fn a_wide_cell_wraps_within_its_column_and_the_table_fits() {
        let columns = [Column::text("rule"), Column::text("title")];
        let rows = [vec!["stop_logging", "Logging of a trail was stopped by somebody"]];
        assert_eq!(
            written(&columns, &rows, 40),
            "RULE          TITLE\n\
             stop_logging  Logging of a trail was\n              stopped by somebody\n"
        );
    }

    #[test]
    fn no_trick_in_a_cell_survives() {
        let columns = [Column::text("agent")];
        for trick in crashcart_testkit::HOSTILE {
            let text = written(&columns, &[vec![trick]], 60);
            assert_eq!(escape::terminal(&text.replace('\n', "")), text.replace('\n', ""));
        }
    }
}
