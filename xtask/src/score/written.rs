//! What people wrote down beside a measurement: one line for each thing, `name: words`. A line that
//! nothing needs any more is as wrong as one that is missing.

use std::collections::BTreeMap;

/// Names with what is written about them.
pub struct Written(BTreeMap<&'static str, &'static str>);

impl Written {
    /// Reads a text of `name: words` lines; empty lines and those that begin with `#` say nothing.
    pub fn read(text: &'static str) -> Self {
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with('#'));
        Self(lines.filter_map(|line| line.split_once(": ")).collect())
    }

    /// What is written about `name`.
    pub fn about(&self, name: &str) -> Option<&'static str> {
        self.0.get(name).copied()
    }

    /// Names that stand here without any of `needed`, sorted.
    pub fn idle<'a>(&self, needed: impl IntoIterator<Item = &'a str>) -> Vec<&'static str> {
        let needed: Vec<&str> = needed.into_iter().collect();
        self.0.keys().copied().filter(|name| !needed.contains(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_colons_and_what_nothing_needs_is_told() {
        let written = Written::read("# why\n\niam:CreateUser: because\ns3:GetObject: also\n");
        assert_eq!(written.about("iam:CreateUser"), Some("because"));
        assert_eq!(written.about("iam:DeleteUser"), None);
        assert_eq!(written.idle(["iam:CreateUser"]), ["s3:GetObject"]);
    }
}
