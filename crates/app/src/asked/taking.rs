//! Taking values out of a finding by their path.

use std::collections::BTreeSet;

use crashcart_model::{FindingPart, FindingRead, LogText};
use crashcart_story::Pivot;
use serde_json::Value;

use super::value::{add, ask, looks_like};

/// Values of one finding that are looked at.
const LEAVES: usize = 20_000;
/// Values not understood that are told.
const TOLD: usize = 50;

/// Longest text of a finding that is told, characters. The longest title of the formats has 256,
/// the longest id 512 (Security Hub user guide, "AwsSecurityFinding").
const LONGEST: usize = 512;
/// Longest value that is asked about, bytes: no ARN is longer (IAM user guide, "IAM and AWS STS
/// quotas").
const LONGEST_NAME: usize = 2048;

/// What a value at a path is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Take {
    Key,
    /// A principal id, where nothing better names the principal.
    PrincipalId,
    /// The ARN of a principal.
    Arn,
    Address,
    Instance,
    Resource,
    /// An ARN, or `AWS::IAM::AccessKey:...`: its own text tells what it is.
    Id,
    Account,
    Region,
    First,
    Last,
    Title,
    /// Whether it is a sample.
    Sample,
    /// Known, and nothing to ask about.
    Known(&'static str),
}

/// One value with its path, also in lower case and with `[]` for every number.
struct Leaf {
    path: String,
    pattern: String,
    value: String,
    used: bool,
}

/// A finding that is taken apart.
pub(super) struct Taking {
    leaves: Vec<Leaf>,
    pivot: Pivot,
    read: FindingRead,
}

impl Taking {
    pub(super) fn new(finding: &Value) -> Self {
        let mut leaves = Vec::new();
        walk(finding, (String::new(), String::new()), &mut leaves);
        Self { leaves, pivot: Pivot::default(), read: FindingRead::default() }
    }

    /// Takes everything that the table names; a path that ends in `*` stands for all below it.
    pub(super) fn take(&mut self, table: &[(&'static str, Take)]) {
        for (path, what) in table {
            for at in 0..self.leaves.len() {
                let matches = self.leaves.get(at).is_some_and(|leaf| {
                    !leaf.used
                        && match path.strip_suffix('*') {
                            Some(start) => leaf.pattern.starts_with(start),
                            None => leaf.pattern == *path,
                        }
                });
                if matches {
                    self.take_one(at, *what);
                }
            }
        }
    }

    fn take_one(&mut self, at: usize, what: Take) {
        let Some(value) = self.leaves.get(at).map(|leaf| leaf.value.clone()) else { return };
        if value.is_empty() {
            return self.mark(at);
        }
        match what {
            Take::Title => return self.take_title(at, &value),
            Take::Sample => return self.take_sample(at, &value),
            Take::Known(_) => return self.mark(at),
            _ if value.len() > LONGEST_NAME => {
                return self.tell(at, "longer than any name of AWS's", false);
            }
            _ => {}
        }
        let meaning = ask(&mut self.pivot, what, &value);
        let known = meaning.is_some();
        let expected = match what {
            Take::Key => "no access key id",
            Take::Arn | Take::Id => "names nothing that is known how to ask about",
            Take::Address => "no address",
            Take::Instance => "no instance id",
            Take::Account => "no account number",
            _ => "no time",
        };
        self.tell(at, meaning.unwrap_or(expected), known);
    }

    fn take_title(&mut self, at: usize, value: &str) {
        if self.read.title.is_empty() {
            self.read.title = cut(value);
            if self.read.title.raw() != value {
                let length = value.chars().count();
                let note =
                    format!("its title is cut: it has {length} characters, shown are {LONGEST}");
                self.note(&note);
            }
        }
        self.mark(at);
    }

    fn take_sample(&mut self, at: usize, value: &str) {
        if value == "true" || value.contains("\"sample\":true") {
            self.note("a sample finding: what it names is made up");
        }
        self.mark(at);
    }

    fn mark(&mut self, at: usize) {
        if let Some(leaf) = self.leaves.get_mut(at) {
            leaf.used = true;
        }
    }

    /// Notes that a value was used, or was not understood.
    fn tell(&mut self, at: usize, meaning: &str, used: bool) {
        self.mark(at);
        let Some(leaf) = self.leaves.get(at) else { return };
        let part = FindingPart {
            path: cut(&leaf.path),
            value: if used { LogText::new(leaf.value.clone()) } else { cut(&leaf.value) },
            meaning: meaning.to_owned(),
        };
        if used { self.read.used.push(part) } else { self.read.not_understood.push(part) }
    }

    pub(super) fn note(&mut self, note: &str) {
        if !self.read.notes.iter().any(|known| known == note) {
            self.read.notes.push(note.to_owned());
        }
    }

    /// The first value at a path, in lower case and with `[]`.
    pub(super) fn value(&self, pattern: &str) -> Option<&str> {
        let leaf = self.leaves.iter().find(|leaf| leaf.pattern == pattern)?;
        Some(leaf.value.as_str()).filter(|value| !value.is_empty())
    }

    /// A principal that is named by type, name and id below a path, in an account: by its ARN
    /// where these give one, else by its id.
    pub(super) fn person(&mut self, below: &str, names: &Person) {
        let full = |name: &str| format!("{below}{name}");
        let (kind, name, id) = (full(names.kind), full(names.name), full(names.id));
        let too_long =
            |pattern: &&String| self.value(pattern).is_some_and(|text| text.len() > LONGEST_NAME);
        if let Some(pattern) = [&kind, &name, &id].into_iter().find(too_long) {
            return self.tell_at(pattern, "longer than any name of AWS's", false);
        }
        let account = names.account.and_then(|account| self.value(&full(account)));
        let account = account.map(str::to_owned).or_else(|| self.pivot.accounts.first().cloned());
        let text = |pattern: &str| self.value(pattern).map(str::to_owned);
        let (told_kind, told_name, told_id) = (text(&kind), text(&name), text(&id));
        let partition = text("partition").unwrap_or_else(|| "aws".to_owned());
        let arn = account.as_deref().and_then(|account| {
            arn(
                &partition,
                account,
                (told_kind.as_deref()?, told_name.as_deref(), told_id.as_deref()),
            )
        });
        let meaning =
            if arn.is_some() { "principal, by its type, name and id" } else { "principal id" };
        if let Some(principal) = arn.or(told_id) {
            add(&mut self.pivot.principals, principal, "");
            for pattern in [&kind, &name, &id] {
                self.tell_at(pattern, meaning, true);
            }
        }
    }

    /// Notes that the first value at a path was used, or was not understood.
    fn tell_at(&mut self, pattern: &str, meaning: &str, used: bool) {
        let found = |leaf: &Leaf| leaf.pattern == pattern && !leaf.used && !leaf.value.is_empty();
        if let Some(at) = self.leaves.iter().position(found) {
            self.tell(at, meaning, used);
        }
    }

    /// What to ask about, and what was made of the finding.
    pub(super) fn finish(mut self) -> (Pivot, FindingRead) {
        let taken: BTreeSet<String> =
            self.read.used.iter().map(|part| part.value.raw().to_owned()).collect();
        let strange: Vec<(usize, &'static str)> = (0..)
            .zip(&self.leaves)
            .filter(|(_, leaf)| !leaf.used && !taken.contains(&leaf.value))
            .filter_map(|(at, leaf)| Some((at, looks_like(&leaf.value)?)))
            .take(TOLD)
            .collect();
        for (at, what) in strange {
            let meaning = format!("looks like {what}, in a place that is not known");
            self.tell(at, &meaning, false);
        }
        self.name();
        let pivot = &self.pivot;
        let asks = [&pivot.keys, &pivot.principals, &pivot.addresses, &pivot.instances];
        if asks.iter().all(|texts| texts.is_empty()) {
            self.note(
                "it names no key, principal, address or instance to start from: the story starts \
                 from the worst findings",
            );
        }
        (self.pivot, self.read)
    }
}

impl Taking {
    /// What names the finding itself, in the places where the forms have it.
    fn name(&mut self) {
        let first = |places: &[&str]| {
            let found = places.iter().find_map(|place| self.value(place));
            found.map(cut).unwrap_or_default()
        };
        let finding_type = first(&["type", "types[]", "finding_info.types[]"]);
        let severity = first(&["severity.label", "severity.description", "severity"]);
        let id = first(&["finding_info.uid", "id"]);
        let read = &mut self.read;
        (read.finding_type, read.severity, read.id) = (finding_type, severity, id);
        (read.first, read.last) = (self.pivot.first, self.pivot.last);
    }
}

/// The names of a principal's members.
pub(super) struct Person {
    pub(super) kind: &'static str,
    pub(super) name: &'static str,
    pub(super) id: &'static str,
    pub(super) account: Option<&'static str>,
}

/// The ARN that type, name and id of a principal give.
fn arn(
    partition: &str,
    account: &str,
    (kind, name, id): (&str, Option<&str>, Option<&str>),
) -> Option<String> {
    let session = id.and_then(|id| id.split_once(':')).map(|(_, session)| session);
    Some(match (kind, name) {
        ("Root", _) => format!("arn:{partition}:iam::{account}:root"),
        ("IAMUser", Some(name)) => format!("arn:{partition}:iam::{account}:user/{name}"),
        ("FederatedUser", Some(name)) => {
            format!("arn:{partition}:sts::{account}:federated-user/{name}")
        }
        ("AssumedRole" | "Role", Some(name)) => match session {
            Some(session) => {
                format!("arn:{partition}:sts::{account}:assumed-role/{name}/{session}")
            }
            None => format!("arn:{partition}:iam::{account}:role/{name}"),
        },
        _ => return None,
    })
}

/// A text as it is told: what is longer than [`LONGEST`] ends in an ellipsis.
fn cut(text: &str) -> LogText {
    match text.char_indices().nth(LONGEST) {
        None => LogText::from(text),
        Some(_) => {
            let shown: String = text.chars().take(LONGEST - 1).collect();
            LogText::new(format!("{shown}\u{2026}"))
        }
    }
}

fn walk(value: &Value, (path, pattern): (String, String), out: &mut Vec<Leaf>) {
    if out.len() >= LEAVES {
        return;
    }
    let value = match value {
        Value::Object(members) => {
            for (key, value) in members {
                let dot = if path.is_empty() { "" } else { "." };
                let lower = key.to_ascii_lowercase();
                walk(value, (format!("{path}{dot}{key}"), format!("{pattern}{dot}{lower}")), out);
            }
            return;
        }
        Value::Array(items) => {
            for (number, value) in items.iter().enumerate() {
                walk(value, (format!("{path}[{number}]"), format!("{pattern}[]")), out);
            }
            return;
        }
        Value::Null => return,
        Value::String(text) => text.clone(),
        Value::Bool(truth) => truth.to_string(),
        Value::Number(number) => number.to_string(),
    };
    out.push(Leaf { path, pattern, value, used: false });
}
