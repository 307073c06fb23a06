//! Telephones of a contract call each other by their extensions.

use serde_json::json;
use tests::block_on;

use crate::figures::Figures;
use crate::phones::{Called, DOMAIN};
use crate::scene::Scene;

/// `minato000`, whose extension is 200, calls.
async fn dial(scene: &Scene, called: &str, name: &str, more: &[(&str, &str)]) -> Figures {
    scene.dial("minato000", called, name, more).await
}

/// Who called shows as the extension and the name of the terminal.
async fn names_itself(scene: &Scene) {
    let path = format!("/ids/{}", scene.ids[0]);
    scene.patch(&path, json!({"terminal_name": "受付 \"1\""})).await;
}

#[test]
fn a_telephone_calls_another_one_of_its_contract() {
    block_on(async {
        let mut scene = Scene::set().await;
        scene.register(2).await;
        names_itself(&scene).await;
        // What is set for numbers does not concern it.
        scene.rings(&[], false).await;
        scene.switch.follow();
        scene.switch.wait_for_log("snapshot: ").await;
        let called = scene.terminal(1, "answers", &[("RING_MS", "50")]).await;
        let unknown = [("CODE", "404")];

        dial(&scene, "201", "call_out", &[]).await;
        dial(&scene, "299", "call_out_refused", &unknown).await;
        // Registered nowhere, and a service outside that nobody has as an extension.
        dial(&scene, "202", "call_out_refused", &[("CODE", "480")]).await;
        let port = scene.switch.ports.carrier;
        let carrier = Called::start(scene.folder(), port, "answers", &[("RING_MS", "20")]).await;
        dial(&scene, "117", "call_out", &[]).await;
        dial(&scene, "119", "call_out", &[]).await;
        assert_eq!(carrier.wait_for(2).await.len(), 2);

        let with_portal = called.wait_for(1).await.remove(0);
        assert!(with_portal.from.contains(&format!("sip:200@{DOMAIN}")), "{with_portal:?}");
        assert!(with_portal.from.contains("\"受付 \\\"1\\\"\""), "{with_portal:?}");
        assert!(with_portal.asserted.contains("sip:200@"), "{with_portal:?}");
        let log = scene.holder.get("/call-events").await.expect(200);
        assert_eq!(log["items"], json!([]), "it is nobody's missed call");

        scene.portal.take().unwrap().kill();
        dial(&scene, "201", "call_out", &[]).await;
        scene.switch.wait_for_log("calls go by the snapshot").await;
        dial(&scene, "201", "call_out", &[]).await;
        dial(&scene, "299", "call_out_refused", &unknown).await;
        dial(&scene, "117", "call_out", &[]).await;
        carrier.wait_for(3).await;
        for ring in called.wait_for(3).await {
            assert_eq!(
                (&ring.from.split(";tag").next(), &ring.asserted, &ring.alert),
                (&with_portal.from.split(";tag").next(), &with_portal.asserted, &with_portal.alert),
                "the snapshot shows what the portal shows"
            );
        }
        println!("extensions: three calls, two of them while the portal was away");
    });
}

#[test]
fn a_colleague_who_declines_is_busy() {
    block_on(async {
        let scene = Scene::set().await;
        scene.register(2).await;
        let _declines = scene.terminal(1, "declines", &[("CODE", "603")]).await;
        dial(&scene, "201", "call_out_refused", &[("CODE", "486")]).await;
        // Its own telephone at another place.
        let own = scene.terminal(0, "answers", &[("RING_MS", "20")]).await;
        dial(&scene, "200", "call_out", &[]).await;
        own.wait_for(1).await;
    });
}
