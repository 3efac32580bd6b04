//! The published schema is the one that the types give, and it tells right from wrong.

#![allow(clippy::expect_used, clippy::panic, reason = "a test that cannot go on fails")]

mod sample;

use crashcart_report::{Json, investigation_schema, json_document};
use serde_json::{Value, json};

const PUBLISHED: &str = include_str!("../../../schemas/crashcart.investigation-1.schema.json");

#[test]
fn the_published_schema_is_the_one_of_the_types() {
    let mut current = Vec::new();
    json_document(&investigation_schema(), true, &mut current).expect("a Vec");
    let current = String::from_utf8(current).expect("UTF-8");
    assert_eq!(
        PUBLISHED.replace("\r\n", "\n"),
        current,
        "publish it again: cargo run -p crashcart-report --example schema > \
         schemas/crashcart.investigation-1.schema.json"
    );
}

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(PUBLISHED).expect("the schema is JSON");
    jsonschema::validator_for(&schema).expect("the schema is a schema")
}

#[test]
fn what_the_writer_writes_is_valid() {
    let text = sample::written(&Json { pretty: true }, &sample::investigation());
    let document: Value = serde_json::from_str(&text).expect("JSON");
    let errors: Vec<_> =
        validator().iter_errors(&document).map(|error| error.to_string()).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn a_document_that_breaks_the_promise_is_not_valid() {
    let document: Value = serde_json::from_str(sample::DOCUMENT).expect("JSON");
    let validator = validator();
    assert!(validator.is_valid(&document));
    let broken = |change: &dyn Fn(&mut Value)| {
        let mut document = document.clone();
        change(&mut document);
        !validator.is_valid(&document)
    };
    assert!(broken(&|document| document["schema"] = json!("crashcart.investigation/2")));
    assert!(broken(&|document| document["verdict"]["incident"] = json!("maybe")));
    assert!(broken(&|document| document["findings"][0]["count"] = json!(-1)));
    assert!(broken(&|document| document["story"]["steps"][0]["outcome"] = json!("Denied")));
    assert!(broken(&|document| {
        document["findings"][0]["events"][0].as_object_mut().expect("an origin").remove("record");
    }));
    assert!(broken(&|document| {
        document.as_object_mut().expect("the document").remove("coverage");
    }));
}
