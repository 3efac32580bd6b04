//! How each kind of way back in is taken away, and when logging was off.

use std::collections::BTreeMap;

use Part::{BareOwner, BareThing, Detail, Fixed, Owner, Thing};

use crate::aftermath::Kept;
use crate::deeds::is_watch_change;
use crate::principal::bare;
use crate::removal::{Removals, agree};
use crate::scene::{Entry, Scene};
use crate::shell::aws_in;

/// A call that stopped logging, and the one that put it back.
pub(crate) struct Off<'f> {
    pub(crate) stopped: Entry<'f>,
    pub(crate) again: Option<Entry<'f>>,
}

/// Stretches in which a trail was off, gone or told to record less, whoever did it. What was told
/// to record less ends with the trail.
pub(crate) fn logging_off<'f>(scene: &Scene<'f>, removals: &Removals<'f>) -> Vec<Off<'f>> {
    let mut deleted = Deleted::new();
    for call in scene.entries.iter().filter(|call| call.done()) {
        if (call.parts.service, call.parts.name) == ("cloudtrail", "DeleteTrail") {
            deleted.entry((call.parts.account, bare(call.parts.thing))).or_default().push(*call);
        }
    }
    scene
        .entries
        .iter()
        .filter(|entry| entry.done() && entry.parts.service == "cloudtrail")
        .filter(|entry| {
            is_watch_change(entry)
                && matches!(entry.parts.name, "StopLogging" | "DeleteTrail" | "PutEventSelectors")
        })
        .filter_map(|entry| {
            let kind = entry.effect()?.change()?;
            let again = removals.of(entry, kind).or_else(|| gone(&deleted, entry));
            Some(Off { stopped: *entry, again })
        })
        .collect()
}

/// Deletions of trails by account and name, in order of time.
type Deleted<'f> = BTreeMap<(&'f str, &'f str), Vec<Entry<'f>>>;

/// The deletion of a trail that had been told to record less.
fn gone<'f>(deleted: &Deleted<'f>, thinned: &Entry<'f>) -> Option<Entry<'f>> {
    if thinned.parts.name != "PutEventSelectors" {
        return None;
    }
    let mut calls = deleted.get(&(thinned.parts.account, bare(thinned.parts.thing)))?.iter();
    let same = |call: &&Entry<'f>| {
        agree(call.parts.region, thinned.parts.region)
            && call.item.first.is_some()
            && call.item.first >= thinned.item.last
    };
    calls.find(same).copied()
}

/// The value of an option.
#[derive(Debug, Clone, Copy)]
enum Part {
    Thing,
    BareThing,
    Owner,
    BareOwner,
    Detail,
    Fixed(&'static str),
}

/// How one kind is taken away: kind, action, what it does not stop, the AWS CLI's operation (empty
/// where no command can be known) and its options.
type Row =
    (&'static str, &'static str, &'static str, &'static str, &'static [(&'static str, Part)]);

/// A policy that denies everything.
pub(crate) const DENY_ALL: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"*","Resource":"*"}]}"#;

const SAVE_TEXT: &str = "save its text first";
const LIVE_ON: &str = "sessions already issued through it live on";

#[rustfmt::skip]
const ROWS: &[Row] = &[
    ("access key", "disable access key", "sessions already issued with it live on", "iam update-access-key", &[("user-name", Owner), ("access-key-id", Thing), ("status", Fixed("Inactive"))]),
    ("IAM user", "deny everything to the user", "delete it only when its keys, policies and sessions are recorded", "iam put-user-policy", &[("user-name", Thing), ("policy-name", Fixed("crashcart-deny-all")), ("policy-document", Fixed(DENY_ALL))]),
    ("login profile", "take away console sign-in", "the password cannot be restored", "iam delete-login-profile", &[("user-name", Thing)]),
    ("user policy", "delete policy of user", SAVE_TEXT, "iam delete-user-policy", &[("user-name", Owner), ("policy-name", Thing)]),
    ("role policy", "delete policy of role", SAVE_TEXT, "iam delete-role-policy", &[("role-name", Owner), ("policy-name", Thing)]),
    ("group policy", "delete policy of group", SAVE_TEXT, "iam delete-group-policy", &[("group-name", Owner), ("policy-name", Thing)]),
    ("attached user policy", "detach policy from user", "", "iam detach-user-policy", &[("user-name", Owner), ("policy-arn", Thing)]),
    ("attached role policy", "detach policy from role", "", "iam detach-role-policy", &[("role-name", Owner), ("policy-arn", Thing)]),
    ("attached group policy", "detach policy from group", "", "iam detach-group-policy", &[("group-name", Owner), ("policy-arn", Thing)]),
    ("group membership", "take user from group", "", "iam remove-user-from-group", &[("user-name", Owner), ("group-name", Thing)]),
    ("SAML identity provider", "delete identity provider", LIVE_ON, "iam delete-saml-provider", &[("saml-provider-arn", Thing)]),
    ("identity provider", "delete identity provider", LIVE_ON, "iam delete-open-id-connect-provider", &[("open-id-connect-provider-arn", Thing)]),
    ("SSH key", "disable SSH key", "", "iam update-ssh-public-key", &[("user-name", Owner), ("ssh-public-key-id", Thing), ("status", Fixed("Inactive"))]),
    ("service credential", "disable service credential", "", "iam update-service-specific-credential", &[("user-name", Owner), ("service-specific-credential-id", Thing), ("status", Fixed("Inactive"))]),
    ("policy version", "review policy version", "set the former version as the default: which one it was is not in this material", "", &[]),
    ("trust policy", "close the role's trust", "write back the saved trust policy by hand (update-assume-role-policy): its former text is not in this material; sessions already issued live on", "", &[]),
    ("IAM role", "close the role's trust", "write a trust policy that lets nobody in by hand (update-assume-role-policy); sessions already issued live on", "", &[]),
    ("federation token", "deny the issuer", "a federation token survives the deletion of its key, up to 36 hours: deny the user that issued it", "", &[]),
    ("session token", "deny the user", "a session token lives on when the key that made it is disabled, up to 36 hours: an explicit deny on the user stops it", "", &[]),
    ("Lambda permission", "take away function's permission", "", "lambda remove-permission", &[("function-name", BareOwner), ("statement-id", Thing)]),
    ("Lambda function URL", "delete function's URL", "", "lambda delete-function-url-config", &[("function-name", BareThing)]),
    ("Lambda code", "stop the function", "its code stays as evidence; an application that needs it stops", "lambda put-function-concurrency", &[("function-name", BareThing), ("reserved-concurrent-executions", Fixed("0"))]),
    ("Lambda function", "stop the function", "its code stays as evidence", "lambda put-function-concurrency", &[("function-name", BareThing), ("reserved-concurrent-executions", Fixed("0"))]),
    ("event source mapping", "disable function's trigger", "", "lambda update-event-source-mapping --no-enabled", &[("uuid", Thing)]),
    ("Roles Anywhere trust anchor", "disable trust anchor", LIVE_ON, "rolesanywhere disable-trust-anchor", &[("trust-anchor-id", Thing)]),
    ("Roles Anywhere profile", "disable Roles Anywhere profile", LIVE_ON, "rolesanywhere disable-profile", &[("profile-id", Thing)]),
    ("bucket policy", "delete bucket policy", "save its text first: write back the former policy where there was one", "s3api delete-bucket-policy", &[("bucket", Thing)]),
    ("bucket replication", "stop bucket replication", "what was copied stays copied", "s3api delete-bucket-replication", &[("bucket", Thing)]),
    ("shared snapshot", "stop sharing snapshot", "copies already made stay", "ec2 modify-snapshot-attribute --attribute createVolumePermission --operation-type remove", &[("snapshot-id", Thing), ("user-ids", Detail)]),
    ("public snapshot", "stop sharing snapshot", "copies already made stay", "ec2 modify-snapshot-attribute --attribute createVolumePermission --operation-type remove", &[("snapshot-id", Thing), ("group-names", Detail)]),
    ("shared image", "stop sharing image", "copies already made stay", "ec2 modify-image-attribute --attribute launchPermission --operation-type remove", &[("image-id", Thing), ("user-ids", Detail)]),
    ("public image", "stop sharing image", "copies already made stay", "ec2 modify-image-attribute --attribute launchPermission --operation-type remove", &[("image-id", Thing), ("user-groups", Detail)]),
    ("shared database snapshot", "stop sharing database snapshot", "copies already made stay", "rds modify-db-snapshot-attribute --attribute-name restore", &[("db-snapshot-identifier", Thing), ("values-to-remove", Detail)]),
    ("instance", "isolate instance", "take memory and snapshots first, then move it to a closed security group; do not terminate it", "", &[]),
    ("instance user data", "review instance user data", "it runs at the next start: save it, then write back the former text", "", &[]),
    ("key pair", "delete key pair", "keys already on instances stay there", "ec2 delete-key-pair", &[("key-name", Thing)]),
    ("SSM document", "review SSM document", "save its text, then delete it or its new version", "", &[]),
    ("SSM association", "delete SSM association", "", "ssm delete-association", &[("association-id", Thing)]),
    ("event rule", "disable event rule", "", "events disable-rule", &[("name", Thing)]),
    ("schedule", "delete schedule", "", "scheduler delete-schedule", &[("name", Thing)]),
    ("VPC peering", "delete VPC peering", "", "ec2 delete-vpc-peering-connection", &[("vpc-peering-connection-id", Thing)]),
    ("KMS grant", "revoke grant", "", "kms revoke-grant", &[("key-id", Owner), ("grant-id", Thing)]),
    ("repository policy", "delete repository policy", SAVE_TEXT, "ecr delete-repository-policy", &[("repository-name", Thing)]),
    ("cluster access", "shut principal out of cluster", "", "eks delete-access-entry", &[("cluster-name", Owner), ("principal-arn", Thing)]),
    ("MFA device", "deactivate MFA device", "only where it is not the user's own", "iam deactivate-mfa-device", &[("user-name", Owner), ("serial-number", Thing)]),
    ("signing certificate", "disable signing certificate", "", "iam update-signing-certificate", &[("user-name", Owner), ("certificate-id", Thing), ("status", Fixed("Inactive"))]),
    ("instance profile role", "take role from instance profile", "sessions already issued live on", "iam remove-role-from-instance-profile", &[("instance-profile-name", Owner), ("role-name", Thing)]),
    ("identity provider client", "take application from identity provider", LIVE_ON, "iam remove-client-id-from-open-id-connect-provider", &[("open-id-connect-provider-arn", Owner), ("client-id", Thing)]),
    ("trusted token issuer", "delete trusted token issuer", LIVE_ON, "sso-admin delete-trusted-token-issuer", &[("trusted-token-issuer-arn", Thing)]),
    ("account assignment", "take away account assignment", "in the Identity Center's account and region (sso-admin delete-account-assignment); sessions already issued live on", "", &[]),
    ("delegated administrator", "end delegated administration", "", "organizations deregister-delegated-administrator", &[("account-id", Thing), ("service-principal", Owner)]),
    ("secret policy", "delete secret's policy", SAVE_TEXT, "secretsmanager delete-resource-policy", &[("secret-id", Thing)]),
    ("KMS key policy", "review key policy", "save it, then write back the former text: a key without a policy can be lost for good", "", &[]),
    ("topic policy", "review topic policy", "save it, then write back the former text", "", &[]),
    ("queue policy", "review queue policy", "save it, then write back the former text", "", &[]),
    ("backup vault policy", "delete backup vault's policy", SAVE_TEXT, "backup delete-backup-vault-access-policy", &[("backup-vault-name", Thing)]),
    ("file system policy", "delete file system's policy", SAVE_TEXT, "efs delete-file-system-policy", &[("file-system-id", Thing)]),
    ("table policy", "delete table's policy", SAVE_TEXT, "dynamodb delete-resource-policy", &[("resource-arn", Thing)]),
    ("registry policy", "delete registry's policy", SAVE_TEXT, "ecr delete-registry-policy", &[]),
    ("bucket ACL", "make bucket's ACL private", "save it first; ACLs of objects stay as they are", "s3api put-bucket-acl", &[("bucket", Thing), ("acl", Fixed("private"))]),
    ("public database", "take database off the internet", "connections already open may live on", "rds modify-db-instance --no-publicly-accessible", &[("db-instance-identifier", Thing)]),
    ("Lambda layer permission", "stop sharing layer", "with the layer's version (lambda remove-layer-version-permission)", "", &[]),
    ("VPN connection", "delete VPN connection", "save its configuration first", "ec2 delete-vpn-connection", &[("vpn-connection-id", Thing)]),
    ("client VPN endpoint", "delete client VPN endpoint", "save its configuration and connections first", "ec2 delete-client-vpn-endpoint", &[("client-vpn-endpoint-id", Thing)]),
    ("launch template version", "delete launch template version", "save its user data first", "ec2 delete-launch-template-versions", &[("launch-template-id", Owner), ("versions", Thing)]),
    ("spot request", "cancel spot request", "instances already launched run on", "ec2 cancel-spot-instance-requests", &[("spot-instance-request-ids", Thing)]),
    ("spot fleet", "cancel spot fleet", "instances already launched run on", "ec2 cancel-spot-fleet-requests --no-terminate-instances", &[("spot-fleet-request-ids", Thing)]),
    ("SSM activation", "delete activation", "machines registered with it stay registered", "ssm delete-activation", &[("activation-id", Thing)]),
    ("maintenance window task", "take task from maintenance window", "", "ssm deregister-task-from-maintenance-window", &[("window-id", Owner), ("window-task-id", Thing)]),
    ("event target", "take target from event rule", "", "events remove-targets", &[("rule", Owner), ("ids", Thing)]),
    ("event bus permission", "take back who may send events", "", "events remove-permission", &[("statement-id", Thing), ("event-bus-name", Owner)]),
    ("task definition", "deregister task definition", "tasks that run go on", "ecs deregister-task-definition", &[("task-definition", Thing)]),
    ("pod identity", "take role from pods", "sessions already issued live on", "eks delete-pod-identity-association", &[("cluster-name", Owner), ("association-id", Thing)]),
    ("build webhook", "delete build webhook", "", "codebuild delete-webhook", &[("project-name", Thing)]),
    ("build source credential", "delete builds' source credential", "", "codebuild delete-source-credentials", &[("arn", Thing)]),
    ("notebook", "stop notebook", "what it holds in memory goes with it", "sagemaker stop-notebook-instance", &[("notebook-instance-name", Thing)]),
    ("notebook lifecycle config", "review start-up script", "save it, then write back the former text", "", &[]),
    ("Glue endpoint", "delete development endpoint", "what it holds goes with it: look first", "glue delete-dev-endpoint", &[("endpoint-name", Thing)]),
    ("topic subscription", "end subscription", "", "sns unsubscribe", &[("subscription-arn", Thing)]),
];

/// How one way back in is taken away.
pub(crate) struct Undo {
    pub(crate) action: &'static str,
    /// What it does not stop, or why there is no command.
    pub(crate) note: &'static str,
    pub(crate) command: Option<String>,
}

/// The way to take away what was kept.
pub(crate) fn of(kept: &Kept<'_>) -> Undo {
    let parts = &kept.made.parts;
    // IAM, S3's bucket calls and the like name no region.
    let region = if parts.service == "iam" { "" } else { parts.region };
    if kept.kind == "security group ingress" {
        let note = "flows already established may live on";
        let command = ingress(parts.thing, parts.detail, region);
        return Undo { action: "close security group", note, command };
    }
    let kind = refined(kept);
    let Some((_, action, note, operation, options)) = ROWS.iter().find(|row| row.0 == kind) else {
        let note = "no command is known for this kind";
        return Undo { action: "review and remove", note, command: None };
    };
    let value = |part: &Part| match part {
        Thing => parts.thing,
        BareThing => bare(parts.thing),
        Owner => parts.owner,
        BareOwner => bare(parts.owner),
        Detail => parts.detail,
        Fixed(text) => text,
    };
    let options: Vec<(&str, &str)> =
        options.iter().map(|(name, part)| (*name, value(part))).collect();
    let command = if operation.is_empty() { None } else { aws_in(region, operation, &options) };
    Undo { action, note, command }
}

/// The row's name: some kinds are taken away in two ways.
fn refined<'k>(kept: &Kept<'k>) -> &'k str {
    let parts = &kept.made.parts;
    let attached = parts.thing.starts_with("arn:");
    match kept.kind {
        "user policy" if attached => "attached user policy",
        "role policy" if attached => "attached role policy",
        "group policy" if attached => "attached group policy",
        "identity provider" if parts.thing.contains(":saml-provider/") => "SAML identity provider",
        "shared snapshot" if parts.detail == "all" => "public snapshot",
        "shared image" if parts.detail == "all" => "public image",
        other => other,
    }
}

/// The command for a single rule of the form `tcp 22 from 0.0.0.0/0`.
fn ingress(group: &str, detail: &str, region: &str) -> Option<String> {
    let (what, range) = detail.split_once(" from ")?;
    let (protocol, ports) = what.split_once(' ')?;
    let simple = group.starts_with("sg-") && !range.contains([',', ':', ' ']);
    let options = [("group-id", group), ("protocol", protocol), ("port", ports), ("cidr", range)];
    if simple { aws_in(region, "ec2 revoke-security-group-ingress", &options) } else { None }
}
