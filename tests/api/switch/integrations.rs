//! What FreeSWITCH and Asterisk ask, report and are answered, as it was recorded: each request in
//! `integrations/` is made, and its answer compared.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use serde_json::json;
use server::identity::service_keys::KeyKind;
use tests::{Client, PASSWORD, TestApp, on_both, service_key};

/// The contract that the fixtures tell of.
async fn provision(app: &TestApp) {
    let operator = app.operator();
    let account = operator
        .post("/operator/accounts", json!({"name": "港商会", "options": {"ip_phone": true}}))
        .await
        .expect(201);
    let account = format!("/operator/accounts/{}", account["id"].as_str().unwrap_or_default());
    let number = json!({"number": "03-1234-5678", "kind": "primary", "max_channels": 9});
    let number = operator.post(&format!("{account}/numbers"), number).await.expect(201);
    let mut ids = Vec::new();
    for (index, kind) in ["basic", "additional"].into_iter().enumerate() {
        let id = json!({"login_id": format!("minato{index:03}"), "kind": kind,
            "extension": (200 + index).to_string(), "password": PASSWORD});
        ids.push(operator.post(&format!("{account}/ids"), id).await.expect(201)["id"].clone());
    }
    let (holder, _) = app.nobody().sign_in("minato000", PASSWORD).await;
    let number = format!("/numbers/{}", number["id"].as_str().unwrap_or_default());
    let set = |method: Method, path: String, body: serde_json::Value| {
        let holder = &holder;
        async move {
            let version = holder.get(&path).await.version();
            let answer = holder.if_match(version).send(method, &path, Some(body.to_string())).await;
            assert!(answer.status < 300, "{path}: {}", answer.text);
        }
    };
    let general =
        json!({"name": "代表番号", "display_name": "東京代表", "priority_phone_id": ids[0]});
    set(Method::PATCH, number.clone(), general).await;
    set(Method::PUT, format!("{number}/channel-limit"), json!({"limit": 9})).await;
    set(
        Method::PUT,
        format!("{number}/ringing"),
        json!({"targets": [], "busy_announcement": true}),
    )
    .await;
    set(Method::PATCH, format!("{number}/block-list"), json!({"reject_withheld": true})).await;
    let entry = json!({"caller": "0120", "match": "prefix"});
    holder.post(&format!("{number}/block-list/entries"), entry).await.expect(201);
}

/// Puts names in the place of what is another one each time.
fn templated(text: &str) -> String {
    let mut lines = String::new();
    for part in text.split_inclusive(['&', '"', '\n']) {
        let kept = part.trim_end_matches(['&', '"', '\n']);
        let end = &part[kept.len()..];
        match kept.rsplit_once('=') {
            Some((name, _)) if name.ends_with("decision_id") => {
                lines.push_str(&format!("{name}={{{{decision_id}}}}{end}"))
            }
            Some(("revision", _)) => lines.push_str(&format!("revision={{{{revision}}}}{end}")),
            _ => lines.push_str(part),
        }
    }
    lines
}

async fn replay(client: &Client, key: &str, folder: &Path, name: &str) {
    let read = |kind: &str| {
        std::fs::read_to_string(folder.join(format!("{name}.{kind}"))).unwrap_or_default()
    };
    let request = read("request")
        .replace("{{key}}", key)
        .replace("{{basic}}", &STANDARD.encode(format!("switch:{key}")));
    let (head, body) = request.split_once("\n\n").expect("a head and a body");
    let mut head = head.lines();
    let (method, path) =
        head.next().and_then(|line| line.split_once(' ')).expect("a method and a path");
    let client = head.fold(client.clone(), |client, line| {
        let (name, value) = line.split_once(": ").expect("a header");
        client.header(name, value)
    });
    let path = path.strip_prefix("/api/v1").expect("a path of the API");
    let answer = client
        .send(method.parse().expect("a method"), path, Some(body.trim_end().to_owned()))
        .await;
    let kind = answer.header("content-type").unwrap_or_default().to_owned();
    let got = format!(
        "{}\nContent-Type: {kind}\n\n{}\n",
        answer.status,
        templated(answer.text.trim_end())
    );
    let path = folder.join(format!("{name}.answer"));
    #[expect(
        clippy::disallowed_methods,
        reason = "who changes the answers asks for it, as with the OpenAPI document"
    )]
    let update = std::env::var_os("UPDATE_FIXTURES").is_some();
    if update {
        std::fs::write(&path, &got).expect("the answer can be written");
    }
    assert_eq!(got, read("answer"), "{}: UPDATE_FIXTURES=1 writes it anew", path.display());
}

on_both!(
    switches_are_answered_as_their_notes_show,
    |config| config.switch.marks_psap = vec!["*".into()],
    async |app| {
        provision(&app).await;
        let key = service_key(&app.app, KeyKind::Switch).await;
        for (switch, count) in [("freeswitch", 9), ("asterisk", 10)] {
            let folder = tests::repository().join("integrations").join(switch).join("fixtures");
            let files =
                std::fs::read_dir(&folder).expect("fixtures").flatten().map(|file| file.path());
            let requests: Vec<_> = files
                .filter(|path| path.extension().is_some_and(|extension| extension == "request"))
                .collect();
            assert_eq!(requests.len(), count, "{switch}");
            for request in requests {
                let name = request.file_stem().and_then(|name| name.to_str()).expect("a name");
                replay(&app.nobody(), &key, &folder, name).await;
            }
        }
    }
);
