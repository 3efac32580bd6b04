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

    /// Instances by their ids.
    reads "ec2:DescribeInstances" DescribeInstances {
        #[serde(rename = "InstanceId")]
        instance_ids: Vec<String>,
    } -> Reservations;
}

/// Answer of [`DescribeInstances`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservations {
    /// Instances that were started together.
    #[serde(rename = "reservationSet", deserialize_with = "items", default = "Vec::new")]
    pub reservations: Vec<Reservation>,
}

/// Instances that were started together.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reservation {
    /// The instances.
    #[serde(rename = "instancesSet", deserialize_with = "items", default = "Vec::new")]
    pub instances: Vec<Instance>,
}

/// An instance.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// Its id.
    pub instance_id: String,
    /// What hands it a role.
    #[serde(default)]
    pub iam_instance_profile: Option<ProfileOfInstance>,
}

/// The instance profile of an instance.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ProfileOfInstance {
    /// ARN.
    pub arn: String,
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
