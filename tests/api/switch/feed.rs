//! What a switch keeps: the snapshot decides as the server does, changes come within a second and
//! none is missed, and the portal is told.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use flate2::read::GzDecoder;
use serde_json::json;
use sha2::{Digest as _, Sha256};
use store::Scope;
use store::accounts::account;
use store::accounts::route_change::About;
use tests::{Backend, Client, Replica, TestApp, block_on, on_both};

use crate::identity::signing_keys::checked;

use crate::switch::feed_reader::{changes, decide, decide_extension, read, scene, snapshot};

on_both!(
    the_snapshot_alone_decides_as_the_server_does,
    |config| config.switch.marks_psap = vec!["*".into()],
    async |app| {
        let (_, _, switch) = scene(&app).await;
        let known = snapshot(&switch).await;
        assert_eq!((known.header.format, known.numbers.len(), known.end.entries), (1, 4, 5));
        let mut called: Vec<String> =
            known.numbers.values().flat_map(|number| number.dialled.clone()).collect();
        called.push("+81399999999".to_owned());
        assert_eq!(called.len(), 9);
        let identities = [
            json!({"from_user": "+819012345678"}),
            json!({"from_user": "09012345678"}),
            json!({"from_user": "+819012345679"}),
            json!({"from_user": "+81120444555"}),
            json!({"from_user": "+8112044"}),
            json!({"from_user": "09000000001"}),
            json!({"from_user": "09000000002"}),
            json!({"from_user": "117"}),
            json!({"from_user": "110"}),
            json!({"from_user": "+16502530000"}),
            json!({"from_user": "anonymous", "from_display": "Anonymous"}),
            json!({"from_user": "anonymous", "from_display": "Coin line/payphone"}),
            json!({"from_user": "anonymous", "from_display": "Unavailable"}),
            json!({"from_user": "anonymous", "from_display": "Interaction with other service"}),
            json!({"from_user": "anonymous", "from_display": "Anonymous",
            "pai": "<tel:+819012345678>"}),
            json!({"from_user": "anonymous", "from_display": "Anonymous", "pai": "<tel:+819012345678>",
            "privacy": "id"}),
            json!({"from_user": "anonymous", "from_display": "Anonymous", "priority": "psap-callback"}),
            json!({"from_user": "+819012345678", "priority": "psap-callback"}),
            json!({"from_user": "+81312345678", "pai": "<tel:+819012345678>"}),
        ];
        let mut outcomes: BTreeMap<String, u32> = BTreeMap::new();
        for called in &called {
            for identity in &identities {
                for active_calls in [0, 1, 2, 5] {
                    let mut question = identity.clone();
                    (question["call_id"], question["called"], question["active_calls"]) =
                        ("1".into(), called.clone().into(), active_calls.into());
                    let asked =
                        switch.post("/switch/route-decision", question.clone()).await.expect(200);
                    let alone = decide(&known, &question, app.clock.now());
                    for field in
                        ["action", "sip", "announcement", "rtjson", "later", "voicemail_after_s"]
                    {
                        assert_eq!(alone[field], asked[field], "{field} of {question}");
                    }
                    *outcomes
                        .entry(asked["matched"]["rule"].as_str().unwrap_or_default().to_owned())
                        .or_default() += 1;
                }
            }
        }
        // The table meets every rule but the two switches that are off.
        let rules: Vec<&str> = outcomes.keys().map(String::as_str).collect();
        let all = [
            "block_entry",
            "channel_limit",
            "no_terminal_rings",
            "reject_service_conflict",
            "reject_withheld",
            "ringing",
            "suspended",
        ];
        assert_eq!(rules, [&all[..], &["unknown_number"]].concat());
    }
);

on_both!(the_snapshot_alone_decides_about_extensions, async |app| {
    let (minato, kobe, switch) = scene(&app).await;
    let known = snapshot(&switch).await;
    assert_eq!(known.contracts.len(), 2);
    let mut rang = 0;
    for login_id in ["minato000", "minato002", "kobe000", "nobody"] {
        for extension in ["200", "201", "299", "117"] {
            let question = json!({"call_id": "1", "called": extension,
                "calling_login_id": login_id});
            let asked = switch.post("/switch/route-decision", question).await.expect(200);
            let alone = decide_extension(&known, login_id, extension);
            for field in ["action", "sip", "rtjson"] {
                assert_eq!(alone[field], asked[field], "{field}: {login_id} calls {extension}");
            }
            rang += u32::from(asked["action"] == "ring");
        }
    }
    assert_eq!(rang, 4);
    // An ID that is named anew, one that goes, a contract that goes: each is told.
    let (operator, since) = (app.operator(), known.end.position);
    let version = minato.client.get(&minato.id(1)).await.version();
    let named = json!({"terminal_name": "受付"});
    minato.client.if_match(version).patch(&minato.id(1), named).await.expect(200);
    let second = changes(&switch, since, 0).await;
    assert_eq!(second.contracts.len(), 1);
    assert_eq!(second.contracts[&minato.account_id].ids[1].terminal_name, "受付");
    let path = minato.number(0);
    let rename = json!({"name": "二"});
    let version = minato.client.get(&path).await.version();
    minato.client.if_match(version).patch(&path, rename).await.expect(200);
    let third = changes(&switch, second.end.position, 0).await;
    assert_eq!((third.contracts.len(), third.numbers.len()), (0, 1), "no ID has changed");
    let id = format!("{}/ids/{}", minato.operator_path(), minato.ids[2]);
    operator.if_match(operator.get(&id).await.version()).delete(&id).await.expect(204);
    let version = operator.get(&kobe.operator_path()).await.version();
    operator.if_match(version).delete(&kobe.operator_path()).await.expect(204);
    let mut kept = known.contracts;
    kept.extend(changes(&switch, since, 0).await.contracts);
    kept.retain(|_, contract| !contract.ids.is_empty());
    assert_eq!(kept, snapshot(&switch).await.contracts);
    assert_eq!(kept[&minato.account_id].ids.len(), 2);
});

on_both!(a_snapshot_is_signed_named_and_compressed, async |app| {
    let (minato, _, switch) = scene(&app).await;
    let plain = switch.get("/switch/snapshot").await;
    let packed = switch.clone().header("accept-encoding", "br, gzip").get("/switch/snapshot").await;
    assert_eq!(
        (plain.header("content-encoding"), packed.header("content-encoding")),
        (None, Some("gzip"))
    );
    let mut unpacked = Vec::new();
    GzDecoder::new(&packed.bytes[..]).read_to_end(&mut unpacked).expect("it unpacks");
    assert_eq!(unpacked, plain.bytes);
    assert!(packed.bytes.len() * 2 < plain.bytes.len());
    assert_ne!(plain.header("etag"), packed.header("etag"), "other bytes have another name");
    assert_eq!(plain.header("vary"), Some("Accept-Encoding"));
    let payload = format!("sha-256=:{}:", STANDARD.encode(Sha256::digest(&plain.bytes)));
    for answer in [&plain, &packed] {
        let signature = answer.header("denwaban-signature").expect("a signature");
        assert!(checked(&app.url, signature, payload.as_bytes()).await.is_some());
        assert_eq!(checked(&app.url, signature, b"sha-256=:other:").await, None);
    }
    // Both servers name it alike, and whoever has it is sent nothing.
    let replica = Replica::of(&app);
    let other = Client::new(&replica.url).bearer(
        &tests::service_key(&app.app, server::identity::service_keys::KeyKind::Switch).await,
    );
    let same = other.get("/switch/snapshot").await;
    assert_eq!((same.header("etag"), &same.bytes), (plain.header("etag"), &plain.bytes));
    let tag = plain.header("etag").expect("a tag").to_owned();
    let knowing = switch.clone().header("if-none-match", &format!("\"other\", {tag}"));
    let none = knowing.get("/switch/snapshot").await;
    assert_eq!((none.status, none.bytes.len(), none.header("etag")), (304, 0, Some(tag.as_str())));
    assert_eq!(
        knowing.clone().header("accept-encoding", "gzip").get("/switch/snapshot").await.status,
        200
    );
    minato
        .client
        .post(
            &format!("{}/block-list/entries", minato.number(0)),
            json!({"caller": "090-7777-7777"}),
        )
        .await
        .expect(201);
    let news = knowing.get("/switch/snapshot").await;
    assert_eq!(read(&news).end.entries, 6);
    assert_ne!(news.header("etag"), Some(tag.as_str()));
    // Nothing in it signs anybody in.
    let credentials = switch.get("/switch/ids/minato000").await.expect(200);
    assert!(!news.text.contains(credentials["digest"]["ha1"].as_str().expect("credentials")));
});

on_both!(changes_tell_what_the_next_snapshot_would, async |app| {
    let (minato, kobe, switch) = scene(&app).await;
    let first = snapshot(&switch).await;
    let nothing = changes(&switch, first.end.position, 0).await;
    assert_eq!(
        (nothing.header.since, nothing.end.position, nothing.end.numbers),
        (Some(first.end.position), first.end.position, 0)
    );
    // One number of two, when a setting of that one changes; all of them when an ID does.
    let entries = format!("{}/block-list/entries", minato.number(0));
    minato
        .client
        .post(&entries, json!({"caller": "0120-999", "match": "prefix"}))
        .await
        .expect(201);
    let second = changes(&switch, first.end.position, 0).await;
    assert!(
        second.numbers.len() == 1
            && second.numbers.values().all(|number| number.prefix.contains_key("+81120999"))
    );
    let operator = app.operator();
    let id = format!("{}/ids/{}", minato.operator_path(), minato.ids[2]);
    operator.if_match(operator.get(&id).await.version()).delete(&id).await.expect(204);
    let third = changes(&switch, second.end.position, 0).await;
    assert_eq!(third.numbers.len(), 2);
    // A number that goes, one that comes to another contract, a contract that goes.
    let gone =
        operator.get(&format!("{}/numbers/{}", minato.operator_path(), minato.numbers[1])).await;
    let moved = gone["e164"].as_str().expect("a number").to_owned();
    let path = format!("{}/numbers/{}", minato.operator_path(), minato.numbers[1]);
    operator.if_match(gone.version()).delete(&path).await.expect(204);
    let fourth = changes(&switch, third.end.position, 0).await;
    let removed: Vec<&str> = fourth.removed.iter().map(|removed| removed.number.as_str()).collect();
    assert_eq!(removed, [moved.as_str()]);
    assert_eq!(fourth.removed[0].dialled[1], moved.replace("+81", "0"));
    let new = json!({"number": moved, "kind": "additional", "max_channels": 1});
    operator.post(&format!("{}/numbers", kobe.operator_path()), new).await.expect(201);
    operator
        .if_match(operator.get(&minato.operator_path()).await.version())
        .delete(&minato.operator_path())
        .await
        .expect(204);
    // From every position on, what was known and what came since are together what is there.
    let now = snapshot(&switch).await;
    for (since, known) in [(&first, true), (&second, false), (&third, false), (&fourth, false)] {
        let mut kept = first.numbers.clone();
        for step in [&second, &third, &fourth]
            .into_iter()
            .filter(|step| !known && step.end.position <= since.end.position)
        {
            step.removed.iter().for_each(|removed| drop(kept.remove(&removed.number)));
            kept.extend(step.numbers.clone());
        }
        let news = changes(&switch, since.end.position, 0).await;
        news.removed.iter().for_each(|removed| drop(kept.remove(&removed.number)));
        kept.extend(news.numbers.clone());
        assert_eq!(
            (kept, news.end.position),
            (now.numbers.clone(), now.end.position),
            "since {}",
            since.end.position
        );
    }
    assert_eq!(now.numbers.len(), 3);
});

on_both!(a_change_ends_the_wait_at_either_server_and_within_a_second, async |app| {
    let (minato, _, switch) = scene(&app).await;
    let replica = Replica::of(&app);
    let other = Client::new(&replica.url).bearer(
        &tests::service_key(&app.app, server::identity::service_keys::KeyKind::Switch).await,
    );
    let since = snapshot(&switch).await.end.position;
    for (round, switch) in [&switch, &other].into_iter().enumerate() {
        let since = snapshot(switch).await.end.position.max(since);
        let waiting = tokio::spawn({
            let switch = switch.clone();
            async move { (changes(&switch, since, 30).await, Instant::now()) }
        });
        let caller = format!("090-5555-000{round}");
        minato
            .client
            .post(&format!("{}/block-list/entries", minato.number(0)), json!({"caller": caller}))
            .await
            .expect(201);
        let saved = Instant::now();
        let (news, came) = waiting.await.expect("it is answered");
        assert_eq!(news.numbers.len(), 1);
        assert!(news.end.position > since);
        // Twice the promise, on a machine that is busy with other tests.
        assert!(came.saturating_duration_since(saved) < Duration::from_secs(2));
    }
    switch
        .get(&format!("/switch/changes?since={since}&wait_s=31"))
        .await
        .expect_fields(&[("?wait_s", "out_of_range")]);
    switch.get("/switch/changes").await.expect_fields(&[("?since", "required")]);
});

on_both!(what_is_too_old_or_of_another_database_begins_anew, async |app| {
    let (minato, _, switch) = scene(&app).await;
    let first = snapshot(&switch).await.end.position;
    let rename = async |name: &str| {
        let version = minato.client.get(&minato.number(0)).await.version();
        minato.client.if_match(version).patch(&minato.number(0), json!({"name": name})).await
    };
    rename("二").await.expect(200);
    let second = changes(&switch, first, 0).await.end.position;
    for unknown in [0, 1, first - 1, second + 1, u64::MAX] {
        switch
            .get(&format!("/switch/changes?since={unknown}"))
            .await
            .expect_problem(410, "snapshot_needed");
        switch
            .post("/switch/applied", json!({"position": unknown}))
            .await
            .expect_problem(410, "snapshot_needed");
    }
    app.clock.advance(TimeDelta::days(4));
    server::app::housekeeping::clean(&app.app).await.expect("it cleans");
    switch
        .get(&format!("/switch/changes?since={first}"))
        .await
        .expect_problem(410, "snapshot_needed");
    // Who had read everything before goes on.
    assert_eq!(changes(&switch, second, 0).await.end.position, second);
    assert_eq!(snapshot(&switch).await.end.position, second);
});

mod a_change_that_is_committed_late_is_not_passed_over {
    use super::*;

    // SQLite has one writer at a time.
    #[test]
    fn postgres() {
        block_on(async {
            let app = TestApp::start(Backend::Postgres).await;
            let (minato, kobe, switch) = scene(&app).await;
            let first = snapshot(&switch).await.end.position;
            // A transaction that has noted its change and takes its time.
            let (begun, has_begun) = tokio::sync::oneshot::channel();
            let (end, wait) = std::sync::mpsc::channel::<()>();
            let (db, scope, now) =
                (app.app.db.clone(), Scope::account(&minato.account_id), app.clock.now_naive());
            let slow = tokio::spawn(async move {
                db.write(move |conn| {
                    account::next_revision(conn, &scope, About::Account, now)?;
                    begun.send(()).expect("the test waits");
                    wait.recv().expect("the test lets it end");
                    Ok::<_, store::StoreError>(())
                })
                .await
            });
            has_begun.await.expect("it has begun");
            // Another one begins later and is committed first.
            let operator = app.operator();
            let resume = json!({"status": "active", "suspended_reason": null});
            operator
                .if_match(operator.get(&kobe.operator_path()).await.version())
                .patch(&kobe.operator_path(), resume)
                .await
                .expect(200);
            let second = changes(&switch, first, 5).await;
            assert_eq!(second.numbers.len(), 2);
            assert!(second.numbers.values().all(|number| !number.suspended));
            end.send(()).expect("it still waits");
            slow.await.expect("it ends").expect("it is committed");
            let third = changes(&switch, second.end.position, 5).await;
            let numbers: Vec<String> = third.numbers.into_keys().collect();
            assert_eq!(
                numbers,
                [minato.dialled(0).await, minato.dialled(1).await],
                "the change that was noted first comes after all"
            );
        });
    }
}
