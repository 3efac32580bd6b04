//! AWS CloudTrail (API reference, version 2013-11-01).

use serde::{Deserialize, Serialize};

use crate::operation::calls;
use crate::{Endpoints, Protocol, Service};

/// See the module.
pub const CLOUDTRAIL: Service = Service {
    id: "cloudtrail",
    version: "2013-11-01",
    protocol: Protocol::Json { target: "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101" },
    endpoints: Endpoints::Regional,
};

calls! { CLOUDTRAIL;
    /// Management events of the last 90 days, one attribute at a time, newest first: two requests
    /// a second for each account and region.
    reads "cloudtrail:LookupEvents" LookupEvents {
        lookup_attributes: Vec<LookupAttribute>,
        /// Seconds since 1970.
        start_time: Option<i64>,
        /// Seconds since 1970.
        end_time: Option<i64>,
        max_results: Option<u32>,
    } -> Events, pages "NextToken" "NextToken", per_second 2;
    /// The trails that log in the region asked, also those of other regions and of the
    /// organization.
    reads "cloudtrail:DescribeTrails" DescribeTrails {
        #[serde(rename = "includeShadowTrails")]
        include_shadow_trails: Option<bool>,
    } -> Trails;
    /// Whether a trail logs and delivers; asked in its home region.
    reads "cloudtrail:GetTrailStatus" GetTrailStatus { name: String } -> TrailStatus;
    /// Which events a trail takes; asked in its home region.
    reads "cloudtrail:GetEventSelectors" GetEventSelectors { trail_name: String } -> EventSelectors;
}

/// What to look for.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct LookupAttribute {
    /// AccessKeyId, Username, ResourceName, EventName, ...
    pub attribute_key: String,
    /// Its value.
    pub attribute_value: String,
}

/// Answer of [`LookupEvents`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Events {
    /// The events. An answer without the list is no answer: it must not look like silence.
    pub events: Vec<Event>,
    /// There in every page but the last.
    #[serde(default)]
    pub next_token: Option<String>,
}

/// An event; the record stands inside as text.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Event {
    /// Its id.
    #[serde(default)]
    pub event_id: Option<String>,
    /// When it happened, in seconds since 1970.
    #[serde(default)]
    pub event_time: Option<f64>,
    /// The record as CloudTrail wrote it.
    #[serde(default)]
    pub cloud_trail_event: Option<String>,
}

/// Answer of [`DescribeTrails`].
#[derive(Debug, Clone, Deserialize)]
pub struct Trails {
    /// The trails.
    #[serde(rename = "trailList", default)]
    pub trails: Vec<Trail>,
}

/// A trail.
#[derive(Debug, Clone, Deserialize)]
pub struct Trail {
    /// Its name.
    #[serde(rename = "Name")]
    pub name: String,
    /// Its ARN.
    #[serde(rename = "TrailARN")]
    pub arn: String,
    /// Where it delivers to.
    #[serde(rename = "S3BucketName", default)]
    pub bucket: Option<String>,
    /// What its keys begin with, before `AWSLogs/`.
    #[serde(rename = "S3KeyPrefix", default)]
    pub prefix: Option<String>,
    /// Where it may be asked about.
    #[serde(rename = "HomeRegion", default)]
    pub home: Option<String>,
}

/// Answer of [`GetTrailStatus`].
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct TrailStatus {
    /// Whether it logs.
    #[serde(default)]
    pub is_logging: Option<bool>,
    /// Why the last delivery failed, where it did.
    #[serde(default)]
    pub latest_delivery_error: Option<String>,
}

/// Answer of [`GetEventSelectors`].
#[derive(Debug, Clone, Deserialize)]
pub struct EventSelectors {
    /// Whose these are.
    #[serde(rename = "TrailARN", default)]
    pub arn: Option<String>,
}
