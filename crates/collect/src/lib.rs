//! Where evidence comes from: files, folders, archives, standard input, buckets, and the account.
//!
//! Finds what there is, reads each file once, hashes exactly the bytes that are decoded, and tells
//! when a file changed meanwhile. Never writes beside the evidence.

#![forbid(unsafe_code)]

mod asking;
mod bucket;
mod files;
mod identity;
mod owner;
mod read;
mod regions;
mod standard_input;

pub use bucket::{
    Address, Bucket, OBJECT_CALLS, Object, ObjectReader, Span, Wanted, Within, find_objects,
};
pub use files::{Found, Listing, find};
pub use identity::{
    AppliedPolicy, CALLS as IDENTITY_CALLS, Everything, Identity, IdentityTarget, NoIdentity,
    OrganizationPolicy, ServiceUse, identity,
};
pub use owner::{
    CALLS as OWNER_CALLS, Credential, Key, Owner, Policy, owner_by_name, owner_of_key,
};
pub use read::{Sealed, read};
pub use regions::{CALLS as REGION_CALLS, Regions, regions};
pub use standard_input::{SpoolError, spool};
