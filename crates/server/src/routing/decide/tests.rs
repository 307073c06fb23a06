//! Every rule as a table.

use api_types::{Caller, MatchedRule, RouteAction};
use chrono::{DateTime, NaiveDateTime};
use store::block_list::block_entry;

use super::*;
use crate::platform::sample::{Sample, contract};
use crate::platform::texts::Lang;

use MatchedRule::*;

fn at(seconds: i64) -> NaiveDateTime {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap().naive_utc()
}

fn call(caller: &str) -> Call {
    Call {
        caller: Caller::parse(caller).unwrap(),
        at: at(0),
        active_calls: 0,
        callback: Callback::No,
    }
}

/// `exact 110`, `prefix 03`: its own text is its id.
fn entry(text: &str) -> Entry {
    let (matching, pattern) = match text.split_once(' ').unwrap() {
        ("prefix", pattern) => (BlockMatch::Prefix, pattern),
        (_, pattern) => (BlockMatch::Exact, pattern),
    };
    Entry {
        id: text.into(),
        pattern: BlockPattern::parse(matching, pattern).unwrap(),
        expires_at: None,
    }
}

fn device(phone_id: &'static str, rings: bool) -> Device<'static> {
    Device { phone_id, extension: phone_id, is_basic: phone_id == "201", is_priority: false, rings }
}

fn settings(entries: &[&str]) -> NumberSettings<'static> {
    NumberSettings {
        entries: entries.iter().map(|text| entry(text)).collect(),
        channel_limit: 3,
        devices: vec![device("201", true)],
        ..NumberSettings::default()
    }
}

fn decide(settings: &NumberSettings, call: &Call) -> Decision {
    decide_call(settings, call, &SipCodes::default())
}

#[test]
fn each_kind_of_call_without_a_number_has_a_switch_of_its_own() {
    let kinds = [
        ("非通知", RejectWithheld),
        ("公衆電話", RejectPayPhone),
        ("表示圏外", RejectOutOfRange),
        ("サービス競合", RejectServiceConflict),
    ];
    for (on, rule) in kinds {
        let mut settings = settings(&[]);
        settings.reject_withheld = rule == RejectWithheld;
        settings.reject_pay_phone = rule == RejectPayPhone;
        settings.reject_out_of_range = rule == RejectOutOfRange;
        settings.reject_service_conflict = rule == RejectServiceConflict;
        for (caller, own) in kinds {
            let decision = decide(&settings, &call(caller));
            assert_eq!(
                decision.matched,
                if rule == own { rule } else { Ringing },
                "{caller} while {on} is refused"
            );
            let sip = (rule == own).then_some((433, "Anonymity Disallowed"));
            assert_eq!(decision.sip, sip, "{caller} while {on} is refused");
        }
        assert_eq!(decide(&settings, &call("03-1234-5678")).matched, Ringing, "{on}");
    }
}

#[test]
fn the_entry_that_says_most_about_the_caller_refuses() {
    let table: [(&str, &[&str], Option<&str>); 15] = [
        ("0312345678", &[], None),
        ("0312345678", &["exact 0312345678"], Some("exact 0312345678")),
        ("0312345678", &["exact 0312345679"], None),
        ("0312345678", &["prefix 03"], Some("prefix 03")),
        ("0312345678", &["prefix 045"], None),
        ("0312345678", &["prefix 03", "exact 0312345678"], Some("exact 0312345678")),
        ("0312345678", &["prefix 0312345678", "exact 0312345678"], Some("exact 0312345678")),
        ("0312345678", &["prefix 03", "prefix 031234", "prefix 0312"], Some("prefix 031234")),
        ("010-81-90-1234-5678", &["exact 09012345678"], Some("exact 09012345678")),
        ("010-1-212-555-0123", &["exact +12125550123"], Some("exact +12125550123")),
        ("+1 212 555 0123", &["prefix +1", "prefix +1212"], Some("prefix +1212")),
        ("+81 3 1234 5678", &["prefix +1"], None),
        ("117", &["exact 117"], Some("exact 117")),
        ("117", &["exact 0312345678", "prefix 03"], None),
        ("非通知", &["prefix 03", "prefix +1"], None),
    ];
    for (caller, entries, expected) in table {
        for reversed in [false, true] {
            let mut settings = settings(entries);
            if reversed {
                settings.entries.to_mut().reverse();
            }
            let decision = decide(&settings, &call(caller));
            assert_eq!(
                decision.entry.as_ref().map(|entry| entry.id.as_str()),
                expected,
                "{caller} and {entries:?}"
            );
            assert_eq!(
                decision.matched,
                if expected.is_some() { BlockEntry } else { Ringing },
                "{caller} and {entries:?}"
            );
            assert_eq!(
                decision.sip,
                expected.map(|_| (603, "Decline")),
                "{caller} and {entries:?}"
            );
        }
    }
}

#[test]
fn an_entry_refuses_until_it_expires() {
    for (expires_at, refuses) in
        [(None, true), (Some(at(1)), true), (Some(at(0)), false), (Some(at(-1)), false)]
    {
        let mut settings = settings(&["exact 0312345678"]);
        settings.entries.to_mut()[0].expires_at = expires_at;
        let expected = if refuses { BlockEntry } else { Ringing };
        assert_eq!(decide(&settings, &call("0312345678")).matched, expected, "{expires_at:?}");
    }
    let mut settings = settings(&["exact 0312345678", "prefix 03"]);
    settings.entries.to_mut()[0].expires_at = Some(at(0));
    assert_eq!(
        decide(&settings, &call("0312345678")).entry,
        Some(entry("prefix 03")),
        "what has expired hides nothing"
    );
}

#[test]
fn emergency_numbers_and_their_call_backs_are_never_refused() {
    let table = [
        ("110", false, true),
        ("118", false, true),
        ("119", false, true),
        ("117", false, false),
        ("117", true, true),
        ("0312345678", false, false),
        ("0312345678", true, true),
        ("非通知", false, false),
        ("非通知", true, true),
        ("公衆電話", true, true),
    ];
    let mut settings =
        settings(&["exact 110", "exact 118", "prefix 119", "exact 117", "exact 0312345678"]);
    (settings.reject_withheld, settings.reject_pay_phone) = (true, true);
    for (caller, emergency_callback, passes) in table {
        let callback = if emergency_callback { Callback::Certain } else { Callback::No };
        let call = Call { callback, ..call(caller) };
        let decision = decide(&settings, &call);
        assert_eq!(decision.matched == Ringing, passes, "{call:?}");
        assert_eq!(decision.exempted, passes, "{call:?}");
        // There is no terminal that could take it, though.
        let busy = decide(&settings, &Call { active_calls: 3, ..call });
        assert_eq!(busy.matched == ChannelLimit, passes, "{busy:?}");
    }
    assert!(
        !decide(&settings, &Call { callback: Callback::Certain, ..call("0312345679") }).exempted,
        "nothing would have refused it"
    );
}

#[test]
fn channels_are_counted_before_terminals_ring() {
    let table: [(u32, u8, bool, MatchedRule, RouteAction); 8] = [
        (0, 1, false, Ringing, RouteAction::Ring),
        (2, 3, false, Ringing, RouteAction::Ring),
        (3, 3, false, ChannelLimit, RouteAction::Reject),
        (3, 3, true, ChannelLimit, RouteAction::Announce),
        (4, 3, true, ChannelLimit, RouteAction::Announce),
        (255, 9, false, ChannelLimit, RouteAction::Reject),
        (256, 9, false, ChannelLimit, RouteAction::Reject),
        (u32::MAX, 9, true, ChannelLimit, RouteAction::Announce),
    ];
    for (active_calls, channel_limit, busy_announcement, matched, action) in table {
        for rings in [true, false] {
            let devices = vec![device("201", rings)];
            let settings = NumberSettings {
                channel_limit,
                busy_announcement,
                devices,
                ..settings(&["exact 0312345679"])
            };
            let decision = decide(&settings, &Call { active_calls, ..call("0312345678") });
            let (matched, action) = match matched {
                Ringing if !rings => (NoTerminalRings, RouteAction::Reject),
                _ => (matched, action),
            };
            assert_eq!(
                (decision.matched, decision.action),
                (matched, action),
                "{active_calls} of {channel_limit}"
            );
            let sip = match (matched, action) {
                (ChannelLimit, RouteAction::Reject) => Some((486, "Busy Here")),
                (NoTerminalRings, _) => Some((480, "Temporarily Unavailable")),
                _ => None,
            };
            assert_eq!(decision.sip, sip, "{active_calls} of {channel_limit}");
            assert_eq!(
                decision.announcement,
                (action == RouteAction::Announce).then_some("busy"),
                "{active_calls} of {channel_limit}"
            );
            let refused = decide(&settings, &Call { active_calls, ..call("0312345679") });
            assert_eq!(refused.matched, BlockEntry, "the block list comes first");
        }
    }
}

#[test]
fn a_pause_comes_after_the_lists_and_before_the_channels_and_ends_by_itself() {
    // Until when, who calls, calls under way, what decides.
    let table: [(Option<i64>, &str, u32, MatchedRule); 9] = [
        (None, "0312345678", 0, Ringing),
        (Some(1), "0312345678", 0, Paused),
        (Some(0), "0312345678", 0, Ringing),
        (Some(-1), "0312345678", 0, Ringing),
        (Some(1), "0312345679", 0, BlockEntry),
        (Some(1), "0312345678", 3, Paused),
        (Some(0), "0312345678", 3, ChannelLimit),
        (Some(1), "非通知", 0, Paused),
        (Some(1), "119", 0, Ringing),
    ];
    for (until, caller, active_calls, matched) in table {
        for (busy_announcement, rings) in [(false, true), (true, true), (true, false)] {
            let settings = NumberSettings {
                pause_until: until.map(at),
                busy_announcement,
                devices: vec![device("201", rings)],
                ..settings(&["exact 0312345679"])
            };
            let call = Call { active_calls, ..call(caller) };
            let decision = decide(&settings, &call);
            let matched = if matched == Ringing && !rings { NoTerminalRings } else { matched };
            assert_eq!(decision.matched, matched, "{until:?} {call:?}");
            assert_eq!(decision.exempted, caller == "119" && until == Some(1), "{call:?}");
            if matched == Paused {
                let heard = (decision.action, decision.sip, decision.announcement);
                let expected = match busy_announcement {
                    true => (RouteAction::Announce, None, Some("busy")),
                    false => (RouteAction::Reject, Some((486, "Busy Here")), None),
                };
                assert_eq!(heard, expected, "{call:?}");
            }
            let call_back = decide(&settings, &Call { callback: Callback::Certain, ..call });
            assert_ne!(call_back.matched, Paused, "{until:?} {caller}");
        }
    }
}

#[test]
fn the_priority_terminal_rings_first_then_the_others() {
    // Which ring, which one has priority, what rings when. 201 is the basic ID.
    type Row = (&'static [&'static str], Option<&'static str>, &'static [(&'static str, u32)]);
    let table: [Row; 9] = [
        (&[], None, &[]),
        (&["201"], None, &[("201", 0)]),
        (&["202", "201"], None, &[("201", 0), ("202", 0)]),
        (&["1000", "99", "205", "201"], None, &[("201", 0), ("99", 0), ("205", 0), ("1000", 0)]),
        (&["202", "201", "203"], Some("203"), &[("203", 0), ("201", 10), ("202", 10)]),
        (&["202", "201"], Some("201"), &[("201", 0), ("202", 10)]),
        (&["202"], Some("202"), &[("202", 0)]),
        (&["202", "201"], Some("203"), &[("201", 0), ("202", 0)]),
        (&[], Some("203"), &[]),
    ];
    for (on, priority, expected) in table {
        let all = ["1000", "203", "99", "202", "205", "201"];
        let devices = all
            .map(|id| Device { is_priority: priority == Some(id), ..device(id, on.contains(&id)) });
        let decision = decide(
            &NumberSettings { devices: devices.into(), ..settings(&[]) },
            &call("0312345678"),
        );
        let found: Vec<_> = decision
            .devices
            .iter()
            .map(|device| (device.phone_id.as_str(), device.ring_after_s))
            .collect();
        assert_eq!(found, expected, "{on:?} with {priority:?}");
        assert_eq!(
            decision.matched,
            if on.is_empty() { NoTerminalRings } else { Ringing },
            "{on:?} with {priority:?}"
        );
    }
}

#[test]
fn the_operator_chooses_the_codes() {
    let codes = SipCodes {
        no_number: 403,
        blocked: 607,
        busy: 600,
        no_terminal: 404,
        ..SipCodes::default()
    };
    let mut settings =
        NumberSettings { reject_withheld: true, devices: Vec::new(), ..settings(&["exact 117"]) };
    let table = [("非通知", 403, "Forbidden"), ("117", 607, "Unwanted"), ("104", 404, "Not Found")];
    for (caller, code, phrase) in table {
        assert_eq!(
            decide_call(&settings, &call(caller), &codes).sip,
            Some((code, phrase)),
            "{caller}"
        );
    }
    settings.channel_limit = 0;
    assert_eq!(decide_call(&settings, &call("104"), &codes).sip, Some((600, "Busy Everywhere")));
    for (code, phrase) in
        [(499, "Bad Request"), (599, "Server Internal Error"), (699, "Busy Everywhere")]
    {
        assert_eq!(reason_phrase(code), phrase, "an unknown code is the first of its class");
    }
}

#[test]
fn the_keys_of_a_caller_are_all_that_an_entry_could_have() {
    assert_eq!(candidate_keys(&call("110").caller), ["110", "11", "1"]);
    assert_eq!(candidate_keys(&call("+1 212 555 0123").caller).len(), 12);
    assert_eq!(candidate_keys(&call("0120-345-678").caller)[..2], ["+81120345678", "+8112034567"]);
    assert!(candidate_keys(&call("非通知").caller).is_empty());
}

pub(super) fn row(
    id: &str,
    matching: BlockMatch,
    pattern: &str,
    expires_at: Option<NaiveDateTime>,
) -> block_entry::Row {
    block_entry::Row {
        account_id: "account".into(),
        number_id: "number0".into(),
        id: id.into(),
        pattern: pattern.into(),
        matching: matching.into(),
        note: String::new(),
        search: String::new(),
        expires_at,
        hits: 0,
        last_hit_at: None,
        import_id: None,
        version: 1,
        created_at: at(0),
        updated_at: at(0),
    }
}

#[test]
fn settings_are_what_is_stored() {
    let mut contract =
        contract(&Sample { numbers: 2, ids: 3, silent: &[(0, 1), (1, 2)], ..Sample::default() });
    contract.numbers[0].priority_phone_id = Some("id2".into());
    contract.numbers[0].reject_pay_phone = true;
    let rows = [
        row("whole", BlockMatch::Exact, "+81312345678", Some(at(1))),
        row("odd", BlockMatch::Exact, "0312345678", None),
        row("part", BlockMatch::Prefix, "+81120", None),
    ];
    let settings = NumberSettings::new(&contract, &contract.numbers[0], &rows);
    assert_eq!(settings.channel_limit, 3);
    assert!(
        settings.reject_pay_phone
            && !settings.reject_withheld
            && !settings.reject_out_of_range
            && !settings.reject_service_conflict
    );
    let whole = Entry { id: "whole".into(), expires_at: Some(at(1)), ..entry("exact 0312345678") };
    let part = Entry { id: "part".into(), ..entry("prefix 0120") };
    assert_eq!(settings.entries[..], [whole, part], "what cannot be read refuses nobody");
    let devices: Vec<_> =
        settings.devices.iter().map(|d| (d.phone_id, d.is_basic, d.is_priority, d.rings)).collect();
    assert_eq!(
        devices,
        [("id0", true, false, true), ("id1", false, false, false), ("id2", false, true, true)]
    );
    let other = NumberSettings::new(&contract, &contract.numbers[1], &[]);
    assert_eq!(
        other.devices.iter().map(|device| device.rings).collect::<Vec<_>>(),
        [true, true, false]
    );
}

#[test]
fn every_rule_says_why_in_both_languages() {
    let rules = [
        RejectWithheld,
        RejectPayPhone,
        RejectOutOfRange,
        RejectServiceConflict,
        BlockEntry,
        Paused,
        ChannelLimit,
        NoTerminalRings,
        Ringing,
    ];
    let ringing = decide(&settings(&[]), &call("0312345678"));
    let late = super::Ringing { phone_id: "202".into(), ring_after_s: 10 };
    let mut samples = Vec::new();
    for matched in rules {
        let plain = Decision { matched, ..ringing.clone() };
        match matched {
            BlockEntry => samples.extend([
                Decision { entry: Some(entry("exact 0312345678")), ..plain.clone() },
                Decision { entry: Some(entry("prefix 0120")), ..plain.clone() },
            ]),
            Paused | ChannelLimit => {
                samples.push(Decision { action: RouteAction::Announce, ..plain.clone() })
            }
            Ringing => samples.extend([
                Decision { devices: vec![late.clone()], ..plain.clone() },
                Decision { exempted: true, ..plain.clone() },
            ]),
            _ => {}
        }
        samples.push(plain);
    }
    let mut seen = HashSet::new();
    for decision in &samples {
        for lang in [Lang::Ja, Lang::En] {
            let text = reason(lang, decision);
            assert!(
                !text.contains("route.") && !text.contains("%{"),
                "{} lacks {text}",
                lang.tag()
            );
            assert_eq!(text.ends_with('。'), lang == Lang::Ja, "{text}");
            assert!(seen.insert(text), "two rules have one text: {decision:?}");
        }
    }
    let table = [
        (
            "exact 0312345678",
            "着信拒否に登録された番号（03-1234-5678）です。",
            "This number (03-1234-5678) is in the block list.",
        ),
        (
            "prefix 0120",
            "着信拒否に登録された「0120」で始まる番号です。",
            "The block list refuses numbers that begin with 0120.",
        ),
        (
            "prefix +1",
            "着信拒否に登録された「+1」で始まる番号です。",
            "The block list refuses numbers that begin with +1.",
        ),
    ];
    for (text, japanese, english) in table {
        let decision =
            Decision { matched: BlockEntry, entry: Some(entry(text)), ..ringing.clone() };
        assert_eq!(
            (reason(Lang::Ja, &decision).as_str(), reason(Lang::En, &decision).as_str()),
            (japanese, english)
        );
    }
}

#[test]
fn a_claim_to_call_back_is_believed_after_an_emergency_call() {
    let end = at(60);
    let settings = |callbacks_until| NumberSettings {
        reject_withheld: true,
        callbacks_until,
        ..settings(&[])
    };
    for (callbacks_until, callback, seconds, passes) in [
        (None, Callback::No, 0, false),
        (None, Callback::Claimed, 0, false),
        (None, Callback::Certain, 0, true),
        (Some(end), Callback::No, 0, false),
        (Some(end), Callback::Claimed, 0, true),
        (Some(end), Callback::Claimed, 59, true),
        (Some(end), Callback::Claimed, 60, false),
    ] {
        let call = Call { callback, at: at(seconds), ..call("withheld") };
        let decided = decide(&settings(callbacks_until), &call);
        assert_eq!(decided.action == RouteAction::Ring, passes, "{callback:?} {seconds}");
    }
}
