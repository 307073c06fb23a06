//! `Idempotency-Key`: what is asked for twice happens once.

use std::collections::BTreeSet;

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, Client, on_both};
use tokio::task::JoinSet;

async fn post(client: &Client, key: &str, path: &str, body: &Value) -> Answer {
    client.clone().header("idempotency-key", key).post(path, body.clone()).await
}

fn replayed(answer: &Answer) -> bool {
    answer.header("idempotent-replayed") == Some("true")
}

on_both!(the_same_request_gets_the_same_answer_and_happens_once, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let (numbers, ids) =
        (format!("{}/numbers", holder.operator_path()), format!("{}/ids", holder.operator_path()));
    let terminals = format!("{ids}/{}/terminals", holder.ids[1]);
    let creates = [
        ("/operator/accounts".to_owned(), json!({"name": "港商会"})),
        (numbers, json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 1})),
        (ids, json!({"login_id": "minato900", "kind": "additional", "extension": "900"})),
        (terminals, json!({"kind": "ios", "name": "iPhone"})),
        ("/operator/keys".to_owned(), json!({"name": "second"})),
        ("/operator/switches".to_owned(), json!({"name": "tokyo"})),
    ];
    for (index, (path, body)) in creates.iter().enumerate() {
        let key = format!("order-4711-{index}");
        let first = post(&operator, &key, path, body).await;
        assert!(first.status == 201 && !replayed(&first), "{path}: {}", first.text);
        let revision = holder.revision().await;
        for _ in 0..2 {
            let again = post(&operator, &key, path, body).await;
            assert!(again.status == 201 && replayed(&again), "{path}: {}", again.text);
            // The generated password and the key, too, although they are shown once.
            assert_eq!(again.json, first.json, "{path}");
            for name in ["location", "etag", "content-type", "cache-control"] {
                assert_eq!(again.header(name), first.header(name), "{path} {name}");
            }
        }
        assert_eq!(holder.revision().await, revision, "{path}");
    }
    let count = async |path: &str| {
        operator.get(path).await.expect(200)["items"].as_array().map_or(0, Vec::len)
    };
    assert_eq!(
        (
            count("/operator/accounts").await,
            count("/operator/keys").await,
            count("/operator/switches").await
        ),
        (2, 2, 1)
    );
    assert_eq!((count(&creates[1].0).await, count(&creates[2].0).await), (3, 4));
    assert_eq!(
        holder.client.get(&holder.id(1)).await["terminals"].as_array().map(Vec::len),
        Some(1)
    );
});

on_both!(another_request_under_the_same_key_is_refused, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    post(&operator, "one", "/operator/keys", &json!({"name": "a"})).await.expect(201);
    let others = [
        ("/operator/keys".to_owned(), json!({"name": "b"})),
        ("/operator/switches".to_owned(), json!({"name": "a"})),
        ("/operator/accounts".to_owned(), json!({"name": "a"})),
        (
            format!("{}/numbers", holder.operator_path()),
            json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 1}),
        ),
    ];
    for (path, body) in &others {
        post(&operator, "one", path, body).await.expect_problem(422, "idempotency_key_reused");
    }
    assert_eq!(operator.get("/operator/switches").await.expect(200)["items"], json!([]));
    // Another path with the same body is another request, too.
    let kobe = app.holder("kobe").await;
    let number = &others[3].1;
    post(&operator, "two", &others[3].0, number).await.expect(201);
    let elsewhere = format!("{}/numbers", kobe.operator_path());
    post(&operator, "two", &elsewhere, number).await.expect_problem(422, "idempotency_key_reused");
});

on_both!(keys_of_different_callers_do_not_meet, async |app| {
    let operator = app.operator();
    let made = operator.post("/operator/keys", json!({"name": "second"})).await.expect(201);
    let second = app.nobody().bearer(made["key"].as_str().unwrap_or_default());
    let first_account =
        post(&operator, "one", "/operator/accounts", &json!({"name": "a"})).await.expect(201);
    let second_account = post(&second, "one", "/operator/accounts", &json!({"name": "a"})).await;
    assert!(!replayed(&second_account));
    assert_ne!(second_account.expect(201)["id"], first_account["id"]);
});

on_both!(a_request_that_failed_may_be_mended_under_the_same_key, async |app| {
    let operator = app.operator();
    post(&operator, "one", "/operator/accounts", &json!({"name": ""}))
        .await
        .expect_fields(&[("/name", "required")]);
    let holder = app.holder("minato").await;
    let path = format!("{}/ids", holder.operator_path());
    let taken = json!({"login_id": "minato001", "kind": "additional", "extension": "900"});
    post(&operator, "two", &path, &taken).await.expect_fields(&[("/login_id", "taken")]);
    let mended = json!({"login_id": "minato900", "kind": "additional", "extension": "900"});
    assert!(!replayed(&post(&operator, "two", &path, &mended).await));
    assert!(replayed(&post(&operator, "two", &path, &mended).await));
});

on_both!(requests_at_once_under_the_same_key_make_one_thing, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let creates = [
        (
            format!("{}/ids", holder.operator_path()),
            json!({"login_id": "minato900", "kind": "additional", "extension": "900"}),
        ),
        (
            format!("{}/numbers", holder.operator_path()),
            json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 1}),
        ),
        ("/operator/accounts".to_owned(), json!({"name": "港商会"})),
        ("/operator/keys".to_owned(), json!({"name": "second"})),
    ];
    for (index, (path, body)) in creates.iter().enumerate() {
        let before = operator.get(path).await.expect(200)["items"].as_array().map_or(0, Vec::len);
        let mut requests = JoinSet::new();
        for _ in 0..8 {
            let (client, path, body, key) =
                (operator.clone(), path.clone(), body.clone(), format!("at-once-{index}"));
            requests.spawn(async move { post(&client, &key, &path, &body).await });
        }
        let answers = requests.join_all().await;
        let bodies: BTreeSet<String> =
            answers.iter().map(|answer| format!("{} {}", answer.status, answer.text)).collect();
        assert_eq!(bodies.len(), 1, "{path}: {bodies:#?}");
        assert_eq!(answers.iter().filter(|answer| !replayed(answer)).count(), 1, "{path}");
        assert_eq!(
            operator.get(path).await.expect(200)["items"].as_array().map_or(0, Vec::len),
            before + 1,
            "{path}"
        );
    }
});

on_both!(a_key_that_cannot_be_kept_is_refused_rather_than_ignored, async |app| {
    let operator = app.operator();
    for bad in ["", " ", &"x".repeat(256), "注文-4711"] {
        post(&operator, bad, "/operator/accounts", &json!({"name": "x"}))
            .await
            .expect_problem(400, "invalid_header");
    }
    assert_eq!(operator.get("/operator/accounts").await.expect(200)["items"], json!([]));
    post(&operator, &"x".repeat(255), "/operator/accounts", &json!({"name": "x"}))
        .await
        .expect(201);
});

on_both!(what_is_kept_of_an_answer_cannot_be_read, async |app| {
    let operator = app.operator();
    let made =
        post(&operator, "one", "/operator/keys", &json!({"name": "second"})).await.expect(201);
    let dump = app.database.dump();
    assert!(!dump.contains(made["key"].as_str().unwrap_or("?")), "the kept answer is sealed");
});

on_both!(a_file_under_the_same_key_is_imported_once, async |app| {
    let holder = app.holder("minato").await;
    let imports = format!("{}/block-list/imports", holder.number(0));
    let send = async |key: &str, query: &str, file: &str| {
        let client = holder.client.clone().header("content-type", "text/csv");
        let client = client.header("idempotency-key", key);
        client.send(Method::POST, &format!("{imports}{query}"), Some(file.to_owned())).await
    };
    let file = "電話番号,メモ\r\n090-1111-0001,営業\r\n";
    let first = send("one", "", file).await;
    assert!(first.status == 200 && !replayed(&first), "{}", first.text);
    assert_eq!(first["added"], 1);
    let again = send("one", "", file).await;
    assert!(again.status == 200 && replayed(&again), "{}", again.text);
    assert_eq!(again.json, first.json, "nothing is a duplicate of itself");
    for (query, other) in [("?dry_run=true", file), ("", "090-1111-0002\r\n")] {
        let refused = send("one", query, other).await;
        refused.expect_problem(422, "idempotency_key_reused");
    }
    let preview = send("two", "?dry_run=true", file).await.expect(200);
    let again = send("two", "?dry_run=true", file).await.expect(200);
    assert_eq!(again["import_id"], preview["import_id"]);
    // What was refused may be mended under the same key.
    send("three", "", "山田\r\n").await.expect_problem(422, "invalid");
    assert_eq!(send("three", "", "090-1111-0003\r\n").await.expect(200)["added"], 1);
});
