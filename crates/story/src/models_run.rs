//! Models of AI run on somebody else's bill: much of it by whoever never used them before. It must
//! never be told of a principal without a history, since every program that uses models runs many.

use std::collections::BTreeSet;

use crate::firsts::Firsts;
use crate::scene::{Entry, Scene};
use crate::words::{counted, counted_len};

/// The service as `firsts` names it.
const SERVICE: &str = "bedrock";
/// So many calls are no trial.
const MANY: u64 = 50;
/// So many models are tried out, not used.
const MODELS: usize = 4;

fn runs(entry: &Entry<'_>) -> bool {
    entry.parts.service == SERVICE
        && entry.done()
        && matches!(
            entry.parts.name,
            "InvokeModel" | "InvokeModelWithResponseStream" | "Converse" | "ConverseStream"
        )
}

/// What a principal ran that had never used the service, in words.
pub(crate) fn hijacked(scene: &Scene<'_>, firsts: &Firsts, name: &str) -> Option<String> {
    if !firsts.is_new_service(name, SERVICE) {
        return None;
    }
    let (mut calls, mut models) = (0, BTreeSet::new());
    for entry in scene.entries_of(name).filter(|entry| runs(entry)) {
        calls += entry.item.count;
        models.insert(entry.parts.thing);
    }
    (calls >= MANY || models.len() >= MODELS).then(|| {
        let (calls, models) = (counted(calls, "time"), counted_len(models.len(), "model"));
        format!("ran {models} of Bedrock {calls}, which it had never used: on the account's bill")
    })
}
