//! What generators of clients need to know and the derived schemas do not say.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const SCHEMAS: &str = "#/components/schemas/";
const LINES: &str = "application/x-ndjson";
const FORM: &str = "application/x-www-form-urlencoded";

/// The enumerations that may gain values. Answers name them beside any other text, so that a client
/// which is generated today takes tomorrow's value.
pub const OPEN_WORDS: [&str; 10] = [
    "ActorKind",
    "AuditAction",
    "AuditObject",
    "Capability",
    "Channel",
    "ErrorCode",
    "FieldCode",
    "MatchedRule",
    "ServiceType",
    "WebhookCallType",
];

/// Says it in the document, before examples and errors are added.
pub fn refine(document: &mut Value) {
    name_the_items_of_pages(document);
    name_the_forms(document);
    name_the_choices(document);
    let asked = reachable(document, document["paths"].as_object(), "requestBody");
    let mut answered = reachable(document, document["paths"].as_object(), "responses");
    answered.extend(reachable(document, document["webhooks"].as_object(), "requestBody"));
    answered.insert("Problem".to_owned());
    for (name, schema) in document["components"]["schemas"].as_object_mut().into_iter().flatten() {
        walk(schema, &mut nothing_is_null);
        if answered.contains(name) && !asked.contains(name) {
            walk(schema, &mut what_may_be_null_is_there);
            words_may_be_added(schema);
        }
    }
    for operation in operations(document) {
        for parameter in
            operation.get_mut("parameters").and_then(Value::as_array_mut).into_iter().flatten()
        {
            if let Some(schema) = parameter.get_mut("schema") {
                never_null(schema);
            }
        }
        walk(operation, &mut files_are_bytes);
    }
}

fn operations(document: &mut Value) -> impl Iterator<Item = &mut Value> {
    let paths = document["paths"].as_object_mut().into_iter().flatten();
    paths
        .flat_map(|(_, item)| item.as_object_mut().into_iter().flatten())
        .map(|(_, operation)| operation)
}

/// `Page<T>` holds a copy of `T`; a reference gives its items the type that single answers have.
fn name_the_items_of_pages(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let pages: Vec<(String, String)> = schemas
        .keys()
        .filter_map(|page| Some((page.clone(), page.strip_prefix("Page_")?.to_owned())))
        .collect();
    for (page, item) in pages {
        let Some(items) =
            schemas.get_mut(&page).and_then(|page| page.pointer_mut("/properties/items/items"))
        else {
            continue;
        };
        let copy = std::mem::replace(items, json!({"$ref": format!("{SCHEMAS}{item}")}));
        schemas.entry(item).or_insert(copy);
    }
}

/// What may be sent as JSON or as a form gets two types: generators choose the form of the body by
/// its type. A form knows no `null`.
fn name_the_forms(document: &mut Value) {
    let mut forms = Vec::new();
    for operation in operations(document) {
        let Some(content) = operation.pointer_mut("/requestBody/content") else { continue };
        let of = |kind: &str| {
            content[kind]["schema"]["$ref"]
                .as_str()
                .and_then(|reference| reference.strip_prefix(SCHEMAS))
        };
        let form = of(FORM).filter(|name| of("application/json") == Some(*name)).map(str::to_owned);
        if let Some(name) = form {
            content[FORM]["schema"]["$ref"] = format!("{SCHEMAS}{name}Form").into();
            forms.push(name);
        }
    }
    for name in forms {
        let mut form = document["components"]["schemas"][&name].clone();
        // Telephone systems send all that they know.
        form.as_object_mut().map(|form| form.remove("additionalProperties"));
        form["properties"]
            .as_object_mut()
            .into_iter()
            .flatten()
            .for_each(|(_, property)| never_null(property));
        document["components"]["schemas"][format!("{name}Form")] = form;
    }
}

/// A choice that is another schema and the field that tells the choices apart becomes a schema of
/// its own: `SwitchLine_header`.
fn name_the_choices(document: &mut Value) {
    let Some(schemas) = document["components"]["schemas"].as_object_mut() else { return };
    let mut named = Vec::new();
    for (union, schema) in schemas.iter_mut() {
        for choice in schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
            let tag = choice.pointer("/allOf/1/properties/type/enum/0").and_then(Value::as_str);
            let Some(name) = tag.map(|tag| format!("{union}_{tag}")) else { continue };
            named.push((
                name.clone(),
                std::mem::replace(choice, json!({"$ref": format!("{SCHEMAS}{name}")})),
            ));
        }
    }
    schemas.extend(named);
}

/// The names of the schemas that are used below this part of operations, also through others.
fn reachable(document: &Value, items: Option<&Map<String, Value>>, part: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let operations =
        items.into_iter().flatten().flat_map(|(_, item)| item.as_object().into_iter().flatten());
    for (_, operation) in operations {
        references(document, &operation[part], &mut found);
    }
    found
}

fn references(document: &Value, value: &Value, found: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let name = fields
                .get("$ref")
                .and_then(Value::as_str)
                .and_then(|reference| reference.strip_prefix(SCHEMAS));
            if let Some(name) = name.filter(|name| found.insert((*name).to_owned())) {
                references(document, &document["components"]["schemas"][name], found);
            }
            fields.values().for_each(|field| references(document, field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(document, item, found)),
        _ => {}
    }
}

fn walk(value: &mut Value, change: &mut impl FnMut(&mut Map<String, Value>)) {
    match value {
        Value::Object(fields) => {
            change(fields);
            fields.values_mut().for_each(|field| walk(field, change));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, change)),
        _ => {}
    }
}

/// A reference to words that may grow becomes a choice between it and any text.
fn words_may_be_added(schema: &mut Value) {
    let is_open = |schema: &Value| {
        let name = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix(SCHEMAS));
        name.is_some_and(|name| OPEN_WORDS.contains(&name))
    };
    let text = || json!({"type": "string"});
    if is_open(schema) {
        let reference = std::mem::take(&mut schema["$ref"]);
        schema["anyOf"] = json!([{"$ref": reference}, text()]);
        schema.as_object_mut().map(|fields| fields.remove("$ref"));
        return;
    }
    match schema {
        Value::Object(fields) => {
            let choices = fields.get("oneOf").and_then(Value::as_array);
            if choices.is_some_and(|choices| choices.iter().any(is_open))
                && let Some(Value::Array(mut choices)) = fields.remove("oneOf")
            {
                choices.push(text());
                fields.insert("anyOf".into(), choices.into());
            } else {
                fields.values_mut().for_each(words_may_be_added);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(words_may_be_added),
        _ => {}
    }
}

/// A choice that stands for nothing has no type when it is derived.
fn nothing_is_null(schema: &mut Map<String, Value>) {
    for choice in schema.get_mut("oneOf").and_then(Value::as_array_mut).into_iter().flatten() {
        if *choice == json!({"default": null}) {
            *choice = json!({"type": "null"});
        }
    }
}

/// What we write has every field, those without a value as `null`. The few that are left out
/// instead are not nullable.
fn what_may_be_null_is_there(schema: &mut Map<String, Value>) {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
    let nullable: Vec<Value> = properties
        .iter()
        .filter(|(_, property)| may_be_null(property))
        .map(|(name, _)| name.as_str().into())
        .collect();
    if nullable.is_empty() {
        return;
    }
    let Some(required) = schema.entry("required").or_insert_with(|| json!([])).as_array_mut()
    else {
        return;
    };
    for name in nullable {
        if !required.contains(&name) {
            required.push(name);
        }
    }
}

fn may_be_null(schema: &Value) -> bool {
    let is_null = |kind: &Value| kind == "null";
    let among = |choice: &Value| choice["type"] == "null";
    schema["type"].as_array().is_some_and(|types| types.iter().any(is_null))
        || schema["oneOf"].as_array().is_some_and(|choices| choices.iter().any(among))
}

/// A header or a part of the query is there or not; neither can be `null`.
fn never_null(schema: &mut Value) {
    if let Some(types) = schema.get("type").and_then(Value::as_array) {
        let mut others = types.iter().filter(|kind| *kind != "null");
        if let (Some(only), None) = (others.next().cloned(), others.next()) {
            schema["type"] = only;
        }
    }
}

/// Files come and go as bytes: a CSV file may be in Shift_JIS. Of lines of JSON the schema that was
/// given is each line's.
fn files_are_bytes(part: &mut Map<String, Value>) {
    let contents = part.get_mut("content").and_then(Value::as_object_mut);
    for (kind, content) in contents.into_iter().flatten().filter(|(kind, _)| is_file(kind)) {
        let former = std::mem::replace(
            &mut content["schema"],
            json!({"type": "string", "format": "binary"}),
        );
        if kind == LINES {
            content["x-item-schema"] = former;
        }
        if let Some(content) = content.as_object_mut().filter(|_| kind != "text/csv") {
            content.entry("example").or_insert_with(|| "(bytes)".into());
        }
    }
}

fn is_file(kind: &str) -> bool {
    matches!(kind, "application/octet-stream" | "application/pdf" | "text/csv" | LINES)
        || kind.starts_with("audio/")
        || kind.starts_with("image/")
}
