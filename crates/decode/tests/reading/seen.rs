//! A sink for tests, unit tests included: keeps everything, and checks the accounts of every file and member.

use crashcart_decode::{Apart, Caps, Sink, Stretch, Tally};
use crashcart_model::Record;

/// One file or archive member as it was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Member {
    /// Its label; none for a file.
    pub name: Option<String>,
    /// Its records.
    pub records: Vec<serde_json::Value>,
    /// How many of them may lack columns.
    pub partial: usize,
    /// What was counted apart.
    pub apart: Vec<Apart>,
    /// What could not be read.
    pub gaps: Vec<Stretch>,
    /// Its accounts; none when the sink refused it.
    pub tally: Option<Tally>,
}

/// See the module.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Files and members in the order in which they were read.
    pub members: Vec<Member>,
    /// Whether to refuse lossy exports.
    pub refuse_lossy: bool,
    /// The questions whether to read now: lossy or not.
    pub asked: Vec<bool>,
}

impl Seen {
    /// Reads the bytes held and streamed, checks that both give the same, and the accounts.
    pub fn read(bytes: &[u8]) -> Self {
        Self::read_with(bytes, &Caps::default())
    }

    /// The same with other caps.
    pub fn read_with(bytes: &[u8], caps: &Caps) -> Self {
        let mut held = Self::default();
        crashcart_decode::read_bytes(bytes, caps, &mut held);
        held.check();
        if !bytes.starts_with(b"PK") {
            let streamed = Self::stream_with(&mut Dribble(bytes), caps);
            assert!(
                held.records().eq(streamed.records()),
                "held whole and streamed give the same records: {held:?} {streamed:?}"
            );
        }
        held
    }

    /// Reads a stream and checks the accounts.
    pub fn stream_with(source: &mut dyn std::io::Read, caps: &Caps) -> Self {
        let mut seen = Self::default();
        crashcart_decode::read_stream(source, caps, &mut seen);
        seen.check();
        seen
    }

    /// All records.
    pub fn records(&self) -> impl Iterator<Item = &serde_json::Value> {
        self.members.iter().flat_map(|member| &member.records)
    }

    /// All gaps.
    pub fn gaps(&self) -> impl Iterator<Item = &Stretch> {
        self.members.iter().flat_map(|member| &member.gaps)
    }

    /// All that was counted apart.
    pub fn apart(&self) -> impl Iterator<Item = Apart> {
        self.members.iter().flat_map(|member| member.apart.iter().copied())
    }

    /// The values of one field of every record, in order.
    pub fn fields(&self, name: &str) -> Vec<&str> {
        self.records().map(|record| record[name].as_str().unwrap_or_default()).collect()
    }

    /// The only gap.
    pub fn gap(&self) -> &Stretch {
        let gaps: Vec<_> = self.gaps().collect();
        let [gap] = gaps.as_slice() else { panic!("one gap: {self:?}") };
        gap
    }

    /// The accounts of the only file.
    pub fn tally(&self) -> &Tally {
        let [member] = self.members.as_slice() else { panic!("one file: {self:?}") };
        member.tally.as_ref().expect("read to its end")
    }

    /// Checks the accounts.
    pub fn check(&self) {
        for member in &self.members {
            let Some(tally) = &member.tally else { continue };
            let sum = tally.decoded + tally.framing + tally.lost;
            assert_eq!(tally.inflated, sum, "bytes in = decoded + framing + lost: {member:?}");
            assert_eq!(tally.records, member.records.len() as u64);
            let told: u64 = member.gaps.iter().filter_map(|gap| gap.size).sum();
            assert_eq!(told, tally.lost, "every lost byte is told once: {member:?}");
            for gap in &member.gaps {
                let end = gap.offset + gap.size.unwrap_or_default();
                assert!(end <= tally.inflated, "a gap lies within what was read: {member:?}");
                assert_ne!(gap.size, Some(0), "a gap of no bytes says nothing: {member:?}");
            }
        }
    }

    fn last(&mut self) -> &mut Member {
        self.members.last_mut().expect("begin comes first")
    }
}

impl Sink for Seen {
    fn begin(&mut self, member: Option<&str>) {
        self.members.push(Member { name: member.map(str::to_owned), ..Member::default() });
    }

    fn admits(&mut self, lossy: bool) -> bool {
        self.asked.push(lossy);
        !(lossy && self.refuse_lossy)
    }

    fn record(&mut self, record: &Record<'_>, number: u32) {
        let member = self.last();
        assert_eq!(number as usize, member.records.len(), "records are numbered without holes");
        member.partial += usize::from(record.is_partial());
        member.records.push(record.as_value().to_json());
    }

    fn apart(&mut self, kind: Apart) {
        self.last().apart.push(kind);
    }

    fn gap(&mut self, stretch: Stretch) {
        self.last().gaps.push(stretch);
    }

    fn end(&mut self, tally: Tally) {
        let member = self.last();
        assert_eq!(member.tally, None, "a member ends once");
        member.tally = Some(tally);
    }
}

/// Gives a stream in pieces of odd sizes, as pipes do.
pub struct Dribble<'a>(
    /// What is left.
    pub &'a [u8],
);

impl std::io::Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = (1 + self.0.len() % 7919).min(buffer.len()).min(self.0.len());
        let (head, tail) = self.0.split_at(count);
        buffer[..count].copy_from_slice(head);
        self.0 = tail;
        Ok(count)
    }
}
