//! Whom a resource's or role's policy lets in, as far as its text tells: somebody outside, nobody
//! outside, or unknown. It must never take a condition for a wall that anybody can walk around,
//! nor one that it does not know for an open door.

use std::borrow::Cow;

use crashcart_model::{Head, Value};
use serde_json::{Map, Value as Json};

use crate::principal;

/// Condition keys that hold a caller to an account, by its number or an ARN of it, whatever the
/// caller sends along (S3 user guide, "The meaning of public"; IAM's global condition keys).
const OF_ACCOUNT: [&str; 9] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceowner",
    "ec2:sourceinstancearn",
    "kms:calleraccount",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
];
/// Keys that hold it to an organisation, a network or a source, whose account is not told.
const OF_OTHERS: [&str; 13] = [
    "aws:federatedprovider",
    "aws:principalisawsservice",
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalservicename",
    "aws:sourceorgid",
    "aws:sourceorgpaths",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "aws:vpceaccount",
    "elasticfilesystem:accessedviamounttarget",
    "sts:externalid",
];
/// Networks shorter than this are no limit.
const SHORTEST_PREFIX: u8 = 8;

/// Who may come in by one statement.
#[derive(Debug, PartialEq, Eq)]
enum Door {
    /// Principals that are named: ARNs, accounts or ids; `*` for everybody.
    Named(Vec<String>),
    /// Everybody, held to what the policy does not say the account of.
    Limited,
}

/// Whether a policy lets somebody outside in; empty where its text cannot be read or does not
/// tell, as with an organisation or with ids in the place of names.
pub(crate) fn side(head: &Head<'_>) -> &'static str {
    let doors = doors(head);
    if documents(head).is_empty() {
        return "";
    }
    let own = head.recipient.or_else(|| head.identity().account).map(|text| text.text());
    let own = own.as_deref().filter(|own| !own.is_empty());
    let named = doors.iter().flat_map(|door| match door {
        Door::Named(names) => names.as_slice(),
        Door::Limited => &[],
    });
    let account = |who: &str| Some(principal::account(who).unwrap_or(who).to_owned());
    let outside = |who: &String| {
        let account = account(who).unwrap_or_default();
        let number = account.len() == 12 && account.bytes().all(|byte| byte.is_ascii_digit());
        who == "*" || number && Some(account.as_str()) != own
    };
    if named.clone().any(outside) {
        return "outside";
    }
    let whole = own.is_some() && !doors.contains(&Door::Limited);
    let inside = whole && named.clone().all(|who| account(who).as_deref() == own);
    if inside { "inside" } else { "" }
}

/// Whether a policy can be read and names nobody but AWS services.
pub(crate) fn names_only_services(head: &Head<'_>) -> bool {
    !documents(head).is_empty() && principals(head).is_empty()
}

/// Whether a policy lets in one of these AWS services.
pub(crate) fn lets_in(head: &Head<'_>, services: &[&str]) -> bool {
    let mut found = false;
    each_statement(head, &mut |statement| {
        let allows = statement.get("Effect").and_then(Json::as_str) == Some("Allow");
        let principal = statement.get("Principal").filter(|_| allows);
        let named = principal.and_then(|who| who.get("Service")).map(texts).unwrap_or_default();
        found |= named.iter().any(|who| services.contains(&who.as_str()));
    });
    found
}

/// The principals that a policy lets in, other than AWS services.
pub(crate) fn principals<'a>(head: &Head<'_>) -> Vec<Cow<'a, str>> {
    let mut found = Vec::new();
    each_statement(head, &mut |statement| found.extend(allowed(statement)));
    found.into_iter().map(Cow::Owned).collect()
}

fn doors(head: &Head<'_>) -> Vec<Door> {
    let mut doors = Vec::new();
    each_statement(head, &mut |statement| doors.extend(door(statement)));
    doors
}

/// Whom one statement lets in; none where it lets in nobody but AWS services.
fn door(statement: &Json) -> Option<Door> {
    let mut names = allowed(statement);
    if names.iter().any(|who| who == "*") {
        match limit(statement) {
            Some(Limit::Accounts(accounts)) => {
                names.retain(|who| who != "*");
                names.extend(accounts);
            }
            Some(Limit::Unknown) => return Some(Door::Limited),
            None => {}
        }
    }
    (!names.is_empty()).then_some(Door::Named(names))
}

/// What a condition holds everybody to.
enum Limit {
    /// These accounts, or ARNs of them.
    Accounts(Vec<String>),
    /// Something whose account it does not tell.
    Unknown,
}

/// What the conditions of a statement hold everybody to; none where anybody can meet them. All of
/// them must be met, so one that limits is enough.
fn limit(statement: &Json) -> Option<Limit> {
    let operators = statement.get("Condition")?.as_object()?;
    let mut unknown = None;
    for (operator, keys) in operators {
        let Some(keys) = keys.as_object().filter(|_| demands(operator)) else { continue };
        for limit in limits(keys) {
            match limit {
                Limit::Accounts(_) => return Some(limit),
                Limit::Unknown => unknown = Some(limit),
            }
        }
    }
    unknown
}

/// Whether an operator asks for a value that is there: what is compared only `IfExists`, for all
/// of none, or for being another, can be met by leaving it out.
fn demands(operator: &str) -> bool {
    let plain = operator.to_ascii_lowercase();
    let all_of_none = plain.starts_with("forallvalues:");
    !all_of_none && !plain.contains("not") && !plain.ends_with("ifexists") && plain != "null"
}

fn limits(keys: &Map<String, Json>) -> impl Iterator<Item = Limit> {
    keys.iter().filter_map(|(key, values)| {
        let (key, values) = (key.to_ascii_lowercase(), texts(values));
        let known = |keys: &[&str]| keys.contains(&key.as_str());
        let fixed = !values.is_empty() && !values.iter().any(|value| value.starts_with('*'));
        let network = |value: &String| {
            let prefix = value.split_once('/').map(|(_, length)| length.parse().unwrap_or(0));
            prefix.is_none_or(|length: u8| length >= SHORTEST_PREFIX)
        };
        match key.as_str() {
            "aws:sourceip" | "aws:vpcsourceip" => {
                (fixed && values.iter().all(network)).then_some(Limit::Unknown)
            }
            "aws:principalisawsservice" | "elasticfilesystem:accessedviamounttarget" => {
                values.iter().all(|value| value == "true").then_some(Limit::Unknown)
            }
            _ if fixed && known(&OF_ACCOUNT) => {
                let account =
                    |value: &String| principal::account(value).unwrap_or(value).len() == 12;
                let told = values.iter().all(account);
                if told { Some(Limit::Accounts(values)) } else { named_by_arn(&values) }
            }
            _ => (fixed && known(&OF_OTHERS)).then_some(Limit::Unknown),
        }
    })
}

/// Of `arn:aws:iam::*:role/x` the account is any, which limits nobody; of a bucket, which has one
/// owner in the world whatever stands for its account, it is not told.
fn named_by_arn(values: &[String]) -> Option<Limit> {
    let any = |value: &String| {
        let mut parts = value.split(':').skip(2);
        parts.next() != Some("s3") && parts.nth(1) == Some("*")
    };
    (!values.iter().any(any)).then_some(Limit::Unknown)
}

/// The texts of one value or of a list.
fn texts(value: &Json) -> Vec<String> {
    match value {
        Json::String(text) => vec![text.clone()],
        Json::Bool(truth) => vec![truth.to_string()],
        Json::Number(number) => vec![number.to_string()],
        Json::Array(items) => items.iter().flat_map(texts).collect(),
        Json::Null | Json::Object(_) => Vec::new(),
    }
}

/// The principals of a statement that allows; everybody, where it names those that are not meant.
fn allowed(statement: &Json) -> Vec<String> {
    if statement.get("Effect").and_then(Json::as_str) != Some("Allow") {
        return Vec::new();
    }
    if statement.get("NotPrincipal").is_some() {
        return vec!["*".to_owned()];
    }
    match statement.get("Principal") {
        Some(Json::Object(kinds)) => kinds
            .iter()
            .filter(|(kind, _)| *kind != "Service")
            .flat_map(|(_, who)| texts(who))
            .collect(),
        Some(who) => texts(who),
        None => Vec::new(),
    }
}

fn each_statement(head: &Head<'_>, visit: &mut dyn FnMut(&Json)) {
    for document in documents(head) {
        if let Some(Json::Array(statements)) = document.get("Statement") {
            statements.iter().for_each(&mut *visit);
        } else if let Some(statement) = document.get("Statement") {
            visit(statement);
        }
    }
}

/// The policy documents of a request, as far as they can be read.
fn documents(head: &Head<'_>) -> Vec<Json> {
    let Some(request) = head.request else { return Vec::new() };
    const MEMBERS: [&str; 6] = [
        "policyDocument",
        "bucketPolicy",
        "policy",
        "policyText",
        "resourcePolicy",
        "attributeValue",
    ];
    let attributes = request.object("attributes").and_then(|set| set.get("Policy"));
    MEMBERS
        .iter()
        .filter_map(|name| request.get(name))
        .chain(attributes)
        .filter_map(|document| match document {
            Value::String(text) => serde_json::from_str(&text.text()).ok(),
            Value::Object(object) => Some(Value::Object(object).to_json()),
            _ => None,
        })
        // What has none is no policy: cut off, or something else under the same name.
        .filter(|document: &Json| document.get("Statement").is_some())
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The side of a bucket policy of account 111122223333 with these statements.
    fn side_of(statements: &Json) -> &'static str {
        let record = json!({
            "eventName": "PutBucketPolicy",
            "recipientAccountId": "111122223333",
            "requestParameters": {"bucketName": "b", "bucketPolicy": {"Statement": statements}}
        });
        crashcart_testkit::with_record(&record.to_string(), |record| side(&Head::of(record)))
    }

    fn everybody_if(condition: &Json) -> &'static str {
        side_of(&json!([{"Effect": "Allow", "Principal": "*", "Condition": condition}]))
    }

    fn named(who: &Json) -> &'static str {
        side_of(&json!({"Effect": "Allow", "Principal": {"AWS": who}}))
    }

    #[test]
    fn one_stranger_in_a_list_of_own_principals_is_outside() {
        let (own, other) = ("arn:aws:iam::111122223333:role/web", "arn:aws:iam::444455556666:root");
        assert_eq!(named(&json!([own, other])), "outside");
        assert_eq!(named(&json!([own, "444455556666"])), "outside");
        assert_eq!(named(&json!([own, "111122223333"])), "inside");
        assert_eq!(named(&json!([own, "AIDAEXAMPLESTRANGER0"])), "", "an id tells no account");
        let services = json!({"Effect": "Allow", "Principal": {"Service": "logs.amazonaws.com"}});
        assert_eq!(side_of(&services), "inside");
        let all_but = json!({"Effect": "Allow", "NotPrincipal": {"AWS": own}});
        assert_eq!(side_of(&all_but), "outside");
        let denied = json!([{"Effect": "Deny", "Principal": "*"}]);
        assert_eq!(side_of(&denied), "inside", "a denial lets nobody in");
    }

    #[test]
    fn a_condition_that_anybody_can_meet_leaves_the_door_open() {
        for condition in [
            json!({"Bool": {"aws:SecureTransport": "true"}}),
            json!({"Bool": {"aws:ViaAWSService": "false"}}),
            json!({"StringEquals": {"s3:x-amz-acl": "bucket-owner-full-control"}}),
            json!({"StringLike": {"aws:Referer": "https://example.com/*"}}),
            json!({"IpAddress": {"aws:SourceIp": ["0.0.0.0/0", "203.0.113.0/24"]}}),
            json!({"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}}),
            json!({"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}}),
            json!({"StringNotEquals": {"aws:PrincipalAccount": "111122223333"}}),
            json!({"StringEqualsIfExists": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"ForAllValues:StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"StringLike": {"aws:PrincipalArn": "*"}}),
            json!({"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/audit"}}),
            json!({"Null": {"aws:SourceVpce": "true"}}),
        ] {
            assert_eq!(everybody_if(&condition), "outside", "{condition}");
        }
    }

    #[test]
    fn a_condition_that_names_an_own_account_is_inside_and_one_of_another_is_not() {
        for (key, inside, outside) in [
            ("aws:PrincipalAccount", "111122223333", "444455556666"),
            ("aws:SourceAccount", "111122223333", "444455556666"),
            ("AWS:SourceOwner", "111122223333", "444455556666"),
            (
                "aws:PrincipalArn",
                "arn:aws:iam::111122223333:role/web",
                "arn:aws:iam::444455556666:role/web",
            ),
            ("kms:CallerAccount", "111122223333", "444455556666"),
        ] {
            assert_eq!(everybody_if(&json!({"StringEquals": {key: inside}})), "inside", "{key}");
            assert_eq!(everybody_if(&json!({"StringEquals": {key: outside}})), "outside", "{key}");
        }
        let also = json!({"Bool": {"aws:SecureTransport": "true"}, "StringEquals": {"aws:SourceAccount": "111122223333"}});
        assert_eq!(everybody_if(&also), "inside", "one condition that limits is enough");
    }

    #[test]
    fn a_condition_whose_account_nobody_knows_is_neither() {
        for condition in [
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}),
            json!({"StringEquals": {"aws:SourceVpce": "vpce-1"}}),
            json!({"StringEquals": {"aws:SourceVpc": ["vpc-1", "vpc-2"]}}),
            json!({"IpAddress": {"aws:SourceIp": ["203.0.113.0/24", "2001:db8::/32", "203.0.113.7"]}}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::reports"}}),
            json!({"ArnLike": {"aws:SourceArn": "arn:aws:s3:*:*:reports"}}),
            json!({"StringEquals": {"aws:PrincipalOrgID": "o-1"}, "ArnLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/deploy"}}),
        ] {
            assert_eq!(everybody_if(&condition), "", "{condition}");
        }
    }
}
