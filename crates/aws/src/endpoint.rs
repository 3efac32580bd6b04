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

    const fn suffix(self, dual_stack: bool) -> &'static str {
        match (self, dual_stack) {
            (Self::China, false) => "amazonaws.com.cn",
            (Self::China, true) => "api.amazonwebservices.com.cn",
            (Self::Standard | Self::Government, false) => "amazonaws.com",
            (Self::Standard | Self::Government, true) => "api.aws",
        }
    }
}

/// Which of a service's endpoints is asked, as the user's configuration says (AWS SDKs and Tools
/// Reference Guide, "Dual-stack and FIPS endpoints"). In China there are none with FIPS: the
/// names lead nowhere there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Variant {
    /// The one with validated cryptography.
    pub fips: bool,
    /// The one that speaks IPv6 too.
    pub dual_stack: bool,
}

/// Where and how to reach a service from a region: the address, and the region to sign for.
pub fn endpoint(service: &Service, region: &str, variant: Variant) -> (String, String) {
    let partition = Partition::of(region);
    let Variant { fips, dual_stack } = variant;
    let suffix = partition.suffix(dual_stack);
    let government = partition == Partition::Government;
    // The plain endpoints of the government's regions are validated already.
    let validated = match service.endpoints {
        Endpoints::Regional => government && !dual_stack,
        Endpoints::Global | Endpoints::OneRegion => government,
        Endpoints::Buckets => false,
    };
    let id = format!("{}{}", service.id, if fips && !validated { "-fips" } else { "" });
    let (host, signed) = match (service.endpoints, partition) {
        (Endpoints::Regional, _) => (format!("{id}.{region}.{suffix}"), region),
        (Endpoints::Buckets, _) => {
            let dual = if dual_stack { "dualstack." } else { "" };
            (format!("{id}.{dual}{region}.{}", partition.suffix(false)), region)
        }
        (Endpoints::Global, Partition::Government) => {
            (format!("{id}.us-gov.{suffix}"), "us-gov-west-1")
        }
        (Endpoints::Global, partition) => {
            let china = partition == Partition::China;
            let place = match (dual_stack, china) {
                (true, _) => "global.",
                (false, true) => "cn-north-1.",
                (false, false) => "",
            };
            let signed = if china { "cn-north-1" } else { "us-east-1" };
            (format!("{id}.{place}{suffix}"), signed)
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
pub fn bucket_endpoint(
    service: &Service,
    region: &str,
    variant: Variant,
    bucket: &str,
) -> Option<String> {
    let is_plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let ends = bucket.bytes().next().is_some_and(is_plain)
        && bucket.bytes().next_back().is_some_and(is_plain);
    let fits = (3..=63).contains(&bucket.len())
        && ends
        && bucket.bytes().all(|byte| is_plain(byte) || byte == b'-');
    let (url, _) = endpoint(service, region, variant);
    fits.then(|| url.replacen("https://", &format!("https://{bucket}."), 1))
}
