//! The binary itself: what it prints, how it ends, and what survives.

#![expect(clippy::unwrap_used, reason = "what cannot be set up or read has failed the test")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

fn denwaban(data_dir: &Path, args: &[&str]) -> Command {
    // What has moved the clock of this test, if anything has, moves the server's.
    #[expect(
        clippy::disallowed_methods,
        reason = "`cargo xtask test --at` moves it through the environment"
    )]
    let moved_clock =
        std::env::vars().filter(|(name, _)| name == "LD_PRELOAD" || name == "MOVED_CLOCK_S");
    let mut command = Command::new(env!("CARGO_BIN_EXE_denwaban"));
    command
        .args(args)
        .env_clear()
        .envs(moved_clock)
        .env("DENWABAN__DATA_DIR", data_dir)
        .env("DENWABAN__SERVER__BIND", "127.0.0.1:0")
        .env("DENWABAN__SERVER__METRICS_BIND", "")
        .env("DENWABAN__LOG__FORMAT", "json")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// Asks again and again; whether it came to be in time.
fn comes_to_be(patience: Duration, mut is_so: impl FnMut() -> bool) -> bool {
    let started = Instant::now();
    while !is_so() {
        if started.elapsed() > patience {
            return false;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    true
}

fn run(mut command: Command) -> Output {
    command.output().unwrap()
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    assert_eq!(text.lines().count(), 1, "{text}");
    serde_json::from_str(&text).unwrap()
}

const START: &str = r#"{"login_id":"#;
const GO_ON: &[u8] = b"HTTP/1.1 100 Continue\r\n\r\n";
const REST: &str = r#""nobody","password":"nothing"}"#;

/// A server that is answering, and its address.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start(mut command: Command) -> Self {
        let mut serving = Self { child: command.spawn().unwrap(), address: String::new() };
        let mut lines = BufReader::new(serving.child.stderr.take().unwrap());
        loop {
            let mut line = String::new();
            assert!(lines.read_line(&mut line).unwrap() > 0, "the server ended before it served");
            let event: Value = serde_json::from_str(&line).unwrap();
            if event["message"] == "serving" {
                // Read on, or the pipe fills and the server blocks.
                std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
                serving.address = event["address"].as_str().unwrap().to_owned();
                return serving;
            }
        }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([name, &pid]).status().unwrap().success());
    }

    fn exit_code(&mut self, patience: Duration) -> Option<i32> {
        let ended = comes_to_be(patience, || self.child.try_wait().unwrap().is_some());
        self.child.try_wait().unwrap().filter(|_| ended)?.code()
    }

    /// Waits until nobody can connect any more.
    fn stops_accepting(&self) {
        let is_closed = || TcpStream::connect(&self.address).is_err();
        assert!(comes_to_be(PATIENCE, is_closed), "it still accepts");
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        stream
    }

    /// A request of which the server waits for the rest.
    fn half_a_request(&self) -> TcpStream {
        let mut stream = self.connect();
        write!(
            stream,
            "POST /api/v1/session HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
                Expect: 100-continue\r\nContent-Length: {}\r\n\r\n",
            START.len() + REST.len()
        )
        .unwrap();
        // Now the request is one that runs.
        let mut answer = [0; GO_ON.len()];
        stream.read_exact(&mut answer).unwrap();
        assert_eq!(answer, *GO_ON);
        stream.write_all(START.as_bytes()).unwrap();
        stream
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_wrong_configuration_stops_with_one_sentence_that_names_the_key() {
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("denwaban.toml");
    std::fs::write(&file, "[server]\nwrkers = 1\n").unwrap();
    let from_file = denwaban(dir.path(), &["serve", "--config", file.to_str().unwrap()]);
    let mut from_environment = denwaban(dir.path(), &["serve"]);
    from_environment.env("DENWABAN__SERVER__BIND", "x");
    let mut no_database = denwaban(dir.path(), &["serve"]);
    no_database
        .env("DENWABAN__DATABASE__URL", "postgres://127.0.0.1:1/none")
        .env("DENWABAN__LOG__FILTER", "error");
    for (command, key) in [
        (from_file, "server.wrkers: "),
        (from_environment, "server.bind: "),
        (no_database, "database.url: "),
    ] {
        let output = run(command);
        let error = String::from_utf8(output.stderr).unwrap();
        assert!(
            error.starts_with(&format!("denwaban: {key}")) && error.lines().count() == 1,
            "{error}"
        );
        assert_eq!((output.status.code(), output.stdout.len()), (Some(1), 0), "{error}");
    }
    assert_eq!(run(denwaban(dir.path(), &["sreve"])).status.code(), Some(2));
}

#[test]
fn a_signal_lets_running_requests_finish_and_then_ends_the_process() {
    let dir = tempfile::tempdir().unwrap();
    for signal in ["-TERM", "-INT"] {
        let mut server = Serving::start(denwaban(dir.path(), &["serve"]));
        let mut running = server.half_a_request();
        server.signal(signal);
        server.stops_accepting();
        assert!(
            server.child.try_wait().unwrap().is_none(),
            "{signal}: did not wait for the request"
        );
        running.write_all(REST.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = running.read_to_string(&mut answer);
        assert!(answer.starts_with("HTTP/1.1 4"), "{signal}: {answer:?}");
        assert_eq!(server.exit_code(PATIENCE), Some(0), "{signal}");
    }
}

#[test]
fn a_second_signal_waits_for_nobody() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Serving::start(denwaban(dir.path(), &["serve"]));
    let _running = server.half_a_request();
    server.signal("-TERM");
    server.stops_accepting();
    server.signal("-TERM");
    assert_eq!(server.exit_code(Duration::from_secs(5)), Some(1));
}

#[test]
fn health_says_whether_the_server_answers() {
    let dir = tempfile::tempdir().unwrap();
    let mut server = Serving::start(denwaban(dir.path(), &["serve"]));
    let address = server.address.clone();
    let ask = || {
        let mut command = denwaban(dir.path(), &["health"]);
        command.env("DENWABAN__SERVER__BIND", &address);
        run(command).status.code()
    };
    assert_eq!(ask(), Some(0));
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    assert_eq!(ask(), Some(1));
}

#[test]
fn the_demo_prints_one_line_and_the_same_one_the_next_time() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("demo");
    let start = || {
        let mut server = Serving::start(denwaban(
            dir.path(),
            &["demo", "--json", "--port", "0", "--data-dir", data_dir.to_str().unwrap()],
        ));
        let mut out = BufReader::new(server.child.stdout.take().unwrap());
        let mut line = String::new();
        out.read_line(&mut line).unwrap();
        server.signal("-TERM");
        assert_eq!(server.exit_code(PATIENCE), Some(0));
        let mut rest = String::new();
        out.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        let mut answer: Value = serde_json::from_str(&line).unwrap();
        let url = answer["url"].take();
        assert_eq!(url, format!("http://{}", server.address));
        answer
    };
    let first = start();
    let mut names: Vec<_> = first.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(names, ["login_id", "operator_key", "password", "switch_key", "url"]);
    assert_eq!(start(), first);
}

#[test]
fn the_line_that_the_demo_prints_makes_a_voicemail_arrive() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("it's a demo");
    let mut server = Serving::start(denwaban(
        dir.path(),
        &["demo", "--port", "0", "--data-dir", data_dir.to_str().unwrap()],
    ));
    let out = BufReader::new(server.child.stdout.take().unwrap());
    let line = out.lines().map(Result::unwrap).find(|line| line.starts_with("curl ")).unwrap();
    for arrived in 1..=2 {
        // The second one is a call of its own: its id is the time.
        std::thread::sleep(Duration::from_millis(1_100));
        // `cargo xtask test` brings curl.
        let output = Command::new("sh").args(["-c", &line]).output().unwrap();
        let answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        assert_eq!(
            answer["items"][0]["outcome"],
            "accepted",
            "{answer} {}",
            String::from_utf8_lossy(&output.stderr)
        );
        let mails = || {
            std::fs::read_dir(data_dir.join("mail")).map_or(0, |folder| folder.flatten().count())
        };
        assert!(comes_to_be(PATIENCE, || mails() >= arrived), "no mail came");
    }
    let mail = std::fs::read_dir(data_dir.join("mail")).unwrap().flatten().next().unwrap().path();
    let mail = std::fs::read_to_string(mail).unwrap();
    assert!(mail.contains("audio/wav") && mail.contains("To: soumu@minato.example"), "{mail}");
}

#[test]
fn the_demo_sends_webhooks_to_this_machine() {
    let dir = tempfile::tempdir().unwrap();
    let data_dir = dir.path().join("demo");
    let mut server = Serving::start(denwaban(
        dir.path(),
        &["demo", "--json", "--port", "0", "--data-dir", data_dir.to_str().unwrap()],
    ));
    let mut line = String::new();
    BufReader::new(server.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let entrance: Value = serde_json::from_str(&line).unwrap();
    let receiver = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = receiver.local_addr().unwrap().port();
    let received = std::thread::spawn(move || {
        let mut connection = receiver.accept().unwrap().0;
        let mut begin = [0; 4_096];
        let length = connection.read(&mut begin).unwrap();
        connection.write_all(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n").unwrap();
        String::from_utf8_lossy(&begin[..length]).into_owned()
    });
    let jar = dir.path().join("cookies");
    let post = |path: &str, csrf: &str, body: Value| -> Value {
        let mut curl = Command::new("curl");
        curl.args(["-sS", "-b"]).arg(&jar).arg("-c").arg(&jar);
        curl.args(["-H", "Content-Type: application/json", "-H", &format!("X-CSRF-Token: {csrf}")]);
        curl.args(["-d", &body.to_string()]);
        curl.arg(format!("{}/api/v1{path}", entrance["url"].as_str().unwrap()));
        serde_json::from_slice(&curl.output().unwrap().stdout).unwrap_or_default()
    };
    let sign_in = serde_json::json!({"login_id": entrance["login_id"],
        "password": entrance["password"]});
    let session = post("/session", "", sign_in);
    let csrf = session["csrf_token"].as_str().unwrap();
    let rule =
        post("/notify-rules", csrf, serde_json::json!({"name": "CRM", "events": ["missed_call"]}));
    let services = format!("/notify-rules/{}/services", rule["id"].as_str().unwrap());
    let made = post(
        &services,
        csrf,
        serde_json::json!({"type": "webhook",
            "credentials": {"url": format!("http://127.0.0.1:{port}/hook")}, "unchecked": true}),
    );
    let test =
        format!("{services}/{}/test", made["id"].as_str().unwrap_or_else(|| panic!("{made}")));
    let outcome = post(&test, csrf, Value::Null);
    assert_eq!(outcome["outcome"], "delivered", "{outcome}");
    assert!(received.join().unwrap().starts_with("POST /hook "));
}

#[test]
fn an_operator_sets_up_a_contract_at_the_command_line() {
    let dir = tempfile::tempdir().unwrap();
    let operator =
        |args: &[&str]| run(denwaban(dir.path(), &[&["operator", "--json"], args].concat()));
    let account = json(&operator(&[
        "account",
        "add",
        "--name",
        "株式会社みなと商会",
        "--option",
        "ip_phone,voicemail",
    ]));
    let id = account["id"].as_str().unwrap();
    json(&operator(&[
        "number",
        "add",
        id,
        "050-1234-5678",
        "--kind",
        "primary",
        "--max-channels",
        "9",
    ]));

    let password = dir.path().join("password");
    std::fs::write(&password, "correct horse battery\n").unwrap();
    let password = password.to_str().unwrap();
    let made = json(&operator(&[
        "id",
        "add",
        id,
        "minato201",
        "--kind",
        "basic",
        "--extension",
        "201",
        "--password-file",
        password,
    ]));
    assert_eq!(made["generated_password"], Value::Null);
    let made = json(&operator(&[
        "id",
        "add",
        id,
        "minato203",
        "--extension",
        "203",
        "--device-option",
        "ip_phone",
    ]));
    assert_eq!(made["generated_password"].as_str().unwrap().len(), 19);
    json(&operator(&[
        "terminal",
        "add",
        "minato201",
        "minato203",
        "--kind",
        "ip_phone",
        "--name",
        "T54W",
    ]));

    let whole = json(&operator(&["account", "show", "minato203"]));
    assert_eq!(
        (whole["id"].as_str(), whole["numbers"][0]["e164"].as_str()),
        (Some(id), Some("+815012345678"))
    );
    assert_eq!(whole["ids"][1]["terminals"][0]["kind"], "ip_phone");

    let suspended =
        json(&operator(&["account", "suspend", id, "--reason", "お支払いの確認ができないため"]));
    assert_eq!(
        (suspended["status"].as_str(), suspended["suspended_reason"].is_string()),
        (Some("suspended"), true)
    );
    assert_eq!(json(&operator(&["account", "resume", id]))["status"], "active");

    let key = json(&operator(&["switch", "add", "sbc-1"]));
    assert!(key["key"].as_str().unwrap().starts_with("dws_"));
    assert_eq!(json(&operator(&["switch", "list"]))["items"][0].get("key"), None);

    let refused = operator(&["number", "add", id, "050-1234-5678"]);
    let error = String::from_utf8(refused.stderr).unwrap();
    assert!(
        refused.status.code() == Some(1)
            && error.starts_with("denwaban: number: ")
            && error.lines().count() == 1,
        "{error}"
    );
    json(&operator(&["account", "delete", id]));
    assert_eq!(json(&operator(&["account", "list"]))["items"], serde_json::json!([]));
}
