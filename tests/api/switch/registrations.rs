//! Which telephones and boxes are registered: as switches report it, whatever the order.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use chrono::{DateTime, TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};
use server::identity::service_keys::KeyKind;
use tests::switch::Switch;
use tests::{Contract, Holder, TestApp, on_both, service_key};

const PHONE: &str = "sip:minato001@192.0.2.10:5062;transport=udp";

fn report(event: &str, at: DateTime<Utc>, more: Value) -> Value {
    let mut report = json!({"event": event, "login_id": "minato001", "contact": PHONE,
        "user_agent": "Yealink SIP-T46U 108.86.0.20", "at": at});
    if event == "registered" {
        report["expires_at"] = json!(at + TimeDelta::hours(1));
    }
    for (name, value) in more.as_object().into_iter().flatten() {
        report[name] = value.clone();
    }
    report
}

/// `kind name` of each terminal of an ID, as the portal shows it.
async fn shown(holder: &Holder, id: usize) -> Vec<String> {
    let terminals = holder.client.get(&holder.id(id)).await.expect(200)["terminals"].clone();
    let words = |terminal: &Value| {
        format!(
            "{} {}",
            terminal["kind"].as_str().unwrap_or("?"),
            terminal["name"].as_str().unwrap_or("?")
        )
    };
    terminals.as_array().expect("terminals").iter().map(words).collect()
}

async fn scene(app: &TestApp) -> (Holder, Switch, DateTime<Utc>) {
    let options = json!({"ip_phone": true, "premises_device": true});
    let holder =
        Holder::provision(app, "minato", Contract { options, ..Contract::default() }).await;
    (holder, Switch::of(app).await, app.clock.now())
}

on_both!(a_telephone_stands_in_the_portal_from_its_registration_to_its_end, async |app| {
    let (holder, switch, now) = scene(&app).await;
    let (revision, log) = (holder.revision().await, holder.log().await.len());
    let version = holder.client.get(&holder.id(1)).await.version();
    let report_of = |event, at| json!([report(event, at, json!({}))]);
    assert_eq!(switch.registrations(report_of("registered", now)).await, ["accepted"]);
    let list = holder.client.get("/ids").await.expect(200);
    let terminal = list["items"][1]["terminals"][0].clone();
    assert_eq!(
        (&terminal["kind"], &terminal["name"], &terminal["last_seen_at"], &terminal["registered"]),
        (&json!("ip_phone"), &json!("Yealink SIP-T46U"), &json!(now), &json!(true))
    );
    let of_operator =
        app.operator().get(&format!("{}/ids/{}", holder.operator_path(), holder.ids[1])).await;
    assert_eq!(of_operator["terminals"], json!([terminal]));
    // The same telephone again, by the same switch or another.
    let later = now + TimeDelta::minutes(30);
    app.clock.advance(TimeDelta::minutes(30));
    let other = Switch::of(&app).await;
    assert_eq!(other.registrations(report_of("registered", later)).await, ["accepted"]);
    let again = holder.client.get(&holder.id(1)).await.expect(200)["terminals"].clone();
    assert_eq!((&again[0]["id"], &again[0]["last_seen_at"]), (&terminal["id"], &json!(later)));
    assert_eq!(again.as_array().map(Vec::len), Some(1));
    // The switch keeps it: the portal can't end it, and says so.
    let path = format!("{}/terminals/{}", holder.id(1), terminal["id"].as_str().unwrap_or("?"));
    let refused = holder.client.delete(&path).await;
    assert!(refused.text.contains("交換機"), "{}", refused.text);
    refused.expect_fields(&[("/terminal_id", "not_applicable")]);
    let elsewhere = path.replace(&holder.ids[1], &holder.ids[2]);
    holder.client.delete(&elsewhere).await.expect_problem(404, "not_found");
    assert_eq!(switch.registrations(report_of("unregistered", later)).await, ["accepted"]);
    assert_eq!(shown(&holder, 1).await, [""; 0]);
    // It is no setting.
    assert_eq!((holder.revision().await, holder.log().await.len()), (revision, log));
    assert_eq!(holder.client.get(&holder.id(1)).await.version(), version);
    // The address of a telephone is not kept.
    assert!(!app.database.dump().contains("192.0.2.10"));
});

on_both!(what_is_silent_for_too_long_goes, async |app| {
    let (holder, switch, now) = scene(&app).await;
    switch.registrations(json!([report("registered", now, json!({}))])).await;
    app.clock.advance(TimeDelta::minutes(59));
    assert_eq!(shown(&holder, 1).await, ["ip_phone Yealink SIP-T46U"]);
    app.clock.advance(TimeDelta::minutes(1));
    assert_eq!(shown(&holder, 1).await, [""; 0]);
    app.clock.advance(TimeDelta::hours(25));
    server::app::housekeeping::clean(&app.app).await.expect("it is tidied up");
    let all = "UPDATE registrations SET user_agent = user_agent".to_owned();
    assert_eq!(store::tamper(&app.app.db, all).await.expect("a count"), 0);
    // Nobody is believed for ever, and a clock that is ahead changes nothing.
    let now = app.clock.now();
    let ahead = now + TimeDelta::hours(5);
    let reports = json!([
        report("registered", now, json!({"expires_at": now + TimeDelta::days(4_000)})),
        report("registered", ahead, json!({"contact": "sip:b@192.0.2.11", "user_agent": "b"})),
    ]);
    assert_eq!(switch.registrations(reports).await, ["accepted", "accepted"]);
    assert_eq!(shown(&holder, 1).await, ["ip_phone Yealink SIP-T46U", "ip_phone b"]);
    let seen = holder.client.get(&holder.id(1)).await.expect(200)["terminals"][1].clone();
    assert_eq!(seen["last_seen_at"], json!(now));
    app.clock.advance(TimeDelta::minutes(61));
    assert_eq!(shown(&holder, 1).await, ["ip_phone Yealink SIP-T46U"]);
    app.clock.advance(TimeDelta::days(30));
    assert_eq!(
        app.operator().get(&format!("{}/ids", holder.operator_path())).await.expect(200)["items"]
            [1]["terminals"],
        json!([])
    );
});

on_both!(an_older_report_never_undoes_a_newer_one, async |app| {
    let (holder, switch, now) = scene(&app).await;
    let at = |minutes| now - TimeDelta::minutes(minutes);
    let rows: Vec<(Value, Value, &[&str])> = vec![
        (json!([report("registered", at(50), json!({}))]), json!(["accepted"]), &["t"]),
        (json!([report("unregistered", at(40), json!({}))]), json!(["accepted"]), &[]),
        (json!([report("registered", at(45), json!({}))]), json!(["outdated"]), &[]),
        // Of one second, in their order: whether they come once or twice.
        (
            json!([
                report("registered", at(30), json!({})),
                report("unregistered", at(30), json!({}))
            ]),
            json!(["accepted", "accepted"]),
            &[],
        ),
        (
            json!([
                report("registered", at(20), json!({})),
                report("unregistered", at(25), json!({}))
            ]),
            json!(["accepted", "outdated"]),
            &["t"],
        ),
        // All of the ID, with what comes late.
        (
            json!([
                report("registered", at(19), json!({"contact": "sip:b@192.0.2.11"})),
                report("unregistered", at(18), json!({"contact": "*"})),
                report("registered", at(19), json!({"contact": "sip:c@192.0.2.12"})),
            ]),
            json!(["accepted", "accepted", "outdated"]),
            &[],
        ),
        (json!([report("registered", at(17), json!({}))]), json!(["accepted"]), &["t"]),
        (
            json!([report("unregistered", at(16), json!({"contact": null}))]),
            json!(["accepted"]),
            &[],
        ),
        (json!([report("registered", at(16), json!({}))]), json!(["accepted"]), &["t"]),
    ];
    for (reports, outcomes, terminals) in rows {
        assert_eq!(json!(switch.registrations(reports.clone()).await), outcomes, "{reports}");
        assert_eq!(shown(&holder, 1).await.len(), terminals.len(), "{reports}");
    }
    assert_eq!(shown(&holder, 2).await, [""; 0]);
});

on_both!(what_is_odd_is_answered_and_keeps_nothing_good_back, async |app| {
    let (holder, switch, now) = scene(&app).await;
    let odd = |more| report("registered", now, more);
    let reports = json!([
        odd(json!({"login_id": "nobody"})),
        odd(json!({"contact": ""})),
        odd(json!({"contact": null})),
        odd(json!({"contact": "*"})),
        odd(json!({"expires_at": null})),
        odd(json!({"event": "vanished"})),
        odd(json!({"at": "yesterday"})),
        odd(json!({"x": 1})),
        odd(json!({"user_agent": "a\u{0}b"})),
        "x",
        odd(json!({"expires_at": "+262142-12-31T23:59:59Z"})),
        odd(json!({"contact": "sip:1", "user_agent": "字".repeat(3_000)})),
        odd(json!({"contact": "x".repeat(20_000), "user_agent": null})),
        odd(json!({"contact": "sip:2", "user_agent": "\u{1b}[31m", "login_id": " MINATO002 "})),
        odd(json!({"contact": "sip:3", "expires_at": now - TimeDelta::hours(3)})),
    ]);
    let outcomes = switch.registrations(reports).await;
    let expected = [
        "rejected /0/login_id not_found",
        "rejected /1/contact required",
        "rejected /2/contact required",
        "accepted",
        "rejected /4/expires_at required",
        "rejected /5/event wrong_type",
        "rejected /6/at wrong_type",
        "rejected /7/x unknown_field",
        "accepted",
        "rejected /9 wrong_type",
        "accepted",
        "accepted",
        "accepted",
        "accepted",
        "accepted",
    ];
    for (index, expected) in expected.into_iter().enumerate() {
        assert_eq!(outcomes[index], expected, "{index}");
    }
    let all = shown(&holder, 1).await;
    assert!(all.iter().any(|it| it.ends_with(&"字".repeat(40))), "{all:?}");
    assert!(all.contains(&"ip_phone minato001".to_owned()), "{all:?}");
    assert_eq!(shown(&holder, 2).await, ["ip_phone [31m"]);
    let answer = switch.client.post("/switch/registrations", json!({})).await;
    answer.expect_fields(&[("", "wrong_type")]);
    let many = json!(vec![odd(json!({})); 1_001]);
    switch.client.post("/switch/registrations", many).await.expect_problem(413, "body_too_large");
    assert_eq!(switch.registrations(json!([])).await, [""; 0]);
});

on_both!(the_user_agent_tells_the_kind_and_the_contract_where_it_does_not, async |app| {
    let (holder, switch, now) = scene(&app).await;
    let path = format!("{}/ids/{}", holder.operator_path(), holder.ids[2]);
    let version = app.operator().get(&path).await.version();
    let patch = json!({"device_option": "premises_device"});
    app.operator().if_match(version).patch(&path, patch).await.expect(200);
    let entered = format!("{path}/terminals");
    app.operator().post(&entered, json!({"kind": "ip_phone", "name": "T54W"})).await.expect(201);
    let of = |contact: &str, user_agent: &str| {
        report(
            "registered",
            now,
            json!({"login_id": "minato002", "contact": contact, "user_agent": user_agent}),
        )
    };
    let reports = json!([
        of("sip:1", "Grandstream HT802 1.0.27.2"),
        of("sip:2", "Panasonic_KX-HDV230N/12.004 (0080f0a1b2c3)"),
        of("sip:3", "LinphoneiOS/5.2.3 (iPhone) LinphoneSDK/5.3.26"),
        of("sip:4", "Something New 2.1"),
    ]);
    switch.registrations(reports).await;
    let expected = [
        "ip_phone T54W",
        "premises_device Grandstream HT802",
        "ip_phone Panasonic KX-HDV230N",
        "ios LinphoneiOS",
        "premises_device Something New",
    ];
    assert_eq!(shown(&holder, 2).await, expected);
    // What the operator has entered stays when all telephones go.
    let all = report("unregistered", now, json!({"login_id": "minato002", "contact": "*"}));
    switch.registrations(json!([all])).await;
    assert_eq!(shown(&holder, 2).await, ["ip_phone T54W"]);
    // An ID that goes takes all of it with it.
    let version = app.operator().get(&path).await.version();
    app.operator().if_match(version).delete(&path).await.expect(204);
    let gone = report("registered", now, json!({"login_id": "minato002"}));
    assert_eq!(switch.registrations(json!([gone])).await, ["rejected /0/login_id not_found"]);
});

on_both!(a_switch_reports_one_registration_as_a_form, async |app| {
    let (holder, switch, _) = scene(&app).await;
    let form = switch.client.header("content-type", "application/x-www-form-urlencoded");
    let at = app.clock.now().format("%Y-%m-%dT%H:%M:%SZ");
    let until = (app.clock.now() + TimeDelta::hours(1)).format("%Y-%m-%dT%H:%M:%SZ");
    for (body, outcome, terminals) in [
        (
            format!(
                "event=registered&login_id=minato001&contact=sip%3A1%40192.0.2.10&\
                 user_agent=snomD785%2F10.1&expires_at={until}&at={at}"
            ),
            "accepted",
            &["ip_phone snomD785"] as &[&str],
        ),
        (
            format!("event=unregistered&contact=&login_id=nobody&at={at}"),
            "rejected",
            &["ip_phone snomD785"],
        ),
        (
            format!("event=unregistered&contact=&user_agent=&login_id=minato001&at={at}"),
            "accepted",
            &[],
        ),
    ] {
        let answer = form.send(Method::POST, "/switch/registrations", Some(body.clone())).await;
        assert_eq!(answer.expect(200)["items"][0]["outcome"], outcome, "{body}");
        assert_eq!(shown(&holder, 1).await, terminals, "{body}");
    }
});

/// An Asterisk that has these telephones: login ID, end, contact, maker and model.
const ASTERISK: &str = r#"#!/bin/sh
while IFS='|' read -r login end contact agent; do
    agent=$(printf '%s' "$agent" | sed 's/"/\\"/g')
    printf '%s' "/registrar/contact/$login;@1dede1ffe5c17745: {\"via_addr\":\"192.0.2.10\",\"endpoint\":\"$login\","
    printf '%s\n' "\"uri\":\"$contact\",\"user_agent\":\"$agent\",\"expiration_time\":\"$end\",\"outbound_proxy\":\"\"}"
done <"$FOLDER/telephones"
echo "$(wc -l <"$FOLDER/telephones") results found."
"#;

/// A FreeSWITCH that has them.
const FREESWITCH: &str = r#"#!/bin/sh
echo '<?xml version="1.0" encoding="ISO-8859-1"?>'
echo '<profile>
  <registrations>'
while IFS='|' read -r login end contact agent; do
    agent=$(printf '%s' "$agent" | sed 's/"/\&quot;/g')
    end=$(/bin/date -d "@$end" '+%Y-%m-%d %H:%M:%S')
    printf '%s\n' "    <registration>
        <call-id>1-2@192.0.2.10</call-id>
        <user>$login@sip.invalid</user>
        <contact>&quot;&quot; &lt;$contact&gt;</contact>
        <agent>$agent</agent>
        <status>Registered(UDP)(unknown) exp($end) expsecs(3599)</status>
        <sip-auth-user>$login</sip-auth-user>
    </registration>"
done <"$FOLDER/telephones"
echo '  </registrations>
</profile>'
"#;

/// A clock that stands where the portal's does.
const DATE: &str = "#!/bin/sh\ncase \"$*\" in *-d*) exec /bin/date \"$@\" ;; esac\necho \"$NOW\"\n";

on_both!(what_asterisk_has_registered_comes_to_the_portal, async |app| {
    registers_beside(&app, "asterisk", ("asterisk", ASTERISK)).await;
});

on_both!(what_freeswitch_has_registered_comes_to_the_portal, async |app| {
    registers_beside(&app, "freeswitch", ("fs_cli", FREESWITCH)).await;
});

/// `denwaban-registrations` beside a switch: what is new, was renewed or has gone is told.
async fn registers_beside(app: &TestApp, switch: &str, (program, text): (&str, &str)) {
    let (holder, _, now) = scene(app).await;
    let key = service_key(&app.app, KeyKind::Switch).await;
    let folder = tempfile::tempdir().expect("a folder");
    let folder = folder.path();
    let install = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).expect("a file is written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("it may be run");
    };
    install(program, text);
    install("date", DATE);
    let portal_is_at = |url: &str| {
        let text = format!(
            "DENWABAN_URL={url}\nDENWABAN_KEY={key}\nDENWABAN_SPOOL={}\n",
            folder.display()
        );
        fs::write(folder.join("switch.conf"), text).expect("a file is written");
    };
    let tell = async |telephones: &[&str]| {
        fs::write(folder.join("telephones"), telephones.concat()).expect("a file is written");
        let script = "integrations/reports/denwaban-registrations";
        let mut command = tokio::process::Command::new(tests::repository().join(script));
        command
            .arg(switch)
            .env("DENWABAN_CONFIG", folder.join("switch.conf"))
            .env("FOLDER", folder);
        command.env("PATH", tests::path_after(folder));
        let now = app.clock.now().format("%Y-%m-%dT%H:%M:%SZ").to_string();
        command.env("NOW", now).status().await.expect("sh, awk, curl and flock").success()
    };
    let until = |hours| (now + TimeDelta::hours(hours)).timestamp();
    let desk = |hours| {
        format!("minato001|{}|sip:1@192.0.2.10:5062|Yealink \"SIP-T46U\" 108\n", until(hours))
    };
    let unknown = format!("nobody|{}|sip:2@192.0.2.10|\n", until(1));

    portal_is_at("http://127.0.0.1:9");
    assert!(!tell(&[&desk(1)]).await, "nobody is there");
    portal_is_at(&app.url);
    assert!(tell(&[&unknown, &desk(1)]).await, "who is nobody's keeps nobody else back");
    let first = shown(&holder, 1).await;
    assert_eq!(first.len(), 1, "{first:?}");
    assert!(first[0].starts_with("ip_phone") && first[0].contains("SIP-T46U"), "{first:?}");

    // It goes on where it was renewed.
    app.clock.advance(TimeDelta::minutes(50));
    assert!(tell(&[&desk(2)]).await);
    app.clock.advance(TimeDelta::minutes(50));
    assert_eq!(shown(&holder, 1).await, first);
    // A switch that is stopped says nothing, and nobody has gone.
    install(program, "#!/bin/sh\nexit 1\n");
    assert!(!tell(&[]).await);
    assert_eq!(shown(&holder, 1).await, first);
    install(program, text);
    assert!(tell(&[]).await);
    assert_eq!(shown(&holder, 1).await, Vec::<String>::new());
}
