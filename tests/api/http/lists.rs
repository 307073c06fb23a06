//! Lists: their order, and walking them page by page.

use serde_json::{Value, json};
use tests::switch::{Switch, event};
use tests::{Answer, Client, Contract, Holder, on_both};

/// Every item, one per page.
async fn walk(client: &Client, path: &str) -> Vec<Value> {
    let (mut items, mut next) = (Vec::new(), String::new());
    let joint = if path.contains('?') { '&' } else { '?' };
    loop {
        let page = client.get(&format!("{path}{joint}limit=1{next}")).await.expect(200);
        let found = page["items"].as_array().expect("items").clone();
        assert!(found.len() <= 1, "{path} answers more than was asked for");
        items.extend(found);
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("&cursor={cursor}"),
            None => return items,
        }
        assert!(items.len() < 100, "{path} has no end");
    }
}

async fn all(client: &Client, path: &str) -> Vec<Value> {
    client.get(path).await.expect(200)["items"].as_array().expect("items").clone()
}

fn column(items: &[Value], name: &str) -> Vec<String> {
    items.iter().map(|item| item[name].as_str().unwrap_or("?").to_owned()).collect()
}

on_both!(numbers_stand_in_the_order_of_their_digits_behind_the_primary_one, async |app| {
    let holder =
        Holder::provision(&app, "minato", Contract { numbers: 0, ..Contract::default() }).await;
    let path = format!("{}/numbers", holder.operator_path());
    for (number, kind) in [
        ("050-9999-0000", "additional"),
        ("0120-000-111", "additional"),
        ("090-1234-5678", "primary"),
        ("03-1111-2222", "additional"),
    ] {
        app.operator()
            .post(&path, json!({"number": number, "kind": kind, "max_channels": 1}))
            .await
            .expect(201);
    }
    let order = ["+819012345678", "+81120000111", "+81311112222", "+815099990000"];
    assert_eq!(column(&all(&holder.client, "/numbers").await, "e164"), order);
    assert_eq!(column(&all(&app.operator(), &path).await, "e164"), order);
    assert_eq!(walk(&holder.client, "/numbers").await, all(&holder.client, "/numbers").await);
    assert_eq!(walk(&app.operator(), &path).await, all(&app.operator(), &path).await);
});

on_both!(ids_stand_in_the_order_of_their_extensions_behind_the_basic_one, async |app| {
    let holder =
        Holder::provision(&app, "minato", Contract { ids: 1, ..Contract::default() }).await;
    let path = format!("{}/ids", holder.operator_path());
    for (login_id, extension) in
        [("minato901", "1000"), ("minato902", "99"), ("minato903", "201"), ("minato904", "11")]
    {
        app.operator()
            .post(
                &path,
                json!({"login_id": login_id, "kind": "additional", "extension": extension}),
            )
            .await
            .expect(201);
    }
    let order = ["200", "11", "99", "201", "1000"];
    assert_eq!(column(&all(&holder.client, "/ids").await, "extension"), order);
    assert_eq!(column(&all(&app.operator(), &path).await, "extension"), order);
    assert_eq!(walk(&holder.client, "/ids").await, all(&holder.client, "/ids").await);
    let number = holder.client.get(&holder.number(0)).await.expect(200);
    let ringing: Vec<Value> =
        all(&holder.client, "/ids").await.iter().map(|id| id["id"].clone()).collect();
    assert_eq!(number["ringing_phone_ids"], json!(ringing), "the choices stand in the same order");
});

on_both!(the_log_begins_with_the_latest_change, async |app| {
    let holder = app.holder("minato").await;
    for version in 1..=5 {
        let change = json!({"name": format!("name {version}")});
        holder.client.if_match(version).patch(&holder.number(0), change).await.expect(200);
    }
    let log = holder.log().await;
    let revisions: Vec<u64> =
        log.iter().map(|entry| entry["revision"].as_u64().expect("a revision")).collect();
    assert_eq!(revisions, (1..=11).rev().collect::<Vec<_>>(), "every revision has one line");
    assert_eq!(walk(&holder.client, "/audit-log").await, log);
    let of_number = format!("/audit-log?object_id={}", holder.numbers[0]);
    let mine: Vec<Value> =
        log.iter().filter(|entry| entry["object_id"] == holder.numbers[0]).cloned().collect();
    assert_eq!((mine.len(), walk(&holder.client, &of_number).await), (6, mine));
    let stranger = app.holder("kobe").await;
    assert_eq!(all(&stranger.client, &of_number).await, Vec::<Value>::new());
});

on_both!(the_operators_lists_stand_in_the_order_of_making, async |app| {
    let operator = app.operator();
    for name in ["zulu", "alpha", "mike"] {
        operator.post("/operator/accounts", json!({"name": name})).await.expect(201);
        operator.post("/operator/keys", json!({"name": name})).await.expect(201);
        operator.post("/operator/switches", json!({"name": name})).await.expect(201);
    }
    for (path, order) in [
        ("/operator/accounts", vec!["zulu", "alpha", "mike"]),
        ("/operator/keys", vec!["test", "zulu", "alpha", "mike"]),
        ("/operator/switches", vec!["zulu", "alpha", "mike"]),
    ] {
        assert_eq!(column(&all(&operator, path).await, "name"), order, "{path}");
        assert_eq!(column(&walk(&operator, path).await, "name"), order, "{path}");
    }
});

on_both!(rules_stand_in_the_order_of_making, async |app| {
    let holder = app.holder("minato").await;
    for name in ["総務", "営業", "夜間"] {
        holder.notify_rule(&app, name).await;
    }
    assert_eq!(
        column(&walk(&holder.client, "/notify-rules").await, "name"),
        ["総務", "営業", "夜間"]
    );
});

on_both!(a_page_goes_on_where_the_last_one_ended_whatever_happened_between, async |app| {
    let holder =
        Holder::provision(&app, "minato", Contract { numbers: 4, ..Contract::default() }).await;
    let first = holder.client.get("/numbers?limit=2").await.expect(200);
    let gone = format!(
        "{}/numbers/{}",
        holder.operator_path(),
        first["items"][1]["id"].as_str().unwrap_or_default()
    );
    app.operator().if_match(1).delete(&gone).await.expect(204);
    let cursor = first["next_cursor"].as_str().expect("there is more");
    let second = holder.client.get(&format!("/numbers?limit=2&cursor={cursor}")).await.expect(200);
    let ids: Vec<&Value> =
        second["items"].as_array().into_iter().flatten().map(|item| &item["id"]).collect();
    assert_eq!(ids, [&holder.numbers[2], &holder.numbers[3]]);
    assert_eq!(second["next_cursor"], Value::Null);
});

on_both!(a_page_that_cannot_be_is_refused_by_its_parameter, async |app| {
    let holder = app.holder("minato").await;
    let operator = app.operator();
    let accounts = "/operator/accounts".to_owned();
    let (numbers, ids) =
        (format!("{}/numbers", holder.operator_path()), format!("{}/ids", holder.operator_path()));
    let lists = [
        (&holder.client, vec!["/numbers", "/ids", "/notify-rules", "/audit-log"]),
        (&operator, vec![&accounts, &numbers, &ids, "/operator/keys", "/operator/switches"]),
    ];
    let table = [
        ("limit=0", "?limit", "out_of_range"),
        ("limit=201", "?limit", "out_of_range"),
        ("limit=-1", "?limit", "invalid_format"),
        ("limit=many", "?limit", "invalid_format"),
        ("limit=", "?limit", "invalid_format"),
        ("limit=1&limit=2", "?limit", "invalid_format"),
        ("cursor=%25", "?cursor", "invalid_format"),
        ("cursor=not%20ours", "?cursor", "invalid_format"),
        ("cursor=_w", "?cursor", "invalid_format"),
        ("cursor=AA", "?cursor", "invalid_format"),
        ("page=2", "?page", "unknown_field"),
    ];
    for (client, paths) in &lists {
        for path in paths {
            for (query, pointer, code) in table {
                let refused: Answer = client.get(&format!("{path}?{query}")).await;
                refused.expect_fields(&[(pointer, code)]);
            }
            client.get(&format!("{path}?limit=200")).await.expect(200);
        }
    }
});

on_both!(logs_that_grow_at_their_head_show_everything_once, async |app| {
    let (holder, switch) = (app.holder("minato").await, Switch::of(&app).await);
    let rule = holder.notify_rule(&app, "営業").await;
    let path = format!("/notify-rules/{rule}");
    let tells = json!({"emails": ["eigyo@minato.example"], "events": ["voicemail"]});
    let version = holder.client.get(&path).await.version();
    holder.client.if_match(version).patch(&path, tells).await.expect(200);
    let version = holder.client.get(&holder.number(0)).await.version();
    holder
        .client
        .if_match(version)
        .patch(&holder.number(0), json!({"notify_rule_id": rule}))
        .await
        .expect(200);
    let called = holder.dialled(0).await;
    let something_happens = async || {
        app.clock.advance(chrono::TimeDelta::seconds(1));
        switch.tell(json!([event(&called, "voicemail", json!({"at": app.clock.now()}))])).await;
        let version = holder.client.get(&holder.number(1)).await.version();
        holder
            .client
            .if_match(version)
            .patch(&holder.number(1), json!({"name": format!("名前{version}")}))
            .await
            .expect(200);
    };
    for _ in 0..5 {
        something_happens().await;
    }
    for list in ["/call-events", "/deliveries", "/audit-log"] {
        let before = column(&all(&holder.client, list).await, "id");
        assert!(before.len() >= 5, "{list} has {}", before.len());
        let (mut seen, mut next) = (Vec::new(), String::new());
        loop {
            let page = holder.client.get(&format!("{list}?limit=2{next}")).await.expect(200);
            seen.extend(column(page["items"].as_array().expect("items"), "id"));
            let Some(cursor) = page["next_cursor"].as_str() else { break };
            next = format!("&cursor={cursor}");
            something_happens().await;
        }
        assert_eq!(seen, before, "{list}: everything that was there once, and nothing twice");
    }
});
