//! String patterns: what a rule's text values become, and how they are held against a text.
//!
//! Case is folded by Unicode lower case, character by character, without regard to neighbours.
//! A text that is plain ASCII is compared in place; nothing is allocated for it.

use std::borrow::Cow;
use std::collections::BTreeSet;

use aho_corasick::AhoCorasick;

use crate::problem::Fault;

/// One step of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Token {
    /// This character.
    Char(char),
    /// Any one character: `?`.
    One,
    /// Any characters or none: `*`.
    Many,
    /// Any of the dashes that `windash` means.
    Dash,
}

/// What `windash` takes for one another: hyphen, slash, en dash, em dash, horizontal bar.
const DASHES: [char; 5] = ['-', '/', '\u{2013}', '\u{2014}', '\u{2015}'];

/// Lower case of each character.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Text patterns of one detection item, alternatives of each other. Equal sets are equal values,
/// so that rules that ask the same share the answer.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TextSet {
    pub cased: bool,
    pub anything: bool,
    pub equals: BTreeSet<String>,
    pub starts: BTreeSet<String>,
    pub ends: BTreeSet<String>,
    pub contains: BTreeSet<String>,
    pub globs: BTreeSet<Vec<Token>>,
}

impl TextSet {
    pub fn is_empty(&self) -> bool {
        !self.anything && self.only_equals() && self.equals.is_empty()
    }

    /// Whether nothing but whole texts can match.
    pub fn only_equals(&self) -> bool {
        !self.anything
            && self.starts.is_empty()
            && self.ends.is_empty()
            && self.contains.is_empty()
            && self.globs.is_empty()
    }

    /// Adds an alternative, in its simplest form.
    pub fn add(&mut self, tokens: &[Token]) {
        let tokens = if self.cased { tokens.to_vec() } else { fold_tokens(tokens) };
        let open_start = tokens.first() == Some(&Token::Many);
        let open_end = tokens.last() == Some(&Token::Many);
        let from = tokens.iter().take_while(|token| **token == Token::Many).count();
        let middle = tokens.get(from..).unwrap_or_default();
        let tail = middle.iter().rev().take_while(|token| **token == Token::Many).count();
        let middle = middle.get(..middle.len() - tail).unwrap_or_default();
        let literal: Option<String> = middle
            .iter()
            .map(|token| if let Token::Char(character) = token { Some(*character) } else { None })
            .collect();
        match (literal, open_start, open_end) {
            (Some(text), true, _) if text.is_empty() => self.anything = true,
            (Some(text), false, false) => _ = self.equals.insert(text),
            (Some(text), false, true) => _ = self.starts.insert(text),
            (Some(text), true, false) => _ = self.ends.insert(text),
            (Some(text), true, true) => _ = self.contains.insert(text),
            (None, ..) => _ = self.globs.insert(tokens),
        }
    }
}

fn fold_tokens(tokens: &[Token]) -> Vec<Token> {
    let mut out = Vec::with_capacity(tokens.len());
    for token in tokens {
        match token {
            Token::Char(character) => out.extend(character.to_lowercase().map(Token::Char)),
            other => out.push(*other),
        }
    }
    out
}

/// A [`TextSet`] ready to match.
#[derive(Debug)]
pub(crate) struct Texts {
    cased: bool,
    anything: bool,
    /// By length, so that few are compared.
    equals: Vec<Box<str>>,
    starts: Vec<Box<str>>,
    ends: Vec<Box<str>>,
    contains: Option<AhoCorasick>,
    globs: Vec<Vec<Token>>,
}

impl Texts {
    pub fn new(set: &TextSet) -> Result<Self, Fault> {
        let boxed = |set: &BTreeSet<String>| set.iter().map(|text| text.as_str().into()).collect();
        let mut equals: Vec<Box<str>> = boxed(&set.equals);
        equals.sort_by_key(|text| text.len());
        let contains = if set.contains.is_empty() {
            None
        } else {
            let built = AhoCorasick::builder()
                .ascii_case_insensitive(!set.cased)
                .build(set.contains.iter())
                .map_err(|error| Fault::new(format!("the texts are too large: {error}")))?;
            Some(built)
        };
        Ok(Self {
            cased: set.cased,
            anything: set.anything,
            equals,
            starts: boxed(&set.starts),
            ends: boxed(&set.ends),
            contains,
            globs: set.globs.iter().cloned().collect(),
        })
    }

    /// Whether any alternative matches the whole text.
    pub fn matches(&self, text: &str) -> bool {
        if self.anything {
            return true;
        }
        if self.cased || text.is_ascii() {
            return self.matches_folded(text);
        }
        self.matches_folded(&fold(text))
    }

    /// Whether any alternative that looks inside a text finds something in it.
    pub fn finds_in(&self, text: &str) -> bool {
        let text = if self.cased || text.is_ascii() { Cow::from(text) } else { fold(text).into() };
        self.contains.as_ref().is_some_and(|finder| finder.is_match(&*text))
    }

    /// Whether something other than a whole text is asked for.
    pub fn has_wildcards(&self) -> bool {
        self.anything
            || self.contains.is_some()
            || !(self.starts.is_empty() && self.ends.is_empty() && self.globs.is_empty())
    }

    fn matches_folded(&self, text: &str) -> bool {
        let bytes = text.as_bytes();
        let same = |left: &[u8], right: &[u8]| {
            if self.cased { left == right } else { left.eq_ignore_ascii_case(right) }
        };
        self.equals
            .iter()
            .take_while(|wanted| wanted.len() <= bytes.len())
            .any(|wanted| wanted.len() == bytes.len() && same(wanted.as_bytes(), bytes))
            || self.starts.iter().any(|wanted| {
                bytes.get(..wanted.len()).is_some_and(|head| same(wanted.as_bytes(), head))
            })
            || self.ends.iter().any(|wanted| {
                let from = bytes.len().checked_sub(wanted.len());
                from.and_then(|from| bytes.get(from..))
                    .is_some_and(|tail| same(wanted.as_bytes(), tail))
            })
            || self.contains.as_ref().is_some_and(|finder| finder.is_match(text))
            || self.globs.iter().any(|glob| self.matches_glob(glob, text))
    }

    /// Greedy matching that goes back to the last `*` only: linear in practice, never exponential.
    fn matches_glob(&self, glob: &[Token], text: &str) -> bool {
        let fits = |token: &Token, character: char| match token {
            Token::Char(wanted) if self.cased => *wanted == character,
            Token::Char(wanted) => *wanted == character.to_ascii_lowercase(),
            Token::One => true,
            Token::Dash => DASHES.contains(&character),
            Token::Many => false,
        };
        let (mut at, mut rest) = (0, text.chars());
        let mut retry: Option<(usize, std::str::Chars<'_>)> = None;
        loop {
            let mut ahead = rest.clone();
            let character = ahead.next();
            match (glob.get(at), character) {
                (Some(Token::Many), _) => {
                    retry = Some((at + 1, rest.clone()));
                    at += 1;
                }
                (Some(token), Some(character)) if fits(token, character) => {
                    at += 1;
                    rest = ahead;
                }
                (None, None) => return true,
                _ => {
                    let Some((token, mut from)) = retry.take() else { return false };
                    if from.next().is_none() {
                        return false;
                    }
                    (at, rest) = (token, from.clone());
                    retry = Some((token, from));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens(pattern: &str) -> Vec<Token> {
        pattern
            .chars()
            .map(|character| match character {
                '*' => Token::Many,
                '?' => Token::One,
                '~' => Token::Dash,
                other => Token::Char(other),
            })
            .collect()
    }

    fn matches(pattern: &str, cased: bool, text: &str) -> bool {
        let mut set = TextSet { cased, ..TextSet::default() };
        set.add(&tokens(pattern));
        Texts::new(&set).unwrap().matches(text)
    }

    #[test]
    fn wildcards_stand_for_what_sigma_says() {
        for (pattern, text, expected) in [
            ("", "", true),
            ("", "x", false),
            ("*", "", true),
            ("*", "x", true),
            ("?", "", false),
            ("?", "é", true),
            ("ab*", "ABC", true),
            ("*ab", "xxAb", true),
            ("*ab", "abx", false),
            ("*ab*", "xxABxx", true),
            ("a*b*c", "aXbYbZc", true),
            ("a*b*c", "aXbYbZ", false),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("*a?c*", "xxabcx", true),
            ("~x", "\u{2014}x", true),
            ("~x", "/x", true),
            ("~x", "+x", false),
        ] {
            assert_eq!(matches(pattern, false, text), expected, "{pattern} on {text}");
        }
    }

    #[test]
    fn case_is_ignored_beyond_ascii_unless_cased() {
        assert!(matches("ÄPFEL", false, "äpfel"));
        assert!(matches("*ÉTÉ*", false, "un été chaud"));
        assert!(!matches("ÄPFEL", true, "äpfel"));
        assert!(!matches("*Root*", true, "a root b"));
        assert!(matches("*Root*", true, "a Root b"));
        // The Kelvin sign folds to a plain k.
        assert!(matches("key", false, "\u{212a}EY"));
    }
}
