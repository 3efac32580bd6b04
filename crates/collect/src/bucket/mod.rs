//! Buckets of S3: which objects lie below an address, and their bytes, hashed and decoded in one
//! pass like those of a file. Nothing is written, and no copy is kept.

mod layout;
mod listing;
mod object;

pub use layout::Span;
pub use listing::{Bucket, Wanted, find_objects};
pub use object::{Object, ObjectReader, Within};

use crashcart_aws::services::s3::{GetObject, ListObjectsV2};
use crashcart_aws::{Call, Operation};

/// What reading a bucket can call.
pub const OBJECT_CALLS: &[Operation] = &[ListObjectsV2::OPERATION, GetObject::OPERATION];

const SCHEME: &str = "s3://";

/// `s3://BUCKET/PREFIX`
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Address {
    /// The bucket.
    pub bucket: String,
    /// How the keys begin; all where it is empty.
    pub prefix: String,
}

impl Address {
    /// Reads an address; none for what is no address of a bucket.
    pub fn parse(text: &str) -> Option<Self> {
        let scheme = text.get(..SCHEME.len())?;
        let rest = text.get(SCHEME.len()..)?;
        let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
        (scheme.eq_ignore_ascii_case(SCHEME) && !bucket.is_empty())
            .then(|| Self { bucket: bucket.to_owned(), prefix: prefix.to_owned() })
    }
}

impl std::fmt::Display for Address {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "{SCHEME}{}/{}", self.bucket, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_a_bucket_and_perhaps_a_prefix() {
        let parts = |text: &str| Address::parse(text).map(|a| (a.bucket, a.prefix));
        let some = |bucket: &str, prefix: &str| Some((bucket.to_owned(), prefix.to_owned()));
        assert_eq!(parts("s3://logs"), some("logs", ""));
        assert_eq!(parts("S3://logs/"), some("logs", ""));
        assert_eq!(parts("s3://logs/AWSLogs/1//a b"), some("logs", "AWSLogs/1//a b"));
        assert_eq!(parts("s3://"), None);
        assert_eq!(parts("./s3/logs"), None);
    }
}
