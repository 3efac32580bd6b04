//! Answers about texts that come again and again: user agents, ARNs, addresses.
//!
//! A costly question about a field's text is asked once per text, not once per record. What is
//! remembered is bounded; a text that was pushed out is asked about again.

use std::hash::BuildHasher as _;

use foldhash::fast::FixedState;

use crate::program::FieldId;

/// So many texts of each field are remembered.
const TEXTS: usize = 256;

/// Longer texts seldom come again.
const LONGEST: usize = 512;

/// Answers by field, text and question.
#[derive(Debug, Default)]
pub(crate) struct Values {
    fields: Vec<Texts>,
    generation: u32,
}

/// The texts of one field.
#[derive(Debug, Default)]
struct Texts {
    /// The record for which `current` was looked up.
    generation: u32,
    /// The entry of this record's text.
    current: usize,
    entries: Vec<Entry>,
}

#[derive(Debug, Default)]
struct Entry {
    text: String,
    /// By question: not asked yet, no, yes.
    answers: Vec<Option<bool>>,
}

impl Values {
    /// Forgets which texts the last record had.
    pub fn start(&mut self) {
        if self.generation == u32::MAX {
            self.fields.iter_mut().for_each(|texts| texts.generation = 0);
            self.generation = 0;
        }
        self.generation += 1;
    }

    /// The answer to a question about the field's text in this record; none for a text too long to
    /// be remembered. `ask` answers where nothing is remembered.
    pub fn answer(
        &mut self,
        field: FieldId,
        question: usize,
        text: &str,
        ask: impl FnOnce(&str) -> bool,
    ) -> Option<bool> {
        let at = field as usize;
        if self.fields.len() <= at {
            self.fields.resize_with(at + 1, Texts::default);
        }
        let texts = self.fields.get_mut(at)?;
        if text.len() > LONGEST {
            return None;
        }
        if texts.generation != self.generation {
            texts.generation = self.generation;
            texts.look_up(text);
        }
        let entry = texts.entries.get_mut(texts.current)?;
        if entry.answers.len() <= question {
            entry.answers.resize(question + 1, None);
        }
        let slot = entry.answers.get_mut(question)?;
        Some(*slot.get_or_insert_with(|| ask(&entry.text)))
    }
}

impl Texts {
    /// Finds the entry of a text, which takes the place of another if need be.
    fn look_up(&mut self, text: &str) {
        if self.entries.is_empty() {
            self.entries.resize_with(TEXTS, Entry::default);
        }
        // Often it is the text of the record before.
        if self.entries.get(self.current).is_some_and(|entry| entry.text == text) {
            return;
        }
        let hash = FixedState::default().hash_one(text);
        self.current = usize::try_from(hash % TEXTS as u64).unwrap_or_default();
        if let Some(entry) = self.entries.get_mut(self.current)
            && entry.text != text
        {
            entry.text.clear();
            entry.text.push_str(text);
            entry.answers.clear();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_asked_about_once_and_another_for_itself() {
        let mut values = Values::default();
        let mut asked = 0;
        for text in ["curl", "Boto3", "curl", "Boto3", "curl"] {
            values.start();
            let answer = values.answer(3, 1, text, |text| {
                asked += 1;
                text == "curl"
            });
            assert_eq!(answer, Some(text == "curl"));
        }
        assert_eq!(asked, 2);
    }

    #[test]
    fn a_text_that_was_pushed_out_does_not_leave_its_answer_behind() {
        let mut values = Values::default();
        for number in 0..10_000 {
            values.start();
            let text = format!("text {number}");
            let answer = values.answer(0, 0, &text, |text| text.ends_with('7'));
            assert_eq!(answer, Some(number % 10 == 7));
        }
    }

    #[test]
    fn a_long_text_is_not_remembered() {
        let mut values = Values::default();
        values.start();
        let long = "x".repeat(LONGEST + 1);
        assert_eq!(values.answer(1, 0, &long, |_| true), None);
    }
}
