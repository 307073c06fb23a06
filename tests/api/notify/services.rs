//! Services of notify rules through the API: what people paste, what is kept of it, and what
//! becomes of the notices that wait.

use serde_json::{Value, json};
use server::platform::config::Config;
use tests::fakes::line::{self};
use tests::fakes::slack::{self, Slack};
use tests::fakes::{Fake, Reply, webhook};
use tests::switch::{Switch, event};
use tests::{Client, Denwaban, Holder, PASSWORD, TestApp, TestDatabase, on_both};

use crate::notify::service_setups::LINE_SECRET;

/// A holder with a rule, and the path of its services.
pub async fn with_rule(app: &TestApp, name: &str) -> (Holder, String) {
    let holder = app.holder(name).await;
    let id = holder.notify_rule(app, "営業").await;
    (holder, format!("/notify-rules/{id}/services"))
}

/// Lets notices out to fakes on this machine.
pub fn let_out(config: &mut Config) {
    config.egress.allow_private = true;
}

pub fn path_of(services: &str, service: &Value) -> String {
    format!("{services}/{}", service["id"].as_str().unwrap_or_default())
}

pub fn message(problem: &Value) -> String {
    problem["errors"][0]["message"].as_str().unwrap_or_default().to_owned()
}

on_both!(a_service_belongs_to_its_rule_and_changes_by_its_version, async |app| {
    let (minato, services) = with_rule(&app, "minato").await;
    let other = format!("/notify-rules/{}/services", minato.notify_rule(&app, "総務").await);
    let webhook = json!({"type": "webhook", "label": " 基幹システム ",
        "credentials": {"url": "https://hooks.minato.example/a"}, "unchecked": true});
    let made = minato.client.post(&services, webhook).await.expect(201);
    assert_eq!(made["label"], "基幹システム");
    let path = path_of(&services, &made);
    assert_eq!(minato.client.get(&path).await.version(), 1);
    minato.client.get(&path_of(&other, &made)).await.expect_problem(404, "not_found");
    minato
        .client
        .if_match(1)
        .delete(&path_of(&other, &made))
        .await
        .expect_problem(404, "not_found");
    minato
        .client
        .post(&format!("{}/test", path_of(&other, &made)), Value::Null)
        .await
        .expect_problem(404, "not_found");
    minato
        .client
        .patch(&path, json!({"label": "x"}))
        .await
        .expect_problem(428, "precondition_required");
    minato
        .client
        .if_match(9)
        .patch(
            &path,
            json!({"credentials": {"url": "https://hooks.minato.example/b"}, "unchecked": true}),
        )
        .await
        .expect_problem(412, "stale");
    minato
        .client
        .if_match(1)
        .patch(&path, json!({"credentials": {"url": ""}}))
        .await
        .expect_fields(&[("/credentials/url", "required")]);
    minato
        .client
        .if_match(1)
        .patch(&path, json!({"label": "x".repeat(41)}))
        .await
        .expect_fields(&[("/label", "too_long")]);
    let changed = minato
        .client
        .if_match(1)
        .patch(
            &path,
            json!({"credentials": {"url": "https://hooks.minato.example/b"}, "unchecked": true}),
        )
        .await
        .expect(200);
    assert_eq!(
        (&changed["credentials"]["url"], &changed["version"]),
        (&json!("https://hooks.minato.example/b"), &json!(2))
    );
    let same = minato
        .client
        .if_match(2)
        .patch(&path, json!({"credentials": {"url": " https://hooks.minato.example/b "}}))
        .await
        .expect(200);
    assert_eq!(same["version"], 2, "the same again is no change");
    let renamed = minato.client.if_match(2).patch(&path, json!({"label": ""})).await.expect(200);
    assert_eq!(renamed["label"], "Webhook");
    let restore =
        format!("/audit-log/{}/restore", minato.log().await[0]["id"].as_str().unwrap_or_default());
    minato.client.post(&restore, json!({})).await.expect(200);
    assert_eq!(minato.client.get(&path).await.expect(200)["label"], "基幹システム");
    minato.client.if_match(4).delete(&path).await.expect(204);
    minato.client.get(&path).await.expect_problem(404, "not_found");
    let line = &minato.log().await[0];
    assert_eq!(
        (&line["action"], &line["before"]["label"]),
        (&json!("delete"), &json!("基幹システム"))
    );
});

on_both!(a_service_is_made_once_per_idempotency_key, bare, async |backend| {
    let slack = Slack::start();
    let app = TestApp::start_with(backend, |config| {
        let_out(config);
        tests::provider(config, "slack.base_url", &slack.fake.url);
    })
    .await;
    let (minato, services) = with_rule(&app, "minato").await;
    let client = minato.client.clone().header("idempotency-key", "one");
    let webhook = json!({"type": "webhook", "credentials": {"url": "https://hooks.minato.example"}, "unchecked": true});
    let first = client.post(&services, webhook.clone()).await.expect(201);
    assert!(first["signing_secret"].is_string());
    assert_eq!(
        client.post(&services, webhook).await.expect(201),
        first,
        "who lost the answer can still learn the secret"
    );
    let client = minato.client.clone().header("idempotency-key", "two");
    let with_slack = json!({"type": "slack", "credentials": {"bot_token": slack::TOKEN,
        "channel_id": slack::CHANNEL}});
    let first = client.post(&services, with_slack.clone()).await.expect(201);
    slack.refuse("auth.test", "invalid_auth");
    assert_eq!(
        client.post(&services, with_slack).await.expect(201),
        first,
        "Slack is not asked again"
    );
    let list = minato.client.get(&services).await.expect(200);
    assert_eq!(list["items"].as_array().map(Vec::len), Some(2));
    let secret = first["signing_secret"].as_str().unwrap_or("whsec_");
    assert!(!app.database.dump().contains(secret) || secret == "whsec_");
});

on_both!(a_webhook_where_nobody_answers_is_kept_only_unchecked, bare, async |backend| {
    let app = TestApp::start_with(backend, let_out).await;
    let (minato, services) = with_rule(&app, "minato").await;
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|socket| socket.local_addr());
    let closed = format!("http://{}/hook", port.expect("a port"));
    let new = |url: &str, unchecked: bool| json!({"type": "webhook", "credentials": {"url": url}, "unchecked": unchecked});
    for (url, says) in [
        ("http://nobody.invalid/hook", "宛先のホスト名が見つかりません。"),
        (&*closed, "宛先のサーバーに接続できません。"),
    ] {
        let refused = minato.client.post(&services, new(url, false)).await;
        let problem = refused.expect_fields(&[("/credentials/url", "service_refused")]);
        assert!(message(&problem).starts_with(says), "{problem}");
    }
    minato.client.post(&services, new("http://nobody.invalid/hook", true)).await.expect(201);
    // Whatever the answer is, somebody is there; and nothing was sent.
    let endpoint = Fake::start(|_| Reply::empty(500));
    minato.client.post(&services, new(&endpoint.url, false)).await.expect(201);
    assert_eq!(endpoint.count(), 0);

    let rule = services.trim_end_matches("/services");
    let rule = minato.client.get(rule).await.expect(200);
    let shown: Vec<_> = rule["services"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|service| service["destination"].as_str().unwrap_or_default())
        .collect();
    assert_eq!(shown, ["nobody.invalid", "127.0.0.1"], "two of one kind are told apart");
});

on_both!(there_are_twenty_services_at_most, async |app| {
    let (minato, services) = with_rule(&app, "minato").await;
    let webhook = json!({"type": "webhook", "credentials": {"url": "https://hooks.minato.example"}, "unchecked": true});
    for index in 1..=20 {
        let made = minato.client.post(&services, webhook.clone()).await.expect(201);
        let expected = if index == 1 { "Webhook".to_owned() } else { format!("Webhook {index}") };
        assert_eq!(made["label"], expected);
    }
    minato.client.post(&services, webhook).await.expect_fields(&[("", "limit_reached")]);
});

/// What waits, was skipped or canceled for the webhook of the rule.
async fn states(app: &TestApp, holder: &Holder) -> Vec<String> {
    holder
        .planned(app)
        .await
        .iter()
        .map(|line| line.rsplit(' ').next().unwrap_or_default().to_owned())
        .collect()
}

on_both!(notices_wait_for_a_service_that_is_off, async |app| {
    let (minato, services) = with_rule(&app, "minato").await;
    let rule = services.trim_end_matches("/services").to_owned();
    minato.client.if_match(1).patch(&rule, json!({"events": ["voicemail"]})).await.expect(200);
    let rule_id = rule.rsplit('/').next().unwrap_or_default();
    minato
        .client
        .if_match(1)
        .patch(&minato.number(0), json!({"notify_rule_id": rule_id}))
        .await
        .expect(200);
    let webhook = json!({"type": "webhook", "credentials": {"url": "https://hooks.minato.example"}, "unchecked": true});
    let path = path_of(&services, &minato.client.post(&services, webhook).await.expect(201));
    let (switch, called) = (Switch::of(&app).await, minato.dialled(0).await);
    let arrive = async |id: &str| {
        switch
            .tell(json!([event(
                &called,
                "voicemail",
                json!({"id": id, "call_id": id, "duration_s": 5})
            )]))
            .await
    };
    let set = async |version: u64, body: Value| {
        minato.client.if_match(version).patch(&path, body).await.expect(200)
    };

    arrive("v1").await;
    assert_eq!(states(&app, &minato).await, ["waiting"]);
    let off = set(1, json!({"enabled": false})).await;
    assert_eq!((&off["enabled"], &off["waiting"]), (&json!(false), &json!(1)));
    arrive("v2").await;
    assert_eq!(states(&app, &minato).await, ["held", "held"]);
    let on = set(2, json!({"enabled": true})).await;
    assert_eq!((&on["enabled"], &on["waiting"]), (&json!(true), &json!(2)));
    assert_eq!(states(&app, &minato).await, ["waiting", "waiting"]);
    set(3, json!({"enabled": false})).await;
    let skipped = set(4, json!({"enabled": true, "waiting": "skip"})).await;
    assert_eq!(skipped["waiting"], 0);
    assert_eq!(states(&app, &minato).await, ["skipped", "skipped"]);

    // We switched it off ourselves: its page says why, and other credentials switch it on again.
    arrive("v3").await;
    let (scope, id, now) = (
        store::Scope::account(&minato.account_id),
        path.rsplit('/').next().unwrap_or_default().to_owned(),
        app.clock.now_naive(),
    );
    let stop = move |conn: &mut store::Conn| {
        store::notify::service_health::stop(conn, &scope, &id, "webhook.gone", now)
    };
    assert_eq!(app.app.db.write(stop).await.expect("it stops"), Some(1));
    let stopped = minato.client.get(&path).await.expect(200);
    assert_eq!(
        (&stopped["enabled"], &stopped["problem"]["code"]),
        (&json!(false), &json!("webhook.gone"))
    );
    assert!(stopped["problem"]["advice"].as_str().is_some_and(|advice| !advice.is_empty()));
    let summary = &minato.client.get("/notify-rules").await.expect(200)["items"][0]["services"][0];
    assert_eq!(
        (&summary["enabled"], &summary["problem"]["code"]),
        (&json!(false), &json!("webhook.gone"))
    );
    let version = stopped["version"].as_u64().unwrap_or_default();
    let renamed = set(version, json!({"label": "基幹"})).await;
    assert_eq!(renamed["problem"]["code"], "webhook.gone", "another name mends nothing");
    let mended = set(
        version + 1,
        json!({"credentials": {"url": "https://hooks.minato.example/new"}, "unchecked": true}),
    )
    .await;
    assert_eq!(
        (&mended["enabled"], &mended["problem"], &mended["waiting"]),
        (&json!(true), &Value::Null, &json!(1))
    );
    assert_eq!(states(&app, &minato).await, ["skipped", "skipped", "waiting"]);
    minato.client.if_match(version + 2).delete(&path).await.expect(204);
    assert_eq!(states(&app, &minato).await, ["skipped", "skipped", "canceled"]);
});

on_both!(a_rule_that_is_removed_takes_its_notices_along, async |app| {
    let minato = app.holder("minato").await;
    let rule = json!({"name": "営業", "emails": ["soumu@minato.example"], "events": ["voicemail"]});
    let id = minato.client.post("/notify-rules", rule).await.expect(201)["id"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    minato
        .client
        .if_match(1)
        .patch(&minato.number(0), json!({"notify_rule_id": id}))
        .await
        .expect(200);
    let called = minato.dialled(0).await;
    Switch::of(&app)
        .await
        .tell(json!([event(&called, "voicemail", json!({"duration_s": 5}))]))
        .await;
    assert_eq!(states(&app, &minato).await, ["waiting"]);
    minato.client.if_match(1).delete(&format!("/notify-rules/{id}?detach=true")).await.expect(204);
    assert_eq!(states(&app, &minato).await, ["canceled"]);
});

on_both!(a_former_signing_secret_signs_along_for_a_day, bare, async |backend| {
    let endpoint = Fake::start(|_| Reply::empty(204));
    let app = TestApp::start_with(backend, let_out).await;
    let (minato, services) = with_rule(&app, "minato").await;
    let webhook = json!({"type": "webhook", "credentials": {"url": endpoint.url}});
    let made = minato.client.post(&services, webhook).await.expect(201);
    let path = path_of(&services, &made);
    let rotate = format!("{path}/rotate-secret");
    minato.client.post(&rotate, Value::Null).await.expect_problem(428, "precondition_required");
    minato.client.if_match(4).post(&rotate, Value::Null).await.expect_problem(412, "stale");
    let rotated = minato.client.if_match(1).post(&rotate, Value::Null).await.expect(200);
    let secret =
        |service: &Value| service["signing_secret"].as_str().unwrap_or_default().to_owned();
    let (old, new) = (secret(&made), secret(&rotated));
    assert!(new.starts_with("whsec_") && new != old);
    assert_eq!(minato.client.get(&path).await.expect(200)["signing_secret"], Value::Null);
    let dump = app.database.dump();
    assert!(!dump.contains(&old) && !dump.contains(&new));
    assert_eq!(minato.log().await[0]["after"], json!({"changed_credentials": "signing_secret"}));
    let signed_by = async || {
        minato.client.post(&format!("{path}/test"), Value::Null).await.expect(200);
        let request = endpoint.requests().pop().expect("a request came");
        [&old, &new]
            .map(|secret| webhook::verify(&request, secret, app.clock.now().timestamp()).is_ok())
    };
    assert_eq!(signed_by().await, [true, true]);
    app.clock.advance(chrono::TimeDelta::hours(23));
    assert_eq!(signed_by().await, [true, true]);
    app.clock.advance(chrono::TimeDelta::hours(2));
    assert_eq!(signed_by().await, [false, true]);
    let teams = minato.client.post(
        &services,
        json!({"type": "line", "unchecked": true,
        "credentials": {"channel_access_token": line::TOKEN, "to": line::GROUP}}),
    );
    let rotate = format!("{}/rotate-secret", path_of(&services, &teams.await.expect(201)));
    minato
        .client
        .if_match(1)
        .post(&rotate, Value::Null)
        .await
        .expect_fields(&[("", "not_applicable")]);
});

on_both!(no_credential_reaches_the_log_of_the_process, bare, async |backend| {
    let folder = tempfile::tempdir().expect("a folder");
    let data_dir = folder.path().join("data");
    let database = TestDatabase::create(backend, folder.path());
    let key = Denwaban::operator_key(&data_dir, &database.url);
    let fake = Fake::start(|_| Reply::json(200, json!({"ok": false, "error": "invalid_auth"})));
    let settings = [
        ("DENWABAN__EGRESS__ALLOW_PRIVATE", "true"),
        ("DENWABAN__PROVIDERS__SLACK__BASE_URL", fake.url.as_str()),
    ];
    let server = Denwaban::start("serve", &data_dir, &database.url, "trace", &settings).await;
    let operator = Client::new(&server.url).bearer(&key);
    let account = operator.post("/operator/accounts", json!({"name": "港商会"})).await.expect(201);
    let ids = format!("/operator/accounts/{}/ids", account["id"].as_str().unwrap_or_default());
    let basic =
        json!({"login_id": "minato001", "kind": "basic", "extension": "201", "password": PASSWORD});
    operator.post(&ids, basic).await.expect(201);
    let (holder, _) = Client::new(&server.url).sign_in("minato001", PASSWORD).await;
    let rule = holder.post("/notify-rules", json!({"name": "営業"})).await.expect(201);
    let services = format!("/notify-rules/{}/services", rule["id"].as_str().unwrap_or_default());

    let with_slack = json!({"type": "slack", "credentials": {"bot_token": slack::TOKEN,
        "channel_id": slack::CHANNEL}});
    holder
        .post(&services, with_slack.clone())
        .await
        .expect_fields(&[("/credentials/bot_token", "service_refused")]);
    let mut unchecked = with_slack;
    unchecked["unchecked"] = true.into();
    let slack = path_of(&services, &holder.post(&services, unchecked).await.expect(201));
    let failed = holder.post(&format!("{slack}/test"), Value::Null).await.expect(200);
    assert_eq!(failed["problem"]["code"], "slack.invalid_auth");
    let hook = format!("{}/hook?token=query-of-a-hook", fake.url);
    let made = holder
        .post(&services, json!({"type": "webhook", "credentials": {"url": hook}}))
        .await
        .expect(201);
    let webhook = path_of(&services, &made);
    holder.post(&format!("{webhook}/test"), Value::Null).await.expect(200);
    let rotated =
        holder.if_match(1).post(&format!("{webhook}/rotate-secret"), Value::Null).await.expect(200);
    let with_line = json!({"type": "line", "unchecked": true,
        "credentials": {"channel_access_token": line::TOKEN, "channel_secret": LINE_SECRET}});
    let with_line = holder.post(&services, with_line).await.expect(201);
    let callback = with_line["line_setup"]["webhook_url"].as_str().unwrap_or_default();
    let callback = callback.split("/callbacks/").nth(1).unwrap_or_default();
    let heard = Client::new(&server.url)
        .post(&format!("//callbacks/{callback}"), json!({"events": []}))
        .await;
    assert_eq!(heard.status, 401);

    let log = server.kill();
    assert!(
        log.contains("/rotate-secret") && log.lines().count() > 50,
        "the log tells what happened: {log}"
    );
    let text = |value: &Value| value.as_str().unwrap_or("?").to_owned();
    let token = callback.rsplit('/').next().unwrap_or("?").to_owned();
    let signing = [text(&made["signing_secret"]), text(&rotated["signing_secret"])];
    for secret in [
        slack::TOKEN,
        line::TOKEN,
        LINE_SECRET,
        "query-of-a-hook",
        &signing[0],
        &signing[1],
        &token,
    ] {
        assert_eq!(
            log.lines().find(|line| line.contains(secret)),
            None,
            "{secret} stands in the log"
        );
    }
});
