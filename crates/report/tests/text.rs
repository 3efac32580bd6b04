//! What a responder reads on a terminal.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod sample;

use crashcart_model::{Coverage, Incident, Investigation, LogText, Outcome, Timestamp};
use crashcart_report::{Text, Zone, findings_text};
use unicode_width::UnicodeWidthStr;

fn text(options: &Text, investigation: &Investigation) -> String {
    sample::written(options, investigation)
}

#[test]
fn the_whole_page_reads_as_checked_by_hand() {
    let expected = include_str!("sample.txt").replace("\r\n", "\n");
    assert_eq!(text(&Text::default(), &sample::investigation()), expected);
}

#[test]
fn it_fits_the_width_and_never_cuts_an_id() {
    let whole = [
        "AKIAIOSFODNN7EXAMPLE",
        "11111111-aaaa-4bbb-8ccc-000000000001",
        "arn:aws:iam::111122223333:user/build-agent",
        "arn:aws:cloudtrail:us-east-1:111122223333:trail/org",
        "198.51.100.7",
    ];
    for width in 76..=140 {
        let page = text(&Text { width, ..Text::default() }, &sample::investigation());
        for line in page.lines() {
            assert!(line.width() <= width, "{width}: {line:?}");
        }
        for id in whole {
            assert!(page.lines().any(|line| line.contains(id)), "{id} is cut at {width}");
        }
    }
}

#[test]
fn a_denied_or_failed_call_never_looks_like_one_that_was_done() {
    for (outcome, shown) in [
        (Outcome::Done, " done "),
        (Outcome::Denied, " (denied) "),
        (Outcome::Failed, " (failed) "),
        (Outcome::Unknown, " unknown "),
    ] {
        let mut investigation = sample::investigation();
        investigation.story.steps.truncate(1);
        investigation.story.steps[0].outcome = outcome;
        let page = text(&Text::default(), &investigation);
        let line = page.lines().find(|line| line.contains("ec2:DescribeInstances")).expect("it");
        assert!(line.contains(shown), "{line}");
        assert_eq!(line.contains("done"), outcome == Outcome::Done, "{line}");
    }
}

#[test]
fn every_step_names_a_record_and_the_legend_resolves_every_marker() {
    let page = text(&Text::default(), &sample::investigation());
    let (body, legend) = page.split_once("EVIDENCE").expect("a legend");
    for number in 1..=5 {
        let marker = format!("[{number}]");
        assert!(body.contains(&marker), "{marker} is used");
        assert_eq!(legend.matches(&marker).count(), 1, "{marker} is explained once");
    }
    assert!(!body.contains("[6]") && !legend.contains("[6]"));
    assert!(legend.contains("record 31, event 11111111-aaaa-4bbb-8ccc-000000000001"));
    assert!(legend.contains("export.zip#logs/export.json"));
    assert!(legend.contains("record 0, event without an id"));
}

#[test]
fn what_is_left_out_is_counted() {
    let mut investigation = sample::investigation();
    let step = investigation.story.steps[1].clone();
    investigation.story.steps = vec![step; 45];
    let page = text(&Text { limit: 40, ..Text::default() }, &investigation);
    assert_eq!(page.matches("iam:CreateAccessKey").count(), 40);
    assert!(page.contains("5 more steps of less weight: --all or --json has them"));
    let page = text(&Text { limit: usize::MAX, ..Text::default() }, &investigation);
    assert_eq!(page.matches("iam:CreateAccessKey").count(), 45);
    assert!(!page.contains("more steps"));
}

#[test]
fn where_not_all_steps_fit_those_that_findings_rest_on_are_shown_and_not_the_first() {
    let mut investigation = sample::investigation();
    let telling = investigation.story.steps[1].clone();
    let mut looking = investigation.story.steps[0].clone();
    looking.origins.clear();
    investigation.story.steps = vec![looking; 30];
    investigation.story.steps.push(telling);
    let page = text(&Text { limit: 3, ..Text::default() }, &investigation);
    let (_, steps) = page.split_once("WHAT HAPPENED").expect("steps");
    let (steps, _) = steps.split_once("STILL IN PLACE").expect("what stands");
    assert!(steps.contains("iam:CreateAccessKey"), "{steps}");
    assert_eq!(steps.matches("ec2:DescribeInstances").count(), 2, "{steps}");
    assert!(steps.contains("28 more steps of less weight"), "{steps}");
}

#[test]
fn a_long_text_is_shortened_between_words_and_the_page_says_where_the_rest_is() {
    let mut investigation = sample::investigation();
    let key = "AKIAIOSFODNN7EXAMPLE";
    investigation.story.answers[0].answer = LogText::from([key; 30].join(", "));
    let page = text(&Text::default(), &investigation);
    assert!(page.contains(&format!("{key} ...,")), "{page}");
    assert!(page.contains("Where a text ends in ..., --all or --json has the rest."));
    for part in page.split("AKIAIOSF").skip(1) {
        assert!(part.starts_with("ODNN7EXAMPLE"), "no id is cut");
    }
    let page = text(&Text { limit: usize::MAX, ..Text::default() }, &investigation);
    assert!(!page.contains(" ..."), "everything was asked for");
}

#[test]
fn what_one_principal_read_of_one_kind_is_one_entry_with_its_sums() {
    let mut investigation = sample::investigation();
    let mut access = investigation.story.accessed[0].clone();
    access.what = LogText::from("payroll/2025.csv");
    investigation.story.accessed.push(access);
    let page = text(&Text::default(), &investigation);
    assert!(page.contains("object: 2 read 24 times, 6.8 MB -"), "{page}");
}

#[test]
fn objects_that_were_read_are_named_and_ones_own_props_are_said_to_be() {
    let mut investigation = sample::investigation();
    let access = investigation.story.accessed.first_mut().expect("one");
    access.names = vec![LogText::new("2026/a.csv"), LogText::new("2026/b.csv")];
    access.things = Some(6);
    access.made_at = Timestamp::parse("2026-03-04T05:06:07Z");
    let page = text(&Text::default(), &investigation);
    let page: Vec<&str> = page.split_whitespace().collect();
    let told =
        "(2026/a.csv, 2026/b.csv and 4 more; made by the same principal at 2026-03-04 05:06:07)";
    assert!(page.join(" ").contains(told), "{}", page.join(" "));
}

#[test]
fn of_several_things_of_ones_own_a_step_says_from_when_on_they_were_made() {
    let mut investigation = sample::investigation();
    investigation.findings.clear();
    let step = investigation.story.steps.first_mut().expect("one");
    step.made_at = Timestamp::parse("2026-03-04T05:06:07Z");
    step.target = Some(LogText::new("one"));
    let page = |investigation: &Investigation| {
        let page = text(&Text::default(), investigation);
        page.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let one = page(&investigation);
    assert!(one.contains("made by the same principal at 2026-03-04 05:06:07"), "{one}");
    let step = investigation.story.steps.first_mut().expect("one");
    step.target = Some(LogText::new("2 targets: one, two"));
    let two = page(&investigation);
    assert!(two.contains("made by the same principal from 2026-03-04 05:06:07 on"), "{two}");
}

#[test]
fn what_is_a_way_back_in_and_a_change_as_well_is_told_once() {
    let mut investigation = sample::investigation();
    let story = &mut investigation.story;
    let removed = crashcart_model::PersistenceState::Removed;
    let way = story.persistence.iter().find(|way| way.state == removed).expect("one");
    let mut change = story.changes[0].clone();
    change.change = LogText::new("ec2:SameActAgain");
    change.origins.clear();
    change.reverted_by = way.removed_by.clone();
    story.changes.push(change.clone());
    let told = |investigation: &Investigation| {
        text(&Text::default(), investigation).contains("SameActAgain")
    };
    assert!(told(&investigation), "an act of its own is told");
    let story = &mut investigation.story;
    let way = story.persistence.iter().find(|way| way.state == removed).expect("one");
    change.origins = way.origins.clone();
    *story.changes.last_mut().expect("one") = change;
    assert!(!told(&investigation), "the same record is the same act");
}

#[test]
fn objects_of_a_bucket_are_counted_and_an_estimate_is_said_to_be_one() {
    let mut investigation = sample::investigation();
    let access = &mut investigation.story.accessed[0];
    access.things = Some(9);
    let page = text(&Text::default(), &investigation);
    assert!(page.contains("object: 9 objects of 1 bucket, 12 reads, 3.4 MB -"), "{page}");
    investigation.story.accessed[0].things = Some(4_100);
    let page = text(&Text::default(), &investigation);
    assert!(page.contains("object: about 4,100 objects of 1 bucket, 12 reads"), "{page}");
}

#[test]
fn of_many_targets_the_first_two_are_named_and_the_rest_counted() {
    let mut investigation = sample::investigation();
    let targets = "12 targets: one, two, three, four, five, and 7 more";
    investigation.story.steps[0].target = Some(LogText::from(targets));
    let flat = |options: &Text| {
        let page = text(options, &investigation);
        page.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let page = flat(&Text::default());
    assert!(page.contains("ec2:DescribeInstances one, two and 10 more, 19 times"), "{page}");
    let page = flat(&Text { limit: usize::MAX, ..Text::default() });
    assert!(page.contains(targets), "{page}");
}

#[test]
fn gaps_beyond_the_first_are_counted_and_an_unknown_size_is_said_to_be_unknown() {
    let mut investigation = sample::investigation();
    investigation.coverage.gap_count = 1_200;
    let page = text(&Text::default(), &investigation);
    assert!(page.contains("1,200 stretches not read, the first 2:"), "{page}");
    assert!(page.contains("broken.json.gz from byte 0, size unknown"), "{page}");
}

#[test]
fn local_time_is_named_once_and_used_throughout() {
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(-5));
    let options = Text { zone: Zone::Local(zone), ..Text::default() };
    let page = text(&options, &sample::investigation());
    assert_eq!(page.matches("UTC-05").count(), 1);
    // 02:13:05 UTC is the evening before at UTC-5.
    assert!(page.contains("  2026-05-03\n  21:13:05 discovery"), "{page}");
    assert!(!page.contains("02:13:05"));
}

#[test]
fn the_verdict_says_which_of_the_three_it_is() {
    for (incident, words) in [
        (Incident::Yes, "\nINCIDENT"),
        (Incident::No, "\nNO INCIDENT"),
        (Incident::Undecided, "\nUNDECIDED"),
    ] {
        let mut investigation = sample::investigation();
        investigation.verdict.incident = incident;
        assert!(text(&Text::default(), &investigation).contains(words));
    }
}

#[test]
fn material_without_a_single_event_says_so_and_has_no_empty_sections() {
    let mut investigation = sample::investigation();
    investigation.coverage = Coverage::default();
    investigation.findings.clear();
    investigation.containment.clear();
    investigation.story = crashcart_model::Story::default();
    investigation.verdict.incident = Incident::Undecided;
    investigation.verdict.severity = None;
    investigation.verdict.because = vec!["nothing was read".to_owned()];
    investigation.verdict.would_decide.clear();
    assert_eq!(
        text(&Text::default(), &investigation),
        "0 events in 0 files (0 bytes), no times (UTC), 0 accounts, 0 regions\n\
         \n\
         UNDECIDED\n\
         \x20         because   nothing was read\n\
         \n\
         FINDINGS  no rule matched\n"
    );
}

#[test]
fn a_file_name_that_fits_the_page_is_never_cut() {
    let investigation = sample::investigation();
    let mut out = Vec::new();
    let mut findings = investigation.findings.clone();
    findings[0].events = investigation.story.steps[0].origins.clone();
    findings_text(&findings, &investigation.coverage, &Text::default(), &mut out).expect("a Vec");
    let page = String::from_utf8(out).expect("UTF-8");
    let name = "111122223333_CloudTrail_us-east-1_20260504T0215Z_AbCdEfGhIjKlMnOp.json.gz";
    assert!(page.lines().any(|line| line.trim() == name), "{page}");
}

#[test]
fn detect_prints_each_finding_with_who_where_and_the_records() {
    let mut investigation = sample::investigation();
    investigation.coverage = Coverage {
        events: 1,
        files: 1,
        evidence: investigation.coverage.evidence.clone(),
        ..Coverage::default()
    };
    let mut out = Vec::new();
    findings_text(&investigation.findings, &investigation.coverage, &Text::default(), &mut out)
        .expect("a Vec takes all");
    let page = String::from_utf8(out).expect("UTF-8");
    let (_, findings) = page.split_once("\n\n").expect("coverage first");
    assert_eq!(
        findings,
        "\
FINDINGS  2 rules matched, 5 matches
  critical (1)
    Logging of a trail stopped (cloudtrail_stop_logging) 4 times, 2026-05-04
    02:31:00 to 02:40:10
        who     arn:aws:iam::111122223333:user/build-agent
        keys    AKIAIOSFODNN7EXAMPLE
        from    198.51.100.7
        in      us-east-1
        attack  defense-evasion T1562.008
        rule    5f0a1e7c-1111-4222-8333-444455556667
        file    eu/second.json.gz
                record 9, event 11111111-aaaa-4bbb-8ccc-000000000004
                3 more: --jsonl or --csv has them
  high (1)
    Access key created for another user (iam_access_key_for_other_user) once,
    2026-05-04 02:24:00
        who     arn:aws:iam::111122223333:user/build-agent
        keys    AKIAIOSFODNN7EXAMPLE
        from    198.51.100.7
        in      us-east-1
        attack  persistence T1098.001
        rule    5f0a1e7c-1111-4222-8333-444455556666
        file    eu/second.json.gz
                record 2, event 11111111-aaaa-4bbb-8ccc-000000000003
"
    );
}

#[test]
fn a_time_that_no_record_tells_is_said_to_be_missing() {
    let mut investigation = sample::investigation();
    investigation.story.steps.truncate(1);
    investigation.story.steps[0].at = None;
    investigation.story.steps[0].last = None::<Timestamp>;
    investigation.story.steps[0].target = Some(LogText::from("i-0ab"));
    let page = text(&Text::default(), &investigation);
    assert!(page.contains("  no time\n  no time  discovery   (denied) "), "{page}");
}
