//! Says how the columns of tables were read, where that is not plain from their headings.

use std::collections::BTreeMap;

use crashcart_model::{ColumnRead, Coverage, TableRead};
use crashcart_report::{brief, counted, listed, quoted};

use crate::terminal::say;

/// Tables told one by one.
const SHOWN: usize = 5;

/// Names columns that were read as fields by another name, and those that were not read as any.
pub fn tell(coverage: &Coverage) {
    let told: Vec<Vec<String>> =
        coverage.tables.iter().map(lines).filter(|lines| !lines.is_empty()).collect();
    told.iter().take(SHOWN).flatten().for_each(|line| say(line));
    let more = told.len().saturating_sub(SHOWN);
    if more > 0 {
        say(&format!("{more} more tables with other headings: `investigate --json` lists them"));
    }
}

fn lines(table: &TableRead) -> Vec<String> {
    let path = &table.path;
    let mut lines = Vec::new();
    let (mut read, mut kept) = (Vec::new(), Vec::new());
    for column in &table.columns {
        let heading = column.heading.raw().trim();
        match &column.field {
            Some(field) if field.eq_ignore_ascii_case(heading) => {}
            Some(field) => read.push(format!("{} from {}", brief(field), quoted(heading))),
            None => kept.push(quoted(heading)),
        }
    }
    read.extend(table.given.iter().map(|given| {
        let value = quoted(given.value.raw());
        format!("{} is {value} wherever a row has none, as you said", brief(&given.field))
    }));
    if !read.is_empty() {
        lines.push(format!("table {path}: {}", listed(read)));
    }
    lines.extend(doubled(table));
    if !kept.is_empty() {
        let kept = listed(kept);
        lines.push(format!(
            "table {path}: not read as fields of CloudTrail, kept under their own names: {kept}"
        ));
    }
    if let Some(first) = &table.first_time_unread {
        lines.push(format!(
            "table {path}: {} without a time that can be read, the first {}; say its form in a \
             file for --columns: eventTime = {{ column = \"...\", format = \"%d/%m/%Y %H:%M:%S\" }}",
            counted(table.times_unread, "event"),
            quoted(first.raw())
        ));
    }
    lines
}

/// Headings of one table told to stand over several columns.
const DOUBLED: usize = 5;

/// Says what counts where several columns hold one field, or have one heading.
fn doubled(table: &TableRead) -> Vec<String> {
    let mut fields: BTreeMap<&str, Vec<&ColumnRead>> = BTreeMap::new();
    let mut headings: BTreeMap<&str, Vec<(usize, &ColumnRead)>> = BTreeMap::new();
    for (number, column) in (1..).zip(&table.columns) {
        if let Some(field) = &column.field {
            fields.entry(field).or_default().push(column);
        }
        headings.entry(column.heading.raw().trim()).or_default().push((number, column));
    }
    let one_field = fields.into_iter().filter(|(_, columns)| columns.len() > 1).map(told_field);
    let one_heading = headings.into_iter().filter_map(told_heading);
    let all: Vec<String> = one_field.chain(one_heading).collect();
    let more = all.len().saturating_sub(DOUBLED);
    let mut lines: Vec<String> =
        all.into_iter().take(DOUBLED).map(|line| format!("table {}: {line}", table.path)).collect();
    if more > 0 {
        let more = counted(more as u64, "more heading");
        lines.push(format!("table {}: {more} over several columns", table.path));
    }
    lines
}

fn told_field((field, columns): (&str, Vec<&ColumnRead>)) -> String {
    let headings = listed(columns.iter().map(|column| quoted(column.heading.raw().trim())));
    format!(
        "{} stands in {} ({headings}): a row's is the first that is not empty, those named with \
         --columns before others; what another says otherwise is kept under its column's number",
        brief(field),
        counted(columns.len() as u64, "column")
    )
}

/// None where the heading stands once, where none of the columns has a heading, and where all are
/// the same field, which is told as such.
fn told_heading((heading, columns): (&str, Vec<(usize, &ColumnRead)>)) -> Option<String> {
    let [(_, first), others @ ..] = columns.as_slice() else { return None };
    let (second, _) = others.first().filter(|_| !heading.is_empty())?;
    if first.field.is_some() && others.iter().all(|(_, other)| other.field == first.field) {
        return None;
    }
    let becomes = match &first.field {
        Some(field) => format!("is read as {}", brief(field)),
        None => "keeps that name".to_owned(),
    };
    let heading = brief(heading);
    Some(format!(
        "{} have the heading {heading:?}: the first {becomes}, the others are kept with their \
         number, as {:?}",
        counted(columns.len() as u64, "column"),
        format!("{heading} (column {second})")
    ))
}
