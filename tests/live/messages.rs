//! Whoever reaches nobody leaves a message, faxes and forwarded calls come in: people hear of them.

use serde_json::{Value, json};
use server::platform::clock::Clock;
use tests::fakes::{Fake, Reply};
use tests::switch::{Switch, event};
use tests::{block_on, eventually};

use crate::media::Media;
use crate::phones::{Called, tone};
use crate::scene::{CALLER, NUMBER, Scene, text};
use crate::{refusals, reports};

/// A rule that tells this endpoint of everything that happens on the number.
async fn told(scene: &Scene, endpoint: &Fake) {
    let kinds = ["missed_call", "voicemail", "fax", "forwarded_call"];
    let rule = json!({"name": "営業", "events": kinds});
    let rule = scene.holder.post("/notify-rules", rule).await.expect(201);
    let credentials = json!({"url": format!("{}/hook", endpoint.url)});
    let service = json!({"type": "webhook", "label": "受付", "credentials": credentials});
    let path = format!("/notify-rules/{}/services", text(&rule["id"]));
    scene.holder.post(&path, service).await.expect(201);
    scene.patch(&scene.numbers[0], json!({"notify_rule_id": rule["id"]})).await;
}

/// Waits for the notice of this type.
async fn notice(endpoint: &Fake, kind: &str) -> Value {
    eventually(&format!("a notice of {kind}"), async || {
        let all: Vec<Value> = endpoint.requests().iter().map(|it| it.json()).collect();
        let found = all.iter().find(|said| said["type"] == kind).cloned();
        found.ok_or_else(|| Value::from(all))
    })
    .await
}

/// Waits for the event of this kind in the log.
async fn logged(scene: &Scene, kind: &str, caller: &str) -> Value {
    let is_it = |item: &Value| item["type"] == kind && item["caller"]["text"] == caller;
    let items = reports::log(scene, kind, |items| items.iter().any(is_it)).await;
    items.into_iter().find(is_it).unwrap()
}

/// The file behind a link that a notice has.
async fn fetched(scene: &Scene, link: &Value) -> Vec<u8> {
    let link = text(link);
    let path = link.split_once("/downloads/").map(|(_, rest)| format!("//downloads/{rest}"));
    let path = path.unwrap_or_else(|| panic!("no link: {link}"));
    scene.switch_client().without("authorization").get(&path).await.bytes
}

#[test]
fn who_reaches_nobody_leaves_a_message_that_people_hear() {
    block_on(async {
        let mut scene = Scene::set().await;
        scene.register(1).await;
        let endpoint = Fake::start(|_| Reply::empty(204));
        told(&scene, &endpoint).await;
        let switch = Switch { client: scene.switch_client() };
        let _media = Media::start(scene.switch.ports.media, switch).await;
        let file = tone(scene.folder());
        let speaks = [("HOLD_MS", "3000"), ("FILE", file.as_str())];
        let rings = scene.terminal(0, "rings", &[]).await;

        // Without the option nobody may leave a message.
        let running =
            scene.calls("hangs_up", "<sip:0611110000@carrier.invalid>", &[("HOLD_MS", "4000")]);
        running.make(scene.folder(), scene.switch.ports.trunk).await;
        logged(&scene, "missed_call", "06-1111-0000").await;
        scene.options(json!({"ip_phone": true, "voicemail": true})).await;
        scene.promised_second().await;

        scene.call("speaks", CALLER, &speaks).await;
        assert_eq!(rings.wait_for(2).await.len(), 2, "the terminal rings first");
        let message = logged(&scene, "voicemail", "090-1234-5678").await;
        let said = notice(&endpoint, "voicemail.received").await;
        assert_eq!(said["data"]["caller"]["e164"], "+819012345678");
        let seconds = message["duration_s"].as_u64().unwrap_or_default();
        assert!((2..=4).contains(&seconds), "{message:#}");
        assert_eq!(message["attachment"]["content_type"], "audio/wav");
        let path = format!("/call-events/{}/attachment", text(&message["id"]));
        let audio = scene.holder.get(&path).await;
        assert_eq!((audio.status, &audio.bytes[..4]), (200, &b"RIFF"[..]));
        assert_eq!(audio.bytes, fetched(&scene, &said["data"]["attachment"]["url"]).await);
        // µ-law: a byte for each of 8,000 samples a second.
        assert!(audio.bytes.len() as u64 >= seconds * 8_000, "{} bytes", audio.bytes.len());
        let tone = audio.bytes.iter().filter(|&&byte| byte == 0x20 || byte == 0xa0).count();
        assert!(tone * 10 > audio.bytes.len() * 9, "what was said is heard");

        // Who declines leads there at once; who says nothing has only called.
        drop(rings);
        let declines = scene.terminal(0, "declines", &[("CODE", "603")]).await;
        let silent = [("HOLD_MS", "100"), ("FILE", file.as_str())];
        scene.call("speaks", "<sip:0611114444@carrier.invalid>", &silent).await;
        declines.wait_for(1).await;
        let missed = logged(&scene, "missed_call", "06-1111-4444").await;
        assert_eq!(missed["reason"], "refused");
        let is_missed = |said: &Value| said["type"] == "call.missed";
        let told = || endpoint.requests().into_iter().map(|it| it.json()).filter(is_missed);
        eventually("it is told", async || told().count() >= 2).await;
        let callers: Vec<_> = told().map(|said| text(&said["data"]["caller"]["e164"])).collect();
        assert_eq!(callers, ["+81611110000", "+81611114444"], "a message is one notice");

        // The snapshot knows the option, too.
        scene.switch.follow();
        scene.switch.wait_for_log("snapshot: ").await;
        scene.portal.take().unwrap().kill();
        scene.call("call", "<sip:0611115555@carrier.invalid>", &[("HOLD_MS", "50")]).await;
        declines.wait_for(2).await;
    });
}

#[test]
fn where_nobody_takes_messages_the_call_ends_as_before() {
    block_on(async {
        let scene = Scene::set().await;
        scene.options(json!({"voicemail": true})).await;
        scene.register(1).await;
        let _declines = scene.terminal(0, "declines", &[("CODE", "486")]).await;
        let media = scene.switch.ports.media;
        let _full = Called::start(scene.folder(), media, "declines", &[("CODE", "503")]).await;
        scene.call("refused", CALLER, &[("CODE", "486")]).await;
        assert_eq!(logged(&scene, "missed_call", "090-1234-5678").await["reason"], "refused");
    });
}

#[test]
fn a_fax_reaches_people() {
    block_on(async {
        let scene = Scene::set().await;
        let endpoint = Fake::start(|_| Reply::empty(204));
        told(&scene, &endpoint).await;
        let switch = Switch { client: scene.switch_client() };
        // What the operator's fax service hands in.
        let pdf = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n";
        let attachment_id = switch.hand_in(pdf).await;
        let at = Clock::system().now();
        let fax = json!({"call_id": "fax-1", "at": at, "pages": 1, "attachment_id": attachment_id});
        switch.tell(json!([event(NUMBER, "fax", fax)])).await;

        let said = notice(&endpoint, "fax.received").await;
        assert_eq!(fetched(&scene, &said["data"]["attachment"]["url"]).await, pdf);
        let logged_fax = logged(&scene, "fax", "090-1234-5678").await;
        assert_eq!(
            (&logged_fax["pages"], &logged_fax["attachment"]["content_type"]),
            (&json!(1), &json!("application/pdf"))
        );
    });
}

#[test]
fn what_a_telephone_forwards_goes_out_and_people_hear_of_it() {
    block_on(async {
        let scene = Scene::set().await;
        scene.register(2).await;
        let endpoint = Fake::start(|_| Reply::empty(204));
        told(&scene, &endpoint).await;
        let _declines = scene.terminal(1, "declines", &[("CODE", "486")]).await;
        let forwards = scene.terminal(0, "forwards", &[("TO", "09087654321")]).await;
        let carrier = scene.switch.ports.carrier;
        let outside = Called::start(scene.folder(), carrier, "answers", &[("RING_MS", "20")]).await;

        scene.call("call", CALLER, &[("HOLD_MS", "50")]).await;
        let ring = outside.wait_for(1).await.remove(0);
        assert!(ring.from.contains("sip:09012345678@"), "who called is seen: {ring:?}");
        assert!(ring.asserted.contains("sip:+81312345678@"), "the number calls: {ring:?}");
        let said = notice(&endpoint, "call.forwarded").await;
        assert_eq!(said["data"]["forwarded_to"], "+819087654321");
        assert_eq!(said["data"]["caller"]["e164"], "+819012345678");
        let call = logged(&scene, "forwarded_call", "090-1234-5678").await;
        assert_eq!(call["forwarded_to"], "+819087654321");

        let hidden = [("HOLD_MS", "50"), ("HEADERS", refusals::HIDDEN)];
        scene.call("call", "<sip:0611110000@carrier.invalid>", &hidden).await;
        let ring = outside.wait_for(2).await.remove(1);
        assert!(ring.from.contains("anonymous@") && !ring.from.contains("0611110000"), "{ring:?}");

        // Where nobody is outside it is a missed call, as is one that leads back to the number.
        drop(outside);
        scene.call("refused", "<sip:0611112222@carrier.invalid>", &[("CODE", "480")]).await;
        logged(&scene, "missed_call", "06-1111-2222").await;
        drop(forwards);
        let _loops = scene.terminal(0, "forwards", &[("TO", NUMBER)]).await;
        scene.call("refused", "<sip:0611113333@carrier.invalid>", &[("CODE", "480")]).await;
        logged(&scene, "missed_call", "06-1111-3333").await;
        let all = reports::log(&scene, "all of them", |items| items.len() >= 4).await;
        let forwarded = all.iter().filter(|item| item["type"] == "forwarded_call").count();
        assert_eq!((forwarded, all.len()), (2, 4), "{all:#?}");
    });
}
