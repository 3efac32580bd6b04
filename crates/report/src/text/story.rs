//! What is still there, what was undone, what was read, what failed, and the answers.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use crashcart_model::{
    Accessed, BlastRadius, Changed, Failed, LogText, Origin, Persistence, PersistenceState, Story,
    Timestamp,
};

use super::{Sheet, suspects::listed};
use crate::page::{Lead, Style, Words};
use crate::zone::{counted, number, size, times};

/// About so long may a text be before it is shortened.
const LONGEST: usize = 120;

/// Things named in one entry.
const NAMED: usize = 6;

/// How much was read: `37 objects of 1 bucket, 37 reads, 16 MB`; `2 read 4 times` of what is read whole.
fn taken(group: &[&Accessed]) -> String {
    let objects: u64 = group.iter().filter_map(|access| access.things).sum();
    let reads: u64 = group.iter().map(|access| access.count).sum();
    let logged: Vec<u64> = group.iter().filter_map(|access| access.bytes).collect();
    let bytes =
        if logged.is_empty() { String::new() } else { format!(", {}", size(logged.iter().sum())) };
    if objects == 0 {
        return format!("{} read {}{bytes}", number(group.len() as u64), times(reads));
    }
    let about =
        if group.iter().any(|access| access.things > Some(COUNTED)) { "about " } else { "" };
    let (objects, reads) = (counted(objects, "object"), counted(reads, "read"));
    format!("{about}{objects} of {}, {reads}{bytes}", counted(group.len() as u64, "bucket"))
}

/// Up to so many things of one place are counted exactly; see `Accessed`.
const COUNTED: u64 = 512;

impl<'a> Sheet<'a> {
    /// Ways back in that nothing removed, and changes that nobody put back.
    pub(super) fn still_in_place(&mut self, story: &'a Story) -> io::Result<()> {
        let ways = story.persistence.iter().filter(|way| way.state == PersistenceState::InPlace);
        let stands = story.changes.iter().filter(|change| change.reverted_by.is_none());
        let (gone, changes): (Vec<_>, Vec<_>) = stands.partition(|change| change.destroyed);
        let ways: Vec<_> = ways.collect();
        let note = if ways.is_empty() { crate::names::no_way_back(story) } else { "" };
        self.kept(("STILL IN PLACE", note), Style::Alarm, ways, changes)?;
        let note = "deleted, and nothing in this material brought it back";
        self.kept(("DESTROYED", note), Style::Alarm, Vec::new(), gone)
    }

    /// Ways back in that were removed, and changes that were put back.
    pub(super) fn undone(&mut self, story: &'a Story) -> io::Result<()> {
        let ways = story.persistence.iter().filter(|way| way.state == PersistenceState::Removed);
        let changes = story.changes.iter().filter(|change| change.reverted_by.is_some());
        self.kept(("UNDONE", ""), Style::Good, ways.collect(), changes.collect())
    }

    fn kept(
        &mut self,
        (name, note): (&str, &str),
        style: Style,
        ways: Vec<&'a Persistence>,
        changes: Vec<&'a Changed>,
    ) -> io::Result<()> {
        // What is a way back in and a change as well is one act.
        let acts: BTreeSet<&Origin> = ways.iter().filter_map(|way| way.origins.first()).collect();
        let mut changes = changes;
        changes.retain(|change| change.origins.first().is_none_or(|act| !acts.contains(act)));
        let all = ways.len() + changes.len();
        // What was left behind is told, or that nothing of it is left.
        if all == 0 && (name != "STILL IN PLACE" || note.is_empty()) {
            return Ok(());
        }
        self.heading(style, name, note)?;
        for way in ways.iter().take(self.options.limit) {
            let removed = way.removed_by.as_ref().map(|by| self.short(by.raw()));
            let words = Words::default()
                .styled(Style::Bold, &way.kind)
                .text(&self.brief(way.what.raw(), LONGEST))
                .maybe("by ", &self.by(&way.by))
                .maybe("at ", &self.moment(way.at))
                .then("removed by ", &removed.unwrap_or_default())
                .then("cut off by this case at ", &self.moment(way.cut_off_at));
            self.item(words, &way.origins, 2)?;
        }
        let room = self.options.limit.saturating_sub(ways.len());
        for change in changes.iter().take(room) {
            let reverted = change.reverted_by.as_ref().map(|by| self.short(by.raw()));
            let words = Words::default()
                .styled(Style::Bold, change.change.raw())
                .maybe("on ", &self.brief(change.resource.raw(), LONGEST))
                .maybe("by ", &self.by(&change.by))
                .maybe("at ", &self.moment(change.at))
                .then("put back by ", &reverted.unwrap_or_default())
                .then("made by the same principal at ", &self.moment(change.made_at));
            self.item(words, &change.origins, 2)?;
        }
        self.left_out(all, "entries")
    }

    /// The moment, empty where no record tells.
    pub(super) fn moment(&self, at: Option<Timestamp>) -> String {
        at.map(|at| self.options.zone.moment(Some(at))).unwrap_or_default()
    }

    /// One entry with its evidence, `most` records of it.
    fn item(&mut self, words: Words, origins: &'a [Origin], most: usize) -> io::Result<()> {
        let words = words.styled(Style::Dim, &self.citations.markers(origins, most));
        self.page.paragraph(&Lead::default().column(Style::Plain, "", 4), &words)
    }

    /// Data that was read: what one principal read of one kind is one entry.
    pub(super) fn data_read(&mut self, story: &'a Story) -> io::Result<()> {
        if story.accessed.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "DATA READ", "")?;
        let mut groups: BTreeMap<(&LogText, &str), Vec<&'a Accessed>> = BTreeMap::new();
        for access in &story.accessed {
            groups.entry((&access.by, &access.kind)).or_default().push(access);
        }
        for ((by, kind), group) in groups.iter().take(self.options.limit) {
            let mut words = Words::default()
                .styled(Style::Bold, &format!("{kind}:"))
                .text(&taken(group))
                .then("by ", &self.by(by))
                .text("-");
            for access in group.iter().take(self.most(NAMED)) {
                let what = self.brief(access.what.raw(), LONGEST);
                words = words
                    .text(&what)
                    .text(&self.first_of(access))
                    .styled(Style::Dim, &self.citations.markers(&access.origins, 1));
            }
            let more = group.len().saturating_sub(self.most(NAMED)) as u64;
            let note = if more > 0 { format!("and {} more", number(more)) } else { String::new() };
            self.item(words.maybe("", &note), &[], 0)?;
        }
        self.left_out(groups.len(), "kinds")
    }

    /// `(key/one, key/two and 4 more)`, and whether it was the reader's own.
    fn first_of(&mut self, access: &Accessed) -> String {
        let mut notes = Vec::new();
        if !access.names.is_empty() {
            let names: Vec<String> =
                access.names.iter().map(|name| self.brief(name.raw(), LONGEST)).collect();
            let all = access.things.unwrap_or(0).max(names.len() as u64);
            let more = all - names.len() as u64;
            let about = if all > COUNTED { "about " } else { "" };
            let tail =
                if more > 0 { format!(" and {about}{} more", number(more)) } else { String::new() };
            notes.push(format!("{}{tail}", names.join(", ")));
        }
        if access.made_at.is_some() {
            notes.push(format!("made by the same principal at {}", self.moment(access.made_at)));
        }
        if notes.is_empty() { String::new() } else { format!("({})", notes.join("; ")) }
    }

    /// Calls that had no effect: those of one principal are one entry.
    pub(super) fn failed(&mut self, story: &'a Story) -> io::Result<()> {
        if story.failed.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "TRIED WITHOUT EFFECT", "")?;
        let mut groups: BTreeMap<&LogText, Vec<&'a Failed>> = BTreeMap::new();
        for call in &story.failed {
            groups.entry(&call.by).or_default().push(call);
        }
        for (by, group) in groups.iter().take(self.options.limit) {
            let since = group.iter().filter_map(|call| call.at).min();
            let mut words = Words::default()
                .styled(Style::Bold, &self.short(by.raw()))
                .maybe("since ", &self.moment(since))
                .text("-");
            let most = self.most(self.options.limit);
            for call in group.iter().take(most) {
                words = words
                    .text(call.what.raw())
                    .text(call.error.raw())
                    .text(&times(call.count))
                    .styled(Style::Dim, &self.citations.markers(&call.origins, 1));
            }
            let more = group.len().saturating_sub(most) as u64;
            let note = if more > 0 { format!("and {} more", number(more)) } else { String::new() };
            self.item(words.maybe("", &note), &[], 0)?;
        }
        self.left_out(groups.len(), "principals")
    }

    /// So many, or all where everything is asked for.
    fn most(&self, most: usize) -> usize {
        if self.options.limit == usize::MAX { usize::MAX } else { most }
    }

    /// The responder's questions.
    pub(super) fn answers(&mut self, story: &'a Story) -> io::Result<()> {
        if story.answers.is_empty() {
            return Ok(());
        }
        self.heading(Style::Bold, "ANSWERS", "")?;
        for answer in story.answers.iter().take(self.options.limit) {
            let lead = Lead::default().column(Style::Plain, "", 2);
            self.page.paragraph(&lead, &Words::default().styled(Style::Bold, &answer.question))?;
            let words = Words::of(&self.brief(answer.answer.raw(), 2 * LONGEST))
                .then("because ", &self.brief(answer.because.raw(), 2 * LONGEST))
                .styled(Style::Dim, &self.citations.markers(&answer.origins, 2));
            self.page.paragraph(&Lead::default().column(Style::Plain, "", 6), &words)?;
        }
        self.left_out(story.answers.len(), "answers")
    }

    /// How far it reaches, in one line each.
    pub(super) fn reach(&mut self, radius: &BlastRadius) -> io::Result<()> {
        let parts = [
            ("account", "", &radius.accounts),
            ("region", "", &radius.regions),
            ("region", " only tried", &radius.regions_tried),
            ("principal", "", &radius.principals),
            ("resource", "", &radius.resources),
        ];
        if parts.iter().all(|(_, _, names)| names.is_empty()) {
            return Ok(());
        }
        self.heading(Style::Bold, "REACH", "")?;
        for (what, how, names) in parts.iter().filter(|(_, _, names)| !names.is_empty()) {
            let lead = Lead::default().column(Style::Plain, "", 4);
            let shown = self.brief(&listed(names), 2 * LONGEST);
            let count = counted(names.len() as u64, what);
            let words = Words::of(&format!("{count}{how}:")).text(&shown);
            self.page.paragraph(&lead, &words)?;
        }
        Ok(())
    }
}
