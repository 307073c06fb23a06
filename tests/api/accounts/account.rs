//! The contract, as its holder sees it.

use serde_json::{Value, json};
use tests::on_both;

on_both!(a_holder_sees_the_contract, async |app| {
    let holder = app.holder("minato").await;
    let account = holder.client.get("/account").await;
    assert_eq!(account.version(), account["version"].as_u64().expect("a version"));
    let shown = json!({
        "id": holder.account_id, "name": "minato商会", "contact_mail": "minato@example.jp",
        "forwarding_number": null, "options": {"ip_phone": true, "premises_device": false,
            "voicemail": false, "fax": false},
        "number_count": 2, "id_count": 3, "revision": 6, "version": 1,
    });
    assert_eq!(account.expect(200), shown);
});

on_both!(a_holder_changes_the_contact_address, async |app| {
    let holder = app.holder("minato").await;
    let revision = holder.revision().await;
    let changed = holder
        .client
        .if_match(1)
        .patch("/account", json!({"contact_mail": "soumu@minato.example"}))
        .await;
    assert_eq!(changed.version(), 2);
    assert_eq!(
        (&changed["contact_mail"], &changed["revision"]),
        (&json!("soumu@minato.example"), &json!(revision + 1))
    );
    assert_eq!(holder.client.get("/account").await.json, changed.json);
    let entry = &holder.log().await[0];
    assert_eq!((&entry["object_kind"], &entry["actor"]), (&json!("account"), &json!("minato000")));
    assert_eq!(entry["before"], json!({"contact_mail": "minato@example.jp"}));
    assert_eq!(entry["after"], json!({"contact_mail": "soumu@minato.example"}));
    let stale = holder
        .client
        .if_match(1)
        .patch("/account", json!({"contact_mail": "other@minato.example"}))
        .await;
    stale.expect_problem(412, "stale");
    assert_eq!(holder.client.get("/account").await["contact_mail"], "soumu@minato.example");
});

on_both!(only_a_mail_address_is_taken_as_one, async |app| {
    let holder = app.holder("minato").await;
    let before = (holder.client.get("/account").await.json, holder.log().await);
    let table = [
        (json!({"contact_mail": "nobody"}), "invalid_format"),
        (json!({"contact_mail": ""}), "invalid_format"),
        (json!({"contact_mail": "a@b@c.example"}), "invalid_format"),
        (json!({"contact_mail": "a b@c.example"}), "invalid_format"),
        (json!({"contact_mail": 5}), "wrong_type"),
        (json!({"contact_mail": null}), "wrong_type"),
    ];
    for (body, code) in table {
        holder
            .client
            .if_match(1)
            .patch("/account", body)
            .await
            .expect_fields(&[("/contact_mail", code)]);
    }
    // What would be a second header in a mail, and what is longer than any address.
    for bad in [
        "a@c.example\r\nBcc: b@c.example".to_owned(),
        format!("{}@{}.example", "a".repeat(60), "b".repeat(250)),
    ] {
        holder
            .client
            .if_match(1)
            .patch("/account", json!({"contact_mail": bad}))
            .await
            .expect_problem(422, "invalid");
    }
    for (field, value) in
        [("name", json!("x")), ("options", json!({"fax": true})), ("status", json!("active"))]
    {
        let pointer = format!("/{field}");
        holder
            .client
            .if_match(1)
            .patch("/account", json!({field: value}))
            .await
            .expect_fields(&[(&pointer, "unknown_field")]);
    }
    assert_eq!((holder.client.get("/account").await.json, holder.log().await), before);
});

on_both!(a_patch_of_the_contract_that_changes_nothing_leaves_no_trace, async |app| {
    let holder = app.holder("minato").await;
    let before = (holder.client.get("/account").await.json, holder.log().await);
    for nothing in [json!({}), json!({"contact_mail": "minato@example.jp"})] {
        let answer = holder.client.if_match(1).patch("/account", nothing).await;
        assert_eq!((answer.version(), &answer.json), (1, &before.0));
    }
    assert_eq!((holder.client.get("/account").await.json, holder.log().await), before);
    holder.client.patch("/account", json!({})).await.expect_problem(428, "precondition_required");
    let garbage = holder.client.clone().header("if-match", "garbage");
    garbage.patch("/account", json!({})).await.expect_problem(400, "invalid_header");
});

on_both!(
    the_revision_grows_with_every_setting_and_the_version_only_with_the_contract,
    async |app| {
        let holder = app.holder("minato").await;
        let before = holder.client.get("/account").await.json;
        holder
            .client
            .if_match(1)
            .patch(&holder.number(0), json!({"name": "代表"}))
            .await
            .expect(200);
        holder
            .client
            .if_match(1)
            .patch(&holder.id(0), json!({"terminal_name": "受付"}))
            .await
            .expect(200);
        let after = holder.client.get("/account").await.json;
        let revision = |account: &Value| account["revision"].as_u64().expect("a revision");
        assert_eq!(revision(&after), revision(&before) + 2);
        assert_eq!(after["version"], before["version"]);
    }
);
