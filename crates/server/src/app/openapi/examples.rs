//! Examples of bodies, from the examples of their fields.

use serde_json::{Map, Value, json};

/// Gives a JSON body an example, where it has none.
pub(super) fn add_example(body: &mut Value, schemas: &Value) {
    let Some(content) = body.pointer_mut("/content/application~1json") else { return };
    if content.get("example").is_none() {
        content["example"] = example(&content["schema"], schemas);
    }
}

fn resolve<'a>(schema: &'a Value, schemas: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        Some(name) => &schemas[name],
        None => schema,
    }
}

/// Whether what a schema describes says its version.
pub(super) fn has_version(schema: &Value, schemas: &Value) -> bool {
    let schema = resolve(schema, schemas);
    let parts = schema["allOf"].as_array();
    schema.pointer("/properties/version").is_some()
        || parts.into_iter().flatten().any(|part| has_version(part, schemas))
}

/// A value of a schema, from the examples of its fields.
fn example(schema: &Value, schemas: &Value) -> Value {
    let schema = resolve(schema, schemas);
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let fields: Map<String, Value> = parts
            .iter()
            .map(|part| example(part, schemas))
            .filter_map(|part| part.as_object().cloned())
            .flatten()
            .collect();
        return Value::Object(fields);
    }
    if let Some(choices) = schema["oneOf"].as_array().or(schema["anyOf"].as_array()) {
        let chosen = choices.iter().find(|choice| choice["type"] != "null");
        return chosen.map(|choice| example(choice, schemas)).unwrap_or_default();
    }
    if schema["type"] == "array" {
        return json!([example(&schema["items"], schemas)]);
    }
    if let Some(first) = schema.pointer("/enum/0") {
        return first.clone();
    }
    match schema["properties"].as_object() {
        Some(properties) => properties
            .iter()
            .map(|(name, property)| (name.clone(), example(property, schemas)))
            .collect::<Map<_, _>>()
            .into(),
        None => Value::Null,
    }
}
