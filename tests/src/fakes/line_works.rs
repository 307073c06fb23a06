//! LINE WORKS: sign-in, bot API and upload, as strict as its documents.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

use api_types::{Channel, Credentials};
use aws_lc_rs::encoding::{AsDer as _, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use server::platform::clock::Clock;
use server::platform::config::Config;

use super::stand_in::{StandIn, credentials};
use super::{Fake, Received, Reply};

/// Credentials that fit.
pub const CLIENT_ID: &str = "u7a2bQ0xkTgY8sLd3fHn";
/// The client's secret.
pub const CLIENT_SECRET: &str = "s3cr3tOfTheApp";
/// The service account.
pub const ACCOUNT: &str = "ab12c.serviceaccount@minato.example";
/// The bot.
pub const BOT: &str = "1234567";
/// A room that the bot is in.
pub const ROOM: &str = "f9b1f6a0-3c2e-4c2b-9a44-2f0d6f1c3b24";
/// A person.
pub const PERSON: &str = "tanaka@minato.example";

/// A message that was accepted.
#[derive(Clone, Debug, PartialEq)]
pub struct Said {
    /// The room or the person.
    pub to: String,
    /// `content` of the message.
    pub content: Value,
    /// Name and bytes of its file.
    pub file: Option<(String, Vec<u8>)>,
}

/// A fake of LINE WORKS.
pub struct LineWorks {
    /// For moods and requests.
    pub fake: Fake,
    /// The service account's private key, as the console gives it.
    pub private_key: String,
    shared: Arc<Shared>,
}

struct Shared {
    clock: Clock,
    public_key: Vec<u8>,
    url: OnceLock<String>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    token: Option<String>,
    tokens: usize,
    files: HashMap<String, (String, Option<Vec<u8>>)>,
    said: Vec<Said>,
    problems: Vec<String>,
    upload_host: Option<String>,
}

impl LineWorks {
    /// Starts it; JWTs are compared with `clock`.
    pub fn start(clock: Clock) -> Self {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der: Pkcs8V1Der<'_> = pair.as_der().unwrap();
        let lines: Vec<String> = STANDARD
            .encode(der.as_ref())
            .as_bytes()
            .chunks(64)
            .map(|line| String::from_utf8_lossy(line).into_owned())
            .collect();
        let private_key = format!(
            "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
            lines.join("\n")
        );
        let public_key = pair.public_key().as_ref().to_vec();
        let shared =
            Arc::new(Shared { clock, public_key, url: OnceLock::new(), state: Mutex::default() });
        let serving = shared.clone();
        let fake = Fake::start(move |request| serving.answer(request));
        shared.url.set(fake.url.clone()).unwrap();
        Self { fake, private_key, shared }
    }

    /// The messages that were accepted.
    pub fn said(&self) -> Vec<Said> {
        let state = self.shared.state.lock().unwrap();
        assert!(
            state.problems.is_empty(),
            "LINE WORKS would not understand: {:#?}",
            state.problems
        );
        state.said.clone()
    }

    /// How many tokens were given out.
    pub fn tokens(&self) -> usize {
        self.shared.state.lock().unwrap().tokens
    }

    /// The token that was given out is not valid any more.
    pub fn revoke(&self) {
        self.shared.state.lock().unwrap().token = None;
    }

    /// Files are to be uploaded to this host.
    pub fn upload_to(&self, url: &str) {
        self.shared.state.lock().unwrap().upload_host = Some(url.to_owned());
    }
}

impl Shared {
    fn answer(&self, request: &Received) -> Reply {
        let path: Vec<&str> = request.path.trim_start_matches('/').split('/').collect();
        let mut state = self.state.lock().unwrap();
        let state = &mut *state;
        if path == ["oauth2", "v2.0", "token"] {
            return self.sign_in(request, state);
        }
        let token = request
            .header("authorization")
            .and_then(|value| value.strip_prefix("Bearer "))
            .map(str::to_owned);
        if token.is_none() || token != state.token {
            return Reply::json(
                401,
                json!({"code": "UNAUTHORIZED", "description": "Authentication failed."}),
            )
            .with("www-authenticate", "Bearer error=\"invalid_token\"");
        }
        let not_found =
            |code: &str| Reply::json(404, json!({"code": code, "description": "not found"}));
        match (request.method.as_str(), path.as_slice()) {
            ("GET", ["v1.0", "bots", BOT]) => {
                Reply::json(200, json!({"botId": 1_234_567, "botName": "電話番"}))
            }
            ("POST", ["v1.0", "bots", BOT, "attachments"]) => {
                let name = request.json()["fileName"].as_str().unwrap_or_default().to_owned();
                if name.is_empty() {
                    state.problems.push(format!("no fileName: {}", request.text()));
                }
                let id = format!("jp1.{}", state.files.len());
                state.files.insert(id.clone(), (name, None));
                let host =
                    state.upload_host.clone().or(self.url.get().cloned()).unwrap_or_default();
                Reply::json(200, json!({"fileId": id, "uploadUrl": format!("{host}/upload/{id}")}))
            }
            ("POST", ["upload", id]) => upload(request, state, id),
            ("POST", ["v1.0", "bots", BOT, kind @ ("channels" | "users"), to, "messages"]) => {
                match (*kind, to.replace("%40", "@").as_str()) {
                    ("channels", ROOM) | ("users", PERSON) => message(request, state, to),
                    _ => not_found("CHANNEL_NOT_EXIST"),
                }
            }
            ("GET" | "POST", ["v1.0", "bots", ..]) => not_found("BOT_NOT_EXIST"),
            (method, _) => {
                state.problems.push(format!("{method} {}", request.path));
                not_found("NOT_FOUND")
            }
        }
    }

    fn sign_in(&self, request: &Received, state: &mut State) -> Reply {
        let refused = |status, error: &str| {
            Reply::json(status, json!({"error": error, "error_description": "no"}))
        };
        let form: HashMap<String, String> = form(&request.text());
        let field = |name: &str| form.get(name).map(String::as_str).unwrap_or_default();
        let is_form = request
            .header("content-type")
            .is_some_and(|kind| kind.starts_with("application/x-www-form-urlencoded"));
        if !is_form
            || field("grant_type") != "urn:ietf:params:oauth:grant-type:jwt-bearer"
            || field("scope") != "bot"
        {
            state.problems.push(format!("a request for a token: {form:?}"));
        }
        if (field("client_id"), field("client_secret")) != (CLIENT_ID, CLIENT_SECRET) {
            return refused(401, "invalid_client");
        }
        let Some((signed, signature)) = field("assertion").rsplit_once('.') else {
            return refused(400, "invalid_grant");
        };
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap_or_default();
        let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, &self.public_key);
        if key.verify(signed.as_bytes(), &signature).is_err() {
            return refused(400, "invalid_grant");
        }
        let part = |index: usize| -> Value {
            let bytes = signed
                .split('.')
                .nth(index)
                .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok())
                .unwrap_or_default();
            serde_json::from_slice(&bytes).unwrap_or_default()
        };
        let (head, claims, now) = (part(0), part(1), self.clock.now().timestamp());
        let (Some(iat), Some(exp)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
            state.problems.push(format!("iat and exp are whole numbers: {claims}"));
            return refused(400, "invalid_grant");
        };
        if head != json!({"typ": "JWT", "alg": "RS256"})
            || iat > now
            || exp <= now
            || exp - iat > 3_600
        {
            state.problems.push(format!("a JWT at {now}: {head} {claims}"));
        }
        if claims["iss"] != CLIENT_ID || claims["sub"] != ACCOUNT {
            return refused(400, "invalid_grant");
        }
        state.tokens += 1;
        let token = format!("kr1AAAA{}", state.tokens);
        state.token = Some(token.clone());
        // A text at first, a number later: clients have to read both.
        let expires_in = if state.tokens == 1 { json!("86400") } else { json!(86400) };
        Reply::json(
            200,
            json!({"access_token": token, "refresh_token": "kr1R", "token_type": "Bearer",
                "expires_in": expires_in, "scope": "bot"}),
        )
    }
}

fn upload(request: &Received, state: &mut State, id: &str) -> Reply {
    let Some((name, kept)) = state.files.get_mut(id) else {
        return Reply::json(404, json!({"code": "NOT_FOUND"}));
    };
    if kept.is_some() {
        return Reply::json(
            400,
            json!({"code": "BAD_REQUEST", "description": "the upload URL was used"}),
        );
    }
    match multipart(request) {
        Some((part, file_name, bytes)) if part == "Filedata" && file_name == *name => {
            *kept = Some(bytes);
            Reply::json(200, json!({"fileId": id}))
        }
        other => {
            state.problems.push(format!(
                "an upload: {:?}",
                other.map(|(part, file_name, _)| (part, file_name))
            ));
            Reply::json(400, json!({"code": "BAD_REQUEST"}))
        }
    }
}

/// Name, file name and bytes of the one part.
fn multipart(request: &Received) -> Option<(String, String, Vec<u8>)> {
    let boundary = request
        .header("content-type")?
        .strip_prefix("multipart/form-data; boundary=")?
        .trim_matches('"')
        .to_owned();
    let (open, close) = (format!("--{boundary}\r\n"), format!("\r\n--{boundary}--\r\n"));
    let inside = request.body.strip_prefix(open.as_bytes())?.strip_suffix(close.as_bytes())?;
    let end_of_head = inside.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = String::from_utf8_lossy(&inside[..end_of_head]).into_owned();
    let value =
        |name: &str| Some(head.split_once(&format!("{name}=\""))?.1.split('"').next()?.to_owned());
    Some((value("; name")?, value("filename")?, inside[end_of_head + 4..].to_vec()))
}

fn message(request: &Received, state: &mut State, to: &str) -> Reply {
    let body = request.json();
    let content = &body["content"];
    let text = content["text"].as_str().unwrap_or_default();
    let file = content["fileId"]
        .as_str()
        .and_then(|id| state.files.get(id))
        .and_then(|(name, bytes)| Some((name.clone(), bytes.clone()?)));
    let good = match content["type"].as_str().unwrap_or_default() {
        "text" => (1..=2_000).contains(&text.chars().count()),
        "file" => file.is_some(),
        "audio" => file
            .as_ref()
            .is_some_and(|(name, bytes)| name.ends_with(".m4a") && bytes.len() <= 1_048_576),
        _ => false,
    };
    if !good {
        state.problems.push(format!("a message: {body}"));
        return Reply::json(400, json!({"code": "INVALID_PARAMETER", "description": "content"}));
    }
    state.said.push(Said { to: to.replace("%40", "@"), content: content.clone(), file });
    Reply::empty(201)
}

fn form(text: &str) -> HashMap<String, String> {
    let decoded = |text: &str| {
        let mut bytes = Vec::new();
        let mut rest = text.bytes();
        while let Some(byte) = rest.next() {
            match byte {
                b'+' => bytes.push(b' '),
                b'%' => {
                    let hex: String = rest.by_ref().take(2).map(char::from).collect();
                    bytes.push(u8::from_str_radix(&hex, 16).unwrap());
                }
                byte => bytes.push(byte),
            }
        }
        String::from_utf8(bytes).unwrap()
    };
    text.split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (decoded(name), decoded(value)))
        .collect()
}

impl StandIn for LineWorks {
    fn channel(&self) -> Channel {
        Channel::LineWorks
    }

    fn configure(&self, config: &mut Config) {
        let url = &self.fake.url;
        crate::provider(config, "line_works.base_url", format!("{url}/v1.0"));
        crate::provider(config, "line_works.auth_url", url);
        crate::provider(config, "line_works.upload_hosts", "127.0.0.1");
    }

    fn credentials(&self) -> Credentials {
        credentials(&[
            ("client_id", CLIENT_ID),
            ("client_secret", CLIENT_SECRET),
            ("service_account", ACCOUNT),
            ("private_key", &self.private_key),
            ("bot_id", BOT),
            ("channel_id", ROOM),
        ])
    }

    fn said(&self) -> Vec<String> {
        self.said().iter().map(|said| said.content.to_string()).collect()
    }

    fn files(&self) -> Vec<Option<Vec<u8>>> {
        self.said().into_iter().filter_map(|said| said.file).map(|(_, file)| Some(file)).collect()
    }
}
