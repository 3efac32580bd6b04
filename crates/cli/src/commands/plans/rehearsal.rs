//! What a dry run says.

use std::io::Write;

use crashcart_app::AppError;
use crashcart_app::containment::{ContainmentPlan, Rehearsal, Would};
use crashcart_report::{hanging, json_document, labelled};
use serde_json::{Value, json};

use super::text::subject;
use crate::commands;
use crate::exit::Exit;
use crate::terminal::Terminal;

/// Prints what a run would send now, and ends as it would end.
pub fn tell_rehearsal(
    plan: &ContainmentPlan,
    rehearsal: &Rehearsal,
    json: bool,
) -> Result<Exit, AppError> {
    let mut out = commands::output();
    let printed = if json {
        let one = |would: &Would| json!({"name": would.step, "sends": would.sends, "trouble": would.trouble});
        let steps: Vec<Value> = rehearsal.steps.iter().map(one).collect();
        let run = json!({"hash": plan.hash(), "ending": rehearsal.ending, "steps": steps});
        json_document(&json!({"dry_run": run}), true, &mut out)
    } else {
        text(plan, rehearsal, Terminal::look(false).width, &mut out)
    };
    printed.and_then(|()| out.flush()).map_err(AppError::Output)?;
    Ok(Exit::of_ending(rehearsal.ending))
}

fn text(
    plan: &ContainmentPlan,
    rehearsal: &Rehearsal,
    width: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let subject = subject(&plan.action, &plan.target);
    hanging("DRY RUN", &format!("contain {subject} in account {}", plan.account), width, out)?;
    for would in &rehearsal.steps {
        let said = match &would.trouble {
            Some(trouble) => vec![format!("WOULD FAIL: {trouble}")],
            None if would.sends.is_empty() => vec!["is so already: nothing would be sent".into()],
            None => would
                .sends
                .iter()
                .map(|change| {
                    let calls = change.thing.permissions(&change.to).1.join(", ");
                    format!("would send {calls}: {} becomes {}", change.thing, change.to.told())
                })
                .collect(),
        };
        for said in said {
            labelled(&would.step, &said, width, out)?;
        }
    }
    let fails = rehearsal.steps.iter().any(|would| would.trouble.is_some());
    let end = match fails {
        true => "nothing was changed. Carried out now it would fail as is said above: plan again",
        false => "nothing was changed. Carried out now it would go through, as far as can be read",
    };
    labelled("note", end, width, out)
}
