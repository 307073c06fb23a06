//! IDs and their general settings.

use serde_json::{Value, json};
use tests::{Contract, Holder, on_both};

on_both!(an_id_shows_what_it_is_and_which_terminals_are_signed_in, async |app| {
    let holder = app.holder("minato").await;
    let terminals = format!("{}/ids/{}/terminals", holder.operator_path(), holder.ids[1]);
    let phone = app
        .operator()
        .post(&terminals, json!({"kind": "ip_phone", "name": "会議室 T54W"}))
        .await
        .expect(201);
    let app_on_phone = app
        .operator()
        .post(&terminals, json!({"kind": "ios", "name": "iPhone 17"}))
        .await
        .expect(201);
    let basic = json!({
        "id": holder.ids[0], "login_id": "minato000", "kind": "basic", "extension": "200",
            "terminal_name": "",
        "number_id": holder.numbers[0], "outbound_number_id": null, "terminals": [],
        "capabilities": ["terminal_name", "extension", "password_change"], "version": 1,
    });
    assert_eq!(holder.client.get(&holder.id(0)).await.expect(200), basic);
    let additional = holder.client.get(&holder.id(1)).await.expect(200);
    assert_eq!(
        (&additional["kind"], &additional["number_id"]),
        (&json!("additional"), &Value::Null)
    );
    assert_eq!(
        additional["capabilities"],
        json!(["terminal_name", "extension", "password_change", "password_reveal"])
    );
    assert_eq!(additional["terminals"], json!([phone, app_on_phone]));
    assert_eq!(holder.client.get(&holder.id(2)).await["terminals"], json!([]));
    assert!(!holder.client.get("/ids").await.text.contains("password_hash"));
});

on_both!(a_holder_names_a_terminal_and_sees_it_everywhere, async |app| {
    let holder = app.holder("minato").await;
    let revision = holder.revision().await;
    let named = holder
        .client
        .if_match(1)
        .patch(&holder.id(1), json!({"terminal_name": " 受付 iPhone　"}))
        .await;
    assert_eq!(named.version(), 2);
    assert_eq!(named["terminal_name"], "受付 iPhone");
    let seen = holder.client.get(&holder.id(1)).await;
    assert_eq!((seen.version(), &seen.json), (2, &named.json));
    assert_eq!(holder.client.get("/ids").await["items"][1], named.json);
    assert_eq!(holder.revision().await, revision + 1);
    let entry = &holder.log().await[0];
    assert_eq!(
        (&entry["object_kind"], &entry["object_id"]),
        (&json!("phone_id"), &json!(holder.ids[1]))
    );
    assert_eq!(
        (&entry["before"], &entry["after"]),
        (&json!({"terminal_name": ""}), &json!({"terminal_name": "受付 iPhone"}))
    );
    let emptied = holder
        .client
        .if_match(2)
        .patch(&holder.id(1), json!({"terminal_name": ""}))
        .await
        .expect(200);
    assert_eq!(emptied["terminal_name"], "");
});

on_both!(only_the_terminal_name_of_an_id_can_be_changed_here, async |app| {
    let holder = app.holder("minato").await;
    let before = (
        holder.client.get(&holder.id(1)).await.expect(200),
        holder.revision().await,
        holder.log().await,
    );
    let table = [
        (json!({"extension": "999"}), ("/extension", "unknown_field")),
        (json!({"login_id": "other"}), ("/login_id", "unknown_field")),
        (
            json!({"outbound_number_id": holder.numbers[0]}),
            ("/outbound_number_id", "unknown_field"),
        ),
        (json!({"password": "another long one"}), ("/password", "unknown_field")),
        (json!({"terminal_name": "あ".repeat(41)}), ("/terminal_name", "too_long")),
        (json!({"terminal_name": "a\u{202e}b"}), ("/terminal_name", "control_character")),
        (json!({"terminal_name": "a\nb"}), ("/terminal_name", "control_character")),
        (json!({"terminal_name": 1}), ("/terminal_name", "wrong_type")),
        (json!({"terminal_name": null}), ("/terminal_name", "wrong_type")),
    ];
    for (body, fault) in table {
        holder.client.if_match(1).patch(&holder.id(1), body).await.expect_fields(&[fault]);
    }
    holder
        .client
        .patch(&holder.id(1), json!({"terminal_name": "x"}))
        .await
        .expect_problem(428, "precondition_required");
    for stale in ["\"2\"", "\"garbage\""] {
        let client = holder.client.clone().header("if-match", stale);
        client
            .patch(&holder.id(1), json!({"terminal_name": "x"}))
            .await
            .expect_problem(412, "stale");
    }
    for nothing in [json!({}), json!({"terminal_name": ""}), json!({"terminal_name": "  "})] {
        assert_eq!(holder.client.if_match(1).patch(&holder.id(1), nothing).await.version(), 1);
    }
    assert_eq!(
        (
            holder.client.get(&holder.id(1)).await.expect(200),
            holder.revision().await,
            holder.log().await
        ),
        before
    );
    let longest = "あ".repeat(40);
    let named = holder
        .client
        .if_match(1)
        .patch(&holder.id(1), json!({"terminal_name": longest}))
        .await
        .expect(200);
    assert_eq!(named["terminal_name"], longest);
});

on_both!(an_outbound_number_is_for_devices_in_contracts_with_two_numbers, async |app| {
    let contract = Contract {
        numbers: 1,
        ids: 2,
        options: json!({"ip_phone": true, "premises_device": true}),
    };
    let holder = Holder::provision(&app, "minato", contract).await;
    let operator = app.operator();
    let offers = async |index: usize| {
        let id = holder.client.get(&holder.id(index)).await.expect(200);
        id["capabilities"].as_array().is_some_and(|list| list.contains(&json!("outbound_number")))
    };
    for (index, option) in [(0, "ip_phone"), (1, "premises_device")] {
        let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[index]);
        operator.if_match(1).patch(&path, json!({"device_option": option})).await.expect(200);
        assert!(!offers(index).await, "one number leaves no choice");
    }
    let second = json!({"number": "050-1234-5678", "kind": "additional", "max_channels": 1});
    operator.post(&format!("{}/numbers", holder.operator_path()), second).await.expect(201);
    assert!(offers(0).await && offers(1).await);
    let options = format!("{}/options", holder.operator_path());
    let version = operator.get(&options).await.version();
    operator.if_match(version).put(&options, json!({"premises_device": true})).await.expect(200);
    assert!(
        !offers(0).await && offers(1).await,
        "without the option there is no device to call out with"
    );
});

on_both!(an_id_that_does_not_exist_is_not_found, async |app| {
    let holder = app.holder("minato").await;
    for id in ["01930f5e-7a3c-7c1e-9a44-2f0d6f1c3b21", "x", holder.numbers[0].as_str()] {
        holder.client.get(&format!("/ids/{id}")).await.expect_problem(404, "not_found");
        let write = holder
            .client
            .if_match(1)
            .patch(&format!("/ids/{id}"), json!({"terminal_name": "x"}))
            .await;
        write.expect_problem(404, "not_found");
    }
});
