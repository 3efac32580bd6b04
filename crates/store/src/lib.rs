//! A case is a folder of plain files that can be copied, signed and kept: what was read (sealed
//! by its digest), what was found, and a manifest that chains both.
//!
//! It must never change evidence, never leave half a result behind, and never read the clock: the
//! time of a case's creation is handed in.

#![forbid(unsafe_code)]

mod case;
mod chain;
pub mod environment_file;
mod error;
mod files;
mod folder;
mod given;
mod journal;
mod manifest;
mod verify;

pub use case::{Case, CollectedCall, CollectedEntry, Repair, file_name};
pub use error::StoreError;
pub use given::GivenInput;
pub use journal::Journal;
pub use manifest::ManifestEntry;
pub use verify::{Problem, ProblemKind, Verification, verify};
