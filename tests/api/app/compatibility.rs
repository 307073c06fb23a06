//! The document against the last released one: nobody's client breaks.

use serde_json::{Value, json};
use server::app::openapi::OPEN_WORDS;
use server::app::openapi::document;
use tests::compatibility::breaking_changes;

pub(super) fn released() -> Value {
    let text = std::fs::read_to_string(tests::repository().join("openapi/released.json"))
        .expect("openapi/released.json is there");
    serde_json::from_str(&text).expect("openapi/released.json is JSON")
}

#[test]
fn nothing_that_clients_rely_on_has_changed_since_the_last_release() {
    let found = breaking_changes(&released(), document());
    assert!(
        found.is_empty(),
        "these changes would break clients; keep what was there beside what is new, or see \
            CONTRIBUTING, \"Releasing the API\":\n{}",
        found.join("\n")
    );
}

#[test]
fn the_document_tells_clients_which_words_may_grow() {
    let introduction = document()["info"]["description"].as_str().unwrap_or_default();
    for word in OPEN_WORDS {
        assert!(introduction.contains(&format!("`{word}`")), "the introduction lacks {word}");
        let schema = &document()["components"]["schemas"][word];
        assert!(schema["enum"].is_array(), "{word} is no list of words: {schema}");
    }
}

/// A document with one of everything.
fn sample() -> Value {
    json!({
        "paths": {"/things/{id}": {"post": {
            "security": [{"session": []}, {"api_key": ["things:write"]}],
            "parameters": [
                {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}},
                {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 200}},
            ],
            "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/New"}}}},
            "responses": {
                "200": {"headers": {"ETag": {}},
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}},
                "422": {"content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ErrorCode"}}}},
            },
        }}},
        "components": {"schemas": {
            "New": {"type": "object", "required": ["name"], "properties": {
                "name": {"type": "string", "minLength": 1, "maxLength": 40},
                "kind": {"$ref": "#/components/schemas/Kind"},
                "note": {"type": ["string", "null"]},
            }},
            "Thing": {"type": "object", "required": ["name", "parent", "code"], "properties": {
                "name": {"type": "string"},
                "kind": {"$ref": "#/components/schemas/Kind"},
                "code": {"$ref": "#/components/schemas/ErrorCode"},
                "at": {"type": "string", "format": "date-time"},
                "parent": {"oneOf": [{"type": "null"}, {"$ref": "#/components/schemas/Thing"}]},
                "tags": {"type": "array", "items": {"type": "string"}},
            }},
            "Kind": {"type": "string", "enum": ["a", "b"]},
            "ErrorCode": {"type": "string", "enum": ["invalid"]},
        }},
    })
}

const OPERATION: &str = "/paths/~1things~1{id}/post";

/// The sample with something else at a place; `null` takes it away.
fn with(place: &str, value: Value) -> Value {
    let mut document = sample();
    let place = place.replace("OPERATION", OPERATION).replace("SCHEMAS", "/components/schemas");
    let (parent, name) = place.rsplit_once('/').expect("a place");
    let parent = document.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is not there"));
    let name = name.replace("~1", "/");
    match (parent, value) {
        (Value::Array(list), value) => list[name.parse::<usize>().expect("an index")] = value,
        (parent, Value::Null) => drop(parent.as_object_mut().expect("an object").remove(&name)),
        (parent, value) => parent[&name] = value,
    }
    document
}

#[test]
fn what_breaks_a_client_is_found() {
    let at = "POST /things/{id}";
    let table: &[(&str, Value, &str)] = &[
        ("OPERATION", Value::Null, "is gone"),
        (
            "OPERATION/security",
            json!([{"session": []}]),
            "is not open to {\"api_key\":[\"things:write\"]} any more",
        ),
        (
            "OPERATION/security/1/api_key",
            json!(["things:write", "admin:write"]),
            "is not open to {\"api_key\":[\"things:write\"]} any more",
        ),
        ("OPERATION/parameters/1/name", json!("max"), ": query limit is gone"),
        ("OPERATION/parameters/1/required", json!(true), ": query limit is needed now"),
        ("OPERATION/parameters/1/schema/maximum", json!(100), ": query limit has the maximum 100"),
        ("OPERATION/requestBody/required", json!(true), " needs a body"),
        ("OPERATION/responses/200", Value::Null, ": the answer 200 is gone"),
        ("OPERATION/responses/200/headers", Value::Null, ": the answer 200 has no ETag any more"),
        (
            "OPERATION/responses/200/content",
            json!({"text/csv": {}}),
            ": the answer 200 is no application/json any more",
        ),
        ("SCHEMAS/New/required", json!(["name", "kind"]), ": the body /kind is needed now"),
        ("SCHEMAS/New/properties/note", Value::Null, ": the body /note is gone"),
        (
            "SCHEMAS/New/properties/note/type",
            json!("string"),
            ": the body /note is \"string\" instead of [\"string\",\"null\"]",
        ),
        (
            "SCHEMAS/New/properties/name/maxLength",
            json!(20),
            ": the body /name has the maxLength 20",
        ),
        ("SCHEMAS/New/properties/name/minLength", json!(2), ": the body /name has the minLength 2"),
        ("SCHEMAS/Kind/enum", json!(["a"]), ": the body /kind has other words: [\"b\"]"),
        (
            "SCHEMAS/Kind/enum",
            json!(["a", "b", "c"]),
            ": the answer 200 /kind has other words: [\"c\"]",
        ),
        ("SCHEMAS/Thing/properties/name", Value::Null, ": the answer 200 /name is gone"),
        (
            "SCHEMAS/Thing/properties/name/type",
            json!(["string", "null"]),
            ": the answer 200 /name is [\"string\",\"null\"] instead of \"string\"",
        ),
        (
            "SCHEMAS/Thing/required",
            json!(["parent", "code"]),
            ": the answer 200 /name may be absent now",
        ),
        (
            "SCHEMAS/Thing/properties/at/format",
            json!("date"),
            ": the answer 200 /at has the format \"date\" instead of \"date-time\"",
        ),
        (
            "SCHEMAS/Thing/properties/tags/items/type",
            json!("integer"),
            ": the answer 200 /tags[] is \"integer\" instead of \"string\"",
        ),
        (
            "SCHEMAS/Thing/properties/parent/oneOf/0",
            json!({"type": "string"}),
            ": the answer 200 /parent has another choice: {\"type\":\"string\"}",
        ),
    ];
    for (place, value, expected) in table {
        let found = breaking_changes(&sample(), &with(place, value.clone()));
        assert!(
            found.iter().any(|line| line.starts_with(at) && line.ends_with(expected)),
            "{place} = {value}: {found:?} instead of {expected}"
        );
    }
}

#[test]
fn what_breaks_nobody_passes() {
    let table: &[(&str, Value)] = &[
        (
            "OPERATION/security",
            json!([{"session": []}, {"api_key": ["things:write"]}, {"access_token": []}]),
        ),
        ("OPERATION/parameters/1/schema/maximum", json!(500)),
        ("OPERATION/responses/409", json!({})),
        ("OPERATION/summary", json!("Another text")),
        ("/paths/~1other", json!({"get": {}})),
        ("SCHEMAS/New/properties/more", json!({"type": "string"})),
        ("SCHEMAS/New/required", json!([])),
        ("SCHEMAS/New/properties/name/maxLength", json!(50)),
        ("SCHEMAS/Thing/properties/more", json!({"type": "string"})),
        ("SCHEMAS/Thing/required", json!(["name", "parent", "code", "tags"])),
        ("SCHEMAS/ErrorCode/enum", json!(["invalid", "new"])),
        ("SCHEMAS/Thing/properties/parent/oneOf/0", json!({"$ref": "#/components/schemas/Thing"})),
    ];
    assert_eq!(breaking_changes(&sample(), &sample()), Vec::<String>::new());
    for (place, value) in table {
        assert_eq!(
            breaking_changes(&sample(), &with(place, value.clone())),
            Vec::<String>::new(),
            "{place} = {value}"
        );
    }
}
