//! The sections of the Markdown report, in the order of the HTML one.

use std::cmp::Reverse;
use std::io;

use crashcart_model::{
    BlastRadius, Containment, Coverage, CutOff, Finding, Incident, Investigation, PersistenceState,
    Story,
};

use super::{Sheet, listed, log, maybe, moment, outcome};
use crate::names::NOT_READ_NOW;
use crate::zone::{Zone, at_last, counted, number, size, times};
use crate::{command, escape, material, names};

impl<'a> Sheet<'a> {
    /// What was read, what is missing, and the judgement.
    pub(super) fn head(&mut self, investigation: &Investigation) -> io::Result<()> {
        let coverage = &investigation.coverage;
        let verdict = &investigation.verdict;
        let words = match verdict.incident {
            Incident::Yes => "This is an incident",
            Incident::No => "The material shows ordinary work",
            Incident::Undecided => "The material does not decide it",
        };
        let severity = verdict
            .severity
            .map(|level| format!(", severity {}", level.word()))
            .unwrap_or_default();
        let read = escape::markdown(&material::read(coverage, &Zone::Utc));
        let filtered = material::filtered(coverage)
            .map(|filtered| format!("{}\n\n", escape::markdown(&filtered)));
        let filtered = filtered.unwrap_or_default();
        write!(self.out, "# Investigation\n\nRead: {read}\n\n{filtered}**{words}{severity}**\n\n")?;
        verdict.because.iter().try_for_each(|reason| self.entry("", reason))?;
        verdict.would_decide.iter().try_for_each(|ask| self.entry("would decide it: ", ask))?;
        self.heading("Not in this material")?;
        if coverage.blind_spots.is_empty() && coverage.gap_count == 0 {
            self.entry("nothing that it shows itself", "")?;
        }
        coverage.blind_spots.iter().try_for_each(|spot| self.entry("", spot))?;
        if coverage.gap_count == 0 {
            return Ok(());
        }
        self.entry("not read: ", &counted(coverage.gap_count, "stretch"))
    }

    pub(super) fn suspects(&mut self, story: &Story) -> io::Result<()> {
        if story.suspects.is_empty() {
            return Ok(());
        }
        self.heading("Suspects")?;
        for suspect in &story.suspects {
            let word = match (suspect.act_now, suspect.only_asked) {
                _ if suspect.cut_off_at.is_some() => "cut off",
                (true, _) => "ACT NOW",
                (false, true) => "asked about",
                (false, false) => "suspect",
            };
            let name = log(&suspect.principal);
            writeln!(self.out, "- **{word}** {name} (score {} of 100)", suspect.score)?;
            if suspect.cut_off_at.is_some() {
                writeln!(self.out, "  - cut off at {}", moment(suspect.cut_off_at))?;
            }
            for (label, texts) in [
                ("keys", &suspect.access_keys),
                ("from", &suspect.addresses),
                ("with", &suspect.user_agents),
            ] {
                if !texts.is_empty() {
                    writeln!(self.out, "  - {label} {}", listed(texts))?;
                }
            }
            if !suspect.incomplete.is_empty() {
                let lists = suspect.incomplete.join(", ").replace('_', " ");
                writeln!(self.out, "  - more than are listed: {lists}")?;
            }
            for reason in &suspect.because {
                writeln!(self.out, "  - because {}", escape::markdown(reason))?;
            }
        }
        Ok(())
    }

    /// What the case's own plans hold.
    pub(super) fn cut_off(&mut self, cut_off: &[CutOff]) -> io::Result<()> {
        if cut_off.is_empty() {
            return Ok(());
        }
        self.heading("Cut off")?;
        writeln!(self.out, "{NOT_READ_NOW}.\n")?;
        let rows = cut_off.iter().map(|cut| {
            let at = moment(Some(cut.at));
            vec![log(&cut.what), escape::markdown(&cut.state), log(&cut.account), at]
        });
        self.table(&["What", "State", "Account", "Since"], rows)
    }

    /// Commands stand in fences longer than any run of backticks in them.
    pub(super) fn containment(&mut self, containment: &[Containment]) -> io::Result<()> {
        if containment.is_empty() {
            return Ok(());
        }
        self.heading("Cut first")?;
        for cut in containment {
            let account =
                cut.account.as_ref().map(|account| format!(" in account {}", log(account)));
            writeln!(
                self.out,
                "- **{}** {}{}: {}",
                escape::markdown(&cut.action),
                log(&cut.target),
                account.unwrap_or_default(),
                escape::markdown(&cut.why),
            )?;
            match cut.command.as_ref().map(|command| command::copyable(command.raw())) {
                Some(Some(command)) => {
                    let run = command.split(|character| character != '`').map(str::len).max();
                    let fence = "`".repeat(run.unwrap_or(0).max(2) + 1);
                    write!(self.out, "\n  {fence}sh\n  {command}\n  {fence}\n\n")?;
                }
                Some(None) => writeln!(self.out, "  - {}", command::UNSAFE)?,
                None => {}
            }
        }
        Ok(())
    }

    pub(super) fn steps(&mut self, story: &'a Story) -> io::Result<()> {
        if story.steps.is_empty() {
            return Ok(());
        }
        self.heading("What happened")?;
        let rows: Vec<_> = story
            .steps
            .iter()
            .map(|step| {
                vec![
                    moment(step.at),
                    escape::markdown(step.tactic.as_deref().unwrap_or_default()),
                    escape::markdown(step.technique.as_deref().unwrap_or_default()),
                    log(&step.what),
                    maybe(step.target.as_ref()),
                    log(&step.actor),
                    match &step.tried_before {
                        Some(tried) => at_last(tried),
                        None => outcome(step.outcome).to_owned(),
                    },
                    times(step.count),
                    self.cite(&step.origins),
                ]
            })
            .collect();
        self.table(
            &[
                "Time (UTC)",
                "Tactic",
                "Technique",
                "What",
                "Target",
                "Who",
                "Outcome",
                "Times",
                "Evidence",
            ],
            rows,
        )
    }

    pub(super) fn persistence(&mut self, story: &'a Story) -> io::Result<()> {
        if story.persistence.is_empty() {
            return Ok(());
        }
        self.heading("Ways back in")?;
        let none = names::no_way_back(story);
        if !none.is_empty() {
            self.entry(none, "")?;
            writeln!(self.out)?;
        }
        let rows: Vec<_> = story
            .persistence
            .iter()
            .map(|way| {
                let state = match way.state {
                    PersistenceState::InPlace if way.cut_off_at.is_some() => "cut off",
                    PersistenceState::InPlace => "**STILL IN PLACE**",
                    PersistenceState::Removed => "removed",
                };
                vec![
                    state.to_owned(),
                    escape::markdown(&way.kind),
                    log(&way.what),
                    log(&way.by),
                    moment(way.at),
                    maybe(way.removed_by.as_ref()),
                    self.cite(&way.origins),
                ]
            })
            .collect();
        self.table(&["State", "Kind", "What", "Made by", "Made", "Removed by", "Evidence"], rows)
    }

    pub(super) fn changes(&mut self, story: &'a Story) -> io::Result<()> {
        if story.changes.is_empty() {
            return Ok(());
        }
        self.heading("Changes")?;
        let rows: Vec<_> = story
            .changes
            .iter()
            .map(|change| {
                let state = match change.reverted_by {
                    Some(_) => "put back",
                    None if change.destroyed => "**DESTROYED**",
                    None => "**STILL IN PLACE**",
                };
                vec![
                    state.to_owned(),
                    log(&change.change),
                    log(&change.resource),
                    log(&change.by),
                    moment(change.at),
                    change.made_at.map(|at| moment(Some(at))).unwrap_or_default(),
                    maybe(change.reverted_by.as_ref()),
                    self.cite(&change.origins),
                ]
            })
            .collect();
        self.table(
            &[
                "State",
                "Change",
                "Resource",
                "By",
                "When",
                "Made by the same principal",
                "Put back by",
                "Evidence",
            ],
            rows,
        )
    }

    pub(super) fn accessed(&mut self, story: &'a Story) -> io::Result<()> {
        if story.accessed.is_empty() {
            return Ok(());
        }
        self.heading("Data read")?;
        let rows: Vec<_> = story
            .accessed
            .iter()
            .map(|access| {
                vec![
                    escape::markdown(&access.kind),
                    log(&access.what),
                    times(access.count),
                    access.bytes.map_or_else(|| "not logged".to_owned(), size),
                    log(&access.by),
                    self.cite(&access.origins),
                ]
            })
            .collect();
        self.table(&["Kind", "What", "Times", "Bytes", "By", "Evidence"], rows)
    }

    pub(super) fn failed(&mut self, story: &'a Story) -> io::Result<()> {
        if story.failed.is_empty() {
            return Ok(());
        }
        self.heading("Tried without effect")?;
        let rows: Vec<_> = story
            .failed
            .iter()
            .map(|call| {
                vec![
                    moment(call.at),
                    log(&call.what),
                    log(&call.error),
                    times(call.count),
                    log(&call.by),
                    self.cite(&call.origins),
                ]
            })
            .collect();
        self.table(&["First", "What", "Error", "Times", "By", "Evidence"], rows)
    }

    pub(super) fn findings(&mut self, findings: &'a [Finding]) -> io::Result<()> {
        self.heading("Findings")?;
        if findings.is_empty() {
            return self.entry("no rule matched", "");
        }
        let mut ordered: Vec<&Finding> = findings.iter().collect();
        ordered.sort_by_key(|finding| Reverse(finding.level));
        let rows: Vec<_> = ordered
            .into_iter()
            .map(|finding| {
                vec![
                    finding.level.word().to_owned(),
                    escape::markdown(&finding.title),
                    escape::markdown(&finding.name),
                    format!("{} {}", number(finding.count), names::without_effect(finding))
                        .trim_end()
                        .to_owned(),
                    Zone::Utc.span(finding.first, finding.last),
                    listed(&finding.principals),
                    listed(&finding.addresses),
                    self.cite(&finding.events),
                ]
            })
            .collect();
        self.table(
            &["Level", "Finding", "Rule", "Matches", "When (UTC)", "Who", "From", "Evidence"],
            rows,
        )
    }

    pub(super) fn answers(&mut self, story: &'a Story) -> io::Result<()> {
        if story.answers.is_empty() {
            return Ok(());
        }
        self.heading("Answers")?;
        let rows: Vec<_> = story
            .answers
            .iter()
            .map(|answer| {
                vec![
                    escape::markdown(&answer.question),
                    log(&answer.answer),
                    log(&answer.because),
                    self.cite(&answer.origins),
                ]
            })
            .collect();
        self.table(&["Question", "Answer", "Because", "Evidence"], rows)
    }

    pub(super) fn reach(&mut self, radius: &BlastRadius) -> io::Result<()> {
        self.heading("Reach")?;
        writeln!(self.out, "- accounts: {}", listed(&radius.accounts))?;
        writeln!(self.out, "- regions: {}", listed(&radius.regions))?;
        if !radius.regions_tried.is_empty() {
            let tried = listed(&radius.regions_tried);
            writeln!(self.out, "- regions only tried (every call refused or failed): {tried}")?;
        }
        writeln!(self.out, "- principals: {}", listed(&radius.principals))?;
        writeln!(self.out, "- resources: {}", listed(&radius.resources))
    }

    pub(super) fn gaps(&mut self, coverage: &Coverage) -> io::Result<()> {
        if coverage.gap_count == 0 {
            return Ok(());
        }
        self.heading("Gaps")?;
        coverage.gaps.iter().try_for_each(|gap| self.entry("", &material::gap(gap)))?;
        let left = coverage.gap_count.saturating_sub(coverage.gaps.len() as u64);
        if left == 0 { Ok(()) } else { self.entry("not listed: ", &number(left)) }
    }

    /// The records cited above, and the digest of each file.
    pub(super) fn evidence(&mut self, coverage: &'a Coverage) -> io::Result<()> {
        let cited: Vec<_> = self.citations.cited().collect();
        self.heading("Evidence")?;
        let rows: Vec<_> = cited
            .into_iter()
            .map(|(index, origin)| {
                vec![
                    format!("\\[{index}\\]"),
                    escape::markdown(self.citations.path(&origin.evidence)),
                    origin.record.to_string(),
                    maybe(origin.event_id.as_ref()),
                ]
            })
            .collect();
        self.table(&["Number", "File", "Record (from 0)", "Event id"], rows)?;
        writeln!(self.out)?;
        let rows = coverage.evidence.iter().map(|piece| {
            vec![
                escape::markdown(&piece.path),
                escape::markdown(piece.id.as_str()),
                number(piece.records),
                number(piece.size),
                number(piece.lost),
            ]
        });
        self.table(&["File", "SHA-256 (and member)", "Records", "Bytes", "In gaps"], rows)
    }

    pub(super) fn foot(&mut self, investigation: &Investigation) -> io::Result<()> {
        let tool = &investigation.tool;
        writeln!(
            self.out,
            "\ncrashcart {}, {}, rules with SHA-256 {}",
            escape::markdown(&tool.version),
            escape::markdown(&investigation.schema),
            escape::markdown(&tool.rules_sha256),
        )
    }
}
