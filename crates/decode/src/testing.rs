//! A sink for this crate's own tests: keeps everything and checks the accounts.

use crashcart_model::Record;

use crate::{Apart, Caps, Sink, Stretch, Tally};

#[derive(Debug, Default)]
pub(crate) struct Seen {
    pub records: Vec<serde_json::Value>,
    pub gaps: Vec<Stretch>,
    pub apart: Vec<Apart>,
    pub members: Vec<Option<String>>,
    pub tallies: Vec<Tally>,
    pub refuse_lossy: bool,
}

impl Seen {
    pub fn read(bytes: &[u8]) -> Self {
        Self::read_with(bytes, &Caps::default())
    }

    pub fn read_with(bytes: &[u8], caps: &Caps) -> Self {
        let mut seen = Self::default();
        crate::read_bytes(bytes, caps, &mut seen);
        seen.check();
        let mut streamed = Self::default();
        let mut source = bytes;
        crate::read_stream(&mut source, caps, &mut streamed);
        streamed.check();
        assert_eq!(seen.records, streamed.records, "held whole and streamed read the same");
        seen
    }

    pub fn tally(&self) -> &Tally {
        self.tallies.first().expect("a tally")
    }

    fn check(&self) {
        for tally in &self.tallies {
            assert_eq!(tally.inflated, tally.decoded + tally.framing + tally.lost, "{self:?}");
        }
        let told: u64 = self.gaps.iter().filter_map(|gap| gap.size).sum();
        let lost: u64 = self.tallies.iter().map(|tally| tally.lost).sum();
        assert!(lost <= told, "every lost byte is told: {self:?}");
    }
}

impl Sink for Seen {
    fn begin(&mut self, member: Option<&str>) {
        self.members.push(member.map(str::to_owned));
    }

    fn admits(&mut self, lossy: bool) -> bool {
        !(lossy && self.refuse_lossy)
    }

    fn record(&mut self, record: &Record<'_>, number: u32) {
        let _ = number;
        self.records.push(record.as_value().to_json());
    }

    fn apart(&mut self, kind: Apart) {
        self.apart.push(kind);
    }

    fn gap(&mut self, stretch: Stretch) {
        self.gaps.push(stretch);
    }

    fn end(&mut self, tally: Tally) {
        self.tallies.push(tally);
    }
}
