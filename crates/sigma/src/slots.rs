//! The top level of a record: walked once per record, then each field that any rule names is found
//! by its number.

use crashcart_model::{Record, Value};

/// The names of the top level that any rule reaches for, by number.
#[derive(Debug)]
pub(crate) struct SlotNames {
    names: Vec<Box<str>>,
    /// Slots by a cheap hash of the name.
    buckets: Vec<Vec<u32>>,
}

const BUCKETS: usize = 256;

fn bucket(name: &[u8]) -> usize {
    let first = name.first().copied().unwrap_or_default();
    let last = name.last().copied().unwrap_or_default();
    let middle = name.get(name.len() / 2).copied().unwrap_or_default();
    (name.len() * 31 + usize::from(first) * 7 + usize::from(last) * 13 + usize::from(middle) * 3)
        % BUCKETS
}

impl SlotNames {
    pub fn new() -> Self {
        Self { names: Vec::new(), buckets: vec![Vec::new(); BUCKETS] }
    }

    /// The slot of a name, a new one if need be.
    pub fn slot(&mut self, name: &str) -> u32 {
        if let Some(slot) = self.find(name) {
            return slot;
        }
        let slot = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(name.into());
        if let Some(bucket) = self.buckets.get_mut(bucket(name.as_bytes())) {
            bucket.push(slot);
        }
        slot
    }

    #[inline]
    fn find(&self, name: &str) -> Option<u32> {
        let bucket = self.buckets.get(bucket(name.as_bytes()))?;
        bucket
            .iter()
            .find(|slot| self.names.get(**slot as usize).is_some_and(|known| **known == *name))
            .copied()
    }
}

/// Where the fields of the current record's top level stand.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// Generation and place on the tape; another generation's place is void.
    places: Vec<(u32, u32)>,
    generation: u32,
}

impl Slots {
    /// Walks the top level of a record that is an object.
    pub fn fill(&mut self, record: &Record<'_>, names: &SlotNames) {
        self.places.resize(names.names.len(), (0, 0));
        if self.generation == u32::MAX {
            self.places.fill((0, 0));
            self.generation = 0;
        }
        self.generation += 1;
        let mut members = record.members();
        loop {
            let position = members.position();
            let Some((key, _)) = members.next() else { return };
            let slot =
                if key.is_escaped() { names.find(&key.text()) } else { names.find(key.raw()) };
            let Some(place) = slot.and_then(|slot| self.places.get_mut(slot as usize)) else {
                continue;
            };
            // Of a name that stands twice the first counts, as everywhere else.
            if place.0 != self.generation {
                *place = (self.generation, position);
            }
        }
    }

    /// The value in a slot.
    pub fn value<'a>(&self, record: &Record<'a>, slot: u32) -> Option<Value<'a>> {
        let (generation, position) = *self.places.get(slot as usize)?;
        (generation == self.generation).then(|| record.value_at(position))
    }
}
