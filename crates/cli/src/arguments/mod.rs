//! Arguments that several commands share, each with its manual.

mod account;
mod filters;
mod material;
mod output;
mod preflight;
mod rules;
mod tables;

pub use account::AccountArguments;
pub use filters::{Filters, Scope, Time};
pub use material::{Bounds, MaterialArguments};
pub use output::{Rows, Show};
pub use preflight::PreflightArguments;
pub use rules::{RuleArguments, level};
