//! The switches of a block list: calls without a number.

use serde_json::{Value, json};
use tests::on_both;

use crate::block_list::helpers::{List, log_of};

on_both!(the_switches_are_off_at_first_and_change_one_by_one, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    let first = list.client.get(&list.path).await;
    let off = json!({
        "reject_withheld": false, "reject_pay_phone": false, "reject_out_of_range": false,
            "reject_service_conflict": false,
        "entry_count": 0, "entry_limit": 200_000,
    });
    assert_eq!((first.version(), &first.json), (1, &off));
    let mut expected = off;
    let switches =
        ["reject_withheld", "reject_pay_phone", "reject_out_of_range", "reject_service_conflict"];
    for (version, switch) in (1..).zip(switches) {
        let revision = holder.revision().await;
        let changed = list.client.if_match(version).patch(&list.path, json!({switch: true})).await;
        expected[switch] = json!(true);
        assert_eq!(
            (changed.status, changed.version(), &changed.json),
            (200, version + 1, &expected),
            "{switch}"
        );
        assert_eq!(list.client.get(&list.path).await.json, expected);
        assert_eq!(
            holder.client.get(&holder.number(0)).await.version(),
            version + 1,
            "their version is the number's"
        );
        let line = &log_of(&holder, 0).await[0];
        assert_eq!(
            (&line["before"], &line["after"]),
            (&json!({switch: false}), &json!({switch: true}))
        );
        assert_eq!(
            (&line["object_kind"], &line["action"], &line["actor"]),
            (&json!("block_list"), &json!("update"), &json!("minato000"))
        );
        assert_eq!((&line["revision"], &line["restorable"]), (&json!(revision + 1), &json!(true)));
    }
    let log = log_of(&holder, 0).await;
    assert_eq!(log.len(), 4);
    for same in [json!({}), json!({"reject_withheld": true})] {
        assert_eq!(
            list.client.if_match(5).patch(&list.path, same).await.version(),
            5,
            "what is so already is no change"
        );
    }
    assert_eq!(log_of(&holder, 0).await, log);
    let other = List::of(&app, &holder, 1);
    assert_eq!(
        other.client.get(&other.path).await["reject_withheld"],
        false,
        "the other number is not concerned"
    );

    let restored = holder
        .client
        .post(&format!("/audit-log/{}/restore", log[3]["id"].as_str().expect("an id")), json!({}))
        .await;
    assert_eq!(restored.expect(200)["after"], json!({"reject_withheld": false}));
    assert_eq!(list.client.get(&list.path).await["reject_withheld"], false);
});

on_both!(a_change_of_the_switches_that_cannot_be_is_refused, async |app| {
    let holder = app.holder("minato").await;
    let list = List::of(&app, &holder, 0);
    list.client
        .patch(&list.path, json!({"reject_withheld": true}))
        .await
        .expect_problem(428, "precondition_required");
    list.client
        .if_match(7)
        .patch(&list.path, json!({"reject_withheld": true}))
        .await
        .expect_problem(412, "stale");
    let table = [
        (json!({"reject_all": true}), "/reject_all", "unknown_field"),
        (json!({"entry_count": 5}), "/entry_count", "unknown_field"),
        (json!({"reject_withheld": null}), "/reject_withheld", "wrong_type"),
        (json!({"reject_withheld": "true"}), "/reject_withheld", "wrong_type"),
        (json!({"reject_pay_phone": 1}), "/reject_pay_phone", "wrong_type"),
        (json!([true]), "", "wrong_type"),
    ];
    for (body, pointer, code) in table {
        list.client.if_match(1).patch(&list.path, body).await.expect_fields(&[(pointer, code)]);
    }
    assert_eq!(list.client.get(&list.path).await.version(), 1);
    assert_eq!(log_of(&holder, 0).await, Vec::<Value>::new());
    list.client.if_match(1).patch(&list.path, json!({"reject_withheld": true})).await.expect(200);
    list.client
        .if_match(1)
        .patch(&list.path, json!({"reject_pay_phone": true}))
        .await
        .expect_problem(412, "stale");
});
