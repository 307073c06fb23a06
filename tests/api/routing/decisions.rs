//! What switches are told about calls: the settings of the portal, live within a second, in the
//! words of each switch.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::switch::{Switch, event};
use tests::{Backend, Client, Holder, Replica, TestApp, block_on, on_both, service_key, within};

fn question(called: &str, caller: &str) -> Value {
    json!({"call_id": "call-1@pbx.example", "called": called, "from_user": caller})
}

pub(super) async fn ask(switch: &Client, question: Value) -> Value {
    switch.post("/switch/route-decision", question).await.expect(200)
}

async fn scene(app: &TestApp) -> (Holder, Client, String) {
    let (holder, switch) = (app.holder("minato").await, Switch::of(app).await);
    let called = holder.dialled(0).await;
    (holder, switch.client, called)
}

/// Waits until the decision is one that `is` likes, for twice the promised second: what is measured
/// is that it comes, on a machine that is busy with other tests.
pub(super) async fn until(
    switch: &Client,
    asked: &Value,
    what: &str,
    is: impl Fn(&Value) -> bool,
) -> Value {
    within(Duration::from_secs(2))
        .eventually(what, async || {
            let decision = ask(switch, asked.clone()).await;
            if is(&decision) { Ok(decision) } else { Err(decision) }
        })
        .await
}

on_both!(a_call_rings_what_the_portal_says, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let decision = ask(&switch, question(&called, "+819012345678")).await;
    assert_eq!(
        (&decision["action"], &decision["matched"]["rule"]),
        (&json!("ring"), &json!("ringing"))
    );
    assert_eq!(decision["caller"]["text"], "090-1234-5678");
    let routes = decision["rtjson"]["routes"].as_array().expect("routes");
    let devices = decision["devices"].as_array().expect("devices");
    assert_eq!(
        (&decision["rtjson"]["version"], &decision["rtjson"]["routing"]),
        (&json!("1.0"), &json!("parallel"))
    );
    assert!(routes.len() == devices.len() && devices.len() >= 2, "{decision}");
    assert_eq!(
        routes[0]["uri"],
        format!("sip:{}@sip.invalid", devices[0]["login_id"].as_str().unwrap_or_default())
    );
    assert_eq!((&decision["later"], &decision["sip"]), (&Value::Null, &Value::Null));
    let preview = holder
        .client
        .post(&format!("{}/route-preview", holder.number(0)), json!({"caller": "090-1234-5678"}))
        .await
        .expect(200);
    for field in ["revision", "action", "matched", "devices", "channel_limit", "caller"] {
        assert_eq!(decision[field], preview[field], "{field}: the portal's preview says the same");
    }
});

on_both!(a_change_is_live_within_a_second_also_at_another_server, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let replica = Replica::of(&app);
    let other = Client::new(&replica.url)
        .bearer(&service_key(&app.app, server::identity::service_keys::KeyKind::Switch).await);
    let asked = question(&called, "0120-444-555");
    for switch in [&switch, &other] {
        assert_eq!(ask(switch, asked.clone()).await["action"], "ring");
    }
    let entries = format!("{}/block-list/entries", holder.number(0));
    let entry = holder
        .client
        .post(&entries, json!({"caller": "0120-444", "match": "prefix"}))
        .await
        .expect(201);
    for switch in [&switch, &other] {
        let decision =
            until(switch, &asked, "it is refused", |decision| decision["action"] == "reject").await;
        assert_eq!(decision["sip"], json!({"code": 603, "reason": "Decline"}));
        assert_eq!(
            (&decision["matched"]["rule"], &decision["matched"]["entry_id"]),
            (&json!("block_entry"), &entry["id"])
        );
        assert_eq!(decision["revision"], holder.revision().await);
        assert_eq!((&decision["rtjson"], &decision["devices"]), (&Value::Null, &json!([])));
    }
    let path = format!("{entries}/{}", entry["id"].as_str().unwrap_or_default());
    holder.client.if_match(1).delete(&path).await.expect(204);
    until(&other, &asked, "it rings again", |decision| decision["action"] == "ring").await;
    // A contract that is gone is gone within a second, too.
    let account = format!("/operator/accounts/{}", holder.account_id);
    let operator = app.operator();
    let version = operator.get(&account).await.version();
    operator.if_match(version).delete(&account).await.expect(204);
    let gone =
        until(&switch, &asked, "nobody has it", |decision| decision["action"] == "reject").await;
    assert_eq!(
        (&gone["matched"]["rule"], &gone["sip"]["code"], &gone["revision"]),
        (&json!("unknown_number"), &json!(404), &json!(0))
    );
});

on_both!(a_suspended_contract_does_not_ring, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let asked = question(&called, "0312345678");
    ask(&switch, asked.clone()).await;
    let account = format!("/operator/accounts/{}", holder.account_id);
    let operator = app.operator();
    let version = operator.get(&account).await.version();
    let suspend = json!({"status": "suspended", "suspended_reason": "料金の未払い"});
    operator.if_match(version).patch(&account, suspend).await.expect(200);
    let decision =
        until(&switch, &asked, "it is refused", |decision| decision["action"] == "reject").await;
    assert_eq!(
        (&decision["matched"]["rule"], &decision["sip"]["code"]),
        (&json!("suspended"), &json!(480))
    );
});

on_both!(a_contract_with_voicemail_lets_callers_leave_a_message, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let asked = question(&called, "0312345678");
    assert_eq!(ask(&switch, asked.clone()).await["voicemail_after_s"], Value::Null);
    let path = format!("{}/options", holder.operator_path());
    let operator = app.operator();
    let version = operator.get(&path).await.version();
    operator.if_match(version).put(&path, json!({"voicemail": true})).await.expect(200);
    let takes = |decision: &Value| decision["voicemail_after_s"] == 20;
    until(&switch, &asked, "a message may be left", takes).await;
    let form = switch.clone().header("accept", "application/x-www-form-urlencoded");
    let answer = form.post("/switch/route-decision", asked.clone()).await.text;
    assert!(answer.contains("&voicemail_after_s=20&channel_limit="), "{answer}");
    // A busy line takes none, nor does an extension.
    let mut busy = asked;
    busy["active_calls"] = json!(9);
    let inside = json!({"call_id": "1", "called": "201", "calling_login_id": "minato000"});
    for asked in [busy, inside] {
        assert_eq!(ask(&switch, asked).await["voicemail_after_s"], Value::Null);
    }
});

on_both!(a_claim_to_call_back_counts_after_an_emergency_call, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let list = format!("{}/block-list", holder.number(0));
    let patch = json!({"reject_withheld": true});
    holder.client.clone().header("if-match", "*").patch(&list, patch).await.expect(200);
    let asked = json!({"call_id": "1", "called": called, "from_user": "anonymous",
        "priority": "Psap-Callback"});
    until(&switch, &asked, "nobody is believed", |decision| decision["action"] == "reject").await;
    let outgoing = |caller: &str, at: chrono::DateTime<chrono::Utc>| {
        event(
            &called,
            "outgoing_call",
            json!({"id": caller, "call_id": caller,
            "caller": caller, "at": at}),
        )
    };
    // A call to somebody else, and an emergency call of yesterday, change nothing.
    let now = app.clock.now();
    let reporter = Switch::of(&app).await;
    reporter.tell(json!([outgoing("0312340000", now)])).await;
    reporter.tell(json!([outgoing("118", now - TimeDelta::days(1))])).await;
    assert_eq!(ask(&switch, asked.clone()).await["action"], "reject");
    reporter.tell(json!([outgoing("110", now)])).await;
    until(&switch, &asked, "it is called back", |decision| decision["action"] == "ring").await;
    let snapshot = switch.get("/switch/snapshot").await.text;
    assert!(snapshot.contains("callbacks_until"), "{snapshot}");
    app.clock.advance(TimeDelta::seconds(3_601));
    assert_eq!(ask(&switch, asked.clone()).await["action"], "reject");
});

on_both!(
    a_switch_that_marks_call_backs_itself_is_believed,
    |config| {
        config.switch.marks_psap = vec!["test".into()];
    },
    async |app| {
        let (holder, switch, called) = scene(&app).await;
        let list = format!("{}/block-list", holder.number(0));
        let patch = json!({"reject_withheld": true});
        holder.client.clone().header("if-match", "*").patch(&list, patch).await.expect(200);
        let mut asked = json!({"call_id": "1", "called": called, "from_user": "anonymous"});
        until(&switch, &asked, "it is refused", |decision| decision["action"] == "reject").await;
        asked["priority"] = json!(" psap-callback ");
        assert_eq!(ask(&switch, asked).await["action"], "ring");
    }
);

on_both!(callers_are_read_from_raw_sip_headers, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let list = format!("{}/block-list", holder.number(0));
    let version = holder.client.get(&list).await.version();
    holder
        .client
        .if_match(version)
        .patch(&list, json!({"reject_withheld": true, "reject_pay_phone": true}))
        .await
        .expect(200);
    let table = [
        (json!({"from_user": "anonymous"}), "reject", "reject_withheld"),
        (
            json!({"from_user": "anonymous", "from_display": "Coin line/payphone"}),
            "reject",
            "reject_pay_phone",
        ),
        (json!({"from_user": "anonymous", "from_display": "Unavailable"}), "ring", "ringing"),
        (
            json!({"from_user": "anonymous", "pai": "<tel:+819012345678>", "privacy": "id"}),
            "reject",
            "reject_withheld",
        ),
        (json!({"from_user": "anonymous", "pai": "<tel:+819012345678>"}), "ring", "ringing"),
        (json!({"from_user": "sip:alice@example.org"}), "ring", "ringing"),
        (json!({}), "ring", "ringing"),
        // Anybody can write that.
        (
            json!({"from_user": "anonymous", "priority": "psap-callback"}),
            "reject",
            "reject_withheld",
        ),
        (json!({"from_user": "110", "active_calls": 0}), "ring", "ringing"),
        (json!({"from_user": "0312345678", "active_calls": 9}), "reject", "channel_limit"),
    ];
    for (more, action, rule) in table {
        let mut asked = json!({"call_id": "1", "called": called});
        asked
            .as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        let decision = ask(&switch, asked).await;
        assert_eq!(
            (&decision["action"], &decision["matched"]["rule"]),
            (&json!(action), &json!(rule)),
            "{more}"
        );
    }
    let busy = ask(
        &switch,
        json!({"call_id": "1", "called": called, "from_user": "0312345678", "active_calls": 9}),
    )
    .await;
    assert_eq!(busy["sip"]["code"], 486);
    // The same number, however it is dialled; one that nobody has; one that is none.
    let digits = called.trim_start_matches("+81");
    for same in [
        format!("0{digits}"),
        format!("sip:{called}@sip.example.jp;user=phone"),
        format!("tel:{called}"),
    ] {
        assert_eq!(ask(&switch, question(&same, "anonymous")).await["action"], "reject", "{same}");
    }
    assert_eq!(ask(&switch, question("050-9999-9999", "anonymous")).await["sip"]["code"], 404);
    let problem =
        switch.post("/switch/route-decision", question("nobody", "anonymous")).await.expect(422);
    assert_eq!(problem["errors"][0]["pointer"], "/called");
});

on_both!(the_priority_terminal_rings_first, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let number = holder.client.get(&holder.number(0)).await;
    let ids = holder.client.get("/ids").await.expect(200);
    let second = &ids["items"][1];
    let patch = json!({"priority_phone_id": second["id"]});
    holder.client.if_match(number.version()).patch(&holder.number(0), patch).await.expect(200);
    let asked = question(&called, "0312345678");
    let decision =
        until(&switch, &asked, "one rings first", |decision| decision["later"] != Value::Null)
            .await;
    let first = format!("sip:{}@sip.invalid", second["login_id"].as_str().unwrap_or_default());
    assert_eq!(decision["rtjson"]["routes"], json!([{"uri": first}]));
    assert_eq!(decision["later"]["after_s"], 10);
    let later = decision["later"]["rtjson"]["routes"].as_array().map(Vec::len);
    assert_eq!(later, decision["devices"].as_array().map(Vec::len));
});

on_both!(freeswitch_is_told_to_go_on_outside_the_contexts_of_the_carrier, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let form = switch.header("content-type", "application/x-www-form-urlencoded");
    let ask = async |asked: &str| {
        let asked = format!("section=dialplan&Unique-ID=u1&{asked}").replace('+', "%2B");
        let answer = form.send(Method::POST, "/switch/route-decision", Some(asked)).await;
        assert_eq!(answer.header("content-type"), Some("text/xml; charset=utf-8"));
        (answer.status, answer.text)
    };
    for asked in [
        // An outgoing call, a feature code, and what is no question about a call at all.
        format!("Caller-Destination-Number={called}&Caller-Context=internal&Hunt-Context=internal"),
        "Caller-Destination-Number=*98&Hunt-Context=features".to_owned(),
        format!("Caller-Destination-Number={called}&Caller-Context=public&Hunt-Context=internal"),
    ] {
        let (status, text) = ask(&asked).await;
        assert!(
            status == 200 && text.contains("<result status=\"not found\"/>"),
            "{asked}: {text}"
        );
    }
    let hidden =
        "variable_sip_from_user=%2B819012345678&variable_sip_Privacy=id&Hunt-Context=public";
    let (_, text) = ask(&format!("Caller-Destination-Number={called}&{hidden}")).await;
    let at = |what: &str| text.find(what).unwrap_or_else(|| panic!("{what}: {text}"));
    assert!(at("effective_caller_id_number=anonymous") < at("\"bridge\""));
    assert!(at("effective_caller_id_name=Anonymous") < at("\"bridge\""));
    assert!(!text.contains("9012345678"), "{text}");
    let shown = "variable_sip_from_user=%2B819012345678&Hunt-Context=public";
    let (_, text) = ask(&format!("Caller-Destination-Number={called}&{shown}")).await;
    assert!(text.contains("\"bridge\"") && !text.contains("effective_caller_id"), "{text}");
    // An announcement must not be charged.
    let announces = json!({"targets": [], "busy_announcement": true});
    let path = format!("{}/ringing", holder.number(0));
    let version = holder.client.get(&path).await.version();
    holder.client.if_match(version).put(&path, announces).await.expect(200);
    let busy = format!(
        "Caller-Destination-Number={called}&variable_denwaban_active_calls=9&Hunt-Context=public"
    );
    within(Duration::from_secs(2))
        .eventually("the announcement", async || {
            let (_, text) = ask(&busy).await;
            let right = text.contains("\"pre_answer\"") && !text.contains("\"answer\"");
            if right { Ok(()) } else { Err(text) }
        })
        .await;
});

on_both!(freeswitch_and_asterisk_are_answered_in_their_own_words, async |app| {
    let (_, switch, called) = scene(&app).await;
    let form = |client: &Client| {
        client.clone().header("content-type", "application/x-www-form-urlencoded")
    };
    let path = "/switch/route-decision";
    let digits = called.replace('+', "%2B");
    let asked = format!(
        "section=dialplan&Unique-ID=u1&Caller-Destination-Number={digits}&Caller-Caller-ID-Number=0312345678&Caller-Context=public"
    );
    let answer = form(&switch).send_bytes(Method::POST, path, asked.clone().into_bytes()).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("text/xml; charset=utf-8"))
    );
    assert!(answer.text.contains("<context name=\"public\">"), "{}", answer.text);
    assert!(
        answer.text.contains(
            "<action application=\"bridge\" \
        data=\"user/minato000@sip.invalid,user/minato001@sip.invalid"
        ),
        "{}",
        answer.text
    );

    let asked = format!("call_id=1&called={digits}&from_user=0312345678&active_calls=9");
    let answer = form(&switch).send_bytes(Method::POST, path, asked.into_bytes()).await;
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/x-www-form-urlencoded"))
    );
    assert!(
        answer.text.contains("&action=reject&matched=channel_limit&")
            && answer.text.contains("&sip_code=486&sip_reason=Busy%20Here&"),
        "{}",
        answer.text
    );
    // By Accept, whatever was sent.
    let xml = switch
        .clone()
        .header("accept", "text/xml")
        .post(path, json!({"call_id": "1", "called": called, "active_calls": 9}))
        .await;
    assert!(
        xml.text.contains("<action application=\"respond\" data=\"486 Busy Here\"/>"),
        "{}",
        xml.text
    );
    // mod_xml_curl knows only basic authentication.
    let key = service_key(&app.app, server::identity::service_keys::KeyKind::Switch).await;
    let basic = |key: &str| {
        app.nobody()
            .header("authorization", &format!("Basic {}", STANDARD.encode(format!("switch:{key}"))))
    };
    assert_eq!(basic(&key).post(path, question(&called, "0312345678")).await.status, 200);
    assert_eq!(basic("wrong").post(path, question(&called, "0312345678")).await.status, 401);
    let operator = service_key(&app.app, server::identity::service_keys::KeyKind::Operator).await;
    assert_eq!(basic(&operator).get("/operator/accounts").await.status, 401);
});

on_both!(a_long_list_decides_from_the_first_call_on, async |app| {
    let (holder, switch, called) = scene(&app).await;
    let rows: String = (0..3_000).map(|index| format!("090{index:08}\n")).collect();
    let imports = format!("{}/block-list/imports", holder.number(0));
    let csv = holder.client.clone().header("content-type", "text/csv");
    let import = csv.send_bytes(Method::POST, &imports, rows.into_bytes()).await;
    assert!(import.status < 300, "{}", import.text);
    for round in 0..20 {
        assert_eq!(
            ask(&switch, question(&called, "09000002999")).await["action"],
            "reject",
            "{round}"
        );
        assert_eq!(
            ask(&switch, question(&called, "09000003000")).await["action"],
            "ring",
            "{round}"
        );
    }
});

mod telephones_ring_while_the_database_is_away {
    use super::*;

    // Only PostgreSQL can be taken away: an open file stays.
    #[test]
    fn postgres() {
        block_on(async {
            let app = TestApp::start(Backend::Postgres).await;
            let (_, switch, called) = scene(&app).await;
            let inside = json!({"call_id": "1", "called": "201", "calling_login_id": "minato000"});
            let asked = [question(&called, "0312345678"), inside];
            for asked in &asked {
                assert_eq!(ask(&switch, asked.clone()).await["action"], "ring");
            }
            app.database.vanish();
            // Longer than what is in memory counts as fresh, and than a key does.
            within(Duration::from_secs(2))
                .throughout("both ring", async || {
                    ask(&switch, asked[0].clone()).await["action"] == "ring"
                        && ask(&switch, asked[1].clone()).await["action"] == "ring"
                })
                .await;
        });
    }
}
