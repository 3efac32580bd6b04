//! What people wrote down beside a measurement: one line for each thing, `name: words`.

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
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_may_hold_colons() {
        let written = Written::read("# why\n\niam:CreateUser: because\ns3:GetObject: also\n");
        assert_eq!(written.about("iam:CreateUser"), Some("because"));
        assert_eq!(written.about("iam:DeleteUser"), None);
    }
}
