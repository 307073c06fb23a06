//! Headers as clients really send them.

use std::io::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use reqwest::Method;
use serde_json::json;
use server::app::openapi::document;
use store::identity::service_key::KeyKind;
use tests::switch::{Switch, event, recording};
use tests::{Client, on_both, service_key};

on_both!(the_scheme_of_a_key_is_read_in_any_case, async |app| {
    let holder = app.holder("minato").await;
    let key = holder
        .client
        .post("/api-keys", json!({"name": "CRM", "scopes": ["numbers:read"]}))
        .await
        .expect(201)["key"]
        .as_str()
        .expect("a key")
        .to_owned();
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer "] {
        let client = app.nobody().header("authorization", &format!("{scheme} {key}"));
        client.get("/numbers").await.expect(200);
    }
    for wrong in [key.clone(), format!("Bearer{key}"), format!("Token {key}")] {
        let client = app.nobody().header("authorization", &wrong);
        client.get("/numbers").await.expect_problem(401, "unauthenticated");
    }
    let key = service_key(&app.app, KeyKind::Switch).await;
    for scheme in ["Basic", "basic", "BASIC"] {
        let pair = BASE64_STANDARD.encode(format!("tokyo:{key}"));
        let client = app.nobody().header("authorization", &format!("{scheme} {pair}"));
        assert_eq!(client.get("/switch/snapshot").await.status, 200, "{scheme}");
    }
});

on_both!(a_key_learns_what_it_lacks, async |app| {
    let holder = app.holder("minato").await;
    let made = json!({"name": "CRM", "scopes": ["numbers:read"]});
    let made = holder.client.post("/api-keys", made).await.expect(201);
    let client = app.nobody().bearer(made["key"].as_str().expect("a key"));
    let refused = client.if_match(1).patch(&holder.number(0), json!({})).await;
    assert_eq!(
        refused.header("www-authenticate"),
        Some("Bearer error=\"insufficient_scope\", scope=\"numbers:write\"")
    );
    let problem = refused.expect_problem(403, "scope_missing");
    assert_eq!(problem["required_scope"], "numbers:write");
    assert!(problem["detail"].to_string().contains("numbers:write"), "{problem}");
    // What no key opens is said, so that nobody takes the key for an ended one.
    for (method, path) in [(Method::POST, "/api-keys"), (Method::GET, "/session")] {
        let body = (method == Method::POST).then(|| "{}".to_owned());
        client.send(method, path, body).await.expect_problem(403, "not_for_keys");
    }
});

on_both!(if_match_is_read_as_the_standard_says, async |app| {
    let holder = app.holder("minato").await;
    let patch = async |tag: &str, name: &str| {
        let client = holder.client.clone().header("if-match", tag);
        client.patch(&holder.number(0), json!({"name": name})).await
    };
    let version = patch("*", "a").await.version();
    patch(&format!("\"{version}\""), "b").await.expect(200);
    let list = format!("\"{version}\", \"{}\"", version + 1);
    patch(&list, "c").await.expect(200);
    let now = holder.client.get(&holder.number(0)).await.version();
    for tag in ["\"999\"", "\"998\", \"999\"", &format!("W/\"{now}\""), "\"other\""] {
        patch(tag, "d").await.expect_problem(412, "stale");
    }
    for tag in [&now.to_string(), "'7'", "\"7", &format!("\"{now}\", 8"), "W/7"] {
        let problem = patch(tag, "d").await.expect_problem(400, "invalid_header");
        assert_eq!(problem["errors"][0]["pointer"], "If-Match", "{tag}");
        assert!(problem["detail"].to_string().contains("If-Match"), "{problem}");
    }
    assert_eq!(holder.client.get(&holder.number(0)).await.version(), now);
});

on_both!(what_is_known_is_not_sent_again, async |app| {
    let holder = app.holder("minato").await;
    let path = holder.number(0);
    let tag = holder.client.get(&path).await.header("etag").expect("an ETag").to_owned();
    for (known, status) in [
        (tag.clone(), 304),
        (format!("W/{tag}"), 304),
        (format!("\"0\", {tag}"), 304),
        ("*".to_owned(), 304),
        ("\"0\"".to_owned(), 200),
    ] {
        let answer = holder.client.clone().header("if-none-match", &known).get(&path).await;
        assert_eq!(answer.status, status, "{known}");
        assert_eq!(answer.header("etag"), Some(tag.as_str()));
        assert_eq!(answer.bytes.is_empty(), status == 304, "{known}");
    }
    // A write is no question.
    let client = holder.client.if_match(1).header("if-none-match", "*");
    client.patch(&path, json!({"name": "x"})).await.expect(200);
});

on_both!(head_is_answered_wherever_get_is, async |app| {
    let holder = app.holder("minato").await;
    for path in [
        "/numbers".to_owned(),
        holder.number(0),
        "/session".to_owned(),
        "//api/v1/openapi.json".to_owned(),
        "//api/docs/".to_owned(),
        "//healthz".to_owned(),
        "//.well-known/jwks.json".to_owned(),
        // A stream has no end; its head has one.
        "/call-events/stream".to_owned(),
    ] {
        let head = holder.client.send(Method::HEAD, &path, None).await;
        assert_eq!((head.status, head.bytes.len()), (200, 0), "{path}");
        if !path.ends_with("/stream") {
            let get = holder.client.get(&path).await;
            for name in ["content-type", "content-length", "etag"] {
                assert_eq!(head.header(name), get.header(name), "{path} {name}");
            }
        }
    }
    let head = app.nobody().send(Method::HEAD, "/numbers", None).await;
    assert_eq!((head.status, head.bytes.len()), (401, 0));
});

on_both!(a_range_behind_the_end_says_how_long_the_file_is, async |app| {
    let holder = app.holder("minato").await;
    let switch = Switch::of(&app).await;
    let file = switch.hand_in(&recording()).await;
    let called = holder.dialled(0).await;
    let told = event(&called, "voicemail", json!({"attachment_id": file}));
    switch.tell(json!([told])).await;
    let events = holder.client.get("/call-events").await.expect(200);
    let path =
        format!("/call-events/{}/attachment", events["items"][0]["id"].as_str().expect("an id"));
    let size = holder.client.get(&path).await.bytes.len();
    for range in [format!("bytes={size}-"), "bytes=999999-".to_owned(), "bytes=-0".to_owned()] {
        let answer = holder.client.clone().header("range", &range).get(&path).await;
        assert_eq!(answer.header("content-range"), Some(format!("bytes */{size}").as_str()));
        let problem = answer.expect_problem(416, "range_not_satisfiable");
        assert!(problem["detail"].to_string().contains(&size.to_string()), "{problem}");
    }
});

fn zipped(text: &str) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).expect("memory takes it");
    gzip.finish().expect("memory takes it")
}

on_both!(a_body_is_read_compressed_and_behind_a_byte_order_mark, async |app| {
    let holder = app.holder("minato").await;
    let patch = async |client: Client, body: Vec<u8>| {
        client.header("if-match", "*").send_bytes(Method::PATCH, &holder.number(0), body).await
    };
    let name = |name: &str| json!({"name": name}).to_string();
    for coding in ["gzip", "GZIP", "x-gzip", "identity, gzip"] {
        let client = holder.client.clone().header("content-encoding", coding);
        let number = patch(client, zipped(&name(coding))).await.expect(200);
        assert_eq!(number["name"], coding);
    }
    let marked = format!("\u{feff}{}", name("mark")).into_bytes();
    assert_eq!(patch(holder.client.clone(), marked).await.expect(200)["name"], "mark");

    for coding in ["br", "zstd", "deflate", "compress", "gzip, gzip", "nonsense"] {
        let client = holder.client.clone().header("content-encoding", coding);
        let refused = patch(client, name("x").into_bytes()).await;
        assert_eq!(refused.header("accept-encoding"), Some("gzip"), "{coding}");
        refused.expect_problem(415, "unsupported_encoding");
    }
    let gzip = || holder.client.clone().header("content-encoding", "gzip");
    patch(gzip(), b"{\"name\": \"not compressed\"}".to_vec())
        .await
        .expect_problem(400, "malformed_request");
    // The limit is that of what comes out.
    let bomb = zipped(&name(&"x".repeat(20_000_000)));
    assert!(bomb.len() < 100_000);
    patch(gzip(), bomb).await.expect_problem(413, "body_too_large");

    // Files and lists of events alike.
    let import = gzip()
        .header("content-type", "text/csv")
        .send_bytes(
            Method::POST,
            &format!("{}/block-list/imports?dry_run=true", holder.number(0)),
            zipped("電話番号\n090-1234-5678\n"),
        )
        .await
        .expect(200);
    assert_eq!(import["added"], 1);
    let switch = Switch::of(&app).await;
    let events = json!([event(&holder.dialled(0).await, "missed_call", json!({}))]).to_string();
    for (coding, body) in
        [("gzip", zipped(&events)), ("identity", format!("\u{feff}{events}").into_bytes())]
    {
        let client = switch.client.clone().header("content-encoding", coding);
        let answer = client.send_bytes(Method::POST, "/switch/events", body).await.expect(200);
        assert!(answer["items"][0]["outcome"] != "rejected", "{answer}");
    }
});

on_both!(a_post_honours_an_idempotency_key_or_refuses_it, async |app| {
    let client = app.holder("minato").await.client.header("idempotency-key", "one");
    let (mut honours, mut refuses) = (0, 0);
    for (path, item) in document()["paths"].as_object().expect("paths") {
        let Some(post) = item.get("post") else { continue };
        let named = post["parameters"]
            .as_array()
            .is_some_and(|all| all.iter().any(|one| one["name"] == "Idempotency-Key"));
        if named {
            honours += 1;
            continue;
        }
        refuses += 1;
        let path = format!("/{}", path.replace(['{', '}'], ""));
        let refused = client.send(Method::POST, &path, Some("{}".into())).await;
        let problem = refused.expect_problem(400, "invalid_header");
        assert_eq!(problem["errors"][0]["pointer"], "Idempotency-Key", "{path}");
    }
    assert!(honours >= 20 && refuses >= 10, "{honours} {refuses}");
    // One that cannot be a key is named.
    let bad = client.clone().header("idempotency-key", &"x".repeat(256));
    let problem = bad.post("/notify-rules", json!({})).await.expect_problem(400, "invalid_header");
    assert_eq!(problem["errors"][0]["pointer"], "Idempotency-Key");
});

on_both!(what_is_one_of_a_few_values_names_them, async |app| {
    let holder = app.holder("minato").await;
    let ringtone = holder
        .client
        .if_match(1)
        .patch(&holder.number(0), json!({"ringtone": "bell"}))
        .await
        .expect_fields(&[("/ringtone", "wrong_type")]);
    assert_eq!(ringtone["errors"][0]["allowed"], json!(["ringtone_1", "ringtone_2"]));
    assert!(ringtone["errors"][0]["message"].to_string().contains("ringtone_1, ringtone_2"));
    let state = holder.client.get("/deliveries?state=bogus").await;
    let state = state.expect_fields(&[("?state", "invalid_format")]);
    let allowed = state["errors"][0]["allowed"].as_array().expect("values");
    assert!(allowed.contains(&json!("delivered")), "{state}");
});
