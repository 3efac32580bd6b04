//! Prints the JSON Schema of the investigation document:
//! `cargo run -p crashcart-report --example schema > schemas/crashcart.investigation-1.schema.json`

use std::io;

fn main() -> io::Result<()> {
    let schema = crashcart_report::investigation_schema();
    crashcart_report::json_document(&schema, true, &mut io::stdout().lock())
}
