//! `rules check`: what is wrong with rule files, beyond what stops them from compiling.

use rsigma_parser::{LintRule, lint_yaml_str};

use crate::RuleSet;
use crate::condition::unused;
use crate::document::{Content, Document, Piece, RuleFile, nested_too_deep, parse, pieces, place};
use crate::meta::facts;
use crate::problem::{Fault, Problem, Severity};
use crate::reference::Directory;
use crate::rule_test::rule_tests;
use crate::selection::Selection;

/// Everything worth saying about the files, ordered by place.
pub fn check(files: &[RuleFile]) -> Vec<Problem> {
    let (_, mut problems) = RuleSet::compile(files, &Selection::default());
    let documents = parse(files, 1, &mut Vec::new());
    for document in &documents {
        advise(document, &mut problems);
    }
    for (id, numbers) in Directory::new(&documents).repeated_ids() {
        repeated(id, numbers, &documents, &mut problems);
    }
    for file in files {
        problems.extend(rule_tests(file).err());
        for piece in pieces(file) {
            lint(piece, &mut problems);
        }
    }
    problems.sort();
    problems.dedup();
    problems
}

fn advise(document: &Document<'_>, problems: &mut Vec<Problem>) {
    let mut warn = |fault: Fault| problems.push(document.problem(Severity::Warning, fault));
    if document.id().is_none() {
        warn(Fault::new("the rule has no id").hint("add `id:` with a new UUID").near("title:"));
    }
    let detection = match &document.content {
        Content::Rule(rule) => &rule.detection,
        Content::Filter(filter) => &filter.detection,
        Content::Correlation(_) => return level(document, problems),
    };
    for name in unused(detection) {
        let fault = Fault::new(format!("the condition never names the selection {name:?}"));
        warn(
            fault
                .hint("name it in the condition, or remove it")
                .near(format!("{name}:"))
                .behind("detection:"),
        );
    }
    if detection.timeframe.is_some() {
        warn(
            Fault::new("`timeframe` means nothing here")
                .hint("write a correlation with a `timespan`")
                .near("timeframe"),
        );
    }
    if matches!(document.content, Content::Rule(_)) {
        level(document, problems);
    }
}

fn level(document: &Document<'_>, problems: &mut Vec<Problem>) {
    if facts(&document.content).level.is_none() {
        let fault = Fault::new("the rule has no level and counts as informational")
            .hint("add `level:` with informational, low, medium, high or critical")
            .near("title:");
        problems.push(document.problem(Severity::Warning, fault));
    }
}

/// All rules with the id are kept; each after the first is told where the first stands.
fn repeated(id: &str, numbers: &[usize], documents: &[Document<'_>], problems: &mut Vec<Problem>) {
    let mut holders = numbers.iter().filter_map(|number| documents.get(*number));
    let Some(first) = holders.next() else { return };
    for document in holders {
        let fault = Fault::new(format!("the id {id} also stands in {}", first.file.path))
            .hint("both rules are kept; give one of them a new UUID")
            .near(id)
            .behind("id:");
        problems.push(document.problem(Severity::Warning, fault));
    }
}

/// The parser's own lints, but for what is told better elsewhere and for matters of taste.
fn lint(piece: Piece<'_>, problems: &mut Vec<Problem>) {
    if nested_too_deep(piece.text) {
        return;
    }
    for lint in lint_yaml_str(piece.text) {
        let elsewhere = matches!(
            lint.rule,
            LintRule::YamlParseError
                | LintRule::MissingTitle
                | LintRule::MissingDetection
                | LintRule::MissingCondition
                | LintRule::MissingLevel
                | LintRule::MissingDescription
                | LintRule::MissingAuthor
                | LintRule::MissingGroupBy
                | LintRule::ConditionReferencesUnknown
                | LintRule::UnknownRuleReference
                | LintRule::MissingFilterRules
                | LintRule::FilterHasLevel
                | LintRule::InvalidLevel
                | LintRule::InvalidStatus
                | LintRule::UnknownTagNamespace
        );
        let own_key = lint.rule == LintRule::UnknownKey && lint.message.contains("\"tests\"");
        if elsewhere || own_key {
            continue;
        }
        let severity = match lint.severity {
            rsigma_parser::Severity::Error | rsigma_parser::Severity::Warning => Severity::Warning,
            rsigma_parser::Severity::Info | rsigma_parser::Severity::Hint => Severity::Note,
        };
        let fault = Fault { hint: lint.fix.map(|fix| fix.title), ..Fault::new(lint.message) };
        let mut problem = place(piece, severity, fault);
        if let Some(span) = lint.span {
            problem.line = piece.skipped + span.start_line as usize + 1;
            let line = piece.text.lines().nth(span.start_line as usize).unwrap_or_default();
            let indent = line.chars().take_while(|letter| letter.is_whitespace()).count();
            problem.column = span.start_col as usize + indent + 1;
        }
        problems.push(problem);
    }
}
