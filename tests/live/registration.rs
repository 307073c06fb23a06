//! Terminals sign in with the passwords of the portal.

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
