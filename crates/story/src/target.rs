//! What a call was about, read from its parameters: the thing, its owner, the detail, and the
//! variant of a call whose parameters decide what it does.
//!
//! Must never read a member that holds a secret: only ids, names, ranges and principals.

use std::borrow::Cow;

use crashcart_model::{Head, Record, Value};

use crate::knowledge::{Detail, Target};
use crate::{log_bucket, policy};

/// How many values of one list are named.
const LISTED: usize = 10;
/// What stands last in a list that names not all.
pub(crate) const MORE: &str = "...";

/// Collects the scalars at a path; arrays on the way are entered.
fn collect<'a>(value: Value<'a>, path: &str, out: &mut Vec<Cow<'a, str>>) {
    if out.len() > LISTED {
        return;
    }
    match value {
        Value::Array(items) => items.members().for_each(|(_, item)| collect(item, path, out)),
        Value::Object(object) => {
            let (first, rest) = path.split_once('.').unwrap_or((path, ""));
            if !first.is_empty()
                && let Some(member) = object.get(first)
            {
                collect(member, rest, out);
            }
        }
        _ if path.is_empty() => out.extend(value.scalar().filter(|text| !text.is_empty())),
        _ => {}
    }
}

fn section<'a>(head: &Head<'a>, letter: &str) -> Option<Record<'a>> {
    match letter {
        "q" => head.request,
        "r" => head.response,
        "a" => head.additional,
        "i" => head.user_identity,
        _ => None,
    }
}

/// The value at the first of `paths` that leads to one; a list is joined.
pub(crate) fn first<'a>(head: &Head<'a>, paths: &[&str]) -> Cow<'a, str> {
    for path in paths {
        let Some((letter, path)) = path.split_once('.') else { continue };
        let Some(section) = section(head, letter) else { continue };
        let mut values = Vec::new();
        collect(section.as_value(), path, &mut values);
        match values.len() {
            0 => {}
            1 => return values.pop().unwrap_or_default(),
            _ => return Cow::Owned(join(&mut values)),
        }
    }
    Cow::Borrowed("")
}

fn join(values: &mut Vec<Cow<'_, str>>) -> String {
    values.sort();
    values.dedup();
    let more = values.len() > LISTED;
    values.truncate(LISTED);
    let mut text = values.join(", ");
    if more {
        text.push_str(", ");
        text.push_str(MORE);
    }
    text
}

/// Where a call that the table does not know may name its target.
pub(crate) const USUAL: &[&str] = &[
    "q.userName",
    "q.roleName",
    "q.bucketName",
    "q.functionName",
    "q.instanceId",
    "q.groupId",
    "q.dBInstanceIdentifier",
    "q.dBClusterIdentifier",
    "q.resourceArn",
    "q.resourceId",
    "q.arn",
    "q.id",
    "q.name",
];

/// The bucket whose objects are listed.
pub(crate) const BUCKET: Target =
    Target { thing: &["q.bucketName"], owner: &[], detail: Detail::None };

/// Whether a call of S3 is about objects or only looks into a bucket, which are data events; what
/// manages a bucket is not (CloudTrail user guide, "Logging data events").
pub(crate) fn is_on_objects(name: &str) -> bool {
    let objects = ["Object", "Multipart", "Part"].iter().any(|word| name.contains(word));
    matches!(name, "HeadBucket" | "ListBucket") || objects && !name.contains("Bucket")
}

/// Whether the call lists the objects of a bucket.
pub(crate) fn lists_bucket(service: &str, name: &str) -> bool {
    service == "s3" && name.starts_with("ListObject")
}

/// Thing, owner and detail of a call.
pub(crate) fn of<'a>(head: &Head<'a>, target: &Target) -> [Cow<'a, str>; 3] {
    let detail = match target.detail {
        Detail::None => Cow::Borrowed(""),
        Detail::Ingress => Cow::Owned(ingress(head)),
        Detail::Shared => shared(head),
        Detail::PolicyPrincipals => Cow::Owned(join(&mut policy::principals(head))),
        Detail::Paths(paths) => first(head, paths),
        Detail::LastSnapshot(paths) => match first(head, paths) {
            name if name.is_empty() => name,
            name => Cow::Owned(format!("last snapshot {name}")),
        },
    };
    [first(head, target.thing), first(head, target.owner), detail]
}

/// The accounts that something was shared with, or is no longer.
fn shared<'a>(head: &Head<'a>) -> Cow<'a, str> {
    first(
        head,
        &[
            "q.createVolumePermission.add.items.userId",
            "q.createVolumePermission.add.items.group",
            "q.createVolumePermission.remove.items.userId",
            "q.createVolumePermission.remove.items.group",
            "q.launchPermission.add.items.userId",
            "q.launchPermission.add.items.group",
            "q.launchPermission.remove.items.userId",
            "q.launchPermission.remove.items.group",
            "q.valuesToAdd",
            "q.valuesToRemove",
        ],
    )
}

/// Protocol, ports and ranges of a security group call, as `tcp 22 from 0.0.0.0/0`.
fn ingress(head: &Head<'_>) -> String {
    let Some(request) = head.request else { return String::new() };
    let mut rules = Vec::new();
    let items = request.object("ipPermissions").and_then(|permissions| permissions.get("items"));
    if let Some(Value::Array(items)) = items {
        rules.extend(items.members().filter_map(|(_, item)| item.as_object()).map(|r| rule(&r)));
    }
    if rules.is_empty() && request.get("cidrIp").is_some() {
        rules.push(rule(&request));
    }
    rules.sort();
    rules.truncate(LISTED);
    rules.join(", ")
}

fn rule(rule: &Record<'_>) -> String {
    let scalar = |name: &str| rule.get(name).and_then(Value::scalar).unwrap_or_default();
    let (from, to) = (scalar("fromPort"), scalar("toPort"));
    let ports = if from == to { from.into_owned() } else { format!("{from}-{to}") };
    let mut ranges = Vec::new();
    for path in ["ipRanges.items.cidrIp", "ipv6Ranges.items.cidrIpv6", "groups.items.groupId"] {
        collect(rule.as_value(), path, &mut ranges);
    }
    ranges.extend(rule.get("cidrIp").and_then(Value::scalar));
    let protocol = scalar("ipProtocol");
    let protocol = if protocol == "-1" { "all traffic" } else { &protocol };
    let what: Vec<&str> = [protocol, &ports].into_iter().filter(|part| !part.is_empty()).collect();
    format!("{} from {}", what.join(" "), join(&mut ranges))
}

/// The variant of a call, told from its parameters; empty where there is only one kind.
pub(crate) fn variant(service: &str, name: &str, head: &Head<'_>) -> &'static str {
    let told = |path: &'static str| first(head, &[path]);
    match (service, name) {
        ("ec2", "AuthorizeSecurityGroupIngress") => {
            let rules = ingress(head);
            if rules.split([' ', ',']).any(|range| range.ends_with("/0")) { "world" } else { "" }
        }
        ("ec2", "ModifySnapshotAttribute" | "ModifyImageAttribute") => {
            let asked = |action: &str| {
                let object = |name| head.request.and_then(|request| request.object(name));
                ["createVolumePermission", "launchPermission"]
                    .iter()
                    .any(|name| object(name).is_some_and(|change| change.get(action).is_some()))
            };
            if asked("add") {
                "share"
            } else if asked("remove") {
                "unshare"
            } else {
                ""
            }
        }
        ("rds", "ModifyDBSnapshotAttribute" | "ModifyDBClusterSnapshotAttribute") => {
            if !told("q.valuesToAdd").is_empty() {
                "share"
            } else if !told("q.valuesToRemove").is_empty() {
                "unshare"
            } else {
                ""
            }
        }
        ("ec2", "DescribeInstanceAttribute") if told("q.attribute") == "userData" => "user-data",
        ("ec2", "ModifyInstanceAttribute") => {
            let changes = |name| head.request.is_some_and(|request| request.get(name).is_some());
            if changes("userData") { "user-data" } else { "" }
        }
        ("iam", "UpdateAccessKey") => match &*told("q.status") {
            "Active" => "active",
            "Inactive" => "inactive",
            _ => "",
        },
        ("iam", "UpdateAssumeRolePolicy") => {
            if policy::names_only_services(head) {
                "services"
            } else {
                ""
            }
        }
        ("iam", "AttachUserPolicy")
            if told("q.policyArn").contains("AWSCompromisedKeyQuarantine") =>
        {
            "quarantine"
        }
        _ => variant_elsewhere(service, name, head),
    }
}

fn variant_elsewhere(service: &str, name: &str, head: &Head<'_>) -> &'static str {
    let told = |path: &'static str| first(head, &[path]);
    match (service, name) {
        (
            "s3" | "secretsmanager" | "kms" | "sns" | "sqs" | "backup" | "elasticfilesystem",
            "PutBucketPolicy"
            | "PutAccessPointPolicy"
            | "PutResourcePolicy"
            | "PutKeyPolicy"
            | "SetTopicAttributes"
            | "SetQueueAttributes"
            | "PutBackupVaultAccessPolicy"
            | "PutFileSystemPolicy",
        ) => match policy::side(head) {
            "inside"
                if name == "PutBucketPolicy" && policy::lets_in(head, &log_bucket::DELIVERERS) =>
            {
                "deliverers"
            }
            side => side,
        },
        ("s3", "PutBucketAcl") => {
            let text = head.request.map(|request| request.json()).unwrap_or_default();
            let everybody = ["/global/AllUsers", "/global/AuthenticatedUsers", "public-read"];
            if everybody.iter().any(|who| text.contains(who)) { "world" } else { "" }
        }
        ("rds", "ModifyDBInstance") => match &*told("q.publiclyAccessible") {
            "true" => "public",
            _ if told("q.backupRetentionPeriod") == "0" => "no-backups",
            "false" => "private",
            _ => "",
        },
        ("s3", "PutBucketPublicAccessBlock" | "PutPublicAccessBlock") => {
            let text = head.request.map(|request| request.json()).unwrap_or_default();
            if text.contains("true") && !text.contains("false") { "all" } else { "" }
        }
        ("signin", "ConsoleLogin") => {
            let who = told("i.type");
            let own = who == "IAMUser" || who == "Root";
            if own && told("a.MFAUsed") == "No" { "no-mfa" } else { "" }
        }
        _ => variant_of_watch(service, name, head),
    }
}

/// The same of what watches the account.
fn variant_of_watch(service: &str, name: &str, head: &Head<'_>) -> &'static str {
    let told = |path: &'static str| first(head, &[path]);
    match (service, name) {
        ("macie2", "UpdateMacieSession") => match &*told("q.status") {
            "PAUSED" => "paused",
            "ENABLED" => "on",
            _ => "",
        },
        ("cloudtrail", "PutEventSelectors") => {
            let basic = told("q.eventSelectors.includeManagementEvents");
            let kinds = told("q.eventSelectors.readWriteType");
            let excluded = told("q.eventSelectors.excludeManagementEventSources");
            let all = basic == "true" && kinds == "All" && excluded.is_empty();
            if all { "all" } else { "" }
        }
        ("guardduty" | "macie2", "GetFindings") => {
            if told("q.findingIds").is_empty() {
                ""
            } else {
                "named"
            }
        }
        ("guardduty", "UpdateDetector") => match &*told("q.enable") {
            "true" => "on",
            "false" => "off",
            _ => "",
        },
        _ => "",
    }
}
