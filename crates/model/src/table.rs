//! How the columns of a table were read: which heading stood for which field of a record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::LogText;

/// A table that was read as events.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct TableRead {
    /// The file, and behind `#` the member of an archive.
    pub path: String,
    /// Its columns, in the table's order.
    pub columns: Vec<ColumnRead>,
    /// Fields that the user gave one value in every row.
    pub given: Vec<FieldGiven>,
    /// Rows whose time could not be read; they are kept as events without a time.
    pub times_unread: u64,
    /// The first such time, as it stood.
    pub first_time_unread: Option<LogText>,
}

/// A column.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct ColumnRead {
    /// Its heading.
    pub heading: LogText,
    /// The field it was read as, as a dotted path; none where it was kept under its own name, at
    /// which neither rules nor the story look.
    pub field: Option<String>,
}

/// A field that has one value in every row because the user said so.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct FieldGiven {
    /// The field's dotted path.
    pub field: String,
    /// Its value.
    pub value: LogText,
}
