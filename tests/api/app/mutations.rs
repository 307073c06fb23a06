//! The comparison with the released document, proved by changing that very document: what breaks a
//! client is named, what breaks nobody passes.

use serde_json::{Value, json};
use tests::compatibility::breaking_changes;

use super::compatibility::released;

/// How a document is changed at a place.
enum Change {
    Remove,
    Set(Value),
    /// Into a list, at its end.
    Push(Value),
    /// Out of a list.
    Drop(Value),
}
use Change::{Drop, Push, Remove, Set};

const NUMBER: &str = "/paths/~1api~1v1~1numbers~1{number_id}";
const ENTRIES: &str = "/paths/~1api~1v1~1numbers~1{number_id}~1block-list~1entries";
const SCHEMAS: &str = "/components/schemas";

/// The released document with one change.
fn changed(old: &Value, place: &str, change: Change) -> Value {
    let mut document = old.clone();
    let place =
        place.replace("NUMBER", NUMBER).replace("ENTRIES", ENTRIES).replace("SCHEMAS", SCHEMAS);
    let (parent, name) = place.rsplit_once('/').expect("a place");
    let name = name.replace("~1", "/");
    let holder = document.pointer_mut(parent).unwrap_or_else(|| panic!("{parent} is not there"));
    let list = |value: &mut Value| -> Vec<Value> {
        value.as_array().unwrap_or_else(|| panic!("{place} is no list")).clone()
    };
    match change {
        Remove => {
            let object = holder.as_object_mut().expect("an object");
            object.remove(&name).unwrap_or_else(|| panic!("{place} is not there"));
        }
        Set(value) => match holder {
            Value::Array(items) => items[name.parse::<usize>().expect("an index")] = value,
            object => object[&name] = value,
        },
        Push(value) => {
            let mut items = list(&mut holder[&name]);
            items.push(value);
            holder[&name] = items.into();
        }
        Drop(value) => {
            let mut items = list(&mut holder[&name]);
            let before = items.len();
            items.retain(|item| *item != value);
            assert!(items.len() < before, "{place} has no {value}");
            holder[&name] = items.into();
        }
    }
    document
}

#[test]
fn each_breaking_change_of_the_released_document_is_named() {
    let old = released();
    let (number, entries) =
        ("/api/v1/numbers/{number_id}", "/api/v1/numbers/{number_id}/block-list/entries");
    let (get, patch) = (format!("GET {number}"), format!("PATCH {number}"));
    let (list, add) = (format!("GET {entries}"), format!("POST {entries}"));
    let table: Vec<(&str, Change, String)> = vec![
        ("NUMBER", Remove, format!("{get} is gone")),
        ("NUMBER/patch", Remove, format!("{patch} is gone")),
        ("NUMBER/get/responses/200", Remove, format!("{get}: the answer 200 is gone")),
        (
            "NUMBER/get/responses/200/headers/ETag",
            Remove,
            format!("{get}: the answer 200 has no ETag any more"),
        ),
        (
            "NUMBER/get/responses/200/content",
            Set(json!({"text/csv": {}})),
            format!("{get}: the answer 200 is no application/json any more"),
        ),
        (
            "NUMBER/get/security/1/api_key",
            Set(json!(["numbers:write"])),
            format!("{get} is not open to {{\"api_key\":[\"numbers:read\"]}} any more"),
        ),
        (
            "NUMBER/get/security",
            Drop(json!({"session": []})),
            format!("{get} is not open to {{\"session\":[]}} any more"),
        ),
        ("/components/securitySchemes/session/name", Set(json!("sid")), "session is shown".into()),
        (
            "ENTRIES/get/parameters/1/name",
            Set(json!("most")),
            format!("{list}: query limit is gone"),
        ),
        (
            "ENTRIES/get/parameters/3/required",
            Set(json!(true)),
            format!("{list}: query q is needed now"),
        ),
        (
            "ENTRIES/get/parameters",
            Push(json!({"name": "since", "in": "query", "required": true, "schema": {}})),
            format!("{list} needs query since"),
        ),
        (
            "ENTRIES/get/parameters/1/schema/maximum",
            Set(json!(100)),
            format!("{list}: query limit has the maximum 100"),
        ),
        (
            "ENTRIES/post/parameters/1/schema/pattern",
            Set(json!("^[a-z]+$")),
            format!("{add}: header Idempotency-Key has the pattern"),
        ),
        (
            "SCHEMAS/BlockEntryCreate/required",
            Push(json!("note")),
            format!("{add}: the body /note is needed now"),
        ),
        (
            "SCHEMAS/BlockEntryCreate/properties/note",
            Remove,
            format!("{add}: the body /note is gone"),
        ),
        (
            "SCHEMAS/BlockEntryCreate/properties/note/maxLength",
            Set(json!(50)),
            format!("{add}: the body /note has the maxLength 50"),
        ),
        (
            "SCHEMAS/BlockEntryCreate/properties/expires_at/type",
            Set(json!("string")),
            format!("{add}: the body /expires_at is \"string\" instead of [\"string\",\"null\"]"),
        ),
        ("SCHEMAS/Number/properties/name", Remove, "/name is gone".into()),
        (
            "SCHEMAS/Number/properties/channel_limit/type",
            Set(json!("string")),
            "/channel_limit is \"string\" instead of \"integer\"".into(),
        ),
        (
            "SCHEMAS/Number/properties/name/type",
            Set(json!(["string", "null"])),
            "/name is [\"string\",\"null\"] instead of \"string\"".into(),
        ),
        ("SCHEMAS/Number/required", Drop(json!("name")), "/name may be absent now".into()),
        (
            "SCHEMAS/BlockEntry/properties/created_at/format",
            Set(json!("date")),
            "/created_at has the format \"date\" instead of \"date-time\"".into(),
        ),
        (
            "SCHEMAS/Ringtone/enum",
            Push(json!("ringtone_3")),
            "/ringtone has other words: [\"ringtone_3\"]".into(),
        ),
        (
            "SCHEMAS/Ringtone/enum",
            Drop(json!("ringtone_2")),
            format!("{patch}: the body /ringtone has other words: [\"ringtone_2\"]"),
        ),
        (
            "SCHEMAS/NotifyEvent/enum",
            Drop(json!("fax")),
            "POST /api/v1/notify-rules: the body /events[] has other words: [\"fax\"]".into(),
        ),
        (
            "SCHEMAS/ApiKeyCreated/allOf",
            Drop(
                json!({"$ref": "#/components/schemas/ApiKey", "description": "What is kept of it."}),
            ),
            "POST /api/v1/api-keys: the answer 201 has other parts".into(),
        ),
        ("/webhooks/call.missed", Remove, "the webhook call.missed is gone".into()),
    ];
    for (index, (place, change, expected)) in table.into_iter().enumerate() {
        let found = breaking_changes(&old, &changed(&old, place, change));
        assert!(
            found.iter().any(|line| line.contains(&expected)),
            "change {index} at {place}: {found:?} instead of {expected}"
        );
    }
}

#[test]
fn what_breaks_nobody_passes_in_the_released_document() {
    let old = released();
    let word = |name: &str| json!({"type": "string", "description": name});
    let table: Vec<(&str, Change)> = vec![
        ("/paths/~1api~1v1~1later", Set(json!({"get": {"responses": {}}}))),
        ("NUMBER/put", Set(json!({"responses": {}}))),
        ("NUMBER/get/summary", Set(json!("Another summary"))),
        ("NUMBER/get/responses/410", Set(json!({"description": "Gone."}))),
        ("NUMBER/get/security", Push(json!({"access_token": []}))),
        ("NUMBER/get/responses/200/headers/Sunset", Set(json!({"schema": word("When it ends.")}))),
        ("NUMBER/get/responses/200/content/text~1csv", Set(json!({"schema": word("A row.")}))),
        ("ENTRIES/get/parameters", Push(json!({"name": "since", "in": "query", "schema": {}}))),
        ("ENTRIES/get/parameters/1/schema/maximum", Set(json!(500))),
        ("ENTRIES/post/requestBody/required", Set(json!(false))),
        ("SCHEMAS/Number/properties/later", Set(word("A further field of an answer."))),
        ("SCHEMAS/BlockEntryCreate/properties/later", Set(word("A further field of a request."))),
        ("SCHEMAS/BlockEntryCreate/required", Drop(json!("caller"))),
        ("SCHEMAS/BlockEntryCreate/properties/note/maxLength", Set(json!(200))),
        ("SCHEMAS/BlockEntryCreate/properties/note/type", Set(json!(["string", "null"]))),
        ("SCHEMAS/Number/properties/name/description", Set(json!("Another description."))),
        ("SCHEMAS/ErrorCode/enum", Push(json!("later"))),
        ("SCHEMAS/Later", Set(json!({"type": "object"}))),
        ("/webhooks/later", Set(json!({"post": {}}))),
    ];
    for (index, (place, change)) in table.into_iter().enumerate() {
        let found = breaking_changes(&old, &changed(&old, place, change));
        assert_eq!(found, Vec::<String>::new(), "change {index} at {place}");
    }
}

/// Without what nobody compares: it is copied often.
fn without_texts(value: &mut Value) {
    if let Value::Object(fields) = value {
        for text in ["description", "summary", "example", "examples"] {
            if fields.get(text).is_some_and(|value| value["type"].is_null()) {
                fields.remove(text);
            }
        }
        fields.values_mut().for_each(without_texts);
    } else if let Value::Array(items) = value {
        items.iter_mut().for_each(without_texts);
    }
}

#[test]
fn no_operation_and_no_field_can_go_unnoticed() {
    let mut old = released();
    without_texts(&mut old);
    let mut seen = 0;
    // All operations at once: each must be named.
    let mut new = old.clone();
    new["paths"] = json!({});
    let found = breaking_changes(&old, &new);
    for (path, item) in old["paths"].as_object().expect("paths") {
        for method in item.as_object().expect("operations").keys() {
            let gone = format!("{} {path} is gone", method.to_uppercase());
            assert!(found.contains(&gone), "{gone} is not said");
            seen += 1;
        }
    }
    for (name, schema) in old["components"]["schemas"].as_object().expect("schemas") {
        if schema["properties"].is_object() {
            let mut new = old.clone();
            new["components"]["schemas"][name]["properties"] = json!({});
            assert!(!breaking_changes(&old, &new).is_empty(), "{name} without its fields passes");
            seen += 1;
        }
    }
    assert!(seen > 200, "only {seen} operations and schemas were looked at");
}
