//! A call or an event that names one of our numbers in a form that can be read is understood,
//! whatever else is odd about it.
#![no_main]

#[path = "../../crates/api-types/tests/support/forms.rs"]
mod forms;

use api_types::{Caller, PhoneNumber, RouteQuestion, SwitchEvent};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};
use validator::Validate as _;

const NUMBERS: &[&str] = &["+815012345678", "+81312345678", "+81120345678", "+81499212345"];
const OF_CALLS: &[&str] =
    &["call_id", "from_user", "from_display", "pai", "privacy", "diversion", "priority"];
const OF_EVENTS: &[&str] = &["call_id", "caller", "from_user", "from_display", "pai", "privacy",
    "diversion", "forwarded_to"];

fuzz_target!(|bytes: &[u8]| {
    let Some((&[number, spelling, place], rest)) = bytes.split_first_chunk::<3>() else { return };
    let e164 = NUMBERS[usize::from(number) % NUMBERS.len()];
    let number = PhoneNumber::parse(e164).expect("a number");
    let called = forms::form(&number, spelling.into(), place.into());
    let text = String::from_utf8_lossy(rest);

    let sent = filled(OF_CALLS, &text, json!({"called": called}));
    let question: RouteQuestion = serde_json::from_value(sent).expect("a question");
    question.validate().expect("a question");
    assert_eq!(key(&question.called).as_deref(), Some(e164));
    question.caller();

    let more = json!({"id": "1", "type": "missed_call", "call_id": "", "called": called,
        "at": "2026-11-22T00:15:00Z"});
    let event: SwitchEvent =
        serde_json::from_value(filled(OF_EVENTS, &text, more)).expect("an event");
    event.validate().expect("an event");
    assert_eq!(key(&event.called).as_deref(), Some(e164));
    event.other_side();
});

/// Fields of these names, from what stands between the marks.
fn filled(names: &[&str], text: &str, mut sent: Value) -> Value {
    for (name, value) in names.iter().zip(text.split('¦')) {
        sent[*name] = json!(value);
    }
    sent
}

fn key(text: &str) -> Option<String> {
    Caller::from_network(text).ok()?.key().map(str::to_owned)
}
