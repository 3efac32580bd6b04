//! Matching records: the hot path.

use std::borrow::Cow;

use crashcart_model::{Head, Record, RuleHit, Value};

use crate::RuleSet;
use crate::embedded::Embedded;
use crate::evaluation::{Evaluation, Memo};
use crate::field::{Scope, View};
use crate::sieve::Remembered;
use crate::slots::Slots;

/// Matches records against a rule set; one per thread. Allocates while it warms up, then only
/// for texts with escapes or beyond ASCII, and for JSON inside strings.
#[derive(Debug)]
pub struct Matcher<'r> {
    set: &'r RuleSet,
    slots: Slots,
    embedded: Embedded,
    memo: Memo,
    key: Vec<u8>,
    candidates: Vec<u32>,
    remembered: Remembered,
}

impl<'r> Matcher<'r> {
    pub(crate) fn new(set: &'r RuleSet) -> Self {
        Self {
            set,
            slots: Slots::default(),
            embedded: Embedded::default(),
            memo: Memo::default(),
            key: Vec::new(),
            candidates: Vec::new(),
            remembered: Remembered::default(),
        }
    }

    /// Replaces `hits` by the rules that match the record, in order, hidden ones among them.
    ///
    /// Rules see the record as it is, not `head`, which leaves out what is not text.
    pub fn matches(&mut self, record: &Record<'_>, head: &Head<'_>, hits: &mut Vec<RuleHit>) {
        let _ = head;
        hits.clear();
        self.embedded.clear();
        self.memo.start(self.set.program.len());
        self.candidates.clear();
        let mut all = true;
        let view = if matches!(record.as_value(), Value::Object(_)) {
            self.slots.fill(record, &self.set.program.slots);
            all = !self.gather(record);
            View::Root { record, slots: &self.slots }
        } else {
            View::Element(record.as_value())
        };
        let scope = Scope { view, embedded: &self.embedded };
        let memo = Some(&mut self.memo);
        let mut evaluation = Evaluation { program: &self.set.program, scope, around: None, memo };
        if all {
            for (rule, node) in (0..).zip(&self.set.conditions) {
                if node.is_some_and(|node| evaluation.holds(node)) {
                    hit(self.set, rule, hits);
                }
            }
        } else {
            let index = &self.set.index;
            for rule in &self.candidates {
                let mut rest = index.rest(*rule).into_iter().flatten();
                if rest.all(|conjunct| evaluation.agrees(*conjunct)) {
                    hit(self.set, *rule, hits);
                }
            }
            let always = index.always();
            always.sift(
                &mut self.remembered,
                (record, &self.slots),
                &mut evaluation,
                &mut |rule| {
                    hit(self.set, rule, hits);
                },
            );
        }
        hits.sort_unstable_by_key(|hit| hit.rule);
    }

    /// Gathers the rules that may match because of the record's source and name. Either that is no
    /// text is looked up nowhere: then all rules must be asked, and the answer is false.
    fn gather(&mut self, record: &Record<'_>) -> bool {
        let set = self.set;
        let source = self.slots.value(record, set.source_slot);
        let name = self.slots.value(record, set.name_slot);
        let plain = |value: &Option<Value<'_>>| {
            matches!(value, None | Some(Value::Null | Value::String(_)))
        };
        if !plain(&source) || !plain(&name) {
            return false;
        }
        let (source, name) = (text(source), text(name));
        set.index.candidates(
            name.as_deref(),
            source.as_deref(),
            &mut self.key,
            &mut self.candidates,
        );
        true
    }

    /// Like [`Matcher::matches`], without the index: for the test that it loses nothing.
    #[cfg(test)]
    pub(crate) fn matches_naively(&mut self, record: &Record<'_>, hits: &mut Vec<RuleHit>) {
        hits.clear();
        self.embedded.clear();
        let scope = Scope { view: View::Element(record.as_value()), embedded: &self.embedded };
        for (rule, node) in self.set.conditions.iter().enumerate() {
            let Some(node) = node else { continue };
            let mut evaluation =
                Evaluation { program: &self.set.program, scope, around: None, memo: None };
            if evaluation.holds(*node)
                && let (Ok(number), Some(meta)) = (u32::try_from(rule), self.set.rules.get(rule))
            {
                hits.push(RuleHit { rule: number, level: meta.level });
            }
        }
    }
}

fn hit(set: &RuleSet, rule: u32, hits: &mut Vec<RuleHit>) {
    hits.extend(set.rules.get(rule as usize).map(|meta| RuleHit { rule, level: meta.level }));
}

fn text<'a>(value: Option<Value<'a>>) -> Option<Cow<'a, str>> {
    Some(value?.as_str()?.text())
}
