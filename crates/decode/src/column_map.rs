//! What a user says a table's columns hold.

use crashcart_model::Timestamp;

use crate::headings::{self, Path};

/// Where the value of a field comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldSource {
    /// The column under this heading; case counts only where two headings differ in nothing else.
    Column {
        /// The heading.
        heading: String,
        /// How its times are written, in the letters of `strftime`; only for `eventTime`.
        time_form: Option<String>,
    },
    /// The same text in every row.
    Always(String),
}

/// Which field of a record each column of a table holds. Columns that it does not name are read as
/// their headings say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ColumnMap {
    fields: Vec<(Path, FieldSource)>,
}

/// Why a mapping cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ColumnMapError {
    /// CloudTrail has no such field.
    #[error(
        "CloudTrail records have no field {field:?}; those that a path may begin with: {}",
        known()
    )]
    NoField {
        /// As it was written.
        field: String,
    },
    /// Two columns for one field.
    #[error("the field {field} is given twice")]
    Twice {
        /// Its dotted path.
        field: String,
    },
    /// Not a way to write times.
    #[error(
        "{form:?} is no form of a time with a date, as %d/%m/%Y %H:%M:%S is (letters of strftime), \
         or does not belong to eventTime"
    )]
    TimeForm {
        /// As it was written.
        form: String,
    },
}

fn known() -> String {
    headings::names().collect::<Vec<_>>().join(", ")
}

impl ColumnMap {
    /// From dotted fields (`userIdentity.arn`, in any case) and their sources. `CloudTrailEvent`
    /// stands for a column of whole records as JSON text.
    ///
    /// # Errors
    /// When a field is none of CloudTrail's, is given twice, or its times cannot be told so.
    pub fn new(
        fields: impl IntoIterator<Item = (String, FieldSource)>,
    ) -> Result<Self, ColumnMapError> {
        let mut map = Self::default();
        for (field, source) in fields {
            let whole = || headings::whole(&field).map(|name| vec![name.to_owned()]);
            let Some(path) = headings::exact(&field).or_else(whole) else {
                return Err(ColumnMapError::NoField { field });
            };
            if map.fields.iter().any(|(known, _)| *known == path) {
                return Err(ColumnMapError::Twice { field: path.join(".") });
            }
            if let FieldSource::Column { time_form: Some(form), .. } = &source
                && (path != ["eventTime"] || !Timestamp::is_form(form))
            {
                return Err(ColumnMapError::TimeForm { form: form.clone() });
            }
            map.fields.push((path, source));
        }
        Ok(map)
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// The headings that it names, each with its field.
    pub fn headings(&self) -> impl Iterator<Item = (&str, String)> {
        self.fields.iter().filter_map(|(path, source)| match source {
            FieldSource::Column { heading, .. } => Some((heading.as_str(), path.join("."))),
            FieldSource::Always(_) => None,
        })
    }

    /// The fields and where they come from.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&Path, &FieldSource)> {
        self.fields.iter().map(|(path, source)| (path, source))
    }
}

/// Where a heading stands among those of a table: the one that is the same, or the only one that
/// differs in case alone.
pub(crate) fn position(headings: &[&str], wanted: &str) -> Option<usize> {
    let wanted = wanted.trim();
    let same = headings.iter().position(|heading| heading.trim() == wanted);
    same.or_else(|| {
        let like = |heading: &&str| heading.trim().eq_ignore_ascii_case(wanted);
        let mut found = (0..).zip(headings).filter(|(_, heading)| like(heading));
        found.next().map(|(at, _)| at).filter(|_| found.next().is_none())
    })
}

/// Whether a table with these headings has the one that is wanted.
pub fn has_heading(headings: &[&str], wanted: &str) -> bool {
    position(headings, wanted).is_some()
}
