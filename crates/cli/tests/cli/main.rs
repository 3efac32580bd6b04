//! The binary from outside: what a user types, what is printed, how it ends.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod account;
mod aws_cli;
mod baseline;
mod binary;
mod buckets;
mod case_folder;
mod clock;
mod collect_identity;
mod collect_trail;
mod columns;
mod containment;
mod demo;
mod detect;
mod duplicates;
mod environment;
mod event_history;
mod exit_codes;
mod filters;
mod hostile;
mod material;
mod outputs;
mod page;
mod permissions;
mod pivots;
mod recommended;
mod respond;
mod responder;
mod rules;
mod sameness;
mod secrets;
mod selftest;
mod sessions;
mod whois;
