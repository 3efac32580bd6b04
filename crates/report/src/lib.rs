//! Writers: what the other crates found, as text, HTML, Markdown, JSON, CSV and Timesketch.
//!
//! Each writer escapes for its medium; log text never reaches an output as it is. Must never
//! judge: what is printed is what the investigation says, and what is left out is counted.

#![forbid(unsafe_code)]

mod citations;
mod command;
pub mod escape;
mod graph;
mod html;
mod json;
mod listed;
mod markdown;
mod material;
mod names;
mod page;
mod rows;
mod schema;
mod table;
mod text;
mod zone;

use std::io;

use crashcart_model::Investigation;

pub use graph::{Dot, Mermaid};
pub use html::Html;
pub use json::{Json, json_document};
pub use listed::{brief, listed, quoted};
pub use markdown::Markdown;
pub use page::{hanging, labelled};
pub use rows::{Row, RowFormat, RowWriter, csv_record};
pub use schema::investigation_schema;
pub use table::{Align, Column, table};
pub use text::{Text, findings_text};
pub use zone::{Zone, counted};

/// A medium that an investigation can be written to.
pub trait Writer {
    /// Writes the whole investigation.
    ///
    /// # Errors
    /// When `out` takes no more.
    fn write(&self, investigation: &Investigation, out: &mut dyn io::Write) -> io::Result<()>;
}
