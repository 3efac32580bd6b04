//! One action after the other, through the same plans and the same executor as `contain` and
//! `apply`, while the credentials call: when was each denied, when did it work again. What must be
//! denied by what is a table here.
//!
//! It must never call a step's effect observed that another step explains too.

use std::collections::BTreeMap;
use std::collections::BTreeSet;

use crashcart_model::{Environment, LogText, Timestamp};
use crashcart_respond::{
    Effect, Ending, Entry, Plan, Receipt, RevertOptions, StepReceipt, Throwaway, Verified,
};
use crashcart_store::{Case, Journal};
use crashcart_story::{Descendant, Lineage};

use super::SelftestOptions;
use super::probe::{Answer, By, Probe, STEADY, Sample, Seen, Who, is_refused, probing, steady};
use super::receipt::{ActionShown, CredentialShown, Denied, StepShown, TriedOnAws};
use super::sandbox::Sandbox;
use crate::AppError;
use crate::containment::{Run, Target, keep_plan, plan_containment, run_plan};

/// The session of the role that `contain session` is shown on; another one goes on.
pub(super) const SESSION: &str = "contained";

/// What can be contained, each by the name of its action.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Action {
    Key,
    User,
    Role,
    Session,
}

impl Action {
    pub(super) const ALL: [Self; 4] = [Self::Key, Self::User, Self::Role, Self::Session];

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::User => "user",
            Self::Role => "role",
            Self::Session => "session",
        }
    }

    /// Whose calls must be denied in the end; those of all others go on.
    const fn ends(self) -> &'static [Who] {
        match self {
            Self::Key => &[Who::Key, Who::Assuming],
            Self::User => &[Who::Key, Who::Assuming, Who::UserSession],
            Self::Role => &[Who::Assuming, Who::RoleSession, Who::OtherSession],
            Self::Session => &[Who::UserSession, Who::RoleSession],
        }
    }

    /// The denial that shows the effect of a step, where one does.
    fn shows(self, step: &str) -> Shows {
        const fn by(who: Who, by: By) -> Shows {
            Shows::Denial { who, by, else_said: None }
        }
        match (self, step) {
            (Self::Key, "access-key") | (Self::User, "access-keys") => {
                by(Who::Key, By::Credentials)
            }
            (Self::User, "deny-all") => Shows::Denial {
                who: Who::Key,
                by: By::Policy,
                else_said: Some(
                    "the key was refused as inactive before a policy was seen to deny it; the \
                     session was denied, which deny-older-sessions does by itself",
                ),
            },
            (Self::User, "deny-older-sessions") => {
                Shows::Nothing("the session was denied, which deny-all does by itself")
            }
            (Self::User, _) => Shows::Nothing("the throw-away user has none"),
            (Self::Role, "close-trust") => by(Who::Assuming, By::Policy),
            (Self::Role, "deny-older-sessions") => by(Who::RoleSession, By::Policy),
            (Self::Session, step) if step.starts_with("deny-session-") => {
                by(Who::RoleSession, By::Policy)
            }
            (Self::Session, step) if step.starts_with("deny-older-sessions-of-") => {
                by(Who::UserSession, By::Policy)
            }
            _ => Shows::Nothing("what it denies was denied already"),
        }
    }
}

/// What a step's effect would be seen by.
enum Shows {
    /// Calls of one credential, refused so. `else_said` is why they may stay away all the same.
    Denial { who: Who, by: By, else_said: Option<&'static str> },
    /// Nothing that this step alone explains, and why.
    Nothing(&'static str),
}

/// What all rounds share.
pub(super) struct Rounds<'r> {
    pub(super) sandbox: &'r Sandbox<'r>,
    pub(super) environment: &'r Environment,
    pub(super) options: &'r SelftestOptions,
    pub(super) probes: &'r [Probe],
    /// The ids of the user's key and of the two sessions that are contained.
    pub(super) ids: [String; 3],
}

impl Rounds<'_> {
    /// Whether all credentials work steadily within the bound; else which do not.
    pub(super) fn all_work(&self) -> Result<Timestamp, String> {
        let works = |answer: &Answer| *answer == Answer::Works;
        probing(self.probes, |seen| {
            let since =
                |probe: &Probe| steady(&seen.of(probe.who), works).first().map(|sample| sample.at);
            seen.until(self.options.bound, |_| self.probes.iter().all(|one| since(one).is_some()));
            let mut latest = Timestamp::from_millis(0);
            for probe in self.probes {
                let Some(since) = since(probe) else {
                    let bound = self.options.bound.as_secs();
                    return Err(format!("{} did not work within {bound} seconds", probe.name));
                };
                latest = latest.max(since);
            }
            Ok(latest)
        })
    }

    /// Plans, applies and gives back one action. Returns what was seen, and whether the next one can
    /// begin: everything works again.
    pub(super) fn round(
        &self,
        case: &mut Case,
        action: Action,
    ) -> Result<(ActionShown, bool), AppError> {
        let door = self.sandbox.door;
        let tried = TriedOnAws::default();
        let plan = plan_containment(door, self.environment, &self.target(action), &tried)?;
        self.sandbox.note(case, Throwaway::Plan { hash: plan.hash() })?;
        keep_plan(case, &plan)?;
        let options = self.options.hold;
        let (ran, mut shown) = probing(self.probes, |seen| {
            let ran = run_plan((door, case), &plan, &plan.hash(), Run::Apply, options)?;
            let changes = Changes::read(case, &plan)?;
            if ran.0.ending == Ending::Contained || ran.0.ending == Ending::NotProven {
                seen.until(self.options.bound, |seen| self.all_denied(action, seen, &changes));
            }
            let shown = self.shown(action, (&plan, &ran.0), seen, &changes);
            Ok::<_, AppError>((ran, shown))
        })?;
        let (contained, kept) = ran;
        shown.receipt = Some(kept?);
        let alive = self.give_back(case, &plan, &contained, &mut shown)?;
        Ok((shown, alive))
    }

    fn give_back(
        &self,
        case: &mut Case,
        plan: &Plan,
        contained: &Receipt,
        shown: &mut ActionShown,
    ) -> Result<bool, AppError> {
        let options = self.options.hold;
        let how = RevertOptions { rearm: true, options, ..RevertOptions::default() };
        let run = Run::Revert(contained, how);
        let (back, kept) = run_plan((self.sandbox.door, case), plan, &plan.hash(), run, options)?;
        kept?;
        if back.ending != Ending::GivenBack {
            shown.proven = false;
            shown.said.push("giving it back did not go through: see its receipt".into());
            return Ok(false);
        }
        match self.all_work() {
            Ok(since) => {
                shown.works_again_after_seconds = Some(seconds(back.began, since));
                Ok(true)
            }
            Err(because) => {
                shown.proven = false;
                shown.said.push(format!("after it was given back {because}"));
                Ok(false)
            }
        }
    }

    fn target(&self, action: Action) -> Target {
        let name = || self.sandbox.name.clone();
        let [key, user_session, role_session] = &self.ids;
        match action {
            Action::Key => Target::Key(key.clone()),
            Action::User => Target::User { user: name(), delete_console_password: false },
            Action::Role => Target::Role { role: name(), source_identity: None, close_trust: true },
            Action::Session => {
                let user = self.sandbox.user_arn();
                let session = self.sandbox.session_arn(SESSION);
                let descends = [(key, &user), (user_session, &user), (role_session, &session)];
                // No log is read: we know whom we issued what.
                let descends = descends.map(|(id, principal)| Descendant {
                    key: Some(LogText::from(id.as_str())),
                    principal: Some(LogText::from(principal.as_str())),
                    issued_by: None,
                    is_start: id == key,
                    others_of_its_name: 0,
                });
                let lineage = Lineage { descends: descends.to_vec(), ..Lineage::default() };
                Target::Sessions {
                    of: key.clone(),
                    lineage,
                    planned: BTreeSet::new(),
                    whole_roles: false,
                }
            }
        }
    }

    fn all_denied(&self, action: Action, seen: &Seen<'_>, changes: &Changes) -> bool {
        let ended = |who: &Who| !steady(&seen.of(*who), is_refused).is_empty();
        action.ends().iter().all(ended)
            && changes.by_step.iter().all(|(step, at)| match action.shows(step) {
                Shows::Denial { who, by, else_said: None } => {
                    let samples = after(seen.of(who), *at);
                    !steady(&samples, |answer| *answer == Answer::Refused(by)).is_empty()
                }
                _ => true,
            })
    }

    fn shown(
        &self,
        action: Action,
        (plan, ran): (&Plan, &Receipt),
        seen: &Seen<'_>,
        changes: &Changes,
    ) -> ActionShown {
        let mut said = ran.notes.clone();
        let mut proven = ran.ending == Ending::Contained;
        if !proven {
            said.push("it was not contained: see its receipt".into());
        }
        let mut credentials = Vec::new();
        for probe in self.probes {
            let denied = changes
                .first()
                .and_then(|at| denied(&after(seen.of(probe.who), at), at, is_refused));
            let should_end = action.ends().contains(&probe.who);
            let for_good = denied.as_ref().and_then(|denied| denied.for_good_after_seconds);
            if should_end && for_good.is_none() {
                proven = false;
                let bound = self.options.bound.as_secs();
                said.push(format!("{} was not denied for good within {bound} seconds", probe.name));
            }
            if !should_end && denied.is_some() {
                proven = false;
                said.push(format!("{} was denied, and should have gone on", probe.name));
            }
            credentials.push(CredentialShown {
                credential: probe.name.clone(),
                should_end,
                denied,
            });
        }
        let steps = ran.steps.iter().map(|step| self.step(action, step, seen, changes));
        let steps: Vec<StepShown> = steps.collect();
        proven &= steps.iter().all(|step| step.verified != Verified::NotProven);
        ActionShown {
            action: action.name().into(),
            proven,
            plan: plan.hash(),
            receipt: None,
            steps,
            credentials,
            works_again_after_seconds: None,
            said,
        }
    }

    fn step(
        &self,
        action: Action,
        step: &StepReceipt,
        seen: &Seen<'_>,
        changes: &Changes,
    ) -> StepShown {
        let name = step.name.clone();
        let (mut said, mut verified) = (step.said.clone(), step.verified);
        let mut found = None;
        match (action.shows(&name), changes.by_step.get(&name)) {
            (Shows::Denial { who, by, else_said }, Some(at)) => {
                found =
                    denied(&after(seen.of(who), *at), *at, |answer| *answer == Answer::Refused(by));
                let for_good =
                    found.as_ref().is_some_and(|one| one.for_good_after_seconds.is_some());
                match (&found, else_said) {
                    _ if verified != Verified::Configured => {}
                    (Some(_), None) if for_good => verified = Verified::EffectObserved,
                    (Some(_), Some(_)) => {
                        verified = Verified::EffectObserved;
                        said.push("then the key itself was refused".into());
                    }
                    (None, Some(why)) => said.push(why.into()),
                    (_, None) => {
                        verified = Verified::NotProven;
                        let bound = self.options.bound.as_secs();
                        said.push(format!(
                            "it was read back, but within {bound} seconds no {STEADY} calls in a row \
                             were denied by it"
                        ));
                    }
                }
            }
            (Shows::Denial { .. }, None) => {}
            (Shows::Nothing(why), _) => said.push(why.into()),
        }
        StepShown { name, verified, denied: found, said }
    }
}

/// When each step first changed something, as the journal has it.
struct Changes {
    by_step: BTreeMap<String, Timestamp>,
}

impl Changes {
    fn read(case: &Case, plan: &Plan) -> Result<Self, AppError> {
        let (hash, mut by_step, mut sent) = (plan.hash(), BTreeMap::new(), None);
        let entries: Vec<Entry> = Journal::open(case)?.entries()?;
        for entry in entries {
            match entry {
                Entry::Intent { plan, at, .. } if plan == hash => sent = Some(at),
                Entry::Outcome { plan, step, effect: Effect::Done(_) | Effect::Seen, .. }
                    if plan == hash =>
                {
                    if let Some(at) = sent {
                        by_step.entry(step).or_insert(at);
                    }
                }
                _ => {}
            }
        }
        Ok(Self { by_step })
    }

    fn first(&self) -> Option<Timestamp> {
        self.by_step.values().min().copied()
    }
}

/// The calls that were sent after a moment.
fn after(mut samples: Vec<Sample>, at: Timestamp) -> Vec<Sample> {
    samples.retain(|sample| sample.began >= at);
    samples
}

/// The denials among calls after a change; none where there were none.
fn denied(
    samples: &[Sample],
    changed_at: Timestamp,
    fits: impl Fn(&Answer) -> bool,
) -> Option<Denied> {
    let first = samples.iter().find(|sample| fits(&sample.answer))?;
    let run = steady(samples, &fits);
    let ids = std::iter::once(first).chain(run.iter().take(STEADY));
    let mut request_ids: Vec<String> = ids.filter_map(|sample| sample.request_id.clone()).collect();
    request_ids.dedup();
    Some(Denied {
        changed_at,
        first_after_seconds: seconds(changed_at, first.at),
        for_good_after_seconds: run.first().map(|sample| seconds(changed_at, sample.at)),
        request_ids,
    })
}

/// Seconds between two moments, to the tenth that is not shorter.
fn seconds(from: Timestamp, to: Timestamp) -> f64 {
    let tenths = to.millis().saturating_sub(from.millis()).max(0).saturating_add(99) / 100;
    f64::from(i32::try_from(tenths).unwrap_or(i32::MAX)) / 10.0
}
