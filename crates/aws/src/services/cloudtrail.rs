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
    /// The events.
    #[serde(default)]
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
