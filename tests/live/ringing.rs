//! Who rings, and when.

use serde_json::json;
use tests::block_on;

use crate::refusals;
use crate::scene::{CALLER, Scene};

const HOLD: (&str, &str) = ("HOLD_MS", "200");

#[test]
fn every_terminal_that_is_on_rings_and_no_other() {
    block_on(async {
        let scene = Scene::set().await;
        scene.register(3).await;
        let silent = scene.terminal(2, "rings", &[]).await;
        {
            let (answers, rings) = (
                scene.terminal(0, "answers", &[("RING_MS", "300")]).await,
                scene.terminal(1, "rings", &[]).await,
            );
            let figures = scene
                .calls("call", CALLER, &[HOLD])
                .many(5, 5)
                .make(scene.folder(), scene.switch.ports.trunk)
                .await;
            println!("both ring, one answers: {figures}");
            assert_eq!((answers.wait_for(5).await.len(), rings.wait_for(5).await.len()), (5, 5));
            assert!(answers.rings()[0].alert.contains("ringtone_1"), "{:?}", answers.rings()[0]);
        }
        {
            // Who hides the number is let in here, and the number is not shown.
            let answers = scene.terminal(0, "answers", &[("RING_MS", "50")]).await;
            scene.call("call", CALLER, &[HOLD, ("HEADERS", refusals::HIDDEN)]).await;
            let ring = answers.wait_for(1).await.remove(0);
            assert!(
                ring.from.contains("anonymous@anonymous.invalid") && ring.asserted.is_empty(),
                "{ring:?}"
            );
        }
        {
            // 6xx would end the call of all (RFC 3261, 16.7).
            let (declines, answers) = (
                scene.terminal(0, "declines", &[("CODE", "603")]).await,
                scene.terminal(1, "answers", &[("RING_MS", "500")]).await,
            );
            scene.call("call", CALLER, &[HOLD]).await;
            assert_eq!((declines.wait_for(1).await.len(), answers.wait_for(1).await.len()), (1, 1));
        }
        {
            let (off, answers) = (
                scene.terminal(0, "rings", &[]).await,
                scene.terminal(1, "answers", &[("RING_MS", "100")]).await,
            );
            scene.rings(&[1], false).await;
            scene.promised_second().await;
            scene.call("call", CALLER, &[HOLD]).await;
            assert_eq!(
                (off.rings().len(), answers.wait_for(1).await.len()),
                (0, 1),
                "one that is switched off does not ring"
            );
        }
        assert!(silent.rings().is_empty(), "it never was on");
    });
}

#[test]
fn the_priority_terminal_rings_first_and_the_others_later() {
    block_on(async {
        let scene = Scene::set().await;
        scene.register(2).await;
        let priority = json!({"priority_phone_id": scene.ids[1]});
        scene.patch(&scene.numbers[0], priority).await;
        {
            let (first, later) = (
                scene.terminal(1, "rings", &[]).await,
                scene.terminal(0, "answers", &[("RING_MS", "200")]).await,
            );
            let figures = scene.call("call", CALLER, &[HOLD]).await;
            let (first, later) = (first.wait_for(1).await, later.wait_for(1).await);
            let head_start = later[0].at - first[0].at;
            println!("priority first, the other {head_start:.1} s later: {figures}");
            assert!((9.0..15.0).contains(&head_start), "{head_start}");
            assert_eq!(first[0].alert, later[0].alert, "both are told the ringtone");
        }
        {
            let (first, later) = (
                scene.terminal(1, "declines", &[("CODE", "486")]).await,
                scene.terminal(0, "answers", &[("RING_MS", "200")]).await,
            );
            scene.call("call", CALLER, &[HOLD]).await;
            let (first, later) = (first.wait_for(1).await, later.wait_for(1).await);
            let head_start = later[0].at - first[0].at;
            println!("priority declines, the other {head_start:.1} s later");
            assert!(head_start < 5.0, "nobody waits for one that does not want to: {head_start}");
        }
    });
}
