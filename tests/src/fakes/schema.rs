//! Published descriptions of other people's APIs, as far as requests need them: OpenAPI 3.0 schemas
//! with `allOf` and discriminators.

use std::collections::BTreeMap;

use serde_json::Value;

/// The schemas of a published OpenAPI document.
pub struct Schemas(Value);

impl Schemas {
    /// Reads `provider-specs/{path}` from the folder `shared` beside the repository; `None`, with a
    /// printed line, where it is absent.
    pub fn published(path: &str) -> Option<Self> {
        super::specs::published(path).map(|text| Self(serde_yaml::from_str(&text).unwrap()))
    }

    /// What is wrong with `value` as the component `name`; fields that the schema does not know
    /// are.
    pub fn problems(&self, name: &str, value: &Value) -> Vec<String> {
        let mut found = Vec::new();
        self.check(
            &serde_json::json!({"$ref": format!("#/components/schemas/{name}")}),
            value,
            name,
            true,
            &mut found,
        );
        found
    }

    fn resolved<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str() {
            Some(reference) => self
                .0
                .pointer(reference.trim_start_matches('#'))
                .unwrap_or_else(|| panic!("{reference} leads nowhere")),
            None => schema,
        }
    }

    fn check(
        &self,
        schema: &Value,
        value: &Value,
        at: &str,
        by_kind: bool,
        found: &mut Vec<String>,
    ) {
        let schema = self.resolved(schema);
        if let Some(property) = schema
            .pointer("/discriminator/propertyName")
            .and_then(Value::as_str)
            .filter(|_| by_kind)
        {
            let kind = value[property].as_str().unwrap_or_default();
            match schema["discriminator"]["mapping"][kind].as_str() {
                Some(reference) => {
                    self.check(&serde_json::json!({"$ref": reference}), value, at, false, found)
                }
                None => found.push(format!("{at}: there is no {property} {kind:?}")),
            }
            return;
        }
        let (mut known, mut required) = (BTreeMap::new(), Vec::new());
        self.gather(schema, &mut known, &mut required);
        match value {
            Value::Object(fields) => {
                if known.is_empty() {
                    found.push(format!("{at}: is no object"));
                }
                found.extend(
                    required
                        .iter()
                        .filter(|name| !fields.contains_key(**name))
                        .map(|name| format!("{at}: lacks {name}")),
                );
                for (name, field) in fields {
                    match known.get(name.as_str()) {
                        Some(schema) => {
                            self.check(schema, field, &format!("{at}.{name}"), true, found)
                        }
                        None => found.push(format!("{at}: has no {name}")),
                    }
                }
            }
            Value::Array(items) => {
                let (least, most) = (
                    schema["minItems"].as_u64().unwrap_or(0),
                    schema["maxItems"].as_u64().unwrap_or(u64::MAX),
                );
                if schema["type"] != "array" || !(least..=most).contains(&(items.len() as u64)) {
                    found.push(format!("{at}: {} items", items.len()));
                }
                items.iter().enumerate().for_each(|(index, item)| {
                    self.check(&schema["items"], item, &format!("{at}[{index}]"), true, found)
                });
            }
            Value::String(text) => {
                let choices = schema["enum"].as_array();
                let wrong = schema["type"] != "string"
                    || choices.is_some_and(|choices| !choices.contains(value))
                    || schema["maxLength"]
                        .as_u64()
                        .is_some_and(|most| text.chars().count() as u64 > most)
                    || schema["format"] == "uri" && !text.contains("://")
                    || schema["format"] == "uuid" && uuid::Uuid::parse_str(text).is_err();
                if wrong {
                    found.push(format!("{at}: {text:?} is not {schema}"));
                }
            }
            Value::Number(number) => {
                if !(schema["type"] == "number"
                    || schema["type"] == "integer" && (number.is_i64() || number.is_u64()))
                {
                    found.push(format!("{at}: {number} is not {schema}"));
                }
            }
            Value::Bool(_) if schema["type"] == "boolean" => {}
            Value::Bool(_) | Value::Null => found.push(format!("{at}: {value} is not {schema}")),
        }
    }

    /// The properties of a schema and of what it is made of.
    fn gather<'a>(
        &'a self,
        schema: &'a Value,
        known: &mut BTreeMap<&'a str, &'a Value>,
        required: &mut Vec<&'a str>,
    ) {
        let schema = self.resolved(schema);
        known.extend(
            schema["properties"]
                .as_object()
                .into_iter()
                .flatten()
                .map(|(name, schema)| (name.as_str(), schema)),
        );
        required
            .extend(schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str));
        schema["allOf"]
            .as_array()
            .into_iter()
            .flatten()
            .for_each(|part| self.gather(part, known, required));
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::Schemas;

    #[test]
    fn what_does_not_fit_is_found() {
        let Some(line) = Schemas::published("line/messaging-api.yml") else { return };
        let good = json!({"to": "U1", "messages": [{"type": "text", "text": "はい"}]});
        assert_eq!(line.problems("PushMessageRequest", &good), [""; 0]);
        for wrong in [
            json!({"messages": [{"type": "text", "text": "はい"}]}),
            json!({"to": "U1", "messages": []}),
            json!({"to": "U1", "messages": [{"type": "text"}]}),
            json!({"to": "U1", "messages": [{"type": "file", "text": "はい"}]}),
            json!({"to": "U1", "messages": [{"type": "text", "text": 1}]}),
            json!({"to": "U1", "messages": [{"type": "text", "text": "はい", "mrkdwn": true}]}),
            json!({"to": "U1", "messages": [{"type": "audio",
                "originalContentUrl": "https://a.example/a.m4a", "duration": "1"}]}),
        ] {
            assert_ne!(line.problems("PushMessageRequest", &wrong), [""; 0], "{wrong}");
        }
    }
}
