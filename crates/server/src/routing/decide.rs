//! What becomes of a call that comes in, or from one ID to another. The switch, the preview in the
//! portal and the tests ask the functions here.
//!
//! What comes first decides: the four switches, the block list, a pause, the channels, the
//! terminals. Emergency numbers and their call-backs pass by the first three: whoever has called for
//! help must be reached (RFC 7090, 1).

mod words;

#[cfg(test)]
mod random;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::HashSet;

use api_types::{
    BlockMatch, BlockPattern, Caller, MatchedRule, NoNumber, RouteAction, SwitchNumber,
};
use chrono::NaiveDateTime;
use store::block_list::block_entry;
use store::numbers::number;
use store::routing::contract::Contract;

use crate::platform::wire;

pub use crate::platform::sip::{SipCodes, reason_phrase};
pub use words::reason;

/// How long the ID that rings first rings alone. A telephone in Japan rings every 3 seconds: after
/// three rings nobody sits beside it, and the caller has not given up yet.
pub const PRIORITY_HEAD_START_S: u32 = 10;

/// The announcement that every channel is in use.
pub const BUSY_ANNOUNCEMENT: &str = "busy";

/// What decides about the calls to one number.
#[derive(Clone, Debug, Default)]
pub struct NumberSettings<'a> {
    /// Refuses 非通知.
    pub reject_withheld: bool,
    /// Refuses 公衆電話.
    pub reject_pay_phone: bool,
    /// Refuses 表示圏外.
    pub reject_out_of_range: bool,
    /// Refuses サービス競合.
    pub reject_service_conflict: bool,
    /// At least those entries of the block list that may match, in any order; see
    /// [`candidate_keys`].
    pub entries: Cow<'a, [Entry]>,
    /// 着信を休止: until when nobody rings.
    pub pause_until: Option<NaiveDateTime>,
    /// Until when the contract expects to be called back after an emergency call.
    pub callbacks_until: Option<NaiveDateTime>,
    /// Calls at once.
    pub channel_limit: u8,
    /// 話中アナウンス: announces that every channel is in use; else a busy tone tells it.
    pub busy_announcement: bool,
    /// Every ID of the account, in any order.
    pub devices: Vec<Device<'a>>,
}

/// An entry of the block list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The entry.
    pub id: String,
    /// Whom it refuses.
    pub pattern: BlockPattern,
    /// From when it no longer refuses.
    pub expires_at: Option<NaiveDateTime>,
}

/// An ID of the account, as the number sees it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Device<'a> {
    /// The ID.
    pub phone_id: &'a str,
    /// 内線 短縮番号.
    pub extension: &'a str,
    /// The ID that the contract came with.
    pub is_basic: bool,
    /// 優先着信: rings before the others, if it rings at all.
    pub is_priority: bool,
    /// Whether it rings for the number.
    pub rings: bool,
}

/// A call that comes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// Who calls.
    pub caller: Caller,
    /// When.
    pub at: NaiveDateTime,
    /// Calls that are under way on the number, without this one.
    pub active_calls: u32,
    /// What it says of calling back after an emergency call.
    pub callback: Callback,
}

/// Whether a call calls back after an emergency call (RFC 7090, 5). Anybody can write the header.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Callback {
    /// It doesn't say so.
    #[default]
    No,
    /// It says so: true where the contract has made an emergency call.
    Claimed,
    /// Its switch marks such calls itself.
    Certain,
}

/// What becomes of a call, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of it.
    pub action: RouteAction,
    /// The setting that decided.
    pub matched: MatchedRule,
    /// The entry that refuses it, with [`MatchedRule::BlockEntry`].
    pub entry: Option<Entry>,
    /// What the switch answers with, with [`RouteAction::Reject`].
    pub sip: Option<(u16, &'static str)>,
    /// What the caller hears, with [`RouteAction::Announce`].
    pub announcement: Option<&'static str>,
    /// What rings, in the order in which it begins, with [`RouteAction::Ring`].
    pub devices: Vec<Ringing>,
    /// Calls at once on the number.
    pub channel_limit: u8,
    /// Whether a switch, an entry or a pause would have kept it from ringing, had it not to do with
    /// an emergency.
    pub exempted: bool,
}

impl Decision {
    fn new(action: RouteAction, matched: MatchedRule) -> Self {
        Self {
            action,
            matched,
            entry: None,
            sip: None,
            announcement: None,
            devices: Vec::new(),
            channel_limit: 0,
            exempted: false,
        }
    }

    /// Refuses a call that no number of a contract is concerned with.
    pub fn rejected(matched: MatchedRule, code: u16) -> Self {
        Self { sip: Some((code, reason_phrase(code))), ..Self::new(RouteAction::Reject, matched) }
    }
}

/// An ID that rings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ringing {
    /// The ID.
    pub phone_id: String,
    /// Seconds after which it begins to ring.
    pub ring_after_s: u32,
}

impl<'a> NumberSettings<'a> {
    /// From what is stored. Of the block list, the entries with one of [`candidate_keys`] are
    /// enough.
    pub fn new(
        contract: &'a Contract,
        number: &'a number::Row,
        entries: &[block_entry::Row],
    ) -> Self {
        let ringing: HashSet<&str> =
            contract.ringing(&number.id).map(|phone_id| phone_id.id.as_str()).collect();
        let devices = contract.phone_ids.iter().map(|phone_id| Device {
            phone_id: &phone_id.id,
            extension: &phone_id.extension,
            is_basic: phone_id.is_basic(),
            is_priority: number.priority_phone_id.as_ref() == Some(&phone_id.id),
            rings: ringing.contains(phone_id.id.as_str()),
        });
        Self {
            reject_withheld: number.reject_withheld,
            reject_pay_phone: number.reject_pay_phone,
            reject_out_of_range: number.reject_out_of_range,
            reject_service_conflict: number.reject_service_conflict,
            entries: entries.iter().filter_map(Entry::from_row).collect(),
            pause_until: number.pause_until,
            callbacks_until: contract.account.callbacks_until,
            channel_limit: wire::channels(number.channel_limit),
            busy_announcement: number.busy_announcement,
            devices: devices.collect(),
        }
    }

    /// The settings as a switch keeps them.
    pub fn kept(&self) -> SwitchNumber {
        SwitchNumber {
            reject_withheld: self.reject_withheld,
            reject_pay_phone: self.reject_pay_phone,
            reject_out_of_range: self.reject_out_of_range,
            reject_service_conflict: self.reject_service_conflict,
            pause_until: self.pause_until.map(|end| end.and_utc()),
            callbacks_until: self.callbacks_until.map(|end| end.and_utc()),
            channel_limit: self.channel_limit,
            busy_announcement: self.busy_announcement.then(|| BUSY_ANNOUNCEMENT.to_owned()),
            ..SwitchNumber::default()
        }
    }

    fn rejects(&self, kind: NoNumber) -> Option<MatchedRule> {
        let (is_on, rule) = match kind {
            NoNumber::Withheld => (self.reject_withheld, MatchedRule::RejectWithheld),
            NoNumber::PayPhone => (self.reject_pay_phone, MatchedRule::RejectPayPhone),
            NoNumber::OutOfRange => (self.reject_out_of_range, MatchedRule::RejectOutOfRange),
            NoNumber::ServiceConflict => {
                (self.reject_service_conflict, MatchedRule::RejectServiceConflict)
            }
        };
        is_on.then_some(rule)
    }
}

impl Entry {
    /// From what is stored; nothing, with a line in the log, when somebody else wrote it: one bad
    /// entry must not keep calls from coming in.
    pub fn from_row(row: &block_entry::Row) -> Option<Self> {
        let pattern = BlockPattern::from_key(row.matching.0, &row.pattern);
        if pattern.is_none() {
            tracing::error!(
                entry = row.id,
                "an entry of a block list is none of ours and refuses nobody"
            );
        }
        Some(Self { id: row.id.clone(), pattern: pattern?, expires_at: row.expires_at })
    }

    fn refuses(&self, call: &Call) -> bool {
        self.expires_at.is_none_or(|end| call.at < end) && self.pattern.matches(&call.caller)
    }

    /// Sorts what says more about the caller before what says less; the id settles what the
    /// database's order must not.
    fn precedence(&self) -> (BlockMatch, Reverse<usize>, &str) {
        (self.pattern.matching(), Reverse(self.pattern.key().len()), &self.id)
    }
}

/// Every pattern of a block list that could match this caller, for a look-up by index: the caller's
/// key and all that it begins with.
pub fn candidate_keys(caller: &Caller) -> Vec<String> {
    beginnings(caller.key().unwrap_or_default())
}

/// A key and all that it begins with, the longest first: an indexed look-up finds what covers it.
pub fn beginnings(key: &str) -> Vec<String> {
    // Keys are ASCII: a plus and digits.
    (1..=key.len()).rev().map(|end| key[..end].to_owned()).collect()
}

/// Decides about a call.
pub fn decide_call(settings: &NumberSettings, call: &Call, codes: &SipCodes) -> Decision {
    let refusal = refusal(settings, call);
    let is_paused = settings.pause_until.is_some_and(|end| call.at < end);
    let calls_back = match call.callback {
        Callback::No => false,
        Callback::Claimed => settings.callbacks_until.is_some_and(|end| call.at < end),
        Callback::Certain => true,
    };
    let is_exempt = calls_back || call.caller.is_emergency();
    let because = |action, matched| Decision {
        channel_limit: settings.channel_limit,
        exempted: is_exempt && (refusal.is_some() || is_paused),
        ..Decision::new(action, matched)
    };
    let reject = |matched, code| Decision {
        sip: Some((code, reason_phrase(code))),
        ..because(RouteAction::Reject, matched)
    };
    let busy = |matched| match settings.busy_announcement {
        true => Decision {
            announcement: Some(BUSY_ANNOUNCEMENT),
            ..because(RouteAction::Announce, matched)
        },
        false => reject(matched, codes.busy),
    };

    match refusal {
        Some(Refusal::Switch(matched)) if !is_exempt => return reject(matched, codes.no_number),
        Some(Refusal::Entry(entry)) if !is_exempt => {
            return Decision {
                entry: Some(entry.clone()),
                ..reject(MatchedRule::BlockEntry, codes.blocked)
            };
        }
        _ if is_paused && !is_exempt => return busy(MatchedRule::Paused),
        _ => {}
    }
    if call.active_calls >= u32::from(settings.channel_limit) {
        return busy(MatchedRule::ChannelLimit);
    }
    let devices = ringing(&settings.devices);
    if devices.is_empty() {
        return reject(MatchedRule::NoTerminalRings, codes.no_terminal);
    }
    Decision { devices, ..because(RouteAction::Ring, MatchedRule::Ringing) }
}

/// Decides about a call from one ID of a contract to another: no setting of a number concerns it.
pub fn decide_internal(contract: &Contract, extension: &str, codes: &SipCodes) -> Decision {
    if !contract.account.is_active() {
        return Decision::rejected(MatchedRule::Suspended, codes.suspended);
    }
    match contract.phone_ids.iter().find(|phone_id| phone_id.extension == extension) {
        None => Decision::rejected(MatchedRule::UnknownExtension, codes.unknown_number),
        Some(called) => Decision {
            devices: vec![Ringing { phone_id: called.id.clone(), ring_after_s: 0 }],
            ..Decision::new(RouteAction::Ring, MatchedRule::InternalCall)
        },
    }
}

/// What refuses a call.
#[derive(Clone, Copy)]
enum Refusal<'s> {
    Switch(MatchedRule),
    Entry(&'s Entry),
}

fn refusal<'s>(settings: &'s NumberSettings, call: &Call) -> Option<Refusal<'s>> {
    if let Caller::NoNumber(kind) = call.caller {
        return settings.rejects(kind).map(Refusal::Switch);
    }
    let refusing = settings.entries.iter().filter(|entry| entry.refuses(call));
    refusing.min_by(|a, b| a.precedence().cmp(&b.precedence())).map(Refusal::Entry)
}

/// The IDs that ring: the one that rings first, the basic one, then by extension.
fn ringing(devices: &[Device]) -> Vec<Ringing> {
    let mut ringing: Vec<&Device> = devices.iter().filter(|device| device.rings).collect();
    // Extensions do not begin with 0: the longer one is the larger one.
    ringing.sort_by_key(|device| {
        (
            !device.is_priority,
            !device.is_basic,
            device.extension.len(),
            device.extension,
            device.phone_id,
        )
    });
    // One that is switched off keeps nobody waiting.
    let has_priority = ringing.first().is_some_and(|device| device.is_priority);
    let start = |device: &Device| {
        if has_priority && !device.is_priority { PRIORITY_HEAD_START_S } else { 0 }
    };
    ringing
        .into_iter()
        .map(|device| Ringing { phone_id: device.phone_id.to_owned(), ring_after_s: start(device) })
        .collect()
}
