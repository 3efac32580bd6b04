//! How each kind of way back in is taken away, and when logging was off.

use crate::aftermath::Kept;
use crate::knowledge::Effect;
use crate::principal::bare;
use crate::removal::Removals;
use crate::scene::{Entry, Scene};
use crate::shell::{aws, aws_in};
use crate::suspects::is_watch_change;

/// A call that stopped logging, and the one that put it back.
pub(crate) struct Off<'f> {
    pub(crate) stopped: Entry<'f>,
    pub(crate) again: Option<Entry<'f>>,
}

/// Stretches in which a trail was off, whoever switched it off.
pub(crate) fn logging_off<'f>(scene: &Scene<'f>, removals: &Removals<'f>) -> Vec<Off<'f>> {
    scene
        .entries
        .iter()
        .filter(|entry| entry.done() && entry.parts.service == "cloudtrail")
        .filter(|entry| {
            is_watch_change(entry) && matches!(entry.parts.name, "StopLogging" | "DeleteTrail")
        })
        .filter_map(|entry| match entry.effect() {
            Some(Effect::Change(kind)) => {
                Some(Off { stopped: *entry, again: removals.of(entry, kind) })
            }
            _ => None,
        })
        .collect()
}

/// How one way back in is taken away.
pub(crate) struct Undo {
    pub(crate) action: &'static str,
    /// What it does not stop, or why there is no command.
    pub(crate) note: &'static str,
    pub(crate) command: Option<String>,
}

/// The way to take away what was kept.
pub(crate) fn of(kept: &Kept<'_>) -> Undo {
    let (thing, owner) = (kept.made.parts.thing, kept.made.parts.owner);
    match kept.kind {
        "access key" => undo(
            "disable access key",
            "sessions already issued with it live on",
            aws(
                "iam update-access-key",
                &[("user-name", owner), ("access-key-id", thing), ("status", "Inactive")],
            ),
        ),
        "IAM user" => undo(
            "deny everything to the user",
            "delete it only when its keys, policies and sessions are recorded",
            aws(
                "iam put-user-policy",
                &[
                    ("user-name", thing),
                    ("policy-name", "crashcart-deny-all"),
                    (
                        "policy-document",
                        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#,
                    ),
                ],
            ),
        ),
        "login profile" => undo(
            "take away console sign-in",
            "the password cannot be restored",
            aws("iam delete-login-profile", &[("user-name", thing)]),
        ),
        "user policy" if thing.starts_with("arn:") => undo(
            "detach policy from user",
            "",
            aws("iam detach-user-policy", &[("user-name", owner), ("policy-arn", thing)]),
        ),
        "user policy" => undo(
            "delete policy of user",
            "save its text first",
            aws("iam delete-user-policy", &[("user-name", owner), ("policy-name", thing)]),
        ),
        "role policy" if thing.starts_with("arn:") => undo(
            "detach policy from role",
            "",
            aws("iam detach-role-policy", &[("role-name", owner), ("policy-arn", thing)]),
        ),
        "role policy" => undo(
            "delete policy of role",
            "save its text first",
            aws("iam delete-role-policy", &[("role-name", owner), ("policy-name", thing)]),
        ),
        "group policy" if thing.starts_with("arn:") => undo(
            "detach policy from group",
            "",
            aws("iam detach-group-policy", &[("group-name", owner), ("policy-arn", thing)]),
        ),
        "group policy" => undo(
            "delete policy of group",
            "save its text first",
            aws("iam delete-group-policy", &[("group-name", owner), ("policy-name", thing)]),
        ),
        "group membership" => undo(
            "take user from group",
            "",
            aws("iam remove-user-from-group", &[("user-name", owner), ("group-name", thing)]),
        ),
        "identity provider" if thing.contains(":saml-provider/") => undo(
            "delete identity provider",
            "sessions already issued through it live on",
            aws("iam delete-saml-provider", &[("saml-provider-arn", thing)]),
        ),
        "identity provider" => undo(
            "delete identity provider",
            "sessions already issued through it live on",
            aws("iam delete-open-id-connect-provider", &[("open-id-connect-provider-arn", thing)]),
        ),
        "SSH key" => undo(
            "disable SSH key",
            "",
            aws(
                "iam update-ssh-public-key",
                &[("user-name", owner), ("ssh-public-key-id", thing), ("status", "Inactive")],
            ),
        ),
        "service credential" => undo(
            "disable service credential",
            "",
            aws(
                "iam update-service-specific-credential",
                &[
                    ("user-name", owner),
                    ("service-specific-credential-id", thing),
                    ("status", "Inactive"),
                ],
            ),
        ),
        "policy version" => undo(
            "review policy version",
            "set the former version as the default: which one it was is not in this material",
            None,
        ),
        "trust policy" | "IAM role" => undo(
            "close the role's trust",
            "write back the saved trust policy by hand (update-assume-role-policy): its former text is not in this material; sessions already issued live on",
            None,
        ),
        "federation token" => undo(
            "deny the issuer",
            "a federation token survives the deletion of its key, up to 36 hours; deny the user that issued it",
            None,
        ),
        _ => resource(kept),
    }
}

fn undo(action: &'static str, note: &'static str, command: Option<String>) -> Undo {
    Undo { action, note, command }
}

/// Ways back in that are resources of a region.
fn resource(kept: &Kept<'_>) -> Undo {
    let parts = &kept.made.parts;
    let (thing, owner, region) = (parts.thing, parts.owner, parts.region);
    let run = |operation: &str, options: &[(&str, &str)]| aws_in(region, operation, options);
    match kept.kind {
        "Lambda permission" => undo(
            "take away function's permission",
            "",
            run(
                "lambda remove-permission",
                &[("function-name", bare(owner)), ("statement-id", thing)],
            ),
        ),
        "Lambda function URL" => undo(
            "delete function's URL",
            "",
            run("lambda delete-function-url-config", &[("function-name", bare(thing))]),
        ),
        "Lambda code" | "Lambda function" => undo(
            "stop the function",
            "its code stays as evidence",
            run(
                "lambda put-function-concurrency",
                &[("function-name", bare(thing)), ("reserved-concurrent-executions", "0")],
            ),
        ),
        "event source mapping" => undo(
            "disable function's trigger",
            "",
            run("lambda update-event-source-mapping --no-enabled", &[("uuid", thing)]),
        ),
        "Roles Anywhere trust anchor" => undo(
            "disable trust anchor",
            "sessions already issued through it live on",
            run("rolesanywhere disable-trust-anchor", &[("trust-anchor-id", thing)]),
        ),
        "Roles Anywhere profile" => undo(
            "disable Roles Anywhere profile",
            "",
            run("rolesanywhere disable-profile", &[("profile-id", thing)]),
        ),
        "bucket policy" => undo(
            "delete bucket policy",
            "save its text first: write back the former policy where there was one",
            run("s3api delete-bucket-policy", &[("bucket", thing)]),
        ),
        "bucket replication" => undo(
            "stop bucket replication",
            "what was copied stays copied",
            run("s3api delete-bucket-replication", &[("bucket", thing)]),
        ),
        "shared snapshot" => undo(
            "stop sharing snapshot",
            "copies already made stay",
            shared(parts.detail, |to| {
                run(
                    "ec2 modify-snapshot-attribute --attribute createVolumePermission --operation-type remove",
                    &[("snapshot-id", thing), to],
                )
            }),
        ),
        "shared image" => undo(
            "stop sharing image",
            "copies already made stay",
            shared(parts.detail, |to| {
                run(
                    "ec2 modify-image-attribute --attribute launchPermission --operation-type remove",
                    &[("image-id", thing), to],
                )
            }),
        ),
        "shared database snapshot" => undo(
            "stop sharing database snapshot",
            "copies already made stay",
            run(
                "rds modify-db-snapshot-attribute --attribute-name restore",
                &[("db-snapshot-identifier", thing), ("values-to-remove", parts.detail)],
            ),
        ),
        "security group ingress" => undo(
            "close security group",
            "flows already established may live on",
            ingress(thing, parts.detail, region),
        ),
        "instance" => undo(
            "isolate instance",
            "take memory and snapshots first, then move it to a closed security group; do not terminate it",
            None,
        ),
        "instance user data" => undo(
            "review instance user data",
            "it runs at the next start: save it, then write back the former text",
            None,
        ),
        "key pair" => undo(
            "delete key pair",
            "keys already on instances stay there",
            run("ec2 delete-key-pair", &[("key-name", thing)]),
        ),
        "SSM document" => {
            undo("review SSM document", "save its text, then delete it or its new version", None)
        }
        "SSM association" => undo(
            "delete SSM association",
            "",
            run("ssm delete-association", &[("association-id", thing)]),
        ),
        "event rule" => {
            undo("disable event rule", "", run("events disable-rule", &[("name", thing)]))
        }
        "schedule" => {
            undo("delete schedule", "", run("scheduler delete-schedule", &[("name", thing)]))
        }
        "VPC peering" => undo(
            "delete VPC peering",
            "",
            run("ec2 delete-vpc-peering-connection", &[("vpc-peering-connection-id", thing)]),
        ),
        "KMS grant" => undo(
            "revoke grant",
            "",
            run("kms revoke-grant", &[("key-id", owner), ("grant-id", thing)]),
        ),
        "repository policy" => undo(
            "delete repository policy",
            "save its text first",
            run("ecr delete-repository-policy", &[("repository-name", thing)]),
        ),
        "cluster access" => undo(
            "shut principal out of cluster",
            "",
            run("eks delete-access-entry", &[("cluster-name", owner), ("principal-arn", thing)]),
        ),
        "topic subscription" => {
            undo("end subscription", "", run("sns unsubscribe", &[("subscription-arn", thing)]))
        }
        _ => undo("review and remove", "no command is known for this kind", None),
    }
}

/// An account that something was shared with, or everybody, as the option that names it.
fn shared(detail: &str, run: impl Fn((&str, &str)) -> Option<String>) -> Option<String> {
    run((if detail == "all" { "group-names" } else { "user-ids" }, detail))
}

/// The command for a single rule of the form `tcp 22 from 0.0.0.0/0`.
fn ingress(group: &str, detail: &str, region: &str) -> Option<String> {
    let (what, range) = detail.split_once(" from ")?;
    let (protocol, ports) = what.split_once(' ').unwrap_or((what, ""));
    let simple = group.starts_with("sg-") && !range.contains([',', ':', ' ']) && !ports.is_empty();
    simple.then(|| {
        aws_in(
            region,
            "ec2 revoke-security-group-ingress",
            &[("group-id", group), ("protocol", protocol), ("port", ports), ("cidr", range)],
        )
    })?
}
