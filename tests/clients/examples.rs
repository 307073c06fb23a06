//! The examples do what they say, in all languages; what they did is looked up in the server.

use std::future::ready;
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use reqwest::Method;
use serde_json::json;
use tests::fakes::{Fake, Received, Reply};
use tests::switch::{Switch, event};
use tests::{Client, block_on, eventually, repository};

use crate::stage::Stage;
use crate::tools::{
    both, copy_files, document, node, node_program, npm, python, run, rust_example, try_run,
};

/// An example: its name as `block-a-number`, and how it is started.
type Start<'a> = &'a dyn Fn(&str) -> Command;

fn folder(language: &str) -> PathBuf {
    repository().join("examples").join(language)
}

#[test]
fn curl() {
    block_on(tell(&|job| Command::new(folder("curl").join(format!("{job}.sh"))), true));
}

#[test]
fn python_examples() {
    let start = |job: &str| {
        let mut command = python("python");
        command.arg("-u").arg(folder("python").join(format!("{}.py", job.replace('-', "_"))));
        command
    };
    run(python("mypy")
        .args(["--strict", "--no-incremental", "--cache-dir=/dev/null", "--scripts-are-modules"])
        .args(files(&folder("python"), "py")));
    block_on(tell(&start, false));
}

#[test]
fn typescript_examples() {
    let place = tempfile::tempdir_in(npm()).unwrap();
    copy_files(&folder("typescript"), place.path());
    run(node_program("openapi-typescript")
        .current_dir(place.path())
        .arg(document())
        .args(["-o", "denwaban.d.ts"]));
    run(node_program("tsc").current_dir(place.path()));
    let start = |job: &str| {
        let mut command = node();
        command.arg(place.path().join(format!("{job}.js")));
        command
    };
    block_on(tell(&start, false));
}

#[test]
fn rust_examples() {
    block_on(tell(&|job| rust_example(&job.replace('-', "_")), false));
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    files.filter(|file| file.extension().is_some_and(|found| found == extension)).collect()
}

/// All five jobs. `by_inetd`: the receiver of webhooks is started for each request, with the
/// connection as its input and output.
async fn tell(start: Start<'_>, by_inetd: bool) {
    let stage = Stage::start_with(|config| {
        config.egress.allow_private = true;
        config.outbox.workers = 1;
    })
    .await;
    block_a_number(&stage, start).await;
    import_a_block_list(&stage, start).await;
    rename_a_number(&stage, start).await;
    read_the_call_log(&stage, start).await;
    receive_a_webhook(&stage, start, by_inetd).await;
}

async fn block_a_number(stage: &Stage, start: Start<'_>) {
    let block = |caller: &str| {
        let mut command = start("block-a-number");
        command.args([caller, "しつこい営業"]).envs(stage.environment());
        command
    };
    let said = run(&mut block("0120-999-001"));
    assert!(said.contains("0120-999-001"), "{said}");
    assert_eq!(stage.entries(0).await, [("+81120999001".to_owned(), "しつこい営業".to_owned())]);
    let refused = try_run(&mut block("not a number"));
    assert!(!refused.status.success() && both(&refused).contains("/caller"), "{}", both(&refused));
}

async fn import_a_block_list(stage: &Stage, start: Start<'_>) {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("list.csv");
    std::fs::write(
        &file,
        "電話番号,メモ\n0120-999-001,もうある\n0120-999-002,二\nunreadable,\n0120-999-003,三\n",
    )
    .unwrap();
    let import = |option: &[&str]| {
        let mut command = start("import-a-block-list");
        command.arg(&file).args(option).envs(stage.environment());
        command
    };
    let preview = try_run(&mut import(&[]));
    let said = both(&preview);
    assert!(
        !preview.status.success()
            && said.contains("4 rows: 2 new, 1 known already, 1 wrong")
            && said.contains("line 4"),
        "{said}"
    );
    assert_eq!(stage.entries(0).await.len(), 1, "a preview changes nothing");
    let said = run(&mut import(&["--skip-invalid"]));
    assert!(said.contains("2 added"), "{said}");
    let mut callers: Vec<String> =
        stage.entries(0).await.into_iter().map(|(caller, _)| caller).collect();
    callers.sort();
    assert_eq!(callers, ["+81120999001", "+81120999002", "+81120999003"]);
}

/// Between the example's reading and its writing somebody else changes the number: it reads again,
/// and nothing is lost.
async fn rename_a_number(stage: &Stage, start: Start<'_>) {
    let (client, path) = (stage.holder.client.clone(), stage.holder.number(1));
    let (server, key) = (stage.app.url.clone(), stage.key.clone());
    let attempts = Arc::new(Mutex::new(0));
    let counted = attempts.clone();
    let between = Fake::start(move |request| {
        let is_first = request.method == "PATCH" && {
            let mut attempts = counted.lock().unwrap();
            *attempts += 1;
            *attempts == 1
        };
        let meddling = is_first.then(|| (client.clone(), path.clone()));
        let (request, server) = (request.clone(), Client::new(&server).bearer(&key));
        std::thread::spawn(move || block_on(pass_on(request, server, meddling))).join().unwrap()
    });
    let number = stage.holder.dialled(1).await;
    let mut command = start("rename-a-number");
    command
        .args([number.as_str(), "代表番号"])
        .envs(stage.environment())
        .env("DENWABAN_URL", &between.url);
    let said = run(&mut command);
    assert!(said.contains("reading it again") && said.contains("代表番号"), "{said}");
    assert_eq!(*attempts.lock().unwrap(), 2);
    let number = stage.holder.client.get(&stage.holder.number(1)).await.expect(200);
    assert_eq!((&number["name"], &number["ringtone"]), (&json!("代表番号"), &json!("ringtone_2")));
}

async fn pass_on(request: Received, server: Client, meddling: Option<(Client, String)>) -> Reply {
    if let Some((client, path)) = meddling {
        let version = client.get(&path).await.version();
        client
            .if_match(version)
            .patch(&path, json!({"name": "別の名前", "ringtone": "ringtone_2"}))
            .await
            .expect(200);
    }
    let mut server = server;
    for name in ["if-match", "content-type"] {
        if let Some(value) = request.header(name) {
            server = server.header(name, value);
        }
    }
    let body = (!request.body.is_empty()).then(|| request.text());
    let path = format!("/{}?{}", request.path, request.query);
    let answer = server
        .send(
            Method::from_bytes(request.method.as_bytes()).unwrap(),
            path.trim_end_matches('?'),
            body,
        )
        .await;
    let etag = answer.header("etag").map(str::to_owned);
    let reply = Reply::Answer(
        answer.status,
        vec![("content-type".into(), "application/json".into())],
        answer.bytes,
    );
    match etag {
        Some(etag) => reply.with("etag", &etag),
        None => reply,
    }
}

async fn read_the_call_log(stage: &Stage, start: Start<'_>) {
    let (switch, dialled) = (Switch::of(&stage.app).await, stage.holder.dialled(0).await);
    let now = stage.app.clock.now();
    let told = |minutes: i64| {
        let (call, at) = (format!("log-{minutes}"), now - chrono::TimeDelta::minutes(minutes));
        event(
            &dialled,
            "missed_call",
            json!({"id": call, "call_id": call, "caller": format!("090-1234-500{minutes}"),
                "at": at}),
        )
    };
    switch.tell((1..=5).rev().map(told).collect()).await;
    let said = run(start("read-the-call-log").arg("2").envs(stage.environment()));
    let callers: Vec<&str> =
        said.lines().map(|line| line.rsplit(' ').next().unwrap_or_default()).collect();
    assert_eq!(
        callers,
        (1..=5).map(|minutes| format!("+81901234500{minutes}")).collect::<Vec<_>>(),
        "{said}"
    );
}

async fn receive_a_webhook(stage: &Stage, start: Start<'_>, by_inetd: bool) {
    let client = &stage.holder.client;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let rule = client
        .post("/notify-rules", json!({"name": "CRM", "events": ["missed_call"]}))
        .await
        .expect(201);
    let services = format!("/notify-rules/{}/services", rule["id"].as_str().unwrap());
    let service = json!({"type": "webhook", "credentials": {"url": format!("{url}/hook")},
        "unchecked": true});
    let secret = client.post(&services, service).await.expect(201)["signing_secret"]
        .as_str()
        .unwrap()
        .to_owned();
    let number = stage.holder.number(0);
    let version = client.get(&number).await.version();
    client
        .if_match(version)
        .patch(&number, json!({"notify_rule_id": rule["id"]}))
        .await
        .expect(200);

    let mut command = start("receive-a-webhook");
    command
        .env("DENWABAN_WEBHOOK_SECRET", secret)
        .env("PORT", listener.local_addr().unwrap().port().to_string());
    let said = Arc::new(Mutex::new(String::new()));
    let _receiver = if by_inetd {
        Receiver::per_connection(command, listener, &said)
    } else {
        Receiver::start(command, listener, &said).await
    };

    let forged = Client::new(&url)
        .header("webhook-id", "1")
        .header("webhook-timestamp", &stage.app.clock.now().timestamp().to_string());
    let forged =
        forged.header("webhook-signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
    assert_eq!(forged.send(Method::POST, "//hook", Some("{}".into())).await.status, 401);

    let dialled = stage.holder.dialled(0).await;
    let call = json!({"id": "hook", "call_id": "hook", "caller": "090-1234-5678",
        "at": stage.app.clock.now()});
    Switch::of(&stage.app).await.tell(json!([event(&dialled, "missed_call", call)])).await;
    let rounds = AtomicU32::new(0);
    eventually("the notice is delivered", async || {
        // A notice waits a while for what may still come of the call; the receivers allow for five
        // minutes.
        if rounds.fetch_add(1, Ordering::Relaxed) < 40 {
            stage.app.clock.advance(chrono::TimeDelta::seconds(5));
        }
        let deliveries = client.get("/deliveries").await.expect(200);
        let delivered = deliveries["items"][0]["state"] == "delivered";
        let is_read = !said.lock().unwrap().is_empty();
        if delivered && is_read { Ok(()) } else { Err(deliveries) }
    })
    .await;
    assert_eq!(
        said.lock().unwrap().trim(),
        "call.missed from +819012345678",
        "the forged one was passed over"
    );
}

/// A receiver that runs; dropping it ends it.
enum Receiver {
    /// A server of its own.
    Server(Child),
    /// Whatever accepts for it goes on until the test ends.
    Accepted,
}

impl Receiver {
    /// Starts it on the listener's port and waits until it listens there.
    async fn start(mut command: Command, listener: TcpListener, said: &Arc<Mutex<String>>) -> Self {
        let address = listener.local_addr().unwrap();
        drop(listener);
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
        follow(child.stdout.take().unwrap(), said.clone());
        eventually(&format!("{command:?} listens"), || {
            assert!(child.try_wait().unwrap().is_none(), "{command:?} ended");
            ready(std::net::TcpStream::connect(address))
        })
        .await;
        Self::Server(child)
    }

    /// Starts it anew for every connection.
    fn per_connection(
        mut command: Command,
        listener: TcpListener,
        said: &Arc<Mutex<String>>,
    ) -> Self {
        let said = said.clone();
        std::thread::spawn(move || {
            for connection in listener.incoming() {
                let input: std::os::fd::OwnedFd = connection.unwrap().into();
                let output = input.try_clone().unwrap();
                let mut child =
                    command.stdin(input).stdout(output).stderr(Stdio::piped()).spawn().unwrap();
                follow(child.stderr.take().unwrap(), said.clone());
                child.wait().unwrap();
                // The command holds the connection open as long as it holds it.
                command.stdin(Stdio::null()).stdout(Stdio::null());
            }
        });
        Self::Accepted
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        if let Self::Server(child) = self {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Keeps what a program says.
fn follow(lines: impl std::io::Read + Send + 'static, said: Arc<Mutex<String>>) {
    std::thread::spawn(move || {
        for line in BufReader::new(lines).lines().map_while(Result::ok) {
            said.lock().unwrap().push_str(&(line + "\n"));
        }
    });
}
