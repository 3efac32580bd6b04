//! The regions of an account, as far as it may be asked.

use crashcart_aws::services::ec2::DescribeRegions;
use crashcart_aws::{AwsError, Call, Operation, Partition, Reader};

/// Every call that is made here.
pub const CALLS: &[Operation] = &[DescribeRegions::OPERATION];

/// Regions of the partition `aws` that every account has (AWS General Reference, "Managing AWS
/// Regions": those that need no opt-in).
const STANDARD: [&str; 17] = [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ca-central-1",
    "eu-central-1",
    "eu-north-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "sa-east-1",
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
];
const CHINA: [&str; 2] = ["cn-north-1", "cn-northwest-1"];
const GOVERNMENT: [&str; 2] = ["us-gov-east-1", "us-gov-west-1"];

/// The regions of an account, each list sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Regions {
    /// What can be asked.
    pub enabled: Vec<String>,
    /// What the account has not opted in to.
    pub not_enabled: Vec<String>,
    /// Why it is not known which are enabled: then those are named that every account has.
    pub unknown: Option<AwsError>,
}

/// Asks for the regions of the account.
pub fn regions(reader: Reader<'_>) -> Regions {
    match reader.ask(&DescribeRegions { all_regions: Some(true) }) {
        Ok(answered) => {
            let mut all = answered.answer.regions;
            all.sort_by(|a, b| a.region_name.cmp(&b.region_name));
            let off = |status: &Option<String>| status.as_deref() == Some("not-opted-in");
            let (off, on): (Vec<_>, Vec<_>) =
                all.into_iter().partition(|region| off(&region.opt_in_status));
            let names = |regions: Vec<crashcart_aws::services::ec2::Region>| {
                regions.into_iter().map(|region| region.region_name).collect()
            };
            Regions { enabled: names(on), not_enabled: names(off), unknown: None }
        }
        Err(error) => {
            let names: &[&str] = match Partition::of(reader.region()) {
                Partition::Standard => &STANDARD,
                Partition::China => &CHINA,
                Partition::Government => &GOVERNMENT,
            };
            let enabled = names.iter().map(|name| (*name).to_owned()).collect();
            Regions { enabled, not_enabled: Vec::new(), unknown: Some(error) }
        }
    }
}
