//! Many writers at once: nothing is lost, and nobody is told anything but "done" or "read it
//! again".

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{Client, Contract, Holder, Replica, on_both};
use tokio::task::JoinSet;

const WRITERS: usize = 8;
const CHANGES: usize = 5;

/// Changes a resource so many times, reading it anew whenever someone else was faster; answers how
/// often that was.
async fn write(client: Client, path: String, field: &'static str, writer: usize) -> usize {
    let mut refused = 0;
    for index in 0..CHANGES {
        loop {
            let seen = client.get(&path).await;
            assert_eq!(seen.status, 200, "{}", seen.text);
            let change = json!({field: format!("writer {writer} change {index}")});
            let written = client.if_match(seen.version()).patch(&path, change).await;
            match written.status {
                200 => break,
                412 => refused += 1,
                other => panic!("a writer was told {other}: {}", written.text),
            }
        }
    }
    refused
}

/// Checks the changes of a field in the log: each follows from the one before, and each was written
/// by somebody, once.
fn check_chain(log: &[Value], object_id: &str, field: &str, count: usize) {
    let changes: Vec<(&Value, &Value)> = log
        .iter()
        .rev()
        .filter(|entry| entry["object_id"] == object_id && entry["action"] == "update")
        .map(|entry| (&entry["before"][field], &entry["after"][field]))
        .collect();
    assert_eq!(changes.len(), count, "every change is in the log");
    assert_eq!(changes[0].0, "");
    for pair in changes.windows(2) {
        assert_eq!(
            pair[0].1, pair[1].0,
            "a change was made from something else than what was there"
        );
    }
    let written: BTreeSet<String> = changes.iter().map(|(_, after)| after.to_string()).collect();
    assert_eq!(written.len(), count, "every change is there once");
}

/// Revisions without a gap or a double.
fn check_revisions(log: &[Value]) {
    let revisions: Vec<u64> =
        log.iter().rev().filter_map(|entry| entry["revision"].as_u64()).collect();
    assert_eq!(revisions, (1..=revisions.len() as u64).collect::<Vec<_>>());
}

on_both!(eight_writers_at_one_number_lose_nothing, async |app| {
    let holder = app.holder("minato").await;
    let revision = holder.revision().await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(holder.client.clone(), holder.number(0), "name", writer));
    }
    let refused: usize = writers.join_all().await.iter().sum();
    assert!(refused > 0, "the writers never met");
    let after = holder.client.get(&holder.number(0)).await;
    assert_eq!(after.version(), 1 + (WRITERS * CHANGES) as u64, "every answered change counts");
    assert_eq!(holder.revision().await, revision + (WRITERS * CHANGES) as u64);
    let log = holder.log().await;
    check_chain(&log, &holder.numbers[0], "name", WRITERS * CHANGES);
    check_revisions(&log);
    assert_eq!(
        log[0]["after"]["name"], after["name"],
        "the last one written is the one that is there"
    );
});

on_both!(eight_writers_at_eight_numbers_do_not_hinder_each_other, async |app| {
    let holder =
        Holder::provision(&app, "minato", Contract { numbers: WRITERS, ..Contract::default() })
            .await;
    let revision = holder.revision().await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        writers.spawn(write(holder.client.clone(), holder.number(writer), "name", writer));
    }
    assert_eq!(
        writers.join_all().await,
        [0; WRITERS],
        "a change of one number made another one stale"
    );
    assert_eq!(holder.revision().await, revision + (WRITERS * CHANGES) as u64);
    let log = holder.log().await;
    check_revisions(&log);
    for (index, id) in holder.numbers.iter().enumerate() {
        let number = holder.client.get(&holder.number(index)).await;
        assert_eq!(
            (number.version(), &number["name"]),
            (1 + CHANGES as u64, &json!(format!("writer {index} change {}", CHANGES - 1)))
        );
        check_chain(&log, id, "name", CHANGES);
    }
});

on_both!(numbers_ids_and_the_contract_change_side_by_side, async |app| {
    let holder = app.holder("minato").await;
    let other = app.holder("kobe").await;
    let mut writers = JoinSet::new();
    for (index, holder) in [&holder, &other].into_iter().enumerate() {
        writers.spawn(write(holder.client.clone(), holder.number(0), "name", index));
        writers.spawn(write(holder.client.clone(), holder.number(0), "display_name", index));
        writers.spawn(write(holder.client.clone(), holder.id(0), "terminal_name", index));
        writers.spawn(write(
            app.operator(),
            format!("{}/ids/{}", holder.operator_path(), holder.ids[1]),
            "terminal_name",
            index,
        ));
        writers.spawn(write(app.operator(), holder.operator_path(), "name", index));
    }
    writers.join_all().await;
    for holder in [&holder, &other] {
        let log = holder.log().await;
        check_revisions(&log);
        assert_eq!(log.len(), 6 + 5 * CHANGES);
        check_chain(&log, &holder.ids[0], "terminal_name", CHANGES);
        check_chain(&log, &holder.ids[1], "terminal_name", CHANGES);
        assert_eq!(holder.client.get(&holder.number(0)).await.version(), 1 + 2 * CHANGES as u64);
        assert_eq!(holder.client.get("/account").await.version(), 1 + CHANGES as u64);
    }
});

on_both!(one_number_is_given_to_one_of_many_contracts, async |app| {
    let mut paths = Vec::new();
    for index in 0..WRITERS {
        let account = app
            .operator()
            .post("/operator/accounts", json!({"name": format!("契約{index}")}))
            .await
            .expect(201);
        paths.push(format!("/operator/accounts/{}", account["id"].as_str().unwrap_or_default()));
    }
    let mut writers = JoinSet::new();
    for path in &paths {
        let (client, numbers, ids) =
            (app.operator(), format!("{path}/numbers"), format!("{path}/ids"));
        let number = json!({"number": "050-1234-5678", "kind": "primary", "max_channels": 1});
        let id = json!({"login_id": "minato001", "kind": "additional", "extension": "201"});
        writers.spawn(async move {
            (client.post(&numbers, number).await.status, client.post(&ids, id).await.status)
        });
    }
    let statuses = writers.join_all().await;
    for pick in [|pair: &(u16, u16)| pair.0, |pair: &(u16, u16)| pair.1] {
        let mut found: Vec<u16> = statuses.iter().map(pick).collect();
        found.sort_unstable();
        assert_eq!((found[0], &found[1..]), (201, &[422; WRITERS - 1][..]));
    }
});

on_both!(one_contract_gets_one_primary_number_and_one_basic_id, async |app| {
    let account =
        app.operator().post("/operator/accounts", json!({"name": "契約"})).await.expect(201);
    let path = format!("/operator/accounts/{}", account["id"].as_str().unwrap_or_default());
    let mut writers = JoinSet::new();
    for index in 0..WRITERS {
        let (client, numbers, ids) =
            (app.operator(), format!("{path}/numbers"), format!("{path}/ids"));
        let number =
            json!({"number": format!("050-1234-000{index}"), "kind": "primary", "max_channels": 1});
        let login_id = format!("minato00{index}");
        let id = json!({"login_id": login_id, "kind": "basic", "extension": format!("20{index}"),
            "password": "correct horse"});
        writers.spawn(async move {
            (client.post(&numbers, number).await.status, client.post(&ids, id).await.status)
        });
    }
    let statuses = writers.join_all().await;
    for pick in [|pair: &(u16, u16)| pair.0, |pair: &(u16, u16)| pair.1] {
        let mut found: Vec<u16> = statuses.iter().map(pick).collect();
        found.sort_unstable();
        assert_eq!((found[0], &found[1..]), (201, &[422; WRITERS - 1][..]));
    }
});

on_both!(two_servers_on_one_database_are_one, async |app| {
    let holder = app.holder("minato").await;
    let replica = Replica::of(&app);
    let there = Client::new(&replica.url).session(&holder.session);
    // The session of one opens the other, and so does a key.
    there.get("/session").await.expect(200);
    Client::new(&replica.url).bearer(&app.operator_key).get("/operator/accounts").await.expect(200);
    let revision = holder.revision().await;
    let mut writers = JoinSet::new();
    for writer in 0..WRITERS {
        let client = if writer % 2 == 0 { holder.client.clone() } else { there.clone() };
        writers.spawn(write(client, holder.number(0), "name", writer));
    }
    writers.join_all().await;
    assert_eq!(holder.revision().await, revision + (WRITERS * CHANGES) as u64);
    let log = holder.log().await;
    check_chain(&log, &holder.numbers[0], "name", WRITERS * CHANGES);
    check_revisions(&log);
    // Guesses at both are counted as one, and signing out at one ends the session at the other.
    for index in 0..6 {
        let client = if index % 2 == 0 { app.nobody() } else { Client::new(&replica.url) };
        let guess = client
            .post("/session", json!({"login_id": holder.login_id, "password": "wrong"}))
            .await;
        guess.expect_problem(401, "bad_credentials");
    }
    for client in [app.nobody(), Client::new(&replica.url)] {
        let guess = client
            .post("/session", json!({"login_id": holder.login_id, "password": "wrong"}))
            .await;
        guess.expect_problem(429, "too_many_attempts");
    }
    there.delete("/session").await.expect(204);
    holder.client.get("/session").await.expect_problem(401, "unauthenticated");
});

on_both!(what_depends_on_something_goes_with_it_even_when_chosen_at_that_moment, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let options = format!("{}/options", holder.operator_path());
    for round in 0..10 {
        let body = json!({"login_id": format!("minato9{round:02}"), "kind": "additional",
            "extension": format!("9{round:02}")});
        let id = operator.post(&format!("{}/ids", holder.operator_path()), body).await.expect(201);
        let id = id["id"].as_str().unwrap_or_default().to_owned();
        let version = operator.get(&options).await.version();
        let contract = operator.if_match(version).put(&options, json!({"ip_phone": true})).await;
        let (first, second) = (
            holder.client.get(&holder.number(0)).await,
            holder.client.get(&holder.number(1)).await,
        );
        let choose = holder.client.if_match(first.version());
        let name = holder.client.if_match(second.version());
        let (remove, end) = (operator.if_match(1), operator.if_match(contract.version()));
        let (number, other, path) =
            (holder.number(0), holder.number(1), format!("{}/ids/{id}", holder.operator_path()));
        let (chosen, removed, named, ended) = tokio::join!(
            choose.patch(&number, json!({"priority_phone_id": id})),
            remove.delete(&path),
            name.patch(&other, json!({"display_name": "東京"})),
            end.put(&options, json!({})),
        );
        assert!(matches!(chosen.status, 200 | 412 | 422), "{}", chosen.text);
        assert!(matches!(named.status, 200 | 412 | 422), "{}", named.text);
        assert_eq!((removed.status, ended.status), (204, 200), "{} {}", removed.text, ended.text);
        let (first, second) = (
            holder.client.get(&holder.number(0)).await,
            holder.client.get(&holder.number(1)).await,
        );
        assert_eq!(first["priority_phone_id"], Value::Null, "an ID that is gone rings first");
        assert_eq!(second["display_name"], "", "a name is displayed without the option");
    }
});
