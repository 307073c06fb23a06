//! `denwaban-send`, as the machine of a switch runs it: nothing is lost while the portal is away.

use std::fs;
use std::path::Path;

use serde_json::{Value, json};
use server::identity::service_keys::KeyKind;
use tests::switch::recording;
use tests::{on_both, service_key};

/// Names of what lies in a folder.
fn files(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).expect("a folder").flatten();
    let mut names: Vec<String> = entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| name != ".lock")
        .collect();
    names.sort();
    names
}

on_both!(reports_wait_on_the_disk_until_the_portal_has_them, async |app| {
    let holder = app.holder("minato").await;
    let called = holder.dialled(0).await.replace('+', "%2B");
    let key = service_key(&app.app, KeyKind::Switch).await;
    let (folder, spool) =
        (tempfile::tempdir().expect("a folder"), tempfile::tempdir().expect("a folder"));
    let (config, spool) = (folder.path().join("switch.conf"), spool.path());
    let portal_is_at = |url: &str| {
        let text =
            format!("DENWABAN_URL={url}\nDENWABAN_KEY={key}\nDENWABAN_SPOOL={}\n", spool.display());
        fs::write(&config, text).expect("a file is written");
    };
    let send = async |names: &[&str]| {
        let mut command = tokio::process::Command::new(
            tests::repository().join("integrations/reports/denwaban-send"),
        );
        command.args(names).env("DENWABAN_CONFIG", &config);
        command.status().await.expect("sh, curl and flock").success()
    };
    let write = |file: &str, kind: &str, more: &str| {
        let name = file.split('.').next().unwrap_or_default();
        let event = format!(
            "id={name}-{kind}&type={kind}&call_id={name}&called={called}&from_user=09012345678\
             &from_display=%22%2C%26&at=2026-11-22T00:15:00Z{more}\n"
        );
        fs::write(spool.join(file), event).expect("a file is written");
    };

    portal_is_at("http://127.0.0.1:9");
    write("1.new", "missed_call", "&reason=hung_up&duration_s=4");
    assert!(!send(&["1"]).await, "nobody is there");
    assert_eq!(files(spool), ["1.event"]);

    portal_is_at(&app.url);
    write("2.new", "voicemail", "");
    fs::write(spool.join("2.wav"), recording()).expect("a file is written");
    // What is no message is not sent, and not kept either.
    write("3.event", "missed_call", "");
    fs::write(spool.join("3.wav"), recording()).expect("a file is written");
    // What the portal does not take keeps nothing else back.
    write("0.event", "missed_call", "&called=Tokyo");
    write("4.event", "voicemail", "");
    fs::write(spool.join("4.wav"), "no recording").expect("a file is written");
    // One that a dialplan is still writing.
    write("5.new", "missed_call", "");
    assert!(send(&["2"]).await);
    assert_eq!(files(spool), ["5.new"]);
    let refused = files(&spool.join("refused"));
    assert_eq!(refused, ["0.event", "0.event.answer", "4.wav", "4.wav.answer"]);
    let why = fs::read_to_string(spool.join("refused/0.event.answer")).expect("an answer");
    assert!(why.contains("unexpected_character"), "{why}");
    let items = holder.client.get("/call-events").await.expect(200)["items"].clone();
    let items = items.as_array().cloned().unwrap_or_default();
    let event = |call: &str| {
        let found = items.iter().find(|item| item["call_id"] == call);
        found.unwrap_or_else(|| panic!("{call}: {items:?}"))
    };
    assert_eq!(items.len(), 4, "{items:?}");
    assert_eq!((&event("1")["reason"], &event("1")["duration_s"]), (&json!("hung_up"), &json!(4)));
    assert_eq!(event("2")["attachment"]["content_type"], "audio/wav");
    assert_eq!(
        (&event("3")["type"], &event("3")["attachment"]),
        (&json!("missed_call"), &Value::Null)
    );
    assert_eq!(
        (&event("4")["type"], &event("4")["attachment"]),
        (&json!("voicemail"), &Value::Null)
    );

    // One whose answer was lost comes again, and is one.
    write("1.event", "missed_call", "&reason=hung_up&duration_s=4");
    assert!(send(&["5"]).await);
    assert_eq!(files(spool), Vec::<String>::new());
    let items = holder.client.get("/call-events").await.expect(200)["items"].clone();
    assert_eq!(items.as_array().map(Vec::len), Some(5), "{items}");
});
