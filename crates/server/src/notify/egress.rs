//! The one HTTP client that leaves the house.
//!
//! Users paste URLs, so it must not become a way into our own network: it speaks https only,
//! follows no redirect, takes no proxy from the environment, and connects only to addresses of the
//! public Internet. The address that was checked is the one that is connected to, since the check
//! stands inside the resolver: a name that answers something else the second time gains nothing.

mod addresses;

use std::error::Error as _;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Body, Method, RequestBuilder, Response};
use serde::Serialize;
use serde_json::Value;
use url::{Host, Url};

pub use addresses::is_public;

use super::{Outcome, Progress, Report};
use crate::platform::config::Config;
use crate::platform::crypto;

/// More of an answer is not read.
const BODY_LIMIT: usize = 64 * 1024;
const CONNECT: Duration = Duration::from_secs(5);
/// Headers whose values no log shows, beside `Authorization`.
const SECRETS: [&str; 1] = ["x-chatworktoken"];

/// The client.
#[derive(Clone)]
pub struct Client {
    inner: reqwest::Client,
    allow_private: bool,
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("allow_private", &self.allow_private).finish_non_exhaustive()
    }
}

/// An answer of a provider.
#[derive(Clone, Debug)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: HeaderMap,
    /// The body, its first 64 KiB.
    pub body: Vec<u8>,
}

impl Answer {
    /// Whether the status is one of 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header as text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The body as text; what is no UTF-8 is replaced.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// `Retry-After` (RFC 9110, 10.2.3): seconds, or a time in any of the forms of HTTP; a day is
    /// the most that is believed.
    pub fn retry_after(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        let text = self.header("retry-after")?.trim();
        let wait = match text.parse::<i64>() {
            Ok(seconds) => TimeDelta::try_seconds(seconds.clamp(0, 86_400))?,
            Err(_) => DateTime::<Utc>::from(httpdate::parse_http_date(text).ok()?) - now,
        };
        Some(wait.clamp(TimeDelta::zero(), TimeDelta::days(1)))
    }

    /// Whether it is a page for people, as something between us and a provider answers: nothing is
    /// proven by its status.
    pub fn is_page(&self) -> bool {
        let kind = self.header("content-type").unwrap_or_default().trim_start();
        let begins = |text: &[u8], with: &[u8]| {
            text.len() >= with.len() && text[..with.len()].eq_ignore_ascii_case(with)
        };
        let body = self.body.trim_ascii_start();
        begins(kind.as_bytes(), b"text/html")
            || begins(body, b"<!doctype html")
            || begins(body, b"<html")
    }
}

impl Error {
    /// The report of an attempt that got no answer: the same for every provider.
    pub fn report(&self, progress: Progress) -> Report {
        let outcome = match self {
            // Nobody will ever get through there.
            Error::Refused | Error::Invalid => Outcome::BadConfig,
            Error::NoSuchHost | Error::Unreachable(_) | Error::Tls(_) | Error::Redirected(_) => {
                Outcome::Retry { after: None }
            }
            Error::Unknown(_) | Error::Page(_) => Outcome::Unknown,
        };
        Report::new(outcome, Some(self.problem()), &self.to_string(), progress)
    }
}

/// Why no answer came. Never holds a URL: those of our users are secrets.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The address may not be spoken to. Nothing was sent.
    #[error("the address is not one of the public Internet")]
    Refused,
    /// What is to be sent is none that HTTP can carry, such as a token with a line break in it.
    /// Nothing was sent.
    #[error("a value cannot be sent in a header")]
    Invalid,
    /// The host has no address. Nothing was sent.
    #[error("the host name cannot be resolved")]
    NoSuchHost,
    /// No connection could be made. Nothing was sent.
    #[error("no connection: {0}")]
    Unreachable(String),
    /// TLS could not be agreed on. Nothing was sent.
    #[error("no safe connection: {0}")]
    Tls(String),
    /// The request was sent, at least in part, and no whole answer came.
    #[error("no answer: {0}")]
    Unknown(String),
    /// The answer leads elsewhere. Providers don't; what stands between us and them does, for a
    /// while.
    #[error("{0}: the answer leads elsewhere")]
    Redirected(u16),
    /// Something between us and the provider answered with a page for people.
    #[error("{0}: a page instead of the provider's answer")]
    Page(u16),
}

impl Error {
    /// Whether the request may have arrived.
    pub fn may_have_arrived(&self) -> bool {
        matches!(self, Error::Unknown(_) | Error::Page(_))
    }

    /// Key of its texts below `doctor`.
    pub fn problem(&self) -> &'static str {
        match self {
            Error::Refused => "network.refused",
            Error::Invalid => "network.invalid",
            Error::NoSuchHost => "network.no_such_host",
            Error::Unreachable(_) => "network.unreachable",
            Error::Tls(_) => "network.tls",
            Error::Unknown(_) => "network.no_answer",
            Error::Redirected(_) => "network.redirected",
            Error::Page(_) => "network.page",
        }
    }
}

impl Client {
    /// A client as configured.
    pub fn new(config: &Config) -> Self {
        Self::with_resolver(config, Arc::new(System))
    }

    fn with_resolver(config: &Config, resolver: Arc<dyn Lookup>) -> Self {
        let allow_private = config.egress.allow_private;
        #[expect(clippy::disallowed_methods, reason = "this is the one guarded client")]
        let builder = reqwest::Client::builder();
        let inner = builder
            .https_only(!allow_private)
            .redirect(Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(CONNECT)
            .timeout(Duration::from_secs(config.outbox.timeout_s.max(1)))
            .pool_max_idle_per_host(config.outbox.workers.max(64))
            .user_agent(concat!("Denwaban/", env!("CARGO_PKG_VERSION")))
            .dns_resolver(Guard { resolver, allow_private })
            .build();
        // Only an unreadable certificate store can fail, and without one there is no safe
        // connection to be had.
        let inner = inner.unwrap_or_else(|error| panic!("the HTTP client cannot be made: {error}"));
        Self { inner, allow_private }
    }

    /// Begins a POST to a whole URL; one that is none is refused when it is sent.
    pub fn post(&self, url: impl AsRef<str>) -> Request {
        self.request(Method::POST, url.as_ref())
    }

    /// Begins a GET of a whole URL.
    pub fn get(&self, url: impl AsRef<str>) -> Request {
        self.request(Method::GET, url.as_ref())
    }

    /// Begins a HEAD of a whole URL: whether anybody is there.
    pub fn head(&self, url: impl AsRef<str>) -> Request {
        self.request(Method::HEAD, url.as_ref())
    }

    fn request(&self, method: Method, url: &str) -> Request {
        let builder = Url::parse(url)
            .ok()
            .filter(|url| self.may_reach(url))
            .map(|url| self.inner.request(method, url));
        Request { builder }
    }

    /// An address that is written into a URL is not asked of the resolver, so it is checked here;
    /// `url` has turned decimal, octal and hexadecimal forms into the usual one.
    fn may_reach(&self, url: &Url) -> bool {
        if self.allow_private {
            return matches!(url.scheme(), "http" | "https");
        }
        url.scheme() == "https"
            && match url.host() {
                Some(Host::Ipv4(address)) => is_public(IpAddr::V4(address)),
                Some(Host::Ipv6(address)) => is_public(IpAddr::V6(address)),
                Some(Host::Domain(_)) => true,
                None => false,
            }
    }
}

/// A request that is being made.
pub struct Request {
    /// `None` where the address may not be spoken to.
    builder: Option<RequestBuilder>,
}

// Addresses and headers hold credentials.
impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request").field("refused", &self.builder.is_none()).finish_non_exhaustive()
    }
}

impl Request {
    fn with(self, change: impl FnOnce(RequestBuilder) -> RequestBuilder) -> Self {
        Self { builder: self.builder.map(change) }
    }

    /// Adds a header; one that cannot be sent makes the request fail.
    pub fn header(self, name: &str, value: &str) -> Self {
        let mut value = HeaderValue::from_str(value);
        if let Ok(value) = &mut value {
            value.set_sensitive(SECRETS.iter().any(|secret| name.eq_ignore_ascii_case(secret)));
        }
        self.with(|builder| match value {
            Ok(value) => builder.header(name, value),
            // The client tells of it when it is sent.
            Err(_) => builder.header(name, "\n"),
        })
    }

    /// Adds `Authorization: Bearer`.
    pub fn bearer(self, token: &str) -> Self {
        self.with(|builder| builder.bearer_auth(token))
    }

    /// Sends JSON, as UTF-8 and without needless escapes.
    pub fn json(self, body: &Value) -> Self {
        self.header("content-type", "application/json; charset=utf-8").body(body.to_string())
    }

    /// Sends a form.
    pub fn form<T: Serialize + ?Sized>(self, form: &T) -> Self {
        self.with(|builder| builder.form(form))
    }

    /// Sends bytes.
    pub fn body(self, body: impl Into<Body>) -> Self {
        self.with(|builder| builder.body(body))
    }

    /// Sends a form with one file behind its texts. Nothing follows the last boundary's line: some
    /// providers refuse more.
    pub fn file(
        self,
        texts: &[(&str, &str)],
        field: &str,
        (name, kind): (&str, &str),
        bytes: &[u8],
    ) -> Self {
        let boundary = format!("denwaban-{}", crypto::new_token());
        let mut body = Vec::with_capacity(bytes.len() + 1_024);
        for (name, value) in texts {
            let part = format!(
                "--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"
            );
            body.extend_from_slice(part.as_bytes());
        }
        // Names of files are ours: ASCII, without quotation marks.
        let head = format!(
            "--{boundary}\r\nContent-Disposition: form-data; name=\"{field}\"; \
                filename=\"{name}\"\r\nContent-Type: {kind}\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{boundary}--\r\n").as_bytes());
        self.header("content-type", &format!("multipart/form-data; boundary={boundary}")).body(body)
    }

    /// Sends it to a provider and reads its answer.
    ///
    /// # Errors
    /// When no whole answer came, or one that is not the provider's; the error says whether the
    /// request may have arrived.
    pub async fn send(self) -> Result<Answer, Error> {
        let answer = self.send_anywhere().await?;
        match answer.status {
            300..=399 => Err(Error::Redirected(answer.status)),
            200..=299 if answer.is_page() => Err(Error::Page(answer.status)),
            _ => Ok(answer),
        }
    }

    /// Sends it to somebody of whom nothing is known, and reads the answer, whatever it is.
    ///
    /// # Errors
    /// When no whole answer came; the error says whether the request may have arrived.
    pub async fn send_anywhere(self) -> Result<Answer, Error> {
        let Some(builder) = self.builder else { return Err(Error::Refused) };
        let response = builder.send().await.map_err(|error| sort(&error))?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let body = read(response).await?;
        Ok(Answer { status, headers, body })
    }
}

async fn read(mut response: Response) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(part) = response.chunk().await.map_err(|error| Error::Unknown(words(&error)))? {
        let room = BODY_LIMIT - body.len();
        body.extend_from_slice(&part[..part.len().min(room)]);
        if body.len() == BODY_LIMIT {
            break;
        }
    }
    Ok(body)
}

fn sort(error: &reqwest::Error) -> Error {
    let mut source = error.source();
    while let Some(inner) = source {
        if let Some(refused) = inner.downcast_ref::<Unresolved>() {
            return match refused {
                Unresolved::Refused => Error::Refused,
                Unresolved::NoSuchHost => Error::NoSuchHost,
            };
        }
        source = inner.source();
    }
    let text = words(error);
    if error.is_builder() {
        // Plain http is refused by the client itself.
        return if error.url().is_some_and(|url| url.scheme() != "https") {
            Error::Refused
        } else {
            Error::Invalid
        };
    }
    if !error.is_connect() {
        return Error::Unknown(text);
    }
    let tls =
        ["certificate", "tls", "handshake", "Certificate"].iter().any(|word| text.contains(word));
    if tls { Error::Tls(text) } else { Error::Unreachable(text) }
}

/// The innermost reason: the outer ones repeat the URL.
fn words(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "timed out".into();
    }
    let mut innermost: &dyn std::error::Error = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    if innermost.is::<reqwest::Error>() {
        "the connection was lost".into()
    } else {
        innermost.to_string()
    }
}

/// Finds the addresses of a name.
trait Lookup: Send + Sync + 'static {
    fn look_up(
        &self,
        name: String,
    ) -> std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>>;
}

/// The operating system's resolver.
struct System;

impl Lookup for System {
    fn look_up(
        &self,
        name: String,
    ) -> std::pin::Pin<Box<dyn Future<Output = std::io::Result<Vec<SocketAddr>>> + Send>> {
        Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) })
    }
}

#[derive(Debug, thiserror::Error)]
enum Unresolved {
    #[error("refused")]
    Refused,
    #[error("no such host")]
    NoSuchHost,
}

/// Hands on only addresses that may be spoken to.
struct Guard {
    resolver: Arc<dyn Lookup>,
    allow_private: bool,
}

impl Resolve for Guard {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, allow_private) =
            (self.resolver.look_up(name.as_str().to_owned()), self.allow_private);
        Box::pin(async move {
            let found = found.await.map_err(|_| Unresolved::NoSuchHost)?;
            let good: Vec<SocketAddr> = found
                .iter()
                .copied()
                .filter(|address| allow_private || is_public(address.ip()))
                .collect();
            match (good.is_empty(), found.is_empty()) {
                (true, true) => Err(Unresolved::NoSuchHost.into()),
                (true, false) => Err(Unresolved::Refused.into()),
                (false, _) => Ok(Box::new(good.into_iter()) as Addrs),
            }
        })
    }
}

#[cfg(test)]
mod tests;
