//! What a run into a case read beside the evidence, for its manifest, and what of the run before
//! this one was not given again.

use std::collections::BTreeMap;

use crashcart_model::Baseline;
use crashcart_report::{brief, counted};
use crashcart_store::GivenInput;

/// The files of a `--baseline`, each once whatever was read in it.
pub(super) fn baseline(baseline: &Baseline) -> Vec<GivenInput> {
    let input = |evidence: &crashcart_model::Evidence| GivenInput {
        option: "--baseline".to_owned(),
        sha256: evidence.id.sha256().to_owned(),
        size: evidence.size,
        path: evidence.path.clone(),
        text: String::new(),
    };
    let mut inputs: Vec<_> = baseline.evidence.iter().map(input).collect();
    inputs.sort();
    inputs.dedup();
    inputs
}

/// Says what the last run was given and this one was not, or what has other bytes now.
pub(super) fn differs(before: &[GivenInput], now: &[GivenInput]) -> Vec<String> {
    let mut changed: BTreeMap<&str, Vec<&GivenInput>> = BTreeMap::new();
    let mut left_out: BTreeMap<&str, Vec<&GivenInput>> = BTreeMap::new();
    for input in before.iter().filter(|input| !now.contains(input)) {
        let same_file = |other: &&GivenInput| {
            !input.path.is_empty() && (&other.option, &other.path) == (&input.option, &input.path)
        };
        let lines =
            if now.iter().any(|other| same_file(&other)) { &mut changed } else { &mut left_out };
        lines.entry(&input.option).or_default().push(input);
    }
    let changed = changed.into_values().map(|inputs| {
        format!("{}: other bytes than when this case was last investigated", first(&inputs))
    });
    let left_out = left_out.into_values().map(|inputs| {
        let first = first(&inputs);
        format!(
            "this case was last investigated with {first}, and now without: its results may differ"
        )
    });
    changed.chain(left_out).collect()
}

/// `--baseline /logs/a.json and 3 more`
fn first(inputs: &[&GivenInput]) -> String {
    let words = inputs.first().map(|input| input.words()).unwrap_or_default();
    match inputs.len().saturating_sub(1) as u64 {
        0 => brief(&words).into_owned(),
        more => format!("{} and {}", brief(&words), counted(more, "more file")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(option: &str, path: &str, sha256: &str) -> GivenInput {
        let text = String::new();
        let (option, path, sha256) = (option.to_owned(), path.to_owned(), sha256.to_owned());
        GivenInput { option, sha256, size: 1, path, text }
    }

    #[test]
    fn what_the_run_before_was_given_and_this_one_was_not_is_said_once_an_option() {
        let columns = given("--columns", "/c.toml", "1");
        let logs: Vec<_> = ["/a", "/b", "/c"].map(|path| given("--baseline", path, "2")).into();
        let before = [std::slice::from_ref(&columns), logs.as_slice()].concat();
        assert_eq!(differs(&before, &before), Vec::<String>::new());
        assert_eq!(differs(&[], &before), Vec::<String>::new());
        assert_eq!(
            differs(&before, &[given("--columns", "/c.toml", "3")]),
            [
                "--columns /c.toml: other bytes than when this case was last investigated",
                "this case was last investigated with --baseline /a and 2 more files, and now \
                 without: its results may differ"
            ]
        );
    }
}
