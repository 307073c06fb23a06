//! A webhook of a Discord channel, that refuses what the real one refuses.

use std::sync::{Arc, Mutex};

use api_types::{Channel, Credentials};
use serde_json::{Value, json};
use server::platform::config::Config;

use super::multipart::parts;
use super::stand_in::{StandIn, credentials};
use super::{Fake, Received, Reply};

/// The one webhook that is known.
pub const ID: &str = "1234567890123456789";
/// Its token.
pub const TOKEN: &str = "aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789_-aBcDeFgHiJkLmNoPqRsTuVwXyZ0123";
/// The channel that it posts to.
pub const CHANNEL: &str = "2234567890123456789";
/// A thread of the channel.
pub const THREAD: &str = "3234567890123456789";
/// Their server.
pub const GUILD: &str = "4234567890123456789";
/// Bytes of the largest file that it takes.
pub const FILE_MAX: usize = 10 << 20;

/// A message that people see.
#[derive(Clone)]
pub struct Seen {
    /// The channel or the thread.
    pub place: String,
    /// What it says.
    pub content: String,
    /// Name and bytes of its file.
    pub file: Option<(String, Vec<u8>)>,
}

/// A webhook that refuses what the real one refuses.
pub struct Discord {
    /// For `providers.discord.base_url`, moods and requests.
    pub fake: Fake,
    seen: Arc<Mutex<Vec<Seen>>>,
}

/// An error as Discord writes it.
pub fn refused(status: u16, code: i64, message: &str) -> Reply {
    Reply::json(status, json!({"code": code, "message": message}))
}

impl Discord {
    /// Starts it.
    pub fn start() -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let serving = seen.clone();
        Self { fake: Fake::start(move |request| answer(request, &serving)), seen }
    }

    /// The messages, in order.
    pub fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

fn answer(request: &Received, seen: &Mutex<Vec<Seen>>) -> Reply {
    let Some((id, token)) =
        request.path.strip_prefix("/api/webhooks/").and_then(|rest| rest.split_once('/'))
    else {
        return refused(404, 0, "404: Not Found");
    };
    match (id, token) {
        (ID, TOKEN) => {}
        (ID, _) => return refused(401, 50_027, "Invalid Webhook Token"),
        _ => return refused(404, 10_015, "Unknown Webhook"),
    }
    if request.method == "GET" {
        return Reply::json(200, json!({"id": ID, "channel_id": CHANNEL, "guild_id": GUILD}));
    }
    let (message, file) = match request.header("content-type") {
        Some("application/json; charset=utf-8") => (request.json(), None),
        _ => {
            let Some(parts) = parts(request) else {
                return refused(400, 50_035, "Invalid Form Body");
            };
            let [payload, file] = parts.as_slice() else {
                return refused(400, 50_035, "Invalid Form Body");
            };
            if (payload.name.as_str(), file.name.as_str()) != ("payload_json", "files[0]") {
                return refused(400, 50_035, "Invalid Form Body");
            }
            if file.bytes.len() > FILE_MAX {
                return refused(413, 40_005, "Request entity too large");
            }
            let message = serde_json::from_slice(&payload.bytes).unwrap_or(Value::Null);
            (message, Some((file.file_name.clone(), file.bytes.clone())))
        }
    };
    let known = |name: &String| ["content", "allowed_mentions", "flags"].contains(&name.as_str());
    let content = message["content"].as_str().unwrap_or_default();
    let length = content.chars().count();
    // Whoever lets transcripts mention everybody is refused here, though not there.
    if !message.as_object().is_some_and(|fields| fields.keys().all(known))
        || message["allowed_mentions"] != json!({"parse": []})
        || message["flags"] != 4
        || !(1..=2_000).contains(&length)
    {
        return refused(400, 50_035, "Invalid Form Body");
    }
    let place = match request.query.as_str() {
        "wait=true" => CHANNEL,
        query if query == format!("wait=true&thread_id={THREAD}") => THREAD,
        query if query.starts_with("wait=true&thread_id=") => {
            return refused(404, 10_003, "Unknown Channel");
        }
        _ => return Reply::empty(204),
    };
    let mut seen = seen.lock().unwrap();
    seen.push(Seen { place: place.to_owned(), content: content.to_owned(), file });
    let id = format!("500000000000000000{}", seen.len());
    Reply::json(200, json!({"id": id, "channel_id": place}))
        .with("x-ratelimit-remaining", "4")
        .with("x-ratelimit-reset-after", "2.0")
}

/// The URL that users paste.
pub fn url() -> String {
    format!("https://discord.com/api/webhooks/{ID}/{TOKEN}")
}

impl StandIn for Discord {
    fn channel(&self) -> Channel {
        Channel::Discord
    }

    fn configure(&self, config: &mut Config) {
        crate::provider(config, "discord.base_url", &self.fake.url);
    }

    fn credentials(&self) -> Credentials {
        credentials(&[("url", &url())])
    }

    fn said(&self) -> Vec<String> {
        self.seen().into_iter().map(|seen| seen.content).collect()
    }

    fn files(&self) -> Vec<Option<Vec<u8>>> {
        self.seen().into_iter().filter_map(|seen| seen.file).map(|(_, file)| Some(file)).collect()
    }
}
