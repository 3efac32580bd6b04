//! A plan for people: everything that its hash stands for can be read in it, policies too.

use std::io::Write;
use std::path::Path;

use crashcart_app::containment::{ContainmentPlan, Planned, State, Step, Undo};
use crashcart_report::{hanging, labelled};

use super::{ASKED, Asked};
use crate::terminal::Terminal;

/// Characters of a policy in one paragraph, which is cut where it is longer than a page bears.
const PARAGRAPH: usize = 1500;

/// A plan, and how it is carried out.
pub fn plan_text(
    plan: &ContainmentPlan,
    path: &Path,
    terminal: &Terminal,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    steps(plan, terminal.width, out)?;
    let hash = plan.hash();
    writeln!(out, "\nplan  {}\nhash  {hash}", path.display())?;
    let short = hash.get(..ASKED).unwrap_or_default();
    writeln!(out, "Nothing was changed. To carry it out:")?;
    writeln!(out, "  crashcart apply {} --approve {short}", path.display())
}

/// What a plan or a receipt is about, in words.
pub(super) fn subject(action: &str, target: &str) -> String {
    match action {
        "session" => format!("the sessions that descend from {target}"),
        "found" => format!("what was found beside {target}"),
        _ => format!("{action} {target}"),
    }
}

/// The steps and the notes of a plan.
pub(super) fn steps(
    plan: &ContainmentPlan,
    width: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let subject = subject(&plan.action, &plan.target);
    hanging("PLAN", &format!("contain {subject} in account {}", plan.account), width, out)?;
    for (number, step) in (1..).zip(&plan.steps) {
        writeln!(out)?;
        hanging(&number.to_string(), &change(step), width, out)?;
        documents(step, plan, width, out)?;
        labelled("why", &step.why, width, out)?;
        for (label, lines) in
            [("stops", &step.stops), ("not", &step.does_not_stop), ("risk", &step.risk)]
        {
            for line in lines {
                labelled(label, line, width, out)?;
            }
        }
        labelled("undone by", &undo(step), width, out)?;
    }
    if !plan.notes.is_empty() {
        writeln!(out)?;
    }
    for note in &plan.notes {
        labelled("note", note, width, out)?;
    }
    Ok(())
}

/// What is asked for: the whole of what is approved, and by which hash.
pub(super) fn asked(
    plan: &ContainmentPlan,
    asked: Asked<'_>,
    width: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let what = match asked {
        Asked::Plan => {
            steps(plan, width, out)?;
            "approve"
        }
        Asked::GivingBack(returns) => {
            let subject = subject(&plan.action, &plan.target);
            let text = format!("what was taken to contain {subject} in account {}", plan.account);
            hanging("GIVING BACK", &text, width, out)?;
            for one in returns {
                hanging(&format!("  {}", one.label()), one.words(), width, out)?;
            }
            "approve GIVING BACK"
        }
    };
    write!(out, "hash {}\nfirst {ASKED} characters of the plan's hash to {what}: ", plan.hash())
}

/// What a step changes, in words.
fn change(step: &Step) -> String {
    match &step.change {
        Planned::One { expects, change } => {
            format!("{} becomes {} (now {})", change.thing, change.to.words(), expects.words())
        }
        Planned::Every { scope, seen } => {
            format!("{scope} becomes inactive ({} there now)", seen.len())
        }
        Planned::CutOff { rule, .. } => format!(
            "{} denies sessions issued until {} seconds after it is put",
            rule.policy, rule.ahead_seconds
        ),
    }
}

/// The policies before and after: who approves a hash must have seen what it stands for.
fn documents(
    step: &Step,
    plan: &ContainmentPlan,
    width: usize,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let (before, after, said) = match &step.change {
        Planned::One { expects, change } => (expects, change.to.clone(), ""),
        Planned::CutOff { expects, rule } => {
            (expects, rule.document(plan.made_at), "with its moment as if put when planned: ")
        }
        Planned::Every { .. } => return Ok(()),
    };
    for (label, said, state) in [("before", "", before), ("after", said, &after)] {
        let State::Document(document) = state else { continue };
        let text: Vec<char> = format!("{said}{document}").chars().collect();
        for (index, part) in text.chunks(PARAGRAPH).enumerate() {
            let label = if index == 0 { label } else { "" };
            labelled(label, &part.iter().collect::<String>(), width, out)?;
        }
    }
    Ok(())
}

/// How a step is undone, in words.
fn undo(step: &Step) -> String {
    match (&step.undo, &step.change) {
        (Undo::Never { because }, _) => format!("CANNOT BE UNDONE: {because}"),
        (Undo::By(_), Planned::CutOff { rule, .. }) => format!(
            "`crashcart revert --rearm` alone; `crashcart revert` leaves it and moves its moment: \
             sessions issued before this revert stay denied until they have expired (at most \
             {} h after it), also those issued between containing and reverting, which are \
             denied from then on",
            rule.sessions_last_seconds.div_ceil(3600)
        ),
        (Undo::By(_), _) if step.suspect => {
            "`crashcart revert --rearm` alone, since it is suspect".to_owned()
        }
        (Undo::By(_), _) => "`crashcart revert`".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crashcart_app::containment::Return;
    use crashcart_model::Timestamp;

    use super::*;

    #[test]
    fn who_gives_back_is_not_asked_to_contain() {
        let plan = ContainmentPlan {
            schema: String::new(),
            action: "key".into(),
            target: "AKIAEXAMPLE".into(),
            account: "111122223333".into(),
            made_at: Timestamp::from_millis(0),
            caller_arn: String::new(),
            steps: Vec::new(),
            notes: Vec::new(),
        };
        let returns = [
            Return::Alive("access key AKIAEXAMPLE of user/ada can be used again".into()),
            Return::Lost("the console password was deleted".into()),
        ];
        let mut page = Vec::new();
        asked(&plan, Asked::GivingBack(&returns), 72, &mut page).expect("a page");
        let page = String::from_utf8(page).expect("text");
        assert!(page.contains("comes back to life  access key AKIAEXAMPLE"), "{page}");
        assert!(page.contains("does not come back  the console password"), "{page}");
        assert!(page.ends_with("of the plan's hash to approve GIVING BACK: "), "{page}");
        assert!(!page.contains("PLAN"), "{page}");
    }
}
