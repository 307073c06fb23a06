//! An endpoint of an account's own: checks what comes by Standard Webhooks 1.0.0, with its own
//! reading of that document.

use std::sync::{Arc, Mutex};

use api_types::{Channel, Credentials};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use server::platform::clock::Clock;
use server::platform::config::Config;
use sha2::Sha256;

use super::stand_in::{StandIn, credentials};
use super::{Fake, Received, Reply};

/// A secret.
pub const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
/// Another one.
pub const OTHER_SECRET: &str = "whsec_b2xkb2xkb2xkb2xkb2xkb2xkb2xkb2xk";

/// A fake endpoint.
pub struct Endpoint {
    /// For moods and requests; its URL is the one to enter.
    pub fake: Fake,
    problems: Arc<Mutex<Vec<String>>>,
}

impl Endpoint {
    /// Starts one that knows `secret` and what time it is.
    pub fn start(secret: &'static str, clock: Clock) -> Self {
        let problems = Arc::new(Mutex::new(Vec::new()));
        let found = problems.clone();
        let fake =
            Fake::start(move |request| match verify(request, secret, clock.now().timestamp()) {
                Ok(()) => Reply::empty(204),
                Err(problem) => {
                    found.lock().unwrap().push(problem);
                    Reply::empty(401)
                }
            });
        Self { fake, problems }
    }

    /// What was wrong with requests so far.
    pub fn problems(&self) -> Vec<String> {
        self.problems.lock().unwrap().clone()
    }
}

/// What a receiver does before it reads a body.
///
/// # Errors
/// What is wrong with the request.
pub fn verify(request: &Received, secret: &str, now: i64) -> Result<(), String> {
    let header = |name: &str| request.header(name).ok_or(format!("{name} is missing"));
    if request.method != "POST"
        || request.header("content-type").is_none_or(|kind| !kind.starts_with("application/json"))
    {
        return Err(format!("{} {:?}", request.method, request.header("content-type")));
    }
    if request.body.len() >= 20_000 {
        return Err(format!("a body of {} bytes", request.body.len()));
    }
    let (id, timestamp, signatures) =
        (header("webhook-id")?, header("webhook-timestamp")?, header("webhook-signature")?);
    if id.is_empty() || id.contains('.') {
        return Err(format!("webhook-id is {id:?}"));
    }
    let sent_at: i64 =
        timestamp.parse().map_err(|_| format!("webhook-timestamp is {timestamp:?}"))?;
    if (now - sent_at).abs() > 300 {
        return Err(format!("sent at {sent_at}, and it is {now}"));
    }
    let key =
        STANDARD.decode(secret.trim_start_matches("whsec_")).map_err(|error| error.to_string())?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).map_err(|error| error.to_string())?;
    mac.update(id.as_bytes());
    mac.update(b".");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(&request.body);
    let given = signatures
        .split(' ')
        .filter_map(|signature| STANDARD.decode(signature.strip_prefix("v1,")?).ok());
    given
        .into_iter()
        .any(|signature| mac.clone().verify_slice(&signature).is_ok())
        .then_some(())
        .ok_or("no signature matches".into())
}

impl StandIn for Endpoint {
    fn channel(&self) -> Channel {
        Channel::Webhook
    }

    fn configure(&self, config: &mut Config) {
        config.egress.allow_private = true;
    }

    fn credentials(&self) -> Credentials {
        credentials(&[("url", &self.fake.url), ("signing_secret", SECRET)])
    }

    fn said(&self) -> Vec<String> {
        assert_eq!(self.problems(), Vec::<String>::new());
        self.fake.requests().iter().map(Received::text).collect()
    }
}
