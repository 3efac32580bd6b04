//! Where a service is reached, and in whose name a request is signed.
//!
//! Held against botocore's own resolver for every region of three partitions.

use crate::operation::{Endpoints, Service};

/// A part of AWS with its own names and identities.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    /// `aws`
    Standard,
    /// `aws-cn`
    China,
    /// `aws-us-gov`
    Government,
}

impl Partition {
    /// The partition that a region belongs to.
    pub fn of(region: &str) -> Self {
        if region.starts_with("cn-") {
            Self::China
        } else if region.starts_with("us-gov-") {
            Self::Government
        } else {
            Self::Standard
        }
    }

    const fn suffix(self) -> &'static str {
        match self {
            Self::China => "amazonaws.com.cn",
            Self::Standard | Self::Government => "amazonaws.com",
        }
    }
}

/// Where and how to reach a service from a region: the address, and the region to sign for.
pub fn endpoint(service: &Service, region: &str) -> (String, String) {
    let partition = Partition::of(region);
    let id = service.id;
    let suffix = partition.suffix();
    let (host, signed) = match (service.endpoints, partition) {
        (Endpoints::Regional, _) => (format!("{id}.{region}.{suffix}"), region),
        (Endpoints::Global, Partition::Standard) => (format!("{id}.{suffix}"), "us-east-1"),
        (Endpoints::Global, Partition::China) => {
            (format!("{id}.cn-north-1.{suffix}"), "cn-north-1")
        }
        (Endpoints::Global, Partition::Government) => {
            (format!("{id}.us-gov.{suffix}"), "us-gov-west-1")
        }
        (Endpoints::OneRegion, partition) => {
            let home = match partition {
                Partition::Standard => "us-east-1",
                Partition::China => "cn-northwest-1",
                Partition::Government => "us-gov-west-1",
            };
            (format!("{id}.{home}.{suffix}"), home)
        }
    };
    (format!("https://{host}"), signed.to_owned())
}

/// Where a bucket has a host of its own; none where its name fits into no certificate or host, and
/// stands in the path (S3 User Guide, "Virtual hosting of general purpose buckets").
pub fn bucket_endpoint(service: &Service, region: &str, bucket: &str) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = bucket.bytes().next().is_some_and(is_plain)
        && bucket.bytes().next_back().is_some_and(is_plain);
    let fits = (3..=63).contains(&bucket.len())
        && ends
        && bucket.bytes().all(|byte| is_plain(byte) || byte == b'-');
    let (url, _) = endpoint(service, region);
    fits.then(|| url.replacen("https://", &format!("https://{bucket}."), 1))
}
