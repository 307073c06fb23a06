//! Chatwork's API, as strict as it is known to be.

use std::sync::{Arc, Mutex};

use api_types::{Channel, Credentials};
use serde_json::json;
use server::platform::config::Config;

use super::multipart::parts;
use super::stand_in::{StandIn, credentials};
use super::turns::Turns;
use super::{Fake, Received, Reply};

/// The one token that is valid.
pub const TOKEN: &str = "0123456789abcdef0123456789abcdef";
/// A room in which its owner may post.
pub const ROOM: &str = "123456789";
/// A room in which its owner may only read.
pub const READ_ONLY_ROOM: &str = "222222222";

/// A file that was put into the room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub content_type: String,
    /// What was said with it.
    pub message: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A fake of Chatwork.
pub struct Chatwork {
    /// For `providers.chatwork.base_url`, moods and requests.
    pub fake: Fake,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    turns: Turns,
    messages: Mutex<Vec<String>>,
    files: Mutex<Vec<Posted>>,
    problems: Mutex<Vec<String>>,
}

impl Chatwork {
    /// Starts it.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        Self { fake: Fake::start(move |request| serving.answer(request)), shared }
    }

    /// The next request whose path ends so meets this.
    pub fn turn(&self, path: &str, reply: Reply) {
        self.shared.turns.push(path, reply);
    }

    /// The messages that were posted. Fails when anything came that Chatwork would not understand.
    pub fn messages(&self) -> Vec<String> {
        let problems = self.shared.problems.lock().unwrap();
        assert!(problems.is_empty(), "Chatwork would not understand: {problems:#?}");
        self.shared.messages.lock().unwrap().clone()
    }

    /// The files in the room.
    pub fn files(&self) -> Vec<Posted> {
        self.shared.files.lock().unwrap().clone()
    }
}

impl Shared {
    fn answer(&self, request: &Received) -> Reply {
        if let Some(reply) = self.turns.take(&request.path) {
            return reply;
        }
        let limited = |reply: Reply| {
            reply
                .with("x-ratelimit-limit", "300")
                .with("x-ratelimit-remaining", "299")
                .with("x-ratelimit-reset", "1795306800")
        };
        limited(self.route(request))
    }

    fn route(&self, request: &Received) -> Reply {
        if !request.query.is_empty() {
            self.problem(format!("a query: {}", request.query));
        }
        if request.header("x-chatworktoken") != Some(TOKEN) {
            return refused(401, "Invalid API token");
        }
        let path: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["me"]) => Reply::json(200, json!({"account_id": 123, "name": "電話番"})),
            ("GET", ["rooms", ROOM]) => {
                Reply::json(200, json!({"room_id": 123_456_789, "name": "営業", "role": "member"}))
            }
            ("GET", ["rooms", READ_ONLY_ROOM]) => Reply::json(
                200,
                json!({"room_id": 222_222_222, "name": "全社", "role": "readonly"}),
            ),
            (_, ["rooms", READ_ONLY_ROOM, ..]) => {
                refused(403, "You don't have permission to post in this room")
            }
            ("POST", ["rooms", ROOM, "messages"]) => self.message(request),
            ("POST", ["rooms", ROOM, "files"]) => self.file(request),
            (_, ["rooms", room, ..]) if room.chars().all(|c| c.is_ascii_digit()) => {
                refused(404, "Room not found")
            }
            _ => refused(400, "Invalid Endpoint or HTTP method"),
        }
    }

    fn problem(&self, text: String) {
        self.problems.lock().unwrap().push(text);
    }

    fn message(&self, request: &Received) -> Reply {
        if request.header("content-type") != Some("application/x-www-form-urlencoded") {
            return refused(400, "Invalid content type");
        }
        let form = super::form(&request.body);
        for (name, value) in form.as_object().into_iter().flatten() {
            if !(name == "body" || name == "self_unread" && (value == "0" || value == "1")) {
                self.problem(format!("{name}={value}"));
            }
        }
        let body = form["body"].as_str().unwrap_or_default();
        if body.is_empty() || body.len() > 65_535 {
            return refused(400, "body is empty or too long");
        }
        let mut messages = self.messages.lock().unwrap();
        messages.push(body.to_owned());
        Reply::json(200, json!({"message_id": messages.len().to_string()}))
    }

    fn file(&self, request: &Received) -> Reply {
        let Some(parts) = parts(request) else { return refused(400, "malformed multipart body") };
        let part = |name: &str| parts.iter().find(|part| part.name == name);
        let Some(file) = part("file") else { return refused(400, "file is required") };
        if file.bytes.len() > 5 * 1024 * 1024 {
            return refused(413, "file is too large");
        }
        if parts.iter().any(|part| part.name != "file" && part.name != "message")
            || !file.file_name.is_ascii()
        {
            self.problem("unknown parts, or a name that is not ASCII".into());
        }
        let message = part("message")
            .map(|part| String::from_utf8(part.bytes.clone()).unwrap())
            .unwrap_or_default();
        let mut files = self.files.lock().unwrap();
        files.push(Posted {
            name: file.file_name.clone(),
            content_type: file.content_type.clone(),
            message,
            bytes: file.bytes.clone(),
        });
        Reply::json(200, json!({"file_id": files.len()}))
    }
}

fn refused(status: u16, text: &str) -> Reply {
    Reply::json(status, json!({"errors": [text]}))
}

impl StandIn for Chatwork {
    fn channel(&self) -> Channel {
        Channel::Chatwork
    }

    fn configure(&self, config: &mut Config) {
        crate::provider(config, "chatwork.base_url", &self.fake.url);
    }

    fn credentials(&self) -> Credentials {
        credentials(&[("api_token", TOKEN), ("room_id", ROOM)])
    }

    fn said(&self) -> Vec<String> {
        self.messages()
    }

    fn files(&self) -> Vec<Option<Vec<u8>>> {
        self.files().into_iter().map(|file| Some(file.bytes)).collect()
    }
}
