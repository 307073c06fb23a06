//! Google Chat's incoming webhook of one space.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use api_types::{Channel, Credentials};
use serde_json::{Value, json};
use server::platform::config::Config;

use super::specs::{Published, chat_parameters};
use super::stand_in::{StandIn, credentials};
use super::{Fake, Received, Reply};

const PATH: &str = "/v1/spaces/AAAAmin4to/messages";
/// The token ends in an encoded `=`, which has to stay encoded.
const QUERY: &str = "key=AIzaSyDdI0hCZtE6vySjMm-WEfRq3CPzqKqqsHI&token=geheim_-0123%3D";

/// A fake of a space's webhook.
pub struct GoogleChat {
    /// For `providers.google_chat.base_url`, moods and requests.
    pub fake: Fake,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Messages by their request ids.
    accepted: Mutex<HashMap<String, Value>>,
    messages: Mutex<Vec<Value>>,
    problems: Mutex<Vec<String>>,
}

impl GoogleChat {
    /// Starts it.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        let (schema, parameters) = (Published::chat_message(), chat_parameters());
        Self {
            fake: Fake::start(move |request| {
                serving.answer(request, schema.as_ref(), parameters.as_deref())
            }),
            shared,
        }
    }

    /// The URL that users paste.
    pub fn url() -> String {
        format!("https://chat.googleapis.com{PATH}?{QUERY}")
    }

    /// The messages that people see. Fails when anything came that Google Chat would not
    /// understand.
    pub fn messages(&self) -> Vec<Value> {
        let problems = self.shared.problems.lock().unwrap();
        assert!(problems.is_empty(), "Google Chat would not understand: {problems:#?}");
        self.shared.messages.lock().unwrap().clone()
    }
}

/// An error as Google's APIs write it.
pub fn refused(status: u16, name: &str, message: &str, reason: Option<&str>) -> Reply {
    let details: Vec<Value> = reason
        .map(
            |reason| json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}),
        )
        .into_iter()
        .collect();
    Reply::json(
        status,
        json!({"error": {"code": status, "message": message, "status": name, "details": details}}),
    )
}

impl Shared {
    fn answer(
        &self,
        request: &Received,
        schema: Option<&Published>,
        parameters: Option<&[String]>,
    ) -> Reply {
        if request.path != PATH || request.method != "POST" {
            return refused(404, "NOT_FOUND", "Space not found.", None);
        }
        let Some(ours) = request.query.strip_prefix(QUERY) else {
            return refused(403, "PERMISSION_DENIED", "Method called without a valid token.", None);
        };
        if !request
            .header("content-type")
            .is_some_and(|kind| kind.eq_ignore_ascii_case("application/json; charset=UTF-8"))
        {
            self.problem(format!("content type {:?}", request.header("content-type")));
        }
        let ours = super::form(ours.as_bytes());
        for name in ours.as_object().into_iter().flatten().map(|(name, _)| name) {
            if parameters.is_some_and(|known| !known.contains(name)) {
                self.problem(format!("there is no parameter {name}"));
            }
        }
        let message = request.json();
        if let Some(problem) =
            schema.and_then(|schema| schema.problems(&message).into_iter().next())
        {
            self.problem(problem.clone());
            return refused(400, "INVALID_ARGUMENT", &problem, None);
        }
        let text = message["text"].as_str().unwrap_or_default();
        if text.is_empty() || text.chars().count() > 4_000 || request.body.len() > 32_000 {
            return refused(400, "INVALID_ARGUMENT", "Message cannot be empty or too long.", None);
        }
        if !message["thread"].is_null()
            && ours["messageReplyOption"] != "REPLY_MESSAGE_FALLBACK_TO_NEW_THREAD"
        {
            self.problem("a thread that is ignored".into());
        }
        self.accept(ours["requestId"].as_str().unwrap_or_default(), &message)
    }

    fn problem(&self, text: String) {
        self.problems.lock().unwrap().push(text);
    }

    /// A request id that is known answers what was answered the first time.
    fn accept(&self, request_id: &str, message: &Value) -> Reply {
        let mut accepted = self.accepted.lock().unwrap();
        if let Some(known) = accepted.get(request_id) {
            return Reply::json(200, known.clone());
        }
        let mut messages = self.messages.lock().unwrap();
        let made = json!({"name": format!("spaces/AAAAmin4to/messages/{}", messages.len() + 1),
            "text": message["text"]});
        messages.push(message.clone());
        accepted.insert(request_id.to_owned(), made.clone());
        Reply::json(200, made)
    }
}

impl StandIn for GoogleChat {
    fn channel(&self) -> Channel {
        Channel::GoogleChat
    }

    fn configure(&self, config: &mut Config) {
        crate::provider(config, "google_chat.base_url", &self.fake.url);
    }

    fn credentials(&self) -> Credentials {
        credentials(&[("url", &GoogleChat::url())])
    }

    fn said(&self) -> Vec<String> {
        self.messages().iter().map(ToString::to_string).collect()
    }
}
