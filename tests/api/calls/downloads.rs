//! Links in notices: they lead to one file, for a while, and to nothing else.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::switch::{Switch, event};
use tests::{Client, Holder, TestApp, on_both};

/// A voicemail of 1,000 bytes with a transcript; answers the event and the token of its link.
async fn voicemail(app: &TestApp, holder: &Holder) -> (Value, String) {
    let mut file = b"\0\0\0\x18ftypM4A \0\0\0\0M4A isom".to_vec();
    file.resize(1_000, b'x');
    let switch = Switch::of(app).await;
    let attachment = switch.hand_in(&file).await;
    let said = "<script>alert(1)</script> 折り返しください";
    let more = json!({"attachment_id": attachment, "transcript": said, "duration_s": 12});
    switch.tell(json!([event(&holder.dialled(0).await, "voicemail", more)])).await;
    let events = holder.client.get("/call-events").await.expect(200);
    let event = events["items"][0].clone();
    let scope = store::Scope::account(&holder.account_id);
    let row = app
        .app
        .db
        .read(move |conn| store::calls::attachment::find(conn, &scope, &attachment))
        .await
        .expect("a row")
        .expect("a row");
    let links =
        server::calls::downloads::links(&app.app.secrets, &app.app.config.public_url(), &row);
    (event, links.page.rsplit('/').next().expect("a token").to_owned())
}

async fn part(client: &Client, path: &str, range: &str) -> tests::Answer {
    client.clone().header("range", range).send(Method::GET, path, None).await
}

on_both!(a_link_leads_to_its_file_for_a_while, async |app| {
    let holder = app.holder("minato").await;
    let (event, token) = voicemail(&app, &holder).await;
    let nobody = app.nobody();
    let page = nobody.get(&format!("//downloads/{token}")).await;
    assert_eq!(
        (page.status, page.header("referrer-policy"), page.header("set-cookie")),
        (200, Some("no-referrer"), None)
    );
    assert!(
        page.header("content-security-policy")
            .is_some_and(|policy| policy.contains("default-src 'none'"))
    );
    assert!(
        page.text.contains("090-1234-5678")
            && page.text.contains("折り返しください")
            && !page.text.contains("<script>"),
        "{}",
        page.text
    );
    let english =
        nobody.clone().header("accept-language", "en").get(&format!("//downloads/{token}")).await;
    assert!(english.text.contains("Voicemail from 090-1234-5678"), "{}", english.text);

    let path = format!("//downloads/{token}/voicemail.m4a");
    let whole = nobody.get(&path).await;
    assert_eq!(
        (whole.status, whole.header("content-type"), whole.text.len()),
        (200, Some("audio/mp4"), 1_000)
    );
    assert_eq!(
        (whole.header("accept-ranges"), whole.header("x-content-type-options")),
        (Some("bytes"), Some("nosniff"))
    );
    let some = part(&nobody, &path, "bytes=4-7").await;
    assert_eq!(
        (some.status, some.text.as_str(), some.header("content-range")),
        (206, "ftyp", Some("bytes 4-7/1000"))
    );
    assert_eq!(part(&nobody, &path, "bytes=1000-").await.status, 416);
    let head = nobody.send(Method::HEAD, &path, None).await;
    assert_eq!(
        (head.status, head.header("content-length"), head.text.len()),
        (200, Some("1000"), 0)
    );
    // The page was opened, by whatever robot; fetched were the bytes, once as a whole.
    let seen = holder
        .client
        .get(&format!("/call-events/{}", event["id"].as_str().unwrap_or("?")))
        .await
        .expect(200);
    assert_eq!(seen["attachment"]["downloads"], 1, "{seen}");

    app.clock.advance(TimeDelta::days(8));
    let over = nobody.get(&format!("//downloads/{token}")).await;
    assert!(over.status == 410 && !over.text.contains("折り返し"), "{}", over.text);
    nobody.get(&path).await.expect_problem(410, "link_expired");
});

on_both!(a_link_that_is_not_ours_or_was_revoked_leads_nowhere, async |app| {
    let holder = app.holder("minato").await;
    let (event, token) = voicemail(&app, &holder).await;
    let nobody = app.nobody();
    let mut guessed = token.clone();
    let last = if guessed.pop() == Some('0') { '1' } else { '0' };
    guessed.push(last);
    for wrong in [guessed.as_str(), "x", &token[..40], &token.to_uppercase()] {
        assert_eq!(nobody.get(&format!("//downloads/{wrong}")).await.status, 410, "{wrong}");
        assert_eq!(nobody.get(&format!("//downloads/{wrong}/a.m4a")).await.status, 410, "{wrong}");
    }
    let path = format!("/call-events/{}", event["id"].as_str().unwrap_or("?"));
    // The holder hears it with or without a link; a stranger does not.
    let stranger = app.holder("kawasaki").await;
    assert_eq!(holder.client.get(&format!("{path}/attachment")).await.text.len(), 1_000);
    assert_eq!(part(&holder.client, &format!("{path}/attachment"), "bytes=4-7").await.text, "ftyp");
    stranger.client.get(&format!("{path}/attachment")).await.expect_problem(404, "not_found");
    stranger
        .client
        .post(&format!("{path}/revoke-link"), json!({}))
        .await
        .expect_problem(404, "not_found");
    assert_eq!(nobody.get(&format!("//downloads/{token}")).await.status, 200);
    holder.client.post(&format!("{path}/revoke-link"), json!({})).await.expect(200);
    assert_eq!(nobody.get(&format!("//downloads/{token}")).await.status, 410);
    assert_eq!(nobody.get(&format!("//downloads/{token}/a.m4a")).await.status, 410);
    assert_eq!(holder.client.get(&format!("{path}/attachment")).await.text.len(), 1_000);
});
