//! Says how the columns of tables were read, where that is not plain from their headings.

use crashcart_model::{Coverage, TableRead};

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
            Some(field) => read.push(format!("{field} from {heading:?}")),
            None => kept.push(format!("{heading:?}")),
        }
    }
    read.extend(table.given.iter().map(|given| {
        format!("{} is {:?} wherever a row has none, as you said", given.field, given.value.raw())
    }));
    if !read.is_empty() {
        lines.push(format!("table {path}: {}", read.join(", ")));
    }
    if !kept.is_empty() {
        let kept = kept.join(", ");
        lines.push(format!(
            "table {path}: not read as fields of CloudTrail, kept under their own names: {kept}"
        ));
    }
    if let Some(first) = &table.first_time_unread {
        lines.push(format!(
            "table {path}: {} without a time that can be read, the first {:?}; say its form in a \
             file for --columns: eventTime = {{ column = \"...\", format = \"%d/%m/%Y %H:%M:%S\" }}",
            crashcart_report::counted(table.times_unread, "event"),
            first.raw()
        ));
    }
    lines
}
