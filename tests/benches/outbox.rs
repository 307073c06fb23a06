//! Measures the outbox, against a release build of the server in a process of its own, on both
//! databases:
//!
//! - 10,000 events with two services each, from the first event's request to the last delivery,
//!   beside what the same HTTP client does when it does nothing else, in the same run;
//! - the server's memory with 100,000 notices waiting;
//! - the time from an event to its delivery at healthy destinations while another one hangs.
//!
//! `cargo xtask bench` starts it with a PostgreSQL of its own.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has failed, and it prints what it finds"
)]

use std::collections::HashSet;
use std::net::TcpListener;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};
use server::platform::clock::Clock;
use server::platform::config::Config;
use tests::{Backend, Client, Denwaban, TestDatabase, within};

const EVENTS: usize = 10_000;
const ACCOUNTS: usize = 10;
const PASSWORD: &str = "correct horse battery";
const SETTINGS: &[(&str, &str)] = &[("DENWABAN__EGRESS__ALLOW_PRIVATE", "true")];

fn main() {
    // `cargo test --benches` and nextest ask what there is to run; there is nothing for them.
    if std::env::args().any(|arg| arg == "--list" || arg == "--test") {
        return;
    }
    tests::block_on(async {
        // `-- postgres` measures only that one.
        let only = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
        for backend in [Backend::Sqlite, Backend::Postgres] {
            if only.as_ref().is_none_or(|only| only.eq_ignore_ascii_case(&format!("{backend:?}"))) {
                measure(backend).await;
            }
        }
    });
}

/// An endpoint that takes everything, except below `/hang`, where it keeps everybody waiting.
#[derive(Clone, Default)]
struct Sink {
    seen: Arc<Mutex<HashSet<String>>>,
    arrived: Arc<AtomicUsize>,
    delays_ms: Arc<Mutex<Vec<f64>>>,
    timed: Arc<AtomicBool>,
}

impl Sink {
    fn start() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let sink = Self::default();
        let serving = sink.clone();
        std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let app = move || {
                    let sink = serving.clone();
                    App::new().default_service(web::to(
                        move |request: HttpRequest, body: web::Bytes| {
                            let sink = sink.clone();
                            async move { sink.take(&request, &body).await }
                        },
                    ))
                };
                HttpServer::new(app)
                    .workers(1)
                    .disable_signals()
                    .listen(listener)
                    .unwrap()
                    .run()
                    .await
                    .unwrap();
            });
        });
        (sink, url)
    }

    async fn take(&self, request: &HttpRequest, body: &[u8]) -> HttpResponse {
        if request.path().starts_with("/hang") {
            std::future::pending::<()>().await;
        }
        if let Some(id) = request.headers().get("webhook-id").and_then(|id| id.to_str().ok()) {
            self.seen.lock().unwrap().insert(id.to_owned());
        }
        if self.timed.load(Ordering::Relaxed) {
            let body: Value = serde_json::from_slice(body).unwrap_or_default();
            let at: Option<DateTime<Utc>> =
                body["timestamp"].as_str().and_then(|at| at.parse().ok());
            if let Some(at) = at {
                self.delays_ms
                    .lock()
                    .unwrap()
                    .push((now() - at).num_microseconds().unwrap_or_default() as f64 / 1000.0);
            }
        }
        self.arrived.fetch_add(1, Ordering::Relaxed);
        HttpResponse::NoContent().finish()
    }

    async fn until(&self, count: usize, patience: Duration) {
        // What did not arrive by then is missing in the figures.
        let arrival = within(patience).every(Duration::from_millis(2));
        _ = arrival.attempt(async || self.arrived.load(Ordering::Relaxed) >= count).await;
    }
}

fn now() -> DateTime<Utc> {
    Clock::system().now()
}

struct Account {
    switch: Client,
    called: String,
    holder: Client,
    rule: String,
}

async fn accounts(
    folder: &Path,
    database: &TestDatabase,
    url: &str,
    operator_key: &str,
) -> Vec<Account> {
    let _ = (folder, database);
    let operator = Client::new(url).bearer(operator_key);
    let key =
        operator.post("/operator/switches", json!({"name": "bench"})).await.expect(201)["key"]
            .as_str()
            .unwrap()
            .to_owned();
    let mut made = Vec::new();
    for index in 0..ACCOUNTS {
        let account = operator
            .post("/operator/accounts", json!({"name": format!("計測{index}")}))
            .await
            .expect(201);
        let account = format!("/operator/accounts/{}", account["id"].as_str().unwrap());
        let id = json!({"login_id": format!("keisoku{index}"), "kind": "basic", "extension": "201",
            "password": PASSWORD});
        operator.post(&format!("{account}/ids"), id).await.expect(201);
        let number =
            json!({"number": format!("03-3333-{index:04}"), "kind": "primary", "max_channels": 5});
        let number = operator.post(&format!("{account}/numbers"), number).await.expect(201);
        let (holder, _) = Client::new(url).sign_in(&format!("keisoku{index}"), PASSWORD).await;
        let rule = holder
            .post("/notify-rules", json!({"name": "x", "events": ["voicemail"]}))
            .await
            .expect(201);
        let path = format!("/numbers/{}", number["id"].as_str().unwrap());
        let version = holder.get(&path).await.version();
        holder
            .if_match(version)
            .patch(&path, json!({"notify_rule_id": rule["id"]}))
            .await
            .expect(200);
        let called = number["e164"].as_str().unwrap().to_owned();
        let rule = format!("/notify-rules/{}", rule["id"].as_str().unwrap());
        made.push(Account { switch: Client::new(url).bearer(&key), called, holder, rule });
    }
    made
}

impl Account {
    async fn webhook(&self, url: &str) {
        let service = json!({"type": "webhook", "label": "x", "credentials": {"url": url}});
        self.holder.post(&format!("{}/services", self.rule), service).await.expect(201);
    }

    fn event(&self, id: &str) -> Value {
        json!({"id": id, "type": "voicemail", "call_id": id, "called": self.called,
            "caller": "09012345678",
            "at": now().to_rfc3339_opts(SecondsFormat::Micros, true), "duration_s": 12,
            "transcript": "お世話になっております。田中です。折り返しお電話をいただけますでしょうか。"})
    }

    async fn report(&self, prefix: &str, count: usize) {
        for part in (0..count).collect::<Vec<_>>().chunks(250) {
            let events: Vec<Value> =
                part.iter().map(|index| self.event(&format!("{prefix}-{index}"))).collect();
            self.switch.post("/switch/events", json!(events)).await.expect(200);
        }
    }
}

/// Requests a second of the product's own client alone, 64 at once, with a body as long as a
/// notice's.
async fn plain_client(url: &str, sink: &Sink) -> f64 {
    const REQUESTS: usize = 20_000;
    let mut config = Config::for_tests("unused");
    config.egress.allow_private = true;
    let client = server::notify::egress::Client::new(&config);
    let body = json!({"type": "voicemail.received", "data": "x".repeat(700)});
    let left = Arc::new(AtomicUsize::new(REQUESTS));
    let before = sink.arrived.load(Ordering::Relaxed);
    let begun = Instant::now();
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let (client, body, left, url) =
            (client.clone(), body.clone(), left.clone(), url.to_owned());
        tasks.push(tokio::spawn(async move {
            while left
                .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1))
                .is_ok()
            {
                client.post(&url).json(&body).send().await.unwrap();
            }
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(sink.arrived.load(Ordering::Relaxed) - before, REQUESTS);
    REQUESTS as f64 / begun.elapsed().as_secs_f64()
}

async fn measure(backend: Backend) {
    println!("{backend:?}");
    throughput(backend).await;
    while_one_hangs(backend).await;
}

async fn throughput(backend: Backend) {
    let (sink, sink_url) = Sink::start();
    let plain = plain_client(&sink_url, &sink).await;
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(backend, folder.path());
    let data = folder.path().join("data");
    let operator_key = Denwaban::operator_key(&data, &database.url);
    let server =
        Denwaban::start("serve", &data, &database.url, "warn,server::cli=info", SETTINGS).await;
    let accounts = accounts(folder.path(), &database, &server.url, &operator_key).await;
    for (index, account) in accounts.iter().enumerate() {
        account.webhook(&format!("{sink_url}/first/{index}")).await;
        account.webhook(&format!("{sink_url}/second/{index}")).await;
    }
    let wanted = EVENTS * 2;
    let before = sink.arrived.load(Ordering::Relaxed);
    let begun = Instant::now();
    for account in &accounts {
        account.report("e", EVENTS / ACCOUNTS).await;
    }
    let reported = begun.elapsed();
    sink.until(before + wanted, Duration::from_secs(120)).await;
    let took = begun.elapsed();
    let distinct = sink.seen.lock().unwrap().len();
    let arrived = sink.arrived.load(Ordering::Relaxed) - before;
    println!(
        "  {EVENTS} events, two services each: {arrived} deliveries ({distinct} notices) in {:.2} \
            s: {:.0} a second; all events were answered after {:.2} s",
        took.as_secs_f64(),
        arrived as f64 / took.as_secs_f64(),
        reported.as_secs_f64()
    );
    println!("  the HTTP client alone: {plain:.0} requests a second");
    let memory = |bytes: u64| bytes as f64 / 1_048_576.0;
    println!(
        "  memory: {:.0} MiB, at most {:.0} MiB",
        memory(server.memory()),
        memory(server.peak_memory())
    );

    // What goes nowhere waits.
    for account in &accounts {
        for path in ["third", "fourth", "fifth", "sixth", "seventh", "eighth"] {
            account.webhook(&format!("{sink_url}/hang/{path}")).await;
        }
    }
    server.reset_peak_memory();
    for account in &accounts {
        account.report("w", 1_667).await;
    }
    println!(
        "  with 100,000 waiting: {:.0} MiB, at most {:.0} MiB",
        memory(server.memory()),
        memory(server.peak_memory())
    );
}

async fn while_one_hangs(backend: Backend) {
    let (sink, sink_url) = Sink::start();
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(backend, folder.path());
    let data = folder.path().join("data");
    let operator_key = Denwaban::operator_key(&data, &database.url);
    let server =
        Denwaban::start("serve", &data, &database.url, "warn,server::cli=info", SETTINGS).await;
    let accounts = accounts(folder.path(), &database, &server.url, &operator_key).await;
    accounts[0].webhook(&format!("{sink_url}/hang")).await;
    accounts[0].report("h", 2_000).await;
    for (index, account) in accounts.iter().enumerate() {
        account.webhook(&format!("{sink_url}/well/{index}")).await;
    }
    sink.timed.store(true, Ordering::Relaxed);
    const COUNT: usize = 1_000;
    let mut clock = tokio::time::interval(Duration::from_millis(5));
    for index in 0..COUNT {
        clock.tick().await;
        let account = &accounts[index % ACCOUNTS];
        account
            .switch
            .post("/switch/events", json!([account.event(&format!("p-{index}"))]))
            .await
            .expect(200);
    }
    sink.until(COUNT, Duration::from_secs(30)).await;
    let mut delays = sink.delays_ms.lock().unwrap().clone();
    delays.sort_by(f64::total_cmp);
    let at = |share: f64| {
        delays
            .get(((delays.len() as f64 * share) as usize).min(delays.len().saturating_sub(1)))
            .copied()
            .unwrap_or(f64::NAN)
    };
    println!(
        "  while one destination hangs: {} of {COUNT} at healthy ones; event to delivery p50 {:.1} \
            ms, p99 {:.1} ms, at most {:.1} ms",
        delays.len(),
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
