//! Writes an investigation document again in another medium, to look at a writer's work:
//! `cargo run -p crashcart-report --example render -- text < investigation.json`

use std::io::{self, Read};

use crashcart_model::Investigation;
use crashcart_report::{Html, Json, Markdown, Text, Writer};

fn main() -> io::Result<()> {
    let mut document = String::new();
    io::stdin().read_to_string(&mut document)?;
    let investigation: Investigation = serde_json::from_str(&document)?;
    let writer: Box<dyn Writer> = match std::env::args().nth(1).as_deref() {
        Some("json") => Box::new(Json { pretty: true }),
        Some("html") => Box::new(Html),
        Some("markdown") => Box::new(Markdown),
        _ => Box::new(Text::default()),
    };
    writer.write(&investigation, &mut io::stdout().lock())
}
