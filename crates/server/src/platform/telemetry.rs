//! What the process tells about itself: log lines, request ids, metrics.

use std::fmt::Debug;
use std::io::IsTerminal as _;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::{Server, ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{App, Error, HttpMessage as _, HttpRequest, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use tracing::Instrument as _;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::platform::config::{Log, LogFormat};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

const REQUESTS: &str = "http_requests_total";
const DURATION: &str = "http_request_duration_seconds";

/// From an answer out of memory to one that somebody gave up waiting for; in seconds.
const BUCKETS: &[f64] =
    &[0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// How often the exporter takes in what was recorded; its memory would grow between scrapes
/// otherwise.
const UPKEEP: Duration = Duration::from_secs(5);

/// What asks whether we are alive would drown every other line.
const PROBES: &[&str] = &["/healthz", "/readyz", "/readyz/writes"];

/// Label of what no route matches, such as the portal's pages.
const NO_ROUTE: &str = "(other)";

/// Starts logging to standard error. Later calls in the same process change nothing.
pub fn init(log: &Log) {
    let filter = EnvFilter::try_new(&log.filter).unwrap_or_else(|_| EnvFilter::new("info"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let lines = match log.format {
        LogFormat::Text => lines.with_ansi(std::io::stderr().is_terminal()).boxed(),
        LogFormat::Json => {
            lines.json().flatten_event(true).with_current_span(true).with_span_list(false).boxed()
        }
    };
    let _ = tracing_subscriber::registry().with(filter).with(lines).try_init();
}

/// The id of a request, for its log lines, its answer and whoever reports a fault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(pub String);

impl RequestId {
    /// The id of this request; a fresh one when it did not come through [`observe`].
    pub fn of(request: &HttpRequest) -> Self {
        let known = request.extensions().get::<Self>().cloned();
        known.unwrap_or_else(Self::fresh)
    }

    fn fresh() -> Self {
        Self(uuid::Uuid::now_v7().to_string())
    }

    /// The id that came with the request, if it is one that can stand in a log line.
    fn incoming(headers: &HeaderMap) -> Option<Self> {
        let text = headers.get(&REQUEST_ID)?.to_str().ok()?;
        let sane = (8..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
        sane.then(|| Self(text.to_owned()))
    }
}

/// Middleware for the whole application: gives the request an id and a span, its answer the header
/// `X-Request-Id`, and records it once, in one log line and in the metrics. Paths and queries may
/// carry tokens, so only the pattern of the route is told.
///
/// # Errors
/// Whatever the inner services fail with.
pub async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let id = RequestId::incoming(request.headers()).unwrap_or_else(RequestId::fresh);
    let value = HeaderValue::from_str(&id.0).unwrap_or_else(|_| HeaderValue::from_static("-"));
    let span = tracing::info_span!("request", id = %id.0);
    let mut record = Record::new(method_label(request.method()), span.clone());
    request.extensions_mut().insert(id);

    let result = next.call(request).instrument(span).await;
    let result = match result {
        Ok(mut response) => {
            response.headers_mut().insert(REQUEST_ID, value);
            record.route = response.request().match_pattern();
            record.status = response.status().as_u16();
            record.bytes = match response.response().body().size() {
                BodySize::Sized(bytes) => Some(bytes),
                BodySize::None => Some(0),
                BodySize::Stream => None,
            };
            Ok(response)
        }
        Err(error) => {
            let mut response: HttpResponse = error.error_response();
            response.headers_mut().insert(REQUEST_ID, value);
            record.status = response.status().as_u16();
            Err(InternalError::from_response(error, response).into())
        }
    };
    drop(record);
    result
}

/// Tells about a request when it goes, so that one whose client went away is told about too.
struct Record {
    method: &'static str,
    started: Instant,
    span: tracing::Span,
    route: Option<String>,
    status: u16,
    bytes: Option<u64>,
}

impl Record {
    fn new(method: &'static str, span: tracing::Span) -> Self {
        // 499, as proxies say it: the client went away before the answer.
        Self { method, started: Instant::now(), span, route: None, status: 499, bytes: None }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        let (method, status) = (self.method, self.status);
        let route = self.route.take().unwrap_or_else(|| NO_ROUTE.to_owned());
        let elapsed = self.started.elapsed();
        let duration_ms = elapsed.as_micros() as f64 / 1000.0;
        let bytes = self.bytes;
        self.span.in_scope(|| {
            if status >= 500 {
                tracing::warn!(method, route, status, duration_ms, bytes, "request");
            } else if PROBES.contains(&route.as_str()) {
                tracing::debug!(method, route, status, duration_ms, bytes, "request");
            } else {
                tracing::info!(method, route, status, duration_ms, bytes, "request");
            }
        });
        metrics::counter!(REQUESTS, "method" => method, "route" => route.clone(),
            "status" => status.to_string())
        .increment(1);
        metrics::histogram!(DURATION, "method" => method, "route" => route)
            .record(elapsed.as_secs_f64());
    }
}

/// A client may send any word as the method; each would be a time series of its own.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "other",
    }
}

/// The exporter of this process, which records from the first call on.
fn exporter() -> &'static PrometheusHandle {
    static EXPORTER: OnceLock<PrometheusHandle> = OnceLock::new();
    EXPORTER.get_or_init(|| {
        // The only error is an empty list of buckets.
        let builder = PrometheusBuilder::new();
        let builder = builder
            .set_buckets_for_metric(Matcher::Full(DURATION.into()), BUCKETS)
            .unwrap_or_default();
        let recorder = builder.build_recorder();
        let handle = recorder.handle();
        if metrics::set_global_recorder(recorder).is_err() {
            tracing::warn!("metrics are recorded elsewhere in this process");
        }
        metrics::describe_counter!(
            REQUESTS,
            "Requests answered, by method, route pattern and status"
        );
        metrics::describe_histogram!(
            DURATION,
            metrics::Unit::Seconds,
            "Time from a request's head to the head of its answer"
        );
        metrics::describe_gauge!(
            "denwaban_build_info",
            "Always 1; the version of this process is its label"
        );
        metrics::gauge!("denwaban_build_info", "version" => env!("CARGO_PKG_VERSION")).set(1.0);
        handle
    })
}

/// Starts recording metrics. Later calls in the same process change nothing.
pub fn init_metrics() {
    exporter();
}

/// What was recorded so far, in Prometheus' text format.
pub fn render_metrics() -> String {
    exporter().render()
}

/// Serves `/metrics` on a listener of its own, which needs no protection beyond its address. Call
/// it inside an actix runtime.
///
/// # Errors
/// When the listener cannot be used.
pub fn serve_metrics(listener: std::net::TcpListener) -> std::io::Result<Server> {
    init_metrics();
    actix_web::rt::spawn(async {
        let mut tick = tokio::time::interval(UPKEEP);
        loop {
            tick.tick().await;
            exporter().run_upkeep();
        }
    });
    let app = || {
        App::new().default_service(web::to(|request: HttpRequest| async move {
            match (request.method(), request.path()) {
                (&Method::GET, "/metrics") => HttpResponse::Ok()
                    .content_type("text/plain; version=0.0.4; charset=utf-8")
                    .body(render_metrics()),
                _ => HttpResponse::NotFound().finish(),
            }
        }))
    };
    Ok(HttpServer::new(app)
        .workers(1)
        .worker_max_blocking_threads(1)
        .disable_signals()
        .shutdown_timeout(1)
        .listen(listener)?
        .run())
}

#[cfg(test)]
mod tests;
