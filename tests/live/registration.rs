//! Terminals sign in with the passwords of the portal.

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tests::block_on;

use crate::scene::{PASSWORD, Scene};

#[test]
fn a_terminal_signs_in_with_its_password_and_no_other() {
    block_on(async {
        let mut scene = Scene::set().await;
        let right = scene.register_with(0, PASSWORD, "200").await;
        scene.register_with(1, PASSWORD, "200").await;
        scene.register_with(0, "a-wrong-password", "401").await;
        println!("REGISTER: right and wrong passwords, {right}");

        // A new password is good at once, and the former one no longer.
        let new = "another-long-password-2026";
        let body = json!({"new_password": new, "new_password_confirmation": new,
            "current_password": PASSWORD});
        scene.set_password(0, body).await;
        scene.soon_registered(0, new).await;
        scene.register_with(0, PASSWORD, "401").await;

        // While the portal is away, terminals stay signed in, and strangers out.
        scene.portal.take().unwrap().kill();
        scene.register_with(0, new, "200").await;
        scene.register_with(1, PASSWORD, "200").await;
        scene.register_with(1, "a-wrong-password", "401").await;
        // Whoever has not signed in before has to wait.
        scene.register_with(2, PASSWORD, "503").await;
        scene.serve_again().await;
        scene.switch.wait_for_log("the portal answers again").await;
        scene.register_with(2, PASSWORD, "200").await;
    });
}

#[test]
fn the_portal_shows_which_telephones_are_registered() {
    const DESK: &str = "Yealink SIP-T46U 108.86.0.20";
    const BOX: &str = "Grandstream HT802 1.0.27.2";
    block_on(async {
        let mut scene = Scene::set().await;
        let (desk, other) = (scene.terminals[0], scene.terminals[1]);
        scene.register_for(0, desk, DESK, 600).await;
        let shown = scene.soon_shown(0, &["ip_phone Yealink SIP-T46U"]).await;
        let seen: DateTime<Utc> = shown[0]["last_seen_at"].as_str().unwrap().parse().unwrap();
        #[expect(
            clippy::disallowed_methods,
            reason = "the portal of this scene has the real clock"
        )]
        let now = Utc::now();
        assert!((now - seen).abs() < TimeDelta::minutes(1), "{seen}");
        assert_eq!(shown[0]["registered"], true);
        // Two at one ID, and one that goes.
        scene.register_for(0, other, BOX, 600).await;
        let both = ["ip_phone Yealink SIP-T46U", "premises_device Grandstream HT802"];
        scene.soon_shown(0, &both).await;
        scene.register_for(0, desk, DESK, 600).await;
        scene.register_for(0, desk, DESK, 0).await;
        scene.soon_shown(0, &both[1..]).await;
        // What comes and goes while the portal is away is told when it is back.
        scene.portal.take().unwrap().kill();
        scene.register_for(0, desk, DESK, 600).await;
        scene.register_for(0, other, BOX, 0).await;
        scene.serve_again().await;
        scene.soon_shown(0, &both[..1]).await;
        scene.soon_shown(1, &[]).await;
    });
}
