//! Rules that admit any event name, asked of every record without asking much.
//!
//! Such a rule is mostly a conjunction of questions about single top-level fields: the identity,
//! the address, the user agent, the error. The values of these come again and again, so for each
//! value the rules that it leaves standing are remembered as a bit mask: what a record costs is
//! one look-up per field and an `and`, however many the rules. Only rules that are left standing
//! by all fields are asked the rest.
//!
//! A value is known by a hash of 64 bits of its kind and JSON text, keyed at random in each
//! process: nobody can aim at a collision.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _};

use crashcart_model::{Record, Value};
use foldhash::quality::RandomState;

use crate::evaluation::Evaluation;
use crate::program::{Conjunct, Node, NodeId, Program};
use crate::slots::Slots;

/// So many values of each field are remembered.
const VALUES: usize = 8192;

/// Longer values seldom come again.
const LONGEST: usize = 2048;

/// The rules, by bit and by the fields they ask about.
#[derive(Debug, Default)]
pub(crate) struct Sieve {
    rules: Vec<Sifted>,
    columns: Vec<Column>,
}

/// A rule, and what it asks about no field alone.
#[derive(Debug)]
struct Sifted {
    rule: u32,
    rest: Vec<Conjunct>,
}

/// What a rule asks about one field: one of several ways, each a conjunction.
type Question = Vec<Vec<Conjunct>>;

/// What a choice between several ways, which ask about different fields, implies for the fields
/// that all of them ask about.
fn ways(program: &Program, choice: Conjunct) -> BTreeMap<u32, Question> {
    let children = match program.node(choice.node) {
        Some(Node::Or(children)) if choice.holds => children.as_slice(),
        _ => &[],
    };
    let mut out: BTreeMap<u32, Question> = BTreeMap::new();
    for child in children {
        let mut way: BTreeMap<u32, Vec<Conjunct>> = BTreeMap::new();
        for conjunct in program.conjuncts(*child) {
            if let Some(slot) = program.only_slot(conjunct.node) {
                way.entry(slot).or_default().push(conjunct);
            }
        }
        for (slot, conjuncts) in way {
            out.entry(slot).or_default().push(conjuncts);
        }
    }
    out.retain(|_, ways| ways.len() == children.len());
    out
}

/// One field of the top level and the questions about it alone, by bit.
#[derive(Debug, Default)]
struct Column {
    slot: u32,
    /// Some question is about what is inside the field.
    is_nested: bool,
    questions: Vec<(usize, Vec<Question>)>,
    /// The rules with questions.
    involved: Vec<u64>,
}

impl Sieve {
    /// A sieve of rules by number, each with its node.
    pub fn new(program: &Program, rules: &[(u32, NodeId)]) -> Self {
        let mut sieve = Self::default();
        for (bit, (rule, node)) in rules.iter().enumerate() {
            let mut rest = Vec::new();
            for conjunct in program.conjuncts(*node) {
                match program.only_slot(conjunct.node) {
                    Some(slot) => sieve.column(slot).ask(program, bit, vec![vec![conjunct]]),
                    None => {
                        for (slot, ways) in ways(program, conjunct) {
                            sieve.column(slot).ask(program, bit, ways);
                        }
                        rest.push(conjunct);
                    }
                }
            }
            sieve.rules.push(Sifted { rule: *rule, rest });
        }
        // Whole objects are the longest to tell apart, and parameters seldom come again: they
        // come last, when fewer rules may need them. Of the others those come first that can rule
        // out most.
        sieve.columns.sort_by_key(|column| (column.is_nested, Reverse(column.questions.len())));
        sieve
    }

    /// The rules' numbers.
    #[cfg(test)]
    pub fn rules(&self) -> Vec<u32> {
        self.rules.iter().map(|sifted| sifted.rule).collect()
    }

    fn column(&mut self, slot: u32) -> &mut Column {
        let at = self.columns.iter().position(|column| column.slot == slot).unwrap_or_else(|| {
            self.columns.push(Column { slot, ..Column::default() });
            self.columns.len() - 1
        });
        &mut self.columns[at]
    }

    /// Calls `found` with each rule that matches the record.
    pub fn sift(
        &self,
        remembered: &mut Remembered,
        (record, slots): (&Record<'_>, &Slots),
        evaluation: &mut Evaluation<'_, '_>,
        found: &mut dyn FnMut(u32),
    ) {
        if self.rules.is_empty() {
            return;
        }
        remembered.start(self);
        let Remembered { standing, columns, state } = remembered;
        // A name with dots in it may stand for a path: then a field is not one place alone.
        let whole = !slots.has_dotted();
        // What a record lacks costs nothing to tell, and many rules ask for what is rare.
        for is_absent in [true, false] {
            for (column, known) in self.columns.iter().zip(&mut *columns) {
                let absent = whole && slots.position(column.slot).is_none();
                if absent != is_absent || !column.concerns(standing) {
                    continue;
                }
                let value = slots.value(record, column.slot);
                let tag = if whole { tag(value, state) } else { None };
                known.narrow(column, tag, evaluation, standing);
            }
        }
        for (word, bits) in standing.iter().enumerate() {
            let mut bits = *bits;
            while bits != 0 {
                let bit = word * 64 + bits.trailing_zeros() as usize;
                bits &= bits - 1;
                if let Some(sifted) = self.rules.get(bit)
                    && sifted.rest.iter().all(|conjunct| evaluation.agrees(*conjunct))
                {
                    found(sifted.rule);
                }
            }
        }
    }

    const fn words(&self) -> usize {
        self.rules.len().div_ceil(64)
    }
}

impl Column {
    /// Whether any rule that is left standing asks about the field.
    fn concerns(&self, standing: &[u64]) -> bool {
        self.involved.iter().zip(standing).any(|(asking, left)| asking & left != 0)
    }

    fn ask(&mut self, program: &Program, bit: usize, question: Question) {
        self.is_nested |= question.iter().flatten().any(|one| program.is_nested(one.node));
        if self.involved.len() <= bit / 64 {
            self.involved.resize(bit / 64 + 1, 0);
        }
        if let Some(word) = self.involved.get_mut(bit / 64) {
            *word |= 1 << (bit % 64);
        }
        match self.questions.last_mut() {
            Some((last, questions)) if *last == bit => questions.push(question),
            _ => self.questions.push((bit, vec![question])),
        }
    }

    /// Clears the bits of the rules that the record's value rules out.
    fn answer(&self, evaluation: &mut Evaluation<'_, '_>, mask: &mut [u64]) {
        mask.fill(u64::MAX);
        for (bit, questions) in &self.questions {
            let mut holds = |way: &Vec<Conjunct>| way.iter().all(|one| evaluation.agrees(*one));
            if !questions.iter().all(|ways| ways.iter().any(&mut holds))
                && let Some(word) = mask.get_mut(bit / 64)
            {
                *word &= !(1 << (bit % 64));
            }
        }
    }
}

/// A value in short: a hash of its kind and JSON text. An object is not a string with the same
/// text. None for a value too long to be remembered.
fn tag(value: Option<Value<'_>>, state: &RandomState) -> Option<u64> {
    let (kind, text) = match value {
        // Most records have no error: no hash for that.
        None => return Some(1),
        Some(Value::Null) => (2_u8, ""),
        Some(Value::Bool(value)) => (3, if value { "true" } else { "false" }),
        Some(Value::Number(text)) => (4, text),
        Some(Value::String(text)) if text.is_escaped() => (5, text.raw()),
        Some(Value::String(text)) => (6, text.raw()),
        Some(Value::Array(inner)) => (7, inner.json()),
        Some(Value::Object(inner)) => (8, inner.json()),
    };
    if text.len() > LONGEST {
        return None;
    }
    let mut hasher = state.build_hasher();
    hasher.write_u8(kind);
    hasher.write(text.as_bytes());
    // 0 stands for nothing remembered.
    Some(hasher.finish().max(1))
}

/// What one thread remembers.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    columns: Vec<Known>,
    /// The rules that the current record leaves standing.
    standing: Vec<u64>,
    state: RandomState,
}

impl Remembered {
    fn start(&mut self, sieve: &Sieve) {
        self.columns.resize_with(sieve.columns.len(), Known::default);
        self.standing.clear();
        self.standing.resize(sieve.words(), u64::MAX);
        let used = sieve.rules.len() % 64;
        if used != 0
            && let Some(last) = self.standing.last_mut()
        {
            *last = (1 << used) - 1;
        }
    }
}

/// The values of one field, each with the rules that it leaves standing.
#[derive(Debug, Default)]
struct Known {
    /// By value, side by side: its tag, and the mask.
    rows: Vec<u64>,
}

impl Known {
    fn narrow(
        &mut self,
        column: &Column,
        tag: Option<u64>,
        evaluation: &mut Evaluation<'_, '_>,
        standing: &mut [u64],
    ) {
        let width = standing.len() + 1;
        // One row more, for values that are not remembered.
        self.rows.resize((VALUES + 1) * width, 0);
        #[allow(clippy::cast_possible_truncation, reason = "any bits of the hash do")]
        let at = tag.map_or(VALUES, |tag| tag as usize % VALUES) * width;
        let Some([known, mask @ ..]) = self.rows.get_mut(at..at + width) else { return };
        if tag != Some(*known) {
            column.answer(evaluation, mask);
            *known = tag.unwrap_or_default();
        }
        for (standing, mask) in standing.iter_mut().zip(mask) {
            *standing &= *mask;
        }
    }
}
