//! The number that an ID calls out with.

use serde_json::{Value, json};
use tests::{Answer, Contract, Holder, TestApp, on_both};

fn path(holder: &Holder, index: usize) -> String {
    format!("{}/outbound-number", holder.id(index))
}

async fn set(holder: &Holder, index: usize, number_id: Value) -> Answer {
    let version = holder.client.get(&path(holder, index)).await.version();
    holder.client.if_match(version).put(&path(holder, index), json!({"number_id": number_id})).await
}

/// Gives an ID a device of an option that the contract has.
async fn device(app: &TestApp, holder: &Holder, index: usize, option: &str) {
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[index]);
    let version = app.operator().get(&path).await.version();
    app.operator()
        .if_match(version)
        .patch(&path, json!({"device_option": option}))
        .await
        .expect(200);
}

async fn options(app: &TestApp, holder: &Holder, options: Value) {
    let path = format!("{}/options", holder.operator_path());
    let version = app.operator().get(&path).await.version();
    app.operator().if_match(version).put(&path, options).await.expect(200);
}

on_both!(a_device_calls_out_with_the_number_that_was_chosen, async |app| {
    let holder = app.holder("minato").await;
    device(&app, &holder, 1, "ip_phone").await;
    let before = holder.client.get(&path(&holder, 1)).await;
    assert_eq!(before.json, json!({"number_id": null}), "the primary number until one is chosen");
    assert_eq!(before.version(), holder.client.get(&holder.id(1)).await.version());
    let (revision, lines) = (holder.revision().await, holder.log().await.len());

    let chosen = set(&holder, 1, json!(holder.numbers[1])).await;
    assert_eq!(
        (chosen.version(), &chosen.json),
        (before.version() + 1, &json!({"number_id": holder.numbers[1]}))
    );
    let seen = holder.client.get(&path(&holder, 1)).await;
    assert_eq!((seen.version(), &seen.json), (chosen.version(), &chosen.json));
    let id = holder.client.get(&holder.id(1)).await;
    assert_eq!(
        (id.version(), &id["outbound_number_id"]),
        (chosen.version(), &json!(holder.numbers[1])),
        "the ETag is the ID's"
    );
    let log = holder.log().await;
    assert_eq!((holder.revision().await, log.len()), (revision + 1, lines + 1));
    assert_eq!(
        (&log[0]["object_kind"], &log[0]["object_id"]),
        (&json!("phone_id"), &json!(holder.ids[1]))
    );
    let (from, to) =
        (json!({"outbound_number_id": null}), json!({"outbound_number_id": holder.numbers[1]}));
    assert_eq!(
        (&log[0]["before"], &log[0]["after"], &log[0]["actor"]),
        (&from, &to, &json!("minato000"))
    );

    // The same again is no change.
    assert_eq!(set(&holder, 1, json!(holder.numbers[1])).await.version(), chosen.version());
    assert_eq!((holder.revision().await, holder.log().await.len()), (revision + 1, lines + 1));
    assert_eq!(
        set(&holder, 1, json!(holder.numbers[0])).await.json,
        json!({"number_id": holder.numbers[0]})
    );
    assert_eq!(set(&holder, 1, Value::Null).await.json, json!({"number_id": null}));
    assert_eq!(holder.log().await[0]["after"], from);
});

on_both!(only_devices_of_options_in_contracts_with_two_numbers_have_one, async |app| {
    let holder = app.holder("minato").await;
    let single =
        Holder::provision(&app, "kobe", Contract { numbers: 1, ..Contract::default() }).await;
    device(&app, &holder, 1, "ip_phone").await;
    device(&app, &single, 1, "ip_phone").await;
    // An app says by itself what it calls out with, and one number leaves no choice.
    set(&holder, 2, json!(holder.numbers[1]))
        .await
        .expect_fields(&[("/number_id", "not_applicable")]);
    set(&holder, 0, json!(holder.numbers[1]))
        .await
        .expect_fields(&[("/number_id", "not_applicable")]);
    set(&single, 1, json!(single.numbers[0]))
        .await
        .expect_fields(&[("/number_id", "not_applicable")]);
    for index in 0..3 {
        set(&holder, index, Value::Null).await.expect(200);
    }
    set(&holder, 1, json!(holder.numbers[1])).await.expect(200);

    options(&app, &holder, json!({"premises_device": true})).await;
    let present = holder.client.get(&path(&holder, 1)).await.expect(200)["number_id"].clone();
    let other = if present == holder.numbers[0] { &holder.numbers[1] } else { &holder.numbers[0] };
    let refused =
        set(&holder, 1, json!(other)).await.expect_fields(&[("/number_id", "not_contracted")]);
    assert!(
        refused["errors"][0]["message"].as_str().is_some_and(|message| message.contains("ご契約")),
        "{refused}"
    );
    set(&holder, 1, present).await.expect(200);
    set(&holder, 1, Value::Null).await.expect(200);
});

on_both!(what_is_none_of_the_accounts_numbers_is_refused, async |app| {
    let holder = app.holder("minato").await;
    let stranger = app.holder("kobe").await;
    device(&app, &holder, 1, "ip_phone").await;
    let before =
        (holder.client.get("/ids").await.expect(200), holder.revision().await, holder.log().await);
    for id in
        [stranger.numbers[1].as_str(), "01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21", "", &holder.ids[0]]
    {
        set(&holder, 1, json!(id)).await.expect_fields(&[("/number_id", "not_found")]);
    }
    let version = holder.client.get(&path(&holder, 1)).await.version();
    let client = holder.client.if_match(version);
    client.put(&path(&holder, 1), json!({})).await.expect_fields(&[("/number_id", "required")]);
    client
        .put(&path(&holder, 1), json!({"number_id": 1}))
        .await
        .expect_fields(&[("/number_id", "wrong_type")]);
    let more = json!({"number_id": null, "phone_id": "x"});
    client.put(&path(&holder, 1), more).await.expect_fields(&[("/phone_id", "unknown_field")]);
    holder
        .client
        .put(&path(&holder, 1), json!({"number_id": null}))
        .await
        .expect_problem(428, "precondition_required");
    let chosen = json!({"number_id": holder.numbers[1]});
    holder
        .client
        .if_match(version + 1)
        .put(&path(&holder, 1), chosen.clone())
        .await
        .expect_problem(412, "stale");
    for id in [stranger.ids[1].as_str(), &holder.numbers[0], "x"] {
        let path = format!("/ids/{id}/outbound-number");
        holder.client.get(&path).await.expect_problem(404, "not_found");
        holder.client.if_match(1).put(&path, chosen.clone()).await.expect_problem(404, "not_found");
    }
    assert_eq!(
        (holder.client.get("/ids").await.expect(200), holder.revision().await, holder.log().await),
        before
    );
});

on_both!(a_number_that_goes_is_called_out_with_no_more, async |app| {
    let holder = app.holder("minato").await;
    device(&app, &holder, 1, "ip_phone").await;
    let chosen = set(&holder, 1, json!(holder.numbers[1])).await;
    let number = format!("{}/numbers/{}", holder.operator_path(), holder.numbers[1]);
    app.operator().if_match(1).delete(&number).await.expect(204);
    let after = holder.client.get(&path(&holder, 1)).await;
    assert_eq!((after.version(), &after.json), (chosen.version() + 1, &json!({"number_id": null})));
    holder
        .client
        .if_match(chosen.version())
        .put(&path(&holder, 1), json!({"number_id": holder.numbers[0]}))
        .await
        .expect_problem(412, "stale");
});
