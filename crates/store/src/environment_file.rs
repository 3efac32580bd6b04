//! `environment.toml`: reading it with errors that name line and column, and writing a commented
//! first one. What is written may come from logs, so it is escaped; it must never be able to end
//! a string or a comment.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::net::IpAddr;

use crashcart_model::{Account, AccountId, Environment};
use serde::Deserialize;
use toml::Spanned;

/// The file is not right, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct EnvironmentError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong there.
    pub message: String,
}

/// [`Environment`] with the place of each entry.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Placed {
    accounts: BTreeMap<Spanned<String>, Account>,
    networks: Vec<Spanned<String>>,
    responders: Vec<Spanned<String>>,
    break_glass: Vec<Spanned<String>>,
    infrastructure_as_code: Vec<Spanned<String>>,
    crown_jewel_buckets: Vec<Spanned<String>>,
}

/// Reads the text of an `environment.toml`.
///
/// # Errors
/// The first place that is not TOML, is not known, or cannot be meant: an account number without
/// twelve digits, a network that is no CIDR block, a principal that is no ARN, a bucket that is
/// one.
pub fn parse(text: &str) -> Result<Environment, EnvironmentError> {
    let placed: Placed = toml::from_str(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        error_at(text, at, error.message().to_owned())
    })?;
    for number in placed.accounts.keys() {
        check(text, number, |number| {
            AccountId::parse(number).is_none().then_some("is not a twelve-digit account number")
        })?;
    }
    let networks = checked(text, placed.networks, not_a_network)?;
    let responders = checked(text, placed.responders, not_an_arn)?;
    let break_glass = checked(text, placed.break_glass, not_a_principal)?;
    let infrastructure_as_code = checked(text, placed.infrastructure_as_code, not_an_arn)?;
    let crown_jewel_buckets = checked(text, placed.crown_jewel_buckets, not_a_bucket)?;
    let accounts =
        placed.accounts.into_iter().map(|(number, account)| (number.into_inner(), account));
    Ok(Environment {
        accounts: accounts.collect(),
        networks,
        responders,
        break_glass,
        infrastructure_as_code,
        crown_jewel_buckets,
    })
}

/// No pattern: whoever may choose a name could make one that it matches.
const WILDCARD: &str = "has a wildcard, which names nobody: list each user and role by its ARN";

/// What is wrong with an entry, to be read after it.
type Fault = Option<&'static str>;

fn checked(
    text: &str,
    entries: Vec<Spanned<String>>,
    fault: fn(&str) -> Fault,
) -> Result<Vec<String>, EnvironmentError> {
    entries
        .into_iter()
        .map(|entry| check(text, &entry, fault).map(|()| entry.into_inner()))
        .collect()
}

fn check(
    text: &str,
    entry: &Spanned<String>,
    fault: impl Fn(&str) -> Fault,
) -> Result<(), EnvironmentError> {
    match fault(entry.get_ref()) {
        None => Ok(()),
        Some(fault) => {
            Err(error_at(text, entry.span().start, format!("{:?} {fault}", entry.get_ref())))
        }
    }
}

fn not_a_network(text: &str) -> Fault {
    let block = text.split_once('/').and_then(|(address, bits)| {
        let address: IpAddr = address.parse().ok()?;
        let bits: u8 = bits.parse().ok()?;
        (bits <= if address.is_ipv4() { 32 } else { 128 }).then_some(())
    });
    block.is_none().then_some("is not a CIDR block such as 192.0.2.0/24 (one address ends in /32)")
}

fn not_an_arn(text: &str) -> Fault {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", _, _, _, _, rest] if rest.ends_with('*') => Some(WILDCARD),
        ["arn", _, _, _, _, rest] if !rest.is_empty() => None,
        _ => Some("is not an ARN such as arn:aws:iam::111122223333:role/name"),
    }
}

/// An entry of `break_glass` that matches nobody must not look like one that protects somebody.
fn not_a_principal(text: &str) -> Fault {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    let ["arn", partition, service, _, account, resource] = parts.as_slice() else {
        return Some("is not an ARN such as arn:aws:iam::111122223333:role/name");
    };
    if text.contains(['*', '?']) {
        return Some(WILDCARD);
    }
    if !partition.starts_with("aws") || AccountId::parse(account).is_none() {
        return Some("names no account: an ARN is as arn:aws:iam::111122223333:role/name");
    }
    let is_named = |kinds: &[&str]| {
        let rest = kinds.iter().find_map(|kind| resource.strip_prefix(kind)?.strip_prefix('/'));
        rest.is_some_and(|rest| rest.split('/').all(|part| !part.is_empty()))
    };
    let is_somebody = match *service {
        "iam" => *resource == "root" || is_named(&["user", "role"]),
        "sts" => is_named(&["assumed-role", "federated-user"]),
        _ => false,
    };
    (!is_somebody).then_some(
        "is the ARN of nobody who can act: give arn:aws:iam::111122223333:user/name or role/name \
         (or root), or that of a session, arn:aws:sts::111122223333:assumed-role/role/session",
    )
}

fn not_a_bucket(text: &str) -> Fault {
    text.contains([':', '/']).then_some("is not a bucket's name (give the name, not the ARN)")
}

fn error_at(text: &str, at: usize, message: String) -> EnvironmentError {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    EnvironmentError {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
        message,
    }
}

/// Writes a commented file. `remarks` has a few words for entries that deserve them, by the entry
/// itself: where it was seen, why it is proposed.
pub fn render(environment: &Environment, remarks: &BTreeMap<String, String>) -> String {
    let mut file = Written { text: HEADER.to_owned(), remarks };
    file.list("networks", NETWORKS, &environment.networks);
    file.list("responders", RESPONDERS, &environment.responders);
    file.list("break_glass", BREAK_GLASS, &environment.break_glass);
    let roles = &environment.infrastructure_as_code;
    file.list("infrastructure_as_code", INFRASTRUCTURE, roles);
    file.list("crown_jewel_buckets", BUCKETS, &environment.crown_jewel_buckets);
    file.accounts(&environment.accounts);
    file.text
}

const HEADER: &str = "\
# What crashcart is to know about this place. Every part may be left out; nothing is asked for.
# The story's innocents and the refusals of containment come from here, so check each line.
";
const NETWORKS: &str = "\
# Own networks: offices, VPN, NAT gateways. For example [\"192.0.2.0/24\"].";
const RESPONDERS: &str = "\
# Who cleans up during an incident: their changes are not the attacker's.
# For example [\"arn:aws:iam::111122223333:user/nina\"]; a role stands for its sessions.";
const BREAK_GLASS: &str = "\
# The way in for emergencies: never contained.";
const INFRASTRUCTURE: &str = "\
# Roles that infrastructure as code runs under: large changes by them are their work.";
const BUCKETS: &str = "\
# Buckets whose loss would end the company, by name.";
const ACCOUNTS: &str = "\
# Own accounts, and what people call them.";

struct Written<'a> {
    text: String,
    remarks: &'a BTreeMap<String, String>,
}

impl Written<'_> {
    fn list(&mut self, name: &str, about: &str, entries: &[String]) {
        let _ = write!(self.text, "\n{about}\n{name} = [");
        for entry in entries {
            let _ = write!(self.text, "\n    {},{}", quoted(entry), self.remark(entry));
        }
        self.text.push_str(if entries.is_empty() { "]\n" } else { "\n]\n" });
    }

    fn accounts(&mut self, accounts: &BTreeMap<String, Account>) {
        let _ = write!(self.text, "\n{ACCOUNTS}\n[accounts]\n");
        for (number, account) in accounts {
            let (key, name) = (quoted(number), quoted(&account.name));
            let _ = writeln!(self.text, "{key} = {{ name = {name} }}{}", self.remark(number));
        }
    }

    fn remark(&self, entry: &str) -> String {
        self.remarks.get(entry).map_or_else(String::new, |remark| {
            let shown = remark.chars().map(|letter| if is_plain(letter) { letter } else { '?' });
            format!(" # {}", shown.collect::<String>())
        })
    }
}

/// Letters, digits and what a keyboard has; no control, no invisible, no direction marks.
fn is_plain(letter: char) -> bool {
    letter == ' ' || letter.is_ascii_graphic() || letter.is_alphanumeric()
}

/// A basic string of TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => {
                out.push('\\');
                out.push(letter);
            }
            letter if is_plain(letter) => out.push(letter),
            letter => {
                let _ = write!(out, "\\U{:08X}", u32::from(letter));
            }
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(text: &str) -> (usize, usize, String) {
        let error = parse(text).unwrap_err();
        (error.line, error.column, error.message)
    }

    #[test]
    fn an_empty_file_is_an_empty_environment() {
        assert_eq!(parse(""), Ok(Environment::default()));
    }

    #[test]
    fn what_is_wrong_is_told_with_line_and_column() {
        let (line, column, message) =
            place("networks = [\n  \"192.0.2.0/24\",\n  \"office\",\n]\n");
        assert_eq!((line, column), (3, 3));
        assert!(message.starts_with("\"office\" is not a CIDR block"), "{message}");

        let (line, column, message) = place("# é\nresponder = []\n");
        assert_eq!((line, column), (2, 1));
        assert!(message.contains("responder"), "{message}");

        assert_eq!(place("\nnetworks = [").0, 2);
        assert_eq!(place("[accounts]\n\"12\" = { name = \"x\" }\n").0, 2);
    }

    #[test]
    fn entries_that_cannot_be_meant_are_refused() {
        for text in [
            "networks = [\"192.0.2.7\"]",
            "networks = [\"192.0.2.0/33\"]",
            "responders = [\"nina\"]",
            "break_glass = [\"arn:aws:iam::111122223333:\"]",
            "break_glass = [\"arn:aws:iam::111122223333:user/*\"]",
            "break_glass = [\"arn:aws:iam::*:role/glass\"]",
            "break_glass = [\"arn:aws:iam::111122223333:group/glass\"]",
            "break_glass = [\"arn:aws:iam::111122223333:user/\"]",
            "break_glass = [\"arn:aws:iam::11112222333:user/glass\"]",
            "responders = [\"arn:aws:iam::111122223333:role/nina*\"]",
            "crown_jewel_buckets = [\"arn:aws:s3:::ledger\"]",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
        for arn in [
            "iam::111122223333:user/ops/glass",
            "iam::111122223333:role/glass",
            "iam::111122223333:root",
            "sts::111122223333:assumed-role/glass/nina",
        ] {
            assert!(parse(&format!("break_glass = [\"arn:aws-us-gov:{arn}\"]")).is_ok(), "{arn}");
        }
        assert!(parse("networks = [\"2001:db8::/32\", \"198.51.100.0/24\"]").is_ok());
    }

    #[test]
    fn a_written_file_reads_back_as_what_was_written() {
        let environment = Environment {
            accounts: [("111122223333".to_owned(), Account { name: "pro\"duction".to_owned() })]
                .into(),
            networks: vec!["192.0.2.0/24".to_owned()],
            responders: vec!["arn:aws:iam::111122223333:user/nina".to_owned()],
            crown_jewel_buckets: vec!["ledger".to_owned(), "backups".to_owned()],
            ..Environment::default()
        };
        let remarks = [("ledger".to_owned(), "read by 3 roles".to_owned())].into();
        let text = render(&environment, &remarks);
        assert_eq!(parse(&text), Ok(environment), "{text}");
        assert!(text.contains("\"ledger\", # read by 3 roles\n"), "{text}");
        assert_eq!(
            parse(&render(&Environment::default(), &BTreeMap::new())).unwrap_or_default(),
            Environment::default()
        );
    }

    #[test]
    fn text_from_a_log_can_end_neither_a_string_nor_a_comment() {
        for hostile in crashcart_testkit::HOSTILE {
            let arn = format!("arn:aws:sts::111122223333:assumed-role/x/{hostile}");
            let environment =
                Environment { responders: vec![arn.clone()], ..Environment::default() };
            let text = render(&environment, &[(arn, hostile.to_owned())].into());
            assert_eq!(parse(&text), Ok(environment), "{text}");
            assert!(!text.contains(|letter: char| letter.is_control() && letter != '\n'), "{text}");
            assert!(!text.contains('\u{202e}'), "{text}");
        }
    }
}
