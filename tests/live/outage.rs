//! The portal is away: telephones ring, and whom it refuses stays refused.

use std::time::Duration;

use chrono::TimeDelta;
use serde_json::{Value, json};
use server::platform::clock::Clock;
use tests::{block_on, eventually};

use crate::scene::{CALLER, Scene};
use crate::{refusals, reports};

/// Somebody whom the portal refuses.
const BLOCKED: &str = "<sip:0120444555@carrier.invalid>";

/// A scene whose switch follows the snapshot.
async fn scene() -> Scene {
    let mut scene = Scene::set().await;
    scene.switch.follow();
    scene.switch.wait_for_log("snapshot: ").await;
    scene
}

#[test]
fn the_snapshot_decides_as_the_portal_does() {
    block_on(async {
        let mut scene = scene().await;
        scene.register(2).await;
        refusals::refuse(&scene).await;
        scene.patch(&scene.numbers[0], json!({"priority_phone_id": scene.ids[1]})).await;
        let lag_ms = scene.applied().await;
        println!("a change is in force at the switch after {lag_ms} ms");
        scene.portal.take().unwrap().kill();
        // The first call finds out.
        scene.call("refused", BLOCKED, &[("CODE", "608")]).await;
        scene.switch.wait_for_log("calls go by the snapshot").await;
        {
            let (first, other) = (
                scene.terminal(1, "answers", &[("RING_MS", "50")]).await,
                scene.terminal(0, "rings", &[]).await,
            );
            let figures = refusals::make_all(&scene).await;
            println!("by the snapshot: {figures}");
            assert!(!first.rings().is_empty() && other.rings().is_empty(), "one rings first");
            assert!(first.rings()[0].alert.contains("ringtone_1"), "{:?}", first.rings()[0]);
            let nine = scene
                .calls("call", CALLER, &[("HOLD_MS", "2000")])
                .many(9, 50)
                .start(scene.folder(), scene.switch.ports.trunk);
            first
                .reach(refusals::TABLE.iter().filter(|(_, _, _, code)| *code == "200").count() + 9)
                .await;
            scene.call("refused", CALLER, &[("CODE", "486")]).await;
            nine.finish().await;
        }
        // A restart in the middle of it: what was loaded and who has signed in is there again.
        scene.switch.stop();
        scene.switch.start().await;
        let terminal = scene.terminal(1, "answers", &[("RING_MS", "50")]).await;
        refusals::make_all(&scene).await;
        drop(terminal);
        let silent = [scene.terminal(0, "rings", &[]).await, scene.terminal(1, "rings", &[]).await];
        scene.call("hangs_up", CALLER, &[("HOLD_MS", "500")]).await;
        assert_eq!((silent[0].rings().len(), silent[1].rings().len()), (0, 1));

        // The portal is back, with something new: the switch hears of it, and the calls meanwhile
        // come to the portal.
        scene.serve_again().await;
        scene.switch.wait_for_log("the portal answers again").await;
        scene.rings(&[1], true).await;
        scene.applied().await;
        reports::log(&scene, "a call while the portal was away", |items| {
            items.iter().any(|item| item["reason"] == "hung_up")
        })
        .await;
    });
}

#[test]
fn a_pause_ends_by_itself_whether_the_portal_is_there_or_not() {
    block_on(async {
        let mut scene = scene().await;
        scene.register(1).await;
        let terminal = scene.terminal(0, "answers", &[("RING_MS", "20")]).await;
        let help = "<sip:119@carrier.invalid>";
        let soon = Clock::system().now() + TimeDelta::seconds(20);
        scene.patch(&scene.numbers[0], json!({"pause_until": soon})).await;
        scene.applied().await;
        scene.call("refused", CALLER, &[("CODE", "486")]).await;
        scene.call("call", help, &[("HOLD_MS", "50")]).await;
        scene.portal.take().unwrap().kill();
        // The first call finds out.
        scene.call("refused", CALLER, &[("CODE", "486")]).await;
        scene.switch.wait_for_log("calls go by the snapshot").await;
        scene.call("call", help, &[("HOLD_MS", "50")]).await;
        assert_eq!(terminal.rings().len(), 2, "only calls for help ring");
        // The pause ends on the clock of the switch.
        let left = soon - Clock::system().now();
        tokio::time::sleep(left.to_std().unwrap_or_default()).await;
        scene.soon("call", CALLER, &[("HOLD_MS", "50")]).await;
        assert_eq!(terminal.rings().len(), 3);
    });
}

#[test]
fn no_call_fails_while_the_portal_is_stopped_hangs_and_is_restarted() {
    block_on(async {
        let mut scene = scene().await;
        scene.register(1).await;
        let numbers = scene.more_numbers(10).await;
        refusals::refuse(&scene).await;
        scene.applied().await;
        let terminal = scene.terminal(0, "answers", &[("RING_MS", "10")]).await;
        let to = scene.switch.ports.trunk;
        let mut many = scene.calls("call", CALLER, &[("HOLD_MS", "10")]).many(1_200, 50);
        many.values.retain(|(key, _)| *key != "CALLED");
        many.values.push(("CALLED", numbers));
        let answered = many.start(scene.folder(), to);
        let refused = scene
            .calls("refused", BLOCKED, &[("CODE", "608")])
            .many(240, 10)
            .start(scene.folder(), to);

        terminal.reach(150).await;
        println!("after {} answered calls the portal is stopped", terminal.rings().len());
        scene.portal.take().unwrap().kill();
        terminal.reach(350).await;
        scene.serve_again().await;
        scene.switch.wait_for_log("the portal answers again").await;
        println!("after {} it is there again", terminal.rings().len());
        terminal.reach(550).await;
        println!("after {} it hangs for five seconds", terminal.rings().len());
        let portal = scene.portal.as_ref().unwrap();
        portal.pause();
        // The portal is stopped, and the calls go on for real.
        tokio::time::sleep(Duration::from_secs(5)).await;
        portal.resume();
        terminal.reach(950).await;
        println!("after {} it is restarted", terminal.rings().len());
        scene.portal.take().unwrap().kill();
        scene.serve_again().await;

        let (answered, refused) = (answered.finish().await, refused.finish().await);
        println!("answered: {answered}");
        println!("refused: {refused}");
        assert_eq!((answered.right, refused.right), (1_200, 240));
        assert_eq!(
            hits(&scene, 240).await,
            240,
            "each refused call is told once, whatever happened meanwhile"
        );
    });
}

/// How often the blocked beginning has refused somebody, as soon as it is `expected`.
async fn hits(scene: &Scene, expected: u64) -> u64 {
    let path = format!("{}/block-list/entries", scene.numbers[0]);
    eventually("every refusal is told", async || {
        let entries = scene.holder.get(&path).await.expect(200);
        let entries = entries["items"].as_array().cloned().unwrap_or_default();
        let hits = entries.iter().filter_map(|entry: &Value| entry["hits"].as_u64()).sum();
        if hits >= expected { Ok(hits) } else { Err(format!("{hits} of {expected}")) }
    })
    .await
}
