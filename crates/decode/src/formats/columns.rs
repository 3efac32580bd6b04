//! Tables with CloudTrail columns: Athena and Lake results, Logs Insights and Splunk CSV.
//!
//! A row is written again as the record it came from and read like any other. Tables may lack
//! columns, so their records are partial: an absent error column does not mean success.

use serde_json::{Map, Value as Json};

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
pub(crate) struct Columns {
    /// Dotted record paths, one a column; the column's own name where it is not CloudTrail's.
    paths: Vec<Vec<String>>,
    /// The column that holds whole records.
    whole: Option<usize>,
}

impl Columns {
    /// From a table's headings; none when they are not CloudTrail's.
    pub fn of(headings: &[&str]) -> Option<Self> {
        let paths: Vec<Vec<String>> = headings.iter().map(|heading| path(heading)).collect();
        let has =
            |name: &str| paths.iter().any(|path| matches!(path.as_slice(), [only] if only == name));
        let whole = headings
            .iter()
            .position(|heading| WHOLE.iter().any(|name| name.eq_ignore_ascii_case(heading.trim())));
        let table =
            has("eventName") && (has("eventSource") || has("eventTime") || has("userIdentity"));
        // A lone word on a line of text is no heading.
        (table || whole.is_some() && headings.len() > 1).then_some(Self { paths, whole })
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.paths.len()
    }

    /// Hands a row to the opener; false when it nests deeper than the cap.
    pub fn open(&self, cells: &[&str], format: &'static str, opener: &mut Opener<'_>) -> bool {
        let mut tape = Tape::new();
        if let Some(whole) = self.whole.and_then(|at| cells.get(at)) {
            let quoted = Json::from(*whole).to_string();
            if tape.parse(&quoted, 1).is_ok() {
                opener.embedded(tape.record(&quoted).as_value(), format);
            }
            return true;
        }
        let mut out = Map::new();
        for (path, cell) in self.paths.iter().zip(cells) {
            put(&mut out, path, value(cell));
        }
        let json = Json::Object(out).to_string();
        if tape.parse(&json, opener.depth()).is_err() {
            return false;
        }
        opener.partial_event(&tape.record(&json), format);
        true
    }
}

fn known(names: &[&str], name: &str) -> String {
    let found = names.iter().find(|known| known.eq_ignore_ascii_case(name));
    found.map_or_else(|| name.to_owned(), |known| (*known).to_owned())
}

fn path(heading: &str) -> Vec<String> {
    let mut parts = heading.trim().split('.');
    let mut path = vec![known(&NAMES, parts.next().unwrap_or_default())];
    path.extend(parts.map(|part| known(&INNER, part)));
    path
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
