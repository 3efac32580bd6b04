//! The judgement, who is behind it, and what to cut first.

use std::io;

use crashcart_model::{
    Containment, Coverage, CutOff, Incident, Investigation, LogText, Story, Suspect, Verdict,
};

use super::markup::{Cell, Markup};
use crate::command;
use crate::material;
use crate::names::NOT_READ_NOW;
use crate::zone::{Zone, counted, number};

/// Keys, addresses and the like shown before the rest is folded.
const SHOWN: usize = 6;

/// The sections, for the list at the top: anchor and title.
const SECTIONS: [(&str, &str); 12] = [
    ("suspects", "Suspects"),
    ("containment", "Cut first"),
    ("timeline", "What happened"),
    ("persistence", "Ways back in"),
    ("changes", "Changes"),
    ("accessed", "Data read"),
    ("failed", "Tried without effect"),
    ("findings", "Findings"),
    ("answers", "Answers"),
    ("reach", "Reach"),
    ("coverage", "Coverage and gaps"),
    ("evidence", "Evidence"),
];

impl<'a> Markup<'a> {
    /// What was read, what is missing, and the judgement: all that a reader must know first.
    pub(super) fn header(&mut self, investigation: &'a Investigation) -> io::Result<()> {
        self.element("header", &[], |markup| {
            markup.span("h1", "", "Investigation")?;
            markup.span("p", "", &material::read(&investigation.coverage, &Zone::Utc))?;
            if let Some(filtered) = material::filtered(&investigation.coverage) {
                markup.span("p", "warning", &filtered)?;
            }
            markup.verdict(&investigation.verdict)?;
            markup.missing(&investigation.coverage)
        })?;
        self.literal("\n")?;
        self.element("nav", &[("aria-label", "Sections")], |markup| {
            markup.element("ul", &[], |markup| {
                SECTIONS.iter().try_for_each(|(anchor, title)| {
                    let target = format!("#{anchor}");
                    markup.element("li", &[], |markup| {
                        markup.element("a", &[("href", &target)], |markup| markup.text(title))
                    })
                })
            })
        })
    }

    /// What made the report.
    pub(super) fn footer(&mut self, investigation: &Investigation) -> io::Result<()> {
        let tool = &investigation.tool;
        self.element("footer", &[], |markup| {
            markup.span(
                "p",
                "quiet",
                &format!(
                    "crashcart {}, {}, rules with SHA-256 {}. The same evidence and rules give \
                     this same file.",
                    tool.version, investigation.schema, tool.rules_sha256,
                ),
            )
        })
    }

    /// What the material cannot show, before anything that rests on it.
    fn missing(&mut self, coverage: &Coverage) -> io::Result<()> {
        let mut missing = coverage.blind_spots.clone();
        if coverage.gap_count > 0 {
            let stretches = counted(coverage.gap_count, "stretch");
            missing.push(format!("{stretches} not read, listed under Coverage and gaps"));
        }
        if missing.is_empty() {
            return Ok(());
        }
        self.span("p", "label", "Not in this material")?;
        self.list(&missing)
    }

    /// A list of sentences.
    pub(super) fn list(&mut self, items: &[String]) -> io::Result<()> {
        self.element("ul", &[], |markup| {
            items.iter().try_for_each(|item| markup.span("li", "", item))
        })
    }

    fn verdict(&mut self, verdict: &Verdict) -> io::Result<()> {
        let (class, words) = match verdict.incident {
            Incident::Yes => ("verdict yes", "This is an incident"),
            Incident::No => ("verdict no", "The material shows ordinary work"),
            Incident::Undecided => ("verdict undecided", "The material does not decide it"),
        };
        let severity = verdict
            .severity
            .map(|level| format!(", severity {}", level.word()))
            .unwrap_or_default();
        self.element("div", &[("class", class)], |markup| {
            markup.span("strong", "", &format!("{words}{severity}"))?;
            markup.list(&verdict.because)?;
            if verdict.would_decide.is_empty() {
                return Ok(());
            }
            markup.span("p", "label", "What would decide it")?;
            markup.list(&verdict.would_decide)
        })
    }

    /// Who may have done it.
    pub(super) fn suspects(&mut self, story: &'a Story) -> io::Result<()> {
        self.section("suspects", "Suspects", |markup| {
            if story.suspects.is_empty() {
                return markup.none();
            }
            story.suspects.iter().try_for_each(|suspect| markup.suspect(suspect))
        })
    }

    /// What an empty section says.
    pub(super) fn none(&mut self) -> io::Result<()> {
        self.span("p", "quiet", "None in this material.")
    }

    fn suspect(&mut self, suspect: &Suspect) -> io::Result<()> {
        self.element("div", &[("class", "card")], |markup| {
            markup.element("h3", &[], |markup| {
                let (class, words) = if suspect.cut_off_at.is_some() {
                    ("label good", "Cut off: ")
                } else if suspect.act_now {
                    ("label alarm", "Act now: ")
                } else if suspect.only_asked {
                    ("label", "Asked about: ")
                } else {
                    ("label warning", "Suspect: ")
                };
                markup.span("span", class, words)?;
                markup.log(suspect.principal.raw())
            })?;
            markup.element("dl", &[], |markup| {
                if let Some(at) = suspect.cut_off_at {
                    markup.term("cut off", &[Zone::Utc.moment(Some(at)).into()])?;
                }
                markup.term("score", &[format!("{} of 100", suspect.score).into()])?;
                let because: Vec<LogText> =
                    suspect.because.iter().cloned().map(LogText::from).collect();
                markup.term("because", &because)?;
                markup.term("access keys", &suspect.access_keys)?;
                markup.term("addresses", &suspect.addresses)?;
                markup.term("user agents", &suspect.user_agents)?;
                markup.incomplete(&suspect.incomplete)
            })
        })
    }

    /// Of which lists there is more than is named.
    pub(super) fn incomplete(&mut self, lists: &[String]) -> io::Result<()> {
        let lists = lists.iter().map(|list| LogText::new(list.replace('_', " ")));
        self.term("more than are listed", &lists.collect::<Vec<_>>())
    }

    /// A term and what is said of it, long lists folded; nothing where nothing is said.
    pub(super) fn term(&mut self, term: &'static str, texts: &[LogText]) -> io::Result<()> {
        if texts.is_empty() {
            return Ok(());
        }
        let (first, more) = texts.split_at(texts.len().min(SHOWN));
        self.span("dt", "", term)?;
        self.element("dd", &[], |markup| {
            markup.lines(first)?;
            if more.is_empty() {
                return Ok(());
            }
            markup.element("details", &[], |markup| {
                let summary = format!("and {} more", number(more.len() as u64));
                markup.span("summary", "", &summary)?;
                markup.lines(more)
            })
        })
    }

    fn lines(&mut self, texts: &[LogText]) -> io::Result<()> {
        texts.iter().enumerate().try_for_each(|(index, text)| {
            if index > 0 {
                self.literal("<br>")?;
            }
            self.log(text.raw())
        })
    }

    /// What the case's own plans hold.
    pub(super) fn cut_off(&mut self, cut_off: &'a [CutOff]) -> io::Result<()> {
        if cut_off.is_empty() {
            return Ok(());
        }
        self.section("cut-off", "Cut off", |markup| {
            markup.span("p", "quiet", &format!("{NOT_READ_NOW}."))?;
            let rows = cut_off.iter().map(|cut| {
                vec![
                    Cell::Log(&cut.what),
                    Cell::Text(cut.state.clone()),
                    Cell::Log(&cut.account),
                    Cell::Time(Some(cut.at)),
                ]
            });
            markup.table(&["What", "State", "Account", "Since"], rows)
        })
    }

    /// What to do first, with commands to copy.
    pub(super) fn containment(&mut self, containment: &[Containment]) -> io::Result<()> {
        self.section("containment", "Cut first", |markup| {
            if containment.is_empty() {
                return markup.none();
            }
            markup.span("p", "quiet", "Read each command before you run it.")?;
            containment.iter().try_for_each(|cut| markup.cut(cut))
        })
    }

    fn cut(&mut self, cut: &Containment) -> io::Result<()> {
        self.element("div", &[("class", "card")], |markup| {
            markup.element("h3", &[], |markup| {
                markup.text(&cut.action)?;
                markup.literal(" ")?;
                markup.log(cut.target.raw())
            })?;
            markup.element("p", &[], |markup| {
                if let Some(account) = &cut.account {
                    markup.text("in account ")?;
                    markup.log(account.raw())?;
                    markup.text("; ")?;
                }
                markup.text(&cut.why)
            })?;
            match cut.command.as_ref().map(|command| command::copyable(command.raw())) {
                Some(Some(command)) => markup.element("pre", &[], |markup| {
                    markup.element("code", &[], |markup| markup.text(command))
                }),
                Some(None) => markup.span("p", "warning", command::UNSAFE),
                None => Ok(()),
            }
        })
    }
}
