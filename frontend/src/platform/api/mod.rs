//! The door to the server. One non-generic exchange does the work; the typed functions per resource
//! are thin.

mod request;
pub mod upload;

use std::time::Duration;

use api_types::{ErrorCode, Problem};
use leptos::prelude::*;
use serde::Serialize;
use serde::de::DeserializeOwned;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{AbortSignal, Headers, RequestInit, Response};

pub use self::request::Request;
use self::request::{Received, versioned};
use super::online::Reach;
use super::session::SessionState;
use super::{format, i18n, json};

/// Where the API begins.
pub const BASE: &str = "/api/v1";
const TIMEOUT_MS: u32 = 20_000;
/// For work on a whole list: a hundred thousand rows take longer than a setting.
const WORK_TIMEOUT_MS: u32 = 120_000;

/// Why a request brought no answer to work with.
#[derive(Clone, Debug, PartialEq)]
pub enum ClientError {
    /// The server cannot be reached.
    Offline,
    /// The server did not answer in time.
    Timeout,
    /// The server said no, and why.
    Problem(Box<Problem>),
    /// The server said no and asked to wait this many seconds.
    Wait(Box<Problem>, u32),
    /// Something between here and the server answered instead of it.
    Malformed,
}

impl ClientError {
    /// The stable code, where the server gave one.
    pub fn code(&self) -> Option<ErrorCode> {
        match self {
            ClientError::Problem(problem) | ClientError::Wait(problem, _) => Some(problem.code),
            _ => None,
        }
    }

    /// Whether it makes no difference what was asked: the way to the server is broken.
    pub fn is_unreachable(&self) -> bool {
        matches!(self, ClientError::Offline | ClientError::Timeout)
    }
}

/// An answer with the version that its ETag names.
#[derive(Clone, Debug)]
pub struct Versioned<T> {
    /// The object.
    pub body: T,
    /// The version for the next `If-Match`.
    pub version: Option<u64>,
}

/// Everything a request needs to know about the person at the screen.
#[derive(Clone, Copy)]
pub struct Client {
    session: RwSignal<SessionState>,
    reach: RwSignal<Reach>,
}

impl Client {
    /// A client that reads the session for its token and ends it when the server says so.
    pub fn new(session: RwSignal<SessionState>, reach: RwSignal<Reach>) -> Self {
        Self { session, reach }
    }

    /// Reads.
    pub fn get<T: DeserializeOwned>(self, path: &str) -> Request<Versioned<T>> {
        Request::new(self.send("GET", path, Ok(None), None, TIMEOUT_MS), versioned)
    }

    /// Writes and takes the object that comes back.
    pub fn write<B: Serialize, T: DeserializeOwned>(
        self,
        method: &'static str,
        path: &str,
        body: &B,
        version: Option<u64>,
    ) -> Request<Versioned<T>> {
        Request::new(self.send(method, path, text(body), version, TIMEOUT_MS), versioned)
    }

    /// Has the server work on a whole list, and takes what comes back.
    pub fn work<B: Serialize, T: DeserializeOwned>(self, path: &str, body: &B) -> Request<T> {
        let answer = self.send("POST", path, text(body), None, WORK_TIMEOUT_MS);
        Request::new(answer, versioned).body()
    }

    /// Writes where nothing comes back that matters.
    pub fn tell<B: Serialize>(self, method: &'static str, path: &str, body: &B) -> Request<()> {
        Request::new(self.send(method, path, text(body), None, TIMEOUT_MS), |_| Ok(()))
    }

    /// Removes.
    pub fn delete(self, path: &str) -> Request<()> {
        Request::new(self.send("DELETE", path, Ok(None), None, TIMEOUT_MS), |_| Ok(()))
    }

    /// Removes a setting in the version that was read.
    pub fn delete_version(self, path: &str, version: u64) -> Request<()> {
        Request::new(self.send("DELETE", path, Ok(None), Some(version), TIMEOUT_MS), |_| Ok(()))
    }

    fn send(
        self,
        method: &'static str,
        path: &str,
        body: Result<Option<String>, ClientError>,
        version: Option<u64>,
        timeout_ms: u32,
    ) -> impl Future<Output = Result<Received, ClientError>> + use<> {
        let path = path.to_owned();
        async move {
            let outcome = exchange(method, &path, body?, version, self.token(), timeout_ms).await;
            self.heed(outcome)
        }
    }

    fn token(self) -> Option<String> {
        self.session
            .with_untracked(|state| state.signed_in().map(|session| session.csrf_token.clone()))
    }

    /// Learns from an outcome whether the server can be reached and whether the session still
    /// stands.
    fn heed(self, outcome: Result<Received, ClientError>) -> Result<Received, ClientError> {
        let known = self.reach.get_untracked();
        let reach = match &outcome {
            Ok(Received { kept_at: Some(at), .. }) => Reach::Kept(*at),
            Err(ClientError::Offline) if known == Reach::Server => Reach::Nowhere,
            Err(error) if error.is_unreachable() => known,
            _ => Reach::Server,
        };
        if reach != known {
            self.reach.set(reach);
        }
        if let Err(error) = &outcome
            && error.code() == Some(ErrorCode::Unauthenticated)
            && self.session.with_untracked(|state| state.signed_in().is_some())
        {
            // Not before whoever asked has taken the answer: a page that is being taken down must
            // not hear of anything any more.
            set_timeout(move || self.session.set(SessionState::Ended), Duration::ZERO);
        }
        outcome
    }
}

/// A body as it is sent.
fn text<B: Serialize>(body: &B) -> Result<Option<String>, ClientError> {
    serde_json::to_string(body).map(Some).map_err(|_| ClientError::Malformed)
}

async fn exchange(
    method: &str,
    path: &str,
    body: Option<String>,
    version: Option<u64>,
    csrf_token: Option<String>,
    timeout_ms: u32,
) -> Result<Received, ClientError> {
    let headers = Headers::new().map_err(|_| ClientError::Malformed)?;
    // Setting a header fails only for a malformed name or value; ours are neither.
    let set = |name: &str, value: &str| _ = headers.set(name, value);
    set("Accept", "application/json");
    set("Accept-Language", i18n::tag());
    if body.is_some() {
        set("Content-Type", "application/json");
    }
    if let Some(version) = version {
        set("If-Match", &format!("\"{version}\""));
    }
    if method != "GET"
        && let Some(token) = csrf_token
    {
        set("X-CSRF-Token", &token);
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_headers(&headers);
    if let Some(body) = body {
        init.set_body(&JsValue::from_str(&body));
    }
    init.set_signal(Some(&AbortSignal::timeout_with_u32(timeout_ms)));
    let response =
        JsFuture::from(window().fetch_with_str_and_init(&format!("{BASE}{path}"), &init))
            .await
            .map_err(|error| failure(&error))?;
    let response: Response = response.dyn_into().map_err(|_| ClientError::Malformed)?;
    let text = JsFuture::from(response.text().map_err(|_| ClientError::Malformed)?)
        .await
        .map_err(|error| failure(&error))?;
    let text = text.as_string().unwrap_or_default();
    let header = |name: &str| response.headers().get(name).ok().flatten();
    if response.ok() {
        let version = header("ETag")
            .and_then(|tag| tag.trim_start_matches("W/").trim_matches('"').parse().ok());
        let kept_at = header("Denwaban-Kept-At").and_then(|at| at.parse().ok()).map(format::at);
        return Ok(Received { text, version, kept_at });
    }
    Err(refusal(&text, header("Retry-After")))
}

/// What the server says when it says no.
fn refusal(text: &str, retry_after: Option<String>) -> ClientError {
    let Some(problem) = json::read::<Problem>(text) else { return ClientError::Malformed };
    match retry_after.and_then(|seconds| seconds.parse().ok()) {
        Some(seconds) => ClientError::Wait(Box::new(problem), seconds),
        None => ClientError::Problem(Box::new(problem)),
    }
}

fn failure(error: &JsValue) -> ClientError {
    let name = js_sys::Reflect::get(error, &JsValue::from_str("name"))
        .ok()
        .and_then(|name| name.as_string());
    match name.as_deref() {
        Some("TimeoutError" | "AbortError") => ClientError::Timeout,
        _ => ClientError::Offline,
    }
}

/// The client of this window.
pub fn use_client() -> Client {
    expect_context()
}
