//! Whoever calls, in whatever form: no event is lost, and nothing unreadable passes for a number.

use serde_json::{Value, json};
use tests::switch::{Switch, event};
use tests::{Client, Holder, on_both};

/// What becomes of a call.
async fn ask(switch: &Client, question: Value) -> Value {
    switch.post("/switch/route-decision", question).await.expect(200)
}

/// The caller of the event that came last.
async fn latest(holder: &Holder) -> Value {
    holder.client.get("/call-events?limit=1").await.expect(200)["items"][0]["caller"].clone()
}

on_both!(a_caller_from_within_is_shown_by_the_extension, async |app| {
    let (holder, switch) = (app.holder("minato").await, Switch::of(&app).await);
    let called = holder.dialled(0).await;
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[1]);
    let version = app.operator().get(&path).await.version();
    let extension = json!({"extension": "1001"});
    app.operator().if_match(version).patch(&path, extension).await.expect(200);
    let mut count = 0;
    let mut caller_of = async |more: Value| {
        count += 1;
        let (mut missed, at) = (event(&called, "missed_call", json!({})), app.clock.now());
        missed.as_object_mut().expect("an object").remove("caller");
        for (name, value) in more.as_object().into_iter().flatten() {
            missed[name] = value.clone();
        }
        missed["call_id"] = json!(format!("call-{count}"));
        missed["at"] = json!(at);
        app.clock.advance(chrono::TimeDelta::seconds(1));
        switch.tell(json!([missed])).await;
        latest(&holder).await
    };
    for within in [
        json!({"caller": "1001"}),
        json!({"caller": "１００１"}),
        json!({"from_user": "1001", "from_display": "受付"}),
        json!({"from_user": "sip:1001@pbx.example:5060"}),
        json!({"from_user": "asterisk", "caller": "\"受付\" <sip:1001@pbx.example>;tag=a"}),
    ] {
        let shown = json!({"text": "内線1001", "e164": null, "no_number": null,
            "international": false, "extension": "1001"});
        assert_eq!(caller_of(within.clone()).await, shown, "{within}");
    }
    let unknown = json!({"text": "表示圏外", "e164": null, "no_number": "out_of_range",
        "international": false});
    for (other, shown) in [
        (json!({"caller": "1999"}), unknown.clone()),
        (json!({"caller": "asterisk"}), unknown.clone()),
        (json!({"from_user": "trunk-1"}), unknown.clone()),
        (json!({"caller": "x".repeat(2_000)}), unknown),
        (
            json!({"from_user": "1001", "privacy": "id"}),
            json!({"text": "非通知", "e164": null, "no_number": "withheld",
                "international": false}),
        ),
        (
            json!({"from_user": "1001", "pai": "<sip:+819012345678@carrier.example>"}),
            json!({"text": "090-1234-5678", "e164": "+819012345678", "no_number": null,
                "international": false}),
        ),
        // A service of the network, as long as nobody has the extension.
        (
            json!({"caller": "104"}),
            json!({"text": "104", "e164": "104", "no_number": null, "international": false}),
        ),
    ] {
        assert_eq!(caller_of(other.clone()).await, shown, "{other}");
    }
    let version = app.operator().get(&path).await.version();
    let extension = json!({"extension": "104"});
    app.operator().if_match(version).patch(&path, extension).await.expect(200);
    assert_eq!(caller_of(json!({"caller": "104"})).await["text"], "内線104");
    // What cannot be read is kept as it came, but nothing that somebody hides.
    caller_of(json!({"from_user": "hidden-name", "privacy": "id"})).await;
    let dump = app.database.dump();
    for kept in ["asterisk", "trunk-1", "1999", &"x".repeat(256)] {
        assert!(dump.contains(kept), "{kept}");
    }
    assert!(!dump.contains(&"x".repeat(257)) && !dump.contains("hidden-name"));
});

/// Knuth's generator: the same cases each time.
struct Dice(u64);

impl Dice {
    fn of<'a>(&mut self, faces: &[&'a str]) -> &'a str {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        faces[(self.0 >> 33) as usize % faces.len()]
    }
}

const ODD: &[&str] = &[
    "",
    " ",
    "anonymous",
    "asterisk",
    "1001",
    "201",
    "110",
    "<sip:",
    "<tel:+81300000000;cpc=payphone>",
    "\"",
    "\\",
    "\0",
    "\n",
    "\t",
    "\u{7f}",
    "\u{2028}",
    "\u{202E}",
    "%00",
    "%F",
    ";;;",
    "@@",
    ",",
    "+",
    "=",
    "E+09",
    "９０",
    "🙂",
    "id",
    "none",
    "+819055550000;cpc=ordinary",
    "sip:0@x;reason=no",
];

on_both!(whatever_else_is_odd_nothing_is_lost_that_names_our_number, async |app| {
    let (holder, switch) = (app.holder("minato").await, Switch::of(&app).await);
    let called = holder.dialled(0).await;
    let (digits, national) = (called.trim_start_matches('+'), format!("0{}", &called[3..]));
    let forms = [
        called.clone(),
        digits.to_owned(),
        national.clone(),
        format!("{national}#"),
        format!("tel:{called};npdi"),
        format!("<sip:{digits}@carrier.example:5060;user=phone>"),
        format!("{national}@192.0.2.1"),
        format!("{called};x={}", "y".repeat(3_000)),
    ];
    let mut dice = Dice(4_711);
    let mut odd = |names: &[&str], called: &str| {
        let mut sent = json!({"called": called});
        for name in names {
            let text = format!("{}{}{}", dice.of(ODD), dice.of(ODD), dice.of(ODD));
            sent[*name] = json!(text.repeat(if dice.of(ODD) == "id" { 500 } else { 1 }));
        }
        sent
    };
    let of_calls =
        ["call_id", "from_user", "from_display", "pai", "privacy", "diversion", "priority"];
    for form in forms.iter().cycle().take(64) {
        let decision = ask(&switch.client, odd(&of_calls, form)).await;
        assert_eq!(decision["action"], "ring", "{decision}");
    }
    for count in [json!(-1), json!("many"), json!(null), json!(1.5)] {
        let asked = json!({"called": called, "active_calls": count});
        assert_eq!(ask(&switch.client, asked).await["action"], "ring");
    }
    let of_events = [
        "call_id",
        "caller",
        "from_user",
        "from_display",
        "pai",
        "privacy",
        "diversion",
        "forwarded_to",
    ];
    let events: Vec<Value> = forms
        .iter()
        .cycle()
        .take(400)
        .map(|form| event(&called, "missed_call", odd(&of_events, form)))
        .collect();
    switch.tell(json!(events)).await;
    // Bytes that are no UTF-8, as a display name in Shift_JIS, and half a surrogate.
    let head = format!(r#"{{"called":"{called}","call_id":"1","from_display":""#);
    for tail in [&b"\x91\xe3\x95\\\\\"}"[..], b"\t\"}", br#"\udc8f\u0000"}"#] {
        let body = [head.as_bytes(), tail].concat();
        let client = switch.client.clone().header("content-type", "application/json");
        let answer = client.send_bytes(reqwest::Method::POST, "/switch/route-decision", body).await;
        assert_eq!(answer.expect(200)["action"], "ring");
    }
});
