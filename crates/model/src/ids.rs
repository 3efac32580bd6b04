//! AWS account numbers and unique ids (`AKIA...`, `AIDA...`), decoded without any network.
//!
//! Prefixes: AWS IAM User Guide, "Understanding unique ID prefixes". The account number inside an
//! id: base32 of the 16 characters after the prefix, first six bytes big-endian, bits 7 to 46.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A twelve-digit AWS account number.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, JsonSchema)]
#[serde(transparent)]
pub struct AccountId(String);

impl AccountId {
    /// Accepts exactly twelve ASCII digits.
    pub fn parse(text: &str) -> Option<Self> {
        (text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()))
            .then(|| Self(text.to_owned()))
    }

    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for AccountId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| {
            serde::de::Error::custom(format!("not a twelve-digit account number: {text:?}"))
        })
    }
}

impl std::fmt::Display for AccountId {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.pad(&self.0)
    }
}

/// What a unique id stands for, by its four-letter prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum IdKind {
    /// `AKIA`: a long-lived access key of a user or of root.
    LongLivedAccessKey,
    /// `ASIA`: a temporary access key of an STS session.
    TemporaryAccessKey,
    /// `AIDA`: an IAM user.
    User,
    /// `AROA`: a role.
    Role,
    /// `AGPA`: a group.
    Group,
    /// `AIPA`: an EC2 instance profile.
    InstanceProfile,
    /// `ANPA` or `ANVA`: a managed policy or a version of one.
    ManagedPolicy,
    /// `APKA`: a public key.
    PublicKey,
    /// `ASCA`: a certificate.
    Certificate,
    /// `ABIA`: an AWS STS service bearer token.
    BearerToken,
    /// `ACCA`: a context-specific credential.
    ServiceCredential,
}

impl IdKind {
    /// What the id is, in words.
    pub const fn words(self) -> &'static str {
        match self {
            IdKind::LongLivedAccessKey => "long-lived access key (of an IAM user or of root)",
            IdKind::TemporaryAccessKey => "temporary access key (of an STS session)",
            IdKind::User => "IAM user",
            IdKind::Role => "IAM role",
            IdKind::Group => "IAM group",
            IdKind::InstanceProfile => "EC2 instance profile",
            IdKind::ManagedPolicy => "managed policy",
            IdKind::PublicKey => "public key",
            IdKind::Certificate => "certificate",
            IdKind::BearerToken => "STS service bearer token",
            IdKind::ServiceCredential => "context-specific credential",
        }
    }

    fn of_prefix(prefix: &str) -> Option<Self> {
        Some(match prefix {
            "AKIA" => IdKind::LongLivedAccessKey,
            "ASIA" => IdKind::TemporaryAccessKey,
            "AIDA" => IdKind::User,
            "AROA" => IdKind::Role,
            "AGPA" => IdKind::Group,
            "AIPA" => IdKind::InstanceProfile,
            "ANPA" | "ANVA" => IdKind::ManagedPolicy,
            "APKA" => IdKind::PublicKey,
            "ASCA" => IdKind::Certificate,
            "ABIA" => IdKind::BearerToken,
            "ACCA" => IdKind::ServiceCredential,
            _ => return None,
        })
    }
}

/// A decoded unique id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct UniqueId {
    /// The id itself.
    pub id: String,
    /// What it stands for.
    pub kind: IdKind,
    /// The account number inside it; none in ids of the older form, which do not carry one.
    pub account: Option<AccountId>,
}

impl UniqueId {
    /// Decodes an id; none when the text has not the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let kind = IdKind::of_prefix(text.get(..4)?)?;
        let body = text.get(4..)?;
        let form = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
        (12..=124).contains(&body.len()).then_some(())?;
        body.bytes().all(form).then(|| Self {
            id: text.to_owned(),
            kind,
            account: body.get(..16).and_then(account_in),
        })
    }
}

fn account_in(body: &str) -> Option<AccountId> {
    let bits = body.bytes().take(10).try_fold(0_u64, |bits, byte| {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'2'..=b'7' => byte - b'2' + 26,
            _ => return None,
        };
        Some(bits << 5 | u64::from(digit))
    })?;
    // Ten base32 digits are 50 bits; the first six bytes are the upper 48.
    let first = bits >> 2;
    // Ids without the top bit are of the older form.
    (first >> 47 == 1).then_some(())?;
    AccountId::parse(&format!("{:012}", (first & 0x7fff_ffff_ff80) >> 7))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_key_tells_its_account() {
        // Vector of the research that published the encoding.
        let id = UniqueId::parse("ASIAQNZGKIQY56JQ7WML");
        let account = id.as_ref().and_then(|id| id.account.as_ref()).map(AccountId::as_str);
        assert_eq!(account, Some("029608264753"));
        assert_eq!(id.map(|id| id.kind), Some(IdKind::TemporaryAccessKey));
    }

    #[test]
    fn old_and_foreign_ids_do_not_invent_an_account() {
        let old = UniqueId::parse("AKIAIOSFODNN7EXAMPLE");
        assert_eq!(old.map(|id| id.account), Some(None));
        for text in ["", "AKIA", "AKIAlowercase1234567", "XXXXQNZGKIQY56JQ7WML", "AKIé"] {
            assert_eq!(UniqueId::parse(text), None, "{text}");
        }
    }
}
