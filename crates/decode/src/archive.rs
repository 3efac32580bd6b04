//! What zip and tar archives have in common: members and their names. A name is a label, and never
//! a path that is written to.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Read;

use crashcart_model::GapReason;

use crate::container::Reading;

/// Labels of the members met so far, as hashes, each with the number that a further one of its name
/// may have: an archive may hold one name twice, and each member is evidence of its own.
#[derive(Debug, Default)]
pub(crate) struct Names {
    seen: HashMap<u64, u64>,
    count: u64,
    /// Bytes of the labels given.
    bytes: u64,
}

/// Longest label, bytes; what is longer is cut, for labels are kept as long as the reading goes on.
const LABEL: usize = 1024;
/// Bytes of a label on average, in an archive of as many members as may be.
const USUAL_LABEL: u64 = 256;

impl Names {
    fn label(&mut self, mut name: String) -> String {
        if name.len() > LABEL {
            let end = (0..=LABEL).rev().find(|at| name.is_char_boundary(*at)).unwrap_or_default();
            let more = name.len() - end;
            name.truncate(end);
            name.push_str(&format!("... ({more} bytes more)"));
        }
        self.count += 1;
        self.bytes += name.len() as u64;
        let Some(mut number) = self.seen.insert(hash(&name), 2) else { return name };
        loop {
            let label = format!("{name} ({number})");
            number += 1;
            // A member may have that name by itself.
            if !self.seen.contains_key(&hash(&label)) {
                self.seen.insert(hash(&label), 2);
                self.seen.insert(hash(&name), number);
                return label;
            }
        }
    }
}

fn hash(name: &str) -> u64 {
    // Without a key: the same archive gives the same labels in every run.
    let mut hasher = DefaultHasher::new();
    name.hash(&mut hasher);
    hasher.finish()
}

impl Reading<'_> {
    /// Whether no further member is read, which is told.
    pub fn full(&mut self) -> bool {
        let detail = if self.names.count >= self.caps.members {
            format!("more than {} members", self.caps.members)
        } else if self.names.bytes >= self.caps.members.saturating_mul(USUAL_LABEL) {
            "the names of the members are too long to be held: no further one is read".to_owned()
        } else if self.flow.is_bomb(0, &self.caps) {
            "the file inflates beyond the cap (--max-ratio): no further member is read".to_owned()
        } else {
            return false;
        };
        self.untold(GapReason::ArchiveTooDeep, detail);
        true
    }

    /// Reads one member of an archive.
    pub fn member(&mut self, name: &str, read: impl FnOnce(&mut Self)) {
        let outer = self.label(name);
        self.deeper(read);
        self.member = outer;
    }

    /// Gives what follows the name of a member, no other's; returns the one that was before.
    pub fn label(&mut self, name: &str) -> Option<String> {
        let outer = self.member.take();
        let label =
            outer.as_ref().map_or_else(|| name.to_owned(), |outer| format!("{outer}#{name}"));
        self.member = Some(self.names.label(label));
        outer
    }

    pub fn sized(&mut self, size: u64, source: &mut dyn Read) {
        if size > self.caps.held_bytes as u64 {
            return self.stream(source);
        }
        let mut bytes = Vec::new();
        // One byte more than promised shows a member that is larger than its header says.
        let result = (&mut *source).take(size.saturating_add(1)).read_to_end(&mut bytes);
        match result {
            Ok(_) if bytes.len() as u64 <= size => self.bytes(&bytes),
            Ok(_) => self.stream(&mut bytes.as_slice().chain(source)),
            Err(error) => {
                let failing = crate::inflate::Failing(Some(error));
                self.stream(&mut bytes.as_slice().chain(failing));
            }
        }
    }
}
