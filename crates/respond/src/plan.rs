//! A plan is data: what will change, in order, why, and how it is undone. It is frozen when it is
//! approved: its hash is that of its bytes.
//!
//! It must never be changed after its hash was shown, nor hold a step that cannot be told in full.

use crashcart_model::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::documents::{self, Whose};
use crate::{Change, Scope, State, Thing, alive, reach};

/// The form that this version writes and reads.
pub const SCHEMA: &str = "crashcart.plan/1";

/// What is about to be done to one account. The order of the fields is the canonical one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// [`SCHEMA`].
    pub schema: String,
    /// The action, such as `user`.
    pub action: String,
    /// Whom it is about: an ARN or a key id.
    pub target: String,
    /// The account's number.
    pub account: String,
    /// When the account was read.
    pub made_at: Timestamp,
    /// Who planned.
    pub caller_arn: String,
    /// What will be done, in this order.
    pub steps: Vec<Step>,
    /// What else somebody must know before approving.
    pub notes: Vec<String>,
}

/// One step.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// Its name, once in a plan.
    pub name: String,
    /// Why it is done.
    pub why: String,
    /// What it stops.
    pub stops: Vec<String>,
    /// What goes on all the same.
    pub does_not_stop: Vec<String>,
    /// What it could break.
    pub risk: Vec<String>,
    /// What is done.
    pub change: Planned,
    /// How it is undone, as far as is known now; the journal holds what is undone in the end.
    pub undo: Undo,
    /// Giving it back would re-arm whoever is contained.
    pub suspect: bool,
    /// Begins only when what came before was read back unchanged for the whole window.
    pub after_verified: bool,
    /// The flag that somebody gave for a step that cannot be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flag: Option<String>,
}

/// What a step does.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Planned {
    /// One change, made only where the thing is as expected.
    One {
        /// What the thing must be before.
        expects: State,
        /// What it becomes.
        change: Change,
    },
    /// A rule: every credential in a closed scope becomes inactive, also those that appear later.
    Every {
        /// Which.
        scope: Scope,
        /// What was there when the plan was made.
        seen: Vec<(Thing, State)>,
    },
    /// A policy that denies sessions issued before a moment slightly ahead of when it is put.
    CutOff {
        /// What the policy must be before; an earlier cut-off of ours counts too.
        expects: State,
        /// The moment, and which policy.
        rule: CutOff,
    },
}

impl Planned {
    /// Whose the things are, as in [`Thing::owner`].
    pub(crate) fn owner(&self) -> String {
        match self {
            Self::One { change, .. } => change.thing.owner(),
            Self::Every { scope, .. } => scope.owner(),
            Self::CutOff { rule, .. } => rule.policy.owner(),
        }
    }

    /// One change of a thing that is as expected, and its undo.
    pub(crate) fn one(account: &str, thing: Thing, expects: State, to: State) -> (Self, Undo) {
        let undo = Undo::to(account, &thing, &expects);
        let change = Change { account: account.to_owned(), thing, to };
        (Self::One { expects, change }, undo)
    }
}

/// Denies sessions that were issued before a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CutOff {
    /// The policy.
    pub policy: Thing,
    /// Seconds from when it is put to the moment; covers clocks that differ and a policy that
    /// takes time to spread.
    pub ahead_seconds: u32,
    /// Whose sessions.
    pub whose: Whose,
    /// The longest that such a session can live, in seconds.
    pub sessions_last_seconds: u32,
}

impl CutOff {
    /// The document, put now.
    pub fn document(&self, now: Timestamp) -> State {
        self.denies(Timestamp::from_millis(now.millis() + i64::from(self.ahead_seconds) * 1000))
    }

    /// The document that denies what was issued before a moment.
    pub fn denies(&self, moment: Timestamp) -> State {
        State::Document(documents::deny_older_sessions(moment, &self.whose))
    }

    /// The moment that a live state denies from, if it is such a document.
    pub fn moment(&self, state: &State) -> Option<Timestamp> {
        match state {
            State::Document(document) => documents::cut_off(document, &self.whose),
            _ => None,
        }
    }
}

/// How a step is undone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undo {
    /// By these changes, in this order.
    By(Vec<Change>),
    /// It cannot be.
    Never {
        /// Why.
        because: String,
    },
}

impl Undo {
    /// What gives a thing back its state, computed before it is changed.
    pub fn to(account: &str, thing: &Thing, before: &State) -> Self {
        let change =
            Change { account: account.to_owned(), thing: thing.clone(), to: before.clone() };
        match (change.possible(), thing) {
            (true, _) => Self::By(vec![change]),
            (false, Thing::LoginProfile { .. }) => Self::Never {
                because: "a deleted console password is known to nobody; set a new one".into(),
            },
            (false, _) => {
                Self::Never { because: format!("{thing} cannot be made {}", before.words()) }
            }
        }
    }
}

impl Undo {
    /// What makes those active again that were.
    pub(crate) fn all(account: &str, seen: &[(Thing, State)]) -> Self {
        let active = seen.iter().filter(|(_, state)| *state == State::Active);
        let change = |(thing, state): &(Thing, State)| Change {
            account: account.to_owned(),
            thing: thing.clone(),
            to: state.clone(),
        };
        Self::By(active.map(change).collect())
    }
}

/// Why a text is not a plan.
#[derive(Debug, Error)]
pub enum PlanError {
    /// It cannot be read.
    #[error("read plan: {0}")]
    Unreadable(#[source] serde_json::Error),
    /// It is of a later version.
    #[error("read plan: its schema {found:?} is not {SCHEMA:?}")]
    Schema {
        /// What it says.
        found: String,
    },
    /// It was written by hand or changed.
    #[error("read plan: its bytes are not as crashcart writes them, so its hash means nothing")]
    NotCanonical,
    /// A step cannot be done.
    #[error("read plan: step {step:?} {reason}")]
    Impossible {
        /// The step's name.
        step: String,
        /// Why.
        reason: &'static str,
    },
}

impl Plan {
    /// The plan as it is kept: JSON, one line, fields in a fixed order.
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = serde_json::to_vec(self).unwrap_or_default();
        bytes.push(b'\n');
        bytes
    }

    /// SHA-256 of [`Plan::bytes`] in lower-case hex: what `sha256sum` says of the file.
    pub fn hash(&self) -> String {
        Sha256::digest(self.bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// Reads a plan, and refuses one that this version cannot carry out.
    ///
    /// # Errors
    /// `Unreadable`, `Schema`, `NotCanonical`, `Impossible`.
    pub fn parse(bytes: &[u8]) -> Result<Self, PlanError> {
        let plan: Self = serde_json::from_slice(bytes).map_err(PlanError::Unreadable)?;
        if plan.schema != SCHEMA {
            return Err(PlanError::Schema { found: plan.schema });
        }
        if plan.bytes() != bytes {
            return Err(PlanError::NotCanonical);
        }
        for (index, step) in plan.steps.iter().enumerate() {
            let twice = plan.steps.iter().take(index).any(|earlier| earlier.name == step.name);
            let reason = if twice { Some("is there twice") } else { step.trouble(&plan.account) };
            let reason = reason.or_else(|| reach::trouble(&plan, step));
            if let Some(reason) = reason {
                return Err(PlanError::Impossible { step: step.name.clone(), reason });
            }
        }
        Ok(plan)
    }

    /// Whether everything was as it should become when the plan was made; of a cut-off, that there
    /// is one.
    pub fn is_in_place(&self) -> bool {
        self.steps.iter().all(|step| match &step.change {
            Planned::One { expects, change } => *expects == change.to,
            Planned::Every { seen, .. } => seen.iter().all(|(_, state)| *state == State::Inactive),
            Planned::CutOff { expects, rule } => rule.moment(expects).is_some(),
        })
    }

    /// The IAM actions that carrying it out, reading it back and undoing it can need, sorted.
    pub fn permissions(&self) -> Vec<&'static str> {
        let mut all: Vec<&str> = self.steps.iter().flat_map(Step::permissions).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whose access it changes, sorted: users and roles as ARNs without paths, which a plan does
    /// not hold.
    pub fn principals(&self) -> Vec<String> {
        let partition = self.caller_arn.split(':').nth(1).unwrap_or("aws");
        let arn =
            |step: &Step| format!("arn:{partition}:iam::{}:{}", self.account, step.change.owner());
        let mut all: Vec<String> = self.steps.iter().map(arn).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The step of this name.
    pub fn step(&self, name: &str) -> Option<&Step> {
        self.steps.iter().find(|step| step.name == name)
    }
}

impl Step {
    /// The rule, for a step that denies older sessions.
    pub const fn cut_off(&self) -> Option<&CutOff> {
        match &self.change {
            Planned::CutOff { rule, .. } => Some(rule),
            _ => None,
        }
    }

    /// Whether the step may change this thing.
    pub fn covers(&self, thing: &Thing) -> bool {
        match &self.change {
            Planned::One { change, .. } => change.thing == *thing,
            Planned::Every { scope, .. } => scope.covers(thing),
            Planned::CutOff { rule, .. } => rule.policy == *thing,
        }
    }

    /// The changes as they would be made now, were the account as it was when planned.
    pub fn preview(&self, account: &str, now: Timestamp) -> Vec<Change> {
        let account = account.to_owned();
        match &self.change {
            Planned::One { change, .. } => vec![change.clone()],
            Planned::Every { seen, .. } => seen
                .iter()
                .filter(|(_, state)| *state == State::Active)
                .map(|(thing, _)| Change {
                    account: account.clone(),
                    thing: thing.clone(),
                    to: State::Inactive,
                })
                .collect(),
            Planned::CutOff { rule, .. } => {
                vec![Change { account, thing: rule.policy.clone(), to: rule.document(now) }]
            }
        }
    }

    fn permissions(&self) -> Vec<&'static str> {
        let of = |thing: &Thing, states: &[&State]| {
            let sets = states.iter().flat_map(|to| thing.permissions(to).1);
            let read = thing.permissions(&State::Absent).0;
            std::iter::once(read).chain(sets.copied()).collect::<Vec<_>>()
        };
        match &self.change {
            Planned::One { expects, change } => {
                let mut all = of(&change.thing, &[&change.to, expects]);
                // Before it is lifted, every way in is read; a suspect one is not lifted.
                let denied = alive::denied_user(&change.thing, &change.to);
                if let Some(user) = denied.filter(|_| !self.suspect) {
                    all.extend(alive::scopes(user).iter().map(|scope| scope.permissions()[0]));
                    all.push("iam:GetLoginProfile");
                }
                all
            }
            Planned::CutOff { expects, rule } => {
                let document = rule.document(Timestamp::from_millis(0));
                of(&rule.policy, &[&document, expects])
            }
            Planned::Every { scope, .. } => scope.permissions().to_vec(),
        }
    }

    fn trouble(&self, account: &str) -> Option<&'static str> {
        match &self.change {
            Planned::One { change, .. } if change.account != account => {
                Some("is about another account")
            }
            Planned::One { change, .. } if !change.possible() => Some("cannot be done"),
            Planned::CutOff { rule, .. }
                if !matches!(rule.policy, Thing::UserPolicy { .. } | Thing::RolePolicy { .. }) =>
            {
                Some("is no inline policy")
            }
            _ if matches!(self.undo, Undo::Never { .. }) && self.flag.is_none() => {
                Some("cannot be undone and names no flag that allows it")
            }
            _ => None,
        }
    }
}
