//! What a detection item asks of one value.

use std::collections::BTreeSet;
use std::net::IpAddr;

use crashcart_model::Timestamp;
use ipnet::IpNet;
use regex::Regex;

use crate::leaf::Leaf;
use crate::problem::Fault;
use crate::text::{TextSet, Texts};

/// A comparison with a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Comparison {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Comparison {
    pub fn holds(self, left: f64, right: f64) -> bool {
        match self {
            Comparison::Equal => left == right,
            Comparison::Less => left < right,
            Comparison::LessOrEqual => left <= right,
            Comparison::Greater => left > right,
            Comparison::GreaterOrEqual => left >= right,
        }
    }
}

/// A part of a moment in UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum TimePart {
    Minute,
    Hour,
    Day,
    /// The ISO 8601 week.
    Week,
    Month,
    Year,
}

/// One alternative that is not a text pattern.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Clause {
    /// The number, as the rule wrote it.
    Number(Comparison, String),
    /// A regular expression, flags inside.
    Regex(String),
    /// A network.
    Network(String),
    /// Part of a time.
    Part(TimePart, Comparison, String),
}

/// Alternatives of one detection item. Equal sets are equal values, so that rules that ask the
/// same share the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct PredicateSet {
    pub texts: TextSet,
    pub clauses: BTreeSet<Clause>,
}

impl PredicateSet {
    pub fn is_empty(&self) -> bool {
        self.texts.is_empty() && self.clauses.is_empty()
    }

    /// Whether the answer about a text is worth remembering.
    pub fn is_costly(&self) -> bool {
        self.cost() > 2
    }

    /// A rough cost: cheap questions are asked first.
    pub fn cost(&self) -> u32 {
        let inside = !self.texts.contains.is_empty() || !self.texts.globs.is_empty();
        2 + if inside { 8 } else { 0 } + if self.clauses.is_empty() { 0 } else { 20 }
    }
}

/// A [`PredicateSet`] ready to ask.
#[derive(Debug)]
pub(crate) struct Predicate {
    texts: Option<Texts>,
    clauses: Vec<Ready>,
}

#[derive(Debug)]
enum Ready {
    Number(Comparison, Number),
    Regex(Regex),
    Network(IpNet),
    Part(TimePart, Comparison, f64),
}

/// A rule's number. Whole numbers are compared exactly: account numbers and byte counts may be
/// beyond what a float holds.
#[derive(Debug)]
struct Number {
    whole: Option<i64>,
    float: f64,
}

impl Number {
    fn holds(&self, comparison: Comparison, text: &str) -> bool {
        if let (Some(right), Ok(left)) = (self.whole, text.parse::<i64>()) {
            return match comparison {
                Comparison::Equal => left == right,
                Comparison::Less => left < right,
                Comparison::LessOrEqual => left <= right,
                Comparison::Greater => left > right,
                Comparison::GreaterOrEqual => left >= right,
            };
        }
        number(text).is_some_and(|left| comparison.holds(left, self.float))
    }
}

/// A text as a number, if it looks like one; `inf` and `nan` are words.
pub(crate) fn number(text: &str) -> Option<f64> {
    let starts = text.bytes().next()?;
    (starts.is_ascii_digit() || b"+-.".contains(&starts))
        .then(|| text.parse().ok())
        .flatten()
        .filter(|value: &f64| value.is_finite())
}

impl Predicate {
    /// # Errors
    /// A regular expression, network or number that cannot be used.
    pub fn new(set: &PredicateSet) -> Result<Self, Fault> {
        let texts = if set.texts.is_empty() { None } else { Some(Texts::new(&set.texts)?) };
        let clauses = set.clauses.iter().map(ready).collect::<Result<_, _>>()?;
        Ok(Self { texts, clauses })
    }

    /// Whether any alternative holds for the value.
    pub fn matches(&self, leaf: &Leaf<'_>) -> bool {
        match leaf {
            Leaf::Null => false,
            Leaf::Object(whole) => {
                let texts = self.texts.as_ref().filter(|texts| texts.has_wildcards());
                texts.is_some_and(|texts| {
                    texts.matches(&whole.json())
                        || whole.any_scalar(&mut |leaf| {
                            leaf.text().is_some_and(|text| texts.finds_in(text))
                        })
                }) || self.clauses.iter().any(|clause| match clause {
                    Ready::Regex(regex) => regex.is_match(&whole.json()),
                    _ => false,
                })
            }
            Leaf::Bool(_) | Leaf::Number(_) | Leaf::Text(_) => {
                leaf.text().is_some_and(|text| self.matches_text(text))
            }
        }
    }

    /// Whether any alternative holds for a text.
    pub fn matches_text(&self, text: &str) -> bool {
        self.texts.as_ref().is_some_and(|texts| texts.matches(text))
            || self.clauses.iter().any(|clause| match clause {
                Ready::Number(comparison, number) => number.holds(*comparison, text),
                Ready::Regex(regex) => regex.is_match(text),
                Ready::Network(network) => {
                    text.parse::<IpAddr>().is_ok_and(|address| network.contains(&address))
                }
                Ready::Part(part, comparison, wanted) => {
                    part_of(text, *part).is_some_and(|value| comparison.holds(value, *wanted))
                }
            })
    }
}

fn ready(clause: &Clause) -> Result<Ready, Fault> {
    Ok(match clause {
        Clause::Number(comparison, text) => Ready::Number(*comparison, {
            Number { whole: text.parse().ok(), float: needed(text)? }
        }),
        Clause::Regex(pattern) => Ready::Regex(Regex::new(pattern).map_err(|error| {
            let told = error.to_string();
            let told = told.lines().last().unwrap_or_default().trim_start_matches("error: ");
            Fault::new(format!("the regular expression cannot be used: {told}"))
                .hint("look-around and back references are not supported")
                .near("|re")
        })?),
        Clause::Network(text) => {
            let alone = || text.parse::<IpAddr>().map(IpNet::from).ok();
            let network = text.parse().ok().or_else(alone);
            Ready::Network(network.ok_or_else(|| {
                Fault::new(format!("{text:?} is not a network"))
                    .hint("write it as 192.0.2.0/24 or 2001:db8::/32")
                    .near(text.as_str())
            })?)
        }
        Clause::Part(part, comparison, text) => Ready::Part(*part, *comparison, needed(text)?),
    })
}

fn needed(text: &str) -> Result<f64, Fault> {
    number(text).ok_or_else(|| {
        Fault::new(format!("{text:?} is not a number"))
            .hint("comparisons and parts of a time take a number")
            .near(text)
    })
}

/// A part of a time that stands in a record as text.
fn part_of(text: &str, part: TimePart) -> Option<f64> {
    let moment = jiff::tz::TimeZone::UTC.to_datetime(Timestamp::parse(text)?.to_jiff()?);
    Some(match part {
        TimePart::Minute => f64::from(moment.minute()),
        TimePart::Hour => f64::from(moment.hour()),
        TimePart::Day => f64::from(moment.day()),
        TimePart::Week => f64::from(moment.date().iso_week_date().week()),
        TimePart::Month => f64::from(moment.month()),
        TimePart::Year => f64::from(moment.year()),
    })
}
