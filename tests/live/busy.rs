//! Nine channels: the tenth call hears that the number is busy.

use tests::block_on;

use crate::phones::Called;
use crate::scene::{CALLER, Scene};

#[test]
fn the_tenth_call_is_busy_and_hears_the_announcement_where_it_is_on() {
    block_on(async {
        let scene = Scene::set().await;
        scene.register(1).await;
        let terminal = scene.terminal(0, "answers", &[("RING_MS", "20")]).await;
        let media =
            Called::start(scene.folder(), scene.switch.ports.media, "answers", &[("RING_MS", "0")])
                .await;
        let nine = scene
            .calls("call", CALLER, &[("HOLD_MS", "6000")])
            .many(9, 50)
            .start(scene.folder(), scene.switch.ports.trunk);
        terminal.wait_for(9).await;
        let busy = scene
            .calls("refused", CALLER, &[("CODE", "486")])
            .many(3, 10)
            .make(scene.folder(), scene.switch.ports.trunk)
            .await;
        println!("nine channels in use, the tenth call is busy: {busy}");
        scene.rings(&[0, 1], true).await;
        let took = scene.soon("call", CALLER, &[("HOLD_MS", "100")]).await;
        println!(
            "the announcement is switched on in the portal, and heard after {} ms",
            took.as_millis()
        );
        assert_eq!((terminal.rings().len(), media.wait_for(1).await.len()), (9, 1));
        // What is only announced takes no channel: nine are nine, and free when they have ended.
        nine.finish().await;
        scene
            .calls("call", CALLER, &[("HOLD_MS", "1000")])
            .many(9, 50)
            .make(scene.folder(), scene.switch.ports.trunk)
            .await;
        assert_eq!((terminal.wait_for(18).await.len(), media.rings().len()), (18, 1));
    });
}
