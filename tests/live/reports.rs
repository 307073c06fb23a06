//! What happened to calls comes to the portal, and from there to people: once.

use serde_json::{Value, json};
use tests::{block_on, eventually};

use crate::refusals;
use crate::scene::{CALLER, Scene, text};
use crate::switch::Switch;

/// Mails that lie in the outbox of files.
fn mails(scene: &Scene) -> Vec<String> {
    let folder = std::fs::read_dir(scene.data_dir().join("mail")).into_iter().flatten().flatten();
    folder
        .map(|file| file.path())
        .filter(|path| path.extension().is_some_and(|e| e == "eml"))
        .filter_map(|path| std::fs::read_to_string(path).ok())
        .collect()
}

/// Waits until the call log is one that `is` likes.
pub async fn log<S: Switch>(
    scene: &Scene<S>,
    what: &str,
    is: impl Fn(&[Value]) -> bool,
) -> Vec<Value> {
    eventually(what, async || {
        let answer = scene.holder.get("/call-events?limit=100").await.expect(200);
        let items = answer["items"].as_array().cloned().unwrap_or_default();
        if is(&items) { Ok(items) } else { Err(answer) }
    })
    .await
}

#[test]
fn a_missed_call_is_one_notice() {
    block_on(async {
        let scene = Scene::set().await;
        scene.register(2).await;
        let rule =
            json!({"name": "営業", "emails": ["eigyo@minato.example"], "events": ["missed_call"]});
        let rule = scene.holder.post("/notify-rules", rule).await.expect(201);
        scene.patch(&scene.numbers[0], json!({"notify_rule_id": rule["id"]})).await;
        refusals::refuse(&scene).await;
        scene.soon("refused", "<sip:0120111222@carrier.invalid>", &[("CODE", "608")]).await;
        {
            let answers = (
                scene.terminal(0, "answers", &[("RING_MS", "50")]).await,
                scene.terminal(1, "rings", &[]).await,
            );
            scene.call("call", CALLER, &[("HOLD_MS", "50")]).await;
            answers.0.wait_for(1).await;
        }
        let rings = (scene.terminal(0, "rings", &[]).await, scene.terminal(1, "rings", &[]).await);
        scene.call("hangs_up", "<sip:0611112222@carrier.invalid>", &[("HOLD_MS", "1200")]).await;
        rings.1.wait_for(1).await;

        let is_missed = |item: &Value| item["type"] == "missed_call";
        let items = log(&scene, "the missed call", |items| items.iter().any(is_missed)).await;
        let missed: Vec<&Value> = items.iter().filter(|item| is_missed(item)).collect();
        assert_eq!(missed.len(), 1, "{missed:#?}");
        assert_eq!(
            (text(&missed[0]["reason"]), text(&missed[0]["caller"]["text"])),
            ("hung_up".into(), "06-1111-2222".into()),
            "{:#?}",
            missed[0]
        );
        assert!(
            missed[0]["duration_s"].as_u64().is_some_and(|seconds| (1..10).contains(&seconds)),
            "{:#?}",
            missed[0]
        );
        eventually("a mail is written", async || !mails(&scene).is_empty()).await;
        // One more that is missed comes after everything that the first could have caused.
        scene.call("hangs_up", "<sip:0611113333@carrier.invalid>", &[("HOLD_MS", "300")]).await;
        log(&scene, "the second missed call", |items| {
            items.iter().filter(|item| is_missed(item)).count() == 2
        })
        .await;
        eventually("a second mail is written", async || mails(&scene).len() >= 2).await;
        let deliveries = scene.holder.get("/deliveries").await.expect(200);
        assert_eq!(
            (mails(&scene).len(), deliveries["items"].as_array().map(Vec::len)),
            (2, Some(2)),
            "{deliveries:#}"
        );
        println!("two missed calls, two notices; a refused and an answered call, none");
    });
}

#[test]
fn a_caller_who_gives_up_before_it_was_decided_is_missed_too() {
    block_on(async {
        let mut scene = Scene::set().await;
        scene.switch.follow();
        scene.switch.wait_for_log("snapshot: ").await;
        scene.register(1).await;
        let terminal = scene.terminal(0, "rings", &[]).await;
        let portal = scene.portal.as_ref().unwrap();
        portal.pause();
        scene.call("gives_up", "<sip:0611114444@carrier.invalid>", &[("HOLD_MS", "200")]).await;
        portal.resume();
        let is_it =
            |item: &Value| item["reason"] == "hung_up" && item["caller"]["text"] == "06-1111-4444";
        log(&scene, "who gave up early", |items| items.iter().any(is_it)).await;
        assert!(terminal.rings().is_empty(), "nobody rings for a caller who has gone");
    });
}
