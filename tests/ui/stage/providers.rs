//! The services that notices go to, as far as the stories need them; how strictly they read is
//! tested elsewhere.

use std::sync::{Arc, Mutex};

use serde_json::json;
use tests::fakes::{Fake, Received, Reply};

/// The one bot token that Slack knows.
pub const SLACK_TOKEN: &str = "xoxb-1234567890-minato0123";
/// A channel access token as LINE gives them.
pub const LINE_TOKEN: &str = "long-lived-channel-access-token+0123456789/0123456789012345678901234567890123456789012345678901234567890123==";

/// All of them behind one port, told apart by their paths.
pub struct Providers {
    fake: Fake,
    slack_error: Arc<Mutex<Option<&'static str>>>,
}

impl Providers {
    /// Starts them.
    pub fn start() -> Self {
        let slack_error = Arc::new(Mutex::new(None));
        let error = slack_error.clone();
        let fake = Fake::start(move |request| {
            answer(request, *error.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
        });
        Self { fake, slack_error }
    }

    /// Where one of them is.
    pub fn url(&self, name: &str) -> String {
        format!("{}/{name}", self.fake.url)
    }

    /// From now on Slack says this to whoever posts.
    pub fn slack_says(&self, error: Option<&'static str>) {
        *self.slack_error.lock().unwrap_or_else(|poisoned| poisoned.into_inner()) = error;
    }

    /// What came to this path.
    pub fn received(&self, path: &str) -> Vec<Received> {
        self.fake.requests().into_iter().filter(|request| request.path == path).collect()
    }
}

fn answer(request: &Received, slack_error: Option<&str>) -> Reply {
    let known = request.header("authorization") == Some(&format!("Bearer {SLACK_TOKEN}"));
    match request.path.as_str() {
        path if path.starts_with("/slack/") && !known => {
            Reply::json(200, json!({"ok": false, "error": "invalid_auth"}))
        }
        "/slack/conversations.info" => Reply::json(
            200,
            json!({"ok": true, "channel": {"is_member": true, "is_archived": false}}),
        ),
        "/slack/chat.postMessage" if slack_error.is_some() => {
            Reply::json(200, json!({"ok": false, "error": slack_error}))
        }
        path if path.starts_with("/slack/") => Reply::json(
            200,
            json!({"ok": true, "channel": "C0123456789", "ts": "1503435956.000247"}),
        ),
        "/line/v2/bot/message/push" => {
            Reply::json(200, json!({"sentMessages": [{"id": "1", "quoteToken": "q"}]}))
        }
        path if path.starts_with("/line/") => Reply::json(200, json!({})),
        "/hook" => Reply::empty(204),
        _ => Reply::empty(404),
    }
}
