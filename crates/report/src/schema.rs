//! The JSON Schema of the one document, as it is published under `schemas/`.

use crashcart_model::Investigation;
use serde_json::{Value, json};

/// The schema of `crashcart.investigation/1` (JSON Schema, draft 2020-12), from the types
/// themselves.
pub fn investigation_schema() -> Value {
    let mut schema = schemars::schema_for!(Investigation).to_value();
    if let Some(name) = schema.pointer_mut("/properties/schema") {
        *name =
            json!({ "description": "The name of this schema.", "const": Investigation::SCHEMA });
    }
    if let Some(root) = schema.as_object_mut() {
        root.insert("title".to_owned(), json!(Investigation::SCHEMA));
    }
    schema
}
