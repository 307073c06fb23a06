//! Slack's Web API, as strict as its reference: what it would refuse is refused with its words,
//! what it would silently bear fails the test.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};

use api_types::{Channel, Credentials};
use serde_json::{Value, json};
use server::platform::config::Config;

use super::stand_in::{StandIn, credentials};
use super::turns::Turns;
use super::{Fake, Received, Reply};

/// The one token that is valid.
pub const TOKEN: &str = "xoxb-123456789012-abcdefABCDEF";
/// The channel that the bot is in.
pub const CHANNEL: &str = "C0123456789";
/// A channel that it can see and is not in.
pub const OTHER_CHANNEL: &str = "C0000000001";
/// A channel that is archived.
pub const ARCHIVED: &str = "C0000000002";

/// A file that people see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Its name.
    pub name: String,
    /// What stands above it.
    pub title: String,
    /// The message below which it is.
    pub thread_ts: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A file that an address was asked for.
struct Upload {
    name: String,
    length: usize,
    /// Once they are there.
    bytes: Option<Vec<u8>>,
}

/// A fake of Slack.
pub struct Slack {
    /// For `providers.slack.base_url`, moods and requests.
    pub fake: Fake,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    url: Mutex<String>,
    turns: Turns,
    messages: Mutex<Vec<Value>>,
    /// By number.
    files: Mutex<Vec<Upload>>,
    shown: Mutex<Vec<Shown>>,
    problems: Mutex<Vec<String>>,
}

impl Slack {
    /// Starts it.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        let fake = Fake::start(move |request| serving.answer(request));
        shared.url.lock().unwrap().clone_from(&fake.url);
        Self { fake, shared }
    }

    /// The next call of this method (`chat.postMessage`; `upload` for the bytes) meets this.
    pub fn turn(&self, method: &str, reply: Reply) {
        self.shared.turns.push(method, reply);
    }

    /// The next call of this method is answered with this error.
    pub fn refuse(&self, method: &str, error: &str) {
        self.turn(method, Reply::json(200, json!({"ok": false, "error": error})));
    }

    /// The messages that were posted. Fails when anything came that Slack would not understand.
    pub fn messages(&self) -> Vec<Value> {
        let problems = self.shared.problems.lock().unwrap();
        assert!(problems.is_empty(), "Slack would not understand: {problems:#?}");
        self.shared.messages.lock().unwrap().clone()
    }

    /// The files that people see.
    pub fn files(&self) -> Vec<Shown> {
        self.shared.shown.lock().unwrap().clone()
    }
}

impl Shared {
    fn answer(&self, request: &Received) -> Reply {
        let path = request.path.trim_start_matches('/').to_owned();
        if let Some(reply) =
            self.turns.take(if path.starts_with("upload/") { "upload" } else { &path })
        {
            return reply;
        }
        if let Some(number) = path.strip_prefix("upload/") {
            return self.upload(request, number);
        }
        let expected = if path == "conversations.info" { "GET" } else { "POST" };
        if request.method != expected || (expected == "POST" && !request.query.is_empty()) {
            self.problem(format!("{path}: {} {}", request.method, request.query));
        }
        if request.header("authorization") != Some(&format!("Bearer {TOKEN}")) {
            return error("invalid_auth");
        }
        let Some(arguments) = self.arguments(request, &path) else {
            return error("invalid_form_data");
        };
        let text = |name: &str| arguments[name].as_str().unwrap_or_default();
        match path.as_str() {
            "auth.test" => Reply::json(
                200,
                json!({"ok": true, "url": "https://minato.slack.com/", "team": "ミナト商事",
                    "user": "denwaban", "team_id": "T0", "user_id": "U0", "bot_id": "B0"}),
            ),
            "conversations.info" => match text("channel") {
                channel @ (CHANNEL | OTHER_CHANNEL | ARCHIVED) => Reply::json(
                    200,
                    json!({"ok": true, "channel": {"id": channel,
                        "is_member": channel != OTHER_CHANNEL,
                        "is_archived": channel == ARCHIVED}}),
                ),
                _ => error("channel_not_found"),
            },
            "chat.postMessage" => self.post(&arguments),
            "files.getUploadURLExternal" => self.place(text("filename"), text("length")),
            "files.completeUploadExternal" => self.complete(&arguments),
            _ => error("unknown_method"),
        }
    }

    fn problem(&self, text: String) {
        self.problems.lock().unwrap().push(text);
    }

    /// JSON or a form; uploads are asked for by form only.
    fn arguments(&self, request: &Received, method: &str) -> Option<Value> {
        let kind = request.header("content-type").unwrap_or_default();
        let arguments: Value = if request.method == "GET" {
            super::form(request.query.as_bytes())
        } else if kind == "application/json; charset=utf-8"
            && method != "files.getUploadURLExternal"
        {
            serde_json::from_slice(&request.body).ok()?
        } else if kind == "application/x-www-form-urlencoded" {
            super::form(&request.body)
        } else {
            self.problem(format!("{method}: content type {kind}"));
            return None;
        };
        if let Some(known) = published_arguments(method) {
            for name in arguments.as_object()?.keys() {
                if !known.contains(name) {
                    self.problem(format!("{method}: there is no argument {name}"));
                }
            }
        }
        Some(arguments)
    }

    fn post(&self, message: &Value) -> Reply {
        let channel = message["channel"].as_str().unwrap_or_default();
        match channel {
            CHANNEL => {}
            OTHER_CHANNEL => return error("not_in_channel"),
            ARCHIVED => return error("is_archived"),
            _ => return error("channel_not_found"),
        }
        let text = message["text"].as_str().unwrap_or_default();
        if text.is_empty() {
            return error("no_text");
        }
        if text.chars().count() > 4_000 {
            self.problem(format!("{} characters of text", text.chars().count()));
        }
        for flag in ["unfurl_links", "unfurl_media"] {
            if message[flag] != false {
                self.problem(format!("{flag} would let Slack fetch links"));
            }
        }
        self.check_text(text);
        if !message["blocks"].is_null() {
            let Some(blocks) =
                message["blocks"].as_array().filter(|blocks| (1..=50).contains(&blocks.len()))
            else {
                return error("invalid_blocks_format");
            };
            if blocks.iter().any(|block| !self.good_block(block)) {
                return error("invalid_blocks");
            }
            if blocks.iter().map(|block| block.to_string().chars().count()).sum::<usize>() > 13_000
            {
                return error("msg_blocks_too_long");
            }
        }
        let mut messages = self.messages.lock().unwrap();
        let ts = format!("1795306500.{:06}", messages.len() + 1);
        messages.push(message.clone());
        Reply::json(
            200,
            json!({"ok": true, "channel": channel, "ts": ts, "message": {"text": text, "ts": ts}}),
        )
    }

    /// Whether a block is one that Block Kit knows, within its limits.
    fn good_block(&self, block: &Value) -> bool {
        match block["type"].as_str() {
            Some("header") => {
                block["text"]["type"] == "plain_text" && self.good_text(&block["text"], 150)
            }
            Some("section") => {
                let fields = block["fields"].as_array().cloned().unwrap_or_default();
                let has_text = !block["text"].is_null();
                (has_text || !fields.is_empty())
                    && fields.len() <= 10
                    && (!has_text || self.good_text(&block["text"], 3_000))
                    && fields.iter().all(|field| self.good_text(field, 2_000))
            }
            Some("context") => {
                let elements = block["elements"].as_array().cloned().unwrap_or_default();
                (1..=10).contains(&elements.len())
                    && elements.iter().all(|element| self.good_text(element, 3_000))
            }
            _ => false,
        }
    }

    fn good_text(&self, text: &Value, limit: usize) -> bool {
        let known = matches!(text["type"].as_str(), Some("plain_text" | "mrkdwn"));
        let content = text["text"].as_str().unwrap_or_default();
        if text["type"] == "plain_text" {
            self.check_text(content);
        }
        known && (1..=limit).contains(&content.chars().count())
    }

    /// Text in which something is not escaped could mention everybody.
    fn check_text(&self, text: &str) {
        let bare = text.replace("&amp;", "").replace("&lt;", "").replace("&gt;", "");
        if bare.contains(['&', '<', '>']) {
            self.problem(format!("not escaped: {text}"));
        }
    }

    fn place(&self, name: &str, length: &str) -> Reply {
        let length: usize = length.parse().unwrap_or_default();
        if length == 0 || name.is_empty() {
            return error("missing_argument");
        }
        let mut files = self.files.lock().unwrap();
        files.push(Upload { name: name.to_owned(), length, bytes: None });
        let number = files.len() - 1;
        let url = self.url.lock().unwrap();
        Reply::json(
            200,
            json!({"ok": true, "upload_url": format!("{url}/upload/{number}?secret=geheim"),
                "file_id": format!("F{number}")}),
        )
    }

    fn upload(&self, request: &Received, number: &str) -> Reply {
        if request.header("authorization").is_some() {
            self.problem("the token went to the upload address".into());
        }
        let mut files = self.files.lock().unwrap();
        let Some(file) = number.parse::<usize>().ok().and_then(|number| files.get_mut(number))
        else {
            return Reply::empty(404);
        };
        if file.length != request.body.len() || request.query != "secret=geheim" {
            return Reply::empty(400);
        }
        file.bytes = Some(request.body.clone());
        Reply::Answer(200, vec![("content-type".into(), "text/plain".into())], b"OK - 1".to_vec())
    }

    fn complete(&self, arguments: &Value) -> Reply {
        match arguments["channel_id"].as_str() {
            Some(CHANNEL) => {}
            Some(OTHER_CHANNEL) => return error("not_in_channel"),
            _ => return error("invalid_channel"),
        }
        let mut files = self.files.lock().unwrap();
        for asked in arguments["files"].as_array().into_iter().flatten() {
            let number = asked["id"]
                .as_str()
                .and_then(|id| id.strip_prefix('F'))
                .and_then(|id| id.parse::<usize>().ok());
            let Some((name, bytes)) = number
                .and_then(|number| files.get_mut(number))
                .and_then(|file| Some((file.name.clone(), file.bytes.take()?)))
            else {
                return error("file_not_found");
            };
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let (title, thread_ts) = (text(&asked["title"]), text(&arguments["thread_ts"]));
            self.shown.lock().unwrap().push(Shown { name, title, thread_ts, bytes });
        }
        Reply::json(200, json!({"ok": true, "files": arguments["files"]}))
    }
}

fn error(code: &str) -> Reply {
    Reply::json(200, json!({"ok": false, "error": code}))
}

/// The arguments that Slack's reference lists; `None` where it is absent.
fn published_arguments(method: &str) -> Option<BTreeSet<String>> {
    let file = crate::repository()
        .parent()?
        .join(format!("shared/provider-specs/slack/docs-methods/{method}.json"));
    let reference: Value = serde_json::from_str(&std::fs::read_to_string(file).ok()?).ok()?;
    Some(reference["args"]["properties"].as_object()?.keys().cloned().collect())
}

impl StandIn for Slack {
    fn channel(&self) -> Channel {
        Channel::Slack
    }

    fn configure(&self, config: &mut Config) {
        crate::provider(config, "slack.base_url", &self.fake.url);
    }

    fn credentials(&self) -> Credentials {
        credentials(&[("bot_token", TOKEN), ("channel_id", CHANNEL)])
    }

    fn said(&self) -> Vec<String> {
        self.messages().iter().map(Value::to_string).collect()
    }

    fn files(&self) -> Vec<Option<Vec<u8>>> {
        self.files().into_iter().map(|file| Some(file.bytes)).collect()
    }
}
