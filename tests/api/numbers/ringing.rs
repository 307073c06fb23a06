//! Which IDs ring for a number.

use serde_json::{Value, json};
use tests::{Answer, Holder, on_both};

fn path(holder: &Holder, index: usize) -> String {
    format!("{}/ringing", holder.number(index))
}

/// Sets who rings from the present version.
async fn set(
    holder: &Holder,
    index: usize,
    targets: &[(&str, bool)],
    busy_announcement: bool,
) -> Answer {
    let version = holder.client.get(&path(holder, index)).await.version();
    let targets: Vec<Value> =
        targets.iter().map(|(id, rings)| json!({"phone_id": id, "rings": rings})).collect();
    holder
        .client
        .if_match(version)
        .put(
            &path(holder, index),
            json!({"targets": targets, "busy_announcement": busy_announcement}),
        )
        .await
}

/// Everything that a refused change must leave alone.
async fn state(holder: &Holder) -> (Value, Value, u64, Vec<Value>) {
    let ringing = holder.client.get(&path(holder, 0)).await.expect(200);
    (
        ringing,
        holder.client.get("/numbers").await.expect(200),
        holder.revision().await,
        holder.log().await,
    )
}

on_both!(every_id_rings_until_it_is_switched_off, async |app| {
    let holder = app.holder("minato").await;
    let before = holder.client.get(&path(&holder, 0)).await;
    let target = |index: usize, rings: bool| {
        let extension = (200 + index).to_string();
        json!({"phone_id": holder.ids[index], "rings": rings,
            "login_id": format!("minato{index:03}"), "terminal_name": "",
                "extension": extension})
    };
    let all = json!({"targets": [target(0, true), target(1, true), target(2, true)],
        "busy_announcement": false});
    assert_eq!(
        (before.version(), &before.json),
        (holder.client.get(&holder.number(0)).await.version(), &all)
    );

    let revision = holder.revision().await;
    let changed = set(&holder, 0, &[(&holder.ids[1], false)], false).await;
    assert_eq!(changed.version(), before.version() + 1);
    let two = json!({"targets": [target(0, true), target(1, false), target(2, true)],
        "busy_announcement": false});
    assert_eq!(changed.json, two, "who is not named stays as it is");
    let seen = holder.client.get(&path(&holder, 0)).await;
    assert_eq!((seen.version(), &seen.json), (changed.version(), &two));

    let number = holder.client.get(&holder.number(0)).await;
    assert_eq!(number.version(), changed.version(), "the number is another one with it");
    assert_eq!(number["ringing_phone_ids"], json!([holder.ids[0], holder.ids[2]]));
    assert_eq!(
        holder.client.get(&path(&holder, 1)).await.json,
        all,
        "the other number is another number"
    );

    assert_eq!(holder.revision().await, revision + 1);
    let entry = &holder.log().await[0];
    let expected = json!({
        "id": entry["id"], "at": app.clock.now(), "actor_kind": "holder", "actor": "minato000",
            "object_kind": "ringing",
        "object_id": holder.numbers[0], "action": "update",
            "before": {format!("rings:{}", holder.ids[1]): true},
        "after": {format!("rings:{}", holder.ids[1]): false}, "revision": revision + 1,
            "restorable": true,
    });
    assert_eq!(entry, &expected);
    let of_kind = format!("/audit-log?object_kind=ringing&object_id={}", holder.numbers[0]);
    assert_eq!(holder.client.get(&of_kind).await["items"], json!([expected]));
});

on_both!(all_switches_and_the_announcement_are_one_change, async |app| {
    let holder = app.holder("minato").await;
    let (revision, lines) = (holder.revision().await, holder.log().await.len());
    let off: Vec<(&str, bool)> = holder.ids.iter().map(|id| (id.as_str(), false)).collect();
    let silent = set(&holder, 0, &off, true).await.expect(200);
    assert!(
        silent["targets"]
            .as_array()
            .is_some_and(|targets| targets.iter().all(|target| target["rings"] == false)),
        "{silent}"
    );
    assert_eq!(silent["busy_announcement"], true);
    let number = holder.client.get(&holder.number(0)).await.expect(200);
    assert_eq!(number["ringing_phone_ids"], json!([]));
    assert!(
        number["capabilities"].as_array().is_some_and(|list| !list.contains(&json!("priority"))),
        "nobody is left to ring first"
    );
    let log = holder.log().await;
    assert_eq!((holder.revision().await, log.len()), (revision + 1, lines + 1));
    assert_eq!(log[0]["after"].as_object().map(serde_json::Map::len), Some(4));
    assert_eq!(
        (&log[0]["before"]["busy_announcement"], &log[0]["after"]["busy_announcement"]),
        (&json!(false), &json!(true))
    );

    // A new ID rings at once, also where nobody else does.
    let new = json!({"login_id": "minato900", "kind": "additional", "extension": "900"});
    let new =
        app.operator().post(&format!("{}/ids", holder.operator_path()), new).await.expect(201);
    assert_eq!(holder.client.get(&holder.number(0)).await["ringing_phone_ids"], json!([new["id"]]));
});

on_both!(what_changes_nothing_leaves_no_trace, async |app| {
    let holder = app.holder("minato").await;
    set(&holder, 0, &[(&holder.ids[1], false)], true).await.expect(200);
    let before = state(&holder).await;
    set(&holder, 0, &[], true).await.expect(200);
    set(&holder, 0, &[(&holder.ids[1], false), (&holder.ids[0], true)], true).await.expect(200);
    assert_eq!(state(&holder).await, before);
});

on_both!(a_wrong_switch_is_named_by_its_place, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let before = state(&holder).await;
    let (own, other) = (holder.ids[1].as_str(), holder.ids[2].as_str());
    let unknown = "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21";
    type Row<'a> = (&'a [(&'a str, bool)], &'a [(&'a str, &'a str)]);
    let table: [Row; 5] = [
        (&[(own, false), (unknown, false)], &[("/targets/1/phone_id", "not_found")]),
        (&[(&stranger.ids[1], true)], &[("/targets/0/phone_id", "not_found")]),
        (&[(&holder.numbers[0], true)], &[("/targets/0/phone_id", "not_found")]),
        (&[(own, false), (other, false), (own, true)], &[("/targets/2/phone_id", "duplicate")]),
        (
            &[("", false), (own, true), (own, true), (unknown, true)],
            &[
                ("/targets/0/phone_id", "not_found"),
                ("/targets/2/phone_id", "duplicate"),
                ("/targets/3/phone_id", "not_found"),
            ],
        ),
    ];
    for (targets, faults) in table {
        set(&holder, 0, targets, true).await.expect_fields(faults);
    }
    let bodies = [
        (json!({"targets": []}), ("/busy_announcement", "required")),
        (json!({"busy_announcement": true}), ("/targets", "required")),
        (
            json!({"targets": [{"phone_id": own}], "busy_announcement": true}),
            ("/targets/0/rings", "required"),
        ),
        (
            json!({"targets": [{"phone_id": own, "rings": 1}], "busy_announcement": true}),
            ("/targets/0/rings", "wrong_type"),
        ),
        (
            json!({"targets": [{"phone_id": own, "rings": true, "x": 1}],
                "busy_announcement": true}),
            ("/targets/0/x", "unknown_field"),
        ),
        (json!({"targets": [], "busy_announcement": null}), ("/busy_announcement", "wrong_type")),
        (
            json!({"targets": vec![json!({"phone_id": own, "rings": true}); 1001],
                "busy_announcement": true}),
            ("/targets", "too_long"),
        ),
    ];
    for (body, fault) in bodies {
        holder.client.if_match(1).put(&path(&holder, 0), body).await.expect_fields(&[fault]);
    }
    assert_eq!(state(&holder).await, before);
});

on_both!(who_rings_first_must_ring, async |app| {
    let holder = app.holder("minato").await;
    holder
        .client
        .if_match(1)
        .patch(&holder.number(0), json!({"priority_phone_id": holder.ids[1]}))
        .await
        .expect(200);
    let before = state(&holder).await;
    let both = [(holder.ids[2].as_str(), false), (holder.ids[1].as_str(), false)];
    for (language, words) in [("ja", "優先着信"), ("en", "first")] {
        let client = holder.client.if_match(2).header("accept-language", language);
        let body = json!({"targets": [{"phone_id": holder.ids[1], "rings": false}],
            "busy_announcement": false});
        let problem = client
            .put(&path(&holder, 0), body)
            .await
            .expect_fields(&[("/targets/0/rings", "rings_first")]);
        assert!(
            problem["errors"][0]["message"].as_str().is_some_and(|message| message.contains(words)),
            "{problem}"
        );
    }
    set(&holder, 0, &both, false).await.expect_fields(&[("/targets/1/rings", "rings_first")]);
    assert_eq!(state(&holder).await, before);
    set(&holder, 1, &both, false).await.expect(200);
    holder
        .client
        .if_match(2)
        .patch(&holder.number(0), json!({"priority_phone_id": null}))
        .await
        .expect(200);
    let number = set(&holder, 0, &both, false).await;
    assert_eq!(number.version(), 4);
    holder
        .client
        .if_match(4)
        .patch(&holder.number(0), json!({"priority_phone_id": holder.ids[1]}))
        .await
        .expect_fields(&[("/priority_phone_id", "does_not_ring")]);
});

on_both!(one_version_guards_all_settings_of_a_number, async |app| {
    let holder = app.holder("minato").await;
    let body = json!({"targets": [{"phone_id": holder.ids[1], "rings": false}],
        "busy_announcement": false});
    holder
        .client
        .put(&path(&holder, 0), body.clone())
        .await
        .expect_problem(428, "precondition_required");
    holder
        .client
        .if_match(2)
        .put(&path(&holder, 0), body.clone())
        .await
        .expect_problem(412, "stale");
    holder.client.if_match(1).patch(&holder.number(0), json!({"name": "代表"})).await.expect(200);
    holder
        .client
        .if_match(1)
        .put(&path(&holder, 0), body.clone())
        .await
        .expect_problem(412, "stale");
    assert_eq!(holder.client.if_match(2).put(&path(&holder, 0), body.clone()).await.version(), 3);
    holder
        .client
        .if_match(2)
        .patch(&holder.number(0), json!({"name": "x"}))
        .await
        .expect_problem(412, "stale");
    holder.client.if_match(3).patch(&holder.number(0), json!({"name": "x"})).await.expect(200);

    // From the same version only one of many comes through.
    let version = holder.client.get(&path(&holder, 1)).await.version();
    let mut all = tokio::task::JoinSet::new();
    for index in 0..6 {
        let (client, path, id) =
            (holder.client.if_match(version), path(&holder, 1), holder.ids[index % 3].clone());
        let body =
            json!({"targets": [{"phone_id": id, "rings": false}], "busy_announcement": true});
        all.spawn(async move { client.put(&path, body).await.status });
    }
    let mut statuses = all.join_all().await;
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 412, 412, 412, 412, 412]);
    assert_eq!(holder.client.get(&path(&holder, 1)).await.version(), version + 1);
});

on_both!(a_number_that_does_not_exist_rings_nowhere, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    let body = json!({"targets": [], "busy_announcement": true});
    for id in ["01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21", "x", &holder.ids[0], &stranger.numbers[0]] {
        let path = format!("/numbers/{id}/ringing");
        holder.client.get(&path).await.expect_problem(404, "not_found");
        holder.client.if_match(1).put(&path, body.clone()).await.expect_problem(404, "not_found");
    }
    let seen = stranger.client.get(&format!("{}/ringing", stranger.number(0))).await;
    assert_eq!((seen.version(), &seen["busy_announcement"]), (1, &json!(false)));
});
