//! Names taken apart: what an ARN says about a principal, and where two names mean the same thing.

/// The account number in an ARN.
pub(crate) fn account(arn: &str) -> Option<&str> {
    arn.strip_prefix("arn:")?.split(':').nth(3).filter(|account| !account.is_empty())
}

/// The account numbers in a list of accounts and ARNs, such as the grantees of a policy.
pub(crate) fn accounts_in(grantees: &str) -> impl Iterator<Item = &str> {
    let is_number = |text: &&str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
    grantees
        .split(", ")
        .filter_map(move |grantee| account(grantee).or(Some(grantee)))
        .filter(is_number)
}

/// The user's name in the ARN of an IAM user, without its path.
pub(crate) fn user(arn: &str) -> Option<&str> {
    arn.split_once(":user/").and_then(|(_, user)| user.rsplit('/').next())
}

/// Role and session name in the ARN of a session.
pub(crate) fn session(arn: &str) -> Option<(&str, &str)> {
    arn.split_once(":assumed-role/")?.1.split_once('/')
}

/// The ARN of a role's session: the role's path is not part of it.
pub(crate) fn session_of(role: &str, session: &str) -> Option<String> {
    let partition = role.strip_prefix("arn:")?.split(':').next()?;
    let name = role.split_once(":role/")?.1.rsplit('/').next()?;
    Some(format!("arn:{partition}:sts::{}:assumed-role/{name}/{session}", account(role)?))
}

/// Whether the session's name is an instance's id, as EC2 names the sessions of instance profiles.
pub(crate) fn is_instance(name: &str) -> bool {
    name.strip_prefix("i-").is_some_and(|id| {
        matches!(id.len(), 8 | 17) && id.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// A resource's own name: of an ARN the part behind the type, of anything else the whole.
pub(crate) fn bare(name: &str) -> &str {
    if !name.starts_with("arn:") {
        return name;
    }
    let resource = name.splitn(6, ':').nth(5).unwrap_or(name);
    match resource.strip_prefix("function:") {
        Some(function) => function.split(':').next().unwrap_or(function),
        None => resource.rsplit(['/', ':']).next().unwrap_or(resource),
    }
}

/// Log text for use inside a sentence: what a terminal or a reader could be misled by is written
/// as an escape. Each writer escapes for its own medium on top.
pub(crate) fn plain(text: &str) -> String {
    let misleads = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
    };
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        if misleads(character) {
            out.extend(character.escape_unicode());
        } else {
            out.push(character);
        }
    }
    out
}

/// A principal for people: `user bob`, `role deploy (session run-7)`, else the name itself.
pub(crate) fn short(name: &str) -> String {
    let name = &plain(name);
    if let Some(user) = user(name) {
        return format!("user {user}");
    }
    match session(name) {
        Some((role, session)) => format!("role {role} (session {session})"),
        None if name.contains(":role/") => format!("role {}", bare(name)),
        None if name.ends_with(":root") => "root".to_owned(),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_taken_apart_as_aws_builds_them() {
        assert_eq!(user("arn:aws:iam::111122223333:user/team/bob"), Some("bob"));
        let arn = "arn:aws:sts::111122223333:assumed-role/web/i-0dbc91f429e48eeed";
        assert_eq!(session(arn), Some(("web", "i-0dbc91f429e48eeed")));
        assert!(is_instance("i-0dbc91f429e48eeed") && !is_instance("i-am-bob"));
        let role = "arn:aws:iam::111122223333:role/service-role/web";
        assert_eq!(session_of(role, "i-0dbc91f429e48eeed").as_deref(), Some(arn));
        assert_eq!(account(arn), Some("111122223333"));
        assert_eq!(bare("arn:aws:lambda:us-east-1:111122223333:function:f:2"), "f");
        assert_eq!(bare("arn:aws:cloudtrail:us-east-1:111122223333:trail/main"), "main");
        assert_eq!(bare("main"), "main");
        let grantees = "*, 111122223333, arn:aws:iam::444455556666:root, tcp 22";
        assert!(accounts_in(grantees).eq(["111122223333", "444455556666"]));
        assert_eq!(short("arn:aws:iam::111122223333:role/path/web"), "role web");
    }
}
