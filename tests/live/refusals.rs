//! Whom the portal refuses, the caller's side hears the code that the operator has set.

use tests::block_on;

use serde_json::json;

use crate::figures::Figures;
use crate::scene::{CALLER, Scene};
use crate::switch::Switch;

const ANONYMOUS: &str = "\"Anonymous\" <sip:anonymous@anonymous.invalid>";
const PAY_PHONE: &str = "\"Coin line/payphone\" <sip:anonymous@anonymous.invalid>";
const OUT_OF_RANGE: &str = "\"Unavailable\" <sip:anonymous@anonymous.invalid>";
const CONFLICT: &str = "\"Interaction with other service\" <sip:anonymous@anonymous.invalid>";
/// Headers of a call whose number the network knows and the caller hides.
pub const HIDDEN: &str = "P-Asserted-Identity: <tel:+819012345678>\r\nPrivacy: id\r\n";
const ASSERTED: &str = "P-Asserted-Identity: <tel:+819011112222>\r\n";

/// What refuses whom, with which code; 200 rings.
pub const TABLE: [(&str, &str, &str, &str); 12] = [
    ("a blocked number", "<sip:09011112222@carrier.invalid>", "", "608"),
    ("the same in another form", "<sip:+819011112222@carrier.invalid;user=phone>", "", "608"),
    ("the same asserted by the network", CALLER, ASSERTED, "608"),
    ("a blocked beginning", "<sip:0120444555@carrier.invalid>", "", "608"),
    ("withheld", ANONYMOUS, "", "433"),
    ("withheld, though the network knows the number", CALLER, HIDDEN, "433"),
    ("a pay phone", PAY_PHONE, "", "433"),
    ("out of range, which is let in", OUT_OF_RANGE, "", "200"),
    ("another service stands in the way, which is let in", CONFLICT, "", "200"),
    (
        "somebody without a name or a readable number, which is let in",
        "<sip:alice@carrier.invalid>",
        "",
        "200",
    ),
    ("anybody else", CALLER, "", "200"),
    ("the fire brigade calls back", "<sip:119@carrier.invalid>", "", "200"),
];

/// Blocks whom [`TABLE`] refuses.
pub async fn refuse<S: Switch>(scene: &Scene<S>) {
    let switches = json!({"reject_withheld": true, "reject_pay_phone": true});
    scene.patch(&format!("{}/block-list", scene.numbers[0]), switches).await;
    scene.block("090-1111-2222", "exact").await;
    scene.block("0120", "prefix").await;
}

/// Makes every call of the table.
pub async fn make_all<S: Switch>(scene: &Scene<S>) -> Figures {
    let mut all = Figures::default();
    for (what, from, headers, code) in TABLE {
        let headers = ("HEADERS", headers);
        let figures = match code {
            "200" => scene.calls("call", from, &[headers, ("HOLD_MS", "50")]),
            _ => scene.calls("refused", from, &[headers, ("CODE", code)]),
        };
        let (figures, errors) = figures.start(scene.folder(), scene.switch.trunk()).outcome().await;
        assert!(figures.right == 1, "{what}: {errors}");
        all = all.and(figures);
    }
    all
}

#[test]
fn whom_the_portal_refuses_does_not_ring() {
    block_on(async {
        let scene = Scene::set().await;
        scene.register(2).await;
        let terminal = scene.terminal(0, "answers", &[("RING_MS", "50")]).await;
        refuse(&scene).await;
        let took =
            scene.soon("refused", "<sip:0120111222@carrier.invalid>", &[("CODE", "608")]).await;
        println!("blocked in the portal, refused by the switch after {} ms", took.as_millis());
        let rang = terminal.rings().len();
        let figures = make_all(&scene).await;
        println!("refusals: {figures}");
        let rings = TABLE.iter().filter(|(_, _, _, code)| *code == "200").count();
        assert_eq!(terminal.rings().len() - rang, rings, "who is refused does not ring");
        let other = [("CALLED", "0399999999"), ("FROM", CALLER), ("CODE", "404")];
        crate::phones::Calls::one("refused", &other)
            .make(scene.folder(), scene.switch.ports.trunk)
            .await;
    });
}
