//! Measures the block list at its limits, against a release build of the server in a process of its
//! own, on both databases:
//!
//! - the import of 100,000 rows into a list of 100,000, preview included, beside the database's own
//!   bulk loader with the same rows (`sqlite3 .import` or `COPY` into a staging table, then an
//!   insert that passes over what is there), and by how much the server's memory grows meanwhile;
//! - paging, searching, checking, adding and removing in a list of 200,000.
//!
//! `cargo xtask bench` starts it with a PostgreSQL of its own.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark that cannot run has failed, and it prints what it finds"
)]

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tests::{Answer, Backend, Client, Denwaban, TestDatabase};

const ROWS: u64 = 100_000;
const ROUNDS: u64 = 3;
const PASSWORD: &str = "correct horse battery";

fn main() {
    // `cargo test --benches` and nextest ask what there is to run; there is nothing for them.
    if std::env::args().any(|arg| arg == "--list" || arg == "--test") {
        return;
    }
    tests::block_on(async {
        for backend in [Backend::Sqlite, Backend::Postgres] {
            measure(backend).await;
        }
    });
}

/// The number of a row: every block of `ROWS` has its own, in an order that no index likes.
fn number(block: u64, row: u64) -> String {
    // 7,919 is coprime to ROWS: a permutation.
    format!("080{:08}", block * ROWS + row * 7_919 % ROWS)
}

fn file(block: u64) -> String {
    let mut text = String::from("電話番号,メモ\r\n");
    for row in 0..ROWS {
        text.push_str(&format!("{},\r\n", number(block, row)));
    }
    text
}

struct Bench {
    client: Client,
    csv: Client,
    server: Denwaban,
    account: String,
    numbers: Vec<String>,
}

impl Bench {
    async fn start(folder: &Path, database: &TestDatabase) -> Self {
        let data = folder.join("data");
        let operator_key = Denwaban::operator_key(&data, &database.url);
        let server = Denwaban::serve(&data, &database.url, "info").await;
        let operator = Client::new(&server.url).bearer(&operator_key);
        let account = operator
            .post("/operator/accounts", json!({"name": "計測商会"}))
            .await
            .expect(201)["id"]
            .as_str()
            .unwrap()
            .to_owned();
        let mut numbers = Vec::new();
        for index in 0..2 * ROUNDS {
            let kind = if index == 0 { "primary" } else { "additional" };
            let body =
                json!({"number": format!("03-3333-{index:04}"), "kind": kind, "max_channels": 5});
            let number = operator
                .post(&format!("/operator/accounts/{account}/numbers"), body)
                .await
                .expect(201);
            numbers.push(number["id"].as_str().unwrap().to_owned());
        }
        let id = json!({"login_id": "keisoku", "kind": "basic", "extension": "201",
            "password": PASSWORD});
        operator.post(&format!("/operator/accounts/{account}/ids"), id).await.expect(201);
        let (client, _) = Client::new(&server.url).sign_in("keisoku", PASSWORD).await;
        let csv = client.clone().header("content-type", "text/csv");
        Self { client, csv, server, account, numbers }
    }

    fn list(&self, number: u64) -> String {
        format!("/numbers/{}/block-list", self.numbers[usize::try_from(number).unwrap()])
    }

    /// Previews and applies a file as the portal does; answers how long both took.
    async fn import(&self, number: u64, text: String) -> (Duration, Duration) {
        let imports = format!("{}/imports", self.list(number));
        let begun = Instant::now();
        let preview = self
            .csv
            .send(reqwest::Method::POST, &format!("{imports}?dry_run=true"), Some(text))
            .await
            .expect(200);
        let previewed = begun.elapsed();
        assert_eq!(preview["added"], ROWS, "{preview}");
        let apply = format!("{imports}/{}/apply", preview["import_id"].as_str().unwrap());
        let begun = Instant::now();
        let applied = self.client.post(&apply, json!({})).await.expect(200);
        assert_eq!(applied["added"], ROWS, "{applied}");
        (previewed, begun.elapsed())
    }
}

async fn measure(backend: Backend) {
    println!("{backend:?}");
    let folder = tempfile::tempdir().unwrap();
    let database = TestDatabase::create(backend, folder.path());
    let bench = Bench::start(folder.path(), &database).await;
    for index in 0..2 * ROUNDS {
        bench.import(index, file(0)).await;
    }
    let mut ratios = Vec::new();
    let mut growth = 0;
    for round in 0..ROUNDS {
        let (ours, theirs) = (2 * round, 2 * round + 1);
        let text = file(1);
        bench.server.reset_peak_memory();
        let before = bench.server.memory();
        let (preview, apply) = bench.import(ours, text).await;
        growth = growth.max(bench.server.peak_memory().saturating_sub(before));
        let bulk = bulk_load(&bench, &database, theirs, folder.path());
        let total = preview + apply;
        let [preview, apply, bulk_ms] = [preview, apply, bulk].map(|taken| taken.as_millis());
        println!(
            "  import of {ROWS} rows into {ROWS}: preview {preview} ms + apply {apply} ms; bulk \
                loader {bulk_ms} ms; ratio {:.2}",
            total.as_secs_f64() / bulk.as_secs_f64()
        );
        ratios.push(total.as_secs_f64() / bulk.as_secs_f64());
    }
    ratios.sort_by(f64::total_cmp);
    println!(
        "  median ratio {:.2} (wanted: below 3); server memory grew by {} MiB at most (wanted: \
            below 64)",
        ratios[ratios.len() / 2],
        growth >> 20
    );
    latencies(&bench).await;
}

/// Loads the rows of block 1 into a list with the database's own tools; answers how long it took.
fn bulk_load(bench: &Bench, database: &TestDatabase, number: u64, folder: &Path) -> Duration {
    let number_id = &bench.numbers[usize::try_from(number).unwrap()];
    let path = folder.join("rows.csv");
    let mut rows = std::io::BufWriter::new(std::fs::File::create(&path).unwrap());
    for row in 0..ROWS {
        let (dialled, id) = (self::number(1, row), uuid::Uuid::now_v7());
        writeln!(
            rows,
            "{},{number_id},{id},+81{},exact,,{dialled},0,1,2026-11-22 00:00:00",
            bench.account,
            &dialled[1..]
        )
        .unwrap();
    }
    rows.flush().unwrap();
    drop(rows);
    let columns =
        "account_id, number_id, id, pattern, matching, note, search, hits, version, created_at";
    let insert = "account_id, number_id, id, pattern, matching, note, search, expires_at, hits, \
        last_hit_at, import_id, version, created_at, updated_at";
    let begun = Instant::now();
    let mut loader;
    let script = match database.backend() {
        Backend::Sqlite => {
            loader = Command::new("sqlite3");
            loader.arg(database.url.trim_start_matches("sqlite://"));
            format!(
                "PRAGMA synchronous = FULL;\nCREATE TEMP TABLE staging ({columns});\n.mode \
                    csv\n.import {} staging\nINSERT OR IGNORE INTO block_entries ({insert}) SELECT \
                    account_id, number_id, id, pattern, matching, note, search, NULL, hits, NULL, \
                    NULL, version, created_at, created_at FROM staging;\nSELECT count(*) FROM \
                    block_entries WHERE number_id = '{number_id}';\n",
                path.display()
            )
        }
        Backend::Postgres => {
            loader = Command::new("psql");
            loader.args([
                "--no-psqlrc",
                "--quiet",
                "--set",
                "ON_ERROR_STOP=1",
                "--dbname",
                &database.url,
            ]);
            format!(
                "CREATE TEMP TABLE staging (account_id text, number_id text, id text, pattern \
                    text, matching text, note text, search text, hits bigint, version bigint, \
                    created_at timestamp);\n\\copy staging FROM '{}' WITH (FORMAT csv, \
                    FORCE_NOT_NULL (note))\nINSERT INTO block_entries ({insert}) SELECT \
                    account_id, number_id, id, pattern, matching, note, search, NULL, hits, NULL, \
                    NULL, version, created_at, created_at FROM staging ON CONFLICT DO \
                    NOTHING;\nSELECT count(*) FROM block_entries WHERE number_id = \
                    '{number_id}';\n",
                path.display()
            )
        }
    };
    let mut loader = loader
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("the bulk loader: {error}"));
    loader.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let output = loader.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(
        output.status.success() && said.contains(&(2 * ROWS).to_string()),
        "the bulk loader has not loaded the rows: {said}"
    );
    begun.elapsed()
}

async fn latencies(bench: &Bench) {
    let entries = format!("{}/entries", bench.list(0));
    let first = bench.client.get(&entries).await.expect(200);
    assert_eq!(first["total"], 2 * ROWS, "{first}");
    let mut cursor = first["next_cursor"].as_str().unwrap().to_owned();
    let middle = bench.client.get(&format!("{entries}?limit=200")).await.expect(200);
    for _ in 0..20 {
        let page =
            bench.client.get(&format!("{entries}?limit=200&cursor={cursor}")).await.expect(200);
        cursor = page["next_cursor"].as_str().unwrap().to_owned();
    }
    drop(middle);
    let deep = format!("{entries}?cursor={cursor}");
    let read = |path: String| {
        let client = bench.client.clone();
        async move { client.get(&path).await }
    };
    report("first page of 100", || read(entries.clone())).await;
    report("page of 100 behind a cursor", || read(deep.clone())).await;
    report("page of 200", || read(format!("{entries}?limit=200"))).await;
    report("search that finds much", || read(format!("{entries}?q=080"))).await;
    report("search that finds one", || read(format!("{entries}?q={}", number(1, ROWS - 5)))).await;
    report("search that finds nothing", || read(format!("{entries}?q=0999999"))).await;
    let check = |_: u64| {
        let (client, path) = (bench.client.clone(), format!("{entries}/check"));
        async move { client.post(&path, json!({"caller": "080-1234-5678"})).await }
    };
    report("check of a number", || check(0)).await;
    let mut next = 0;
    let mut made: Vec<Value> = Vec::new();
    let mut taken = Vec::new();
    for _ in 0..SAMPLES {
        next += 1;
        let begun = Instant::now();
        // The list is full: room first.
        let client = bench.client.clone();
        let entry = match made.pop() {
            Some(entry) => entry,
            None => client.get(&format!("{entries}?limit=1")).await.expect(200)["items"][0].clone(),
        };
        let path = format!("{entries}/{}", entry["id"].as_str().unwrap());
        client.if_match(entry["version"].as_u64().unwrap()).delete(&path).await.expect(204);
        let removed = begun.elapsed();
        let begun = Instant::now();
        client
            .post(
                &entries,
                json!({"caller": format!("070-{:04}-{:04}", next / 10_000 + 1000, next % 10_000)}),
            )
            .await
            .expect(201);
        taken.push((removed, begun.elapsed()));
    }
    show("remove one (with a look for it)", taken.iter().map(|(removed, _)| *removed).collect());
    show("add one", taken.iter().map(|(_, added)| *added).collect());
}

const SAMPLES: usize = 200;

async fn report<F: Future<Output = Answer>>(name: &str, mut ask: impl FnMut() -> F) {
    let mut taken = Vec::with_capacity(SAMPLES);
    for _ in 0..SAMPLES {
        let begun = Instant::now();
        ask().await.expect(200);
        taken.push(begun.elapsed());
    }
    show(name, taken);
}

fn show(name: &str, mut taken: Vec<Duration>) {
    taken.sort();
    let at = |share: usize| taken[(taken.len() - 1) * share / 100];
    println!(
        "  {name:<34} median {:>7.2?}  p95 {:>7.2?}  p99 {:>7.2?}  (wanted: below 20 ms)",
        at(50),
        at(95),
        at(99)
    );
}
