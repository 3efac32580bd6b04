//! From a detection item (`field|modifiers: values`) to nodes of the program.
//!
//! An absent field satisfies only `null` and `exists: false`. `neq` asks for a field that is
//! there and of which no value is the one named.

use std::collections::BTreeMap;

use rsigma_parser::fieldpath::{first_unescaped, unescape_brackets};
use rsigma_parser::{DetectionItem, SigmaString, SigmaValue};

use crate::encode::{encode, tokens};
use crate::modifier::{Anchor, Modifiers};
use crate::predicate::{Clause, Comparison, PredicateSet};
use crate::problem::Fault;
use crate::program::{Item, NodeId, Program};
use crate::text::Token;

/// Values for `%names%` that rules with `expand` use.
pub type Placeholders = BTreeMap<String, Vec<String>>;

/// Compiles the parts of one rule.
pub(crate) struct Compiler<'c> {
    pub program: &'c mut Program,
    pub placeholders: &'c Placeholders,
    /// Within an array: an item without a field means the element itself.
    pub within: bool,
}

impl Compiler<'_> {
    /// # Errors
    /// What the item asks cannot be answered.
    pub fn item(&mut self, item: &DetectionItem) -> Result<NodeId, Fault> {
        let name = item.field.name.as_deref();
        let near = |fault: Fault| fault.near(name.unwrap_or("|")).behind("detection:");
        let modifiers = Modifiers::parse(&item.field.modifiers).map_err(near)?;
        if item.values.is_empty() {
            return Err(near(
                Fault::new("the list of values is empty")
                    .hint("remove the item, or give it a value"),
            ));
        }
        let node = match name {
            Some(name) => self.on_field(name, &modifiers, &item.values),
            None => self.on_value(&modifiers, &item.values),
        };
        node.map_err(near)
    }

    /// Values without a field: any scalar of the record holds one of them.
    pub fn keywords(&mut self, values: &[SigmaValue]) -> Result<NodeId, Fault> {
        self.on_value(&Modifiers::default(), values).map_err(|fault| {
            let first = values.first().map(ToString::to_string).unwrap_or_default();
            fault.near(first).behind("detection:")
        })
    }

    fn on_field(
        &mut self,
        name: &str,
        modifiers: &Modifiers,
        values: &[SigmaValue],
    ) -> Result<NodeId, Fault> {
        if first_unescaped(name, b'[').is_some() {
            return Err(Fault::new(format!("the place in an array in {name:?} is not supported"))
                .hint(
                    "use `[any]`, `[all]` or the name alone: an array matches if an element does",
                ));
        }
        let field = self.program.field(&unescape_brackets(name));
        if modifiers.exists {
            let [value] = values else { return Err(Fault::new("`exists` takes one value")) };
            let exists = self.program.item(Item::Exists(field))?;
            return Ok(if truth(value)? { exists } else { self.program.not(exists) });
        }
        let mut nodes = Vec::new();
        let mut set = PredicateSet::default();
        for value in values {
            if modifiers.field_reference {
                let other = self.program.field(&unescape_brackets(&text_of(value)?.original));
                let reference = Item::Reference(field, other, modifiers.anchor, modifiers.cased);
                nodes.push(self.program.item(reference)?);
            } else if matches!(value, SigmaValue::Null) {
                nodes.push(self.program.item(Item::Missing(field))?);
            } else if modifiers.all {
                let alone = self.predicate(modifiers, value)?;
                nodes.push(self.program.item(Item::Any(field, alone))?);
            } else {
                self.extend(&mut set, modifiers, value)?;
            }
        }
        if !set.is_empty() {
            nodes.push(self.program.item(Item::Any(field, set))?);
        }
        let node = if modifiers.all { self.program.and(nodes) } else { self.program.or(nodes) };
        if !modifiers.differs {
            return Ok(node);
        }
        let exists = self.program.item(Item::Exists(field))?;
        let differs = self.program.not(node);
        Ok(self.program.and(vec![exists, differs]))
    }

    fn on_value(&mut self, modifiers: &Modifiers, values: &[SigmaValue]) -> Result<NodeId, Fault> {
        if modifiers.exists || modifiers.field_reference && !self.within {
            return Err(Fault::new("`exists` needs a field, and `fieldref` one or an element"));
        }
        let mut nodes = Vec::new();
        for value in values {
            if matches!(value, SigmaValue::Null) {
                return Err(Fault::new("a keyword cannot be null"));
            }
            let item = if modifiers.field_reference {
                let other = self.program.field(&unescape_brackets(&text_of(value)?.original));
                Item::ItselfReference(other, modifiers.anchor, modifiers.cased)
            } else if self.within {
                Item::Itself(self.predicate(modifiers, value)?)
            } else {
                Item::Keyword(self.keyword(modifiers, value)?)
            };
            nodes.push(self.program.item(item)?);
        }
        let node = if modifiers.all { self.program.and(nodes) } else { self.program.or(nodes) };
        Ok(if modifiers.differs { self.program.not(node) } else { node })
    }

    /// A keyword is looked for inside texts, unless the rule says where it must stand.
    fn keyword(&self, modifiers: &Modifiers, value: &SigmaValue) -> Result<PredicateSet, Fault> {
        let mut set = PredicateSet::default();
        let plain = modifiers.anchor == Anchor::Whole
            && !modifiers.regex
            && !modifiers.network
            && modifiers.comparison.is_none()
            && modifiers.part.is_none();
        if plain {
            set.texts.cased = modifiers.cased;
            for text in self.texts(modifiers, value)? {
                set.texts.add(&anchored(text, Anchor::Contains));
            }
        } else {
            self.extend(&mut set, modifiers, value)?;
        }
        Ok(set)
    }

    fn predicate(&self, modifiers: &Modifiers, value: &SigmaValue) -> Result<PredicateSet, Fault> {
        let mut set = PredicateSet::default();
        self.extend(&mut set, modifiers, value)?;
        Ok(set)
    }

    /// Adds one value as an alternative.
    fn extend(
        &self,
        set: &mut PredicateSet,
        modifiers: &Modifiers,
        value: &SigmaValue,
    ) -> Result<(), Fault> {
        set.texts.cased = modifiers.cased;
        if let Some(part) = modifiers.part {
            let comparison = modifiers.comparison.unwrap_or(Comparison::Equal);
            set.clauses.insert(Clause::Part(part, comparison, value.to_string()));
        } else if let Some(comparison) = modifiers.comparison {
            set.clauses.insert(Clause::Number(comparison, value.to_string()));
        } else if modifiers.regex {
            let flags = match modifiers.flags.as_str() {
                "" => String::new(),
                flags => format!("(?{flags})"),
            };
            for pattern in self.expanded(modifiers, text_of(value)?)? {
                set.clauses.insert(Clause::Regex(format!("{flags}{}", pattern.original)));
            }
        } else if modifiers.network {
            for network in self.expanded(modifiers, text_of(value)?)? {
                set.clauses.insert(Clause::Network(network.original));
            }
        } else {
            let plain = modifiers.anchor == Anchor::Whole && modifiers.encoders.is_empty();
            if plain && matches!(value, SigmaValue::Integer(_) | SigmaValue::Float(_)) {
                set.clauses.insert(Clause::Number(Comparison::Equal, value.to_string()));
            }
            for text in self.texts(modifiers, value)? {
                set.texts.add(&anchored(text, modifiers.anchor));
            }
        }
        Ok(())
    }

    /// The texts that a value stands for once it is expanded and encoded.
    fn texts(&self, modifiers: &Modifiers, value: &SigmaValue) -> Result<Vec<Vec<Token>>, Fault> {
        let text = match value {
            SigmaValue::String(text) => text.clone(),
            other => SigmaString::from_raw(&other.to_string()),
        };
        let mut out = Vec::new();
        for text in self.expanded(modifiers, &text)? {
            if modifiers.encoders.is_empty() {
                out.push(tokens(&text));
            } else {
                out.extend(encode(&text, &modifiers.encoders)?);
            }
        }
        Ok(out)
    }

    /// Replaces `%names%` by each of their values, where the rule says `expand`.
    fn expanded(
        &self,
        modifiers: &Modifiers,
        text: &SigmaString,
    ) -> Result<Vec<SigmaString>, Fault> {
        if !modifiers.expand {
            return Ok(vec![text.clone()]);
        }
        let mut done: Vec<String> = vec![String::new()];
        let mut rest = text.original.as_str();
        while let Some((before, name, after)) = placeholder(rest) {
            let values = self.placeholders.get(name).ok_or_else(|| {
                Fault::new(format!("nobody gave values for the placeholder %{name}%"))
                    .hint("rules with `expand` need their values beside them")
                    .near(format!("%{name}%"))
            })?;
            done = done
                .iter()
                .flat_map(|head| values.iter().map(move |value| format!("{head}{before}{value}")))
                .collect();
            rest = after;
        }
        let whole = done.into_iter().map(|head| format!("{head}{rest}"));
        Ok(if modifiers.regex {
            whole.map(|text| SigmaString::from_raw(&text)).collect()
        } else {
            whole.map(|text| SigmaString::new(&text)).collect()
        })
    }
}

/// The first `%name%`, and what stands before and after it.
fn placeholder(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('%')?;
    let (name, after) = rest.split_once('%')?;
    Some((before, name, after))
}

fn anchored(mut tokens: Vec<Token>, anchor: Anchor) -> Vec<Token> {
    if matches!(anchor, Anchor::Contains | Anchor::Ends) {
        tokens.insert(0, Token::Many);
    }
    if matches!(anchor, Anchor::Contains | Anchor::Starts) {
        tokens.push(Token::Many);
    }
    tokens
}

fn text_of(value: &SigmaValue) -> Result<&SigmaString, Fault> {
    match value {
        SigmaValue::String(text) => Ok(text),
        other => Err(Fault::new(format!("{other} is not a text")).hint("put it into quotes")),
    }
}

fn truth(value: &SigmaValue) -> Result<bool, Fault> {
    match value {
        SigmaValue::Bool(value) => Ok(*value),
        SigmaValue::String(text) if text.original.eq_ignore_ascii_case("true") => Ok(true),
        SigmaValue::String(text) if text.original.eq_ignore_ascii_case("false") => Ok(false),
        other => Err(Fault::new(format!("`exists` takes true or false, not {other}"))),
    }
}
