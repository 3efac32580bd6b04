//! Tables with CloudTrail columns: Athena and Lake results, Logs Insights and Splunk CSV, and any
//! other whose columns the user names.
//!
//! A row is written again as the record it came from and read like any other. Tables may lack
//! columns, so their records are partial: an absent error column does not mean success.

use std::collections::{BTreeMap, BTreeSet};

use crashcart_model::{ColumnRead, FieldGiven, LogText, TableRead, Timestamp};
use serde_json::{Map, Value as Json};

use crate::beside::is_object;
use crate::cell;
use crate::column_map::{self, ColumnMap, FieldSource};
use crate::headings::{self, Path};
use crate::json::Tape;
use crate::opener::Opener;

/// The format's name.
pub(crate) const NAME: &str = "columns";

/// What one column holds.
struct Column {
    heading: String,
    /// Where it stands in the record.
    path: Path,
    /// Its name where that place is taken.
    own: String,
    /// Whether the place is a field of CloudTrail's.
    known: bool,
}

/// What a table's columns hold.
pub(crate) struct Columns {
    columns: Vec<Column>,
    /// The columns in the order in which they are put into the record: what the user named first.
    order: Vec<usize>,
    /// The columns that may hold whole records.
    whole: Vec<usize>,
    /// The others make a record by themselves.
    table: bool,
    given: Vec<(Path, String)>,
    time_form: Option<String>,
    times_unread: u64,
    first_time_unread: Option<String>,
    /// The record of the row that is read, and its tape: used again for every row.
    json: Vec<u8>,
    tape: Tape,
}

/// What became of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Row {
    /// It was handed over.
    Read,
    /// It nests deeper than the cap.
    TooDeep,
    /// It names no event.
    Nameless,
}

impl Columns {
    /// From a table's headings; none when they are not CloudTrail's, and the user does not say
    /// that they are.
    pub fn of(headings: &[&str], map: Option<&ColumnMap>) -> Option<Self> {
        let mut paths: Vec<Option<Path>> = vec![None; headings.len()];
        let (mut given, mut time_form) = (Vec::new(), None);
        let mut named: Vec<usize> = Vec::new();
        for (path, source) in map.into_iter().flat_map(ColumnMap::fields) {
            match source {
                FieldSource::Always(value) => given.push((path.clone(), value.clone())),
                FieldSource::Column { heading, time_form: form } => {
                    let Some(at) = column_map::position(headings, heading) else { continue };
                    if let Some(slot) = paths.get_mut(at) {
                        *slot = Some(path.clone());
                    }
                    time_form = time_form.or_else(|| form.clone());
                    named.push(at);
                }
            }
        }
        let mut whole: Vec<usize> = Vec::new();
        for (at, (heading, path)) in headings.iter().zip(&mut paths).enumerate() {
            let told = path.as_deref().is_some_and(is_whole);
            if told || path.is_none() && headings::whole(heading).is_some() {
                whole.push(at);
            }
        }
        let told = |name: &str| paths.iter().flatten().any(|path| *path == [name]);
        let first: BTreeSet<usize> = named.iter().copied().collect();
        let told = told("eventName") || whole.iter().any(|at| first.contains(at));
        let exact: Vec<_> = headings.iter().map(|heading| headings::exact(heading)).collect();
        let columns = columns(headings, paths, &exact);
        let has = |name: &str| {
            columns.iter().any(|column| {
                column.path.first().is_some_and(|first| first == name) && column.known
            })
        };
        let exactly = |name: &str| exact.iter().flatten().any(|path| *path == [name]);
        let table = exactly("eventName") && has("eventTime")
            || columns.iter().any(|column| column.path == ["eventName"])
                && ["eventSource", "userIdentity", "awsRegion"].into_iter().any(has);
        // A lone word on a line of text is no heading.
        let one = headings.len() > 1 && !whole.is_empty();
        (told || table || one).then(|| Self {
            order: named
                .iter()
                .copied()
                .chain((0..columns.len()).filter(|at| !first.contains(at)))
                .collect(),
            columns,
            whole,
            table: told || table,
            given,
            time_form,
            times_unread: 0,
            first_time_unread: None,
            json: Vec::new(),
            tape: Tape::new(),
        })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.columns.len()
    }

    /// How they were read. Nothing where they hold whole records, which say it themselves.
    pub fn told(self) -> Option<TableRead> {
        let column = |column: Column| ColumnRead {
            heading: LogText::new(column.heading),
            field: column.known.then(|| column.path.join(".")),
        };
        let given = |(path, value): (Path, String)| FieldGiven {
            field: path.join("."),
            value: LogText::new(value),
        };
        self.whole.is_empty().then(|| TableRead {
            path: String::new(),
            columns: self.columns.into_iter().map(column).collect(),
            given: self.given.into_iter().map(given).collect(),
            times_unread: self.times_unread,
            first_time_unread: self.first_time_unread.map(LogText::new),
        })
    }

    /// Hands a row to the opener.
    pub fn open(&mut self, cells: &[&str], format: &'static str, opener: &mut Opener<'_>) -> Row {
        let whole: Vec<&str> = self.whole.iter().filter_map(|at| cells.get(*at).copied()).collect();
        if !whole.is_empty() && (!self.table || whole.iter().any(|cell| is_object(cell))) {
            opener.cells(&whole, cells, format);
            return Row::Read;
        }
        let mut out = Map::new();
        for at in &self.order {
            let (Some(column), Some(cell)) = (self.columns.get(*at), cells.get(*at)) else {
                continue;
            };
            if let Some(value) = put(&mut out, &column.path, column.value(cell)) {
                out.insert(column.own.clone(), value);
            }
        }
        for (path, value) in &self.given {
            put(&mut out, path, Json::String(value.clone()));
        }
        if out.get("eventName").and_then(Json::as_str).is_none_or(str::is_empty) {
            return Row::Nameless;
        }
        self.tell_time(&mut out);
        self.json.clear();
        let written = serde_json::to_writer(&mut self.json, &out).is_ok();
        let json = std::str::from_utf8(&self.json).unwrap_or_default();
        if !written || self.tape.parse(json, opener.depth()).is_err() {
            return Row::TooDeep;
        }
        opener.partial_event(&self.tape.record(json), format);
        Row::Read
    }

    /// Writes the time as CloudTrail does, or counts that it cannot be read.
    fn tell_time(&mut self, out: &mut Map<String, Json>) {
        let Some(time) = out.get_mut("eventTime") else { return };
        let text = match &*time {
            Json::String(text) => text.clone(),
            Json::Number(number) => number.to_string(),
            _ => return,
        };
        let read = match &self.time_form {
            Some(form) => Timestamp::parse_as(form, &text),
            None if Timestamp::parse(&text).is_some() => return,
            None => Timestamp::parse_common(&text),
        };
        match read {
            Some(read) => *time = Json::String(read.to_string()),
            None => {
                self.times_unread += 1;
                self.first_time_unread.get_or_insert(text);
            }
        }
    }
}

impl Column {
    fn value(&self, text: &str) -> Json {
        match self.path.as_slice() {
            [name] if name == "errorCode" || name == "errorMessage" => {
                if cell::is_nothing(text) {
                    Json::Null
                } else {
                    cell::value(text)
                }
            }
            _ => cell::value(text),
        }
    }
}

fn is_whole(path: &[String]) -> bool {
    matches!(path, [only] if headings::whole(only).is_some())
}

/// Gives each column its place in the record: what the user says, then what the heading says in
/// CloudTrail's words, then what only one heading says in other spelling, else its own name.
fn columns(headings: &[&str], paths: Vec<Option<Path>>, exact: &[Option<Path>]) -> Vec<Column> {
    let loose: Vec<_> = headings.iter().map(|heading| headings::loose(heading)).collect();
    let taken: BTreeSet<&Path> = paths.iter().chain(exact).flatten().collect();
    let mut spelt: BTreeMap<&Path, usize> = BTreeMap::new();
    loose.iter().flatten().for_each(|path| *spelt.entry(path).or_default() += 1);
    let only = |path: &Path| spelt.get(path) == Some(&1) && !taken.contains(path);
    let mut names: BTreeSet<String> = BTreeSet::new();
    let columns = headings.iter().enumerate().map(|(at, heading)| {
        let own = own_name(heading, at, &names);
        names.insert(own.clone());
        let exact = exact.get(at).cloned().flatten();
        let loose = || loose.get(at).cloned().flatten().filter(only);
        let path = paths.get(at).cloned().flatten().or(exact).or_else(loose);
        let known = path.is_some();
        let path = path.unwrap_or_else(|| own.split('.').map(str::to_owned).collect());
        Column { heading: (*heading).to_owned(), path, own, known }
    });
    columns.collect()
}

/// A heading as the name of its column, which no other column of the table and no field has.
fn own_name(heading: &str, at: usize, names: &BTreeSet<String>) -> String {
    let heading = heading.trim();
    let name = if heading.is_empty() { format!("column {}", at + 1) } else { heading.to_owned() };
    let free = |name: &String| headings::exact(name).is_none() && !names.contains(name);
    if free(&name) {
        return name;
    }
    format!("{name} (column {})", at + 1)
}

/// Puts a value at its place. Gives it back where another value is there already, or where the
/// way leads through something that is no object.
fn put(out: &mut Map<String, Json>, path: &[String], value: Json) -> Option<Json> {
    let (first, rest) = path.split_first()?;
    let inner = out.entry(first.clone()).or_insert(Json::Null);
    if rest.is_empty() {
        // A place that stands empty is filled.
        if inner.is_null() {
            *inner = value;
            return None;
        }
        return (!value.is_null() && *inner != value).then_some(value);
    }
    // Beside `userIdentity.arn` an empty `userIdentity` says nothing.
    if inner.is_null() {
        *inner = Json::Object(Map::new());
    }
    match inner {
        Json::Object(inner) => put(inner, rest, value),
        _ => (!value.is_null()).then_some(value),
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Seen;

    #[test]
    fn an_athena_table_reads_as_records() {
        let table = "eventversion,useridentity,eventtime,eventsource,eventname,errorcode,requestparameters\n\
            1.08,\"{type=IAMUser, principalid=AIDA1, arn=arn:aws:iam::111122223333:user/a, accesskeyid=AKIA1, sessioncontext={attributes={mfaauthenticated=true}}}\",2023-07-10T12:32:49Z,s3.amazonaws.com,GetObject,AccessDenied,\"{\"\"bucketName\"\":\"\"b\"\"}\"\n";
        let seen = Seen::read(table.as_bytes());
        assert_eq!(seen.gaps().count(), 0);
        assert_eq!(seen.records().count(), 1);
        let record = seen.records().next().unwrap();
        assert_eq!(record["userIdentity"]["accessKeyId"], "AKIA1");
        assert_eq!(
            record["userIdentity"]["sessionContext"]["attributes"]["mfaAuthenticated"],
            "true"
        );
        assert_eq!(record["requestParameters"]["bucketName"], "b");
        assert_eq!(record["errorCode"], "AccessDenied");
    }

    #[test]
    fn a_row_of_the_wrong_width_is_a_gap_and_the_others_are_read() {
        let table = "eventTime,eventSource,eventName\r\n\
            2023-07-10T12:32:49Z,s3.amazonaws.com,ListBuckets\r\n\
            2023-07-10T12:32:50Z,iam.amazonaws.com\r\n\
            2023-07-10T12:32:51Z,iam.amazonaws.com,ListUsers";
        let seen = Seen::read(table.as_bytes());
        assert_eq!(seen.records().count(), 2);
        assert_eq!((seen.gap().offset, seen.gap().size), (84, Some(40)));
    }

    #[test]
    fn a_column_of_whole_records_reads_as_those() {
        let table = "@timestamp,@message\n2023-07-10 12:32:49.000,\"{\"\"eventVersion\"\":\"\"1.08\"\",\"\"eventSource\"\":\"\"s3.amazonaws.com\"\",\"\"eventName\"\":\"\"ListBuckets\"\"}\"\n";
        let seen = Seen::read(table.as_bytes());
        assert_eq!(seen.gaps().count(), 0);
        assert_eq!(seen.records().count(), 1);
    }
}
