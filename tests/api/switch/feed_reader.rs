//! A switch that reads the snapshot and decides by it.

use std::collections::BTreeMap;
use std::io::Read as _;

use api_types::{SwitchContract, SwitchEnd, SwitchHeader, SwitchLine, SwitchNumber, SwitchRemoved};
use chrono::{DateTime, TimeDelta, Utc};
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use tests::switch::Switch;
use tests::{Answer, Client, Holder, PASSWORD, TestApp};

/// Lines as a switch reads them.
pub struct Lines {
    pub header: SwitchHeader,
    pub contracts: BTreeMap<String, SwitchContract>,
    pub numbers: BTreeMap<String, SwitchNumber>,
    pub removed: Vec<SwitchRemoved>,
    pub end: SwitchEnd,
}

pub fn read(answer: &Answer) -> Lines {
    assert_eq!(
        (answer.status, answer.header("content-type")),
        (200, Some("application/x-ndjson")),
        "{}",
        answer.text
    );
    let mut text = String::new();
    if answer.header("content-encoding") == Some("gzip") {
        GzDecoder::new(&answer.bytes[..]).read_to_string(&mut text).expect("it unpacks");
    } else {
        text.clone_from(&answer.text);
    }
    let mut lines = text
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}")));
    let Some(SwitchLine::Header(header)) = lines.next() else { panic!("no header in {text}") };
    let mut contracts = BTreeMap::new();
    let (mut numbers, mut removed, mut end) = (BTreeMap::new(), Vec::new(), None);
    for line in lines {
        assert_eq!(end, None, "nothing comes behind the end");
        match line {
            SwitchLine::Contract(contract) => {
                let twice = contracts.insert(contract.account_id.clone(), contract);
                assert_eq!(twice, None, "each contract comes once");
            }
            SwitchLine::Number(number) => {
                let twice = numbers.insert(number.number.clone(), number);
                assert_eq!(twice, None, "each number comes once");
            }
            SwitchLine::Removed(number) => removed.push(number),
            SwitchLine::End(found) => end = Some(found),
            SwitchLine::Header(_) => panic!("two headers"),
        }
    }
    let end = end.expect("an end");
    let entries: usize =
        numbers.values().map(|number| number.exact.len() + number.prefix.len()).sum();
    assert_eq!(
        (end.contracts, end.numbers, end.removed, end.entries),
        (contracts.len() as u64, numbers.len() as u64, removed.len() as u64, entries as u64)
    );
    assert_eq!(end.position, header.position);
    Lines { header, contracts, numbers, removed, end }
}

/// The whole snapshot.
pub async fn snapshot(switch: &Client) -> Lines {
    read(&switch.get("/switch/snapshot").await)
}

/// What has changed since a position.
pub async fn changes(switch: &Client, since: u64, wait_s: u32) -> Lines {
    read(&switch.get(&format!("/switch/changes?since={since}&wait_s={wait_s}")).await)
}

/// The caller's key by the rules in the description of the snapshot; else why there is none.
pub fn caller(question: &Value) -> Result<String, &'static str> {
    let text = |field: &str| question[field].as_str().unwrap_or_default().to_owned();
    let kind = match text("from_display").as_str() {
        "Anonymous" => Some("withheld"),
        "Coin line/payphone" => Some("pay_phone"),
        "Interaction with other service" => Some("service_conflict"),
        "Unavailable" => Some("out_of_range"),
        _ => None,
    };
    if text("privacy").split(';').any(|value| matches!(value, "id" | "user" | "full")) {
        return Err(kind.unwrap_or("withheld"));
    }
    let key = |text: String| {
        let digits = text.trim_start_matches("<tel:").trim_end_matches('>').to_owned();
        match digits.as_str() {
            "" | "anonymous" => None,
            digits if digits.starts_with('0') => Some(format!("+81{}", &digits[1..])),
            _ => Some(digits),
        }
    };
    key(text("pai")).or_else(|| key(text("from_user"))).ok_or(kind.unwrap_or("withheld"))
}

/// What becomes of a call by the snapshot alone, in the words of route-decision.
pub fn decide(known: &Lines, question: &Value, now: DateTime<Utc>) -> Value {
    let called = question["called"].as_str().unwrap_or_default();
    let codes = &known.header.sip_codes;
    let reject = |answer: &api_types::SipAnswer| {
        json!({"action": "reject", "sip": answer,
        "announcement": null, "rtjson": null, "later": null})
    };
    let Some(number) = known
        .numbers
        .values()
        .find(|number| number.dialled.iter().any(|dialled| dialled == called))
    else {
        return reject(&codes.unknown_number);
    };
    if number.suspended {
        return reject(&codes.suspended);
    }
    let caller = caller(question);
    let is_exempt = question["priority"] == "psap-callback"
        || caller.as_ref().is_ok_and(|key| known.header.never_refused.contains(key));
    if !is_exempt {
        match &caller {
            Err(kind) => {
                let refuses = match *kind {
                    "withheld" => number.reject_withheld,
                    "pay_phone" => number.reject_pay_phone,
                    "out_of_range" => number.reject_out_of_range,
                    _ => number.reject_service_conflict,
                };
                if refuses {
                    return reject(&codes.no_number);
                }
            }
            Ok(key) => {
                let holds = |until: &Option<DateTime<Utc>>| until.is_none_or(|end| now < end);
                let is_blocked = number.exact.get(key).is_some_and(holds)
                    || (1..=key.len()).any(|end| number.prefix.get(&key[..end]).is_some_and(holds));
                if is_blocked {
                    return reject(&codes.blocked);
                }
            }
        }
    }
    if question["active_calls"].as_u64().unwrap_or_default() >= number.channel_limit.into() {
        return match &number.busy_announcement {
            Some(text) => {
                json!({"action": "announce", "sip": null, "announcement": text, "rtjson": null,
                    "later": null})
            }
            None => reject(&codes.busy),
        };
    }
    match &number.rtjson {
        None => reject(&codes.no_terminal),
        Some(rtjson) => {
            json!({"action": "ring", "sip": null, "announcement": null, "rtjson": rtjson,
                "later": number.later, "voicemail_after_s": number.voicemail_after_s})
        }
    }
}

/// The same of a call from an ID to an extension.
pub fn decide_extension(known: &Lines, login_id: &str, extension: &str) -> Value {
    let codes = &known.header.sip_codes;
    let reject =
        |sip: &api_types::SipAnswer| json!({"action": "reject", "sip": sip, "rtjson": null});
    let has = |contract: &&SwitchContract| contract.ids.iter().any(|id| id.login_id == login_id);
    let Some(contract) = known.contracts.values().find(has) else {
        return reject(&codes.unknown_number);
    };
    if contract.suspended {
        return reject(&codes.suspended);
    }
    match contract.ids.iter().find(|id| id.extension == extension) {
        None => reject(&codes.unknown_number),
        Some(id) => {
            let uri = format!("sip:{}@{}", id.login_id, known.header.sip_domain);
            json!({"action": "ring", "sip": null, "rtjson":
                {"version": "1.0", "routing": "parallel", "routes": [{"uri": uri}]}})
        }
    }
}

/// A contract whose numbers refuse and ring in many ways, and one that is suspended.
pub async fn scene(app: &TestApp) -> (Holder, Holder, Client) {
    let (minato, kobe, switch) =
        (app.holder("minato").await, app.holder("kobe").await, Switch::of(app).await.client);
    let lists = [
        json!({"caller": "090-1234-5678"}),
        json!({"caller": "0120-444", "match": "prefix"}),
        json!({"caller": "090-0000-0001",
            "expires_at": (app.clock.now() + TimeDelta::hours(1)).to_rfc3339()}),
        json!({"caller": "090-0000-0002",
            "expires_at": (app.clock.now() + TimeDelta::days(1)).to_rfc3339()}),
        json!({"caller": "117"}),
    ];
    for entry in lists {
        minato
            .client
            .post(&format!("{}/block-list/entries", minato.number(0)), entry)
            .await
            .expect(201);
    }
    let put = async |path: String, body: Value| {
        let version = minato.client.get(&path).await.version();
        minato.client.if_match(version).put(&path, body).await.expect(200);
    };
    let patch = async |path: String, body: Value| {
        let version = minato.client.get(&path).await.version();
        minato.client.if_match(version).patch(&path, body).await.expect(200);
    };
    patch(
        format!("{}/block-list", minato.number(0)),
        json!({"reject_withheld": true, "reject_service_conflict": true}),
    )
    .await;
    patch(minato.number(0), json!({"priority_phone_id": minato.ids[1], "name": "代表"})).await;
    put(format!("{}/channel-limit", minato.number(0)), json!({"limit": 2})).await;
    let silent: Vec<Value> =
        minato.ids.iter().map(|id| json!({"phone_id": id, "rings": false})).collect();
    put(
        format!("{}/ringing", minato.number(1)),
        json!({"targets": silent, "busy_announcement": true}),
    )
    .await;
    let operator = app.operator();
    let version = operator.get(&kobe.operator_path()).await.version();
    let suspend = json!({"status": "suspended", "suspended_reason": "x"});
    operator.if_match(version).patch(&kobe.operator_path(), suspend).await.expect(200);
    let options = format!("{}/options", minato.operator_path());
    let version = operator.get(&options).await.version();
    let contracted = json!({"ip_phone": true, "voicemail": true});
    operator.if_match(version).put(&options, contracted).await.expect(200);
    app.clock.advance(TimeDelta::hours(2));
    let (session, _) = app.nobody().sign_in(&minato.login_id, PASSWORD).await;
    (Holder { client: session, ..minato }, kobe, switch)
}
