//! Least privilege, from the declarations.

use serde_json::{Value, json};

use crate::operation::Operation;

/// The policy that allows these operations and nothing else (IAM User Guide, "Grammar of the IAM
/// JSON policy language"). Whoever uses it narrows `Resource`.
pub fn policy<'o>(operations: impl IntoIterator<Item = &'o Operation>) -> Value {
    let mut actions: Vec<&str> = operations.into_iter().map(|one| one.action).collect();
    actions.sort_unstable();
    actions.dedup();
    json!({
        "Version": "2012-10-17",
        "Statement": [{"Sid": "Crashcart", "Effect": "Allow", "Action": actions, "Resource": "*"}],
    })
}
