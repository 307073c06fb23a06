//! A stand-in for somebody else's HTTP server: records what comes, and answers as a test wishes.

pub mod chatwork;
pub mod discord;
pub mod google_chat;
pub mod line;
pub mod line_works;
pub mod multipart;
pub mod schema;
pub mod slack;
pub mod smtp;
mod specs;
pub mod stand_in;
pub mod teams;
mod turns;
pub mod webhook;

use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use serde_json::Value;

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Received {
    /// `GET`, `POST`, …
    pub method: String,
    /// The path, without the query.
    pub path: String,
    /// The query as it was sent.
    pub query: String,
    /// Names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Received {
    /// A header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    /// The body as JSON; null when it is none.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }
}

/// What a fake does with a request.
#[derive(Clone, Debug)]
pub enum Reply {
    /// Status, headers, body.
    Answer(u16, Vec<(String, String)>, Vec<u8>),
    /// Says nothing for so long, then ends the connection without an answer.
    Stall(Duration),
    /// Ends the connection without an answer.
    HangUp,
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: Value) -> Self {
        Self::Answer(
            status,
            vec![("content-type".into(), "application/json".into())],
            body.to_string().into_bytes(),
        )
    }

    /// An answer without a body.
    pub fn empty(status: u16) -> Self {
        Self::Answer(status, Vec::new(), Vec::new())
    }

    /// A page for people, as something between us and a provider answers.
    pub fn page() -> Self {
        let page = "<!DOCTYPE html><html><body>Sign in</body></html>";
        Self::Answer(200, vec![("content-type".into(), "text/html".into())], page.into())
    }

    /// The same with a header more.
    pub fn with(self, name: &str, value: &str) -> Self {
        match self {
            Self::Answer(status, mut headers, body) => {
                headers.push((name.into(), value.into()));
                Self::Answer(status, headers, body)
            }
            other => other,
        }
    }
}

/// A form as JSON: every value is text.
fn form(body: &[u8]) -> Value {
    let pairs = url::form_urlencoded::parse(body);
    Value::Object(
        pairs.map(|(name, value)| (name.into_owned(), Value::String(value.into_owned()))).collect(),
    )
}

type Handler = Arc<dyn Fn(&Received) -> Reply + Send + Sync>;

struct Shared {
    requests: Mutex<Vec<Received>>,
    /// Replies that come before the handler's, first in first out.
    moods: Mutex<Vec<Reply>>,
    handler: Handler,
}

/// A fake server on a port of its own; ends when it is dropped.
pub struct Fake {
    /// `http://127.0.0.1:port`, without a slash at the end.
    pub url: String,
    shared: Arc<Shared>,
    handle: actix_web::dev::ServerHandle,
}

impl Fake {
    /// Starts a server that answers by `handler`.
    pub fn start(handler: impl Fn(&Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared {
            requests: Mutex::default(),
            moods: Mutex::default(),
            handler: Arc::new(handler),
        });
        let serving = shared.clone();
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    let shared = serving.clone();
                    App::new().app_data(web::PayloadConfig::new(64 << 20)).default_service(web::to(
                        move |request: HttpRequest, body: web::Bytes| {
                            let shared = shared.clone();
                            async move { respond(&shared, &request, &body).await }
                        },
                    ))
                });
                let server = server
                    .workers(1)
                    .shutdown_timeout(0)
                    .disable_signals()
                    .listen(listener)
                    .unwrap()
                    .run();
                send.send(server.handle()).unwrap();
                _ = server.await;
            });
        });
        Self { url, shared, handle: receive.recv().unwrap() }
    }

    /// The next requests are answered so, one after the other, before the handler is asked again.
    pub fn next(&self, replies: impl IntoIterator<Item = Reply>) {
        self.shared.moods.lock().unwrap().extend(replies);
    }

    /// Every request so far.
    pub fn requests(&self) -> Vec<Received> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// How many requests came so far.
    pub fn count(&self) -> usize {
        self.shared.requests.lock().unwrap().len()
    }
}

impl Drop for Fake {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

async fn respond(
    shared: &Shared,
    request: &HttpRequest,
    body: &web::Bytes,
) -> actix_web::Result<HttpResponse> {
    let received = Received {
        method: request.method().to_string(),
        path: request.path().to_owned(),
        query: request.query_string().to_owned(),
        headers: request
            .headers()
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
            .collect(),
        body: body.to_vec(),
    };
    // Whether anybody is there: that is no notice.
    if request.method() == Method::HEAD {
        return Ok(HttpResponse::MethodNotAllowed().finish());
    }
    let mood = {
        let mut moods = shared.moods.lock().unwrap();
        (!moods.is_empty()).then(|| moods.remove(0))
    };
    let reply = mood.unwrap_or_else(|| (shared.handler)(&received));
    shared.requests.lock().unwrap().push(received);
    let hang_up = || actix_web::error::PayloadError::Incomplete(None);
    match reply {
        Reply::Answer(status, headers, body) => {
            let mut response = HttpResponse::build(StatusCode::from_u16(status).unwrap());
            for header in headers {
                response.append_header(header);
            }
            Ok(response.body(body))
        }
        Reply::Stall(time) => {
            tokio::time::sleep(time).await;
            Ok(broken(hang_up()))
        }
        Reply::HangUp => Ok(broken(hang_up())),
    }
}

/// A body that fails at once ends the connection before a whole answer was sent.
fn broken(error: actix_web::error::PayloadError) -> HttpResponse {
    let failing = futures_util::stream::once(async move { Err::<web::Bytes, _>(error) });
    HttpResponse::Ok().insert_header(("content-length", "10")).no_chunking(10).streaming(failing)
}
