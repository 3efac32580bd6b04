//! The one door to AWS. Every call is declared as data, in one file for each service; what is not
//! declared cannot be made. From the declarations come the permissions that a command needs, what
//! is asked, and the tests that hold them against AWS's own models.
//!
//! This crate must never decide anything: it asks what it is told to ask, and hands back what AWS
//! returned, byte for byte, beside the fields that are read. Reading and writing are two types:
//! a [`Reader`] has no method that changes anything.

mod client;
mod clock;
mod credentials;
mod endpoint;
mod error;
mod exchange;
mod operation;
mod pace;
mod permissions;
mod response;
mod serialize;
pub mod services;
mod setting;
mod wire;

pub use client::{Answered, Asked, Came, Door, Keep, Pending, Reader, Writer};
pub use credentials::{DoorOptions, Mfa};
pub use endpoint::{Partition, Variant, bucket_endpoint, endpoint};
pub use error::AwsError;
pub use operation::{
    Call, Effect, Endpoints, Http, Operation, Pages, Protocol, Reads, Service, Writes,
};
pub use permissions::policy;
pub use serialize::{body, headers, uri};
