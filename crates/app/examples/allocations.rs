//! Counts the allocations of `detect` on one thread: `allocations FOLDER [RULES...]`. Prints one
//! line of JSON; `cargo xtask bench` reads it. Apart from the timed runs, which counting would slow.

#![allow(clippy::print_stdout, reason = "an example prints its result")]

use std::alloc::System;
use std::error::Error;
use std::path::PathBuf;

use crashcart_app::{Buckets, Caps, Filter, Inputs, Progress, ReadOptions, RuleOptions, Rules};
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> Result<(), Box<dyn Error>> {
    let mut paths = std::env::args_os().skip(1).map(PathBuf::from);
    let folder = paths.next().ok_or("usage: allocations FOLDER [RULES...]")?;
    let options = RuleOptions { folders: paths.collect(), ..RuleOptions::default() };
    let rules = Rules::load(&options)?;
    let inputs = Inputs::find(&[folder], &mut std::io::empty(), &Buckets::none())?;
    let options = ReadOptions {
        caps: Caps::default(),
        threads: 1,
        filter: Filter::default(),
        columns: crashcart_app::ColumnMap::default(),
        given: Vec::new(),
    };
    let region = Region::new(ALLOCATOR);
    let detection = crashcart_app::detect(&inputs.listing, &options, &Progress::default(), &rules);
    let change = region.change();
    let events = detection.coverage.events;
    let (count, bytes) = (change.allocations + change.reallocations, change.bytes_allocated);
    println!("{{\"allocations\":{count},\"allocated_bytes\":{bytes},\"events\":{events}}}");
    Ok(())
}
