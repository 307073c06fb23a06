//! A contract with its first numbers and IDs in one request.

use serde_json::{Value, json};
use tests::{PASSWORD, TestApp, on_both};

fn number(text: &str, kind: &str) -> Value {
    json!({"number": text, "kind": kind, "max_channels": 2})
}

fn id(login_id: &str, kind: &str, extension: &str) -> Value {
    json!({"login_id": login_id, "kind": kind, "extension": extension})
}

/// How many contracts there are.
async fn count(app: &TestApp) -> usize {
    let list = app.operator().get("/operator/accounts").await.expect(200);
    list["items"].as_array().map_or(0, Vec::len)
}

on_both!(one_request_makes_a_contract_with_all_that_is_in_it, async |app| {
    let operator = app.operator();
    let mut basic = id("minato001", "basic", "201");
    basic["password"] = json!(PASSWORD);
    let mut seat = id("minato002", "additional", "202");
    seat["device_option"] = json!("ip_phone");
    seat["reference"] = json!("seat-12");
    let mut line = number("０５０−１２３４−５６７８", "primary");
    line["reference"] = json!(" line-7 ");
    let whole = json!({"name": "港商会", "reference": "C-10234", "options": {"ip_phone": true},
        "numbers": [line, number("03-1234-5678", "additional")], "ids": [basic, seat]});
    let key = operator.clone().header("idempotency-key", "order-4711");
    let made = key.post("/operator/accounts", whole.clone()).await;
    assert_eq!((made.status, made.version()), (201, 1), "{}", made.text);
    assert_eq!((&made["reference"], &made["missing"]), (&json!("C-10234"), &json!([])));
    let column = |list: &str, name: &str| -> Vec<Value> {
        made[list].as_array().into_iter().flatten().map(|item| item[name].clone()).collect()
    };
    assert_eq!(column("numbers", "e164"), ["+815012345678", "+81312345678"]);
    assert_eq!(column("numbers", "reference"), [json!("line-7"), Value::Null]);
    assert_eq!(column("ids", "login_id"), ["minato001", "minato002"]);
    assert_eq!(column("ids", "reference"), [Value::Null, json!("seat-12")]);
    let passwords = column("ids", "generated_password");
    assert!(passwords[0].is_null() && passwords[1].is_string(), "{passwords:?}");
    let path = made.header("location").unwrap_or_default().trim_start_matches("/api/v1").to_owned();
    for list in ["numbers", "ids"] {
        let stored = operator.get(&format!("{path}/{list}")).await.expect(200);
        let mut answered = made[list].clone();
        for item in answered.as_array_mut().expect("a list") {
            item.as_object_mut().expect("an object").remove("generated_password");
        }
        assert_eq!(stored["items"], answered, "{list}");
    }
    let (client, _) = app.nobody().sign_in("minato001", PASSWORD).await;
    assert_eq!(client.get("/account").await.expect(200)["number_count"], 2);

    let again = key.post("/operator/accounts", whole).await;
    assert_eq!((again.status, &again.json), (201, &made.json), "the password, too");
    assert_eq!(again.header("idempotent-replayed"), Some("true"));
    assert_eq!(count(&app).await, 1);
});

on_both!(what_is_wrong_is_said_of_every_item_and_nothing_is_made, async |app| {
    let holder = app.holder("minato").await;
    let taken = holder.dialled(0).await;
    let operator = app.operator();
    operator.post("/operator/accounts", json!({"name": "x", "reference": "C-1"})).await.expect(201);
    let before = count(&app).await;
    let body = |reference: &str, numbers: Value, ids: Value| {
        let name = "港商会";
        json!({"name": name, "reference": reference, "numbers": numbers, "ids": ids})
    };
    let mut boxed = id("kobe003", "additional", "203");
    boxed["device_option"] = json!("premises_device");
    let refused = body(
        " C-1 ",
        json!([
            number("050-1234-5678", "primary"),
            number("050-12-34", "additional"),
            number(&taken, "additional"),
            number("+815012345678", "additional"),
            number("03-1234-5678", "primary"),
        ]),
        json!([
            id(&holder.login_id, "basic", "201"),
            id("kobe001", "additional", "202"),
            id("kobe002", "additional", "202"),
            boxed,
        ]),
    );
    operator.post("/operator/accounts", refused).await.expect_fields(&[
        ("/reference", "taken"),
        ("/numbers/1/number", "invalid_format"),
        ("/numbers/2/number", "taken"),
        ("/numbers/3/number", "taken"),
        ("/numbers/4/kind", "taken"),
        ("/ids/0/login_id", "taken"),
        ("/ids/2/extension", "taken"),
        ("/ids/3/device_option", "not_contracted"),
    ]);

    let mut weak = id("kobe001", "basic", "201");
    weak["password"] = json!("kobe001-2026");
    let two = json!([id("kobe001", "basic", "201"), id("kobe002", "basic", "202")]);
    let many: Vec<Value> =
        (0..101).map(|index| number(&format!("03-1234-{index:04}"), "additional")).collect();
    for (numbers, ids, fault) in [
        (json!([]), json!([weak]), ("/ids/0/password", "contains_login_id")),
        (json!([]), two, ("/ids/1/kind", "taken")),
        (json!([]), json!([id("kobe001", "basic", "0")]), ("/ids/0/extension", "invalid_format")),
        (
            json!([{"kind": "primary", "max_channels": 1}]),
            json!([]),
            ("/numbers/0/number", "required"),
        ),
        (
            json!([number("03-1234-5678", "primary"), {"number": "03-1234-5679", "x": 1}]),
            json!([]),
            ("/numbers/1/x", "unknown_field"),
        ),
        (json!(many), json!([]), ("/numbers", "too_long")),
    ] {
        operator
            .post("/operator/accounts", body("C-2", numbers, ids))
            .await
            .expect_fields(&[fault]);
    }
    assert_eq!(count(&app).await, before, "nothing was made");
    let good = body("C-2", json!([number("050-1234-5678", "primary")]), json!([]));
    let made = operator.post("/operator/accounts", good).await.expect(201);
    assert_eq!(made["missing"], json!(["basic_id"]), "nobody can sign in, and that is said");
});

on_both!(references_are_the_operators_own, async |app| {
    let holder = app.holder("minato").await;
    let kobe = app.holder("kobe").await;
    let operator = app.operator();
    let (account, number, seat) = (
        holder.operator_path(),
        format!("{}/numbers/{}", holder.operator_path(), holder.numbers[0]),
        format!("{}/ids/{}", holder.operator_path(), holder.ids[1]),
    );
    for path in [&account, &number, &seat] {
        let before = operator.get(path).await;
        assert_eq!(before["reference"], Value::Null, "{path}");
        let set = json!({"reference": " 7-あ "});
        let after = operator.if_match(before.version()).patch(path, set.clone()).await;
        assert_eq!((after.status, &after["reference"]), (200, &json!("7-あ")), "{path}");
        assert_eq!(after.version(), before.version() + 1, "{path}");
        let same = operator.if_match(after.version()).patch(path, set).await;
        assert_eq!(same.version(), after.version(), "{path}");
        for (bad, code) in [
            (json!(""), "required"),
            (json!(" 　"), "required"),
            (json!("x".repeat(65)), "too_long"),
            (json!("a\nb"), "control_character"),
            (json!(7), "wrong_type"),
        ] {
            let versioned = operator.if_match(after.version());
            let wrong = versioned.patch(path, json!({"reference": bad})).await;
            wrong.expect_fields(&[("/reference", code)]);
        }
    }
    // A line and a seat of another contract may be called the same; a contract may not.
    let theirs = [
        (kobe.operator_path(), 422),
        (format!("{}/numbers/{}", kobe.operator_path(), kobe.numbers[0]), 200),
        (format!("{}/ids/{}", kobe.operator_path(), kobe.ids[1]), 200),
    ];
    for (path, status) in theirs {
        let version = operator.get(&path).await.version();
        let answer = operator.if_match(version).patch(&path, json!({"reference": "7-あ"})).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text);
    }
    let log = holder.log().await;
    assert_eq!(
        log.iter().filter(|entry| entry["after"] == json!({"reference": "7-あ"})).count(),
        3
    );
    let version = operator.get(&account).await.version();
    let removed = operator.if_match(version).patch(&account, json!({"reference": null})).await;
    assert_eq!(removed.expect(200)["reference"], Value::Null);
    let version = operator.get(&kobe.operator_path()).await.version();
    let freed = json!({"reference": "7-あ"});
    operator.if_match(version).patch(&kobe.operator_path(), freed).await.expect(200);
});

on_both!(contracts_are_found_by_name_reference_and_number, async |app| {
    let operator = app.operator();
    for (name, reference, line) in [
        ("株式会社みなと商会", "C-1", "050-1234-5678"),
        ("ﾐﾅﾄ ABC Trading", "C-2", "03-1234-5678"),
        ("神戸商会", "C-3", "090-1234-5678"),
        ("abc 100%", "c-1", "+1 212 555 0123"),
    ] {
        let whole =
            json!({"name": name, "reference": reference, "numbers": [number(line, "primary")]});
        operator.post("/operator/accounts", whole).await.expect(201);
    }
    let found = async |query: &str| -> Vec<String> {
        let list = operator.get(&format!("/operator/accounts?{query}")).await.expect(200);
        let items = list["items"].as_array().expect("items");
        items.iter().map(|item| item["reference"].as_str().unwrap_or_default().to_owned()).collect()
    };
    for (query, references) in [
        ("name=みなと", vec!["C-1"]),
        ("name=商会", vec!["C-1", "C-3"]),
        ("name=ＡＢＣ", vec!["C-2", "c-1"]),
        ("name=abc%20t", vec!["C-2"]),
        ("name=ミナト", vec!["C-2"]),
        ("name=%25", vec!["c-1"]),
        ("name=_", vec![]),
        ("name=", vec!["C-1", "C-2", "C-3", "c-1"]),
        ("reference=C-1", vec!["C-1"]),
        ("reference=%20C-2%20", vec!["C-2"]),
        ("reference=C", vec![]),
        ("reference=", vec![]),
        ("number=05012345678", vec!["C-1"]),
        ("number=%2B81-3-1234-5678", vec!["C-2"]),
        ("number=０９０ー１２３４ー５６７８", vec!["C-3"]),
        ("number=sip:815012345678%40carrier.example;npdi", vec!["C-1"]),
        ("number=010-1-212-555-0123", vec!["c-1"]),
        ("number=050-1234-5679", vec![]),
        ("number=05012345678&name=みなと&reference=C-1", vec!["C-1"]),
        ("number=05012345678&reference=C-2", vec![]),
        ("number=05012345678&name=神戸", vec![]),
        ("reference=C-3&name=商会", vec!["C-3"]),
    ] {
        assert_eq!(found(query).await, references, "{query}");
    }
    let first = operator.get("/operator/accounts?name=商会&limit=1").await.expect(200);
    let cursor = first["next_cursor"].as_str().expect("there is more");
    assert_eq!(found(&format!("name=商会&limit=1&cursor={cursor}")).await, ["C-3"]);
    let end = operator.get(&format!("/operator/accounts?name=商会&cursor={cursor}")).await;
    assert_eq!(end.expect(200)["next_cursor"], Value::Null);
    assert_eq!(found(&format!("reference=C-1&cursor={cursor}")).await, Vec::<String>::new());
    for (query, code) in [
        ("number=", "required"),
        ("number=050-12", "number_too_short"),
        ("number=110", "invalid_format"),
        ("number=anonymous", "no_number_given"),
        ("number=みなと", "unexpected_character"),
    ] {
        let refused = operator.get(&format!("/operator/accounts?{query}")).await;
        refused.expect_fields(&[("?number", code)]);
    }
});
