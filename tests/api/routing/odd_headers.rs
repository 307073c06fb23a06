//! No call is lost because a header is odd: what carriers and switches were seen to send.

use reqwest::Method;
use serde_json::{Value, json};
use tests::on_both;
use tests::switch::Switch;

use crate::routing::decisions::{ask, until};
use crate::routing::previews::{add, switch as set};

/// A question with these fields.
fn question(more: Value) -> Value {
    let mut question = json!({"call_id": "call-1@pbx.example"});
    let fields = question.as_object_mut().expect("an object");
    fields.extend(more.as_object().cloned().unwrap_or_default());
    question
}

on_both!(the_called_number_is_read_in_every_form, async |app| {
    let (holder, switch) = (app.holder("minato").await, Switch::of(&app).await.client);
    let called = holder.dialled(0).await;
    let digits = called.trim_start_matches('+');
    let national = format!("0{}", &digits[2..]);
    for form in [
        format!("{called};npdi;rn=+81300000000"),
        format!("{called}@carrier.example"),
        format!("sip:{called};npdi;rn=+81300000000@carrier.example:5060;user=phone"),
        format!("tel:{called};npdi"),
        format!("\"代表\" <sip:{national}@carrier.example>;tag=a"),
        format!("{national}#"),
        digits.to_owned(),
        national[1..].to_owned(),
        format!("%2B{digits}"),
        format!("{called};x={}", "y".repeat(1_700)),
    ] {
        let asked = question(json!({"called": form, "from_user": "+819012345678"}));
        let decision = ask(&switch, asked).await;
        assert_eq!(decision["action"], "ring", "{form}: {decision}");
    }
});

on_both!(freeswitch_decides_by_what_was_dialled, async |app| {
    let (holder, switch) = (app.holder("minato").await, Switch::of(&app).await.client);
    let called = holder.dialled(0).await.replace('+', "%2B");
    let form = switch.header("content-type", "application/x-www-form-urlencoded");
    for to in ["trunk-1", "%2B81300000000"] {
        let body = format!(
            "section=dialplan&Caller-Destination-Number={called}&variable_sip_to_user={to}\
             &variable_sip_call_id=a&Caller-Caller-ID-Number=09012345678"
        );
        let answer = form.send(Method::POST, "/switch/route-decision", Some(body)).await;
        assert!(answer.text.contains("bridge"), "{to}: {}", answer.text);
    }
});

on_both!(callers_are_refused_in_every_form, async |app| {
    let (holder, switch) = (app.holder("minato").await, Switch::of(&app).await.client);
    let called = holder.dialled(0).await;
    add(&holder, json!({"caller": "090-5555-0000"})).await;
    add(&holder, json!({"caller": "02001234567890"})).await;
    let switches = json!({"reject_withheld": true, "reject_pay_phone": true});
    set(&holder, "/block-list", switches).await;
    let long = "x".repeat(1_700);
    let asserted = "+819055550000;cpc=ordinary";
    let from = |user: &str| json!({"from_user": user});
    let hidden =
        |privacy: &str| json!({"from_user": "anonymous", "pai": asserted, "privacy": privacy});
    let rows = [
        (from("819055550000"), "block_entry"),
        (from("09055550000#"), "block_entry"),
        (from("9055550000"), "block_entry"),
        (from("+819055550000@carrier.example"), "block_entry"),
        (from("02001234567890"), "block_entry"),
        (json!({"from_user": "anonymous", "pai": asserted}), "block_entry"),
        // As FreeSWITCH has it with paid-type user-domain.
        (json!({"from_user": "anonymous", "pai": "+819055550000@carrier.example"}), "block_entry"),
        (json!({"from_user": "09055550000", "diversion": long}), "block_entry"),
        (json!({"from_user": "09055550000", "call_id": long}), "block_entry"),
        (hidden("id"), "reject_withheld"),
        (hidden("user"), "reject_withheld"),
        (hidden("header"), "reject_withheld"),
        (json!({"pai": "<tel:+81300000000;cpc=payphone>"}), "reject_pay_phone"),
        (json!({"from_user": "+81300000000;cpc=payphone"}), "reject_pay_phone"),
        (from("asterisk"), "ringing"),
        (from("1001"), "ringing"),
    ];
    for (mut asked, rule) in rows {
        asked["called"] = json!(called);
        let is_it = |decision: &Value| decision["matched"]["rule"] == rule;
        let decision = until(&switch, &question(asked.clone()), rule, is_it).await;
        let shows_it = decision.to_string().contains("5555");
        assert!(rule == "block_entry" || !shows_it, "{asked}: {decision}");
    }
});
