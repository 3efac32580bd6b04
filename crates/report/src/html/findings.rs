//! What the rules found, worst first: a line each, and all that is known of it on demand.

use std::cmp::Reverse;
use std::io;

use crashcart_model::{Finding, LogText};

use super::markup::Markup;
use crate::zone::{Zone, times};

impl<'a> Markup<'a> {
    /// The findings.
    pub(super) fn findings(&mut self, findings: &'a [Finding]) -> io::Result<()> {
        self.section("findings", "Findings", |markup| {
            if findings.is_empty() {
                return markup.span("p", "quiet", "No rule matched.");
            }
            let mut ordered: Vec<&Finding> = findings.iter().collect();
            ordered.sort_by_key(|finding| Reverse(finding.level));
            ordered.into_iter().try_for_each(|finding| markup.finding(finding))
        })
    }

    fn finding(&mut self, finding: &'a Finding) -> io::Result<()> {
        self.element("details", &[("class", "card")], |markup| {
            markup.element("summary", &[], |markup| {
                let level = finding.level.word();
                markup.span("span", &format!("label {level}"), level)?;
                markup.text(": ")?;
                markup.span("strong", "", &finding.title)?;
                let refused = crate::names::without_effect(finding);
                markup.text(&format!(", {} {refused}", times(finding.count)))
            })?;
            markup.element("dl", &[], |markup| {
                let attack = [&finding.tactics[..], &finding.techniques[..]].concat();
                markup.term("rule", &[finding.name.clone().into(), finding.rule.clone().into()])?;
                markup
                    .term("ATT&CK", &attack.into_iter().map(LogText::from).collect::<Vec<_>>())?;
                let span = Zone::Utc.span(finding.first, finding.last);
                markup.term("when (UTC)", &[span.into()])?;
                markup.term("principals", &finding.principals)?;
                markup.term("access keys", &finding.access_keys)?;
                markup.term("addresses", &finding.addresses)?;
                markup.term("regions", &finding.regions)?;
                markup.span("dt", "", "events")?;
                markup.element("dd", &[], |markup| {
                    markup.cite(&finding.events)?;
                    let more = finding.count.saturating_sub(finding.events.len() as u64);
                    if more == 0 {
                        return Ok(());
                    }
                    markup.text(&format!(" and {} more", crate::zone::number(more)))
                })
            })
        })
    }
}
