//! What was asked about, what findings were given, and which suspects belong together.

use std::io;

use crashcart_model::{FindingPart, FindingRead, IncidentGroup, LogText, PivotTold, Story};

use super::markup::{Cell, Markup};
use crate::zone::number;

impl<'a> Markup<'a> {
    /// What the responder asked about; nothing where nothing was asked.
    pub(super) fn pivots(&mut self, story: &'a Story) -> io::Result<()> {
        if story.pivots.is_empty() && story.asked_findings.is_empty() {
            return Ok(());
        }
        self.section("asked", "You asked", |markup| {
            story.asked_findings.iter().try_for_each(|finding| markup.finding_read(finding))?;
            story.pivots.iter().try_for_each(|pivot| markup.pivot(pivot))
        })
    }

    fn finding_read(&mut self, finding: &'a FindingRead) -> io::Result<()> {
        self.element("div", &[("class", "card")], |markup| {
            markup.element("h3", &[], |markup| {
                markup.text(&format!("Finding of {}: ", finding.form))?;
                markup.log(finding.title.raw())
            })?;
            let rows = |parts: &'a [FindingPart]| {
                parts.iter().map(|part| {
                    vec![
                        Cell::Id(part.path.raw()),
                        Cell::Id(part.value.raw()),
                        Cell::Text(part.meaning.clone()),
                    ]
                })
            };
            if !finding.used.is_empty() {
                markup.table(&["Used", "Value", "As"], rows(&finding.used))?;
            }
            if !finding.not_understood.is_empty() {
                let headings = ["Not used", "Value", "Because"];
                markup.table(&headings, rows(&finding.not_understood))?;
            }
            markup.list(&finding.notes)
        })
    }

    fn pivot(&mut self, pivot: &'a PivotTold) -> io::Result<()> {
        self.element("div", &[("class", "card")], |markup| {
            markup.element("h3", &[], |markup| {
                markup.text(&format!("{} ", pivot.kind))?;
                markup.log(pivot.asked.raw())
            })?;
            markup.element("p", &[], |markup| {
                if !pivot.found {
                    markup.span("span", "label warning", "Not in this material: ")?;
                }
                markup.log(pivot.what.raw())?;
                markup.cite(&pivot.origins)
            })?;
            let next: Vec<LogText> = pivot.next.iter().cloned().map(LogText::from).collect();
            markup.element("dl", &[], |markup| {
                markup.term("did", &pivot.touched)?;
                markup.term("done to it by others", &pivot.done_to)?;
                markup.term("comes from", &pivot.comes_from)?;
                markup.term("leads to", &pivot.leads_to)?;
                markup.term("next", &next)
            })
        })
    }

    /// Which suspects belong together; nothing where there is no incident.
    pub(super) fn incidents(&mut self, story: &'a Story) -> io::Result<()> {
        if story.incidents.is_empty() {
            return Ok(());
        }
        self.section("incidents", "Belongs together", |markup| {
            story.incidents.iter().try_for_each(|incident| markup.incident(incident))
        })
    }

    fn incident(&mut self, incident: &'a IncidentGroup) -> io::Result<()> {
        self.element("div", &[("class", "card")], |markup| {
            markup.element("h3", &[], |markup| markup.log(incident.name.raw()))?;
            markup.element("p", &[], |markup| {
                markup.text(&format!("score {} of 100, ", incident.score))?;
                markup.time(incident.first)?;
                markup.text(" to ")?;
                markup.time(incident.last)
            })?;
            let because: Vec<LogText> =
                incident.because.iter().cloned().map(LogText::from).collect();
            markup.element("dl", &[], |markup| {
                markup.term("because", &because)?;
                markup.term("suspects", &incident.suspects)?;
                markup.term("principals", &incident.principals)?;
                markup.term("access keys", &incident.access_keys)?;
                markup.term("addresses", &incident.addresses)?;
                markup.incomplete(&incident.incomplete)
            })?;
            if incident.cleaned_up_by.is_empty() {
                return Ok(());
            }
            let headings = ["Cleaned up by", "Known", "Calls", "First call", "First", "Evidence"];
            markup.table(
                &headings,
                incident.cleaned_up_by.iter().map(|one| {
                    let known = if one.certain {
                        Cell::State("responder", "good")
                    } else {
                        Cell::State("by its looks", "warning")
                    };
                    vec![
                        Cell::Log(&one.by),
                        known,
                        Cell::Text(number(one.count)),
                        Cell::maybe(one.what.first()),
                        Cell::Time(one.first),
                        Cell::Cite(&one.origins),
                    ]
                }),
            )
        })
    }
}
