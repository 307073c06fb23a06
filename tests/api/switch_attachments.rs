//! Recordings and faxes as switches hand them in.

use chrono::TimeDelta;
use serde_json::{Value, json};
use server::housekeeping::clean;
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
    with |config| {
        config.attachments.limit_bytes = 20_000;
    }
    async fn files_are_known_by_their_content_and_have_a_limit_of_their_own(app) {
        let switch = Switch::of(&app).await;
        let kept = switch.try_hand_in(&recording()).await.expect(201);
        assert_eq!((&kept["content_type"], &kept["size"]), (&json!("audio/wav"), &json!(16_044)));
        let table: [(&[u8], &str); 4] =
            [(b"%PDF-1.7 x", "application/pdf"), (b"II*\0x", "image/tiff"), (b"OggS\0", "audio/ogg"), (b"ID3\x04", "audio/mpeg")];
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

on_both!(
    async fn a_form_will_do(app) {
        let switch = Switch::of(&app).await;
        let client = switch.client.clone().header("content-type", "multipart/form-data; boundary=x");
        let form = |parts: &str| format!("{parts}--x--\r\n").into_bytes();
        let file = "--x\r\ncontent-disposition: form-data; name=\"file\"; filename=\"fax.pdf\"\r\n\r\n%PDF-1.4 page\r\n";
        let other = "--x\r\ncontent-disposition: form-data; name=\"duration_ms\"\r\n\r\n23400\r\n";
        let post = async |parts: String| client.send_bytes(reqwest::Method::POST, "/switch/attachments", form(&parts)).await;
        let kept = post(format!("{other}{file}")).await.expect(201);
        assert_eq!((&kept["content_type"], &kept["size"]), (&json!("application/pdf"), &json!(13)));
        post(other.to_owned()).await.expect_fields(&[("/file", "required")]);
        post(other.replace("23400", "long")).await.expect_fields(&[("/duration_ms", "invalid_format")]);
    }
);

on_both!(
    async fn an_event_claims_its_file_once_and_only_of_its_kind(app) {
        let holder = app.holder("minato").await;
        let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
        let (audio, fax) = (switch.hand_in(&recording()).await, switch.hand_in(b"%PDF-1.4").await);
        let with = |kind: &str, file: &str, call: &str| event(&called, kind, json!({"attachment_id": file, "call_id": call}));
        let wrong = json!([with("fax", &audio, "1"), with("voicemail", &fax, "2"), with("missed_call", &audio, "3")]);
        let not_applicable = |index: usize| format!("rejected /{index}/attachment_id not_applicable");
        assert_eq!(switch.report(wrong).await, [not_applicable(0), not_applicable(1), not_applicable(2)]);
        let twice = json!([with("voicemail", &audio, "4"), with("voicemail", &audio, "5"), with("fax", &fax, "6")]);
        assert_eq!(switch.report(twice).await, ["accepted", "rejected /1/attachment_id not_found", "accepted"]);
        assert_eq!(switch.report(json!([with("voicemail", &audio, "7")])).await, ["rejected /0/attachment_id not_found"]);
    }
);

on_both!(
    async fn files_that_nobody_claims_go_after_a_day_and_claimed_ones_when_their_time_is_over(app) {
        let holder = app.holder("minato").await;
        let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
        let (claimed, lonely) = (switch.hand_in(&recording()).await, switch.hand_in(b"%PDF-1.4").await);
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

on_both!(
    async fn bytes_that_nothing_knows_of_are_found(app) {
        let holder = app.holder("minato").await;
        let (switch, called) = (Switch::of(&app).await, holder.dialled(0).await);
        let claimed = switch.hand_in(&recording()).await;
        switch.tell(json!([event(&called, "voicemail", json!({"attachment_id": claimed}))])).await;
        let day = app.clock.now().format("%Y-%m-%d");
        app.app.attachments.write(&format!("{day}/{}", store::new_id()), vec![1, 2, 3].into()).await.expect("kept");
        assert_eq!(files(&app), 2);
        // Each day's folder has one hour of the day.
        for _ in 0..3 * 24 {
            app.clock.advance(TimeDelta::hours(1));
            clean(&app.app).await.expect("it cleans");
        }
        assert_eq!(files(&app), 1);
    }
);
