//! Each different text, and each different group of texts, once: correlations may take in most
//! events of a trail, and what they hold of each must stay small.

use std::hash::{BuildHasher as _, Hash};
use std::sync::Arc;

use crashcart_model::{LogText, Str};
use foldhash::quality::RandomState;
use hashbrown::HashTable;
use hashbrown::hash_table::Entry;

/// The number of no text.
pub(super) const NONE: u32 = u32::MAX;

/// Texts and groups by number. A text is known by two hashes of 64 bits, keyed at random in each
/// process, so that finding it again touches nothing but the table.
#[derive(Debug, Default)]
pub(super) struct Interned {
    texts: Vec<Arc<str>>,
    text_numbers: Numbers,
    groups: Vec<Arc<[u32]>>,
    group_numbers: Numbers,
}

/// Numbers by the hashes of what they stand for.
#[derive(Debug, Default)]
struct Numbers {
    first: RandomState,
    second: RandomState,
    entries: HashTable<(u64, u64, u32)>,
}

impl Numbers {
    /// The number of a thing; `next` where it is new, and then true.
    fn of<T: Hash + ?Sized>(&mut self, thing: &T, next: usize) -> (u32, bool) {
        let (first, second) = (self.first.hash_one(thing), self.second.hash_one(thing));
        let entry = self.entries.entry(
            first,
            |entry| (entry.0, entry.1) == (first, second),
            |entry| entry.0,
        );
        match entry {
            Entry::Occupied(known) => (known.get().2, false),
            Entry::Vacant(place) => {
                let number = u32::try_from(next).unwrap_or(NONE);
                place.insert((first, second, number));
                (number, true)
            }
        }
    }
}

impl Interned {
    /// The number of a text.
    pub fn text(&mut self, text: &str) -> u32 {
        let (number, new) = self.text_numbers.of(text, self.texts.len());
        if new {
            self.texts.push(text.into());
        }
        number
    }

    /// The text of a number.
    pub fn text_at(&self, number: u32) -> Option<&Arc<str>> {
        self.texts.get(number as usize)
    }

    /// The number of a group of texts; of one text alone it is the text's number.
    pub fn group(&mut self, group: &[u32]) -> u32 {
        if let [text] = group {
            return *text;
        }
        let (number, new) = self.group_numbers.of(group, self.groups.len());
        if new {
            self.groups.push(group.into());
        }
        number
    }

    /// The texts of a group of `size`.
    pub fn group_at(&self, number: u32, size: usize) -> Vec<Arc<str>> {
        if size == 1 {
            return self.text_at(number).cloned().into_iter().collect();
        }
        let group = self.groups.get(number as usize).map(AsRef::as_ref).unwrap_or_default();
        group.iter().filter_map(|text| self.text_at(*text).cloned()).collect()
    }

    /// Takes over another's texts and groups; by its numbers, ours.
    pub fn merge(&mut self, other: &Self) -> (Vec<u32>, Vec<u32>) {
        let texts: Vec<u32> = other.texts.iter().map(|text| self.text(text)).collect();
        let renumbered = |text: &u32| texts.get(*text as usize).copied().unwrap_or(NONE);
        let groups = other
            .groups
            .iter()
            .map(|group| {
                let group: Vec<u32> = group.iter().map(renumbered).collect();
                self.group(&group)
            })
            .collect();
        (texts, groups)
    }
}

/// An event id: a UUID as AWS writes them in sixteen bytes, anything else as a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EventId {
    Absent,
    Uuid([u8; 16]),
    Text(u32),
}

/// Where a UUID has its dashes.
const DASHES: [usize; 4] = [8, 13, 18, 23];
/// Where a UUID has its pairs of digits.
const PAIRS: [usize; 16] = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];

impl EventId {
    pub fn of(id: Option<Str<'_>>, text: &mut dyn FnMut(&str) -> u32) -> Self {
        match id {
            None => Self::Absent,
            Some(id) => uuid(id.raw()).map_or_else(|| Self::Text(text(&id.text())), Self::Uuid),
        }
    }

    pub fn renumbered(self, text: &dyn Fn(u32) -> u32) -> Self {
        match self {
            Self::Text(number) => Self::Text(text(number)),
            other => other,
        }
    }

    pub fn words(self, interned: &Interned) -> Option<LogText> {
        match self {
            Self::Absent => None,
            Self::Text(number) => interned.text_at(number).map(|text| LogText::from(&**text)),
            Self::Uuid(bytes) => {
                let mut text = String::with_capacity(36);
                for byte in bytes {
                    if DASHES.contains(&text.len()) {
                        text.push('-');
                    }
                    for digit in [byte >> 4, byte & 15] {
                        text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
                    }
                }
                Some(LogText::new(text))
            }
        }
    }
}

/// Only what is written again in the same way: lower-case digits, dashes in their places.
fn uuid(text: &str) -> Option<[u8; 16]> {
    let text: &[u8; 36] = text.as_bytes().try_into().ok()?;
    let digit = |at: usize| match *text.get(at)? {
        byte @ b'0'..=b'9' => Some(byte - b'0'),
        byte @ b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    DASHES.iter().all(|at| text.get(*at) == Some(&b'-')).then_some(())?;
    let mut out = [0; 16];
    for (slot, at) in out.iter_mut().zip(PAIRS) {
        *slot = digit(at)? << 4 | digit(at + 1)?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_id_is_given_back_as_it_was_written() {
        let mut interned = Interned::default();
        for id in [
            "450230d4-b39e-4a18-a6a0-d07a6e2105cb",
            "450230D4-B39E-4A18-A6A0-D07A6E2105CB",
            "450230d4b39e4a18a6a0d07a6e2105cb",
            "450230d4-b39e-4a18-a6a0-d07a6e2105cb0",
            "450230d4-b39e-4a18-a6a0-d07a6e2105c",
            "",
            "1",
            "é",
        ] {
            let read = EventId::of(Some(Str::plain(id)), &mut |text| interned.text(text));
            assert_eq!(read.words(&interned).as_ref().map(LogText::raw), Some(id), "{id}");
        }
        assert_eq!(EventId::Absent.words(&interned), None);
    }

    #[test]
    fn texts_and_groups_keep_their_meaning_when_threads_are_merged() {
        let (mut one, mut other) = (Interned::default(), Interned::default());
        one.text("a");
        let (b, a) = (other.text("b"), other.text("a"));
        let group = other.group(&[b, a]);
        let (texts, groups) = one.merge(&other);
        assert_eq!(one.text_at(texts[b as usize]).map(AsRef::as_ref), Some("b"));
        let merged: Vec<String> =
            one.group_at(groups[group as usize], 2).iter().map(ToString::to_string).collect();
        assert_eq!(merged, ["b", "a"]);
    }
}
