//! A workflow of Microsoft Teams that posts cards to a channel.

use std::sync::{Arc, Mutex};

use api_types::{Channel, Credentials};
use serde_json::{Value, json};
use server::platform::config::Config;

use super::specs::Published;
use super::stand_in::{StandIn, credentials};
use super::{Fake, Received, Reply};

/// What stands behind the host in the URL of the workflow: in `sig`, a percent sign has to stay
/// what it is.
const PATH: &str = "/powerautomate/automations/direct/workflows/0123456789abcdef0123456789abcdef/triggers/manual/paths/invoke";
const QUERY: &str = "api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=geheim-_%3D%2b+x";

/// A fake of a workflow.
pub struct Teams {
    /// For moods and requests.
    pub fake: Fake,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    cards: Mutex<Vec<Value>>,
    problems: Mutex<Vec<String>>,
}

impl Teams {
    /// Starts it.
    pub fn start() -> Self {
        let shared = Arc::new(Shared::default());
        let serving = shared.clone();
        let schema = Published::adaptive_card();
        Self { fake: Fake::start(move |request| serving.answer(request, schema.as_ref())), shared }
    }

    /// The URL that users paste.
    pub fn url(&self) -> String {
        format!("{}{PATH}?{QUERY}", self.fake.url)
    }

    /// The cards that were posted. Fails when anything came that the flow would not understand: it
    /// answers 202 all the same.
    pub fn cards(&self) -> Vec<Value> {
        let problems = self.shared.problems.lock().unwrap();
        assert!(problems.is_empty(), "the workflow would not understand: {problems:#?}");
        self.shared.cards.lock().unwrap().clone()
    }
}

impl Shared {
    fn answer(&self, request: &Received, schema: Option<&Published>) -> Reply {
        let refused = |status: u16, code: &str, message: &str| {
            Reply::json(status, json!({"error": {"code": code, "message": message}}))
        };
        if request.path != PATH || request.method != "POST" {
            return refused(404, "WorkflowNotFound", "The workflow could not be found.");
        }
        if request.query != QUERY {
            return refused(
                401,
                "DirectApiAuthorizationRequired",
                "The request is missing its signature.",
            );
        }
        if !request.header("content-type").is_some_and(|kind| kind.starts_with("application/json"))
        {
            return refused(400, "TriggerInputSchemaMismatch", "The input body is no JSON.");
        }
        if let Some(problem) = self.read(request, schema) {
            self.problems.lock().unwrap().push(problem);
        }
        Reply::empty(202)
    }

    fn read(&self, request: &Received, schema: Option<&Published>) -> Option<String> {
        if request.body.len() > 28 * 1024 {
            return Some(format!("{} bytes: Request Entity too large", request.body.len()));
        }
        let message = request.json();
        let attachments = message["attachments"].as_array().cloned().unwrap_or_default();
        if message["type"] != "message" || attachments.is_empty() {
            return Some("no envelope".into());
        }
        for attachment in attachments {
            let card = &attachment["content"];
            if attachment["contentType"] != "application/vnd.microsoft.card.adaptive"
                || !attachment["contentUrl"].is_null()
            {
                return Some(format!("{}", attachment["contentType"]));
            }
            if card["type"] != "AdaptiveCard" || card["version"] != "1.4" {
                return Some(format!("{} {}", card["type"], card["version"]));
            }
            if let Some(problem) =
                schema.and_then(|schema| schema.problems(card).into_iter().next())
            {
                return Some(problem);
            }
            self.cards.lock().unwrap().push(card.clone());
        }
        None
    }
}

impl StandIn for Teams {
    fn channel(&self) -> Channel {
        Channel::Teams
    }

    fn configure(&self, config: &mut Config) {
        crate::provider(config, "teams.allowed_hosts", "127.0.0.1");
    }

    fn credentials(&self) -> Credentials {
        credentials(&[("url", &self.url())])
    }

    fn said(&self) -> Vec<String> {
        self.cards().iter().map(Value::to_string).collect()
    }
}
