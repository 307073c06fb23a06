//! Calls from one ID of a contract to another.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tests::switch::Switch;
use tests::{TestApp, on_both};

use crate::routing::decisions::{ask, until};

fn question(login_id: &str, called: &str) -> Value {
    json!({"call_id": "call-1@pbx.example", "called": called, "calling_login_id": login_id,
        "from_user": login_id})
}

async fn suspend(app: &TestApp, path: &str) {
    let (operator, reason) = (app.operator(), json!("料金の未払い"));
    let suspend = json!({"status": "suspended", "suspended_reason": reason});
    let version = operator.get(path).await.version();
    operator.if_match(version).patch(path, suspend).await.expect(200);
}

on_both!(the_one_with_the_extension_rings_whatever_is_set_for_numbers, async |app| {
    let (minato, kobe) = (app.holder("minato").await, app.holder("kobe").await);
    let switch = Switch::of(&app).await.client;
    // Nothing of a number counts: nobody rings for it, it is paused, everybody is refused.
    for id in 0..3 {
        minato.silence(&app, 0, id).await;
    }
    let put = async |path: String, body: Value| {
        let version = minato.client.get(&path).await.version();
        minato.client.if_match(version).patch(&path, body).await.expect(200);
    };
    let soon = app.clock.now() + TimeDelta::days(1);
    put(minato.number(0), json!({"pause_until": soon})).await;
    put(format!("{}/block-list", minato.number(0)), json!({"reject_out_of_range": true})).await;
    put(minato.id(0), json!({"terminal_name": "営業 山田"})).await;
    put(minato.id(1), json!({"terminal_name": "受付 iPhone"})).await;

    for called in ["201", "２０１", "sip:201@host", "\"受付\" <sip:201@host;user=phone>", "201#"]
    {
        let mut asked = question("Minato000", called);
        asked["active_calls"] = json!(9);
        let decision = ask(&switch, asked).await;
        assert_eq!(
            (&decision["action"], &decision["matched"]["rule"]),
            (&json!("ring"), &json!("internal_call")),
            "{called}: {decision}"
        );
        assert_eq!(
            decision["devices"],
            json!([{"phone_id": minato.ids[1], "login_id": "minato001",
                "terminal_name": "受付 iPhone", "extension": "201", "ring_after_s": 0,
                "ringtone": "ringtone_1", "display_name": "", "number_name": ""}])
        );
        let route = json!([{"uri": "sip:minato001@sip.invalid"}]);
        assert_eq!((&decision["rtjson"]["routes"], &decision["later"]), (&route, &Value::Null));
        assert_eq!(
            decision["calling"],
            json!({"phone_id": minato.ids[0], "login_id": "minato000", "extension": "200",
                "terminal_name": "営業 山田"})
        );
        let caller = json!({"text": "200 営業 山田", "e164": null, "no_number": null,
            "international": false, "extension": "200"});
        assert_eq!(decision["caller"], caller);
        assert_eq!(decision["revision"], minato.revision().await);
    }
    // Each within its own contract, although both have the extension.
    let decision = ask(&switch, question("kobe002", "201")).await;
    assert_eq!(decision["devices"][0]["phone_id"], kobe.ids[1]);
});

on_both!(what_is_no_extension_of_the_contract_is_told_from_what_is, async |app| {
    let (minato, kobe) = (app.holder("minato").await, app.holder("kobe").await);
    let switch = Switch::of(&app).await.client;
    let operator = app.operator();
    for (index, extension) in [(0, "117"), (1, "110")] {
        let path = format!("{}/ids/{}", kobe.operator_path(), kobe.ids[index]);
        let version = operator.get(&path).await.version();
        let change = json!({"extension": extension});
        operator.if_match(version).patch(&path, change).await.expect(200);
    }
    suspend(&app, &app.holder("suma").await.operator_path()).await;
    let own = minato.dialled(0).await;
    let digits = own.trim_start_matches("+81");
    for (login_id, called, action, rule, code) in [
        ("minato000", "201", "ring", "internal_call", None),
        // Its own: another telephone of the ID may be registered.
        ("minato000", "200", "ring", "internal_call", None),
        ("minato000", "299", "reject", "unknown_extension", Some(404)),
        ("minato000", "117", "reject", "unknown_extension", Some(404)),
        ("nobody", "201", "reject", "unknown_extension", Some(404)),
        ("suma000", "201", "reject", "suspended", Some(480)),
        ("kobe002", "117", "ring", "internal_call", None),
        // A call for help leads outside.
        ("kobe002", "110", "reject", "unknown_number", Some(404)),
        // A number is a number, whoever calls it.
        ("minato000", &own, "ring", "ringing", None),
        ("kobe000", &format!("0{digits}"), "ring", "ringing", None),
        ("minato000", "050-9999-9999", "reject", "unknown_number", Some(404)),
        // Without an ID there are no extensions.
        ("", "117", "reject", "unknown_number", Some(404)),
    ] {
        let decision = ask(&switch, question(login_id, called)).await;
        assert_eq!(
            (&decision["action"], &decision["matched"]["rule"], &decision["sip"]["code"]),
            (&json!(action), &json!(rule), &json!(code)),
            "{login_id} calls {called}: {decision}"
        );
        assert!(decision["matched"]["reason"].as_str().is_some_and(|reason| reason.len() > 10));
    }
    let nonsense = switch.post("/switch/route-decision", question("minato000", "alice")).await;
    nonsense.expect_fields(&[("/called", "invalid_format")]);
    switch.post("/switch/route-decision", question("", "201")).await.expect(422);
});

on_both!(a_change_of_an_extension_is_live_within_a_second, async |app| {
    let (minato, switch) = (app.holder("minato").await, Switch::of(&app).await.client);
    let (operator, asked) = (app.operator(), question("minato000", "777"));
    assert_eq!(ask(&switch, asked.clone()).await["matched"]["rule"], "unknown_extension");
    let path = format!("{}/ids/{}", minato.operator_path(), minato.ids[2]);
    let version = operator.get(&path).await.version();
    operator.if_match(version).patch(&path, json!({"extension": "777"})).await.expect(200);
    until(&switch, &asked, "it rings", |decision| decision["action"] == "ring").await;
    suspend(&app, &minato.operator_path()).await;
    until(&switch, &asked, "it is refused", |decision| decision["sip"]["code"] == 480).await;
});

on_both!(other_switches_are_answered_about_extensions_in_their_own_words, async |app| {
    let (minato, switch) = (app.holder("minato").await, Switch::of(&app).await.client);
    let version = minato.client.get(&minato.id(0)).await.version();
    let name = json!({"terminal_name": "営業 & {山田}"});
    minato.client.if_match(version).patch(&minato.id(0), name).await.expect(200);
    let form = switch.header("content-type", "application/x-www-form-urlencoded");
    let ask = async |asked: &str| {
        form.send(Method::POST, "/switch/route-decision", Some(asked.to_owned())).await.text
    };
    let asterisk = ask("call_id=1&called=201&calling_login_id=minato000&from_user=200").await;
    for part in [
        "&action=ring&matched=internal_call&caller=&calling_extension=200&calling_name=%E5%96%B6",
        "&devices=minato001&ring_after_s=0&",
        "&channel_limit=0",
    ] {
        assert!(asterisk.contains(part), "{part}: {asterisk}");
    }
    let asterisk = ask("call_id=1&called=299&calling_login_id=minato000").await;
    let part = "&action=reject&matched=unknown_extension&";
    assert!(asterisk.contains(part) && asterisk.contains("&sip_code=404&"), "{asterisk}");
    // FreeSWITCH asks about every context, and is answered about extensions in all of them.
    let freeswitch = "section=dialplan&Unique-ID=u1&Hunt-Context=internal\
        &variable_denwaban_calling_login_id=minato000&Caller-Destination-Number=";
    let text = ask(&format!("{freeswitch}201")).await;
    for part in [
        "<context name=\"internal\">",
        "data=\"effective_caller_id_number=200\"",
        "data=\"effective_caller_id_name=営業 &amp; 山田\"",
        "application=\"bridge\" data=\"user/minato001@sip.invalid\"",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let text = ask(&format!("{freeswitch}299")).await;
    assert!(text.contains("application=\"respond\" data=\"404 Not Found\""), "{text}");
    let text = ask(&format!("{freeswitch}0901234567")).await;
    assert!(text.contains("<result status=\"not found\"/>"), "{text}");
});
