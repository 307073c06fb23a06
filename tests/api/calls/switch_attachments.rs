//! Recordings and faxes as switches hand them in.

use std::collections::BTreeMap;
use std::sync::Mutex;

use chrono::TimeDelta;
use serde_json::{Value, json};
use server::app::housekeeping::clean;
use tests::fakes::{Fake, Reply};
use tests::switch::{Switch, event, recording};
use tests::{TestApp, on_both};

/// How many files there are.
fn files(app: &TestApp) -> usize {
    fn count(folder: &std::path::Path) -> usize {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        entries.map(|entry| if entry.path().is_dir() { count(&entry.path()) } else { 1 }).sum()
    }
    count(&app.data_dir().join("attachments"))
}

on_both!(
    files_are_known_by_their_content_and_have_a_limit_of_their_own,
    |config| {
        config.attachments.limit_bytes = 20_000;
    },
    async |app| {
        let switch = Switch::of(&app).await;
        let kept = switch.try_hand_in(&recording()).await.expect(201);
        assert_eq!((&kept["content_type"], &kept["size"]), (&json!("audio/wav"), &json!(16_044)));
        let table: [(&[u8], &str); 4] = [
            (b"%PDF-1.7 x", "application/pdf"),
            (b"II*\0x", "image/tiff"),
            (b"OggS\0", "audio/ogg"),
            (b"ID3\x04", "audio/mpeg"),
        ];
        for (bytes, kind) in table {
            assert_eq!(switch.try_hand_in(bytes).await.expect(201)["content_type"], kind);
        }
        let there = files(&app);
        for bytes in [b"<html>".as_slice(), b"", b"MZ\x90\0", b"GIF89a"] {
            switch.try_hand_in(bytes).await.expect_problem(415, "unsupported_media_type");
        }
        let large = [recording(), vec![0; 4_000]].concat();
        switch.try_hand_in(&large).await.expect_problem(413, "body_too_large");
        assert_eq!(files(&app), there, "what is refused is not kept");
    }
);

on_both!(a_form_will_do, async |app| {
    let switch = Switch::of(&app).await;
    let client = switch.client.clone().header("content-type", "multipart/form-data; boundary=x");
    let form = |parts: &str| format!("{parts}--x--\r\n").into_bytes();
    let file = "--x\r\ncontent-disposition: form-data; name=\"file\"; \
        filename=\"fax.pdf\"\r\n\r\n%PDF-1.4 page\r\n";
    let other = "--x\r\ncontent-disposition: form-data; name=\"duration_ms\"\r\n\r\n23400\r\n";
    let post = async |parts: String| {
        client.send_bytes(reqwest::Method::POST, "/switch/attachments", form(&parts)).await
    };
    let kept = post(format!("{other}{file}")).await.expect(201);
    assert_eq!((&kept["content_type"], &kept["size"]), (&json!("application/pdf"), &json!(13)));
    post(other.to_owned()).await.expect_fields(&[("/file", "required")]);
    post(other.replace("23400", "long")).await.expect_fields(&[("/duration_ms", "invalid_format")]);
});

on_both!(an_event_claims_its_file_once_and_only_of_its_kind, async |app| {
    let holder = app.holder("minato").await;
    let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
    let (audio, fax) = (switch.hand_in(&recording()).await, switch.hand_in(b"%PDF-1.4").await);
    let with = |kind: &str, file: &str, call: &str| {
        event(&called, kind, json!({"attachment_id": file, "call_id": call}))
    };
    let wrong = json!([
        with("fax", &audio, "1"),
        with("voicemail", &fax, "2"),
        with("missed_call", &audio, "3")
    ]);
    let not_applicable = |index: usize| format!("rejected /{index}/attachment_id not_applicable");
    assert_eq!(
        switch.report(wrong).await,
        [not_applicable(0), not_applicable(1), not_applicable(2)]
    );
    let twice = json!([
        with("voicemail", &audio, "4"),
        with("voicemail", &audio, "5"),
        with("fax", &fax, "6")
    ]);
    assert_eq!(
        switch.report(twice).await,
        ["accepted", "rejected /1/attachment_id not_found", "accepted"]
    );
    assert_eq!(
        switch.report(json!([with("voicemail", &audio, "7")])).await,
        ["rejected /0/attachment_id not_found"]
    );
});

on_both!(
    files_that_nobody_claims_go_after_a_day_and_claimed_ones_when_their_time_is_over,
    async |app| {
        let holder = app.holder("minato").await;
        let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
        let (claimed, lonely) =
            (switch.hand_in(&recording()).await, switch.hand_in(b"%PDF-1.4").await);
        switch.tell(json!([event(&called, "voicemail", json!({"attachment_id": claimed}))])).await;
        clean(&app.app).await.expect("it cleans");
        assert_eq!(files(&app), 2);
        app.clock.advance(TimeDelta::hours(25));
        clean(&app.app).await.expect("it cleans");
        assert_eq!(files(&app), 1);
        let late: Value = event(&called, "fax", json!({"attachment_id": lonely, "call_id": "2"}));
        assert_eq!(switch.report(json!([late])).await, ["rejected /0/attachment_id not_found"]);
        app.clock.advance(TimeDelta::days(90));
        clean(&app.app).await.expect("it cleans");
        assert_eq!(files(&app), 0);
    }
);

on_both!(bytes_that_nothing_knows_of_are_found, async |app| {
    let holder = app.holder("minato").await;
    let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
    let claimed = switch.hand_in(&recording()).await;
    switch.tell(json!([event(&called, "voicemail", json!({"attachment_id": claimed}))])).await;
    let day = app.clock.now().format("%Y-%m-%d");
    app.app
        .calls
        .attachments
        .write(&format!("{day}/{}", store::new_id()), vec![1, 2, 3].into())
        .await
        .expect("kept");
    assert_eq!(files(&app), 2);
    // Each day's folder has one hour of the day.
    for _ in 0..3 * 24 {
        app.clock.advance(TimeDelta::hours(1));
        clean(&app.app).await.expect("it cleans");
    }
    assert_eq!(files(&app), 1);
});

/// A bucket: keeps what is put under its key, as S3 answers; refuses what is not signed.
fn bucket() -> Fake {
    let kept: Mutex<BTreeMap<String, Vec<u8>>> = Mutex::default();
    Fake::start(move |request| {
        let is_signed = request
            .header("authorization")
            .is_some_and(|value| value.starts_with("AWS4-HMAC-SHA256 Credential=key/"));
        if !is_signed || request.header("x-amz-date").is_none() {
            return Reply::empty(403);
        }
        let mut kept = kept.lock().expect("no panic");
        let etag = |reply: Reply| {
            reply.with("etag", "\"1\"").with("last-modified", "Sun, 22 Nov 2026 03:00:00 GMT")
        };
        match request.method.as_str() {
            "PUT" => {
                kept.insert(request.path.clone(), request.body.clone());
                etag(Reply::empty(200))
            }
            // DeleteObjects: names of objects, without the bucket.
            "POST" if request.query == "delete" => {
                let body = request.text();
                let keys: Vec<&str> = body
                    .split("<Key>")
                    .skip(1)
                    .filter_map(|rest| rest.split("</Key>").next())
                    .collect();
                keys.iter().for_each(|key| drop(kept.remove(&format!("/files/{key}"))));
                let deleted: String =
                    keys.iter().map(|key| format!("<Deleted><Key>{key}</Key></Deleted>")).collect();
                let answer =
                    format!("<?xml version=\"1.0\"?><DeleteResult>{deleted}</DeleteResult>");
                Reply::Answer(
                    200,
                    vec![("content-type".into(), "application/xml".into())],
                    answer.into_bytes(),
                )
            }
            "GET" if request.query.contains("list-type=2") => {
                let list = "<?xml version=\"1.0\"?><ListBucketResult><Name>files</Name><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>";
                Reply::Answer(
                    200,
                    vec![("content-type".into(), "application/xml".into())],
                    list.as_bytes().to_vec(),
                )
            }
            _ => match kept.get(&request.path) {
                None => Reply::empty(404),
                Some(bytes) => {
                    let range = request
                        .header("range")
                        .and_then(|range| range.strip_prefix("bytes=")?.split_once('-'));
                    let Some((first, last)) = range else {
                        return etag(Reply::Answer(200, Vec::new(), bytes.clone()));
                    };
                    let (first, last): (usize, usize) =
                        (first.parse().expect("a number"), last.parse().expect("a number"));
                    let part = etag(Reply::Answer(206, Vec::new(), bytes[first..=last].to_vec()));
                    part.with("content-range", &format!("bytes {first}-{last}/{}", bytes.len()))
                }
            },
        }
    })
}

on_both!(files_may_lie_in_a_bucket, bare, async |backend| {
    let fake = bucket();
    let url = fake.url.clone();
    let app = TestApp::start_with(backend, move |config| {
        config.attachments.url = "s3://files/denwaban".into();
        let pairs = [
            ("AWS_ACCESS_KEY_ID", "key"),
            ("AWS_SECRET_ACCESS_KEY", "secret"),
            ("AWS_REGION", "ap-northeast-1"),
            ("AWS_ENDPOINT_URL", &url),
            ("AWS_ALLOW_HTTP", "true"),
            ("AWS_EXECUTION_ENV", "of no interest"),
        ];
        config.attachments.aws =
            pairs.map(|(name, value)| (name.to_owned(), value.to_owned().into())).to_vec();
    })
    .await;
    let holder = app.holder("minato").await;
    let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
    let file = switch.hand_in(&recording()).await;
    let put = fake.requests().into_iter().find(|request| request.method == "PUT").expect("a PUT");
    assert_eq!((put.path, put.body), (format!("/files/denwaban/2026-11-22/{file}"), recording()));
    switch.tell(json!([event(&called, "voicemail", json!({"attachment_id": file}))])).await;
    let events = holder.client.get("/call-events").await.expect(200);
    let path =
        format!("/call-events/{}/attachment", events["items"][0]["id"].as_str().unwrap_or("?"));
    assert_eq!(holder.client.get(&path).await.bytes, recording());
    assert_eq!(
        holder.client.clone().header("range", "bytes=44-143").get(&path).await.bytes,
        recording()[44..144]
    );
    app.clock.advance(TimeDelta::days(91));
    clean(&app.app).await.expect("it cleans");
    let removed: Vec<String> = fake
        .requests()
        .into_iter()
        .filter(|request| request.query == "delete")
        .map(|request| request.text())
        .collect();
    assert!(
        removed.len() == 1
            && removed[0].contains(&format!("<Key>denwaban/2026-11-22/{file}</Key>")),
        "{removed:?}"
    );
    // A bucket that fails is said at once, and nothing is half there.
    fake.next((0..8).map(|_| Reply::empty(403)));
    switch.try_hand_in(&recording()).await.expect_problem(503, "unavailable");
});
