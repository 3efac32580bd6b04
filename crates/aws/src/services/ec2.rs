//! Amazon EC2 (API reference, version 2016-11-15).

use serde::Deserialize;

use crate::operation::calls;
use crate::response::items;
use crate::{Endpoints, Protocol, Service};

/// See the module.
pub const EC2: Service = Service {
    id: "ec2",
    version: "2016-11-15",
    protocol: Protocol::Ec2,
    endpoints: Endpoints::Regional,
};

calls! { EC2;
    /// The regions that are enabled for the account.
    reads "ec2:DescribeRegions" DescribeRegions { all_regions: Option<bool> } -> Regions;
}

/// Answer of [`DescribeRegions`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Regions {
    /// The regions.
    #[serde(rename = "regionInfo", deserialize_with = "items", default = "Vec::new")]
    pub regions: Vec<Region>,
}

/// A region.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Region {
    /// Its name.
    pub region_name: String,
    /// opt-in-not-required, opted-in or not-opted-in.
    #[serde(default)]
    pub opt_in_status: Option<String>,
}
