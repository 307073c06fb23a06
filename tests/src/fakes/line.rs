//! LINE's Messaging API, as strict as its documents: requests that it would not understand fail the
//! test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use api_types::{Channel, Credentials};
use serde_json::{Value, json};
use server::platform::config::Config;

use super::schema::Schemas;
use super::stand_in::{StandIn, credentials};
use super::{Fake, Received, Reply};

/// The one token that is valid.
pub const TOKEN: &str = "a-long-lived-channel-access-token+0123456789/0123456789012345678901234567890123456789012345678901234567890123456789==";
/// A group that the bot is in.
pub const GROUP: &str = "C0123456789abcdef0123456789abcdef";
/// A friend of the bot.
pub const FRIEND: &str = "U0123456789abcdef0123456789abcdef";

/// A fake of LINE.
pub struct Line {
    /// For `providers.line.base_url`, moods and requests.
    pub fake: Fake,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Pushes by their retry keys.
    accepted: Mutex<HashMap<String, Value>>,
    order: Mutex<Vec<Value>>,
    replies: Mutex<Vec<Value>>,
    problems: Mutex<Vec<String>>,
}

impl Line {
    /// Starts it.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let schemas = Schemas::published("line/messaging-api.yml");
        let serving = shared.clone();
        let fake = Fake::start(move |request| serving.answer(request, schemas.as_ref()));
        Self { fake, shared }
    }

    /// What the bot answered to those who spoke to it.
    pub fn replies(&self) -> Vec<Value> {
        self.shared.replies.lock().unwrap().clone()
    }

    /// The pushes that were accepted, each once.
    pub fn pushes(&self) -> Vec<Value> {
        let problems = self.shared.problems.lock().unwrap();
        assert!(problems.is_empty(), "LINE would not understand: {problems:#?}");
        self.shared.order.lock().unwrap().clone()
    }
}

impl Shared {
    fn answer(&self, request: &Received, schemas: Option<&Schemas>) -> Reply {
        let said = |status: u16, message: &str| {
            Reply::json(status, json!({"message": message})).with("x-line-request-id", "req-1")
        };
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return said(
                401,
                "Authentication failed due to the following reason: invalid token. Confirm that \
                    the access token in the authorization header is valid.",
            );
        }
        match (request.method.as_str(), request.path.as_str()) {
            ("GET", "/v2/bot/info") => Reply::json(
                200,
                json!({"userId": FRIEND, "basicId": "@216ru...", "displayName": "ミナト商事",
                    "chatMode": "bot", "markAsReadMode": "auto"}),
            ),
            ("GET", path) if path == format!("/v2/bot/profile/{FRIEND}") => {
                Reply::json(200, json!({"userId": FRIEND, "displayName": "田中"}))
            }
            ("GET", path) if path == format!("/v2/bot/group/{GROUP}/summary") => {
                Reply::json(200, json!({"groupId": GROUP, "groupName": "営業"}))
            }
            ("GET", path)
                if path.starts_with("/v2/bot/profile/") || path.starts_with("/v2/bot/group/") =>
            {
                said(404, "Not found")
            }
            ("POST", "/v2/bot/message/push") => self.push(request, schemas),
            ("POST", "/v2/bot/message/reply") => {
                let body = request.json();
                let problems = schemas
                    .map(|schemas| schemas.problems("ReplyMessageRequest", &body))
                    .unwrap_or_default();
                self.problems.lock().unwrap().extend(problems);
                self.replies.lock().unwrap().push(body);
                Reply::json(200, json!({"sentMessages": []}))
            }
            (method, path) => {
                self.problems.lock().unwrap().push(format!("{method} {path}"));
                said(404, "Not found")
            }
        }
    }

    fn push(&self, request: &Received, schemas: Option<&Schemas>) -> Reply {
        let body = request.json();
        let key = request.header("x-line-retry-key").unwrap_or_default().to_owned();
        let mut wrong: Vec<String> = schemas
            .map(|schemas| schemas.problems("PushMessageRequest", &body))
            .unwrap_or_default();
        if request.header("content-type").is_none_or(|kind| !kind.starts_with("application/json")) {
            wrong.push("the content is not JSON".into());
        }
        if uuid::Uuid::parse_str(&key).is_err() {
            wrong.push(format!("X-Line-Retry-Key is {key:?}, no UUID"));
        }
        for message in body["messages"].as_array().into_iter().flatten() {
            wrong.extend(limits(message));
        }
        let sent =
            json!({"sentMessages": [{"id": "461230966842064897", "quoteToken": "IStG5h1Tz7b"}]});
        if !wrong.is_empty() {
            self.problems.lock().unwrap().extend(wrong);
            return Reply::json(400, json!({"message": "The request body has 1 error(s)"}));
        }
        if ![GROUP, FRIEND].contains(&body["to"].as_str().unwrap_or_default()) {
            return Reply::json(400, json!({"message": "Failed to send messages"}));
        }
        if let Some(before) = self.accepted.lock().unwrap().get(&key) {
            let mut answer = sent;
            answer["message"] = "The retry key is already accepted".into();
            // The same key for something else is a mistake of ours.
            if *before != body {
                self.problems
                    .lock()
                    .unwrap()
                    .push(format!("the retry key {key} was used for another push"));
            }
            return Reply::json(409, answer).with("x-line-accepted-request-id", "req-0");
        }
        self.accepted.lock().unwrap().insert(key, body.clone());
        self.order.lock().unwrap().push(body);
        Reply::json(200, sent).with("x-line-request-id", "req-1")
    }
}

/// Limits that the published schema does not have.
fn limits(message: &Value) -> Vec<String> {
    let length = |text: &Value| text.as_str().unwrap_or_default().encode_utf16().count();
    let mut wrong = Vec::new();
    match message["type"].as_str().unwrap_or_default() {
        "text" if !(1..=5_000).contains(&length(&message["text"])) => {
            wrong.push(format!("a text of {}", length(&message["text"])))
        }
        "audio" => {
            let url = message["originalContentUrl"].as_str().unwrap_or_default();
            if !url.starts_with("https://")
                || url.len() > 2_000
                || !url.ends_with(".m4a")
                || message["duration"].as_u64().is_none_or(|d| d == 0)
            {
                wrong.push(format!("audio: {message}"));
            }
        }
        "flex" => {
            if !(1..=400).contains(&length(&message["altText"])) {
                wrong.push(format!("an altText of {}", length(&message["altText"])));
            }
            walk(&message["contents"], &mut wrong);
        }
        _ => {}
    }
    wrong
}

/// Texts of a flex message must not be empty, actions lead somewhere.
fn walk(component: &Value, wrong: &mut Vec<String>) {
    let text = |name: &str| component[name].as_str().unwrap_or_default();
    if component["type"] == "text" && text("text").is_empty() {
        wrong.push("a flex text is empty".into());
    }
    if component["type"] == "uri"
        && (text("uri").len() > 1_000
            || !text("uri").starts_with("http")
            || text("label").chars().count() > 40)
    {
        wrong.push(format!("an action: {component}"));
    }
    for part in ["body", "footer", "action"] {
        if component[part].is_object() {
            walk(&component[part], wrong);
        }
    }
    component["contents"].as_array().into_iter().flatten().for_each(|inner| walk(inner, wrong));
}

impl StandIn for Line {
    fn channel(&self) -> Channel {
        Channel::Line
    }

    fn configure(&self, config: &mut Config) {
        crate::provider(config, "line.base_url", &self.fake.url);
    }

    fn credentials(&self) -> Credentials {
        credentials(&[("channel_access_token", TOKEN), ("to", GROUP)])
    }

    fn said(&self) -> Vec<String> {
        self.pushes().iter().map(Value::to_string).collect()
    }

    fn files(&self) -> Vec<Option<Vec<u8>>> {
        let pushes = self.pushes();
        let messages = pushes.iter().flat_map(|push| push["messages"].as_array()).flatten();
        messages.filter(|message| message["type"] == "audio").map(|_| None).collect()
    }
}
