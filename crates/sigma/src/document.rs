//! Rule files, cut into YAML documents and parsed, each with the line it starts at.
//!
//! The parser's tree has no positions: a place is found again in the document's text.

use rsigma_parser::{
    CorrelationRule, FilterRule, LintRule, SigmaRule, lint_yaml_str, parse_sigma_yaml,
};

use crate::problem::{Fault, Problem, Severity};

/// A rule file that the caller has read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFile {
    /// Its path, for people; its stem is the rule's name.
    pub path: String,
    /// Its text.
    pub text: String,
}

impl RuleFile {
    /// The file's name without folders and extension.
    pub(crate) fn stem(&self) -> &str {
        let name = self.path.rsplit(['/', '\\']).next().unwrap_or_default();
        name.strip_suffix(".yml").or_else(|| name.strip_suffix(".yaml")).unwrap_or(name)
    }
}

/// What a document is.
#[derive(Debug)]
pub(crate) enum Content {
    Rule(Box<SigmaRule>),
    Correlation(Box<CorrelationRule>),
    Filter(Box<FilterRule>),
}

/// One rule, correlation or filter, and where it stands.
#[derive(Debug)]
pub(crate) struct Document<'f> {
    pub file: &'f RuleFile,
    /// Lines before it in the file.
    pub skipped: usize,
    pub text: &'f str,
    /// Its number within the file, from 0.
    pub number: usize,
    pub content: Content,
}

impl Document<'_> {
    pub fn id(&self) -> Option<&str> {
        match &self.content {
            Content::Rule(rule) => rule.id.as_deref(),
            Content::Correlation(rule) => rule.id.as_deref(),
            Content::Filter(rule) => rule.id.as_deref(),
        }
    }

    pub fn name(&self) -> Option<&str> {
        match &self.content {
            Content::Rule(rule) => rule.name.as_deref(),
            Content::Correlation(rule) => rule.name.as_deref(),
            Content::Filter(rule) => rule.name.as_deref(),
        }
    }

    pub fn title(&self) -> &str {
        match &self.content {
            Content::Rule(rule) => &rule.title,
            Content::Correlation(rule) => &rule.title,
            Content::Filter(rule) => &rule.title,
        }
    }

    /// A problem of this document, at the place that `near` stands first.
    pub fn problem(&self, severity: Severity, fault: Fault) -> Problem {
        place(Piece { file: self.file, skipped: self.skipped, text: self.text }, severity, fault)
    }
}

/// A stretch of a file that holds one document.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Piece<'f> {
    pub file: &'f RuleFile,
    pub skipped: usize,
    pub text: &'f str,
}

/// Cuts a file at its document markers. A file that uses `action:` stays whole, because its
/// documents build on each other.
pub(crate) fn pieces(file: &RuleFile) -> Vec<Piece<'_>> {
    let text = file.text.as_str();
    if text.lines().any(|line| line.starts_with("action:")) {
        return vec![Piece { file, skipped: 0, text }];
    }
    let mut out = Vec::new();
    let (mut start, mut skipped, mut at) = (0, 0, 0);
    for (number, line) in text.split_inclusive('\n').enumerate() {
        let marker = line.trim_end() == "---" || line.starts_with("--- ");
        if marker {
            out.push(Piece { file, skipped, text: text.get(start..at).unwrap_or_default() });
            start = at + line.len();
            skipped = number + 1;
        }
        at += line.len();
    }
    out.push(Piece { file, skipped, text: text.get(start..).unwrap_or_default() });
    out.retain(|piece| {
        piece.text.lines().any(|line| {
            let line = line.trim_start();
            !line.is_empty() && !line.starts_with('#') && !line.starts_with('%')
        })
    });
    out
}

/// Parses all files, in the order of their paths, on so many threads. What cannot be parsed is a
/// problem.
pub(crate) fn parse<'f>(
    files: &'f [RuleFile],
    threads: usize,
    problems: &mut Vec<Problem>,
) -> Vec<Document<'f>> {
    let mut files: Vec<&RuleFile> = files.iter().collect();
    files.sort_by(|left, right| (&left.path, &left.text).cmp(&(&right.path, &right.text)));
    if threads <= 1 {
        return parse_files(&files, problems);
    }
    let parts = files.chunks(files.len().div_ceil(threads).max(1));
    std::thread::scope(|scope| {
        let parse = |part| {
            scope.spawn(move || {
                let mut problems = Vec::new();
                (parse_files(part, &mut problems), problems)
            })
        };
        let started: Vec<_> = parts.map(parse).collect();
        let mut out = Vec::new();
        for part in started {
            match part.join() {
                Ok((documents, found)) => {
                    out.extend(documents);
                    problems.extend(found);
                }
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        out
    })
}

fn parse_files<'f>(files: &[&'f RuleFile], problems: &mut Vec<Problem>) -> Vec<Document<'f>> {
    let mut out = Vec::new();
    for file in files {
        let before = problems.len();
        let mut contents = Vec::new();
        for piece in pieces(file) {
            parse_piece(piece, &mut contents, problems);
        }
        if contents.is_empty() && problems.len() == before {
            let fault = Fault::new("the file holds no rule").hint("remove it, or write one");
            let piece = Piece { file, skipped: 0, text: &file.text };
            problems.push(place(piece, Severity::Warning, fault));
        }
        let documents = contents.into_iter().enumerate();
        out.extend(documents.map(|(number, (piece, content))| Document {
            file,
            skipped: piece.skipped,
            text: piece.text,
            number,
            content,
        }));
    }
    out
}

/// The parser descends once for each operator and parenthesis of a condition; more would overflow a
/// thread's stack. They are counted in the whole document, because where the condition stands is not
/// known before it is parsed.
const DEEPEST: usize = 1000;

/// Brackets within one another; YAML parsers take time that grows with the square of it.
const NESTED: usize = 200;

/// Whether brackets stand deeper within one another than any rule needs. Those in texts count too:
/// no text of a rule has so many.
pub(crate) fn nested_too_deep(text: &str) -> bool {
    let mut depth = 0_usize;
    text.bytes().any(|byte| {
        match byte {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth > NESTED
    })
}

fn parse_piece<'f>(
    piece: Piece<'f>,
    contents: &mut Vec<(Piece<'f>, Content)>,
    problems: &mut Vec<Problem>,
) {
    if nested_too_deep(piece.text) {
        let fault = Fault::new("brackets stand too deep within one another to be read");
        return problems.push(place(piece, Severity::Error, fault));
    }
    let words = piece.text.split([' ', '\t', '\n', ')', '"', '\'']);
    let operators =
        words.filter(|word| matches!(word.trim_start_matches('('), "and" | "or" | "not"));
    if operators.count() + piece.text.matches('(').count() > DEEPEST {
        let fault = Fault::new("the condition is too long to be read safely");
        let fault = fault.hint("join selections with `1 of name*` or `all of name*`");
        return problems.push(place(piece, Severity::Error, fault.near("condition:")));
    }
    let before = contents.len();
    let errors = match parse_sigma_yaml(piece.text) {
        Ok(parsed) => {
            let rules = parsed.rules.into_iter().map(|rule| Content::Rule(Box::new(rule)));
            contents.extend(rules.map(|content| (piece, content)));
            let rules = parsed.correlations.into_iter();
            contents.extend(rules.map(|rule| (piece, Content::Correlation(Box::new(rule)))));
            let rules = parsed.filters.into_iter();
            contents.extend(rules.map(|rule| (piece, Content::Filter(Box::new(rule)))));
            parsed.errors
        }
        Err(error) => vec![error.to_string()],
    };
    let severity = if contents.len() > before { Severity::Warning } else { Severity::Error };
    for error in errors {
        problems.push(parse_problem(piece, severity, &error));
    }
}

/// The parser tells in words only; the place is worked out from them.
fn parse_problem(piece: Piece<'_>, severity: Severity, error: &str) -> Problem {
    if let Some(told) = error.strip_prefix("Condition parse error") {
        return condition_problem(piece, severity, told);
    }
    if error.starts_with("YAML parse error") {
        let span = lint_yaml_str(piece.text)
            .into_iter()
            .find(|lint| lint.rule == LintRule::YamlParseError)
            .and_then(|lint| lint.span);
        // What follows tells a place again, counted from the document.
        let told = error.split(" at line ").next().unwrap_or(error);
        let fault = Fault::new(told.replacen("YAML parse error", "not valid YAML", 1))
            .hint("look at the indentation, and put values with `:`, `#`, `*` or `%` into quotes");
        let mut problem = place(piece, severity, fault);
        if let Some(span) = span {
            problem.line = piece.skipped + span.start_line as usize + 1;
            problem.column = (span.start_col as usize).max(1);
        }
        return problem;
    }
    let fault = if let Some(name) =
        error.strip_prefix("Unknown modifier '").and_then(|rest| rest.strip_suffix('\''))
    {
        Fault::new(format!("unknown modifier {name:?}"))
            .near(format!("|{name}"))
            .hint("the modifiers are: contains, startswith, endswith, all, re, cidr, base64, base64offset, wide, utf16, utf16le, utf16be, windash, exists, cased, gt, gte, lt, lte, neq, fieldref, expand")
    } else if let Some(name) =
        error.strip_prefix("Missing required field '").and_then(|rest| rest.strip_suffix('\''))
    {
        Fault::new(format!("the field {name:?} is missing"))
            .hint(format!("add `{}:`", name.rsplit('.').next().unwrap_or(name)))
    } else if let Some(word) = error.split('\'').nth(1).filter(|_| error.starts_with("invalid ")) {
        Fault::new(error.to_owned()).near(word)
    } else {
        let mut letters = error.chars();
        let first = letters.next().map(|letter| letter.to_ascii_lowercase());
        Fault::new(first.into_iter().chain(letters).collect::<String>())
    };
    place(piece, severity, fault)
}

/// `told` is ` at LINE:COLUMN: ...`, counted within the condition.
fn condition_problem(piece: Piece<'_>, severity: Severity, told: &str) -> Problem {
    let mut parts = told.trim_start_matches(" at ").splitn(3, ':');
    let line = parts.next().and_then(|text| text.parse::<usize>().ok());
    let column = parts.next().and_then(|text| text.trim().parse::<usize>().ok());
    let expected = told.lines().last().unwrap_or_default().trim().trim_start_matches("= ");
    // A fault within parentheses is told once for each pair around it.
    let expected = expected.rsplit(": ").next().unwrap_or(expected);
    let fault = Fault::new(format!("the condition cannot be read: {expected}"))
        .near("condition:")
        .hint("names joined by and, or, not, parentheses, `1 of name*`, `all of them`");
    let mut problem = place(piece, severity, fault);
    let (line, column) = (line.unwrap_or(1), column.unwrap_or(1));
    if line > 1 {
        problem.line += line - 1;
        problem.column = column;
        return problem;
    }
    let index = problem.line - piece.skipped - 1;
    let text = piece.text.lines().nth(index).unwrap_or_default();
    let after = text.split_once("condition:").map(|(_, after)| after).unwrap_or_default();
    let blank = after
        .chars()
        .take_while(|letter| letter.is_whitespace() || *letter == '\'' || *letter == '"');
    problem.column += "condition:".len() + blank.count() + column - 1;
    problem
}

/// Finds where the fault stands in the piece; its first line if nowhere.
pub(crate) fn place(piece: Piece<'_>, severity: Severity, fault: Fault) -> Problem {
    let behind = fault.behind.and_then(|key| find(piece.text, key, 0));
    let from = behind.map_or(0, |(line, _)| line);
    let found = fault.near.as_deref().and_then(|near| find(piece.text, near, from)).or(behind);
    let first = piece.text.lines().position(|line| {
        let line = line.trim_start();
        !line.is_empty() && !line.starts_with('#')
    });
    let (line, column) = found.unwrap_or((first.unwrap_or_default(), 0));
    Problem {
        path: piece.file.path.clone(),
        line: piece.skipped + line + 1,
        column: column + 1,
        severity,
        message: fault.message,
        hint: fault.hint,
    }
}

/// Line and column (from 0) of a text at or behind a line, as a word of its own if it stands so
/// anywhere.
fn find(text: &str, near: &str, from: usize) -> Option<(usize, usize)> {
    let near = near.lines().next().filter(|near| !near.is_empty())?;
    let part = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == '-';
    let column = |line: &str, at: usize| line.get(..at).map_or(0, |head| head.chars().count());
    let mut loose = None;
    for (number, line) in text.lines().enumerate().skip(from) {
        for (at, _) in line.match_indices(near) {
            let before = line.get(..at).and_then(|head| head.chars().next_back());
            let after = line.get(at + near.len()..).and_then(|tail| tail.chars().next());
            let inside = |letter: Option<char>, own: Option<char>| {
                letter.is_some_and(part) && own.is_some_and(part)
            };
            if !inside(before, near.chars().next()) && !inside(after, near.chars().next_back()) {
                return Some((number, column(line, at)));
            }
            loose.get_or_insert((number, column(line, at)));
        }
    }
    loose
}
