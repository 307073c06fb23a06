//! What the registrar asks: credentials that fit the passwords, and the numbers that a terminal may
//! present.

use md5::{Digest as _, Md5};
use serde_json::{Value, json};
use sha2::Sha256;
use tests::switch::Switch;
use tests::{Client, PASSWORD, TestApp, on_both};

async fn switch(app: &TestApp) -> Client {
    Switch::of(app).await.client
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn digest(login_id: &str, password: &str) -> Value {
    let text = format!("{login_id}:sip.invalid:{password}");
    json!({"realm": "sip.invalid", "ha1": hex(&Md5::digest(&text)),
        "ha1_sha256": hex(&Sha256::digest(&text))})
}

on_both!(a_terminal_proves_itself_with_its_password, async |app| {
    let holder = app.holder("minato").await;
    let switch = switch(&app).await;
    let basic = switch.get("/switch/ids/minato000").await.expect(200);
    assert_eq!((&basic["login_id"], &basic["active"]), (&json!("minato000"), &json!(true)));
    assert_eq!(basic["digest"], digest("minato000", PASSWORD));
    assert_eq!(
        switch.get("/switch/ids/MINATO000").await.expect(200)["phone_id"],
        basic["phone_id"]
    );
    // A new password is good at once, of both kinds of IDs.
    let new = "とても長い新しい合言葉2026";
    let body = json!({"new_password": new, "new_password_confirmation": new});
    let ids = holder.client.get("/ids").await.expect(200);
    let additional = &ids["items"][1];
    let path = format!("/ids/{}", additional["id"].as_str().unwrap_or_default());
    let version = holder.client.get(&path).await.version();
    let answer = holder.client.if_match(version).put(&format!("{path}/password"), body).await;
    assert!(answer.status < 300, "{}", answer.text);
    let login_id = additional["login_id"].as_str().unwrap_or_default();
    assert_eq!(
        switch.get(&format!("/switch/ids/{login_id}")).await.expect(200)["digest"],
        digest(login_id, new)
    );
    let path = format!("/ids/{}", ids["items"][0]["id"].as_str().unwrap_or_default());
    let version = holder.client.get(&path).await.version();
    let body = json!({"new_password": new, "new_password_confirmation": new,
        "current_password": PASSWORD});
    let answer = holder.client.if_match(version).put(&format!("{path}/password"), body).await;
    assert!(answer.status < 300, "{}", answer.text);
    assert_eq!(
        switch.get("/switch/ids/minato000").await.expect(200)["digest"],
        digest("minato000", new)
    );

    assert_eq!(switch.get("/switch/ids/nobody").await.status, 404);
    // It lies nowhere in the clear.
    let dump = app.database.dump();
    let secrets = [digest("minato000", new), digest(login_id, new)];
    for secret in secrets.iter().flat_map(|digest| [&digest["ha1"], &digest["ha1_sha256"]]) {
        assert!(!dump.contains(secret.as_str().unwrap_or("?")), "{secret}");
    }
    // Whose contract is suspended cannot sign in.
    let account = format!("/operator/accounts/{}", holder.account_id);
    let operator = app.operator();
    let version = operator.get(&account).await.version();
    operator
        .if_match(version)
        .patch(&account, json!({"status": "suspended", "suspended_reason": "x"}))
        .await
        .expect(200);
    let suspended = switch.get("/switch/ids/minato000").await.expect(200);
    assert_eq!((&suspended["active"], &suspended["digest"]), (&json!(false), &Value::Null));
});

on_both!(an_ip_phone_may_present_the_chosen_number_and_the_app_any_of_the_contract, async |app| {
    let holder = app.holder("minato").await;
    let switch = switch(&app).await;
    let numbers = holder.client.get("/numbers").await.expect(200);
    let all: Vec<&Value> =
        numbers["items"].as_array().expect("items").iter().map(|number| &number["e164"]).collect();
    assert!(all.len() >= 2);
    let app_id = switch.get("/switch/ids/minato000").await.expect(200);
    assert_eq!(
        (&app_id["outbound"]["number"], &app_id["outbound"]["allowed"]),
        (all[0], &json!(all))
    );
    let operator = app.operator();
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[1]);
    let version = operator.get(&path).await.version();
    operator.if_match(version).patch(&path, json!({"device_option": "ip_phone"})).await.expect(200);
    let login = "/switch/ids/minato001".to_owned();
    assert_eq!(
        switch.get(&login).await.expect(200)["outbound"],
        json!({"number": all[0], "allowed": [all[0]]})
    );
    let path = format!("{}/outbound-number", holder.id(1));
    let version = holder.client.get(&path).await.version();
    holder
        .client
        .if_match(version)
        .put(&path, json!({"number_id": numbers["items"][1]["id"]}))
        .await
        .expect(200);
    assert_eq!(
        switch.get(&login).await.expect(200)["outbound"],
        json!({"number": all[1], "allowed": [all[1]]})
    );
});
