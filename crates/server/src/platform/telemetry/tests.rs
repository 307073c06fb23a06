use std::io;
use std::sync::{Arc, Mutex};

use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, call_service, init_service};

use super::*;

#[actix_web::test]
async fn every_answer_carries_the_id_of_its_request() {
    init_metrics();
    init_metrics();
    let echo = web::get().to(|request: HttpRequest| async move { RequestId::of(&request).0 });
    let service = web::scope("/api").service(web::scope("/{token}").default_service(echo));
    let app = init_service(App::new().wrap(from_fn(observe)).service(service)).await;
    let table = [
        (Some("0193-trace.a_b"), true),
        (None, false),
        (Some("short"), false),
        (Some("with space and more"), false),
        (Some("x".repeat(65).leak() as &str), false),
    ];
    for (sent, kept) in table {
        let mut request = TestRequest::get().uri("/api/secret");
        if let Some(sent) = sent {
            request = request.insert_header((REQUEST_ID, sent));
        }
        let response = call_service(&app, request.to_request()).await;
        let answered = response.headers().get(REQUEST_ID).unwrap().to_str().unwrap().to_owned();
        assert_eq!(Some(answered.as_str()) == sent, kept, "{sent:?}");
        assert_eq!(
            actix_web::test::read_body(response).await,
            answered,
            "the handler saw another id"
        );
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(line);
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[expect(clippy::disallowed_methods, reason = "these routes are no part of the API")]
#[actix_web::test]
async fn a_request_is_one_line_with_its_route_and_never_its_path() {
    init_metrics();
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::registry().with(
        tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_writer(move || writer.clone()),
    );
    let _guard = tracing::subscriber::set_default(subscriber);

    let fails = || async { Err::<HttpResponse, _>(actix_web::error::ErrorConflict("no")) };
    let app = init_service(
        App::new()
            .wrap(from_fn(observe))
            .service(web::resource("/telemetry-test/{token}").to(|| async { "hello" }))
            .service(web::resource("/telemetry-fails/{token}").to(fails)),
    )
    .await;
    for uri in ["/telemetry-test/secret?key=secret", "/telemetry-fails/secret", "/elsewhere/secret"]
    {
        call_service(&app, TestRequest::get().uri(uri).to_request()).await;
    }

    let text = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert!(!text.contains("secret"), "{text}");
    let line = text.lines().next().unwrap();
    for part in [
        "\"method\":\"GET\"",
        "\"route\":\"/telemetry-test/{token}\"",
        "\"status\":200",
        "\"bytes\":5",
        "\"duration_ms\":",
        "\"id\":",
    ] {
        assert!(line.contains(part), "{part} {line}");
    }
    assert!(text.contains("\"status\":409") && text.contains("\"route\":\"(other)\""), "{text}");

    let metrics = render_metrics();
    assert!(
        metrics.contains(
            "http_requests_total{method=\"GET\",route=\"/telemetry-test/{token}\",status=\"200\"} 1"
        ),
        "{metrics}"
    );
    assert!(
        metrics.contains("http_request_duration_seconds_bucket{method=\"GET\",route=\"/telemetry-test/{token}\",le=\"0.001\"}"),
        "{metrics}"
    );
    assert!(metrics.contains("denwaban_build_info{version="), "{metrics}");
}
