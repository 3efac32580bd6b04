//! Who could come in if a user's denial were lifted. It must never take for dead what could not be
//! read.

use crashcart_aws::AwsError;

use crate::executor::Executor;
use crate::{Left, Scope, State, Thing, documents};

/// Every kind of credential of a user that a rule can reach; its console password is beside them.
pub(crate) fn scopes(user: &str) -> [Scope; 4] {
    let user = || user.to_owned();
    [
        Scope::AccessKeyOf { user: user() },
        Scope::SshKeyOf { user: user() },
        Scope::ServiceCredentialOf { user: user() },
        Scope::SigningCertificateOf { user: user() },
    ]
}

/// The user whom a thing in this state denies everything.
pub(crate) fn denied_user<'t>(thing: &'t Thing, state: &State) -> Option<&'t str> {
    match (thing, state) {
        (Thing::UserPolicy { user, .. }, State::Document(document))
            if *document == documents::deny_all() =>
        {
            Some(user)
        }
        _ => None,
    }
}

impl Executor<'_> {
    /// Why a denial must stay, if what it keeps out is alive or could not be read: it was made
    /// active meanwhile, or is new since the plan. Whose it is, only people know.
    pub(crate) fn must_stay(&self, left: &Left) -> Option<String> {
        let user = denied_user(&left.thing, &left.to)?;
        let alive = match self.alive(user) {
            Ok(alive) if alive.is_empty() => return None,
            Ok(alive) => alive.iter().map(Thing::to_string).collect::<Vec<_>>().join(", "),
            Err(error) => {
                return Some(format!(
                    "the {} is not lifted: whether a credential of user/{user} can be used could \
                     not be read: {error}",
                    left.thing
                ));
            }
        };
        Some(format!(
            "the {} is not lifted, for these can be used, made active or new since the plan: \
             {alive}; contain user/{user} again, or make them inactive, then revert again; where \
             they are the owner's own, remove the policy by hand; --rearm undoes everything",
            left.thing
        ))
    }

    /// The user's credentials that can be used now.
    fn alive(&self, user: &str) -> Result<Vec<Thing>, AwsError> {
        let mut alive = Vec::new();
        for scope in scopes(user) {
            let listed = self.again(|| self.account.list(&scope))?.into_iter();
            alive.extend(listed.filter(|(_, state)| *state == State::Active).map(|(one, _)| one));
        }
        let password = Thing::LoginProfile { user: user.to_owned() };
        if self.read(&password)? != State::Absent {
            alive.push(password);
        }
        Ok(alive)
    }
}
