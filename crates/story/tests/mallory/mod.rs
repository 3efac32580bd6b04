//! The usual suspect of these tests, and what she does most.

use crashcart_story::Pivot;
use serde_json::{Value, json};

use crate::material::event;

/// The usual suspect.
#[allow(dead_code, reason = "not every file of tests needs it")]
pub const MALLORY: &str = "arn:aws:iam::111122223333:user/mallory";

/// Mallory makes a key for the user reports.
#[allow(dead_code, reason = "not every file of tests needs it")]
pub fn created_key(second: u32) -> Value {
    event(
        second,
        "iam:CreateAccessKey",
        json!({
            "requestParameters": {"userName": "reports"},
            "responseElements": {"accessKey": {"accessKeyId": "AKIAEXAMPLEREPORTS00", "userName": "reports"}}
        }),
    )
}

/// The responder asks about mallory.
#[allow(dead_code, reason = "not every file of tests needs it")]
pub fn asked_about_mallory() -> Pivot {
    Pivot { principals: vec!["mallory".to_owned()], ..Pivot::default() }
}
