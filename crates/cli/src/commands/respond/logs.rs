//! What the logs add: the event history, the story, the second plan, and the watch afterwards.

use std::time::{Duration, Instant};

use crashcart_app::{
    AppError, Buckets, CaseRun, Door, EventHistory, FOLLOWED, Filter, Inputs, Lineage, Lookup,
    Owner, Pivot, Question, ReadOptions, RuleOptions, Rules, WantedHistory, containment,
};
use crashcart_model::{Investigation, Timestamp};
use crashcart_report::counted;

use super::Key;
use crate::arguments::Filters;
use crate::commands::{self, plans};
use crate::exit::Exit;
use crate::progress::{Asked, Shown};
use crate::terminal::Terminal;

/// How often the event history is asked while it is watched.
const BETWEEN: Duration = Duration::from_secs(60);

impl Key {
    pub(super) fn logs(&self, door: &Door, owner: &Owner) -> Result<Exit, AppError> {
        let mut exit = Exit::Done;
        if !self.no_event_history {
            exit = self.stage("LOGS", || self.event_history(door, owner));
        }
        let open = || self.account.here();
        let filters = Filters::default();
        let buckets = self.bounds.buckets(&filters, &open)?;
        let (inputs, options) = self.bounds.open(&self.paths, &filters, &buckets)?;
        let nothing = match crashcart_app::evidence_of_case(&self.case, &buckets) {
            Ok(_) => false,
            Err(error) if error.is_bad_request() => true,
            Err(error) => return Err(error),
        };
        if self.paths.is_empty() && nothing {
            self.tell(
                "LOGS",
                "there are none: what was done with the key, and the sessions that descend from \
                 it, are UNKNOWN and go on; run this again with the logs as PATH",
            )?;
            return Ok(exit.or(Exit::Gaps));
        }
        let (investigation, lineage) = self.investigate(inputs, options, &buckets)?;
        let events = counted(investigation.coverage.events, "event");
        let report = self.case.join("report/report.html");
        let (text, known) = match lineage.descends.len() {
            0 => ("none with the key: what was done with it is UNKNOWN".to_owned(), Exit::Gaps),
            1 => ("no session or key came of the key in them".to_owned(), Exit::Done),
            2 => ("one session or key came of the key".to_owned(), Exit::Done),
            more => (format!("{} sessions and keys came of the key", more - 1), Exit::Done),
        };
        self.tell("LOGS", &format!("{events}, {text}; the report is {}", report.display()))?;
        commands::tell_gaps(&investigation.coverage);
        let exit = exit.or(known).or(commands::exit(&investigation.coverage, false));
        Ok(exit.or(self.found(door, owner, (&investigation, &lineage))?))
    }

    /// Investigates what the case has and what was given.
    fn investigate(
        &self,
        inputs: Inputs,
        options: ReadOptions,
        buckets: &Buckets<'_>,
    ) -> Result<(Investigation, Lineage), AppError> {
        let environment = self.environment()?;
        let threads = self.bounds.threads();
        let rules = Rules::load(&RuleOptions { threads, ..RuleOptions::default() })?;
        let question = Question {
            rules: &rules,
            environment: &environment,
            pivot: Pivot { keys: vec![self.id.clone()], ..Pivot::default() },
            findings: Vec::new(),
            baseline: None,
            places: None,
            sealed: Vec::new(),
            version: env!("CARGO_PKG_VERSION"),
        };
        let shown = Shown::begin(Terminal::look(false).live, false);
        let run = CaseRun { folder: &self.case, copy_evidence: false, buckets };
        let options = options.asking();
        let ran = run.investigate(inputs, &options, shown.counters(), question)?;
        let inputs = crashcart_app::evidence_of_case(&self.case, buckets)?;
        let (lineage, _) = crashcart_app::lineage(&self.id, &inputs, &options, shown.counters());
        Ok((ran.investigation, lineage))
    }

    /// Plans what the story adds, and carries it out once it is approved.
    fn found(
        &self,
        door: &Door,
        owner: &Owner,
        story: (&Investigation, &Lineage),
    ) -> Result<Exit, AppError> {
        let of = (&*self.id, owner.user.as_deref());
        let environment = self.environment()?;
        let (plan, notes) = containment::plan_what_was_found(door, &environment, of, story)?;
        let Some(plan) = plan else {
            self.tell("FOUND", "nothing more that can be contained by itself")?;
            for note in notes {
                self.tell("note", &note)?;
            }
            return Ok(Exit::Done);
        };
        self.approve_and_apply(door, "FOUND", &plan, self.yes_contain_found.as_deref())
    }

    /// Asks every region for what the key and its owner did, into the case.
    fn event_history(&self, door: &Door, owner: &Owner) -> Result<Exit, AppError> {
        let keys = owner.access_keys.iter().map(|key| key.id.clone());
        let mut lookups: Vec<Lookup> = std::iter::once(self.id.clone())
            .chain(keys.filter(|key| *key != self.id))
            .map(Lookup::Key)
            .collect();
        lookups.extend(owner.user.clone().map(Lookup::User));
        let asked = Asked::begin(Terminal::look(false).live, false);
        let case = (&*self.case, env!("CARGO_PKG_VERSION"));
        let progress = |region: &str, events| asked.page(region, events);
        crashcart_app::collect_live(door, case, (&lookups, &Filter::default()), &progress)?;
        Ok(Exit::Done)
    }

    /// Asks for use of the key after it was cut off, until the time is over.
    pub(super) fn watch(
        &self,
        door: &Door,
        minutes: u64,
        cut_at: Timestamp,
    ) -> Result<Exit, AppError> {
        let until = Instant::now() + Duration::from_secs(minutes.saturating_mul(60));
        let wanted = WantedHistory {
            lookup: Lookup::Key(self.id.clone()),
            since: Some(cut_at),
            until: None,
            regions: Vec::new(),
            follow: FOLLOWED,
        };
        loop {
            let case = plans::open_case(&self.case)?;
            let told = crashcart_app::collect_event_history(door, case, &wanted, &|_, _| {})?;
            if let Some(last) = used_after(&told, cut_at) {
                let text = format!(
                    "the key, or one that it had issued, was still used: the last event is of \
                     {last}, the cut-off was at {cut_at}; look at it with `crashcart investigate \
                     --case CASE`, also for what was denied"
                );
                self.tell("WATCH", &text)?;
                return Ok(Exit::Gaps);
            }
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let text = format!(
                    "no event after the cut-off at {cut_at} was there yet: no proof, events come up \
                     to 15 minutes late, and data events never this way"
                );
                self.tell("WATCH", &text)?;
                for gap in &told.gaps {
                    let place = gap.region.as_deref().unwrap_or("all regions");
                    self.tell("GAP", &format!("{place}: {}", gap.detail))?;
                }
                return Ok(if told.gaps.is_empty() { Exit::Done } else { Exit::Gaps });
            }
            std::thread::sleep(BETWEEN.min(left));
        }
    }
}

/// The last event that is known, where it is later than the cut-off. What was collected before it is
/// in the history too. Times of events are whole seconds.
fn used_after(told: &EventHistory, cut_at: Timestamp) -> Option<Timestamp> {
    let newest = told.regions.iter().filter_map(|region| region.newest).max()?;
    (newest > cut_at).then_some(newest)
}

#[cfg(test)]
mod tests {
    use crashcart_app::RegionHistory;

    use super::*;

    #[test]
    fn only_what_is_later_than_the_cut_off_is_further_use() {
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let told = |newest: &[&str]| EventHistory {
            account: "111122223333".into(),
            asked_by: "arn:aws:iam::111122223333:user/responder".into(),
            since: at("2026-05-04T02:00:00Z"),
            until: at("2026-05-04T03:00:00Z"),
            lookups: Vec::new(),
            regions: newest
                .iter()
                .map(|newest| RegionHistory {
                    newest: Some(at(newest)),
                    events: 7,
                    ..RegionHistory::default()
                })
                .collect(),
            not_enabled: Vec::new(),
            gaps: Vec::new(),
            limits: Vec::new(),
        };
        let cut_at = at("2026-05-04T02:30:00.500Z");
        assert_eq!(used_after(&told(&[]), cut_at), None);
        assert_eq!(used_after(&told(&["2026-05-04T02:30:00Z"]), cut_at), None);
        let later = told(&["2026-05-04T02:10:00Z", "2026-05-04T02:31:00Z"]);
        assert_eq!(used_after(&later, cut_at), Some(at("2026-05-04T02:31:00Z")));
    }
}
