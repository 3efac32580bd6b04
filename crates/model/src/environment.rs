//! What the responder knows about the place, from `environment.toml`: asked for nowhere, used
//! where present.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// `environment.toml`. Every part may be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Environment {
    /// Own accounts by number.
    pub accounts: BTreeMap<String, Account>,
    /// Own networks, as CIDR blocks.
    pub networks: Vec<String>,
    /// ARNs of known responders: their clean-up is not the attacker's.
    pub responders: Vec<String>,
    /// ARNs of break-glass principals: never contained.
    pub break_glass: Vec<String>,
    /// ARNs of roles that infrastructure-as-code runs under.
    pub infrastructure_as_code: Vec<String>,
    /// Names of buckets whose loss would end the company.
    pub crown_jewel_buckets: Vec<String>,
}

/// One own account.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Account {
    /// What people call it.
    pub name: String,
}

impl Environment {
    /// Whether an entry of `list` names this principal: the ARN itself, or the role or user name
    /// at the end of it (a session of a listed role counts as the role).
    pub fn names(list: &[String], principal: &str) -> bool {
        list.iter().any(|entry| {
            if entry == principal {
                return true;
            }
            let Some((_, role)) = entry.rsplit_once(":role/") else {
                return false;
            };
            let role = role.rsplit('/').next().unwrap_or(role);
            let account = entry.split(':').nth(4).unwrap_or_default();
            principal.contains(&format!(":{account}:assumed-role/{role}/"))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listed_role_covers_its_sessions_and_no_other_role() {
        let list = ["arn:aws:iam::111122223333:role/path/deploy".to_owned()];
        let session = "arn:aws:sts::111122223333:assumed-role/deploy/run-7";
        assert!(Environment::names(&list, session));
        assert!(!Environment::names(&list, "arn:aws:sts::111122223333:assumed-role/deployer/x"));
        assert!(!Environment::names(&list, "arn:aws:sts::999999999999:assumed-role/deploy/x"));
    }
}
