//! What a change of the OpenAPI document would break for those who have written a client.
//!
//! A request that was good must stay good, and an answer must stay readable. New operations,
//! optional fields in requests and further fields in answers break nobody.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};
use server::app::openapi::OPEN_WORDS;

/// Which way a value goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// From the client: what the old document allows, the new one must allow.
    Request,
    /// To the client: what the new document allows, the old one must have allowed.
    Answer,
}

/// Every change from `old` to `new` that would break a client, as a sentence that names the place.
pub fn breaking_changes(old: &Value, new: &Value) -> Vec<String> {
    let (said, seen, reached) = (Vec::new(), BTreeSet::new(), BTreeSet::new());
    let mut found = Comparison { old, new, said, seen, reached };
    found.schemes();
    found.webhooks();
    for (path, item) in fields(&old["paths"]) {
        for (method, operation) in fields(item) {
            let place = format!("{} {path}", method.to_uppercase());
            match new["paths"][path].get(method) {
                None => found.say(&place, "is gone"),
                Some(now) => found.operation(&place, operation, now),
            }
        }
    }
    found.others();
    found.said.sort();
    found.said.dedup();
    found.said
}

fn fields(value: &Value) -> impl Iterator<Item = (&String, &Value)> {
    value.as_object().into_iter().flat_map(Map::iter)
}

fn words(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::String(word) => BTreeSet::from([word.as_str()]),
        other => other.as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
    }
}

/// What stands behind a reference, and its name.
fn resolve<'a>(document: &'a Value, value: &'a Value) -> (&'a Value, Option<&'a str>) {
    let Some(reference) = value["$ref"].as_str() else { return (value, None) };
    let target = reference.strip_prefix('#').and_then(|pointer| document.pointer(pointer));
    (target.unwrap_or(&Value::Null), reference.rsplit('/').next())
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    said: Vec<String>,
    /// Schemas that refer to themselves are compared once.
    seen: BTreeSet<(String, String, Way)>,
    /// References of the old document that were followed.
    reached: BTreeSet<String>,
}

impl<'a> Comparison<'a> {
    fn say(&mut self, place: &str, what: &str) {
        self.said.push(format!("{place} {what}"));
    }

    /// What proves who calls must be sent as before.
    fn schemes(&mut self) {
        let of = |document: &'a Value| &document["components"]["securitySchemes"];
        for (name, before) in fields(of(self.old)) {
            let now = &of(self.new)[name];
            if ["type", "scheme", "in", "name"].iter().any(|part| before[part] != now[part]) {
                self.say(name, "is shown in another way");
            }
        }
    }

    /// What we send is an answer to whoever receives it.
    fn webhooks(&mut self) {
        for (name, item) in fields(&self.old["webhooks"]) {
            for (method, operation) in fields(item) {
                let place = format!("the webhook {name}");
                match self.new["webhooks"][name].get(method) {
                    None => self.say(&place, "is gone"),
                    Some(now) => {
                        let (before, now) = (&operation["requestBody"], &now["requestBody"]);
                        self.contents(&place, before, now, Way::Answer);
                    }
                }
            }
        }
    }

    /// What no operation refers to is told by a stream or an error.
    fn others(&mut self) {
        for (name, schema) in fields(&self.old["components"]["schemas"]) {
            let is_reached = self.reached.contains(&format!("#/components/schemas/{name}"));
            if is_reached || !schema["properties"].is_object() {
                continue;
            }
            match self.new["components"]["schemas"].get(name) {
                None => self.say(name, "is gone"),
                Some(now) => self.schema(name, schema, now, Way::Answer),
            }
        }
    }

    fn operation(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        self.security(place, &old["security"], &new["security"]);
        self.parameters(place, &old["parameters"], &new["parameters"]);
        let (before, now) = (&old["requestBody"], &new["requestBody"]);
        if now["required"] == true && before["required"] != true {
            self.say(place, "needs a body");
        }
        self.contents(&format!("{place}: the body"), before, now, Way::Request);
        for (status, answer) in
            fields(&old["responses"]).filter(|(status, _)| status.starts_with('2'))
        {
            let place = format!("{place}: the answer {status}");
            let Some(now) = new["responses"].get(status) else {
                self.say(&place, "is gone");
                continue;
            };
            let (answer, now) = (resolve(self.old, answer).0, resolve(self.new, now).0);
            for (header, _) in fields(&answer["headers"])
                .filter(|(header, _)| now["headers"].get(header.as_str()).is_none())
            {
                self.say(&place, &format!("has no {header} any more"));
            }
            self.contents(&place, answer, now, Way::Answer);
        }
    }

    /// Each way in must stay open.
    fn security(&mut self, place: &str, old: &Value, new: &Value) {
        let opens = |old: &Value, new: &Value| {
            fields(new).all(|(name, scopes)| {
                old.get(name).is_some_and(|before| words(scopes).is_subset(&words(before)))
            })
        };
        for way in old.as_array().into_iter().flatten() {
            if !new.as_array().into_iter().flatten().any(|now| opens(way, now)) {
                self.say(place, &format!("is not open to {way} any more"));
            }
        }
    }

    fn parameters(&mut self, place: &str, old: &'a Value, new: &'a Value) {
        let list = |value: &'a Value| value.as_array().into_iter().flatten();
        let same = |a: &Value, b: &Value| a["name"] == b["name"] && a["in"] == b["in"];
        for before in list(old) {
            let place = format!(
                "{place}: {} {}",
                before["in"].as_str().unwrap_or("?"),
                before["name"].as_str().unwrap_or("?")
            );
            match list(new).find(|now| same(before, now)) {
                // A path has the names that it has; which they are is nobody's concern.
                None if before["in"] == "path" => {}
                None => self.say(&place, "is gone"),
                Some(now) => {
                    if now["required"] == true && before["required"] != true {
                        self.say(&place, "is needed now");
                    }
                    self.schema(&place, &before["schema"], &now["schema"], Way::Request);
                }
            }
        }
        for now in list(new).filter(|now| {
            now["required"] == true
                && now["in"] != "path"
                && !list(old).any(|before| same(before, now))
        }) {
            self.say(
                place,
                &format!(
                    "needs {} {}",
                    now["in"].as_str().unwrap_or("?"),
                    now["name"].as_str().unwrap_or("?")
                ),
            );
        }
    }

    fn contents(&mut self, place: &str, old: &'a Value, new: &'a Value, way: Way) {
        for (kind, content) in fields(&old["content"]) {
            match new["content"].get(kind) {
                None => self.say(place, &format!("is no {kind} any more")),
                Some(now) => self.schema(place, &content["schema"], &now["schema"], way),
            }
        }
    }

    fn schema(&mut self, place: &str, old: &'a Value, new: &'a Value, way: Way) {
        self.reached.extend(old["$ref"].as_str().map(str::to_owned));
        if let (Some(before), Some(now)) = (old["$ref"].as_str(), new["$ref"].as_str())
            && !self.seen.insert((before.to_owned(), now.to_owned(), way))
        {
            return;
        }
        let ((before, name), (now, _)) = (resolve(self.old, old), resolve(self.new, new));
        let (olds, news) = (alternatives(before), alternatives(now));
        if olds.len() == 1 && news.len() == 1 {
            return self.plain(place, before, now, way, name);
        }
        // Each of those that come must fit one of those that are understood.
        let (come, understood) = if way == Way::Request { (&olds, &news) } else { (&news, &olds) };
        for one in come {
            let fits = understood.iter().any(|other| {
                let (before, now) =
                    if way == Way::Request { (*one, *other) } else { (*other, *one) };
                let mut trial = Comparison {
                    old: self.old,
                    new: self.new,
                    said: Vec::new(),
                    seen: self.seen.clone(),
                    reached: BTreeSet::new(),
                };
                trial.schema(place, before, now, way);
                self.reached.append(&mut trial.reached);
                trial.said.is_empty()
            });
            if !fits {
                self.say(place, &format!("has another choice: {one}"));
            }
        }
    }

    fn plain(&mut self, place: &str, old: &'a Value, new: &'a Value, way: Way, name: Option<&str>) {
        let parts = |schema: &'a Value| schema["allOf"].as_array().map_or(&[][..], Vec::as_slice);
        if parts(old).len() != parts(new).len() {
            self.say(place, "has other parts");
        }
        for (old, new) in parts(old).iter().zip(parts(new)) {
            self.schema(place, old, new, way);
        }
        let (come, understood) = if way == Way::Request { (old, new) } else { (new, old) };
        if !understood["type"].is_null()
            && !words(&come["type"]).is_subset(&words(&understood["type"]))
        {
            self.say(place, &format!("is {} instead of {}", new["type"], old["type"]));
        }
        let open = way == Way::Answer && name.is_some_and(|name| OPEN_WORDS.contains(&name));
        if !open && understood["enum"].is_array() {
            let strange: Vec<&str> =
                words(&come["enum"]).difference(&words(&understood["enum"])).copied().collect();
            if come["enum"].is_null() || !strange.is_empty() {
                self.say(place, &format!("has other words: {strange:?}"));
            }
        }
        if !understood["format"].is_null() && come["format"] != understood["format"] {
            self.say(
                place,
                &format!("has the format {} instead of {}", new["format"], old["format"]),
            );
        }
        if way == Way::Request {
            self.bounds(place, old, new);
            if new["additionalProperties"] == false && old["additionalProperties"] != false {
                self.say(place, "takes no other fields any more");
            }
        }
        if old["additionalProperties"].is_object() {
            let (old, new) = (&old["additionalProperties"], &new["additionalProperties"]);
            self.schema(&format!("{place} /*"), old, new, way);
        }
        self.properties(place, old, new, way);
        if old["items"].is_object() {
            self.schema(&format!("{place}[]"), &old["items"], &new["items"], way);
        }
    }

    fn bounds(&mut self, place: &str, old: &Value, new: &Value) {
        for (name, grows) in [
            ("minLength", true),
            ("minimum", true),
            ("minItems", true),
            ("maxLength", false),
            ("maximum", false),
            ("maxItems", false),
        ] {
            let Some(now) = new[name].as_f64() else { continue };
            let narrower = old[name]
                .as_f64()
                .is_none_or(|before| if grows { now > before } else { now < before });
            if narrower {
                self.say(place, &format!("has the {name} {now}"));
            }
        }
        if !new["pattern"].is_null() && new["pattern"] != old["pattern"] {
            self.say(place, &format!("has the pattern {}", new["pattern"]));
        }
    }

    fn properties(&mut self, place: &str, old: &'a Value, new: &'a Value, way: Way) {
        let (needed_before, needed_now) = (words(&old["required"]), words(&new["required"]));
        for (name, before) in fields(&old["properties"]) {
            let place = format!("{place} /{name}");
            let Some(now) = new["properties"].get(name) else {
                self.say(&place, "is gone");
                continue;
            };
            if way == Way::Answer
                && needed_before.contains(name.as_str())
                && !needed_now.contains(name.as_str())
            {
                self.say(&place, "may be absent now");
            }
            self.schema(&place, before, now, way);
        }
        if way == Way::Request {
            for name in needed_now.difference(&needed_before) {
                self.say(&format!("{place} /{name}"), "is needed now");
            }
        }
    }
}

/// The schemas of which one has to fit.
/// The choices. The text beside words that may grow is none: clients were told to expect it.
fn alternatives(schema: &Value) -> Vec<&Value> {
    let choices = schema["oneOf"].as_array().or(schema["anyOf"].as_array());
    let Some(choices) = choices else { return vec![schema] };
    let may_grow = choices.iter().any(|choice| {
        let name = choice["$ref"].as_str().and_then(|reference| reference.rsplit('/').next());
        name.is_some_and(|name| OPEN_WORDS.contains(&name))
    });
    let is_text = |choice: &&Value| **choice == json!({"type": "string"});
    choices.iter().filter(|choice| !(may_grow && is_text(choice))).collect()
}
