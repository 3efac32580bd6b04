//! What makes two events the same item of the story: who called what on what, and what became of it.
//!
//! A key is one run of bytes, so that a known one is found without allocating; each part carries
//! its length, so that no text a caller chose can run into the next part.

use crashcart_model::Outcome;

use crate::knowledge::{self, Call, Effect};
use crate::way::Way;

/// Bytes that tell how long a part is.
const LENGTH: usize = 4;

/// The parts of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Parts<'k> {
    /// The principal's name.
    pub(crate) actor: &'k str,
    /// The account whose trail tells it.
    pub(crate) account: &'k str,
    /// The region of a change; empty for calls that change nothing.
    pub(crate) region: &'k str,
    /// As `iam`.
    pub(crate) service: &'k str,
    /// As logged.
    pub(crate) name: &'k str,
    /// See [`Call`].
    pub(crate) variant: &'k str,
    pub(crate) thing: &'k str,
    pub(crate) owner: &'k str,
    pub(crate) detail: &'k str,
    pub(crate) error: &'k str,
    pub(crate) outcome: Outcome,
    /// Made by an infrastructure-as-code tool, by its user agent.
    pub(crate) automation: bool,
    /// Read-only, by the record or else by the name.
    pub(crate) read_only: bool,
    /// How the principal worked; empty once usual work has been set apart.
    pub(crate) way: Way<'k>,
}

impl<'k> Parts<'k> {
    /// The row of the knowledge table.
    pub(crate) fn call(&self) -> Option<&'static Call> {
        knowledge::look_up(self.service, knowledge::plain_name(self.name), self.variant)
    }

    /// The part of a key that does not tell the way.
    pub(crate) fn without_way(key: &[u8]) -> &[u8] {
        let Some(parts) = Parts::read(key) else { return key };
        let Way { address, key: access_key, tool } = parts.way;
        let way = 3 * LENGTH + address.len() + access_key.len() + tool.len();
        key.get(..key.len().saturating_sub(way)).unwrap_or(key)
    }

    /// Writes the key.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        out.clear();
        let outcome = match self.outcome {
            Outcome::Done => 0,
            Outcome::Denied => 1,
            Outcome::Failed => 2,
            Outcome::Unknown => 3,
        };
        out.push(outcome | u8::from(self.automation) << 2 | u8::from(self.read_only) << 3);
        for part in self.texts() {
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            out.extend_from_slice(&length.to_le_bytes());
            out.extend_from_slice(part.as_bytes());
        }
    }

    const fn texts(&self) -> [&'k str; 13] {
        [
            self.actor,
            self.account,
            self.region,
            self.service,
            self.name,
            self.variant,
            self.thing,
            self.owner,
            self.detail,
            self.error,
            self.way.address,
            self.way.key,
            self.way.tool,
        ]
    }

    /// Reads a key that [`Parts::write`] wrote.
    pub(crate) fn read(key: &'k [u8]) -> Option<Self> {
        let (flags, mut rest) = key.split_first()?;
        let mut part = || {
            let (length, tail) = rest.split_first_chunk::<LENGTH>()?;
            let length = usize::try_from(u32::from_le_bytes(*length)).ok()?;
            let text = std::str::from_utf8(tail.get(..length)?).ok()?;
            rest = tail.get(length..)?;
            Some(text)
        };
        Some(Self {
            actor: part()?,
            account: part()?,
            region: part()?,
            service: part()?,
            name: part()?,
            variant: part()?,
            thing: part()?,
            owner: part()?,
            detail: part()?,
            error: part()?,
            way: Way { address: part()?, key: part()?, tool: part()? },
            outcome: match flags & 3 {
                0 => Outcome::Done,
                1 => Outcome::Denied,
                2 => Outcome::Failed,
                _ => Outcome::Unknown,
            },
            automation: flags & 4 != 0,
            read_only: flags & 8 != 0,
        })
    }

    /// How dear the item is when there are too many: the smaller the dearer.
    pub(crate) fn rank(&self) -> u8 {
        let effect = self.call().map(Call::effect);
        match effect {
            _ if self.automation => 3,
            Some(effect) if effect.alters() => 0,
            Some(Effect::Look) => 2,
            Some(_) => 1,
            None if !self.read_only => 1,
            None => 2,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_gives_back_its_parts_even_when_a_caller_chose_hostile_text() {
        let parts = Parts {
            actor: "a\u{0}b\u{1f}",
            account: "111122223333",
            region: "us-east-1",
            service: "iam",
            name: "CreateUser",
            variant: "",
            thing: "\u{0}\u{0}\u{0}\u{0}",
            owner: "é",
            detail: "",
            error: "AccessDenied",
            outcome: Outcome::Denied,
            automation: true,
            read_only: false,
            way: Way { address: "\u{202e}", key: "AKIAEXAMPLE", tool: "boto3" },
        };
        let mut key = Vec::new();
        parts.write(&mut key);
        assert_eq!(Parts::read(&key), Some(parts));
        assert_eq!(Parts::read(key.get(..key.len() - 1).unwrap_or_default()), None);
    }
}
