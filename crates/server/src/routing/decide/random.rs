//! A hundred thousand accounts and calls, each against a second, naive reading of the rules.

use std::collections::BTreeMap;

use api_types::{Caller, MatchedRule, RouteAction};
use chrono::{DateTime, NaiveDateTime};
use store::block_list::block_entry;
use store::routing::contract::Contract;

use super::tests::row;
use super::*;
use crate::platform::sample::{Sample, contract};

const CASES: u64 = 100_000;

/// SplitMix64: a case is its number, on every machine.
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn once_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    fn digits(&mut self, start: &str, count: usize) -> String {
        // Of two digits only, so that numbers often begin alike.
        (0..count).fold(start.to_owned(), |text, _| text + *self.pick(&["1", "2"]))
    }
}

fn at(seconds: usize) -> NaiveDateTime {
    DateTime::from_timestamp(1_800_000_000 + seconds as i64, 0).unwrap().naive_utc()
}

/// Callers that meet each other's patterns often.
fn callers() -> Vec<Caller> {
    let mut random = Random(0);
    let mut texts: Vec<String> = Vec::new();
    for _ in 0..12 {
        let starts = [
            ("+813", 8),
            ("+8190", 8),
            ("+81120", 6),
            ("010-81-3", 8),
            ("010-81-90", 8),
            ("+1212555", 4),
            ("010-44-20794", 6),
        ];
        texts.extend(starts.map(|(start, count)| random.digits(start, count)));
    }
    for _ in 0..3 {
        texts.extend(["110", "118", "119", "117", "104"].map(str::to_owned));
    }
    for _ in 0..6 {
        texts.extend(NoNumber::ALL.map(|kind| kind.japanese().to_owned()));
    }
    texts.iter().map(|text| Caller::parse(text).unwrap()).collect()
}

#[derive(Clone, Debug)]
struct Case {
    contract: Contract,
    entries: Vec<block_entry::Row>,
    call: Call,
}

impl Case {
    fn new(number: u64, callers: &[Caller]) -> Self {
        let mut random = Random(number.wrapping_mul(0x2545_f491_4f6c_dd1d));
        let mut contract = contract(&Sample {
            numbers: 1 + random.below(2),
            ids: 1 + random.below(5),
            ..Sample::default()
        });
        let ids = contract.phone_ids.len();
        for (i, phone_id) in contract.phone_ids.iter_mut().enumerate() {
            // No two alike, of different lengths.
            phone_id.extension = format!("{}{i}", random.pick(&["9", "2", "35", "10", "100"]));
        }
        if random.once_in(2) {
            contract.phone_ids.reverse();
        }
        for called in &mut contract.numbers {
            let off = random.below(6);
            let silent = contract.phone_ids.iter().filter(|_| random.below(5) < off);
            contract.silent.extend(silent.map(|phone_id| (called.id.clone(), phone_id.id.clone())));
            called.priority_phone_id =
                random.once_in(2).then(|| format!("id{}", random.below(ids)));
            called.channel_limit = 1 + random.below(9) as i32;
            called.busy_announcement = random.once_in(2);
            called.reject_withheld = random.once_in(2);
            called.reject_pay_phone = random.once_in(2);
            called.reject_out_of_range = random.once_in(2);
            called.reject_service_conflict = random.once_in(2);
        }
        let entries = (0..random.below(7)).filter_map(|i| {
            let key = random.pick(callers).key()?;
            let expires_at = random.once_in(2).then(|| at(random.below(8)));
            let id = format!("entry{i}");
            Some(match random.below(2) {
                0 => row(&id, BlockMatch::Exact, key, expires_at),
                _ if key.len() == 3 => row(&id, BlockMatch::Prefix, key, expires_at),
                _ => row(
                    &id,
                    BlockMatch::Prefix,
                    &key[..2 + random.below(key.len() - 1)],
                    expires_at,
                ),
            })
        });
        let entries = entries.collect();
        let call = Call {
            caller: random.pick(callers).clone(),
            at: at(random.below(8)),
            active_calls: random.below(8) as u32,
            callback: if random.once_in(10) { Callback::Certain } else { Callback::No },
        };
        Self { contract, entries, call }
    }

    fn called(&mut self) -> &mut number::Row {
        &mut self.contract.numbers[0]
    }

    /// The list is asked for what may match, as the switch's question does, or handed over whole.
    fn decide(&self, whole_list: bool) -> Decision {
        let keys = candidate_keys(&self.call.caller);
        let entries: Vec<_> = self
            .entries
            .iter()
            .filter(|entry| whole_list || keys.contains(&entry.pattern))
            .cloned()
            .collect();
        let settings = NumberSettings::new(&self.contract, &self.contract.numbers[0], &entries);
        decide_call(&settings, &self.call, &SipCodes::default())
    }

    fn rings(&self, phone_id: &str) -> bool {
        !self.contract.silent.contains(&("number0".to_owned(), phone_id.to_owned()))
    }

    fn is_emergency(&self) -> bool {
        self.call.callback == Callback::Certain
            || matches!(self.call.caller.key(), Some("110" | "118" | "119"))
    }

    /// The same account and call, with the setting that the decision names set the other way.
    fn flipped(&self, decision: &Decision) -> Self {
        let mut flipped = self.clone();
        let active_calls = self.call.active_calls as i32;
        match decision.matched {
            MatchedRule::RejectWithheld => flipped.called().reject_withheld = false,
            MatchedRule::RejectPayPhone => flipped.called().reject_pay_phone = false,
            MatchedRule::RejectOutOfRange => flipped.called().reject_out_of_range = false,
            MatchedRule::RejectServiceConflict => flipped.called().reject_service_conflict = false,
            MatchedRule::BlockEntry => {
                let refused = decision.entry.as_ref().map(|entry| &entry.id);
                flipped.entries.retain(|entry| Some(&entry.id) != refused);
            }
            MatchedRule::ChannelLimit => flipped.called().channel_limit = active_calls + 1,
            MatchedRule::NoTerminalRings => {
                let first = self.contract.phone_ids[0].id.clone();
                flipped.contract.silent.remove(&("number0".to_owned(), first));
            }
            MatchedRule::Ringing => {
                let ringing = decision
                    .devices
                    .iter()
                    .map(|device| ("number0".to_owned(), device.phone_id.clone()));
                flipped.contract.silent.extend(ringing);
            }
            // Settled before this is asked.
            _ => panic!("{decision:?}"),
        }
        flipped
    }
}

/// What is compared of a decision.
#[derive(Debug, PartialEq, Eq)]
struct Verdict {
    action: RouteAction,
    matched: MatchedRule,
    entry: Option<String>,
    code: Option<u16>,
    announcement: Option<&'static str>,
    devices: Vec<(String, u32)>,
}

impl Verdict {
    fn of(decision: &Decision) -> Self {
        Self {
            action: decision.action,
            matched: decision.matched,
            entry: decision.entry.as_ref().map(|entry| entry.id.clone()),
            code: decision.sip.map(|(code, _)| code),
            announcement: decision.announcement,
            devices: decision
                .devices
                .iter()
                .map(|device| (device.phone_id.clone(), device.ring_after_s))
                .collect(),
        }
    }

    fn reject(matched: MatchedRule, code: u16) -> Self {
        Self {
            action: RouteAction::Reject,
            matched,
            entry: None,
            code: Some(code),
            announcement: None,
            devices: Vec::new(),
        }
    }

    fn setting(&self) -> (RouteAction, MatchedRule, Option<&String>) {
        (self.action, self.matched, self.entry.as_ref())
    }
}

/// The rules once more, from the rows and without what the decision is made of.
fn naive(case: &Case) -> Verdict {
    let called = &case.contract.numbers[0];
    if !case.is_emergency() {
        let switches = [
            ("非通知", called.reject_withheld, MatchedRule::RejectWithheld),
            ("公衆電話", called.reject_pay_phone, MatchedRule::RejectPayPhone),
            ("表示圏外", called.reject_out_of_range, MatchedRule::RejectOutOfRange),
            ("サービス競合", called.reject_service_conflict, MatchedRule::RejectServiceConflict),
        ];
        for (kind, is_on, matched) in switches {
            if is_on && case.call.caller.japanese() == kind {
                return Verdict::reject(matched, 433);
            }
        }
        if let Some(entry) = naive_entry(case) {
            return Verdict { entry: Some(entry), ..Verdict::reject(MatchedRule::BlockEntry, 603) };
        }
    }
    if case.call.active_calls as i32 >= called.channel_limit {
        let busy = Verdict::reject(MatchedRule::ChannelLimit, 486);
        let announced = Verdict {
            action: RouteAction::Announce,
            code: None,
            announcement: Some("busy"),
            ..busy
        };
        return if called.busy_announcement {
            announced
        } else {
            Verdict::reject(MatchedRule::ChannelLimit, 486)
        };
    }
    let mut waiting: BTreeMap<(bool, u32), &str> = BTreeMap::new();
    let mut devices = Vec::new();
    for phone_id in case.contract.phone_ids.iter().filter(|phone_id| case.rings(&phone_id.id)) {
        if called.priority_phone_id.as_deref() == Some(&phone_id.id) {
            devices.push((phone_id.id.clone(), 0));
        } else {
            waiting
                .insert((!phone_id.is_basic(), phone_id.extension.parse().unwrap()), &phone_id.id);
        }
    }
    let wait = if devices.is_empty() { 0 } else { 10 };
    devices.extend(waiting.values().map(|id| (id.to_string(), wait)));
    if devices.is_empty() {
        return Verdict::reject(MatchedRule::NoTerminalRings, 480);
    }
    Verdict {
        action: RouteAction::Ring,
        matched: MatchedRule::Ringing,
        entry: None,
        code: None,
        announcement: None,
        devices,
    }
}

/// Walks from the whole number down to its first character.
fn naive_entry(case: &Case) -> Option<String> {
    let key = case.call.caller.key()?;
    let beginnings = (1..=key.len()).rev().map(|end| (BlockMatch::Prefix, &key[..end]));
    for wanted in std::iter::once((BlockMatch::Exact, key)).chain(beginnings) {
        let valid = case
            .entries
            .iter()
            .filter(|entry| entry.expires_at.is_none_or(|end| end > case.call.at));
        // The ids are in the order of the list.
        if let Some(entry) =
            valid.into_iter().find(|entry| (entry.matching.0, entry.pattern.as_str()) == wanted)
        {
            return Some(entry.id.clone());
        }
    }
    None
}

fn check(name: &str, case: &Case) -> Decision {
    let decision = case.decide(false);
    let verdict = Verdict::of(&decision);
    assert_eq!(verdict, naive(case), "{name}: {case:#?}");
    let mut shuffled = case.clone();
    shuffled.entries.reverse();
    shuffled.contract.phone_ids.reverse();
    assert_eq!(
        decision,
        shuffled.decide(true),
        "{name}: asked again with its rows the other way round: {case:#?}"
    );

    for device in &decision.devices {
        assert!(case.rings(&device.phone_id), "{name}: {} is off: {case:#?}", device.phone_id);
    }
    assert!(
        decision.devices.is_sorted_by_key(|device| device.ring_after_s),
        "{name}: {decision:?}"
    );
    let by_block_rule = matches!(decision.sip, Some((433 | 603, _)));
    assert!(!(by_block_rule && case.is_emergency()), "{name}: an emergency is refused: {case:#?}");
    let is_full = case.call.active_calls as i32 >= case.contract.numbers[0].channel_limit;
    assert!(
        !(is_full && decision.action == RouteAction::Ring),
        "{name}: rings without a channel: {case:#?}"
    );
    assert_eq!(
        decision.action == RouteAction::Ring,
        !decision.devices.is_empty(),
        "{name}: {decision:?}"
    );
    assert_eq!(
        decision.action == RouteAction::Reject,
        decision.sip.is_some(),
        "{name}: {decision:?}"
    );
    assert_eq!(
        decision.action == RouteAction::Announce,
        decision.announcement.is_some(),
        "{name}: {decision:?}"
    );

    let flipped = Verdict::of(&case.flipped(&decision).decide(false));
    assert_ne!(
        flipped.setting(),
        verdict.setting(),
        "{name}: the setting that is named did not decide: {case:#?}"
    );
    decision
}

#[test]
fn a_hundred_thousand_random_calls_are_decided_by_the_rules() {
    let callers = callers();
    let mut count: BTreeMap<String, u64> = BTreeMap::new();
    for number in 0..CASES {
        let decision = check(&format!("case {number}"), &Case::new(number, &callers));
        *count.entry(format!("{:?} by {:?}", decision.action, decision.matched)).or_default() += 1;
        *count.entry("exempted".into()).or_default() += u64::from(decision.exempted);
    }
    println!("{CASES} cases: {count:?}");
    assert_eq!(count.len(), 10, "every rule decides: {count:?}");
    assert!(count.values().all(|&count| count >= 500), "every rule decides often: {count:?}");
}
