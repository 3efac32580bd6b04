//! What the knowledge table says of calls: lines of `EVENTSOURCE EVENTNAME` on standard input, JSON
//! on standard output, in the same order. `cargo xtask score` holds it against other tables.

#![allow(clippy::print_stdout, reason = "an example prints its result")]

use std::io::Read as _;

use crashcart_story::knowledge::{
    ATTACK_VERSION, DISCOVERY, discovery_technique, look_up, plain_name, service_of,
};
use serde_json::{Value, json};

fn main() -> Result<(), std::io::Error> {
    let mut text = String::new();
    std::io::stdin().read_to_string(&mut text)?;
    let calls: Vec<Value> = text
        .lines()
        .filter_map(|line| line.split_once(' '))
        .map(|(source, name)| opinion(service_of(source), plain_name(name)))
        .collect();
    println!("{}", json!({ "attack_version": ATTACK_VERSION, "calls": calls }));
    Ok(())
}

/// Tactic and technique of a call, as the story would tell it; null where it would tell nothing.
fn opinion(service: &str, name: &str) -> Value {
    match look_up(service, name, "") {
        Some(call) => json!({ "tactic": call.tactic(), "technique": call.technique() }),
        None => match discovery_technique(service, name) {
            Some(technique) => json!({ "tactic": DISCOVERY, "technique": technique }),
            None => Value::Null,
        },
    }
}
