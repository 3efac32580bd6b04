//! `--columns`: what the columns of a table hold, as the user writes it down, and the proof that
//! the headings in it exist, before anything is told.

use std::path::Path;

use crashcart_collect::Listing;
use crashcart_decode::{
    Apart, Caps, ColumnMap, ColumnMapError, FieldSource, Sink, Stretch, Tally, has_heading,
};
use crashcart_model::Record;
use crashcart_report::{listed, quoted};
use crashcart_store::GivenInput;
use toml::Value;

use crate::AppError;
use crate::given::GivenFile;

const HINT: &str = "write field=heading, as in --columns 'eventName=Action,eventTime=Time' (field:=text for \
                    one value in every row), or a file of lines such as eventName = \"Action\"";

const FILE: GivenFile = GivenFile { option: "--columns", most: 1 << 20, hint: HINT };

/// Reads what was given with `--columns`, each a file or `field=heading,field=heading`; tells what
/// each was, for the manifest of a case.
///
/// # Errors
/// When a file cannot be read, or what is said cannot be meant.
pub fn column_map(given: &[String]) -> Result<(ColumnMap, Vec<GivenInput>), AppError> {
    let (mut fields, mut inputs) = (Vec::new(), Vec::new());
    for one in given {
        let path = Path::new(one);
        if path.is_file() || !one.contains('=') {
            let (text, input) = FILE.sealed_text(path)?;
            inputs.push(input);
            fields.extend(from_file(&text).map_err(|what| refused(format!("{one}: {what}")))?);
        } else {
            inputs.push(FILE.sealed_line(one));
            fields.extend(from_line(one));
        }
    }
    let map = ColumnMap::new(fields);
    let map = map.map_err(|error: ColumnMapError| refused(error.to_string()))?;
    Ok((map, inputs))
}

fn refused(what: String) -> AppError {
    AppError::Request { what: format!("--columns: {what}"), hint: HINT }
}

/// `eventName=Action,eventSource:=s3.amazonaws.com`; a comma that no field follows belongs to the
/// heading.
fn from_line(line: &str) -> Vec<(String, FieldSource)> {
    let mut parts: Vec<String> = Vec::new();
    for part in line.split(',') {
        match parts.last_mut() {
            Some(last) if field(part).is_none() => {
                last.push(',');
                last.push_str(part);
            }
            _ => parts.push(part.to_owned()),
        }
    }
    let source = |part: &String| {
        let (name, text) = field(part).unwrap_or((part, ""));
        let text = text.trim().to_owned();
        let source = match name.strip_suffix(':') {
            Some(_) => FieldSource::Always(text),
            None => FieldSource::Column { heading: text, time_form: None },
        };
        (name.trim_end_matches(':').trim().to_owned(), source)
    };
    parts.iter().map(source).collect()
}

/// A field's name, with the colon of `:=`, and what follows.
fn field(part: &str) -> Option<(&str, &str)> {
    let (name, text) = part.split_once('=')?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._@-".contains(&byte);
    let bare = name.trim().trim_end_matches(':');
    (!bare.is_empty() && bare.bytes().all(plain)).then_some((name.trim(), text))
}

/// `eventName = "Action"`, `eventTime = { column = "Time", format = "%d/%m/%Y" }`,
/// `eventSource = { always = "s3.amazonaws.com" }`; dotted fields quoted or not.
fn from_file(text: &str) -> Result<Vec<(String, FieldSource)>, String> {
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        let place = error.span().map(|span| text.get(..span.start).unwrap_or_default());
        let line = place.map_or(1, |before| before.matches('\n').count() + 1);
        format!("line {line}: {}", error.message())
    })?;
    let mut fields = Vec::new();
    flatten(String::new(), table, &mut fields)?;
    Ok(fields)
}

fn flatten(
    prefix: String,
    table: toml::Table,
    fields: &mut Vec<(String, FieldSource)>,
) -> Result<(), String> {
    for (name, value) in table {
        let path = if prefix.is_empty() { name } else { format!("{prefix}.{name}") };
        match value {
            Value::String(heading) => {
                fields.push((path, FieldSource::Column { heading, time_form: None }));
            }
            Value::Table(table) => match source(&table) {
                Some(source) => fields.push((path, source)),
                None => flatten(path, table, fields)?,
            },
            _ => return Err(format!("{path} is not text: write the column's heading in quotes")),
        }
    }
    Ok(())
}

/// A source that is written as a table; none where the table goes on with the field's path.
fn source(table: &toml::Table) -> Option<FieldSource> {
    let text = |name: &str| table.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("column"), text("format"), text("always"), table.len()) {
        (Some(heading), time_form @ Some(_), None, 2)
        | (Some(heading), time_form @ None, None, 1) => {
            Some(FieldSource::Column { heading, time_form })
        }
        (None, None, Some(text), 1) => Some(FieldSource::Always(text)),
        _ => None,
    }
}

/// Looks whether every heading that is named stands in a table of the material.
///
/// # Errors
/// When one stands in none: it names those that do.
pub(crate) fn check(listing: &Listing, map: &ColumnMap, caps: &Caps) -> Result<(), AppError> {
    let mut look = Look { missing: map.headings().collect(), ..Look::default() };
    for file in &listing.files {
        if look.missing.is_empty() {
            return Ok(());
        }
        file.shown.clone_into(&mut look.path);
        // What cannot be read is told when it is read.
        crashcart_collect::read(file, caps, &mut look);
    }
    // A case without new material reads what it sealed: there is nothing to look at yet.
    let Some((heading, field)) = look.missing.first().filter(|_| !listing.files.is_empty()) else {
        return Ok(());
    };
    let Some((path, headings, _)) = &look.nearest else {
        return Err(AppError::Request {
            what: format!(
                "--columns: there is no table with a heading {} (for {field})",
                quoted(heading)
            ),
            hint: "leave --columns out, or give the table: its first line holds the headings",
        });
    };
    Err(AppError::Request {
        what: format!(
            "--columns: no table has the heading {} (for {field}); {path} has {headings}",
            quoted(heading)
        ),
        hint: "name one of those headings, in quotes where it has spaces",
    })
}

/// Looks at the headings of tables, and reads nothing else.
#[derive(Default)]
struct Look<'a> {
    path: String,
    /// Headings that no table had so far, each with its field.
    missing: Vec<(&'a str, String)>,
    /// The table that had most of them: where, its headings, how many.
    nearest: Option<(String, String, usize)>,
}

impl Sink for Look<'_> {
    fn begin(&mut self, _: Option<&str>) {}

    fn admits(&mut self, _: bool) -> bool {
        false
    }

    fn headings(&mut self, headings: &[&str]) {
        let before = self.missing.len();
        self.missing.retain(|(wanted, _)| !has_heading(headings, wanted));
        let found = before - self.missing.len();
        if self.nearest.as_ref().is_none_or(|(_, _, most)| found > *most) {
            let shown = listed(headings.iter().map(|heading| quoted(heading.trim())));
            self.nearest = Some((self.path.clone(), shown, found));
        }
    }

    fn record(&mut self, _: &Record<'_>, _: u32) {}
    fn apart(&mut self, _: Apart) {}
    fn gap(&mut self, _: Stretch) {}
    fn end(&mut self, _: Tally) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(heading: &str) -> FieldSource {
        FieldSource::Column { heading: heading.to_owned(), time_form: None }
    }

    #[test]
    fn a_line_names_columns_and_values_and_keeps_the_commas_of_headings() {
        let line = "eventName=Action, eventTime=Time, UTC,userIdentity.arn=Who=Actor,eventSource:=s3.amazonaws.com";
        assert_eq!(
            from_line(line),
            [
                ("eventName".to_owned(), column("Action")),
                ("eventTime".to_owned(), column("Time, UTC")),
                ("userIdentity.arn".to_owned(), column("Who=Actor")),
                ("eventSource".to_owned(), FieldSource::Always("s3.amazonaws.com".to_owned())),
            ]
        );
    }

    #[test]
    fn a_file_names_the_same_and_the_form_of_times() {
        let file = "eventName = \"Action\"\nuserIdentity.arn = \"Actor\"\n\
            \"requestParameters.bucketName\" = \"Bucket\"\n\
            eventSource = { always = \"s3.amazonaws.com\" }\n\
            eventTime = { column = \"Time\", format = \"%d/%m/%Y\" }\n";
        let mut fields = from_file(file).unwrap();
        fields.sort_by(|a, b| a.0.cmp(&b.0));
        let time = FieldSource::Column {
            heading: "Time".to_owned(),
            time_form: Some("%d/%m/%Y".to_owned()),
        };
        assert_eq!(
            fields,
            [
                ("eventName".to_owned(), column("Action")),
                ("eventSource".to_owned(), FieldSource::Always("s3.amazonaws.com".to_owned())),
                ("eventTime".to_owned(), time),
                ("requestParameters.bucketName".to_owned(), column("Bucket")),
                ("userIdentity.arn".to_owned(), column("Actor")),
            ]
        );
        assert_eq!(
            from_file("eventName = 1\n").unwrap_err(),
            "eventName is not text: write the column's heading in quotes"
        );
        assert!(from_file("a = \"b\"\nc =\n").unwrap_err().starts_with("line 2: "));
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let refused = |given: &str| column_map(&[given.to_owned()]).unwrap_err().to_string();
        assert!(refused("actor=User").contains("\"actor\""));
        assert!(refused("eventName=A,eventname=B").contains("eventName is given twice"));
        assert!(refused("no-such-file").contains("no-such-file"));
    }
}
