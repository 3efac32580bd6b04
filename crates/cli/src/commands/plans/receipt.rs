//! A receipt for people.

use std::io::Write;
use std::path::Path;

use crashcart_app::containment::{ContainmentReceipt, Ending, StepOutcome, Verified};
use crashcart_report::{hanging, labelled};

use super::text::subject;
use crate::terminal::Terminal;

/// What became of each step, and where the receipt is.
pub(super) fn receipt_text(
    receipt: &ContainmentReceipt,
    path: Option<&Path>,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let width = Terminal::look(false).width;
    hanging(ending(receipt), &subject(&receipt.action, &receipt.target), width, out)?;
    for step in &receipt.steps {
        let outcome = match step.outcome {
            StepOutcome::Done => "done",
            StepOutcome::Already => "was so before",
            StepOutcome::Failed => "FAILED",
            StepOutcome::NotReached => "not reached",
            StepOutcome::GivenBack => "given back",
            StepOutcome::Kept => "left as it is",
            StepOutcome::Gone => "gone",
            StepOutcome::Lost => "cannot be given back",
        };
        let proved = match (step.verified, step.outcome) {
            (Verified::Configured, _) => ", configured: read back",
            (Verified::EffectObserved, _) => ", effect observed",
            // Of what was to become so. Of the rest nothing was to be proved.
            (
                Verified::NotProven,
                StepOutcome::Done | StepOutcome::Already | StepOutcome::GivenBack,
            ) => ", not proven",
            (Verified::NotProven, _) => "",
        };
        let mut text = format!("{outcome}{proved}");
        for said in &step.said {
            text.push_str("; ");
            text.push_str(said);
        }
        labelled(&step.name, &text, width, out)?;
    }
    for note in &receipt.notes {
        labelled("note", note, width, out)?;
    }
    match path {
        Some(path) => writeln!(out, "receipt  {}", path.display()),
        None => {
            let text = "not kept: the journal has what was done; apply again to get one";
            labelled("receipt", text, width, out)
        }
    }
}

fn ending(receipt: &ContainmentReceipt) -> &'static str {
    match receipt.ending {
        Ending::Contained => "CONTAINED",
        Ending::NotProven => "DONE, NOT PROVEN",
        Ending::NotReadBack => "DONE, NOT READ BACK",
        Ending::Partly => "PARTLY DONE",
        Ending::FailedAndUndone => "FAILED, EVERYTHING GIVEN BACK, NOTHING IS CUT OFF",
        Ending::Stopped => "STOPPED: WHAT EARLIER RUNS HOLD STAYS",
        Ending::GivenBack => given_back(receipt),
        Ending::UndoIncomplete => "NOT ALL COULD BE GIVEN BACK",
        Ending::Halted => "HALTED: the journal could not be written; `crashcart resume` goes on",
    }
}

/// What came of giving back, by what was sent for it.
fn given_back(receipt: &ContainmentReceipt) -> &'static str {
    let any = |outcome| receipt.steps.iter().any(|step| step.outcome == outcome);
    let stays = any(StepOutcome::Kept) || any(StepOutcome::Lost);
    match (any(StepOutcome::GivenBack), stays) {
        (true, false) => "GIVEN BACK",
        (true, true) => "GIVEN BACK, EXCEPT WHAT STAYS",
        (false, true) => "NOTHING GIVEN BACK: WHAT IS LEFT STAYS",
        (false, false) => "NOTHING TO GIVE BACK",
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The page of a receipt with one step.
    fn page(action: &str, ending: &str, step: &str, verified: &str) -> String {
        let receipt = json!({
            "schema": "crashcart.receipt/1", "plan": "", "action": action, "target": "AKIAEXAMPLE",
            "account": "111122223333", "run": "revert", "began": "2026-05-04T02:13:00Z",
            "ended": "2026-05-04T02:13:00Z", "ending": ending, "left": [], "notes": [],
            "steps": [{"name": "step", "outcome": step, "verified": verified, "said": []}],
        });
        let receipt = serde_json::from_value(receipt).expect("a receipt");
        let mut page = Vec::new();
        receipt_text(&receipt, None, &mut page).expect("a page");
        String::from_utf8(page).expect("text")
    }

    #[test]
    fn the_first_line_names_what_was_contained_and_what_became_of_it() {
        let sessions = page("session", "contained", "done", "configured");
        let first = "CONTAINED  the sessions that descend from AKIAEXAMPLE\n";
        assert!(sessions.starts_with(first), "the key can still be used: {sessions}");
        let failed = page("key", "failed_and_undone", "failed", "not_proven");
        assert!(
            failed.starts_with("FAILED, EVERYTHING GIVEN BACK, NOTHING IS CUT OFF"),
            "{failed}"
        );
        let kept = page("key", "given_back", "kept", "not_proven");
        assert!(kept.starts_with("NOTHING GIVEN BACK"), "{kept}");
        assert!(!kept.contains("not proven"), "there was nothing to prove: {kept}");
        let lost = page("user", "given_back", "lost", "not_proven");
        assert!(lost.contains("cannot be given back"), "{lost}");
    }
}
