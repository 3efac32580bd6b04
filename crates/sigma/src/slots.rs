//! The top level of a record: walked once per record, then each field that any rule names is found
//! by its number.

use crashcart_model::{Record, Value};

/// The names of the top level that any rule reaches for, by number.
#[derive(Debug)]
pub(crate) struct SlotNames {
    names: Vec<Box<str>>,
    /// By slot: whether the name has a dot in it.
    dotted: Vec<bool>,
    /// By a cheap hash of the name: slots from 1, 0 for none; a slot whose place is taken stands
    /// at the next free one. Twice as large as the names, at least.
    table: Vec<u32>,
}

const SMALLEST: usize = 512;

impl SlotNames {
    pub fn new() -> Self {
        Self { names: Vec::new(), dotted: Vec::new(), table: vec![0; SMALLEST] }
    }

    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The slot of a name, a new one if need be.
    pub fn slot(&mut self, name: &str) -> u32 {
        if let Some(slot) = self.find(name) {
            return slot;
        }
        let slot = u32::try_from(self.names.len()).unwrap_or(u32::MAX - 1);
        self.names.push(name.into());
        self.dotted.push(name.contains('.'));
        if self.names.len() * 2 > self.table.len() {
            self.table = vec![0; self.table.len() * 2];
            for (slot, name) in (1..).zip(&self.names) {
                enter(&mut self.table, slot, name);
            }
        } else {
            enter(&mut self.table, slot + 1, name);
        }
        slot
    }

    fn is_dotted(&self, slot: u32) -> bool {
        self.dotted.get(slot as usize).is_some_and(|dotted| *dotted)
    }

    #[inline]
    fn find(&self, name: &str) -> Option<u32> {
        let mut at = place(name.as_bytes(), self.table.len());
        loop {
            let slot = self.table.get(at)?.checked_sub(1)?;
            if self.names.get(slot as usize).is_some_and(|known| **known == *name) {
                return Some(slot);
            }
            at = (at + 1) % self.table.len();
        }
    }
}

fn enter(table: &mut [u32], slot: u32, name: &str) {
    let length = table.len();
    let mut at = place(name.as_bytes(), length);
    while table.get(at).is_some_and(|taken| *taken != 0) {
        at = (at + 1) % length;
    }
    if let Some(free) = table.get_mut(at) {
        *free = slot;
    }
}

/// Field names differ in length, ends and middle. `length` is a power of two.
#[inline]
fn place(name: &[u8], length: usize) -> usize {
    let byte = |at: usize| name.get(at).copied().map_or(0, usize::from);
    let last = name.len().wrapping_sub(1);
    let mixed = (name.len() * 31)
        .wrapping_add(byte(0) * 7)
        .wrapping_add(byte(last) * 13)
        .wrapping_add(byte(name.len() / 2) * 57);
    mixed & (length - 1)
}

/// Where the fields of the current record's top level stand.
#[derive(Debug, Default)]
pub(crate) struct Slots {
    /// Generation and place on the tape; another generation's place is void.
    places: Vec<(u32, u32)>,
    generation: u32,
    has_dotted: bool,
}

impl Slots {
    /// Walks the top level of a record that is an object.
    pub fn fill(&mut self, record: &Record<'_>, names: &SlotNames) {
        self.places.resize(names.len(), (0, 0));
        if self.generation == u32::MAX {
            self.places.fill((0, 0));
            self.generation = 0;
        }
        self.generation += 1;
        self.has_dotted = false;
        let mut members = record.members();
        loop {
            let position = members.position();
            let Some(key) = members.next_name() else { return };
            let slot =
                if key.is_escaped() { names.find(&key.text()) } else { names.find(key.raw()) };
            let Some(slot) = slot else { continue };
            let Some(place) = self.places.get_mut(slot as usize) else { continue };
            self.has_dotted |= names.is_dotted(slot);
            // Of a name that stands twice the first counts, as everywhere else.
            if place.0 != self.generation {
                *place = (self.generation, position);
            }
        }
    }

    /// Whether a name with a dot in it that some rule reaches for stands at the top level.
    pub const fn has_dotted(&self) -> bool {
        self.has_dotted
    }

    /// The value in a slot.
    pub fn value<'a>(&self, record: &Record<'a>, slot: u32) -> Option<Value<'a>> {
        self.position(slot).map(|position| record.value_at(position))
    }

    /// Where on the tape the value in a slot stands.
    pub fn position(&self, slot: u32) -> Option<u32> {
        let (generation, position) = *self.places.get(slot as usize)?;
        (generation == self.generation).then_some(position)
    }
}
