//! The first cut: the owner of the key, and whether the key can still be used afterwards.

use crashcart_app::containment::{self, Run, Standing, Target};
use crashcart_app::{AppError, Door, Owner};
use crashcart_model::Timestamp;

use super::Key;
use crate::commands::{plans, selftest};
use crate::exit::Exit;

impl Key {
    /// Plans to contain the owner, and carries it out once it is approved.
    pub(super) fn cut_off(&self, door: &Door, owner: &Owner) -> Result<Exit, AppError> {
        let target = match &owner.user {
            Some(user) => Target::User {
                user: user.clone(),
                // Once it is deleted there is none to delete.
                delete_console_password: self.delete_console_password
                    && owner.console != Some(false),
            },
            // Refused with words on what to do instead, where it is root's.
            None => Target::Key(self.id.clone()),
        };
        let (environment, tried) = (self.environment()?, selftest::tried());
        let (plan, exit) = match containment::plan_containment(door, &environment, &target, &tried)
        {
            Ok(plan) => (plan, Exit::Done),
            // Whatever else cannot be read, the key that leaked must not stay alive for it.
            Err(AppError::Aws(error)) if owner.user.is_some() => {
                self.tell("CUT OFF", &format!("NOT ALL OF IT: {error}; the key alone"))?;
                let key = Target::Key(self.id.clone());
                (containment::plan_containment(door, &environment, &key, &tried)?, Exit::Gaps)
            }
            Err(error) => return Err(error),
        };
        if plan.is_in_place() {
            let text = format!("{} is contained already: the account was read again", plan.target);
            self.tell("CUT OFF", &text)?;
            return Ok(exit);
        }
        self.keep("CUT OFF", &plan)?;
        let approval = self.approval(&plan, self.yes_contain.as_slice())?;
        let approved = (&plan, &*approval);
        Ok(exit.or(self.carry_out(door, approved, Run::Apply, self.window)?))
    }

    /// Says whether the key can still be used, as the account tells now.
    pub(super) fn stands(&self, door: &Door, owner: &Owner) -> Result<Exit, AppError> {
        let Some(user) = &owner.user else {
            let text =
                format!("whether {} can be used is unknown: {}", self.id, owner_unknown(owner));
            self.tell("NOW", &text)?;
            return Ok(Exit::Gaps);
        };
        let since = self.cut_since(owner)?;
        let since = since.map(|at| format!(", cut off at {at}")).unwrap_or_default();
        let (text, exit) = match containment::standing(door, user, &self.id)? {
            Standing::Inactive => (format!("{} is inactive{since}", self.id), Exit::Done),
            Standing::Gone => (format!("{} is gone: {user} has no such key", self.id), Exit::Done),
            Standing::Denied => (
                format!(
                    "{} is ACTIVE, but {user} may do nothing{since}: make it inactive with \
                     `crashcart contain key {}`",
                    self.id, self.id
                ),
                Exit::Gaps,
            ),
            Standing::Works => (
                format!(
                    "{} is STILL ACTIVE and whoever has it can go on: nothing that is said here cut \
                     it off. Run this again and approve it, or `crashcart contain key {}`",
                    self.id, self.id
                ),
                Exit::Gaps,
            ),
        };
        self.tell("NOW", &text)?;
        Ok(exit)
    }

    /// Since when the case holds the key or its owner cut off, by its journal.
    pub(super) fn cut_since(&self, owner: &Owner) -> Result<Option<Timestamp>, AppError> {
        let case = plans::open_case(&self.case)?;
        let held = containment::held(&case)?;
        let is_cut = |held: &&containment::Held| {
            let user = owner.user.as_deref();
            held.credential() == Some(&self.id) || user.is_some() && held.denied_user() == user
        };
        Ok(held.iter().filter(is_cut).map(|held| held.since).min())
    }
}

fn owner_unknown(owner: &Owner) -> &'static str {
    match owner.kind {
        Some("root") => "it is the root user's, whom no other principal can ask about",
        _ => "which user it belongs to is not known",
    }
}
