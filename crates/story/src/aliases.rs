//! Under which names a principal may be asked for: its ARN, the name at its end, the role of a
//! session, its principal id. It must never take a name for that of somebody in another account.

use std::collections::BTreeMap;

use crate::actor::Actor;
use crate::principal;

/// Principals by all the names that they may be asked for by.
pub(crate) struct Aliases<'f> {
    by_name: BTreeMap<&'f str, Vec<(&'f str, Option<&'f Actor>)>>,
}

impl<'f> Aliases<'f> {
    pub(crate) fn new(principals: impl Iterator<Item = (&'f str, Option<&'f Actor>)>) -> Self {
        let mut by_name: BTreeMap<&str, Vec<(&str, Option<&Actor>)>> = BTreeMap::new();
        for (name, actor) in principals {
            for alias in names(name, actor) {
                by_name.entry(alias).or_default().push((name, actor));
            }
        }
        Self { by_name }
    }

    /// The principals that what a responder typed names, in order of name.
    pub(crate) fn find(&self, asked: &str) -> Vec<&'f str> {
        let role = asked.contains(":role/").then(|| principal::bare(asked));
        let user = principal::user(asked).filter(|_| asked.starts_with("arn:"));
        let texts = [Some(asked), role, user].into_iter().flatten();
        let mut found: Vec<&str> = texts
            .filter_map(|text| self.by_name.get(text))
            .flatten()
            .filter(|(name, actor)| is_named(asked, name, *actor))
            .map(|(name, _)| *name)
            .collect();
        found.sort_unstable();
        found.dedup();
        found
    }
}

/// All that [`is_named`] may find a principal by.
fn names<'f>(name: &'f str, actor: Option<&'f Actor>) -> impl Iterator<Item = &'f str> {
    let ends = name.match_indices(['/', ':']).filter_map(|(at, _)| name.get(at + 1..));
    let role = principal::session(name).map(|(role, _)| role);
    let ids = actor.into_iter().flat_map(|actor| actor.ids.iter());
    let heads = |id: &'f str| id.match_indices(':').filter_map(move |(at, _)| id.get(..at));
    let ids = ids.flat_map(move |id| heads(id).chain([id]));
    [name].into_iter().chain(ends).chain(role).chain(ids)
}

/// Whether what a responder typed names this principal: the ARN, the name at its end, or its
/// principal id. Of an IAM user the path may be missing; a role stands for its sessions.
fn is_named(asked: &str, name: &str, actor: Option<&Actor>) -> bool {
    let in_account = |asked: &str| {
        let account = principal::account(asked);
        account.is_none() || account == principal::account(name)
    };
    let role = asked.split_once(":role/").map(|_| principal::bare(asked));
    asked == name
        || name.strip_suffix(asked).is_some_and(|rest| rest.ends_with('/') || rest.ends_with(':'))
        || name.contains(&format!(":assumed-role/{asked}/"))
        || role.is_some_and(|role| {
            in_account(asked) && name.contains(&format!(":assumed-role/{role}/"))
        })
        || asked.starts_with("arn:")
            && principal::user(asked).is_some_and(|user| Some(user) == principal::user(name))
            && in_account(asked)
        || actor.into_iter().flat_map(|actor| actor.ids.iter()).any(|id| {
            id.strip_prefix(asked).is_some_and(|rest| rest.is_empty() || rest.starts_with(':'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_principal_is_found_by_each_of_its_names_and_by_no_part_of_one() {
        let (user, mut actor) = ("arn:aws:iam::111122223333:user/team/bob", Actor::default());
        actor.ids.add("AIDAEXAMPLEBOB", None);
        let (session, mut run) =
            ("arn:aws:sts::111122223333:assumed-role/web/run-7", actor.clone());
        run.ids = Default::default();
        run.ids.add("AROAEXAMPLEWEB:run-7", None);
        let aliases = Aliases::new([(user, Some(&actor)), (session, Some(&run))].into_iter());
        for asked in
            [user, "bob", "team/bob", "AIDAEXAMPLEBOB", "arn:aws:iam::111122223333:user/bob"]
        {
            assert_eq!(aliases.find(asked), [user], "{asked}");
        }
        for asked in
            [session, "web", "run-7", "AROAEXAMPLEWEB", "arn:aws:iam::111122223333:role/web"]
        {
            assert_eq!(aliases.find(asked), [session], "{asked}");
        }
        for asked in ["", "bo", "ob", "AIDA", "arn:aws:iam::444455556666:user/bob", "we", "run"] {
            assert!(aliases.find(asked).is_empty(), "{asked}");
        }
    }
}
