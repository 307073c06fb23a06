//! A client that speaks to the API as a browser or an integrator would, and shows the whole answer
//! when an expectation fails.

use std::ops::Index;

use reqwest::Method;
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use serde_json::Value;

/// A client of the API.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base: String,
    headers: Vec<(String, String)>,
}

/// What a signed-in browser holds.
#[derive(Clone, Debug)]
pub struct Session {
    /// `name=value` of the cookie.
    pub cookie: String,
    /// The CSRF token.
    pub csrf: String,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub bytes: Vec<u8>,
    /// Body as text.
    pub text: String,
    /// Body as JSON; null when it is none.
    pub json: Value,
    request: String,
}

impl Client {
    /// A client without credentials.
    pub fn new(url: &str) -> Self {
        // The server closes what was idle for five seconds, also while a request is on its way.
        let idle = std::time::Duration::from_secs(2);
        #[expect(
            clippy::allow_attributes,
            reason = "the lint only knows it once the server has its own client"
        )]
        #[allow(clippy::disallowed_methods, reason = "tests are clients")]
        let http = reqwest::Client::builder().no_proxy().pool_idle_timeout(idle).build().unwrap();
        Self { http, base: url.to_owned(), headers: Vec::new() }
    }

    /// The same with one header more.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// The same without a header.
    pub fn without(mut self, name: &str) -> Self {
        self.headers.retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// The same with a key.
    pub fn bearer(self, key: &str) -> Self {
        self.header("authorization", &format!("Bearer {key}"))
    }

    /// The same with a session.
    pub fn session(self, session: &Session) -> Self {
        self.header(COOKIE.as_str(), &session.cookie).header("x-csrf-token", &session.csrf)
    }

    /// The same with the version that a write is made from.
    pub fn if_match(&self, version: u64) -> Self {
        self.clone().header("if-match", &format!("\"{version}\""))
    }

    /// Signs in.
    pub async fn sign_in(self, login_id: &str, password: &str) -> (Self, Session) {
        let answer = self
            .post("/session", serde_json::json!({"login_id": login_id, "password": password}))
            .await;
        let session = answer.session();
        (self.session(&session), session)
    }

    /// GET under `/api/v1`.
    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    /// POST under `/api/v1`.
    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body.to_string())).await
    }

    /// PATCH under `/api/v1`.
    pub async fn patch(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PATCH, path, Some(body.to_string())).await
    }

    /// PUT under `/api/v1`.
    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body.to_string())).await
    }

    /// DELETE under `/api/v1`.
    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Any request: a path that begins with `//` is taken from the root, every other one under
    /// `/api/v1`. A body is JSON unless a `content-type` is set.
    pub async fn send(&self, method: Method, path: &str, body: Option<String>) -> Answer {
        self.try_send(method, path, body).await.unwrap()
    }

    /// As [`Client::send`], with a body that need not be text.
    pub async fn send_bytes(&self, method: Method, path: &str, body: Vec<u8>) -> Answer {
        self.exchange(method, path, Some(body)).await.unwrap()
    }

    /// As [`Client::send`], to a server that may be gone before it answers.
    ///
    /// # Errors
    /// When no whole answer came.
    pub async fn try_send(
        &self,
        method: Method,
        path: &str,
        body: Option<String>,
    ) -> reqwest::Result<Answer> {
        self.exchange(method, path, body.map(String::into_bytes)).await
    }

    async fn exchange(
        &self,
        method: Method,
        path: &str,
        body: Option<Vec<u8>>,
    ) -> reqwest::Result<Answer> {
        let url = match path.strip_prefix('/').filter(|rest| rest.starts_with('/')) {
            Some(root) => format!("{}{root}", self.base),
            None => format!("{}/api/v1{path}", self.base),
        };
        let mut request = self.http.request(method.clone(), &url);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let shown = format!(
            "{method} {path} {}",
            String::from_utf8_lossy(body.as_deref().unwrap_or_default())
        );
        if let Some(body) = body {
            if !self.headers.iter().any(|(name, _)| name == "content-type") {
                request = request.header("content-type", "application/json");
            }
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        // A stream of events never ends by itself.
        let is_stream = headers
            .get("content-type")
            .is_some_and(|kind| kind.as_bytes().starts_with(b"text/event-stream"));
        let bytes = if is_stream { Vec::new() } else { response.bytes().await?.to_vec() };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let json = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Ok(Answer { status, headers, bytes, text, json, request: shown })
    }
}

impl Answer {
    /// The JSON body, when the status is as expected.
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}\n{}", self.request, self.text);
        self.json
    }

    /// Checks a problem document: its status and its code.
    #[track_caller]
    pub fn expect_problem(self, status: u16, code: &str) -> Value {
        assert_eq!(
            (self.status, self.json["code"].as_str()),
            (status, Some(code)),
            "{}\n{}",
            self.request,
            self.text
        );
        assert_eq!(self.headers["content-type"], "application/problem+json", "{}", self.request);
        assert_eq!(self.json["status"], status, "{}", self.request);
        self.json
    }

    /// Checks a 422: exactly these pointers and codes, in this order.
    #[track_caller]
    pub fn expect_fields(self, expected: &[(&str, &str)]) -> Value {
        let request = self.request.clone();
        let problem = self.expect_problem(422, "invalid");
        let errors = problem["errors"].as_array().cloned().unwrap_or_default();
        let found: Vec<_> = errors
            .iter()
            .map(|error| {
                (error["pointer"].as_str().unwrap_or("?"), error["code"].as_str().unwrap_or("?"))
            })
            .collect();
        assert_eq!(found, expected, "{request}");
        assert!(
            errors.iter().all(|error| !error["message"].as_str().unwrap_or("").is_empty()),
            "{request}: a message is empty"
        );
        problem
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The version in the ETag.
    #[track_caller]
    pub fn version(&self) -> u64 {
        self.header("etag")
            .and_then(|tag| tag.trim_matches('"').parse().ok())
            .unwrap_or_else(|| panic!("{} has no ETag", self.request))
    }

    /// The session that an answer to a sign-in began.
    #[track_caller]
    pub fn session(&self) -> Session {
        assert_eq!(self.status, 200, "{}\n{}", self.request, self.text);
        let cookie =
            self.headers.get(SET_COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let csrf = self.json["csrf_token"].as_str().unwrap_or_default().to_owned();
        Session { cookie: cookie.split(';').next().unwrap_or_default().to_owned(), csrf }
    }
}

impl Index<&str> for Answer {
    type Output = Value;

    fn index(&self, name: &str) -> &Value {
        &self.json[name]
    }
}
