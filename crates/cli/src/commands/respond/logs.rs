//! What the logs add: the event history, the story, the second plan.

use crashcart_app::containment::Searched;
use crashcart_app::{
    AppError, Buckets, CaseRun, Door, Filter, Inputs, Lineage, Lookup, Owner, Pivot, Question,
    ReadOptions, RuleOptions, Rules,
};
use crashcart_model::Investigation;
use crashcart_report::counted;

use super::Key;
use crate::arguments::Filters;
use crate::commands;
use crate::exit::Exit;
use crate::progress::{Asked, Shown};
use crate::terminal::Terminal;

impl Key {
    pub(super) fn logs(
        &self,
        door: &Door,
        owner: &Owner,
        story: &mut Option<Investigation>,
    ) -> Result<Exit, AppError> {
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
        for line in commands::gap_lines(&investigation.coverage) {
            self.tell("GAP", &line)?;
        }
        let exit = exit.or(known).or(commands::exit(&investigation.coverage, false));
        let searched = Searched {
            key: &self.id,
            owner: owner.user.as_deref(),
            investigation: &investigation,
            lineage: &lineage,
        };
        let found = || self.found(door, searched);
        let exit = exit.or(self.stage("FOUND", found));
        *story = Some(investigation);
        Ok(exit)
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
        let (lineage, _) =
            crashcart_app::lineage(&self.id, &inputs.listing, &options, shown.counters());
        Ok((ran.investigation, lineage))
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
}
