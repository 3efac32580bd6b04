//! The built-in incident against the truth that its maker wrote down beside it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails loudly")]

use std::collections::BTreeSet;

use crashcart_app::demo;
use crashcart_model::{Incident, Investigation, Outcome, PersistenceState};
use crashcart_scenario::Truth;

fn solved(seed: u64) -> (Investigation, Truth) {
    let folder = tempfile::tempdir().unwrap();
    let demo = demo(seed, &folder.path().join("demo"), 2, "test").unwrap();
    (demo.investigation, crashcart_scenario::leaked_key(seed).truth)
}

#[test]
fn the_leaked_key_is_the_one_to_cut_and_its_way_back_in_is_named() {
    for seed in 1..4 {
        let (found, truth) = solved(seed);
        assert_eq!(found.verdict.incident, Incident::Yes);
        let first = found.story.suspects.first().expect("a suspect");
        assert!(first.act_now);
        assert_eq!(first.principal.raw(), truth.user);
        assert!(first.access_keys.iter().any(|key| key.raw() == truth.key));
        assert!(first.addresses.iter().any(|address| address.raw() == truth.address));
        let in_place: BTreeSet<&str> = found
            .story
            .persistence
            .iter()
            .filter(|one| one.state == PersistenceState::InPlace)
            .map(|one| one.what.raw())
            .collect();
        for way in [&truth.created_key, &truth.policy] {
            assert!(in_place.iter().any(|what| what.contains(way.as_str())), "{way}: {in_place:?}");
        }
    }
}

#[test]
fn no_step_is_told_that_the_intruder_did_not_take() {
    let (found, truth) = solved(1);
    let intruder: BTreeSet<&str> = truth.events.iter().map(String::as_str).collect();
    for step in &found.story.steps {
        for origin in &step.origins {
            let id = origin.event_id.as_ref().expect("an event id").raw();
            assert!(intruder.contains(id), "{:?} cites {id}", step.what);
        }
    }
}

#[test]
fn every_refused_call_is_counted_and_none_is_told_as_done() {
    let (found, truth) = solved(1);
    let refused: u64 =
        found.story.steps.iter().filter(|s| s.outcome == Outcome::Denied).map(|s| s.count).sum();
    assert_eq!(refused, truth.denied as u64);
}
