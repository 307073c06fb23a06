//! Contracts and numbers as a switch keeps them, and which of them a change touches.

use std::collections::{BTreeMap, BTreeSet};

use api_types::{
    BlockMatch, Caller, NoNumber, PhoneNumber, SwitchContract, SwitchExtension, SwitchHeader,
    SwitchNumber, SwitchSipCodes,
};
use chrono::{DateTime, NaiveDateTime, Utc};
use store::accounts::route_change;
use store::numbers::{number, phone_id};
use store::routing::contract::Contract;
use store::routing::route;

use crate::platform::config::Switch as SwitchConfig;
use crate::platform::texts::Lang;
use crate::routing::decide::{
    Call, Callback, NumberSettings, SipCodes, decide_call, reason_phrase,
};
use crate::{platform, routing};

/// The form of the lines.
const FORMAT: u32 = 1;

/// What has changed since a position.
#[derive(Debug, Default)]
pub(super) struct Changed {
    /// By account; `None` = all of its numbers.
    accounts: BTreeMap<String, Option<BTreeSet<String>>>,
    gone: BTreeSet<String>,
}

impl Changed {
    pub(super) fn new(rows: Vec<route_change::Row>) -> Self {
        let mut changed = Self::default();
        for row in rows {
            if let Some(e164) = row.gone {
                changed.gone.insert(e164);
                continue;
            }
            let numbers =
                changed.accounts.entry(row.account_id).or_insert_with(|| Some(BTreeSet::new()));
            match (row.number_id, numbers) {
                (Some(id), Some(numbers)) => _ = numbers.insert(id),
                (Some(_), None) => {}
                (None, numbers) => *numbers = None,
            }
        }
        changed
    }

    pub(super) fn accounts(&self) -> impl Iterator<Item = &str> {
        self.accounts.keys().map(String::as_str)
    }

    pub(super) fn gone(&self) -> impl Iterator<Item = &str> {
        self.gone.iter().map(String::as_str)
    }

    /// Whether it is about all of the account, its IDs among it.
    pub(super) fn is_whole(&self, account_id: &str) -> bool {
        self.accounts.get(account_id).is_some_and(Option::is_none)
    }

    pub(super) fn touches(&self, number: &number::Row) -> bool {
        let numbers = self.accounts.get(&number.account_id);
        numbers.is_some_and(|numbers| {
            numbers.as_ref().is_none_or(|numbers| numbers.contains(&number.id))
        })
    }
}

/// The first line.
pub(super) fn header(config: &SwitchConfig, since: Option<i64>, position: i64) -> SwitchHeader {
    let SipCodes { no_number, blocked, busy, no_terminal, unknown_number, suspended } =
        config.sip_codes;
    let answer = |code| api_types::SipAnswer { code, reason: reason_phrase(code).to_owned() };
    SwitchHeader {
        format: FORMAT,
        since: since.map(platform::wire::unsigned),
        position: platform::wire::unsigned(position),
        sip_domain: config.sip_domain.clone(),
        sip_codes: SwitchSipCodes {
            no_number: answer(no_number),
            blocked: answer(blocked),
            busy: answer(busy),
            no_terminal: answer(no_terminal),
            unknown_number: answer(unknown_number),
            suspended: answer(suspended),
        },
        never_refused: (100..200)
            .map(|service: u32| service.to_string())
            .filter(|service| is_emergency(service))
            .collect(),
    }
}

fn is_emergency(service: &str) -> bool {
    Caller::parse(service).is_ok_and(|caller| caller.is_emergency())
}

/// How a number is dialled.
pub(super) fn dialled(e164: &str) -> Vec<String> {
    let national = PhoneNumber::parse(e164).ok().and_then(|number| number.national());
    std::iter::once(e164.to_owned()).chain(national).collect()
}

/// The IDs of a contract.
pub(super) fn contract(contract: &Contract) -> SwitchContract {
    let id = |row: &phone_id::Row| SwitchExtension {
        login_id: row.login_id.clone(),
        extension: row.extension.clone(),
        terminal_name: row.terminal_name.clone(),
    };
    SwitchContract {
        account_id: contract.account.id.clone(),
        suspended: !contract.account.is_active(),
        ids: contract.phone_ids.iter().map(id).collect(),
    }
}

/// A contract that is gone.
pub(super) fn gone(account_id: &str) -> SwitchContract {
    SwitchContract { account_id: account_id.to_owned(), suspended: false, ids: Vec::new() }
}

/// A number with its block list. What rings is asked of the rule that decides about calls, for one
/// that nothing refuses.
pub(super) fn number(
    config: &SwitchConfig,
    contract: &Contract,
    row: &number::Row,
    entries: &[route::Entry],
    now: NaiveDateTime,
) -> SwitchNumber {
    let is_active = contract.account.is_active();
    let settings = NumberSettings::new(contract, row, &[]);
    let call = Call {
        caller: Caller::NoNumber(NoNumber::OutOfRange),
        at: now,
        active_calls: 0,
        callback: Callback::Certain,
    };
    let decided = decide_call(&settings, &call, &config.sip_codes);
    let decision = routing::decision_of(contract, row, &decided, &call, config, Lang::Ja);
    let (mut exact, mut prefix) = (BTreeMap::new(), BTreeMap::new());
    for entry in entries.iter().filter(|_| is_active) {
        let until: Option<DateTime<Utc>> = entry.expires_at.map(|end| end.and_utc());
        let list = match entry.matching.0 {
            BlockMatch::Exact => &mut exact,
            BlockMatch::Prefix => &mut prefix,
        };
        list.insert(entry.pattern.clone(), until);
    }
    SwitchNumber {
        number: row.e164.clone(),
        dialled: dialled(&row.e164),
        suspended: !is_active,
        exact,
        prefix,
        rtjson: decision.rtjson.filter(|_| is_active),
        later: decision.later.filter(|_| is_active),
        voicemail_after_s: decision.voicemail_after_s.filter(|_| is_active),
        number_name: row.name.clone(),
        display_name: row.display_name.clone(),
        ringtone: row.ringtone.0,
        ..settings.kept()
    }
}
