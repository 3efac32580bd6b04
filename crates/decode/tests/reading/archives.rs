//! Broken and hostile archives: told member by member, and what is good in them is read.

use crashcart_decode::Caps;
use crashcart_model::GapReason;

use crate::generate::{lines, records, tar, zip};
use crate::seen::Seen;

fn reasons(seen: &Seen) -> Vec<GapReason> {
    seen.gaps().map(|gap| gap.reason).collect()
}

#[test]
fn many_small_bombs_in_one_archive_are_stopped_as_one() {
    let member = vec![0; 900 << 10];
    let names: Vec<String> = (0..100).map(|n| n.to_string()).collect();
    let members: Vec<(&str, &[u8])> =
        names.iter().map(|n| (n.as_str(), member.as_slice())).collect();
    let caps = Caps { ratio: 50, ratio_floor: 4 << 20, ..Caps::default() };
    let seen = Seen::read_with(&zip(&members), &caps);
    assert!(seen.members.len() < 30, "{}", seen.members.len());
    assert!(
        seen.gaps().any(|gap| gap.reason == GapReason::InflatesTooMuch),
        "{:?}",
        reasons(&seen)
    );
}

#[test]
fn an_encrypted_member_is_told_and_its_neighbours_are_read() {
    let text = lines(&records(1));
    let mut archive =
        zip(&[("a", text.as_bytes()), ("b", text.as_bytes()), ("c", text.as_bytes())]);
    for (name, set) in [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)] {
        let second = find_nth(&archive, name, 1);
        archive[second + set] |= 1;
    }
    let seen = Seen::read(&archive);
    assert_eq!(seen.records().count(), 2);
    let told: Vec<_> = seen.members.iter().filter(|member| !member.gaps.is_empty()).collect();
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].name.as_deref(), Some("b"));
    assert_eq!(told[0].gaps[0].reason, GapReason::Unsupported);
}

#[test]
fn a_member_packed_by_an_unknown_method_is_told_and_its_neighbours_are_read() {
    let text = lines(&records(1));
    let mut archive = zip(&[("a", text.as_bytes()), ("b", text.as_bytes())]);
    for (name, set) in [(&b"PK\x03\x04"[..], 8), (b"PK\x01\x02", 10)] {
        let first = find_nth(&archive, name, 0);
        archive[first + set] = 99;
    }
    let seen = Seen::read(&archive);
    assert_eq!(seen.records().count(), 1);
    assert_eq!(reasons(&seen), [GapReason::Unsupported]);
}

fn find_nth(bytes: &[u8], sign: &[u8], nth: usize) -> usize {
    let places: Vec<_> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(sign)).collect();
    places[nth]
}

#[test]
fn names_that_lead_out_of_the_archive_are_only_labels() {
    let text = lines(&records(1));
    for name in ["../../etc/passwd", "/etc/passwd", "a/../b", "C:\\x"] {
        for archive in [tar(&[(name, text.as_bytes())]), zip(&[(name, text.as_bytes())])] {
            let seen = Seen::read(&archive);
            assert_eq!(seen.records().count(), 1, "{name}");
            assert_eq!(seen.members[0].name.as_deref(), Some(name));
        }
    }
}

#[test]
fn members_of_one_name_are_told_apart() {
    let text = lines(&records(1));
    let members = [("a", text.as_bytes()), ("a", text.as_bytes()), ("a", text.as_bytes())];
    let seen = Seen::read(&tar(&members));
    let names: Vec<_> = seen.members.iter().filter_map(|member| member.name.as_deref()).collect();
    assert_eq!(names, ["a", "a (2)", "a (3)"]);
}

#[test]
fn a_broken_header_ends_an_archive_with_a_gap() {
    let text = lines(&records(1));
    let mut archive = tar(&[("a", text.as_bytes()), ("b", text.as_bytes())]);
    let second = 512 + text.len().next_multiple_of(512);
    archive[second] ^= 1;
    let seen = Seen::read(&archive);
    assert_eq!(seen.records().count(), 1);
    assert_eq!(reasons(&seen), [GapReason::Corrupt]);
}

#[test]
fn an_archive_cut_anywhere_is_told() {
    let text = lines(&records(2));
    let archive = tar(&[("a", text.as_bytes()), ("b", text.as_bytes())]);
    let member = 512 + text.len().next_multiple_of(512);
    for cut in [600, 512 + text.len() / 2, member, member + 100, member + 512, 2 * member] {
        let seen = Seen::read(&archive[..cut]);
        assert!(seen.gaps().any(|gap| gap.reason == GapReason::Truncated), "{cut}: {seen:?}");
    }
    assert_eq!(Seen::read(&archive).gaps().count(), 0);
}

#[test]
fn what_follows_the_end_of_an_archive_is_read_too() {
    let text = lines(&records(1));
    let archive = tar(&[("a", text.as_bytes())]);
    let seen = Seen::read(&[archive.clone(), archive.clone()].concat());
    assert_eq!(seen.records().count(), 2);
    let seen = Seen::read(&[archive, b"rubbish".to_vec()].concat());
    assert_eq!(seen.records().count(), 1);
    assert_eq!(seen.gap().size, Some(7));
}

#[test]
fn archives_in_archives_beyond_the_cap_are_told() {
    let mut inner = lines(&records(1)).into_bytes();
    for level in 0..5 {
        inner = zip(&[(format!("level{level}").as_str(), inner.as_slice())]);
    }
    let seen = Seen::read(&inner);
    assert_eq!(seen.records().count(), 0);
    assert_eq!(reasons(&seen), [GapReason::ArchiveTooDeep]);
}

#[test]
fn members_beyond_the_cap_are_told() {
    let text = lines(&records(1));
    let members = [("a", text.as_bytes()), ("b", text.as_bytes()), ("c", text.as_bytes())];
    let caps = Caps { members: 2, ..Caps::default() };
    for archive in [tar(&members), zip(&members)] {
        let seen = Seen::read_with(&archive, &caps);
        assert_eq!(seen.records().count(), 2);
        assert_eq!(reasons(&seen), [GapReason::ArchiveTooDeep]);
        let exact = Seen::read_with(&archive, &Caps { members: 3, ..Caps::default() });
        assert_eq!((exact.records().count(), exact.gaps().count()), (3, 0));
    }
}

#[test]
fn a_zip_archive_that_is_cut_is_told() {
    let archive = zip(&[("a", lines(&records(1)).as_bytes())]);
    for cut in [4, 30, archive.len() / 2, archive.len() - 1] {
        let seen = Seen::read(&archive[..cut]);
        assert_eq!(seen.gaps().count(), 1, "{cut}");
    }
}

#[test]
fn names_that_are_long_are_cut_and_names_that_fill_memory_stop_the_archive() {
    let long = "x".repeat(5_000);
    let content = lines(&records(1));
    let names: Vec<String> = (0..20).map(|n| format!("{n}{long}")).collect();
    let members: Vec<(&str, &[u8])> =
        names.iter().map(|name| (name.as_str(), content.as_bytes())).collect();
    let seen = Seen::read(&zip(&members));
    assert_eq!(seen.records().count(), 20);
    let name = seen.members[0].name.as_deref().unwrap();
    assert!(name.ends_with("x... (3977 bytes more)") && name.len() < 1_100, "{name}");
    let caps = Caps { members: 40, ..Caps::default() };
    let seen = Seen::read_with(&zip(&members), &caps);
    // 40 names of 256 bytes may be held: ten of a thousand.
    assert_eq!(seen.records().count(), 10);
    assert_eq!(reasons(&seen), [GapReason::ArchiveTooDeep]);
}

#[test]
fn very_many_members_of_one_name_are_told_apart_in_good_time() {
    let names: Vec<&str> =
        std::iter::once("a (3)").chain(std::iter::repeat_n("a", 20_000)).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, b"".as_slice())).collect();
    let seen = Seen::read(&tar(&members));
    let labels: std::collections::BTreeSet<_> =
        seen.members.iter().map(|member| member.name.as_deref()).collect();
    assert_eq!(labels.len(), 20_001);
    assert!(labels.contains(&Some("a (20001)")), "a (3) was taken");
}
