//! What a row is ordered by, and how that is written before its frame in a temporary file.

use std::io::{self, Read};

use crashcart_model::EventRef;

/// What rows are ordered by. `rank` and `record` are zero until the reading is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Key {
    /// Milliseconds since the epoch; [`i64::MAX`] where the record tells no time.
    pub time: i64,
    pub rank: u32,
    pub record: u32,
    /// Zero for no rule, else its index and one.
    pub rule: u32,
    /// Hash of the frame: two events under one place are told apart whoever read them.
    pub content: u64,
}

/// A row without its bytes.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Header {
    pub key: Key,
    pub at: EventRef,
    pub length: u32,
}

impl Header {
    const SIZE: usize = 40;

    /// As bytes of a fixed number.
    pub fn bytes(&self) -> [u8; Self::SIZE] {
        let mut bytes = [0; Self::SIZE];
        let words = [
            self.key.rank,
            self.key.record,
            self.key.rule,
            self.at.evidence,
            self.at.record,
            self.length,
        ];
        let all = self
            .key
            .time
            .to_le_bytes()
            .into_iter()
            .chain(self.key.content.to_le_bytes())
            .chain(words.into_iter().flat_map(u32::to_le_bytes));
        for (slot, byte) in bytes.iter_mut().zip(all) {
            *slot = byte;
        }
        bytes
    }

    /// Reads what [`Header::bytes`] gave.
    pub fn read(run: &mut impl Read) -> io::Result<Self> {
        let mut long = || {
            let mut bytes = [0; 8];
            run.read_exact(&mut bytes).map(|()| bytes)
        };
        let time = i64::from_le_bytes(long()?);
        let content = u64::from_le_bytes(long()?);
        let mut word = || {
            let mut bytes = [0; 4];
            run.read_exact(&mut bytes).map(|()| u32::from_le_bytes(bytes))
        };
        let (rank, record, rule) = (word()?, word()?, word()?);
        let at = EventRef { evidence: word()?, record: word()? };
        Ok(Self { key: Key { time, rank, record, rule, content }, at, length: word()? })
    }
}
