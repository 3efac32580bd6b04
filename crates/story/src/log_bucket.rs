//! Which buckets hold the logs of the account, as the records tell: where a trail was sent, whom a
//! bucket's policy lets deliver, and where AWS delivers or looks. To delete there, to let it
//! expire or to shut the deliverer out takes the account's memory. It must never go by a name.

use std::borrow::Cow;

use crashcart_model::{Head, Outcome};

use crate::key::Parts;
use crate::knowledge::{self, Call};
use crate::principal::{plain, short};
use crate::scene::Scene;
use crate::{policy, target};

/// Log buckets kept.
pub(crate) const KEPT: usize = 64;

/// The AWS services that deliver what watches an account, as they call and are let in.
pub(crate) const DELIVERERS: [&str; 3] =
    ["cloudtrail.amazonaws.com", "config.amazonaws.com", "delivery.logs.amazonaws.com"];

/// Sentences about what was lost.
const TOLD: usize = 5;

/// Variant of a call that is about a bucket of logs.
const VARIANT: &str = "logs";

/// The bucket of logs that a call names, if it does.
pub(crate) fn named<'a>(head: &Head<'a>, service: &str, name: &str) -> Option<Cow<'a, str>> {
    let known = match (service, name) {
        ("cloudtrail", "CreateTrail" | "UpdateTrail" | "GetTrail" | "DescribeTrails") => true,
        ("s3", "PutBucketPolicy") => policy::lets_in(head, &DELIVERERS),
        // CloudTrail looks at the bucket's ACL before it delivers; no data events are needed.
        ("s3", "PutObject" | "GetBucketAcl") => {
            let by = head.identity().invoked_by;
            by.is_some_and(|by| DELIVERERS.iter().any(|deliverer| by.is(deliverer)))
        }
        _ => false,
    };
    if !known || head.outcome() != Outcome::Done {
        return None;
    }
    const PATHS: [&str; 5] = [
        "r.s3BucketName",
        "q.s3BucketName",
        "r.trail.s3BucketName",
        "r.trailList.s3BucketName",
        "q.bucketName",
    ];
    Some(target::first(head, &PATHS)).filter(|bucket| !bucket.is_empty())
}

/// What a call does where its bucket holds logs; none where that makes no difference.
pub(crate) fn call(
    parts: &Parts<'_>,
    is_log_bucket: impl Fn(&str) -> bool,
) -> Option<&'static Call> {
    // A policy of which nobody can tell whether it lets the deliverer in is a policy like any.
    let shuts_out = parts.name != "PutBucketPolicy" || parts.variant == "inside";
    if parts.service != "s3" || !shuts_out || !is_log_bucket(parts.thing) {
        return None;
    }
    let call = knowledge::look_up("s3", knowledge::plain_name(parts.name), VARIANT)?;
    (call.variant() == VARIANT).then_some(call)
}

/// What is lost by what was done to buckets of logs, in sentences.
pub(crate) fn sentences(scene: &Scene<'_>) -> Vec<String> {
    let lost = scene.entries.iter().filter(|entry| entry.done());
    let lost = lost.filter_map(|entry| {
        let kind = entry.call.filter(|call| call.variant() == VARIANT)?.effect().change()?;
        let what = match kind {
            "log objects deleted" | "log bucket deleted" => "what was in them is here only as far as it was copied before",
            "log bucket policy" => "what would have been delivered from then on may be missing",
            _ => return None,
        };
        let (bucket, who) = (plain(entry.parts.thing), short(entry.parts.actor));
        let at = entry.item.first.map(|at| format!(" at {at}")).unwrap_or_default();
        let name = entry.parts.name;
        Some(format!("logs of bucket {bucket}: {who} called {name}{at}; {what}; an event history of 90 days is kept apart from it"))
    });
    lost.take(TOLD).collect()
}
