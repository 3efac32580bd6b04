//! Whose identity is to be collected, as the user names it.

use crashcart_model::{IdKind, UniqueId};

/// A principal, or what leads to one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum IdentityTarget {
    /// A long-lived access key.
    Key(String),
    /// A user, by name.
    User(String),
    /// A role, by name.
    Role(String),
    /// The root user.
    Root,
    /// An instance profile, by name.
    Profile(String),
    /// An instance, in the region that is asked.
    Instance(String),
    /// A name that may be a user's or a role's.
    Name(String),
}

impl IdentityTarget {
    /// Reads what was given, and the account that it names, if it names one. None where it leads to
    /// no principal whose identity can be asked for.
    pub fn parse(text: &str) -> Option<(Self, Option<String>)> {
        if let Some(rest) = text.strip_prefix("arn:") {
            let parts: Vec<&str> = rest.splitn(5, ':').collect();
            let [_, service, _, account, resource] = parts.as_slice() else { return None };
            return Some((Self::of_resource(service, resource)?, Some((*account).to_owned())));
        }
        let target = match UniqueId::parse(text).map(|id| id.kind) {
            Some(IdKind::LongLivedAccessKey) => Self::Key(text.to_owned()),
            Some(_) => return None,
            None if is_instance(text) => Self::Instance(text.to_owned()),
            None => match text.split_once('/') {
                Some(_) => Self::of_resource("iam", text)?,
                None if text == "root" => Self::Root,
                None => Self::Name(text.to_owned()),
            },
        };
        Some((target, None))
    }

    /// `user/path/name`, `role/name`, `assumed-role/name/session`, ...
    fn of_resource(service: &str, resource: &str) -> Option<Self> {
        let (kind, rest) = resource.split_once('/').unwrap_or((resource, ""));
        let name = rest.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
        match (service, kind) {
            ("iam", "root") => Some(Self::Root),
            ("iam", "user") => name.map(Self::User),
            ("iam", "role") => name.map(Self::Role),
            ("iam", "instance-profile") => name.map(Self::Profile),
            ("sts", "assumed-role") => rest
                .split('/')
                .next()
                .filter(|name| !name.is_empty())
                .map(|name| Self::Role(name.to_owned())),
            ("ec2", "instance") => name.map(Self::Instance),
            _ => None,
        }
    }
}

/// `i-` and 8 or 17 hex digits.
fn is_instance(text: &str) -> bool {
    text.strip_prefix("i-").is_some_and(|rest| {
        matches!(rest.len(), 8 | 17) && rest.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_found_in_whatever_names_it() {
        let target = |text: &str| IdentityTarget::parse(text).map(|(target, _)| target);
        let user = Some(IdentityTarget::User("nina".to_owned()));
        let role = Some(IdentityTarget::Role("web".to_owned()));
        assert_eq!(target("arn:aws:iam::111122223333:user/team/nina"), user);
        assert_eq!(target("user/nina"), user);
        assert_eq!(target("arn:aws:iam::111122223333:role/service-role/web"), role);
        assert_eq!(target("arn:aws:sts::111122223333:assumed-role/web/i-0abc"), role);
        assert_eq!(target("arn:aws:iam::111122223333:root"), Some(IdentityTarget::Root));
        assert_eq!(target("nina"), Some(IdentityTarget::Name("nina".to_owned())));
        let instance = "i-0123456789abcdef0";
        assert_eq!(target(instance), Some(IdentityTarget::Instance(instance.to_owned())));
        let profile = Some(IdentityTarget::Profile("web".to_owned()));
        assert_eq!(target("arn:aws:iam::111122223333:instance-profile/web"), profile);
        for nobody in ["arn:aws:s3:::bucket", "ASIAIOSFODNN7EXAMPLE", "user/", "arn:aws"] {
            assert_eq!(target(nobody), None, "{nobody}");
        }
        let account = IdentityTarget::parse("arn:aws:iam::111122223333:user/nina");
        assert_eq!(account.and_then(|(_, account)| account).as_deref(), Some("111122223333"));
    }
}
