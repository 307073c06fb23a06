//! Published descriptions of providers' APIs, which lie beside the repository where it is
//! developed.

use serde_json::{Value, json};

/// Checks JSON against a published schema.
pub struct Published(jsonschema::Validator);

impl Published {
    /// The schema of adaptive cards, version 1.4; `None`, with a printed line, where it is absent.
    pub fn adaptive_card() -> Option<Self> {
        let schema = read("teams/adaptive-card-1.4.0.schema.json")?;
        Some(Self(jsonschema::validator_for(&schema).unwrap()))
    }

    /// The messages of Google Chat, from the API's discovery document; `None`, with a printed line,
    /// where it is absent. What the document does not know is refused, as the API refuses it.
    pub fn chat_message() -> Option<Self> {
        let mut document = read("google-chat/chat-v1-discovery-20240808.json")?;
        let mut definitions = document["schemas"].take();
        for definition in definitions.as_object_mut().unwrap().values_mut() {
            as_json_schema(definition);
        }
        Some(Self(
            jsonschema::validator_for(&json!({"$ref": "#/$defs/Message", "$defs": definitions}))
                .unwrap(),
        ))
    }

    /// What is wrong with `value`.
    pub fn problems(&self, value: &Value) -> Vec<String> {
        self.0
            .iter_errors(value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }
}

/// The query parameters that Google Chat's method for new messages knows; `None` where the
/// discovery document is absent.
pub fn chat_parameters() -> Option<Vec<String>> {
    let document = read("google-chat/chat-v1-discovery-20240808.json")?;
    let method = &document["resources"]["spaces"]["resources"]["messages"]["methods"]["create"]["parameters"];
    let current =
        method.as_object().unwrap().iter().filter(|(_, parameter)| parameter["deprecated"] != true);
    Some(current.map(|(name, _)| name.clone()).collect())
}

fn read(path: &str) -> Option<Value> {
    published(path).map(|text| serde_json::from_str(&text).unwrap())
}

/// A published description; `None`, with a printed line, where the folder of all of them is absent.
/// Where the folder is, one that it lacks is a mistake in its name.
#[expect(clippy::print_stdout, reason = "a test that does less than usual says so")]
pub fn published(path: &str) -> Option<String> {
    let folder = crate::repository().parent()?.join("shared/provider-specs");
    if !folder.is_dir() {
        println!("skipped: requests are not compared with {path}, which is not here");
        return None;
    }
    let text = std::fs::read_to_string(folder.join(path));
    Some(text.unwrap_or_else(|error| panic!("{path}: {error}")))
}

/// Discovery documents are JSON Schema of a kind: names of schemas as references, formats of
/// Google's own, and no word about what is not listed.
fn as_json_schema(schema: &mut Value) {
    if let Some(name) = schema["$ref"].as_str() {
        *schema = json!({"$ref": format!("#/$defs/{name}")});
        return;
    }
    let Some(fields) = schema.as_object_mut() else { return };
    for name in [
        "id",
        "format",
        "enumDescriptions",
        "readOnly",
        "default",
        "required",
        "annotations",
        "deprecated",
    ] {
        fields.remove(name);
    }
    if fields.get("type").is_some_and(|kind| kind == "any") {
        fields.remove("type");
    }
    if let Some(properties) = fields.get_mut("properties").and_then(Value::as_object_mut) {
        properties.values_mut().for_each(as_json_schema);
        fields.insert("additionalProperties".into(), false.into());
    } else if let Some(inner) = fields.get_mut("additionalProperties") {
        as_json_schema(inner);
    }
    if let Some(items) = fields.get_mut("items") {
        as_json_schema(items);
    }
}
