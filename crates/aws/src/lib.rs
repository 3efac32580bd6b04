//! The one door to AWS. Every call is declared as data; what is not declared cannot be made.

mod error;

pub use error::AwsError;
