//! What `aws cloudtrail get-query-results` prints of CloudTrail Lake: rows of cells, each cell an
//! object of its own. Like a table's, its rows may lack fields.

use std::borrow::Cow;

use crashcart_model::{Record, Value};

use super::Shape;
use super::columns::{Columns, Row};
use crate::opener::Opener;

/// See the module.
pub(crate) struct QueryResults;

impl Shape for QueryResults {
    fn name(&self) -> &'static str {
        "query_results"
    }

    fn open(&self, unit: &Record<'_>, opener: &mut Opener<'_>) -> bool {
        let Some(Value::Array(rows)) = unit.get("QueryResultRows") else { return false };
        for (_, row) in rows.members() {
            if !open_row(row, self.name(), opener) {
                opener.unknown(row, "a row whose columns are not CloudTrail's");
            }
        }
        opener.beside(unit, &[Value::Array(rows)], self.name());
        true
    }

    fn lossy(&self) -> bool {
        true
    }

    fn samples(&self) -> &'static [(&'static str, u64)] {
        &[(
            r#"{"QueryStatus":"FINISHED","QueryResultRows":[[{"eventName":"ListBuckets"},{"eventSource":"s3.amazonaws.com"}],[{"eventJson":"{\"eventVersion\":\"1.08\",\"eventSource\":\"s3.amazonaws.com\",\"eventName\":\"ListBuckets\"}"},{"x":null}]]}"#,
            2,
        )]
    }
}

fn open_row(row: Value<'_>, format: &'static str, opener: &mut Opener<'_>) -> bool {
    let Value::Array(cells) = row else { return false };
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for (_, cell) in cells.members() {
        let Some(cell) = cell.as_object() else { return false };
        for (name, value) in cell.members() {
            names.push(name.text());
            values.push(match value {
                Value::Array(inner) | Value::Object(inner) => Cow::Borrowed(inner.json()),
                _ => value.scalar().unwrap_or_default(),
            });
        }
    }
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    let values: Vec<&str> = values.iter().map(AsRef::as_ref).collect();
    Columns::of(&names, None)
        .is_some_and(|mut columns| columns.open(&values, format, opener) == Row::Read)
}
