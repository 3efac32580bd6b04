//! Sigma's modifiers: what the chain after a field's name means, and which chains mean nothing.
//!
//! Sources: Sigma specification 2.1.0, appendix "Sigma modifiers".

use rsigma_parser::Modifier;

use crate::encode::Encoder;
use crate::predicate::{Comparison, TimePart};
use crate::problem::Fault;

/// Where in the field's value a text must stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub(crate) enum Anchor {
    #[default]
    Whole,
    Contains,
    Starts,
    Ends,
}

/// The chain, sorted out.
#[derive(Debug, Default)]
pub(crate) struct Modifiers {
    pub anchor: Anchor,
    pub encoders: Vec<Encoder>,
    pub all: bool,
    pub cased: bool,
    pub differs: bool,
    pub exists: bool,
    pub expand: bool,
    pub field_reference: bool,
    pub network: bool,
    pub regex: bool,
    /// Flags of the regular expression, as the regex crate names them.
    pub flags: String,
    pub comparison: Option<Comparison>,
    pub part: Option<TimePart>,
}

impl Modifiers {
    /// # Errors
    /// A chain that means nothing.
    pub fn parse(chain: &[Modifier]) -> Result<Self, Fault> {
        let mut out = Self::default();
        for modifier in chain {
            out.take(*modifier)?;
        }
        out.check()?;
        Ok(out)
    }

    fn take(&mut self, modifier: Modifier) -> Result<(), Fault> {
        match modifier {
            Modifier::Contains => self.anchor(Anchor::Contains)?,
            Modifier::StartsWith => self.anchor(Anchor::Starts)?,
            Modifier::EndsWith => self.anchor(Anchor::Ends)?,
            Modifier::All => self.all = true,
            Modifier::Cased => self.cased = true,
            Modifier::Neq => self.differs = true,
            Modifier::Exists => self.exists = true,
            Modifier::Expand => self.expand = true,
            Modifier::FieldRef => self.field_reference = true,
            Modifier::Cidr => self.network = true,
            Modifier::Re => self.regex = true,
            Modifier::IgnoreCase => self.flags.push('i'),
            Modifier::Multiline => self.flags.push('m'),
            Modifier::DotAll => self.flags.push('s'),
            Modifier::Base64 => self.encoders.push(Encoder::Base64),
            Modifier::Base64Offset => self.encoders.push(Encoder::Base64Offset),
            Modifier::Wide => self.encoders.push(Encoder::Utf16Little),
            Modifier::Utf16be => self.encoders.push(Encoder::Utf16Big),
            Modifier::Utf16 => self.encoders.push(Encoder::Utf16Marked),
            Modifier::WindAsh => self.encoders.push(Encoder::Windash),
            Modifier::Gt => self.compare(Comparison::Greater)?,
            Modifier::Gte => self.compare(Comparison::GreaterOrEqual)?,
            Modifier::Lt => self.compare(Comparison::Less)?,
            Modifier::Lte => self.compare(Comparison::LessOrEqual)?,
            Modifier::Minute => self.part(TimePart::Minute)?,
            Modifier::Hour => self.part(TimePart::Hour)?,
            Modifier::Day => self.part(TimePart::Day)?,
            Modifier::Week => self.part(TimePart::Week)?,
            Modifier::Month => self.part(TimePart::Month)?,
            Modifier::Year => self.part(TimePart::Year)?,
        }
        Ok(())
    }

    fn anchor(&mut self, anchor: Anchor) -> Result<(), Fault> {
        if self.anchor != Anchor::Whole && self.anchor != anchor {
            return Err(Fault::new("`contains`, `startswith` and `endswith` exclude each other"));
        }
        self.anchor = anchor;
        Ok(())
    }

    fn compare(&mut self, comparison: Comparison) -> Result<(), Fault> {
        match self.comparison.replace(comparison) {
            None => Ok(()),
            Some(_) => Err(Fault::new("two comparisons on one field")
                .hint("a range is two items in one selection, as `size|gte: 1` and `size|lt: 9`")),
        }
    }

    fn part(&mut self, part: TimePart) -> Result<(), Fault> {
        match self.part.replace(part) {
            None => Ok(()),
            Some(_) => Err(Fault::new("two parts of a time on one field")),
        }
    }

    /// At most one way to compare, and modifiers only where they mean something.
    fn check(&self) -> Result<(), Fault> {
        let texts = self.anchor != Anchor::Whole || !self.encoders.is_empty();
        let ways = [
            self.exists,
            self.network,
            self.regex,
            self.comparison.is_some() || self.part.is_some(),
            texts || self.field_reference,
        ];
        if ways.iter().filter(|way| **way).count() > 1 {
            return Err(Fault::new("these modifiers do not go together"));
        }
        let not_text = self.exists
            || self.network
            || self.regex
            || self.comparison.is_some()
            || self.part.is_some();
        if self.cased && not_text {
            return Err(Fault::new("`cased` only goes with texts")
                .hint("a regular expression respects case unless it has `i`"));
        }
        if !self.flags.is_empty() && !self.regex {
            return Err(Fault::new("`i`, `m` and `s` only go with `re`"));
        }
        if self.field_reference && (!self.encoders.is_empty() || self.expand) {
            return Err(Fault::new("`fieldref` does not go with modifiers that rewrite the value"));
        }
        if self.exists && (self.all || self.differs || self.expand) {
            return Err(Fault::new("`exists` stands alone"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_that_mean_nothing_are_refused() {
        for chain in [
            vec![Modifier::Contains, Modifier::StartsWith],
            vec![Modifier::Re, Modifier::Contains],
            vec![Modifier::Exists, Modifier::Contains],
            vec![Modifier::Gt, Modifier::Lt],
            vec![Modifier::Cidr, Modifier::Base64],
            vec![Modifier::IgnoreCase],
            vec![Modifier::Re, Modifier::Cased],
        ] {
            assert!(Modifiers::parse(&chain).is_err(), "{chain:?}");
        }
    }

    #[test]
    fn chains_that_rules_use_are_taken() {
        for chain in [
            vec![],
            vec![Modifier::Contains, Modifier::All],
            vec![Modifier::Wide, Modifier::Base64Offset, Modifier::Contains],
            vec![Modifier::Re, Modifier::IgnoreCase, Modifier::DotAll],
            vec![Modifier::FieldRef, Modifier::EndsWith],
            vec![Modifier::Hour, Modifier::Gte],
            vec![Modifier::Contains, Modifier::Neq],
        ] {
            assert!(Modifiers::parse(&chain).is_ok(), "{chain:?}");
        }
    }
}
