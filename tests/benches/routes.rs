//! Measures route decisions over HTTP, against a release build of the server in a process of its
//! own, on both databases, with 100,000 accounts, 200,000 numbers and 5,000,000 entries of block
//! lists:
//!
//! - decisions a second, beside what a bare actix-web handler does that answers a constant JSON of
//!   the same size, in the same run;
//! - the time that an answer takes at 1,000 questions a second;
//! - the server's memory once every number was called;
//! - how long a snapshot of all numbers takes, and what memory;
//! - on PostgreSQL the decisions of two servers on one database, and how soon both know of a
//!   change.
//!
//! `cargo xtask bench` starts it with a PostgreSQL of its own; with a name behind `--` it measures
//! only that database.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has failed, and it prints what it finds"
)]

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use actix_web::{App, HttpResponse, HttpServer, web};
use serde_json::{Value, json};
use tests::{Backend, Client, Denwaban, TestDatabase, within};

const ACCOUNTS: u64 = 100_000;
const NUMBERS: u64 = 2 * ACCOUNTS;
const ENTRIES_EACH: u64 = 25;
const AT_ONCE: u64 = 64;
const MEASURED: Duration = Duration::from_secs(4);
const ROUNDS: u32 = 3;

fn main() {
    // `cargo test --benches` and nextest ask what there is to run; there is nothing for them.
    if std::env::args().any(|arg| arg == "--list" || arg == "--test") {
        return;
    }
    let only = std::env::args().skip(1).find(|arg| !arg.starts_with('-'));
    tests::block_on(async {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            if only.as_ref().is_none_or(|only| only.eq_ignore_ascii_case(&format!("{backend:?}"))) {
                measure(backend).await;
            }
        }
    });
}

/// SQL for an id made of a number, and for a number with zeros before it.
type Text = fn(&str) -> String;
type Padded = fn(&str, u32) -> String;

/// Fills the tables; everything is written as an import or the operator would have written it.
fn load(backend: Backend, database: &TestDatabase, folder: &Path) {
    let (uuid, pad): (Text, Padded) = match backend {
        Backend::Sqlite => (
            |n| format!("printf('00000000-0000-7000-8000-%012d', {n})"),
            |n, width| format!("printf('%0{width}d', {n})"),
        ),
        Backend::Postgres => (
            |n| format!("'00000000-0000-7000-8000-' || lpad(({n})::text, 12, '0')"),
            |n, width| format!("lpad(({n})::text, {width}, '0')"),
        ),
    };
    let count = |name: &str, to: u64| {
        format!(
            "WITH RECURSIVE {name}(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM {name} WHERE i < \
                {})",
            to - 1
        )
    };
    let now = "'2026-11-22 00:00:00'";
    let accounts = format!(
        "INSERT INTO accounts (id, name, status, option_ip_phone, option_premises_device, \
            option_voicemail, option_fax, revision, version, \
         created_at, updated_at) {} SELECT {}, 'x', 'active', FALSE, FALSE, TRUE, TRUE, 1, 1, \
             {now}, {now} FROM n",
        count("n", ACCOUNTS),
        uuid("i")
    );
    let numbers = format!(
        "INSERT INTO numbers (account_id, id, e164, kind, name, display_name, ringtone, \
            channel_limit, max_channels, busy_announcement, \
         reject_withheld, reject_pay_phone, reject_out_of_range, reject_service_conflict, \
             block_entry_count, version, created_at, updated_at) \
         {} SELECT {}, {}, '+8150' || {}, CASE i % 2 WHEN 0 THEN 'primary' ELSE 'additional' END, \
             'x', '', 'ringtone_1', 3, 9, TRUE, FALSE, \
         FALSE, FALSE, FALSE, {ENTRIES_EACH}, 1, {now}, {now} FROM n",
        count("n", NUMBERS),
        uuid("i / 2"),
        uuid("i"),
        pad("10000000 + i", 8)
    );
    let ids = format!(
        "INSERT INTO phone_ids (account_id, id, login_id, kind, extension, terminal_name, version, \
            created_at, updated_at) {} \
         SELECT {}, {}, 'id' || i, CASE i % 2 WHEN 0 THEN 'basic' ELSE 'additional' END, CASE i % \
             2 WHEN 0 THEN '201' ELSE '202' END, 'x', 1, \
         {now}, {now} FROM n",
        count("n", NUMBERS),
        uuid("i / 2"),
        uuid("i")
    );
    let entries = format!(
        "INSERT INTO block_entries (account_id, number_id, id, pattern, matching, note, search, \
            hits, version, created_at, updated_at) {} \
         SELECT {}, {}, {}, '+8190' || {}, 'exact', '', '', 0, 1, {now}, {now} FROM n",
        count("n", NUMBERS * ENTRIES_EACH),
        uuid(&format!("i / {}", 2 * ENTRIES_EACH)),
        uuid(&format!("i / {ENTRIES_EACH}")),
        uuid("i"),
        pad("i", 8)
    );
    let begun = Instant::now();
    let script = folder.join("load.sql");
    let text = match backend {
        Backend::Sqlite => format!(
            "PRAGMA synchronous = OFF; BEGIN; {accounts}; {numbers}; {ids}; {entries}; COMMIT; \
                ANALYZE;"
        ),
        Backend::Postgres => format!(
            "SET synchronous_commit = off; {accounts}; {numbers}; {ids}; {entries}; ANALYZE;"
        ),
    };
    std::fs::write(&script, text.replace("VALUES(0)", "SELECT 0")).unwrap();
    let done = match backend {
        Backend::Sqlite => Command::new("sqlite3")
            .arg("-bail")
            .arg(database.url.trim_start_matches("sqlite://"))
            .stdin(std::fs::File::open(&script).unwrap())
            .status(),
        Backend::Postgres => Command::new("psql")
            .args(["-q", "-v", "ON_ERROR_STOP=1", "-f"])
            .arg(&script)
            .arg(&database.url)
            .status(),
    };
    assert!(done.unwrap().success(), "the rows could not be loaded");
    println!("  loaded in {:.0} s", begun.elapsed().as_secs_f64());
}

/// A handler that answers the same text to everybody.
fn bare(text: String) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/api/v1/switch/route-decision", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let app = move || {
                let text = text.clone();
                App::new().default_service(web::to(move |_: web::Bytes| {
                    let answer =
                        HttpResponse::Ok().content_type("application/json").body(text.clone());
                    async move { answer }
                }))
            };
            HttpServer::new(app)
                .workers(2)
                .disable_signals()
                .listen(listener)
                .unwrap()
                .run()
                .await
                .unwrap();
        });
    });
    url
}

fn question(index: u64) -> Value {
    // Coprime to the count: every number has its turn, in no order.
    let number = index * 7_919 % NUMBERS;
    // One caller in four stands on the list.
    let caller = if index.is_multiple_of(4) { number * ENTRIES_EACH } else { 99_999_999 };
    json!({"call_id": format!("c{index}@bench"), "called": format!("+8150{:08}",
        10_000_000 + number), "from_user": format!("+8190{caller:08}"),
        "active_calls": 0})
}

#[derive(Clone)]
struct Asker {
    http: reqwest::Client,
    url: String,
    key: String,
}

impl Asker {
    async fn ask(&self, index: u64) -> reqwest::Response {
        let body = question(index).to_string();
        let request = self
            .http
            .post(&self.url)
            .header("content-type", "application/json")
            .bearer_auth(&self.key)
            .body(body);
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), 200);
        answer
    }

    /// Asks as fast as answers come, `AT_ONCE` at once, until `is_over`; answers how many a second.
    async fn flood(&self, is_over: impl Fn(u64, Duration) -> bool + Send + Sync + 'static) -> f64 {
        let (next, is_over) = (Arc::new(AtomicU64::new(0)), Arc::new(is_over));
        let begun = Instant::now();
        let tasks: Vec<_> = (0..AT_ONCE)
            .map(|_| {
                let (asker, next, is_over) = (self.clone(), next.clone(), is_over.clone());
                tokio::spawn(async move {
                    loop {
                        let index = next.fetch_add(1, Ordering::Relaxed);
                        if is_over(index, begun.elapsed()) {
                            return;
                        }
                        asker.ask(index).await.bytes().await.unwrap();
                    }
                })
            })
            .collect();
        for task in tasks {
            task.await.unwrap();
        }
        (next.load(Ordering::Relaxed) - AT_ONCE) as f64 / begun.elapsed().as_secs_f64()
    }

    /// As [`Asker::flood`], by turns of several servers.
    async fn flood_all(askers: &[Asker], time: Duration) -> f64 {
        let each: Vec<_> =
            askers.iter().map(|asker| asker.flood(move |_, elapsed| elapsed > time)).collect();
        futures_util::future::join_all(each).await.into_iter().sum()
    }

    /// Waits until the answer about a number says `wanted`; answers when it did.
    async fn until(&self, called: &str, wanted: &str) -> Instant {
        let question = json!({"call_id": "b", "called": called, "from_user": "+81312345678",
            "active_calls": 0})
        .to_string();
        let answers = within(Duration::from_secs(60)).every(Duration::from_millis(2));
        let ask = async || {
            let request = self
                .http
                .post(&self.url)
                .header("content-type", "application/json")
                .bearer_auth(&self.key);
            let answer: Value =
                request.body(question.clone()).send().await.unwrap().json().await.unwrap();
            answer["action"] == wanted
        };
        answers.eventually(&format!("the decision is {wanted}"), ask).await;
        Instant::now()
    }

    /// Asks 1,000 times a second; answers the times in milliseconds, in their order.
    async fn at_1000(&self) -> Vec<f64> {
        let times = Arc::new(Mutex::new(Vec::new()));
        let mut clock = tokio::time::interval(Duration::from_millis(1));
        let mut tasks = Vec::new();
        for index in 0..10_000 {
            clock.tick().await;
            let (asker, times) = (self.clone(), times.clone());
            tasks.push(tokio::spawn(async move {
                let begun = Instant::now();
                asker.ask(index * 31).await.bytes().await.unwrap();
                times.lock().unwrap().push(begun.elapsed().as_secs_f64() * 1000.0);
            }));
        }
        for task in tasks {
            task.await.unwrap();
        }
        let mut times = times.lock().unwrap().clone();
        times.sort_by(f64::total_cmp);
        times
    }
}

async fn measure(backend: Backend) {
    println!("{backend:?}");
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(backend, folder.path());
    let data = folder.path().join("data");
    let operator_key = Denwaban::operator_key(&data, &database.url);
    load(backend, &database, folder.path());
    let server = Denwaban::start(
        "serve",
        &data,
        &database.url,
        "warn,server::cli=info",
        &[("DENWABAN__SERVER__WORKERS", "2")],
    )
    .await;
    let operator = Client::new(&server.url).bearer(&operator_key);
    let key =
        operator.post("/operator/switches", json!({"name": "bench"})).await.expect(201)["key"]
            .as_str()
            .unwrap()
            .to_owned();
    #[expect(clippy::disallowed_methods, reason = "a switch on this machine asks")]
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let asker = Asker { http, url: format!("{}/api/v1/switch/route-decision", server.url), key };
    let sample = asker.ask(1).await.text().await.unwrap();

    let first = asker.flood(|index, _| index >= NUMBERS).await;
    println!("  {NUMBERS} numbers called for the first time: {first:.0} decisions a second");
    let memory = |bytes: u64| bytes as f64 / 1_048_576.0;
    println!(
        "  memory with all of them: {:.0} MiB, at most {:.0} MiB",
        memory(server.memory()),
        memory(server.peak_memory())
    );
    // By turns, since what else the machine does comes and goes.
    let bare = Asker { url: bare(sample.clone()), ..asker.clone() };
    let (mut ours, mut constant) = (0.0, 0.0);
    for _ in 0..ROUNDS {
        ours += asker.flood(|_, elapsed| elapsed > MEASURED).await / f64::from(ROUNDS);
        constant += bare.flood(|_, elapsed| elapsed > MEASURED).await / f64::from(ROUNDS);
    }
    println!(
        "  {ours:.0} decisions a second; a bare handler with {} constant bytes: {constant:.0}; \
            ratio {:.2} (wanted: 0.5 and more)",
        sample.len(),
        ours / constant
    );
    print_times("", asker.at_1000().await);
    snapshot(&server, &asker).await;
    if backend == Backend::Postgres {
        let second = Denwaban::start(
            "serve",
            &data,
            &database.url,
            "warn,server::cli=info",
            &[("DENWABAN__SERVER__WORKERS", "2")],
        )
        .await;
        let other =
            Asker { url: format!("{}/api/v1/switch/route-decision", second.url), ..asker.clone() };
        other.flood(|index, _| index >= NUMBERS).await;
        two_servers(&operator, &[asker, other]).await;
    }
}

/// A snapshot as a switch loads it, while nothing else is asked.
async fn snapshot(server: &Denwaban, asker: &Asker) {
    server.reset_peak_memory();
    let (before, begun) = (server.memory(), Instant::now());
    let url = asker.url.replace("route-decision", "snapshot");
    let mut answer = asker
        .http
        .get(&url)
        .header("accept-encoding", "gzip")
        .bearer_auth(&asker.key)
        .send()
        .await
        .unwrap();
    assert_eq!(answer.status(), 200);
    let mut length = 0;
    while let Some(part) = answer.chunk().await.unwrap() {
        length += part.len();
    }
    let peak = server.peak_memory().saturating_sub(before);
    let memory = |bytes: u64| bytes as f64 / 1_048_576.0;
    println!(
        "  a snapshot in {:.1} s, {:.0} MiB compressed, with {:.0} MiB of memory more",
        begun.elapsed().as_secs_f64(),
        memory(length as u64),
        memory(peak)
    );
}

/// Two servers on one database.
async fn two_servers(operator: &Client, askers: &[Asker]) {
    let mut both = 0.0;
    for _ in 0..ROUNDS {
        both += Asker::flood_all(askers, MEASURED).await / f64::from(ROUNDS);
    }
    println!("  two servers: {both:.0} decisions a second together");
    for (name, asker) in ["first", "second"].into_iter().zip(askers) {
        print_times(&format!(" to the {name}"), asker.at_1000().await);
    }
    let mut lags = Vec::new();
    for round in 0..20 {
        let account = format!("/operator/accounts/00000000-0000-7000-8000-{:012}", 1_000 + round);
        let called = format!("+8150{:08}", 10_000_000 + 2 * (1_000 + round));
        for (state, reason, action) in
            [("suspended", json!("x"), "reject"), ("active", Value::Null, "ring")]
        {
            let version = operator.get(&account).await.version();
            let saving = operator.if_match(version);
            saving
                .patch(&account, json!({"status": state, "suspended_reason": reason}))
                .await
                .expect(200);
            let saved = Instant::now();
            let seen = futures_util::future::join_all(
                askers.iter().map(|asker| asker.until(&called, action)),
            )
            .await;
            lags.push(
                seen.into_iter()
                    .map(|at| at.saturating_duration_since(saved).as_secs_f64())
                    .fold(0.0, f64::max),
            );
        }
    }
    lags.sort_by(f64::total_cmp);
    println!(
        "  a change is known to both servers after {:.2} s (median of {}), at most {:.2} s \
            (wanted: below 1)",
        lags[lags.len() / 2],
        lags.len(),
        lags[lags.len() - 1]
    );
}

fn print_times(whom: &str, times: Vec<f64>) {
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    println!(
        "  at 1,000 a second{whom}: p50 {:.2} ms, p99 {:.2} ms (wanted: below 5), at most {:.2} ms",
        at(0.5),
        at(0.99),
        at(1.0)
    );
}
