//! A call or an event that names one of our numbers in a form that can be read is understood,
//! whatever else is odd about it.
#![expect(clippy::print_stdout, reason = "the run says how many cases it looked at")]

#[path = "support/forms.rs"]
mod forms;

use api_types::{Caller, NoNumber, PhoneNumber, RouteQuestion, SwitchEvent};
use forms::{PLACES, SPELLINGS, form};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::{Config, TestRng, TestRunner};
use serde_json::{Value, json};
use validator::Validate as _;

const NUMBERS: &[&str] = &[
    "+815012345678",
    "+81312345678",
    "+81120345678",
    "+818001234567",
    "+819012345678",
    "+81466123456",
    "+81499212345",
];

fn number(text: &str) -> PhoneNumber {
    PhoneNumber::parse(text).expect("a number")
}

#[test]
fn our_numbers_are_read_in_every_form() {
    let mut wrong = Vec::new();
    for e164 in NUMBERS {
        for (spelling, place) in (0..SPELLINGS).flat_map(|s| (0..PLACES).map(move |p| (s, p))) {
            let text = form(&number(e164), spelling, place);
            let read = Caller::from_network(&text);
            if !matches!(&read, Ok(caller) if caller.key() == Some(e164)) {
                wrong.push(format!("{:.60?} is {read:?}", text));
            }
        }
    }
    let all = NUMBERS.len() * SPELLINGS * PLACES;
    assert!(wrong.is_empty(), "{} of {all} forms:\n{}", wrong.len(), wrong.join("\n"));
}

/// What was seen in headers, and what nobody has seen there yet.
fn odd() -> impl Strategy<Value = Option<String>> {
    let seen = [
        "",
        " ",
        "anonymous",
        "asterisk",
        "1001",
        "201",
        "110",
        "unknown",
        "Coin line/payphone",
        "<sip:anonymous@anonymous.invalid>",
        "id",
        "user;id",
        "none",
        "critical",
        "full",
        "<tel:+81300000000;cpc=payphone>",
        "+819055550000;cpc=ordinary",
        "sip:",
        "tel:",
        "<",
        ">",
        "<sip:",
        "\"",
        "\\",
        ",",
        ";",
        "@",
        "%",
        "%F",
        "%00",
        "=\"",
        "*",
        "#",
        "E+09",
        "9.01E+09",
        "０９０",
        "+",
        "+81",
        "\u{202E}",
        "\u{FFFD}\u{FFFD}",
        "trunk-1",
        "192.0.2.1",
        "🙂",
        "é",
        "<sip:0@x>;reason=unconditional;counter=1",
        "index=1",
        "a84b4c76e66710@192.0.2.1",
    ];
    let pieces = prop::collection::vec(select(seen.to_vec()), 0..5);
    prop_oneof![
        1 => Just(None),
        4 => pieces.prop_map(|pieces| Some(pieces.concat())),
        1 => any::<String>().prop_map(Some),
        1 => select(vec![1_023, 1_024, 1_025, 5_000]).prop_map(|long| Some("あ".repeat(long))),
    ]
}

/// Fields of these names, each odd or absent.
fn fields(names: &'static [&'static str]) -> impl Strategy<Value = Value> {
    prop::collection::vec(odd(), names.len()).prop_map(|values| {
        let given = names.iter().zip(values);
        given.filter_map(|(name, value)| Some(((*name).to_owned(), json!(value?)))).collect()
    })
}

/// The same cases each time.
fn holds<S: Strategy>(
    name: &str,
    strategy: S,
    property: impl Fn(S::Value) -> Result<(), TestCaseError>,
) {
    const CASES: u32 = 10_000;
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let rng = TestRng::deterministic_rng(Default::default());
    if let Err(failure) = TestRunner::new_with_rng(config, rng).run(&strategy, property) {
        panic!("{name}: {failure}");
    }
    println!("{name}: {CASES} cases");
}

fn called() -> impl Strategy<Value = (&'static str, String)> {
    (select(NUMBERS.to_vec()), 0..SPELLINGS, 0..PLACES)
        .prop_map(|(e164, spelling, place)| (e164, form(&number(e164), spelling, place)))
}

fn hides(fields: &Value) -> bool {
    let words = fields["privacy"].as_str().unwrap_or_default();
    words.split([';', ',', ' ', '\t']).any(|word| matches!(word, "id" | "user" | "header" | "full"))
}

#[test]
fn every_call_to_our_numbers_is_understood() {
    let names =
        &["call_id", "from_user", "from_display", "pai", "privacy", "diversion", "priority"];
    let counts =
        select(vec![json!(0), json!(3), json!(-1), json!(1e300), json!("many"), json!(null)]);
    holds("calls", (called(), fields(names), counts), |((e164, called), mut sent, count)| {
        sent["called"] = json!(called);
        sent["active_calls"] = count;
        let question: RouteQuestion = serde_json::from_value(sent.clone())
            .map_err(|error| TestCaseError::fail(format!("{sent}: {error}")))?;
        prop_assert!(question.validate().is_ok(), "{sent}");
        let read = Caller::from_network(&question.called);
        prop_assert_eq!(read.as_ref().ok().and_then(Caller::key), Some(e164), "{}", sent);
        let caller = question.caller();
        prop_assert!(!hides(&sent) || matches!(caller, Caller::NoNumber(_)), "{sent}: {caller:?}");
        Ok(())
    });
}

#[test]
fn every_event_on_our_numbers_is_understood() {
    let names = &[
        "call_id",
        "caller",
        "from_user",
        "from_display",
        "pai",
        "privacy",
        "diversion",
        "forwarded_to",
    ];
    let kinds = select(vec!["missed_call", "answered_call", "outgoing_call", "voicemail", "fax"]);
    holds("events", (called(), fields(names), kinds), |((e164, called), mut sent, kind)| {
        let more = json!({"id": "1", "type": kind, "called": called, "at": "2026-11-22T00:15:00Z"});
        sent.as_object_mut()
            .expect("an object")
            .extend(more.as_object().cloned().unwrap_or_default());
        if sent["call_id"].is_null() {
            sent["call_id"] = json!("call-1");
        }
        let event: SwitchEvent = serde_json::from_value(sent.clone())
            .map_err(|error| TestCaseError::fail(format!("{sent}: {error}")))?;
        prop_assert!(event.validate().is_ok(), "{sent}");
        let read = Caller::from_network(&event.called);
        prop_assert_eq!(read.as_ref().ok().and_then(Caller::key), Some(e164), "{}", sent);
        let other = event.other_side();
        if other.unread.is_some() {
            prop_assert_eq!(&other.caller, &Caller::NoNumber(NoNumber::OutOfRange));
        }
        let is_text = event.caller.as_deref().is_some_and(|text| !text.trim().is_empty());
        if hides(&sent) && !is_text {
            prop_assert!(matches!(other.caller, Caller::NoNumber(_)), "{sent}: {other:?}");
            prop_assert!(other.unread.is_none() && other.extension.is_none(), "{sent}: {other:?}");
        }
        Ok(())
    });
}

#[test]
fn extensions_are_read_out_of_addresses() {
    for (text, extension) in [
        ("1001", Some("1001")),
        (" ２０１ ", Some("201")),
        ("\"受付\" <sip:201@pbx.example>;tag=a", Some("201")),
        ("sip:1001;x=y@pbx.example:5060", Some("1001")),
        ("<tel:201>", Some("201")),
        ("201@pbx.example", Some("201")),
        ("%32%30%31", Some("201")),
        ("1", None),
        ("0201", None),
        ("1234567", None),
        ("192.0.2.1", None),
        ("asterisk", None),
        ("sip:pbx.example", None),
        ("", None),
    ] {
        assert_eq!(Caller::extension(text).as_deref(), extension, "{text}");
    }
}
