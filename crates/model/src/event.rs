//! One event as a row: what timelines, searches and exports show of a record.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Head, LogText, Origin, Outcome, Str, Timestamp, principal_name};

/// The facts of one event.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Event {
    /// When; none when the record does not tell.
    pub time: Option<Timestamp>,
    /// `eventSource`
    pub source: LogText,
    /// `eventName`
    pub name: LogText,
    /// `awsRegion`
    pub region: LogText,
    /// The account whose trail it is, else the caller's.
    pub account: LogText,
    /// See [`principal_name`].
    pub principal: LogText,
    /// `userIdentity.accessKeyId`
    pub access_key: LogText,
    /// `sourceIPAddress`
    pub address: LogText,
    /// `userAgent`
    pub user_agent: LogText,
    /// What became of it.
    pub outcome: Outcome,
    /// `errorCode`
    pub error: LogText,
    /// The record.
    pub origin: Origin,
}

impl Event {
    /// The row of a record.
    pub fn of(head: &Head<'_>, origin: Origin) -> Self {
        let identity = head.identity();
        let text = |field: Option<Str<'_>>| {
            field.map(|text| LogText::new(text.text())).unwrap_or_default()
        };
        Self {
            time: head.time,
            source: text(head.source),
            name: text(head.name),
            region: text(head.region),
            account: text(head.account()),
            principal: LogText::new(principal_name(identity)),
            access_key: text(identity.access_key),
            address: text(head.address),
            user_agent: text(head.user_agent),
            outcome: head.outcome(),
            error: text(head.error_code),
            origin,
        }
    }
}
