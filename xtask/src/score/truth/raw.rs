//! What the raw logs themselves say of their events: which there are, and which of them failed.
//! Read without the product's help, so that it cannot judge itself.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Deserializer, Value};

use super::super::unpack;
use crate::problem::Failure;

/// The events of the logs, by `eventID`.
#[derive(Debug, Default)]
pub struct Raw {
    /// All of them.
    pub events: BTreeSet<String>,
    /// Those with an error, and refused sign-ins.
    pub failed: BTreeSet<String>,
}

impl Raw {
    /// Reads a file, or all files of a folder.
    pub fn read(root: &Path, logs: &Path) -> Result<Self, Failure> {
        let mut raw = Self::default();
        for path in files(logs)? {
            let text = unpack::text(root, &path)?;
            if path.to_string_lossy().contains(".csv") {
                raw.table(&text);
            } else {
                let values = Deserializer::from_str(&text).into_iter::<Value>();
                values.map_while(Result::ok).for_each(|value| raw.take(&value));
            }
        }
        Ok(raw)
    }

    /// Takes a record, or the records of an envelope.
    fn take(&mut self, value: &Value) {
        if let Some(records) = value.get("Records").and_then(Value::as_array) {
            records.iter().for_each(|record| self.take(record));
        } else if let Some(id) = value.get("eventID").and_then(Value::as_str) {
            self.events.insert(id.to_owned());
            let refused = value.pointer("/responseElements/ConsoleLogin");
            if ["errorCode", "errorMessage"].iter().any(|name| value.get(name).is_some())
                || refused.is_some_and(|answer| answer == "Failure")
            {
                self.failed.insert(id.to_owned());
            }
        }
    }

    /// Takes a table without column of errors: whatever looks like an event id in it is one.
    fn table(&mut self, text: &str) {
        let cells = text.split([',', '\n', '\r']).map(str::trim);
        self.events.extend(cells.filter(|cell| is_id(cell)).map(str::to_owned));
    }
}

/// Whether this is a UUID, as event ids are.
fn is_id(cell: &str) -> bool {
    let lengths: Vec<usize> = cell.split('-').map(str::len).collect();
    lengths == [8, 4, 4, 4, 12]
        && cell.chars().all(|letter| letter == '-' || letter.is_ascii_hexdigit())
}

/// The file, or the log files below the folder.
fn files(path: &Path) -> Result<Vec<PathBuf>, Failure> {
    if path.is_file() {
        return Ok(vec![path.to_path_buf()]);
    }
    let mut found = Vec::new();
    let entries =
        fs::read_dir(path).map_err(|cause| Failure::during("listing", path.display(), cause))?;
    for entry in entries {
        let entry = entry.map_err(|cause| Failure::during("listing", path.display(), cause))?;
        found.extend(files(&entry.path())?);
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_event_with_an_error_and_a_refused_sign_in_failed() {
        let mut raw = Raw::default();
        raw.take(&json!({"Records": [
            {"eventID": "a", "errorCode": "AccessDenied"},
            {"eventID": "b", "responseElements": {"ConsoleLogin": "Failure"}},
            {"eventID": "c", "responseElements": {"ConsoleLogin": "Success"}},
        ]}));
        assert_eq!(raw.events.len(), 3);
        assert_eq!(raw.failed.into_iter().collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn a_table_names_its_events_in_any_column() {
        let mut raw = Raw::default();
        raw.table("x,283770f5-968d-448d-9328-0b010f4d3696,\"{'a': 1}\"\nid,4-4,not-an-id\n");
        assert_eq!(raw.events.len(), 1);
    }
}
