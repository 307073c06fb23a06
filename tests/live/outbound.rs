//! Which number a call out shows.

use serde_json::json;
use tests::block_on;

use crate::figures::Figures;
use crate::phones::{Called, Calls, DOMAIN};
use crate::scene::{PASSWORD, Scene};

async fn call_out(scene: &Scene, index: usize, shown: &str, name: &str) -> Figures {
    let (login, from) = (format!("minato{index:03}"), format!("<sip:{shown}@{DOMAIN}>"));
    let values = [
        ("LOGIN", login.as_str()),
        ("FROM", &from),
        ("PASSWORD", PASSWORD),
        ("CALLED", "0901234567"),
        ("CODE", "403"),
    ];
    Calls::one(name, &values).make(scene.folder(), scene.switch.ports.phones).await
}

#[test]
fn a_call_out_shows_the_chosen_number_and_no_forged_one() {
    block_on(async {
        let scene = Scene::set().await;
        let carrier = Called::start(
            scene.folder(),
            scene.switch.ports.carrier,
            "answers",
            &[("RING_MS", "20")],
        )
        .await;
        scene.operator_patch_id(2, json!({"device_option": "ip_phone"})).await;
        let choose = |number: usize| {
            let id = scene.numbers[number].trim_start_matches("/numbers/").to_owned();
            let (path, scene) = (format!("/ids/{}/outbound-number", scene.ids[2]), &scene);
            async move { scene.put(&path, json!({"number_id": id})).await }
        };
        choose(1).await;
        let chosen = call_out(&scene, 2, "minato002", "call_out").await;
        choose(0).await;
        scene.promised_second().await;
        call_out(&scene, 2, "minato002", "call_out").await;
        call_out(&scene, 2, "0312345678", "call_out").await;
        // The app may show any number of its contract.
        call_out(&scene, 0, "+81312345679", "call_out").await;
        let rings = carrier.wait_for(4).await;
        for (ring, number) in
            rings.iter().zip(["+81312345679", "+81312345678", "+81312345678", "+81312345679"])
        {
            let shown = format!("sip:{number}@{DOMAIN}");
            assert!(
                ring.from.contains(&shown) && ring.asserted.contains(&shown),
                "{number}: {ring:?}"
            );
        }
        let forged = call_out(&scene, 2, "0312345679", "call_out_refused").await;
        call_out(&scene, 2, "09099998888", "call_out_refused").await;
        call_out(&scene, 0, "+81399999999", "call_out_refused").await;
        println!(
            "calls out: the chosen number is shown ({chosen}), a forged one is refused ({forged})"
        );
        assert_eq!(carrier.rings().len(), 4);
    });
}
