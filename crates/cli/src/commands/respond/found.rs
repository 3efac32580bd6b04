//! The second cut: what the story adds, in every account that it reaches, approved before any of it
//! is carried out, so that nobody has time to answer.

use crashcart_app::containment::{self, ContainmentPlan, Run, Searched};
use crashcart_app::{AppError, Door};

use super::Key;
use crate::commands::{plans, selftest};
use crate::exit::Exit;

/// A plan and the account that it is for.
struct Cut {
    door: Door,
    plan: ContainmentPlan,
}

impl Key {
    /// Plans what the story adds, and carries it out once it is approved.
    pub(super) fn found(&self, door: &Door, searched: Searched<'_>) -> Result<Exit, AppError> {
        let (doors, mut exit) = self.doors(door, searched)?;
        let planned = doors.iter().map(|(account, _)| account.clone()).collect();
        let environment = self.environment()?;
        let quiet = self.is_quiet(searched)?;
        let tried = selftest::tried();
        let mut cuts = Vec::new();
        for (account, door) in doors {
            let found =
                containment::plan_what_was_found((&door, &tried), &environment, searched, &planned);
            let found = match found {
                Ok(found) => found,
                Err(error) => {
                    exit = exit.or(self.stage("FOUND", || Err(error)));
                    continue;
                }
            };
            exit = exit.or(if found.is_complete { Exit::Done } else { Exit::Gaps });
            match found.plan {
                Some(plan) if !quiet || !plan.is_in_place() => cuts.push(Cut { door, plan }),
                Some(_) => {
                    let text = format!("in account {account} all of it is contained already");
                    self.tell("FOUND", &text)?;
                }
                None => {
                    let text = format!("nothing more that can be contained in account {account}");
                    self.tell("FOUND", &text)?;
                    found.notes.iter().try_for_each(|note| self.tell("note", note))?;
                }
            }
        }
        Ok(exit.or(self.cut_all(cuts)?))
    }

    /// Whether nothing in the material is later than all cut-offs of the case: then no session is
    /// younger than the denial of those like it.
    fn is_quiet(&self, searched: Searched<'_>) -> Result<bool, AppError> {
        let held = containment::held(&plans::open_case(&self.case)?)?;
        let first = held.iter().map(|held| held.since).min();
        let last = searched.investigation.coverage.last;
        Ok(first.is_some_and(|first| last.is_none_or(|last| last < first)))
    }

    /// The account at hand, and those in which something descends, as far as one gets there.
    fn doors(
        &self,
        door: &Door,
        searched: Searched<'_>,
    ) -> Result<(Vec<(String, Door)>, Exit), AppError> {
        let here = crashcart_app::account_at_hand(door)?;
        let mut doors = vec![(here.clone(), door.clone())];
        let mut exit = Exit::Done;
        let others = containment::accounts_of_descent(searched.lineage);
        for account in others.into_iter().filter(|account| *account != here) {
            match self.account.enter(&account) {
                Ok(entered) if entered.is_in => doors.push((account, entered.door)),
                Ok(entered) => {
                    let why = entered.note.unwrap_or_default();
                    let text = format!("NOT PLANNED in account {account}: {why}");
                    self.tell("FOUND", &text)?;
                    exit = Exit::Gaps;
                }
                Err(error) => exit = exit.or(self.stage("FOUND", || Err(error))),
            }
        }
        Ok((doors, exit))
    }

    /// Asks for every approval, then carries out what has one. Where there are several, each is made
    /// first and held afterwards: waiting for one account must not leave the intruder the next.
    fn cut_all(&self, cuts: Vec<Cut>) -> Result<Exit, AppError> {
        let mut exit = Exit::Done;
        let mut approved = Vec::new();
        for cut in cuts {
            self.keep("FOUND", &cut.plan)?;
            match self.approval(&cut.plan, &self.yes_contain_found) {
                Ok(approval) => approved.push((cut, approval)),
                Err(error) => exit = exit.or(self.stage("FOUND", || Err(error))),
            }
        }
        let windows = if approved.len() > 1 { vec![0, self.window] } else { vec![self.window] };
        for window in windows {
            for (cut, approval) in &approved {
                let run = || {
                    let plan = (&cut.plan, &**approval);
                    self.carry_out(&cut.door, plan, Run::Apply, window)
                };
                exit = exit.or(self.stage("FOUND", run));
            }
        }
        Ok(exit)
    }
}
