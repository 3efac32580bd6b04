//! Where to look for what was asked about and is not in the material: which log, of which
//! account, which region, which days.

use crashcart_model::{Timestamp, UniqueId};

use super::Kind;
use crate::principal;
use crate::scene::Scene;
use crate::words::{counted_len, listed};

/// Accounts and regions named in one sentence.
const NAMED: usize = 4;

pub(super) fn next(scene: &Scene<'_>, kind: Kind, asked: &str) -> Vec<String> {
    let mut next = Vec::new();
    next.extend(account(scene, asked));
    next.extend(region(scene));
    next.extend(days(scene));
    match kind {
        Kind::Key if asked.starts_with("ASIA") => next.push(
            "a temporary key lives 36 hours at most (12 from AssumeRole): look for the call that \
             issued it (AssumeRole, GetSessionToken, GetFederationToken, a console sign-in) in the \
             CloudTrail of that account; calls on objects stand in S3 data events alone"
                .to_owned(),
        ),
        Kind::Key => next.push(
            "`aws iam get-access-key-last-used --access-key-id` tells its user and the service, \
             region and time of its last use; calls on objects stand in S3 data events alone"
                .to_owned(),
        ),
        Kind::Principal => next.push(
            "look for a part of its name with `crashcart search PART --in PATH`, and for the \
             calls that made it (CreateUser, CreateRole, AssumeRole) in the days before"
                .to_owned(),
        ),
        Kind::Address => next.push(
            "CloudTrail knows an address only where it called AWS: VPC flow logs, load balancer, \
             CloudFront, WAF and S3 access logs know it where it reached a machine or a bucket"
                .to_owned(),
        ),
        Kind::Instance => next.push(
            "its role's session carries its id as name in the CloudTrail of its account and \
             region; RunInstances and StartInstances there tell who started it; VPC flow logs of \
             its network interface tell whom it talked to"
                .to_owned(),
        ),
        Kind::Resource => next.push(
            "changes to it stand in the CloudTrail of its account; reads of a bucket's objects \
             only in S3 data events or S3 access logs, if they were switched on before"
                .to_owned(),
        ),
    }
    next
}

/// The account that its name tells, and whether its trail was read.
fn account(scene: &Scene<'_>, asked: &str) -> Option<String> {
    let pivot = scene.material.pivot;
    let told = UniqueId::parse(asked).and_then(|id| id.account).map(|id| id.as_str().to_owned());
    let own = told.clone().or_else(|| principal::account(asked).map(str::to_owned));
    let account = own.or_else(|| pivot.accounts.first().cloned())?;
    let how = if told.is_some() { ", which the id itself tells" } else { "" };
    let read = &scene.material.coverage.accounts;
    if read.iter().any(|known| known.raw() == account) {
        return Some(format!(
            "it belongs to account {account}{how}; this material has events of that account, so \
             read its other regions and other days"
        ));
    }
    let has = match &**read {
        [] => "names no account".to_owned(),
        read => format!("is of {}", listed(read.iter().map(|a| a.raw()), NAMED)),
    };
    Some(format!(
        "it belongs to account {account}{how}, and this material {has}: read the CloudTrail of \
         account {account}, all regions"
    ))
}

/// Regions of the finding that the material does not have.
fn region(scene: &Scene<'_>) -> Option<String> {
    let read = &scene.material.coverage.regions;
    let regions = scene.material.pivot.regions.iter();
    let absent: Vec<&str> = regions
        .map(String::as_str)
        .filter(|region| !read.iter().any(|known| known.raw() == *region))
        .collect();
    (!absent.is_empty()).then(|| {
        let absent = listed(absent, NAMED);
        format!("the finding is of {absent}, and this material has no event of it: read that trail")
    })
}

/// The days of the finding, where the material begins later or ends earlier.
fn days(scene: &Scene<'_>) -> Option<String> {
    let (pivot, coverage) = (scene.material.pivot, scene.material.coverage);
    let range = |first: Option<Timestamp>, last: Option<Timestamp>| {
        let text = |time: Option<Timestamp>| time.map(|time| time.to_string());
        Some(format!("{} to {}", text(first.or(last))?, text(last.or(first))?))
    };
    let read = range(coverage.first, coverage.last)?;
    let Some(finding) = range(pivot.first, pivot.last) else {
        let days = counted_len(scene.facts.hours.len(), "hour");
        return Some(format!(
            "this material has events in {days} from {read}: read the days before and after"
        ));
    };
    let outside =
        pivot.first.or(pivot.last) < coverage.first || pivot.last.or(pivot.first) > coverage.last;
    outside.then(|| {
        format!("the finding speaks of {finding}, and this material of {read}: read those days")
    })
}
