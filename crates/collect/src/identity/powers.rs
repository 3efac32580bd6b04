//! What policies say that somebody may do, in a sentence. It reads the text of policies and no more:
//! it must never call somebody harmless because of something that was not read.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

/// Calls by which somebody gives itself or others more than it has (IAM User Guide, "Policy
/// evaluation"; each writes a policy, a trust or a credential).
const RAISES: [&str; 15] = [
    "iam:AddUserToGroup",
    "iam:AttachGroupPolicy",
    "iam:AttachRolePolicy",
    "iam:AttachUserPolicy",
    "iam:CreateAccessKey",
    "iam:CreateLoginProfile",
    "iam:CreatePolicyVersion",
    "iam:DeleteUserPermissionsBoundary",
    "iam:PassRole",
    "iam:PutGroupPolicy",
    "iam:PutRolePolicy",
    "iam:PutUserPolicy",
    "iam:SetDefaultPolicyVersion",
    "iam:UpdateAssumeRolePolicy",
    "iam:UpdateLoginProfile",
];
/// Services that are named of a policy.
const NAMED: usize = 5;

/// Whether policies allow everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Everything {
    /// Every action on every resource, and nothing that was read limits it.
    Yes,
    /// So one policy says, but a boundary, a condition or a denial limits it.
    Limited,
    /// All that applies was read, and none of it allows everything.
    No,
    /// Everything is denied.
    Denied,
    /// Not all that applies could be read.
    #[default]
    Unknown,
}

/// A policy as judged.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Read<'p> {
    /// For people.
    pub name: &'p str,
    /// None where it could not be read.
    pub document: Option<&'p Value>,
}

/// Whether policies allow everything, and the sentences that say so; `whole` is whether all
/// policies are known by name, `boundary` what bounds them.
pub(crate) fn judge(
    policies: &[Read<'_>],
    whole: bool,
    boundary: Option<Read<'_>>,
) -> (Everything, Vec<String>) {
    let with = |wanted: fn(&Value) -> bool| -> Vec<&str> {
        let matching = policies.iter().filter(|policy| policy.document.is_some_and(wanted));
        matching.map(|policy| policy.name).collect()
    };
    let (denies_all, allows_all) = (with(denies_everything), with(allows_everything));
    let conditional = with(allows_everything_under_a_condition);
    let (nearly, denying) = (with(allows_all_but_some), with(denies_something));
    let unread = policies.iter().filter(|policy| policy.document.is_none()).count();
    let is_bound = boundary.is_some_and(|one| !one.document.is_some_and(allows_everything));
    let mut said = Vec::new();
    let answer = if !denies_all.is_empty() {
        said.push(format!("everything is denied by {}", denies_all.join(", ")));
        Everything::Denied
    } else if !allows_all.is_empty() {
        said.push(format!(
            "every action on every resource is allowed by {}",
            allows_all.join(", ")
        ));
        match is_bound || !denying.is_empty() {
            true => Everything::Limited,
            false => Everything::Yes,
        }
    } else if !nearly.is_empty() {
        said.push(format!("every action but some is allowed by {}", nearly.join(", ")));
        Everything::Limited
    } else if !conditional.is_empty() {
        let names = conditional.join(", ");
        said.push(format!(
            "every action on every resource is allowed under a condition by {names}"
        ));
        Everything::Limited
    } else if whole && unread == 0 {
        said.push("no statement of its policies allows every action on every resource".to_owned());
        Everything::No
    } else {
        said.push(
            "unknown whether everything is allowed: not all policies could be read".to_owned(),
        );
        Everything::Unknown
    };
    if answer != Everything::Denied && !denying.is_empty() {
        said.push(format!("some of it is denied by {}", denying.join(", ")));
    }
    if let Some(bound) = boundary.filter(|_| is_bound) {
        said.push(match bound.document {
            Some(document) => format!("the boundary {} {}", bound.name, summary(document)),
            None => {
                format!("the boundary {} could not be read: unknown what it leaves", bound.name)
            }
        });
    }
    let raises = raises(policies);
    if !matches!(answer, Everything::Yes | Everything::Denied) && !raises.is_empty() {
        said.push(format!("it may be able to give itself more, with {}", raises.join(", ")));
    }
    (answer, said)
}

fn raises(policies: &[Read<'_>]) -> Vec<&'static str> {
    let documents: Vec<&Value> = policies.iter().filter_map(|policy| policy.document).collect();
    let allowed = |call: &&str| {
        let mut statements = documents.iter().flat_map(|document| statements(document));
        statements.any(|statement| is(statement, "Allow") && covers(statement, call))
    };
    RAISES.into_iter().filter(allowed).collect()
}

/// What a policy says, to be read after its name.
pub(crate) fn summary(document: &Value) -> String {
    if denies_everything(document) {
        return "denies everything".to_owned();
    }
    let mut said = Vec::new();
    for (effect, verb) in [("Allow", "allows"), ("Deny", "denies")] {
        let list: Vec<&Value> = statements(document).filter(|one| is(one, effect)).collect();
        if !list.is_empty() {
            said.push(format!("{verb} {}", actions(&list)));
        }
    }
    if said.is_empty() { "says nothing".to_owned() } else { said.join("; ") }
}

fn actions(statements: &[&Value]) -> String {
    let mut services: BTreeMap<String, (usize, bool)> = BTreeMap::new();
    let (mut all, mut except) = (false, Vec::new());
    for statement in statements {
        for action in texts(statement.get("Action")) {
            let (service, call) = action.split_once(':').unwrap_or((action, "*"));
            all |= is_whatever(action);
            let entry = services.entry(service.to_ascii_lowercase()).or_default();
            entry.0 += 1;
            entry.1 |= call == "*";
        }
        except.extend(texts(statement.get("NotAction")));
    }
    let mut out = if all {
        "every action".to_owned()
    } else if !except.is_empty() {
        format!("every action but {}", listed(except.iter().map(|one| (*one).to_owned()).collect()))
    } else {
        listed(
            services
                .iter()
                .map(|(service, (count, whole))| match (whole, count) {
                    (true, _) => format!("all of {service}"),
                    (false, 1) => format!("1 action of {service}"),
                    (false, count) => format!("{count} actions of {service}"),
                })
                .collect(),
        )
    };
    if !statements.iter().any(|statement| on_everything(statement)) {
        out.push_str(" on named resources");
    } else if statements.iter().any(|statement| !on_everything(statement)) {
        out.push_str(", some of it on named resources");
    }
    match statements.iter().filter(|statement| has_condition(statement)).count() {
        0 => {}
        count if count == statements.len() => out.push_str(", under conditions"),
        _ => out.push_str(", some of it under conditions"),
    }
    out
}

fn listed(mut texts: Vec<String>) -> String {
    let more = texts.len().saturating_sub(NAMED);
    texts.truncate(NAMED);
    let text = texts.join(", ");
    if more > 0 { format!("{text} and {more} more") } else { text }
}

/// Whom a trust policy lets in: its principals, sorted.
pub(crate) fn trusted(document: &Value) -> Vec<String> {
    let mut out = Vec::new();
    for statement in statements(document).filter(|one| is(one, "Allow")) {
        let limit = if has_condition(statement) { ", under a condition" } else { "" };
        let mut add = |who: &str| out.push(format!("{who}{limit}"));
        match statement.get("Principal") {
            Some(Value::String(who)) => add(who),
            Some(Value::Object(kinds)) => {
                kinds.values().for_each(|list| texts(Some(list)).into_iter().for_each(&mut add));
            }
            _ if statement.get("NotPrincipal").is_some() => add("everybody but some"),
            _ => {}
        }
    }
    out.sort();
    out.dedup();
    out
}

pub(crate) fn allows_everything(document: &Value) -> bool {
    statements(document).any(|one| is(one, "Allow") && is_everything(one) && !has_condition(one))
}

fn allows_everything_under_a_condition(document: &Value) -> bool {
    statements(document).any(|one| is(one, "Allow") && is_everything(one) && has_condition(one))
}

fn denies_everything(document: &Value) -> bool {
    statements(document).any(|one| is(one, "Deny") && is_everything(one) && !has_condition(one))
}

fn denies_something(document: &Value) -> bool {
    statements(document).any(|one| is(one, "Deny"))
}

fn statements(document: &Value) -> impl Iterator<Item = &Value> {
    let statement = document.get("Statement");
    let list = match statement {
        Some(Value::Array(list)) => list.as_slice(),
        Some(one) => std::slice::from_ref(one),
        None => &[],
    };
    list.iter()
}

fn is(statement: &Value, effect: &str) -> bool {
    statement.get("Effect").and_then(Value::as_str) == Some(effect)
}

fn is_everything(statement: &Value) -> bool {
    let actions = texts(statement.get("Action"));
    actions.into_iter().any(is_whatever) && on_everything(statement)
}

fn allows_all_but_some(document: &Value) -> bool {
    let all_but = |one: &Value| one.get("NotAction").is_some() && on_everything(one);
    statements(document).any(|one| is(one, "Allow") && all_but(one) && !has_condition(one))
}

fn on_everything(statement: &Value) -> bool {
    let whatever = |resource: &str| {
        let rest = resource.strip_prefix("arn:").unwrap_or(resource);
        is_whatever(rest.strip_prefix("aws:").unwrap_or(rest))
    };
    texts(statement.get("Resource")).into_iter().any(whatever)
}

/// Whether a pattern matches whatever there is, however it is written: `*`, `**`, `*:*`.
fn is_whatever(pattern: &str) -> bool {
    pattern.contains('*') && pattern.bytes().all(|byte| matches!(byte, b'*' | b'?' | b':'))
}

fn has_condition(statement: &Value) -> bool {
    let condition = statement.get("Condition").and_then(Value::as_object);
    condition.is_some_and(|condition| !condition.is_empty())
}

fn covers(statement: &Value, call: &str) -> bool {
    let matching =
        |list: &str| texts(statement.get(list)).into_iter().any(|one| matches(one, call));
    match statement.get("NotAction") {
        Some(_) => !matching("NotAction"),
        None => matching("Action"),
    }
}

/// A pattern of a policy against an action, whatever the case (IAM User Guide, "IAM JSON policy
/// elements: Action").
fn matches(pattern: &str, action: &str) -> bool {
    let (pattern, action) = (pattern.to_ascii_lowercase(), action.to_ascii_lowercase());
    let (pattern, action) = (pattern.as_bytes(), action.as_bytes());
    // Reachable places in the pattern after each byte of the action.
    let mut at = vec![false; pattern.len() + 1];
    let stars = |at: &mut Vec<bool>| {
        for (index, byte) in pattern.iter().enumerate() {
            if *byte == b'*'
                && at.get(index) == Some(&true)
                && let Some(next) = at.get_mut(index + 1)
            {
                *next = true;
            }
        }
    };
    if let Some(first) = at.first_mut() {
        *first = true;
    }
    stars(&mut at);
    for byte in action {
        let mut next = vec![false; at.len()];
        for (index, wanted) in pattern.iter().enumerate() {
            if at.get(index) != Some(&true) {
                continue;
            }
            let to = if *wanted == b'*' { index } else { index + 1 };
            if (matches!(wanted, b'*' | b'?') || wanted == byte)
                && let Some(place) = next.get_mut(to)
            {
                *place = true;
            }
        }
        stars(&mut next);
        at = next;
    }
    at.last() == Some(&true)
}

fn texts(value: Option<&Value>) -> Vec<&str> {
    match value {
        Some(Value::String(one)) => vec![one],
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn allow(actions: Value, resource: &str) -> Value {
        let statement = json!({"Effect": "Allow", "Action": actions, "Resource": resource});
        json!({"Version": "2012-10-17", "Statement": statement})
    }

    fn read<'p>(name: &'p str, document: &'p Value) -> Read<'p> {
        Read { name, document: Some(document) }
    }

    #[test]
    fn who_is_allowed_everything_is_told_with_what_limits_it() {
        let (all, some) = (allow(json!("*"), "*"), allow(json!(["s3:Get*", "s3:List*"]), "*"));
        let (all, some) = (read("admin", &all), read("reader", &some));
        assert_eq!(judge(&[all, some], true, None).0, Everything::Yes);
        assert_eq!(judge(&[all], true, Some(some)).0, Everything::Limited);
        assert_eq!(judge(&[all], true, Some(all)).0, Everything::Yes);
        let unread = Read { name: "closed", document: None };
        assert_eq!(judge(&[all], true, Some(unread)).0, Everything::Limited);
        assert_eq!(judge(&[some], true, None).0, Everything::No);
        assert_eq!(judge(&[some, unread], true, None).0, Everything::Unknown);
        assert_eq!(judge(&[some], false, None).0, Everything::Unknown);
        let mut deny = allow(json!("*"), "*");
        deny["Statement"]["Effect"] = json!("Deny");
        assert_eq!(judge(&[all, read("deny", &deny)], true, None).0, Everything::Denied);
        let mut older = deny.clone();
        older["Statement"]["Condition"] = json!({"DateLessThan": {"aws:TokenIssueTime": "x"}});
        assert_eq!(judge(&[all, read("older", &older)], true, None).0, Everything::Limited);
    }

    #[test]
    fn everything_is_seen_however_it_is_written() {
        for (action, resource) in [("*", "*"), ("**", "arn:*"), ("*:*", "arn:aws:*:*:*:*")] {
            let policy = allow(json!([action]), resource);
            assert_eq!(judge(&[read("p", &policy)], true, None).0, Everything::Yes, "{action}");
        }
        for (action, resource) in [("s3:*", "*"), ("*", "arn:aws:s3:::*"), ("*Get*", "*")] {
            let policy = allow(json!([action]), resource);
            assert_eq!(judge(&[read("p", &policy)], true, None).0, Everything::No, "{action}");
        }
        let power = json!({"Statement": [
            {"Effect": "Allow", "NotAction": ["iam:*", "organizations:*"], "Resource": "*"},
        ]});
        let (answer, said) = judge(&[read("power", &power)], true, None);
        assert_eq!(answer, Everything::Limited);
        assert_eq!(said, ["every action but some is allowed by power"]);
    }

    #[test]
    fn who_can_raise_itself_is_told() {
        let raises = allow(json!(["iam:put*policy", "ec2:Describe?nstances"]), "*");
        let (answer, said) = judge(&[read("tmp", &raises)], true, None);
        assert_eq!(answer, Everything::No);
        assert_eq!(
            said[1],
            "it may be able to give itself more, with iam:PutGroupPolicy, iam:PutRolePolicy, \
             iam:PutUserPolicy"
        );
    }

    #[test]
    fn a_policy_is_told_in_a_line() {
        let some = allow(json!(["s3:GetObject", "s3:ListBucket", "ec2:*"]), "*");
        assert_eq!(summary(&some), "allows all of ec2, 2 actions of s3");
        let mut power = allow(json!("*"), "*");
        power["Statement"] = json!([{"Effect": "Allow", "NotAction": ["iam:*"], "Resource": "*"}]);
        assert_eq!(summary(&power), "allows every action but iam:*");
        let named = allow(json!("s3:GetObject"), "arn:aws:s3:::bucket/*");
        assert_eq!(summary(&named), "allows 1 action of s3 on named resources");
        assert_eq!(summary(&json!({})), "says nothing");
    }

    #[test]
    fn whom_a_trust_policy_lets_in_is_told() {
        let trust = json!({"Statement": [
            {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
            {"Effect": "Allow", "Principal": {"AWS": ["arn:aws:iam::111122223333:root"]},
             "Action": "sts:AssumeRole", "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}},
        ]});
        assert_eq!(
            trusted(&trust),
            ["arn:aws:iam::111122223333:root, under a condition", "ec2.amazonaws.com"]
        );
    }
}
