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
