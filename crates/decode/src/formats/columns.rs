//! Tables with CloudTrail columns: Athena and Lake results, Logs Insights and Splunk CSV.
//!
//! A row is written again as the record it came from and read like any other. Tables may lack
//! columns, so their records are partial: an absent error column does not mean success.

use crashcart_model::{GapReason, Value};
use serde_json::{Map, Value as Json};

use crate::framing::{Framing, HEAD};
use crate::json::Tape;
use crate::opener::Opener;

/// The format's name.
pub(crate) const NAME: &str = "columns";

/// Columns that hold a whole record as JSON text.
const WHOLE: [&str; 6] =
    ["cloudtrailevent", "eventjson", "_raw", "@message", "message", "eventdata"];

/// CloudTrail's top-level names; tables write them in any case.
const NAMES: [&str; 27] = [
    "eventVersion",
    "userIdentity",
    "eventTime",
    "eventSource",
    "eventName",
    "awsRegion",
    "sourceIPAddress",
    "userAgent",
    "errorCode",
    "errorMessage",
    "requestParameters",
    "responseElements",
    "additionalEventData",
    "requestID",
    "eventID",
    "resources",
    "eventType",
    "apiVersion",
    "readOnly",
    "recipientAccountId",
    "serviceEventDetails",
    "sharedEventID",
    "vpcEndpointId",
    "managementEvent",
    "eventCategory",
    "tlsDetails",
    "sessionCredentialFromConsole",
];

/// Names inside `userIdentity`, which Athena writes in lower case.
const INNER: [&str; 16] = [
    "type",
    "principalId",
    "arn",
    "accountId",
    "invokedBy",
    "accessKeyId",
    "userName",
    "sessionContext",
    "attributes",
    "mfaAuthenticated",
    "creationDate",
    "sessionIssuer",
    "ec2RoleDelivery",
    "webIdFederationData",
    "sourceIdentity",
    "inScopeOf",
];

/// What a table's columns hold.
struct Columns {
    delimiter: u8,
    /// Dotted record paths, one a column; the column's own name where it is not CloudTrail's.
    paths: Vec<Vec<String>>,
    /// The column that holds whole records.
    whole: Option<usize>,
}

fn known(names: &[&str], name: &str) -> String {
    let found = names.iter().find(|known| known.eq_ignore_ascii_case(name));
    found.map_or_else(|| name.to_owned(), |known| (*known).to_owned())
}

fn columns(header: &str) -> Option<Columns> {
    let delimiter = [b',', b'\t', b';']
        .into_iter()
        .max_by_key(|delimiter| header.bytes().filter(|byte| byte == delimiter).count())?;
    let cells = cells(header, delimiter)?;
    let paths: Vec<Vec<String>> = cells.iter().map(|cell| path(cell)).collect();
    let has =
        |name: &str| paths.iter().any(|path| matches!(path.as_slice(), [only] if only == name));
    let whole = cells.iter().position(|cell| WHOLE.contains(&cell.to_ascii_lowercase().as_str()));
    let table = has("eventName") && (has("eventSource") || has("eventTime") || has("userIdentity"));
    // A lone word on a line of text is no header.
    (table || whole.is_some() && cells.len() > 1).then_some(Columns { delimiter, paths, whole })
}

fn path(cell: &str) -> Vec<String> {
    let mut parts = cell.trim().split('.');
    let mut path = vec![known(&NAMES, parts.next().unwrap_or_default())];
    path.extend(parts.map(|part| known(&INNER, part)));
    path
}

fn cells(row: &str, delimiter: u8) -> Option<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter)
        .from_reader(row.as_bytes());
    let record = reader.records().next()?.ok()?;
    Some(record.iter().map(str::to_owned).collect())
}

/// Reads the rest of the stream as a table, if its first line is the header of one.
pub(crate) fn read(framing: &mut Framing<'_, '_>) -> bool {
    framing.want(HEAD);
    let text = framing.window.ahead(HEAD);
    let whole = text.len() < HEAD;
    let Some(length) = text.find('\n').map(|at| at + 1).or(whole.then_some(text.len())) else {
        return false;
    };
    let header = text.get(..length).unwrap_or_default().to_owned();
    let Some(columns) = columns(&header) else { return false };
    framing.frame(length);
    while let Some(found) = next_row(framing) {
        match found {
            Row::Whole(length) => row(framing, &columns, length, header.trim_end()),
            Row::Open(seen) => {
                let detail = "a quote that is never closed, or a row over the cap (--max-record)";
                lose_line(framing, detail, seen);
            }
        }
        if framing.ledger.refused {
            break;
        }
    }
    true
}

/// Where a row ends.
enum Row {
    /// Length with its line end; quotes may hold line ends.
    Whole(usize),
    /// The quotes do not close in as many bytes.
    Open(usize),
}

fn next_row(framing: &mut Framing<'_, '_>) -> Option<Row> {
    let (mut quoted, mut at) = (false, 0);
    loop {
        let text = framing.window.ahead(framing.caps.record_bytes);
        for byte in text.as_bytes().get(at..).unwrap_or_default() {
            at += 1;
            match byte {
                b'"' => quoted = !quoted,
                b'\n' if !quoted => return Some(Row::Whole(at)),
                _ => {}
            }
        }
        if at >= framing.caps.record_bytes {
            return Some(Row::Open(at));
        }
        if !framing.more() {
            return (at > 0).then_some(if quoted { Row::Open(at) } else { Row::Whole(at) });
        }
    }
}

/// Loses the first line of what was taken for a row; the next row may begin behind it.
fn lose_line(framing: &mut Framing<'_, '_>, detail: &str, seen: usize) {
    let mut moved = 0;
    loop {
        let text = framing.window.text();
        let line = text.find('\n').map(|at| at + 1);
        let length = line.unwrap_or(text.len());
        framing.lose(length, GapReason::NotJson, detail);
        moved += length;
        if line.is_some() || !framing.window.fill() {
            break;
        }
    }
    if !framing.affordable(seen, moved) {
        framing.lose_rest();
    }
}

fn row(framing: &mut Framing<'_, '_>, columns: &Columns, length: usize, header: &str) {
    let text = framing.window.text().get(..length).unwrap_or_default();
    // Tables that were joined carry their headings again.
    if text.trim().is_empty() || text.trim_end() == header {
        return framing.frame(length);
    }
    match cells(text, columns.delimiter) {
        Some(cells) if cells.len() == columns.paths.len() => {
            open(framing, columns, &cells, length);
        }
        found => {
            let found = found.map_or(0, |cells| cells.len());
            let detail = format!("a row of {found} columns under {} headings", columns.paths.len());
            lose_line(framing, &detail, length);
        }
    }
}

fn open(framing: &mut Framing<'_, '_>, columns: &Columns, cells: &[String], length: usize) {
    let mut tape = Tape::new();
    let mut opener = Opener::new(framing.sink, &mut framing.ledger, framing.caps.depth, "");
    if let Some(whole) = columns.whole.and_then(|at| cells.get(at)) {
        let quoted = Json::String(whole.clone()).to_string();
        if tape.parse(&quoted, 1).is_ok() {
            opener.embedded(tape.record(&quoted).as_value(), NAME);
        }
    } else {
        let json = record(columns, cells).to_string();
        if tape.parse(&json, framing.caps.depth).is_ok()
            && let Value::Object(record) = tape.record(&json).as_value()
        {
            opener.partial_event(&record, NAME);
        } else {
            let detail = "a row nested deeper than the cap (--max-depth)";
            return framing.lose(length, GapReason::TooDeep, detail);
        }
    }
    let (losses, handed) = opener.finish();
    if losses.is_empty() && !handed {
        let detail = "a row whose column of records is empty";
        return framing.lose(length, GapReason::UnknownShape, detail);
    }
    framing.settle(length, losses, handed);
}

fn record(columns: &Columns, cells: &[String]) -> Json {
    let mut out = Map::new();
    for (path, cell) in columns.paths.iter().zip(cells) {
        put(&mut out, path, value(cell));
    }
    Json::Object(out)
}

/// Puts a value at a dotted path; a path through something that is no object is left out.
fn put(out: &mut Map<String, Json>, path: &[String], value: Json) {
    match path {
        [] => {}
        [last] => {
            out.insert(last.clone(), value);
        }
        [first, rest @ ..] => {
            let inner = out.entry(first.clone()).or_insert(Json::Null);
            // Beside `userIdentity.arn` an empty `userIdentity` says nothing.
            if inner.is_null() {
                *inner = Json::Object(Map::new());
            }
            if let Json::Object(inner) = inner {
                put(inner, rest, value);
            }
        }
    }
}

/// A cell as JSON: empty is null, JSON text is itself, Athena's `{name=value}` an object.
fn value(cell: &str) -> Json {
    let text = cell.trim();
    if text.is_empty() || text == "null" || text == "-" {
        return Json::Null;
    }
    if text.starts_with(['{', '[']) {
        if let Ok(value) = serde_json::from_str(text) {
            return value;
        }
        if let Some((value, "")) = structure(text) {
            return value;
        }
    }
    Json::String(cell.to_owned())
}

/// Athena's text form of a struct: `{type=IAMUser, arn=..., sessioncontext={...}}`.
fn structure(text: &str) -> Option<(Json, &str)> {
    structure_at(text, 0)
}

fn structure_at(text: &str, depth: usize) -> Option<(Json, &str)> {
    let mut rest = text.strip_prefix('{').filter(|_| depth < 16)?;
    let mut out = Map::new();
    loop {
        rest = rest.trim_start_matches([',', ' ']);
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((Json::Object(out), rest));
        }
        let (name, value) = rest.split_once('=')?;
        let (value, tail) = if value.starts_with('{') {
            structure_at(value, depth + 1)?
        } else {
            // A value may hold commas; the next name is what ends it.
            let end = value_end(value)?;
            let plain = value.get(..end)?;
            let json = if plain == "null" { Json::Null } else { Json::String(plain.to_owned()) };
            (json, value.get(end..)?)
        };
        out.insert(known(&INNER, name.trim()), value);
        rest = tail;
    }
}

fn value_end(value: &str) -> Option<usize> {
    let comma = value.match_indices(", ").map(|(at, _)| at).find(|at| {
        let name = value.get(at + 2..).unwrap_or_default();
        let name = name.split('=').next().unwrap_or_default();
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
    });
    let brace = value.find('}');
    comma.into_iter().chain(brace).min()
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
